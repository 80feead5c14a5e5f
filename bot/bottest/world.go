// Package bottest is a small world for testing the whole bot: a store in memory,
// a clock that stands still until it is moved, a platform that records what is
// said, and people who do and say things.
//
// Start with [Run]. It gives the test a [World] whose real time is simulated
// (testing/synctest), so that rests between edits and retries cost nothing. A
// test reads like what happens:
//
//	bottest.Run(t, func(w *bottest.World) {
//		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
//		w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am"`)
//		w.Press("Wiremu", "Schedule it")
//		w.Press("Ana", "I'll come")
//		w.Advance(24 * time.Hour)
//		posts := w.Posts(c.Place)
//	})
//
// People are named by what they are called; somebody who was not introduced
// with [World.Person] lives in Auckland.
package bottest

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/credentials"
	"cohortbot/bot/evidence"
	"cohortbot/bot/outbox"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// Workspace is the one workspace of a [World].
const Workspace chat.Workspace = "test"

// Start is the civil time at which a [World] begins: Monday 2 November 2026,
// 9 am in Auckland.
var Start = time.Date(2026, time.November, 1, 20, 0, 0, 0, time.UTC)

// World is a bot and all that surrounds it. Its helpers fail the test by
// themselves; they belong to the test's own goroutine, except where said.
type World struct {
	T        testing.TB
	Store    store.Store
	Clock    *schedules.Movable
	Platform *Platform
	Bot      *bot.Bot
	Files    *Vault          // what people keep as evidence
	Limits   evidence.Limits // of that, from the next Restart on; zero is the usual
	Log      *slog.Logger    // from the next Restart on; nil fails the test with each error
	At       chat.Place      // where commands are given: the first cohort's channel, once there is one
	Hold     bool            // while set, nothing is said but by Advance, Skip and Settle
	Pages    string          // where the bot's pages are, from the next Restart on
	// Key and Signer sign what is given, from the next Restart on.
	Key    ed25519.PrivateKey
	Signer credentials.Signer
	Keep   privacy.Retention // how long things are kept by themselves, from the next Restart on
	// Erased is what remembers who was erased, beside the store.
	Erased *Ledger

	people   map[string]chat.Profile
	outcomes map[string]chat.Outcome // what each person was last answered
	forms    map[string]chat.Form    // the form that each person last had open
	events   int
	joined   int
}

// Run runs a test in a world of its own, in simulated real time. The test must
// not call t.Run or t.Parallel inside, and takes its context from w.T.
func Run(t *testing.T, test func(w *World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(New(t)) })
}

// New makes a world in real time: for benchmarks, and where synctest does not
// do. Rests between edits then really take their second.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{
		T: t, Store: storetest.New(t), Clock: schedules.NewMovable(Start, false),
		At: chat.Channel(Workspace, "general"), Files: &Vault{}, Erased: &Ledger{},
		people: map[string]chat.Profile{}, outcomes: map[string]chat.Outcome{}, forms: map[string]chat.Form{},
	}
	w.Platform = &Platform{clock: w.Clock, check: w.check, closed: map[string]bool{}, files: map[string][]byte{}}
	w.Restart()
	return w
}

// Restart puts a new bot on the same store and platform, as a new process would.
func (w *World) Restart() {
	w.T.Helper()
	b, err := bot.New(context.Background(), bot.Options{
		Store: w.Store, Clock: w.Clock, Platforms: []chat.Platform{w.Platform},
		Keep: w.Keep, Erased: w.Erased, Pages: w.Pages, Calendar: calendarOf, Files: w.Files, FileLimits: w.Limits, Key: w.Key, Signer: w.Signer,
		Log: cmp.Or(w.Log, slog.New(slog.NewTextHandler(logged{w.T}, &slog.HandlerOptions{Level: slog.LevelError}))),
	})
	if err != nil {
		w.T.Fatalf("making the bot: %v", err)
	}
	w.Bot = b
}

// calendarOf stands in for a calendar file: a line for each event.
func calendarOf(name string, events []chat.Event, _ time.Time) []byte {
	lines := []string{name}
	for _, e := range events {
		lines = append(lines, fmt.Sprintf("%s %d %s %s", e.UID, e.Sequence, e.Start.UTC().Format(time.RFC3339), e.Title))
	}
	return []byte(strings.Join(lines, "\n"))
}

// check fails the test for a message that some platform could not show.
func (w *World) check(m chat.Message) {
	for _, err := range w.Bot.Tree().CheckMessage(m) {
		w.T.Errorf("the message %q: %v", m.Text, err)
	}
}

// Now gives the civil time.
func (w *World) Now() time.Time { return w.Clock.Now() }

// Advance lives through a span of civil time: from job to job, with everything
// said in between.
func (w *World) Advance(d time.Duration) {
	w.T.Helper()
	w.AdvanceTo(w.Now().Add(d))
}

// AdvanceTo lives until a civil time.
func (w *World) AdvanceTo(to time.Time) {
	w.T.Helper()
	if err := w.Bot.Live(context.Background(), w.Clock, to); err != nil {
		w.T.Fatalf("living until %s: %v", to, err)
	}
	w.Settle()
}

// Skip moves the clock as a downtime does: nothing is done on the way. What came
// due meanwhile is done at the end.
func (w *World) Skip(d time.Duration) {
	w.T.Helper()
	w.Clock.MoveTo(w.Now().Add(d))
	if err := w.Bot.RunDue(context.Background(), w.Now()); err != nil {
		w.T.Fatalf("doing what is due: %v", err)
	}
	w.Settle()
}

// Settle says and edits all that is to be said and edited, however long the
// places have to rest in between.
func (w *World) Settle() {
	w.T.Helper()
	for range 1000 {
		if err := w.Bot.Settle(context.Background()); err != nil {
			w.T.Fatalf("saying what is to be said: %v", err)
		}
		waiting := false
		w.View(func(tx store.Tx) error {
			for _, index := range []string{"lane", "stale"} {
				_, ok, err := store.First(outbox.Table.Range(tx, index, nil, nil, false))
				if err != nil {
					return err
				}
				waiting = waiting || ok
			}
			return nil
		})
		if !waiting {
			return
		}
		time.Sleep(time.Second)
	}
	w.T.Fatal("the outbox does not come to rest")
}

// View reads the store.
func (w *World) View(fn func(store.Tx) error) {
	w.T.Helper()
	if err := w.Store.View(context.Background(), fn); err != nil {
		w.T.Fatalf("reading: %v", err)
	}
}

// Update changes the store behind the bot's back.
func (w *World) Update(fn func(store.Tx) error) {
	w.T.Helper()
	if err := w.Store.Update(context.Background(), fn); err != nil {
		w.T.Fatalf("writing: %v", err)
	}
}

// Says fails the test for each part that a text lacks.
func Says(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("missing %q in:\n%s", part, text)
		}
	}
}

// logged hands what the bot logs to the test.
type logged struct{ t testing.TB }

func (l logged) Write(line []byte) (int, error) {
	l.t.Logf("%s", line)
	return len(line), nil
}
