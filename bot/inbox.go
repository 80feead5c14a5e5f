package bot

import (
	"context"
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Do carries out what a person asked for, in one transaction with the mark of
// its event: a repeat gets the kept outcome.
func (b *Bot) Do(ctx context.Context, r chat.Request) (out chat.Outcome, err error) {
	defer b.poke()
	var draft Draft
	err = b.update(ctx, func(tx store.Tx) error {
		out, draft = chat.Outcome{}, Draft{}
		now := b.clock.Now()
		kept, ok, err := recall(tx, r.Profile.User.Workspace, r.Event)
		if err != nil || ok {
			out = kept
			return err
		}
		person, err := people.Meet(tx, r.Profile, now)
		if err != nil {
			return err
		}
		draft, err = b.begin(tx, r, person, now)
		if err != nil {
			return err
		}
		if out, err = b.proceed(tx, r, person, &draft, now); err != nil {
			return err
		}
		if err := b.showMissed(tx, person, &out, now); err != nil {
			return err
		}
		return remember(tx, r.Profile.User.Workspace, r.Event, out, now)
	})
	if err == nil {
		return out, nil
	}
	if ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
		return chat.Outcome{}, err
	}
	return b.refuse(ctx, r, draft, err)
}

// Hear keeps what a person wrote, changed or deleted, where it answers something
// that was said.
func (b *Bot) Hear(ctx context.Context, s chat.Said) error {
	defer b.poke()
	err := b.update(ctx, func(tx store.Tx) error {
		now := b.clock.Now()
		w := s.Profile.User.Workspace
		if _, ok, err := recall(tx, w, s.Event); err != nil || ok {
			return err
		}
		if err := b.hear(tx, s, now); err != nil {
			return err
		}
		return remember(tx, w, s.Event, chat.Outcome{}, now)
	})
	if errors.Is(err, store.ErrTooLarge) { // as it will be however often it is handed in
		err = b.update(ctx, func(tx store.Tx) error { return b.tooLong(tx, s) })
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, outbox.ErrBeingSaid) {
		b.log.Error("not heard", "place", s.Address.Place.String(), "event", s.Event, "err", err)
	}
	return err
}

func (b *Bot) hear(tx store.Tx, s chat.Said, now time.Time) error {
	person, err := people.Meet(tx, s.Profile, now)
	if err != nil {
		return err
	}
	h := deeds.Heard{Said: s, Now: now, Person: person, Zone: person.ZoneOr(schedules.Zone{})}
	kind := deeds.DirectKind
	if thread := s.Address.Place.Thread; thread != "" {
		item, ok, err := outbox.At(tx, chat.Address{Place: s.Address.Place.Root(), ID: thread})
		if err != nil {
			return err
		}
		if !ok {
			return outbox.NotBeingSaid(tx, s.Address.Place) // somebody else's thread, unless ours is only being sent
		}
		h.Item, kind = item, item.Kind
	} else if !s.Address.Place.IsDirect() {
		return nil // what people say to each other in a channel is theirs
	}
	l, ok := b.listeners[kind]
	if !ok {
		l, ok = b.listeners[deeds.DirectKind]
		if !ok || !s.Address.Place.IsDirect() {
			return nil
		}
	}
	return l.Hear(tx, h)
}

// Meet keeps what a platform says of a person.
func (b *Bot) Meet(ctx context.Context, p chat.Profile) error {
	if p.Bot {
		return nil
	}
	return b.update(ctx, func(tx store.Tx) error {
		_, err := people.Meet(tx, p, b.clock.Now())
		return err
	})
}

// update runs one deed's transaction; a panic in it ends this deed alone.
func (b *Bot) update(ctx context.Context, fn func(store.Tx) error) error {
	return b.store.Update(ctx, func(tx store.Tx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = panicked(p)
			}
		}()
		return fn(tx)
	})
}
