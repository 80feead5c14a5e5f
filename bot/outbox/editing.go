package outbox

import (
	"context"
	"errors"
	"math"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

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
	if o.untilEdit(lane) > 0 {
		return false, nil
	}
	platform := o.platform(i.Place.Workspace)
	if platform == nil {
		return true, o.upToDate(ctx, i)
	}
	m, _, wanted, err := o.render(ctx, i)
	if err != nil {
		if o.ending(ctx, err) {
			return false, err
		}
		o.log.Error("cannot be rendered anew", "key", i.Key, "kind", i.Kind, "err", err)
		return true, o.upToDate(ctx, i) // it stands as it was
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
	if wanted {
		return true, o.upToDate(ctx, i)
	}
	return true, o.takenAway(ctx, i)
}

// upToDate takes off the marks that were there when the item was rendered.
func (o *Outbox) upToDate(ctx context.Context, i Item) error {
	o.calm(i.lane())
	seen := i.Stale
	return o.change(ctx, i, func(i *Item) { i.Stale, i.Tries = max(0, i.Stale-seen), 0 })
}

// takenAway drops an item. One that was marked while it was taken away is looked
// at again: perhaps it is to be said after all.
func (o *Outbox) takenAway(ctx context.Context, i Item) error {
	o.calm(i.lane())
	seen := i.Stale
	return o.change(ctx, i, func(i *Item) {
		i.State, i.Tries = Dropped, 0
		if i.Stale > seen {
			i.State, i.Address, i.Since = Pending, chat.Address{}, time.Time{}
		}
		i.Stale = 0
	})
}

func (o *Outbox) troubleEditing(ctx context.Context, lane string, i Item, fault error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	var limited chat.RateLimited
	switch {
	case errors.As(fault, &limited):
		o.restAfter(lane, limited.After)
		return false, nil
	case errors.Is(fault, chat.ErrFatal):
		o.stop(fault)
		return false, nil
	case errors.Is(fault, chat.ErrClosed), errors.Is(fault, chat.ErrGone), errors.Is(fault, chat.ErrRefused), i.Tries+1 >= maxTries:
		o.log.Warn("cannot be edited", "key", i.Key, "kind", i.Kind, "err", fault)
		if errors.Is(fault, chat.ErrGone) { // somebody took it away, and so it stays
			i.Stale = math.MaxInt
			return true, o.takenAway(ctx, i)
		}
		return true, o.upToDate(ctx, i)
	}
	o.restAfter(lane, 0)
	return false, o.change(ctx, i, func(i *Item) { i.Tries++ })
}
