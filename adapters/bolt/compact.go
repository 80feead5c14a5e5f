package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// compacting is what the name of a copy ends with that is not the store yet.
const compacting = ".compact"

// copyPage is how many bytes of a copy are written in one go.
const copyPage = 16 << 20

// Compact rewrites the file whole, so that no byte of what was deleted is left in
// it: bbolt keeps the pages that it frees as they were. It may be called at any
// time while the store is in use. Deeds wait until it is done, about a second for
// each 100 MB; Views go on, and those under way keep the old file alive until they
// end, which Compact waits for.
//
// The copy is made beside the file, put on the disk whole, and only then takes the
// file's name: a crash at any moment leaves one or the other. Where it fails, the
// store goes on with the file that it had. On Windows, where an open file cannot be
// replaced, and for a store that is only read, it does nothing.
func (s *Store) Compact(ctx context.Context) error {
	if runtime.GOOS == "windows" || s.options.ReadOnly {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	done := make(chan error, 1)
	var old *bolt.DB
	if !s.queue.pushWork(func() {
		var err error
		old, err = s.rewrite(ctx)
		done <- err
	}) {
		return s.explain(berrors.ErrDatabaseNotOpen)
	}
	err := <-done
	if old != nil { // it waits for the Views that began before
		if closing := old.Close(); closing != nil {
			err = errors.Join(err, fmt.Errorf("closing what %s was before: %w", s.path, closing))
		}
	}
	return err
}

// rewrite makes a copy take the file's place, and gives what was there before. Only
// the committer calls it: nothing is written meanwhile.
func (s *Store) rewrite(ctx context.Context) (old *bolt.DB, err error) {
	if s.broken != nil || ctx.Err() != nil {
		return nil, errors.Join(s.broken, ctx.Err())
	}
	path := s.path + compacting
	if err := removeLeftOver(s.path); err != nil {
		return nil, s.explain(err)
	}
	fresh, err := s.copyTo(path)
	if err != nil {
		return nil, s.explain(errors.Join(err, os.Remove(path)))
	}
	// The lock is on what has the name, not on the name: it is ours all along.
	if err := os.Rename(path, s.path); err != nil {
		return nil, s.explain(errors.Join(err, fresh.Close(), os.Remove(path)))
	}
	s.turn.Lock()
	old, s.db = s.db, fresh
	s.turn.Unlock()
	// Without it a power cut may bring back the old name, and with it what was
	// written since would be gone: nothing more is written then.
	if err := syncFolder(filepath.Dir(s.path)); err != nil {
		return old, s.breakDown(err)
	}
	return old, nil
}

// copyTo writes all records into a new file, and leaves it open, whole on the disk.
func (s *Store) copyTo(path string) (fresh *bolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil { // bbolt's word for a damaged page
			err = damage("%v", p)
		}
		if err != nil && fresh != nil {
			err = errors.Join(err, fresh.Close())
		}
	}()
	if fresh, err = openBolt(path, Options{NoSync: true}); err != nil {
		return nil, err
	}
	if err := bolt.Compact(fresh, s.db, copyPage); err != nil {
		return fresh, err
	}
	if fresh.NoSync = s.options.NoSync; !fresh.NoSync {
		if err := fresh.Sync(); err != nil {
			return fresh, err
		}
	}
	return fresh, verify(path)
}

// removeLeftOver takes away the copy that a crash left beside a file. Whoever calls
// it holds the file's lock.
func removeLeftOver(path string) error {
	if err := os.Remove(path + compacting); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
