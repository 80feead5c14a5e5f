package schedules

import (
	"time"

	"github.com/robfig/cron/v3"
)

// Rule is a rhythm on the wall, such as "mondays 09:00" or a cron expression. It
// has no zone of its own: the cohort's zone says which wall. The zero Rule never
// happens; [ParseRule] makes the others.
type Rule struct{ c *compiled }

// compiled is a parsed rule; it never changes, so rules share it.
type compiled struct {
	text  string
	words string
	specs []*cron.SpecSchedule // any of which may be next

	// What cron cannot say, and applies to every spec.
	nth   []int // of which such weekdays in the month; -1 is the last
	every int   // weeks; 0 and 1 are every week
	from  Date  // the week to count from
}

// horizon is how far ahead, in days, a rule is searched for its next time.
const horizon = 5 * 366

// IsZero says whether there is no rule.
func (r Rule) IsZero() bool { return r.c == nil }

// String is the rule as it was written.
func (r Rule) String() string {
	if r.c == nil {
		return ""
	}
	return r.c.text
}

// Words says the rule, "Mondays at 9:00 am"; a cron expression that has no plain
// words is given as it was written.
func (r Rule) Words() string {
	if r.c == nil {
		return ""
	}
	return r.c.words
}

// Equal says whether two rules were written the same.
func (r Rule) Equal(other Rule) bool { return r.String() == other.String() }

// MarshalText gives the rule as it was written.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what [ParseRule] reads; empty text is no rule.
func (r *Rule) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Rule{}
		return nil
	}
	v, err := ParseRule(string(text))
	if err != nil {
		return err
	}
	*r = v
	return nil
}

// NextWall is the first time of the rule strictly after the given one, passing
// over the dates in skip; false when there is none within about five years.
func (r Rule) NextWall(after Wall, skip Calendar) (Wall, bool) {
	if r.c == nil {
		return Wall{}, false
	}
	t := after.utc()
	last := after.Date.AddDays(horizon)
	if !r.c.from.IsZero() && after.Date.Before(r.c.from) {
		t = r.c.from.midnight().Add(-time.Second)
	}
	for {
		next, ok := r.c.next(t)
		if !ok {
			return Wall{}, false
		}
		w := WallOf(next)
		if w.Date.After(last) {
			return Wall{}, false
		}
		if span, off := skip.On(w.Date); off {
			t = span.To.AddDays(1).midnight().Add(-time.Second)
			continue
		}
		if !r.c.keeps(w.Date) {
			t = w.Date.AddDays(1).midnight().Add(-time.Second)
			continue
		}
		return w, true
	}
}

// next asks cron, on the wall: every time is in UTC here, where no hour is
// missing and none comes twice.
func (c *compiled) next(t time.Time) (time.Time, bool) {
	var first time.Time
	for _, spec := range c.specs {
		if n := spec.Next(t); !n.IsZero() && (first.IsZero() || n.Before(first)) {
			first = n
		}
	}
	return first, !first.IsZero()
}

// keeps applies what cron cannot say.
func (c *compiled) keeps(d Date) bool {
	if c.every > 1 {
		days := monday(c.from).DaysUntil(monday(d))
		if d.Before(c.from) || days/7%c.every != 0 {
			return false
		}
	}
	if len(c.nth) == 0 {
		return true
	}
	for _, n := range c.nth {
		if n == -1 && d.AddDays(7).Month != d.Month || n == (d.Day+6)/7 {
			return true
		}
	}
	return false
}

// monday is the first day of d's week.
func monday(d Date) Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// Next is the first instant of the rule strictly after the given one in z,
// passing over the dates in skip; false when there is none within about five
// years. What daylight saving does is decided by [Wall.In]: nothing is skipped,
// and nothing happens twice.
func (r Rule) Next(after time.Time, z Zone, skip Calendar) (time.Time, bool) {
	w := WallOf(after.In(z.Location()))
	last := w.Date.AddDays(horizon)
	for {
		var ok bool
		// A time on the wall that is not behind this one can still have been
		// before: when the clocks have gone back, its first occurrence was.
		if w, ok = r.NextWall(w, skip); !ok || w.Date.After(last) {
			return time.Time{}, false
		}
		if t := w.In(z); t.After(after) {
			return t, true
		}
	}
}

// OnDate is the times of day at which the rule happens on d, in order.
func (r Rule) OnDate(d Date) []TimeOfDay {
	var times []TimeOfDay
	if r.c == nil || !r.c.keeps(d) {
		return nil
	}
	t, end := d.midnight().Add(-time.Second), d.AddDays(1).midnight()
	for {
		next, ok := r.c.next(t)
		if !ok || !next.Before(end) {
			return times
		}
		times = append(times, WallOf(next).Time)
		t = next
	}
}
