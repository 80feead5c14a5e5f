package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
)

// Do carries out what a person asked for, in one transaction with the mark of
// its event: a repeat gets the kept outcome.
func (b *Bot) Do(ctx context.Context, r chat.Request) (out chat.Outcome, err error) {
	defer b.poke()
	if b.deeds[r.Path].Anew {
		r.Event = ""
	}
	var draft Draft
	err = b.update(ctx, func(tx store.Tx) error {
		out, draft = chat.Outcome{}, Draft{}
		now := b.clock.Now()
		kept, ok, err := recall(tx, r.Profile.User.Workspace, r.Event)
		if err != nil || ok {
			out = kept
			return err
		}
		person, err := b.meet(tx, r.Profile, now)
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
// that was said. Of anything else nothing is kept, not even who wrote it.
func (b *Bot) Hear(ctx context.Context, s chat.Said) error {
	if s.Profile.Bot {
		return nil
	}
	defer b.poke()
	ours := false
	err := b.store.View(ctx, func(tx store.Tx) (err error) {
		_, _, ours, err = b.listener(tx, s)
		return err
	})
	if err == nil && ours {
		err = b.update(ctx, func(tx store.Tx) error {
			now := b.clock.Now()
			w := s.Address.Place.Workspace
			if _, ok, err := recall(tx, w, s.Event); err != nil || ok {
				return err
			}
			if err := b.hear(tx, s, now); err != nil {
				return err
			}
			return remember(tx, w, s.Event, chat.Outcome{}, now)
		})
	}
	if errors.Is(err, store.ErrTooLarge) { // as it will be however often it is handed in
		err = b.update(ctx, func(tx store.Tx) error { return b.tooLong(tx, s) })
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, outbox.ErrBeingSaid) {
		b.log.Error("not heard", "place", s.Address.Place.String(), "event", s.Event, "err", err)
	}
	return err
}

func (b *Bot) hear(tx store.Tx, s chat.Said, now time.Time) error {
	l, item, ours, err := b.listener(tx, s)
	if err != nil || !ours {
		return err
	}
	var person people.Person
	if s.Profile.User.ID != "" { // of a deletion it may not be known whose it was
		if person, err = b.meet(tx, s.Profile, now); err != nil {
			return err
		}
	} else if !s.Deleted {
		return fmt.Errorf("something was said by nobody: %s", s.Event)
	}
	zone, err := cohorts.ZoneOf(tx, person)
	if err != nil {
		return err
	}
	h := deeds.Heard{Said: s, Now: now, Person: person, Zone: zone, Item: item}
	if l.Kind == deeds.DirectKind {
		for _, taker := range b.takers {
			takes, err := taker.Takes(tx, h)
			if err != nil {
				return err
			}
			if takes {
				return taker.Hear(tx, h)
			}
		}
	}
	return l.Hear(tx, h)
}

// listener finds who listens to what is said, and the item that it answers, if it
// answers one. False for what people say to each other.
func (b *Bot) listener(tx store.Tx, s chat.Said) (deeds.Listener, outbox.Item, bool, error) {
	var item outbox.Item
	at := s.Address.Place
	kind := deeds.DirectKind
	switch {
	case at.Thread != "":
		found, ok, err := outbox.At(tx, chat.Address{Place: at.Root(), ID: at.Thread})
		if err != nil {
			return deeds.Listener{}, item, false, err
		}
		if ok {
			item, kind = found, found.Kind
			break
		}
		// Somebody else's thread, unless ours is only being sent. In direct messages
		// it hangs under their own words, or under a reply, and is for the bot too.
		if err := outbox.NotBeingSaid(tx, at); err != nil || !at.IsDirect() {
			return deeds.Listener{}, item, false, err
		}
	case !at.IsDirect() && s.Deleted:
		kind = deeds.GoneKind
	case !at.IsDirect():
		return deeds.Listener{}, item, false, nil
	}
	l, ok := b.listeners[kind]
	if !ok && at.IsDirect() {
		l, ok = b.listeners[deeds.DirectKind]
	}
	return l, item, ok, nil
}

// Meet keeps what a platform says of a person. Of an account that was erased it keeps
// nothing: whoever has it is met when they do something themselves.
func (b *Bot) Meet(ctx context.Context, p chat.Profile) error {
	if p.Bot {
		return nil
	}
	return b.update(ctx, func(tx store.Tx) error {
		if gone, err := b.wasErased(tx, p.User); err != nil || gone {
			return err
		}
		_, err := people.Meet(tx, p, b.clock.Now())
		return err
	})
}

// meet gives the person who does something. Whoever had everything erased is new, and
// is told so.
func (b *Bot) meet(tx store.Tx, p chat.Profile, now time.Time) (people.Person, error) {
	back, err := b.wasErased(tx, p.User)
	if err != nil {
		return people.Person{}, err
	}
	person, err := people.Meet(tx, p, now)
	if err == nil && back {
		err = privacy.BeginAnew(tx, person, p.User, now)
	}
	return person, err
}

// strangers says of a person who was picked and is not known, because they had
// everything erased, no more than that: the platform gave a number in their place.
func (b *Bot) strangers(tx store.Tx, fields []chat.Field, answers chat.Answers, w chat.Workspace, faults chat.FieldErrors) error {
	for _, f := range fields {
		if _, wrong := faults[f.Name]; !wrong || f.Kind != chat.Person {
			continue
		}
		gone, err := b.wasErased(tx, chat.User{Workspace: w, ID: strings.TrimPrefix(answers[f.Name].Text(), "@")})
		if err != nil {
			return err
		}
		if gone {
			faults[f.Name] = "I don't know them here. Somebody is known to me once they use any of my commands themselves."
		}
	}
	return nil
}

// wasErased tells whether nobody is known by an account because they had everything
// erased.
func (b *Bot) wasErased(tx store.Tx, u chat.User) (bool, error) {
	if _, err := people.ByAccount(tx, u); !errors.Is(err, people.ErrUnknown) {
		return false, err
	}
	if pending, err := privacy.Pending(tx, u); err != nil || pending || b.erased == nil {
		return pending, err
	}
	return b.erased.Knows(u)
}

// update runs one deed's transaction; a panic in it ends this deed alone.
func (b *Bot) update(ctx context.Context, fn func(store.Tx) error) error {
	return b.store.Update(ctx, func(tx store.Tx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = store.Panicked(p)
			}
		}()
		return fn(tx)
	})
}
