package outbox

import (
	"context"
	"errors"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// trouble decides what becomes of an item whose sending failed. said tells that
// it may have been said; it then stays in sending, and is looked for before it is
// tried again. True means that the lane can go on at once.
func (o *Outbox) trouble(ctx context.Context, lane string, i Item, said bool, fault error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err() // it stays in sending and is looked for at the next start
	}
	again := func(i *Item) {
		if !said {
			i.State, i.Words = Pending, nil
		}
	}
	var limited chat.RateLimited
	switch {
	case errors.As(fault, &limited):
		o.restAfter(lane, limited.After)
		return false, o.change(ctx, i, again)
	case errors.Is(fault, chat.ErrFatal):
		o.stop(fault)
		return false, o.change(ctx, i, again)
	case errors.Is(fault, chat.ErrClosed), errors.Is(fault, chat.ErrGone), errors.Is(fault, chat.ErrRefused):
		return true, o.giveUp(ctx, i, fault)
	}
	limit := maxTries
	if errors.Is(fault, chat.ErrUnclear) {
		limit = maxUnclear
	}
	if i.Tries+1 >= limit {
		return true, o.giveUp(ctx, i, fault)
	}
	o.log.Warn("not said yet", "key", i.Key, "kind", i.Kind, "tries", i.Tries+1, "err", fault)
	o.restAfter(lane, 0)
	return false, o.change(ctx, i, func(i *Item) {
		i.Tries++
		i.Fault = fault.Error()
		again(i)
	})
}

// giveUp marks an item as not to be delivered, and tells somebody. Where even
// that fails, the item is marked all the same, so that it blocks nothing.
func (o *Outbox) giveUp(ctx context.Context, i Item, fault error) error {
	o.log.Error("cannot be said", "key", i.Key, "kind", i.Kind, "place", i.Place.String(), "err", fault)
	o.calm(i.lane())
	mark := func(tx store.Tx, tell bool) error {
		i, ok, err := current(tx, i)
		if err != nil || !ok {
			return err
		}
		i.State, i.Fault, i.Words = Failed, fault.Error(), nil
		if errors.Is(fault, chat.ErrClosed) && i.Person != "" {
			i.State = Missed
		}
		if err := Table.Put(tx, i.Key, i); err != nil || !tell {
			return err
		}
		return o.failed(tx, i, o.clock.Now())
	}
	err := o.store.Update(ctx, func(tx store.Tx) error { return mark(tx, !i.Silent) })
	if err == nil || o.ending(ctx, err) {
		return err
	}
	o.log.Error("nobody could be told", "key", i.Key, "kind", i.Kind, "err", err)
	return o.store.Update(ctx, func(tx store.Tx) error { return mark(tx, false) })
}

// ending tells whether an error only means that the program stops.
func (o *Outbox) ending(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, store.ErrClosed)
}

func (o *Outbox) stop(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fatal = err
	o.Poke()
}

func (o *Outbox) stopped() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fatal
}
