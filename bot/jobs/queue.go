package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"cohortbot/bot/store"
)

// Queue does the jobs of a store when they are due. It is a [schedules.Queue].
type Queue struct {
	store store.Store
	kinds map[string]Kind
	log   *slog.Logger
	// park tells somebody who can act that a job failed for good.
	park func(tx store.Tx, j Job, now time.Time) error

	// Watch hears of every job that came to its turn: how much later than due, and
	// with what error. Nil is nobody; it is set before the queue is used.
	Watch func(kind string, late time.Duration, err error)
}

// tries is how often a failing job is tried before it is parked.
const tries = 8

// NewQueue makes a queue that can do these kinds of jobs. park is called when a
// job has failed for good, in the transaction that parks it.
func NewQueue(s store.Store, log *slog.Logger, kinds []Kind, park func(store.Tx, Job, time.Time) error) *Queue {
	q := &Queue{store: s, kinds: map[string]Kind{}, log: log, park: park}
	for _, k := range kinds {
		if _, ok := q.kinds[k.Name]; ok {
			panic("jobs: kind " + k.Name + " stands twice")
		}
		q.kinds[k.Name] = k
	}
	return q
}

// NextDue gives when the next job is due; false when none waits.
func (q *Queue) NextDue(ctx context.Context) (due time.Time, ok bool, err error) {
	err = q.store.View(ctx, func(tx store.Tx) error {
		row, found, err := store.First(Table.By(tx, "due"))
		due, ok = row.Value.Due, found
		return err
	})
	return due, ok, err
}

// RunDue does every job that is due at now, those included that the jobs
// themselves set, in order of their time.
func (q *Queue) RunDue(ctx context.Context, now time.Time) error {
	for {
		var next Job
		var due bool
		err := q.store.View(ctx, func(tx store.Tx) error {
			row, ok, err := store.First(Table.By(tx, "due"))
			next, due = row.Value, ok && !row.Value.Due.After(now)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading due jobs: %w", err)
		}
		if !due {
			return nil
		}
		if err := q.do(ctx, next, now); err != nil {
			return err
		}
	}
}

// do runs one job. An error of the job itself puts it off; only an error of the
// store is returned.
func (q *Queue) do(ctx context.Context, due Job, now time.Time) error {
	fault := q.attempt(ctx, due, now)
	if q.Watch != nil && ctx.Err() == nil {
		q.Watch(due.Kind, now.Sub(due.Due), fault)
	}
	if fault == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	q.log.Error("job failed", "kind", due.Kind, "key", due.Key, "tries", due.Tries+1, "err", fault)
	err := q.putOff(ctx, due, fault, now, true)
	if err != nil && ctx.Err() == nil {
		// Perhaps it is the telling that fails. The job is put aside all the same:
		// it must not stand in the way of those behind it.
		q.log.Error("nobody could be told of a failed job", "kind", due.Kind, "key", due.Key, "err", err)
		err = q.putOff(ctx, due, fault, now, false)
	}
	return err
}

// putOff sets a failed job again for later, or parks it when it has failed often
// enough.
func (q *Queue) putOff(ctx context.Context, due Job, fault error, now time.Time, tell bool) error {
	return q.store.Update(ctx, func(tx store.Tx) error {
		j, ok, err := current(tx, due)
		if err != nil || !ok {
			return err
		}
		j.Tries++
		j.Fault = fault.Error()
		if j.First.IsZero() {
			j.First = j.Due
		}
		if j.Tries < tries {
			j.Due = now.Add(time.Minute << (j.Tries - 1))
			return Set(tx, j)
		}
		j.Parked = true
		if err := Set(tx, j); err != nil || !tell {
			return err
		}
		return q.park(tx, j, now)
	})
}

func (q *Queue) attempt(ctx context.Context, due Job, now time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = store.Panicked(p)
		}
	}()
	return q.store.Update(ctx, func(tx store.Tx) error {
		j, ok, err := current(tx, due)
		if err != nil || !ok {
			return err
		}
		kind, ok := q.kinds[j.Kind]
		if !ok {
			return fmt.Errorf("no kind of job is called %q", j.Kind)
		}
		if err := Drop(tx, j.Key); err != nil {
			return err
		}
		if !j.Until.IsZero() && now.After(j.Until) {
			if kind.Missed == nil {
				return nil
			}
			return kind.Missed(tx, j, now)
		}
		return kind.Run(tx, j, now)
	})
}

// Waiting counts the jobs that wait and those that are parked.
func Waiting(tx store.Tx) (waiting, parked int, err error) {
	for row, err := range Table.All(tx) {
		if err != nil {
			return 0, 0, err
		}
		if row.Value.Parked {
			parked++
		} else {
			waiting++
		}
	}
	return waiting, parked, nil
}

// current gives a job as it stands now; false where it was dropped, moved or
// parked since it was read.
func current(tx store.Tx, due Job) (Job, bool, error) {
	j, ok, err := Table.Find(tx, due.Key)
	return j, ok && !j.Parked && j.Due.Equal(due.Due), err
}
