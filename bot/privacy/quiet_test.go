package privacy_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
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

// swept makes an eraser of a store in which Ana and then Ben were erased.
func swept(t *testing.T, s store.Store, holdings ...deeds.Holding) *privacy.Eraser {
	t.Helper()
	if err := store.Prepare(t.Context(), s, privacy.Erasures, people.Table, outbox.Table); err != nil {
		t.Fatal(err)
	}
	clock := schedules.NewMovable(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), false)
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		for n, id := range []people.ID{"ana", "ben"} {
			if err := privacy.Erasures.Put(tx, id, privacy.Erasure{
				Person: id, At: clock.Now().Add(time.Duration(n) * time.Second), Tell: chat.User{Workspace: "test", ID: string(id)},
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return privacy.NewEraser(s, privacy.Options{Holdings: func() []deeds.Holding { return holdings }}, clock, slog.New(slog.DiscardHandler),
		&lines{}, nil, func(context.Context) error { return nil }, func() {})
}

func erasure(t *testing.T, s store.Store, id people.ID) (x privacy.Erasure) {
	t.Helper()
	if err := s.View(t.Context(), func(tx store.Tx) (err error) { x, err = privacy.Erasures.Get(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestNobodyWasErasedAfterSomebodyWhoseErasureFails(t *testing.T) {
	s, broken := storetest.New(t), errors.New("a record that cannot be read")
	e := swept(t, s, deeds.Holding{Table: "notes", Erase: func(_ store.Tx, p people.ID, _ time.Time) error {
		if p == "ana" {
			return broken
		}
		return nil
	}})
	if err := e.Drain(t.Context()); !errors.Is(err, broken) {
		t.Fatalf("it failed with %v", err)
	}
	if x := erasure(t, s, "ben"); !x.Swept || !x.Left || x.Rewritten != 1 {
		t.Errorf("Ben's stands at %+v", x)
	}
	if x := erasure(t, s, "ana"); x.Swept || x.Left || x.Rewritten != 0 || x.Tell.IsZero() {
		t.Errorf("Ana's stands at %+v", x)
	}
}

func TestTheAccountOfWhomNobodyCouldTellStayedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.New(t)
		e := swept(t, s, deeds.Holding{Table: "notes", Erase: func(store.Tx, people.ID, time.Time) error { return nil }})
		drain := func() {
			t.Helper()
			if err := e.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for range 20 { // the platform cannot be reached all that time
			drain()
			time.Sleep(2 * time.Hour)
		}
		said := func(state outbox.State) (n int) {
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				n = 0
				for row, err := range outbox.Table.All(tx) {
					if err != nil {
						return err
					}
					n++
					row.Value.State = state
					if err := outbox.Table.Put(tx, row.ID, row.Value); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := said(outbox.Sent); n != 2 {
			t.Fatalf("%d of two are still to be told", n)
		}
		drain()
		if n := said(outbox.Sent); n != 0 || erasure(t, s, "ana").Settled.IsZero() {
			t.Errorf("%d messages, with their accounts, are kept after they were said; Ana's stands at %+v", n, erasure(t, s, "ana"))
		}
	})
}

func TestWhatSomebodyCopiesWhileItIsErasedGoesAsWell(t *testing.T) {
	words, copied := map[people.ID]bool{}, map[people.ID]bool{}
	e := swept(t, storetest.New(t),
		deeds.Holding{Table: "goals", Erase: func(_ store.Tx, p people.ID, _ time.Time) error { words[p] = false; return nil }},
		deeds.Holding{Table: "notes", Erase: func(_ store.Tx, p people.ID, _ time.Time) error {
			if !copied[p] { // somebody made a goal of a note that was still there
				words[p], copied[p] = true, true
			}
			return nil
		}},
	)
	if err := e.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if words["ana"] || words["ben"] || !copied["ana"] {
		t.Errorf("of what was copied meanwhile is left: %v", words)
	}
}
