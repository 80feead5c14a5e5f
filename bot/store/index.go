package store

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// An index entry is the key the value is found under, followed by the id, so
// that rows under the same key keep apart and come in the order of their ids.
// Its value is the id.

// By yields the rows whose key in the index starts with these parts, in the
// order of the index; with no parts, every row that has a key there. A row with
// several such keys comes several times. The order and the set are those when
// the loop began; each value is as it is when its turn comes, and a row deleted
// meanwhile is left out. Reading an index that Prepare has not completed yields
// ErrNotPrepared. An index that was not declared panics.
func (t *Table[ID, T]) By(tx Tx, index string, prefix ...any) iter.Seq2[Row[ID, T], error] {
	from := Key(prefix...)
	return t.Range(tx, index, from, PrefixEnd(from), false)
}

// Range yields the rows whose key in the index lies in [from, to), both made
// with [Key] ([PrefixEnd] helps), in the order of the index or in reverse; a nil
// bound is no bound. Otherwise it is as By.
func (t *Table[ID, T]) Range(tx Tx, index string, from, to []byte, backward bool) iter.Seq2[Row[ID, T], error] {
	t.mustDeclare(index)
	prefix := t.indexPrefix(index)
	start, end := append(slices.Clip(prefix), from...), PrefixEnd(prefix)
	if to != nil {
		end = append(slices.Clip(prefix), to...)
	}
	return func(yield func(Row[ID, T], error) bool) {
		if err := t.mustBeReady(tx, index); err != nil {
			yield(Row[ID, T]{}, err)
			return
		}
		for kv, err := range tx.Scan(start, end, backward) {
			if err != nil {
				yield(Row[ID, T]{}, fmt.Errorf("%s by %q: %w", t.name, index, err))
				return
			}
			row, found, err := t.follow(tx, kv)
			if err != nil {
				yield(row, err)
				return
			}
			if found && !yield(row, nil) {
				return
			}
		}
	}
}

// follow reads the row of an index entry. One that the deed deleted since the
// loop began is no longer found; one missing though its entry stands means that
// the index is not true.
func (t *Table[ID, T]) follow(tx Tx, entry KV) (row Row[ID, T], found bool, err error) {
	row.ID = ID(entry.Value)
	row.Value, err = t.Get(tx, row.ID)
	if !errors.Is(err, ErrNotFound) {
		return row, err == nil, err
	}
	_, err = tx.Get(entry.Key)
	if errors.Is(err, ErrNotFound) {
		return row, false, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: an index entry without its record", ErrCorrupt)
	}
	return row, false, t.fail(row.ID, err)
}

func (t *Table[ID, T]) mustDeclare(index string) {
	for _, declared := range t.indexes {
		if declared.Name == index {
			return
		}
	}
	panic(fmt.Sprintf("store: table %q has no index %q", t.name, index))
}

// entries returns the index keys of a value, in order and without repeats.
func (t *Table[ID, T]) entries(id ID, v T) [][]byte {
	var entries [][]byte
	for _, index := range t.indexes {
		entries = append(entries, t.indexEntries(index, id, v)...)
	}
	slices.SortFunc(entries, bytes.Compare)
	return slices.CompactFunc(entries, bytes.Equal)
}

func (t *Table[ID, T]) indexEntries(index Index[T], id ID, v T) [][]byte {
	var entries [][]byte
	for _, key := range index.Keys(v) {
		entry := append(t.indexPrefix(index.Name), key...)
		entries = append(entries, append(entry, Key(id)...))
	}
	return entries
}

// currentEntries returns the index keys of what is kept under id now. It reads
// even where there are no indexes: a record of a newer version is not replaced.
func (t *Table[ID, T]) currentEntries(tx Tx, id ID) ([][]byte, error) {
	v, err := t.Get(tx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t.entries(id, v), nil
}

// reindex turns the entries old into now, touching only those that differ.
func (t *Table[ID, T]) reindex(tx Tx, id ID, old, now [][]byte) error {
	for _, entry := range old {
		if _, keep := slices.BinarySearchFunc(now, entry, bytes.Compare); keep {
			continue
		}
		if err := tx.Delete(entry); err != nil {
			return t.fail(id, err)
		}
	}
	for _, entry := range now {
		if _, there := slices.BinarySearchFunc(old, entry, bytes.Compare); there {
			continue
		}
		if err := tx.Put(entry, []byte(id)); err != nil {
			return t.fail(id, err)
		}
	}
	return nil
}

func (t *Table[ID, T]) indexPrefix(index string) []byte {
	return append(append(t.prefix(spaceIndex), index...), 0)
}
