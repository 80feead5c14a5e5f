package sessions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// repeats is how often a session repeats, as somebody wrote it.
type repeats struct {
	weeks int // from one to the next; 0 is not at all
	count int
}

var (
	rhythms = map[string]int{
		"": 0, "no": 0, "never": 0, "once": 0, "not": 0,
		"weekly": 1, "every week": 1, "each week": 1,
		"fortnightly": 2, "every fortnight": 2, "each fortnight": 2, "every two weeks": 2, "every 2 weeks": 2, "every other week": 2, "every second week": 2,
	}
	untilDay = regexp.MustCompile(`^(.+?)[, ]+(?:until|till|til|up to|to) (.+)$`)
	byTimes  = regexp.MustCompile(`^(.+?)[, ]+(?:for )?([a-z]+|\d{1,3}) (?:times|sessions)$`)
	numbers  = []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
)

// parseRepeat reads "weekly until 18 December" and "every fortnight, 6 times" for
// a session that first takes place on a day.
func parseRepeat(text string, first schedules.Date, now time.Time, z schedules.Zone) (repeats, error) {
	typed := strings.ToLower(strings.Join(strings.Fields(text), " "))
	unread := func(why string) error {
		return deeds.RefuseField("repeat", "I couldn't read “%s” as how often it repeats%s. Try “weekly until 18 December” or “fortnightly, 6 times”.", chat.Plain(text), why)
	}
	how, until, times := typed, "", ""
	if m := byTimes.FindStringSubmatch(typed); m != nil {
		how, times = m[1], m[2]
	} else if m := untilDay.FindStringSubmatch(typed); m != nil {
		how, until = m[1], m[2]
	}
	weeks, ok := rhythms[strings.Trim(how, " ,")]
	switch {
	case !ok:
		return repeats{}, unread("")
	case weeks == 0:
		return repeats{}, nil
	case until == "" && times == "":
		return repeats{}, unread(", since it doesn't say until when")
	}
	r := repeats{weeks: weeks}
	if times != "" {
		r.count, _ = strconv.Atoi(times)
		for n, word := range numbers {
			if word == times {
				r.count = n
			}
		}
	} else {
		last, err := schedules.ParseWhen(until, now, z)
		if err != nil {
			return repeats{}, unread(", because of the day")
		}
		days := first.DaysUntil(last.Wall.Date)
		if days < 0 {
			return repeats{}, deeds.RefuseField("repeat", "It would repeat until %s, but it first takes place on %s. Name a later day.", last.Wall.Date.Long(), first.Long())
		}
		r.count = days/(7*weeks) + 1
	}
	if r.count < 2 || r.count > maxSeries {
		return repeats{}, deeds.RefuseField("repeat", "That makes %s. A session that repeats takes place 2 to %d times.", sessionsCount(r.count), maxSeries)
	}
	return r, nil
}

func sessionsCount(n int) string {
	if n == 1 {
		return "1 session"
	}
	return strconv.Itoa(n) + " sessions"
}

// every says a rhythm: "every Thursday", "every second Thursday".
func every(weeks int, d schedules.Date) string {
	if weeks == 2 {
		return "every second " + d.Weekday().String()
	}
	return "every " + d.Weekday().String()
}

// tells is what the announcement of a series' first session says of the others.
func (r Series) tells(first Session, now time.Time) string {
	last := first.Slot.Wall.AddDays((r.Count - 1) * 7 * r.Weeks)
	return fmt.Sprintf("It is the first of %d, %s at %s until %s; each is announced %s before.",
		r.Count, every(r.Weeks, first.Slot.Wall.Date), first.Slot.Wall.Time.Clock(), dayOf(last.Date, first.Slot.Zone, now), daysAhead)
}

const daysAhead = "six days"

// saySeries has the words of a change to a session and those that follow it. Once
// a later change has overtaken it, they point to the younger message.
func saySeries(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	id, number, _ := strings.Cut(i.Record, "/")
	r, ok, err := SeriesTable.Find(tx, SeriesID(id))
	n, fault := strconv.Atoi(number)
	if err != nil || !ok || fault != nil || n < 1 || n > len(r.Changes) {
		return chat.Message{}, false, err
	}
	lead, c, ok, err := still(tx, r.Lead)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	ch, zone := r.Changes[n-1], lead.Slot.Zone
	for _, later := range r.Changes[n:] {
		if later.From <= ch.From {
			return chat.Message{Text: lead.name() + " has changed again since. The newest message about it has the times."}, i.State == outbox.Sent, nil
		}
	}
	from := dayOf(schedules.DateOf(ch.Was.Instant().In(zone.Location())), zone, now)
	if ch.Off {
		text := fmt.Sprintf("%s is cancelled from %s on: %s.", lead.name(), from, sessionsCount(ch.Count))
		if ch.Why != "" {
			text += "\n\n" + chat.Quote(ch.Why)
		}
		return chat.Message{Text: text}, true, nil
	}
	text := fmt.Sprintf("%s has moved, from the one on %s on. It is now %s at %s (%s), and the next of them is %s. It was planned for %s. That is so for %s.",
		lead.name(), from, every(r.Weeks, ch.To.Wall.Date), ch.To.Wall.Time.Clock(), zone.City(),
		at(ch.To.Instant(), c.Zone, now), before(ch.Was.Instant(), c.Zone, now), sessionsCount(ch.Count))
	text += apartWords(ch.Apart)
	return chat.Message{Text: text, Note: "Answers that were given stand; whoever gave one is asked in private whether the new time suits them."}, true, nil
}

// apartWords says what stays where it is.
func apartWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " One that had been moved by itself stays where it is."
	}
	return fmt.Sprintf(" %d that had been moved by themselves stay where they are.", n)
}
