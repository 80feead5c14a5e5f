package peers

import (
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Seeker is somebody who wants to meet somebody this week. Others are invited one
// at a time, and are free to say no without anybody hearing of it.
type Seeker struct {
	Cohort cohorts.ID `json:"cohort"`
	Person people.ID  `json:"person"`
	Since  time.Time  `json:"since"`

	Not     []people.ID `json:"not,omitempty"`     // whom they just did not meet
	Invited []people.ID `json:"invited,omitempty"` // everybody who was asked so far
	Asking  people.ID   `json:"asking,omitempty"`  // who is asked now
}

const (
	// seekingFor is how long somebody is sought.
	seekingFor = 7 * 24 * time.Hour
	// inviting is how long after one person the next is asked, whether the first says
	// no or nothing: a group is not asked round in an afternoon, and the time that
	// passes does not tell a no from a silence.
	inviting = 24 * time.Hour
)

// Seekers keeps those who want to meet somebody, by [cohorts.MemberID].
var Seekers = store.NewTable[string, Seeker]("peer seekers", 1,
	store.Index[Seeker]{Name: "cohort", Keys: func(s Seeker) [][]byte {
		return [][]byte{store.Key(string(s.Cohort), s.Since, string(s.Person))}
	}})

func (s Seeker) id() string { return cohorts.MemberID(s.Cohort, s.Person) }

// invitation names one person who is asked: the record of what is said to them.
func (s Seeker) invitation() string {
	return fmt.Sprintf("%s/%s/%s/%d", s.Cohort, s.Asking, s.Person, s.Since.Unix())
}

// seeking gives what is kept of somebody who wants to meet somebody; false where
// they don't.
func seeking(tx store.Tx, c cohorts.ID, p people.ID) (Seeker, bool, error) {
	return Seekers.Find(tx, cohorts.MemberID(c, p))
}

// seek begins to look for a partner. It gives the group where somebody else was
// looking too.
func seek(tx store.Tx, c cohorts.Cohort, p people.ID, not []people.ID, now time.Time) (Group, bool, error) {
	return look(tx, c, Seeker{Cohort: c.ID, Person: p, Since: now, Not: not}, now)
}

// look finds a partner for somebody among those who look too, or else invites the
// next person.
func look(tx store.Tx, c cohorts.Cohort, s Seeker, now time.Time) (Group, bool, error) {
	candidates, err := candidates(tx, c, s, now)
	if err != nil {
		return Group{}, false, err
	}
	for _, p := range candidates {
		if !p.seeking {
			continue
		}
		g, err := pairUp(tx, c, s, p.ID, now)
		return g, err == nil, err
	}
	s.Asking = ""
	for _, p := range candidates {
		if slices.Contains(s.Invited, p.ID) {
			continue
		}
		s.Asking, s.Invited = p.ID, append(s.Invited, p.ID)
		open := p.person.Quiet.Open(now, p.person.ZoneOr(c.Zone))
		err := jobs.Set(tx, jobs.Job{Key: inviteKind + "/" + s.id(), Kind: inviteKind, Record: s.id(), Cohort: string(c.ID), Due: open, Page: string(p.ID)})
		if err != nil {
			return Group{}, false, err
		}
		break
	}
	due := s.Since.Add(seekingFor)
	if s.Asking != "" {
		due = earlier(due, now.Add(inviting))
	}
	if err := Seekers.Put(tx, s.id(), s); err != nil {
		return Group{}, false, err
	}
	return Group{}, false, jobs.Set(tx, jobs.Job{Key: seekKind + "/" + s.id(), Kind: seekKind, Record: s.id(), Cohort: string(c.ID), Due: due})
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// candidate is somebody whom a seeker could meet.
type candidate struct {
	Seated
	person  people.Person
	seeking bool
	cost    [6]int // the least first
}

// candidates gives those whom somebody could meet, the best first: somebody new,
// and not one whom they were to meet already, who has nobody to meet at the moment, whose day overlaps, who was reminded of
// least this week, and who joined next after them.
func candidates(tx store.Tx, c cohorts.Cohort, s Seeker, now time.Time) ([]candidate, error) {
	looking, asked := map[people.ID]bool{}, map[people.ID]bool{}
	for row, err := range Seekers.By(tx, "cohort", string(c.ID)) {
		if err != nil {
			return nil, err
		}
		looking[row.Value.Person] = true
		if slices.Contains(row.Value.Not, s.Person) {
			s.Not = append(slices.Clip(s.Not), row.Value.Person)
		}
		if row.Value.Person != s.Person {
			asked[row.Value.Asking] = true // one invitation at a time
		}
	}
	there, err := taking(tx, c, now, looking)
	if err != nil {
		return nil, err
	}
	own, err := people.Table.Get(tx, s.Person)
	if err != nil {
		return nil, err
	}
	awake := AwakeOf(own.Quiet, own.ZoneOr(c.Zone), now)
	before, missed, err := History(tx, c.ID)
	if err != nil {
		return nil, err
	}
	avoided, err := never(tx, append(ids(there), s.Person))
	if err != nil {
		return nil, err
	}
	var found []candidate
	next := 1 + slices.IndexFunc(there, func(x Seated) bool { return x.ID == s.Person })
	for i, x := range there {
		pair := PairOf(x.ID, s.Person)
		if x.ID == s.Person || avoided[pair] || slices.Contains(s.Not, x.ID) || asked[x.ID] && !looking[x.ID] {
			continue
		}
		p, err := people.Table.Get(tx, x.ID)
		if err != nil {
			return nil, err
		}
		_, busy, err := Current(tx, c.ID, x.ID, now)
		if err != nil {
			return nil, err
		}
		taken, spent := 0, 0
		if busy {
			taken = 1
		}
		if p.Budget.Week.DaysUntil(c.Today(now)) < 7 { // else it was another week's
			spent = p.Budget.Spent
		}
		found = append(found, candidate{x, p, looking[x.ID], [6]int{
			before[pair], missed[pair], taken, awake.apart(x.Awake), spent, (i - next + len(there)) % len(there),
		}})
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return slices.Compare(a.cost[:], b.cost[:]) })
	return found, nil
}

// pairUp puts somebody who looked together with somebody who wants to.
func pairUp(tx store.Tx, c cohorts.Cohort, s Seeker, other people.ID, now time.Time) (Group, error) {
	for _, p := range []people.ID{s.Person, other} {
		if err := stopSeeking(tx, c.ID, p); err != nil {
			return Group{}, err
		}
	}
	g := Group{ID: GroupID(store.NewID(now)), People: []people.ID{s.Person, other}}
	if err := together(tx, c, g, now, s.Person, other); err != nil {
		return Group{}, err
	}
	return Groups.Get(tx, g.ID)
}

// stopSeeking ends the search for somebody; an invitation that stands says so.
func stopSeeking(tx store.Tx, c cohorts.ID, p people.ID) error {
	s, ok, err := seeking(tx, c, p)
	if err != nil || !ok {
		return err
	}
	if err := Seekers.Delete(tx, s.id()); err != nil {
		return err
	}
	if err := jobs.Drop(tx, seekKind+"/"+s.id()); err != nil {
		return err
	}
	if err := jobs.Drop(tx, inviteKind+"/"+s.id()); err != nil {
		return err
	}
	for _, who := range s.Invited {
		s.Asking = who
		if err := outbox.Touch(tx, inviteKind, s.invitation()); err != nil {
			return err
		}
	}
	return nil
}

// seekDue goes on looking, or gives up after a week and says so.
func seekDue(tx store.Tx, j jobs.Job, now time.Time) error {
	s, c, ok, err := seekerOf(tx, j.Record)
	if err != nil || !ok {
		return err
	}
	if now.Before(s.Since.Add(seekingFor)) && c.State != cohorts.Ended {
		if !c.Running(now) {
			j.Due = now.Add(24 * time.Hour)
			return jobs.Set(tx, j)
		}
		_, _, err = look(tx, c, s, now)
		return err
	}
	if err := stopSeeking(tx, c.ID, s.Person); err != nil {
		return err
	}
	return answerTo(tx, c, s.Person, nobodyKind, fmt.Sprintf("%s/%d", s.id(), s.Since.Unix()), now)
}

// seekerOf reads a seeker who is still there; false where they are not, and then
// nothing more is kept of their search.
func seekerOf(tx store.Tx, id string) (Seeker, cohorts.Cohort, bool, error) {
	s, ok, err := Seekers.Find(tx, id)
	if err != nil || !ok {
		return s, cohorts.Cohort{}, false, err
	}
	c, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return s, c, false, err
	}
	_, here, err := memberHere(tx, c, s.Person)
	if err == nil && !here {
		err = stopSeeking(tx, s.Cohort, s.Person)
	}
	return s, c, here, err
}

// inviteDue invites one person, out of their budget. Who has no room for it is
// passed over, and nobody hears of it.
func inviteDue(tx store.Tx, j jobs.Job, now time.Time) error {
	s, c, ok, err := seekerOf(tx, j.Record)
	if err != nil || !ok || s.Asking != people.ID(j.Page) || !c.Running(now) {
		return err
	}
	p, here, err := memberHere(tx, c, s.Asking)
	if err != nil {
		return err
	}
	granted := false
	if here {
		if granted, err = people.Nudge(tx, p.ID, weekly(c), now, c.Zone); err != nil {
			return err
		}
	}
	if !granted {
		_, _, err = look(tx, c, s, now)
		return err
	}
	return say(tx, c, p, inviteKind, s.invitation(), now)
}

// invited gives the seeker for whom somebody was invited, as long as that stands:
// they still look, and nothing has come between the two.
func invited(tx store.Tx, c cohorts.ID, who, by people.ID) (Seeker, bool, error) {
	s, ok, err := seeking(tx, c, by)
	if err != nil || !ok || !slices.Contains(s.Invited, who) {
		return s, false, err
	}
	avoided, err := never(tx, []people.ID{who, by})
	return s, err == nil && !avoided[PairOf(who, by)], err
}
