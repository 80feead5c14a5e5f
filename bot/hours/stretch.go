package hours

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/schedules"
)

// This file reads stretches of days, such as "last month": what lies back is
// remembered by the month, and seldom by the day.

const (
	// mostADay is how many minutes of each day of a stretch can be work, all days taken
	// together: nobody is at it day and night.
	mostADay = 16 * 60
	// longestBack is how many days back a stretch can begin.
	longestBack = 3660
)

// ReadWhen reads a day, or a stretch of days: "last month", "in October", "over the
// last 3 weeks", "from 3 March to 20 April", "since May". For one day both are the
// same. A stretch that goes on ends today. False for all else.
func ReadWhen(text string, now time.Time, z schedules.Zone) (from, to schedules.Date, ok bool) {
	if on, ok := ReadDay(text, now, z); ok {
		return on, on, true
	}
	from, to, _, ok = stretch(strings.Fields(strings.ToLower(text)), now, z)
	return from, to, ok
}

// stretchIn finds a stretch of days in a text, and the words that name it. Where
// nothing leads to it ("over", "from"), it begins or ends the text: "planning the last
// week of the hui" says what, not when.
func stretchIn(words []string, now time.Time, z schedules.Zone) (from, to schedules.Date, first, end int, ok bool) {
	for size := min(12, len(words)); size > 0; size-- {
		for first := len(words) - size; first >= 0; first-- {
			end := first + size
			if first > 0 && strings.ContainsAny(words[first-1], "0123456789") {
				continue // the rest of a day: "6 February 2031"
			}
			phrase := strings.Fields(strings.ToLower(trimmed(strings.Join(words[first:end], " "))))
			from, to, led, ok := stretch(phrase, now, z)
			if ok && (led || first == 0 || end == len(words)) {
				return from, to, first, end, true
			}
		}
	}
	return from, to, 0, 0, false
}

var leads = []string{"over", "in", "during", "throughout", "through", "across", "within"}

// stretch reads words that are a stretch of days and nothing else; led tells whether
// they say so themselves.
func stretch(words []string, now time.Time, z schedules.Zone) (from, to schedules.Date, led, ok bool) {
	today := schedules.DateOf(now.In(z.Location()))
	if len(words) == 0 {
		return from, to, false, false
	}
	between := []string{"to", "until", "till", "–", "-"}
	switch words[0] {
	case "since":
		from, _, ok = edge(words[1:], now, z)
		return from, today, true, ok
	case "between":
		between = []string{"and"}
	}
	if i := slices.IndexFunc(words, func(w string) bool { return slices.Contains(between, w) }); i > 0 {
		begin := words[:i]
		if begin[0] == "from" || begin[0] == "between" {
			begin = begin[1:]
		}
		var begins, ends bool
		from, _, begins = edge(begin, now, z)
		_, to, ends = edge(words[i+1:], now, z)
		if begins && ends && to.Before(from) { // "November to February": the November before
			from = schedules.Date{Year: from.Year - 1, Month: from.Month, Day: from.Day}
		}
		return from, to, true, begins && ends
	}
	if slices.Contains(leads, words[0]) {
		led, words = true, words[1:]
	}
	if len(words) > 0 && words[0] == "all" {
		words = words[1:]
	}
	if len(words) > 0 && words[0] == "of" {
		words = words[1:]
	}
	from, to, ok = period(words, today)
	if !ok && (led || len(words) == 2) { // a month by itself could be a name: "May"
		from, to, ok = month(words, today)
	}
	return from, to, led, ok
}

// edge reads where a stretch begins or ends: a day, or a month, of which it is the
// first or the last day.
func edge(words []string, now time.Time, z schedules.Zone) (first, last schedules.Date, ok bool) {
	today := schedules.DateOf(now.In(z.Location()))
	switch strings.Join(words, " ") {
	case "now", "today":
		return today, today, true
	}
	if on, ok := ReadDay(strings.Join(words, " "), now, z); ok {
		return on, on, true
	}
	if first, last, ok := month(words, today); ok {
		return first, last, true
	}
	return period(words, today)
}

