// Package sessions is the times at which a group meets: scheduled, moved and
// cancelled by a facilitator, answered by its members, with a reminder for those
// who come. Start reading at [Session]; [Attendee] is one person's answer,
// commands.go how people reach it, jobs.go what happens later.
//
// What is kept is a date and a time on the wall and its zone. Everything that is
// said or set by it (the announcement, the reminders) is read again from the
// record when its moment comes, so that a session which moved meanwhile is never
// announced at its old time.
package sessions

import (
	"fmt"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ID names a session for ever, wherever it moves to.
type ID string

// Session is one time at which a cohort meets.
type Session struct {
	ID      ID         `json:"id"`
	Cohort  cohorts.ID `json:"cohort"`
	Title   string     `json:"title"`
	Time    Time       `json:"time"`
	Minutes int        `json:"minutes"`         // how long it lasts
	Where   string     `json:"where,omitempty"` // a link or a place, as it was typed
	By      people.ID  `json:"by"`
	Made    time.Time  `json:"made"`

	Moves     []Time    `json:"moves,omitempty"` // the times that it had before, oldest first
	Cancelled time.Time `json:"cancelled,omitzero"`
	Why       string    `json:"why,omitempty"` // it was cancelled

	// Sorted is Start as it was when the session was last kept, and serves the
	// index alone: the rules of zones change, what an index holds must not.
	Sorted time.Time `json:"sorted"`
}

// Time is a time on the wall somewhere.
type Time struct {
	Wall schedules.Wall `json:"wall"`
	Zone schedules.Zone `json:"zone"` // in which it was said
}

// Instant gives the moment that is meant.
func (t Time) Instant() time.Time { return t.Wall.In(t.Zone) }

// Start gives when the session begins.
func (s Session) Start() time.Time { return s.Time.Instant() }

// End gives when the session is over.
func (s Session) End() time.Time { return s.Start().Add(s.Length()) }

// Length gives how long the session lasts.
func (s Session) Length() time.Duration { return time.Duration(s.Minutes) * time.Minute }

// Off tells whether the session was cancelled.
func (s Session) Off() bool { return !s.Cancelled.IsZero() }

// The usual and the greatest length of a session.
const (
	usualLength = time.Hour
	maxLength   = 24 * time.Hour
)

// Table keeps all sessions.
var Table = store.NewTable[ID, Session]("sessions", 1,
	store.Index[Session]{Name: "start", Keys: func(s Session) [][]byte {
		if s.Off() {
			return nil
		}
		return [][]byte{store.Key(string(s.Cohort), s.Sorted)}
	}})

func (s Session) keep(tx store.Tx) error {
	s.Sorted = s.Start()
	return Table.Put(tx, s.ID, s)
}

// Upcoming gives the next n sessions of a cohort that are not over at now, the
// one that goes on included, in order of their time.
func Upcoming(tx store.Tx, c cohorts.ID, now time.Time, n int) ([]Session, error) {
	var next []Session
	from, to := store.Key(string(c), now.Add(-2*maxLength)), store.PrefixEnd(store.Key(string(c)))
	for row, err := range Table.Range(tx, "start", from, to, false) {
		if err != nil {
			return nil, err
		}
		if len(next) == n {
			break
		}
		if row.Value.End().After(now) {
			next = append(next, row.Value)
		}
	}
	return next, nil
}

// Item keys name the occasion. The number of moves only ever grows, so a session
// that moves to and fro is told of each time.
func announceKey(id ID) string     { return "session/" + string(id) }
func movedKey(s Session) string    { return fmt.Sprintf("session/%s/moved/%d", s.ID, len(s.Moves)) }
func cancelledKey(s ID) string     { return "session/" + string(s) + "/cancelled" }
func movedRecord(s Session) string { return fmt.Sprintf("%s/%d", s.ID, len(s.Moves)) }

// schedule keeps a new session and has it announced.
func schedule(tx store.Tx, c cohorts.Cohort, s Session, now time.Time) error {
	if err := s.keep(tx); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: announceKey(s.ID), Kind: announceKind, Record: string(s.ID), Cohort: string(c.ID), Place: c.Place,
	}, now)
}

// move gives a session another time. The announcement is edited, a new message
// says that it moved, and whoever answered is told directly.
func move(tx store.Tx, c cohorts.Cohort, s Session, to Time, length time.Duration, now time.Time) error {
	before := movedRecord(s)
	s.Moves = append(s.Moves, s.Time)
	s.Time, s.Minutes = to, int(length/time.Minute)
	if err := s.keep(tx); err != nil {
		return err
	}
	if err := outbox.Touch(tx, movedKind, before); err != nil {
		return err
	}
	return changed(tx, c, s, outbox.Item{Key: movedKey(s), Kind: movedKind, Record: movedRecord(s)}, now)
}

// cancel calls a session off.
func cancel(tx store.Tx, c cohorts.Cohort, s Session, why string, now time.Time) error {
	s.Cancelled, s.Why = now, why
	if err := s.keep(tx); err != nil {
		return err
	}
	if err := outbox.Touch(tx, movedKind, movedRecord(s)); err != nil {
		return err
	}
	return changed(tx, c, s, outbox.Item{Key: cancelledKey(s.ID), Kind: cancelledKind, Record: string(s.ID)}, now)
}

// changed brings the announcement up to date, says the news in the channel, and
// sets the job that tells who answered and moves their reminders.
func changed(tx store.Tx, c cohorts.Cohort, s Session, news outbox.Item, now time.Time) error {
	if err := outbox.Touch(tx, announceKind, string(s.ID)); err != nil {
		return err
	}
	first, err := outbox.Table.Get(tx, announceKey(s.ID))
	if err != nil {
		return err
	}
	if first.State != outbox.Pending { // else nobody has read of the old time
		news.Cohort, news.Place = string(c.ID), c.Place
		if err := outbox.Say(tx, news, now); err != nil {
			return err
		}
	}
	return jobs.Set(tx, jobs.Job{
		Key: "session/" + string(s.ID) + "/tell", Kind: tellKind, Record: string(s.ID), Cohort: string(c.ID), Due: now,
	})
}
