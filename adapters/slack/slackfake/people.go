package slackfake

import (
	"fmt"
	"strings"
)

// errPerson is a mistake of the test, not of the app: somebody did what Slack
// would not let them do.
func errPerson(format string, args ...any) error {
	return fmt.Errorf("slackfake: "+format, args...)
}

// Said is what a person writes.
type Said struct {
	Thread string // the ts of the message under which it is a reply
	Text   string // as typed: @name and #channel, no escaping
	Files  []Upload
}

// Upload is a file that a person adds to a message.
type Upload struct {
	Name string
	Data []byte
}

// Say is a person writing into a channel or a direct message with the bot. The
// delivery is that of the message event; the ts is the message's.
func (s *Server) Say(userID, channelID string, what Said) (ts string, d *Delivery, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ch := s.users[userID], s.channels[channelID]
	switch {
	case u == nil || ch == nil || !ch.members[userID]:
		return "", nil, errPerson("%s cannot write in %s: not a member", userID, channelID)
	case ch.archived:
		return "", nil, errPerson("%s is archived", channelID)
	case ch.im != nil && s.opts.App.NoMessages:
		return "", nil, errPerson("sending messages to this app has been turned off")
	}
	if p := ch.find(what.Thread); what.Thread != "" && (p == nil || p.isReply()) {
		return "", nil, errPerson("%s is no thread", what.Thread)
	}
	m := &message{channel: ch, user: u, thread: what.Thread, text: s.wire(u.team, what.Text)}
	m.blocks = s.rich(s.blockID(), m.text)
	for _, f := range what.Files {
		m.subtype = "file_share"
		m.files = append(m.files, s.newFile(u, f.Name, f.Data))
	}
	d = s.add(m)
	for _, f := range m.files {
		f.share(ch, m.ts)
	}
	if bot := u.team.bot.ID; strings.Contains(m.text, "<@"+bot+">") && ch.im == nil && ch.members[bot] {
		ev := m.json(false)
		ev["type"], ev["channel"], ev["event_ts"] = "app_mention", ch.id, m.ts
		delete(ev, "subtype")
		s.event(u.team, "app_mention", ev)
	}
	return m.ts, d, nil
}

// own finds a message that a person wrote.
func (s *Server) own(userID, channelID, ts string) (*message, error) {
	ch := s.channels[channelID]
	if ch == nil {
		return nil, errPerson("no channel %s", channelID)
	}
	m := ch.find(ts)
	if m == nil || m.user == nil || m.user.ID != userID {
		return nil, errPerson("%s wrote no message %s in %s", userID, ts, channelID)
	}
	return m, nil
}

// EditSaid changes the text of a person's own message.
func (s *Server) EditSaid(userID, channelID, ts, text string) (*Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.own(userID, channelID, ts)
	if err != nil {
		return nil, err
	}
	before := m.json(false)
	m.text = s.wire(m.user.team, text)
	m.blocks = s.rich(s.blockID(), m.text)
	m.edited = s.ts()
	return s.tellChanged(m, before), nil
}

// DeleteSaid deletes a person's own message. If it has replies it leaves a
// tombstone, and the event is a change.
func (s *Server) DeleteSaid(userID, channelID, ts string) (*Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.own(userID, channelID, ts)
	if err != nil {
		return nil, err
	}
	return s.remove(m), nil
}

// Unfurl shows a preview of a link below a message, which Slack tells as a change
// of the message that nobody made.
func (s *Server) Unfurl(channelID, ts string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.channels[channelID].find(ts)
	if m == nil {
		return failed("message_not_found")
	}
	before := m.json(false)
	m.attachments = append(m.attachments, object{"id": 1, "from_url": "https://example.org/", "fallback": "Example", "title": "Example"})
	return s.tellChanged(m, before)
}

// OpenHome is a person opening the app's Home tab.
func (s *Server) OpenHome(userID string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[userID]
	if u == nil || s.opts.App.NoHome {
		return failed("no Home tab")
	}
	ev := object{"type": "app_home_opened", "user": u.ID, "channel": s.dm(u).id, "tab": "home", "event_ts": s.ts()}
	if u.home != nil {
		ev["view"] = u.home.json()
	}
	return s.event(u.team, "app_home_opened", ev)
}

// JoinChannel makes somebody (the bot too) a member.
func (s *Server) JoinChannel(userID, channelID string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ch := s.users[userID], s.channels[channelID]
	if u == nil || ch == nil || ch.members[userID] {
		return failed("nobody joined")
	}
	return s.enter(u, ch)
}

// enter makes somebody a member and tells it; the lock is held.
func (s *Server) enter(u *user, ch *channel) *Delivery {
	ch.members[u.ID] = true
	s.notice(u, ch, "channel_join", "has joined the channel")
	return s.membership("member_joined_channel", u, ch)
}

// LeaveChannel ends somebody's membership. The bot is told of others where it is
// a member, and of its own leaving.
func (s *Server) LeaveChannel(userID, channelID string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ch := s.users[userID], s.channels[channelID]
	if u == nil || ch == nil || !ch.members[userID] {
		return failed("nobody left")
	}
	if ch.im == nil {
		s.notice(u, ch, "channel_leave", "has left the channel")
	}
	d := s.membership("member_left_channel", u, ch)
	delete(ch.members, userID)
	return d
}

// notice is the line that Slack itself writes into a channel; the lock is held.
func (s *Server) notice(u *user, ch *channel, subtype, what string) {
	s.add(&message{channel: ch, user: u, subtype: subtype, text: "<@" + u.ID + "> " + what})
}

func (s *Server) membership(kind string, u *user, ch *channel) *Delivery {
	if !ch.members[ch.team.bot.ID] {
		return failed("not_in_channel")
	}
	letter := "C"
	if ch.private {
		letter = "G"
	}
	return s.event(ch.team, kind, object{"type": kind, "user": u.ID, "channel": ch.id, "channel_type": letter, "team": ch.team.id, "event_ts": s.ts()})
}

// ChangeUser changes a person's profile; the id in it says whose.
func (s *Server) ChangeUser(n User) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[n.ID]
	if u == nil {
		return failed("no such person")
	}
	u.User = n
	return s.event(u.team, "user_change", object{"type": "user_change", "user": u.json(true), "cache_ts": 1700000000, "event_ts": s.ts()})
}

// CloseDM makes a person unreachable by direct message: opening one brings the
// error (empty is user_disabled), posting into one channel_not_found.
func (s *Server) CloseDM(userID, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code == "" {
		code = "user_disabled"
	}
	s.users[userID].dmClosed = code
}

// OpenDM ends CloseDM.
func (s *Server) OpenDM(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[userID].dmClosed = ""
}

// Archive archives a channel, or brings it back.
func (s *Server) Archive(channelID string, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[channelID].archived = archived
}

// Remove deletes any message, as an administrator may.
func (s *Server) Remove(channelID, ts string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.channels[channelID].find(ts)
	if m == nil {
		return failed("message_not_found")
	}
	return s.remove(m)
}
