package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/interest"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
)

// Replay erases again whoever the ledger names and the store has, or has again
// since a backup was put back. It gives how many those were. [New] does it before
// anything else can happen, and the eraser brings to its end what fails of it.
func (b *Bot) Replay(ctx context.Context) (again int, err error) {
	if b.erased != nil {
		again, err = b.replay(ctx, b.erased)
	}
	if err != nil {
		return again, err
	}
	if err := b.privacy.Finish(ctx, b.store, b.clock.Now()); err != nil {
		b.log.Error("an erasure could not be brought to its end; it is tried again", "err", err)
	}
	return again, nil
}

// ReplayFrom is [Bot.Replay] by another ledger than the bot's own, for a store that
// is to be put back somewhere: what fails of it is an error.
func (b *Bot) ReplayFrom(ctx context.Context, ledger privacy.Ledger) (again int, err error) {
	if again, err = b.replay(ctx, ledger); err != nil {
		return again, err
	}
	return again, b.privacy.Finish(ctx, b.store, b.clock.Now())
}

func (b *Bot) replay(ctx context.Context, ledger privacy.Ledger) (again int, err error) {
	again, err = privacy.Replay(ctx, b.store, b.privacy, ledger, b.clock.Now())
	if again > 0 {
		b.log.Warn("people who had their data erased were in the store again; they are erased from it", "people", again)
	}
	return again, err
}

// Copy opens the copy of what is held about somebody, behind the secret of its
// address. Its error is [links.ErrNone] where none is open by the token.
func (b *Bot) Copy(ctx context.Context, token string) (write func(context.Context, io.Writer) error, err error) {
	var c privacy.Copy
	err = b.store.View(ctx, func(tx store.Tx) error {
		now := b.clock.Now()
		l, err := links.Open(tx, token, now)
		if err != nil {
			return err
		}
		if l.Command != privacy.ExportPath {
			return links.ErrNone
		}
		c, err = b.privacy.Gather(tx, people.ID(l.Record), now)
		return err
	})
	return func(ctx context.Context, w io.Writer) error {
		_, err := c.Write(ctx, w, b.files, 0)
		return err
	}, err
}

// forgetInterest takes what is said of an interest out of what is kept for a while
// beside the records, and remembers by each of its names that it was taken back.
// person is who took it back. Of others' forms those go that it could be chosen in.
func forgetInterest(tx store.Tx, person people.ID, names []string, now time.Time) error {
	for row, err := range drafts.All(tx) {
		if err != nil {
			return err
		}
		d, err := json.Marshal(row.Value)
		if err != nil {
			return err
		}
		if row.Value.Person == person || slices.ContainsFunc(names, func(n string) bool { return bytes.Contains(d, []byte(interest.Bare(n))) }) {
			if err := drafts.Delete(tx, row.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range names {
		if err := privacy.Forget(tx, n, now); err != nil {
			return err
		}
	}
	return blankEvents(tx)
}

// blank takes the place of what was answered.
func blank() *chat.Outcome {
	out := chat.Say("That is done. I no longer have what I answered.")
	return &out
}
