package stars

import (
	"errors"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Fillings, deeds.Records[FillingID, Filling]{
			What: "the stars that you filled in or drew", Purpose: deeds.TakingPart,
			Seen:  "whom you chose for each: you alone, the facilitators or the group",
			Group: func(f Filling) (string, people.ID) { return string(f.Cohort), f.Person },
			Mine:  func(_ FillingID, f Filling, p people.ID) bool { return f.Person == p },
			Erase: func(tx store.Tx, _ people.ID, _ FillingID, f Filling, _ time.Time) error { return remove(tx, f) },
		}),
		deeds.Holds(Practices, deeds.Records[PracticeID, Practice]{
			What: "how it went when you practised a tool", Purpose: deeds.TakingPart,
			Seen:  "whom you chose for each: you alone, the facilitators or the group",
			Group: func(x Practice) (string, people.ID) { return string(x.Cohort), x.Person },
			Mine:  func(_ PracticeID, x Practice, p people.ID) bool { return x.Person == p },
			Erase: func(tx store.Tx, _ people.ID, id PracticeID, _ Practice, _ time.Time) error {
				return errors.Join(Practices.Delete(tx, id), outbox.Touch(tx, practiceKind, string(id)))
			},
		}),
	}
}
