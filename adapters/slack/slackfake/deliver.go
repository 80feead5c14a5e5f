package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Delivery is something that a person did, on its way to the app.
type Delivery struct {
	// Trigger is the trigger_id that went along, if any.
	Trigger string
	// ResponseURL is the response_url that went along with a command.
	ResponseURL string
	// EventID names an event over all its retries.
	EventID string

	kind    string
	payload object
	event   bool
	tries   int
	sent    []time.Time
	answer  func(payload json.RawMessage) // acts on an acknowledgement; under the lock
	done    chan struct{}
	outcome Outcome
}

// Outcome is what became of a delivery.
type Outcome struct {
	Acked   bool
	Took    time.Duration   // from the last sending to the acknowledgement
	Attempt int             // which sending was acknowledged; 0 is the first
	Payload json.RawMessage // what came with the acknowledgement
	// Problem is what the person is told instead: "operation_timeout" when the app
	// did not acknowledge in time, "dispatch_failed" when no socket was open,
	// "dispatch_unknown_command" for a command that the app does not have.
	Problem string
}

// Wait waits until the app has acknowledged or the last attempt has failed.
func (d *Delivery) Wait() Outcome {
	<-d.done
	return d.outcome
}

// Done is closed when Wait would return.
func (d *Delivery) Done() <-chan struct{} { return d.done }

// attempt is one envelope on one socket.
type attempt struct {
	d       *Delivery
	link    *link
	started time.Time
	timer   *time.Timer
}

// maxAck is the size from which an acknowledgement is dropped without a word.
const maxAck = 20 << 10

func newDelivery(kind string, payload object) *Delivery {
	return &Delivery{kind: kind, payload: payload, done: make(chan struct{})}
}

// failed is a delivery that never left.
func failed(problem string) *Delivery {
	d := newDelivery("", nil)
	d.outcome.Problem = problem
	close(d.done)
	return d
}

// send puts a delivery on the next socket; the lock is held.
func (s *Server) send(d *Delivery) {
	if s.closed {
		s.finish(d, Outcome{Problem: "dispatch_failed"})
		return
	}
	if d.kind == "interactive" && s.opts.App.NoInteract {
		s.finish(d, Outcome{Problem: "interactivity is switched off"})
		return
	}
	l := s.next()
	if l == nil {
		s.retry(d, "dispatch_failed")
		return
	}
	s.seq["envelope"]++
	id := fmt.Sprintf("%08x-fake-4000-8000-%012x", s.seq["envelope"], s.seq["envelope"])
	env := object{"envelope_id": id, "type": d.kind, "payload": d.payload, "accepts_response_payload": !d.event}
	if d.event {
		env["retry_attempt"], env["retry_reason"] = d.tries, ""
		if d.tries > 0 {
			env["retry_reason"] = "timeout"
		}
	}
	// The JSON is made here, under the lock: the payload holds live messages.
	b, err := json.Marshal(env)
	if err != nil {
		s.violateLocked("server", "%v", err)
		return
	}
	a := &attempt{d: d, link: l, started: time.Now()}
	d.sent = append(d.sent, a.started)
	s.pending[id] = a
	a.timer = time.AfterFunc(s.opts.AckWithin, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.giveUp(id, "operation_timeout")
	})
	l.put(b)
}

// giveUp ends an attempt that was not acknowledged; the lock is held.
func (s *Server) giveUp(id, problem string) {
	a := s.pending[id]
	if a == nil {
		return
	}
	a.timer.Stop()
	delete(s.pending, id)
	s.done[id] = "given up"
	s.retry(a.d, problem)
}

