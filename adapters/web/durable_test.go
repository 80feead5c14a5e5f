package web_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/store/storetest"
)

// moody is a bot that refuses as long as it is told to.
type moody struct {
	echo
	mood   sync.Mutex
	refuse bool
	tried  []string // events, in the order in which they came
}

func (m *moody) turn(refuse bool) {
	m.mood.Lock()
	defer m.mood.Unlock()
	m.refuse = refuse
}

func (m *moody) try(event string) error {
	m.mood.Lock()
	defer m.mood.Unlock()
	m.tried = append(m.tried, event)
	if m.refuse {
		return errors.New("not now")
	}
	return nil
}

func (m *moody) Hear(ctx context.Context, s chat.Said) error {
	if err := m.try(s.Event); err != nil {
		return err
	}
	return m.echo.Hear(ctx, s)
}

func (m *moody) Do(ctx context.Context, r chat.Request) (chat.Outcome, error) {
	if err := m.try(r.Event); err != nil {
		return chat.Outcome{}, err
	}
	return m.echo.Do(ctx, r)
}

func TestARestartLosesNothingThatWasSaid(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := storetest.New(t)
	first := open(t, s, web.Options{})
	in := &moody{refuse: true}
	stop := listen(t, first, in)
	for i := range 3 {
		if _, err := first.Say(ctx, "ana", chat.Direct(chat.User{Workspace: web.Name, ID: "ana"}), fmt.Sprintf("Thought %d", i), nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		in.mood.Lock()
		n := len(in.tried)
		in.mood.Unlock()
		if n > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was offered")
		}
	}
	stop()

	second := open(t, s, web.Options{})
	in.turn(false)
	stop = listen(t, second, in)
	defer stop()
	settled, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := second.Settle(settled); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, said := range in.heard {
		texts = append(texts, said.Text)
	}
	if want := []string{"Thought 0", "Thought 1", "Thought 2"}; !slices.Equal(texts, want) {
		t.Errorf("after the restart the bot heard %q, want %q", texts, want)
	}
	if in.heard[0].Event != in.tried[0] {
		t.Errorf("the event was %q before the restart and %q after it", in.tried[0], in.heard[0].Event)
	}
}

