package bolt

import (
	"bytes"
	"context"
	"iter"
	"sync/atomic"

	"github.com/tidwall/btree"
	bolt "go.etcd.io/bbolt"

	"cohortbot/bot/store"
)

// writes are changes that are not in the file yet, by key. Copying them costs
// the same whatever their number, and the copies then go their own ways: that is
// how a deed is undone and how a scan keeps to what was there when it began.
type writes = btree.Map[string, write]

type write struct {
	value   []byte
	deleted bool
}

// tx is a View of the file, or a deed's view of it with the writes of its
// neighbours and its own laid over. The file itself never changes while a tx
// lives, so cursors stay valid whatever the deed writes.
type tx struct {
	ctx   context.Context // ends a View's scans; nil for a deed, which runs to its end once begun
	base  *bolt.Bucket
	over  *writes // nil for a View
	ended atomic.Bool
}

func (t *tx) Get(key []byte) ([]byte, error) {
	if t.ended.Load() {
		return nil, store.ErrEnded
	}
	if t.over != nil {
		if w, ok := t.over.Get(string(key)); ok {
			if w.deleted {
				return nil, store.ErrNotFound
			}
			return bytes.Clone(w.value), nil
		}
	}
	value := t.base.Get(key)
	if value == nil {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(value), nil
}

func (t *tx) Put(key, value []byte) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	if err := store.CheckPut(key, value); err != nil {
		return err
	}
	t.over.Set(string(key), write{value: append([]byte{}, value...)})
	return nil
}

func (t *tx) Delete(key []byte) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	t.over.Set(string(key), write{deleted: true})
	return nil
}

func (t *tx) mayWrite() error {
	if t.ended.Load() {
		return store.ErrEnded
	}
	if t.over == nil {
		return store.ErrReadOnly
	}
	return nil
}

func (t *tx) Scan(from, to []byte, backward bool) iter.Seq2[store.KV, error] {
	return func(yield func(store.KV, error) bool) {
		if t.ended.Load() {
			yield(store.KV{}, store.ErrEnded)
			return
		}
		file, over := newFileWalk(t.base, from, to, backward), newOverWalk(t.over, from, to, backward)
		for n := 1; file.ok || over.ok; n++ {
			if !t.step(file, over, backward, yield) {
				return
			}
			// The caller's turn may have ended the tx, or its ctx.
			if t.ended.Load() {
				yield(store.KV{}, store.ErrEnded)
				return
			}
			if n%256 == 0 && t.ctx != nil && t.ctx.Err() != nil {
				yield(store.KV{}, t.ctx.Err())
				return
			}
		}
	}
}
