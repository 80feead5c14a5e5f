package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"time"
)

// Each part of a key starts with its kind, so that parts of different kinds
// never meet in the middle, and ends where only that part can end, so that the
// key of some parts is a prefix of exactly the keys that begin with them.
const (
	kindBool   = 0x01
	kindString = 0x02
	kindInt    = 0x03
	kindTime   = 0x04
)

// Key encodes parts so that the order of the bytes is the order of the parts,
// compared one after another: strings and bytes bytewise, integers by value,
// times by instant (to the nanosecond, whatever their zone), false before true.
// Types based on string, bool and the integers are welcome. Any other type, and
// an unsigned integer over MaxInt64, is a programming error and panics.
func Key(parts ...any) []byte {
	key := make([]byte, 0, 24*len(parts))
	for _, part := range parts {
		key = appendPart(key, part)
	}
	return key
}

func appendPart(key []byte, part any) []byte {
	switch p := part.(type) {
	case string:
		return appendString(key, p)
	case []byte:
		return appendString(key, string(p))
	case time.Time:
		key = appendInt(append(key, kindTime), p.Unix())
		return binary.BigEndian.AppendUint32(key, uint32(p.Nanosecond()))
	}
	v := reflect.ValueOf(part)
	switch {
	case v.Kind() == reflect.String:
		return appendString(key, v.String())
	case v.Kind() == reflect.Bool && v.Bool():
		return append(key, kindBool, 1)
	case v.Kind() == reflect.Bool:
		return append(key, kindBool, 0)
	case v.CanInt():
		return appendInt(append(key, kindInt), v.Int())
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return appendInt(append(key, kindInt), int64(v.Uint()))
	}
	panic(fmt.Sprintf("store.Key: a part of type %T; want a string, bytes, a time, an integer or a bool", part))
}

// appendString writes a zero byte as 00 FF and the end as 00 01: "a" sorts
// before "a\x00", and neither is a prefix of the other.
func appendString(key []byte, s string) []byte {
	key = append(key, kindString)
	for i := range len(s) {
		key = append(key, s[i])
		if s[i] == 0 {
			key = append(key, 0xFF)
		}
	}
	return append(key, 0, 1)
}

// appendInt flips the sign bit, so that negative numbers sort first.
func appendInt(key []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(key, uint64(n)^(1<<63))
}

// PrefixEnd returns the first key after all those that start with prefix, to be
// the end of a Scan or a Range. It is nil, meaning no end, where there is none.
func PrefixEnd(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xFF {
			end := append([]byte(nil), prefix[:i+1]...)
			end[i]++
			return end
		}
	}
	return nil
}
