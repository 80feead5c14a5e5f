package bolt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"cohortbot/bot/store"
)

// One goroutine, commitAll, owns the file's only write transaction. It takes a
// deed from the queue, lets the goroutine that brought it run its function, takes
// the next, and when nobody waits any more commits them all with one fsync. While
// that lasts the next ones gather. There is no timer: a lone deed is committed at
// once, and a crowd shares.

// Bounds of one shared commit. Past a thousand rows sharing gains nothing more
// and those who wait would feel it. A single larger deed is still one commit.
const (
	maxRows  = 1000
	maxDeeds = 1000
)

// fill lets pages that split stay nine tenths full: most keys grow with time.
const fill = 0.9

// deed is one Update. Whoever called it waits for calls; the committer sends one
// to run its function, waits on ran, and sends a last one with the result.
type deed struct {
	taken atomic.Bool // by the committer to run it, or by its caller to withdraw it
	calls chan call
	ran   chan outcome
}

type call struct {
	run  *tx // run the function on this; nil: the deed is over
	fail error
}

type outcome struct {
	kept bool // the function returned nil
	gone bool // it panicked or ended its goroutine: nobody waits any more
}

func newDeed() *deed {
	// Room for one in each, so that the committer never waits to be heard.
	return &deed{calls: make(chan call, 1), ran: make(chan outcome, 1)}
}

// await stays with the deed until it is over. The function's own error counts
// only once its commit has succeeded: until then what it saw may never be.
func (d *deed) await(ctx context.Context, fn func(store.Tx) error) error {
	var next call
	select {
	case next = <-d.calls:
	case <-ctx.Done():
		if d.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		next = <-d.calls
	}
	var err error
	for ; next.run != nil; next = <-d.calls {
		err = d.run(next.run, fn)
	}
	if next.fail != nil {
		return next.fail
	}
	return err
}

func (d *deed) run(t *tx, fn func(store.Tx) error) (err error) {
	out := outcome{gone: true}
	defer func() { // runs for a panic and for runtime.Goexit too
		t.ended.Store(true)
		d.ran <- out
	}()
	err = fn(t)
	out = outcome{kept: err == nil}
	return err
}

// commitAll serves the queue until it is closed and empty.
func (s *Store) commitAll() {
	defer close(s.stopped)
	for {
		for _, work := range s.queue.takeWork() {
			work()
		}
		first, open := s.queue.next()
		switch {
		case first != nil:
			s.commit(first, s.queue.next)
		case !open:
			return
		default:
			<-s.queue.arrived
		}
	}
}

// commit runs first, and whatever more there is, in one transaction, and tells
// each its result.
func (s *Store) commit(first *deed, more func() (*deed, bool)) {
	if s.broken != nil {
		first.calls <- call{fail: s.broken}
		return
	}
	btx, err := s.db.Begin(true)
	if err != nil {
		first.calls <- call{fail: s.explain(err)}
		return
	}
	base := btx.Bucket(rowsBucket)
	base.FillPercent = fill

	shared, waiting := &writes{}, []*deed(nil)
	for d, n := first, 1; d != nil; n++ {
		own := shared.Copy()
		d.calls <- call{run: &tx{base: base, over: own}}
		out := <-d.ran
		if out.kept {
			shared = own
		}
		if !out.gone {
			waiting = append(waiting, d)
		}
		if shared.Len() >= maxRows || n >= maxDeeds {
			break
		}
		d, _ = more()
	}

	err = s.write(btx, base, shared)
	if err != nil && len(waiting) > 1 && s.broken == nil {
		// Perhaps one of them asked for more than the disk has. Each is tried
		// again by itself, so that it fails alone.
		for _, d := range waiting {
			s.commit(d, func() (*deed, bool) { return nil, true })
		}
		return
	}
	for _, d := range waiting {
		d.calls <- call{fail: err}
	}
}

// write puts the changes into the file, durably, and ends the transaction.
func (s *Store) write(btx *bolt.Tx, base *bolt.Bucket, changes *writes) (err error) {
	id := btx.ID()
	defer func() {
		if p := recover(); p != nil { // bbolt's word for a damaged page
			err = s.breakDown(fmt.Errorf("%w: %v", store.ErrCorrupt, p))
		}
		undo(btx)
	}()
	if changes.Len() == 0 {
		return nil
	}
	changes.Scan(func(key string, w write) bool {
		if w.deleted {
			err = base.Delete([]byte(key))
		} else {
			err = base.Put([]byte(key), w.value)
		}
		return err == nil
	})
	if err != nil {
		return s.explain(err)
	}
	if err := btx.Commit(); err != nil {
		return s.afterFailure(id, err)
	}
	return nil
}

// undo frees the transaction's lock, if its commit has not: Close waits for it.
func undo(btx *bolt.Tx) {
	defer func() { _ = recover() }() // after a panic its state may be anything
	_ = btx.Rollback()
}

// afterFailure decides whether the store may go on. A commit that failed before
// its last page never happened. If that page was written and only its fsync
// failed, nobody can say whether it will survive, and going on would build on it.
func (s *Store) afterFailure(id int, cause error) error {
	btx, err := s.db.Begin(false)
	if err != nil {
		return s.breakDown(errors.Join(cause, err))
	}
	now := btx.ID()
	_ = btx.Rollback()
	if now >= id || !isFull(cause) {
		return s.breakDown(cause)
	}
	return s.explain(cause)
}

// breakDown stops all further writing.
func (s *Store) breakDown(cause error) error {
	s.broken = fmt.Errorf("%s: a write failed and it is uncertain what reached the disk, so nothing more is written; check the disk, then start again: %w", s.path, cause)
	return s.broken
}

// queue holds the deeds that wait for the committer.
type queue struct {
	mu      sync.Mutex
	waiting []*deed
	work    []func() // to be done by the committer, between two commits
	closed  bool
	arrived chan struct{} // holds one token when there may be something to do
}

func (q *queue) push(d *deed) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, d)
	q.wake()
	return true
}

// pushWork has the committer do something between two commits; false where it has
// stopped. What is pushed before the end is done.
func (q *queue) pushWork(do func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.work = append(q.work, do)
	q.wake()
	return true
}

func (q *queue) takeWork() []func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	work := q.work
	q.work = nil
	return work
}

func (q *queue) wake() {
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

// close refuses deeds from now on; false if it already did.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.closed = true
	q.wake()
	return true
}

// next takes the deed that has waited longest and was not withdrawn, nil if
// there is none, and tells whether more may come.
func (q *queue) next() (*deed, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) > 0 {
		d := q.waiting[0]
		q.waiting[0] = nil
		q.waiting = q.waiting[1:]
		if d.taken.CompareAndSwap(false, true) {
			return d, true
		}
	}
	return nil, !q.closed || len(q.work) > 0
}
