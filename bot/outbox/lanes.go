package outbox

import (
	"context"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// A lane is the root of a place: what is said in it keeps its order. One
// goroutine at a time works on a lane.

// lanes gives the lanes that have something to say and do not rest, sorted, and
// how long until the first that rests is to be looked at again.
func (o *Outbox) lanes(ctx context.Context) (ready []string, rest time.Duration, err error) {
	rest = time.Minute
	var unsaid, stale []string
	err = o.store.View(ctx, func(tx store.Tx) (err error) {
		if unsaid, err = lanesIn(tx, "lane"); err != nil {
			return err
		}
		stale, err = lanesIn(tx, "stale")
		return err
	})
	if err != nil {
		return nil, rest, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := schedules.System.Now()
	look := func(lane string, free time.Time) {
		if wait := free.Sub(now); wait > 0 {
			rest = min(rest, wait)
			return
		}
		ready = append(ready, lane)
	}
	for _, lane := range unsaid {
		look(lane, o.after[lane])
	}
	for _, lane := range stale { // what is new is said at once, though edits have to rest
		free := o.edited[lane].Add(o.EditRest)
		if o.after[lane].After(free) {
			free = o.after[lane]
		}
		look(lane, free)
	}
	slices.Sort(ready)
	return slices.Compact(ready), rest, nil
}

// lanesIn gives each lane of an index once.
func lanesIn(tx store.Tx, index string) ([]string, error) {
	var lanes []string
	for from := []byte(nil); ; {
		row, ok, err := store.First(Table.Range(tx, index, from, nil, false))
		if err != nil || !ok {
			return lanes, err
		}
		lanes = append(lanes, row.Value.lane())
		from = store.PrefixEnd(store.Key(row.Value.lane()))
	}
}

// take reserves a lane for the caller; false while another works on it, who then
// hears of it from leave.
func (o *Outbox) take(lane string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[lane] {
		o.again[lane] = true
		return false
	}
	o.busy[lane] = true
	return true
}

// leave ends the reservation, and tells whether somebody wanted it meanwhile:
// there may be something new.
func (o *Outbox) leave(lane string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	wanted := o.again[lane]
	delete(o.busy, lane)
	delete(o.again, lane)
	return wanted
}

// restAfter lets a lane rest: for so long, or where that is 0, a little longer
// each time in a row.
func (o *Outbox) restAfter(lane string, rest time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if rest <= 0 {
		b := o.delays[lane]
		if b == nil {
			b = backoff.NewExponentialBackOff()
			b.InitialInterval, b.MaxInterval, b.Multiplier = firstDelay, lastDelay, 2
			o.delays[lane] = b
		}
		rest = b.NextBackOff()
	}
	o.after[lane] = schedules.System.Now().Add(rest)
	o.Poke() // so that Run knows until when
}

func (o *Outbox) calm(lane string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.delays, lane)
	delete(o.after, lane)
}

func (o *Outbox) untilEdit(lane string) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.edited[lane].Add(o.EditRest).Sub(schedules.System.Now())
}
