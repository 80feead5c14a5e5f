package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Fault is something in a store that is not as a table writes it.
type Fault struct {
	Table string
	ID    string // of the record; empty where it is about none
	Err   error  // ErrCorrupt or ErrNewer, and what is wrong, never what stands there
}

// Error says where it is and what is wrong.
func (f Fault) Error() string {
	if f.ID == "" {
		return fmt.Sprintf("table %s: %v", f.Table, f.Err)
	}
	return fmt.Sprintf("table %s, record %q: %v", f.Table, f.ID, f.Err)
}

// Unwrap gives the cause.
func (f Fault) Unwrap() error { return f.Err }

// Verify goes over everything in a store: that every record can be read, that every
// entry of an index leads to a record which has it, that no record misses one of its
// entries, and that nothing belongs to no table. An index that is still being filled
// is left out. It gives the number of records, and all faults.
func Verify(ctx context.Context, tx Tx, tables ...Prepared) (records int, faults []Fault, err error) {
	known := map[string]bool{}
	for _, t := range tables {
		known[t.Name()] = true
		n, found, err := t.verify(ctx, tx)
		if err != nil {
			return records, faults, fmt.Errorf("%s: %w", t.Name(), err)
		}
		records, faults = records+n, append(faults, found...)
	}
	names, err := tableNames(tx)
	for _, name := range names {
		if !known[name] {
			faults = append(faults, Fault{Table: name, Err: fmt.Errorf("%w: this program has no such table", ErrNewer)})
		}
	}
	return records, faults, err
}

// Versions gives the version of each table that a store was prepared for.
func Versions(tx Tx) (map[string]int, error) {
	names, err := tableNames(tx)
	if err != nil {
		return nil, err
	}
	versions := map[string]int{}
	for _, name := range names {
		version, err := (&Table[string, struct{}]{name: name}).keptVersion(tx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		versions[name] = version
	}
	return versions, nil
}

// tableNames gives the names of all tables that have anything in a store.
func tableNames(tx Tx) ([]string, error) {
	var names []string
	for from := []byte(nil); ; {
		var first []byte
		for kv, err := range tx.Scan(from, nil, false) {
			if err != nil {
				return nil, err
			}
			first = kv.Key
			break
		}
		if first == nil {
			return names, nil
		}
		name, _, _ := bytes.Cut(first, []byte{0})
		names = append(names, string(name))
		from = append(bytes.Clone(name), 1) // after all keys of the table
	}
}

// verify gives the number of rows of a table, and what is wrong with it.
func (t *Table[ID, T]) verify(ctx context.Context, tx Tx) (rows int, faults []Fault, err error) {
	fault := func(id ID, cause error) {
		faults = append(faults, Fault{Table: t.name, ID: string(id), Err: cause})
	}
	version, err := t.keptVersion(tx)
	switch {
	case errors.Is(err, ErrCorrupt):
		fault("", err)
		return 0, faults, nil
	case err != nil:
		return 0, nil, err
	case version > t.version:
		fault("", fmt.Errorf("%w: it has version %d, this program knows up to %d", ErrNewer, version, t.version))
		return 0, faults, nil
	}
	var ready []Index[T]
	for _, index := range t.indexes {
		err := t.mustBeReady(tx, index.Name)
		if err == nil && version == t.version {
			ready = append(ready, index)
		} else if err != nil && !errors.Is(err, ErrNotPrepared) {
			return 0, nil, err
		}
	}
	prefix := t.prefix(spaceRows)
	unread := map[ID]bool{}
	for kv, err := range tx.Scan(prefix, PrefixEnd(prefix), false) {
		if err != nil {
			return rows, faults, err
		}
		if rows++; rows%pageRows == 0 && ctx.Err() != nil {
			return rows, faults, ctx.Err()
		}
		id := ID(bytes.TrimPrefix(kv.Key, prefix))
		value, err := t.decode(id, kv.Value)
		if err != nil {
			unread[id] = true
			fault(id, errors.Unwrap(err)) // without its name, which the fault has
			continue
		}
		for _, index := range ready {
			for _, entry := range t.indexEntries(index, id, value) {
				kept, err := tx.Get(entry)
				if err == nil && string(kept) == string(id) {
					continue
				}
				if err != nil && !errors.Is(err, ErrNotFound) {
					return rows, faults, err
				}
				fault(id, fmt.Errorf("%w: the index %q does not lead to it", ErrCorrupt, index.Name))
			}
		}
	}
	for _, index := range ready {
		found, err := t.verifyIndex(ctx, tx, index, unread)
		if err != nil {
			return rows, faults, err
		}
		faults = append(faults, found...)
	}
	return rows, faults, nil
}

// verifyIndex gives the entries that lead to no record, or to one that has them not.
func (t *Table[ID, T]) verifyIndex(ctx context.Context, tx Tx, index Index[T], unread map[ID]bool) (faults []Fault, err error) {
	prefix, n := t.indexPrefix(index.Name), 0
	for kv, err := range tx.Scan(prefix, PrefixEnd(prefix), false) {
		if err != nil {
			return faults, err
		}
		if n++; n%pageRows == 0 && ctx.Err() != nil {
			return faults, ctx.Err()
		}
		id := ID(kv.Value)
		if unread[id] {
			continue // told already
		}
		value, err := t.Get(tx, id)
		has := err == nil && slices.ContainsFunc(t.indexEntries(index, id, value), func(e []byte) bool { return bytes.Equal(e, kv.Key) })
		switch {
		case has:
		case errors.Is(err, ErrNotFound):
			faults = append(faults, Fault{t.name, string(id), fmt.Errorf("%w: it is gone, and the index %q still leads to it", ErrCorrupt, index.Name)})
		case err != nil:
			return faults, err
		default:
			faults = append(faults, Fault{t.name, string(id), fmt.Errorf("%w: the index %q leads to it by an outdated key", ErrCorrupt, index.Name)})
		}
	}
	return faults, nil
}
