// Package goals is what a group sets out to do together: proposed by its
// members, built on, merged, and adopted when nobody has an objection that was
// not heard. Start reading at [Goal], then [Round] and [Objection]; rounds.go
// has what decides, commands.go how people reach it, jobs.go what happens later.
//
// No goal comes from a programme, and nobody adopts one alone. Objections are
// never counted and never outvoted: each is answered by a change of the goal, or
// by the objector saying that it was heard, and stays with the goal for ever.
package goals

import (
	"slices"
	"strconv"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// ID names a goal for ever.
type ID string

// Goal is one goal of a group, from when it is proposed.
type Goal struct {
	ID     ID         `json:"id"`
	Cohort cohorts.ID `json:"cohort"`
	Number int        `json:"number"` // by which people name it; never given twice in a cohort
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`
	Words  string     `json:"words"`
	State  State      `json:"state"`

	Round  *Round `json:"round,omitempty"`  // the round of consent that is open
	Rounds int    `json:"rounds,omitempty"` // how many there were

	From []ID `json:"from,omitempty"` // what it was merged from
	Into ID   `json:"into,omitempty"` // what it was merged into
}

// State is how far a goal has come.
type State string

// The states of a goal.
const (
	Proposed State = "proposed"
	Adopted  State = "adopted"
	Merged   State = "merged"
	LetGo    State = "gone"
)

// Alive tells whether the goal is still before the group.
func (g Goal) Alive() bool { return g.State == Proposed || g.State == Adopted }

// Round asks everybody for their consent to some words.
type Round struct {
	Number int       `json:"number"` // from 1, counted over all rounds of the goal
	About  About     `json:"about"`
	Words  string    `json:"words"` // what is consented to
	Opened time.Time `json:"opened"`
	By     people.ID `json:"by"`
}

// About is what a round would do.
type About string

// What rounds are about.
const (
	ToAdopt  About = "adopt"
	ToChange About = "change"
	ToLetGo  About = "let go"
)

// Voice is where one person stands in a round. Nobody has to say anything.
type Voice struct {
	Goal   ID        `json:"goal"`
	Round  int       `json:"round"`
	Person people.ID `json:"person"`
	At     time.Time `json:"at"`
	Says   Says      `json:"says"`
}

// Says is where somebody stands.
type Says string

// Where people stand who have no objection.
const (
	Consent Says = "consent"
	Aside   Says = "aside" // would not do it themself, and does not stand in the way
)

// Objection is why somebody cannot consent, in their words. It outlives its
// answer.
type Objection struct {
	ID     string    `json:"id"`
	Goal   ID        `json:"goal"`
	Round  int       `json:"round"`
	Person people.ID `json:"person"`
	At     time.Time `json:"at"`
	Words  string    `json:"words"`

	Settled time.Time `json:"settled,omitzero"` // when it was answered
	How     Answer    `json:"how,omitempty"`
}

// Answer is how an objection was answered.
type Answer string

// The answers to an objection.
const (
	Heard   Answer = "heard"   // the objector says so
	Changed Answer = "changed" // the goal's words were changed
	Stopped Answer = "stopped" // the round was ended without effect
)

// Open tells whether it waits for an answer.
func (o Objection) Open() bool { return o.Settled.IsZero() }

// SuggestionID names a suggestion for ever.
type SuggestionID string

// Suggestion is other words for a goal, or for two goals in one.
type Suggestion struct {
	ID    SuggestionID `json:"id"`
	Goal  ID           `json:"goal"`
	With  ID           `json:"with,omitempty"` // the other goal, of a merger
	By    people.ID    `json:"by"`
	At    time.Time    `json:"at"`
	Words string       `json:"words"`

	Agreed []people.ID `json:"agreed,omitempty"` // of those whose word it takes
	Done   time.Time   `json:"done,omitzero"`    // taken over, or left
}

// Entry is one line of what happened to a goal.
type Entry struct {
	ID     string    `json:"id"`
	Goal   ID        `json:"goal"`
	Person people.ID `json:"person"`
	At     time.Time `json:"at"`
	What   What      `json:"what"`
	Words  string    `json:"words,omitempty"`
}

// What is what happened.
type What string

// What can happen to a goal.
const (
	WasProposed  What = "proposed"
	WasReworded  What = "reworded" // Words are the new ones
	WasMerged    What = "merged"   // Words are those of the merged goal
	WasAsked     What = "asked"
	WasReasked   What = "asked anew"      // Words are the new ones
	WasAskedToGo What = "asked to let go" // whether to let it go
	WasObjected  What = "objected"
	WasHeard     What = "heard"
	WasAdopted   What = "adopted"
	WasStopped   What = "stopped"
	WasLetGo     What = "let go"
	WasRevisited What = "revisited" // Words are how far it has come, to who said so
	WasTied      What = "tied"      // Words name what
)

// Tie joins a goal to something that the group does for it.
type Tie struct {
	Goal   ID        `json:"goal"`
	Kind   TieKind   `json:"kind"`
	Record string    `json:"record"`
	By     people.ID `json:"by"`
	At     time.Time `json:"at"`
}

// TieKind is what a goal is tied to.
type TieKind string

// What a goal can be tied to.
const (
	ToSession    TieKind = "session"
	ToExperiment TieKind = "experiment"
)

// Board is where the goals of a cohort stand: one message, edited for ever, until
// the group looks at its goals anew and gets another.
type Board struct {
	Cohort  cohorts.ID `json:"cohort"`
	Count   int        `json:"count"`             // of boards so far; names the one that lives
	Numbers int        `json:"numbers,omitempty"` // of goals given so far
}

// Goals keeps all goals.
var Goals = store.NewTable[ID, Goal]("goals", 1,
	store.Index[Goal]{Name: "cohort", Keys: func(g Goal) [][]byte {
		return [][]byte{store.Key(string(g.Cohort), uint64(g.Number))}
	}})

// Voices keeps what is said in rounds, by [voiceID].
var Voices = store.NewTable[string, Voice]("goalvoices", 1,
	store.Index[Voice]{Name: "goal", Keys: func(v Voice) [][]byte {
		return [][]byte{store.Key(string(v.Goal), uint64(v.Round), v.At, string(v.Person))}
	}},
	store.Index[Voice]{Name: "person", Keys: func(v Voice) [][]byte {
		return [][]byte{store.Key(string(v.Person), v.At)}
	}})

// Objections keeps every objection.
var Objections = store.NewTable[string, Objection]("goalobjections", 1,
	store.Index[Objection]{Name: "goal", Keys: func(o Objection) [][]byte {
		return [][]byte{store.Key(string(o.Goal), uint64(o.Round), o.At, o.ID)}
	}},
	store.Index[Objection]{Name: "person", Keys: func(o Objection) [][]byte {
		return [][]byte{store.Key(string(o.Person), o.At)}
	}})

// Suggestions keeps what was suggested. A merger is found under both goals.
var Suggestions = store.NewTable[SuggestionID, Suggestion]("goalsuggestions", 1,
	store.Index[Suggestion]{Name: "goal", Keys: func(s Suggestion) [][]byte {
		keys := [][]byte{store.Key(string(s.Goal), s.At)}
		if s.With != "" {
			keys = append(keys, store.Key(string(s.With), s.At))
		}
		return keys
	}})

// Entries keeps the history of goals.
var Entries = store.NewTable[string, Entry]("goalhistory", 2,
	store.Index[Entry]{Name: "goal", Keys: func(e Entry) [][]byte {
		return [][]byte{store.Key(string(e.Goal), e.At, e.ID)}
	}},
	store.Index[Entry]{Name: "person", Keys: func(e Entry) [][]byte {
		return [][]byte{store.Key(string(e.Person), e.At)}
	}}).Upgrade(1, store.Amend(func(e *Entry) {
	if e.What == WasTied && e.Words != tiedExperiment { // a copy of a session's name, which may be somebody's words
		e.Words = tiedSession
	}
}))

// Ties keeps what goals are tied to, by [tieID].
var Ties = store.NewTable[string, Tie]("goalties", 1,
	store.Index[Tie]{Name: "goal", Keys: func(t Tie) [][]byte {
		return [][]byte{store.Key(string(t.Goal), t.At)}
	}})

// Boards keeps where the goals of each cohort stand.
var Boards = store.NewTable[cohorts.ID, Board]("goalboards", 1)

func voiceID(g ID, round int, p people.ID) string {
	return string(g) + "/" + strconv.Itoa(round) + "/" + string(p)
}

func tieID(g ID, kind TieKind, record string) string {
	return string(g) + "/" + string(kind) + "/" + record
}

// Of gives all goals of a cohort in the order of their numbers.
func Of(tx store.Tx, c cohorts.ID) ([]Goal, error) { return values(Goals.By(tx, "cohort", string(c))) }

// AdoptedBy gives the goals that a group has adopted and not let go.
func AdoptedBy(tx store.Tx, c cohorts.ID) ([]Goal, error) {
	all, err := Of(tx, c)
	var own []Goal
	for _, g := range all {
		if g.State == Adopted {
			own = append(own, g)
		}
	}
	return own, err
}

// HistoryOf gives what happened to a goal, the oldest first.
func HistoryOf(tx store.Tx, id ID) ([]Entry, error) {
	return values(Entries.By(tx, "goal", string(id)))
}

// voicesIn gives where people stand in one round, in the order in which they said
// so.
func voicesIn(tx store.Tx, id ID, round int) ([]Voice, error) {
	return values(Voices.By(tx, "goal", string(id), uint64(round)))
}

// objectionsIn gives the objections of one round that are open.
func objectionsIn(tx store.Tx, id ID, round int) ([]Objection, error) {
	all, err := values(Objections.By(tx, "goal", string(id), uint64(round)))
	return slices.DeleteFunc(all, func(o Objection) bool { return !o.Open() }), err
}

// ObjectionsTo gives every objection that was ever made to a goal, those to what
// it was merged from included.
func ObjectionsTo(tx store.Tx, g Goal) ([]Objection, error) {
	var all []Objection
	for _, from := range g.From {
		was, err := Goals.Get(tx, from)
		if err != nil {
			return nil, err
		}
		earlier, err := ObjectionsTo(tx, was)
		if err != nil {
			return nil, err
		}
		all = append(all, earlier...)
	}
	own, err := values(Objections.By(tx, "goal", string(g.ID)))
	return append(all, own...), err
}

// openSuggestions gives the suggestions to a goal that are neither taken over nor left.
func openSuggestions(tx store.Tx, id ID) ([]Suggestion, error) {
	all, err := values(Suggestions.By(tx, "goal", string(id)))
	var open []Suggestion
	for _, s := range all {
		if s.Done.IsZero() {
			open = append(open, s)
		}
	}
	return open, err
}

func tiesOf(tx store.Tx, id ID) ([]Tie, error) { return values(Ties.By(tx, "goal", string(id))) }

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
