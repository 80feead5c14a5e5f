package discord_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

// soak is for the long forms of the drills.
var soak = os.Getenv("COHORTBOT_SOAK") != ""

// bot is an inbox that counts.
type bot struct {
	mu    sync.Mutex
	done  map[string]int // events of requests
	heard []chat.Said
	do    func(context.Context, chat.Request) (chat.Outcome, error)

	refuse bool // to take what is said
}

func (b *bot) Tree() chat.Tree {
	return chat.Tree{
		{Path: "home", Summary: "What matters to you now"},
		{Path: "session schedule", Summary: "Tell the group of a session", Fields: []chat.Field{
			{Name: "title", Label: "What it is called", Kind: chat.Text, Required: true},
			{Name: "zone", Label: "Where", Kind: chat.Choice, Options: manyOptions()},
		}},
		{Path: "evidence add", Summary: "Keep something for your portfolio", Menu: "Keep as evidence"},
	}
}

func manyOptions() []chat.Option {
	var all []chat.Option
	for i := range 40 {
		all = append(all, chat.Option{Value: fmt.Sprintf("v%d", i), Label: fmt.Sprintf("Place %d", i)})
	}
	return all
}

func (b *bot) Do(ctx context.Context, r chat.Request) (chat.Outcome, error) {
	b.mu.Lock()
	if b.done == nil {
		b.done = map[string]int{}
	}
	b.done[r.Event]++
	do := b.do
	b.mu.Unlock()
	if do != nil {
		return do(ctx, r)
	}
	return chat.Say("Understood."), nil
}

func (b *bot) Hear(_ context.Context, s chat.Said) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse {
		return errors.New("the store is busy")
	}
	b.heard = append(b.heard, s)
	return nil
}

func (b *bot) Meet(context.Context, chat.Profile) error { return nil }

func (b *bot) words() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, s := range b.heard {
		all = append(all, s.Text)
	}
	return all
}

// running is a bot that listens to a fake Discord.
type running struct {
	*harness
	bot   *bot
	ended chan error
}

// run starts it and waits until it is ready; its end is looked at by the test
// where it says so.
func run(t *testing.T, o discordfake.Options) *running {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	r := &running{harness: newHarness(t, fast(o)), bot: &bot{}, ended: make(chan error, 1)}
	r.listen(t)
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *running) listen(t *testing.T) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.ended <- r.d.Listen(ctx, r.bot)
	}()
	t.Cleanup(func() { stop(); <-over })
}

func (r *running) somebody(name string) string {
	p, _ := r.Person(context.Background(), name)
	return p.User.ID
}

func (r *running) room(name string) string {
	p, _ := r.Channel(context.Background(), name)
	return p.Channel
}

func (r *running) direct(user string) chat.Place {
	return chat.Direct(chat.User{Workspace: r.workspace(), ID: user})
}

// acts are commands that people gave, and what became of them.
type acts struct {
	mu  sync.Mutex
	all []*discordfake.Interaction
}

func (a *acts) add(t *testing.T, i *discordfake.Interaction, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, i)
}

// answered holds that each was answered, and its deed done once.
func (a *acts) answered(t *testing.T, b *bot) {
	t.Helper()
	for n, i := range a.all {
		got := i.Wait(10 * time.Second)
		if got.Message == nil || got.Message.Content != "Understood." {
			t.Fatalf("command %d of %d got %+v", n, len(a.all), got)
		}
		b.mu.Lock()
		times := b.done["interaction/"+i.ID()]
		b.mu.Unlock()
		if times != 1 {
			t.Fatalf("command %d was done %d times", n, times)
		}
	}
}

