package goals

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// The rules of a round. All of it happens in the deed's transaction; each
// function keeps what it changes and has the board follow.

const (
	// openFor is how long a round is open at least, so that nobody is passed over
	// who was not there today; it may end before when everybody has spoken.
	openFor = 2 * 24 * time.Hour
	// enough is how many members who do not facilitate have to consent: a goal is
	// nobody's alone. In a smaller group, all of them.
	enough = 2
)

// note adds a line to the history of a goal, and says it under the board where
// the group is to hear of it.
func (g Goal) note(tx store.Tx, c cohorts.Cohort, e Entry, aloud bool) error {
	e.ID, e.Goal = store.NewID(e.At), g.ID
	if err := Entries.Put(tx, e.ID, e); err != nil {
		return err
	}
	key, err := board(tx, c, e.At)
	if err != nil || !aloud {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: noteKind + "/" + e.ID, Kind: noteKind, Record: e.ID, Cohort: string(c.ID), Place: c.Place, Under: key,
	}, e.At)
}

// propose puts a new goal before the group.
func propose(tx store.Tx, c cohorts.Cohort, g Goal) (Goal, error) {
	b, err := boardOf(tx, c.ID)
	if err != nil {
		return g, err
	}
	b.Numbers++
	g.Number, g.State = b.Numbers, Proposed
	if err := Boards.Put(tx, c.ID, b); err != nil {
		return g, err
	}
	return g, Goals.Put(tx, g.ID, g)
}

// ask opens a round about some words.
func (g Goal) ask(tx store.Tx, c cohorts.Cohort, about About, words string, by people.ID, now time.Time) (Goal, error) {
	what := WasAsked
	switch {
	case about == ToLetGo:
		what = WasAskedToGo
	case g.Round != nil, about == ToChange:
		what = WasReasked
	}
	g.Rounds++
	g.Round = &Round{Number: g.Rounds, About: about, Words: words, Opened: now, By: by}
	if err := Goals.Put(tx, g.ID, g); err != nil {
		return g, err
	}
	return g, g.note(tx, c, Entry{Person: by, At: now, What: what, Words: words}, true)
}

// reword gives a goal other words. What was consented to or objected to were the
// old ones, so a round that is open begins anew, and a goal that was adopted
// keeps its words until the group has consented to others.
func (g Goal) reword(tx store.Tx, c cohorts.Cohort, words string, by people.ID, now time.Time) (Goal, error) {
	about := ToAdopt
	if g.State == Adopted {
		about = ToChange
	}
	if g.Round != nil {
		if err := g.settle(tx, Changed, now); err != nil {
			return g, err
		}
	}
	if g.State == Proposed {
		g.Words = words
		if err := Goals.Put(tx, g.ID, g); err != nil {
			return g, err
		}
	}
	asks := g.State == Adopted || g.Round != nil // and says the words by that
	if err := g.note(tx, c, Entry{Person: by, At: now, What: WasReworded, Words: words}, !asks); err != nil || !asks {
		return g, err
	}
	return g.ask(tx, c, about, words, by, now)
}

// settle answers the objections of the round that are open.
func (g Goal) settle(tx store.Tx, how Answer, now time.Time) error {
	open, err := objectionsIn(tx, g.ID, g.Round.Number)
	for _, o := range open {
		if err := o.settle(tx, how, now); err != nil {
			return err
		}
	}
	return err
}

func (o Objection) settle(tx store.Tx, how Answer, now time.Time) error {
	o.Settled, o.How = now, how
	return Objections.Put(tx, o.ID, o)
}

// stand keeps where somebody stands in the round that is open. Who consents or
// stands aside says by that, that what they objected to was heard.
func (g Goal) stand(tx store.Tx, c cohorts.Cohort, p people.ID, says Says, now time.Time) error {
	if err := g.hear(tx, p, now); err != nil {
		return err
	}
	v := Voice{Goal: g.ID, Round: g.Round.Number, Person: p, At: now, Says: says}
	if err := Voices.Put(tx, voiceID(v.Goal, v.Round, p), v); err != nil {
		return err
	}
	_, err := board(tx, c, now)
	return err
}

