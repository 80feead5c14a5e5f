package schedules

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// queue is a due list in memory that records when it ran what.
type queue struct {
	mu    sync.Mutex
	due   []time.Time
	ran   []time.Time // the clock at which each was run
	looks int
	fail  error // returned by both methods
	stuck bool  // RunDue does nothing
}

func (q *queue) add(due ...time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.due = append(q.due, due...)
	slices.SortFunc(q.due, time.Time.Compare)
}

func (q *queue) NextDue(context.Context) (time.Time, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.looks++
	if q.fail != nil || len(q.due) == 0 {
		return time.Time{}, false, q.fail
	}
	return q.due[0], true, nil
}

func (q *queue) RunDue(_ context.Context, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.stuck && len(q.due) > 0 && !q.due[0].After(now) {
		q.due, q.ran = q.due[1:], append(q.ran, now)
	}
	return q.fail
}

// look lets the waker come to rest, and gives what ran, as time since start, and
// how often the queue was looked at.
func (q *queue) look(start time.Time) ([]time.Duration, int) {
	synctest.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	var ran []time.Duration
	for _, t := range q.ran {
		ran = append(ran, t.Sub(start))
	}
	return ran, q.looks
}

// awake runs do beside a running waker, in a bubble of fake time, and checks
// that the waker stops when it is told to.
func awake(t *testing.T, clock func() Clock, do func(t *testing.T, w *Waker, q *queue, log *bytes.Buffer)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var log bytes.Buffer
		q := &queue{}
		w := NewWaker(clock(), q, slog.New(slog.NewTextHandler(&log, nil)))
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		synctest.Wait()
		do(t, w, q, &log)
		stop()
		synctest.Wait()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		default:
			t.Error("Run did not end with its context")
		}
	})
}

func system() Clock { return System }

func TestWakerRunsThingsWhenTheyAreDue(t *testing.T) {
	awake(t, system, func(t *testing.T, w *Waker, q *queue, _ *bytes.Buffer) {
		start := time.Now()
		q.add(start.Add(90*time.Second), start.Add(5*time.Second), start.Add(5*time.Second), start.Add(-time.Hour))
		w.Poke()
		time.Sleep(10 * time.Minute)
		ran, looks := q.look(start)
		want := []time.Duration{0, 5 * time.Second, 5 * time.Second, 90 * time.Second}
		if !slices.Equal(ran, want) {
			t.Errorf("ran at %v, want %v", ran, want)
		}
		if looks > 30 { // one each 30 s, and two or three for each thing due
			t.Errorf("looked %d times in ten minutes", looks)
		}
	})
}

func TestWakerFindsWhatWasAddedWithoutAPokeWithinHalfAMinute(t *testing.T) {
	awake(t, system, func(t *testing.T, _ *Waker, q *queue, _ *bytes.Buffer) {
		start := time.Now()
		q.add(start.Add(time.Second))
		time.Sleep(time.Minute)
		if ran, _ := q.look(start); len(ran) != 1 || ran[0] > 30*time.Second {
			t.Errorf("ran at %v", ran)
		}
	})
}

func TestWakerWakesWhenTheClockIsMoved(t *testing.T) {
	for _, ticking := range []bool{true, false} {
		clock := func() Clock { return NewMovable(time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC), ticking) }
		awake(t, clock, func(t *testing.T, w *Waker, q *queue, _ *bytes.Buffer) {
			m, ok := w.Clock.(*Movable)
			if !ok {
				t.Fatal("not a movable clock")
			}
			start := m.Now()
			q.add(start.Add(7*day), start.Add(14*day))
			m.MoveTo(start.Add(7 * day))
			synctest.Wait() // without any time passing
			if ran, _ := q.look(start); !slices.Equal(ran, []time.Duration{7 * day}) {
				t.Errorf("ticking %v: ran at %v, want one after 7 days", ticking, ran)
			}
		})
	}
}

func TestWakerDoesNotSpinOnAClockThatStandsStill(t *testing.T) {
	clock := func() Clock { return NewMovable(time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC), false) }
	awake(t, clock, func(t *testing.T, w *Waker, q *queue, _ *bytes.Buffer) {
		q.add(w.Clock.Now().Add(time.Millisecond))
		w.Poke()
		time.Sleep(10 * time.Minute)
		if ran, looks := q.look(w.Clock.Now()); len(ran) != 0 || looks > 30 {
			t.Errorf("ran %v, looked %d times in ten minutes", ran, looks)
		}
	})
}

func TestWakerRetriesAFailingQueueMoreAndMoreSlowly(t *testing.T) {
	awake(t, system, func(t *testing.T, w *Waker, q *queue, log *bytes.Buffer) {
		q.mu.Lock()
		q.fail = errors.New("the disk is full")
		q.mu.Unlock()
		start := time.Now()
		for range 600 { // pokes do not hurry it
			w.Poke()
			time.Sleep(time.Second)
		}
		if _, looks := q.look(start); looks < 15 || looks > 40 {
			t.Errorf("looked %d times in ten minutes", looks)
		}
		if !strings.Contains(log.String(), "the disk is full") {
			t.Errorf("log: %s", log)
		}
		q.add(time.Now())
		q.mu.Lock()
		q.fail = nil
		q.mu.Unlock()
		time.Sleep(31 * time.Second)
		if ran, _ := q.look(start); len(ran) != 1 {
			t.Errorf("after the queue recovered ran %v", ran)
		}
	})
}

func TestWakerDoesNotSpinOnAQueueThatNeverEmpties(t *testing.T) {
	awake(t, system, func(t *testing.T, w *Waker, q *queue, log *bytes.Buffer) {
		q.mu.Lock()
		q.stuck = true
		q.mu.Unlock()
		q.add(time.Now())
		w.Poke()
		time.Sleep(10 * time.Minute)
		if _, looks := q.look(time.Now()); looks > 40 {
			t.Errorf("looked %d times in ten minutes", looks)
		}
		if !strings.Contains(log.String(), "same instant") {
			t.Errorf("log: %s", log)
		}
	})
}

func TestPokeNeverBlocksAndWorksBeforeRun(t *testing.T) {
	w := &Waker{Clock: System, Queue: &queue{}}
	for range 10 {
		w.Poke()
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := w.Run(ctx); err != nil {
		t.Error(err)
	}
}
