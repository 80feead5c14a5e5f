package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// pageRows bounds what one deed of Prepare reads or writes, so that a start
// with a large new index neither fills memory nor holds up other deeds.
const pageRows = 500

// Prepared is a table as Prepare and Verify see it; *Table is one.
type Prepared interface {
	Name() string
	prepare(ctx context.Context, s Store) error
	verify(ctx context.Context, tx Tx) (rows int, faults []Fault, err error)
}

// Prepare makes a store ready for tables: called at start, before anything reads
// them, with every table. Indexes that are new are filled, those no longer
// declared are cleared, and where a table's version rose all of its rows are
// rewritten, so that nothing is left of what an Upgrade takes out, and all of its
// indexes are built anew. It works in pages and goes on where it was interrupted; with
// nothing to do it writes nothing. Errors: ErrNewer where a newer version of the
// program has prepared the table, ErrCorrupt, and the store's own.
func Prepare(ctx context.Context, s Store, tables ...Prepared) error {
	seen := map[string]bool{}
	for _, table := range tables {
		if seen[table.Name()] {
			return fmt.Errorf("two tables are named %q", table.Name())
		}
		seen[table.Name()] = true
		if err := table.prepare(ctx, s); err != nil {
			return fmt.Errorf("preparing %s: %w", table.Name(), err)
		}
	}
	return nil
}

// The state of a table is kept beside it: the version it was last prepared for,
// and for each index how far it is.
const (
	stateVersion = 'v'
	stateIndex   = 'i'
	stateRows    = 'r' // there while rows are being upgraded: the last id that was done

	indexReady    = "ready"    // complete: may be read
	indexClearing = "clearing" // old entries are being removed
	indexFilling  = "filling " // followed by the last id that was done
)

func (t *Table[ID, T]) stateKey(of byte, index string) []byte {
	return append(append(t.prefix(spaceState), of), index...)
}

func (t *Table[ID, T]) mustBeReady(tx Tx, index string) error {
	state, err := tx.Get(t.stateKey(stateIndex, index))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%s by %q: %w", t.name, index, err)
	}
	if string(state) != indexReady {
		return fmt.Errorf("%s by %q: %w", t.name, index, ErrNotPrepared)
	}
	return nil
}

func (t *Table[ID, T]) prepare(ctx context.Context, s Store) error {
	for from := 1; from < t.version; from++ {
		if t.upgrades[from] == nil {
			return fmt.Errorf("no Upgrade from version %d is declared", from)
		}
	}
	var unfinished []string
	outdated := false
	plan := func(tx Tx) (err error) {
		if unfinished, err = t.plan(tx); err == nil {
			_, outdated, err = t.upgrading(tx)
		}
		return err
	}
	err := s.View(ctx, plan)
	if errors.Is(err, ErrReadOnly) {
		err = s.Update(ctx, plan)
	}
	if err != nil {
		return err
	}
	for outdated {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.Update(ctx, func(tx Tx) (err error) { outdated, err = t.upgradePage(tx); return err }); err != nil {
			return err
		}
	}
	for _, index := range unfinished {
		for done := false; !done; {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.Update(ctx, func(tx Tx) (err error) { done, err = t.step(tx, index); return err }); err != nil {
				return fmt.Errorf("index %q: %w", index, err)
			}
		}
	}
	return nil
}

// plan brings the kept state in line with the declaration and returns the
// indexes that need work. Where nothing is to be changed it only reads.
func (t *Table[ID, T]) plan(tx Tx) (unfinished []string, err error) {
	version, err := t.keptVersion(tx)
	if err != nil {
		return nil, err
	}
	if version > t.version {
		return nil, fmt.Errorf("%w: the table has version %d, this program knows up to %d", ErrNewer, version, t.version)
	}
	kept := map[string]string{}
	prefix := t.stateKey(stateIndex, "")
	for kv, err := range tx.Scan(prefix, PrefixEnd(prefix), false) {
		if err != nil {
			return nil, err
		}
		kept[string(bytes.TrimPrefix(kv.Key, prefix))] = string(kv.Value)
	}
	for _, index := range t.indexes {
		if kept[index.Name] == "" {
			kept[index.Name] = "" // not yet begun
		}
	}
	for index, state := range kept {
		if state == indexReady && version == t.version && t.declares(index) {
			continue
		}
		unfinished = append(unfinished, index)
		// A fill that was interrupted goes on, unless its entries are those of
		// an older version or no longer wanted.
		if version == t.version && t.declares(index) && state != "" || state == indexClearing {
			continue
		}
		if err := tx.Put(t.stateKey(stateIndex, index), []byte(indexClearing)); err != nil {
			return nil, err
		}
	}
	slices.Sort(unfinished)
	if version == t.version {
		return unfinished, nil
	}
	if version > 0 {
		if err := tx.Put(t.stateKey(stateRows, ""), nil); err != nil {
			return nil, err
		}
	}
	return unfinished, tx.Put(t.stateKey(stateVersion, ""), []byte(strconv.Itoa(t.version)))
}

