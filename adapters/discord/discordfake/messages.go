package discordfake

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// nonce remembers a message that was posted with an enforced one.
type nonce struct {
	message *message
	at      time.Time
}

// place finds a channel that the bot may see.
func (s *Server) place(c *call) (*channel, *apiError) {
	ch := s.channels[c.id("channel_id")]
	if ch == nil {
		return nil, errUnknownChannel
	}
	if s.may(s.bot.ID, ch)&ViewChannel == 0 {
		return nil, errMissingAccess
	}
	return ch, nil
}

// public finds a message that is no one's alone.
func (s *Server) public(c *call) (*channel, *message, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return nil, nil, err
	}
	m := ch.find(c.id("message_id"))
	if m == nil || m.flags&flagEphemeral != 0 {
		return ch, nil, errUnknownMessage
	}
	return ch, m, nil
}

func (s *Server) createMessage(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	if err := s.writable(ch); err != nil {
		return no(err)
	}
	body := c.obj()
	d, err := s.draft(c, body, "", draftRules{channel: ch})
	if err != nil {
		return no(err)
	}
	var f faults
	once := f.nonce(body)
	enforced := f.truth(body, "", "enforce_nonce", false) && once != ""
	reply := s.replyTo(&f, ch, body)
	if err := f.err(); err != nil {
		return no(err)
	}
	if len(d.embeds) > 0 {
		if err := s.need(ch, EmbedLinks); err != nil {
			return no(err)
		}
	}
	if len(d.attachments) > 0 {
		if err := s.need(ch, AttachFiles); err != nil {
			return no(err)
		}
	}
	key := ch.id + " " + once
	if enforced {
		if had, there := s.nonces[key]; there && s.now().Sub(had.at) <= s.opt.NonceWindow {
			if ch.find(had.message.id) != nil {
				return ok(with(s.renderMessage(had.message), obj{"nonce": body["nonce"]}))
			}
		}
	}
	m := &message{channel: ch, author: s.bot, nonce: body["nonce"], reply: reply}
	if reply != nil {
		m.kind = 19
	}
	d.fill(m)
	s.put(m)
	if enforced {
		s.nonces[key] = nonce{m, s.now()}
	}
	out := s.renderMessage(m)
	if m.nonce != nil {
		out["nonce"] = m.nonce
	}
	return ok(out)
}

// nonce reads a number, or a text of up to 25 characters.
func (f *faults) nonce(body obj) string {
	v := body["nonce"]
	if v == nil {
		return ""
	}
	n, isNumber := whole(v)
	s, isText := v.(string)
	switch {
	case isNumber:
		return strconv.FormatInt(n, 10)
	case !isText || utf8.RuneCountInString(s) > 25:
		f.add("nonce", "NONCE_TYPE_INVALID", "Must be 25 or fewer in length.")
	}
	return s
}

// writable says whether the bot may post: permission, an open thread, an open door.
func (s *Server) writable(ch *channel) *apiError {
	if ch.kind == Category || ch.kind == ForumChannel {
		return refuse(400, 50008, "Cannot send messages in a non-text channel")
	}
	if ch.guild == nil {
		return s.door(ch.recipient)
	}
	if err := s.need(ch, ch.sending()); err != nil {
		return err
	}
	if ch.archived {
		if ch.locked && s.may(s.bot.ID, ch)&ManageThreads == 0 {
			return errArchived
		}
		s.unarchive(ch) // posting opens a thread that is not locked
	}
	if ch.locked && s.may(s.bot.ID, ch)&ManageThreads == 0 {
		return errLocked
	}
	return nil
}

