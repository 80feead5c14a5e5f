package cohorts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// WeekID names a week of a plan for ever, wherever the week moves to.
type WeekID string

// Plan is the weeks of a cohort in their order. The dates are not kept: they
// follow from the order, see [Cohort.Dates].
type Plan struct {
	Weeks []Week `json:"weeks"`
	// NotBefore holds back every week that has not gone out: after a pause, or
	// because the next one waits for its prompt.
	NotBefore schedules.Date `json:"not_before,omitzero"`
}

// Week is one step of a plan.
type Week struct {
	ID     WeekID `json:"id"`
	Phase  string `json:"phase,omitempty"` // id of a phase of the programme
	Title  string `json:"title"`
	Strand string `json:"strand,omitempty"`
	Prompt string `json:"prompt,omitempty"` // Markdown, a template; empty: not written yet

	With []programmes.Activity `json:"with,omitempty"` // what it offers beside the question

	Held    bool           `json:"held,omitempty"`    // does not go out until a facilitator lets it
	Skipped bool           `json:"skipped,omitempty"` // left out
	Posted  time.Time      `json:"posted,omitzero"`   // when it went out
	Slot    schedules.Wall `json:"slot,omitzero"`     // the step of the rhythm that it took, once it went out
	Asked   bool           `json:"asked,omitempty"`   // the facilitators were asked for its prompt
}

// Gone tells whether the week has gone out.
func (w Week) Gone() bool { return !w.Posted.IsZero() }

// Ahead tells whether the week is still to go out.
func (w Week) Ahead() bool { return !w.Gone() && !w.Skipped }

// Plans keeps the plan of each cohort.
var Plans = store.NewTable[ID, Plan]("plans", 1)

// Dated is a week with its place in time.
type Dated struct {
	Week
	Number int            // from 1, over the weeks that are not skipped; 0 for a skipped one
	On     schedules.Wall // when it goes or went out, on the wall in the cohort's zone
	Moved  string         // name of the holiday that it makes way for, or empty
}

// NewPlan makes the plan of a programme. ids names the weeks.
func NewPlan(p programmes.Programme, id func() WeekID) Plan {
	var plan Plan
	for _, phase := range p.Phases {
		for _, w := range phase.Weeks {
			plan.Weeks = append(plan.Weeks, Week{ID: id(), Phase: phase.ID, Title: w.Title, Strand: w.Strand, Prompt: w.Prompt, With: w.With})
		}
	}
	return plan
}

// Dates gives every week its date: each that is ahead takes the next step of the
// rhythm that is in no break; a holiday moves the post to the next free day, not
// the steps after it. What has gone out keeps its step, and what follows comes
// after the day on which it really went out.
func (c Cohort) Dates(p Plan) []Dated {
	cursor := eveOf(c.First)
	dates := make([]Dated, 0, len(p.Weeks))
	number := 0
	for _, w := range p.Weeks {
		d := Dated{Week: w}
		switch {
		case w.Gone():
			number++
			d.Number, d.On = number, schedules.WallOf(w.Posted.In(c.Zone.Location()))
			cursor = later(cursor, later(w.Slot, d.On))
		case w.Skipped:
		default:
			number++
			d.Number = number
			if !p.NotBefore.IsZero() {
				cursor = later(cursor, eveOf(p.NotBefore))
			}
			if slot, on, moved, ok := c.step(cursor); ok {
				cursor, d.Slot, d.On, d.Moved = slot, slot, on, moved
			}
		}
		dates = append(dates, d)
	}
	return dates
}

