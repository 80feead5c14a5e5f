package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"runtime/debug"
	"time"

	"cohortbot/bot/chat"
)

// envelope is what a connection carries. It is read piece by piece, so that one
// piece of an unknown shape does not cost the others.
type envelope struct {
	id      string
	kind    string // "slash_commands", "interactive", "events_api", "hello", "disconnect"
	reason  string
	payload json.RawMessage
	came    time.Time
}

// errUnreadable says that a payload has not the shape that it should. Delivering
// it again would not help.
var errUnreadable = errors.New("the payload cannot be read")

var anyID = regexp.MustCompile(`"envelope_id"\s*:\s*"([^"\\]+)"`)

func readEnvelope(frame []byte, now time.Time) (envelope, bool) {
	e := envelope{came: now}
	var parts map[string]json.RawMessage
	if json.Unmarshal(frame, &parts) != nil {
		if m := anyID.FindSubmatch(frame); m != nil {
			e.id = string(m[1])
		}
		return e, false
	}
	for name, into := range map[string]*string{"envelope_id": &e.id, "type": &e.kind, "reason": &e.reason} {
		_ = json.Unmarshal(parts[name], into)
	}
	e.payload = parts["payload"]
	return e, e.kind != ""
}

// arrival is an envelope with the connection that carried it and the workspace
// that it is about.
type arrival struct {
	*link
	envelope
	w *workspace
}

// acknowledge answers the envelope; see [link.acknowledge].
func (a arrival) acknowledge(payload any) bool { return a.link.acknowledge(a.envelope, payload) }

// take sorts a frame. It never waits for anything slow: pings are answered by the
// goroutine that calls it.
func (l *link) take(frame []byte, now time.Time) {
	e, ok := readEnvelope(frame, now)
	a := arrival{link: l, envelope: e, w: l.w}
	switch {
	case !ok:
		l.w.log.Warn("a frame cannot be read", "bytes", len(frame), "acknowledged", e.id != "")
		a.acknowledge(nil)
		return
	case e.kind == "hello":
		l.once.ready.Do(func() { close(l.ready) })
		return
	case e.kind == "disconnect":
		l.w.log.Info("Slack ends a connection", "reason", known(e.reason))
		l.once.over.Do(func() { close(l.over) })
		return
	}
	if a.w = l.about(e.payload); a.w == nil {
		a.unknown("workspace", "")
		return
	}
	switch e.kind {
	case "events_api":
		a.event()
	case "slash_commands":
		a.handle(a.command)
	case "interactive":
		a.handle(a.interactive)
	default:
		a.unknown("envelope", e.kind)
	}
}

// about finds the workspace that a payload is about. Where the payload names
// none, it is the connection's own.
func (l *link) about(payload json.RawMessage) *workspace {
	var flat struct {
		ID string `json:"team_id"`
	}
	var nested struct {
		Team struct {
			ID string `json:"id"`
		} `json:"team"`
	}
	_ = json.Unmarshal(payload, &flat)
	if flat.ID == "" {
		_ = json.Unmarshal(payload, &nested)
		flat.ID = nested.Team.ID
	}
	if flat.ID == "" {
		return l.w
	}
	for _, w := range l.all {
		if me := w.known(); me != nil && me.workspace == chat.Workspace(Prefix+flat.ID) {
			return w
		}
	}
	return nil
}

// unknown acknowledges what nobody asked for, so that Slack does not go on
// offering it.
func (a arrival) unknown(sort, name string) {
	a.w = cmp.Or(a.w, a.link.w)
	a.w.log.Info("unknown, and acknowledged", "sort", sort, "name", known(name))
	a.acknowledge(nil)
}

var safeName = regexp.MustCompile(`^[a-z_.]{1,40}$`)

// known gives a name that may stand in a log: one that looks like a name and no
// words of anybody's.
func known(name string) string {
	if safeName.MatchString(name) {
		return name
	}
	return "?"
}

// handle works on an envelope in a goroutine of its own. A panic ends this one
// alone: it is not acknowledged, which the person is told by Slack.
func (a arrival) handle(do func() error) {
	a.work.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				a.w.log.Error("panic", "kind", a.kind, "stack", string(debug.Stack()))
			}
		}()
		switch err := do(); {
		case errors.Is(err, errUnreadable):
			a.w.log.Warn("unreadable, and acknowledged", "kind", a.kind)
			a.acknowledge(nil)
		case err != nil && a.ctx.Err() == nil:
			a.w.log.Error("not done", "kind", a.kind, "err", err)
		}
	})
}

// event sorts what happened in the workspace.
func (a arrival) event() {
	var callback struct {
		ID    string          `json:"event_id"`
		Event json.RawMessage `json:"event"`
	}
	var what struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(a.payload, &callback) != nil || json.Unmarshal(callback.Event, &what) != nil {
		a.w.log.Warn("unreadable, and acknowledged", "kind", a.kind)
		a.acknowledge(nil)
		return
	}
	handle := func(do func(context.Context, chat.Inbox, json.RawMessage) error) {
		a.handle(func() error {
			err := do(a.ctx, a.in, callback.Event)
			if err == nil && time.Since(a.came) < ackWindow {
				a.acknowledge(nil)
			}
			return err
		})
	}
	switch what.Type {
	case "message":
		a.message(callback.ID, callback.Event)
	case "app_home_opened":
		a.handle(func() error { return a.homeOpened(callback.ID, callback.Event) })
	case "user_change":
		handle(a.w.people.changed)
	case "member_joined_channel":
		handle(a.w.people.joined)
	case "member_left_channel": // the bot's members leave by command alone
		a.acknowledge(nil)
	default:
		a.unknown("event", what.Type)
	}
}
