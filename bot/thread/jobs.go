package thread

import (
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of jobs.
const (
	dueKind   = "parked-due"  // looks whether one promise has come due
	lapseKind = "share-lapse" // forgets an offer that nobody answered
	askKind   = "share-ask"   // asks an author; also the kind of what is said
)

// remindAt is when promises are looked at, on the cohort's wall.
var remindAt = schedules.TimeOfDay{Hour: 9}

// due looks whether what was promised for a day or a session has come due: on
// the morning of that day, the facilitators are to be reminded.
func due(tx store.Tx, coming Coming, j jobs.Job, now time.Time) error {
	p, err := Lot.Get(tx, ParkedID(j.Record))
	if err != nil || !p.Open() || p.Week != "" {
		return ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, p.Cohort)
	if err != nil {
		return ignoreMissing(err)
	}
	if c.State == cohorts.Ended || c.State == cohorts.Deleted {
		return nil
	}
	if p.Session != "" {
		next, err := coming(tx, c.ID, now)
		if err != nil {
			return err
		}
		// One that is not there any more was called off: what was promised for it
		// needs another time, and they are reminded now.
		i := slices.IndexFunc(next, func(o Occasion) bool { return o.ID == p.Session })
		if i >= 0 {
			p.Title, p.Due = next[i].Title, next[i].Start
		} else if p.Due.After(now) {
			p.Due = now
		}
		if err := Lot.Put(tx, p.ID, p); err != nil {
			return err
		}
		if err := p.follow(tx); err != nil {
			return err
		}
	}
	if c.Today(now).Before(schedules.DateOf(p.Due.In(c.Zone.Location()))) {
		return expect(tx, c, p, now)
	}
	if !c.Running(now) { // nobody is written to in a break or a pause
		j.Due = now.Add(24 * time.Hour)
		return jobs.Set(tx, j)
	}
	return remindAll(tx, c, now)
}

// WeekOut reminds the facilitators of what was promised for a week, as it goes
// out.
func WeekOut(tx store.Tx, c cohorts.Cohort, week cohorts.WeekID, now time.Time) error {
	_, _, dates, err := cohorts.Load(tx, c.ID)
	if err != nil {
		return err
	}
	all, err := Promised(tx, c.ID, dates, week)
	all = slices.DeleteFunc(all, func(p Parked) bool { return p.Week == "" }) // those have their own day
	if err != nil || len(all) == 0 {
		return err
	}
	return remindAll(tx, c, now)
}

// remindAll sets one job for each facilitator, in their own time.
func remindAll(tx store.Tx, c cohorts.Cohort, now time.Time) error {
	facilitators, err := cohorts.Facilitators(tx, c.ID)
	if err != nil {
		return err
	}
	for _, p := range facilitators {
		if err := jobs.Set(tx, jobs.Job{
			Key: remindKind + "/" + string(c.ID) + "/" + string(p.ID), Kind: remindKind, Record: string(c.ID), Cohort: string(c.ID),
			Page: string(p.ID), Due: p.Quiet.Open(now, p.ZoneOr(c.Zone)),
		}); err != nil {
			return err
		}
	}
	return nil
}

// remind tells one facilitator, once a day at most, of all that is promised now.
// It is what the group was promised in their name, so it takes nothing from
// their budget of reminders; closing each with a word ends it.
func remind(tx store.Tx, j jobs.Job, now time.Time) error {
	c, err := cohorts.Get(tx, cohorts.ID(j.Record))
	if err != nil {
		return ignoreMissing(err)
	}
	m, ok, err := cohorts.MemberOf(tx, c.ID, people.ID(j.Page))
	if err != nil || !ok || !m.Facilitator {
		return err
	}
	if c.State == cohorts.Ended || c.State == cohorts.Deleted {
		return nil
	}
	p, err := people.Table.Get(tx, m.Person)
	if err != nil {
		return err
	}
	if p.OnLeave(now, c.Zone) || !c.Running(now) { // when they are back
		j.Due = p.Quiet.Open(now.Add(24*time.Hour), p.ZoneOr(c.Zone))
		return jobs.Set(tx, j)
	}
	return outbox.Say(tx, outbox.Item{
		Key: remindKind + "/" + j.Record + "/" + j.Page + "/" + c.Today(now).String(), Kind: remindKind, Record: j.Record,
		Cohort: j.Record, Person: j.Page, Place: p.Direct(c.Place.Workspace),
	}, now)
}
