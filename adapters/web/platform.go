package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Serves tells whether w is this workspace.
func (w *Workspace) Serves(ws chat.Workspace) bool { return ws == Name }

// Send says something as the bot. The key is kept with the message in one deed,
// but a second Send under the same key posts a second message, as on any other
// platform: saying things once is the caller's part. Errors: chat.ErrGone for a
// place that is not there, chat.ErrClosed for somebody who takes no messages,
// chat.ErrRefused for what is too large to keep.
func (w *Workspace) Send(ctx context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	return w.faulty("send", to, func() (at chat.Address, err error) {
		if to.Calendar { // the local workspace keeps none
			return chat.Address{Place: to, ID: chat.NoCalendar}, to.Takes(m)
		}
		m = w.attached(m)
		err = w.store.Update(ctx, func(tx store.Tx) error {
			if err := mustReach(tx, to); err != nil {
				return err
			}
			kept := message{Place: to, Author: BotID, At: w.o.Clock.Now(), Body: m, Key: key}
			if kept.Body.Files, err = keepFiles(tx, m.Files); err != nil {
				return err
			}
			id, err := post(tx, kept)
			at = kept.address(id)
			return err
		})
		if err != nil {
			return chat.Address{}, portError(err)
		}
		w.changed(to, messageID(at.ID), "")
		return at, nil
	})
}

// Edit puts m in the place of a message of the bot's.
func (w *Workspace) Edit(ctx context.Context, at chat.Address, m chat.Message) error {
	_, err := w.faulty("edit", at.Place, func() (chat.Address, error) {
		place := at.Place
		if place.Calendar {
			return at, nil
		}
		m = w.attached(m)
		err := w.store.Update(ctx, func(tx store.Tx) error {
			old, err := ours(tx, at)
			if err != nil {
				return err
			}
			stood := old.Body.Files
			place, old.Body, old.Edited = old.Place, m, true
			if old.Body.Files, err = replaceFiles(tx, stood, m.Files); err != nil {
				return err
			}
			return messages.Put(tx, messageID(at.ID), old)
		})
		if err == nil {
			w.changed(place, messageID(at.ID), "")
		}
		return at, portError(err)
	})
	return err
}

// Delete takes a message of the bot's away.
func (w *Workspace) Delete(ctx context.Context, at chat.Address) error {
	_, err := w.faulty("delete", at.Place, func() (chat.Address, error) {
		place := at.Place
		if place.Calendar {
			return at, nil
		}
		err := w.store.Update(ctx, func(tx store.Tx) error {
			old, err := ours(tx, at)
			if errors.Is(err, chat.ErrGone) {
				return nil
			}
			if err != nil {
				return err
			}
			place = old.Place
			return remove(tx, messageID(at.ID), old)
		})
		if err == nil {
			w.changed(place, messageID(at.ID), "")
		}
		return at, portError(err)
	})
	return err
}

// Find looks for a message by the key that was kept with it. Its answer is
// always certain.
func (w *Workspace) Find(ctx context.Context, to chat.Place, key string, _ chat.Message, _ time.Time) (chat.Address, error) {
	return w.faulty("find", to, func() (at chat.Address, err error) {
		if to.Calendar {
			return chat.Address{Place: to, ID: chat.NoCalendar}, nil
		}
		err = w.store.View(ctx, func(tx store.Tx) error {
			for row, err := range messages.By(tx, "by key", key) {
				if err != nil {
					return err
				}
				if row.Value.Place == to {
					at = row.Value.address(row.ID)
					return nil
				}
			}
			return nil
		})
		return at, err
	})
}

// faulty does it, unless a test wants it to fail.
func (w *Workspace) faulty(op string, at chat.Place, do func() (chat.Address, error)) (chat.Address, error) {
	if w.o.Fault == nil {
		return do()
	}
	stored, fault := w.o.Fault(op, at)
	if fault == nil {
		return do()
	}
	if stored {
		if _, err := do(); err != nil {
			return chat.Address{}, err
		}
	}
	return chat.Address{}, fault
}

func mustReach(tx store.Tx, to chat.Place) error {
	var no Refused
	if err := mustBePlace(tx, to.User, to); errors.As(err, &no) {
		return fmt.Errorf("%w: %s", chat.ErrGone, to)
	} else if err != nil || !to.IsDirect() {
		return err
	}
	p, err := people.Get(tx, personID(to.User))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: %s", chat.ErrGone, to)
	case err == nil && p.Closed:
		return fmt.Errorf("%w: %s", chat.ErrClosed, to)
	}
	return err
}

// ours gives a message that the bot sent.
func ours(tx store.Tx, at chat.Address) (message, error) {
	m, err := messages.Get(tx, messageID(at.ID))
	if errors.Is(err, store.ErrNotFound) || err == nil && (m.Deleted || m.Place.Root() != at.Place.Root()) {
		return m, fmt.Errorf("%w: %s", chat.ErrGone, at)
	}
	if err == nil && (m.Author != BotID || m.For != "") {
		return m, fmt.Errorf("%w: %s is not the bot's", chat.ErrRefused, at)
	}
	return m, err
}

func portError(err error) error {
	if errors.Is(err, store.ErrTooLarge) {
		return fmt.Errorf("%w: %w", chat.ErrRefused, err)
	}
	return err
}
