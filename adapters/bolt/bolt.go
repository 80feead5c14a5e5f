// Package bolt keeps the store in one bbolt file: store.Store on
// go.etcd.io/bbolt.
//
// Start with [Open] and [Store.Update]. Writers who arrive together share one
// commit and so one fsync (commit.go); until then each deed's writes live in
// memory, laid over the file (tx.go), so that a deed that fails leaves nothing
// behind for its neighbours. What stands between a damaged, foreign or busy file
// and the rest of the program is in file.go and verify.go.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"cohortbot/bot/store"
)

var _ store.Store = (*Store)(nil)

// Options are what may differ between a store that people rely on and one for
// trying out.
type Options struct {
	// NoSync leaves out every fsync: for rehearsals, whose file is thrown away.
	// A power cut then damages the file.
	NoSync bool
	// ReadOnly opens a file that is there to be looked at, and changes nothing.
	// Every Update fails.
	ReadOnly bool
	// Log hears what an operator should know, such as a file whose mode had to
	// be tightened; nil is silent. Nothing stored ever reaches it.
	Log *slog.Logger
}

// Store is one open file. It holds the file's lock until Close.
type Store struct {
	// db changes hands when the file is rewritten, which only the committer does:
	// everybody else holds turn while they begin.
	turn    sync.RWMutex
	db      *bolt.DB
	path    string
	options Options
	queue   queue
	stopped chan struct{}

	broken error // set and read by the committer alone; every later deed gets it
}

// Open opens the store at path, creating the file with mode 0600 if there is
// none. Errors: ErrLocked, store.ErrNewer, store.ErrCorrupt, store.ErrFull, and
// those of the file system, each with the path and a remedy; the file is then
// as it was.
func Open(path string, o Options) (*Store, error) {
	db, err := openFile(path, o)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, path: path, options: o, stopped: make(chan struct{})}
	s.queue.arrived = make(chan struct{}, 1)
	go s.commitAll()
	return s, nil
}

// View implements store.Store. Writers are not held up by it, but the file
// cannot reuse space that was freed since it began.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	btx, err := s.beginView()
	if err != nil {
		return s.explain(err)
	}
	t := &tx{ctx: ctx, base: btx.Bucket(rowsBucket)}
	defer func() {
		t.ended.Store(true)
		_ = btx.Rollback() // fails only where it was closed before, which nothing does
	}()
	return fn(t)
}

func (s *Store) beginView() (*bolt.Tx, error) {
	s.turn.RLock()
	defer s.turn.RUnlock()
	return s.db.Begin(false)
}

// Update implements store.Store. fn runs in the caller's goroutine, so a panic
// in it is the caller's own.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d := newDeed()
	if !s.queue.push(d) {
		return s.explain(berrors.ErrDatabaseNotOpen)
	}
	return d.await(ctx, fn)
}

// Close implements store.Store. It waits for Views too: do not call it inside
// one.
func (s *Store) Close() error {
	if !s.queue.close() {
		return s.explain(berrors.ErrDatabaseNotOpen)
	}
	<-s.stopped
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", s.path, err)
	}
	return nil
}

// explain puts an error of bbolt or the system into the store's terms.
func (s *Store) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return fmt.Errorf("%s: %w", s.path, store.ErrClosed)
	case isFull(err):
		return fmt.Errorf("%s: %w: make room on it; this change was not kept, all earlier ones are safe (%v)", s.path, store.ErrFull, err)
	}
	return fmt.Errorf("%s: %w", s.path, err)
}
