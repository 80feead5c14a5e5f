package peers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	// checkAfter is how long after they were put together people are asked whether
	// they met: on the Friday of a week that begins on Monday. Where they have agreed
	// on a time, it is dayAfter that.
	checkAfter = 4 * 24 * time.Hour
	dayAfter   = 24 * time.Hour
	// patience is how long the others have to say something after somebody was asked
	// or has said that they have not met.
	patience = 2 * 24 * time.Hour
	// usualNudges is the weekly budget of reminders where the programme names none.
	usualNudges = 3
)

// part names one person's part in something: the record of what is said to them.
func part(id string, p people.ID) string { return id + "/" + string(p) }

// parsePart reads what [part] gave; what follows the person, if anything, is
// dropped.
func parsePart(record string) (id string, p people.ID) {
	id, rest, _ := strings.Cut(record, "/")
	person, _, _ := strings.Cut(rest, "/")
	return id, people.ID(person)
}

func checkKey(g GroupID, p people.ID) string { return checkKind + "/" + part(string(g), p) }

// together keeps a new group, tells everybody in it and sets when they are asked
// whether they met. asked are those who wanted it themselves.
func together(tx store.Tx, c cohorts.Cohort, g Group, now time.Time, asked ...people.ID) error {
	g.Cohort, g.Made, g.State = c.ID, now, Open
	if err := Groups.Put(tx, g.ID, g); err != nil {
		return err
	}
	for _, p := range g.People {
		say := tell
		if slices.Contains(asked, p) {
			say = answerTo
		}
		if err := say(tx, c, p, pairKind, part(string(g.ID), p), now); err != nil {
			return err
		}
		if err := setCheck(tx, c, g, p, now.Add(checkAfter)); err != nil {
			return err
		}
	}
	return nil
}

func setCheck(tx store.Tx, c cohorts.Cohort, g Group, p people.ID, due time.Time) error {
	return jobs.Set(tx, jobs.Job{Key: checkKey(g.ID, p), Kind: checkKind, Record: part(string(g.ID), p), Cohort: string(c.ID), Due: due})
}

// settle gives a group its last state, and takes back what was still to be asked.
func settle(tx store.Tx, g Group, s State) error {
	g.State = s
	if err := Groups.Put(tx, g.ID, g); err != nil {
		return err
	}
	for _, p := range g.People {
		if err := jobs.Drop(tx, checkKey(g.ID, p)); err != nil {
			return err
		}
	}
	if err := jobs.Drop(tx, silenceKind+"/"+string(g.ID)); err != nil {
		return err
	}
	return touch(tx, g)
}

