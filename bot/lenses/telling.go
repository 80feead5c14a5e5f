package lenses

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// tellKind is the kind of the job that tells one person something in private:
// out of their budget of reminders, never on leave or in quiet hours, and only
// while it is still worth telling.
const tellKind = "lens-tell"

const (
	// usualNudges is the weekly budget where the programme names none.
	usualNudges = 3
	// patience is how long something waits for room in somebody's budget.
	patience = 14 * 24 * time.Hour
)

// tell sets or moves what one person is to be told about a record from a time on.
func tell(tx store.Tx, x Collaboration, who people.ID, kind, record string, due, now time.Time) error {
	j := jobs.Job{
		Key: kind + "/" + record + "/" + string(who), Kind: tellKind, Record: record, Cohort: string(x.Cohort),
		Due: due, Until: due.Add(patience), Page: kind + " " + string(who),
	}
	if due.After(now) {
		return jobs.Set(tx, j)
	}
	return telling(tx, j, now)
}

// telling tells it, or puts it off.
func telling(tx store.Tx, j jobs.Job, now time.Time) error {
	kind, id, _ := strings.Cut(j.Page, " ")
	who := people.ID(id)
	later := func(due time.Time) error {
		j.Due = due
		return jobs.Set(tx, j)
	}
	c, err := cohorts.Get(tx, cohorts.ID(j.Cohort))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || c.State == cohorts.Deleted || c.State == cohorts.Ended {
		return err
	}
	p, ok, err := people.Table.Find(tx, who)
	if err != nil || !ok {
		return err
	}
	if ok, err := worthTelling(tx, kind, j.Record, who); err != nil || !ok {
		return err
	}
	if !c.Running(now) { // the group rests; so does what is left to do
		j.Until = now.Add(patience)
		return later(now.Add(24 * time.Hour))
	}
	if open := p.Free(now, c.Zone); open.After(now) {
		j.Until = open.Add(patience)
		return later(open)
	}
	weekly := c.Programme.Nudges.Weekly
	if weekly == 0 {
		weekly = usualNudges
	}
	granted, err := people.Nudge(tx, who, weekly, now, c.Zone)
	if err != nil {
		return err
	}
	if !granted {
		return later(now.Add(24 * time.Hour))
	}
	return outbox.Say(tx, outbox.Item{
		Key: kind + "/" + j.Record + "/" + id + "/" + schedules.DateOf(now.UTC()).String(), Kind: kind, Record: j.Record,
		Cohort: j.Cohort, Person: id, Place: p.Direct(c.Place.Workspace), Silent: true,
	}, now)
}

// worthTelling tells whether something is still for somebody to know or to do.
func worthTelling(tx store.Tx, kind, record string, who people.ID) (bool, error) {
	x, ok, err := collaborationOf(tx, record)
	if err != nil || !ok {
		return false, err
	}
	all, err := circle(tx, x)
	if err != nil || !slices.Contains(all, who) {
		return false, err
	}
	switch kind {
	case againKind:
		looks, err := looksOf(tx, x)
		_, open := x.proposed(looks)
		return open, err
	case invitedKind:
		l, err := Looks.Get(tx, LookID(record))
		if err != nil || !l.Open() {
			return false, err
		}
		has, err := Answers.Has(tx, answerID(l.ID, who))
		return !has, err
	case wordsKind:
		w, err := Wordings.Get(tx, WordingID(record))
		return w.State == Suggested && !slices.Contains(w.Agreed, who), err
	case askKind, mayKind, freedKind:
		s, err := Steps.Get(tx, StepID(record))
		if err != nil || s.State != ToDo {
			return false, err
		}
		if kind == freedKind {
			return s.Owner == "", nil
		}
		return s.Owner == who && s.Asked == (kind == mayKind), nil
	}
	return false, nil
}
