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

var marker = []byte("a word that nobody is to find again")

// marked makes a store with records that hold the marker, and deletes them.
func marked(t *testing.T, path string) *Store {
	t.Helper()
	s := open(t, path, Options{})
	t.Cleanup(func() { _ = s.Close() }) // a test may have closed it
	for round, put := range []bool{true, false} {
		for i := range 300 {
			if err := s.Update(context.Background(), func(tx store.Tx) error {
				if !put {
					return tx.Delete(fmt.Appendf(nil, "gone/%d", i))
				}
				return errors.Join(
					tx.Put(fmt.Appendf(nil, "gone/%d", i), bytes.Repeat(marker, 1+i%70)),
					tx.Put(fmt.Appendf(nil, "stays/%d", i), fmt.Appendf(nil, "%d.%d", round, i)),
				)
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func holdsMarker(t *testing.T, path string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(data, marker)
}

func TestCompactingLeavesNoByteOfWhatWasDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := marked(t, path)
	if !holdsMarker(t, path) {
		t.Fatal("nothing is left of what was deleted before compacting either, so this test shows nothing")
	}

	// One looks on at what was there before, and others write meanwhile.
	looking, look, looked := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		looked <- s.View(context.Background(), func(tx store.Tx) error {
			close(looking)
			<-look
			return stays(tx)
		})
	}()
	<-looking
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for i := range 50 {
				if err := s.Update(context.Background(), func(tx store.Tx) error {
					return tx.Put(fmt.Appendf(nil, "meanwhile/%d/%d", w, i), []byte("kept"))
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan error, 1)
	go func() { done <- s.Compact(context.Background()) }()
	group.Wait()
	close(look)
	if err := errors.Join(<-looked, <-done); err != nil {
		t.Fatal(err)
	}
	if holdsMarker(t, path) {
		t.Error("what was deleted is still in the file")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := s.View(context.Background(), whole); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path, Options{})
	if err := errors.Join(again.View(context.Background(), whole), again.Close()); err != nil {
		t.Errorf("opened again: %v", err)
	}
}

func stays(tx store.Tx) error {
	for i := range 300 {
		if got, err := tx.Get(fmt.Appendf(nil, "stays/%d", i)); err != nil || string(got) != fmt.Sprintf("0.%d", i) {
			return fmt.Errorf("record %d is %q: %w", i, got, err)
		}
	}
	return nil
}

func whole(tx store.Tx) error {
	for w := range 4 {
		for i := range 50 {
			if _, err := tx.Get(fmt.Appendf(nil, "meanwhile/%d/%d", w, i)); err != nil {
				return fmt.Errorf("writer %d, record %d: %w", w, i, err)
			}
		}
	}
	return stays(tx)
}

func TestACopyThatACrashLeftIsTakenAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := open(t, path, Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+compacting, marker, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, Options{})
	defer s.Close()
	if _, err := os.Stat(path + compacting); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestACopyThatCannotBeMadeLeavesTheStoreAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := marked(t, path)
	if err := os.Mkdir(path+compacting, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path+compacting, "full"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(context.Background()); err == nil {
		t.Error("compacted over something else")
	}
	if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte("after"), []byte("yes")) }); err != nil {
		t.Errorf("it does not go on: %v", err)
	}
	if err := s.View(context.Background(), stays); err != nil {
		t.Error(err)
	}
}

func TestAClosedStoreIsNotCompacted(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(context.Background()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("compacting says %v", err)
	}
}
