package discordfake

import (
	"maps"
	"slices"
	"time"
)

// Gateway is what happened on the gateway so far.
type Gateway struct {
	Opened     int         // sockets
	Identifies []time.Time // of the last day
	Resumes    int
	Closed     []int // codes that the client closed with
	Sessions   int   // alive, connected or not
	Connected  int   // of them with a connection on which READY or RESUMED has left
	Lost       int   // interactions that no session was there for
}

// Gateway counts what clients did on the gateway.
func (s *Server) Gateway() Gateway {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := Gateway{
		Opened: s.gate.opened, Identifies: slices.Clone(s.gate.identifies), Resumes: s.gate.resumes,
		Closed: slices.Clone(s.gate.closed), Sessions: len(s.gate.sessions), Lost: s.record.lostEvents,
	}
	g.Connected = s.connected()
	return g
}

func (s *Server) connected() int {
	n := 0
	for _, ss := range s.gate.sessions {
		if ss.conn != nil && ss.conn.greeted {
			n++
		}
	}
	return n
}

// WaitConnected waits, in real time, until n sessions are connected.
func (s *Server) WaitConnected(n int, wait time.Duration) bool {
	return s.until(wait, func() bool { return s.connected() >= n })
}

// Wait waits, in real time, until ok says so; it is asked again after each
// request and event, without the lock.
func (s *Server) Wait(wait time.Duration, ok func() bool) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		s.mu.Lock()
		change := s.change
		s.mu.Unlock()
		if ok() {
			return true
		}
		select {
		case <-change:
		case <-timer.C:
			return ok()
		case <-s.done:
			return false
		}
	}
}

// each runs fn for every connection that has a session.
func (s *Server) each(fn func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.gate.sessions)) {
		if c := s.gate.sessions[id].conn; c != nil {
			fn(c)
		}
	}
}

// Reconnect asks every client to reconnect and resume: op 7.
func (s *Server) Reconnect() {
	s.each(func(c *conn) { c.send(obj{"op": 7, "d": nil, "s": nil, "t": nil}) })
}

// ReconnectEvery asks so again and again; call what it returns to stop.
// A client that has not gone after a second is cut off.
func (s *Server) ReconnectEvery(d time.Duration) (stop func()) {
	quit := make(chan struct{})
	s.wait.Go(func() {
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-s.done:
				return
			case <-tick.C:
			}
			s.each(func(c *conn) {
				c.send(obj{"op": 7, "d": nil, "s": nil, "t": nil})
				time.AfterFunc(time.Second, c.cut)
			})
		}
	})
	return func() { close(quit) }
}

// DropConnections cuts every socket without a close frame. Sessions stay, and
// can be resumed.
func (s *Server) DropConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gate.conns {
		if c.session != nil {
			c.session.conn = nil
			c.session = nil
		}
		c.cut()
	}
}

// Invalidate ends or disturbs every session: op 9. A resumable one asks the
// client to resume, otherwise the session is gone and it must identify.
func (s *Server) Invalidate(resumable bool) {
	s.each(func(c *conn) {
		c.send(obj{"op": 9, "d": resumable, "s": nil, "t": nil})
		if !resumable {
			delete(s.gate.sessions, c.session.id)
			c.session = nil
		}
	})
}

// CloseConnections closes every socket with a code, as Discord does with 4000.
func (s *Server) CloseConnections(code int) {
	s.each(func(c *conn) { c.close(code, "") })
}

// AskHeartbeat sends op 1: a client beats at once.
func (s *Server) AskHeartbeat() {
	s.each(func(c *conn) { c.send(obj{"op": 1, "d": nil, "s": nil, "t": nil}) })
}

// Deaf makes the gateway stop acknowledging heartbeats on the connections
// that are open now, and lets nothing more through them: events wait for a
// resume. New connections hear again.
func (s *Server) Deaf() {
	s.each(func(c *conn) {
		c.deaf = true
		c.session.conn = nil // what happens now is replayed
		c.was, c.session = c.session, nil
	})
}

// Revoke resets the bot's token in the portal: 401 and 4004 from now on.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
	for _, id := range slices.Sorted(maps.Keys(s.gate.sessions)) {
		if c := s.gate.sessions[id].conn; c != nil {
			c.close(4004, "Authentication failed.")
		}
	}
	clear(s.gate.sessions)
}

// Allow sets which privileged intents the portal has switched on.
func (s *Server) Allow(intents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Allowed = intents
}

// Garbage sends what a client ought to survive: an event and an op that
// nobody knows, known events with wrong types, a broken frame.
func (s *Server) Garbage() {
	s.each(func(c *conn) {
		ss := c.session
		s.push(ss, "SOMETHING_NEW_CREATE", obj{"id": "1", "shape": []any{1, "two"}})
		c.send(obj{"op": 99, "d": obj{"x": 1}, "s": nil, "t": nil})
		s.push(ss, "MESSAGE_CREATE", obj{"id": 12, "content": []any{}, "author": "nobody"})
		s.push(ss, "INTERACTION_CREATE", obj{"id": "1", "type": "two", "data": 3})
		s.push(ss, "INTERACTION_CREATE", obj{"id": "2", "type": 77, "version": 1, "token": "x", "data": obj{}})
		s.push(ss, "MESSAGE_UPDATE", "not an object")
		c.send([]byte(`{"op":0,"t":"MESSAGE_CREATE","s":`))
	})
}

// Unfurl has a message grow a preview of a link in it: an update of the
// message that is no edit, as its edited_timestamp stays null.
func (s *Server) Unfurl(channelID, messageID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.channels[channelID].find(messageID)
	m.embeds = append(m.embeds, obj{"type": "link", "url": "https://example.org/", "title": "Example"})
	s.touch(m)
}

// BulkDelete removes messages as a moderator's sweep does: one event for all.
func (s *Server) BulkDelete(channelID string, messageIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channelID]
	c.messages = slices.DeleteFunc(c.messages, func(m *message) bool { return slices.Contains(messageIDs, m.id) })
	s.dispatch("MESSAGE_DELETE_BULK", audience{guild: c.guild, channel: c, intent: intentMessages}, obj{
		"ids": messageIDs, "channel_id": c.id, "guild_id": c.guild.id,
	})
	s.changed()
}

// Outage makes a guild unavailable and, by what it returns, available again.
// That is not the bot's removal, and a client must not take it for one.
func (s *Server) Outage(guildID string) (over func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	s.dispatch("GUILD_DELETE", toGuild(g, intentGuilds), obj{"id": g.id, "unavailable": true})
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.dispatch("GUILD_CREATE", toGuild(g, intentGuilds), s.guildCreate(g))
	}
}

// Send pushes any event to every session, as it is given.
func (s *Server) Send(name string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.gate.sessions)) {
		s.push(s.gate.sessions[id], name, plain(data))
	}
}

// Burst runs do n times while nothing goes out over the sockets, and then
// lets all of it out at once.
func (s *Server) Burst(n int, do func(i int)) {
	s.mu.Lock()
	var held []*conn
	for c := range s.gate.conns {
		c.pause.Lock()
		held = append(held, c)
	}
	s.mu.Unlock()
	for i := range n {
		do(i)
	}
	for _, c := range held {
		c.pause.Unlock()
	}
}
