package sessions

import (
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// This file is all that can happen to a session: it is scheduled, moved and
// cancelled, one alone or one and those that follow it in its series.

// Item keys name the occasion. The number of moves only ever grows, so a session
// that moves to and fro is told of each time.
func announceKey(id ID) string     { return "session/" + string(id) }
func calendarKey(id ID) string     { return "session/" + string(id) + "/calendar" }
func movedKey(s Session) string    { return fmt.Sprintf("session/%s/moved/%d", s.ID, len(s.Moves)) }
func cancelledKey(s ID) string     { return "session/" + string(s) + "/cancelled" }
func movedRecord(s Session) string { return fmt.Sprintf("%s/%d", s.ID, len(s.Moves)) }

// schedule keeps a new session and has it announced.
func schedule(tx store.Tx, c cohorts.Cohort, s Session, now time.Time) error {
	if err := s.keep(tx); err != nil {
		return err
	}
	if err := setLater(tx, s, now); err != nil {
		return err
	}
	return announce(tx, c, s, now)
}

// setLater sets the jobs of what is said around a session, in the place of those
// that were set before.
func setLater(tx store.Tx, s Session, now time.Time) error {
	if err := setAfter(tx, s); err != nil {
		return err
	}
	return setStages(tx, s, now)
}

// announce says that a session is planned: where the group meets and in the
// workspace's calendar, or to those whom it is for in private.
func announce(tx store.Tx, c cohorts.Cohort, s Session, now time.Time) error {
	if len(s.People) > 0 {
		return invite(tx, c, s, now)
	}
	if err := outbox.Say(tx, outbox.Item{
		Key: announceKey(s.ID), Kind: announceKind, Record: string(s.ID), Cohort: string(c.ID), Place: c.Place,
	}, now); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: calendarKey(s.ID), Kind: calendarKind, Record: string(s.ID), Cohort: string(c.ID),
		Place: chat.Calendar(c.Place.Workspace),
	}, now)
}

// invite asks each of some people, when it does not disturb them. From then on
// they are told of every change, like whoever answers an announcement.
func invite(tx store.Tx, c cohorts.Cohort, s Session, now time.Time) error {
	for _, id := range s.People {
		p, err := people.Table.Get(tx, id)
		if err != nil {
			return err
		}
		if id == s.By {
			if _, err := answer(tx, c, s, p, Yes, now); err != nil {
				return err
			}
			continue
		}
		if err := askOne(tx, c, s, p, now); err != nil {
			return err
		}
	}
	return nil
}

// askOne asks one person, when it does not disturb them.
func askOne(tx store.Tx, c cohorts.Cohort, s Session, p people.Person, now time.Time) error {
	a := Attendee{Session: s.ID, Person: p.ID, For: s.Start(), Told: s.Start(), Answered: now}
	if err := Attendees.Put(tx, AttendeeID(s.ID, p.ID), a); err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{
		Key: inviteJobKey(s.ID, p.ID), Kind: inviteKind, Record: AttendeeID(s.ID, p.ID),
		Cohort: string(c.ID), Due: humane(p, p.ZoneOr(c.Zone), now, s.Start()),
	})
}

func inviteJobKey(s ID, p people.ID) string { return fmt.Sprintf("session/%s/invite/%s", s, p) }

// move gives a session another time. What was said of it is edited, a new message
// says that it moved, and whoever answered is told directly.
func move(tx store.Tx, c cohorts.Cohort, s Session, to Time, length time.Duration, now time.Time) error {
	before := movedRecord(s)
	s, err := shift(tx, c, s, to, length, now)
	if err != nil {
		return err
	}
	if err := outbox.Touch(tx, movedKind, before); err != nil {
		return err
	}
	return news(tx, c, s, outbox.Item{Key: movedKey(s), Kind: movedKind, Record: movedRecord(s)}, now)
}

// shift does what a move does but for the news.
func shift(tx store.Tx, c cohorts.Cohort, s Session, to Time, length time.Duration, now time.Time) (Session, error) {
	s.Moves = append(s.Moves[:len(s.Moves):len(s.Moves)], s.Time)
	s.Time, s.Minutes = to, int(length/time.Minute)
	if err := s.keep(tx); err != nil {
		return s, err
	}
	return s, follow(tx, c, s, now)
}

// cancel calls a session off.
func cancel(tx store.Tx, c cohorts.Cohort, s Session, why string, by people.ID, now time.Time) error {
	s, err := callOff(tx, c, s, why, by, now)
	if err != nil {
		return err
	}
	if err := outbox.Touch(tx, movedKind, movedRecord(s)); err != nil {
		return err
	}
	return news(tx, c, s, outbox.Item{Key: cancelledKey(s.ID), Kind: cancelledKind, Record: string(s.ID)}, now)
}

// callOff does what a cancellation does but for the news.
func callOff(tx store.Tx, c cohorts.Cohort, s Session, why string, by people.ID, now time.Time) (Session, error) {
	s.Cancelled, s.Why, s.OffBy = now, why, by
	if err := s.keep(tx); err != nil {
		return s, err
	}
	return s, follow(tx, c, s, now)
}

// follow has everything go by the new times of a session: what was said of it,
// what is still to be said, and what those know who answered.
func follow(tx store.Tx, c cohorts.Cohort, s Session, now time.Time) error {
	for _, kind := range []string{announceKind, inviteKind, calendarKind} {
		if err := outbox.Touch(tx, kind, string(s.ID)); err != nil {
			return err
		}
	}
	if err := setLater(tx, s, now); err != nil {
		return err
	}
	if err := announceLater(tx, c, s, now); err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{
		Key: "session/" + string(s.ID) + "/tell", Kind: tellKind, Record: string(s.ID), Cohort: string(c.ID), Due: now,
	})
}

// news says in the channel what happened to a session, unless nobody there has
// read of it yet.
func news(tx store.Tx, c cohorts.Cohort, s Session, item outbox.Item, now time.Time) error {
	known, err := groupKnows(tx, s)
	if err != nil || !known {
		return err
	}
	item.Cohort, item.Place = string(c.ID), c.Place
	return outbox.Say(tx, item, now)
}

// groupKnows tells whether a session's time has been said where the group meets:
// by its own announcement, or by the one that told of its series.
func groupKnows(tx store.Tx, s Session) (bool, error) {
	if len(s.People) > 0 {
		return false, nil
	}
	said := func(id ID) (bool, error) {
		first, ok, err := outbox.Table.Find(tx, announceKey(id))
		return ok && first.State != outbox.Pending, err
	}
	known, err := said(s.ID)
	if err != nil || known || s.Series == "" {
		return known, err
	}
	all, err := SeriesTable.Get(tx, s.Series)
	if err != nil {
		return false, err
	}
	return said(all.Lead)
}
