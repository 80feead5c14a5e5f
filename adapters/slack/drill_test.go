package slack_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
)

func TestMain(m *testing.M) {
	if os.Getenv("SLACK_TEST_SENDS") != "" {
		sendForEver()
		return
	}
	goleak.VerifyTestMain(m)
}

// soak tells whether the drills take the long form.
func soak() bool { return os.Getenv("COHORTBOT_SOAK") != "" }

// listener is an inbox that keeps what arrives, as the real one does: an event that
// comes again is done once.
type listener struct {
	mu     sync.Mutex
	did    map[string]chat.Outcome
	asked  []chat.Request
	heard  []chat.Said
	met    map[string]chat.Profile
	events map[string]bool
	do     func(chat.Request) (chat.Outcome, error)
	hear   func(chat.Said) error
	tree   chat.Tree
}

func newListener() *listener {
	return &listener{did: map[string]chat.Outcome{}, met: map[string]chat.Profile{}, events: map[string]bool{}}
}

func (b *listener) Do(_ context.Context, r chat.Request) (chat.Outcome, error) {
	b.mu.Lock()
	out, again := b.did[r.Event]
	do := b.do
	b.mu.Unlock()
	if again {
		return out, nil
	}
	out = chat.Say("Done: " + chat.Plain(r.Text))
	if do != nil {
		var err error
		if out, err = do(r); err != nil {
			return out, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.did[r.Event] = out
	b.asked = append(b.asked, r)
	return out, nil
}

func (b *listener) Hear(_ context.Context, s chat.Said) error {
	if b.hear != nil {
		if err := b.hear(s); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.events[s.Event] {
		b.events[s.Event] = true
		b.heard = append(b.heard, s)
	}
	return nil
}

func (b *listener) Meet(_ context.Context, p chat.Profile) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.met[p.User.ID] = p
	return nil
}

func (b *listener) Tree() chat.Tree { return b.tree }

func (b *listener) count() (asked, heard int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.asked), len(b.heard)
}

// listen lets the adapter listen until the test ends, and gives a function that
// waits for the error with which it ended.
func (h *harness) listen(t *testing.T, b *listener) func() error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.slack.Listen(ctx, b) }()
	wait := sync.OnceValue(func() error {
		select {
		case err := <-ended:
			return err
		case <-time.After(30 * time.Second):
			return errors.New("Listen goes on")
		}
	})
	t.Cleanup(func() {
		stop()
		if err := wait(); err != nil && !errors.Is(err, chat.ErrFatal) {
			t.Errorf("Listen: %v", err)
		}
	})
	return wait
}

// ready is a harness on which a bot listens.
func ready(t *testing.T, o slackfake.Options, b *listener) *harness {
	t.Helper()
	h := open(t, o)
	h.listen(t, b)
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func eventually(t *testing.T, within time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}

func (h *harness) mustBeClean(t *testing.T) {
	t.Helper()
	for _, v := range h.fake.Violations() {
		t.Errorf("Slack would have dropped it without a word: %s", v)
	}
}

// answers counts, by their text, the answers that came by response URLs.
func (h *harness) answers() map[string]int {
	n := map[string]int{}
	for _, c := range h.fake.CallsOf("response_url") {
		n[text(c.Args["text"])]++
	}
	return n
}

// Burst: 400 events at once, then a dropped connection. All messages are heard
// once, and every command that arrived is answered once.
func TestDrillBurst(t *testing.T) {
	b := newListener()
	h := ready(t, slackfake.Options{RetryAfter: []time.Duration{0, 200 * time.Millisecond, time.Second}}, b)
	var said []*slackfake.Delivery
	var people []chat.Profile
	for i := range 10 {
		p, _ := h.Person(t.Context(), fmt.Sprintf("P%d", i))
		people = append(people, p)
	}
	for i := range 200 {
		id := people[i%10].User.ID
		_, d, err := h.fake.Say(id, h.fake.DM(id), slackfake.Said{Text: fmt.Sprintf("Thought %d", i)})
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, d)
	}
	asked := h.fake.Burst(200, people[0].User.ID, h.fake.DM(people[0].User.ID), "/home", func(i int) string { return fmt.Sprintf("n%d", i) })
	eventually(t, 10*time.Second, "the first arrive", func() bool { a, s := b.count(); return a+s > 20 })
	h.fake.DropConnections()
	again := map[int]bool{} // Slack told of these anew, after others that came later
	for i, d := range said {
		o := d.Wait()
		if !o.Acked {
			t.Errorf("message %d was never acknowledged: %s", i, o.Problem)
		}
		again[i] = o.Attempt > 0
	}
	told := 0
	for _, d := range asked {
		if o := d.Wait(); !o.Acked {
			told++ // Slack told the person that it did not work
		}
	}
	arrived, heard := b.count()
	if heard != 200 {
		t.Errorf("%d of 200 messages were heard", heard)
	}
	if arrived+told < 200 {
		t.Errorf("%d commands arrived and %d were told not to have", arrived, told)
	}
	eventually(t, 5*time.Second, "all that arrived are answered", func() bool {
		arrived, _ = b.count()
		return len(h.answers()) == arrived
	})
	for words, n := range h.answers() {
		if n != 1 {
			t.Errorf("%q was answered %d times", words, n)
		}
	}
	last := map[string]int{} // each person's words in order
	for _, s := range b.heard {
		var n int
		_, _ = fmt.Sscanf(s.Text, "Thought %d", &n)
		if again[n] {
			continue
		}
		if before, ok := last[s.Profile.User.ID]; ok && n < before {
			t.Errorf("%q came after thought %d", s.Text, before)
		}
		last[s.Profile.User.ID] = n
	}
	h.mustBeClean(t)
}

