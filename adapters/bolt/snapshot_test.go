package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cohortbot/bot/store"
)

// A snapshot taken while many write is a moment between two deeds: each deed of these
// writes one number under two keys.
func TestASnapshotIsOneMoment(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_ = s.Update(ctx, func(tx store.Tx) error {
					value := fmt.Appendf(nil, "%d", n)
					return errors.Join(tx.Put(fmt.Appendf(nil, "first/%d", w), value), tx.Put(fmt.Appendf(nil, "last/%d", w), value),
						tx.Put(fmt.Appendf(nil, "row/%d/%d", w, n), bytes.Repeat([]byte("x"), 500)))
				})
			}
		})
	}
	for i := range 10 {
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := s.Snapshot(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		copied := open(t, path, Options{ReadOnly: true})
		if err := copied.Check(t.Context()); err != nil {
			t.Errorf("snapshot %d: %v", i, err)
		}
		view := func(tx store.Tx) error {
			for w := range 4 {
				a, first := tx.Get(fmt.Appendf(nil, "first/%d", w))
				b, last := tx.Get(fmt.Appendf(nil, "last/%d", w))
				if !bytes.Equal(a, b) || (first == nil) != (last == nil) {
					t.Errorf("snapshot %d has half a deed: %s and %s", i, a, b)
				}
			}
			return nil
		}
		if err := errors.Join(copied.View(t.Context(), view), copied.Close()); err != nil {
			t.Error(err)
		}
	}
	stop()
	group.Wait()
}

func TestASnapshotHoldsNothingThatWasDeleted(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	defer s.Close()
	marker := []byte("nobody is to read this again")
	for _, deed := range []func(tx store.Tx) error{
		func(tx store.Tx) error { return tx.Put([]byte("k"), marker) },
		func(tx store.Tx) error { return tx.Delete([]byte("k")) },
	} {
		if err := s.Update(t.Context(), deed); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, marker) {
		t.Errorf("the copy holds what was deleted (%v)", err)
	}
}

func TestASnapshotThatFailsLeavesNothing(t *testing.T) {
	s := open(t, filled(t, 500), Options{NoSync: true})
	defer s.Close()
	path := filepath.Join(t.TempDir(), "copy.db")
	ended, end := context.WithCancel(t.Context())
	end()
	if err := s.Snapshot(ended, path); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want Canceled", err)
	}
	if exists(path) {
		t.Error("half a copy was left")
	}
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Snapshot(t.Context(), path); err == nil {
		t.Error("it wrote over another file")
	}
}

func TestAStoreThatIsOnlyReadIsNotChanged(t *testing.T) {
	path := filled(t, 500)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, path, Options{ReadOnly: true})
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte("k"), nil) }); err == nil {
		t.Error("it took a write")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.db"), Options{ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want ErrNotExist", err)
	}
}
