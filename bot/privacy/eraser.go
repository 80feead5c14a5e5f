package privacy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Beside is a place beside the records where people's words stand as well, such as
// a workspace that this program itself keeps. Either function may be nil.
type Beside struct {
	Name string // for the log
	// Forget lets go of what these accounts wrote there and were shown.
	Forget func(ctx context.Context, accounts []chat.User) error
	// Rewrite leaves no byte of what was deleted there.
	Rewrite func(ctx context.Context) error
}

// Eraser does the work that follows an erasure: it takes away what was kept, tells the
// person so, writes the ledger, waits for the files to be removed, has other places
// let go, and has everything rewritten so that no deleted byte is left. What it has to
// do stands in [Erasures], so that a restart forgets nothing.
type Eraser struct {
	o      Options
	store  store.Store
	clock  schedules.Clock
	log    *slog.Logger
	ledger Ledger // nil where nothing outside remembers
	beside []Beside
	files  func(context.Context) error // removes the files that nobody holds
	poke   func()                      // has said what is to be said, and done what is due

	wake chan struct{}
	turn sync.Mutex
	rest time.Time // in real time: nothing is rewritten before it
}

// NewEraser makes an eraser. ledger may be nil; files removes the bytes of files
// that nobody holds any more, and poke wakes those who say what is to be said.
func NewEraser(s store.Store, o Options, clock schedules.Clock, log *slog.Logger, ledger Ledger, beside []Beside, files func(context.Context) error, poke func()) *Eraser {
	return &Eraser{o: o, store: s, clock: clock, log: log, ledger: ledger, beside: beside, files: files, poke: poke, wake: make(chan struct{}, 1)}
}

const (
	// lookAgain is how long, in real time, until what failed is tried again.
	lookAgain = time.Minute
	// firstRest is how long, in real time, until everything is rewritten once more
	// where messages are still being taken away; it doubles each time.
	firstRest = 2 * time.Second
	// mostRewrites is how often that is: over eight minutes. It goes on, ever more
	// rarely, only while somebody cannot be told: that message has their account.
	mostRewrites = 8
	// mostDoubled is how often that time doubles: to a little over an hour.
	mostDoubled = 12
	// quietRest is how long, in the civil clock, single records that were taken back
	// wait at most until everything is rewritten.
	quietRest = 24 * time.Hour
)

// Poke has the eraser look at what is to be done.
func (e *Eraser) Poke() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, which is no error.
func (e *Eraser) Run(ctx context.Context) error {
	for {
		if err := e.Drain(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("an erasure could not be brought to its end; it is tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-e.wake:
		case <-time.After(e.wait()):
		}
	}
}

// wait gives how long until something is to be done.
func (e *Eraser) wait() time.Duration {
	e.turn.Lock()
	defer e.turn.Unlock()
	if d := e.rest.Sub(schedules.System.Now()); d > 0 {
		return d
	}
	return lookAgain
}

// Drain does all that can be done now.
func (e *Eraser) Drain(ctx context.Context) error {
	e.turn.Lock()
	defer e.turn.Unlock()
	open, err := open(ctx, e.store)
	if err != nil || len(open) == 0 {
		return err
	}
	fresh, again := false, false
	var faults error
	emptied := open[:0:0]
	for _, x := range open {
		if err := e.empty(ctx, x); err != nil { // nobody else has to wait for it
			faults = errors.Join(faults, err)
			continue
		}
		emptied = append(emptied, x)
		waits := x.Quiet && e.clock.Now().Before(x.At.Add(quietRest))
		fresh, again = fresh || x.Rewritten == 0 && !waits, again || x.Rewritten > 0
	}
	if !fresh && (!again || schedules.System.Now().Before(e.rest)) {
		return faults
	}
	stale, untold, err := e.tell(ctx, emptied)
	if err != nil {
		return errors.Join(faults, err)
	}
	for _, b := range e.beside {
		if b.Rewrite == nil {
			continue
		}
		if err := b.Rewrite(ctx); err != nil {
			return errors.Join(faults, fmt.Errorf("%s cannot be rewritten: %w", b.Name, err))
		}
	}
	most := 0
	for _, x := range emptied {
		faults = errors.Join(faults, change(ctx, e.store, x.Person, func(now *Erasure) {
			now.Rewritten++
			if !stale || now.Rewritten >= mostRewrites && !untold[x.Person] {
				now.Settled = e.clock.Now()
			} else {
				most = max(most, now.Rewritten)
			}
		}))
	}
	if e.rest = (time.Time{}); most > 0 {
		e.rest = schedules.System.Now().Add(firstRest << (min(most, mostDoubled) - 1))
	}
	return faults
}

// empty takes away what is still there of somebody, here and in other places.
func (e *Eraser) empty(ctx context.Context, x Erasure) error {
	if !x.Swept && !x.Quiet {
		err := e.o.Sweep(ctx, e.store, x.Person, e.clock.Now())
		e.poke() // what was said is to be said anew
		if err != nil {
			return err
		}
	}
	if x.Left {
		return nil
	}
	return e.leave(ctx, x)
}

// tell has each person told of whom nothing is left, and forgets where that was said.
// It tells whether messages are still to be said, made anew or taken away, and who is
// still to be told.
func (e *Eraser) tell(ctx context.Context, emptied []Erasure) (stale bool, untold map[people.ID]bool, err error) {
	err = e.store.Update(ctx, func(tx store.Tx) (err error) {
		untold = map[people.ID]bool{}
		if _, stale, err = store.First(outbox.Table.Range(tx, "stale", nil, nil, false)); err != nil {
			return err
		}
		for _, x := range emptied {
			if untold[x.Person], err = tell(tx, x.Person, e.clock.Now()); err != nil {
				return err
			}
			stale = stale || untold[x.Person]
		}
		return nil
	})
	e.poke()
	return stale, untold, err
}

// tell has somebody told that nothing of theirs is left, once, and forgets that when
// it was said: it has their account. It tells whether it is still to be said.
func tell(tx store.Tx, id people.ID, now time.Time) (waits bool, err error) {
	key := erasedKind + "/" + string(id)
	x, err := Erasures.Get(tx, id)
	if err != nil {
		return false, err
	}
	if !x.Tell.IsZero() {
		item := outbox.Item{Key: key, Kind: erasedKind, Record: string(id), Place: chat.Direct(x.Tell), Silent: true}
		x.Tell = chat.User{}
		return true, errors.Join(outbox.Say(tx, item, now), Erasures.Put(tx, id, x))
	}
	i, err := outbox.Table.Get(tx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err == nil && (i.State == outbox.Pending || i.State == outbox.Sending):
		return true, nil
	case err == nil:
		err = outbox.Forget(tx, key)
	}
	return false, err
}

// leave does what is to be done outside the store before it is rewritten.
func (e *Eraser) leave(ctx context.Context, x Erasure) error {
	if e.ledger != nil {
		if err := e.ledger.Add(ctx, Erased{Person: x.Person, At: x.At, Accounts: x.Accounts}); err != nil {
			return fmt.Errorf("an erasure cannot be remembered: %w", err)
		}
	}
	var errs []error
	if !x.Quiet {
		errs = append(errs, e.files(ctx))
	}
	for _, b := range e.beside {
		if b.Forget != nil && !x.Quiet {
			errs = append(errs, b.Forget(ctx, x.Accounts))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return change(ctx, e.store, x.Person, func(now *Erasure) { now.Left, now.Accounts = true, nil })
}
