package discordfake

// The webhook of an interaction: its token is good for 15 minutes, and only
// once the interaction has had its first answer.

func (s *Server) hook(c *call) (*interaction, *apiError) {
	i := s.acts[c.id("webhook_token")]
	switch {
	case i == nil || c.id("webhook_id") != s.appID:
		return nil, errUnknownWebhook
	case s.now().Sub(i.made) > s.opt.TokenLife:
		return nil, errWebhookToken
	case !i.answered:
		return nil, errUnknownWebhook
	}
	return i, nil
}

// followUp is POST /webhooks/{id}/{token}. Right after a deferred answer it
// fills that one, as Discord still does for old clients.
func (s *Server) followUp(c *call) (answer, *apiError) {
	i, err := s.hook(c)
	if err != nil {
		return no(err)
	}
	if i.back == backDeferred && i.original != nil && i.original.flags&flagLoading != 0 {
		d, err := s.draft(c, c.obj(), "", draftRules{interaction: i, edits: i.original})
		if err != nil {
			return no(err)
		}
		s.revise(i.original, d)
		return ok(s.renderMessage(i.original))
	}
	d, err := s.draft(c, c.obj(), "", draftRules{interaction: i})
	if err != nil {
		return no(err)
	}
	m := s.say(i, d)
	m.kind = 0
	i.followed = append(i.followed, m)
	return ok(s.renderMessage(m))
}

// reply finds a message that an interaction made: @original or a follow-up.
func (i *interaction) reply(id string) *message {
	if id == "@original" || id == "" {
		if i.original == nil || i.original.channel.find(i.original.id) == nil {
			return nil
		}
		return i.original
	}
	for _, m := range append([]*message{i.original}, i.followed...) {
		if m != nil && m.id == id && m.channel.find(id) != nil {
			return m
		}
	}
	return nil
}

func (s *Server) hooked(c *call) (*interaction, *message, *apiError) {
	i, err := s.hook(c)
	if err != nil {
		return nil, nil, err
	}
	m := i.reply(c.id("message_id"))
	if m == nil {
		return nil, nil, errUnknownMessage
	}
	return i, m, nil
}

func (s *Server) getFollowUp(c *call) (answer, *apiError) {
	_, m, err := s.hooked(c)
	if err != nil {
		return no(err)
	}
	return ok(s.renderMessage(m))
}

func (s *Server) editFollowUp(c *call) (answer, *apiError) {
	i, m, err := s.hooked(c)
	if err != nil {
		return no(err)
	}
	d, err := s.draft(c, c.obj(), "", draftRules{interaction: i, edits: m})
	if err != nil {
		return no(err)
	}
	s.revise(m, d)
	return ok(s.renderMessage(m))
}

func (s *Server) deleteFollowUp(c *call) (answer, *apiError) {
	_, m, err := s.hooked(c)
	if err != nil {
		return no(err)
	}
	s.remove(m)
	return none()
}
