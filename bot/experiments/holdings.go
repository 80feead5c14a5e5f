package experiments

import (
	"errors"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people. What hangs on an experiment
// goes with it; the rest is declared for what it is.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Days, deeds.Records[string, Day]{
			What: "the check-ins of your experiments", Purpose: deeds.TakingPart, Seen: "you, and whoever walks alongside",
			Of: func(tx store.Tx, p people.ID) ([]string, error) {
				var ids []string
				err := ofAll(tx, p, func(e Experiment) error {
					days, err := daysOf(tx, e.ID)
					for _, d := range days {
						ids = append(ids, DayID(e.ID, d.Number))
					}
					return err
				})
				return ids, err
			},
		}),
		deeds.Holds(Notes, deeds.Records[string, Note]{
			What: "what you wrote down day by day of your experiments", Purpose: deeds.TakingPart, Seen: "nobody but you; what surprised you, by whoever walks alongside",
			Of: func(tx store.Tx, p people.ID) ([]string, error) {
				var ids []string
				err := ofAll(tx, p, func(e Experiment) error {
					for row, err := range Notes.By(tx, "experiment", string(e.ID)) {
						if err != nil {
							return err
						}
						ids = append(ids, row.ID)
					}
					return nil
				})
				return ids, err
			},
			Erase: func(tx store.Tx, _ people.ID, id string, _ Note, _ time.Time) error {
				return errors.Join(Notes.Delete(tx, id), outbox.Touch(tx, keptKind, id))
			},
		}),
		deeds.Holds(Stories, deeds.Records[ID, Story]{
			What: "the stories that you told of your experiments", Purpose: deeds.TakingPart,
			Seen: "whom you chose for each: you alone, the facilitators or the group",
			Mine: func(_ ID, s Story, p people.ID) bool { return s.Person == p },
			Erase: func(tx store.Tx, _ people.ID, id ID, _ Story, _ time.Time) error {
				return errors.Join(Stories.Delete(tx, id), outbox.Touch(tx, storyKind, string(id)), outbox.Touch(tx, privateKind, string(id)))
			},
		}),
		deeds.Holds(Companions, deeds.Records[string, Companion]{
			What: "whose experiments you walk alongside, and the words that you sent", Purpose: deeds.TakingPart, Seen: "you and whoever makes the experiment",
			Mine: func(_ string, c Companion, p people.ID) bool { return c.Person == p },
			Erase: func(tx store.Tx, _ people.ID, id string, c Companion, _ time.Time) error {
				errs := []error{Companions.Delete(tx, id)}
				for _, kind := range []string{walkKind, askKind, wordKind, answerKind} {
					errs = append(errs, outbox.Touch(tx, kind, string(c.Experiment)))
				}
				return errors.Join(errs...)
			},
		}),
		deeds.Holds(Table, deeds.Records[ID, Experiment]{
			What: "your experiments", Purpose: deeds.TakingPart, Seen: "you, whoever walks alongside, and the group on its board of hunches",
			Index: "person",
			Group: func(e Experiment) (string, people.ID) { return string(e.Cohort), e.Person },
			Erase: func(tx store.Tx, _ people.ID, id ID, _ Experiment, _ time.Time) error {
				w, err := load(tx, id)
				if err != nil {
					return err
				}
				return w.remove(tx)
			},
		}),
	}
}

// ofAll goes over all experiments of a person.
func ofAll(tx store.Tx, p people.ID, fn func(Experiment) error) error {
	for row, err := range Table.By(tx, "person", string(p)) {
		if err == nil {
			err = fn(row.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
