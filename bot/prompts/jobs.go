package prompts

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/thread"
	"cohortbot/schedules"
)

const (
	// tooLate is how long after its time a question still goes out by itself:
	// after a longer standstill the facilitator decides.
	tooLate = 3 * 24 * time.Hour
	// weaveAfter is how many days after the question the facilitators get the
	// draft of the week's write-up, at weaveAt on the cohort's wall; never on a
	// weekend.
	weaveAfter = 4
	nudgePage  = 50
	// slippedAfter is how long the facilitators have to let a week go out that was
	// due, before the group is told that it waits.
	slippedAfter = 24 * time.Hour
)

var weaveAt = schedules.TimeOfDay{Hour: 16}

func promptKey(w cohorts.WeekID, p chat.Place) string {
	return promptKind + "/" + string(w) + "/" + p.String()
}

func nudgeKey(w cohorts.WeekID, p people.ID) string {
	return nudgeKind + "/" + string(w) + "/" + string(p)
}

// postDue lets the week go out whose time has come.
func postDue(tx store.Tx, j jobs.Job, now time.Time) error {
	c, plan, dates, err := cohorts.Load(tx, cohorts.ID(j.Record))
	if err != nil {
		return err
	}
	next, ok := cohorts.Next(dates)
	if !ok || c.State != cohorts.Open || next.On.In(c.Zone).After(now) {
		return cohorts.Reschedule(tx, c, plan, now)
	}
	late := now.Sub(next.On.In(c.Zone)) > tooLate
	if !late && !next.Held && next.Prompt != "" {
		return post(tx, c, plan, dates, next, now)
	}
	plan.NotBefore = c.Today(now).AddDays(1)
	if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
		return err
	}
	record := cohorts.WeekRecord(c.ID, next.ID)
	if err := tellFacilitators(tx, c, waitingKind, record, next.On.String(), now); err != nil {
		return err
	}
	if err := jobs.Set(tx, jobs.Job{
		Key: slippedKind + "/" + string(c.ID), Kind: slippedKind, Record: record, Cohort: string(c.ID),
		Due: now.Add(slippedAfter), Page: next.On.String(),
	}); err != nil {
		return err
	}
	return cohorts.Reschedule(tx, c, plan, now)
}

// tellSlipped tells the group that the week is still to come which they expected
// a day ago.
func tellSlipped(tx store.Tx, j jobs.Job, now time.Time) error {
	c, _, d, err := weekOf(tx, j.Record)
	if err != nil || !d.Ahead() || c.State != cohorts.Open {
		return ignoreMissing(err)
	}
	return outbox.Say(tx, outbox.Item{
		Key: slippedKind + "/" + string(d.ID) + "/" + j.Page, Kind: slippedKind, Record: j.Record, Cohort: string(c.ID),
		Place: c.Place, Until: d.On.In(c.Zone),
	}, now)
}

