package attestations

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/letters"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// tell says something about a request to who is asked, or else to the learner:
// after their quiet hours, and after their leave. about tells apart what is said
// several times.
func (r Request) tell(tx store.Tx, kind, about string, now time.Time) error {
	record := string(r.ID)
	if about != "" {
		record += recordSplitter + about
	}
	p, ok, err := people.Table.Find(tx, r.addressee(kind))
	if err != nil || !ok { // erased
		return err
	}
	z, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return err
	}
	if open := letters.Free(p, z, now); open.After(now) {
		return jobs.Set(tx, jobs.Job{Key: sayJob + recordSplitter + kind + recordSplitter + record, Kind: sayJob, Record: record, Page: kind, Due: letters.Again(p, z, open, now)})
	}
	if kind == askKind && r.Said.IsZero() {
		r.Said, r.Until = now, now.Add(openFor)
		if err := r.keep(tx); err != nil {
			return err
		}
		if err := r.wait(tx, now); err != nil {
			return err
		}
	}
	return outbox.Say(tx, outbox.Item{
		Key: kind + recordSplitter + record, Kind: kind, Record: record, Person: string(p.ID),
		Place: p.Direct(r.Workspace), Silent: true, // what goes on between two is nobody else's to hear
	}, now)
}

func (r Request) addressee(kind string) people.ID {
	switch kind {
	case askKind, againKind, answerKind:
		return r.Person
	}
	return r.Learner
}

// wait sets when the next reminder is due, and when the request runs out.
func (r Request) wait(tx store.Tx, now time.Time) error {
	if err := jobs.Set(tx, jobs.Job{Key: remindJob + recordSplitter + string(r.ID), Kind: remindJob, Record: string(r.ID), Due: now.Add(remindAfter)}); err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{Key: expireJob + recordSplitter + string(r.ID), Kind: expireJob, Record: string(r.ID), Due: r.Until})
}

// sayDue says what waited for the end of somebody's quiet hours or leave.
func sayDue(tx store.Tx, j jobs.Job, now time.Time) error {
	id, about, _ := strings.Cut(j.Record, recordSplitter)
	r, err := get(tx, id)
	if err != nil || r.ID == "" {
		return err
	}
	switch j.Page {
	case askKind, againKind, unusedKind:
		if r.State != Open {
			return nil
		}
	}
	return r.tell(tx, j.Page, about, now)
}

// remindDue reminds who is asked, within their budget, or tells the learner that
// nobody has come by the link. Two times, and never again.
func remindDue(tx store.Tx, j jobs.Job, now time.Time) error {
	r, err := get(tx, j.Record)
	if err != nil || r.ID == "" || r.State != Open || r.Reminded >= mostReminders {
		return err
	}
	kind := againKind
	if r.Outside() {
		kind = unusedKind
		if r.Link == "" { // written down by somebody, whenever they can
			return nil
		}
	}
	who := r.addressee(kind)
	p, ok, err := people.Table.Find(tx, who)
	if err != nil || !ok {
		return err
	}
	later := func(d time.Duration) error {
		j.Due = now.Add(d)
		if !j.Due.Before(r.Until) {
			return nil
		}
		return jobs.Set(tx, j)
	}
	z, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return err
	}
	if open := letters.Free(p, z, now); open.After(now) {
		return later(open.Sub(now))
	}
	granted, err := people.Nudge(tx, who, usualNudges, now, z)
	if err != nil {
		return err
	}
	if !granted {
		return later(againAfter)
	}
	r.Reminded++
	if err := r.keep(tx); err != nil {
		return err
	}
	if err := r.tell(tx, kind, fmt.Sprint(r.Reminded), now); err != nil {
		return err
	}
	return later(remindAfter)
}

// expireDue ends a request that nobody answered.
func expireDue(tx store.Tx, j jobs.Job, now time.Time) error {
	r, err := get(tx, j.Record)
	if err != nil || r.ID == "" || r.State != Open {
		return err
	}
	r.State, r.Ended = Expired, now
	if err := r.keep(tx); err != nil {
		return err
	}
	if err := r.endLink(tx, now); err != nil {
		return err
	}
	if err := r.rest(tx); err != nil {
		return err
	}
	return r.tell(tx, expiredKind, "", now)
}

func (r Request) endLink(tx store.Tx, now time.Time) error {
	if r.Link == "" {
		return nil
	}
	return links.End(tx, r.Link, now)
}
