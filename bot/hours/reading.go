package hours

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/schedules"
)

// Read reads work as people write it down: "2h planning the hui yesterday", "90
// min", "three hours on Sunday". A day of the week is the last one, and no day is
// today; both are seen from now, in z. What lies back is read over a stretch of days
// as well: "about 30h everything last month". The error is a refusal of deeds that says
// what works.
func Read(text string, now time.Time, z schedules.Zone) (Entry, error) {
	words := strings.Fields(text)
	if len(words) > maxWords {
		return Entry{}, deeds.RefuseField(field, "That is too long for me to read. Write how long, what, and when, such as “2h planning the hui yesterday”.")
	}
	today := schedules.DateOf(now.In(z.Location()))
	e := Entry{On: today}
	if spans := lengths(words); len(spans) == 1 {
		rest := cut(words, spans[0].from, spans[0].to)
		if from, to, first, end, ok := stretchIn(rest, now, z); ok {
			what := cut(rest, first, end)
			if _, _, _, day := dayIn(what, now, z); !day { // "on Sunday last week" is a day
				e.over(from, to)
				e.Minutes, e.What = spans[0].minutes, strings.Join(edges(what), " ")
				return e, e.fits(today, field, field)
			}
		}
	}
	// The day first: in "two hours two days ago" the second two is none of minutes.
	if on, from, to, ok := dayIn(words, now, z); ok {
		e.On, words = on, cut(words, from, to)
	}
	spans := lengths(words)
	switch {
	case len(spans) == 0:
		return e, deeds.RefuseField(field, "I couldn't read how long in “%s”. Try “2h planning the hui yesterday” or “90 min”.", chat.Plain(text))
	case len(spans) > 1:
		return e, deeds.RefuseField(field, "I read more than one length of time in “%s”. Write them one at a time, such as “2h planning the hui yesterday”.", chat.Plain(text))
	}
	e.Minutes = spans[0].minutes
	if err := e.fits(today, field, field); err != nil {
		return e, err
	}
	e.What = strings.Join(edges(cut(words, spans[0].from, spans[0].to)), " ")
	return e, nil
}

const (
	field    = "text"
	maxWords = 80
)

// span is a length of time that stands in a text, from one word to another.
type span struct{ from, to, minutes int }

// lengths finds the lengths of time in a text. Days and weeks are none: "the 3 day
// hui" says what, not how long.
func lengths(words []string) []span {
	var found []span
	for from := 0; from < len(words); from++ {
		for to := min(from+6, len(words)); to > from; to-- {
			phrase := inDigits(trimmed(strings.Join(words[from:to], " ")))
			if !timed(phrase) || !begins(trimmed(words[from])) {
				continue
			}
			d, err := schedules.ParseDuration(decimalComma.ReplaceAllString(phrase, "$1.$2"))
			if err != nil {
				continue
			}
			found = append(found, span{from, to, int(d / time.Minute)})
			from = to - 1
			break
		}
	}
	return found
}

var tens = map[string]int{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

var teens = []string{"eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}

// inDigits writes numbers that are words, from eleven to ninety-nine, in digits: a phone
// that listens writes them out.
func inDigits(phrase string) string {
	words := strings.Fields(phrase)
	for i := 0; i < len(words); i++ {
		first, rest, joined := strings.Cut(strings.ToLower(words[i]), "-")
		if n := slices.Index(teens, first); n >= 0 && !joined {
			words[i] = strconv.Itoa(11 + n)
		}
		n, ok := tens[first]
		if !ok {
			continue
		}
		if !joined && i+1 < len(words) {
			rest = strings.ToLower(words[i+1])
		}
		if one := slices.Index(numbers, rest); one > 0 && one < 10 {
			n += one
			if !joined {
				words = slices.Delete(words, i+1, i+2)
			}
		} else if joined {
			continue
		}
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, " ")
}

// decimalComma stands in "2,5 hours".
var decimalComma = regexp.MustCompile(`(\d),(\d)`)

// begins tells whether a length of time may begin with a word: "and 2h" is "2h"
// with a word before it.
func begins(word string) bool {
	return word != "" && !strings.EqualFold(word, "and")
}

// timed tells whether a phrase has a unit of hours or minutes and none of days.
func timed(phrase string) bool {
	clock := false
	for _, w := range strings.FieldsFunc(strings.ToLower(phrase), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "h", "hr", "hrs", "hour", "hours", "m", "min", "mins", "minute", "minutes":
			clock = true
		case "d", "day", "days", "w", "wk", "wks", "week", "weeks", "fortnight":
			return false
		}
	}
	return clock
}

func trimmed(s string) string { return strings.Trim(s, ",;:()–-") }

// dayIn finds the day that is named in a text: the last one that is, with the words
// that name it.
func dayIn(words []string, now time.Time, z schedules.Zone) (on schedules.Date, from, to int, ok bool) {
	for size := min(5, len(words)); size > 0; size-- {
		for from := len(words) - size; from >= 0; from-- {
			if on, ok := ReadDay(trimmed(strings.Join(words[from:from+size], " ")), now, z); ok {
				return on, from, from + size, true
			}
		}
	}
	return schedules.Date{}, 0, 0, false
}

var numbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

var weekdays = func() map[string]time.Weekday {
	days := map[string]time.Weekday{"tues": time.Tuesday, "thur": time.Thursday, "thurs": time.Thursday}
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		days[name], days[name[:3]] = d, d
	}
	return days
}()