// Rolling: the connection is refreshed again and again under load. Nothing is
// lost, and nothing is answered twice.
func TestDrillRolling(t *testing.T) {
	long, every := 2*time.Second, 150*time.Millisecond
	if soak() {
		long, every = time.Minute, time.Second
	}
	b := newListener()
	h := ready(t, slackfake.Options{WarnFor: every * 3 / 2}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	h.fake.RefreshEvery(every)
	var all []*slackfake.Delivery
	tick := time.NewTicker(time.Second / 300)
	defer tick.Stop()
	for end := time.Now().Add(long); time.Now().Before(end); {
		<-tick.C
		all = append(all, h.fake.SlashCommand(ana.User.ID, h.fake.DM(ana.User.ID), "/home", fmt.Sprintf("n%d", len(all))))
	}
	lost := 0
	for _, d := range all {
		if o := d.Wait(); !o.Acked {
			lost++
		}
	}
	h.fake.RefreshEvery(0)
	began := time.Now()
	h.fake.Disconnect("refresh_requested")
	if !h.fake.WaitConnected(1, 5*time.Second) {
		t.Fatal("not connected again")
	}
	t.Logf("from the announcement to the next connection: %s", time.Since(began).Round(time.Microsecond))
	if lost > 0 {
		t.Errorf("%d of %d commands were lost", lost, len(all))
	}
	eventually(t, 10*time.Second, "every command is answered", func() bool { return len(h.answers()) == len(all) })
	for words, n := range h.answers() {
		if n != 1 {
			t.Errorf("%q was answered %d times", words, n)
		}
	}
	t.Logf("%d commands over %d connections", len(all), len(h.fake.CallsOf("apps.connections.open")))
	if n := len(h.fake.CallsOf("apps.connections.open")); n < 5 {
		t.Errorf("only %d connections: the drill was none", n)
	}
	h.mustBeClean(t)
}

// Deaf: the server stops answering without closing. Within two intervals there is
// another connection, and what was said meanwhile is heard.
func TestDrillDeaf(t *testing.T) {
	const beat = 200 * time.Millisecond
	b := newListener()
	h := open(t, slackfake.Options{RetryAfter: []time.Duration{0, 100 * time.Millisecond}, PingEvery: 50 * time.Millisecond})
	slack.Heartbeat(h.slack, beat)
	h.listen(t, b)
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	ana, _ := h.Person(t.Context(), "Ana")
	time.Sleep(3 * beat) // a quiet connection stays
	if n := len(h.fake.CallsOf("apps.connections.open")); n != 1 {
		t.Fatalf("%d connections were opened, though the first is well", n)
	}
	h.fake.Deaf()
	began := time.Now()
	_, d, err := h.fake.Say(ana.User.ID, h.fake.DM(ana.User.ID), slackfake.Said{Text: "Is anybody there?"})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, 5*time.Second, "another connection", func() bool { return len(h.fake.CallsOf("apps.connections.open")) == 2 })
	if took := time.Since(began); took > 2*beat {
		t.Errorf("it took %s to notice, longer than two intervals of %s", took, beat)
	}
	if o := d.Wait(); !o.Acked {
		t.Errorf("what was said meanwhile is lost: %s", o.Problem)
	}
	if _, heard := b.count(); heard != 1 {
		t.Errorf("it was heard %d times", heard)
	}
}