// door says whether a person takes direct messages from the bot.
func (s *Server) door(u *user) *apiError {
	switch u.refuse["send"] {
	case 50007:
		return refuse(403, 50007, "Cannot send messages to this user")
	case 50278:
		return refuse(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
	}
	for _, g := range s.guilds {
		if g.members[u.ID] != nil {
			return nil
		}
	}
	return refuse(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
}

func (s *Server) replyTo(f *faults, ch *channel, body obj) *message {
	ref, isObj := body["message_reference"].(obj)
	if !isObj {
		return nil
	}
	m := ch.find(str(ref["message_id"]))
	if m == nil && ref["fail_if_not_exists"] != false {
		f.add("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
	}
	return m
}

func (s *Server) getMessage(c *call) (answer, *apiError) {
	ch, m, err := s.public(c)
	if err != nil {
		return no(err)
	}
	if s.may(s.bot.ID, ch)&ReadMessageHistory == 0 {
		return no(errMissingAccess)
	}
	return ok(s.read(m))
}

// listMessages is newest first. Without the permission to read history it is
// empty and no error: who looks for a message cannot tell that from absence.
func (s *Server) listMessages(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	limit, err := c.queryInt("limit", 50, 1, 100)
	if err != nil {
		return no(err)
	}
	out := []any{}
	if s.may(s.bot.ID, ch)&ReadMessageHistory == 0 {
		return ok(out)
	}
	q := c.r.URL.Query()
	before, after, around := q.Get("before"), q.Get("after"), q.Get("around")
	var fit []*message
	for _, m := range ch.messages {
		if m.flags&flagEphemeral == 0 && (before == "" || compareID(m.id, before) < 0) && (after == "" || compareID(m.id, after) > 0) {
			fit = append(fit, m)
		}
	}
	n := int(limit)
	switch {
	case around != "":
		at, _ := slices.BinarySearchFunc(fit, around, func(m *message, id string) int { return compareID(m.id, id) })
		fit = fit[max(0, at-n/2):min(len(fit), at+(n+1)/2)]
	case after != "" && before == "":
		fit = fit[:min(n, len(fit))]
	default:
		fit = fit[max(0, len(fit)-n):]
	}
	for _, m := range slices.Backward(fit) {
		out = append(out, s.read(m))
	}
	return ok(out)
}

func (s *Server) editMessage(c *call) (answer, *apiError) {
	ch, m, err := s.public(c)
	if err != nil {
		return no(err)
	}
	if m.author != s.bot {
		return no(errNotYours)
	}
	if ch.archived {
		return no(errArchived)
	}
	if ch.locked && s.may(s.bot.ID, ch)&ManageThreads == 0 {
		return no(errLocked)
	}
	d, err := s.draft(c, c.obj(), "", draftRules{edits: m})
	if err != nil {
		return no(err)
	}
	s.revise(m, d)
	return ok(s.renderMessage(m))
}

func (s *Server) deleteMessage(c *call) (answer, *apiError) {
	ch, m, err := s.public(c)
	if err != nil {
		return no(err)
	}
	if m.author != s.bot {
		if ch.guild == nil {
			return no(refuse(403, 50003, "Cannot execute action on a DM channel"))
		}
		if err := s.need(ch, ManageMessages); err != nil {
			return no(err)
		}
	}
	if ch.archived {
		return no(errArchived)
	}
	s.remove(m)
	return none()
}

func (s *Server) typing(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	if err := s.need(ch, ch.sending()); err != nil {
		return no(err)
	}
	return none()
}

func (s *Server) pin(on bool) handler {
	return func(c *call) (answer, *apiError) {
		ch, m, err := s.public(c)
		if err != nil {
			return no(err)
		}
		if s.may(s.bot.ID, ch)&(PinMessages|ManageMessages) == 0 {
			return no(errMissingPermissions)
		}
		m.pinned = on
		s.touch(m)
		return none()
	}
}

func (s *Server) addReaction(c *call) (answer, *apiError) {
	ch, m, err := s.public(c)
	if err != nil {
		return no(err)
	}
	if err := s.need(ch, ReadMessageHistory|AddReactions); err != nil {
		return no(err)
	}
	if ch.archived {
		return no(errArchived)
	}
	s.react(m, s.bot.ID, c.id("emoji"), true)
	return none()
}

func (s *Server) dropReaction(c *call) (answer, *apiError) {
	_, m, err := s.public(c)
	if err != nil {
		return no(err)
	}
	s.react(m, s.bot.ID, c.id("emoji"), false)
	return none()
}

func (s *Server) react(m *message, userID, emoji string, on bool) {
	name := "MESSAGE_REACTION_ADD"
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.emoji == emoji })
	switch {
	case on && i < 0:
		m.reactions = append(m.reactions, &reaction{emoji: emoji, users: []string{userID}})
	case on && !slices.Contains(m.reactions[i].users, userID):
		m.reactions[i].users = append(m.reactions[i].users, userID)
	case on:
		return
	case i < 0:
		return
	default:
		name = "MESSAGE_REACTION_REMOVE"
		m.reactions[i].users = slices.DeleteFunc(m.reactions[i].users, func(id string) bool { return id == userID })
		if len(m.reactions[i].users) == 0 {
			m.reactions = slices.Delete(m.reactions, i, i+1)
		}
	}
	told := obj{"user_id": userID, "channel_id": m.channel.id, "message_id": m.id, "emoji": renderEmoji(emoji), "burst": false, "type": 0}
	to := audience{guild: m.channel.guild, channel: m.channel, intent: intentReactions}
	if g := m.channel.guild; g != nil {
		told["guild_id"] = g.id
		if on {
			told["member"] = s.renderMember(g.members[userID])
			told["message_author_id"] = m.author.ID
		}
	} else {
		to.intent = intentDirectReaction
	}
	s.dispatch(name, to, told)
	s.changed()
}
