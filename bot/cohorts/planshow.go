package cohorts

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// planMessage shows the whole plan, a line a week. Facilitators also see what is
// left out, what is held and what is not written yet.
func planMessage(c Cohort, dates []Dated, facilitator bool, now time.Time) chat.Message {
	today := c.Today(now)
	next, ahead := Next(dates)
	var b strings.Builder
	b.WriteString("**" + chat.Plain(c.Name) + "**: " + chat.Plain(c.Rhythm.Words()) + " (" + c.Zone.City() + ")")
	switch c.State {
	case Draft:
		b.WriteString("\n\nNobody has been told yet.")
	case Paused:
		b.WriteString("\n\nThe plan is paused. What is ahead gets its dates when it goes on.")
	case Ended:
		b.WriteString("\n\nThis cohort has ended.")
	}
	rests := restsIn(c.Breaks, dates)
	phase, list := "", false
	for _, d := range dates {
		if d.Skipped && !facilitator {
			continue
		}
		for len(rests) > 0 && !d.On.IsZero() && rests[0].From.Before(d.On.Date) && c.State != Paused {
			list = line(&b, list, "*"+chat.Plain(rests[0].Name)+"*: "+shortSpan(rests[0], today)+", no questions")
			rests = rests[1:]
		}
		if d.Phase != phase {
			if phase = d.Phase; phaseTitle(c, phase) != "" {
				b.WriteString("\n\n" + bold(phaseTitle(c, phase)))
				list = false
			}
		}
		list = line(&b, list, weekLine(c, d, facilitator, ahead && d.ID == next.ID, today))
	}
	if len(dates) == 0 {
		b.WriteString("\n\nThere are no weeks in it yet.")
	}
	if holidays := restsIn(c.Holidays, dates); len(holidays) > 0 {
		var names []string
		for _, h := range holidays {
			names = append(names, chat.Plain(h.Name)+" ("+shortSpan(h, today)+")")
		}
		b.WriteString("\n\nHolidays: " + strings.Join(names, ", ") + ".")
	}
	m := chat.Message{Text: b.String(), Note: "Only you see this."}
	if facilitator {
		m.Buttons = planButtons(c, dates)
	}
	return m
}

// line adds a line to a list, which it opens where none is open.
func line(b *strings.Builder, open bool, text string) bool {
	if !open {
		b.WriteString("\n")
	}
	b.WriteString("\n- " + text)
	return true
}

func weekLine(c Cohort, d Dated, facilitator, next bool, today schedules.Date) string {
	if d.Skipped {
		return "Left out: " + chat.Plain(d.Title)
	}
	text := d.Label()
	if next {
		text = "**" + text + "**"
	}
	switch {
	case d.Gone():
		text += ": " + shortDay(d.On.Date, today) + ", gone out"
	case c.State == Paused || c.State == Ended:
	case d.On.IsZero():
		text += ": no date"
	default:
		text += ": " + shortDay(d.On.Date, today)
		if slotTime := d.On.Time; len(c.Rhythm.OnDate(d.Slot.Date)) > 1 {
			text += ", " + slotTime.Clock()
		}
		if next {
			text += ", next"
		}
		if d.On.Date != d.Slot.Date {
			text += ", because of " + chat.Plain(d.Moved)
		}
	}
	if facilitator && d.Ahead() {
		if d.Held {
			text += ", held"
		}
		if d.Prompt == "" {
			text += ", no question yet"
		}
	}
	return text
}

// planButtons offers what is likeliest: the prompt that has to be written first,
// the next week, and another week.
func planButtons(c Cohort, dates []Dated) []chat.Button {
	if c.State == Ended || c.State == Deleted {
		return nil
	}
	var buttons []chat.Button
	if next, ok := Next(dates); ok {
		edit := chat.Button{Label: "Edit the next question", Command: "plan edit", Record: WeekRecord(c.ID, next.ID), Main: true}
		for _, d := range dates {
			if d.Ahead() && d.Prompt == "" {
				edit.Label, edit.Record = fmt.Sprintf("Write week %d", d.Number), WeekRecord(c.ID, d.ID)
				break
			}
		}
		buttons = append(buttons, edit, chat.Button{Label: "Preview the next", Command: "plan preview", Record: WeekRecord(c.ID, next.ID)})
	}
	if c.State == Paused {
		return append(buttons, chat.Button{Label: "Resume the plan", Command: "plan resume", Record: string(c.ID)})
	}
	return append(buttons, chat.Button{Label: "Add a week", Command: "plan insert", Record: string(c.ID)})
}

// restsIn gives the breaks or holidays from the first week of a plan to its last.
func restsIn(rests schedules.Calendar, dates []Dated) schedules.Calendar {
	var first, last schedules.Date
	for _, d := range dates {
		if d.On.IsZero() {
			continue
		}
		if first.IsZero() {
			first = d.On.Date
		}
		last = d.On.Date
	}
	var in schedules.Calendar
	for _, s := range rests {
		if !first.IsZero() && !s.To.Before(first) && !s.From.After(last) {
			in = append(in, s)
		}
	}
	return in
}

func phaseTitle(c Cohort, id string) string {
	for _, p := range c.Programme.Phases {
		if p.ID == id {
			return p.Title
		}
	}
	return ""
}

func shortDay(d, today schedules.Date) string {
	if d.Year != today.Year {
		return fmt.Sprintf("%s %d", d.Short(), d.Year)
	}
	return d.Short()
}

func shortSpan(s schedules.Span, today schedules.Date) string {
	if s.From == s.To {
		return shortDay(s.From, today)
	}
	return shortDay(s.From, today) + " to " + shortDay(s.To, today)
}
