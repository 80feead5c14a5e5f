// Package attestations is the words of people who were there: a learner asks
// somebody in a workspace, or anybody outside by a link, and they say what they
// saw. Start reading at [Request] and [Attestation]; [SlotsOf] tells a portfolio
// which of its slots are filled, [Verify] whether a byte was changed since.
//
// What was given is signed and chained (chain.go). That proves that nothing
// changed, never who wrote it: how a writer was reached and known stands in each
// attestation.
package attestations

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// ID names a request for ever, and what was given for it.
type ID string

// Request is one learner asking one person for a few words.
type Request struct {
	ID        ID              `json:"id"`
	Learner   people.ID       `json:"learner"`
	Workspace chat.Workspace  `json:"w"`                   // where the learner asked, and is told
	Portfolio string          `json:"portfolio,omitempty"` // id of the portfolio that it is for; empty: for any that has room
	Slot      string          `json:"slot,omitempty"`      // of that portfolio; empty where none takes the role
	Role      programmes.Role `json:"role"`
	About     string          `json:"about"`            // what it is about, in the learner's words
	Person    people.ID       `json:"person,omitempty"` // who is asked, if they are in a workspace
	Name      string          `json:"name"`             // what the learner calls them

	Link     links.ID  `json:"link,omitempty"` // of somebody outside
	State    State     `json:"state"`
	Made     time.Time `json:"made"`
	Said     time.Time `json:"said,omitzero"`  // when somebody in a workspace was told
	Until    time.Time `json:"until"`          // open until then, and [Expired] after
	Ended    time.Time `json:"ended,omitzero"` // when it came to its state
	Reminded int       `json:"reminded,omitempty"`
	Lines    []Line    `json:"lines,omitempty"` // what the two asked each other
}

