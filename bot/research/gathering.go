package research

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/evidence"
	"cohortbot/bot/experiments"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/lenses"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
	"cohortbot/bot/thinking"
	"cohortbot/schedules"
)

// ownProgramme stands for a programme of the organisation's own, whose name could
// lead to it.
const ownProgramme = "own"

// gathering goes over what people did.
type gathering struct {
	tx         store.Tx
	to         time.Time // what happened from then on is left out
	dimensions frameworks.Framework
	running    bool      // with those whose group goes on
	before     []Release // nobody who stood in one of them is in it again

	waiting bool // found: somebody whose group goes on was left out
}

// place is where somebody took part: the cohort that they joined last, and what they
// did in all of the same programme.
type place struct {
	programme string
	joined    time.Time
	cohorts   []cohorts.Cohort
	goes      bool // one of their groups has not come to its end
}

// gather gives those who agreed to research, by programme. Nobody stands in two
// programmes: the same could be counted there twice, and the counts held against each
// other.
func (g *gathering) gather() (map[string][]subject, error) {
	places, err := g.places()
	if err != nil {
		return nil, err
	}
	found := map[string][]subject{}
	for p, at := range places {
		open, err := g.open(p)
		if err != nil {
			return nil, err
		}
		if !open {
			continue
		}
		if at.goes && !g.running {
			g.waiting = true
			continue
		}
		s := subject{person: p, columns: map[string]string{}, answers: map[string]string{}}
		for _, fill := range []func(people.ID, *place, *subject) error{g.weeks, g.experiments, g.sessions, g.thinking, g.portfolio, g.evidence, g.looks} {
			if err := fill(p, at, &s); err != nil {
				return nil, err
			}
		}
		found[at.programme] = append(found[at.programme], s)
	}
	return found, nil
}

// open tells whether somebody may be in a release: they agree, and stood in none.
func (g *gathering) open(p people.ID) (bool, error) {
	stood, err := Standings.Has(g.tx, p)
	if err != nil || stood {
		return false, err
	}
	all, err := consents.Of(g.tx, p)
	said := slices.DeleteFunc(all, func(c consents.Consent) bool { return c.Purpose != consents.Research })
	return mayStand(said, g.before), err
}

// mayStand tells whether somebody who said this, by time, and of whom it is not kept
// that they stood in a release, may be in one after these: they agree now, and can
// have been in none. They can where they had agreed then, if it was not kept who was
// in it, or has been taken away since, as they took it back.
func mayStand(said []consents.Consent, before []Release) bool {
	if len(said) == 0 || !said[len(said)-1].Given {
		return false
	}
	for _, r := range before {
		agreed, back := false, false
		for _, c := range said {
			if c.At.After(r.At) {
				back = back || !c.Given
			} else {
				agreed = c.Given
			}
		}
		if agreed && (back || !r.Listed) {
			return false
		}
	}
	return true
}

func start(d schedules.Date) time.Time { return schedules.Wall{Date: d}.In(schedules.Zone{}) }

// in tells whether something happened in the weeks that a release is about.
func (g *gathering) in(t time.Time) bool { return t.Before(g.to) }

// afterLast is how long a group goes on after its last question.
const afterLast = 28 * 24 * time.Hour

// over tells whether what a group does has come to its end. A community has none, so
// that it is not waited for.
func (g *gathering) over(c cohorts.Cohort, dates []cohorts.Dated) bool {
	if _, ahead := cohorts.Next(dates); c.State == cohorts.Ended || c.Programme.Community || ahead {
		return c.State == cohorts.Ended || c.Programme.Community
	}
	return !slices.ContainsFunc(dates, func(d cohorts.Dated) bool { return d.Posted.Add(afterLast).After(g.to) })
}

// places gives where each learner took part.
func (g *gathering) places() (map[people.ID]*place, error) {
	found := map[people.ID]*place{}
	goes := map[people.ID]bool{}
	for row, err := range cohorts.Table.All(g.tx) {
		if err != nil {
			return nil, err
		}
		c := row.Value
		if c.State == cohorts.Draft || c.State == cohorts.Deleted {
			continue
		}
		_, plan, dates, err := cohorts.Load(g.tx, c.ID)
		if err != nil {
			return nil, err
		}
		over := g.over(c, dates)
		begun := slices.ContainsFunc(plan.Weeks, func(w cohorts.Week) bool { return w.Gone() && g.in(w.Posted) })
		programme := ownProgramme
		if _, ok := programmes.Find(c.From.Programme); ok {
			programme = c.From.Programme
		}
		for row, err := range cohorts.Members.By(g.tx, "cohort", string(c.ID)) {
			if err != nil {
				return nil, err
			}
			m := row.Value
			if m.Facilitator {
				continue
			}
			if m.Active() && !over {
				goes[m.Person] = true
			}
			if !begun || !m.Joined.Before(g.to) {
				continue
			}
			p := found[m.Person]
			switch {
			case p == nil || p.programme != programme && m.Joined.After(p.joined):
				found[m.Person] = &place{programme: programme, joined: m.Joined, cohorts: []cohorts.Cohort{c}}
			case p.programme == programme:
				p.cohorts = append(p.cohorts, c)
				if m.Joined.After(p.joined) {
					p.joined = m.Joined
				}
			}
		}
	}
	for who, p := range found {
		p.goes = goes[who]
	}
	return found, nil
}

