package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/jobs"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

// done keeps, by a job's key, when it was done: written in the transaction that
// does it, so that what is rolled back leaves nothing.
var done = store.NewTable[string, []time.Time]("done", 1)

var nine = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// world is a queue whose one kind of job, "note", keeps that it was done.
type world struct {
	t     testing.TB
	store store.Store
	queue *jobs.Queue
	order []string // keys in the order in which they were done

	run  func(tx store.Tx, j jobs.Job, now time.Time) error // what else a job does
	park func(j jobs.Job) error
}

func newWorld(t testing.TB, more ...jobs.Kind) *world {
	w := &world{t: t, store: storetest.New(t, jobs.Table, done)}
	note := func(what string) func(store.Tx, jobs.Job, time.Time) error {
		return func(tx store.Tx, j jobs.Job, now time.Time) error {
			if err := keep(tx, what+j.Key, now); err != nil {
				return err
			}
			if len(w.order) == 0 || w.order[len(w.order)-1] != j.Key { // the store runs each deed twice
				w.order = append(w.order, j.Key)
			}
			if w.run != nil {
				return w.run(tx, j, now)
			}
			return nil
		}
	}
	kinds := append(more, jobs.Kind{Name: "note", Run: note(""), Missed: note("missed ")}, jobs.Kind{Name: "drop", Run: note("")})
	w.queue = jobs.NewQueue(w.store, slog.New(slog.DiscardHandler), kinds, func(tx store.Tx, j jobs.Job, now time.Time) error {
		if w.park != nil {
			if err := w.park(j); err != nil {
				return err
			}
		}
		return keep(tx, "parked "+j.Key, now)
	})
	return w
}

