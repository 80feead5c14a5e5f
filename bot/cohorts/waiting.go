package cohorts

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// WaitingFor gives what stands for those in a workspace who wait for a group of a
// programme; where there is none yet, one that [KeepWaiting] keeps.
func WaitingFor(tx store.Tx, p programmes.Programme, w chat.Workspace, z schedules.Zone, by people.ID, now time.Time) (Cohort, error) {
	for row, err := range Table.All(tx) {
		if err != nil {
			return Cohort{}, err
		}
		if c := row.Value; c.Waiting && c.From.Programme == p.ID && c.Place.Workspace == w {
			return c, nil
		}
	}
	p.Phases = nil
	return Cohort{
		ID: ID(store.NewID(now)), Name: chat.Short("Interested in "+p.Title, 60), Programme: p, From: Provenance{Programme: p.ID},
		Place: chat.Place{Workspace: w}, Zone: z, First: schedules.DateOf(now.In(z.Location())), Waiting: true, State: Draft, Created: now, By: by,
	}, nil
}

// KeepWaiting keeps what [WaitingFor] made, unless it is kept already.
func KeepWaiting(tx store.Tx, c Cohort) error {
	there, err := Table.Has(tx, c.ID)
	if err != nil || there {
		return err
	}
	return errors.Join(Table.Put(tx, c.ID, c), Plans.Put(tx, c.ID, Plan{}))
}

// roleInWaiting gives what somebody is to those who wait: who may start a group, or
// runs one in the same workspace, looks after them.
func roleInWaiting(tx store.Tx, c Cohort, p people.ID) (chat.Role, error) {
	if may, err := Appointed(tx, p); err != nil || may {
		return chat.Facilitator, err
	}
	for row, err := range Members.By(tx, "person", string(p)) {
		if err != nil {
			return chat.Anyone, err
		}
		if m := row.Value; !m.Active() || !m.Facilitator {
			continue
		}
		of, err := Table.Get(tx, row.Value.Cohort)
		if err != nil {
			return chat.Anyone, err
		}
		if of.Place.Workspace == c.Place.Workspace && of.State != Deleted {
			return chat.Facilitator, nil
		}
	}
	return chat.Anyone, nil
}