// ReadDay reads a day that has been, or is today: "yesterday", "on Sunday", "last
// Tuesday", "3 days ago", "5 Nov", "2027-02-01". False for all else.
func ReadDay(text string, now time.Time, z schedules.Zone) (schedules.Date, bool) {
	today := schedules.DateOf(now.In(z.Location()))
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "on" {
		words = words[1:]
	}
	if len(words) == 0 {
		return today, false
	}
	switch strings.Join(words, " ") {
	case "today", "this morning", "this afternoon", "this evening", "tonight":
		return today, true
	case "yesterday", "last night", "yesterday morning", "yesterday afternoon", "yesterday evening":
		return today.AddDays(-1), true
	case "the day before yesterday":
		return today.AddDays(-2), true
	case "a week ago":
		return today.AddDays(-7), true
	}
	if len(words) == 3 && (words[1] == "days" || words[1] == "day") && words[2] == "ago" {
		n, err := strconv.Atoi(words[0])
		if i := slices.Index(numbers, words[0]); i >= 0 {
			n, err = i, nil
		}
		return today.AddDays(-n), err == nil && n >= 0 && n < 3660
	}
	last := words[0] == "last" || words[0] == "this" || words[0] == "past"
	if last && len(words) == 2 || len(words) == 1 {
		if d, ok := weekdays[words[len(words)-1]]; ok {
			back := (int(today.Weekday()) - int(d) + 7) % 7
			if back == 0 && words[0] == "last" {
				back = 7
			}
			return today.AddDays(-back), true
		}
	}
	return calendarDay(strings.Join(words, " "), now, z)
}

// calendarDay reads a date. One without a year is the last such date.
func calendarDay(text string, now time.Time, z schedules.Zone) (schedules.Date, bool) {
	digits := strings.ContainsFunc(text, unicode.IsDigit)
	letters := strings.ContainsFunc(text, unicode.IsLetter)
	if !digits || !letters && strings.Count(text, "-") != 2 { // "3" is no day, "2027-02-01" is
		return schedules.Date{}, false
	}
	for _, w := range strings.Fields(text) { // "2 in" and "9am" are times, "in 3 days" is to come
		if w == "in" || w == "at" || w == "next" || w == "tomorrow" {
			return schedules.Date{}, false
		}
	}
	on, err := schedules.ParsePast(text, now, z)
	return on, err == nil
}

func cut(words []string, from, to int) []string {
	return append(append([]string{}, words[:from]...), words[to:]...)
}

// edges takes away what only tied the length of time and the day to the rest.
func edges(words []string) []string {
	before := []string{"", "for", "of", "spent", "i", "and", "about", "around", "roughly", "over", "in"}
	after := append([]string{"on"}, before...)
	among := func(ties []string, w string) bool { return slices.Contains(ties, strings.ToLower(trimmed(w))) }
	for len(words) > 0 && among(before, words[0]) {
		words = words[1:]
	}
	for len(words) > 0 && among(after, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if n := len(words); n > 0 {
		words[n-1] = strings.TrimRight(words[n-1], ",;:")
		words[0] = strings.TrimLeft(words[0], ",;:")
	}
	return words
}
