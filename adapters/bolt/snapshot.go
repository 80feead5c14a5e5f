package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"

	"cohortbot/bot/store"
)

// snapshotBatch is how many bytes one transaction of a snapshot writes, at most
// about.
const snapshotBatch = 4 << 20

// Snapshot writes what is committed now into a new store file at path, durably:
// rows alone, so that nothing which was deleted is in it. Writers go on meanwhile;
// the file of this store cannot reuse space that is freed while it lasts. When it
// fails, or ctx ends, nothing is left at path. Errors: those of the file system
// with the path, store.ErrFull, store.ErrClosed.
func (s *Store) Snapshot(ctx context.Context, path string) (err error) {
	from, err := s.beginView()
	if err != nil {
		return s.explain(err)
	}
	defer func() { _ = from.Rollback() }() // it only read
	made, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return explainFile(path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if err := made.Close(); err != nil {
		return explainFile(path, err)
	}
	into, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: lockWait, NoSync: true, NoFreelistSync: true, FreelistType: bolt.FreelistMapType, NoStatistics: true,
	})
	if err != nil {
		return explainFile(path, err)
	}
	for _, name := range [][]byte{fileBucket, rowsBucket} {
		if err = copyBucket(ctx, into, from, name); err != nil {
			break
		}
	}
	if err == nil {
		err = into.Sync()
	}
	if err = errors.Join(err, into.Close()); err != nil && ctx.Err() == nil {
		err = explainFile(path, err)
	}
	return err
}

// copyBucket copies a bucket that holds no others, in several transactions.
func copyBucket(ctx context.Context, into *bolt.DB, from *bolt.Tx, name []byte) error {
	cursor := from.Bucket(name).Cursor()
	key, value := cursor.First()
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := into.Update(func(tx *bolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			b.FillPercent = fill
			for size := 0; key != nil && size < snapshotBatch; key, value = cursor.Next() {
				if err := b.Put(key, value); err != nil {
					return err
				}
				size += len(key) + len(value)
			}
			done = key == nil
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Check is bbolt's own check of the whole file, beside the one that [Open] makes:
// that every page is in use once or free, and every key in its place. It returns
// the faults joined, each with its page, or nil.
func (s *Store) Check(ctx context.Context) error {
	btx, err := s.beginView()
	if err != nil {
		return s.explain(err)
	}
	defer func() { _ = btx.Rollback() }() // it only read
	var faults []error
	more := 0
	for fault := range btx.Check() { // to its end, or the goroutine behind it would wait for ever
		if len(faults) < 20 {
			faults = append(faults, fmt.Errorf("%w: %v", store.ErrCorrupt, fault))
		} else {
			more++
		}
	}
	if more > 0 {
		faults = append(faults, fmt.Errorf("and %d more", more))
	}
	return errors.Join(append(faults, ctx.Err())...)
}
