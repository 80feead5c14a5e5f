package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Outbox says what its store holds, in order within each place, through the
// platforms.
type Outbox struct {
	// EditRest is how long, in real time, to wait between two edits in one place:
	// what changes meanwhile is one edit. New sets it; it is not changed later
	// than the outbox is used.
	EditRest time.Duration

	store     store.Store
	clock     schedules.Clock
	platforms []chat.Platform
	reasons   map[string]Reason
	log       *slog.Logger
	failed    func(tx store.Tx, i Item, now time.Time) error

	poke chan struct{}

	mu     sync.Mutex
	busy   map[string]bool      // lanes that are being worked on
	again  map[string]bool      // lanes that somebody wanted to work on meanwhile
	after  map[string]time.Time // lanes that rest, in real time
	delays map[string]*backoff.ExponentialBackOff
	edited map[string]time.Time // when a lane was last edited, in real time
	fatal  error
}

// How an outbox goes about it. All are spans of real time.
const (
	workers    = 32               // lanes worked on at once
	callLimit  = 30 * time.Second // one call of a platform
	editRest   = time.Second
	firstDelay = 500 * time.Millisecond
	lastDelay  = 5 * time.Minute
)

// How often one item is tried, with delays that double up to lastDelay.
const (
	maxTries = 60 // over four hours: a platform may be down as long as that
	// maxUnclear is for what may have been said and cannot be looked up, about
	// twenty minutes: what people say in its place waits as long.
	maxUnclear = 12
)

// New makes an outbox. failed is called, in the transaction that gives an item
// up, to tell somebody who can act.
func New(s store.Store, clock schedules.Clock, platforms []chat.Platform, reasons []Reason, log *slog.Logger,
	failed func(store.Tx, Item, time.Time) error,
) *Outbox {
	o := &Outbox{
		EditRest: editRest, store: s, clock: clock, platforms: platforms, reasons: map[string]Reason{}, log: log, failed: failed,
		poke: make(chan struct{}, 1), busy: map[string]bool{}, again: map[string]bool{},
		after: map[string]time.Time{}, delays: map[string]*backoff.ExponentialBackOff{}, edited: map[string]time.Time{},
	}
	for _, r := range reasons {
		if _, ok := o.reasons[r.Kind]; ok {
			panic("outbox: reason " + r.Kind + " stands twice")
		}
		o.reasons[r.Kind] = r
	}
	return o
}

// Poke says that there may be something to say. It never blocks.
func (o *Outbox) Poke() {
	select {
	case o.poke <- struct{}{}:
	default:
	}
}

// Run says what is to be said until ctx ends, which is no error. It returns when
// a platform refuses the bot for good.
func (o *Outbox) Run(ctx context.Context) error {
	var group errgroup.Group
	group.SetLimit(workers)
	defer func() { _ = group.Wait() }()
	for {
		lanes, rest, err := o.lanes(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			o.log.Error("reading the outbox", "err", err)
			rest = time.Second
		}
		for _, lane := range lanes {
			if !o.take(lane) {
				continue
			}
			group.Go(func() error {
				worked := o.work(ctx, lane)
				if o.leave(lane) || worked { // other lanes may have waited for what was said in this one
					o.Poke()
				}
				return nil
			})
		}
		if err := o.stopped(); err != nil {
			return err
		}
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-o.poke:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Drain says everything that can be said now, edits included, and returns when
// nothing is left or what is left has to rest.
func (o *Outbox) Drain(ctx context.Context) error {
	for {
		lanes, _, err := o.lanes(ctx)
		if err != nil {
			return err
		}
		worked, busy := false, false
		for _, lane := range lanes {
			if !o.take(lane) {
				busy = true
				continue
			}
			worked = o.work(ctx, lane) || worked
			if o.leave(lane) {
				o.Poke()
			}
		}
		switch err := o.stopped(); {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case worked:
		case !busy:
			return nil
		default: // another goroutine is at it
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
}

// work says what one lane has to say until it is empty or has to rest, and tells
// whether it got anywhere.
func (o *Outbox) work(ctx context.Context, lane string) (worked bool) {
	for ctx.Err() == nil && o.stopped() == nil {
		more, err := o.step(ctx, lane)
		if err != nil {
			if ctx.Err() == nil {
				o.log.Error("outbox", "lane", lane, "err", err)
				o.restAfter(lane, 0)
			}
			return worked
		}
		if !more {
			return worked
		}
		worked = true
	}
	return worked
}
