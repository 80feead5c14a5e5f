package discord_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
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
	met   []chat.Profile
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

func (b *bot) Meet(_ context.Context, p chat.Profile) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.met = append(b.met, p)
	return nil
}

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
	return start(t, o)
}

// start does so with a platform that is prepared in a way.
func start(t *testing.T, o discordfake.Options, prepare ...func(*discord.Discord)) *running {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	r := &running{harness: newHarness(t, fast(o)), bot: &bot{}, ended: make(chan error, 1)}
	for _, p := range prepare {
		p(r.d)
	}
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
		got := i.Wait(30 * time.Second)
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
