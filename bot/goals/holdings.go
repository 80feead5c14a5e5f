package goals

import (
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const goalStays = "Goals that others had a say in stay, and words of yours that the group took over for one, since they are the group's by now. They no longer lead to you."

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Goals, deeds.Records[ID, Goal]{
			What: "goals that you proposed", Purpose: deeds.TakingPart, Seen: "the members of the group", Stays: goalStays,
			Mine: func(_ ID, g Goal, p people.ID) bool { return g.By == p || g.Round != nil && g.Round.By == p },
			Erase: func(tx store.Tx, p people.ID, _ ID, g Goal, _ time.Time) error {
				own, err := g.ownAlone(tx, p)
				if err != nil {
					return err
				}
				if own {
					return g.remove(tx)
				}
				return outbox.Touch(tx, boardKind, string(g.Cohort))
			},
		}),
		deeds.Holds(Voices, deeds.Records[string, Voice]{
			What: "where you stood when the group was asked about a goal", Purpose: deeds.TakingPart, Seen: "the members of the group", Index: "person",
			Erase: func(tx store.Tx, _ people.ID, id string, v Voice, _ time.Time) error {
				if err := Voices.Delete(tx, id); err != nil {
					return err
				}
				return touchBoardOf(tx, v.Goal)
			},
		}),
		deeds.Holds(Objections, deeds.Records[string, Objection]{
			What: "your objections to goals", Purpose: deeds.TakingPart, Seen: "the members of the group", Index: "person",
			Erase: func(tx store.Tx, _ people.ID, id string, o Objection, _ time.Time) error {
				if err := Objections.Delete(tx, id); err != nil {
					return err
				}
				return touchBoardOf(tx, o.Goal)
			},
		}),
		deeds.Holds(Suggestions, deeds.Records[SuggestionID, Suggestion]{
			What: "other words that you suggested for goals", Purpose: deeds.TakingPart, Seen: "the members of the group", Stays: goalStays,
			Mine: func(_ SuggestionID, s Suggestion, p people.ID) bool { return s.By == p },
		}),
		deeds.Holds(Entries, deeds.Records[string, Entry]{
			What: "what you did about goals", Purpose: deeds.TakingPart, Seen: "the members of the group", Index: "person", Stays: goalStays,
			Erase: func(tx store.Tx, _ people.ID, id string, e Entry, _ time.Time) error {
				goal := []What{WasProposed, WasReworded, WasMerged, WasReasked, WasAdopted, WasAskedToGo, WasTied}
				if !slices.Contains(goal, e.What) { // their own words, beside the goal's
					e.Words = ""
					if err := Entries.Put(tx, id, e); err != nil {
						return err
					}
				}
				return outbox.Touch(tx, noteKind, id)
			},
		}),
		deeds.Holds(Ties, deeds.Records[string, Tie]{
			What: "what you tied goals to", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Stays: "What you tied to a goal stays tied. It no longer leads to you.",
			Mine:  func(_ string, t Tie, p people.ID) bool { return t.By == p }, Erase: deeds.Stay[string, Tie],
		}),
		deeds.HoldsNothing(Boards, "where the goals of a group are shown"),
	}
}

// touchBoardOf has the board of a goal's group made anew.
func touchBoardOf(tx store.Tx, id ID) error {
	g, err := Goals.Get(tx, id)
	if err != nil {
		return ignoreMissing(err)
	}
	return outbox.Touch(tx, boardKind, string(g.Cohort))
}
