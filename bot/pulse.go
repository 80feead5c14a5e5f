package bot

import (
	"context"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// Pulse is how the queues do at one moment of the civil clock.
type Pulse struct {
	Unsaid    int           // messages that wait to be said, [pulseMost] at most
	UnsaidAge time.Duration // how long the oldest of them has waited
	Due       int           // jobs that are due and not done yet, [pulseMost] at most
	Overdue   time.Duration // how long the oldest of them has been due
	Parked    int           // jobs that failed for good, [pulseMost] at most
}

// pulseMost bounds what is counted: more is a number of its own.
const pulseMost = 10_000

// Alive fails where the store takes no changes any more.
func (b *Bot) Alive(ctx context.Context) error {
	return b.store.Update(ctx, func(store.Tx) error { return nil })
}

// Pulse looks at the queues.
func (b *Bot) Pulse(ctx context.Context) (p Pulse, err error) {
	now := b.clock.Now()
	err = b.store.View(ctx, func(tx store.Tx) error {
		p = Pulse{}
		for row, err := range outbox.Table.By(tx, "lane") {
			if err != nil {
				return err
			}
			if p.Unsaid++; p.Unsaid >= pulseMost {
				break
			}
			if id, err := uuid.Parse(row.Value.Order); err == nil { // it begins with when it was made
				sec, nsec := id.Time().UnixTime()
				p.UnsaidAge = max(p.UnsaidAge, now.Sub(time.Unix(sec, nsec)))
			}
		}
		for row, err := range jobs.Table.Range(tx, "due", nil, store.PrefixEnd(store.Key(now)), false) {
			if err != nil {
				return err
			}
			if p.Due == 0 {
				p.Overdue = now.Sub(row.Value.Due)
			}
			if p.Due++; p.Due >= pulseMost {
				break
			}
		}
		for _, err := range jobs.Table.By(tx, "parked") {
			if err != nil {
				return err
			}
			if p.Parked++; p.Parked >= pulseMost {
				break
			}
		}
		return nil
	})
	return p, err
}
