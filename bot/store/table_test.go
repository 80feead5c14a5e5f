package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

type noteID string

type note struct {
	Author string
	Text   string
	Words  int
}

func byAuthor(n note) [][]byte { return [][]byte{store.Key(n.Author)} }

func newNotes() *store.Table[noteID, note] {
	return store.NewTable[noteID, note]("notes", 1, store.Index[note]{Name: "author", Keys: byAuthor})
}

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// ids joins the ids of what an index gives.
func ids(t *testing.T, tx store.Tx, table *store.Table[noteID, note], index string, prefix ...any) string {
	t.Helper()
	var got []string
	for row, err := range table.By(tx, index, prefix...) {
		if err != nil {
			t.Fatalf("By(%q, %v): %v", index, prefix, err)
		}
		got = append(got, string(row.ID))
	}
	return strings.Join(got, " ")
}

func TestTableNamesWhatItCannotFind(t *testing.T) {
	notes := newNotes()
	s := storetest.New(t, notes)
	view(t, s, func(tx store.Tx) error {
		_, err := notes.Get(tx, "n1")
		if !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), `notes "n1"`) {
			t.Errorf("Get: %v, want ErrNotFound with table and id", err)
		}
		if has, err := notes.Has(tx, "n1"); has || err != nil {
			t.Errorf("Has = %t, %v", has, err)
		}
		if row, ok, err := store.First(notes.All(tx)); ok || err != nil {
			t.Errorf("First of none = %v, %t, %v", row, ok, err)
		}
		return nil
	})
	update(t, s, func(tx store.Tx) error { return notes.Put(tx, "n1", note{Author: "Ana"}) })
	view(t, s, func(tx store.Tx) error {
		if has, err := notes.Has(tx, "n1"); !has || err != nil {
			t.Errorf("Has = %t, %v", has, err)
		}
		row, ok, err := store.First(notes.By(tx, "author", "Ana"))
		if !ok || err != nil || row.ID != "n1" || row.Value.Author != "Ana" {
			t.Errorf("First = %v, %t, %v", row, ok, err)
		}
		return nil
	})
}

func TestTableRefusesWhatDoesNotFit(t *testing.T) {
	notes := newNotes()
	s := storetest.New(t, notes)
	for name, c := range map[string]struct {
		id   noteID
		note note
		want error
	}{
		"no id":             {"", note{}, store.ErrEmptyKey},
		"a long id":         {noteID(strings.Repeat("n", store.MaxKey)), note{}, store.ErrTooLarge},
		"a long text":       {"n1", note{Text: strings.Repeat("x", store.MaxValue)}, store.ErrTooLarge},
		"a long index key":  {"n1", note{Author: strings.Repeat("x", store.MaxKey)}, store.ErrTooLarge},
		"a replaced author": {"kept", note{Author: strings.Repeat("x", store.MaxKey)}, store.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			update(t, s, func(tx store.Tx) error {
				if err := notes.Put(tx, "kept", note{Author: "Ana"}); err != nil {
					return err
				}
				// A deed may go on after a Put that failed: nothing of it stays.
				if err := notes.Put(tx, c.id, c.note); !errors.Is(err, c.want) || !strings.Contains(err.Error(), "notes") {
					t.Errorf("Put: %v, want %v with the table", err, c.want)
				}
				return nil
			})
			view(t, s, func(tx store.Tx) error {
				if got := ids(t, tx, notes, "author"); got != "kept" {
					t.Errorf("the index gives %q, want what was there", got)
				}
				return nil
			})
		})
	}
}