// step gives the first step of the rhythm after a time at which a prompt can go
// out, when it does, and the holiday that it makes way for. A step is passed over
// when making way would lead into a break, or as far as the next step: two
// prompts would then come at once. False where there is none in five years.
func (c Cohort) step(after schedules.Wall) (slot, on schedules.Wall, moved string, ok bool) {
	last := after.Date.AddDays(5 * 366)
	for {
		slot, ok = c.Rhythm.NextWall(after, c.Breaks)
		if !ok || slot.Date.After(last) {
			return schedules.Wall{}, schedules.Wall{}, "", false
		}
		holiday, off := c.Holidays.On(slot.Date)
		if !off {
			return slot, slot, "", true
		}
		on = slot
		for span := holiday; off; span, off = c.Holidays.On(on.Date) {
			on.Date = span.To.AddDays(1)
		}
		next, more := c.Rhythm.NextWall(slot, c.Breaks)
		if _, resting := c.Breaks.On(on.Date); !resting && (!more || on.Date.Before(next.Date)) {
			return slot, on, holiday.Name, true
		}
		after = slot
	}
}

// eveOf gives the last minute before a day.
func eveOf(d schedules.Date) schedules.Wall {
	return schedules.Wall{Date: d.AddDays(-1), Time: schedules.TimeOfDay{Hour: 23, Minute: 59}}
}

func later(a, b schedules.Wall) schedules.Wall {
	if a.Before(b) {
		return b
	}
	return a
}

// Next gives the week that goes out next; false where none is ahead.
func Next(dates []Dated) (Dated, bool) {
	i := slices.IndexFunc(dates, func(d Dated) bool { return d.Ahead() && !d.On.IsZero() })
	if i < 0 {
		return Dated{}, false
	}
	return dates[i], true
}

// Current gives the week that went out last; false before the first.
func Current(dates []Dated) (Dated, bool) {
	for _, d := range slices.Backward(dates) {
		if d.Gone() {
			return d, true
		}
	}
	return Dated{}, false
}

// Find gives a week by its id; false where it is not in the plan.
func Find(dates []Dated, id WeekID) (Dated, bool) {
	i := slices.IndexFunc(dates, func(d Dated) bool { return d.ID == id })
	if i < 0 {
		return Dated{}, false
	}
	return dates[i], true
}

// Scene gives what the prompt of a week may speak of.
func (c Cohort) Scene(dates []Dated, d Dated) programmes.Scene {
	s := programmes.Scene{
		Cohort: c.Name, Member: c.Programme.Members.One, Members: c.Programme.Members.Many,
		Week: d.Number, Title: d.Title,
	}
	for _, x := range dates {
		if !x.Skipped {
			s.Weeks++
		}
	}
	for _, p := range c.Programme.Phases {
		if p.ID == d.Phase {
			s.Phase = p.Title
		}
	}
	for _, x := range c.Programme.Strands {
		if x.ID == d.Strand {
			s.Strand = x.Title
		}
	}
	return s
}

// Load gives a cohort, its plan and its dates.
func Load(tx store.Tx, id ID) (Cohort, Plan, []Dated, error) {
	c, err := Table.Get(tx, id)
	if err != nil {
		return c, Plan{}, nil, fmt.Errorf("cohort %s: %w", id, err)
	}
	p, err := Plans.Get(tx, id)
	if err != nil {
		return c, p, nil, fmt.Errorf("plan of %s: %w", id, err)
	}
	return c, p, c.Dates(p), nil
}

// Label names a week in a sentence: "Week 3 · The star".
func (d Dated) Label() string {
	if d.Number == 0 {
		return "Skipped · " + chat.Plain(d.Title)
	}
	return fmt.Sprintf("Week %d · %s", d.Number, chat.Plain(d.Title))
}

// Heading is [Dated.Label] where no mark-up is read.
func (d Dated) Heading() string {
	if d.Number == 0 {
		return d.Title
	}
	return fmt.Sprintf("Week %d · %s", d.Number, d.Title)
}

// WeekRecord names a week for a button: the cohort and the week.
func WeekRecord(c ID, w WeekID) string { return string(c) + "/" + string(w) }

// ParseWeekRecord reads what [WeekRecord] gave; the week is empty where the
// record names a cohort alone.
func ParseWeekRecord(record string) (ID, WeekID) {
	c, w, _ := strings.Cut(record, "/")
	return ID(c), WeekID(w)
}
