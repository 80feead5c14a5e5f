package privacy_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// lines is a ledger in memory.
type lines []privacy.Erased

func (l *lines) Add(_ context.Context, e privacy.Erased) error {
	*l = append(*l, e)
	return nil
}

func (l *lines) All(context.Context) ([]privacy.Erased, error) { return slices.Clone(*l), nil }

func (l *lines) Knows(chat.User) (bool, error) { return false, nil }

func TestWhatSomebodyTakesBackIsRememberedAtOnceAndRewrittenOnceADay(t *testing.T) {
	s, ctx := storetest.New(t), t.Context()
	if err := store.Prepare(ctx, s, privacy.Erasures, people.Table, outbox.Table); err != nil {
		t.Fatal(err)
	}
	clock := schedules.NewMovable(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), false)
	var ledger lines
	rewritten, forgot := 0, 0
	e := privacy.NewEraser(s, privacy.Options{Holdings: func() []deeds.Holding { return nil }}, clock, slog.New(slog.DiscardHandler), &ledger, []privacy.Beside{{
		Name: "a store", Rewrite: func(context.Context) error { rewritten++; return nil },
	}}, func(context.Context) error { forgot++; return nil }, func() {})
	forget := func(what string) {
		t.Helper()
		err := s.Update(ctx, func(tx store.Tx) error { return privacy.Forget(tx, what, clock.Now()) })
		if err == nil {
			err = e.Drain(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, what := range []string{"interest/1", "interest/2", "interest/3"} {
		forget(what)
	}
	if len(ledger) != 3 || ledger[2].Person != "interest/3" || rewritten != 0 || forgot != 0 {
		t.Fatalf("the ledger has %v; everything was rewritten %d times, files looked at %d times", ledger, rewritten, forgot)
	}
	clock.MoveTo(clock.Now().Add(23 * time.Hour))
	forget("interest/4")
	if rewritten != 0 {
		t.Fatal("rewritten before a day was over")
	}
	clock.MoveTo(clock.Now().Add(time.Hour))
	for range 2 {
		if err := e.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if rewritten != 1 || len(ledger) != 4 {
		t.Fatalf("rewritten %d times for four that were taken back, the ledger has %v", rewritten, ledger)
	}
	// Somebody who is erased does not wait, and takes along what waits.
	forget("interest/5")
	if err := s.Update(ctx, func(tx store.Tx) error {
		return privacy.Erasures.Put(tx, "ana", privacy.Erasure{Person: "ana", At: clock.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	if err := e.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.View(ctx, func(tx store.Tx) error {
		_, open, err := store.First(privacy.Erasures.By(tx, "open"))
		if open {
			t.Error("something is still open after everything was rewritten")
		}
		return err
	}); err != nil || rewritten != 2 {
		t.Fatalf("rewritten %d times, %v", rewritten, err)
	}
}