func TestLoopsMayChangeTheRowsTheyGoOver(t *testing.T) {
	notes := newNotes()
	s := storetest.New(t, notes)
	update(t, s, func(tx store.Tx) error {
		for _, id := range []noteID{"n1", "n2", "n3", "n4"} {
			if err := notes.Put(tx, id, note{Author: "Ana"}); err != nil {
				return err
			}
		}
		return nil
	})
	var seen string
	update(t, s, func(tx store.Tx) error {
		seen = ""
		for row, err := range notes.By(tx, "author", "Ana") {
			if err != nil {
				return err
			}
			seen += string(row.ID) + row.Value.Author + " "
			// Move this one, delete the next but one, change the last.
			if err := notes.Put(tx, row.ID, note{Author: "Zoe"}); err != nil {
				return err
			}
			if err := notes.Delete(tx, "n3"); err != nil {
				return err
			}
			if err := notes.Put(tx, "n4", note{Author: "Mia"}); err != nil {
				return err
			}
		}
		return nil
	})
	if seen != "n1Ana n2Ana n4Mia " {
		t.Errorf("the loop saw %q, want the rows that were there, as they are when their turn comes", seen)
	}
	view(t, s, func(tx store.Tx) error {
		if got := ids(t, tx, notes, "author"); got != "n4 n1 n2" {
			t.Errorf("the index gives %q", got)
		}
		return nil
	})
}

func TestRecordsOfOlderVersionsAreUpgradedStepByStep(t *testing.T) {
	type oldNote struct{ Who, Text string }
	first := store.NewTable[noteID, oldNote]("notes", 1,
		store.Index[oldNote]{Name: "author", Keys: func(n oldNote) [][]byte { return [][]byte{store.Key(strings.ToLower(n.Who))} }})
	third := store.NewTable[noteID, note]("notes", 3, store.Index[note]{Name: "author", Keys: byAuthor}).
		Upgrade(1, func(old json.RawMessage) (json.RawMessage, error) {
			var n oldNote
			if err := json.Unmarshal(old, &n); err != nil {
				return nil, err
			}
			return json.Marshal(note{Author: n.Who, Text: n.Text})
		}).
		Upgrade(2, func(old json.RawMessage) (json.RawMessage, error) {
			var n note
			if err := json.Unmarshal(old, &n); err != nil {
				return nil, err
			}
			n.Words = len(strings.Fields(n.Text))
			return json.Marshal(n)
		})

	s := storetest.New(t, first)
	update(t, s, func(tx store.Tx) error { return first.Put(tx, "n1", oldNote{"Ana", "one two three"}) })
	if err := store.Prepare(context.Background(), s, third); err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx store.Tx) error {
		if got, err := third.Get(tx, "n1"); err != nil || got != (note{"Ana", "one two three", 3}) {
			t.Errorf("Get = %+v, %v", got, err)
		}
		// The new version has other keys for the same record.
		if got := ids(t, tx, third, "author"); got != "n1" {
			t.Errorf("the index gives %q, want only the new entry", got)
		}
		if got := ids(t, tx, third, "author", "Ana"); got != "n1" {
			t.Errorf("by the new key: %q", got)
		}
		return nil
	})

	// The older program meets the newer store.
	if err := store.Prepare(context.Background(), s, first); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "notes") {
		t.Errorf("Prepare by the older program: %v, want ErrNewer with the table", err)
	}
	update(t, s, func(tx store.Tx) error { return third.Put(tx, "n2", note{Author: "Mia"}) })
	update(t, s, func(tx store.Tx) error {
		for name, err := range map[string]error{
			"Get":    func() error { _, err := first.Get(tx, "n2"); return err }(),
			"Put":    first.Put(tx, "n2", oldNote{}),
			"Delete": first.Delete(tx, "n2"),

			"Put without indexes": store.NewTable[noteID, oldNote]("notes", 1).Put(tx, "n2", oldNote{}),
		} {
			if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), `notes "n2"`) {
				t.Errorf("%s of a newer record: %v, want ErrNewer with table and id", name, err)
			}
		}
		return nil
	})
	view(t, s, func(tx store.Tx) error {
		if got, err := third.Get(tx, "n2"); err != nil || got.Author != "Mia" {
			t.Errorf("the newer record is now %+v, %v", got, err)
		}
		return nil
	})
}

