package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"cohortbot/bot/store"
)

var errUndo = errors.New("undo")

// testModel does random deeds to the store and to a map, and compares all that
// can be seen, within the deed and after it.
func testModel(t *testing.T, s store.Store) {
	var run atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		space := fmt.Sprintf("%06d/", run.Add(1)) // each run has keys of its own in the one store
		keys := rapid.StringMatching(`[ab]{1,3}`)
		kept := map[string]string{}
		for range rapid.IntRange(1, 8).Draw(t, "deeds") {
			type op struct{ kind, key, to, value string }
			ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op {
				return op{
					kind:  rapid.SampledFrom([]string{"put", "put", "delete", "get", "scan", "scan backward"}).Draw(t, "kind"),
					key:   keys.Draw(t, "key"),
					to:    keys.Draw(t, "to"),
					value: rapid.StringN(0, 3, -1).Draw(t, "value"),
				}
			}), 0, 12).Draw(t, "ops")
			undo := rapid.IntRange(0, 3).Draw(t, "undo") == 0

			var within map[string]string
			err := s.Update(context.Background(), func(tx store.Tx) error {
				within = maps.Clone(kept)
				for _, op := range ops {
					key := []byte(space + op.key)
					switch op.kind {
					case "put":
						within[op.key] = op.value
						if err := tx.Put(key, []byte(op.value)); err != nil {
							return err
						}
					case "delete":
						delete(within, op.key)
						if err := tx.Delete(key); err != nil {
							return err
						}
					case "get":
						got, err := tx.Get(key)
						value, ok := within[op.key]
						if ok != (err == nil) || string(got) != value || !ok && !errors.Is(err, store.ErrNotFound) {
							t.Fatalf("Get(%q) = %q, %v, want %q, %t", op.key, got, err, value, ok)
						}
					default:
						compare(t, tx, space, op.key, op.to, op.kind == "scan backward", within)
					}
				}
				if undo {
					return errUndo
				}
				return nil
			})
			switch {
			case undo && errors.Is(err, errUndo):
			case !undo && err == nil:
				kept = within
			default:
				t.Fatalf("Update: %v", err)
			}
			if err := s.View(context.Background(), func(tx store.Tx) error {
				compare(t, tx, space, "", "z", false, kept)
				compare(t, tx, space, "", "z", true, kept)
				return nil
			}); err != nil {
				t.Fatalf("View: %v", err)
			}
		}
	})
}

func compare(t *rapid.T, tx store.Tx, space, from, to string, backward bool, model map[string]string) {
	var want, got []string
	for _, key := range slices.Sorted(maps.Keys(model)) {
		if key >= from && key < to {
			want = append(want, key+"="+model[key])
		}
	}
	if backward {
		slices.Reverse(want)
	}
	for kv, err := range tx.Scan([]byte(space+from), []byte(space+to), backward) {
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		got = append(got, strings.TrimPrefix(string(kv.Key), space)+"="+string(kv.Value))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("Scan(%q, %q, backward %t) = %q, want %q", from, to, backward, got, want)
	}
}

type entry struct {
	Group string
	Rank  int
	Tags  []string
}

// testTableModel does the same through a table, for its indexes.
func testTableModel(t *testing.T, s store.Store) {
	var run atomic.Int64
	words := rapid.SampledFrom([]string{"", "a", "b", "ab", "a\x00"})
	rapid.Check(t, func(t *rapid.T) {
		table := store.NewTable[string, entry](fmt.Sprintf("t%d", run.Add(1)), 1,
			store.Index[entry]{Name: "group", Keys: func(e entry) [][]byte { return [][]byte{store.Key(e.Group, e.Rank)} }},
			store.Index[entry]{Name: "tag", Keys: func(e entry) (keys [][]byte) {
				for _, tag := range e.Tags {
					keys = append(keys, store.Key(tag))
				}
				return keys
			}},
		)
		if err := store.Prepare(context.Background(), s, table); err != nil {
			t.Fatal(err)
		}
		kept := map[string]entry{}
		for range rapid.IntRange(1, 12).Draw(t, "deeds") {
			id := rapid.SampledFrom([]string{"1", "2", "3", "33"}).Draw(t, "id")
			e := entry{words.Draw(t, "group"), rapid.IntRange(-2, 2).Draw(t, "rank"), rapid.SliceOfN(words, 0, 3).Draw(t, "tags")}
			remove := rapid.IntRange(0, 3).Draw(t, "remove") == 0
			err := s.Update(context.Background(), func(tx store.Tx) error {
				if remove {
					return table.Delete(tx, id)
				}
				return table.Put(tx, id, e)
			})
			if err != nil {
				t.Fatal(err)
			}
			if kept[id] = e; remove {
				delete(kept, id)
			}
			if err := s.View(context.Background(), func(tx store.Tx) error { return compareTable(t, tx, table, kept) }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func compareTable(t *rapid.T, tx store.Tx, table *store.Table[string, entry], model map[string]entry) error {
	ids := slices.Sorted(maps.Keys(model))
	var rows []string
	for row, err := range table.All(tx) {
		if err != nil {
			return err
		}
		rows = append(rows, row.ID)
		if want := model[row.ID]; row.Value.Group != want.Group || row.Value.Rank != want.Rank || !slices.Equal(row.Value.Tags, want.Tags) {
			t.Fatalf("row %s is %+v, want %+v", row.ID, row.Value, want)
		}
	}
	if !slices.Equal(rows, ids) {
		t.Fatalf("All gives %q, want %q", rows, ids)
	}
	for _, word := range []string{"", "a", "b", "ab", "a\x00"} {
		var inGroup, tagged []string
		for _, id := range ids {
			if model[id].Group == word {
				inGroup = append(inGroup, id)
			}
			if slices.Contains(model[id].Tags, word) {
				tagged = append(tagged, id)
			}
		}
		slices.SortStableFunc(inGroup, func(a, b string) int { return model[a].Rank - model[b].Rank })
		for index, want := range map[string][]string{"group": inGroup, "tag": tagged} {
			var got []string
			for row, err := range table.By(tx, index, word) {
				if err != nil {
					return err
				}
				got = append(got, row.ID)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("By(%s, %q) gives %q, want %q", index, word, got, want)
			}
			var reversed []string
			from := store.Key(word)
			for row, err := range table.Range(tx, index, from, store.PrefixEnd(from), true) {
				if err != nil {
					return err
				}
				reversed = append(reversed, row.ID)
			}
			slices.Reverse(reversed)
			if !slices.Equal(reversed, want) {
				t.Fatalf("Range(%s, %q) backward gives the reverse of %q, want that of %q", index, word, reversed, want)
			}
		}
	}
	// And nothing is left in the indexes of what is gone.
	entries := 0
	for kv, err := range tx.Scan([]byte(table.Name()+"\x00\x03"), []byte(table.Name()+"\x00\x04"), false) {
		if err != nil {
			return err
		}
		if bytes.Contains(kv.Key, []byte("\x00\x03group\x00")) {
			entries++
		}
	}
	if entries != len(model) {
		t.Fatalf("%d entries in the index for %d rows", entries, len(model))
	}
	return nil
}
