package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// post is an outbox that speaks through Slack: what it says is its key.
type post struct {
	t     *testing.T
	store store.Store
	box   *outbox.Outbox

	mu   sync.Mutex
	told map[string]error // who can act was told of these keys
}

func (h *harness) post(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, store: storetest.New(t, outbox.Table), told: map[string]error{}}
	said := outbox.Reason{Kind: "note", Render: func(_ store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
		return chat.Message{Text: i.Key}, true, nil
	}}
	p.box = outbox.New(p.store, schedules.System, []chat.Platform{h.slack}, []outbox.Reason{said}, quiet,
		func(_ store.Tx, i outbox.Item, _ time.Time) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.told[i.Key] = errors.New(i.Fault)
			return nil
		})
	return p
}

func (p *post) say(items ...outbox.Item) {
	p.t.Helper()
	if err := p.store.Update(p.t.Context(), func(tx store.Tx) error {
		for _, i := range items {
			i.Kind, i.Record = "note", i.Key
			if err := outbox.Say(tx, i, time.Now()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		p.t.Fatal(err)
	}
	p.box.Poke()
}

// run lets the outbox speak until the test ends.
func (p *post) run() {
	ctx, stop := context.WithCancel(p.t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = p.box.Run(ctx) })
	p.t.Cleanup(func() { stop(); running.Wait() })
}

func (p *post) left() int {
	n := 0
	_ = p.store.View(p.t.Context(), func(tx store.Tx) error {
		n = 0
		for row, err := range outbox.Table.All(tx) {
			if err != nil {
				return err
			}
			if s := row.Value.State; s == outbox.Pending || s == outbox.Sending {
				n++
			}
		}
		return nil
	})
	return n
}

// Limits: nudges for 1,000 people and a few busy rooms, with refusals on the way,
// in a minute that is shorter than Slack's. All arrive, in order in each place,
// none is tried again before its time, and it takes hardly longer than it must.
func TestDrillLimits(t *testing.T) {
	people, minute, spare := 600, 1500*time.Millisecond, 5*time.Millisecond
	over := 0.8 // in so short a minute, the time that the calls take counts for much
	if soak() {
		people, minute, spare, over = 1000, time.Minute, 50*time.Millisecond, 0.05
	}
	rates := slackfake.Rates{Posts: 300, PostEvery: minute / 60, Minute: minute}
	h := open(t, slackfake.Options{Rates: rates})
	slack.Minute(h.slack, minute+spare, minute/60)
	slack.Patience(h.slack, minute/8)
	p := h.post(t)
	room := h.mustRoom(t)
	var items []outbox.Item
	for i := range people {
		id := h.fake.AddUser(slackfake.User{Name: fmt.Sprintf("p%d", i)})
		items = append(items, outbox.Item{Key: fmt.Sprintf("nudge/%d", i), Place: chat.Direct(chat.User{Workspace: h.workspace, ID: id})})
	}
	for i := range 8 { // one a second: what is left of them at the end comes on top
		items = append(items, outbox.Item{Key: fmt.Sprintf("room/%02d", i), Place: room})
	}
	p.say(items...)
	least := minute * time.Duration((len(items)-1)/rates.Posts)
	began := time.Now()
	p.run()
	eventually(t, 3*least, "everything is said", func() bool {
		n := 0
		for _, c := range h.fake.CallsOf("chat.postMessage") {
			if c.Error == "" {
				n++
			}
		}
		return n == len(items)
	})
	took := time.Since(began)
	t.Logf("%d messages in %s; the limits allow %s", len(items), took.Round(time.Millisecond), least)
	if took > least+time.Duration(over*float64(least)) {
		t.Errorf("it took %s, more than %.0f %% over %s", took, 100*over, least)
	}
	said := map[string]int{}
	var inRoom []string
	for _, c := range h.fake.CallsOf("chat.postMessage") {
		if c.Error != "" {
			t.Errorf("a post was refused: %s", c.Error)
			continue
		}
		key := keyOf(c)
		said[key]++
		if strings.HasPrefix(key, "room/") {
			inRoom = append(inRoom, key)
		}
	}
	if len(said) != len(items) || !slices.IsSorted(inRoom) {
		t.Errorf("%d of %d were said; in the room: %q", len(said), len(items), inRoom)
	}
	h.mustBeClean(t)
}

func keyOf(c slackfake.Call) string {
	var meta struct {
		Payload struct{ Key string } `json:"event_payload"`
	}
	_ = json.Unmarshal([]byte(text(c.Args["metadata"])), &meta)
	return meta.Payload.Key
}

// Limits, refused: what Slack asks for is waited, by everybody who calls the same
// method, and nothing is posted twice.
func TestDrillLimitsRefused(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Options{})
	p := h.post(t)
	place := func(name string) chat.Place { c, _ := h.Channel(t.Context(), name); return c }
	room, other, third := place("explorers"), place("gardeners"), place("bakers")
	h.fake.Inject(slackfake.Fault{Method: "chat.postMessage", How: slackfake.Limited, Wait: time.Second})
	began := time.Now()
	p.say(outbox.Item{Key: "a", Place: room}, outbox.Item{Key: "b", Place: room}, outbox.Item{Key: "c", Place: other})
	p.run()
	time.Sleep(400 * time.Millisecond)
	p.say(outbox.Item{Key: "d", Place: third})
	eventually(t, 10*time.Second, "everything is said", func() bool { return p.left() == 0 })
	posts := h.fake.CallsOf("chat.postMessage")
	early := 0
	for _, c := range posts {
		if since := c.At.Sub(began); since > 250*time.Millisecond && since < 990*time.Millisecond {
			early++
		}
	}
	if early > 0 || len(posts) > 6 {
		t.Errorf("%d of %d calls came while Slack had asked for rest", early, len(posts))
	}
	ana, _ := h.Person(t.Context(), "Ana")
	var texts []string
	for _, m := range h.fake.See(ana.User.ID, room.Channel) {
		if m.App {
			texts = append(texts, m.Text)
		}
	}
	if !slices.Equal(texts, []string{"a", "b"}) {
		t.Errorf("in the room stands %q", texts)
	}
}

// Closed door: whatever keeps a message from its place for good is told once, to
// somebody who can act, and is not tried again.
func TestDrillClosedDoor(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Options{})
	p := h.post(t)
	ana, _ := h.Person(t.Context(), "Ana")
	ben, _ := h.Person(t.Context(), "Ben")
	place := func(name string) chat.Place { c, _ := h.Channel(t.Context(), name); return c }
	left, archived, well := place("left"), place("archived"), place("well")
	first, err := h.slack.Send(t.Context(), well, "first", chat.Message{Text: "First"})
	if err != nil {
		t.Fatal(err)
	}
	h.fake.CloseDM(ana.User.ID, "")
	h.fake.LeaveChannel(h.fake.BotUser(), left.Channel)
	h.fake.Archive(archived.Channel, true)
	h.fake.Forget()
	p.say(
		outbox.Item{Key: "closed", Place: chat.Direct(ana.User)}, outbox.Item{Key: "open", Place: chat.Direct(ben.User)},
		outbox.Item{Key: "left", Place: left}, outbox.Item{Key: "archived", Place: archived},
		outbox.Item{Key: "well", Place: well},
	)
	p.run()
	eventually(t, 10*time.Second, "nothing is left to say", func() bool { return p.left() == 0 })
	time.Sleep(300 * time.Millisecond)
	tries := map[string]int{}
	for _, c := range h.fake.CallsOf("chat.postMessage") {
		tries[keyOf(c)]++
	}
	for _, key := range []string{"closed", "left", "archived"} {
		if tries[key] != 1 || p.told[key] == nil {
			t.Errorf("%s: tried %d times, told %v", key, tries[key], p.told[key])
		}
	}
	for _, key := range []string{"open", "well"} {
		if tries[key] != 1 || p.told[key] != nil {
			t.Errorf("%s: tried %d times, told %v", key, tries[key], p.told[key])
		}
	}
	h.fake.Remove(well.Channel, first.ID)
	if err := h.slack.Edit(t.Context(), first, chat.Message{Text: "Changed"}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("editing what somebody deleted: %v", err)
	}
}

