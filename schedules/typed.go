package schedules

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxTyped is the longest text, in bytes, that is read as a time, a rule or a
// zone.
const maxTyped = 200

// letters that people's keyboards write and that mean nothing to a date; the
// no-break spaces are what many calendars print before "am".
var letters = strings.NewReplacer(
	"ā", "a", "ē", "e", "ī", "i", "ō", "o", "ū", "u",
	"á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ã", "a", "ç", "c", "ñ", "n", "ö", "o", "ü", "u",
	"\u0304", "", "\u0301", "", "\u0303", "", "\u00a0", " ", "\u202f", " ", "\u2009", " ",
	"’", "'", "–", "-", "—", "-", "−", "-",
	"a.m.", "am", "p.m.", "pm", "a.m", "am", "p.m", "pm",
	",", " ", ";", " ", "(", " ", ")", " ", "!", " ", "?", " ", "&", " and ", "@ ", " at ",
)

// plainly is the text in small letters, without accents and without the
// punctuation that separates nothing, its words a single space apart.
func plainly(s string) string {
	words := strings.Fields(letters.Replace(strings.ToLower(strings.ToValidUTF8(s, ""))))
	for i, w := range words {
		words[i] = strings.TrimRight(w, ".:")
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

var (
	clockForm   = regexp.MustCompile(`^(\d{1,2})(?:[:.h](\d{2})(?::\d{2})?|(h))?(am|pm)?$`) // seconds are dropped
	compactForm = regexp.MustCompile(`^(\d{1,2})(\d{2})(am|pm)?$`)
)

// clockReading is a time of day as somebody wrote it.
type clockReading struct {
	t       TimeOfDay
	ok      bool
	minutes bool // they were given
	sure    bool // it is clear which half of the day is meant
}

// asWritten takes a time without am or pm to be on a clock of 24 hours.
func (c clockReading) asWritten() TimeOfDay { return c.t }

// daytime takes 1 to 6 without am or pm to be the afternoon.
func (c clockReading) daytime() TimeOfDay {
	if !c.sure && c.t.Hour >= 1 && c.t.Hour <= 6 {
		return TimeOfDay{c.t.Hour + 12, c.t.Minute}
	}
	return c.t
}

// readClock reads a time of day at the beginning of toks and says how many of
// them it took.
func readClock(toks []string) (clockReading, int) {
	switch toks[0] {
	case "noon", "midday":
		return clockReading{t: TimeOfDay{12, 0}, ok: true, minutes: true, sure: true}, 1
	case "midnight":
		return clockReading{t: TimeOfDay{0, 0}, ok: true, minutes: true, sure: true}, 1
	}
	if c := toks[0]; c == "" || c[0] < '0' || c[0] > '9' {
		return clockReading{}, 0
	}
	m := clockForm.FindStringSubmatch(toks[0])
	if m == nil {
		c := compactForm.FindStringSubmatch(toks[0])
		// "2030" is as likely a year, and "930" might be anything.
		if c == nil || (c[3] == "" && (len(c[1]) < 2 || c[1] == "19" || c[1] == "20")) {
			return clockReading{}, 0
		}
		m = []string{c[0], c[1], c[2], "h", c[3]}
	}
	n, half := 1, m[4]
	if half == "" && len(toks) > 1 && (toks[1] == "am" || toks[1] == "pm") {
		half, n = toks[1], 2
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if hour > 23 || minute > 59 || (half != "" && (hour < 1 || hour > 12)) {
		return clockReading{}, 0
	}
	if half != "" {
		hour %= 12
		if half == "pm" {
			hour += 12
		}
	}
	return clockReading{
		t:       TimeOfDay{hour, minute},
		ok:      true,
		minutes: m[2] != "",
		sure:    half != "" || m[1][0] == '0' || m[3] != "" || hour > 12,
	}, n
}

// weekdayNamed reads "mon", "Monday", "mondays".
func weekdayNamed(s string) (time.Weekday, bool) {
	s = strings.TrimSuffix(s, "s")
	for d := time.Sunday; d <= time.Saturday; d++ {
		full := strings.ToLower(d.String())
		if s == full || s == full[:3] {
			return d, true
		}
	}
	return time.Thursday, s == "thur"
}

// monthNamed reads "nov", "sept", "November".
func monthNamed(s string) (time.Month, bool) {
	if s == "sept" {
		return time.September, true
	}
	for m := time.January; m <= time.December; m++ {
		full := strings.ToLower(m.String())
		if s == full || s == full[:3] {
			return m, true
		}
	}
	return 0, false
}

// smallNumber reads "3", "a", "an", "three".
func smallNumber(s string) (int, bool) {
	if s == "a" || s == "an" {
		return 1, true
	}
	for n, word := range numbers {
		if n > 0 && s == word {
			return n, true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && len(s) <= 4
}
