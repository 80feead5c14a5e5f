package schedules

import (
	"strings"
	"time"
)

// When is a date, and perhaps a time, as somebody wrote it.
type When struct {
	Wall    Wall
	Zone    Zone // the writer's, or the one they named
	HasTime bool // false when only a date was given; the time is then midnight
}

// Instant is the moment meant; see [Wall.In] for what daylight saving does.
func (w When) Instant() time.Time { return w.Wall.In(w.Zone) }

// Words says the understood time back; only the day when no time was given.
func (w When) Words(now time.Time) string {
	if !w.HasTime {
		return dayWords(w.Wall.Date, DateOf(now.In(w.Zone.Location())))
	}
	return Words(w.Instant(), w.Zone, now)
}

// Note is a sentence to show when the clocks change over the time that was
// written, and "" otherwise.
func (w When) Note() string {
	t, fold := w.Wall.in(w.Zone)
	clock := w.Wall.Time.Clock()
	switch {
	case !w.HasTime:
		return ""
	case fold == skipped:
		return "The clocks go forward over " + clock + " that day, so this is " + WallOf(t).Time.Clock() + "."
	case fold == twice:
		return "The clocks go back that day and " + clock + " comes twice; this is the first."
	}
	return ""
}

// ParseWhen reads a date and a time as people write them, in z and seen from
// now: "tomorrow 9", "thu 9am", "Thu 5 Nov 9am", "5 November 2027 at 6.30pm",
// "2027-02-01 18:30", "next monday 10am", "in 2 days at 9", "in 3 hours", "noon
// tomorrow", "9am Sydney". What people leave out is settled so:
//
//   - A time without am or pm from 1 to 6 is the afternoon, unless it is written
//     with a leading zero ("03:00") or the day says otherwise ("tomorrow morning
//     at 6"); 7 to 11 is the morning, 12 is noon.
//   - A weekday is the first one that is not over, today included; "next" with a
//     weekday is the one in the week after this, weeks beginning on Monday.
//   - A date without a year is the next such date; a time without a date is the
//     next such time.
//   - A time that is past in so many words ("today 9", "2020-01-01 9am") stays as
//     written: the caller decides.
//   - "5/11", "midnight", and a weekday that contradicts its date are errors.
//
// The error is an [*Unclear], with an example that works.
func ParseWhen(text string, now time.Time, z Zone) (When, error) {
	return whenReading{now: now, zone: z}.understand(text, Unclear{Typed: text, Kind: "a time", Example: `"thu 9am" or "5 Nov 18:30"`})
}

// ParsePast reads a day on which something was: as [ParseWhen] does, but a date without
// a year, and a weekday, are the last such day, today included. A day that is to come
// in so many words ("tomorrow", "5 Nov 2031") stays as written: the caller decides.
func ParsePast(text string, now time.Time, z Zone) (Date, error) {
	unclear := Unclear{Typed: text, Kind: "a day", Example: `"yesterday", "last friday" or "5 Nov"`}
	w, err := whenReading{now: now, zone: z, past: true}.understand(text, unclear)
	if err == nil && w.HasTime {
		unclear.Problem = "a day is enough, without a time"
		err = &unclear
	}
	return w.Wall.Date, err
}

func (r whenReading) understand(text string, u Unclear) (When, error) {
	unclear := func(problem string) error {
		u.Problem = problem
		return &u
	}
	if len(text) > maxTyped {
		return When{}, unclear("it is too long")
	}
	if problem := r.read(strings.Fields(plainly(text))); problem != "" {
		return When{}, unclear(problem)
	}
	w, problem := r.settle()
	if problem != "" {
		return When{}, unclear(problem)
	}
	return w, nil
}