// upgrading tells whether rows of an older version are still to be rewritten, and
// gives the last id that was done.
func (t *Table[ID, T]) upgrading(tx Tx) (after ID, open bool, err error) {
	last, err := tx.Get(t.stateKey(stateRows, ""))
	if errors.Is(err, ErrNotFound) {
		return "", false, nil
	}
	return ID(last), err == nil, err
}

// upgradePage rewrites a page of rows as they are read by now. Their index entries
// are those of the upgraded values already, or are built anew.
func (t *Table[ID, T]) upgradePage(tx Tx) (more bool, err error) {
	after, open, err := t.upgrading(tx)
	if err != nil || !open {
		return false, err
	}
	n := 0
	for row, err := range t.rowsAfter(tx, after) {
		if err != nil {
			return false, err
		}
		record, err := t.encode(row.ID, row.Value)
		if err != nil {
			return false, err
		}
		if err := tx.Put(t.rowKey(row.ID), record); err != nil {
			return false, t.fail(row.ID, err)
		}
		if n++; n == pageRows {
			return true, tx.Put(t.stateKey(stateRows, ""), []byte(row.ID))
		}
	}
	return false, tx.Delete(t.stateKey(stateRows, ""))
}

func (t *Table[ID, T]) keptVersion(tx Tx) (int, error) {
	value, err := tx.Get(t.stateKey(stateVersion, ""))
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	version, err := strconv.Atoi(string(value))
	if err != nil {
		return 0, fmt.Errorf("%w: the table's version is not a number", ErrCorrupt)
	}
	return version, nil
}

func (t *Table[ID, T]) declares(index string) bool {
	return slices.ContainsFunc(t.indexes, func(i Index[T]) bool { return i.Name == index })
}

// step does one page of work on an index. It reads the state again, so that two
// processes preparing at once only repeat each other.
func (t *Table[ID, T]) step(tx Tx, index string) (done bool, err error) {
	key := t.stateKey(stateIndex, index)
	state, err := tx.Get(key)
	if errors.Is(err, ErrNotFound) || string(state) == indexReady {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if string(state) == indexClearing {
		cleared, err := t.clearPage(tx, index)
		switch {
		case err != nil || !cleared:
			return false, err
		case !t.declares(index):
			return true, tx.Delete(key)
		}
		return false, tx.Put(key, []byte(indexFilling))
	}
	after, filling := bytes.CutPrefix(state, []byte(indexFilling))
	if !filling {
		return false, fmt.Errorf("%w: the state of the index cannot be read", ErrCorrupt)
	}
	last, err := t.fillPage(tx, index, ID(after))
	if err != nil {
		return false, err
	}
	if last == "" {
		return true, tx.Put(key, []byte(indexReady))
	}
	return false, tx.Put(key, append([]byte(indexFilling), last...))
}

func (t *Table[ID, T]) clearPage(tx Tx, index string) (cleared bool, err error) {
	prefix, n := t.indexPrefix(index), 0
	for kv, err := range tx.Scan(prefix, PrefixEnd(prefix), false) {
		if err != nil {
			return false, err
		}
		if err := tx.Delete(kv.Key); err != nil {
			return false, err
		}
		if n++; n == pageRows {
			return false, nil
		}
	}
	return true, nil
}

// fillPage adds the entries of the rows that follow after, and returns the last
// id done, or "" when it reached the end.
func (t *Table[ID, T]) fillPage(tx Tx, name string, after ID) (last ID, err error) {
	index := t.indexes[slices.IndexFunc(t.indexes, func(i Index[T]) bool { return i.Name == name })]
	n := 0
	for row, err := range t.rowsAfter(tx, after) {
		if err != nil {
			return "", err
		}
		entries := t.indexEntries(index, row.ID, row.Value)
		for _, entry := range entries {
			if err := tx.Put(entry, []byte(row.ID)); err != nil {
				return "", t.fail(row.ID, err)
			}
		}
		if n += 1 + len(entries); n >= pageRows {
			return row.ID, nil
		}
	}
	return "", nil
}
