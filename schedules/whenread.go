package schedules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// whenReading is what the words of a date and time have said so far.
type whenReading struct {
	past bool // days are those that have been, see [ParsePast]
	now  time.Time
	zone Zone

	weekday  *time.Weekday
	next     bool // "next"
	nextWeek bool // "next week"
	last     bool // "last"
	date     Date // a year or month of 0 was not given
	hasDate  bool
	shift    *int           // days from today
	exact    *time.Duration // from now
	at       *time.Time     // an instant, typed with its offset
	clock    *clockReading
	midnight bool
	half     string // "am", "pm", or "night"
}

var (
	isoForm     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:t(\d.*))?$`)
	offsetForm  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}.*(?:z|[+-]\d{2}:\d{2})$`)
	slashedForm = regexp.MustCompile(`^(\d{1,2})(?:/(\d{1,2})|[-/.](\d{1,2})[-/.](\d{4}|\d{2}))$`)
	gluedForm   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[-/]?([a-z]{3,9})(?:[-/]((?:19|20|21)\d{2}))?$`)
	ordinalForm = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)$`)
	yearForm    = regexp.MustCompile(`^(?:19|20|21)\d{2}$`)
)

// filler are words that change nothing.
var filler = map[string]bool{
	"at": true, "on": true, "@": true, "the": true, "of": true, "for": true, "coming": true,
	"o'clock": true, "oclock": true, "time": true, "by": true, "in": true, "from": true,
}

// A zone said in letters is some other zone somewhere else, except these.
var zoneLetters = map[string]string{"utc": "UTC", "gmt": "UTC", "z": "UTC"}

// read takes the words in; it gives the problem, or "".
func (r *whenReading) read(toks []string) string {
	for i := 0; i < len(toks); {
		n, problem := r.take(toks[i:])
		if problem != "" {
			return problem
		}
		if n == 0 && filler[toks[i]] {
			n = 1
		}
		if n == 0 {
			n = r.takeZone(toks[i:])
		}
		if n == 0 {
			return r.strange(toks[i])
		}
		i += n
	}
	return ""
}

// strange is the problem with a word that says nothing.
func (r *whenReading) strange(tok string) string {
	switch {
	case zoneAbbreviations[tok]:
		return fmt.Sprintf("times are read in your zone, %s; for another, name a city, as in \"9am Sydney\"", r.zone.City())
	case yearForm.MatchString(tok):
		return fmt.Sprintf("is %s a year or a time? Write the time as \"%s:%s\"", tok, tok[:2], tok[2:])
	}
	return fmt.Sprintf("%q is not a day or a time I know", shorten(tok, 30))
}

var zoneAbbreviations = map[string]bool{
	"nzt": true, "nzst": true, "nzdt": true, "aest": true, "aedt": true, "acst": true, "acdt": true, "awst": true,
	"est": true, "edt": true, "cst": true, "cdt": true, "mst": true, "mdt": true, "pst": true, "pdt": true,
	"et": true, "ct": true, "mt": true, "pt": true, "bst": true, "ist": true, "cet": true, "cest": true,
	"eet": true, "eest": true, "jst": true, "sgt": true, "hkt": true, "sast": true,
}

// take reads what the first words say and how many they are; 0 is not understood.
func (r *whenReading) take(toks []string) (int, string) {
	tok := toks[0]
	if d, ok := weekdayNamed(tok); ok {
		if r.weekday != nil && *r.weekday != d {
			return 0, "it names two days of the week"
		}
		r.weekday = &d
		return 1, ""
	}
	switch tok {
	case "today", "tonight", "tomorrow", "tmrw", "tomorow", "tommorow", "tommorrow", "yesterday":
		n := 1
		switch tok {
		case "today", "tonight":
			n = 0
		case "yesterday":
			n = -1
		}
		if tok == "tonight" {
			r.half = "night"
		}
		return 1, r.setShift(n)
	case "now":
		d := time.Duration(0)
		r.exact = &d
		return 1, ""
	case "morning":
		r.half = "am"
		return 1, ""
	case "afternoon", "evening", "arvo":
		r.half = "pm"
		return 1, ""
	case "night":
		r.half = "night"
		return 1, ""
	case "midnight":
		r.midnight = true
		return 1, ""
	case "next":
		if len(toks) > 1 && toks[1] == "week" {
			r.nextWeek = true
			return 2, ""
		}
		r.next = true
		return 1, ""
	case "last":
		r.last = true
		return 1, ""
	case "this":
		if len(toks) > 1 && (toks[1] == "morning" || toks[1] == "afternoon" || toks[1] == "arvo" || toks[1] == "evening") {
			return 1, r.setShift(0)
		}
		return 1, ""
	case "in":
		return r.takeAhead(toks[1:])
	}
	if n, problem := r.takeDate(toks); n > 0 || problem != "" {
		return n, problem
	}
	if c, n := readClock(toks); n > 0 {
		if r.clock != nil {
			return 0, "it has two times"
		}
		r.clock = &c
		return n, ""
	}
	return 0, ""
}

func (r *whenReading) setShift(n int) string {
	if r.shift != nil {
		return "it names two days"
	}
	r.shift = &n
	return ""
}