func TestARepeatedCallIsDoneOnce(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	in := &echo{}
	listen(t, w, in)
	at, err := w.Send(ctx, chat.Channel(web.Name, "explorers"), "k", chat.Message{Text: "?", Buttons: []chat.Button{{Label: "Yes", Command: "home"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, opened := call(t, w, "command", map[string]any{"as": "ana", "place": "explorers", "text": "/session schedule", "event": "open"})
	form := opened["form"].(map[string]any)["id"]
	for _, c := range []struct {
		path string
		body map[string]any
	}{
		{"say", map[string]any{"as": "ana", "place": "@cohortbot", "text": "once", "event": "1"}},
		{"command", map[string]any{"as": "ana", "place": "explorers", "text": "/plan show", "event": "2"}},
		{"press", map[string]any{"as": "ana", "message": at.ID, "button": "Yes", "event": "3"}},
		{"menu", map[string]any{"as": "ana", "message": at.ID, "command": "evidence add", "event": "4"}},
		{"submit", map[string]any{"as": "ana", "form": form, "answers": map[string]any{"title": "T", "when": "9"}, "event": "5"}},
	} {
		t.Run(c.path, func(t *testing.T) {
			count := func() (asked, seen int) {
				in.mu.Lock()
				defer in.mu.Unlock()
				for _, place := range []chat.Place{chat.Channel(web.Name, "explorers"), chat.Direct(chat.User{Workspace: web.Name, ID: "ana"})} {
					messages, _, err := w.See(ctx, "ana", place, "", 200)
					if err != nil {
						t.Fatal(err)
					}
					seen += len(messages)
				}
				return len(in.asked), seen
			}
			code, first := call(t, w, c.path, c.body)
			if code != 200 {
				t.Fatalf("%d %v", code, first)
			}
			asked, seen := count()
			code, second := call(t, w, c.path, c.body)
			if code != 200 || fmt.Sprint(first) != fmt.Sprint(second) {
				t.Errorf("the repeat gave %d %v, want what came first: %v", code, second, first)
			}
			if a, s := count(); a != asked || s != seen {
				t.Errorf("the repeat was done again: %d requests instead of %d, %d messages instead of %d", a, asked, s, seen)
			}
			c.body["as"] = "ben"
			if code, _ := call(t, w, c.path, c.body); c.path != "submit" && code != 200 {
				t.Errorf("the same event of somebody else gave %d", code)
			}
			if a, s := count(); c.path != "say" && c.path != "submit" && a != asked+1 {
				t.Errorf("the same event of somebody else was taken for a repeat (%d, %d)", a, s)
			}
		})
	}
}

func TestWhatWasTypedComesBackWhenTheBotFails(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	in := &moody{refuse: true}
	body := map[string]any{"as": "ana", "place": "explorers", "text": "/plan show", "event": "1"}
	if code, a := call(t, w, "command", body); code != 503 || a["text"] != "/plan show" {
		t.Errorf("while nobody listens: %d %v", code, a)
	}
	listen(t, w, in)
	if code, a := call(t, w, "command", body); code != 503 || a["text"] != "/plan show" || a["error"] == "" {
		t.Errorf("while the bot fails: %d %v", code, a)
	}
	in.turn(false)
	if code, a := call(t, w, "command", body); code != 200 || a["reply"] == nil {
		t.Errorf("after it has recovered: %d %v", code, a)
	}
	in.mood.Lock()
	defer in.mood.Unlock()
	if len(in.tried) != 2 || in.tried[0] != in.tried[1] {
		t.Errorf("the bot was asked with the events %q", in.tried)
	}
}

func TestASecondSendUnderTheSameKeyIsASecondMessage(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	to := chat.Channel(web.Name, "explorers")
	for range 2 {
		if _, err := w.Send(ctx, to, "prompt/3", chat.Message{Text: "Week 3"}); err != nil {
			t.Fatal(err)
		}
	}
	if seen, _, _ := w.See(ctx, "ana", to, "", 0); len(seen) != 2 {
		t.Errorf("%d messages stand there: a service that says things once by itself would hide that its caller does not", len(seen))
	}
}

func TestADeletedMessageKeepsItsRepliesAndNothingElse(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	to := chat.Channel(web.Name, "explorers")
	photo, err := w.Upload(ctx, "ana", chat.File{Name: "a.png", Type: "image/png", Data: []byte("png")})
	if err != nil {
		t.Fatal(err)
	}
	top, err := w.Say(ctx, "ana", to, "A secret", []string{photo.ID}, "")
	if err != nil {
		t.Fatal(err)
	}
	thread := to
	thread.Thread = top.ID
	reply, err := w.Say(ctx, "ben", thread, "A reply", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteSaid(ctx, "ben", top.ID); err == nil {
		t.Error("Ben could delete what Ana wrote")
	}
	if err := w.DeleteSaid(ctx, "ana", top.ID); err != nil {
		t.Fatal(err)
	}
	seen, _, _ := w.See(ctx, "ben", to, "", 0)
	if len(seen) != 1 || !seen[0].Deleted || seen[0].Text != "" || len(seen[0].Files) != 0 || seen[0].Replies != 1 {
		t.Errorf("Ben sees %+v", seen)
	}
	if _, err := w.File(ctx, photo.ID); err == nil {
		t.Error("the photo can still be had")
	}
	if err := w.DeleteSaid(ctx, "ben", reply.ID); err != nil {
		t.Fatal(err)
	}
	if seen, _, _ := w.See(ctx, "ben", to, "", 0); len(seen) != 0 {
		t.Errorf("after the last reply is gone Ben sees %+v", seen)
	}
}

// chatty is a bot to whom somebody says the next thing before it has taken the
// last.
type chatty struct {
	echo
	more func() error
}

func (c *chatty) Hear(context.Context, chat.Said) error { return c.more() }

func TestSettlingDoesNotWaitForPeopleToStopTalking(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := open(t, storetest.New(t), web.Options{})
	say := func() error {
		_, err := w.Say(ctx, "ana", chat.Direct(chat.User{Workspace: web.Name, ID: "ana"}), "And another thing", nil, "")
		return err
	}
	if err := say(); err != nil {
		t.Fatal(err)
	}
	stop := listen(t, w, &chatty{more: say})
	defer stop()
	settled, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := w.Settle(settled); err != nil {
		t.Errorf("settling while somebody goes on talking: %v", err)
	}
}
