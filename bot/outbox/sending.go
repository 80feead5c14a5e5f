package outbox

import (
	"context"
	"errors"
	"fmt"
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
	store     store.Store
	clock     schedules.Clock
	platforms []chat.Platform
	reasons   map[string]Reason
	log       *slog.Logger
	failed    func(tx store.Tx, i Item, now time.Time) error

	poke chan struct{}

	mu     sync.Mutex
	busy   map[string]bool      // lanes that are being worked on
	after  map[string]time.Time // lanes that rest, in real time
	delays map[string]*backoff.ExponentialBackOff
	edited map[string]time.Time // when a lane was last edited, in real time
	fatal  error
}

// How an outbox goes about it. All are spans of real time.
const (
	workers    = 32               // lanes worked on at once
	callLimit  = 30 * time.Second // one call of a platform
	editRest   = time.Second      // between two edits in one place: what changes meanwhile is one edit
	maxTries   = 12               // of one item, with backoff between
	firstDelay = 500 * time.Millisecond
	lastDelay  = 5 * time.Minute
)

// New makes an outbox. failed is called, in the transaction that gives an item
// up, to tell somebody who can act.
func New(s store.Store, clock schedules.Clock, platforms []chat.Platform, reasons []Reason, log *slog.Logger,
	failed func(store.Tx, Item, time.Time) error,
) *Outbox {
	o := &Outbox{
		store: s, clock: clock, platforms: platforms, reasons: map[string]Reason{}, log: log, failed: failed,
		poke: make(chan struct{}, 1), busy: map[string]bool{}, after: map[string]time.Time{},
		delays: map[string]*backoff.ExponentialBackOff{}, edited: map[string]time.Time{},
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
				o.work(ctx, lane)
				o.leave(lane)
				o.Poke() // what came in while the lane was busy
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
		if len(lanes) == 0 {
			return o.stopped()
		}
		idle := true
		for _, lane := range lanes {
			if o.take(lane) {
				o.work(ctx, lane)
				o.leave(lane)
				idle = false
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if idle { // another goroutine is at it
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
}

// lanes gives the places that have something to say and do not rest, and how
// long until the first that rests is to be looked at again.
func (o *Outbox) lanes(ctx context.Context) (ready []string, rest time.Duration, err error) {
	seen := map[string]bool{}
	rest = time.Minute
	err = o.store.View(ctx, func(tx store.Tx) error {
		for _, index := range []string{"lane", "stale"} {
			from := []byte(nil)
			for {
				row, ok, err := store.First(Table.Range(tx, index, from, nil, false))
				if err != nil {
					return err
				}
				if !ok {
					break
				}
				lane := row.Value.lane()
				seen[lane] = true
				from = store.PrefixEnd(store.Key(lane))
			}
		}
		return nil
	})
	if err != nil {
		return nil, rest, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := schedules.System.Now()
	for lane := range seen {
		if wait := o.after[lane].Sub(now); wait > 0 {
			rest = min(rest, wait)
			continue
		}
		ready = append(ready, lane)
	}
	return ready, rest, nil
}

func (o *Outbox) take(lane string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[lane] {
		return false
	}
	o.busy[lane] = true
	return true
}

func (o *Outbox) leave(lane string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, lane)
}

// work says what one lane has to say until it is empty or has to rest.
func (o *Outbox) work(ctx context.Context, lane string) {
	for ctx.Err() == nil && o.stopped() == nil {
		more, err := o.step(ctx, lane)
		if err != nil {
			if ctx.Err() == nil {
				o.log.Error("outbox", "lane", lane, "err", err)
				o.restAfter(lane, 0)
			}
			return
		}
		if !more {
			return
		}
	}
}

// step says or edits one item. False means that the lane is empty or rests.
func (o *Outbox) step(ctx context.Context, lane string) (bool, error) {
	i, fresh, err := o.next(ctx, lane)
	if err != nil {
		return false, err
	}
	if i.Key == "" {
		return o.edit(ctx, lane)
	}
	platform := o.platform(i.Place.Workspace)
	if platform == nil {
		return true, o.giveUp(ctx, i, fmt.Errorf("no platform serves %s: %w", i.Place.Workspace, chat.ErrGone))
	}
	m, to, wanted, err := o.render(ctx, i)
	if err != nil {
		return o.trouble(ctx, lane, i, !fresh, err)
	}
	call, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if !fresh {
		at, err := platform.Find(call, to, i.Key, m, i.Since)
		if err != nil {
			return o.trouble(ctx, lane, i, true, err)
		}
		if !at.IsZero() {
			return true, o.sent(ctx, i, at)
		}
	}
	if !wanted {
		return true, o.change(ctx, i.Key, func(i *Item) { i.State = Dropped })
	}
	at, err := platform.Send(call, to, i.Key, m)
	if err != nil {
		// A call that ran into its deadline may have been carried out all the same.
		unclear := errors.Is(err, chat.ErrUnclear) || errors.Is(err, context.DeadlineExceeded)
		return o.trouble(ctx, lane, i, unclear, err)
	}
	return true, o.sent(ctx, i, at)
}

// next takes the first item of a lane and commits that it is being sent. fresh
// tells that it certainly has not been said before.
func (o *Outbox) next(ctx context.Context, lane string) (i Item, fresh bool, err error) {
	err = o.store.Update(ctx, func(tx store.Tx) error {
		i, fresh = Item{}, false
		for row, err := range Table.By(tx, "lane", lane) {
			if err != nil {
				return err
			}
			if row.Value.State == Pending {
				if _, wait, err := under(tx, row.Value); err != nil {
					return err
				} else if wait {
					continue
				}
			}
			i = row.Value
			break
		}
		if i.Key == "" || i.State == Sending {
			return nil
		}
		now := o.clock.Now()
		fresh = true
		i.State = Sending
		if i.Since.IsZero() {
			i.Since = now
		}
		return Table.Put(tx, i.Key, i)
	})
	return i, fresh, err
}

// render makes the words of an item and finds the thread it goes to.
func (o *Outbox) render(ctx context.Context, i Item) (m chat.Message, to chat.Place, wanted bool, err error) {
	reason, ok := o.reasons[i.Kind]
	if !ok {
		return m, i.Place, false, fmt.Errorf("no reason is called %q", i.Kind)
	}
	now := o.clock.Now()
	err = o.store.View(ctx, func(tx store.Tx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("rendering %s: panic: %v", i.Kind, p)
			}
		}()
		to = i.Place
		if to.Thread, _, err = under(tx, i); err != nil {
			return err
		}
		if !i.Until.IsZero() && now.After(i.Until) && i.State != Sent {
			return nil
		}
		m, wanted, err = reason.Render(tx, i, now)
		return err
	})
	if errors.Is(err, store.ErrNotFound) { // what it is about is gone
		return m, to, false, nil
	}
	return m, to, wanted, err
}

// edit brings one stale message of a lane up to date.
func (o *Outbox) edit(ctx context.Context, lane string) (bool, error) {
	var i Item
	err := o.store.View(ctx, func(tx store.Tx) error {
		row, _, err := store.First(Table.By(tx, "stale", lane))
		i = row.Value
		return err
	})
	if err != nil || i.Key == "" {
		return false, err
	}
	if wait := o.untilEdit(lane); wait > 0 {
		o.restAfter(lane, wait)
		return false, nil
	}
	platform := o.platform(i.Place.Workspace)
	if platform == nil {
		return true, o.upToDate(ctx, i, false)
	}
	m, _, wanted, err := o.render(ctx, i)
	if err != nil {
		return o.troubleEditing(ctx, lane, i, err)
	}
	call, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if wanted {
		err = platform.Edit(call, i.Address, m)
	} else {
		err = platform.Delete(call, i.Address)
	}
	o.mu.Lock()
	o.edited[lane] = schedules.System.Now()
	o.mu.Unlock()
	if err != nil {
		return o.troubleEditing(ctx, lane, i, err)
	}
	return true, o.upToDate(ctx, i, !wanted)
}

// upToDate takes off the marks that were there when the item was rendered.
func (o *Outbox) upToDate(ctx context.Context, i Item, gone bool) error {
	o.calm(i.lane())
	seen := i.Stale
	return o.change(ctx, i.Key, func(i *Item) {
		i.Stale = max(0, i.Stale-seen)
		if gone {
			i.State = Dropped
		}
	})
}

func (o *Outbox) sent(ctx context.Context, i Item, at chat.Address) error {
	o.calm(i.lane())
	return o.change(ctx, i.Key, func(i *Item) {
		i.State, i.Address, i.Tries, i.Fault = Sent, at, 0, ""
	})
}

func (o *Outbox) change(ctx context.Context, key string, fn func(*Item)) error {
	return o.store.Update(ctx, func(tx store.Tx) error {
		i, err := Table.Get(tx, key)
		if err != nil {
			return err
		}
		fn(&i)
		return Table.Put(tx, key, i)
	})
}

func (o *Outbox) platform(w chat.Workspace) chat.Platform {
	for _, p := range o.platforms {
		if p.Serves(w) {
			return p
		}
	}
	return nil
}