// eventually tells whether it came to this within five seconds.
func eventually(so func() bool) bool {
	for range 1000 {
		if so() {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

func TestDrillBurst(t *testing.T) {
	r := run(t, discordfake.Options{})
	room, ana := r.room("explorers"), r.somebody("Ana")
	var given acts
	r.Burst(400, func(int) {
		i, err := r.Server.Command(ana, room, "home", nil)
		given.add(t, i, err)
	})
	r.DropConnections()
	given.answered(t, r.bot)
	if g := r.Gateway(); len(g.Identifies) != 1 || g.Lost != 0 {
		t.Errorf("the session did not go on: %+v", g)
	}
}

func TestDrillRolling(t *testing.T) {
	span, every, each := 4*time.Second, 250*time.Millisecond, 100
	if soak {
		span, every, each = time.Minute, time.Second, 300
	}
	r := run(t, discordfake.Options{})
	room := r.room("explorers")
	var people []string
	for i := range 20 {
		people = append(people, r.somebody(fmt.Sprintf("Member %d", i)))
	}
	stop := r.ReconnectEvery(every)
	var given acts
	tick := time.NewTicker(time.Second / time.Duration(each))
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < span; {
		<-tick.C
		i, err := r.Server.Command(people[len(given.all)%len(people)], room, "home", nil)
		given.add(t, i, err)
	}
	stop()
	given.answered(t, r.bot)
	g := r.Gateway()
	if len(g.Identifies) != 1 || g.Resumes < int(span/every)/2 {
		t.Errorf("%d identifies and %d resumes", len(g.Identifies), g.Resumes)
	}
	t.Logf("%d commands over %d resumes", len(given.all), g.Resumes)
}

func TestDrillDeaf(t *testing.T) {
	const beat = 400 * time.Millisecond
	r := run(t, discordfake.Options{Heartbeat: beat})
	ana := r.somebody("Ana")
	if _, err := r.d.Send(t.Context(), r.direct(ana), "k", chat.Message{Text: "Hello"}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(beat) // the first heartbeat has gone out
	r.Deaf()
	began := time.Now()
	if _, err := r.Server.Say(ana, r.DM(ana), "Can you hear me?"); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(r.bot.words()) == 1 }) {
		t.Fatal("what was said meanwhile is lost")
	}
	if took := time.Since(began); took > 2*beat+300*time.Millisecond {
		t.Errorf("it took %v to notice, more than two intervals", took)
	}
	g := r.Gateway()
	if g.Resumes != 1 || len(g.Identifies) != 1 {
		t.Errorf("%d resumes and %d identifies", g.Resumes, len(g.Identifies))
	}
	for _, code := range g.Closed {
		if code == 1000 || code == 1001 {
			t.Errorf("it closed with %d, which ends the session", code)
		}
	}
}

func TestDrillFatal(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     discordfake.Options
		wants bool // message content
		spoil func(*running)
		say   string
	}{
		{"a token that is revoked", discordfake.Options{}, false, func(r *running) { r.Revoke() }, "Reset Token"},
		{"an intent that is switched off", discordfake.Options{Allowed: messageContent}, true, func(r *running) {
			r.Allow(0)
			r.Invalidate(false)
		}, "Message Content Intent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, c.o)
			before := r.Gateway()
			c.spoil(r)
			select {
			case err := <-r.ended:
				if !errors.Is(err, chat.ErrFatal) || !strings.Contains(err.Error(), c.say) || strings.Contains(err.Error(), r.Token()) {
					t.Errorf("Listen ended with %v", err)
				}
				r.ended <- err
			case <-time.After(15 * time.Second):
				t.Fatal("it goes on")
			}
			if tries := r.Gateway().Opened - before.Opened; tries > 2 {
				t.Errorf("%d attempts", tries)
			}
			if c.spoil != nil && c.name == "a token that is revoked" {
				_, err := r.d.Send(t.Context(), chat.Channel(r.workspace(), r.room("explorers")), "k", chat.Message{Text: "Hello"})
				if !errors.Is(err, chat.ErrFatal) {
					t.Errorf("sending gives %v", err)
				}
				n := len(r.Exchanges())
				_, _ = r.d.Send(t.Context(), chat.Channel(r.workspace(), r.room("explorers")), "k", chat.Message{Text: "Hello"})
				if len(r.Exchanges()) != n {
					t.Error("it goes on asking with a dead token")
				}
			}
		})
	}
}