// takeAhead reads what follows "in": days move the date, hours and minutes count
// from now.
func (r *whenReading) takeAhead(toks []string) (int, string) {
	for n := min(len(toks), 6); n > 0; n-- {
		d, ok := readDuration(toks[:n], false)
		if !ok {
			continue
		}
		if d >= 10*longest {
			return 0, "it is too far away"
		}
		if countsDays(toks[:n]) {
			return n + 1, r.setShift(int(d / day))
		}
		if r.exact != nil {
			return 0, "it counts twice from now"
		}
		r.exact = &d
		return n + 1, ""
	}
	return 0, ""
}

// countsDays says whether a length of time was written in days or weeks alone:
// two days from now is a date, 48 hours from now an instant.
func countsDays(toks []string) bool {
	found := false
	for _, tok := range toks {
		if unit := units[strings.TrimLeft(tok, "0123456789.,")]; unit > 0 {
			if unit < day {
				return false
			}
			found = true
		}
	}
	return found
}

// takeDate reads the forms of a date.
func (r *whenReading) takeDate(toks []string) (int, string) {
	tok := toks[0]
	if m, ok := monthNamed(tok); ok { // "nov 5 2027"
		if len(toks) < 2 {
			return 0, "which day of " + m.String() + "?"
		}
		d, ok := dayNumber(toks[1])
		if !ok {
			return 0, "which day of " + m.String() + "?"
		}
		return r.withYear(2, toks, Date{0, m, d})
	}
	if tok[0] < '0' || tok[0] > '9' {
		return 0, ""
	}
	if m := isoForm.FindStringSubmatch(tok); m != nil {
		if offsetForm.MatchString(tok) {
			return r.takeInstant(tok)
		}
		d := Date{number(m[1]), time.Month(number(m[2])), number(m[3])}
		if d.Year == 0 || d.Month == 0 {
			return 0, noSuchDate
		}
		if problem := r.setDate(d); problem != "" || m[4] == "" {
			return 1, problem
		}
		c, n := readClock([]string{m[4]})
		if n == 0 {
			return 0, fmt.Sprintf("%q is not a time", m[4])
		}
		c.sure = true
		r.clock = &c
		return 1, ""
	}
	if m := slashedForm.FindStringSubmatch(tok); m != nil {
		return 1, r.takeSlashed(m)
	}
	if m := gluedForm.FindStringSubmatch(tok); m != nil {
		if month, ok := monthNamed(m[2]); ok { // "5nov", "5-Nov-2027"
			if m[3] != "" {
				return 1, r.setDate(Date{number(m[3]), month, number(m[1])})
			}
			return r.withYear(1, toks, Date{0, month, number(m[1])})
		}
	}
	if d, ok := dayNumber(tok); ok {
		n := 1
		if len(toks) > n && toks[n] == "of" {
			n++
		}
		if len(toks) > n {
			if month, ok := monthNamed(toks[n]); ok { // "5 nov", "5th of november 2027"
				return r.withYear(n+1, toks, Date{0, month, d})
			}
		}
		if ordinalForm.MatchString(tok) { // "the 5th"
			return 1, r.setDate(Date{0, 0, d})
		}
	}
	return 0, ""
}

func (r *whenReading) withYear(n int, toks []string, d Date) (int, string) {
	if len(toks) > n && yearForm.MatchString(toks[n]) {
		d.Year = number(toks[n])
		n++
	}
	return n, r.setDate(d)
}

const noSuchDate = "there is no such date"

func (r *whenReading) setDate(d Date) string {
	if r.hasDate {
		return "it has two dates"
	}
	leap := d // a year that has every day there is, to look whether the date can be
	if leap.Year == 0 {
		leap.Year = 2028
	}
	if leap.Month == 0 {
		leap.Month = time.January
	}
	if !leap.valid() {
		return noSuchDate
	}
	r.date, r.hasDate = d, true
	return ""
}

// takeSlashed reads "25/12", and "5/11" only when it can be nothing else.
func (r *whenReading) takeSlashed(m []string) string {
	a, b, year := number(m[1]), number(m[2]+m[3]), number(m[4])
	if len(m[4]) == 2 {
		year += 2000
	}
	switch {
	case a == 0 || b == 0 || m[4] != "" && year == 0:
		return noSuchDate
	case a == b || a > 12:
		return r.setDate(Date{year, time.Month(b), a})
	case b > 12:
		return r.setDate(Date{year, time.Month(a), b})
	}
	return fmt.Sprintf("it could be %d %s or %d %s, so write the month as a name", a, time.Month(b), b, time.Month(a))
}

func (r *whenReading) takeInstant(tok string) (int, string) {
	iso := strings.ToUpper(tok)
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(form, iso); err == nil {
			r.at = &t
			return 1, ""
		}
	}
	return 0, "it is not an ISO time"
}

// takeZone reads "utc", "Sydney", "Pacific/Auckland", "Port of Spain".
func (r *whenReading) takeZone(toks []string) int {
	if name, ok := zoneLetters[toks[0]]; ok {
		r.zone = MustZone(name)
		return 1
	}
	for n := min(3, len(toks)); n > 0; n-- {
		words := strings.Join(toks[:n], " ")
		name, ok := knownZone(words)
		if !ok || !strings.Contains(name, "/") {
			continue
		}
		z, err := ParseZone(name)
		if err != nil {
			continue
		}
		r.zone = z
		return n
	}
	return 0
}

// dayNumber reads "5" or "5th" as a day of a month.
func dayNumber(s string) (int, bool) {
	if m := ordinalForm.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= 2 && n >= 1 && n <= 31
}

// number reads digits that a pattern has matched; none are 0.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
