package schedules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

const ruleExample = `"mondays 9am", "mon and thu 18:30" or "first tuesday of the month 9am"`

// rules remembers what was parsed: a rule is read again with every record that
// holds one. It is emptied when full, so that no amount of typing fills memory.
var rules = struct {
	sync.Mutex
	parsed map[string]*compiled
}{parsed: make(map[string]*compiled)}

const mostRules = 4096

// ParseRule reads a rhythm on the wall:
//
//   - days and times: "mondays 09:00", "mon and thu 9am", "mon-fri 18:30",
//     "weekdays 9am and 4pm", "every day 8am", "mon 9am and thu 18:30";
//   - a place in the month: "first tuesday of the month 9am",
//     "2nd and last friday of the month noon";
//   - weeks apart, counted from a date, since a fortnight could begin in either
//     week: "every second monday 9am from 2027-02-01", "every 3 weeks on monday
//     9am from 2027-02-01";
//   - a cron expression of five fields, or @yearly, @monthly, @weekly, @daily,
//     @hourly.
//
// An hour from 1 to 6 without am or pm is the afternoon, unless written "03:00".
// "TZ=" and "@every" are refused: the zone is the cohort's, and a rule is on the
// wall. So is a rule that never happens. The error is an [*Unclear].
func ParseRule(s string) (Rule, error) {
	rules.Lock()
	c, ok := rules.parsed[s]
	rules.Unlock()
	if ok {
		return Rule{c}, nil
	}
	c, problem := compile(s)
	if problem != "" {
		example := ruleExample
		if looksCron(s) {
			example = `"0 9 * * mon" (minute, hour, day of the month, month, weekday), or "mondays 9am"`
		}
		return Rule{}, &Unclear{Typed: s, Kind: "a rhythm", Problem: problem, Example: example}
	}
	c.text = s
	rules.Lock()
	defer rules.Unlock()
	if len(rules.parsed) >= mostRules {
		clear(rules.parsed)
	}
	rules.parsed[s] = c
	return Rule{c}, nil
}

// compile gives the rule, or else the problem with it.
func compile(s string) (*compiled, string) {
	if len(s) > maxTyped {
		return nil, "it is too long"
	}
	if strings.TrimSpace(s) == "" {
		return nil, "it is empty"
	}
	if strings.Contains(strings.ToLower(s), "tz=") {
		return nil, "a rhythm has no zone of its own; it goes by the cohort's"
	}
	var c *compiled
	var problem string
	if looksCron(s) {
		c, problem = compileCron(s)
	} else {
		c, problem = compilePhrase(plainly(s))
	}
	if problem != "" {
		return nil, problem
	}
	// Leap days come round within five years of here, so what does not happen
	// after this never does.
	start := Wall{Date: Date{2027, time.January, 1}}
	if start.Date.Before(c.from) {
		start.Date = c.from.AddDays(-1)
	}
	if _, ok := (Rule{c}).NextWall(start, nil); !ok {
		return nil, "there is no such day"
	}
	return c, ""
}

var cronField = regexp.MustCompile(`^[0-9*?/,-]+$`)

// looksCron says whether s is meant as a cron expression, perhaps a wrong one.
func looksCron(s string) bool {
	f := strings.Fields(s)
	if len(f) == 0 {
		return false
	}
	return strings.HasPrefix(f[0], "@") || strings.ContainsAny(s, "*") ||
		len(f) >= 5 && cronField.MatchString(f[0]) && cronField.MatchString(f[1]) && cronField.MatchString(f[2])
}

func compileCron(s string) (*compiled, string) {
	s = strings.ToLower(strings.TrimSpace(s))
	if strings.HasPrefix(s, "@every") {
		return nil, "@every counts from whenever the program was started, so a restart would move it"
	}
	fields := strings.Fields(s)
	if !strings.HasPrefix(s, "@") {
		if len(fields) != 5 {
			return nil, fmt.Sprintf("a cron expression has five fields and this has %d", len(fields))
		}
		fields[4] = sundayIsZero(fields[4])
		for _, f := range fields {
			// cron takes an empty list to be no time at all, and looks for it for years.
			if strings.Trim(f, ",") == "" {
				return nil, fmt.Sprintf("the field %q is empty", f)
			}
		}
	}
	spec, err := cronSpec(strings.Join(fields, " "))
	if err != nil {
		return nil, err.Error()
	}
	c := &compiled{specs: []*cron.SpecSchedule{spec}}
	c.words = cronWords(c, s)
	return c, ""
}

// sundayIsZero writes Sunday as 0 where it was written as 7, which most crons
// allow and this one does not.
func sundayIsZero(field string) string {
	list := strings.Split(field, ",")
	for i, f := range list {
		if f == "7" {
			list[i] = "0"
		} else if from, ok := strings.CutSuffix(f, "-7"); ok {
			list[i] = "0," + from + "-6"
		}
	}
	return strings.Join(list, ",")
}

// cronSpec calls the parser and survives it: it panics on some malformed texts.
func cronSpec(s string) (spec *cron.SpecSchedule, err error) {
	defer func() {
		if p := recover(); p != nil {
			spec, err = nil, fmt.Errorf("it is not a cron expression")
		}
	}()
	sched, err := cron.ParseStandard(s)
	if err != nil {
		return nil, err
	}
	spec, ok := sched.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("it is not a rhythm on the wall")
	}
	spec.Location = time.UTC // see compiled.next
	return spec, nil
}

