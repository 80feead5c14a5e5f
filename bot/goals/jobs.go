package goals

import (
	"errors"
	"strconv"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// revisitKind is the kind of the job that lets the group look at its goals anew,
// as a week goes out that offers it.
const revisitKind = "goals-revisit"

// boardOf gives where the goals of a cohort stand.
func boardOf(tx store.Tx, c cohorts.ID) (Board, error) {
	b, err := Boards.Get(tx, c)
	if errors.Is(err, store.ErrNotFound) {
		return Board{Cohort: c}, nil
	}
	return b, err
}

// key names the board that lives.
func (b Board) key() string { return boardKind + "/" + string(b.Cohort) + "/" + strconv.Itoa(b.Count) }

// board has the goals stand in the channel, up to date, and gives the key of the
// one message in which they do. Where somebody took that away, there is another.
func board(tx store.Tx, c cohorts.Cohort, now time.Time) (string, error) {
	b, err := boardOf(tx, c.ID)
	if err != nil {
		return "", err
	}
	i, err := outbox.Table.Get(tx, b.key())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	gone := err == nil && (i.State == outbox.Dropped || i.State == outbox.Failed)
	if b.Count == 0 || gone {
		return renew(tx, c, b, now)
	}
	return b.key(), outbox.Touch(tx, boardKind, string(c.ID))
}

// renew lets the goals stand in a new message; the one before points to it.
func renew(tx store.Tx, c cohorts.Cohort, b Board, now time.Time) (string, error) {
	b.Count++
	if err := Boards.Put(tx, c.ID, b); err != nil {
		return "", err
	}
	if err := outbox.Say(tx, outbox.Item{
		Key: b.key(), Kind: boardKind, Record: string(c.ID), Cohort: string(c.ID), Place: c.Place,
	}, now); err != nil {
		return "", err
	}
	return b.key(), outbox.Touch(tx, boardKind, string(c.ID))
}

// begin lets the group look at its goals as a week goes out.
func begin(tx store.Tx, j jobs.Job, now time.Time) error {
	id, _ := cohorts.ParseWeekRecord(j.Record)
	c, err := cohorts.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || c.State != cohorts.Open {
		return err
	}
	return revisit(tx, c, now)
}

// revisit posts the goals anew, and in the thread under them each that was
// adopted, with how far it has come.
func revisit(tx store.Tx, c cohorts.Cohort, now time.Time) error {
	b, err := boardOf(tx, c.ID)
	if err != nil {
		return err
	}
	key, err := renew(tx, c, b, now)
	if err != nil {
		return err
	}
	own, err := AdoptedBy(tx, c.ID)
	if err != nil {
		return err
	}
	for _, g := range own {
		if err := outbox.Say(tx, outbox.Item{
			Key: lookKind + "/" + string(g.ID) + "/" + key, Kind: lookKind, Record: string(g.ID), Cohort: string(c.ID), Place: c.Place, Under: key,
		}, now); err != nil {
			return err
		}
	}
	return nil
}
