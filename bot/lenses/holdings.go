package lenses

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	const circleSees = "the members of the group, or of what is between a few partners, those"
	return []deeds.Holding{
		deeds.Holds(Answers, deeds.Records[string, Answer]{
			What: "how you say that you work together, and your notes to yourself", Purpose: deeds.TakingPart,
			Seen: "nobody; or your partners, where you chose so", Index: "person",
			Stays: "Pictures of a group stay as they were shown: they have the middle of at least five people's answers, and nothing of whose. If they changed, others could see what you said.",
		}),
		deeds.Holds(Parts, deeds.Records[PartID, Part]{
			What: "what you said that you or a partner brings", Purpose: deeds.TakingPart, Seen: circleSees, Index: "person",
		}),
		deeds.Holds(Wordings, deeds.Records[WordingID, Wording]{
			What: "other words that you suggested for statements, and which you agreed to", Purpose: deeds.TakingPart, Seen: circleSees,
			Mine:  func(_ WordingID, w Wording, p people.ID) bool { return w.By == p || slices.Contains(w.Agreed, p) },
			Stays: "Words that others agreed to stay, since they are the group's by now. They no longer lead to you.",
			Erase: func(tx store.Tx, p people.ID, id WordingID, w Wording, now time.Time) error {
				if w.By == p && w.State == Suggested { // before it is gone, so that what shows it is taken away
					if err := w.end(tx, Withdrawn, now); err != nil {
						return err
					}
				}
				if w.By == p && w.State != Taken {
					return Wordings.Delete(tx, id)
				}
				w.Agreed = slices.DeleteFunc(w.Agreed, func(who people.ID) bool { return who == p })
				return errors.Join(Wordings.Put(tx, id, w), outbox.Touch(tx, wordingKind, string(id)), outbox.Touch(tx, wordsKind, string(id)))
			},
		}),
		deeds.Holds(Steps, deeds.Records[StepID, Step]{
			What: "steps of work plans that you suggested or took on", Purpose: deeds.TakingPart, Seen: circleSees,
			Mine:  func(_ StepID, s Step, p people.ID) bool { return s.By == p || s.Owner == p },
			Stays: "Steps that somebody else suggested or took on stay in their plan. They no longer lead to you.",
			Erase: func(tx store.Tx, p people.ID, id StepID, s Step, now time.Time) error {
				own := s.By == p && (s.Owner == p || s.Owner == "")
				if s.Owner == p {
					s.Owner, s.Asked = "", false
				}
				x, err := Collaborations.Get(tx, s.Collaboration)
				if err != nil {
					return ignoreMissing(err)
				}
				if err := s.keep(tx, x, now); err != nil || !own {
					return err
				}
				return Steps.Delete(tx, id)
			},
		}),
		deeds.Holds(Looks, deeds.Records[LookID, Look]{
			What: "when you asked others how you work together", Purpose: deeds.TakingPart, Seen: circleSees,
			Mine:  func(_ LookID, l Look, p people.ID) bool { return l.By == p },
			Stays: "That the group was asked stays. It no longer leads to you.",
			Erase: func(tx store.Tx, _ people.ID, id LookID, _ Look, _ time.Time) error {
				return outbox.Touch(tx, askedKind, string(id))
			},
		}),
		deeds.Holds(Collaborations, deeds.Records[ID, Collaboration]{
			What: "what you gave a name, or what you are a partner in", Purpose: deeds.TakingPart, Seen: circleSees,
			Mine:  func(_ ID, x Collaboration, p people.ID) bool { return x.By == p || slices.Contains(x.Partners, p) },
			Stays: "What several do together keeps its name. It no longer leads to you.", Erase: deeds.Stay[ID, Collaboration],
		}),
	}
}
