package cohorts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// alter carries out a change of a plan. Where dates of a running plan move, it
// first shows what would happen, and tells the group once it has. Whoever else
// changes the plan in between loses nothing: the change is made to the plan as it
// is then, and shown again where it would do something else. change also fills in
// what the change is about.
func alter(tx store.Tx, call deeds.Call, change func(Cohort, Plan, *PlanChange) (Cohort, Plan, error)) (chat.Outcome, error) {
	c, plan, before, err := Load(tx, ID(call.Cohort))
	if err != nil {
		return chat.Outcome{}, err
	}
	if err := changeable(c); err != nil {
		return chat.Outcome{}, err
	}
	ch := PlanChange{Cohort: c.ID, By: call.Person.ID, At: call.Now}
	carried, ok, err := proposed(tx, call.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if ok {
		ch.Proposed = carried.By
	}
	c, plan, err = change(c, plan, &ch)
	if err != nil {
		return chat.Outcome{}, err
	}
	plan = notInThePast(c, plan, before, ch.Kind == changeRelease, call.Now)
	after := c.Dates(plan)
	if err := allDated(before, after); err != nil {
		return chat.Outcome{}, err
	}
	ch.Moved, ch.Rest = Diff(before, after)
	ch.Paused = c.State == Paused
	if !call.Role.Includes(chat.Facilitator) {
		return propose(tx, c, after, ch, call)
	}
	tell := c.State != Draft && (len(ch.Moved) > 0 || ch.Kind == changePause || ch.Kind == changeResume)
	if tell {
		if out, shown, err := confirmChange(tx, c, after, ch, call); err != nil || !shown {
			return out, err
		}
	}
	c.Changes++
	ch.Number = c.Changes
	if err := keep(tx, c, plan, call); err != nil {
		return chat.Outcome{}, err
	}
	if tell {
		if err := announce(tx, c, ch, call.Now); err != nil {
			return chat.Outcome{}, err
		}
	}
	if ok {
		if err := carried.end(tx, call, true, ""); err != nil {
			return chat.Outcome{}, err
		}
	}
	return changed(c, after, ch, tell), nil
}

// keep stores a changed plan and sets its jobs again.
func keep(tx store.Tx, c Cohort, plan Plan, call deeds.Call) error {
	err := Plans.Put(tx, c.ID, plan)
	if errors.Is(err, store.ErrTooLarge) {
		return deeds.Refuse(deeds.Invalid, "The plan has grown larger than I can keep. Shorten some of its questions, then try again.")
	}
	if err != nil {
		return err
	}
	if err := Table.Put(tx, c.ID, c); err != nil {
		return err
	}
	return Reschedule(tx, c, plan, call.Now)
}

// changeable refuses changes to a plan that nobody goes by any more.
func changeable(c Cohort) error {
	if c.State == Ended || c.State == Deleted {
		return deeds.Refuse(deeds.Conflict, "%s has ended, so its plan stays as it is. Start the next one from it with /cohort clone.", chat.Plain(c.Name))
	}
	return nil
}

// notInThePast holds a plan back where a change would date its next week before
// now: it would go out at once, and nobody asked for that. A week that was due
// already stays due, unless it was held and is released.
func notInThePast(c Cohort, p Plan, before []Dated, released bool, now time.Time) Plan {
	today := c.Today(now)
	for days := range 2 {
		next, ok := Next(c.Dates(p))
		if !ok || next.On.In(c.Zone).After(now) {
			return p
		}
		if was, ok := Next(before); days == 0 && !released && ok && was.ID == next.ID && was.On == next.On {
			return p
		}
		p.NotBefore = today.AddDays(days)
	}
	return p
}

// allDated refuses a change that leaves weeks without a day.
func allDated(before, after []Dated) error {
	undated := func(d Dated) bool { return d.Ahead() && d.On.IsZero() }
	if !slices.ContainsFunc(before, undated) && slices.ContainsFunc(after, undated) {
		return deeds.Refuse(deeds.Invalid, "With that, I find no day for every week in the next five years. Look at the rhythm, the breaks and the holidays in /plan show.")
	}
	return nil
}

// shownChange is what somebody was last shown of a change that waits for their
// confirmation.
type shownChange struct {
	Deed   string     `json:"deed"` // id of the call
	Change PlanChange `json:"change"`
}

// shownChanges keeps the last of each person in each cohort, by [MemberID].
var shownChanges = store.NewTable[string, shownChange]("planshown", 1)

// confirmChange shows what a change would do, and how many people it tells. True
// means that the person has seen just that and is sure.
func confirmChange(tx store.Tx, c Cohort, dates []Dated, ch PlanChange, call deeds.Call) (chat.Outcome, bool, error) {
	key := MemberID(c.ID, call.Person.ID)
	opening := ""
	if call.Sure {
		seen, err := shownChanges.Get(tx, key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return chat.Outcome{}, false, err
		}
		same, err := seen.Change.same(ch)
		if err != nil || same && seen.Deed == call.ID {
			return chat.Outcome{}, err == nil, err
		}
		opening = "The plan has changed since I showed you this, so here it is as it would be now.\n\n"
	}
	if err := shownChanges.Put(tx, key, shownChange{Deed: call.ID, Change: ch}); err != nil {
		return chat.Outcome{}, false, err
	}
	group, err := Group(tx, c.ID)
	if err != nil {
		return chat.Outcome{}, false, err
	}
	told := 0
	for _, m := range group {
		if m.Person != call.Person.ID {
			told++
		}
	}
	question, button := ch.ask(c)
	text := opening + joinSentences(question, ch.moves(c, dates))
	switch told {
	case 0:
		text += "\n\nI will say so in the group's channel."
	case 1:
		text += "\n\nI will say so in the group's channel: one other person will be told."
	default:
		text += fmt.Sprintf("\n\nI will say so in the group's channel: %d people will be told.", told)
	}
	return deeds.Confirm(text, button), false, nil
}

// same tells whether two changes do the same, whenever they are made.
func (ch PlanChange) same(other PlanChange) (bool, error) {
	ch.At, other.At = time.Time{}, time.Time{}
	a, err := json.Marshal(ch)
	if err != nil {
		return false, err
	}
	b, err := json.Marshal(other)
	return bytes.Equal(a, b), err
}

// changed says what was done, and who hears of it.
func changed(c Cohort, dates []Dated, ch PlanChange, told bool) chat.Outcome {
	text := joinSentences("You "+ch.done(c), ch.moves(c, dates))
	switch {
	case told:
		text += "\n\nI am telling the group in its channel."
	case c.State == Draft:
		text += "\n\nNobody has been told yet."
	default:
		text += "\n\nNo date changes, so nobody is told."
	}
	return chat.Say(text, chat.Button{Label: "Show the whole plan", Command: "plan show", Record: string(c.ID)})
}
