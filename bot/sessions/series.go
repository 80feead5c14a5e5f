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

// SeriesID names a series for ever.
type SeriesID string

// Series is a session that repeats. Its sessions are kept one by one, each with
// its place in the series, so that one of them can move without the others.
//
// The first is announced at once and tells of the series; each of the others
// announceAhead days before it begins.
type Series struct {
	ID     SeriesID   `json:"id"`
	Cohort cohorts.ID `json:"cohort"`
	Weeks  int        `json:"weeks"` // from one session to the next
	Count  int        `json:"count"` // of the sessions, as it was planned
	Lead   ID         `json:"lead"`  // the first of them

	Changes []SeriesChange `json:"changes,omitempty"` // of a session and those that follow it, oldest first
}

// SeriesChange is something that happened to a session of a series and to all
// that follow it, for the group to be told once.
type SeriesChange struct {
	From  int       `json:"from"`  // number of the first session that it is about
	Count int       `json:"count"` // how many it is about
	Was   Time      `json:"was"`   // of the first
	To    Time      `json:"to,omitzero"`
	Apart int       `json:"apart,omitempty"` // stayed, since they had been moved by themselves
	Off   bool      `json:"off,omitempty"`
	Why   string    `json:"why,omitempty"`
	By    people.ID `json:"by,omitempty"` // whose Why it is
	At    time.Time `json:"at"`
}

// SeriesTable keeps all series.
var SeriesTable = store.NewTable[SeriesID, Series]("sessionseries", 2).Upgrade(1, store.Amend(func(r *Series) {
	for i := range r.Changes {
		if r.Changes[i].By == "" { // as with sessions
			r.Changes[i].Why = ""
		}
	}
}))

// announceAhead is how many days before it begins a session of a series is
// announced: the day after the one of the week before.
const announceAhead = 6

// maxSeries is how many sessions a series can have: a year of weeks.
const maxSeries = 52

// occurrences gives the sessions of a series, made like the first one, which has
// the time of the first. ids names them.
func (r Series) occurrences(first Session, ids func() ID) []Session {
	var all []Session
	for n := range r.Count {
		s := first
		if n > 0 {
			s.ID = ids()
		}
		s.Series, s.Number = r.ID, n+1
		s.Time.Wall = first.Time.Wall.AddDays(n * 7 * r.Weeks)
		s.Slot = s.Time
		all = append(all, s)
	}
	return all
}

// scheduleSeries keeps a series with its sessions, and has the first announced.
func scheduleSeries(tx store.Tx, c cohorts.Cohort, r Series, all []Session, now time.Time) error {
	if err := SeriesTable.Put(tx, r.ID, r); err != nil {
		return err
	}
	for i, s := range all {
		if i == 0 {
			if err := schedule(tx, c, s, now); err != nil {
				return err
			}
			continue
		}
		if err := s.keep(tx); err != nil {
			return err
		}
		if err := setLater(tx, s, now); err != nil {
			return err
		}
		if err := announceLater(tx, c, s, now); err != nil {
			return err
		}
	}
	return nil
}

// announceLater sets the job that announces a session of a series, where that
// has not happened yet.
func announceLater(tx store.Tx, c cohorts.Cohort, s Session, now time.Time) error {
	if s.Series == "" {
		return nil
	}
	key := "session/" + string(s.ID) + "/announce"
	said, err := s.announced(tx)
	if err != nil || said || s.Off() {
		return err
	}
	due := s.Time.Wall.AddDays(-announceAhead).In(s.Time.Zone)
	if due.Before(now) {
		due = now
	}
	return jobs.Set(tx, jobs.Job{Key: key, Kind: announceJob, Record: string(s.ID), Cohort: string(c.ID), Due: due, Until: s.Start()})
}

// announced tells whether a session was announced by itself.
func (s Session) announced(tx store.Tx) (bool, error) {
	if len(s.People) == 0 {
		return outbox.Table.Has(tx, announceKey(s.ID))
	}
	_, any, err := store.First(Attendees.By(tx, "session", string(s.ID)))
	return any, err
}

// pausedFor is how long an announcement waits before it looks again whether the
// group still rests.
const pausedFor = 12 * time.Hour

