package credentials

import (
	"errors"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people. It is erased before the
// attestations are, which say whose a supporter's words were.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[ID, Issued]{
			What: "credentials that you hold, support or confirmed", Purpose: deeds.Attesting, Seen: "you, and whoever you show them to",
			Stays: "Credentials that you saved stay valid: whoever you show one to can still check it, by a number that names nobody. I can't give you another copy afterwards. Where your words stood on somebody's credential, it goes on without them, and copies that were given out before can't be called back.",
			Of:    about,
			Show: func(tx store.Tx, p people.ID, i Issued) (any, error) {
				if i.Person == p {
					return i, nil
				}
				said, err := saidBy(tx, i, p)
				return struct {
					ID        ID        `json:"id"`
					At        time.Time `json:"at"`
					Confirmed bool      `json:"confirmed_by_you,omitempty"`
					Said      []Support `json:"your_words,omitempty"`
				}{i.ID, i.At, i.By == p, said}, err
			},
			Erase: erase,
		}),
		deeds.HoldsNothing(Places, "which numbers of the status list are struck; a number names nobody"),
	}
}

// about gives the credentials that somebody holds, confirmed, took back or has a
// word in.
func about(tx store.Tx, p people.ID) ([]ID, error) {
	var ids []ID
	for row, err := range Table.All(tx) {
		if err != nil {
			return nil, err
		}
		i := row.Value
		said, err := saidBy(tx, i, p)
		if err != nil {
			return nil, err
		}
		if i.Person == p || i.By == p || i.Revoked.By == p || len(said) > 0 {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

// saidBy gives the words in a credential that are somebody's.
func saidBy(tx store.Tx, i Issued, p people.ID) ([]Support, error) {
	var said []Support
	for _, s := range i.Badge.Supporters {
		a, err := attestations.Table.Get(tx, attestations.ID(s.Of))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil && a.Writer == p {
			said = append(said, s)
		}
	}
	return said, nil
}

func erase(tx store.Tx, p people.ID, id ID, i Issued, now time.Time) error {
	if i.Person == p {
		return errors.Join(Table.Delete(tx, id), closePages(tx, id, now))
	}
	said, err := saidBy(tx, i, p)
	if err != nil {
		return err
	}
	for _, s := range said {
		if err := Withdraw(tx, s.ID, now); err != nil {
			return err
		}
	}
	if i.Revoked.By != p || i.Revoked.Reason == "" {
		return nil
	}
	if i, err = Table.Get(tx, id); err != nil {
		return err
	}
	i.Revoked.Reason = "The reason was erased with the data of whoever gave it."
	return errors.Join(Table.Put(tx, id, i), outbox.Touch(tx, revokedKind, string(id)))
}
