package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/store"
)

// together lets n goroutines call do while a deed holds the store, so that they
// queue and an adapter that shares commits shares theirs.
func together(t *testing.T, s store.Store, n int, do func(i int) error) {
	t.Helper()
	release := occupy(t, s)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := do(i); err != nil {
				t.Errorf("deed %d: %v", i, err)
			}
		})
	}
	time.Sleep(20 * time.Millisecond) // long enough for most to queue; nothing depends on it
	release()
	group.Wait()
}

// occupy begins a deed that lasts until release is called; release waits for it.
func occupy(t *testing.T, s store.Store) (release func()) {
	t.Helper()
	begun, let, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		done <- s.Update(context.Background(), func(store.Tx) error {
			once.Do(func() { close(begun) })
			<-let
			return nil
		})
	}()
	<-begun
	return func() {
		close(let)
		if err := <-done; err != nil {
			t.Errorf("the deed that held the store: %v", err)
		}
	}
}

func testViewSnapshot(t *testing.T, s store.Store) {
	put(t, s, "a", "1")
	put(t, s, "b", "1")
	view(t, s, func(tx store.Tx) error {
		written := make(chan error) // an Update in a View's own goroutine might wait for it
		go func() {
			written <- s.Update(context.Background(), func(tx store.Tx) error {
				return errors.Join(tx.Put([]byte("a"), []byte("2")), tx.Delete([]byte("b")), tx.Put([]byte("c"), []byte("2")))
			})
		}()
		if err := <-written; err != nil {
			return err
		}
		if got, err := tx.Get([]byte("a")); err != nil || string(got) != "1" {
			t.Errorf("the view sees %q, %v, want the 1 it began with", got, err)
		}
		wantScan(t, tx, "", "", false, "a b")
		return nil
	})
	want(t, s, "a", "2")

	// Two keys that every deed changes together never differ in any view.
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				view(t, s, func(tx store.Tx) error {
					left, _ := tx.Get([]byte("left"))
					runtime.Gosched()
					right, _ := tx.Get([]byte("right"))
					if string(left) != string(right) {
						t.Errorf("left is %q and right is %q in one view", left, right)
					}
					return nil
				})
			}
		})
	}
	for i := range 50 {
		update(t, s, func(tx store.Tx) error {
			value := fmt.Appendf(nil, "%d", i)
			return errors.Join(tx.Put([]byte("left"), value), tx.Put([]byte("right"), value))
		})
	}
	close(stop)
	group.Wait()
}

func count(tx store.Tx, key string) error {
	value, err := tx.Get([]byte(key))
	if errors.Is(err, store.ErrNotFound) {
		value, err = make([]byte, 8), nil
	}
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint64(value, binary.BigEndian.Uint64(value)+1)
	return tx.Put([]byte(key), value)
}

func wantCount(t testing.TB, s store.Store, key string, n uint64) {
	t.Helper()
	want(t, s, key, string(binary.BigEndian.AppendUint64(nil, n)))
}

func testCounters(t *testing.T, s store.Store) {
	const writers, rounds = 8, 25
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			for range rounds {
				if err := s.Update(context.Background(), func(tx store.Tx) error {
					return errors.Join(count(tx, "shared"), count(tx, fmt.Sprint("own ", i)))
				}); err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	group.Wait()
	wantCount(t, s, "shared", writers*rounds)
	for i := range writers {
		wantCount(t, s, fmt.Sprint("own ", i), rounds)
	}
}

// testNeighbours queues deeds that succeed among such that fail, panic and exit,
// all changing the same keys.
func testNeighbours(t *testing.T, s store.Store) {
	failed := errors.New("no")
	const n = 40
	together(t, s, n, func(i int) error {
		var err error
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() {
				if p := recover(); p != nil && p != i {
					err = fmt.Errorf("it got the panic of deed %v", p)
				}
			}()
			err = s.Update(context.Background(), func(tx store.Tx) error {
				if err := errors.Join(count(tx, "shared"), tx.Put(fmt.Appendf(nil, "own %d", i), nil)); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return fmt.Errorf("deed %d: %w", i, failed)
				case 2:
					panic(i)
				case 3:
					runtime.Goexit()
				}
				return nil
			})
		}()
		<-done
		if i%4 == 1 {
			if !errors.Is(err, failed) || !strings.Contains(err.Error(), fmt.Sprintf("deed %d:", i)) {
				return fmt.Errorf("it returned %w, want its own error", err)
			}
			return nil
		}
		return err
	})
	wantCount(t, s, "shared", n/4)
	for i := range n {
		if key := fmt.Sprintf("own %d", i); i%4 == 0 {
			want(t, s, key, "")
		} else {
			wantNone(t, s, key)
		}
	}
}

func testCancelWhileWaiting(t *testing.T, s store.Store) {
	release := occupy(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() {
		result <- s.Update(ctx, func(tx store.Tx) error { return tx.Put([]byte("a"), nil) })
	}()
	time.Sleep(5 * time.Millisecond) // so that it usually waits; before or after, the result is the same
	cancel()
	time.Sleep(5 * time.Millisecond)
	release()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v, want context.Canceled", err)
	}
	wantNone(t, s, "a")
}
