package cohorts

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// This file has the words for a plan that moves.

// shownMoves is how many weeks are named before the rest is summed up.
const shownMoves = 4

// done says what was changed, to follow the name of who did it.
func (ch PlanChange) done(c Cohort) string {
	title, other := bold(ch.Title), bold(ch.Other)
	switch ch.Kind {
	case changeInsert:
		if ch.Title == PracticeTitle {
			return "added a practice week."
		}
		return "added a week: " + title + "."
	case changeSkip:
		return "took " + title + " out of the plan."
	case changeRestore:
		return "brought " + title + " back into the plan."
	case changeSwap:
		return "let " + title + " and " + other + " change places."
	case changeStretch:
		if ch.Count == 1 {
			return "added a practice week to " + title + "."
		}
		return fmt.Sprintf("added %s practice weeks to %s.", number(ch.Count), title)
	case changeShorten:
		return "shortened " + title + " by " + span(ch.Count, "week") + "."
	case changePause:
		return "paused the plan. No questions go out for now, and no reminders, of sessions either; answers to what went out are still kept."
	case changeResume:
		return "took the plan up again."
	case changeBreak:
		return "added a break: " + spanWords(ch.Span, ch.today(c)) + ". No questions go out then."
	case changeHoliday:
		return "added a holiday: " + spanWords(ch.Span, ch.today(c)) + "."
	case changeUnbreak:
		return "took a break out again: " + spanWords(ch.Span, ch.today(c)) + "."
	case changeFirst:
		return "moved the first day."
	case changeRhythm:
		return "changed when questions go out: " + chat.Plain(ch.Rhythm.Words()) + "."
	case changeRelease:
		return "let " + title + " go out after all."
	}
	return "changed the plan."
}

// ask says what is about to be changed, before it counts, and what the button
// that does it is called.
func (ch PlanChange) ask(c Cohort) (question, button string) {
	title := bold(ch.Title)
	switch ch.Kind {
	case changeInsert:
		if ch.Title == PracticeTitle {
			return "Add a practice week?", "Add it"
		}
		return "Add a week, " + title + "?", "Add it"
	case changeSkip:
		return "Leave " + title + " out?", "Leave it out"
	case changeRestore:
		return "Bring " + title + " back into the plan?", "Bring it back"
	case changeSwap:
		return "Let " + title + " and " + bold(ch.Other) + " change places?", "Swap them"
	case changeStretch:
		return "Stretch " + title + " by " + span(ch.Count, "practice week") + "?", "Stretch it"
	case changeShorten:
		return "Shorten " + title + " by " + span(ch.Count, "week") + "?", "Shorten it"
	case changePause:
		return "Pause the plan? No questions go out, and no reminders, of sessions either, until you take it up again with /plan resume.", "Pause it"
	case changeResume:
		return "Take the plan up again?", "Resume it"
	case changeBreak:
		return "Add a break: " + spanWords(ch.Span, ch.today(c)) + "? No questions go out then.", "Add it"
	case changeHoliday:
		return "Add a holiday: " + spanWords(ch.Span, ch.today(c)) + "?", "Add it"
	case changeUnbreak:
		return "Take this out again: " + spanWords(ch.Span, ch.today(c)) + "?", "Take it out"
	case changeFirst:
		return "Move the first day?", "Move it"
	case changeRhythm:
		return "Change the rhythm to this: " + chat.Plain(ch.Rhythm.Words()) + "?", "Change it"
	case changeRelease:
		return "Let " + title + " go out?", "Let it go out"
	}
	return "Change the plan?", "Change it"
}

// moves says which dates are new: one sentence where everything moves alike, else
// a list that sums up after a few. Nothing where no date is. While the plan is
// paused nobody knows the dates; when it goes on, the next one is what counts.
func (ch PlanChange) moves(c Cohort, dates []Dated) string {
	today := ch.today(c)
	next, ok := Next(dates)
	switch {
	case ch.Kind == changePause, ch.Kind == changeResume && !ok:
		return ""
	case ch.Kind == changeResume:
		return next.Label() + " goes out " + dayWords(next.On.Date, today) + ", and what follows keeps the rhythm: " + chat.Plain(c.Rhythm.Words()) + "."
	case ch.Paused:
		return "The dates follow when the plan goes on."
	}
	var shifted, came []Moved
	for _, m := range ch.Moved {
		switch {
		case m.Shifts():
			shifted = append(shifted, m)
		case m.From.IsZero() && !m.To.IsZero():
			came = append(came, m)
		}
	}
	var said []string
	switch {
	case len(came) == 1:
		said = append(said, "It goes out "+dayWords(came[0].To.Date, today)+".")
	case len(came) > 1:
		said = append(said, "The first of them goes out "+dayWords(came[0].To.Date, today)+".")
	}
	if line := ch.together(shifted, today); line != "" {
		return strings.Join(append(said, line), " ")
	}
	text := strings.Join(said, " ")
	for i, m := range shifted[:min(len(shifted), shownMoves)] {
		if i == 0 && text != "" {
			text += "\n"
		}
		text += "\n- " + m.label() + ": " + m.instead(today)
	}
	switch rest := len(shifted) - shownMoves; {
	case rest > 0 && ch.Rest:
		text += "\n\nEverything after that moves too."
	case rest == 1:
		text += "\n\nOne more week moves too."
	case rest > 1:
		text += "\n\n" + capital(weeksCount(rest)) + " more move too."
	}
	return strings.TrimPrefix(text, "\n")
}