// post lets a week go out now: marked as gone, to be said, and with all that
// follows from it, in one transaction.
func post(tx store.Tx, c cohorts.Cohort, plan cohorts.Plan, dates []cohorts.Dated, d cohorts.Dated, now time.Time) error {
	i := slices.IndexFunc(plan.Weeks, func(w cohorts.Week) bool { return w.ID == d.ID })
	plan.Weeks[i].Posted, plan.Weeks[i].Slot, plan.Weeks[i].Held = now, d.Slot, false
	if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
		return err
	}
	record := cohorts.WeekRecord(c.ID, d.ID)
	if err := outbox.Say(tx, outbox.Item{
		Key: promptKey(d.ID, c.Place), Kind: promptKind, Record: record, Cohort: string(c.ID), Place: c.Place,
	}, now); err != nil {
		return err
	}
	if err := d.Begin(tx, c.ID, now); err != nil {
		return err
	}
	if err := thread.WeekOut(tx, c, d.ID, now); err != nil {
		return err
	}
	early, err := OfWeek(tx, c.ID, d.ID)
	if err != nil {
		return err
	}
	for _, a := range early {
		if err := show(tx, a, now); err != nil {
			return err
		}
	}
	if after, err := schedules.ParseDuration(c.Programme.Nudges.After); err == nil && c.Programme.Nudges.After != "" {
		if err := jobs.Set(tx, jobs.Job{
			Key: "nudges/" + string(d.ID), Kind: "nudges", Record: record, Cohort: string(c.ID),
			Due: now.Add(after).Add(-12 * time.Hour),
		}); err != nil {
			return err
		}
	}
	wall := schedules.Wall{Date: c.Today(now).AddDays(weaveAfter), Time: weaveAt}
	for wall.Date.Weekday() == time.Saturday || wall.Date.Weekday() == time.Sunday {
		wall = wall.AddDays(1)
	}
	if err := jobs.Set(tx, jobs.Job{
		Key: weaveKind + "/" + string(d.ID), Kind: weaveKind, Record: record, Cohort: string(c.ID), Due: wall.In(c.Zone),
	}); err != nil {
		return err
	}
	return cohorts.Reschedule(tx, c, plan, now)
}

// askForPrompt asks the facilitators, in good time, for a question that is not
// written yet.
func askForPrompt(tx store.Tx, j jobs.Job, now time.Time) error {
	c, plan, dates, err := cohorts.Load(tx, cohorts.ID(j.Record))
	if err != nil {
		return err
	}
	for i, d := range dates {
		if !d.Ahead() || d.Prompt != "" || d.Asked || d.On.In(c.Zone).Sub(now) > 4*24*time.Hour {
			continue
		}
		plan.Weeks[i].Asked = true
		if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
			return err
		}
		if err := tellFacilitators(tx, c, askKind, cohorts.WeekRecord(c.ID, d.ID), "", now); err != nil {
			return err
		}
		break
	}
	return cohorts.Reschedule(tx, c, plan, now)
}

// spreadNudges sets one job for each member whose question is open still, a page
// of members at a time. It runs half a day early, so that each gets their own
// hour.
func spreadNudges(tx store.Tx, j jobs.Job, now time.Time) error {
	id, week := cohorts.ParseWeekRecord(j.Record)
	c, _, dates, err := cohorts.Load(tx, id)
	if err != nil {
		return err
	}
	d, ok := cohorts.Find(dates, week)
	if !ok || !d.Gone() {
		return nil
	}
	after, err := schedules.ParseDuration(c.Programme.Nudges.After)
	if err != nil {
		return err
	}
	group, err := cohorts.Group(tx, id)
	if err != nil {
		return err
	}
	slices.SortFunc(group, func(a, b cohorts.Member) int { return cmp.Compare(a.Person, b.Person) })
	spread := 0
	for _, m := range group {
		if string(m.Person) <= j.Page || !m.Learner() || m.ReadingAlong {
			continue
		}
		if spread == nudgePage {
			return jobs.Set(tx, j)
		}
		j.Page = string(m.Person)
		spread++
		if done, err := settled(tx, m.Person, week); err != nil {
			return err
		} else if done {
			continue
		}
		p, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return err
		}
		// The hour of the question, on the member's own wall.
		wall := schedules.WallOf(d.Posted.Add(after).In(c.Zone.Location()))
		zone := p.ZoneOr(c.Zone)
		due := p.Quiet.Open(wall.In(zone), zone)
		if due.Before(now) {
			due = p.Quiet.Open(now, zone)
		}
		if err := jobs.Set(tx, jobs.Job{
			Key: nudgeKey(week, m.Person), Kind: nudgeKind, Record: cohorts.WeekRecord(id, week) + "/" + string(m.Person),
			Cohort: string(id), Due: due, Until: due.Add(24 * time.Hour),
		}); err != nil {
			return err
		}
	}
	return nil
}