// period reads a stretch that is counted from today.
func period(words []string, today schedules.Date) (from, to schedules.Date, ok bool) {
	if len(words) > 0 && words[0] == "the" {
		words = words[1:]
	}
	n := 1
	if len(words) == 3 {
		var err error
		if n, err = strconv.Atoi(inDigits(words[1])); err != nil {
			n = slices.Index(numbers, words[1])
			if words[1] == "few" || words[1] == "couple" {
				n = 0
			}
		}
		if n < 1 || n > longestBack || words[0] != "last" && words[0] != "past" {
			return from, to, false
		}
		words = []string{"past", strings.TrimSuffix(words[2], "s")}
	}
	if len(words) != 2 {
		return from, to, false
	}
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
	ago := func(years, months, days int) schedules.Date {
		return schedules.DateOf(time.Date(today.Year-years, today.Month-time.Month(months), today.Day-days+1, 12, 0, 0, 0, time.UTC))
	}
	first := schedules.Date{Year: today.Year, Month: today.Month, Day: 1}
	switch words[0] + " " + words[1] {
	case "past day":
		return ago(0, 0, n), today, true
	case "past week":
		return ago(0, 0, 7*n), today, true
	case "past fortnight":
		return ago(0, 0, 14*n), today, true
	case "past month":
		return ago(0, n, 0), today, true
	case "past year":
		return ago(min(n, 10), 0, 0), today, true
	case "this week":
		return monday, today, true
	case "last week":
		return monday.AddDays(-7), monday.AddDays(-1), true
	case "last fortnight":
		return ago(0, 0, 14), today, true
	case "last weekend", "past weekend":
		return monday.AddDays(-2), monday.AddDays(-1), true
	case "this month":
		return first, today, true
	case "last month":
		end := first.AddDays(-1)
		return schedules.Date{Year: end.Year, Month: end.Month, Day: 1}, end, true
	case "this year":
		return schedules.Date{Year: today.Year, Month: time.January, Day: 1}, today, true
	case "last year":
		return schedules.Date{Year: today.Year - 1, Month: time.January, Day: 1}, schedules.Date{Year: today.Year - 1, Month: time.December, Day: 31}, true
	}
	return from, to, false
}

// month reads a month by its name: the last one that has begun, or of a year. The one
// that is not over ends today.
func month(words []string, today schedules.Date) (first, last schedules.Date, ok bool) {
	if len(words) == 2 && words[0] == "last" {
		words = words[1:]
	}
	if len(words) < 1 || len(words) > 2 {
		return first, last, false
	}
	m := time.Month(0)
	for x := time.January; x <= time.December; x++ {
		if name := strings.ToLower(x.String()); words[0] == name || words[0] == name[:3] {
			m = x
		}
	}
	if m == 0 {
		return first, last, false
	}
	first = schedules.Date{Year: today.Year, Month: m, Day: 1}
	if len(words) == 2 {
		year, err := strconv.Atoi(words[1])
		if err != nil || year < 1900 || year > 9999 {
			return first, last, false
		}
		first.Year = year
	} else if first.After(today) {
		first.Year--
	}
	last = schedules.DateOf(time.Date(first.Year, m+1, 0, 12, 0, 0, 0, time.UTC))
	if last.After(today) && !first.After(today) {
		last = today
	}
	return first, last, true
}

// fits refuses what is still ahead, and more hours than there are. when and long are the
// questions that asked for the days and for how long.
func (e Entry) fits(today schedules.Date, when, long string) error {
	switch days := e.Days(); {
	case e.On.After(today):
		return deeds.RefuseField(when, "I read %s, and that is still ahead. Write down what is done, such as “2h planning the hui yesterday”.", e.On.Long())
	case e.From.After(e.On) || e.First().DaysUntil(today) > longestBack:
		return deeds.RefuseField(when, "I couldn't read that as a time that has been. Try “last month”, “in October” or “from 3 March to 20 April”.")
	case days == 1 && e.Minutes > 24*60:
		return deeds.RefuseField(long, "A day has 24 hours. If it was over a longer time, say which: “30h everything last month” or “50h from 3 March to 20 April”.")
	case days > 1 && e.Minutes > days*mostADay:
		return deeds.RefuseField(long, "%s in %d days is more than 16 hours a day. Is it fewer hours, or a longer time, such as “from 3 March to 20 April”?", Length(e.Minutes), days)
	}
	return nil
}

// First gives the first day of an entry, which is its only one where it has one.
func (e Entry) First() schedules.Date {
	if e.From.IsZero() {
		return e.On
	}
	return e.From
}

// Days counts the days of an entry.
func (e Entry) Days() int { return e.First().DaysUntil(e.On) + 1 }

// over keeps the days of an entry.
func (e *Entry) over(from, to schedules.Date) {
	e.From, e.On = schedules.Date{}, to
	if from != to {
		e.From = from
	}
}

// Took says how long an entry took. Over several days nobody knows it to the minute,
// and it says so.
func (e Entry) Took() string {
	if e.Days() > 1 {
		return "about " + Length(e.Minutes)
	}
	return Length(e.Minutes)
}

// span says the days of an entry over several, and their year where it is not this one.
func (e Entry) span(today schedules.Date) string {
	say := func(d schedules.Date) string { return strconv.Itoa(d.Day) + " " + d.Month.String() }
	from, to := say(e.First()), say(e.On)
	if e.First().Year != e.On.Year {
		from += " " + strconv.Itoa(e.First().Year)
	}
	if e.First().Year != e.On.Year || e.On.Year != today.Year {
		to += " " + strconv.Itoa(e.On.Year)
	}
	return "from " + from + " to " + to
}

// typed gives the days of an entry as [ReadWhen] reads them.
func (e Entry) typed() string {
	if e.Days() > 1 {
		return e.First().String() + " to " + e.On.String()
	}
	return e.On.String()
}
