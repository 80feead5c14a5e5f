package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// The limits every adapter keeps, in bytes.
const (
	MaxKey   = 512
	MaxValue = 256 << 10
)

// The kinds of failure a caller may want to tell apart. They come wrapped with
// the table and id, or the file, they are about: compare with errors.Is.
var (
	// ErrNotFound: there is nothing under this key or id.
	ErrNotFound = errors.New("not found")
	// ErrReadOnly: a View tried to write.
	ErrReadOnly = errors.New("a view cannot write; use Update")
	// ErrTooLarge: a key over MaxKey or a value over MaxValue.
	ErrTooLarge = errors.New("too large to store")
	// ErrEmptyKey: a key or an id of no bytes.
	ErrEmptyKey = errors.New("the key is empty")
	// ErrNewer: a record, table or file was written by a newer version of the
	// program. Nothing was changed; run that version or a later one.
	ErrNewer = errors.New("written by a newer version of this program")
	// ErrCorrupt: what is stored cannot be what was written.
	ErrCorrupt = errors.New("the stored data is damaged")
	// ErrNotPrepared: an index is read before Prepare has completed it.
	ErrNotPrepared = errors.New("the index is not complete; run store.Prepare first")
	// ErrFull: the disk or the quota is full. The deed did not happen, and
	// what was acknowledged before is safe.
	ErrFull = errors.New("the disk is full")
	// ErrClosed: the store has been closed.
	ErrClosed = errors.New("the store is closed")
	// ErrEnded: a Tx, or a scan begun with it, was used after its function
	// returned.
	ErrEnded = errors.New("the transaction has ended")
)

// KV is one key and its value. Both belong to whoever receives them.
type KV struct{ Key, Value []byte }

// Store keeps the product's records. It is safe for concurrent use.
type Store interface {
	// View runs fn on a snapshot: what is committed when it begins, whatever
	// is written meanwhile. Never hold one across a send or a wait.
	View(ctx context.Context, fn func(Tx) error) error

	// Update runs fn as one deed: all of its writes happen, or none. They are
	// durable when it returns nil. An fn that fails or panics changes nothing.
	//
	// fn may run more than once and must therefore change nothing but the Tx;
	// it must not call Update itself. Deeds follow one another as though each
	// ran alone. A ctx that ends while the deed waits its turn cancels it; once
	// begun, its result is waited for.
	Update(ctx context.Context, fn func(Tx) error) error

	// Close waits for the deeds under way, then frees the store. Later calls
	// return ErrClosed.
	Close() error
}

// Tx is a deed's view of the ordered key space. It belongs to the one goroutine
// that runs the function, and ends with it. Byte slices given to it are copied;
// those it returns are the caller's.
type Tx interface {
	// Get returns the value under key, or ErrNotFound.
	Get(key []byte) ([]byte, error)

	// Put sets the value under key. Errors: ErrReadOnly, ErrEmptyKey,
	// ErrTooLarge.
	Put(key, value []byte) error

	// Delete removes key; removing what is not there is no error. Errors:
	// ErrReadOnly.
	Delete(key []byte) error

	// Scan walks the keys of [from, to) in order, or in reverse. A nil from
	// begins at the first key, a nil to ends after the last. It sees the deed's
	// own writes made before the loop began and none made after, so a loop may
	// write and may hold other scans. An error is the last thing yielded.
	Scan(from, to []byte, backward bool) iter.Seq2[KV, error]
}

// CheckPut returns ErrEmptyKey or ErrTooLarge where a key or value breaks the
// limits, so that every adapter refuses the same with the same words.
func CheckPut(key, value []byte) error {
	switch {
	case len(key) == 0:
		return ErrEmptyKey
	case len(key) > MaxKey:
		return fmt.Errorf("%w: a key of %d bytes, at most %d", ErrTooLarge, len(key), MaxKey)
	case len(value) > MaxValue:
		return fmt.Errorf("%w: a value of %d bytes, at most %d", ErrTooLarge, len(value), MaxValue)
	}
	return nil
}