// Garbage: whatever comes is acknowledged where that is possible, and the next
// command is answered all the same.
func TestDrillGarbage(t *testing.T) {
	t.Parallel()
	b := newListener()
	b.do = func(r chat.Request) (chat.Outcome, error) {
		if strings.HasSuffix(r.Text, "panic") {
			panic("in a deed")
		}
		return chat.Say("Understood."), nil
	}
	h := ready(t, slackfake.Options{AckWithin: time.Second, RetryAfter: []time.Duration{}}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	type o = map[string]any
	for name, d := range map[string]*slackfake.Delivery{
		"an unknown event":       h.fake.Event(o{"type": "cosmic_ray", "strength": 5}),
		"an event without type":  h.fake.Event(o{"strength": 5}),
		"a message of a number":  h.fake.Event(o{"type": "message", "text": 5, "user": []any{"U1"}}),
		"a message of nothing":   h.fake.Event(o{"type": "message"}),
		"an unknown subtype":     h.fake.Event(o{"type": "message", "subtype": "hologram", "channel": "C1", "user": "U1", "ts": "1.2"}),
		"an unknown change":      h.fake.Event(o{"type": "message", "subtype": "message_changed", "channel": "C1"}),
		"an unknown deletion":    h.fake.Event(o{"type": "message", "subtype": "message_deleted", "channel": "C1"}),
		"somebody of a number":   h.fake.Event(o{"type": "user_change", "user": 7}),
		"an opened home of none": h.fake.Event(o{"type": "app_home_opened"}),
		"an unknown envelope":    h.fake.Envelope("telepathy", o{"thought": "?"}),
		"an interaction of none": h.fake.Envelope("interactive", o{"type": "block_actions"}),
		"unknown blocks": h.fake.Envelope("interactive", o{
			"type": "block_actions", "user": o{"id": ana.User.ID}, "actions": []any{o{"type": "dial", "value": 9}},
			"message": o{"blocks": []any{o{"type": "hologram", "depth": 3}}},
		}),
		"an unknown button":   h.fake.Envelope("interactive", o{"type": "block_actions", "user": o{"id": ana.User.ID}, "actions": []any{o{"value": "?"}}}),
		"an unknown shortcut": h.fake.Envelope("interactive", o{"type": "message_action", "user": o{"id": ana.User.ID}, "callback_id": "beam up"}),
		"an unknown form":     h.fake.Envelope("interactive", o{"type": "view_submission", "user": o{"id": ana.User.ID}, "view": o{"callback_id": "form", "private_metadata": "{{"}}),
		"a kind of its own":   h.fake.Envelope("interactive", o{"type": "gesture"}),
		"a command of none":   h.fake.Envelope("slash_commands", o{"command": o{"x": 1}}),
		"somebody else's":     h.fake.Envelope("slash_commands", o{"team_id": "T0OTHER", "command": "/home", "user_id": "U1"}),
	} {
		if got := d.Wait(); !got.Acked {
			t.Errorf("%s is not acknowledged: %s", name, got.Problem)
		}
	}
	works := func(after string) {
		t.Helper()
		a, err := h.Command(t.Context(), ana.User, chat.Direct(ana.User), "/home")
		if err != nil || a.Reply == nil || a.Reply.Text != "Understood." {
			t.Fatalf("after %s, a command brings %+v, %v", after, a, err)
		}
	}
	works("garbage")
	if d := h.fake.SlashCommand(ana.User.ID, h.fake.DM(ana.User.ID), "/home", "panic"); d.Wait().Acked {
		t.Error("a deed that panicked is acknowledged as if it were done")
	}
	works("a panic")
	h.fake.SendRaw("no JSON at all")
	h.fake.SendRaw(`{"envelope_id": 5, "type": ["x"]}`)
	works("no JSON")
	h.fake.SendTruncated()
	eventually(t, 5*time.Second, "another connection", func() bool { return len(h.fake.CallsOf("apps.connections.open")) == 2 })
	if !h.fake.WaitConnected(1, 5*time.Second) {
		t.Fatal("not connected again")
	}
	works("half a frame")
	h.mustBeClean(t)
}
