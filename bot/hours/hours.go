// Package hours keeps how long people worked on what their portfolio is about, as
// they say it themselves: "2h planning the hui yesterday", "30h everything last month". The bands of a programme
// are guidance and never a gate. Start reading at [Entry] and [Read].
package hours

import (
	"time"

	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ID names an entry for ever.
type ID string

// Entry is work on one day, or over a stretch of days as somebody remembers it.
type Entry struct {
	ID      ID             `json:"id"`
	Person  people.ID      `json:"person"`
	From    schedules.Date `json:"from,omitzero"` // the first day of several; zero: it was one
	On      schedules.Date `json:"on"`            // the day, or the last of several, where the person lives
	Minutes int            `json:"minutes"`
	What    string         `json:"what,omitempty"` // as typed
	// Band is the id of the band that it counts for, the same in every programme that
	// has one of that id; empty while the person has not said.
	Band string    `json:"band,omitempty"`
	At   time.Time `json:"at"` // when it was written down
}

// Table keeps all entries.
var Table = store.NewTable[ID, Entry]("hours", 1,
	store.Index[Entry]{Name: "person", Keys: func(e Entry) [][]byte {
		return [][]byte{store.Key(string(e.Person), e.On.String(), e.At)}
	}})

// Of gives the entries of a person, by day.
func Of(tx store.Tx, p people.ID) ([]Entry, error) {
	var all []Entry
	for row, err := range Table.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// Get gives one entry of a person; false where there is none, and where it is
// somebody else's.
func Get(tx store.Tx, p people.ID, id ID) (Entry, bool, error) {
	e, ok, err := Table.Find(tx, id)
	return e, ok && e.Person == p, err
}

// Total is how much of a band there is.
type Total struct {
	Band    programmes.Band
	Minutes int
}

// Totals adds up entries by the bands of a programme. What counts for none of them
// is in other.
func Totals(bands []programmes.Band, entries []Entry) (totals []Total, other int) {
	at := map[string]int{}
	for i, b := range bands {
		totals, at[b.ID] = append(totals, Total{Band: b}), i
	}
	for _, e := range entries {
		if i, ok := at[e.Band]; ok {
			totals[i].Minutes += e.Minutes
		} else {
			other += e.Minutes
		}
	}
	return totals, other
}
