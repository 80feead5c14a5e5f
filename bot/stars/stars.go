// Package stars is the instruments that people look at themselves or at a
// community with: a star with a point for each thing to look at, filled in
// several times, so that then and now can be seen side by side. It also keeps how
// the practising of a tool went. Start reading at [Filling];
// fill.go, show.go and group.go are how people reach it, practice.go is the
// practising.
//
// The word that people type is shape: it is what the weeks' questions ask about
// ("if you showed the shape to somebody who lives there"), it fits instruments
// that are no star, and "star" is a command of a platform's own.
//
// A star is a way to look, never a mark: nothing here adds points up, averages a
// star or puts people in an order.
package stars

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/shapes"
	"cohortbot/bot/store"
)

// FillingID names one filling for ever.
type FillingID string

// Filling is a star as one person filled it in at one time, or a photo of one
// that they drew by hand.
type Filling struct {
	ID     FillingID      `json:"id"`
	Cohort cohorts.ID     `json:"cohort"`
	Person people.ID      `json:"person"`
	Star   string         `json:"star"`            // id of one of the programme's stars
	About  string         `json:"about,omitempty"` // the community, as the person names it; empty: themself
	At     time.Time      `json:"at"`
	Values map[string]int `json:"values,omitempty"` // 1 to [Steps] by the point's id; a point that was passed over is missing
	Words  string         `json:"words,omitempty"`
	Files  []chat.File    `json:"files,omitempty"` // a drawing
	Sees   Sees           `json:"sees"`
}

// Steps is how long a point can be.
const Steps = 5

// steps are the words for the lengths, from 1. They answer how much, how easily,
// how far and how often alike.
var steps = [Steps]string{"hardly", "a little", "some", "a good deal", "as much as could be"}

// scale is how a star's points are spoken of.
var scale = shapes.Scale{Steps: steps[:], More: "longer", Less: "shorter"}

// seen is what of it can be drawn.
func (f Filling) seen() shapes.Seen { return shapes.Seen{At: f.At, Values: f.Values} }

// Sees is who may see what somebody made.
type Sees = cohorts.Sees

// Who may see, from the fewest to the most.
const (
	OnlyMe       = cohorts.OnlyMe
	Facilitators = cohorts.OnlyFacilitators
	Group        = cohorts.WholeGroup
)

// Fillings keeps all fillings.
var Fillings = store.NewTable[FillingID, Filling]("stars", 1,
	store.Index[Filling]{Name: "person", Keys: func(f Filling) [][]byte {
		return [][]byte{store.Key(string(f.Cohort), string(f.Person), f.At)}
	}},
	store.Index[Filling]{Name: "cohort", Keys: func(f Filling) [][]byte {
		return [][]byte{store.Key(string(f.Cohort), f.At)}
	}})

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	quiet := func(store.Tx, deeds.Heard) error { return nil } // people talk to each other there
	return deeds.Feature{
		Deeds: []deeds.Deed{
			fillDeed(), drawDeed(), showDeed(), compareDeed(), groupDeed(), shareDeed(), deleteDeed(),
			practiseDeed(), practicesDeed(), sharePracticeDeed(), deletePracticeDeed(),
		},
		Listeners: []deeds.Listener{{Kind: fillingKind, Hear: quiet}, {Kind: practiceKind, Hear: quiet}},
		Reasons: []outbox.Reason{
			{Kind: fillingKind, Render: fillingMessage},
			{Kind: practiceKind, Render: practiceMessage},
		},
		Tables:   []store.Prepared{Fillings, Practices},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// subject names what a star is about, whichever way it is written: "The harbour
// kitchen" and "harbour kitchen" are one.
func subject(about string) string {
	s := strings.ToLower(strings.Join(strings.Fields(about), " "))
	for _, article := range []string{"the ", "our ", "my "} {
		s = strings.TrimPrefix(s, article)
	}
	return s
}

// alike tells whether two fillings are of the same star about the same subject.
func (f Filling) alike(g Filling) bool {
	return f.Star == g.Star && subject(f.About) == subject(g.About)
}

// drawn tells whether it is a photo of a star, without values.
func (f Filling) drawn() bool { return len(f.Values) == 0 }

// OfPerson gives what a person filled in within a cohort, the oldest first.
func OfPerson(tx store.Tx, c cohorts.ID, p people.ID) ([]Filling, error) {
	return collect(Fillings.By(tx, "person", string(c), string(p)))
}

func collect(rows func(func(store.Row[FillingID, Filling], error) bool)) ([]Filling, error) {
	var all []Filling
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// seriesOf gives a filling and all others of the same person, star and subject,
// the oldest first.
func seriesOf(tx store.Tx, f Filling) ([]Filling, error) {
	all, err := OfPerson(tx, f.Cohort, f.Person)
	return slices.DeleteFunc(all, func(g Filling) bool { return !f.alike(g) }), err
}

// starOf gives a star of the programme; false where the programme has no such.
func starOf(c cohorts.Cohort, id string) (programmes.Star, bool) {
	i := slices.IndexFunc(c.Programme.Stars, func(s programmes.Star) bool { return s.ID == id })
	if i < 0 {
		return programmes.Star{}, false
	}
	return c.Programme.Stars[i], true
}

// keep stores a filling with all that follows from it.
func keep(tx store.Tx, f Filling, now time.Time) error {
	if err := Fillings.Put(tx, f.ID, f); err != nil {
		return err
	}
	if err := follow(tx, f); err != nil {
		return err
	}
	return post(tx, f.Sees, fillingKind, string(f.ID), f.Cohort, now)
}

// remove takes a filling away for good.
func remove(tx store.Tx, f Filling) error {
	return errors.Join(Fillings.Delete(tx, f.ID), follow(tx, f))
}

// follow has everything said anew that shows a filling: itself, and those beside
// which it is shown.
func follow(tx store.Tx, f Filling) error {
	all, err := seriesOf(tx, f)
	if err != nil {
		return err
	}
	for _, g := range append(all, f) {
		if err := outbox.Touch(tx, fillingKind, string(g.ID)); err != nil {
			return err
		}
	}
	return nil
}

// post says in the channel what is for the group.
func post(tx store.Tx, sees Sees, kind, record string, id cohorts.ID, now time.Time) error {
	if sees != Group {
		return nil
	}
	c, err := cohorts.Get(tx, id)
	if err != nil {
		return err
	}
	if err := outbox.Again(tx, kind, record); err != nil { // it may have been taken away before
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: kind + "/" + record, Kind: kind, Record: record, Cohort: string(c.ID), Place: c.Place,
	}, now)
}

// cohortOf gives the cohort of a record that is a cohort's, a week's or a
// filling's.
func cohortOf(tx store.Tx, record string) (string, error) {
	f, err := Fillings.Get(tx, FillingID(record))
	if err == nil {
		return string(f.Cohort), nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	c, _ := cohorts.ParseWeekRecord(record)
	return string(c), nil
}
