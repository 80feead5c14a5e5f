package settings

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// back is what ends a leave.
const back = "back"

func leaveDeed() deeds.Deed {
	dates := chat.Field{
		Name: "dates", Label: "From and to", Kind: chat.Text, Max: 80, Required: true, Example: "5 Nov to 12 Nov",
		Hint: "First and last day away, or “back” when you are back",
	}
	return deeds.Deed{
		Command: chat.Command{Path: leavePath, Summary: "When you are away: no reminders then", Fields: []chat.Field{dates}},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has("dates") || c.Choice != "" {
				return nil, nil
			}
			return &chat.Form{
				Title: "Time away", Fields: []chat.Field{dates}, Intro: leaveWords(c),
				Note: "Your facilitators see that you are away, and not that you are quiet. Nobody else is told; who asks you for something hears that it waits.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			typed := c.Given.Text("dates")
			if typed == "" {
				typed = c.Choice
			}
			p := c.Person
			if words := strings.ToLower(strings.Trim(typed, " .!")); words == back || words == "i'm back" || words == "i’m back" || words == "none" {
				p.Leave = nil
				return chat.Say("Welcome back. Your leave is cleared, and reminders come as before: "+lower(remindersWords(p.Reminders)), levels(p.Reminders)...),
					people.Table.Put(tx, p.ID, p)
			}
			span, err := readLeave(typed, c.Now, c.Zone)
			if err != nil {
				return chat.Outcome{}, err
			}
			today := schedules.DateOf(c.Now.In(c.Zone.Location()))
			p.Leave = with(p.Leave, span, today)
			if err := people.Table.Put(tx, p.ID, p); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Noted: you are away "+spanWords(span, today)+". You get no reminders then, and nobody sees you as quiet. What others post waits for you; late answers are welcome.",
				chat.Button{Label: "I'm back", Command: leavePath, Choice: back}), nil
		},
	}
}

// begunAgo is how many days ago a leave may have begun that is noted only now.
const begunAgo = 31

var fourDigits = regexp.MustCompile(`\d{4}`)

// readLeave reads "5 nov to 12 nov", "until friday", "tomorrow".
func readLeave(text string, now time.Time, z schedules.Zone) (schedules.Span, error) {
	const examples = "Try “5 Nov to 12 Nov”, “until Friday”, or “back”."
	var span schedules.Span
	today := schedules.DateOf(now.In(z.Location()))
	from, to, both := between(text, false)
	date := func(text string, at time.Time) (schedules.Date, error) {
		when, err := schedules.ParseWhen(text, at, z)
		if err != nil {
			return schedules.Date{}, deeds.RefuseField("dates", "I couldn't read “%s” as a day. %s", chat.Plain(text), examples)
		}
		return when.Wall.Date, nil
	}
	var err error
	span.From = today
	if from != "" {
		if span.From, err = date(from, now); err != nil {
			return span, err
		}
	}
	span.To = span.From
	if both {
		// "to Friday" is the first Friday on or after the first day; a day of the
		// week or a date without a year counts from there.
		at := now
		if span.From.After(today) {
			at = schedules.Wall{Date: span.From}.In(z)
		}
		if span.To, err = date(to, at); err != nil {
			return span, err
		}
	}
	// Who says "5 Nov to 12 Nov" on the 9th is away already, and does not mean next
	// year.
	begun := span.From
	begun.Year--
	if ago := begun.DaysUntil(today); both && ago > 0 && ago <= begunAgo && !fourDigits.MatchString(text) {
		if end, err := date(to, schedules.Wall{Date: begun}.In(z)); err == nil && !end.Before(today) && begun.DaysUntil(end) <= 2*begunAgo {
			span = schedules.Span{From: begun, To: end}
		}
	}
	switch {
	case span.To.Before(span.From):
		return span, deeds.RefuseField("dates", "I read that as from %s to %s, which ends before it begins. %s", span.From.Long(), span.To.Long(), examples)
	case span.To.Before(today):
		return span, deeds.RefuseField("dates", "I read that as %s, which is past. %s", spanWords(span, schedules.Date{}), examples)
	case span.From.DaysUntil(span.To) > 366:
		return span, deeds.RefuseField("dates", "I read that as from %s to %s, which is more than a year. %s", span.From.Long(), span.To.Long(), examples)
	}
	return span, nil
}

// with adds a leave: it takes the place of those that it overlaps, and what is
// over goes.
func with(leave schedules.Calendar, span schedules.Span, today schedules.Date) schedules.Calendar {
	kept := slices.DeleteFunc(slices.Clone(leave), func(s schedules.Span) bool {
		return s.To.Before(today) || !s.To.Before(span.From) && !s.From.After(span.To)
	})
	kept = append(kept, span)
	slices.SortFunc(kept, func(a, b schedules.Span) int { return a.From.Compare(b.From) })
	return kept
}

// spanWords gives days, with the year only where it is not this one.
func spanWords(s schedules.Span, today schedules.Date) string {
	day := func(d schedules.Date) string {
		if d.Year != today.Year {
			return d.Long()
		}
		return strings.TrimSuffix(d.Long(), " "+strconv.Itoa(d.Year))
	}
	if s.From == s.To {
		return "on " + day(s.From)
	}
	return "from " + day(s.From) + " to " + day(s.To)
}

// leaveWords says what leave a person has before them.
func leaveWords(c deeds.Call) string {
	today := schedules.DateOf(c.Now.In(c.Zone.Location()))
	var spans []string
	for _, s := range c.Person.Leave {
		if !s.To.Before(today) {
			spans = append(spans, spanWords(s, today))
		}
	}
	if len(spans) == 0 {
		return "You have no leave noted."
	}
	return "You are away " + strings.Join(spans, ", and ") + "."
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