func keep(tx store.Tx, key string, now time.Time) error {
	times, err := done.Get(tx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return done.Put(tx, key, append(times, now))
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) set(key string, due time.Time, change ...func(*jobs.Job)) {
	w.t.Helper()
	j := jobs.Job{Key: key, Kind: "note", Record: key, Due: due}
	for _, fn := range change {
		fn(&j)
	}
	w.update(func(tx store.Tx) error { return jobs.Set(tx, j) })
}

func (w *world) runDue(now time.Time) {
	w.t.Helper()
	if err := w.queue.RunDue(context.Background(), now); err != nil {
		w.t.Fatal(err)
	}
}

// times tells when a job was done.
func (w *world) times(key string) (times []time.Time) {
	w.t.Helper()
	w.update(func(tx store.Tx) (err error) {
		times, err = done.Get(tx, key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return times
}

func (w *world) mustHaveDone(key string, n int) {
	w.t.Helper()
	if got := len(w.times(key)); got != n {
		w.t.Errorf("%q was done %d times, want %d", key, got, n)
	}
}

func (w *world) job(key string) (j jobs.Job, there bool) {
	w.t.Helper()
	w.update(func(tx store.Tx) (err error) {
		if there, err = jobs.Table.Has(tx, key); err != nil || !there {
			return err
		}
		j, err = jobs.Table.Get(tx, key)
		return err
	})
	return j, there
}

func TestAJobIsDoneOnceWhenItIsDue(t *testing.T) {
	w := newWorld(t)
	w.set("a", nine)
	w.runDue(nine.Add(-time.Nanosecond))
	w.mustHaveDone("a", 0)
	w.runDue(nine)
	w.runDue(nine.Add(time.Hour))
	w.mustHaveDone("a", 1)
	if _, there := w.job("a"); there {
		t.Error("the job is there still")
	}
}

func TestADeedThatFailsKeepsItsJobAndNothingElse(t *testing.T) {
	w := newWorld(t)
	w.run = func(tx store.Tx, j jobs.Job, now time.Time) error {
		if err := jobs.Set(tx, jobs.Job{Key: "half", Kind: "note", Due: now}); err != nil {
			return err
		}
		return errors.New("halfway")
	}
	w.set("a", nine)
	w.runDue(nine)
	w.mustHaveDone("a", 0)
	w.mustHaveDone("half", 0)
	if j, there := w.job("a"); !there || j.Tries != 1 || !j.First.Equal(nine) || !strings.Contains(j.Fault, "halfway") {
		t.Errorf("left %+v", j)
	}
}

func TestAFailingJobIsTriedLaterAndLaterThenParkedAndTold(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("no such week") },
		"panic": func() error { panic("no such week") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.run = func(_ store.Tx, j jobs.Job, _ time.Time) error {
				if j.Key == "a" {
					return fail()
				}
				return nil
			}
			w.set("a", nine)
			w.set("b", nine) // never blocked by it
			now, waits := nine, []time.Duration(nil)
			for range 20 {
				w.runDue(now)
				due, ok, err := w.queue.NextDue(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				waits = append(waits, due.Sub(now))
				now = due
			}
			w.mustHaveDone("b", 1)
			w.mustHaveDone("parked a", 1)
			var want []time.Duration
			for wait := time.Minute; len(want) < 7; wait *= 2 {
				want = append(want, wait)
			}
			if !slices.Equal(waits, want) {
				t.Errorf("waited %s, want %s", waits, want)
			}
			if j, there := w.job("a"); !there || !j.Parked || !j.First.Equal(nine) {
				t.Errorf("left %+v", j)
			}
			w.update(func(tx store.Tx) error {
				waiting, parked, err := jobs.Waiting(tx)
				if waiting != 0 || parked != 1 {
					t.Errorf("%d wait and %d are parked", waiting, parked)
				}
				return err
			})
			// Set anew, it is tried again.
			w.run = nil
			w.set("a", now)
			w.runDue(now)
			w.mustHaveDone("a", 1)
		})
	}
}

func TestAJobOfWhichNobodyCanBeToldDoesNotStandInTheWay(t *testing.T) {
	w := newWorld(t)
	w.park = func(jobs.Job) error { return errors.New("the cohort is gone") }
	w.set("a", nine, func(j *jobs.Job) { j.Kind, j.Tries = "of no kind", 7 })
	w.set("b", nine.Add(time.Second))
	w.runDue(nine.Add(time.Minute))
	w.mustHaveDone("b", 1)
	if j, _ := w.job("a"); !j.Parked {
		t.Errorf("left %+v, want it parked", j)
	}
}

func TestAJobMovedOrDroppedWhileItsTurnComesIsNotDone(t *testing.T) {
	w := newWorld(t)
	w.run = func(tx store.Tx, j jobs.Job, now time.Time) error {
		if j.Key != "a" {
			return nil
		}
		if err := jobs.Set(tx, jobs.Job{Key: "moved", Kind: "note", Due: nine.Add(time.Hour)}); err != nil {
			return err
		}
		return jobs.Drop(tx, "dropped")
	}
	w.set("a", nine)
	w.set("dropped", nine.Add(time.Second))
	w.set("moved", nine.Add(time.Second))
	w.runDue(nine.Add(time.Minute))
	w.mustHaveDone("dropped", 0)
	w.mustHaveDone("moved", 0)
	w.runDue(nine.Add(time.Hour))
	w.mustHaveDone("moved", 1)
}

// meddling changes a job between the moment it is read as due and the moment its
// transaction begins, as a person's deed may.
type meddling struct {
	store.Store
	meddle func()
}

func (m *meddling) Update(ctx context.Context, fn func(store.Tx) error) error {
	if meddle := m.meddle; meddle != nil {
		m.meddle = nil
		meddle()
	}
	return m.Store.Update(ctx, fn)
}

func TestAJobThatAPersonMovesAtTheLastMomentIsDoneAtItsNewTimeOnly(t *testing.T) {
	for name, to := range map[string]time.Time{"later": nine.Add(time.Hour), "earlier": nine.Add(-time.Hour)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.set("a", nine)
			between := &meddling{Store: w.store, meddle: func() { w.set("a", to, func(j *jobs.Job) { j.Record = "new" }) }}
			var records []string
			queue := jobs.NewQueue(between, slog.New(slog.DiscardHandler), []jobs.Kind{{Name: "note", Run: func(tx store.Tx, j jobs.Job, now time.Time) error {
				records = append(records, j.Record)
				return keep(tx, "a", now)
			}}}, nil)
			if err := queue.RunDue(context.Background(), nine); err != nil {
				t.Fatal(err)
			}
			if to.After(nine) {
				w.mustHaveDone("a", 0)
			}
			if err := queue.RunDue(context.Background(), nine.Add(2*time.Hour)); err != nil {
				t.Fatal(err)
			}
			w.mustHaveDone("a", 1)
			if slices.Contains(records, "a") {
				t.Errorf("done for %q, want only the new record", records)
			}
		})
	}
}

