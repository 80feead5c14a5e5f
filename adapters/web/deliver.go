package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// What people write is put into a durable queue in the deed that keeps it, and
// leaves the queue when the bot has taken it. Each person's words go in order;
// one whose words are not taken holds up nobody else.

// How long to wait before offering something again: at first, and at most.
const (
	firstPause = 50 * time.Millisecond
	longPause  = 5 * time.Second
)

func enqueue(tx store.Tx, d delivery) error {
	id, err := nextID(tx, "q")
	if err != nil {
		return err
	}
	return queue.Put(tx, queueID(id), d)
}

// Listen hands what people say to in, and lets them give commands, until ctx
// ends. What could not be handed over before comes first. It is an error to
// listen twice at once.
func (w *Workspace) Listen(ctx context.Context, in chat.Inbox) error {
	ctx, stop := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer stop()

	w.mu.Lock()
	if w.inbox != nil {
		w.mu.Unlock()
		return errors.New("somebody listens to the local workspace already")
	}
	w.inbox = in
	w.wake = func(person string) { // called with w.mu held
		if w.working[person] || ctx.Err() != nil {
			return
		}
		w.working[person] = true
		workers.Go(func() { w.drain(ctx, in, person) })
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.inbox, w.wake = nil, nil
		w.mu.Unlock()
	}()

	waiting, err := w.meetEverybody(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	for person := range waiting {
		w.deliver(person)
	}
	w.hub.tell(change{kind: "people"})
	w.runFast(ctx)
	return nil
}

// meetEverybody introduces all people anew, since the bot may have begun with an
// empty store, and gives everybody who has something waiting.
func (w *Workspace) meetEverybody(ctx context.Context) (waiting map[string]bool, err error) {
	err = w.store.Update(ctx, func(tx store.Tx) error {
		waiting = map[string]bool{}
		for row, err := range queue.All(tx) {
			if err != nil {
				return err
			}
			waiting[row.Value.Person] = true
		}
		all, err := everybody(tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if !waiting[p.Profile.User.ID] {
				if err := enqueue(tx, delivery{Person: p.Profile.User.ID, Meet: &p.Profile}); err != nil {
					return err
				}
				waiting[p.Profile.User.ID] = true
			}
		}
		return nil
	})
	return waiting, err
}

// deliver starts handing over what waits of a person, if somebody listens.
func (w *Workspace) deliver(person string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wake != nil {
		w.wake(person)
	}
}

// drain hands over what waits of one person, in order, until nothing does.
func (w *Workspace) drain(ctx context.Context, in chat.Inbox, person string) {
	pause := firstPause
	for {
		more, err := w.handOver(ctx, in, person)
		if err == nil && !more {
			// Something may have come since the look; it found this worker at
			// work and left it to it.
			w.mu.Lock()
			if more, err = w.waits(ctx, person); err == nil && !more {
				delete(w.working, person)
				w.mu.Unlock()
				return
			}
			w.mu.Unlock()
		}
		if err == nil {
			pause = firstPause
			continue
		}
		if ctx.Err() == nil {
			w.o.Log.Warn("the bot did not take what somebody said; trying again", "person", person, "pause", pause, "error", err)
		}
		select {
		case <-ctx.Done():
			w.mu.Lock()
			delete(w.working, person)
			w.mu.Unlock()
			return
		case <-time.After(pause):
			pause = min(2*pause, longPause)
		}
	}
}

func (w *Workspace) waits(ctx context.Context, person string) (found bool, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		_, found, err = store.First(queue.By(tx, "by person", person))
		return err
	})
	return found, err
}

// handOver delivers the oldest thing that waits of a person.
func (w *Workspace) handOver(ctx context.Context, in chat.Inbox, person string) (more bool, err error) {
	var row store.Row[queueID, delivery]
	err = w.store.View(ctx, func(tx store.Tx) error {
		row, more, err = store.First(queue.By(tx, "by person", person))
		return err
	})
	if err != nil || !more {
		return more, err
	}
	if d := row.Value; d.Said != nil {
		err = in.Hear(ctx, *d.Said)
	} else if d.Meet != nil {
		err = in.Meet(ctx, *d.Meet)
	}
	if err != nil {
		return true, err
	}
	if err := w.store.Update(ctx, func(tx store.Tx) error { return queue.Delete(tx, row.ID) }); err != nil {
		return true, err
	}
	w.mu.Lock()
	close(w.progress)
	w.progress = make(chan struct{})
	w.mu.Unlock()
	return true, nil
}

// Settle waits until the bot has taken everything that people said so far, or
// ctx ends. What they say meanwhile is not waited for: people who go on talking
// would never let it return.
func (w *Workspace) Settle(ctx context.Context) error {
	var last queueID
	err := w.store.View(ctx, func(tx store.Tx) error {
		for row, err := range queue.All(tx) {
			if err != nil {
				return err
			}
			last = row.ID // ids grow
		}
		return nil
	})
	for err == nil {
		w.mu.Lock()
		progress := w.progress
		w.mu.Unlock()
		left := false
		err = w.store.View(ctx, func(tx store.Tx) error {
			first, found, err := store.First(queue.All(tx))
			left = found && first.ID <= last
			return err
		})
		if err != nil || !left {
			return err
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

// listener gives whoever listens, or a refusal in words for people.
func (w *Workspace) listener() (chat.Inbox, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inbox == nil {
		return nil, refuse(503, "The bot is not here just now. Nothing you typed is lost; try again in a moment.")
	}
	return w.inbox, nil
}
