// Package letters says in private what somebody need not hear this minute: a result, a
// request, an answer. It waits for the end of their quiet hours and of their leave,
// and then for nothing more: a letter is no reminder, and takes nothing from anybody's
// budget. Start reading at [Send].
//
// What somebody has just asked for themselves is an answer and no letter: that goes
// into the outbox at once.
package letters

import (
	"encoding/json"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const (
	kind = "letter" // of the jobs that wait
	// lookAgain is how long a letter waits at most before it looks whether its reader
	// came back earlier than they had said.
	lookAgain = 6 * time.Hour
)

// Kind has what waited said.
var Kind = jobs.Kind{Name: kind, Run: due}

// waiting is what a job keeps of a letter: where its reader is reached, and what is
// said, stand in the records when it goes out.
type waiting struct {
	Item      outbox.Item    `json:"item"`
	Workspace chat.Workspace `json:"w"`
	Zone      schedules.Zone `json:"zone"`
	Anywhere  bool           `json:"anywhere,omitempty"` // nobody knows the zone
}

// Send has i.Person told i in private, in the workspace w if they have an account
// there, as soon as they may be written to; its place is left empty. zone is where
// they live if they never said; see [Free]. Somebody who was erased is told nothing.
func Send(tx store.Tx, i outbox.Item, w chat.Workspace, zone schedules.Zone, now time.Time) error {
	return send(tx, waiting{i, w, zone, zone == schedules.Zone{}}, now)
}

// Free gives when somebody may be sent a letter. zone is where they live if they never
// said. The zero zone is nowhere: nobody knows then when they sleep, and their leave
// alone counts.
func Free(p people.Person, zone schedules.Zone, now time.Time) time.Time {
	if !p.HasZone && zone == (schedules.Zone{}) {
		p.Quiet = schedules.Quiet{}
	}
	return p.Free(now, zone)
}

// Again gives when to look once more at what waits until open, as [Free] says: people
// come back earlier than they had said.
func Again(p people.Person, zone schedules.Zone, open, now time.Time) time.Time {
	if sooner := p.Quiet.Open(now.Add(lookAgain), p.ZoneOr(zone)); sooner.Before(open) {
		return sooner
	}
	return open
}

func send(tx store.Tx, l waiting, now time.Time) error {
	p, ok, err := people.Table.Find(tx, people.ID(l.Item.Person))
	if err != nil || !ok {
		return err
	}
	if l.Anywhere { // as it was kept, nowhere reads as UTC
		l.Zone = schedules.Zone{}
	}
	open := Free(p, l.Zone, now)
	if !open.After(now) {
		l.Item.Place = p.Direct(l.Workspace)
		return outbox.Say(tx, l.Item, now)
	}
	kept, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{
		// With the person's id, so that erasing them finds it; those that wait for the
		// same hour go out in the order in which they were sent.
		Key: kind + "/" + l.Item.Person + "/" + store.NewID(now), Kind: kind, Record: l.Item.Record, Cohort: l.Item.Cohort, Due: Again(p, l.Zone, open, now), Page: string(kept),
	})
}

// due says what waited, or goes on waiting: leave can be made longer, and shorter.
func due(tx store.Tx, j jobs.Job, now time.Time) error {
	var l waiting
	if err := json.Unmarshal([]byte(j.Page), &l); err != nil {
		return err
	}
	return send(tx, l, now)
}
