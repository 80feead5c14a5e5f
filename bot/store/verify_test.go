package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

type bird struct {
	Kind string `json:"kind"`
}

func birds(version int) *store.Table[string, bird] {
	t := store.NewTable[string, bird]("birds", version, store.Index[bird]{Name: "kind", Keys: func(b bird) [][]byte { return [][]byte{store.Key(b.Kind)} }})
	for v := 1; v < version; v++ {
		t.Upgrade(v, func(old json.RawMessage) (json.RawMessage, error) { return old, nil })
	}
	return t
}

// Everything that can be wrong with a table is found, each with its record, and
// nothing in one that is as it was written.
func TestVerifyFindsWhatIsWrong(t *testing.T) {
	row := func(id string) []byte { return append([]byte("birds\x00\x02"), id...) }
	entry := func(kind, id string) []byte {
		return append(append([]byte("birds\x00\x03kind\x00"), store.Key(kind)...), store.Key(id)...)
	}
	for _, c := range []struct {
		name  string
		spoil func(tx store.Tx) error
		want  string // of the only fault; empty where there is none
	}{
		{"nothing", func(store.Tx) error { return nil }, ""},
		{"a record that cannot be read", func(tx store.Tx) error { return tx.Put(row("a"), []byte(`v1 {"kind":`)) }, `record "a": the stored data is damaged`},
		{"a record without its version", func(tx store.Tx) error { return tx.Put(row("a"), []byte(`{}`)) }, `does not start with its version`},
		{"a record of a newer version", func(tx store.Tx) error { return tx.Put(row("a"), []byte(`v9 {}`)) }, `written by a newer version`},
		{"a missing entry", func(tx store.Tx) error { return tx.Delete(entry("tui", "a")) }, `record "a": the stored data is damaged: the index "kind" does not lead to it`},
		{"a missing record", func(tx store.Tx) error { return tx.Delete(row("a")) }, `record "a": the stored data is damaged: it is gone`},
		{"an entry too many", func(tx store.Tx) error { return tx.Put(entry("kea", "a"), []byte("a")) }, `leads to it by an outdated key`},
		{"a newer table", func(tx store.Tx) error { return tx.Put([]byte("birds\x00\x01v"), []byte("7")) }, `it has version 7, this program knows up to 1`},
		{"an unknown table", func(tx store.Tx) error { return tx.Put([]byte("trees\x00\x02a"), []byte("v1 {}")) }, `table trees: written by a newer version`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, table := storetest.New(t), birds(1)
			if err := store.Prepare(t.Context(), s, table); err != nil {
				t.Fatal(err)
			}
			update(t, s, func(tx store.Tx) error {
				for id, kind := range map[string]string{"a": "tui", "b": "ruru"} {
					if err := table.Put(tx, id, bird{kind}); err != nil {
						return err
					}
				}
				return nil
			})
			update(t, s, c.spoil)
			view(t, s, func(tx store.Tx) error {
				_, faults, err := store.Verify(t.Context(), tx, table)
				if err != nil {
					return err
				}
				if c.want == "" && len(faults) > 0 || c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Error(), c.want)) {
					t.Errorf("faults: %v, want %q", faults, c.want)
				}
				return nil
			})
		})
	}
}

// An older store is sound: its indexes are built anew at the next start.
func TestVerifyTakesAnOlderTable(t *testing.T) {
	s := storetest.New(t)
	if err := store.Prepare(t.Context(), s, birds(1)); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx store.Tx) error { return birds(1).Put(tx, "a", bird{"tui"}) })
	view(t, s, func(tx store.Tx) error {
		n, faults, err := store.Verify(t.Context(), tx, birds(2))
		if n != 1 || len(faults) > 0 {
			t.Errorf("%d records, faults %v; want 1 and none", n, faults)
		}
		versions, more := store.Versions(tx)
		if more != nil || versions["birds"] != 1 {
			t.Errorf("versions %v, %v; want birds 1", versions, more)
		}
		return err
	})
}
