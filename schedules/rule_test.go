package schedules

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustRule(t testing.TB, s string) Rule {
	t.Helper()
	r, err := ParseRule(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wall(t testing.TB, s string) Wall {
	t.Helper()
	w, err := ParseWall(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRuleSaysItselfAndWhenItComesNext(t *testing.T) {
	for _, c := range []struct{ rule, words, next string }{
		// After Tuesday 3 November 2026, 10:30.
		{"mondays 09:00", "Mondays at 9:00 am", "2026-11-09T09:00 2026-11-16T09:00"},
		{"Monday 9", "Mondays at 9:00 am", "2026-11-09T09:00"},
		{"every monday at 3", "Mondays at 3:00 pm", "2026-11-09T15:00"},
		{"mon and thu 9am", "Mondays and Thursdays at 9:00 am", "2026-11-05T09:00 2026-11-09T09:00"},
		{"thu, mon & wed 9am", "Mondays, Wednesdays and Thursdays at 9:00 am", "2026-11-04T09:00"},
		{"9am on mondays", "Mondays at 9:00 am", "2026-11-09T09:00"},
		{"weekdays 18:30", "Weekdays at 6:30 pm", "2026-11-03T18:30 2026-11-04T18:30 2026-11-05T18:30 2026-11-06T18:30 2026-11-09T18:30"},
		{"mon-fri 6.30pm", "Weekdays at 6:30 pm", "2026-11-03T18:30"},
		{"fri to mon noon", "Mondays, Fridays, Saturdays and Sundays at 12:00 pm", "2026-11-06T12:00"},
		{"weekends 10am", "Weekends at 10:00 am", "2026-11-07T10:00 2026-11-08T10:00 2026-11-14T10:00"},
		{"every day 8am", "Every day at 8:00 am", "2026-11-04T08:00"},
		{"daily 03:00", "Every day at 3:00 am", "2026-11-04T03:00"},
		{"tue 9am and 4pm", "Tuesdays at 9:00 am and 4:00 pm", "2026-11-03T16:00 2026-11-10T09:00"},
		{"mon 9am and thu 18:30", "Mondays at 9:00 am and Thursdays at 6:30 pm", "2026-11-05T18:30 2026-11-09T09:00"},
		{"9am mon, 18:30 thu", "Mondays at 9:00 am and Thursdays at 6:30 pm", "2026-11-05T18:30 2026-11-09T09:00"},
		{"first tuesday of the month 9am", "The first Tuesday of the month at 9:00 am", "2026-12-01T09:00 2027-01-05T09:00"},
		{"2nd and last friday of each month noon", "The second and last Friday of the month at 12:00 pm", "2026-11-13T12:00 2026-11-27T12:00 2026-12-11T12:00 2026-12-25T12:00"},
		{"every second monday 9am from 2026-11-02", "Every second Monday at 9:00 am, from 2 November 2026", "2026-11-16T09:00 2026-11-30T09:00"},
		{"every 3 weeks on monday 9am from 2027-02-01", "Every third Monday at 9:00 am, from 1 February 2027", "2027-02-01T09:00 2027-02-22T09:00"},
		{"fortnightly mon and thu 9am from 2026-11-02", "Every second Monday and Thursday at 9:00 am, from 2 November 2026", "2026-11-05T09:00 2026-11-16T09:00 2026-11-19T09:00"},
		{"0 9 * * 1", "Mondays at 9:00 am", "2026-11-09T09:00"},
		{"0 9 * * mon,THU", "Mondays and Thursdays at 9:00 am", "2026-11-05T09:00"},
		{"0 9 * * 7", "Sundays at 9:00 am", "2026-11-08T09:00"},
		{"0 9 * * 5-7", "Fridays, Saturdays and Sundays at 9:00 am", "2026-11-06T09:00"},
		{"*/20 9 1 * *", "*/20 9 1 * *", "2026-12-01T09:00 2026-12-01T09:20 2026-12-01T09:40 2027-01-01T09:00"},
		{"0 9 29 2 *", "0 9 29 2 *", "2028-02-29T09:00"},
		{"@weekly", "Sundays at 12:00 am", "2026-11-08T00:00"},
		{"@Monthly", "@monthly", "2026-12-01T00:00"},
	} {
		r, err := ParseRule(c.rule)
		if err != nil {
			t.Errorf("%q: %v", c.rule, err)
			continue
		}
		if r.Words() != c.words || r.String() != c.rule {
			t.Errorf("%q says %q (%s), want %q", c.rule, r.Words(), r, c.words)
		}
		w := wall(t, "2026-11-03T10:30")
		for _, want := range strings.Fields(c.next) {
			var ok bool
			if w, ok = r.NextWall(w, nil); !ok || w.String() != want {
				t.Errorf("%q: next is %s %v, want %s", c.rule, w, ok, want)
				break
			}
		}
	}
}

func TestParseRuleRefusesWhatCannotBeRight(t *testing.T) {
	for typed, part := range map[string]string{
		"": "empty", "  ": "empty",
		"TZ=":                        "no zone of its own",
		"TZ=Pacific/Auckland":        "no zone of its own",
		"CRON_TZ=UTC 0 9 * * 1":      "no zone of its own",
		"@every 5m":                  "restart",
		"@":                          "descriptor",
		"@fortnightly":               "descriptor",
		"0 9 * *":                    "five fields and this has 4",
		"0 0 9 * * 1":                "five fields and this has 6",
		"60 9 * * 1":                 "above maximum",
		"0 9 30 2 *":                 "no such day",
		", 9 * * *":                  "empty",
		"fortnightly":                "date to count",
		"every second monday 9am":    "date to count",
		"every other tuesday 9am":    "date to count",
		"last friday 9am":            "of the month",
		"friday of the month 9am":    "which one",
		"mondays":                    "what time",
		"9am":                        "which days",
		"blursdays 9am":              `"blursdays" is not`,
		"mondays midnight":           "either end",
		"mondays 25:00":              `"25:00" is not`,
		"monday 9am from tomorrow":   "2027-02-01",
		"monday 9am from":            "which date",
		strings.Repeat("mon ", 1000): "too long",
	} {
		r, err := ParseRule(typed)
		var u *Unclear
		if !errors.As(err, &u) || !strings.Contains(err.Error(), part) {
			t.Errorf("%q = %q, %v; want an error with %q", typed, r.Words(), err, part)
		} else if u.Typed != typed {
			t.Errorf("%q: gives back %q", typed, u.Typed)
		}
	}
}

func TestRulePassesOverBreaksAndHolidays(t *testing.T) {
	skip := Calendar{
		{Date{2026, 12, 21}, Date{2027, 1, 10}, "Summer break"},
		{Date{2027, 2, 1}, Date{2027, 2, 1}, "Anniversary day"},
	}
	r := mustRule(t, "mondays 9am")
	w, ok := r.NextWall(wall(t, "2026-12-14T09:00"), skip)
	if !ok || w.String() != "2027-01-11T09:00" {
		t.Errorf("after the break: %s %v", w, ok)
	}
	got, ok := r.Next(wall(t, "2027-01-25T09:00").In(auckland), auckland, skip)
	if want := wall(t, "2027-02-08T09:00").In(auckland); !ok || !got.Equal(want) {
		t.Errorf("after the holiday: %s %v, want %s", got, ok, want)
	}
	always := Calendar{{Date{2000, 1, 1}, Date{9999, 12, 31}, "for ever"}}
	if w, ok := mustRule(t, "* * * * *").NextWall(wall(t, "2026-12-14T09:00"), always); ok {
		t.Errorf("in an endless break: %s", w)
	}
}

func TestZeroRuleNeverHappens(t *testing.T) {
	var r Rule
	if _, ok := r.Next(tuesday, auckland, nil); ok || !r.IsZero() || r.String() != "" || r.Words() != "" || r.OnDate(DateOf(tuesday)) != nil {
		t.Error("the zero rule is something")
	}
}

func TestOnDateListsTheTimesOfADay(t *testing.T) {
	r := mustRule(t, "tue 4pm and 00:00 and 9am")
	times := r.OnDate(Date{2026, 11, 3})
	want := []TimeOfDay{{0, 0}, {9, 0}, {16, 0}}
	if len(times) != 3 || times[0] != want[0] || times[1] != want[1] || times[2] != want[2] {
		t.Errorf("times are %v, want %v", times, want)
	}
	if times := r.OnDate(Date{2026, 11, 4}); len(times) != 0 {
		t.Errorf("on a Wednesday: %v", times)
	}
	if times := mustRule(t, "every second tue 9am from 2026-11-03").OnDate(Date{2026, 11, 10}); len(times) != 0 {
		t.Errorf("in the week between: %v", times)
	}
}

func TestRuleNextAgreesWithAWalkThroughEveryDay(t *testing.T) {
	texts := []string{
		"mondays 09:00", "weekdays 18:30", "first tue of the month 9am", "last sun of the month 02:30",
		"every second wed 9am from 2026-01-07", "sun 01:30 and 02:30 and 2:59am", "every 5 weeks on fri and sun 02:15 from 2027-03-01",
	}
	rapid.Check(t, func(t *rapid.T) {
		r, err := ParseRule(rapid.SampledFrom(texts).Draw(t, "rule"))
		if err != nil {
			t.Fatal(err)
		}
		z := MustZone(rapid.SampledFrom([]string{"Pacific/Auckland", "America/New_York", "Australia/Lord_Howe", "UTC"}).Draw(t, "zone"))
		after := time.Unix(rapid.Int64Range(1767225600, 1893456000).Draw(t, "after"), 0)
		got, ok := r.Next(after, z, nil)
		var want time.Time
		for d := DateOf(after.In(z.Location())).AddDays(-1); want.IsZero(); d = d.AddDays(1) {
			for _, tod := range r.OnDate(d) {
				if at := (Wall{d, tod}).In(z); want.IsZero() && at.After(after) {
					want = at
				}
			}
		}
		if !ok || !got.Equal(want) {
			t.Fatalf("%s after %s: %s %v, want %s", r, after.In(z.Location()), got, ok, want)
		}
	})
}

func TestRuleTextRoundTrips(t *testing.T) {
	type record struct {
		Rhythm Rule      `json:"rhythm"`
		Zone   Zone      `json:"zone"`
		Day    Date      `json:"day"`
		At     TimeOfDay `json:"at"`
		Start  Wall      `json:"start"`
		Hush   Quiet     `json:"hush"`
	}
	for _, text := range []string{
		`{"rhythm":"Mon and Thu, 9am","zone":"Pacific/Auckland","day":"2027-02-01","at":"09:00","start":"2027-02-01T09:00","hush":{"From":"22:00","To":"06:00"}}`,
		`{"rhythm":"","zone":"UTC","day":"","at":"00:00","start":"","hush":{"From":"00:00","To":"00:00"}}`,
	} {
		var r record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		back, err := json.Marshal(r)
		if err != nil || string(back) != text {
			t.Errorf("%s comes back as %s, %v", text, back, err)
		}
	}
	for _, text := range []string{`{"rhythm":"x"}`, `{"zone":"x"}`, `{"day":"5 Nov"}`, `{"at":"x"}`, `{"start":"x"}`} {
		var u *Unclear
		if err := json.Unmarshal([]byte(text), new(record)); !errors.As(err, &u) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRulesRememberedStayFew(t *testing.T) {
	for i := range mostRules + 100 {
		mustRule(t, "mondays 9am"+strings.Repeat(" ", i%150)+strings.Repeat("\t", i/150))
	}
	if n := len(rules.parsed); n > mostRules {
		t.Errorf("%d rules remembered", n)
	}
}

func FuzzParseRule(f *testing.F) {
	for _, s := range []string{
		"mondays 09:00", "mon and thu 9am", "TZ=", "CRON_TZ= ", "@every 1s", "0 9 * * 1", "*/7 1-5/2 ? jan-mar 5-7",
		"every second monday 9am from 2027-02-01", "last fri of the month noon", "1/99999999999 * * * *", "a weeks",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRule(s)
		if err != nil {
			if !strings.Contains(err.Error(), `Try "`) {
				t.Fatalf("%q: no example in %q", s, err)
			}
			return
		}
		if r.String() != s || r.Words() == "" {
			t.Fatalf("%q = %q %q", s, r, r.Words())
		}
		after := WallOf(tuesday)
		w, ok := r.NextWall(after, nil)
		if ok && !after.Before(w) {
			t.Fatalf("%q: %s is not after %s", s, w, after)
		}
		if ok && len(r.OnDate(w.Date)) == 0 {
			t.Fatalf("%q: next on %s, which has no time", s, w)
		}
	})
}

func BenchmarkRuleNext(b *testing.B) {
	r := mustRule(b, "mondays 09:00")
	skip := Calendar{{Date{2026, 12, 21}, Date{2027, 1, 10}, "Summer break"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := r.Next(tuesday, auckland, skip); !ok {
			b.Fatal("never")
		}
	}
}

func BenchmarkParseRuleAgain(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseRule("mondays 09:00"); err != nil {
			b.Fatal(err)
		}
	}
}
