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

// gathering goes over what happened in the weeks of one release.
type gathering struct {
	tx         store.Tx
	from, to   time.Time // to is not in it
	dimensions frameworks.Framework
}

// place is where somebody took part: the cohort that they joined last, of those that
// lived in these weeks, and what they did in all of the same programme.
type place struct {
	programme string
	joined    time.Time
	cohorts   []cohorts.Cohort
}

// gather gives those who agreed to research, by programme. Nobody stands in two
// programmes: the same could be counted there twice, and the counts held against each
// other.
func gather(tx store.Tx, r Release, dimensions frameworks.Framework) (map[string][]subject, error) {
	g := gathering{tx: tx, to: start(r.To), dimensions: dimensions}
	if !r.From.IsZero() {
		g.from = start(r.From)
	}
	places, err := g.places()
	if err != nil {
		return nil, err
	}
	found := map[string][]subject{}
	for p, at := range places {
		agreed, err := consents.Allows(tx, p, consents.Research, "")
		if err != nil {
			return nil, err
		}
		if !agreed {
			continue
		}
		s := subject{columns: map[string]string{}, answers: map[string]string{}}
		for _, fill := range []func(people.ID, *place, *subject) error{g.weeks, g.experiments, g.sessions, g.thinking, g.portfolio, g.evidence, g.looks} {
			if err := fill(p, at, &s); err != nil {
				return nil, err
			}
		}
		found[at.programme] = append(found[at.programme], s)
	}
	return found, nil
}

func start(d schedules.Date) time.Time { return schedules.Wall{Date: d}.In(schedules.Zone{}) }

// in tells whether something happened in these weeks.
func (g gathering) in(t time.Time) bool { return !t.Before(g.from) && t.Before(g.to) }

// places gives where each learner took part.
func (g gathering) places() (map[people.ID]*place, error) {
	found := map[people.ID]*place{}
	for row, err := range cohorts.Table.All(g.tx) {
		if err != nil {
			return nil, err
		}
		c := row.Value
		if c.State == cohorts.Draft || c.State == cohorts.Deleted {
			continue
		}
		_, plan, _, err := cohorts.Load(g.tx, c.ID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(plan.Weeks, func(w cohorts.Week) bool { return w.Gone() && g.in(w.Posted) }) {
			continue
		}
		programme := ownProgramme
		if _, ok := programmes.Find(c.From.Programme); ok {
			programme = c.From.Programme
		}
		for row, err := range cohorts.Members.By(g.tx, "cohort", string(c.ID)) {
			if err != nil {
				return nil, err
			}
			m := row.Value
			if m.Facilitator || !m.Joined.Before(g.to) || !m.Left.IsZero() && m.Left.Before(g.from) {
				continue
			}
			p := found[m.Person]
			switch {
			case p == nil || p.programme != programme && m.Joined.After(p.joined):
				found[m.Person] = &place{programme, m.Joined, []cohorts.Cohort{c}}
			case p.programme == programme:
				p.cohorts = append(p.cohorts, c)
				if m.Joined.After(p.joined) {
					p.joined = m.Joined
				}
			}
		}
	}
	return found, nil
}

// weeks asks in which weeks of the programme the person answered the question.
func (g gathering) weeks(p people.ID, at *place, s *subject) error {
	for _, c := range at.cohorts {
		_, _, dates, err := cohorts.Load(g.tx, c.ID)
		if err != nil {
			return err
		}
		for _, d := range dates {
			if d.Number == 0 || !d.Gone() || !g.in(d.Posted) {
				continue // its question went out in the weeks of another release
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

func (g gathering) experiments(p people.ID, at *place, s *subject) error {
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

func (g gathering) sessions(p people.ID, at *place, s *subject) error {
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

func (g gathering) thinking(p people.ID, _ *place, s *subject) error {
	all, err := thinking.OfPerson(g.tx, p)
	if slices.ContainsFunc(all, func(a thinking.Answer) bool { return g.in(a.At) }) {
		s.columns["thinking"] = some
	}
	return err
}

func (g gathering) portfolio(p people.ID, _ *place, s *subject) error {
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
func (g gathering) evidence(p people.ID, _ *place, s *subject) error {
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
func (g gathering) looks(p people.ID, at *place, s *subject) error {
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
