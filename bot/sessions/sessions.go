// Package sessions is the times at which a group meets: scheduled, moved and
// cancelled, answered by its members, with a reminder for those who come. Start
// reading at [Session] and changes.go, which is all that can happen to one;
// [Attendee] is one person's answer, [Series] a session that repeats, [Find] the
// search for a time. Each file of commands stands beside its rules; jobs.go is
// what happens later.
//
// What is kept is a date and a time on the wall and its zone. Everything that is
// said or set by it (the announcement, the reminders) is read again from the
// record when its moment comes, so that a session which moved meanwhile is never
// announced at its old time.
package sessions

import (
	"slices"
	"time"

	"cohortbot/bot/cohorts"
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
	Minutes int        `json:"minutes"`          // how long it lasts
	Where   string     `json:"where,omitempty"`  // a link or a place, as it was typed
	Placed  int        `json:"placed,omitempty"` // counts how often that has changed
	By      people.ID  `json:"by"`
	Made    time.Time  `json:"made"`

	// People are those it is for, whoever planned it among them; empty is the whole
	// cohort. What is for some is said to them in private and stands on no list of
	// anybody else's but the facilitators'.
	People []people.ID `json:"people,omitempty"`
	// Interested tells that it is for those who registered interest in the cohort's
	// programme. People has those of them who are asked in private, in the cohort or
	// not.
	Interested bool `json:"interested,omitempty"`

	Series SeriesID `json:"series,omitempty"` // that it belongs to, if to one
	Number int      `json:"number,omitempty"` // its place in the series, from 1
	Slot   Time     `json:"slot,omitzero"`    // where the series puts it; Time differs once it was moved by itself

	Stages *Stages `json:"stages,omitempty"` // that the group is taken through, if any
	Notes  *Notes  `json:"notes,omitempty"`

	Moves     []Time    `json:"moves,omitempty"` // the times that it had before, oldest first
	Cancelled time.Time `json:"cancelled,omitzero"`
	Why       string    `json:"why,omitempty"`    // it was cancelled
	OffBy     people.ID `json:"off_by,omitempty"` // who cancelled it, and said why

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

func (s Session) over(now time.Time) bool { return !now.Before(s.End()) }

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
var Table = store.NewTable[ID, Session]("sessions", 2,
	store.Index[Session]{Name: "start", Keys: func(s Session) [][]byte {
		if s.Off() {
			return nil
		}
		return [][]byte{store.Key(string(s.Cohort), s.Sorted)}
	}},
	store.Index[Session]{Name: "off", Keys: func(s Session) [][]byte {
		if !s.Off() {
			return nil
		}
		return [][]byte{store.Key(string(s.Cohort), s.Sorted)}
	}},
	store.Index[Session]{Name: "series", Keys: func(s Session) [][]byte {
		if s.Series == "" {
			return nil
		}
		return [][]byte{store.Key(string(s.Series), s.Number)}
	}}).Upgrade(1, store.Amend(func(s *Session) {
	// It was not kept whose words these are, so that nobody could have them erased.
	if s.OffBy == "" {
		s.Why = ""
	}
	if s.Stages != nil && s.Stages.By == "" {
		s.Stages = nil
	}
}))

func (s Session) keep(tx store.Tx) error {
	s.Sorted = s.Start()
	return Table.Put(tx, s.ID, s)
}

// Upcoming gives the next n sessions of a cohort that are not over at now, the
// one that goes on included, in order of their time: those of the whole group.
// [UpcomingFor] has what is for some people as well.
func Upcoming(tx store.Tx, c cohorts.ID, now time.Time, n int) ([]Session, error) {
	return upcoming(tx, c, now, n, func(s Session) bool { return len(s.People) == 0 })
}

// UpcomingFor gives the next n sessions that are for one person.
func UpcomingFor(tx store.Tx, c cohorts.ID, p people.ID, now time.Time, n int) ([]Session, error) {
	return upcoming(tx, c, now, n, func(s Session) bool { return s.For(p) })
}

func upcoming(tx store.Tx, c cohorts.ID, now time.Time, n int, wanted func(Session) bool) ([]Session, error) {
	var next []Session
	from, to := store.Key(string(c), now.Add(-2*maxLength)), store.PrefixEnd(store.Key(string(c)))
	for row, err := range Table.Range(tx, "start", from, to, false) {
		if err != nil {
			return nil, err
		}
		if len(next) == n {
			break
		}
		if row.Value.End().After(now) && wanted(row.Value) {
			next = append(next, row.Value)
		}
	}
	return next, nil
}

// past gives the last n sessions of a cohort that had begun at now, the youngest
// first.
func past(tx store.Tx, c cohorts.ID, now time.Time, n int, wanted func(Session) bool) ([]Session, error) {
	var last []Session
	from, to := store.Key(string(c)), store.Key(string(c), now.Add(maxLength))
	for row, err := range Table.Range(tx, "start", from, to, true) {
		if err != nil {
			return nil, err
		}
		if len(last) == n {
			break
		}
		if !row.Value.Start().After(now) && wanted(row.Value) {
			last = append(last, row.Value)
		}
	}
	return last, nil
}

// Sequence counts what calendars must hear of: of two versions the greater holds.
func (s Session) Sequence() int {
	n := len(s.Moves) + s.Placed
	if s.Off() {
		n++
	}
	return n
}

// For tells whether a session is for somebody.
func (s Session) For(p people.ID) bool { return len(s.People) == 0 || slices.Contains(s.People, p) }

// still reads a session and its cohort; false where either is no longer there.
func still(tx store.Tx, id ID) (Session, cohorts.Cohort, bool, error) {
	s, ok, err := Table.Find(tx, id)
	if err != nil || !ok {
		return s, cohorts.Cohort{}, false, err
	}
	c, ok, err := cohorts.Table.Find(tx, s.Cohort)
	return s, c, ok && c.State != cohorts.Deleted, err
}
