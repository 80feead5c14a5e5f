package thinking

import (
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings says what the tables keep about people.
func holdings() []deeds.Holding {
	const chosen = "whoever you chose for each: only you, the facilitators or the members of one group"
	return []deeds.Holding{
		deeds.Holds(Versions, deeds.Records[string, Version]{
			What: "how your answers to questions to think about read before you changed them", Purpose: deeds.TakingPart, Seen: "only you",
			Of: func(tx store.Tx, p people.ID) ([]string, error) {
				answers, err := OfPerson(tx, p)
				if err != nil {
					return nil, err
				}
				var ids []string
				for _, a := range answers {
					before, err := HistoryOf(tx, a.ID)
					if err != nil {
						return nil, err
					}
					for _, v := range before {
						ids = append(ids, versionID(a.ID, v.Number))
					}
				}
				return ids, nil
			},
		}),
		deeds.Holds(Answers, deeds.Records[AnswerID, Answer]{
			What: "what you answered to questions to think about", Purpose: deeds.TakingPart, Seen: chosen,
			Index: "person",
			Erase: func(tx store.Tx, _ people.ID, _ AnswerID, a Answer, _ time.Time) error { return remove(tx, a) },
		}),
		deeds.Holds(Places, deeds.Records[people.ID, Place]{
			What: "the question to think about where you left off", Purpose: deeds.TakingPart, Seen: "only you",
			Mine: func(id people.ID, _ Place, p people.ID) bool { return id == p },
		}),
		deeds.Holds(Remarks, deeds.Records[RemarkID, Remark]{
			What: "what you told us about the questions to think about", Purpose: deeds.Sharing,
			Seen:  "whoever administers the workspace, and the facilitators of the groups that you were in then",
			Index: "person",
		}),
		deeds.Holds(Askings, deeds.Records[string, Asking]{
			What: "which questions to think about you put to a group", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Stays: "The question stays, without your name: others may have answered it.",
			Mine:  func(_ string, a Asking, p people.ID) bool { return a.By == p },
			Erase: func(tx store.Tx, _ people.ID, id string, a Asking, _ time.Time) error {
				a.By = ""
				if err := Askings.Put(tx, id, a); err != nil {
					return err
				}
				return outbox.Touch(tx, askedKind, id)
			},
		}),
	}
}