// lost ends the attempts on a socket that is gone; the lock is held.
func (s *Server) lost(l *link) {
	var ids []string
	for id, a := range s.pending {
		if a.link == l {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		s.giveUp(id, "operation_timeout")
	}
}

// retry sends an event again after its wait; anything else has failed. The lock
// is held.
func (s *Server) retry(d *Delivery, problem string) {
	if s.closed || !d.event || d.tries >= len(s.opts.RetryAfter) {
		s.finish(d, Outcome{Problem: problem})
		return
	}
	wait := s.opts.RetryAfter[d.tries]
	d.tries++
	s.wg.Go(func() {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-s.ctx.Done():
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.send(d)
	})
}

func (s *Server) finish(d *Delivery, o Outcome) {
	o.Attempt = d.tries
	d.outcome = o
	close(d.done)
}

// heard takes what an app said on a socket. Only an acknowledgement in time, once,
// small enough, and on the socket that carried the envelope counts.
func (s *Server) heard(l *link, data []byte) {
	var a ack
	if err := json.Unmarshal(data, &a); err != nil || a.EnvelopeID == "" {
		s.violate("bad ack", "%s: %d bytes that are no acknowledgement", l.host(), len(data))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.pending[a.EnvelopeID]
	switch {
	case at == nil && s.done[a.EnvelopeID] == "acked":
		s.violateLocked("second ack", "%s", a.EnvelopeID)
		return
	case at == nil && s.done[a.EnvelopeID] != "":
		s.violateLocked("late ack", "%s", a.EnvelopeID)
		return
	case at == nil:
		s.violateLocked("unknown ack", "%q", a.EnvelopeID)
		return
	case at.link != l:
		s.violateLocked("foreign ack", "%s came by %s and was acknowledged on %s", a.EnvelopeID, at.link.host(), l.host())
		return
	case len(data) > maxAck:
		s.violateLocked("big ack", "%s: %d bytes", a.EnvelopeID, len(data))
		return
	}
	at.timer.Stop()
	delete(s.pending, a.EnvelopeID)
	s.done[a.EnvelopeID] = "acked"
	if string(a.Payload) == "null" || string(a.Payload) == "{}" {
		a.Payload = nil
	}
	if len(a.Payload) > 0 && at.d.event {
		s.violateLocked("payload to an event", "%s", a.EnvelopeID)
	}
	if at.d.answer != nil {
		at.d.answer(a.Payload)
	}
	s.finish(at.d, Outcome{Acked: true, Took: time.Since(at.started), Payload: a.Payload})
}

// trigger lets an app open a form for the person who did something.
type trigger struct {
	user  *user
	until time.Time
	used  bool
	view  *view // the modal from which it came, if it did
}

// arm adds a trigger_id to what a person did; the lock is held.
func (s *Server) arm(d *Delivery, u *user, v *view) {
	s.seq["trigger"]++
	d.Trigger = fmt.Sprintf("%d.%d.fake", 1000000+s.seq["trigger"], s.seq["trigger"])
	d.payload["trigger_id"] = d.Trigger
	s.triggers[d.Trigger] = &trigger{user: u, until: time.Now().Add(s.opts.TriggerFor), view: v}
}

// event tells the app of something that happened, if it subscribed to it. The
// lock is held.
func (s *Server) event(t *team, sub string, ev object) *Delivery {
	if s.opts.App.Events != nil && !slices.Contains(s.opts.App.Events, sub) || !slices.Contains(s.tokens[t.token].scopes, eventScopes[sub]) && eventScopes[sub] != "" {
		return failed("not_subscribed")
	}
	d := newDelivery("events_api", nil)
	d.event = true
	d.EventID = s.id("Ev")
	d.payload = clone(object{
		"token": "fake", "team_id": t.id, "context_team_id": t.id, "context_enterprise_id": nil, "api_app_id": appID,
		"event": ev, "type": "event_callback", "event_id": d.EventID, "event_time": s.opts.Now().Unix(),
		"authorizations":        []object{{"enterprise_id": nil, "team_id": t.id, "user_id": t.bot.ID, "is_bot": true, "is_enterprise_install": false}},
		"is_ext_shared_channel": false, "event_context": "fake",
	}).(object)
	s.send(d)
	return d
}

// eventScopes are the scopes without which an event is not told.
var eventScopes = map[string]string{
	"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history",
	"app_mention": "app_mentions:read", "member_joined_channel": "channels:read", "member_left_channel": "channels:read",
	"user_change": "users:read", "team_join": "users:read", "app_home_opened": "",
}
