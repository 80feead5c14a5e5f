package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/schedules"
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
			i.State = Pending
		}
	}
	var limited chat.RateLimited
	switch {
	case errors.As(fault, &limited):
		o.restAfter(lane, limited.After)
		return false, o.change(ctx, i.Key, again)
	case errors.Is(fault, chat.ErrFatal):
		o.stop(fault)
		return false, o.change(ctx, i.Key, again)
	case errors.Is(fault, chat.ErrClosed), errors.Is(fault, chat.ErrGone), errors.Is(fault, chat.ErrRefused):
		return true, o.giveUp(ctx, i, fault)
	}
	if i.Tries+1 >= maxTries {
		return true, o.giveUp(ctx, i, fault)
	}
	o.log.Warn("not said yet", "key", i.Key, "kind", i.Kind, "tries", i.Tries+1, "err", fault)
	o.restAfter(lane, 0)
	return false, o.change(ctx, i.Key, func(i *Item) {
		i.Tries++
		i.Fault = fault.Error()
		again(i)
	})
}

// giveUp marks an item as not to be delivered, and tells somebody.
func (o *Outbox) giveUp(ctx context.Context, i Item, fault error) error {
	o.log.Error("cannot be said", "key", i.Key, "kind", i.Kind, "place", i.Place.String(), "err", fault)
	return o.store.Update(ctx, func(tx store.Tx) error {
		i, err := Table.Get(tx, i.Key)
		if err != nil {
			return err
		}
		i.State, i.Fault = Failed, fault.Error()
		if errors.Is(fault, chat.ErrClosed) && i.Person != "" {
			i.State = Missed
		}
		if err := Table.Put(tx, i.Key, i); err != nil {
			return err
		}
		if i.Silent {
			return nil
		}
		return o.failed(tx, i, o.clock.Now())
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
		return true, o.upToDate(ctx, i, errors.Is(fault, chat.ErrGone))
	}
	o.restAfter(lane, 0)
	return false, o.change(ctx, i.Key, func(i *Item) { i.Tries++ })
}

// restAfter lets a lane rest: for so long, or where that is 0, a little longer
// each time in a row.
func (o *Outbox) restAfter(lane string, rest time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if rest <= 0 {
		b := o.delays[lane]
		if b == nil {
			b = backoff.NewExponentialBackOff()
			b.InitialInterval, b.MaxInterval = firstDelay, lastDelay
			o.delays[lane] = b
		}
		rest = b.NextBackOff()
	}
	o.after[lane] = schedules.System.Now().Add(rest)
}

func (o *Outbox) calm(lane string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.delays, lane)
	delete(o.after, lane)
}

func (o *Outbox) untilEdit(lane string) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.edited[lane].Add(editRest).Sub(schedules.System.Now())
}

func (o *Outbox) stop(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fatal = err
}

func (o *Outbox) stopped() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fatal
}
