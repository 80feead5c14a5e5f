package schedules

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDateCountsDaysAndSaysItself(t *testing.T) {
	d := Date{2026, time.November, 5}
	if d.Weekday() != time.Thursday || d.Long() != "Thursday 5 November 2026" || d.Short() != "Thu 5 Nov" || d.String() != "2026-11-05" {
		t.Errorf("%s %s %s %s", d.Weekday(), d.Long(), d.Short(), d)
	}
	if (Date{}).String() != "" || !(Date{}).IsZero() || d.IsZero() {
		t.Error("the zero date is a date")
	}
	rapid.Check(t, func(t *rapid.T) {
		d := Date{rapid.IntRange(1, 9000).Draw(t, "y"), time.January, 1}.AddDays(rapid.IntRange(0, 400).Draw(t, "d"))
		n := rapid.IntRange(-300_000, 300_000).Draw(t, "n")
		e := d.AddDays(n)
		if d.DaysUntil(e) != n || e.DaysUntil(d) != -n || e.AddDays(-n) != d {
			t.Fatalf("%s and %d days is %s, %d days on", d, n, e, d.DaysUntil(e))
		}
		if d.Before(e) != (n > 0) || d.After(e) != (n < 0) || (d.Compare(e) == 0) != (n == 0) {
			t.Fatalf("%s and %s compare wrongly", d, e)
		}
		if e.Year > 0 && e.Year < 10000 {
			if back, err := ParseDate(e.String()); err != nil || back != e {
				t.Fatalf("%s is read as %s, %v", e, back, err)
			}
		}
	})
	for _, s := range []string{"2027-02-29", "2027-2-1", "1 Feb 2027", "0000-01-01", ""} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q = %s", s, d)
		}
	}
}

func TestParseTimeOfDay(t *testing.T) {
	for typed, want := range map[string]string{
		"9": "09:00", "9am": "09:00", "9 AM": "09:00", "09:00": "09:00", "9.30pm": "21:30", "noon": "12:00", "18h30": "18:30",
		"3": "15:00", "03": "03:00", "3:00": "03:00", "12": "12:00", "12am": "00:00", "12pm": "12:00", "0:15": "00:15",
		"midnight": "00:00", "23:59": "23:59", "18h": "18:00", "9 p.m.": "21:00", "930am": "09:30",
	} {
		if got, err := ParseTimeOfDay(typed); err != nil || got.String() != want {
			t.Errorf("%q = %s, %v; want %s", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "24:00", "9:60", "13pm", "0am", "9am 10am", "nine", "9:3", "-1"} {
		if got, err := ParseTimeOfDay(typed); err == nil {
			t.Errorf("%q = %s", typed, got)
		}
	}
	for want, tod := range map[string]TimeOfDay{"12:00 am": {0, 0}, "9:05 am": {9, 5}, "12:30 pm": {12, 30}, "11:59 pm": {23, 59}} {
		if tod.Clock() != want {
			t.Errorf("%s says %q", tod, tod.Clock())
		}
	}
}

func TestWallComesBackFromItsInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := MustZone(rapid.SampledFrom([]string{"Pacific/Auckland", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu"}).Draw(t, "zone"))
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at")/60*60, 0).In(z.Location())
		got := WallOf(at).In(z)
		if WallOf(got) != WallOf(at) || got.After(at) || at.Sub(got) > 2*time.Hour {
			t.Fatalf("%s comes back as %s", at, got)
		}
	})
	a, b := wall(t, "2027-02-01T09:00"), wall(t, "2027-02-01T09:01")
	if !a.Before(b) || b.Before(a) || a.Compare(a) != 0 || a.AddDays(28).String() != "2027-03-01T09:00" {
		t.Error("walls compare wrongly")
	}
}

func TestWordsNameTheDayAsPeopleDo(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-03T09:00": "today, 9:00 am", "2026-11-04T18:30": "tomorrow, 6:30 pm", "2026-11-02T12:00": "yesterday, 12:00 pm",
		"2026-11-05T09:00": "Thursday 5 November, 9:00 am", "2027-11-05T09:00": "Friday 5 November 2027, 9:00 am",
	} {
		if got := Words(wall(t, at).In(auckland), auckland, tuesday); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	// The day is the reader's: the same instant is the evening before in London.
	if got := Words(wall(t, "2026-11-05T09:00").In(auckland), london, tuesday); got != "Wednesday 4 November, 8:00 pm" {
		t.Error(got)
	}
}

func TestInSaysRoughlyHowFarAway(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "now", 20 * time.Second: "now", -20 * time.Second: "now",
		time.Minute: "in a minute", 20 * time.Minute: "in 20 minutes", -20 * time.Minute: "20 minutes ago",
		58 * time.Minute: "in an hour", 3 * time.Hour: "in three hours", 23 * time.Hour: "in a day",
		48 * time.Hour: "in two days", -6 * day: "six days ago", 21 * day: "in three weeks", 90 * day: "in three months",
		366 * day: "in 12 months", 800 * day: "in two years", -800 * day: "two years ago",
	} {
		if got := In(tuesday.Add(d), tuesday); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