// hear settles what somebody objects to in the round that is open.
func (g Goal) hear(tx store.Tx, p people.ID, now time.Time) error {
	open, err := objectionsIn(tx, g.ID, g.Round.Number)
	for _, o := range open {
		if o.Person != p {
			continue
		}
		if err := o.settle(tx, Heard, now); err != nil {
			return err
		}
	}
	return err
}

// object keeps an objection. Where its author stood before no longer counts.
func (g Goal) object(tx store.Tx, c cohorts.Cohort, o Objection) error {
	o.Goal, o.Round = g.ID, g.Round.Number
	if err := Objections.Put(tx, o.ID, o); err != nil {
		return err
	}
	if err := Voices.Delete(tx, voiceID(g.ID, o.Round, o.Person)); err != nil {
		return err
	}
	return g.note(tx, c, Entry{Person: o.Person, At: o.At, What: WasObjected, Words: o.Words}, true)
}

// standsAs gives where somebody stands in the round that is open, and whether
// they have an objection that waits; nothing where they have not spoken.
func (g Goal) standsAs(tx store.Tx, p people.ID) (says Says, objects bool, err error) {
	if g.Round == nil {
		return "", false, nil
	}
	open, err := objectionsIn(tx, g.ID, g.Round.Number)
	if err != nil {
		return "", false, err
	}
	objects = slices.Contains(objectors(open), p)
	v, err := Voices.Get(tx, voiceID(g.ID, g.Round.Number, p))
	if errors.Is(err, store.ErrNotFound) {
		return "", objects, nil
	}
	return v.Says, objects, err
}

// standing is how a round stands.
type standing struct {
	consent, aside []people.ID
	open           []Objection // what waits for an answer
	members        int         // of those who consent, who do not facilitate
	needed         int         // of them
	silent         []people.ID // who is here and has not spoken
}

// stands looks at the round that is open.
func (g Goal) stands(tx store.Tx, c cohorts.Cohort, now time.Time) (standing, error) {
	var s standing
	voices, err := voicesIn(tx, g.ID, g.Round.Number)
	if err != nil {
		return s, err
	}
	for _, v := range voices {
		switch v.Says {
		case Consent:
			s.consent = append(s.consent, v.Person)
		case Aside:
			s.aside = append(s.aside, v.Person)
		}
	}
	if s.open, err = objectionsIn(tx, g.ID, g.Round.Number); err != nil {
		return s, err
	}
	// Who objected and was heard has spoken as well.
	heard, err := values(Objections.By(tx, "goal", string(g.ID), uint64(g.Round.Number)))
	if err != nil {
		return s, err
	}
	spoken := append(append(objectors(heard), s.consent...), s.aside...)
	group, err := cohorts.Group(tx, c.ID)
	if err != nil {
		return s, err
	}
	learners := 0
	for _, m := range group {
		if m.Learner() {
			learners++
			if slices.Contains(s.consent, m.Person) {
				s.members++
			}
		}
		p, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return s, err
		}
		if !slices.Contains(spoken, m.Person) && m.Learner() && !m.ReadingAlong && !p.OnLeave(now, c.Zone) {
			s.silent = append(s.silent, m.Person)
		}
	}
	s.needed = min(enough, learners)
	return s, nil
}

// conclude ends the round with effect, or refuses and says what is missing.
func (g Goal) conclude(tx store.Tx, c cohorts.Cohort, by people.ID, now time.Time) (Goal, error) {
	if g.Round == nil {
		return g, deeds.Refuse(deeds.Conflict, "The group has not been asked yet.")
	}
	s, err := g.stands(tx, c, now)
	if err != nil {
		return g, err
	}
	switch {
	case len(s.open) > 0:
		who, err := namesOf(tx, objectors(s.open))
		if err != nil {
			return g, err
		}
		return g, deeds.Refuse(deeds.Conflict, "There is an objection that was not answered yet, by %s. It is answered by changing the goal, or by %s saying that it was heard. It can't be outvoted.", who, who)
	case s.needed == 0 || s.members < s.needed:
		who := "two members who do not facilitate"
		if s.needed <= 1 {
			who = "a member who does not facilitate"
		}
		return g, deeds.Refuse(deeds.Conflict, "This takes the consent of %s: the group's goals are nobody's alone. The round stays open.", who)
	case len(s.silent) > 0 && now.Sub(g.Round.Opened) < openFor:
		return g, deeds.Refuse(deeds.Conflict, "Not everybody has spoken, and the round has been open for less than two days. Give the others until then; silence does not stand in the way after that.")
	}
	round := *g.Round
	g.Round = nil
	what := WasAdopted
	switch round.About {
	case ToLetGo:
		g.State, what = LetGo, WasLetGo
	default:
		g.State, g.Words = Adopted, round.Words
	}
	if err := Goals.Put(tx, g.ID, g); err != nil {
		return g, err
	}
	return g, g.note(tx, c, Entry{Person: by, At: now, What: what, Words: round.Words}, true)
}

