package sessions

import (
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of jobs.
const (
	remindKind = "session remind" // one person, of a session that is near
	tellKind   = "session tell"   // everybody who answered, of a change: pages itself
	noticeKind = "session notice" // one person, of a change

	findOverKind = "session find over" // of a search, when its last time has come

	announceJob = "session announce" // of a session in a series
)

// tellPage is how many people one job tells.
const tellPage = 50

// usualNudges is the weekly budget of reminders where the programme names none.
const usualNudges = 3

func budget(c cohorts.Cohort) int {
	if usual := c.Programme.Nudges.Weekly; usual > 0 {
		return usual
	}
	return usualNudges
}

func kinds() []jobs.Kind {
	return []jobs.Kind{
		{Name: remindKind, Run: remind},
		{Name: tellKind, Run: tell},
		{Name: noticeKind, Run: notice},
		{Name: announceJob, Run: announceDue},
		{Name: inviteKind, Run: inviteDue},
		{Name: placedKind, Run: placeDue},
		{Name: stageKind, Run: stageDue},
		{Name: afterKind, Run: afterDue},
		{Name: unnameKind, Run: unname},
		{Name: notesKind, Run: notesDue},
		{Name: findOverKind, Run: findOverDue},
	}
}

// reminder is one of the times at which somebody is reminded.
type reminder struct {
	name  string // stands in keys for ever
	words string
	// at gives when a person is reminded, and until when that is of use; false
	// where they are not.
	at func(s Session, answer Answer, p people.Person, z schedules.Zone) (due, until time.Time, ok bool)
}

var reminders = []reminder{
	{"24h", "the day before", dayBefore},
	{"1h", "an hour before", hourBefore},
}

// dayBefore is at the same time on the wall of the day before, where the person
// lives: put off to the end of their quiet hours, as long as the session is at
// least two hours away, since the other reminder follows.
func dayBefore(s Session, _ Answer, p people.Person, z schedules.Zone) (due, until time.Time, ok bool) {
	start := s.Start()
	wall := schedules.WallOf(start.In(z.Location())).AddDays(-1)
	due, until = p.Quiet.Open(wall.In(z), z), start.Add(-2*time.Hour)
	return due, until, !due.After(until)
}

// hourBefore respects quiet hours by coming when they end, if that is before the
// session. A session in the midst of somebody's quiet hours reminds them all the
// same if they said that they come: they will be up. Who said maybe is left to
// sleep, and so is everybody when the quiet hours end as the session begins.
func hourBefore(s Session, answer Answer, p people.Person, z schedules.Zone) (due, until time.Time, ok bool) {
	start := s.Start()
	due = start.Add(-time.Hour)
	open := p.Quiet.Open(due, z)
	switch {
	case open.Before(start):
		return open, start, true
	case p.Quiet.Has(schedules.WallOf(start.In(z.Location())).Time) && answer == Yes:
		return due, start, true
	}
	return due, start, false
}

func remindKey(s ID, name string, p people.ID) string {
	return fmt.Sprintf("session/%s/%s/%s", s, name, p)
}

// setReminders sets a person's reminders anew, in the place of those they had.
func setReminders(tx store.Tx, c cohorts.Cohort, s Session, a Attendee, p people.Person, now time.Time) error {
	z := p.ZoneOr(c.Zone)
	for _, r := range reminders {
		key := remindKey(s.ID, r.name, p.ID)
		due, until, ok := r.at(s, a.Answer, p, z)
		if !ok || s.Off() || !a.Answer.Coming() || due.Before(now) {
			if err := jobs.Drop(tx, key); err != nil {
				return err
			}
			continue
		}
		j := jobs.Job{
			Key: key, Kind: remindKind, Record: AttendeeID(s.ID, p.ID), Cohort: string(c.ID),
			Due: due, Until: until, Page: r.name,
		}
		if err := jobs.Set(tx, j); err != nil {
			return err
		}
	}
	return nil
}

// coming gives the reminders that a person can expect.
func coming(c cohorts.Cohort, s Session, a Attendee, p people.Person, now time.Time) []string {
	var words []string
	for _, r := range reminders {
		if due, _, ok := r.at(s, a.Answer, p, p.ZoneOr(c.Zone)); ok && a.Answer.Coming() && !due.Before(now) {
			words = append(words, r.words)
		}
	}
	return words
}

// attendance is all that an answer is about.
type attendance struct {
	Attendee
	session Session
	cohort  cohorts.Cohort
	person  people.Person
}

// load reads an answer and what it is about; false where the person, the session
// or the cohort is no longer there.
func load(tx store.Tx, attendee string) (attendance, bool, error) {
	var at attendance
	err := func() (err error) {
		if at.Attendee, err = Attendees.Get(tx, attendee); err != nil {
			return err
		}
		if at.session, err = Table.Get(tx, at.Session); err != nil {
			return err
		}
		if at.cohort, err = cohorts.Get(tx, at.session.Cohort); err != nil {
			return err
		}
		at.person, err = people.Table.Get(tx, at.Person)
		return err
	}()
	if errors.Is(err, store.ErrNotFound) {
		return at, false, nil
	}
	if err != nil {
		return at, false, err
	}
	here, err := takesPart(tx, at.session, at.Person)
	return at, here && at.cohort.State != cohorts.Deleted, err
}

func (at attendance) zone() schedules.Zone { return at.person.ZoneOr(at.cohort.Zone) }

// remind says a reminder, if its time has come by what the records say now.
func remind(tx store.Tx, j jobs.Job, now time.Time) error {
	at, ok, err := load(tx, j.Record)
	if err != nil || !ok || at.session.Off() || !at.Answer.Coming() || at.cohort.State == cohorts.Paused {
		return err
	}
	for _, r := range reminders {
		if r.name != j.Page {
			continue
		}
		due, until, ok := r.at(at.session, at.Answer, at.person, at.zone())
		if !ok || now.After(until) {
			return nil
		}
		if due.After(now) { // the session, the quiet hours or the zone changed meanwhile
			j.Due, j.Until = due, until
			return jobs.Set(tx, j)
		}
	}
	granted, err := people.Nudge(tx, at.Person, budget(at.cohort), now, at.cohort.Zone)
	if err != nil || !granted {
		return err
	}
	start := at.session.Start()
	return outbox.Say(tx, outbox.Item{
		Key:  fmt.Sprintf("session/%s/%d/%s/%s", at.Session, start.Unix(), j.Page, at.Person),
		Kind: reminderKind, Record: j.Record, Cohort: string(at.cohort.ID), Person: string(at.Person),
		Place: at.person.Direct(at.cohort.Place.Workspace), Until: start, Silent: true,
	}, now)
}

// tell goes through everybody who answered a session that changed, a page at a
// time: their reminders move, and they are to be told.
func tell(tx store.Tx, j jobs.Job, now time.Time) error {
	id := ID(j.Record)
	from := store.Key(j.Record)
	if j.Page != "" {
		from = store.PrefixEnd(store.Key(j.Record, j.Page))
	}
	done := 0
	for row, err := range Attendees.Range(tx, "session", from, store.PrefixEnd(store.Key(j.Record)), false) {
		if err != nil {
			return err
		}
		if done == tellPage {
			j.Due = now
			return jobs.Set(tx, j)
		}
		done++
		j.Page = string(row.Value.Person)
		at, ok, err := load(tx, row.ID)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := setReminders(tx, at.cohort, at.session, at.Attendee, at.person, now); err != nil {
			return err
		}
		soonest := at.session.Start()
		if at.Told.After(now) && at.Told.Before(soonest) {
			soonest = at.Told
		}
		err = jobs.Set(tx, jobs.Job{
			Key: fmt.Sprintf("session/%s/notice/%s", id, at.Person), Kind: noticeKind, Record: row.ID,
			Cohort: string(at.cohort.ID), Due: humane(at.person, at.zone(), now, soonest),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// humane gives when to tell somebody what cannot wait for ever: after their
// quiet hours and their leave, but now if that would be too late.
func humane(p people.Person, z schedules.Zone, now, latest time.Time) time.Time {
	t := p.Quiet.Open(now, z)
	for t.Before(latest) {
		away, ok := p.Leave.On(schedules.DateOf(t.In(z.Location())))
		if !ok {
			return t
		}
		t = p.Quiet.Open(schedules.Wall{Date: away.To.AddDays(1)}.In(z), z)
	}
	return now
}

// notice tells one person of a change, unless they know: a session that moved to
// and back has not changed. It is no reminder and takes nothing from their
// budget. Who said that they can't come is not told that nobody can.
func notice(tx store.Tx, j jobs.Job, now time.Time) error {
	at, ok, err := load(tx, j.Record)
	if err != nil || !ok {
		return err
	}
	s, start := at.session, at.session.Start()
	if waits, err := jobs.Table.Has(tx, inviteJobKey(s.ID, at.Person)); err != nil || waits {
		return err // they have not read of the old time either
	}
	key := fmt.Sprintf("session/%s/moved/%d/%s", s.ID, len(s.Moves), at.Person)
	switch {
	case s.Off():
		if at.Gone || at.Answer == No || now.After(s.End()) {
			return nil
		}
		at.Gone = true
		key = fmt.Sprintf("%s/%s", cancelledKey(s.ID), at.Person)
	case at.Told.Equal(start):
		return nil
	default:
		at.Was, at.Told = at.Told, start
	}
	if err := Attendees.Put(tx, j.Record, at.Attendee); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: key, Kind: changeKind, Record: j.Record, Cohort: string(at.cohort.ID), Person: string(at.Person),
		Place: at.person.Direct(at.cohort.Place.Workspace), Until: s.End(),
	}, now)
}

// inviteDue asks one of the people whom a session is for, when it does not
// disturb them.
func inviteDue(tx store.Tx, j jobs.Job, now time.Time) error {
	at, ok, err := load(tx, j.Record)
	if err != nil || !ok || at.session.Off() || !at.session.Start().After(now) {
		return err
	}
	at.Told = at.session.Start() // it may have moved while it waited
	if err := Attendees.Put(tx, j.Record, at.Attendee); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: announceKey(at.Session) + "/to/" + string(at.Person), Kind: inviteKind, Record: string(at.Session), Cohort: string(at.cohort.ID),
		Person: string(at.Person), Place: at.person.Direct(at.cohort.Place.Workspace), Until: at.session.Start(),
	}, now)
}
