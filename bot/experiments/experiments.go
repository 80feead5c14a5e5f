// Package experiments is the small experiment that each member tries for a few
// days of their own: a hunch, one check-in a day that takes a minute, what was
// surprising about it, and the story, which its author shares or keeps. Start
// reading at [Experiment]; days.go says on which days check-ins come, jobs.go
// what happens by itself, companions.go who walks alongside, stories.go who may
// read what.
//
// Stopping early is a result, a day without an answer is no fault, and the daily
// notes belong to who wrote them alone.
package experiments

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ID names an experiment for ever.
type ID string

// Experiment is something that one member tries out for some days. What it says
// is its author's; a companion reads a part of it, see [Companion].
type Experiment struct {
	ID     ID         `json:"id"`
	Cohort cohorts.ID `json:"cohort"`
	Person people.ID  `json:"person"`
	From   ID         `json:"from,omitempty"` // the experiment of theirs that this one was begun from

	Hunch string `json:"hunch"`          // as typed, like those below
	With  string `json:"with,omitempty"` // with whom
	Try   string `json:"try,omitempty"`  // what they will try
	Know  string `json:"know,omitempty"` // how they will know

	Made  time.Time           `json:"made"`
	First schedules.Date      `json:"first"` // no check-in comes before it, where the person lives
	Hour  schedules.TimeOfDay `json:"hour"`  // of the check-ins, on their wall
	// InQuiet tells that they chose an hour that is one of their quiet hours. Where
	// they did not, check-ins keep out of quiet hours that were set later.
	InQuiet bool             `json:"in_quiet,omitempty"`
	Days    int              `json:"days"`           // how many check-ins it has
	Asked   int              `json:"asked"`          // how many of them have come
	Last    schedules.Date   `json:"last,omitzero"`  // the day of the youngest
	Told    []schedules.Date `json:"told,omitempty"` // the days of those ahead, as the person was last told
	State   State            `json:"state"`          // how far it is
	Ended   time.Time        `json:"ended,omitzero"` // it was stopped, or its days were over
	// Aside is the number of a check-in after which they said that what they write
	// to the bot is about something else.
	Aside int `json:"aside,omitempty"`
}

// State is how far an experiment is.
type State string

// The states of an experiment.
const (
	Going   State = "going"
	Stopped State = "stopped" // by its author, before its days were over
	Done    State = "done"    // its days are over
)

// Day is one check-in that has come.
type Day struct {
	Experiment ID             `json:"experiment"`
	Number     int            `json:"number"` // from 1
	On         schedules.Date `json:"on"`
	Asked      time.Time      `json:"asked"`
	Answer     Answer         `json:"answer,omitempty"`
	Answered   time.Time      `json:"answered,omitzero"`
	Moved      Moved          `json:"moved,omitempty"` // why it came later than the person was told
}

// Answer is what a person said to a check-in; empty while it is open.
type Answer string

// The answers.
const (
	Something Answer = "yes"
	Nothing   Answer = "nothing"
)

// Note is a few words, a picture or a recording that belongs to a day of an
// experiment. Only its author reads it; but see [Surprise].
type Note struct {
	ID         string      `json:"id"`
	Experiment ID          `json:"experiment"`
	Day        int         `json:"day"`
	At         time.Time   `json:"at"`
	Text       string      `json:"text,omitempty"` // as typed
	Files      []chat.File `json:"files,omitempty"`
	// Address is where the person's own message stands, for what was written to
	// the bot directly; zero for what came by the form.
	Address chat.Address `json:"address,omitzero"`
}

// Surprise is the day under which notes stand that say what was surprising about
// the whole. A companion reads them too.
const Surprise = 0

// Table keeps all experiments.
var Table = store.NewTable[ID, Experiment]("experiments", 1,
	store.Index[Experiment]{Name: "cohort", Keys: func(e Experiment) [][]byte {
		return [][]byte{store.Key(string(e.Cohort), e.Made, string(e.ID))}
	}},
	store.Index[Experiment]{Name: "person", Keys: func(e Experiment) [][]byte {
		return [][]byte{store.Key(string(e.Person), e.Made, string(e.ID))}
	}})

