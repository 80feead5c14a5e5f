package people_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

func nudge(t testing.TB, s store.Store, id people.ID, usual int, now time.Time, other schedules.Zone) (got bool) {
	t.Helper()
	update(t, s, func(tx store.Tx) (err error) {
		got, err = people.Nudge(tx, id, usual, now, other)
		return err
	})
	return got
}

func TestTheBudgetOfRemindersBeginsAnewOnMondayInTheirZone(t *testing.T) {
	s := newStore(t)
	p := meet(t, s, chat.Profile{User: anaUser, Name: "Ana", Zone: "Pacific/Auckland"})
	sunday := time.Date(2026, time.November, 8, 23, 59, 59, 0, auckland.Location())
	tokyo := schedules.MustZone("Asia/Tokyo")
	for i, step := range []struct {
		now  time.Time
		want bool
	}{
		{monday, true},
		{monday.AddDate(0, 0, 1), true},
		{monday.AddDate(0, 0, 2), false},
		{sunday, false},
		{sunday.Add(time.Second), true}, // it is Sunday still in Tokyo
		{sunday.Add(2 * time.Second), true},
		{sunday.Add(3 * time.Second), false},
	} {
		if got := nudge(t, s, p.ID, 2, step.now, tokyo); got != step.want {
			t.Errorf("step %d, %s: %v, want %v", i, step.now, got, step.want)
		}
	}
}

func TestTwoCohortsInDifferentZonesShareOneBudget(t *testing.T) {
	s := newStore(t)
	p := meet(t, s, chat.Profile{User: anaUser, Name: "Ana"}) // whose zone nobody knows
	now := time.Date(2026, time.November, 9, 9, 0, 0, 0, auckland.Location())
	got := 0
	for range 10 { // it is Monday in Auckland and Sunday in New York
		for _, zone := range []schedules.Zone{auckland, schedules.MustZone("America/New_York")} {
			if nudge(t, s, p.ID, 2, now, zone) {
				got++
			}
		}
	}
	if got != 2 {
		t.Errorf("%d reminders within a minute, want 2", got)
	}
}

func TestWhateverHappensNobodyGetsMoreRemindersThanTheyWant(t *testing.T) {
	zones := []schedules.Zone{
		auckland, schedules.MustZone("America/New_York"), schedules.MustZone("Pacific/Kiritimati"),
		schedules.MustZone("Europe/London"),
		{},
	}
	rapid.Check(t, func(r *rapid.T) {
		s := storetest.Memory()
		if err := store.Prepare(context.Background(), s, people.Table); err != nil {
			r.Fatal(err)
		}
		zone := rapid.SampledFrom(zones)
		travels := rapid.Bool().Draw(r, "travels")
		p := meet(t, s, chat.Profile{User: anaUser, Name: "Ana"})
		p.Zone, p.HasZone = zone.Draw(r, "zone"), true
		update(t, s, func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
		now := monday
		perBudget, perWeek := map[schedules.Date]int{}, map[schedules.Date]int{}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(r, "hours")) * time.Hour)
			today := schedules.DateOf(now.In(p.Zone.Location()))
			if rapid.IntRange(0, 9).Draw(r, "settings") == 0 {
				p = kept(t, s, anaUser)
				p.Reminders = rapid.SampledFrom([]people.Reminders{people.Usual, people.Fewer, people.Off}).Draw(r, "reminders")
				p.Leave = nil
				if rapid.Bool().Draw(r, "leave") {
					p.Leave = schedules.Calendar{{From: today, To: today.AddDays(3)}}
				}
				if travels {
					p.Zone = zone.Draw(r, "new zone")
				}
				update(t, s, func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
			}
			size := rapid.IntRange(0, 4).Draw(r, "size")
			if !nudge(t, s, p.ID, size, now, zone.Draw(r, "cohort's zone")) {
				continue
			}
			if p.Reminders == people.Fewer {
				size = min(size, 1)
			}
			today = schedules.DateOf(now.In(p.Zone.Location()))
			week := today
			for week.Weekday() != time.Monday {
				week = week.AddDays(-1)
			}
			budget := kept(t, s, anaUser).Budget
			perBudget[budget.Week]++
			perWeek[week]++
			_, away := p.Leave.On(today)
			switch {
			case p.Reminders == people.Off:
				r.Fatal("reminded though reminders are off")
			case away:
				r.Fatal("reminded while on leave")
			case perBudget[budget.Week] > size:
				r.Fatalf("%d reminders from one budget of %d", perBudget[budget.Week], size)
			case !travels && perWeek[week] > size:
				r.Fatalf("%d reminders in the week of %s, want at most %d", perWeek[week], week, size)
			case budget.Week.Before(week):
				r.Fatalf("taken from the budget of %s in the week of %s", budget.Week, week)
			}
		}
	})
}

func TestNobodyUnknownIsReminded(t *testing.T) {
	s := newStore(t)
	if err := s.Update(context.Background(), func(tx store.Tx) error {
		_, err := people.Nudge(tx, "nobody", 2, monday, auckland)
		return err
	}); err == nil {
		t.Error("a reminder for nobody was granted")
	}
}
