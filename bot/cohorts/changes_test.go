package cohorts

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/schedules"
)

var (
	testRhythms = []string{"mondays 09:00", "mondays and thursdays 18:30", "weekdays 08:15", "mondays 9:00 and tuesdays 15:00", "every second friday 10:00 from 2027-02-05", "0 9,17 * * 1-3", "30 2 * * 0"}
	testZones   = []string{"Pacific/Auckland", "Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"}
)

func drawnSpan(t *rapid.T, near schedules.Date, longest int, label string) schedules.Span {
	from := near.AddDays(rapid.IntRange(-10, 120).Draw(t, label+" begins"))
	return schedules.Span{From: from, To: from.AddDays(rapid.IntRange(0, longest).Draw(t, label+" lasts")), Name: label}
}

// drawnCohort gives a cohort with a programme of some phases, a rhythm, breaks
// and holidays.
func drawnCohort(t *rapid.T) (Cohort, Plan) {
	c := Cohort{ID: "c", Name: "Explorers", State: Open}
	c.Zone = schedules.MustZone(rapid.SampledFrom(testZones).Draw(t, "zone"))
	c.First = schedules.Date{Year: 2027, Month: 2, Day: 1}.AddDays(rapid.IntRange(0, 300).Draw(t, "first"))
	rule, err := schedules.ParseRule(rapid.SampledFrom(testRhythms).Draw(t, "rhythm"))
	if err != nil {
		t.Fatal(err)
	}
	c.Rhythm = rule
	for range rapid.IntRange(0, 3).Draw(t, "breaks") {
		c.Breaks = append(c.Breaks, drawnSpan(t, c.First, 20, "break"))
	}
	for range rapid.IntRange(0, 6).Draw(t, "holidays") {
		c.Holidays = append(c.Holidays, drawnSpan(t, c.First, 3, "holiday"))
	}
	n := 0
	for i := range rapid.IntRange(1, 3).Draw(t, "phases") {
		phase := programmes.Phase{ID: fmt.Sprintf("p%d", i), Title: fmt.Sprintf("Phase %d", i)}
		for range rapid.IntRange(1, 5).Draw(t, "weeks") {
			n++
			phase.Weeks = append(phase.Weeks, programmes.Week{Title: fmt.Sprintf("Week %d", n), Prompt: "What?"})
		}
		c.Programme.Phases = append(c.Programme.Phases, phase)
	}
	ids := 0
	return c, NewPlan(c.Programme, func() WeekID { ids++; return WeekID(fmt.Sprintf("w%d", ids)) })
}

// world is a plan on its way, and how it is changed at random.
type planWalk struct {
	c    Cohort
	p    Plan
	now  time.Time
	made int
}

// goOut lets the next week go out, on time or late.
func (w *planWalk) goOut(t *rapid.T) {
	next, ok := Next(w.c.Dates(w.p))
	if !ok {
		return
	}
	due := next.On.In(w.c.Zone)
	if rapid.Bool().Draw(t, "early") && w.now.Before(due) {
		due = w.now.Add(time.Hour) // posted before its day
	} else {
		due = due.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours late")) * time.Hour)
	}
	if due.Before(w.now) {
		due = w.now
	}
	w.now = due
	w.p.Weeks = slices.Clone(w.p.Weeks)
	for i := range w.p.Weeks {
		if w.p.Weeks[i].ID == next.ID {
			w.p.Weeks[i].Posted, w.p.Weeks[i].Slot = due, next.Slot
		}
	}
}

// change makes one random change, and tells whether it was refused.
func (w *planWalk) change(t *rapid.T) (err error) {
	week := func() WeekID { return rapid.SampledFrom(w.p.Weeks).Draw(t, "week").ID }
	phase := rapid.SampledFrom(w.c.Programme.Phases).Draw(t, "phase").ID
	today := w.c.Today(w.now)
	w.made++
	fresh := WeekID(fmt.Sprintf("n%d", w.made))
	before := w.p
	switch rapid.IntRange(0, 12).Draw(t, "change") {
	case 0:
		after := week()
		if rapid.Bool().Draw(t, "at the front") {
			after = ""
		}
		w.p, err = w.p.Insert(after, Week{ID: fresh, Title: PracticeTitle})
	case 1, 2:
		w.p, err = w.p.Skip(week())
	case 3:
		w.p, err = w.p.Unskip(week())
	case 4, 5:
		w.p, err = w.p.Swap(week(), week())
	case 6:
		w.p, err = w.p.Stretch(phase, fresh, fresh+"b")
	case 7:
		w.p, err = w.p.Shorten(phase, rapid.IntRange(0, 3).Draw(t, "by"))
	case 8:
		w.p, err = w.p.Edit(week(), "Edited", "How?", "")
	case 9:
		w.p, err = w.p.Hold(week())
	case 10:
		w.c, err = w.c.AddBreak(drawnSpan(t, today, 14, "break"), today)
	case 11:
		w.c, err = w.c.AddHoliday(drawnSpan(t, today, 2, "holiday"), today)
	case 12:
		var c Cohort
		if c, err = w.c.Pause(); err == nil {
			w.c, w.p, err = c.Resume(w.p, today.AddDays(rapid.IntRange(0, 40).Draw(t, "resumed in")), today)
		}
	}
	if err != nil && !reflect.DeepEqual(before, w.p) {
		t.Fatal("a refused change changed the plan")
	}
	return err
}

func idsOf(p Plan) map[WeekID]int {
	ids := map[WeekID]int{}
	for _, w := range p.Weeks {
		ids[w.ID]++
	}
	return ids
}

