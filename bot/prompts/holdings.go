package prompts

import (
	"errors"
	"strings"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Versions, deeds.Records[string, Version]{
			What: "how your answers read before you changed them", Purpose: deeds.TakingPart, Seen: "nobody but you",
			Of: func(tx store.Tx, p people.ID) ([]string, error) {
				var ids []string
				for row, err := range Answers.By(tx, "person", string(p)) {
					if err != nil {
						return nil, err
					}
					versions, err := HistoryOf(tx, row.ID)
					if err != nil {
						return nil, err
					}
					for _, v := range versions {
						ids = append(ids, versionID(row.ID, v.Number))
					}
				}
				return ids, nil
			},
		}),
		deeds.Holds(Answers, deeds.Records[AnswerID, Answer]{
			What: "what you answered to the weekly questions", Purpose: deeds.TakingPart,
			Seen:  "whom you chose for each answer: you alone, the facilitators or the group",
			Group: func(a Answer) (string, people.ID) { return string(a.Cohort), a.Person },
			Index: "person",
			Erase: func(tx store.Tx, _ people.ID, _ AnswerID, a Answer, _ time.Time) error { return remove(tx, a) },
		}),
		deeds.Holds(Passes, deeds.Records[string, Pass]{
			What: "which weeks you left out", Purpose: deeds.TakingPart, Seen: "nobody but you",
			Mine: func(id string, _ Pass, p people.ID) bool { return strings.HasSuffix(id, "/"+string(p)) },
		}),
		deeds.Holds(Weaves, deeds.Records[string, Weave]{
			What: "what you wrote up of a week as a facilitator", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Mine: func(_ string, w Weave, p people.ID) bool { return w.By == p },
			Erase: func(tx store.Tx, _ people.ID, id string, _ Weave, _ time.Time) error {
				return errors.Join(Weaves.Delete(tx, id), outbox.Touch(tx, weaveKind, id))
			},
		}),
	}
}
