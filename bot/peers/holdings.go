package peers

import (
	"slices"
	"strings"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	apart := func(id string, p people.ID) bool { return strings.HasSuffix(id, "/"+string(p)) }
	return []deeds.Holding{
		deeds.Holds(Seekers, deeds.Records[string, Seeker]{
			What: "that you look for somebody to meet", Purpose: deeds.TakingPart, Seen: "whoever is asked",
			Mine: func(id string, _ Seeker, p people.ID) bool { return apart(id, p) },
			Erase: func(tx store.Tx, p people.ID, _ string, s Seeker, _ time.Time) error {
				return stopSeeking(tx, s.Cohort, p)
			},
		}),
		deeds.Holds(Groups, deeds.Records[GroupID, Group]{
			What: "whom you were put together with, and what became of it", Purpose: deeds.TakingPart, Seen: "those who were put together, and the facilitators as a count",
			Stays: "That there was a pair stays for the others of it, as an id that leads to nobody.", Index: "person",
			Erase: func(tx store.Tx, p people.ID, id GroupID, g Group, now time.Time) error {
				if g.Waits(now) && slices.Contains(g.In(), p) {
					c, err := cohorts.Get(tx, g.Cohort)
					if err != nil {
						return err
					}
					if err := withdraw(tx, c, g, p, now); err != nil {
						return err
					}
					if g, err = Groups.Get(tx, id); err != nil {
						return err
					}
				}
				delete(g.Said, p)
				if g.Proposal != nil && g.Proposal.By == p {
					g.Proposal = nil
				}
				if err := Groups.Put(tx, id, g); err != nil {
					return err
				}
				return touch(tx, g)
			},
		}),
		deeds.Holds(Avoids, deeds.Records[people.ID, Avoided]{
			What: "with whom you are never put together", Purpose: deeds.TakingPart, Seen: "nobody but you",
			Stays: "Where somebody else said that they would rather not meet you, that stays theirs, as an id that leads to nobody.",
			Mine:  func(id people.ID, _ Avoided, p people.ID) bool { return id == p }, // what others chose is never shown
		}),
		deeds.Holds(Aparts, deeds.Records[string, Apart]{
			What: "that you take no part in being paired", Purpose: deeds.TakingPart, Seen: "nobody but you",
			Mine: func(id string, _ Apart, p people.ID) bool { return apart(id, p) },
		}),
		deeds.Holds(Rounds, deeds.Records[string, Round]{
			What: "the rounds of pairs that left you without a partner", Purpose: deeds.TakingPart, Seen: "the facilitators",
			Mine: func(_ string, r Round, p people.ID) bool { return slices.Contains(r.Left, p) },
			Show: func(_ store.Tx, p people.ID, r Round) (any, error) { r.Left = []people.ID{p}; return r, nil },
			Erase: func(tx store.Tx, p people.ID, id string, r Round, _ time.Time) error {
				r.Left = slices.DeleteFunc(slices.Clone(r.Left), func(x people.ID) bool { return x == p })
				return Rounds.Put(tx, id, r)
			},
		}),
		deeds.HoldsNothing(Rhythms, "how often a group is paired, whoever is in it"),
		deeds.Holds(Reflections, deeds.Records[ReflectionID, Reflection]{
			What: "reflections that you asked for or gave", Purpose: deeds.TakingPart, Seen: "the two of you, and nobody else",
			Stays: "What the other of you wrote stays theirs.",
			Of: func(tx store.Tx, p people.ID) ([]ReflectionID, error) {
				var ids []ReflectionID
				for _, index := range []string{"asker", "peer"} {
					for row, err := range Reflections.By(tx, index, string(p)) {
						if err != nil {
							return nil, err
						}
						ids = append(ids, row.ID)
					}
				}
				return ids, nil
			},
			Show: func(_ store.Tx, p people.ID, r Reflection) (any, error) {
				r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l Line) bool { return l.By != p })
				if r.Asker == p {
					r.Answers, r.Sent = nil, nil
				} else {
					r.Text, r.Files, r.Note, r.Experiment = "", nil, "", ""
				}
				return r, nil
			},
			Erase: func(tx store.Tx, p people.ID, _ ReflectionID, r Reflection, _ time.Time) error {
				return r.remove(tx, p)
			},
		}),
	}
}