// nudge reminds one member, once, if nothing speaks against it.
func nudge(tx store.Tx, j jobs.Job, now time.Time) error {
	cut := strings.LastIndex(j.Record, "/")
	record, person := j.Record[:cut], j.Record[cut+1:]
	id, week := cohorts.ParseWeekRecord(record)
	c, _, dates, err := cohorts.Load(tx, id)
	if err != nil {
		return err
	}
	m, ok, err := cohorts.MemberOf(tx, id, people.ID(person))
	if err != nil {
		return err
	}
	current, posted := cohorts.Current(dates)
	if !ok || !m.Learner() || m.ReadingAlong || !c.Running(now) || !posted || current.ID != week {
		return nil
	}
	if done, err := settled(tx, m.Person, week); err != nil || done {
		return err
	}
	p, err := people.Table.Get(tx, m.Person)
	if err != nil {
		return err
	}
	zone := p.ZoneOr(c.Zone)
	if _, off := c.Holidays.On(schedules.DateOf(now.In(zone.Location()))); off {
		j.Due, j.Until = j.Due.Add(24*time.Hour), j.Until.Add(24*time.Hour)
		return jobs.Set(tx, j)
	}
	if open := p.Quiet.Open(now, zone); open.After(now) { // the quiet hours have changed since
		j.Due = open
		return jobs.Set(tx, j)
	}
	if may, err := people.Nudge(tx, m.Person, weekly(c), now, c.Zone); err != nil || !may {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: nudgeKey(week, m.Person), Kind: nudgeKind, Record: record, Cohort: string(id), Person: person,
		Place: p.Direct(c.Place.Workspace), Until: now.Add(12 * time.Hour), Silent: true,
	}, now)
}

// weekly is the usual size of the budget of reminders in a cohort.
func weekly(c cohorts.Cohort) int {
	if c.Programme.Nudges.Weekly > 0 {
		return c.Programme.Nudges.Weekly
	}
	return 2
}

// draftWeave gives the facilitators what people allowed to be quoted.
func draftWeave(tx store.Tx, j jobs.Job, now time.Time) error {
	id, week := cohorts.ParseWeekRecord(j.Record)
	c, _, dates, err := cohorts.Load(tx, id)
	if err != nil {
		return err
	}
	if woven, err := wovenAlready(tx, id, week); err != nil || woven || c.State == cohorts.Ended {
		return err
	}
	if !c.Running(now) { // nobody is written to in a break
		j.Due = now.Add(24 * time.Hour)
		return jobs.Set(tx, j)
	}
	o, err := offered(tx, c, dates, week)
	if err != nil || o.empty() {
		return err
	}
	return tellFacilitators(tx, c, draftKind, j.Record, "", now)
}

// end closes a cohort whose last week has gone by.
func end(tx store.Tx, j jobs.Job, now time.Time) error {
	c, plan, dates, err := cohorts.Load(tx, cohorts.ID(j.Record))
	if err != nil {
		return err
	}
	if _, ahead := cohorts.Next(dates); ahead || c.State != cohorts.Open {
		return cohorts.Reschedule(tx, c, plan, now)
	}
	c.State = cohorts.Ended
	if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
		return err
	}
	if err := cohorts.Reschedule(tx, c, plan, now); err != nil {
		return err
	}
	return tellFacilitators(tx, c, endKind, string(c.ID), "", now)
}

// tellFacilitators says something to each facilitator in private. occasion tells
// apart what may be said several times about one record.
func tellFacilitators(tx store.Tx, c cohorts.Cohort, kind, record, occasion string, now time.Time) error {
	facilitators, err := cohorts.Facilitators(tx, c.ID)
	if err != nil {
		return err
	}
	for _, p := range facilitators {
		key := kind + "/" + record + "/" + string(p.ID)
		if occasion != "" {
			key += "/" + occasion
		}
		if err := outbox.Say(tx, outbox.Item{
			Key: key, Kind: kind, Record: record, Cohort: string(c.ID), Person: string(p.ID), Place: p.Direct(c.Place.Workspace),
		}, now); err != nil {
			return err
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
