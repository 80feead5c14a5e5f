package discord_test

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

// shelf keeps things in memory, beyond the life of one platform.
type shelf struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (s *shelf) Load(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[name], nil
}

func (s *shelf) Save(_ context.Context, name string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[name] = data
	return nil
}

func TestWhatIsSaidDuringARestartIsHeardAfterIt(t *testing.T) {
	s := discordfake.New(fast(discordfake.Options{Allowed: messageContent}))
	t.Cleanup(s.Close)
	guild := s.AddGuild("Learners", "", discord.Permissions)
	ana, room := s.AddUser(discordfake.User{Name: "ana", GlobalName: "Ana"}), s.AddChannel(guild, "explorers", discordfake.TextChannel)
	s.Join(guild, ana, "")
	keep := &shelf{kept: map[string][]byte{}}
	var hearers []*bot
	begin := func(refuse bool) (stop func()) {
		d, err := discord.New(discord.Options{
			Token: s.Token(), Guilds: []string{guild}, MessageContent: true, URL: s.URL(), Keep: keep,
			Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		discord.Hurry(d)
		b := &bot{refuse: refuse}
		hearers = append(hearers, b)
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() { defer close(over); _ = d.Listen(ctx, b) }()
		if !s.WaitConnected(1, 5*time.Second) {
			t.Fatal("it does not connect")
		}
		return func() { cancel(); <-over; discord.CloseIdle(d) }
	}
	say := func(text string) {
		t.Helper()
		if _, err := s.Say(ana, s.DM(ana), text); err != nil {
			t.Fatal(err)
		}
	}
	heard := func(n int, want ...string) {
		t.Helper()
		if !eventually(func() bool { return slices.Equal(hearers[n].words(), want) }) {
			t.Fatalf("run %d heard %q, want %q", n, hearers[n].words(), want)
		}
	}

	stop := begin(false)
	say("Before")
	heard(0, "Before")
	stop()
	say("While it was away")
	stop = begin(true) // it takes nothing: the store is busy
	say("Not taken")
	time.Sleep(100 * time.Millisecond)
	stop()
	stop = begin(false)
	heard(2, "While it was away", "Not taken")
	if g := s.Gateway(); len(g.Identifies) != 1 || g.Resumes != 2 {
		t.Errorf("%d identifies, %d resumes", len(g.Identifies), g.Resumes)
	}
	stop()

	// Where the session is gone, what was said in threads is read afterwards.
	top := ""
	{
		d, err := discord.New(discord.Options{Token: s.Token(), Guilds: []string{guild}, URL: s.URL()})
		if err != nil {
			t.Fatal(err)
		}
		at, err := d.Send(t.Context(), chat.Channel(chat.Workspace(discord.Prefix+guild), room), "k", chat.Message{Text: "A question"})
		if err != nil {
			t.Fatal(err)
		}
		discord.CloseIdle(d)
		top = at.ID
	}
	thread, err := s.StartThread(ana, room, top, "Answers")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Say(ana, thread, "In the thread, unheard"); err != nil {
		t.Fatal(err)
	}
	keep.mu.Lock()
	for name, raw := range keep.kept { // Discord knows it no longer
		keep.kept[name] = regexp.MustCompile(`"id":"[^"]*"`).ReplaceAll(raw, []byte(`"id":"gone"`))
	}
	keep.mu.Unlock()
	stop = begin(false)
	heard(3, "In the thread, unheard")
	stop()
}

func TestWhatIsSaidWhileTheSessionIsLostIsReadAfterwards(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana := r.somebody("Ana")
	if _, err := r.Server.Say(ana, r.DM(ana), "Before"); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(r.bot.words()) == 1 }) {
		t.Fatal("it does not hear")
	}
	r.Invalidate(false)
	if _, err := r.Server.Say(ana, r.DM(ana), "Meanwhile"); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return slices.Contains(r.bot.words(), "Meanwhile") }) {
		t.Errorf("heard is %q", r.bot.words())
	}
}
