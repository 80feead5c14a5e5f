package schedules

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day in the calendar, without a zone. The zero Date is no date, and
// its text is empty.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads an ISO date such as "2027-02-01" and nothing else: what
// people type goes through [ParseWhen].
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() == 0 {
		return Date{}, &Unclear{Typed: s, Kind: "a date", Problem: "it should be year, month and day", Example: `"2027-02-01"`}
	}
	return DateOf(t), nil
}

// DateOf is the date at t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// midnight is the date as an instant in UTC, for arithmetic.
func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// valid says whether such a day exists.
func (d Date) valid() bool {
	return d.Month >= time.January && d.Month <= time.December && d.Day >= 1 && DateOf(d.midnight()) == d
}

// AddDays is the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Compare is -1 when d is before e, 0 when it is the same day, 1 when after.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before says whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After says whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// IsZero says whether d is no date at all.
func (d Date) IsZero() bool { return d == Date{} }

// DaysUntil counts the days from d to e; it is negative when e is earlier.
func (d Date) DaysUntil(e Date) int {
	return int((e.midnight().Unix() - d.midnight().Unix()) / (24 * 60 * 60))
}

// String is the ISO form, "2027-02-01".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Long is the date in words, "Thursday 5 November 2026".
func (d Date) Long() string {
	return fmt.Sprintf("%s %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

// Short is the date in few letters and without the year, "Thu 5 Nov".
func (d Date) Short() string {
	return fmt.Sprintf("%.3s %d %.3s", d.Weekday(), d.Day, d.Month)
}

// MarshalText gives the ISO form; no date is empty text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
