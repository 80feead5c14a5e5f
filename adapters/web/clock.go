package web

import (
	"context"
	"net/http"
	"time"

	"cohortbot/bot/store"
)

// Running fast, the clock goes on by fastStep every fastTick of real time.
const (
	fastTick = time.Second
	fastStep = time.Hour
)

func (w *Workspace) clockView() clockView {
	w.mu.Lock()
	defer w.mu.Unlock()
	return clockView{Now: w.o.Clock.Now(), Can: w.o.MoveClock != nil, Fast: w.fast}
}

// moveClock moves the civil clock as somebody asks: "1d", "1w" or "monday", each
// to the same or the first hour of that day in their zone, or to an instant.
func (w *Workspace) moveClock(ctx context.Context, as, move string) error {
	if w.o.MoveClock == nil {
		return refuse(http.StatusNotFound, "The clock of this workspace cannot be moved.")
	}
	zone := time.UTC
	if as != "" {
		err := w.store.View(ctx, func(tx store.Tx) error {
			p, err := findPerson(tx, as)
			if err != nil {
				return err
			}
			if z, err := time.LoadLocation(p.Profile.Zone); err == nil {
				zone = z
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	w.moving.Lock()
	defer w.moving.Unlock()
	now := w.o.Clock.Now().In(zone)
	to, err := moveTo(now, move)
	if err != nil {
		return err
	}
	if !to.After(now) {
		return refuse(http.StatusBadRequest, "The clock only goes forward; it shows %s now.", now.Format(time.RFC3339))
	}
	return w.liveTo(ctx, to)
}

// liveTo moves the clock once the bot has heard what was said before.
func (w *Workspace) liveTo(ctx context.Context, to time.Time) error {
	settled, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	if err := w.Settle(settled); err != nil {
		return refuse(http.StatusServiceUnavailable, "The bot has not heard everything yet, so the clock stays where it is. Please try again.")
	}
	return w.o.MoveClock(ctx, to)
}

func moveTo(now time.Time, move string) (time.Time, error) {
	switch move {
	case "1h":
		return now.Add(time.Hour), nil
	case "1d":
		return now.AddDate(0, 0, 1), nil
	case "1w":
		return now.AddDate(0, 0, 7), nil
	case "monday":
		days := (int(time.Monday) - int(now.Weekday()) + 7) % 7
		day := time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, now.Location())
		if !day.After(now) {
			day = day.AddDate(0, 0, 7)
		}
		return day, nil
	}
	to, err := time.Parse(time.RFC3339, move)
	if err != nil {
		return to, refuse(http.StatusBadRequest, "I couldn't read %q as a move of the clock. Try \"1d\", \"1w\", \"monday\" or \"2027-02-01T09:00:00+13:00\".", move)
	}
	return to, nil
}

// runClock lets the clock run fast, or at its own pace.
func (w *Workspace) runClock(fast bool) {
	w.mu.Lock()
	w.fast = fast && w.o.MoveClock != nil
	w.mu.Unlock()
	w.hub.tell(change{kind: "clock"})
}

// runFast moves the clock on while it runs fast, until ctx ends.
func (w *Workspace) runFast(ctx context.Context) {
	tick := time.NewTicker(fastTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !w.clockView().Fast || !w.moving.TryLock() {
			continue
		}
		if err := w.liveTo(ctx, w.o.Clock.Now().Add(fastStep)); err != nil && ctx.Err() == nil {
			w.o.Log.Warn("the clock stopped running fast", "error", err)
			w.runClock(false)
		}
		w.moving.Unlock()
	}
}
