// Package directory keeps two ways to prepare, which stay apart: trainings that
// others offer, approved by a content board for what they teach, and communities of
// practice, listed for how people meet in them. Start reading at [Training], then
// [Review] and [Objection]; reviewing.go has what decides about a training, and
// [Community] begins the other way.
//
// Nothing is approved by one reviewer alone: the others see the review, have a
// stated time to object, and an objection holds the decision until whoever objected
// says that it was heard, or the review is changed. It stays readable for ever.
package directory

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// TrainingID names a training for ever.
type TrainingID string

// Training is something to learn that others offer, from when it is suggested.
type Training struct {
	ID        TrainingID     `json:"id"`
	By        people.ID      `json:"by"` // who suggested it
	At        time.Time      `json:"at"`
	Workspace chat.Workspace `json:"w"` // where they are told what came of it

	Title    string `json:"title"`
	Provider string `json:"provider"`
	About    string `json:"about"`
	Terms    string `json:"terms,omitempty"` // how long it takes, what it costs
	Link     string `json:"link,omitempty"`

	State    State     `json:"state"`
	Marks    []Mark    `json:"marks,omitempty"` // what it addresses, as it was approved last
	Approved time.Time `json:"approved,omitzero"`
	Until    time.Time `json:"until,omitzero"` // the approval ends then
	Ends     bool      `json:"ends,omitempty"` // the board would not renew it: it is found until then

	Retired   time.Time `json:"retired,omitzero"`
	RetiredBy people.ID `json:"retired_by,omitempty"`
	Why       string    `json:"why,omitempty"` // it was retired
}

// State is how far a training or a community has come.
type State string

// The states.
const (
	Suggested State = "suggested"
	Approved  State = "approved" // of a community: listed
	Declined  State = "declined"
	Lapsed    State = "lapsed" // the approval has ended
	Retired   State = "retired"
)

// Mark says that a training addresses one item of a framework.
type Mark struct {
	Framework string `json:"framework"`
	Item      string `json:"item"`
}

// ReviewID names a review for ever.
type ReviewID string

// Review is what one reviewer found of a training, and what the board does with it.
type Review struct {
	ID       ReviewID   `json:"id"`
	Training TrainingID `json:"training"`
	By       people.ID  `json:"by"`
	At       time.Time  `json:"at"`

	Approves bool   `json:"approves"`
	Found    string `json:"found"`            // in the reviewer's words
	Months   int    `json:"months,omitempty"` // how long the approval is to hold
	Marks    []Mark `json:"marks,omitempty"`

	Asked  time.Time `json:"asked,omitzero"` // the others can object since then; zero while it is being written
	Until  time.Time `json:"until,omitzero"` // and until then
	Closed time.Time `json:"closed,omitzero"`
	How    Ending    `json:"how,omitempty"`
	// Without are those who could have objected but were away all the time that it was
	// open.
	Without []people.ID `json:"without,omitempty"`
}

// Ending is how a review came to its end.
type Ending string

// The endings of a review.
const (
	Stood   Ending = "stood"   // what it says holds
	Changed Ending = "changed" // another took its place
	Taken   Ending = "taken"   // taken back, or its training was
)

// Open tells whether the board can object to it, or has.
func (r Review) Open() bool { return !r.Asked.IsZero() && r.Closed.IsZero() }

// Draft tells whether it is still being written.
func (r Review) Draft() bool { return r.Asked.IsZero() && r.Closed.IsZero() }

// Objection is why a reviewer cannot stand behind a review. It outlives its answer.
type Objection struct {
	ID       string     `json:"id"`
	Review   ReviewID   `json:"review"`
	Training TrainingID `json:"training"`
	By       people.ID  `json:"by"`
	At       time.Time  `json:"at"`
	Words    string     `json:"words"`

	Answer   string    `json:"answer,omitempty"` // the latest, in the words of whoever gave it
	Answerer people.ID `json:"answerer,omitempty"`
	Answered time.Time `json:"answered,omitzero"`

	Settled time.Time `json:"settled,omitzero"`
	How     Settling  `json:"how,omitempty"`
}

// Settling is how an objection came to its end.
type Settling string

// The ways to settle an objection.
const (
	Heard  Settling = "heard"   // whoever objected says so
	Met    Settling = "changed" // the review was changed
	Lifted Settling = "lifted"  // the review was taken back
	Gone   Settling = "gone"    // whoever objected was erased
)

// Open tells whether it waits.
func (o Objection) Open() bool { return o.Settled.IsZero() }

// Reviewer is somebody's place on the board.
type Reviewer struct {
	Person    people.ID      `json:"person"`
	By        people.ID      `json:"by"` // the administrator who appointed them
	At        time.Time      `json:"at"`
	Workspace chat.Workspace `json:"w"` // where they are told
}

// Reviewers keeps the board.
var Reviewers = store.NewTable[people.ID, Reviewer]("reviewers", 1)

