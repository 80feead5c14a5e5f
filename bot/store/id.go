package store

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// made counts the ids of this process. It starts at random, in the lower half
// of its 42 bits, so that it never runs over.
var made = func() *atomic.Uint64 {
	var n atomic.Uint64
	n.Store(random64() & (1<<41 - 1))
	return &n
}()

// NewID makes a UUIDv7 whose time part is now, to the millisecond, so that ids
// sort by when things happened in the world of the clock that gave now. Ids made
// one after another by this process for the same millisecond also sort in that
// order. An id is unique, not secret: never let knowing one be the permission.
// Times before 1970 count as 1970. It is safe for concurrent use.
func NewID(now time.Time) string {
	ms := uint64(max(now.UnixMilli(), 0))
	count := made.Add(1)

	// The layout of RFC 9562: 48 bits of milliseconds, the version, 12 bits,
	// the variant, 62 bits. The 42 bits after the time count, 32 are random.
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], ms<<16|0x7000|count>>30&0xFFF)
	binary.BigEndian.PutUint64(id[8:], 1<<63|(count&(1<<30-1))<<32|random64()&0xFFFFFFFF)
	return id.String()
}

func random64() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return binary.BigEndian.Uint64(b[:])
}
