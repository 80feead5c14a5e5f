package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/store"
)

// hold begins a deed that lasts until release is called.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	begun, let, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once // it runs again where the shared commit fails
	go func() {
		done <- s.Update(context.Background(), func(store.Tx) error { once.Do(func() { close(begun) }); <-let; return nil })
	}()
	<-begun
	return func() {
		close(let)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// commits is the number of commits the file has seen.
func commits(t *testing.T, s *Store) int {
	t.Helper()
	tx, err := s.db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	return tx.ID()
}

func waitQueued(t *testing.T, s *Store, n int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		s.queue.mu.Lock()
		queued := len(s.queue.waiting)
		s.queue.mu.Unlock()
		if queued == n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d deeds wait, want %d", queued, n)
		}
	}
}

// queueUp lets n deeds of some rows each wait behind another, and returns how
// many commits they took.
func queueUp(t *testing.T, s *Store, n, rows int) int {
	t.Helper()
	release := hold(t, s)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := s.Update(context.Background(), func(tx store.Tx) error {
				for row := range rows {
					if err := tx.Put(fmt.Appendf(nil, "%d/%d", i, row), nil); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	waitQueued(t, s, n)
	before := commits(t, s)
	release()
	group.Wait()
	return commits(t, s) - before
}

func TestDeedsThatWaitShareOneCommit(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	defer s.Close()
	if got := queueUp(t, s, 50, 2); got != 1 {
		t.Errorf("50 deeds took %d commits, want 1", got)
	}
	// 10 deeds of 300 rows: a commit is closed once it has 1,000 rows.
	if got := queueUp(t, s, 10, 300); got != 3 {
		t.Errorf("3,000 rows took %d commits, want 3 (4 deeds, 4 deeds, 2 deeds)", got)
	}
}

func TestADeedWaitingForItsTurnIsCancelledAtOnce(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	defer s.Close()
	release := hold(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error)
	go func() {
		result <- s.Update(ctx, func(tx store.Tx) error { return errors.New("it ran") })
	}()
	waitQueued(t, s, 1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) { // while the other still holds the store
		t.Errorf("Update: %v, want context.Canceled", err)
	}
	release()
	if err := s.Update(context.Background(), func(store.Tx) error { return nil }); err != nil {
		t.Errorf("the next deed: %v", err)
	}
}

func TestCloseWaitsForTheDeedsUnderWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := open(t, path, Options{})
	release := hold(t, s)
	var group sync.WaitGroup
	for i := range 5 {
		group.Go(func() {
			if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte{byte(i)}, nil) }); err != nil {
				t.Error(err)
			}
		})
	}
	waitQueued(t, s, 5)
	group.Go(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	release()
	group.Wait()
	s = open(t, path, Options{})
	defer s.Close()
	if err := s.View(context.Background(), func(tx store.Tx) error {
		for i := range 5 {
			if _, err := tx.Get([]byte{byte(i)}); err != nil {
				t.Errorf("deed %d: %v", i, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAfterAnUncertainWriteNothingMoreIsWritten(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	defer s.Close()
	if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte("a"), nil) }); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("input/output error")
	// As the committer meets it: its last commit failed, and not for want of room.
	if err := s.Update(context.Background(), func(store.Tx) error { return s.afterFailure(commits(t, s)+1, bad) }); !errors.Is(err, bad) {
		t.Fatalf("Update: %v", err)
	}
	err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte("b"), nil) })
	if !errors.Is(err, bad) {
		t.Errorf("the next Update: %v, want the failure again", err)
	}
	if err := s.View(context.Background(), func(tx store.Tx) error { _, err := tx.Get([]byte("a")); return err }); err != nil {
		t.Errorf("reading still works: %v", err)
	}
}

func TestAViewEndsItsScanWithItsContext(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	defer s.Close()
	if err := s.Update(context.Background(), func(tx store.Tx) error {
		for i := range 2000 {
			if err := tx.Put(fmt.Appendf(nil, "%04d", i), nil); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	err := s.View(ctx, func(tx store.Tx) error {
		for _, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			if n++; n == 10 {
				cancel()
			}
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n >= 2000 {
		t.Errorf("the scan went over %d keys and returned %v", n, err)
	}
}
