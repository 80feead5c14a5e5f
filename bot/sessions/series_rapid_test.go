package sessions

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// Whatever is moved and cancelled in a series, alone or with what follows, the
// rest stays where it was: on the wall, over every change of the clocks. The
// model below says so in its own way: a slot and a time for each session.
func TestWhatIsNotMeantStaysWhereItWas(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		zone := schedules.MustZone(rapid.SampledFrom([]string{"Pacific/Auckland", "America/New_York", "Europe/London", "UTC"}).Draw(t, "zone"))
		s := storetest.New(outer)
		if err := store.Prepare(t.Context(), s, Table, Attendees, SeriesTable, outbox.Table, jobs.Table, cohorts.Table); err != nil {
			t.Fatal(err)
		}
		update := func(fn func(store.Tx) error) {
			t.Helper()
			if err := s.Update(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		now := time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC) // whatever moves stays ahead of it
		c := cohorts.Cohort{ID: "c", Name: "C", Zone: zone, State: cohorts.Open, Place: chat.Channel("w", "c")}
		r := Series{ID: "r", Cohort: c.ID, Weeks: rapid.IntRange(1, 2).Draw(t, "weeks"), Count: rapid.IntRange(2, 30).Draw(t, "count"), Lead: "s0"}
		first := Session{
			ID: "s0", Cohort: c.ID, Title: "Hui", Minutes: 60,
			Time: Time{Wall: schedules.Wall{Date: schedules.Date{Year: 2026, Month: 8, Day: rapid.IntRange(3, 31).Draw(t, "day")}, Time: schedules.TimeOfDay{Hour: 9}}, Zone: zone},
		}
		n := 0
		all := r.occurrences(first, func() ID { n++; return ID(fmt.Sprintf("s%d", n)) })
		update(func(tx store.Tx) error {
			if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
				return err
			}
			return scheduleSeries(tx, c, r, all, now)
		})
		type place struct {
			slot, time schedules.Wall
			off        bool
		}
		var want []place
		for i := range all {
			w := first.Time.Wall.AddDays(i * 7 * r.Weeks)
			want = append(want, place{slot: w, time: w})
		}
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
			if want[i].off {
				continue
			}
			days := rapid.IntRange(-6, 6).Draw(t, "days")
			to := schedules.Wall{Date: want[i].time.Date.AddDays(days), Time: schedules.TimeOfDay{Hour: rapid.IntRange(3, 22).Draw(t, "hour")}}
			what := rapid.SampledFrom([]string{"move", "move", "move all", "cancel", "cancel all"}).Draw(t, "what")
			update(func(tx store.Tx) error {
				x, err := Table.Get(tx, all[i].ID)
				if err != nil {
					return err
				}
				switch what {
				case "move":
					return move(tx, c, x, Time{Wall: to, Zone: zone}, time.Hour, now)
				case "move all":
					return moveFollowing(tx, c, x, Time{Wall: to, Zone: zone}, time.Hour, now)
				case "cancel":
					return cancel(tx, c, x, "", "", now)
				}
				_, err = cancelFollowing(tx, c, x, "", "", now)
				return err
			})
			days = want[i].slot.Date.DaysUntil(to.Date)
			for j := i; j < len(want); j++ {
				w := &want[j]
				switch {
				case w.off:
				case what == "move" && j == i:
					w.time = to
				case what == "move all":
					stays := j > i && w.time != w.slot
					w.slot = schedules.Wall{Date: w.slot.Date.AddDays(days), Time: to.Time}
					if !stays {
						w.time = w.slot
					}
				case what == "cancel all", what == "cancel" && j == i:
					w.off = true
				}
			}
			for j, w := range want {
				update(func(tx store.Tx) error {
					x, err := Table.Get(tx, all[j].ID)
					if err == nil && (x.Time.Wall != w.time || x.Off() != w.off) {
						t.Fatalf("after %s of %d to %s, session %d is at %s (off: %v), want %s (off: %v)", what, i, to, j, x.Time.Wall, x.Off(), w.time, w.off)
					}
					if at := schedules.WallOf(x.Start().In(zone.Location())); err == nil && at != w.time {
						t.Fatalf("session %d begins at %s on the wall, want %s", j, at, w.time)
					}
					return err
				})
			}
		}
	})
}