// announceDue announces a session of a series when its day has come.
func announceDue(tx store.Tx, j jobs.Job, now time.Time) error {
	s, c, ok, err := still(tx, ID(j.Record))
	if err != nil || !ok || s.Off() || !s.Start().After(now) {
		return err
	}
	if c.State == cohorts.Paused {
		j.Due = now.Add(pausedFor)
		return jobs.Set(tx, j)
	}
	return announce(tx, c, s, now)
}

// following gives a session of a series and those after it that are neither
// cancelled nor begun, in their order.
func following(tx store.Tx, s Session, now time.Time) ([]Session, error) {
	all := []Session{s}
	if s.Series == "" {
		return all, nil
	}
	from, to := store.Key(string(s.Series), s.Number+1), store.PrefixEnd(store.Key(string(s.Series)))
	for row, err := range Table.Range(tx, "series", from, to, false) {
		if err != nil {
			return nil, err
		}
		if x := row.Value; !x.Off() && x.Start().After(now) {
			all = append(all, x)
		}
	}
	return all, nil
}

// seriesMove is what moving a session and those that follow it comes to.
type seriesMove struct {
	moved []shiftedTo
	apart []Session // stay where they are, since they had been moved by themselves
}

// shiftedTo is a session that moves, in its new slot but still at its old time.
type shiftedTo struct {
	Session
	to Time
}

// shifted works out how a session of a series and those that follow move: as many
// days as the first one, and to its time of day, on the wall where the series
// lives. What had been moved by itself stays, but for the first.
func shifted(all []Session, to Time) seriesMove {
	var m seriesMove
	first, zone, wall := all[0], all[0].Slot.Zone, to.Wall
	if to.Zone != zone {
		wall = schedules.WallOf(to.Instant().In(zone.Location()))
	}
	days := first.Slot.Wall.Date.DaysUntil(wall.Date)
	for i, s := range all {
		byItself := s.Time != s.Slot
		s.Slot.Wall = schedules.Wall{Date: s.Slot.Wall.Date.AddDays(days), Time: wall.Time}
		if i > 0 && byItself {
			m.apart = append(m.apart, s)
		} else {
			m.moved = append(m.moved, shiftedTo{s, s.Slot})
		}
	}
	return m
}

// moveFollowing moves a session and those that follow it, and says so once.
func moveFollowing(tx store.Tx, c cohorts.Cohort, s Session, to Time, length time.Duration, now time.Time) error {
	all, err := following(tx, s, now)
	if err != nil {
		return err
	}
	m := shifted(all, to)
	for _, x := range m.apart {
		if err := x.keep(tx); err != nil {
			return err
		}
	}
	for _, x := range m.moved {
		if x.to == x.Time && x.Length() == length {
			err = x.keep(tx)
		} else {
			_, err = shift(tx, c, x.Session, x.to, length, now)
		}
		if err != nil {
			return err
		}
	}
	return tellSeries(tx, c, s, SeriesChange{
		From: s.Number, Count: len(m.moved), Was: s.Time, To: m.moved[0].to, Apart: len(m.apart), At: now,
	}, now)
}

// cancelFollowing calls off a session and those that follow it, and says so once.
func cancelFollowing(tx store.Tx, c cohorts.Cohort, s Session, why string, by people.ID, now time.Time) (int, error) {
	all, err := following(tx, s, now)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		if _, err := callOff(tx, c, x, why, by, now); err != nil {
			return 0, err
		}
	}
	return len(all), tellSeries(tx, c, s, SeriesChange{
		From: s.Number, Count: len(all), Was: s.Time, Off: true, Why: why, By: by, At: now,
	}, now)
}

// tellSeries keeps what happened to a series, and has it said where the group meets.
func tellSeries(tx store.Tx, c cohorts.Cohort, s Session, ch SeriesChange, now time.Time) error {
	r, err := SeriesTable.Get(tx, s.Series)
	if err != nil {
		return err
	}
	r.Changes = append(r.Changes, ch)
	if err := SeriesTable.Put(tx, r.ID, r); err != nil {
		return err
	}
	for n := range len(r.Changes) - 1 { // what was said before may hold no longer
		if err := outbox.Touch(tx, seriesKind, seriesRecord(r.ID, n+1)); err != nil {
			return err
		}
	}
	record := seriesRecord(r.ID, len(r.Changes))
	return news(tx, c, s, outbox.Item{Key: "session/series/" + record, Kind: seriesKind, Record: record}, now)
}

func seriesRecord(id SeriesID, n int) string { return fmt.Sprintf("%s/%d", id, n) }
