package bot

import (
	"context"

	"cohortbot/bot/chat"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
)

// This file is what the bot's pages show: what people without an account read, by
// an address that only they were given.

// Subscribed gives the calendar behind the secret of its address: the cohort's
// name and its sessions. False where there is none, or none any more.
func (b *Bot) Subscribed(ctx context.Context, token string) (name string, events []chat.Event, ok bool, err error) {
	err = b.store.View(ctx, func(tx store.Tx) (err error) {
		name, events, ok, err = sessions.Subscribed(tx, token, b.clock.Now())
		return err
	})
	return name, events, ok, err
}
