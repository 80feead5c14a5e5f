package schedules

import (
	"strconv"
	"strings"
	"time"
)

// Words says when t is for somebody in z: "Thursday 5 November, 9:00 am", or
// "today", "tomorrow" or "yesterday" for the date, with the year only when it is
// not this one. [ParseWhen] reads it back.
func Words(t time.Time, z Zone, now time.Time) string {
	w := WallOf(t.In(z.Location()))
	return dayWords(w.Date, DateOf(now.In(z.Location()))) + ", " + w.Time.Clock()
}

func dayWords(d, today Date) string {
	switch today.DaysUntil(d) {
	case -1:
		return "yesterday"
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	if d.Year != today.Year {
		return d.Long()
	}
	return strings.TrimSuffix(d.Long(), " "+strconv.Itoa(d.Year))
}

// In says how far away t is, roughly: "in two days", "in an hour",
// "20 minutes ago", "now".
func In(t, now time.Time) string {
	d := t.Sub(now)
	words := amount(d.Abs())
	switch {
	case words == "":
		return "now"
	case d < 0:
		return words + " ago"
	}
	return "in " + words
}

const day = 24 * time.Hour

// amount rounds to the unit that people would choose; "" is less than half a
// minute.
func amount(d time.Duration) string {
	for _, u := range []struct {
		below, unit time.Duration
		one, many   string
	}{
		{time.Minute / 2, 0, "", ""},
		{55 * time.Minute, time.Minute, "a minute", "minutes"},
		{22 * time.Hour, time.Hour, "an hour", "hours"},
		{14 * day, day, "a day", "days"},
		{60 * day, 7 * day, "a week", "weeks"},
		{700 * day, 30*day + 10*time.Hour, "a month", "months"},
		{1<<63 - 1, 365*day + 6*time.Hour, "a year", "years"},
	} {
		if d >= u.below {
			continue
		}
		if u.unit == 0 {
			return ""
		}
		n := max(1, int((d+u.unit/2)/u.unit))
		if n == 1 {
			return u.one
		}
		if n < len(numbers) {
			return numbers[n] + " " + u.many
		}
		return strconv.Itoa(n) + " " + u.many
	}
	return "centuries"
}

var numbers = [...]string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
