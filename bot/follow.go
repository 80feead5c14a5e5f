package bot

import (
	"context"
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Follow opens the deed behind a link, for somebody without an account: what they
// would see if it were a button. Opening does nothing but show; event makes a
// repeat give the same. A link that opens once shows nothing by itself, see
// [Bot.Enter]. The error is [links.ErrNone] where no link is open by the token.
//
// What they do then comes in by [Bot.Do], as the guest of the link.
func (b *Bot) Follow(ctx context.Context, token, event string) (links.Link, chat.Outcome, error) {
	l, err := b.Linked(ctx, token)
	if err != nil || l.Once {
		return l, chat.Outcome{}, err
	}
	out, err := b.Do(ctx, chat.Request{
		Event: event, Profile: chat.Profile{User: l.Guest()}, At: chat.Direct(l.Guest()), Path: l.Command, Record: l.Record,
	})
	return l, out, err
}

// Linked gives the link that is open by a token, or [links.ErrNone].
func (b *Bot) Linked(ctx context.Context, token string) (l links.Link, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		l, err = links.Open(tx, token, b.clock.Now())
		return err
	})
	return l, err
}

// Repeated gives what came of an event on the page of a link before, though the link
// may be over since: for who pressed twice. False where nothing did.
func (b *Bot) Repeated(ctx context.Context, event string) (out chat.Outcome, known bool, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		out, known, err = recall(tx, links.Guests, event)
		return err
	})
	return out, known, err
}

// Opened gives a form that was opened for an account and not handed in yet: its
// questions, as they were shown. False where there is none, or none any more.
func (b *Bot) Opened(ctx context.Context, u chat.User, id chat.FormID) (f chat.Form, open bool, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		p, err := people.ByAccount(tx, u)
		if errors.Is(err, people.ErrUnknown) {
			return nil
		}
		if err != nil {
			return err
		}
		d, err := drafts.Get(tx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && (d.Person != p.ID || d.Form == nil || d.Done != nil) {
			return nil
		}
		if err == nil {
			f, open = *d.Form, true
		}
		return err
	})
	return f, open, err
}

// guestMay refuses whoever came by a link all but what the link is for, on the
// record that it is about.
func guestMay(tx store.Tx, deed deeds.Deed, d *Draft, u chat.User, now time.Time) error {
	l, err := links.Of(tx, u, now)
	if err != nil && !errors.Is(err, links.ErrNone) {
		return err
	}
	if err == nil && deed.Role == chat.Guest && !deed.Scoped && (deed.Path == l.Command || deed.Via == l.Command) && d.Record == l.Record {
		return nil
	}
	return &deeds.Error{
		Code: deeds.Forbidden, Err: errors.New("not what the link is for"),
		Say: "This can't be done from here. Open the link again that you were given; if it no longer works, ask whoever gave it to you for a new one.",
	}
}
