package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"cohortbot/bot/store"
)

// Run is the conformance suite. open gives an empty store, which the suite
// closes. Every test runs on the store as it is and with each function run
// twice.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, how := range []struct {
		name string
		wrap func(store.Store) store.Store
	}{
		{"once", func(s store.Store) store.Store { return s }},
		{"twice", Twice},
	} {
		t.Run(how.name, func(t *testing.T) {
			for _, test := range suite {
				t.Run(test.name, func(t *testing.T) {
					s := how.wrap(open(t))
					defer func() {
						if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
							t.Errorf("Close: %v", err)
						}
					}()
					test.run(t, s)
				})
			}
		})
	}
}

// RunReopened tests that what was acknowledged outlives Close. place gives a new
// empty place and returns how to open the store there, again and again.
func RunReopened(t *testing.T, place func(t *testing.T) (open func() store.Store)) {
	t.Helper()
	ctx, open := context.Background(), place(t)
	const rounds = 4
	for round := range rounds {
		s := open()
		for i := range round * 10 {
			want(t, s, fmt.Sprintf("key-%02d", i), fmt.Sprintf("value %d", i))
		}
		for i := round * 10; i < round*10+10; i++ {
			put(t, s, fmt.Sprintf("key-%02d", i), fmt.Sprintf("value %d", i))
		}
		put(t, s, "again", fmt.Sprint(round))
		failed := errors.New("no")
		if err := s.Update(ctx, func(tx store.Tx) error {
			return errors.Join(tx.Put([]byte("again"), []byte("wrong")), failed)
		}); !errors.Is(err, failed) {
			t.Fatalf("a failing deed returned %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	s := open()
	defer s.Close()
	want(t, s, "again", fmt.Sprint(rounds-1))
	if got := len(all(t, s)); got != rounds*10+1 {
		t.Errorf("%d keys after %d rounds, want %d", got, rounds, rounds*10+1)
	}
}

type check struct {
	name string
	run  func(*testing.T, store.Store)
}

var suite = []check{
	{"what is put can be got, replaced and deleted", testPutGetDelete},
	{"bytes belong to the caller", testBytesAreTheCallers},
	{"limits", testLimits},
	{"a view refuses to write", testViewIsReadOnly},
	{"a deed that fails, panics or exits changes nothing", testFailedDeed},
	{"a deed sees its own writes", testOwnWrites},
	{"a tx ends with its function", testEndedTx},
	{"an ended context stops a deed before it begins", testContext},
	{"a closed store says so", testClosed},

	{"scan keeps to its bounds in both directions", testScanBounds},
	{"scan sees writes made before it began and none made after", testScanSnapshot},
	{"scans nest, and their loops may write", testScanNested},
	{"scan goes past what was just deleted", testScanPastDeleted},

	{"a view keeps its snapshot", testViewSnapshot},
	{"concurrent counters end exact", testCounters},
	{"deeds that fail leave those beside them alone", testNeighbours},
	{"a deed waiting for its turn can be cancelled", testCancelWhileWaiting},
	{"it behaves as a map does", testModel},
	{"its tables behave as a map does", testTableModel},
}

// put and the others below fail the test at the first error.

func put(t testing.TB, s store.Store, key, value string) {
	t.Helper()
	update(t, s, func(tx store.Tx) error { return tx.Put([]byte(key), []byte(value)) })
}

func update(t testing.TB, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t testing.TB, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

func want(t testing.TB, s store.Store, key, value string) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Get([]byte(key))
		if err != nil || string(got) != value {
			t.Errorf("Get(%q) = %q, %v, want %q", key, got, err, value)
		}
		return nil
	})
}

func wantNone(t testing.TB, s store.Store, key string) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		if got, err := tx.Get([]byte(key)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get(%q) = %q, %v, want ErrNotFound", key, got, err)
		}
		return nil
	})
}

// all returns every key, in order.
func all(t testing.TB, s store.Store) (keys []string) {
	t.Helper()
	view(t, s, func(tx store.Tx) (err error) {
		keys, err = scan(tx, "", "", false)
		return err
	})
	return keys
}

// scan collects the keys of a scan; an empty bound is no bound.
func scan(tx store.Tx, from, to string, backward bool) (keys []string, err error) {
	for kv, err := range tx.Scan(bound(from), bound(to), backward) {
		if err != nil {
			return keys, err
		}
		keys = append(keys, string(kv.Key))
	}
	return keys, nil
}

func bound(key string) []byte {
	if key == "" {
		return nil
	}
	return []byte(key)
}
