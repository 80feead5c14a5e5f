// Package consents keeps what people agreed to, and took back: one record each time,
// none of which is ever changed. What holds is the last that somebody said. Start
// reading at [Consent]; [Allows] is what everybody asks who needs a consent.
package consents

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Purpose is what somebody agrees to. Each is asked for by itself; without a word
// of theirs none is given.
type Purpose string

// The purposes.
const (
	// Quoting lets a group's facilitators quote somebody in the weekly weave. Its
	// scope is the id of the cohort.
	Quoting Purpose = "quoting"
	// Research lets what somebody did stand in what is given out for research, without
	// their name. It has no scope.
	Research Purpose = "research"
	// Contact lets facilitators write to somebody, or call them, about a programme that
	// they registered interest in. Its scope is the id of the programme.
	Contact Purpose = "contact"
)

// Consent is one time that somebody agreed or took it back.
type Consent struct {
	ID      string         `json:"id"`
	Person  people.ID      `json:"person"`
	Purpose Purpose        `json:"purpose"`
	Scope   string         `json:"scope,omitempty"`
	Given   bool           `json:"given"`           // false: not agreed, or taken back
	Words   string         `json:"words,omitempty"` // the exact words that were agreed to, as they were shown
	Where   chat.Workspace `json:"w"`               // where they said so
	At      time.Time      `json:"at"`
}

// Table keeps every one. Nothing in it is ever changed.
var Table = store.NewTable[string, Consent]("consents", 1,
	store.Index[Consent]{Name: "person", Keys: func(c Consent) [][]byte {
		return [][]byte{store.Key(string(c.Person), string(c.Purpose), c.Scope, c.At, c.ID)}
	}})

// Keep adds what somebody said, under an id of its own.
func Keep(tx store.Tx, c Consent) (Consent, error) {
	c.ID = store.NewID(c.At)
	return c, Table.Put(tx, c.ID, c)
}

// Allows tells whether somebody agrees to a purpose now. Where nothing was said,
// they don't.
func Allows(tx store.Tx, p people.ID, purpose Purpose, scope string) (bool, error) {
	c, ok, err := Last(tx, p, purpose, scope)
	return ok && c.Given, err
}

// Last gives what somebody last said to a purpose; false where they said nothing.
func Last(tx store.Tx, p people.ID, purpose Purpose, scope string) (Consent, bool, error) {
	prefix := store.Key(string(p), string(purpose), scope)
	row, ok, err := store.First(Table.Range(tx, "person", prefix, store.PrefixEnd(prefix), true))
	return row.Value, ok, err
}

// Of gives everything that somebody said, by purpose and time.
func Of(tx store.Tx, p people.ID) ([]Consent, error) {
	var all []Consent
	for row, err := range Table.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}