// touch brings up to date what everybody in a group was told.
func touch(tx store.Tx, g Group) error {
	for _, p := range g.People {
		for _, kind := range []string{pairKind, checkKind, otherKind, lessKind, offKind} {
			if err := outbox.Touch(tx, kind, part(string(g.ID), p)); err != nil {
				return err
			}
		}
		for n := range g.Proposals {
			for _, kind := range []string{timeKind, agreedKind} {
				if err := outbox.Touch(tx, kind, proposed(g, p, n+1)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// proposed names what one person is told of the nth time that was suggested.
func proposed(g Group, p people.ID, n int) string {
	return fmt.Sprintf("%s/%d", part(string(g.ID), p), n)
}

// answer keeps what somebody says of whether they met.
func answer(tx store.Tx, c cohorts.Cohort, g Group, p people.ID, said Answer, now time.Time) error {
	if g.Said == nil {
		g.Said = map[people.ID]Answer{}
	}
	g.Said[p] = said
	switch said {
	case HaveMet:
		return settle(tx, g, Met)
	case WillNot:
		return withdraw(tx, c, g, p, now)
	}
	if err := Groups.Put(tx, g.ID, g); err != nil {
		return err
	}
	if err := jobs.Drop(tx, checkKey(g.ID, p)); err != nil {
		return err
	}
	if err := outbox.Touch(tx, checkKind, part(string(g.ID), p)); err != nil {
		return err
	}
	return watch(tx, c, g, now)
}

// watch looks after a group again once the others had time to say something.
func watch(tx store.Tx, c cohorts.Cohort, g Group, now time.Time) error {
	return jobs.Set(tx, jobs.Job{Key: silenceKind + "/" + string(g.ID), Kind: silenceKind, Record: string(g.ID), Cohort: string(c.ID), Due: now.Add(patience)})
}

// withdraw takes somebody out of a group, and tells the others once: of three, two
// go on; of two, it won't happen. Nobody is told why, or that it was a choice.
func withdraw(tx store.Tx, c cohorts.Cohort, g Group, p people.ID, now time.Time) error {
	others := g.Others(p)
	kind := offKind
	if len(others) > 1 {
		g.Out, kind = append(g.Out, p), lessKind
		if err := jobs.Drop(tx, checkKey(g.ID, p)); err != nil {
			return err
		}
		if err := Groups.Put(tx, g.ID, g); err != nil {
			return err
		}
		if err := touch(tx, g); err != nil {
			return err
		}
	} else if err := settle(tx, g, Off); err != nil {
		return err
	}
	for _, other := range others {
		if err := tell(tx, c, other, kind, part(string(g.ID), other), now); err != nil {
			return err
		}
	}
	return nil
}

// propose suggests a time to the others of a group, in the place of the time that
// was suggested before.
func propose(tx store.Tx, c cohorts.Cohort, g Group, p Proposal, now time.Time) error {
	g.Proposal, g.Proposals = &p, g.Proposals+1
	if err := Groups.Put(tx, g.ID, g); err != nil {
		return err
	}
	if err := touch(tx, g); err != nil {
		return err
	}
	for _, other := range g.Others(p.By) {
		if err := tell(tx, c, other, timeKind, proposed(g, other, g.Proposals), now); err != nil {
			return err
		}
	}
	for _, who := range g.In() { // nobody is asked whether they met before they were to
		if g.Said[who] == "" {
			if err := setCheck(tx, c, g, who, later(g.Made.Add(checkAfter), p.Instant().Add(dayAfter))); err != nil {
				return err
			}
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// suits keeps that the suggested time suits somebody; once it suits everybody,
// who suggested it is told.
func suits(tx store.Tx, c cohorts.Cohort, g Group, p people.ID, now time.Time) error {
	if slices.Contains(g.Proposal.Suits, p) {
		return nil
	}
	g.Proposal.Suits = append(g.Proposal.Suits, p)
	if err := Groups.Put(tx, g.ID, g); err != nil {
		return err
	}
	if err := touch(tx, g); err != nil {
		return err
	}
	if !g.Agreed() {
		return nil
	}
	for _, who := range g.In() {
		if g.Said[who] == "" {
			if err := setCheck(tx, c, g, who, g.Proposal.Instant().Add(dayAfter)); err != nil {
				return err
			}
		}
	}
	for _, other := range g.Others(p) {
		if err := tell(tx, c, other, agreedKind, proposed(g, other, g.Proposals), now); err != nil {
			return err
		}
	}
	return nil
}

// loaded is one person's part in a group.
type loaded struct {
	Group
	cohort cohorts.Cohort
	person people.Person
}

// load reads one person's part in a group; false where the person, the group or
// the cohort is no longer there.
func load(tx store.Tx, record string) (loaded, bool, error) {
	id, who := parsePart(record)
	g, ok, err := Groups.Find(tx, GroupID(id))
	if err != nil || !ok {
		return loaded{}, false, err
	}
	c, err := cohorts.Get(tx, g.Cohort)
	if err != nil {
		return loaded{}, false, err
	}
	p, here, err := memberHere(tx, c, who)
	return loaded{g, c, p}, here && slices.Contains(g.People, who), err
}

// memberHere gives somebody who is in a cohort now; false where they are not, or
// the cohort was given up.
func memberHere(tx store.Tx, c cohorts.Cohort, who people.ID) (people.Person, bool, error) {
	_, here, err := cohorts.MemberOf(tx, c.ID, who)
	if err != nil || !here || c.State == cohorts.Deleted {
		return people.Person{}, false, err
	}
	return people.Table.Find(tx, who)
}

// check asks one person whether they met, if nothing speaks against it.
func check(tx store.Tx, j jobs.Job, now time.Time) error {
	at, ok, err := load(tx, j.Record)
	if err != nil || !ok || !at.Waits(now) || at.Said[at.person.ID] != "" || !slices.Contains(at.In(), at.person.ID) || at.cohort.State == cohorts.Ended {
		return err
	}
	if !at.cohort.Running(now) {
		j.Due = now.Add(24 * time.Hour)
		return jobs.Set(tx, j)
	}
	if open := at.person.Quiet.Open(now, at.person.ZoneOr(at.cohort.Zone)); open.After(now) {
		j.Due = open
		return jobs.Set(tx, j)
	}
	if left, err := at.left(tx, at.person.ID); err != nil || left {
		if err != nil {
			return err
		}
		if err := settle(tx, at.Group, Off); err != nil {
			return err
		}
		return tell(tx, at.cohort, at.person.ID, offKind, j.Record, now)
	}
	if err := watch(tx, at.cohort, at.Group, now); err != nil {
		return err
	}
	return nudge(tx, at.cohort, at.person, checkKind, j.Record, now)
}

// left tells whether everybody whom a person was to meet has left the cohort.
func (g Group) left(tx store.Tx, p people.ID) (bool, error) {
	for _, other := range g.Others(p) {
		if _, here, err := cohorts.MemberOf(tx, g.Cohort, other); err != nil || here {
			return false, err
		}
	}
	return true, nil
}

// silence offers somebody else to whoever has not met yet while nobody else of
// the group says anything. Those who are silent hear of it only if another takes
// the offer.
func silence(tx store.Tx, j jobs.Job, now time.Time) error {
	g, err := Groups.Get(tx, GroupID(j.Record))
	if errors.Is(err, store.ErrNotFound) || err == nil && !g.Waits(now) {
		return nil
	}
	if err != nil {
		return err
	}
	if g.Agreed() && now.Before(g.Proposal.Instant().Add(dayAfter)) {
		j.Due = g.Proposal.Instant().Add(dayAfter)
		return jobs.Set(tx, j)
	}
	var waiting []people.ID
	for _, p := range g.In() {
		if g.Said[p] == NotYet {
			waiting = append(waiting, p)
		}
	}
	if len(waiting) != 1 { // nobody waits, or two who can talk to each other
		return nil
	}
	at, ok, err := load(tx, part(string(g.ID), waiting[0]))
	if err != nil || !ok || !at.cohort.Running(now) {
		return err
	}
	// They said that they wait for something, so it is an answer to that; but it is
	// one more message in their week, and counts.
	if open := at.person.Quiet.Open(now, at.person.ZoneOr(at.cohort.Zone)); open.After(now) {
		j.Due = open
		return jobs.Set(tx, j)
	}
	return nudge(tx, at.cohort, at.person, otherKind, part(string(g.ID), waiting[0]), now)
}
