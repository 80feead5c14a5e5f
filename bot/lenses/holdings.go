package lenses

import (
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
