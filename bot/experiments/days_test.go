package experiments_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/experiments"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// calendar draws up to so many runs of days around a date.
func calendar(t *rapid.T, label string, around schedules.Date, most, longest int) schedules.Calendar {
	var c schedules.Calendar
	for i := range rapid.IntRange(0, most).Draw(t, label) {
		from := around.AddDays(rapid.IntRange(-3, 14).Draw(t, fmt.Sprint(label, i, " from")))
		c = append(c, schedules.Span{From: from, To: from.AddDays(rapid.IntRange(0, longest-1).Draw(t, fmt.Sprint(label, i, " days"))), Name: label})
	}
	return c
}

// Whatever the zone, the working week, the leave and the holidays, and though the
// leave, the working week and the zone change on the way: exactly as many
// check-ins come as the programme has days, each on a working day, none on leave
// or while the group rests, in order, at the hour on the wall.
func TestCheckInsKeepToTheirDays(t *testing.T) {
	zones := []string{
		"Pacific/Auckland", "Pacific/Apia", "Pacific/Kiritimati", "America/New_York", "America/St_Johns", "Africa/Cairo",
		"Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London", "Asia/Tehran", "America/Santiago", "Pacific/Chatham", "UTC",
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := schedules.MustZone(rapid.SampledFrom(zones).Draw(t, "zone"))
		began := schedules.Date{Year: 2026, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 800).Draw(t, "day"))
		now := schedules.Wall{Date: began, Time: schedules.TimeOfDay{Hour: rapid.IntRange(0, 23).Draw(t, "begins"), Minute: 7}}.In(zone)
		hour := schedules.TimeOfDay{Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Minute: rapid.IntRange(0, 59).Draw(t, "minute")}
		days := rapid.IntRange(1, 8).Draw(t, "days")
		week := func(label string) (days []time.Weekday) {
			set := rapid.IntRange(0, 127).Draw(t, label)
			for d := range 7 {
				if set&(1<<d) != 0 {
					days = append(days, time.Weekday(d))
				}
			}
			return days
		}
		p := people.Person{
			ID: "p", Name: "Ana", Accounts: []chat.User{{Workspace: "w", ID: "ana"}}, Zone: zone, HasZone: true,
			Quiet: people.DefaultQuiet, Workdays: week("week"), Leave: calendar(t, "leave", began, 3, 9), Met: now,
		}
		c := cohorts.Cohort{
			ID: "c", Name: "Explorers", State: cohorts.Open, Zone: schedules.MustZone("Pacific/Auckland"), Place: chat.Channel("w", "x"),
			Holidays: calendar(t, "holidays", began, 3, 2), Breaks: calendar(t, "breaks", began, 1, 7),
		}
		e := experiments.Experiment{ID: "e", Cohort: c.ID, Person: p.ID, Hunch: "if", Made: now, First: began, Hour: hour, InQuiet: true, Days: days, State: experiments.Going}

		ctx := context.Background()
		s := storetest.Memory()
		defer s.Close()
		update := func(fn func(tx store.Tx) error) {
			t.Helper()
			if err := s.Update(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		feature := experiments.Feature()
		if err := store.Prepare(ctx, s, append(feature.Tables, people.Table, jobs.Table, outbox.Table, cohorts.Table, cohorts.Members)...); err != nil {
			t.Fatal(err)
		}
		put := func(tx store.Tx) error {
			if err := people.Table.Put(tx, p.ID, p); err != nil {
				return err
			}
			if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
				return err
			}
			return cohorts.Members.Put(tx, cohorts.MemberID(c.ID, p.ID), cohorts.Member{Cohort: c.ID, Person: p.ID, Joined: now})
		}
		update(func(tx store.Tx) error {
			if err := put(tx); err != nil {
				return err
			}
			return experiments.Begin(tx, e, now)
		})
		queue := jobs.NewQueue(s, slog.New(slog.DiscardHandler), feature.Jobs, func(_ store.Tx, j jobs.Job, _ time.Time) error {
			return fmt.Errorf("%s failed: %s", j.Key, j.Fault)
		})

		change := rapid.IntRange(0, 30).Draw(t, "changes after") // on so many looks the person's life changes
		seen := 0
		for step := 0; step < 5000; step++ {
			due, ok, err := queue.NextDue(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			now = due
			if step == change {
				p.Leave, p.Workdays = calendar(t, "later leave", schedules.DateOf(now.In(zone.Location())), 2, 10), week("later week")
				zone = schedules.MustZone(rapid.SampledFrom(zones).Draw(t, "later zone"))
				p.Zone = zone
				update(put)
			}
			if err := queue.RunDue(ctx, now); err != nil {
				t.Fatal(err)
			}
			update(func(tx store.Tx) error {
				e, err := experiments.Get(tx, "e")
				if err != nil || e.Asked == seen {
					return err
				}
				if e.Asked != seen+1 {
					t.Fatalf("from check-in %d to %d at once", seen, e.Asked)
				}
				seen = e.Asked
				d, err := experiments.Days.Get(tx, experiments.DayID("e", seen))
				if err != nil {
					return err
				}
				if !p.Works(d.On.Weekday()) {
					t.Fatalf("check-in %d on %s, no working day", seen, d.On.Long())
				}
				for _, rest := range []schedules.Calendar{p.Leave, c.Holidays, c.Breaks} {
					if span, off := rest.On(d.On); off {
						t.Fatalf("check-in %d on %s, in %s", seen, d.On.Long(), span.Name)
					}
				}
				if want := (schedules.Wall{Date: d.On, Time: hour}).In(zone); !now.Equal(want) {
					t.Fatalf("check-in %d came at %s, not at %s", seen, now.In(zone.Location()), want)
				}
				if seen > 1 {
					before, err := experiments.Days.Get(tx, experiments.DayID("e", seen-1))
					if err != nil {
						return err
					}
					if !before.On.Before(d.On) {
						t.Fatalf("check-in %d on %s, after %s", seen, d.On, before.On)
					}
				}
				return nil
			})
		}
		if seen != days {
			t.Fatalf("%d check-ins, not %d", seen, days)
		}
		update(func(tx store.Tx) error {
			e, err := experiments.Get(tx, "e")
			if err == nil && e.State != experiments.Done {
				t.Fatalf("after all days it is %s", e.State)
			}
			said := 0
			for row, err := range outbox.Table.All(tx) {
				if err != nil {
					return err
				}
				if row.Value.Kind == "experiment day" {
					said++
				}
			}
			if said != days {
				t.Fatalf("%d said of %d", said, days)
			}
			return err
		})
	})
}