func TestAJobThatComesTooLateIsMissedOrDropped(t *testing.T) {
	w := newWorld(t)
	until := func(j *jobs.Job) { j.Until = nine.Add(time.Hour) }
	w.set("in time", nine, until)
	w.runDue(nine.Add(time.Hour))
	w.set("late", nine, until)
	w.set("silent", nine, until, func(j *jobs.Job) { j.Kind = "drop" })
	w.runDue(nine.Add(time.Hour + time.Second))
	w.mustHaveDone("in time", 1)
	w.mustHaveDone("late", 0)
	w.mustHaveDone("missed late", 1)
	w.mustHaveDone("silent", 0)
	for _, key := range []string{"late", "silent"} {
		if _, there := w.job(key); there {
			t.Errorf("%s is there still", key)
		}
	}
}

func TestAJobMaySetItselfAgain(t *testing.T) {
	w := newWorld(t)
	w.run = func(tx store.Tx, j jobs.Job, now time.Time) error {
		switch { // three pages at once, then weekly
		case len(j.Page) < 3:
			j.Page += "x"
		default:
			j.Page, j.Due = "", j.Due.AddDate(0, 0, 7)
		}
		return jobs.Set(tx, j)
	}
	w.set("a", nine)
	w.runDue(nine)
	w.mustHaveDone("a", 4)
	w.runDue(nine.AddDate(0, 0, 14))
	w.mustHaveDone("a", 12)
}

func TestJobsAreDoneInTheOrderOfTheirTimeThoseTheySetIncluded(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		due := map[string]time.Time{}
		for n := range rapid.IntRange(1, 100).Draw(r, "jobs") {
			key := fmt.Sprintf("j%03d", n)
			due[key] = nine.Add(time.Duration(rapid.IntRange(0, 50).Draw(r, "minute")) * time.Minute)
			w.set(key, due[key])
		}
		sets := rapid.SampledFrom(slices.Sorted(func(yield func(string) bool) {
			for key := range due {
				if !yield(key) {
					return
				}
			}
		})).Draw(r, "sets another")
		due["another"] = due[sets].Add(time.Second)
		w.run = func(tx store.Tx, j jobs.Job, _ time.Time) error {
			if j.Key == sets {
				return jobs.Set(tx, jobs.Job{Key: "another", Kind: "note", Due: due["another"]})
			}
			return nil
		}
		w.runDue(nine.Add(time.Hour))
		if len(w.order) != len(due) {
			r.Fatalf("%d were done, want %d", len(w.order), len(due))
		}
		if !slices.IsSortedFunc(w.order, func(a, b string) int { return due[a].Compare(due[b]) }) {
			r.Fatalf("out of order: %s", w.order)
		}
	})
}

func TestTheNextDueIsTheEarliestThatWaits(t *testing.T) {
	w := newWorld(t)
	if _, ok, err := w.queue.NextDue(context.Background()); ok || err != nil {
		t.Errorf("an empty queue has something due: %v", err)
	}
	w.set("b", nine.Add(time.Hour))
	w.set("a", nine.Add(2*time.Hour))
	w.set("parked", nine, func(j *jobs.Job) { j.Parked = true })
	due, ok, err := w.queue.NextDue(context.Background())
	if err != nil || !ok || !due.Equal(nine.Add(time.Hour)) {
		t.Errorf("next due %s, %v, %v", due, ok, err)
	}
}

func TestADeedThatIsCancelledLeavesItsJobAsItWas(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	w.run = func(store.Tx, jobs.Job, time.Time) error { cancel(); return ctx.Err() }
	w.set("a", nine)
	if err := w.queue.RunDue(ctx, nine); !errors.Is(err, context.Canceled) {
		t.Errorf("RunDue returned %v", err)
	}
	if j, there := w.job("a"); !there || j.Tries != 0 {
		t.Errorf("left %+v", j)
	}
}

func TestAKindThatStandsTwiceIsAMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two kinds of one name were accepted")
		}
	}()
	jobs.NewQueue(nil, nil, []jobs.Kind{{Name: "a"}, {Name: "a"}}, nil)
}
