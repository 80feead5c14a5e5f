package interest

import (
	"errors"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func (f feature) holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[ID, Interest]{
			What: "what you registered interest in, how to reach you, and that you agreed to be contacted", Purpose: deeds.TakingPart,
			Seen: "facilitators and administrators", Of: held, First: true,
			Erase: func(tx store.Tx, p people.ID, _ ID, i Interest, now time.Time) error {
				if err := f.drop(tx, i, now); err != nil || i.Code == "" || i.Person == "" {
					return err
				}
				// A backup from before it was connected has it as somebody outside, whom
				// the person's own erasure does not lead to.
				return f.Forget(tx, p, i.ledgerNames(), now)
			},
		}),
	}
}

// held gives the interests of a person: of one who came by a link, the one that the
// link is for.
func held(tx store.Tx, p people.ID) ([]ID, error) {
	var ids []ID
	own, err := Of(tx, p)
	if err != nil {
		return nil, err
	}
	for _, i := range own {
		ids = append(ids, i.ID)
	}
	person, err := people.Table.Get(tx, p)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, u := range person.Accounts {
		if u.Workspace != links.Guests {
			continue
		}
		l, err := links.Table.Get(tx, links.ID(u.ID))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil && l.Command == pagePath {
			ids = append(ids, ID(l.Record))
		}
	}
	return ids, nil
}
