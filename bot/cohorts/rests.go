package cohorts

import (
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/schedules"
)

// This file changes when a plan runs without touching its weeks: pauses, breaks,
// holidays, the first day and the rhythm. Days are days in the cohort's zone, and
// today is the day there. Each function gives a new cohort; its error is a
// refusal for the person who asked.

// farthest is how many days ahead a plan can be put off, or a break can last.
const farthest = 366

// Pause keeps everything back until the plan is resumed.
func (c Cohort) Pause() (Cohort, error) {
	switch c.State {
	case Paused:
		return c, deeds.Refuse(deeds.Conflict, "The plan is paused already. /plan resume takes it up again.")
	case Open:
		c.State = Paused
		return c, nil
	}
	return c, deeds.Refuse(deeds.Conflict, "Nothing is going out yet, so there is nothing to pause.")
}

// Resume takes a paused plan up again, with nothing before a day.
func (c Cohort) Resume(p Plan, on, today schedules.Date) (Cohort, Plan, error) {
	if c.State != Paused {
		return c, p, deeds.Refuse(deeds.Conflict, "The plan is not paused, so there is nothing to resume.")
	}
	if err := within(on, today, "date"); err != nil {
		return c, p, err
	}
	c.State, p.NotBefore = Open, on
	return c, p, nil
}

// AddBreak adds a run of days in which no step of the rhythm is taken.
func (c Cohort) AddBreak(s schedules.Span, today schedules.Date) (Cohort, error) {
	rests, err := added(c.Breaks, s, today, "Break")
	if err == nil {
		c.Breaks = rests
	}
	return c, err
}

// AddHoliday adds days that a prompt makes way for, to the next day that is free.
func (c Cohort) AddHoliday(s schedules.Span, today schedules.Date) (Cohort, error) {
	rests, err := added(c.Holidays, s, today, "Holiday")
	if err == nil {
		c.Holidays = rests
	}
	return c, err
}

// RemoveBreak takes a break away, or a holiday, by its first and last day.
func (c Cohort) RemoveBreak(from, to schedules.Date) (Cohort, error) {
	same := func(s schedules.Span) bool { return s.From == from && s.To == to }
	switch {
	case slices.ContainsFunc(c.Breaks, same):
		c.Breaks = slices.DeleteFunc(slices.Clone(c.Breaks), same)
	case slices.ContainsFunc(c.Holidays, same):
		c.Holidays = slices.DeleteFunc(slices.Clone(c.Holidays), same)
	default:
		return c, deeds.Refuse(deeds.NotFound, "There is no such break or holiday any more.")
	}
	return c, nil
}

// Begin moves the first day, as long as nothing has gone out.
func (c Cohort) Begin(p Plan, on, today schedules.Date) (Cohort, Plan, error) {
	if p.begun() > 0 {
		return c, p, deeds.Refuse(deeds.Conflict, "The plan has begun, so its first day stays. To put off what is ahead, use /plan pause or /plan break.")
	}
	if err := within(on, today, "date"); err != nil {
		return c, p, err
	}
	c.First, p.NotBefore = on, schedules.Date{}
	return c, p, nil
}

// Follow changes the rhythm of what is ahead.
func (c Cohort) Follow(r schedules.Rule) (Cohort, error) {
	if r.Equal(c.Rhythm) {
		return c, deeds.RefuseField("rhythm", "That is the rhythm already: %s.", chat.Plain(r.Words()))
	}
	c.Rhythm = r
	return c, nil
}

func added(rests schedules.Calendar, s schedules.Span, today schedules.Date, name string) (schedules.Calendar, error) {
	switch {
	case s.To.Before(s.From):
		return nil, deeds.RefuseField("to", "The last day, %s, comes before the first, %s. Give the later one here.", s.To.Long(), s.From.Long())
	case s.To.Before(today):
		return nil, deeds.RefuseField("from", "%s has gone by already, so nothing would change.", s.To.Long())
	case s.From.DaysUntil(s.To) > farthest:
		return nil, deeds.RefuseField("to", "That is more than a year. For a longer rest, use /plan pause.")
	}
	if s.Name == "" {
		s.Name = name
	}
	for _, x := range rests {
		if x.From == s.From && x.To == s.To {
			return nil, deeds.RefuseField("from", "Those days are free already: %s.", chat.Plain(x.Name))
		}
	}
	rests = append(slices.Clone(rests), s)
	slices.SortStableFunc(rests, func(a, b schedules.Span) int { return a.From.Compare(b.From) })
	return rests, nil
}

// within refuses a day that has gone by, or that is more than a year off.
func within(on, today schedules.Date, field string) error {
	switch {
	case on.Before(today):
		return deeds.RefuseField(field, "%s has gone by already. Choose today or a later day.", on.Long())
	case today.DaysUntil(on) > farthest:
		return deeds.RefuseField(field, "%s is more than a year away. Choose an earlier day.", on.Long())
	}
	return nil
}
