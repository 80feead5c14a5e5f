package bot

import (
	"context"
	"errors"
	"time"

	"cohortbot/schedules"
)

// NextDue gives when the next job is due; with [Bot.RunDue] it makes the bot a
// [schedules.Queue].
func (b *Bot) NextDue(ctx context.Context) (time.Time, bool, error) { return b.queue.NextDue(ctx) }

// RunDue does what is due at now.
func (b *Bot) RunDue(ctx context.Context, now time.Time) error {
	err := b.queue.RunDue(ctx, now)
	b.outbox.Poke()
	b.copier.Poke()
	b.eraser.Poke()
	return err
}

// Live moves the clock to a later time as if it had been lived: from job to job,
// with everything said in between. It returns early when ctx ends.
func (b *Bot) Live(ctx context.Context, clock *schedules.Movable, to time.Time) error {
	for {
		if err := b.Settle(ctx); err != nil {
			return err
		}
		due, ok, err := b.queue.NextDue(ctx)
		if err != nil {
			return err
		}
		if !ok || due.After(to) {
			break
		}
		clock.MoveTo(due)
		if err := b.queue.RunDue(ctx, clock.Now()); err != nil {
			return err
		}
	}
	clock.MoveTo(to)
	b.poke()
	return nil
}

// Settle copies every file that can be copied now, says everything that can be
// said, and brings erasures to their end as far as that goes.
func (b *Bot) Settle(ctx context.Context) error {
	return errors.Join(b.copier.Drain(ctx), b.outbox.Drain(ctx), b.eraser.Drain(ctx))
}