// weeks asks in which weeks of the programme the person answered the question.
func (g *gathering) weeks(p people.ID, at *place, s *subject) error {
	for _, c := range at.cohorts {
		_, _, dates, err := cohorts.Load(g.tx, c.ID)
		if err != nil {
			return err
		}
		for _, d := range dates {
			if d.Number == 0 || !d.Gone() || !g.in(d.Posted) {
				continue
			}
			answers, err := prompts.OfPerson(g.tx, p, d.ID)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(answers, func(a prompts.Answer) bool { return a.Cohort == c.ID && g.in(a.At) }) {
				s.answers[fmt.Sprintf("answered week %02d", d.Number)] = "yes"
			}
		}
	}
	return nil
}

func (g *gathering) experiments(p people.ID, at *place, s *subject) error {
	const kind = "experiments"
	for _, c := range at.cohorts {
		all, err := experiments.Of(g.tx, c.ID, p)
		if err != nil {
			return err
		}
		for _, e := range all {
			if !g.in(e.Made) {
				continue
			}
			told, err := experiments.Stories.Has(g.tx, e.ID)
			if err != nil {
				return err
			}
			s.columns[kind] = cmp.Or(s.columns[kind], "begun")
			if told {
				s.columns[kind] = "told"
			}
		}
	}
	return nil
}

func (g *gathering) sessions(p people.ID, at *place, s *subject) error {
	n := 0
	for row, err := range sessions.Attendees.By(g.tx, "person", string(p)) {
		if err != nil {
			return err
		}
		a := row.Value
		if a.Presence != sessions.Present && a.Presence != sessions.CaughtUp {
			continue
		}
		x, err := sessions.Table.Get(g.tx, a.Session)
		if err != nil {
			return err
		}
		if !x.Off() && g.in(x.Start()) && slices.ContainsFunc(at.cohorts, func(c cohorts.Cohort) bool { return c.ID == x.Cohort }) {
			n++
		}
	}
	switch {
	case n == 1:
		s.columns["sessions"] = "one"
	case n > 1:
		s.columns["sessions"] = "more"
	}
	return nil
}

func (g *gathering) thinking(p people.ID, _ *place, s *subject) error {
	all, err := thinking.OfPerson(g.tx, p)
	if slices.ContainsFunc(all, func(a thinking.Answer) bool { return g.in(a.At) }) {
		s.columns["thinking"] = some
	}
	return err
}

func (g *gathering) portfolio(p people.ID, _ *place, s *subject) error {
	all, err := portfolios.Of(g.tx, p)
	if err != nil {
		return err
	}
	for _, x := range all {
		steps, err := portfolios.StepsOf(g.tx, x.ID)
		if err != nil {
			return err
		}
		if g.in(x.Made) || slices.ContainsFunc(steps, func(s portfolios.Step) bool { return g.in(s.At) }) {
			s.columns["portfolio"] = some
		}
	}
	return nil
}

// evidence asks for which items of the frameworks that come along the person kept
// something.
func (g *gathering) evidence(p people.ID, _ *place, s *subject) error {
	items, err := evidence.Items(g.tx, p)
	if err != nil {
		return err
	}
	for _, i := range items {
		if !i.Kept() || !g.in(i.At) {
			continue
		}
		for _, t := range i.Tags {
			if slices.ContainsFunc(frameworks.BuiltIn(), func(f frameworks.Framework) bool { return f.ID == t.Framework }) {
				s.answers["evidence for "+t.Framework+"/"+t.Item] = "yes"
			}
		}
	}
	return nil
}

// looks asks how far each dimension of working together is so, as the person said
// when a group looked at itself: by the middle of its statements. Only what they let
// count is taken, and only where they said something to every dimension, so that
// nobody stands out by what they passed over.
func (g *gathering) looks(p people.ID, at *place, s *subject) error {
	for row, err := range lenses.Answers.By(g.tx, "person", string(p)) {
		if err != nil {
			return err
		}
		a := row.Value
		if a.Look == "" || a.Sees != lenses.Counted || !g.in(a.At) ||
			!slices.ContainsFunc(at.cohorts, func(c cohorts.Cohort) bool { return c.ID == a.Cohort }) {
			continue
		}
		look, err := lenses.Looks.Get(g.tx, a.Look)
		if err != nil {
			return err
		}
		said := map[string]string{}
		for _, d := range g.dimensions.Items {
			var values []int
			for _, statement := range d.Items {
				if v := a.Values[statement.ID]; v > 0 {
					values = append(values, v)
				}
			}
			if len(values) == 0 {
				continue
			}
			slices.Sort(values)
			said[fmt.Sprintf("%s at the %s", d.ID, look.Stage)] = "hardly to some"
			if values[(len(values)-1)/2] > 3 {
				said[fmt.Sprintf("%s at the %s", d.ID, look.Stage)] = "a good deal or more"
			}
		}
		if len(said) < len(g.dimensions.Items) {
			continue
		}
		for question, answer := range said {
			s.answers[question] = answer
		}
	}
	return nil
}
