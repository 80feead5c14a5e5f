package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

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
		if o.ending(ctx, err) {
			return false, err
		}
		return true, o.giveUp(ctx, i, err) // trying again makes no better words of it
	}
	call, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if !fresh {
		asked := m
		if i.Words != nil {
			asked = *i.Words
		}
		at, err := platform.Find(call, to, i.Key, asked, i.Since)
		if err != nil {
			return o.trouble(ctx, lane, i, true, err)
		}
		if !at.IsZero() {
			return true, o.sent(ctx, i, at, wanted)
		}
	}
	if !wanted {
		return true, o.change(ctx, i, func(i *Item) { i.State, i.Words = Dropped, nil })
	}
	if begun, err := o.begin(ctx, i, m); err != nil || !begun {
		return err == nil, err
	}
	at, err := platform.Send(call, to, i.Key, m)
	if err != nil {
		// A call that ran into its deadline may have been carried out all the same.
		unclear := errors.Is(err, chat.ErrUnclear) || errors.Is(err, context.DeadlineExceeded)
		return o.trouble(ctx, lane, i, unclear, err)
	}
	return true, o.sent(ctx, i, at, true)
}

// next gives the first item of a lane. fresh tells that it certainly has not been
// said before.
func (o *Outbox) next(ctx context.Context, lane string) (i Item, fresh bool, err error) {
	err = o.store.View(ctx, func(tx store.Tx) error {
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
		return nil
	})
	return i, i.State == Pending, err
}

// begin commits that an item is being sent, and with which words, before the
// platform is called. False where the item was forgotten meanwhile.
func (o *Outbox) begin(ctx context.Context, i Item, m chat.Message) (begun bool, err error) {
	now := o.clock.Now()
	words := m
	words.Files = slices.Clone(m.Files)
	for n := range words.Files {
		words.Files[n].Data = nil // no platform knows a message by its files
	}
	err = o.store.Update(ctx, func(tx store.Tx) error {
		i, ok, err := current(tx, i)
		if begun = ok; err != nil || !ok {
			return err
		}
		i.State, i.Words = Sending, &words
		if i.Since.IsZero() {
			i.Since = now
		}
		return Table.Put(tx, i.Key, i)
	})
	return begun, err
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
				err = fmt.Errorf("rendering %s: %w", i.Kind, store.Panicked(p))
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

// sent keeps where an item stands. One that was found though it is no longer
// wanted is looked at again, to be taken away.
func (o *Outbox) sent(ctx context.Context, i Item, at chat.Address, wanted bool) error {
	o.calm(i.lane())
	return o.change(ctx, i, func(i *Item) {
		i.State, i.Address, i.Tries, i.Fault, i.Words = Sent, at, 0, "", nil
		if !wanted {
			i.Stale++
		}
	})
}

// change changes an item as it stands now, if it is still there.
func (o *Outbox) change(ctx context.Context, i Item, fn func(*Item)) error {
	return o.store.Update(ctx, func(tx store.Tx) error {
		i, ok, err := current(tx, i)
		if err != nil || !ok {
			return err
		}
		fn(&i)
		return Table.Put(tx, i.Key, i)
	})
}

// current gives an item as it stands now; false where it was forgotten
// meanwhile, even if its occasion has been put in anew.
func current(tx store.Tx, i Item) (Item, bool, error) {
	now, ok, err := Table.Find(tx, i.Key)
	return now, ok && now.Order == i.Order, err
}

func (o *Outbox) platform(w chat.Workspace) chat.Platform {
	for _, p := range o.platforms {
		if p.Serves(w) {
			return p
		}
	}
	return nil
}