// stop ends the round without effect.
func (g Goal) stop(tx store.Tx, c cohorts.Cohort, by people.ID, now time.Time) error {
	if err := g.settle(tx, Stopped, now); err != nil {
		return err
	}
	g.Round = nil
	if err := Goals.Put(tx, g.ID, g); err != nil {
		return err
	}
	return g.note(tx, c, Entry{Person: by, At: now, What: WasStopped}, true)
}

// objectors gives whose objections these are, each once.
func objectors(all []Objection) []people.ID {
	var who []people.ID
	for _, v := range all {
		if !slices.Contains(who, v.Person) {
			who = append(who, v.Person)
		}
	}
	return who
}

// takers gives those whose word it takes for a suggestion: whoever proposed what
// it changes, as long as they are in the group, and has not suggested it. Where
// that is nobody, or the goal is the group's by now, anybody else will do.
func (s Suggestion) takers(tx store.Tx) (who []people.ID, anybody bool, err error) {
	for _, id := range []ID{s.Goal, s.With} {
		if id == "" {
			continue
		}
		g, err := Goals.Get(tx, id)
		if err != nil {
			return nil, false, err
		}
		if s.With == "" && (g.State == Adopted || g.Round != nil) {
			anybody = true
		}
		_, here, err := cohorts.MemberOf(tx, g.Cohort, g.By)
		if err != nil {
			return nil, false, err
		}
		if here && g.By != s.By && !slices.Contains(who, g.By) {
			who = append(who, g.By)
		}
	}
	return who, anybody || len(who) == 0, nil
}

// agree takes one person's word for a suggestion. done tells whether that was all
// it took.
func (s Suggestion) agree(tx store.Tx, p people.ID) (Suggestion, bool, error) {
	who, anybody, err := s.takers(tx)
	if err != nil {
		return s, false, err
	}
	if p == s.By || !anybody && !slices.Contains(who, p) {
		names, err := namesOf(tx, who)
		if err != nil {
			return s, false, err
		}
		if names == "" {
			names = "somebody else in the group"
		}
		return s, false, deeds.Refuse(deeds.Forbidden, "It is for %s to take this over.", names)
	}
	if !slices.Contains(s.Agreed, p) {
		s.Agreed = append(s.Agreed, p)
	}
	missing := slices.ContainsFunc(who, func(w people.ID) bool { return !slices.Contains(s.Agreed, w) })
	return s, anybody || !missing, nil
}

// merge makes one goal of two. What they were stays as it was, with its history.
func merge(tx store.Tx, c cohorts.Cohort, id ID, s Suggestion, by people.ID, now time.Time) (Goal, error) {
	g, err := propose(tx, c, Goal{ID: id, Cohort: c.ID, By: s.By, At: now, Words: s.Words, From: []ID{s.Goal, s.With}})
	if err != nil {
		return g, err
	}
	for _, from := range g.From {
		was, err := Goals.Get(tx, from)
		if err != nil {
			return g, err
		}
		if was.Round != nil {
			if err := was.settle(tx, Changed, now); err != nil {
				return g, err
			}
		}
		was.State, was.Round, was.Into = Merged, nil, g.ID
		if err := Goals.Put(tx, from, was); err != nil {
			return g, err
		}
		if err := was.note(tx, c, Entry{Person: by, At: now, What: WasMerged, Words: s.Words}, false); err != nil {
			return g, err
		}
	}
	return g, g.note(tx, c, Entry{Person: by, At: now, What: WasMerged, Words: s.Words}, true)
}

// sameWords tells whether two wordings differ in nothing but blanks and case.
func sameWords(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}