// Trainings keeps all trainings.
var Trainings = store.NewTable[TrainingID, Training]("trainings", 1,
	store.Index[Training]{Name: "state", Keys: func(t Training) [][]byte {
		return [][]byte{store.Key(string(t.State), t.At, string(t.ID))}
	}},
	store.Index[Training]{Name: "person", Keys: func(t Training) [][]byte {
		return [][]byte{store.Key(string(t.By), t.At)}
	}})

// Reviews keeps all reviews.
var Reviews = store.NewTable[ReviewID, Review]("training reviews", 1,
	store.Index[Review]{Name: "training", Keys: func(r Review) [][]byte {
		return [][]byte{store.Key(string(r.Training), r.At, string(r.ID))}
	}},
	store.Index[Review]{Name: "open", Keys: func(r Review) [][]byte {
		if !r.Open() {
			return nil
		}
		return [][]byte{store.Key(r.Until, string(r.ID))}
	}},
	store.Index[Review]{Name: "person", Keys: func(r Review) [][]byte {
		return [][]byte{store.Key(string(r.By), r.At)}
	}})

// Objections keeps all objections.
var Objections = store.NewTable[string, Objection]("training objections", 1,
	store.Index[Objection]{Name: "review", Keys: func(o Objection) [][]byte {
		return [][]byte{store.Key(string(o.Review), o.At, o.ID)}
	}},
	store.Index[Objection]{Name: "training", Keys: func(o Objection) [][]byte {
		return [][]byte{store.Key(string(o.Training), o.At, o.ID)}
	}},
	store.Index[Objection]{Name: "person", Keys: func(o Objection) [][]byte {
		return [][]byte{store.Key(string(o.By), o.At)}
	}})

// OnBoard tells whether somebody reviews.
func OnBoard(tx store.Tx, p people.ID) (bool, error) { return Reviewers.Has(tx, p) }

// board gives who reviews, in the order of their ids.
func board(tx store.Tx) ([]people.ID, error) {
	all, err := values(Reviewers.All(tx))
	var ids []people.ID
	for _, r := range all {
		ids = append(ids, r.Person)
	}
	return ids, err
}

// others gives who can object to a review of somebody: the board without them, or
// where nobody is left, the administrators.
func others(tx store.Tx, w chat.Workspace, but people.ID) ([]people.ID, error) {
	ids, err := board(tx)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id people.ID) bool { return id == but })
	if len(ids) > 0 {
		return ids, nil
	}
	admins, err := people.Admins(tx, w)
	for _, a := range admins {
		if a.ID != but {
			ids = append(ids, a.ID)
		}
	}
	return ids, err
}

// InState gives the trainings in a state, the one suggested first before the others.
func InState(tx store.Tx, s State) ([]Training, error) {
	return values(Trainings.By(tx, "state", string(s)))
}

// ReviewsOf gives the reviews of a training that the board was asked about, the
// oldest first.
func ReviewsOf(tx store.Tx, id TrainingID) ([]Review, error) {
	all, err := values(Reviews.By(tx, "training", string(id)))
	return slices.DeleteFunc(all, func(r Review) bool { return r.Asked.IsZero() }), err
}

// openReview gives the review of a training that the board can object to; false
// where there is none.
func openReview(tx store.Tx, id TrainingID) (Review, bool, error) {
	all, err := ReviewsOf(tx, id)
	i := slices.IndexFunc(all, Review.Open)
	if i < 0 {
		return Review{}, false, err
	}
	return all[i], true, err
}

// draftOf gives the review that somebody is writing; false where there is none.
func draftOf(tx store.Tx, id TrainingID, p people.ID) (Review, bool, error) {
	all, err := values(Reviews.By(tx, "training", string(id)))
	i := slices.IndexFunc(all, func(r Review) bool { return r.Draft() && r.By == p })
	if i < 0 {
		return Review{}, false, err
	}
	return all[i], true, err
}

// objectionsTo gives every objection to a review, the oldest first.
func objectionsTo(tx store.Tx, id ReviewID) ([]Objection, error) {
	return values(Objections.By(tx, "review", string(id)))
}

// waiting gives the objections to a review that are not settled.
func waiting(tx store.Tx, id ReviewID) ([]Objection, error) {
	all, err := objectionsTo(tx, id)
	return slices.DeleteFunc(all, func(o Objection) bool { return !o.Open() }), err
}

// nameOf gives the name of somebody who may have gone since.
func nameOf(tx store.Tx, id people.ID) (string, error) {
	p, err := people.Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return "somebody who has left", nil
	}
	if err == nil && p.Name == "" { // erased
		return "somebody who has left", nil
	}
	return chat.Plain(p.Name), err
}

func values[K ~string, T any](rows func(func(store.Row[K, T], error) bool)) ([]T, error) {
	var all []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}