// together says in one sentence how weeks shift, where they all shift alike and
// are one, or all that is ahead; otherwise nothing.
func (ch PlanChange) together(shifted []Moved, today schedules.Date) string {
	days, alike := shiftOf(shifted)
	if !alike || len(shifted) > 1 && !ch.Rest {
		return ""
	}
	line := shifted[0].label() + " now goes out " + shifted[0].instead(today)
	switch {
	case len(shifted) == 1:
	case days > 0:
		line += "; everything after it moves " + daysWords(days)
	case days < 0:
		line += "; everything after it comes " + daysWords(-days) + " earlier"
	default:
		line += "; so does everything after it"
	}
	return line + "."
}

func (ch PlanChange) today(c Cohort) schedules.Date { return c.Today(ch.At) }

// shiftOf gives by how many days weeks shift, if all of them shift alike: by as
// many days, and to the same time of day. Days are 0 where the time alone is new.
func shiftOf(shifted []Moved) (days int, alike bool) {
	for i, m := range shifted {
		by := m.From.Date.DaysUntil(m.To.Date)
		if i == 0 {
			days = by
		}
		if by != days || m.To.Time != shifted[0].To.Time || m.From.Time != shifted[0].From.Time {
			return 0, false
		}
	}
	return days, len(shifted) > 0
}

func (m Moved) label() string { return Dated{Week: Week{Title: m.Title}, Number: m.Number}.Label() }

// instead says the new date beside the old one, each as short as it can be.
func (m Moved) instead(today schedules.Date) string {
	from, to := m.From, m.To
	if from.Date == to.Date {
		return dayWords(to.Date, today) + " at " + to.Time.Clock() + " instead of " + from.Time.Clock()
	}
	old := fmt.Sprintf("%d %s", from.Date.Day, from.Date.Month)
	switch {
	case from.Date.Year != to.Date.Year:
		old += fmt.Sprintf(" %d", from.Date.Year)
	case from.Date.Month == to.Date.Month:
		old = "the " + ordinal(from.Date.Day)
	}
	day := dayWords(to.Date, today)
	if from.Time != to.Time {
		return fmt.Sprintf("%s, %s, instead of %s, %s", day, to.Time.Clock(), old, from.Time.Clock())
	}
	return day + " instead of " + old
}

// dayWords gives a day with its weekday, and the year where it is not this one.
func dayWords(d, today schedules.Date) string {
	if d.Year == today.Year {
		return strings.TrimSuffix(d.Long(), fmt.Sprintf(" %d", d.Year))
	}
	return d.Long()
}

// spanWords names a break or a holiday with its days.
func spanWords(s schedules.Span, today schedules.Date) string {
	if s.From == s.To {
		return bold(s.Name) + ", " + dayWords(s.From, today)
	}
	return bold(s.Name) + ", " + dayWords(s.From, today) + " to " + dayWords(s.To, today)
}

func daysWords(days int) string {
	if days%7 == 0 {
		return span(days/7, "week")
	}
	return span(days, "day")
}

// span gives "a week" or "three weeks".
func span(n int, unit string) string {
	if n == 1 {
		return "a " + unit
	}
	return number(n) + " " + unit + "s"
}

func weeksCount(n int) string {
	if n == 1 {
		return "one week"
	}
	return number(n) + " weeks"
}

// number gives small numbers as words.
func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

func ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, end)
}

func bold(s string) string { return "**" + chat.Plain(strings.TrimSpace(s)) + "**" }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// joinSentences sets a list apart, and a sentence behind the first.
func joinSentences(first, second string) string {
	switch {
	case second == "":
		return first
	case strings.HasPrefix(second, "- "):
		return first + "\n\n" + second
	}
	return first + " " + second
}
