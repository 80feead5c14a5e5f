// Package portfolios is what a member's work adds up to: texts, what others said,
// and documents, put together part by part, frozen when they are submitted, and
// judged criterion by criterion by an assessor who sees only the frozen copy.
// Start reading at [Portfolio], then [Snapshot] (what was submitted) and
// [Appointment] (who judges it).
//
// A portfolio is its owner's, with or without a cohort. What it costs and who got a
// scholarship is written down here and never paid here.
package portfolios

import (
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/evidence"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// ID names a portfolio for ever.
type ID string

// Portfolio is one that somebody puts together. Its texts stand in [Texts], what
// others said in bot/attestations, and its documents are their evidence.
type Portfolio struct {
	ID        ID             `json:"id"`
	Owner     people.ID      `json:"owner"`
	Workspace chat.Workspace `json:"w"`                // where its owner is told about it
	Cohort    cohorts.ID     `json:"cohort,omitempty"` // whose facilitators look after it; empty: all of them
	Programme string         `json:"programme"`        // id
	// Asks is what the programme asked for when it was started: a changed programme
	// takes nothing away from what is written already.
	Asks  programmes.Portfolio `json:"asks"`
	Items []evidence.ID        `json:"items,omitempty"` // the documents in it, in the order of choosing
	Made  time.Time            `json:"made"`

	Snapshots int        `json:"snapshots,omitempty"` // how often it was submitted
	Latest    SnapshotID `json:"latest,omitempty"`
	Fee       Fee        `json:"fee,omitzero"`
	Met       time.Time  `json:"met,omitzero"` // when an assessor decided so
}

// Table keeps all portfolios.
var Table = store.NewTable[ID, Portfolio]("portfolios", 1,
	store.Index[Portfolio]{Name: "owner", Keys: func(p Portfolio) [][]byte {
		return [][]byte{store.Key(string(p.Owner), p.Made, string(p.ID))}
	}},
	store.Index[Portfolio]{Name: "cohort", Keys: func(p Portfolio) [][]byte {
		return [][]byte{store.Key(string(p.Cohort), p.Made, string(p.ID))}
	}},
	store.Index[Portfolio]{Name: "programme", Keys: func(p Portfolio) [][]byte {
		return [][]byte{store.Key(p.Programme, p.Made, string(p.ID))}
	}})

// Of gives the portfolios of a person, the oldest first.
func Of(tx store.Tx, p people.ID) ([]Portfolio, error) { return all(tx, "owner", string(p)) }

func all(tx store.Tx, index, key string) ([]Portfolio, error) {
	var found []Portfolio
	for row, err := range Table.By(tx, index, key) {
		if err != nil {
			return nil, err
		}
		found = append(found, row.Value)
	}
	return found, nil
}

// Get gives a portfolio; false where there is none, or none any more.
func Get(tx store.Tx, id ID) (Portfolio, bool, error) {
	return Table.Find(tx, id)
}

func (p Portfolio) keep(tx store.Tx) error { return Table.Put(tx, p.ID, p) }

// Part gives the part with an id; false where there is none.
func (p Portfolio) Part(id string) (programmes.Part, bool) {
	i := slices.IndexFunc(p.Asks.Parts, func(x programmes.Part) bool { return x.ID == id })
	if i < 0 {
		return programmes.Part{}, false
	}
	return p.Asks.Parts[i], true
}

// Step is one thing that happened to a portfolio on its way: every one is kept.
type Step struct {
	Portfolio ID         `json:"portfolio"`
	At        time.Time  `json:"at"`
	What      What       `json:"what"`
	By        people.ID  `json:"by,omitempty"`
	Name      string     `json:"name,omitempty"` // of the assessor, or of who did it
	Snapshot  SnapshotID `json:"snapshot,omitempty"`
	Number    int        `json:"number,omitempty"` // of the snapshot
}

// What is what happened.
type What string

// What can happen.
const (
	WasStarted     What = "started"
	WasSubmitted   What = "submitted"
	WasAppointed   What = "appointed"
	WasDeclared    What = "declared"  // the assessor has no conflict of interest
	WasConflicted  What = "conflict"  // the assessor has one, and is out
	WasReplaced    What = "replaced"  // the assessor is no longer the assessor
	WasAskedMore   What = "more"      // the assessor asked for more
	WasMet         What = "met"       // decided
	WasNotYet      What = "not yet"   // decided
	WasPaid        What = "paid"      // the fee
	WasWaived      What = "waived"    // the fee
	WasDue         What = "due"       // the fee, again
	WasSponsored   What = "awarded"   // a scholarship
	WasUnsponsored What = "taken"     // a scholarship was taken back
	WasClaimed     What = "recovered" // from another account
)

// Steps keeps what happened.
var Steps = store.NewTable[string, Step]("portfolio steps", 1,
	store.Index[Step]{Name: "portfolio", Keys: func(s Step) [][]byte {
		return [][]byte{store.Key(string(s.Portfolio), s.At)}
	}})

func (s Step) keep(tx store.Tx) error { return Steps.Put(tx, store.NewID(s.At), s) }

// StepsOf gives what happened to a portfolio, in order.
func StepsOf(tx store.Tx, p ID) ([]Step, error) {
	var found []Step
	for row, err := range Steps.By(tx, "portfolio", string(p)) {
		if err != nil {
			return nil, err
		}
		found = append(found, row.Value)
	}
	return found, nil
}