// phrase is one "mon and thu 9am" of a rule.
type phrase struct {
	days  []time.Weekday
	times []TimeOfDay
}

var ordinals = map[string]int{
	"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1,
}

var (
	everyDay = []time.Weekday{1, 2, 3, 4, 5, 6, 0}
	workDays = everyDay[:5]
	restDays = everyDay[5:]
)

func compilePhrase(s string) (*compiled, string) {
	toks := strings.Fields(s)
	c := &compiled{}
	var (
		phrases   = []phrase{{}}
		timeFirst bool
		month     bool  // "of the month" was said
		places    []int // "first", "second"
	)
	for i := 0; i < len(toks); {
		p := &phrases[len(phrases)-1]
		tok, rest := toks[i], toks[i+1:]
		i++
		if days, n := readDays(toks[i-1:]); n > 0 {
			i += n - 1
			if !timeFirst && len(p.times) > 0 {
				phrases = append(phrases, phrase{})
				p = &phrases[len(phrases)-1]
			}
			p.days = append(p.days, days...)
			continue
		}
		if place, ok := ordinals[tok]; ok {
			places = append(places, place)
			continue
		}
		switch tok {
		case "every", "each", "on", "at", "and", "the", "of", "a", "weekly":
			continue
		case "month", "monthly":
			month = true
			continue
		case "other":
			c.every = 2
			continue
		case "fortnight", "fortnightly", "biweekly":
			c.every = 2
			continue
		case "week", "weeks":
			continue
		case "from", "starting", "since":
			if len(rest) == 0 {
				return nil, "which date does it start from?"
			}
			d, err := ParseDate(rest[0])
			if err != nil {
				return nil, fmt.Sprintf("%q should be a date such as 2027-02-01", rest[0])
			}
			c.from = d
			i++
			continue
		}
		if len(rest) > 0 && (rest[0] == "weeks" || rest[0] == "week") {
			n, ok := smallNumber(tok)
			if !ok || n < 1 || n > 52 {
				return nil, fmt.Sprintf("%q is not a number of weeks", tok)
			}
			c.every = n
			i++
			continue
		}
		r, n := readClock(toks[i-1:])
		if n == 0 {
			return nil, fmt.Sprintf("%q is not a day or a time I know", shorten(tok, 30))
		}
		if tok == "midnight" {
			return nil, `"midnight" could be either end of the day; write "00:00" or "11:59 pm"`
		}
		i += n - 1
		if len(phrases) == 1 && len(p.days) == 0 {
			timeFirst = true
		} else if timeFirst && len(p.days) > 0 {
			phrases = append(phrases, phrase{})
			p = &phrases[len(phrases)-1]
		}
		p.times = append(p.times, r.daytime())
	}
	switch {
	case month:
		if len(places) == 0 {
			return nil, "which one of the month? Say first, second, third, fourth or last"
		}
		c.nth = places
	case len(places) == 1 && places[0] > 1:
		c.every = places[0] // "every second monday"
	case len(places) > 0:
		return nil, `first or last of what? Say "of the month"`
	}
	if c.every > 1 {
		if c.from.IsZero() {
			return nil, `it needs a date to count the weeks from, such as "every second monday 9am from 2027-02-01"`
		}
		if month {
			return nil, "say either weeks apart or a place in the month, not both"
		}
	}
	for _, p := range phrases {
		switch {
		case len(p.days) == 0:
			return nil, "on which days?"
		case len(p.times) == 0:
			return nil, "at what time?"
		}
		for _, t := range p.times {
			spec, err := cronSpec(fmt.Sprintf("%d %d * * %s", t.Minute, t.Hour, cronDays(p.days)))
			if err != nil {
				return nil, err.Error()
			}
			c.specs = append(c.specs, spec)
		}
	}
	c.words = c.say(phrases)
	return c, ""
}

// readDays reads "mondays", "weekdays", "mon-fri", "mon to fri", "day", "daily"
// at the beginning of toks, and says how many of them it took.
func readDays(toks []string) ([]time.Weekday, int) {
	switch toks[0] {
	case "weekday", "weekdays", "workdays":
		return workDays, 1
	case "weekend", "weekends":
		return restDays, 1
	case "day", "days", "daily":
		return everyDay, 1
	}
	if d, ok := weekdayNamed(toks[0]); ok {
		if len(toks) > 2 && slices.Contains([]string{"to", "-", "till", "until", "through"}, toks[1]) {
			if e, ok := weekdayNamed(toks[2]); ok {
				return daysBetween(d, e), 3
			}
		}
		return []time.Weekday{d}, 1
	}
	if a, b, ok := strings.Cut(toks[0], "-"); ok {
		d, ok1 := weekdayNamed(a)
		e, ok2 := weekdayNamed(b)
		if ok1 && ok2 {
			return daysBetween(d, e), 1
		}
	}
	return nil, 0
}

func daysBetween(d, e time.Weekday) []time.Weekday {
	days := []time.Weekday{d}
	for d != e {
		d = (d + 1) % 7
		days = append(days, d)
	}
	return days
}

func cronDays(days []time.Weekday) string {
	list := make([]string, len(days))
	for i, d := range days {
		list[i] = fmt.Sprint(int(d))
	}
	return strings.Join(list, ",")
}
