package slackfake

import (
	"encoding/binary"
	"time"

	"github.com/gorilla/websocket"
)

// Burst sends n commands at once, each by the person in the channel, the text
// made from its number. The deliveries come back in that order.
func (s *Server) Burst(n int, userID, channelID, command string, text func(i int) string) []*Delivery {
	out := make([]*Delivery, n)
	for i := range out {
		out[i] = s.SlashCommand(userID, channelID, command, text(i))
	}
	return out
}

// Connections is how many sockets are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

// WaitConnected waits until an app has at least n sockets that are not leaving;
// false when the time is over first.
func (s *Server) WaitConnected(n int, long time.Duration) bool {
	end := time.Now().Add(long)
	for time.Now().Before(end) {
		s.mu.Lock()
		able := 0
		for _, l := range s.links {
			if !l.leaving {
				able++
			}
		}
		s.mu.Unlock()
		if able >= n {
			return true
		}
		time.Sleep(2 * time.Millisecond)
	}
	return false
}

func (s *Server) open() []*link {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*link(nil), s.links...)
}

// DropConnections cuts every socket without a word.
func (s *Server) DropConnections() {
	for _, l := range s.open() {
		l.drop()
	}
}

// Disconnect announces the end of every socket, with the reason "warning" or
// "refresh_requested" (or another, such as "link_disabled"); each is closed after
// Options.WarnFor.
func (s *Server) Disconnect(reason string) {
	for _, l := range s.open() {
		s.leave(l, reason)
	}
}

// RefreshEvery announces the end of every socket again and again; 0 ends that.
func (s *Server) RefreshEvery(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refresh != nil {
		s.refresh.Stop()
		s.refresh = nil
	}
	if d <= 0 || s.closed {
		return
	}
	var t *time.Timer
	t = time.AfterFunc(d, func() {
		s.Disconnect("refresh_requested")
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.refresh == t && !s.closed {
			t.Reset(d)
		}
	})
	s.refresh = t
}

// Deaf makes the sockets that are open now behave as if the cable were cut: no
// pings, no answers, nothing comes through, and nobody is told. Sockets opened
// later are well.
func (s *Server) Deaf() {
	for _, l := range s.open() {
		l.deaf.Store(true)
	}
}

// Revoke makes a token worthless: every call with it brings the code (empty is
// invalid_auth), and the app-level token's sockets are cut.
func (s *Server) Revoke(tok, code string) {
	if code == "" {
		code = "invalid_auth"
	}
	s.mu.Lock()
	t := s.tokens[tok]
	if t != nil {
		t.gone = code
	}
	s.mu.Unlock()
	if t != nil && t.kind == "xapp" {
		s.DropConnections()
	}
}

// Restore makes a revoked token good again.
func (s *Server) Restore(tok string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[tok]; t != nil {
		t.gone = ""
	}
}

// SetScopes changes what a token may do.
func (s *Server) SetScopes(tok string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[tok]; t != nil {
		t.scopes = scopes
	}
}

// SetRates changes the limits from now on.
func (s *Server) SetRates(r Rates) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Rates = r
	s.limits = map[string]*window{}
}

// Event tells the app of an event with any content, such as one that it does not
// know, with the retries of all events. It asks for no subscription.
func (s *Server) Event(event map[string]any) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[0]
	d := newDelivery("events_api", nil)
	d.event = true
	d.EventID = s.id("Ev")
	d.payload = object{
		"token": "fake", "team_id": t.id, "api_app_id": appID, "event": clone(event), "type": "event_callback",
		"event_id": d.EventID, "event_time": s.opts.Now().Unix(),
	}
	s.send(d)
	return d
}

// Envelope sends an envelope of any kind with any payload on the next socket and
// waits for its acknowledgement as for any other.
func (s *Server) Envelope(kind string, payload map[string]any) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := newDelivery(kind, payload)
	s.send(d)
	return d
}

// SendRaw sends text as it is on every socket, such as something that is no JSON.
func (s *Server) SendRaw(text string) {
	for _, l := range s.open() {
		l.put([]byte(text))
	}
}

// SendTruncated sends the beginning of a frame on every socket, and cuts it.
func (s *Server) SendTruncated() {
	for _, l := range s.open() {
		l.put(func(c *websocket.Conn) {
			frame := []byte{0x81, 126, 0, 0} // text, final, a length of two bytes
			binary.BigEndian.PutUint16(frame[2:], 1000)
			_, _ = c.NetConn().Write(append(frame, `{"envelope_id":"half`...))
			l.drop()
		})
	}
}
