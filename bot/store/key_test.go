package store_test

import (
	"bytes"
	"cmp"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/store"
)

type word string

func drawTime(t *rapid.T, label string) time.Time {
	at := time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, label+" seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, label+" nanoseconds"))
	return at.In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, label+" zone")*3600))
}

func sign(n int) int { return cmp.Compare(n, 0) }

func TestKeyKeepsTheOrderOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type parts struct {
			s string
			n int64
			u uint16
			t time.Time
			b bool
		}
		draw := func(label string) parts {
			return parts{
				rapid.StringOfN(rapid.RuneFrom([]rune{0, 1, 'a', 'b', 'ā', 0x10FFFF}), 0, 3, -1).Draw(t, label),
				rapid.Int64().Draw(t, label), rapid.Uint16().Draw(t, label), drawTime(t, label), rapid.Bool().Draw(t, label),
			}
		}
		a, b := draw("a"), draw("b")
		for i := rapid.IntRange(0, 5).Draw(t, "parts in common"); i > 0; i-- {
			switch i {
			case 1:
				b.s = a.s
			case 2:
				b.n = a.n
			case 3:
				b.u = a.u
			case 4:
				b.t = a.t.UTC()
			case 5:
				b.b = a.b
			}
		}
		boolean := func(b bool) int { return len(strings.Repeat("x", map[bool]int{true: 1}[b])) }
		want := cmp.Or(strings.Compare(a.s, b.s), cmp.Compare(a.n, b.n), cmp.Compare(a.u, b.u), a.t.Compare(b.t), cmp.Compare(boolean(a.b), boolean(b.b)))
		got := bytes.Compare(store.Key(a.s, a.n, a.u, a.t, a.b), store.Key(word(b.s), b.n, b.u, b.t, b.b))
		if sign(got) != sign(want) {
			t.Fatalf("%+v and %+v compare as %d, their keys as %d", a, b, want, got)
		}
	})
}

func TestKeyIsAPrefixOnlyOfKeysThatBeginWithItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune{0, 1, 'a', 0x7F}), 0, 3, -1)
		a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
		if a != b && bytes.HasPrefix(store.Key(b, c), store.Key(a)) {
			t.Fatalf("Key(%q) is a prefix of Key(%q, %q)", a, b, c)
		}
		if !bytes.HasPrefix(store.Key(a, c), store.Key(a)) {
			t.Fatalf("Key(%q) is no prefix of Key(%q, %q)", a, a, c)
		}
		// What starts with the prefix, and nothing else, is below its end.
		prefix, end := store.Key(a), store.PrefixEnd(store.Key(a))
		key := store.Key(b, c)
		inside := bytes.Compare(key, prefix) >= 0 && bytes.Compare(key, end) < 0
		if inside != bytes.HasPrefix(key, prefix) {
			t.Fatalf("[Key(%q), its end) holds Key(%q, %q): %t", a, b, c, inside)
		}
	})
}

func TestPrefixEnd(t *testing.T) {
	for _, c := range []struct{ prefix, end []byte }{
		{[]byte("a"), []byte("b")},
		{[]byte("a\xff"), []byte("b")},
		{[]byte("\xff\xff"), nil},
		{nil, nil},
	} {
		if got := store.PrefixEnd(c.prefix); !bytes.Equal(got, c.end) || (got == nil) != (c.end == nil) {
			t.Errorf("PrefixEnd(%q) = %q, want %q", c.prefix, got, c.end)
		}
	}
}

func TestKeyOfTimesBeyondNanoseconds(t *testing.T) {
	times := []time.Time{{}, time.Unix(math.MinInt32, 0), time.Unix(0, 0), time.Unix(0, 1), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i := range times[1:] {
		if bytes.Compare(store.Key(times[i]), store.Key(times[i+1])) >= 0 {
			t.Errorf("the key of %v is not before that of %v", times[i], times[i+1])
		}
	}
}

func TestKeyPanicsOnWhatHasNoOrder(t *testing.T) {
	for _, part := range []any{nil, 1.5, uint64(math.MaxUint64), struct{}{}, []string{"a"}, new(int)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Key(%v) did not panic", part)
				}
			}()
			store.Key(part)
		}()
	}
}
