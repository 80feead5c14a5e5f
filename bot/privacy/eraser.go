package privacy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
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

// Eraser does the slow work that follows an erasure: it writes the ledger, waits for
// the files to be removed, has other places let go, and has everything rewritten so
// that no deleted byte is left. What it has to do stands in [Erasures], so that a
// restart forgets nothing.
type Eraser struct {
	store  store.Store
	clock  schedules.Clock
	log    *slog.Logger
	ledger Ledger // nil where nothing outside remembers
	beside []Beside
	files  func(context.Context) error // removes the files that nobody holds

	wake chan struct{}
	turn sync.Mutex
	rest time.Time // in real time: nothing is rewritten before it
}

// NewEraser makes an eraser. ledger may be nil; files removes the bytes of files
// that nobody holds any more.
func NewEraser(s store.Store, clock schedules.Clock, log *slog.Logger, ledger Ledger, beside []Beside, files func(context.Context) error) *Eraser {
	return &Eraser{store: s, clock: clock, log: log, ledger: ledger, beside: beside, files: files, wake: make(chan struct{}, 1)}
}

const (
	// lookAgain is how long, in real time, until what failed is tried again.
	lookAgain = time.Minute
	// firstRest is how long, in real time, until everything is rewritten once more
	// where messages are still being taken away; it doubles each time.
	firstRest = 2 * time.Second
	// mostRewrites is how often that is at most: over eight minutes.
	mostRewrites = 8
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
	var open []Erasure
	stale := false
	if err := e.store.View(ctx, func(tx store.Tx) (err error) {
		open = nil
		for row, err := range Erasures.By(tx, "open") {
			if err != nil {
				return err
			}
			open = append(open, row.Value)
		}
		if len(open) > 0 {
			stale, err = unsaid(tx)
		}
		return err
	}); err != nil || len(open) == 0 {
		return err
	}
	for _, x := range open {
		if x.Left {
			continue
		}
		if err := e.leave(ctx, x); err != nil {
			return err
		}
	}
	waits := func(x Erasure) bool { return x.Quiet && x.Rewritten == 0 && e.clock.Now().Before(x.At.Add(quietRest)) }
	fresh := slices.ContainsFunc(open, func(x Erasure) bool { return x.Rewritten == 0 && !waits(x) })
	again := slices.ContainsFunc(open, func(x Erasure) bool { return x.Rewritten > 0 })
	if !fresh && (!again || schedules.System.Now().Before(e.rest)) {
		return nil
	}
	for _, b := range e.beside {
		if b.Rewrite == nil {
			continue
		}
		if err := b.Rewrite(ctx); err != nil {
			return fmt.Errorf("%s cannot be rewritten: %w", b.Name, err)
		}
	}
	most := 0
	err := e.store.Update(ctx, func(tx store.Tx) error {
		most = 0
		for _, x := range open {
			now, err := Erasures.Get(tx, x.Person)
			if err != nil {
				return err
			}
			now.Rewritten++
			if !stale || now.Rewritten >= mostRewrites {
				now.Settled = e.clock.Now()
			} else {
				most = max(most, now.Rewritten)
			}
			if err := Erasures.Put(tx, x.Person, now); err != nil {
				return err
			}
		}
		return nil
	})
	if e.rest = (time.Time{}); most > 0 {
		e.rest = schedules.System.Now().Add(firstRest << (most - 1))
	}
	return err
}

// unsaid tells whether messages are still to be made anew or taken away.
func unsaid(tx store.Tx) (bool, error) {
	_, ok, err := store.First(outbox.Table.Range(tx, "stale", nil, nil, false))
	return ok, err
}

// leave does what is to be done outside the store before it is rewritten.
func (e *Eraser) leave(ctx context.Context, x Erasure) error {
	if e.ledger != nil {
		if err := e.ledger.Add(ctx, Erased{x.Person, x.At}); err != nil {
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
	return e.store.Update(ctx, func(tx store.Tx) error {
		now, err := Erasures.Get(tx, x.Person)
		if err != nil {
			return err
		}
		now.Left, now.Accounts = true, nil
		return Erasures.Put(tx, x.Person, now)
	})
}
