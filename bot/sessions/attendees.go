package sessions

import (
	"errors"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Attendee is one person's answer to one session. Each has a record of their
// own, so that many can answer at once.
type Attendee struct {
	Session  ID        `json:"session"`
	Person   people.ID `json:"person"`
	Answer   Answer    `json:"answer"`
	Answered time.Time `json:"answered"`
	For      time.Time `json:"for"` // when the session was to begin as they answered

	// Outside is set for somebody without an account, who answered on a page: nothing
	// is ever sent to them.
	Outside bool `json:"outside,omitempty"`

	Told time.Time `json:"told"`           // the beginning that they know of
	Was  time.Time `json:"was,omitzero"`   // the one that they knew of before, once they were told of a move
	Gone bool      `json:"gone,omitempty"` // they were told that it is cancelled

	Presence Presence  `json:"presence,omitempty"` // how they took part, as was said afterwards
	Since    time.Time `json:"since,omitzero"`     // when that was said
	Caught   string    `json:"caught,omitempty"`   // what they answered as they caught up
}

// Answer is whether somebody comes; empty where they were asked and have not said.
type Answer string

// Coming tells whether they may come, and so are to be reminded.
func (a Answer) Coming() bool { return a == Yes || a == Maybe }

// The answers.
const (
	Yes   Answer = "yes"
	No    Answer = "no"
	Maybe Answer = "maybe"
)

// Attendees keeps the answers, by [AttendeeID].
var Attendees = store.NewTable[string, Attendee]("attendees", 1,
	store.Index[Attendee]{Name: "session", Keys: func(a Attendee) [][]byte {
		return [][]byte{store.Key(string(a.Session), string(a.Person))}
	}},
	store.Index[Attendee]{Name: "person", Keys: func(a Attendee) [][]byte {
		return [][]byte{store.Key(string(a.Person), a.Answered)}
	}})

// AttendeeID names one person's answer to one session.
func AttendeeID(s ID, p people.ID) string { return string(s) + "/" + string(p) }

// Tally is how a session was answered by those who are in the cohort now.
type Tally struct {
	Yes, No, Maybe int
	Earlier        int // of them, answered before the session moved
}

// TallyOf counts the answers to a session.
func TallyOf(tx store.Tx, s Session) (Tally, error) {
	var t Tally
	err := each(tx, s, func(a Attendee) {
		switch a.Answer {
		case Yes:
			t.Yes++
		case No:
			t.No++
		case Maybe:
			t.Maybe++
		}
		if a.Answer != "" && !a.For.Equal(s.Start()) {
			t.Earlier++
		}
	})
	return t, err
}

// each hands over the answers of everybody who is still in the cohort, and of those
// outside whom it is for.
func each(tx store.Tx, s Session, fn func(Attendee)) error {
	for row, err := range Attendees.By(tx, "session", string(s.ID)) {
		if err != nil {
			return err
		}
		here, err := takesPart(tx, s, row.Value.Person)
		if err != nil {
			return err
		}
		if here || row.Value.Outside {
			fn(row.Value)
		}
	}
	return nil
}

// answer keeps what a person says to a session, sets their reminders and has the
// count brought up to date.
func answer(tx store.Tx, c cohorts.Cohort, s Session, p people.Person, said Answer, now time.Time) (Attendee, error) {
	id := AttendeeID(s.ID, p.ID)
	a, err := Attendees.Get(tx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return a, err
	}
	same := a.Answer == said && a.For.Equal(s.Start())
	a.Session, a.Person, a.Answer, a.Answered = s.ID, p.ID, said, now
	a.Outside = p.Account(links.Guests).Workspace == links.Guests && len(p.Accounts) == 1
	a.For, a.Told = s.Start(), s.Start()
	if err := Attendees.Put(tx, id, a); err != nil {
		return a, err
	}
	if !a.Outside {
		if err := setReminders(tx, c, s, a, p, now); err != nil {
			return a, err
		}
	}
	if same {
		return a, nil
	}
	for _, kind := range []string{announceKind, inviteKind} {
		if err := outbox.Touch(tx, kind, string(s.ID)); err != nil {
			return a, err
		}
	}
	return a, nil
}
