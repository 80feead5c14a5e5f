package portfolios

import (
	"time"

	"cohortbot/bot/evidence"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Fee is how the fee of a portfolio stands. It is written down here; it is paid
// elsewhere.
type Fee struct {
	State FeeState  `json:"state,omitempty"`
	By    people.ID `json:"by,omitempty"` // the facilitator who wrote it down
	At    time.Time `json:"at,omitzero"`
	Note  string    `json:"note,omitempty"` // theirs, such as the number of a receipt
}

// FeeState is how a fee stands.
type FeeState string

// The states of a fee.
const (
	NotDue FeeState = ""       // nothing was submitted yet, or there is none
	Due    FeeState = "due"    // since it was submitted
	Paid   FeeState = "paid"   // a facilitator says so
	Waived FeeState = "waived" // a facilitator says so, or a scholarship covers it
)

// Scholarship is what somebody asked for so that they need not pay the fee.
type Scholarship struct {
	Portfolio ID        `json:"portfolio"`
	Programme string    `json:"programme"`
	Person    people.ID `json:"person"`
	Why       string    `json:"why,omitempty"` // as typed, for facilitators
	Asked     time.Time `json:"asked"`
	State     Award     `json:"state"`
	By        people.ID `json:"by,omitempty"` // the facilitator who answered
	At        time.Time `json:"at,omitzero"`
}

// Award is how a request for a scholarship stands.
type Award string

// The states of a request.
const (
	Asked    Award = "asked"
	Awarded  Award = "awarded"
	Declined Award = "declined"
)

// Scholarships keeps what was asked for, by portfolio.
var Scholarships = store.NewTable[ID, Scholarship]("portfolio scholarships", 1,
	store.Index[Scholarship]{Name: "programme", Keys: func(s Scholarship) [][]byte {
		return [][]byte{store.Key(s.Programme, string(s.State), s.Asked)}
	}})

// ScholarshipOf gives what was asked for a portfolio; false where nothing was.
func ScholarshipOf(tx store.Tx, p ID) (Scholarship, bool, error) {
	return Scholarships.Find(tx, p)
}

// left gives how many scholarships of a programme there are, and how many of them
// are still to be awarded.
func left(tx store.Tx, l evidence.Library, p Portfolio) (left, all int, err error) {
	all = p.Asks.Scholarships
	if now, ok := l.Programme(p.Programme); ok { // how many there are may change while people prepare
		all = now.Portfolio.Scholarships
	}
	left = all
	for _, err := range Scholarships.By(tx, "programme", p.Programme, string(Awarded)) {
		if err != nil {
			return 0, 0, err
		}
		left--
	}
	return max(left, 0), all, nil
}

// pay writes down how the fee stands.
func (p *Portfolio) pay(tx store.Tx, f Fee, name string) error {
	p.Fee = f
	what := map[FeeState]What{Paid: WasPaid, Waived: WasWaived, Due: WasDue}[f.State]
	if err := (Step{Portfolio: p.ID, At: f.At, What: what, By: f.By, Name: name}).keep(tx); err != nil {
		return err
	}
	return p.keep(tx)
}
