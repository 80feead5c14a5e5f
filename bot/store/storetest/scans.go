package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cohortbot/bot/store"
)

// wantScan compares the keys of a scan, written as words.
func wantScan(t testing.TB, tx store.Tx, from, to string, backward bool, keys string) {
	t.Helper()
	got, err := scan(tx, from, to, backward)
	if err != nil || strings.Join(got, " ") != keys {
		t.Errorf("Scan(%q, %q, backward %t) = %q, %v, want %q", from, to, backward, strings.Join(got, " "), err, keys)
	}
}

func testScanBounds(t *testing.T, s store.Store) {
	view(t, s, func(tx store.Tx) error {
		wantScan(t, tx, "", "", false, "")
		wantScan(t, tx, "", "", true, "")
		return nil
	})
	bounds := []struct{ from, to, keys string }{
		{"", "", "a b bb c"},
		{"", "c", "a b bb"},
		{"b", "", "b bb c"},
		{"b", "c", "b bb"},
		{"a\x00", "bbb", "b bb"},
		{"b", "b", ""},
		{"c", "b", ""},
		{"d", "", ""},
		{"", "a", ""},
		{"", "zzz", "a b bb c"},
	}
	inBoth := func(tx store.Tx) {
		t.Helper()
		for _, b := range bounds {
			wantScan(t, tx, b.from, b.to, false, b.keys)
			words := strings.Fields(b.keys)
			slices.Reverse(words)
			wantScan(t, tx, b.from, b.to, true, strings.Join(words, " "))
		}
	}
	// The same keys, some committed and some not, some deleted and put back.
	put(t, s, "b", "1")
	put(t, s, "c", "1")
	put(t, s, "aa", "1")
	update(t, s, func(tx store.Tx) error {
		for _, key := range []string{"bb", "a", "b"} {
			if err := tx.Put([]byte(key), []byte("2")); err != nil {
				return err
			}
		}
		for _, key := range []string{"aa", "c", "none"} {
			if err := tx.Delete([]byte(key)); err != nil {
				return err
			}
		}
		if err := tx.Put([]byte("c"), []byte("2")); err != nil {
			return err
		}
		inBoth(tx)
		return nil
	})
	view(t, s, func(tx store.Tx) error {
		inBoth(tx)
		for kv, err := range tx.Scan(nil, nil, false) {
			if err != nil || string(kv.Value) != "2" {
				t.Errorf("%q = %q, %v, want the last value put", kv.Key, kv.Value, err)
			}
		}
		return nil
	})
}

func testScanSnapshot(t *testing.T, s store.Store) {
	for _, key := range []string{"a", "c", "e"} {
		put(t, s, key, "committed")
	}
	for _, backward := range []bool{false, true} {
		update(t, s, func(tx store.Tx) error {
			if err := tx.Put([]byte("b"), []byte("before")); err != nil {
				return err
			}
			var seen []string
			for kv, err := range tx.Scan(nil, nil, backward) {
				if err != nil {
					return err
				}
				seen = append(seen, string(kv.Key)+"="+string(kv.Value))
				// Everywhere around the place of the scan, ahead and behind.
				for _, key := range []string{"0", "aa", "b", "cc", "d", "ee"} {
					if err := tx.Put([]byte(key), []byte("after")); err != nil {
						return err
					}
				}
				for _, key := range []string{"a", "c", "e"} {
					if err := tx.Delete([]byte(key)); err != nil {
						return err
					}
				}
			}
			want := []string{"a=committed", "b=before", "c=committed", "e=committed"}
			if backward {
				slices.Reverse(want)
			}
			if !slices.Equal(seen, want) {
				t.Errorf("backward %t: scan saw %q, want what was there when it began: %q", backward, seen, want)
			}
			wantScan(t, tx, "", "", false, "0 aa b cc d ee")
			// Back to the beginning, for the other direction.
			for _, key := range []string{"0", "aa", "b", "cc", "d", "ee"} {
				if err := tx.Delete([]byte(key)); err != nil {
					return err
				}
			}
			for _, key := range []string{"a", "c", "e"} {
				if err := tx.Put([]byte(key), []byte("committed")); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if got := strings.Join(all(t, s), " "); got != "a c e" {
		t.Errorf("afterwards the store holds %q", got)
	}
}

func testScanNested(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		for i := range 30 {
			if err := tx.Put(fmt.Appendf(nil, "in/%02d", i), fmt.Appendf(nil, "%d", i%3)); err != nil {
				return err
			}
		}
		return nil
	})
	pairs := 0
	update(t, s, func(tx store.Tx) error {
		pairs = 0
		for outer, err := range tx.Scan([]byte("in/"), []byte("in0"), false) {
			if err != nil {
				return err
			}
			for inner, err := range tx.Scan([]byte("in/"), []byte("in0"), true) {
				if err != nil {
					return err
				}
				if string(inner.Key) <= string(outer.Key) {
					break
				}
				if string(inner.Value) != string(outer.Value) {
					continue
				}
				pairs++
				if err := tx.Put([]byte("out/"+string(outer.Key)+"+"+string(inner.Key)), nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
	const want = 3 * 10 * 9 / 2 // pairs of ten, for each of three values
	if got := len(all(t, s)); pairs != want || got != 30+want {
		t.Errorf("%d pairs and %d keys, want %d and %d", pairs, got, want, 30+want)
	}
	view(t, s, func(tx store.Tx) error { // and in a view
		n := 0
		for _, err := range tx.Scan([]byte("in/"), []byte("in0"), false) {
			if err != nil {
				return err
			}
			for _, err := range tx.Scan([]byte("in/"), []byte("in0"), true) {
				if err != nil {
					return err
				}
				n++
			}
		}
		if n != 900 {
			t.Errorf("%d pairs in a view, want 900", n)
		}
		return nil
	})
}

// testScanPastDeleted empties whole stretches, as wide as a page of any tree, and
// scans across them in the same deed, in deeds queued beside it, and after.
func testScanPastDeleted(t *testing.T, s store.Store) {
	key := func(i int) []byte { return fmt.Appendf(nil, "%05d", i) }
	const n = 3000
	for page := range n / 500 {
		update(t, s, func(tx store.Tx) error {
			for i := range 500 {
				if err := tx.Put(key(page*500+i), []byte(strings.Repeat("x", 100))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	check := func(tx store.Tx) error {
		for _, backward := range []bool{false, true} {
			if got, err := scan(tx, "", "", backward); err != nil || len(got) != 200 {
				t.Errorf("backward %t: %d keys, %v, want the 200 left", backward, len(got), err)
			}
		}
		return nil
	}
	together(t, s, 3, func(i int) error {
		return s.Update(t.Context(), func(tx store.Tx) error {
			for i := 100; i < n-100; i++ {
				if err := tx.Delete(key(i)); err != nil {
					return err
				}
			}
			return check(tx)
		})
	})
	view(t, s, check)
}