// Days keeps the check-ins that have come, by [DayID].
var Days = store.NewTable[string, Day]("experimentdays", 1,
	store.Index[Day]{Name: "experiment", Keys: func(d Day) [][]byte {
		return [][]byte{store.Key(string(d.Experiment), d.Number)}
	}})

// Notes keeps what people wrote for a day, each piece by itself.
var Notes = store.NewTable[string, Note]("experimentnotes", 1,
	store.Index[Note]{Name: "experiment", Keys: func(n Note) [][]byte {
		return [][]byte{store.Key(string(n.Experiment), n.Day, n.At, n.ID)}
	}},
	store.Index[Note]{Name: "address", Keys: func(n Note) [][]byte {
		if n.Address.IsZero() {
			return nil
		}
		return [][]byte{store.Key(n.Address.String())}
	}})

// DayID names a day of an experiment.
func DayID(e ID, number int) string { return string(e) + "/" + strconv.Itoa(number) }

// parseDay reads what [DayID] gave; the number is -1 where there is none.
func parseDay(record string) (ID, int) {
	id, rest, _ := strings.Cut(record, "/")
	n, err := strconv.Atoi(rest)
	if err != nil || n < 0 {
		n = -1
	}
	return ID(id), n
}

// Get gives an experiment. Its error is store.ErrNotFound where there is none.
func Get(tx store.Tx, id ID) (Experiment, error) { return Table.Get(tx, id) }

// Of gives the experiments of a person in a cohort, the oldest first. Their words
// are the person's own: show them to nobody else unless the person says so.
func Of(tx store.Tx, c cohorts.ID, p people.ID) ([]Experiment, error) {
	var own []Experiment
	for row, err := range Table.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Cohort == c {
			own = append(own, row.Value)
		}
	}
	return own, nil
}

// DoneBy counts the experiments that a person has done in a cohort, those that
// they stopped early included. One that ran out of days, or was stopped before its
// first, counts from the first thing they said about it, be it "nothing today".
func DoneBy(tx store.Tx, c cohorts.ID, p people.ID) (int, error) {
	own, err := Of(tx, c, p)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range own {
		done := e.State == Stopped && e.Asked > 0
		if e.State != Going && !done {
			if done, err = e.spokenOf(tx); err != nil {
				return 0, err
			}
		}
		if done {
			n++
		}
	}
	return n, nil
}

// spokenOf tells whether its author has said anything about it.
func (e Experiment) spokenOf(tx store.Tx) (bool, error) {
	for row, err := range Days.By(tx, "experiment", string(e.ID)) {
		if err != nil || row.Value.Answer != "" {
			return err == nil, err
		}
	}
	if _, ok, err := store.First(Notes.By(tx, "experiment", string(e.ID))); err != nil || ok {
		return ok, err
	}
	return Stories.Has(tx, e.ID)
}

// going gives the experiment that a person is in the middle of; false where there
// is none. There is never more than one in a cohort.
func going(tx store.Tx, c cohorts.ID, p people.ID) (Experiment, bool, error) {
	own, err := Of(tx, c, p)
	for _, e := range own {
		if e.State == Going {
			return e, true, nil
		}
	}
	return Experiment{}, false, err
}

// daysOf gives the check-ins of an experiment that have come, in order.
func daysOf(tx store.Tx, e ID) ([]Day, error) {
	var days []Day
	for row, err := range Days.By(tx, "experiment", string(e)) {
		if err != nil {
			return nil, err
		}
		days = append(days, row.Value)
	}
	return days, nil
}

// notesOf gives the notes of a day of an experiment, in order.
func notesOf(tx store.Tx, e ID, day int) ([]Note, error) {
	var notes []Note
	for row, err := range Notes.By(tx, "experiment", string(e), day) {
		if err != nil {
			return nil, err
		}
		notes = append(notes, row.Value)
	}
	return notes, nil
}

// ignoreMissing is for what follows a record that may be gone by now.
func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
