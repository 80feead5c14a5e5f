package schedules

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// longest is the longest length of time that can be typed.
const longest = 366 * day

// ParseDuration reads a length of time as people write it: "90 min", "1h",
// "1.5 hours", "1h30", "1 hour and 30 minutes", "an hour and a half", "half an
// hour", "2 days". A bare number is minutes. It is more than nothing and at most
// a year; a day is 24 hours. The error is an [*Unclear].
func ParseDuration(text string) (time.Duration, error) {
	problem := ""
	if len(text) <= maxTyped {
		d, ok := readDuration(strings.Fields(plainly(text)), true)
		if ok && d > 0 && d <= longest {
			return d, nil
		}
		if ok {
			problem = "it should be more than nothing and at most a year"
		}
	}
	return 0, &Unclear{Typed: text, Kind: "a length of time", Problem: problem, Example: `"90 min", "1h30" or "2 hours"`}
}

var durationPart = regexp.MustCompile(`^(\d{1,6}(?:[.,]\d{1,3})?)([a-z]*)(.*)$`)

var units = map[string]time.Duration{
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": day, "day": day, "days": day,
	"w": 7 * day, "wk": 7 * day, "wks": 7 * day, "week": 7 * day, "weeks": 7 * day, "fortnight": 14 * day,
}

// readDuration reads all of toks; bare allows a number without a unit to be
// minutes when it stands alone.
func readDuration(toks []string, bare bool) (time.Duration, bool) {
	var total time.Duration
	var last time.Duration // the unit before
	n, pending, parts := 0.0, false, 0
	for i := 0; i < len(toks); i++ {
		tok := toks[i]
		if unit, ok := units[tok]; ok && pending {
			total, last, pending = total+scale(n, unit), unit, false
			parts++
			continue
		}
		if pending {
			return 0, false
		}
		switch {
		case tok == "and" && parts > 0:
			continue
		case tok == "half" && i+1 < len(toks) && (toks[i+1] == "an" || toks[i+1] == "a"):
			n, pending = 0.5, true
			i++
			continue
		case tok == "a" && i+1 < len(toks) && toks[i+1] == "half" && last > 0:
			total += last / 2
			i++
			continue
		}
		if v, ok := smallNumber(tok); ok && tok[0] >= 'a' {
			n, pending = float64(v), true
			continue
		}
		for tok != "" { // "1h30min"
			m := durationPart.FindStringSubmatch(tok)
			if m == nil {
				return 0, false
			}
			v, err := strconv.ParseFloat(strings.Replace(m[1], ",", ".", 1), 64)
			if err != nil {
				return 0, false
			}
			unit, known := units[m[2]]
			switch {
			case known:
				total, last = total+scale(v, unit), unit
				parts++
			case m[2] == "" && m[3] == "":
				n, pending = v, true
			default:
				return 0, false
			}
			tok = m[3]
		}
	}
	if pending { // "1h30", or "90" where a bare number is allowed
		if last != time.Hour && (!bare || parts > 0) {
			return 0, false
		}
		total, parts = total+scale(n, time.Minute), parts+1
	}
	return total, parts > 0
}

// scale rounds to whole minutes; what is too long to count is just too long.
func scale(n float64, unit time.Duration) time.Duration {
	minutes := math.Round(n * unit.Minutes())
	return time.Duration(min(minutes, (10*longest).Minutes())) * time.Minute
}