// Fatal: a token that is refused is tried twice, and then the operator is told
// what to change.
func TestDrillFatal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		break_ func(h *harness)
		method string
		want   string
	}{
		{"app token revoked", func(h *harness) { h.fake.Revoke(h.fake.AppToken(), "token_revoked") }, "apps.connections.open", "App-Level Tokens"},
		{"app token without its scope", func(h *harness) { h.fake.SetScopes(h.fake.AppToken()); h.fake.DropConnections() }, "apps.connections.open", "connections:write"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, slackfake.Options{})
			wait := h.listen(t, newListener())
			if err := h.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			before := len(h.fake.CallsOf(c.method))
			c.break_(h)
			err := wait()
			if !errors.Is(err, chat.ErrFatal) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Listen gave %v, want ErrFatal and %q", err, c.want)
			}
			if tries := len(h.fake.CallsOf(c.method)) - before; tries > 2 {
				t.Errorf("%d attempts, want at most 2", tries)
			}
			if strings.Contains(fmt.Sprint(err), h.fake.AppToken()) {
				t.Error("the error shows the token")
			}
		})
	}
	t.Run("bot token", func(t *testing.T) {
		h := open(t, slackfake.Options{})
		room, _ := h.Channel(t.Context(), "explorers")
		if _, err := h.slack.Send(t.Context(), room, "k1", chat.Message{Text: "Hello"}); err != nil {
			t.Fatal(err)
		}
		h.fake.SetScopes(h.fake.BotToken(), "commands")
		_, err := h.slack.Send(t.Context(), room, "k2", chat.Message{Text: "Hello"})
		if !errors.Is(err, chat.ErrFatal) || !strings.Contains(err.Error(), "chat:write") || !strings.Contains(err.Error(), "Reinstall") {
			t.Errorf("without chat:write: %v", err)
		}
		h.fake.Revoke(h.fake.BotToken(), "account_inactive")
		if _, err := h.slack.Send(t.Context(), room, "k3", chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrFatal) || !strings.Contains(err.Error(), "Install it again") {
			t.Errorf("not installed any more: %v", err)
		}
	})
}

// Unclear: the message was stored, and the answer lost in one way or another. It
// is found, and stands exactly once.
func TestDrillUnclear(t *testing.T) {
	t.Parallel()
	for _, how := range []slackfake.How{slackfake.EOF, slackfake.BadGateway, slackfake.Broken, slackfake.Hung, slackfake.Garbled} {
		for _, stored := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, stored %v", how, stored), func(t *testing.T) {
				h := open(t, slackfake.Options{})
				ana, _ := h.Person(t.Context(), "Ana")
				for _, to := range []chat.Place{chat.Direct(ana.User), h.mustRoom(t)} {
					h.fake.Inject(slackfake.Fault{Method: "chat.postMessage", After: stored, How: how, Wait: time.Second})
					ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
					_, err := h.slack.Send(ctx, to, "k1", chat.Message{Text: "Once"})
					cancel()
					if !errors.Is(err, chat.ErrUnclear) {
						t.Fatalf("%v: Send gave %v, want ErrUnclear", to, err)
					}
					at, err := h.slack.Find(t.Context(), to, "k1", chat.Message{Text: "Once"}, time.Now())
					if err != nil || at.IsZero() == stored {
						t.Fatalf("%v: Find gave %v, %v; stored %v", to, at, err, stored)
					}
					if !stored {
						if at, err = h.slack.Send(t.Context(), to, "k1", chat.Message{Text: "Once"}); err != nil {
							t.Fatal(err)
						}
					}
					seen, _ := h.See(t.Context(), ana.User, to)
					if len(seen) != 1 || seen[0].Address != at {
						t.Errorf("%v: there stands %+v, want it once at %v", to, seen, at)
					}
				}
			})
		}
	}
}

func (h *harness) mustRoom(t *testing.T) chat.Place {
	t.Helper()
	room, err := h.Channel(t.Context(), "explorers")
	if err != nil {
		t.Fatal(err)
	}
	return room
}

// A process that is killed between the message and its answer leaves one message,
// which the next process finds.
func TestDrillUnclearKilled(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Options{})
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	h.fake.Inject(slackfake.Fault{Method: "chat.postMessage", After: true, How: slackfake.Hung})
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "SLACK_TEST_SENDS=1", "APP="+h.fake.AppToken(), "BOT="+h.fake.BotToken(),
		"URL="+h.fake.APIURL(), "TO="+room.Channel, "WORKSPACE="+string(h.workspace))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	eventually(t, 20*time.Second, "the message stands", func() bool {
		seen, _ := h.See(t.Context(), ana.User, room)
		return len(seen) == 1
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	at, err := h.slack.Find(t.Context(), room, "k1", chat.Message{Text: "Once"}, began)
	if err != nil || at.IsZero() {
		t.Fatalf("Find gave %v, %v", at, err)
	}
	if seen, _ := h.See(t.Context(), ana.User, room); len(seen) != 1 {
		t.Errorf("there stand %d messages", len(seen))
	}
}

// sendForEver is the process that is killed.
func sendForEver() {
	s, err := slack.New(slack.Options{Workspaces: []slack.Tokens{{App: os.Getenv("APP"), Bot: os.Getenv("BOT")}}, URL: os.Getenv("URL"), Log: quiet})
	if err != nil {
		panic(err)
	}
	_, err = s.Send(context.Background(), chat.Channel(chat.Workspace(os.Getenv("WORKSPACE")), os.Getenv("TO")), "k1", chat.Message{Text: "Once"})
	panic(fmt.Sprintf("it was to be killed before this: %v", err))
}
