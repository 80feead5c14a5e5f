package evidence

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Library is the programmes that lead to a portfolio, and the frameworks that
// portfolios are judged by.
type Library struct {
	Programmes []programmes.Programme // those with a portfolio
	Frameworks []frameworks.Framework
	// Judged gives the newest decision of an assessor on somebody by a framework; false
	// where there is none. Nil: nobody assesses here.
	Judged func(tx store.Tx, p people.ID, framework string) (Judged, bool, error)
}

// Judged is what an assessor decided. It is about what was handed in, whatever its
// owner had tagged.
type Judged struct {
	By, Title string // the assessor, and what was judged
	On        time.Time
	Met, All  int // criteria
}

// NewLibrary puts an organisation's own before what comes along; where both have
// one id, its own takes the place of the other.
func NewLibrary(own []programmes.Programme, ownFrameworks []frameworks.Framework) Library {
	l := Library{Frameworks: slices.Clone(ownFrameworks)}
	for _, f := range frameworks.BuiltIn() {
		if _, there := l.Framework(f.ID); !there {
			l.Frameworks = append(l.Frameworks, f)
		}
	}
	all := slices.Clone(own)
	for _, p := range programmes.BuiltIn() {
		if !slices.ContainsFunc(own, func(x programmes.Programme) bool { return x.ID == p.ID }) {
			all = append(all, p)
		}
	}
	l.Programmes = slices.DeleteFunc(all, func(p programmes.Programme) bool { return p.Portfolio.IsZero() })
	return l
}

// Framework gives the framework with an id; false where there is none.
func (l Library) Framework(id string) (frameworks.Framework, bool) {
	i := slices.IndexFunc(l.Frameworks, func(f frameworks.Framework) bool { return f.ID == id })
	if i < 0 {
		return frameworks.Framework{}, false
	}
	return l.Frameworks[i], true
}

// Programme gives the programme with an id; false where there is none that leads
// to a portfolio.
func (l Library) Programme(id string) (programmes.Programme, bool) {
	i := slices.IndexFunc(l.Programmes, func(p programmes.Programme) bool { return p.ID == id })
	if i < 0 {
		return programmes.Programme{}, false
	}
	return l.Programmes[i], true
}

// Aims are the programmes that somebody prepares a portfolio for.
type Aims struct {
	Person     people.ID `json:"person"`
	Programmes []string  `json:"programmes"` // ids, the one they look at now first
	At         time.Time `json:"at"`
}

// AimsTable keeps what people prepare for.
var AimsTable = store.NewTable[people.ID, Aims]("evidence aims", 1)

// Aim says that somebody prepares a portfolio for a programme, and looks at that
// one now. What they prepare for besides stays.
func Aim(tx store.Tx, p people.ID, programme string, now time.Time) error {
	a, err := AimsTable.Get(tx, p)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	rest := slices.DeleteFunc(a.Programmes, func(id string) bool { return id == programme })
	a.Person, a.Programmes, a.At = p, append([]string{programme}, rest...), now
	return AimsTable.Put(tx, p, a)
}

// AimsOf gives the programmes that somebody prepares for, the one they look at now
// first: those they said, then those of the groups that they are in. Where that is
// none and there is only one to prepare for, it is that one.
func (l Library) AimsOf(tx store.Tx, p people.ID) ([]programmes.Programme, error) {
	var all []programmes.Programme
	add := func(x programmes.Programme) {
		if !slices.ContainsFunc(all, func(y programmes.Programme) bool { return x.ID == y.ID }) {
			all = append(all, x)
		}
	}
	a, err := AimsTable.Get(tx, p)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, id := range a.Programmes {
		if x, ok := l.Programme(id); ok {
			add(x)
		}
	}
	groups, err := cohorts.Of(tx, p)
	if err != nil {
		return nil, err
	}
	for _, c := range groups {
		if !c.Programme.Portfolio.IsZero() { // the group's own copy counts
			add(c.Programme)
		}
	}
	if len(all) == 0 && len(l.Programmes) == 1 {
		add(l.Programmes[0])
	}
	return all, nil
}
