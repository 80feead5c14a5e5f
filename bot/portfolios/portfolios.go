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
	"errors"
	"fmt"
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
	p, err := Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, false, nil
	}
	return p, err == nil, err
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

// Text is what stands in a part that is written.
type Text struct {
	Portfolio ID        `json:"portfolio"`
	Part      string    `json:"part"`
	Text      string    `json:"text"` // as typed
	At        time.Time `json:"at"`   // when it was changed last
	Changes   int       `json:"changes,omitempty"`
}

// Version is how a text read before it was changed.
type Version struct {
	Portfolio ID        `json:"portfolio"`
	Part      string    `json:"part"`
	Number    int       `json:"number"` // from 1
	Text      string    `json:"text"`
	Until     time.Time `json:"until"` // when it was changed
}

const (
	// MostText is how many characters the text of a part has at most.
	MostText = 40_000
	// keptVersions is how many versions of one text are kept, the youngest.
	keptVersions = 100
)

// Texts keeps what stands in the parts, by [textID].
var Texts = store.NewTable[string, Text]("portfolio texts", 1)

// Versions keeps how texts read before.
var Versions = store.NewTable[string, Version]("portfolio versions", 1,
	store.Index[Version]{Name: "text", Keys: func(v Version) [][]byte {
		return [][]byte{store.Key(textID(v.Portfolio, v.Part), v.Number)}
	}})

func textID(p ID, part string) string { return string(p) + "/" + part }

// TextOf gives what stands in a part; the zero Text where nothing was written.
func TextOf(tx store.Tx, p ID, part string) (Text, error) {
	t, err := Texts.Get(tx, textID(p, part))
	if errors.Is(err, store.ErrNotFound) {
		return Text{Portfolio: p, Part: part}, nil
	}
	return t, err
}

// Write puts a text in the place of what stands in a part, which is kept as a
// version. The text is the same wherever it is written: in a chat or on a page.
func Write(tx store.Tx, p ID, part, text string, now time.Time) (Text, error) {
	t, err := TextOf(tx, p, part)
	if err != nil || t.Text == text {
		return t, err
	}
	if t.Text != "" {
		t.Changes++
		v := Version{Portfolio: p, Part: part, Number: t.Changes, Text: t.Text, Until: now}
		if err := Versions.Put(tx, versionID(v), v); err != nil {
			return t, err
		}
		old := v
		old.Number -= keptVersions
		if err := Versions.Delete(tx, versionID(old)); err != nil {
			return t, err
		}
	}
	t.Text, t.At = text, now
	return t, Texts.Put(tx, textID(p, part), t)
}

func versionID(v Version) string {
	return fmt.Sprintf("%s/%06d", textID(v.Portfolio, v.Part), v.Number)
}

// VersionsOf gives how a text read before, the oldest first.
func VersionsOf(tx store.Tx, p ID, part string) ([]Version, error) {
	var found []Version
	for row, err := range Versions.By(tx, "text", textID(p, part)) {
		if err != nil {
			return nil, err
		}
		found = append(found, row.Value)
	}
	return found, nil
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
