package peers

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Round is one time that a whole cohort was put together.
type Round struct {
	ID     string      `json:"id"`
	Cohort cohorts.ID  `json:"cohort"`
	At     time.Time   `json:"at"`
	Left   []people.ID `json:"left,omitempty"` // without a partner
}

// Rounds keeps all rounds.
var Rounds = store.NewTable[string, Round]("peer apart", 1,
	store.Index[Round]{Name: "cohort", Keys: func(r Round) [][]byte {
		return [][]byte{store.Key(string(r.Cohort), r.At)}
	}})

// Rhythm is how often a cohort is put together by itself.
type Rhythm struct {
	Cohort cohorts.ID     `json:"cohort"`
	Weeks  int            `json:"weeks"` // between two rounds
	Rule   schedules.Rule `json:"rule"`  // on the cohort's wall
}

// Rhythms keeps the rhythms of the cohorts that have one.
var Rhythms = store.NewTable[cohorts.ID, Rhythm]("peer rhythms", 1)

const (
	// tooSoon is how long after a round none begins by itself: the rhythm and a week
	// of the programme may both bring one.
	tooSoon = 4 * 24 * time.Hour
	// tooLate is how long after its time a round still begins.
	tooLate = 3 * 24 * time.Hour
)

// lastRound gives the youngest round of a cohort; false where there was none.
func lastRound(tx store.Tx, c cohorts.ID) (Round, bool, error) {
	prefix := store.Key(string(c))
	row, ok, err := store.First(Rounds.Range(tx, "cohort", prefix, store.PrefixEnd(prefix), true))
	return row.Value, ok, err
}

// taking gives those who take part in a round of a cohort now: everybody who is
// there to learn with the others, is not away and has not said that they would
// rather be left out. Those who look for somebody by themselves come along.
func taking(tx store.Tx, c cohorts.Cohort, now time.Time, looking map[people.ID]bool) ([]Seated, error) {
	var all []Seated
	seat := 0
	for row, err := range cohorts.Members.By(tx, "cohort", string(c.ID)) {
		if err != nil {
			return nil, err
		}
		m := row.Value
		if !m.Facilitator {
			seat++
		}
		if !m.Active() || !looking[m.Person] && (m.Facilitator || m.ReadingAlong) {
			continue
		}
		out, err := Aparts.Has(tx, row.ID)
		if err != nil {
			return nil, err
		}
		p, err := people.Table.Get(tx, m.Person)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if looking[p.ID] || !out && !p.OnLeave(now, c.Zone) {
			all = append(all, Seated{ID: p.ID, Seat: seat - 1, Awake: AwakeOf(p.Quiet, p.ZoneOr(c.Zone), now)})
		}
	}
	return all, nil
}

func ids(all []Seated) []people.ID {
	var found []people.ID
	for _, s := range all {
		found = append(found, s.ID)
	}
	return found
}

// start puts a cohort together anew. Groups that have not met by then wait no
// longer, unless they have agreed on a time that is still to come.
func start(tx store.Tx, c cohorts.Cohort, id string, now time.Time) (Round, error) {
	r := Round{ID: id, Cohort: c.ID, At: now}
	if err := closeRound(tx, c, now); err != nil {
		return r, err
	}
	there, err := taking(tx, c, now, nil)
	if err != nil {
		return r, err
	}
	circle := Circle{People: there, Size: c.Programme.Peers.Size}
	if circle.Together, circle.Missed, err = History(tx, c.ID); err != nil {
		return r, err
	}
	if circle.Never, err = never(tx, ids(there)); err != nil {
		return r, err
	}
	groups, left := circle.Plan()
	for i, who := range groups {
		if err := together(tx, c, Group{ID: GroupID(fmt.Sprintf("%s.%d", id, i+1)), People: who, Round: id}, now); err != nil {
			return r, err
		}
	}
	r.Left = left
	for _, p := range left {
		if err := tell(tx, c, p, aloneKind, id+"/"+string(p), now); err != nil {
			return r, err
		}
	}
	return r, Rounds.Put(tx, id, r)
}

// closeRound marks what is still open as past, before a round begins.
func closeRound(tx store.Tx, c cohorts.Cohort, now time.Time) error {
	for row, err := range Groups.By(tx, "cohort", string(c.ID)) {
		if err != nil {
			return err
		}
		g := row.Value
		stands := g.Agreed() && g.Proposal.Instant().After(now)
		if g.State == Open && !stands {
			if err := settle(tx, g, Past); err != nil {
				return err
			}
		}
	}
	return nil
}

// roundDue begins a round whose time has come: by the cohort's rhythm, or with a
// week of its programme.
func roundDue(tx store.Tx, j jobs.Job, now time.Time) error {
	id, week := cohorts.ParseWeekRecord(j.Record)
	c, err := cohorts.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (c.State == cohorts.Ended || c.State == cohorts.Deleted) {
		return nil
	}
	if err != nil {
		return err
	}
	if week == "" {
		if _, off := c.Holidays.On(c.Today(now)); off && c.Running(now) {
			j.Due = now.Add(24 * time.Hour)
			return jobs.Set(tx, j)
		}
		if err := setRhythm(tx, c, now); err != nil {
			return err
		}
	}
	last, ok, err := lastRound(tx, id)
	if err != nil || !c.Running(now) || now.Sub(j.Due) > tooLate || ok && now.Sub(last.At) < tooSoon {
		return err
	}
	_, err = start(tx, c, store.NewID(now), now)
	return err
}

// setRhythm sets the job of the next round, if the cohort has a rhythm.
func setRhythm(tx store.Tx, c cohorts.Cohort, now time.Time) error {
	key := roundKind + "/" + string(c.ID)
	r, err := Rhythms.Get(tx, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return jobs.Drop(tx, key)
	}
	if err != nil {
		return err
	}
	next, ok := r.Rule.Next(now, c.Zone, c.Breaks)
	if !ok {
		return jobs.Drop(tx, key)
	}
	return jobs.Set(tx, jobs.Job{Key: key, Kind: roundKind, Record: string(c.ID), Cohort: string(c.ID), Due: next})
}

// unpaired gives the members who are in no group of the last round, or in one that
// came to nothing, whatever the reason: they joined since, are away, have no
// partner, asked to be left out. Nothing tells the reasons apart.
func unpaired(tx store.Tx, c cohorts.Cohort, now time.Time) ([]people.Person, error) {
	group, err := cohorts.Group(tx, c.ID)
	if err != nil {
		return nil, err
	}
	last, _, err := lastRound(tx, c.ID)
	if err != nil {
		return nil, err
	}
	var placed []people.ID
	for row, err := range Groups.By(tx, "cohort", string(c.ID)) {
		if err != nil {
			return nil, err
		}
		if g := row.Value; !g.Made.Before(last.At) && (g.State == Met || g.Waits(now)) {
			placed = append(placed, g.In()...)
		}
	}
	var found []people.Person
	for _, m := range group {
		if !m.Learner() || slices.Contains(placed, m.Person) {
			continue
		}
		p, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, nil
}
