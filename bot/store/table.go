package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
)

// Index declares how rows of T are found besides by id. Keys returns the keys a
// value is found under, each made with [Key]: none, one or several.
//
// Keys must depend on the value alone. When what it returns for the same value
// changes, give the index a new name: the old entries are then cleared and the
// new ones filled in by [Prepare].
type Index[T any] struct {
	Name string
	Keys func(T) [][]byte
}

// Row is a value with the id it is kept under.
type Row[ID ~string, T any] struct {
	ID    ID
	Value T
}

// Table keeps values of type T by id, and finds them by its indexes. Values are
// stored as JSON with a version; fields of T may be added, never renamed. It
// holds no state of a store, so one package variable serves many stores.
type Table[ID ~string, T any] struct {
	name     string
	version  int
	indexes  []Index[T]
	upgrades map[int]func(json.RawMessage) (json.RawMessage, error)
}

var tableName = regexp.MustCompile(`^[a-z][a-z0-9 /_-]*$`)

// NewTable declares a table. The name is part of every key and so is for ever.
// The version starts at 1 and rises when stored values need an [Table.Upgrade];
// the indexes are then filled anew by [Prepare]. A bad or repeated name, and an
// index without Keys, are programming errors and panic.
func NewTable[ID ~string, T any](name string, version int, indexes ...Index[T]) *Table[ID, T] {
	if !tableName.MatchString(name) || version < 1 {
		panic(fmt.Sprintf("store.NewTable(%q, %d): want a name of lower-case letters, digits and spaces, and a version from 1", name, version))
	}
	seen := map[string]bool{}
	for _, index := range indexes {
		if !tableName.MatchString(index.Name) || seen[index.Name] || index.Keys == nil {
			panic(fmt.Sprintf("store.NewTable(%q): index %q has a bad or repeated name, or no Keys", name, index.Name))
		}
		seen[index.Name] = true
	}
	return &Table[ID, T]{
		name: name, version: version, indexes: indexes,
		upgrades: map[int]func(json.RawMessage) (json.RawMessage, error){},
	}
}

// Upgrade declares how the JSON of a record of version from becomes that of the
// next version, and returns the table, to be chained after NewTable. Records are
// upgraded as they are read, and rewritten by [Prepare]. A version
// declared twice or not below the table's panics.
func (t *Table[ID, T]) Upgrade(from int, fn func(json.RawMessage) (json.RawMessage, error)) *Table[ID, T] {
	if from < 1 || from >= t.version || t.upgrades[from] != nil || fn == nil {
		panic(fmt.Sprintf("store: table %q of version %d: Upgrade from %d is out of range or repeated", t.name, t.version, from))
	}
	t.upgrades[from] = fn
	return t
}

// Amend makes an upgrade for [Table.Upgrade] of a function that changes a value.
func Amend[T any](fn func(*T)) func(json.RawMessage) (json.RawMessage, error) {
	return func(old json.RawMessage) (json.RawMessage, error) {
		var v T
		if err := json.Unmarshal(old, &v); err != nil {
			return nil, fmt.Errorf("%w: %s", ErrCorrupt, describe(err))
		}
		fn(&v)
		return json.Marshal(v)
	}
}

// Name returns the name the table was declared with.
func (t *Table[ID, T]) Name() string { return t.name }

// Get returns the value kept under id. Errors: ErrNotFound, ErrNewer,
// ErrCorrupt.
func (t *Table[ID, T]) Get(tx Tx, id ID) (T, error) {
	record, err := tx.Get(t.rowKey(id))
	if err != nil {
		var none T
		return none, t.fail(id, err)
	}
	return t.decode(id, record)
}

// Find returns what is kept under id, and false where nothing is: for what may be gone
// by now without anything being wrong. Errors: those of [Table.Get] but ErrNotFound.
func (t *Table[ID, T]) Find(tx Tx, id ID) (T, bool, error) {
	v, err := t.Get(tx, id)
	if errors.Is(err, ErrNotFound) {
		return v, false, nil
	}
	return v, err == nil, err
}

// Has reports whether something is kept under id, readable or not.
func (t *Table[ID, T]) Has(tx Tx, id ID) (bool, error) {
	_, err := tx.Get(t.rowKey(id))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, t.fail(id, err)
	}
	return true, nil
}

// Put keeps v under id, in place of what was there, and keeps the indexes true.
// Errors: ErrEmptyKey, ErrTooLarge (the value, or an index key), ErrReadOnly;
// and ErrNewer or ErrCorrupt where what is there cannot be read, which is then
// left as it is.
func (t *Table[ID, T]) Put(tx Tx, id ID, v T) error {
	if id == "" {
		return t.fail(id, ErrEmptyKey)
	}
	record, err := t.encode(id, v)
	if err != nil {
		return err
	}
	// The limits are checked before the first write, so that a Put that fails
	// inside a deed which goes on all the same leaves no half of itself behind.
	key, entries := t.rowKey(id), t.entries(id, v)
	if err := CheckPut(key, record); err != nil {
		return t.fail(id, err)
	}
	for _, entry := range entries {
		if err := CheckPut(entry, nil); err != nil {
			return t.fail(id, fmt.Errorf("index key: %w", err))
		}
	}
	old, err := t.currentEntries(tx, id)
	if err != nil {
		return err
	}
	if err := tx.Put(key, record); err != nil {
		return t.fail(id, err)
	}
	return t.reindex(tx, id, old, entries)
}

// Delete removes what is kept under id, with its index entries. Removing what
// is not there is no error. A record that cannot be read is not removed: the
// error is ErrNewer or ErrCorrupt.
func (t *Table[ID, T]) Delete(tx Tx, id ID) error {
	old, err := t.currentEntries(tx, id)
	if err != nil {
		return err
	}
	if err := tx.Delete(t.rowKey(id)); err != nil {
		return t.fail(id, err)
	}
	return t.reindex(tx, id, old, nil)
}

// All yields every row in the order of ids. A row that cannot be read is
// yielded as an error with its id in the Row, and ends the loop.
func (t *Table[ID, T]) All(tx Tx) iter.Seq2[Row[ID, T], error] {
	return t.rowsAfter(tx, "")
}

func (t *Table[ID, T]) rowsAfter(tx Tx, after ID) iter.Seq2[Row[ID, T], error] {
	prefix := t.prefix(spaceRows)
	from := prefix
	if after != "" {
		from = append(t.rowKey(after), 0)
	}
	return func(yield func(Row[ID, T], error) bool) {
		for kv, err := range tx.Scan(from, PrefixEnd(prefix), false) {
			if err != nil {
				yield(Row[ID, T]{}, fmt.Errorf("%s: %w", t.name, err))
				return
			}
			row := Row[ID, T]{ID: ID(bytes.TrimPrefix(kv.Key, prefix))}
			row.Value, err = t.decode(row.ID, kv.Value)
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// First returns the first row of a sequence, and whether there was one.
func First[ID ~string, T any](rows iter.Seq2[Row[ID, T], error]) (Row[ID, T], bool, error) {
	for row, err := range rows {
		return row, err == nil, err
	}
	return Row[ID, T]{}, false, nil
}

// A table is the keys that start with its name and a zero byte. The byte after
// that parts its rows from its index entries and from what Prepare remembers.
const (
	spaceState = 0x01
	spaceRows  = 0x02
	spaceIndex = 0x03
)

func (t *Table[ID, T]) prefix(space byte) []byte {
	return append([]byte(t.name), 0, space)
}

func (t *Table[ID, T]) rowKey(id ID) []byte {
	return append(t.prefix(spaceRows), id...)
}
