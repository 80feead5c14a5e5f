// Package graduation is how a journey ends: what the programme asks for, shown
// to each member as they go and confirmed by a facilitator; and what graduates
// leave for the group that comes after theirs. Start reading at [Standing] for
// the first and at [Gift] for the second.
//
// A requirement is something done. Nothing here counts answers or attendances.
package graduation

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/experiments"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Waiver says that a facilitator lets somebody graduate without one requirement,
// and why.
type Waiver struct {
	Cohort      cohorts.ID `json:"cohort"`
	Person      people.ID  `json:"person"`
	Requirement string     `json:"requirement"` // id in the programme
	By          people.ID  `json:"by"`
	At          time.Time  `json:"at"`
	Why         string     `json:"why"` // as typed; the person and the facilitators read it

	Back   time.Time `json:"back,omitzero"` // it was taken back then
	BackBy people.ID `json:"back_by,omitempty"`
	Before []Waiver  `json:"before,omitempty"` // those of the same requirement that were taken back earlier
}

// by tells whether somebody waived it, now or before, or took it back.
func (w Waiver) by(p people.ID) bool {
	return w.By == p || w.BackBy == p || slices.ContainsFunc(w.Before, func(b Waiver) bool { return b.By == p || b.BackBy == p })
}

// Graduation says that a facilitator confirmed it.
type Graduation struct {
	Cohort cohorts.ID `json:"cohort"`
	Person people.ID  `json:"person"`
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`
	Told   bool       `json:"told,omitempty"` // the graduate had the group told
}

// Waivers keeps the waivers, by [waiverID].
var Waivers = store.NewTable[string, Waiver]("waivers", 1)

// Graduations keeps who has graduated, by [cohorts.MemberID].
var Graduations = store.NewTable[string, Graduation]("graduations", 1,
	store.Index[Graduation]{Name: "cohort", Keys: func(g Graduation) [][]byte {
		return [][]byte{store.Key(string(g.Cohort), g.At, string(g.Person))}
	}})

func waiverID(c cohorts.ID, p people.ID, requirement string) string {
	return cohorts.MemberID(c, p) + "/" + requirement
}

// Standing is how somebody stands towards one requirement.
type Standing struct {
	programmes.Requirement
	Count  int    // how often it was done
	Waiver Waiver // if there is one, or was
}

// Needed gives how often the requirement is to be done.
func (s Standing) Needed() int { return max(1, s.Times) }

// Waived tells whether a facilitator lets it pass.
func (s Standing) Waived() bool { return !s.Waiver.At.IsZero() && s.Waiver.Back.IsZero() }

// Met tells whether nothing is left to do.
func (s Standing) Met() bool { return s.Waived() || s.Count >= s.Needed() }

// Of gives how a person stands towards each requirement of their cohort's
// programme, in the programme's order. What only a facilitator can say counts as
// done once they have confirmed the graduation.
func Of(tx store.Tx, c cohorts.Cohort, p people.ID) ([]Standing, error) {
	_, graduated, err := graduationOf(tx, c.ID, p)
	if err != nil {
		return nil, err
	}
	var all []Standing
	for _, r := range c.Programme.Graduate {
		s := Standing{Requirement: r}
		var err error
		switch r.Done {
		case programmes.ByExperiment:
			s.Count, err = experiments.DoneBy(tx, c.ID, p)
		case programmes.ByStory:
			s.Count, err = experiments.ToldBy(tx, c.ID, p)
		case programmes.ByGift:
			s.Count, err = giftsOf(tx, c.ID, p)
		case programmes.ByFacilitator:
			if graduated {
				s.Count = s.Needed()
			}
		}
		if err != nil {
			return nil, err
		}
		s.Waiver, err = Waivers.Get(tx, waiverID(c.ID, p, r.ID))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// open gives the requirements that are not met: those that a facilitator's word
// would meet, and the others.
func open(all []Standing) (word, others []Standing) {
	for _, s := range all {
		switch {
		case s.Met():
		case s.Done == programmes.ByFacilitator:
			word = append(word, s)
		default:
			others = append(others, s)
		}
	}
	return word, others
}

// graduationOf gives a person's graduation; false where there is none.
func graduationOf(tx store.Tx, c cohorts.ID, p people.ID) (Graduation, bool, error) {
	return Graduations.Find(tx, cohorts.MemberID(c, p))
}

// learners gives those of a cohort who are there to learn, in the order of
// joining.
func learners(tx store.Tx, c cohorts.ID) ([]people.Person, error) {
	group, err := cohorts.Group(tx, c)
	if err != nil {
		return nil, err
	}
	var all []people.Person
	for _, m := range group {
		if !m.Learner() {
			continue
		}
		p, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
