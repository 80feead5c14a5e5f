package peers

import (
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// tell says something to one person of a cohort, after their quiet hours. On
// leave they are told nothing: what is theirs stands in /peer list, and what
// somebody asks them comes when they are back.
func tell(tx store.Tx, c cohorts.Cohort, p people.ID, kind, record string, now time.Time) error {
	return put(tx, c, p, kind, record, now, false)
}

// answerTo says what somebody asked for, on leave too.
func answerTo(tx store.Tx, c cohorts.Cohort, p people.ID, kind, record string, now time.Time) error {
	return put(tx, c, p, kind, record, now, true)
}

func put(tx store.Tx, c cohorts.Cohort, who people.ID, kind, record string, now time.Time, asked bool) error {
	p, here, err := memberHere(tx, c, who)
	away := !asked && p.OnLeave(now, c.Zone)
	if err != nil || !here || away && kind != askKind {
		return err
	}
	open := p.Quiet.Open(now, p.ZoneOr(c.Zone))
	if away {
		open = backAt(p, p.ZoneOr(c.Zone), now)
	}
	if open.After(now) {
		page := kind
		if asked {
			page = askedFor + kind
		}
		return jobs.Set(tx, jobs.Job{Key: sayKind + "/" + kind + "/" + record, Kind: sayKind, Record: record, Cohort: string(c.ID), Due: open, Page: page})
	}
	return say(tx, c, p, kind, record, now)
}

// askedFor marks, in a job that waits for the end of quiet hours, that the person
// wants to hear of it on leave too.
const askedFor = "asked for "

// sayDue says what waited for the end of somebody's quiet hours.
func sayDue(tx store.Tx, j jobs.Job, now time.Time) error {
	c, ok, err := cohorts.Table.Find(tx, cohorts.ID(j.Cohort))
	if err != nil || !ok {
		return err
	}
	_, who := parsePart(j.Record)
	kind, asked := j.Page, false
	if len(kind) > len(askedFor) && kind[:len(askedFor)] == askedFor {
		kind, asked = kind[len(askedFor):], true
	}
	return put(tx, c, who, kind, j.Record, now, asked)
}

// nudge says something that takes from a person's weekly budget, if that has room.
func nudge(tx store.Tx, c cohorts.Cohort, p people.Person, kind, record string, now time.Time) error {
	granted, err := people.Nudge(tx, p.ID, weekly(c), now, c.Zone)
	if err != nil || !granted {
		return err
	}
	return say(tx, c, p, kind, record, now)
}

func weekly(c cohorts.Cohort) int {
	if c.Programme.Nudges.Weekly > 0 {
		return c.Programme.Nudges.Weekly
	}
	return usualNudges
}

// say puts a message in the outbox. Where somebody's direct messages are closed,
// facilitators hear of it only where somebody else waits to meet that person: what
// goes on between two peers is not theirs to know.
func say(tx store.Tx, c cohorts.Cohort, p people.Person, kind, record string, now time.Time) error {
	return outbox.Say(tx, outbox.Item{
		Key: kind + "/" + record, Kind: kind, Record: record, Cohort: string(c.ID), Person: string(p.ID),
		Place: p.Direct(c.Place.Workspace), Silent: kind != pairKind,
	}, now)
}