func TestDrillUnclear(t *testing.T) {
	r := run(t, discordfake.Options{})
	room := r.room("explorers")
	to := chat.Channel(r.workspace(), room)
	// A fresh one knows nothing of what was sent, as after kill -9.
	fresh, err := discord.New(discord.Options{Token: r.Token(), Guilds: []string{r.guild}, URL: r.URL(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer discord.CloseIdle(fresh)
	for n, how := range []discordfake.Loss{discordfake.LostEOF, discordfake.LostBadGateway, discordfake.LostTimeout, discordfake.FailedGateway} {
		m := chat.Message{Text: fmt.Sprintf("Said once, way %d", n), Note: "Only this group reads it."}
		key := fmt.Sprintf("once/%d", n)
		r.LoseAnswers(1, how, "POST /channels/{channel_id}/messages")
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		_, err := r.d.Send(ctx, to, key, m)
		cancel()
		if !errors.Is(err, chat.ErrUnclear) {
			t.Fatalf("way %d: %v, want ErrUnclear", n, err)
		}
		for _, d := range []*discord.Discord{fresh, r.d} {
			at, err := d.Find(t.Context(), to, key, m, time.Now().Add(-time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if stored := how != discordfake.FailedGateway; at.IsZero() == stored {
				t.Errorf("way %d: found %v though stored is %v", n, at, stored)
			}
		}
		// Said again within the nonce's time, it still stands once.
		if _, err := fresh.Send(t.Context(), to, key, m); err != nil {
			t.Fatal(err)
		}
		times := 0
		for _, seen := range r.Everything(room) {
			if strings.HasPrefix(seen.Content, m.Text) {
				times++
			}
		}
		if times != 1 {
			t.Errorf("way %d: it stands %d times", n, times)
		}
	}
	r.SetOverwrites(room, discordfake.Overwrite{ID: r.BotID(), Member: true, Deny: discordfake.ReadMessageHistory})
	if at, err := r.d.Find(t.Context(), to, "other", chat.Message{Text: "Never said"}, time.Now().Add(-time.Minute)); !errors.Is(err, chat.ErrUnclear) {
		t.Errorf("history that cannot be read gives %v, %v; want ErrUnclear", at, err)
	}
}

func TestDrillLimits(t *testing.T) {
	people, each := 60, 2
	if soak {
		people, each = 1000, 3
	}
	o := fast(discordfake.Options{})
	o.Global = discordfake.Rate{Count: 50, Per: time.Second}
	o.Rates["POST /channels/{channel_id}/messages"] = discordfake.Rate{Count: 5, Per: time.Second}
	h := newHarness(t, o)
	var ids []string
	for i := range people {
		p, _ := h.Person(t.Context(), fmt.Sprintf("Member %d", i))
		ids = append(ids, p.User.ID)
	}
	began := time.Now()
	var all sync.WaitGroup
	slots := make(chan struct{}, 32) // as many as the outbox has workers
	var waited atomic.Int64
	for _, id := range ids {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for n := range each {
				for {
					_, err := h.d.Send(t.Context(), chat.Direct(chat.User{Workspace: h.workspace(), ID: id}), fmt.Sprint(n), chat.Message{Text: fmt.Sprintf("Nudge %d", n)})
					var limited chat.RateLimited
					if errors.As(err, &limited) {
						waited.Add(1)
						time.Sleep(limited.After)
						continue
					}
					if err != nil {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	for _, id := range ids {
		var got []string
		for _, m := range h.Everything(h.DM(id)) {
			got = append(got, m.Content)
		}
		for n := range each {
			if len(got) != each || got[n] != fmt.Sprintf("Nudge %d", n) {
				t.Fatalf("%s got %q", id, got)
			}
		}
	}
	calls := people * (each + 1) // with the opening of each door
	best := time.Duration((calls-1)/50) * time.Second
	t.Logf("%d calls in %v; the limits allow %v; %d refused", calls, took.Round(time.Millisecond), best, h.TooMany())
	if h.TooMany() > calls/100 {
		t.Errorf("%d of %d calls were refused", h.TooMany(), calls)
	}
	if limit := best + best/20 + 500*time.Millisecond; took > limit {
		t.Errorf("it took %v, more than %v", took, limit)
	}
}

func TestDrillLimitsThatCannotBeForeseen(t *testing.T) {
	o := fast(discordfake.Options{})
	o.Global = discordfake.Rate{Count: 10, Per: 300 * time.Millisecond} // less than Discord says
	h := newHarness(t, o)
	room, _ := h.Channel(t.Context(), "explorers")
	h.ShareLimit(room.Channel, 400*time.Millisecond)
	began := time.Now()
	for n := range 30 {
		if _, err := h.d.Send(t.Context(), room, fmt.Sprint(n), chat.Message{Text: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 400*time.Millisecond || took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	if h.TooMany() == 0 {
		t.Error("nothing was refused; the drill drills nothing")
	}
	h.ShareLimit(room.Channel, time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var limited chat.RateLimited
	if _, err := h.d.Send(ctx, room, "last", chat.Message{Text: "Last"}); !errors.As(err, &limited) || limited.After < 30*time.Second {
		t.Errorf("a wait of a minute: %v", err)
	}
}

func TestDrillClosedDoor(t *testing.T) {
	r := run(t, discordfake.Options{})
	ctx := t.Context()
	ana, room := r.somebody("Ana"), r.room("explorers")
	send := func(to chat.Place) error {
		_, err := r.d.Send(ctx, to, "k/"+to.String()+fmt.Sprint(len(r.Exchanges())), chat.Message{Text: "Hello"})
		return err
	}
	for _, code := range []int{50007, 50278} {
		who := r.somebody(fmt.Sprint("Closed ", code))
		r.RefuseDM(who, code)
		if err := send(r.direct(who)); !errors.Is(err, chat.ErrClosed) {
			t.Errorf("code %d: %v", code, err)
		}
	}
	if err := send(r.direct("155555555555555555")); !errors.Is(err, chat.ErrGone) {
		t.Errorf("nobody: %v", err)
	}
	top, err := r.d.Send(ctx, chat.Channel(r.workspace(), room), "top", chat.Message{Text: "**Week 3.** A question"})
	if err != nil {
		t.Fatal(err)
	}
	under := top.Place
	under.Thread = top.ID
	in, err := r.d.Send(ctx, under, "in", chat.Message{Text: "In the thread"})
	if err != nil {
		t.Fatal(err)
	}
	r.Archive(top.ID, true, false)
	if err := r.d.Edit(ctx, in, chat.Message{Text: "Changed"}); err != nil {
		t.Errorf("an archived thread: %v", err)
	}
	r.Archive(top.ID, true, true)
	if err := r.d.Edit(ctx, in, chat.Message{Text: "Changed again"}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a locked thread: %v", err)
	}
	if err := send(under); !errors.Is(err, chat.ErrGone) {
		t.Errorf("sending to a locked thread: %v", err)
	}
	if err := r.d.Delete(ctx, top); err != nil {
		t.Error(err)
	}
	if err := r.d.Edit(ctx, top, chat.Message{Text: "Changed"}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a deleted message: %v", err)
	}
	other := r.room("gardeners")
	r.SetOverwrites(other, discordfake.Overwrite{ID: r.BotID(), Member: true, Deny: discordfake.ViewChannel})
	if err := send(chat.Channel(r.workspace(), other)); !errors.Is(err, chat.ErrRefused) || !strings.Contains(err.Error(), "View Channel") {
		t.Errorf("a channel that the bot cannot see: %v", err)
	}
	r.DeleteChannel(room)
	if err := send(chat.Channel(r.workspace(), room)); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a deleted channel: %v", err)
	}
	if n := r.InvalidRequests(); n > 12 {
		t.Errorf("%d refused requests: something is tried over and over", n)
	}
	if err := send(r.direct(ana)); err != nil {
		t.Errorf("others are not reached any more: %v", err)
	}
}

func TestDrillGarbage(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		if q.Path == "home" {
			panic("what a person typed")
		}
		return chat.Say("Understood."), nil
	}
	r.Garbage()
	i, err := r.Server.Command(ana, room, "home", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := i.Wait(8 * time.Second); a.Message == nil || !strings.Contains(a.Message.Content, "try again") {
		t.Errorf("after a panic the person got %+v", a)
	}
	i, err = r.Server.Command(ana, room, "session schedule", map[string]any{"title": "Q&A"})
	if err != nil {
		t.Fatal(err)
	}
	if a := i.Wait(8 * time.Second); a.Message == nil || a.Message.Content != "Understood." {
		t.Errorf("after the garbage the person got %+v", a)
	}
	if g := r.Gateway(); len(g.Identifies) != 1 {
		t.Errorf("%d identifies", len(g.Identifies))
	}
}