func goneOf(dates []Dated) []Dated {
	return slices.DeleteFunc(slices.Clone(dates), func(d Dated) bool { return !d.Gone() })
}

func (w *planWalk) check(t *rapid.T) {
	dates := w.c.Dates(w.p)
	var last schedules.Wall
	number := 0
	for _, d := range dates {
		if d.Skipped {
			if d.Number != 0 || !d.On.IsZero() {
				t.Fatalf("a skipped week has number %d and date %v", d.Number, d.On)
			}
			continue
		}
		number++
		if d.Number != number {
			t.Fatalf("week %s has number %d, want %d", d.ID, d.Number, number)
		}
		if d.On.IsZero() {
			t.Fatalf("week %d has no date", d.Number)
		}
		if !last.Before(d.On) {
			t.Fatalf("week %d is on %v, after the one before on %v", d.Number, d.On, last)
		}
		last = d.On
		if d.Gone() {
			continue
		}
		if s, ok := w.c.Breaks.On(d.On.Date); ok {
			t.Fatalf("week %d is on %v, in the break %v", d.Number, d.On, s)
		}
		if s, ok := w.c.Holidays.On(d.On.Date); ok {
			t.Fatalf("week %d is on %v, on the holiday %v", d.Number, d.On, s)
		}
		if d.On.Date.Before(w.p.NotBefore) || d.On.Date.Before(w.c.First) {
			t.Fatalf("week %d is on %v, before %v or %v", d.Number, d.On, w.p.NotBefore, w.c.First)
		}
	}
}

func TestAPlanKeepsItsPromisesHoweverItIsChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := planWalk{}
		w.c, w.p = drawnCohort(t)
		w.now = eveOf(w.c.First).In(w.c.Zone)
		w.check(t)
		ids := idsOf(w.p)
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "step") == 0 {
				w.goOut(t)
				w.check(t)
				continue
			}
			gone := goneOf(w.c.Dates(w.p))
			made := w.made
			err := w.change(t)
			if err != nil {
				if e, ok := deeds.As(err); !ok || e.Say == "" {
					t.Fatalf("refused without words: %v", err)
				}
			}
			w.check(t)
			if after := goneOf(w.c.Dates(w.p)); !reflect.DeepEqual(gone, after) {
				t.Fatalf("what has gone out changed:\n%v\n%v", gone, after)
			}
			now := idsOf(w.p)
			for id, n := range now {
				if n != 1 {
					t.Fatalf("week %s stands %d times", id, n)
				}
			}
			for _, id := range []WeekID{WeekID(fmt.Sprintf("n%d", made+1)), WeekID(fmt.Sprintf("n%db", made+1))} {
				delete(now, id)
			}
			if !maps.Equal(now, ids) {
				t.Fatalf("weeks were lost or came from nowhere: %v, before %v", now, ids)
			}
			ids = idsOf(w.p)
		}
	})
}

func TestSwappingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, p := drawnCohort(t)
		a, b := rapid.SampledFrom(p.Weeks).Draw(t, "a").ID, rapid.SampledFrom(p.Weeks).Draw(t, "b").ID
		once, err := p.Swap(a, b)
		if (err != nil) != (a == b) {
			t.Fatalf("swapping %s and %s: %v", a, b, err)
		}
		if err != nil {
			return
		}
		if reflect.DeepEqual(once, p) {
			t.Fatal("a swap changed nothing")
		}
		twice, err := once.Swap(a, b)
		if err != nil || !reflect.DeepEqual(twice, p) {
			t.Fatalf("swapped twice: %v, %v; want %v", twice, err, p)
		}
	})
}

func TestInsertingAndSkippingLeavesTheDatesAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, p := drawnCohort(t)
		after := rapid.SampledFrom(p.Weeks).Draw(t, "after").ID
		more, err := p.Insert(after, Week{ID: "new", Title: "New"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := more.Insert(after, Week{ID: "new", Title: "New"}); err == nil {
			t.Fatal("the same week came in twice")
		}
		less, err := more.Skip("new")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := less.Skip("new"); err == nil {
			t.Fatal("a week was skipped twice")
		}
		if moved, _ := Diff(c.Dates(p), c.Dates(less)); len(moved) != 0 {
			t.Fatalf("moved %v", moved)
		}
		back, err := less.Unskip("new")
		if err != nil || !reflect.DeepEqual(back, more) {
			t.Fatalf("brought back: %v, %v", back, err)
		}
	})
}

func TestTheDiffLeadsFromOnePlanToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := planWalk{}
		w.c, w.p = drawnCohort(t)
		w.now = eveOf(w.c.First).In(w.c.Zone)
		before := w.c.Dates(w.p)
		for range 3 {
			_ = w.change(t) // a refusal changes nothing
		}
		after := w.c.Dates(w.p)
		want := map[WeekID]schedules.Wall{}
		for _, d := range after {
			if d.Ahead() {
				want[d.ID] = d.On
			}
		}
		got := map[WeekID]schedules.Wall{}
		for _, d := range before {
			if d.Ahead() {
				got[d.ID] = d.On
			}
		}
		moved, _ := Diff(before, after)
		for _, m := range moved {
			if got[m.ID] != m.From {
				t.Fatalf("%s moved from %v, was on %v", m.ID, m.From, got[m.ID])
			}
			if m.From == m.To {
				t.Fatalf("%s moved nowhere", m.ID)
			}
			if got[m.ID] = m.To; m.To.IsZero() {
				delete(got, m.ID)
			}
		}
		if !maps.Equal(got, want) {
			t.Fatalf("the diff leads to %v, want %v", got, want)
		}
	})
}
