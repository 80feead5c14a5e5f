package cohorts

import (
	"strings"
	"testing"

	"cohortbot/bot/deeds"
)

func TestWhatMovedIsSaidInFewWords(t *testing.T) {
	weekly := func(from, to string, n int) []Moved {
		var moved []Moved
		for i := range n {
			moved = append(moved, Moved{ID: WeekID('a' + rune(i)), Number: 5 + i, Title: "Title " + string('A'+rune(i)), From: wall(from).AddDays(7 * i), To: wall(to).AddDays(7 * i)})
		}
		return moved
	}
	uneven := weekly("2027-03-15T09:00", "2027-03-22T09:00", 6)
	uneven[1].To = uneven[1].To.AddDays(1)
	for _, test := range []struct {
		name string
		ch   PlanChange
		want string
	}{
		{"nothing", PlanChange{}, ""},
		{"one week", PlanChange{Moved: weekly("2027-03-15T09:00", "2027-03-22T09:00", 1), Rest: true}, "Week 5 · Title A now goes out Monday 22 March instead of the 15th."},
		{"all by a week", PlanChange{Moved: weekly("2027-03-15T09:00", "2027-03-22T09:00", 9), Rest: true}, "Week 5 · Title A now goes out Monday 22 March instead of the 15th; everything after it moves a week."},
		{"all two weeks earlier", PlanChange{Moved: weekly("2027-04-12T09:00", "2027-03-29T09:00", 2), Rest: true}, "Week 5 · Title A now goes out Monday 29 March instead of 12 April; everything after it comes two weeks earlier."},
		{"into another year", PlanChange{Moved: weekly("2027-12-27T09:00", "2028-01-03T09:00", 1), Rest: true}, "Week 5 · Title A now goes out Monday 3 January 2028 instead of 27 December 2027."},
		{"the time alone", PlanChange{Moved: weekly("2027-03-15T09:00", "2027-03-15T10:30", 4), Rest: true}, "Week 5 · Title A now goes out Monday 15 March at 10:30 am instead of 9:00 am; so does everything after it."},
		{"day and time", PlanChange{Moved: weekly("2027-03-01T09:00", "2027-03-04T10:30", 4), Rest: true}, "Week 5 · Title A now goes out Thursday 4 March, 10:30 am, instead of the 1st, 9:00 am; everything after it moves three days."},
		{
			"not alike, and many",
			PlanChange{Moved: uneven, Rest: true},
			"- Week 5 · Title A: Monday 22 March instead of the 15th\n- Week 6 · Title B: Tuesday 30 March instead of the 22nd\n- Week 7 · Title C: Monday 5 April instead of 29 March\n- Week 8 · Title D: Monday 12 April instead of the 5th\n\nEverything after that moves too.",
		},
		{
			"alike, but some stay",
			PlanChange{Moved: weekly("2027-03-15T09:00", "2027-03-22T09:00", 5)},
			"- Week 5 · Title A: Monday 22 March instead of the 15th\n- Week 6 · Title B: Monday 29 March instead of the 22nd\n- Week 7 · Title C: Monday 5 April instead of 29 March\n- Week 8 · Title D: Monday 12 April instead of the 5th\n\nOne more week moves too.",
		},
		{"while paused", PlanChange{Moved: weekly("2027-03-15T09:00", "2027-03-22T09:00", 1), Paused: true}, "The dates follow when the plan goes on."},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, p := mondays(t, "x")
			test.ch.At = wall("2027-02-20T12:00").In(c.Zone)
			if got := test.ch.moves(c, c.Dates(p)); got != test.want {
				t.Errorf("said\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestEveryChangeHasItsWords(t *testing.T) {
	c, _ := mondays(t, "x")
	for _, kind := range []ChangeKind{
		changeInsert, changeSkip, changeRestore, changeSwap, changeStretch, changeShorten, changePause,
		changeResume, changeBreak, changeHoliday, changeUnbreak, changeFirst, changeRhythm, changeRelease,
	} {
		ch := PlanChange{Kind: kind, Title: "A *star*", Other: "B", Count: 2, Rhythm: c.Rhythm, At: wall("2027-02-20T12:00").In(c.Zone)}
		done := ch.done(c)
		question, button := ch.ask(c)
		if done == (PlanChange{}).done(c) || question == "Change the plan?" || button == "" {
			t.Errorf("%s has no words of its own: %q, %q, %q", kind, done, question, button)
		}
		if !strings.HasSuffix(done, ".") || strings.Contains(done+question, "*star*") {
			t.Errorf("%s: %q, %q", kind, done, question)
		}
	}
}

func TestWeeksAreFoundAsPeopleNameThem(t *testing.T) {
	c, p := mondays(t, "x", "y", "z")
	p.Weeks[0].Posted = wall("2027-03-01T09:00").In(c.Zone)
	p.Weeks[1].Title = "The star"
	p.Weeks[2].Title = "Your own star"
	dates := c.Dates(p)
	for typed, want := range map[string]WeekID{
		"2": "b", "week 2": "b", "Week  3": "c", "after week 2": "b", "#2": "b", "wk 3": "c", "a": "a", "c": "c",
		"next": "b", "the star": "b", "your": "c", "OWN": "c", "week a": "a",
		"4": "", "0": "", "star": "", "nothing": "", "week": "a", "": "",
	} {
		d, err := TypedWeek(dates, typed, "week")
		if d.ID != want && want != "" {
			t.Errorf("%q is %q, %v; want %q", typed, d.ID, err, want)
		}
		if want == "" {
			if e, ok := deeds.As(err); !ok || e.Field != "week" || !strings.Contains(e.Say, " 2") && !strings.Contains(e.Say, "number") {
				t.Errorf("%q is %q; refused with %v", typed, d.ID, err)
			}
		}
	}
}

func FuzzAWeekIsFoundOrRefusedWithWords(f *testing.F) {
	for _, s := range []string{"5", "week 5", "next", "", "the star", "999999999999", "\x00", "**"} {
		f.Add(s)
	}
	c, p := mondays(f, "x", "y")
	dates := c.Dates(p)
	f.Fuzz(func(t *testing.T, typed string) {
		d, err := TypedWeek(dates, typed, "week")
		if err == nil {
			if _, ok := Find(dates, d.ID); !ok {
				t.Fatalf("%q is a week that is not there: %v", typed, d)
			}
			return
		}
		if e, ok := deeds.As(err); !ok || e.Say == "" {
			t.Fatalf("%q: refused without words: %v", typed, err)
		}
	})
}
