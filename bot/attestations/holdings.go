package attestations

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func (f feature) holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[ID, Attestation]{
			What: "what others said of your work, and what you said of theirs", Purpose: deeds.Attesting,
			Seen:  "the learner and an assessor, and others where its writer agreed",
			Stays: "That there was an attestation stays, and when: a line without words or names, so that the chain of proofs holds. Whoever you wrote for is told that it is gone, and can ask somebody else. What you wrote down for somebody else stays theirs, without your name.",
			Of: func(tx store.Tx, p people.ID) ([]ID, error) {
				return both(Table.By(tx, "learner", string(p)), Table.By(tx, "writer", string(p)))
			},
			Erase: f.eraseGiven,
		}),
		deeds.Holds(Requests, deeds.Records[ID, Request]{
			What: "whom you asked for a few words about your work, and who asked you", Purpose: deeds.Attesting, Seen: "the two of you",
			Stays: "That somebody asked you stays theirs, without your name and your lines.",
			Of: func(tx store.Tx, p people.ID) ([]ID, error) {
				return both(Requests.By(tx, "learner", string(p)), Requests.By(tx, "person", string(p)))
			},
			Show: func(_ store.Tx, p people.ID, r Request) (any, error) {
				r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l Line) bool { return l.Learner != (r.Learner == p) })
				if r.Learner != p {
					r.Name, r.About = "", ""
				}
				return r, nil
			},
			Erase: f.eraseRequest,
		}),
		deeds.HoldsNothing(Entries, "hashes and signatures of what was given, without a word or a name"),
		deeds.HoldsNothing(heads, "where the chain of those ends"),
	}
}

func both[T any](lists ...func(func(store.Row[ID, T], error) bool)) ([]ID, error) {
	var ids []ID
	for _, list := range lists {
		for row, err := range list {
			if err != nil {
				return nil, err
			}
			if !slices.Contains(ids, row.ID) {
				ids = append(ids, row.ID)
			}
		}
	}
	return ids, nil
}

// eraseGiven leaves a tombstone of what somebody wrote, or of what was written of
// them; the chain holds on to it.
func (f feature) eraseGiven(tx store.Tx, p people.ID, id ID, a Attestation, now time.Time) error {
	if !a.Stands() {
		return nil
	}
	r, err := get(tx, string(id))
	if err != nil {
		return err
	}
	if a.Learner != p && a.Content.Recorder != "" { // somebody else's words
		a.Content.Recorder, a.Writer = people.Someone, ""
		a.Content.Salt = salt()
		if err := f.chain(tx, a, WasCorrected, now); err != nil {
			return err
		}
		return f.Changed(tx, a, now) // the name may stand elsewhere too
	}
	if r.ID == "" {
		return f.chain(tx, Attestation{ID: a.ID, Learner: a.Learner, Given: a.Given, Withdrawn: now.UTC()}, WasWithdrawn, now)
	}
	return f.withdraw(tx, r, a, now)
}

func (f feature) eraseRequest(tx store.Tx, p people.ID, id ID, r Request, now time.Time) error {
	if r.Learner == p {
		if err := r.endLink(tx, now); err != nil {
			return err
		}
		if r.Link != "" {
			if err := links.Table.Delete(tx, r.Link); err != nil {
				return err
			}
		}
		return errors.Join(Requests.Delete(tx, id), r.rest(tx))
	}
	r.Lines = slices.DeleteFunc(r.Lines, func(l Line) bool { return !l.Learner })
	r.Name = people.Someone
	if r.State != Open {
		return r.keep(tx)
	}
	r.State, r.Ended, r.Lines = Declined, now, nil
	if err := r.keep(tx); err != nil {
		return err
	}
	if err := r.rest(tx); err != nil {
		return err
	}
	return r.tell(tx, declinedKind, "", now)
}
