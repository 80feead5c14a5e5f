package discordfake

import (
	"encoding/json"
	"slices"
)

func (s *Server) getChannel(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	return ok(s.renderChannel(ch))
}

// archives are the minutes after which a quiet thread may be archived.
var archives = []int64{60, 1440, 4320, 10080}

// startThread starts one from a message, or without.
func (s *Server) startThread(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	if ch.guild == nil || ch.thread() || ch.kind != TextChannel && ch.kind != Announcements {
		return no(refuse(400, 50024, "Cannot execute action on this channel type"))
	}
	body := c.obj()
	var f faults
	name := f.text(body, "", "name", 1, 100)
	archive := f.whole(body, "", "auto_archive_duration", 1440, 0, 10080)
	if !slices.Contains(archives, archive) {
		f.add("auto_archive_duration", "BASE_TYPE_CHOICES", "Value must be one of (60, 1440, 4320, 10080).")
	}
	kind := int(f.whole(body, "", "type", PrivateThread, 10, 12))
	slow := int(f.whole(body, "", "rate_limit_per_user", 0, 0, 21600))
	if err := f.err(); err != nil {
		return no(err)
	}
	var from *message
	if id := c.id("message_id"); id != "" {
		if from = ch.find(id); from == nil || from.flags&flagEphemeral != 0 {
			return no(errUnknownMessage)
		}
		if from.thread != nil {
			return no(refuse(400, 160004, "A thread has already been created for this message"))
		}
		kind = PublicThread
	}
	want := CreatePublicThreads
	if kind == PrivateThread {
		want = CreatePrivateThreads
	}
	if err := s.need(ch, want); err != nil {
		return no(err)
	}
	t := s.thread(ch, from, name, kind, int(archive), s.bot.ID)
	t.slow, t.invitable = slow, body["invitable"] != false
	s.changed()
	return answer{201, with(s.renderChannel(t), obj{"member": s.renderThreadMember(t, s.bot.ID)})}, nil
}

// thread makes one; started from a message it has that message's id.
func (s *Server) thread(ch *channel, from *message, name string, kind, archive int, owner string) *channel {
	t := &channel{
		name: name, kind: kind, guild: ch.guild, parent: ch, owner: owner, archive: archive,
		created: s.now(), archivedAt: s.now(), members: []string{owner},
	}
	if from != nil {
		t.id = from.id
		from.thread = t
		from.flags |= flagThread
	} else {
		t.id = s.next()
	}
	s.channels[t.id] = t
	ch.guild.channels = append(ch.guild.channels, t)
	s.dispatch("THREAD_CREATE", audience{guild: ch.guild, channel: t, intent: intentGuilds}, with(s.renderChannel(t), obj{"newly_created": true}))
	if from != nil {
		s.touch(from)
		s.starter(t, from)
	}
	return t
}

// starter is the first message of a thread that was started from one: of kind
// 21, without content, pointing at where it began. It counts for nothing, but
// it is in the history and comes as an event.
func (s *Server) starter(t *channel, from *message) {
	s.put(&message{channel: t, author: from.author, kind: 21, reply: from})
	t.count, t.total = 0, 0
}

func (s *Server) unarchive(t *channel) {
	t.archived, t.archivedAt = false, s.now()
	s.dispatch("THREAD_UPDATE", audience{guild: t.guild, channel: t, intent: intentGuilds}, s.renderChannel(t))
}

func (s *Server) editChannel(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	if ch.guild == nil {
		return no(refuse(403, 50003, "Cannot execute action on a DM channel"))
	}
	body := c.obj()
	want := ManageChannels
	if ch.thread() {
		want = ManageThreads
		if ch.owner == s.bot.ID && !ch.locked { // its maker may name, archive and open it
			want = 0
			if _, locks := body["locked"]; locks {
				want = ManageThreads
			}
		}
	}
	if err := s.need(ch, want); err != nil {
		return no(err)
	}
	if ch.archived && body["archived"] != false && len(body) > 0 {
		return no(errArchived)
	}
	var f faults
	if _, there := body["name"]; there {
		ch.name = f.text(body, "", "name", 1, 100)
	}
	if _, there := body["topic"]; there {
		ch.topic = f.text(body, "", "topic", 0, 1024)
	}
	ch.slow = int(f.whole(body, "", "rate_limit_per_user", int64(ch.slow), 0, 21600))
	if ch.thread() {
		archive := f.whole(body, "", "auto_archive_duration", int64(ch.archive), 0, 10080)
		if !slices.Contains(archives, archive) {
			f.add("auto_archive_duration", "BASE_TYPE_CHOICES", "Value must be one of (60, 1440, 4320, 10080).")
		}
		ch.archive = int(archive)
		was := ch.archived
		ch.archived = f.truth(body, "", "archived", ch.archived)
		ch.locked = f.truth(body, "", "locked", ch.locked)
		if was != ch.archived {
			ch.archivedAt = s.now()
		}
	}
	if err := f.err(); err != nil {
		return no(err)
	}
	name := "CHANNEL_UPDATE"
	if ch.thread() {
		name = "THREAD_UPDATE"
	}
	s.dispatch(name, audience{guild: ch.guild, channel: ch, intent: intentGuilds}, s.renderChannel(ch))
	return ok(s.renderChannel(ch))
}

func (s *Server) deleteChannel(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	if ch.guild == nil {
		return ok(s.renderChannel(ch)) // closing a DM keeps it
	}
	want := ManageChannels
	if ch.thread() {
		want = ManageThreads
	}
	if err := s.need(ch, want); err != nil {
		return no(err)
	}
	s.dropChannel(ch)
	return ok(s.renderChannel(ch))
}

func (s *Server) threadMembers(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	out := []any{}
	for _, id := range ch.members {
		out = append(out, s.renderThreadMember(ch, id))
	}
	return ok(out)
}

func (s *Server) joinThread(in bool) handler {
	return func(c *call) (answer, *apiError) {
		ch, err := s.place(c)
		if err != nil {
			return no(err)
		}
		who := c.id("user_id")
		if who == "@me" {
			who = s.bot.ID
		}
		switch {
		case !ch.thread():
			return no(refuse(400, 50024, "Cannot execute action on this channel type"))
		case ch.guild.members[who] == nil:
			return no(errUnknownMember)
		case ch.archived:
			return no(errArchived)
		}
		if err := s.need(ch, SendInThreads); err != nil {
			return no(err)
		}
		ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == who })
		if in {
			ch.members = append(ch.members, who)
		}
		s.changed()
		return none()
	}
}

func (s *Server) putOverwrite(c *call) (answer, *apiError) {
	ch, err := s.place(c)
	if err != nil {
		return no(err)
	}
	if err := s.need(ch, ManageRoles); err != nil {
		return no(err)
	}
	var f faults
	body := c.obj()
	for _, k := range []string{"allow", "deny"} { // as a string or as a number
		if s, isText := body[k].(string); isText {
			body[k] = json.Number(s)
		}
	}
	o := Overwrite{
		ID: c.id("overwrite_id"), Member: f.whole(body, "", "type", 0, 0, 1) == 1,
		Allow: f.whole(body, "", "allow", 0, 0, everything), Deny: f.whole(body, "", "deny", 0, 0, everything),
	}
	if err := f.err(); err != nil {
		return no(err)
	}
	ch.overwrites = append(slices.DeleteFunc(ch.overwrites, func(x Overwrite) bool { return x.ID == o.ID }), o)
	s.dispatch("CHANNEL_UPDATE", toGuild(ch.guild, intentGuilds), s.renderChannel(ch))
	return none()
}
