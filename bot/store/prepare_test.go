package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

// flaky fails every Update after the first few, as a process that is killed does.
type flaky struct {
	store.Store
	left    int
	updates int
}

var errKilled = errors.New("killed")

func (f *flaky) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.left == 0 {
		return errKilled
	}
	f.left--
	f.updates++
	return f.Store.Update(ctx, fn)
}

func fill(t *testing.T, s store.Store, notes *store.Table[noteID, note], from, to int) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		for i := from; i < to; i++ {
			if err := notes.Put(tx, noteID(fmt.Sprintf("%06d", i)), note{Author: fmt.Sprint(i % 7)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func count(t *testing.T, s store.Store, notes *store.Table[noteID, note], index string) (n int, err error) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		for _, e := range notes.By(tx, index) {
			if e != nil {
				err = e
				return nil
			}
			n++
		}
		return nil
	})
	return n, err
}

func TestAnIndexIsNotReadBeforeItIsComplete(t *testing.T) {
	const rows = 3000
	plain := store.NewTable[noteID, note]("notes", 1)
	s := storetest.New(t, plain)
	fill(t, s, plain, 0, rows)

	notes := newNotes()
	if _, err := count(t, s, notes, "author"); !errors.Is(err, store.ErrNotPrepared) {
		t.Fatalf("before Prepare: %v, want ErrNotPrepared", err)
	}
	// It is interrupted again and again, and rows come and go meanwhile.
	rounds := 0
	for ; ; rounds++ {
		err := store.Prepare(context.Background(), &flaky{Store: s, left: 2}, notes)
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) || rounds > rows {
			t.Fatalf("Prepare: %v", err)
		}
		if _, err := count(t, s, notes, "author"); !errors.Is(err, store.ErrNotPrepared) {
			t.Fatalf("half prepared: %v, want ErrNotPrepared", err)
		}
		update(t, s, func(tx store.Tx) error {
			return errors.Join(
				notes.Put(tx, noteID(fmt.Sprintf("%06d+", rounds)), note{Author: "early"}),
				notes.Put(tx, noteID(fmt.Sprintf("x%06d", rounds)), note{Author: "late"}),
				notes.Delete(tx, noteID(fmt.Sprintf("%06d", rounds))),
				notes.Delete(tx, noteID(fmt.Sprintf("%06d", rows-1-rounds))),
			)
		})
	}
	if rounds < 3 {
		t.Fatalf("interrupted %d times: the test no longer interrupts", rounds)
	}
	if n, err := count(t, s, notes, "author"); err != nil || n != rows {
		t.Errorf("%d rows by author, %v, want %d", n, err, rows)
	}
	view(t, s, func(tx store.Tx) error {
		if got := len(strings.Fields(ids(t, tx, notes, "author", "early"))); got != rounds {
			t.Errorf("%d early rows, want %d", got, rounds)
		}
		return nil
	})
}

func TestPrepareWithNothingToDoWritesNothing(t *testing.T) {
	notes := newNotes()
	s := storetest.New(t, notes)
	fill(t, s, notes, 0, 10)
	again := &flaky{Store: s, left: 100}
	if err := store.Prepare(context.Background(), again, notes); err != nil || again.updates != 0 {
		t.Errorf("Prepare: %v with %d updates, want none", err, again.updates)
	}
}

func TestAnIndexThatWasDroppedAndComesBackIsFilledAnew(t *testing.T) {
	with, without := newNotes(), store.NewTable[noteID, note]("notes", 1)
	s := storetest.New(t, with)
	fill(t, s, with, 0, 1200)
	// A program without the index changes rows, so its entries are no longer true.
	if err := store.Prepare(context.Background(), s, without); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(without.Delete(tx, "000001"), without.Put(tx, "000002", note{Author: "new"}))
	})
	if err := store.Prepare(context.Background(), s, with); err != nil {
		t.Fatal(err)
	}
	if n, err := count(t, s, with, "author"); err != nil || n != 1199 {
		t.Errorf("%d rows by author, %v, want 1199", n, err)
	}
	view(t, s, func(tx store.Tx) error {
		if got := ids(t, tx, with, "author", "new"); got != "000002" {
			t.Errorf("by the new author: %q", got)
		}
		return nil
	})
}

func TestARaisedVersionInterruptedGoesOn(t *testing.T) {
	first := newNotes()
	s := storetest.New(t, first)
	fill(t, s, first, 0, 1500)
	second := store.NewTable[noteID, note]("notes", 2,
		store.Index[note]{Name: "author", Keys: func(n note) [][]byte { return [][]byte{store.Key("v2", n.Author)} }}).
		Upgrade(1, func(m json.RawMessage) (json.RawMessage, error) { return m, nil })
	for rounds := 0; ; rounds++ {
		err := store.Prepare(context.Background(), &flaky{Store: s, left: 1}, second)
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) || rounds > 100 {
			t.Fatalf("Prepare: %v", err)
		}
	}
	view(t, s, func(tx store.Tx) error {
		if got := len(strings.Fields(ids(t, tx, second, "author", "v2"))); got != 1500 {
			t.Errorf("%d rows under the keys of the new version, want 1500", got)
		}
		if got := len(strings.Fields(ids(t, tx, second, "author"))); got != 1500 {
			t.Errorf("%d entries in all, want none of the old version", got)
		}
		return nil
	})
}

func TestPrepareRefusesWhatCannotWork(t *testing.T) {
	s := storetest.New(t)
	if err := store.Prepare(context.Background(), s, newNotes(), newNotes()); err == nil || !strings.Contains(err.Error(), "notes") {
		t.Errorf("two tables of one name: %v", err)
	}
	gap := store.NewTable[noteID, note]("gap", 3).Upgrade(1, func(m json.RawMessage) (json.RawMessage, error) { return m, nil })
	if err := store.Prepare(context.Background(), s, gap); err == nil || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("a missing upgrade: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := store.Prepare(ended, s, newNotes()); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestWhatAnUpgradeTakesOutIsTakenOutOfEveryRow(t *testing.T) {
	const rows = 1700
	s := storetest.New(t, newNotes())
	fill(t, s, newNotes(), 0, rows)
	newer := store.NewTable[noteID, note]("notes", 2).Upgrade(1, store.Amend(func(n *note) { n.Author = "" }))
	for round := 0; ; round++ {
		err := store.Prepare(context.Background(), &flaky{Store: s, left: 2}, newer)
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) || round > rows {
			t.Fatalf("Prepare: %v", err)
		}
	}
	view(t, s, func(tx store.Tx) error {
		n := 0
		for kv, err := range tx.Scan([]byte("notes\x00\x02"), []byte("notes\x00\x03"), false) {
			if err != nil {
				return err
			}
			if n++; !strings.Contains(string(kv.Value), `"Author":""`) || !strings.HasPrefix(string(kv.Value), "v2 ") {
				t.Fatalf("%s is still %s", kv.Key, kv.Value)
			}
		}
		if n != rows {
			t.Errorf("%d rows, want %d", n, rows)
		}
		return nil
	})
	again := &flaky{Store: s, left: 100}
	if err := store.Prepare(context.Background(), again, newer); err != nil || again.updates != 0 {
		t.Errorf("Prepare again: %v with %d updates, want none", err, again.updates)
	}
}