func TestADamagedRecordNamesItselfAndKeepsWhatWasWrittenToItself(t *testing.T) {
	notes := newNotes()
	s := storetest.New(t, notes)
	update(t, s, func(tx store.Tx) error { return notes.Put(tx, "n1", note{Author: "Ana"}) })
	for _, record := range []string{
		"", "v1", "v0 {}", "vx {}", "1 {}", "v1 ", "v1 secret", `v1 {"Author":"secret`, `v1 {"Words":"secret"}`, `v1 {"Words":12345678901234567890}`, `v1 ["secret"]`,
	} {
		update(t, s, func(tx store.Tx) error { return tx.Put([]byte("notes\x00\x02n1"), []byte(record)) })
		view(t, s, func(tx store.Tx) error {
			_, err := notes.Get(tx, "n1")
			if !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), `notes "n1"`) {
				t.Errorf("record %q: %v, want ErrCorrupt with table and id", record, err)
			}
			row, _, err := store.First(notes.All(tx))
			if !errors.Is(err, store.ErrCorrupt) || row.ID != "n1" {
				t.Errorf("All over record %q: %v, %v, want its id and ErrCorrupt", record, row, err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "123456")) {
				t.Errorf("the error repeats what was written: %v", err)
			}
			return nil
		})
	}
}

func TestAnIndexEntryWithoutItsRecordIsDamage(t *testing.T) {
	notes := newNotes()
	s := storetest.New(t, notes)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(notes.Put(tx, "n1", note{Author: "Ana"}), tx.Delete([]byte("notes\x00\x02n1")))
	})
	view(t, s, func(tx store.Tx) error {
		if _, _, err := store.First(notes.By(tx, "author")); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("By: %v, want ErrCorrupt", err)
		}
		return nil
	})
}

func TestProgrammingErrorsPanic(t *testing.T) {
	index := store.Index[note]{Name: "author", Keys: byAuthor}
	same := func(m json.RawMessage) (json.RawMessage, error) { return m, nil }
	for name, declare := range map[string]func(){
		"a repeated index":       func() { store.NewTable[noteID, note]("notes", 1, index, index) },
		"an index without Keys":  func() { store.NewTable[noteID, note]("notes", 1, store.Index[note]{Name: "author"}) },
		"an index without name":  func() { store.NewTable[noteID, note]("notes", 1, store.Index[note]{Keys: byAuthor}) },
		"a bad name":             func() { store.NewTable[noteID, note]("no\x00tes", 1) },
		"a version below 1":      func() { store.NewTable[noteID, note]("notes", 0) },
		"an upgrade to nowhere":  func() { store.NewTable[noteID, note]("notes", 1).Upgrade(1, same) },
		"an upgrade twice":       func() { store.NewTable[noteID, note]("notes", 2).Upgrade(1, same).Upgrade(1, same) },
		"an undeclared index":    func() { newNotes().By(nil, "other") },
		"an undeclared range":    func() { newNotes().Range(nil, "other", nil, nil, false) },
		"an upgrade of nothing":  func() { store.NewTable[noteID, note]("notes", 2).Upgrade(1, nil) },
		"an upgrade from before": func() { store.NewTable[noteID, note]("notes", 2).Upgrade(0, same) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			declare()
		})
	}
}

// Whatever stands where a record should be, reading it gives a value or an error
// that names it.
func FuzzRecord(f *testing.F) {
	for _, record := range []string{`v1 {"Author":"Ana","Words":3}`, "v1 null", "v2 {}", "v01 {}", "v-1 {}", "v1", ""} {
		f.Add([]byte(record))
	}
	notes := newNotes()
	s := storetest.Memory()
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) > store.MaxValue {
			t.Skip()
		}
		update(t, s, func(tx store.Tx) error {
			if err := tx.Put([]byte("notes\x00\x02n1"), record); err != nil {
				return err
			}
			got, err := notes.Get(tx, "n1")
			if err != nil {
				if !strings.Contains(err.Error(), `notes "n1"`) || !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewer) {
					t.Errorf("Get: %v, want ErrCorrupt or ErrNewer with table and id", err)
				}
				return nil
			}
			if err := notes.Put(tx, "n1", got); err != nil {
				return err
			}
			again, err := notes.Get(tx, "n1")
			if err != nil || again != got {
				t.Errorf("written and read again it is %+v, %v, want %+v", again, err, got)
			}
			return nil
		})
	})
}
