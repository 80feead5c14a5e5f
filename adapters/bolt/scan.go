package bolt

import (
	"bytes"

	bolt "go.etcd.io/bbolt"

	"cohortbot/bot/store"
)

// walk is a place in one of the two sources of a scan; ok is false past the end.
type walk struct {
	key, value []byte
	deleted    bool
	ok         bool
	next       func()
}

// step yields what comes next of the two: the key that is first in the direction
// of the scan, and the write rather than the file where both have it.
func (t *tx) step(file, over *walk, backward bool, yield func(store.KV, error) bool) bool {
	order := 1
	switch {
	case !over.ok:
		order = -1
	case file.ok:
		order = bytes.Compare(file.key, over.key)
		if backward {
			order = -order
		}
	}
	at := over
	if order < 0 {
		at = file
	}
	kv, deleted := store.KV{}, at.deleted
	if !deleted {
		kv = store.KV{Key: bytes.Clone(at.key), Value: append([]byte{}, at.value...)}
	}
	if order <= 0 && file.ok {
		file.next()
	}
	if order >= 0 && over.ok {
		over.next()
	}
	return deleted || yield(kv, nil)
}

func newFileWalk(base *bolt.Bucket, from, to []byte, backward bool) *walk {
	w, cursor := &walk{}, base.Cursor()
	set := func(key, value []byte) {
		w.key, w.value = key, value
		w.ok = key != nil && within(key, from, to)
	}
	switch {
	case !backward:
		w.next = func() { set(cursor.Next()) }
		set(cursor.Seek(from)) // an empty from is the first key
	case to == nil:
		w.next = func() { set(cursor.Prev()) }
		set(cursor.Last())
	default:
		w.next = func() { set(cursor.Prev()) }
		if key, _ := cursor.Seek(to); key == nil {
			set(cursor.Last())
		} else {
			w.next()
		}
	}
	return w
}

func newOverWalk(over *writes, from, to []byte, backward bool) *walk {
	w := &walk{next: func() {}}
	if over == nil || over.Len() == 0 {
		return w
	}
	snapshot := over.Copy()
	at := snapshot.Iter()
	set := func(ok bool) {
		w.ok = ok && within([]byte(at.Key()), from, to)
		if w.ok {
			w.key, w.value, w.deleted = []byte(at.Key()), at.Value().value, at.Value().deleted
		}
	}
	switch {
	case !backward:
		w.next = func() { set(at.Next()) }
		set(at.Seek(string(from)))
	case to == nil:
		w.next = func() { set(at.Prev()) }
		set(at.Last())
	default:
		w.next = func() { set(at.Prev()) }
		if at.Seek(string(to)) {
			w.next()
		} else {
			set(at.Last())
		}
	}
	return w
}

func within(key, from, to []byte) bool {
	return bytes.Compare(key, from) >= 0 && (to == nil || bytes.Compare(key, to) < 0)
}
