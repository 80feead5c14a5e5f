package schedules

import (
	"strings"
	"time"
)

// Wall is a date and a time of day as the calendar and the clock on a wall show
// them, in whatever zone the wall stands. Records keep a Wall and a [Zone]; the
// instant is computed. The zero Wall is none, and its text is empty.
type Wall struct {
	Date Date
	Time TimeOfDay
}

// WallOf is what the wall shows at t in t's own location; seconds are dropped.
func WallOf(t time.Time) Wall {
	return Wall{DateOf(t), TimeOfDay{t.Hour(), t.Minute()}}
}

// ParseWall reads "2027-02-01T09:00", the form that MarshalText writes.
func ParseWall(s string) (Wall, error) {
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil || t.Year() == 0 {
		return Wall{}, &Unclear{Typed: s, Kind: "a date and time", Problem: "it should be an ISO date, a T and a time", Example: `"2027-02-01T09:00"`}
	}
	return WallOf(t), nil
}

// utc is the wall read as if it stood in UTC, for arithmetic.
func (w Wall) utc() time.Time {
	return time.Date(w.Date.Year, w.Date.Month, w.Date.Day, w.Time.Hour, w.Time.Minute, 0, 0, time.UTC)
}

// widest is more than any zone has ever been ahead of UTC.
const widest = 16 * time.Hour

// In is the instant at which a wall in z shows w: the first one when the clocks
// went back and it shows it twice, the first instant after the jump when the
// clocks went forward over it (or, as in Samoa in 2011, over the whole day).
// The result is in z's location.
func (w Wall) In(z Zone) time.Time {
	t, _ := w.in(z)
	return t
}

// fold says what daylight saving does to a time on the wall.
type fold int

const (
	plain   fold = iota // happens once
	skipped             // the clocks jump over it
	twice               // the clocks go back over it
)

// in walks the zone's periods of constant offset in order, from well before the
// wall time, so that the first period that shows it is the first occurrence, and
// a period that begins beyond it means that it was jumped over. time.Date does
// not promise which side of a jump it takes.
func (w Wall) in(z Zone) (time.Time, fold) {
	loc, u := z.Location(), w.utc()
	t := u.Add(-widest).In(loc)
	for {
		start, end := bounds(t)
		_, offset := t.Zone()
		at := u.Add(-time.Duration(offset) * time.Second)
		if !end.IsZero() && !at.Before(end) {
			t = end
			continue
		}
		if !start.IsZero() && at.Before(start) {
			return start, skipped
		}
		if !end.IsZero() {
			_, later := end.Zone()
			again := u.Add(-time.Duration(later) * time.Second)
			if later != offset && !again.Before(end) {
				return at.In(loc), twice
			}
		}
		return at.In(loc), plain
	}
}

// bounds is t.ZoneBounds with its end always after t. Where a zone's rule is
// extended beyond its table (from 2038, or from 2008 in the slim tables of some
// systems), Go counts every year as 365 days, so that on the last day of a leap
// year the end is behind t. No clocks change at that time of year.
func bounds(t time.Time) (start, end time.Time) {
	start, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		end = t.Add(time.Hour)
	}
	return start, end
}

// Compare is -1 when w is before v on the wall, 0 when the same, 1 when after.
func (w Wall) Compare(v Wall) int {
	if c := w.Date.Compare(v.Date); c != 0 {
		return c
	}
	return w.Time.Compare(v.Time)
}

// Before says whether w is before v on the wall.
func (w Wall) Before(v Wall) bool { return w.Compare(v) < 0 }

// AddDays is the same time of day n days later, or earlier when n is negative.
func (w Wall) AddDays(n int) Wall { return Wall{w.Date.AddDays(n), w.Time} }

// IsZero says whether w is no time at all.
func (w Wall) IsZero() bool { return w == Wall{} }

// String is "2027-02-01T09:00".
func (w Wall) String() string {
	if w.IsZero() {
		return ""
	}
	return w.Date.String() + "T" + w.Time.String()
}

// MarshalText gives "2027-02-01T09:00"; the zero Wall is empty text.
func (w Wall) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText wrote; a space may stand for the T.
func (w *Wall) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*w = Wall{}
		return nil
	}
	v, err := ParseWall(strings.Replace(string(text), " ", "T", 1))
	if err != nil {
		return err
	}
	*w = v
	return nil
}
