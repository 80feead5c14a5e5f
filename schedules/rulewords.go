package schedules

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// say puts a rule of phrases into words: "Mondays and Thursdays at 9:00 am".
func (c *compiled) say(phrases []phrase) string {
	said := make([]string, len(phrases))
	for i, p := range phrases {
		said[i] = c.sayDays(p.days) + " at " + sayTimes(p.times)
	}
	words := list(said)
	if !c.from.IsZero() {
		words += fmt.Sprintf(", from %d %s %d", c.from.Day, c.from.Month, c.from.Year)
	}
	return words
}

func (c *compiled) sayDays(days []time.Weekday) string {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b time.Weekday) int { return int(a+6)%7 - int(b+6)%7 })
	days = slices.Compact(days)
	names := make([]string, len(days))
	for i, d := range days {
		names[i] = d.String()
	}
	switch {
	case len(c.nth) > 0:
		places := make([]string, len(c.nth))
		for i, n := range c.nth {
			places[i] = map[int]string{1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}[n]
		}
		return "The " + list(places) + " " + list(names) + " of the month"
	case c.every > 1:
		nth := map[int]string{2: "second", 3: "third", 4: "fourth"}[c.every]
		if nth == "" {
			return fmt.Sprintf("Every %d weeks on %s", c.every, list(names))
		}
		return "Every " + nth + " " + list(names)
	case len(days) == 7:
		return "Every day"
	case slices.Equal(days, workDays):
		return "Weekdays"
	case slices.Equal(days, restDays):
		return "Weekends"
	}
	for i := range names {
		names[i] += "s"
	}
	return list(names)
}

func sayTimes(times []TimeOfDay) string {
	times = slices.Clone(times)
	slices.SortFunc(times, TimeOfDay.Compare)
	said := make([]string, 0, len(times))
	for _, t := range slices.Compact(times) {
		said = append(said, t.Clock())
	}
	return list(said)
}

// list is "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// cronWords puts a cron expression into words when it is about days of the week
// and up to three times of day, and gives it back as written when it is not.
func cronWords(c *compiled, written string) string {
	const star = 1 << 63
	spec := c.specs[0]
	if spec.Dom&star == 0 || spec.Month&star == 0 {
		return written
	}
	var p phrase
	for d := range everyDay {
		if spec.Dow&(1<<d) != 0 {
			p.days = append(p.days, time.Weekday(d))
		}
	}
	if bits.OnesCount64(spec.Hour&^star)*bits.OnesCount64(spec.Minute&^star) > 3 {
		return written
	}
	for h := range 24 {
		for m := range 60 {
			if spec.Hour&(1<<h) != 0 && spec.Minute&(1<<m) != 0 {
				p.times = append(p.times, TimeOfDay{h, m})
			}
		}
	}
	return c.say([]phrase{p})
}
