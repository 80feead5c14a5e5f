package thread

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ParkedID names a parked question for ever.
type ParkedID string

// Parked is something that led too far when it came up, kept for later.
type Parked struct {
	ID     ParkedID   `json:"id"`
	Cohort cohorts.ID `json:"cohort"`
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`

	About  string       `json:"about,omitempty"`  // as it was typed; empty once its author took it back
	Quoted bool         `json:"quoted,omitempty"` // About is the beginning of the message at Source, and goes with it
	Source chat.Address `json:"source,omitzero"`  // the message that was parked, if one was
	Author people.ID    `json:"author,omitempty"` // of that message, where the bot knows them

	Promise
	Put int `json:"put,omitempty"` // how often it was put off

	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy people.ID `json:"closed_by,omitempty"`
	How      Ending    `json:"how,omitempty"`
}

// Promise is when something comes back: in a week of the plan, in a session or
// on a day. Exactly one of them is set.
type Promise struct {
	Week    cohorts.WeekID `json:"week,omitempty"`
	Session string         `json:"session,omitempty"`
	Title   string         `json:"title,omitempty"` // of the session, as it was last seen
	Day     schedules.Date `json:"day,omitzero"`    // in the cohort's zone
	// Due is when that is: of a session as it was last seen. A week has its date
	// in the plan.
	Due time.Time `json:"due,omitzero"`
}

// Ending is the word with which something parked was closed.
type Ending string

// The endings.
const (
	CameBack Ending = "back"
	LetGo    Ending = "gone"
)

// Open tells whether it is still to come back.
func (p Parked) Open() bool { return p.Closed.IsZero() }

// Lot keeps all that is parked.
var Lot = store.NewTable[ParkedID, Parked]("parked", 1,
	store.Index[Parked]{Name: "open", Keys: func(p Parked) [][]byte {
		if !p.Open() {
			return nil
		}
		return [][]byte{store.Key(string(p.Cohort), p.At, string(p.ID))}
	}},
	store.Index[Parked]{Name: "source", Keys: func(p Parked) [][]byte {
		if p.Source.IsZero() {
			return nil
		}
		return [][]byte{store.Key(p.Source.String())}
	}})

// Waiting gives what is still to come back in a cohort, in the order in which it
// was parked.
func Waiting(tx store.Tx, c cohorts.ID) ([]Parked, error) {
	var all []Parked
	for row, err := range Lot.By(tx, "open", string(c)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// Promised gives what was promised for a week: for the week itself, for a day or
// a session before the next one, or for a week that has been left out. What is
// overdue is promised for the week that went out last.
func Promised(tx store.Tx, c cohorts.ID, dates []cohorts.Dated, week cohorts.WeekID) ([]Parked, error) {
	i := slices.IndexFunc(dates, func(d cohorts.Dated) bool { return d.ID == week })
	if i < 0 {
		return nil, nil
	}
	cohort, err := cohorts.Get(tx, c)
	if err != nil {
		return nil, err
	}
	all, err := Waiting(tx, c)
	if err != nil {
		return nil, err
	}
	from, until := span(cohort, dates, i)
	return slices.DeleteFunc(all, func(p Parked) bool {
		if p.Week == "" {
			return p.Due.Before(from) || !until.IsZero() && !p.Due.Before(until)
		}
		if p.Week == week {
			return false
		}
		// Of the weeks before, those that went by or were left out.
		j := slices.IndexFunc(dates, func(d cohorts.Dated) bool { return d.ID == p.Week })
		return !dates[i].Gone() || j > i
	}), nil
}

// span gives the time that belongs to a week: from its date to that of the next
// one. What went out last begins with all that was before it.
func span(c cohorts.Cohort, dates []cohorts.Dated, i int) (from, until time.Time) {
	if !dates[i].Gone() && !dates[i].On.IsZero() {
		from = schedules.Wall{Date: dates[i].On.Date}.In(c.Zone)
	}
	for _, d := range dates[i+1:] {
		if !d.Skipped && !d.On.IsZero() {
			return from, schedules.Wall{Date: d.On.Date}.In(c.Zone)
		}
	}
	return from, time.Time{}
}

// park keeps something for later, and tells it once where it came up.
func park(tx store.Tx, c cohorts.Cohort, p Parked, told chat.Place, now time.Time) error {
	if err := Lot.Put(tx, p.ID, p); err != nil {
		return err
	}
	if err := expect(tx, c, p, now); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: parkedKind + "/" + string(p.ID), Kind: parkedKind, Record: string(p.ID), Cohort: string(c.ID), Place: told,
	}, now)
}

// expect sets the job that looks whether a promise has come due. A week needs
// none: the questions say when it goes out.
func expect(tx store.Tx, c cohorts.Cohort, p Parked, now time.Time) error {
	key := dueKind + "/" + string(p.ID)
	if p.Week != "" || !p.Open() {
		return jobs.Drop(tx, key)
	}
	morning := schedules.Wall{Date: schedules.DateOf(p.Due.In(c.Zone.Location())), Time: remindAt}
	if p.Session != "" { // it may move: look every morning
		morning.Date = c.Today(now).AddDays(1)
		if today := (schedules.Wall{Date: c.Today(now), Time: remindAt}); today.In(c.Zone).After(now) {
			morning = today
		}
	}
	at := morning.In(c.Zone)
	if at.Before(now) {
		at = now
	}
	return jobs.Set(tx, jobs.Job{Key: key, Kind: dueKind, Record: string(p.ID), Cohort: string(c.ID), Due: at})
}

// settle closes what was parked.
func (p Parked) settle(tx store.Tx, by people.ID, how Ending, now time.Time) error {
	p.Closed, p.ClosedBy, p.How = now, by, how
	if err := Lot.Put(tx, p.ID, p); err != nil {
		return err
	}
	if err := jobs.Drop(tx, dueKind+"/"+string(p.ID)); err != nil {
		return err
	}
	return p.follow(tx)
}

// follow has everything said anew that shows what is parked.
func (p Parked) follow(tx store.Tx) error {
	if err := outbox.Touch(tx, parkedKind, string(p.ID)); err != nil {
		return err
	}
	return outbox.Touch(tx, remindKind, string(p.Cohort))
}

// sourced gives what is still parked from a message.
func sourced(tx store.Tx, a chat.Address) (Parked, bool, error) {
	for row, err := range Lot.By(tx, "source", a.String()) {
		if err != nil {
			return Parked{}, false, err
		}
		if row.Value.Open() {
			return row.Value, true, nil
		}
	}
	return Parked{}, false, nil
}

// Unsaid lets go of the words of a message that its author deleted: where it was
// parked in their words, and where it was shared or is about to be.
func Unsaid(tx store.Tx, a chat.Address) error {
	for row, err := range Lot.By(tx, "source", a.String()) {
		if err != nil {
			return err
		}
		p := row.Value
		if !p.Quoted {
			continue
		}
		p.About, p.Quoted = "", false
		if err := Lot.Put(tx, p.ID, p); err != nil {
			return err
		}
		if err := p.follow(tx); err != nil {
			return err
		}
	}
	for row, err := range Shares.By(tx, "source", a.String()) {
		if err != nil {
			return err
		}
		if err := row.Value.remove(tx); err != nil {
			return err
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
