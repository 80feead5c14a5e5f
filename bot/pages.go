package bot

import (
	"cmp"
	"context"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/interest"
	"cohortbot/bot/links"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
	"cohortbot/schedules"
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

// Asked gives the questions of the public page on which anybody registers interest in
// a programme; false where there is no such page. It reads and keeps nothing.
func (b *Bot) Asked(programme string) (chat.Form, bool) { return b.interest.Asks(programme) }

// HandedIn keeps what somebody without an account gave on that page, or says what is
// to be looked at. event makes a repeat give the same.
func (b *Bot) HandedIn(ctx context.Context, programme, event string, answers chat.Answers) (out chat.Outcome, err error) {
	form, ok := b.interest.Asks(programme)
	if !ok {
		return out, links.ErrNone
	}
	defer b.poke()
	err = b.update(ctx, func(tx store.Tx) error {
		now := b.clock.Now()
		kept, ok, err := recall(tx, links.Guests, event)
		if err != nil || ok {
			out = kept
			return err
		}
		given, faults, err := deeds.Reading{Tx: tx, Now: now, Workspace: links.Guests, Zone: schedules.Zone{}}.Understand(form.Fields, answers)
		if err != nil {
			return err
		}
		for _, f := range deeds.Missing(form.Fields, given) {
			if faults == nil {
				faults = chat.FieldErrors{}
			}
			faults[f.Name] = cmp.Or(faults[f.Name], "This one is needed."+exampleOf(f))
		}
		if name, fault := interest.Fault(given); fault != "" && len(faults) > 0 { // all at once: who is at a page comes once
			faults[name] = cmp.Or(faults[name], fault)
		}
		if len(faults) > 0 {
			out = chat.Outcome{Errors: faults}
			return nil
		}
		m, err := b.interest.HandIn(tx, programme, given, now)
		if err != nil {
			return err
		}
		out = chat.Answering(m)
		return remember(tx, links.Guests, event, out, now)
	})
	if e, refused := deeds.As(err); refused {
		if e.Field != "" {
			return chat.Outcome{Errors: chat.FieldErrors{e.Field: e.Say}}, nil
		}
		return chat.Say("**Not kept**\n\n" + e.Say), nil
	}
	return out, err
}
