package bot

import (
	"context"

	"cohortbot/bot/chat"
	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

// Follow opens the deed behind a link, for somebody without an account: what they
// would see if it were a button. Opening does nothing but show; event makes a
// repeat give the same. The error is [links.ErrNone] where no link is open by the
// token.
//
// What they do then comes in by [Bot.Do], as the guest of the link.
func (b *Bot) Follow(ctx context.Context, token, event string) (links.Link, chat.Outcome, error) {
	l, err := b.Linked(ctx, token)
	if err != nil {
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