// Line is something that one of the two wrote to the other before anything was
// given.
type Line struct {
	Learner bool      `json:"learner,omitempty"` // by the learner
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// State is where a request stands.
type State string

// The states of a request.
const (
	Open      State = "open"
	Given     State = "given"
	Declined  State = "declined"
	Withdrawn State = "withdrawn" // it was given, and taken back by its writer
	Cancelled State = "cancelled" // by the learner, before anything was given
	Expired   State = "expired"
)

// Outside tells whether the one who is asked has no account.
func (r Request) Outside() bool { return r.Person == "" }

// Requests keeps all requests.
var Requests = store.NewTable[ID, Request]("attestation requests", 1,
	store.Index[Request]{Name: "learner", Keys: func(r Request) [][]byte {
		return [][]byte{store.Key(string(r.Learner), r.Made, string(r.ID))}
	}},
	store.Index[Request]{Name: "person", Keys: func(r Request) [][]byte {
		if r.Person == "" {
			return nil
		}
		return [][]byte{store.Key(string(r.Person), r.Made, string(r.ID))}
	}})

// Attestation is what somebody gave. After it was withdrawn nothing of it is left
// but its id, the learner and when: a tombstone.
type Attestation struct {
	ID        ID        `json:"id"` // of its request
	Learner   people.ID `json:"learner"`
	Writer    people.ID `json:"writer,omitempty"` // who wrote it, or else wrote it down; of a link, the guest
	Portfolio string    `json:"portfolio,omitempty"`
	Slot      string    `json:"slot,omitempty"`
	Given     time.Time `json:"given"` // first
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	Content   Content   `json:"content,omitzero"`
	Entry     int       `json:"entry"` // the newest of the chain that is about it
}

// Content is what was said, with all that somebody who reads it elsewhere needs to
// know. An attestation's JSON is hashed and signed, so its fields and their order
// are for ever; a new one goes to the end and is left out while it is empty.
type Content struct {
	ID        ID              `json:"id"`
	Learner   string          `json:"learner"` // names, as they were then
	Writer    string          `json:"writer"`
	Role      programmes.Role `json:"role"`
	About     string          `json:"about"`
	Saw       string          `json:"saw,omitempty"`
	Helped    string          `json:"helped,omitempty"`
	Grow      string          `json:"grow,omitempty"`
	Framework string          `json:"framework,omitempty"` // id of the framework of Criteria
	Criteria  []string        `json:"criteria,omitempty"`  // ids of items that the writer ticked
	Relation  string          `json:"relation"`            // how they know each other
	Since     string          `json:"since,omitempty"`     // in the writer's words
	Conflict  string          `json:"conflict,omitempty"`  // of interest, in the writer's words; empty: they know of none
	Show      bool            `json:"show"`                // the learner may show it to others
	Endorse   bool            `json:"endorse"`             // it may stand on a badge
	Reached   Reached         `json:"reached"`
	Recorder  string          `json:"recorder,omitempty"` // the name of who wrote it down, if that was somebody else
	At        time.Time       `json:"at"`                 // when this was said
	Corrected bool            `json:"corrected,omitempty"`
	// Salt makes the hash of a content that was erased say nothing about it.
	Salt string `json:"salt"`
}

// Reached is how the writer was reached and so how well they are known.
type Reached string

// The ways to reach a writer.
const (
	ByAccount Reached = "account" // wrote from an account in a workspace
	ByLink    Reached = "link"    // wrote on a page whose address the learner passed on
	OnPaper   Reached = "paper"   // wrote or said it on paper; somebody else copied it
	ByPhone   Reached = "phone"   // said it to somebody else, who wrote it down
)

// Stands tells whether it counts: whether it was not withdrawn.
func (a Attestation) Stands() bool { return a.Withdrawn.IsZero() }

// Table keeps all attestations, and the tombstones of those that were withdrawn.
var Table = store.NewTable[ID, Attestation]("attestations", 1,
	store.Index[Attestation]{Name: "learner", Keys: func(a Attestation) [][]byte {
		return [][]byte{store.Key(string(a.Learner), a.Given, string(a.ID))}
	}},
	store.Index[Attestation]{Name: "writer", Keys: func(a Attestation) [][]byte {
		if a.Writer == "" {
			return nil
		}
		return [][]byte{store.Key(string(a.Writer), a.Given, string(a.ID))}
	}})

// Portfolio is what this package needs to know of a portfolio: what it is called
// by its owner, which slots it has, and which criteria can be ticked for it.
type Portfolio struct {
	ID        string
	Title     string
	Slots     []programmes.Slot
	Framework frameworks.Framework
}

// Asked gives what a learner asked for, the oldest first.
func Asked(tx store.Tx, learner people.ID) ([]Request, error) {
	var all []Request
	for row, err := range Requests.By(tx, "learner", string(learner)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// Of gives what was given to a learner and stands, the oldest first.
func Of(tx store.Tx, learner people.ID) ([]Attestation, error) {
	var all []Attestation
	for row, err := range Table.By(tx, "learner", string(learner)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Stands() {
			all = append(all, row.Value)
		}
	}
	return all, nil
}

// For gives what was given to a learner for one portfolio, and for any.
func For(tx store.Tx, learner people.ID, portfolio string) ([]Attestation, error) {
	all, err := Of(tx, learner)
	return slices.DeleteFunc(all, func(a Attestation) bool { return a.Portfolio != "" && a.Portfolio != portfolio }), err
}

// Slot is how far a slot of a portfolio is filled.
type Slot struct {
	programmes.Slot
	Given   []Attestation
	Waiting []Request // open still
	Missing int       // how many more are needed; 0 where it is full
}

// SlotsOf tells how far the slots of a portfolio are filled. What a person gave
// counts once in a slot.
func SlotsOf(tx store.Tx, learner people.ID, portfolio string, slots []programmes.Slot) ([]Slot, error) {
	given, err := For(tx, learner, portfolio)
	if err != nil {
		return nil, err
	}
	asked, err := Asked(tx, learner)
	if err != nil {
		return nil, err
	}
	var all []Slot
	for _, s := range slots {
		at := Slot{Slot: s}
		takes := func(p, slot string, role programmes.Role) bool {
			if p == portfolio && slot != "" {
				return slot == s.ID
			}
			return (p == "" || p == portfolio) && slotFor(slots, role) == s.ID
		}
		var writers []people.ID
		for _, a := range given {
			if !takes(a.Portfolio, a.Slot, a.Content.Role) {
				continue
			}
			if a.Content.Reached == ByAccount && slices.Contains(writers, a.Writer) {
				continue
			}
			at.Given, writers = append(at.Given, a), append(writers, a.Writer)
		}
		for _, r := range asked {
			if r.State == Open && takes(r.Portfolio, r.Slot, r.Role) {
				at.Waiting = append(at.Waiting, r)
			}
		}
		at.Missing = max(max(s.Least, 1)-len(at.Given), 0)
		all = append(all, at)
	}
	return all, nil
}

// slotFor gives the slot that takes the word of somebody in a role, or nothing.
func slotFor(slots []programmes.Slot, r programmes.Role) string {
	i := slices.IndexFunc(slots, func(s programmes.Slot) bool { return slices.Contains(s.Roles, r) })
	if i < 0 {
		return ""
	}
	return slots[i].ID
}

// get gives a request; the zero one where there is none.
func get(tx store.Tx, id string) (Request, error) {
	r, err := Requests.Get(tx, ID(id))
	if errors.Is(err, store.ErrNotFound) {
		return Request{}, nil
	}
	return r, err
}

func (r Request) keep(tx store.Tx) error { return Requests.Put(tx, r.ID, r) }
