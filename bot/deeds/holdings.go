package deeds

import (
	"context"
	"errors"
	"slices"
	"time"

	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Holding says what one table keeps about people, in words for people and in
// functions for the program. Every table has one: what somebody asks to see, takes
// along and has erased is made of all holdings together, so that a table which
// declares none fails a test. [Holds] and [HoldsNothing] make them.
//
// A feature declares one a table, in the order in which they are to be erased:
//
//	Holdings: []deeds.Holding{
//		deeds.Holds(Answers, deeds.Records[AnswerID, Answer]{
//			What: "what you answered to the weekly questions", Purpose: deeds.TakingPart,
//			Seen: "whoever you chose for each: only you, the facilitators or the group",
//			Index: "person",
//			Erase: func(tx store.Tx, _ people.ID, _ AnswerID, a Answer, _ time.Time) error { return remove(tx, a) },
//		}),
//		deeds.HoldsNothing(Rhythms, "how often a group is paired, whoever is in it"),
//	},
//
// What is shown elsewhere is for Erase to take away too, as the feature's own
// deleting does: mark it with outbox.Touch, and have its Reason answer "no longer"
// for a record that is gone. The person's own record in bot/people stays as a stub
// without a name, an account or anything else, so that an id kept as "by" somewhere
// still leads to somebody.
type Holding struct {
	Table string
	// Nothing is why the table has nothing about anybody, for who reads the code; the
	// rest is empty then.
	Nothing string

	What    string // after "I keep": "what you answered to the weekly questions"
	Purpose Purpose
	Seen    string // who can see it, after "Seen by"
	Stays   string // what erasing leaves, and why: a sentence; empty where nothing is left

	// Of gives one person's records, the oldest first where the table has an order.
	Of func(tx store.Tx, p people.ID) ([]Held, error)
	// Erase takes them away, with all that shows them. It may be done again.
	Erase func(tx store.Tx, p people.ID, now time.Time) error
	// First tells that the records are found by the person's accounts: they are erased
	// in the deed itself, while those are known. All else follows.
	First bool
	// sweep is Erase in many short transactions, between which others go on.
	sweep func(ctx context.Context, s store.Store, p people.ID, now time.Time) error

	// InGroup counts what members of a group wrote in it that is let go of when the
	// group is long over, and LetGo does so. Nil where nothing of the table is.
	InGroup func(tx store.Tx, cohort string) (int, error)
	LetGo   func(tx store.Tx, cohort string, now time.Time) error
}

// Sweep does what Erase does, however much there is, without keeping others waiting.
// Where it is cut off it is to be begun anew.
func (h Holding) Sweep(ctx context.Context, s store.Store, p people.ID, now time.Time) error {
	if h.sweep != nil {
		return h.sweep(ctx, s, p, now)
	}
	return s.Update(ctx, func(tx store.Tx) error { return h.Erase(tx, p, now) })
}

// Held is one record about a person.
type Held struct {
	ID    string
	Value any // as JSON shows it to them
	Files []HeldFile
}

// HeldFile is a file of a record, whose bytes are kept beside the store.
type HeldFile struct{ Name, Hash string }

// Purpose is what something is kept for.
type Purpose string

// The purposes.
const (
	TakingPart  Purpose = "taking part" // in a group and what it does together
	Sharing     Purpose = "sharing"     // with others, beyond the moment it was said in
	Attesting   Purpose = "attesting"   // what somebody can do: evidence, attestations, portfolios, credentials
	Research    Purpose = "research"    // only with a consent of its own
	Running     Purpose = "running"     // the bot itself: who you are here, and what is still to be said
	Remembering Purpose = "remembering" // what you agreed to, and what was erased
)

// Purposes are all of them, in the order in which they are shown.
var Purposes = []Purpose{TakingPart, Sharing, Attesting, Research, Running, Remembering}

// sweepPage is how many records one transaction erases: others wait for it.
const sweepPage = 100

// Records says how the records about a person are found in a table, shown and
// erased. Exactly one of Index, Mine and Of says how they are found.
type Records[ID ~string, T any] struct {
	What    string
	Purpose Purpose
	Seen    string
	Stays   string

	Index string                                           // whose keys begin with the person's id
	Mine  func(id ID, v T, p people.ID) bool               // asked of every record: for tables without such an index
	Of    func(tx store.Tx, p people.ID) ([]ID, error)     // where other records lead to them
	Show  func(tx store.Tx, p people.ID, v T) (any, error) // what the person gets of it, where others' words stand in it; nil is all of it
	Files func(v T) []HeldFile                             // the bytes that belong to it

	First bool // see [Holding.First]

	// Group gives in which group a record was written and by whom, for what is let go
	// of when the group is long over; nil for what has a time of its own.
	Group func(v T) (cohort string, by people.ID)

	// Erase takes one record away, or all that it says of the person; nil deletes it.
	// What an earlier one of the same erasure took away is not called again. The
	// person is a stub by then, without a name or an account.
	Erase func(tx store.Tx, p people.ID, id ID, v T, now time.Time) error
}

// Stay leaves a record as it is: of what stays, [Records.Stays] says why.
func Stay[ID ~string, T any](store.Tx, people.ID, ID, T, time.Time) error { return nil }

// HoldsNothing says why a table has nothing about anybody.
func HoldsNothing(t store.Prepared, why string) Holding {
	return Holding{Table: t.Name(), Nothing: why}
}

// Holds makes the holding of a table.
func Holds[ID ~string, T any](t *store.Table[ID, T], r Records[ID, T]) Holding {
	h := Holding{
		Table: t.Name(), What: r.What, Purpose: r.Purpose, Seen: r.Seen, Stays: r.Stays, First: r.First,
		Of: func(tx store.Tx, p people.ID) ([]Held, error) {
			ids, err := r.find(tx, t, p)
			if err != nil {
				return nil, err
			}
			var all []Held
			for _, id := range ids {
				v, err := t.Get(tx, id)
				if err != nil {
					return nil, err
				}
				h := Held{ID: string(id), Value: v}
				if r.Show != nil {
					if h.Value, err = r.Show(tx, p, v); err != nil {
						return nil, err
					}
				}
				if r.Files != nil {
					h.Files = r.Files(v)
				}
				all = append(all, h)
			}
			return all, nil
		},
		Erase: func(tx store.Tx, p people.ID, now time.Time) error {
			ids, err := r.find(tx, t, p)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := r.erase(tx, t, p, id, now); err != nil {
					return err
				}
			}
			return nil
		},
	}
	h.sweep = func(ctx context.Context, s store.Store, p people.ID, now time.Time) error {
		var ids []ID
		if err := s.View(ctx, func(tx store.Tx) (err error) { ids, err = r.find(tx, t, p); return err }); err != nil {
			return err
		}
		for page := range slices.Chunk(ids, sweepPage) {
			if err := s.Update(ctx, func(tx store.Tx) error {
				for _, id := range page {
					if err := r.erase(tx, t, p, id, now); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	}
	if r.Group != nil {
		h.InGroup = func(tx store.Tx, cohort string) (int, error) {
			written, err := r.inGroup(tx, t, cohort)
			return len(written), err
		}
		h.LetGo = func(tx store.Tx, cohort string, now time.Time) error {
			written, err := r.inGroup(tx, t, cohort)
			for id, by := range written {
				err = errors.Join(err, r.erase(tx, t, by, id, now))
			}
			return err
		}
	}
	return h
}

// erase takes one record away, unless an earlier one took it along.
func (r Records[ID, T]) erase(tx store.Tx, t *store.Table[ID, T], p people.ID, id ID, now time.Time) error {
	v, ok, err := t.Find(tx, id)
	if err != nil || !ok {
		return err
	}
	if r.Erase == nil {
		return t.Delete(tx, id)
	}
	return r.Erase(tx, p, id, v, now)
}

// inGroup gives the records that were written in a group, with who wrote each.
func (r Records[ID, T]) inGroup(tx store.Tx, t *store.Table[ID, T], cohort string) (map[ID]people.ID, error) {
	written := map[ID]people.ID{}
	for row, err := range t.All(tx) {
		if err != nil {
			return nil, err
		}
		if c, by := r.Group(row.Value); c == cohort {
			written[row.ID] = by
		}
	}
	return written, nil
}

// find gives the ids of one person's records, each once.
func (r Records[ID, T]) find(tx store.Tx, t *store.Table[ID, T], p people.ID) ([]ID, error) {
	if r.Of != nil {
		return r.Of(tx, p)
	}
	rows := t.All(tx)
	if r.Index != "" {
		rows = t.By(tx, r.Index, string(p))
	}
	var ids []ID
	seen := map[ID]bool{}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if (r.Index != "" || r.Mine(row.ID, row.Value, p)) && !seen[row.ID] {
			ids = append(ids, row.ID)
			seen[row.ID] = true
		}
	}
	return ids, nil
}
