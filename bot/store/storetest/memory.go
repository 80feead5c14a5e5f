// Package storetest is the conformance suite of store.Store, which every adapter
// runs, and an in-memory store for the tests of whatever is built on one.
//
// Start with [Run] to test an adapter, and with [New] to test a feature.
package storetest

import (
	"bytes"
	"context"
	"iter"
	"sync"
	"testing"

	"github.com/tidwall/btree"

	"cohortbot/bot/store"
)

// New returns an empty store in memory, prepared for tables. It runs every
// Update twice, as a shared commit or a serialisable retry may, so a deed that
// changes anything but its Tx shows itself.
func New(t testing.TB, tables ...store.Prepared) store.Store {
	t.Helper()
	s := Twice(Memory())
	if err := store.Prepare(context.Background(), s, tables...); err != nil {
		t.Fatalf("preparing the store: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test may have closed it already
	return s
}

// Memory returns an empty store that keeps nothing beyond its own life.
func Memory() store.Store { return &memory{rows: &rows{}} }

type rows = btree.Map[string, []byte]

// memory replaces its rows with a changed copy at each Update; copies share what
// they have in common, so a View keeps its own for nothing.
type memory struct {
	writer sync.Mutex // held for a whole Update

	mu     sync.Mutex
	rows   *rows
	closed bool
}

func (m *memory) copy() (*rows, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, store.ErrClosed
	}
	return m.rows.Copy(), nil
}

func (m *memory) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	snapshot, err := m.copy()
	if err != nil {
		return err
	}
	t := &memoryTx{rows: snapshot, readOnly: true}
	defer func() { t.ended = true }()
	return fn(t)
}

func (m *memory) Update(ctx context.Context, fn func(store.Tx) error) error {
	m.writer.Lock()
	defer m.writer.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	changed, err := m.copy()
	if err != nil {
		return err
	}
	t := &memoryTx{rows: changed}
	defer func() { t.ended = true }()
	if err := fn(t); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = changed
	return nil
}

func (m *memory) Close() error {
	m.writer.Lock()
	defer m.writer.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return store.ErrClosed
	}
	m.closed = true
	return nil
}

type memoryTx struct {
	rows            *rows
	readOnly, ended bool
}

func (t *memoryTx) Get(key []byte) ([]byte, error) {
	if t.ended {
		return nil, store.ErrEnded
	}
	value, ok := t.rows.Get(string(key))
	if !ok {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(value), nil
}

func (t *memoryTx) Put(key, value []byte) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	if err := store.CheckPut(key, value); err != nil {
		return err
	}
	t.rows.Set(string(key), append([]byte{}, value...))
	return nil
}

func (t *memoryTx) Delete(key []byte) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	t.rows.Delete(string(key))
	return nil
}

func (t *memoryTx) mayWrite() error {
	switch {
	case t.ended:
		return store.ErrEnded
	case t.readOnly:
		return store.ErrReadOnly
	}
	return nil
}

func (t *memoryTx) Scan(from, to []byte, backward bool) iter.Seq2[store.KV, error] {
	return func(yield func(store.KV, error) bool) {
		snapshot := t.rows
		if !t.ended {
			snapshot = t.rows.Copy()
		}
		at := snapshot.Iter()
		var ok bool
		switch {
		case !backward:
			ok = at.Seek(string(from))
		case to != nil && at.Seek(string(to)):
			ok = at.Prev()
		default:
			ok = at.Last()
		}
		for ; ok || t.ended; ok = move(&at, backward) {
			if t.ended {
				yield(store.KV{}, store.ErrEnded)
				return
			}
			key := []byte(at.Key())
			if bytes.Compare(key, from) < 0 || to != nil && bytes.Compare(key, to) >= 0 {
				return
			}
			if !yield(store.KV{Key: key, Value: append([]byte{}, at.Value()...)}, nil) {
				return
			}
		}
	}
}

func move(at *btree.MapIter[string, []byte], backward bool) bool {
	if backward {
		return at.Prev()
	}
	return at.Next()
}
