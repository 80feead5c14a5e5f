package schedules

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	auckland = MustZone("Pacific/Auckland")
	sydney   = MustZone("Australia/Sydney")
	london   = MustZone("Europe/London")
)

// tuesday is the morning from which the tests look ahead: Tuesday 3 November
// 2026, 10:30 in Auckland.
var tuesday = Wall{Date{2026, time.November, 3}, TimeOfDay{10, 30}}.In(auckland)

func TestParseWhenReadsTimesAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]string{
		"tomorrow 9":                           "2026-11-04T09:00",
		"Tomorrow, 9":                          "2026-11-04T09:00",
		"thu 9am":                              "2026-11-05T09:00",
		"THU 9 AM":                             "2026-11-05T09:00",
		"Thurs. 9 a.m.":                        "2026-11-05T09:00",
		"Thu 5 Nov 9am":                        "2026-11-05T09:00",
		"5 Nov 18:30":                          "2026-11-05T18:30",
		"5nov 18h30":                           "2026-11-05T18:30",
		"5-Nov-2027 18h":                       "2027-11-05T18:00",
		"Nov 5th at 9am":                       "2026-11-05T09:00",
		"5th of November at noon":              "2026-11-05T12:00",
		"5 November 2027 at 6.30pm":            "2027-11-05T18:30",
		"November 5, 2027, 6:30 p.m.":          "2027-11-05T18:30",
		"2027-02-01 18:30":                     "2027-02-01T18:30",
		"2027-02-01T18:30":                     "2027-02-01T18:30",
		"2027-02-01T18:30:00":                  "2027-02-01T18:30",
		"2027-02-01 00:00":                     "2027-02-01T00:00",
		"2027-02-01T06:30Z":                    "2027-02-01T19:30",
		"2027-02-01T06:30:00+01:00":            "2027-02-01T18:30",
		"2027-02-01 03:00":                     "2027-02-01T03:00",
		"next monday 10am":                     "2026-11-09T10:00",
		"next thursday 10am":                   "2026-11-12T10:00",
		"thursday next week 10":                "2026-11-12T10:00",
		"next week tuesday 10":                 "2026-11-10T10:00",
		"this thursday 10am":                   "2026-11-05T10:00",
		"monday 3":                             "2026-11-09T15:00",
		"tuesday 9am":                          "2026-11-10T09:00",
		"tuesday 11am":                         "2026-11-03T11:00",
		"today 17:00":                          "2026-11-03T17:00",
		"today 9":                              "2026-11-03T09:00",
		"in 2 days at 9":                       "2026-11-05T09:00",
		"in two weeks 9am":                     "2026-11-17T09:00",
		"in a fortnight, 9am":                  "2026-11-17T09:00",
		"in 3 hours":                           "2026-11-03T13:30",
		"in 48 hours":                          "2026-11-05T10:30",
		"in half an hour":                      "2026-11-03T11:00",
		"in 1h30":                              "2026-11-03T12:00",
		"now":                                  "2026-11-03T10:30",
		"9am thursday":                         "2026-11-05T09:00",
		"9 5 nov":                              "2026-11-05T09:00",
		"25/12 9am":                            "2026-12-25T09:00",
		"5/5 9am":                              "2027-05-05T09:00",
		"25/12/2027 9am":                       "2027-12-25T09:00",
		"noon tomorrow":                        "2026-11-04T12:00",
		"tonight 7":                            "2026-11-03T19:00",
		"tonight at 7.30":                      "2026-11-03T19:30",
		"this morning 9":                       "2026-11-03T09:00",
		"tomorrow morning at 6":                "2026-11-04T06:00",
		"tomorrow evening 8":                   "2026-11-04T20:00",
		"6 in the morning tomorrow":            "2026-11-04T06:00",
		"thu 3:30":                             "2026-11-05T15:30",
		"thu 12":                               "2026-11-05T12:00",
		"thu 1830":                             "2026-11-05T18:30",
		"thu 0630":                             "2026-11-05T06:30",
		"thu 630pm":                            "2026-11-05T18:30",
		"9":                                    "2026-11-04T09:00",
		"at 11":                                "2026-11-03T11:00",
		"9 o’clock tomorrow":                   "2026-11-04T09:00",
		"the 5th at 9":                         "2026-11-05T09:00",
		"the 2nd at 9":                         "2026-12-02T09:00",
		"31st 9am":                             "2026-12-31T09:00",
		"5 oct 9am":                            "2027-10-05T09:00",
		"3 nov 9am":                            "2027-11-03T09:00",
		"Tue 3 nov 9am":                        "2026-11-03T09:00",
		"29 feb 9am":                           "2028-02-29T09:00",
		"2020-01-01 9am":                       "2020-01-01T09:00",
		"Thursday 5 November, 9:00\u202fam":    "2026-11-05T09:00",
		"Thursday 5 November, 9 am (Auckland)": "2026-11-05T09:00",
	} {
		w, err := ParseWhen(typed, tuesday, auckland)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		if w.Wall.String() != want || !w.HasTime || w.Zone != auckland {
			t.Errorf("%q = %s %v in %s, want %s", typed, w.Wall, w.HasTime, w.Zone, want)
		}
	}
}

func TestParseWhenReadsDatesAlone(t *testing.T) {
	for typed, want := range map[string]string{
		"monday": "2026-11-09", "tuesday": "2026-11-03", "today": "2026-11-03", "tonight": "2026-11-03",
		"5 nov": "2026-11-05", "3 nov": "2026-11-03", "2 nov": "2027-11-02", "2027-02-01": "2027-02-01",
		"in 3 days": "2026-11-06", "yesterday": "2026-11-02", "last friday": "2026-10-30", "last tue": "2026-10-27", "last monday": "2026-11-02", "1 February 2027": "2027-02-01",
	} {
		w, err := ParseWhen(typed, tuesday, auckland)
		if err != nil || w.HasTime || w.Wall.Date.String() != want {
			t.Errorf("%q = %s %v, %v; want %s and no time", typed, w.Wall, w.HasTime, err, want)
		}
	}
}

func TestParseWhenTakesAnotherZoneWhenOneIsNamed(t *testing.T) {
	for typed, want := range map[string]struct {
		wall string
		zone Zone
	}{
		"thu 9am Sydney":            {"2026-11-05T09:00", sydney},
		"9am in sydney tomorrow":    {"2026-11-04T09:00", sydney},
		"thu 9am Europe/London":     {"2026-11-05T09:00", london},
		"thu 9am utc":               {"2026-11-05T09:00", Zone{}},
		"thu 9am Port of Spain":     {"2026-11-05T09:00", MustZone("America/Port_of_Spain")},
		"tomorrow 9am London":       {"2026-11-03T09:00", london}, // still Monday there
		"easter monday 9am":         {},
		"thu 9am NZDT":              {},
		"thu 9am America/Nowhere_x": {},
	} {
		w, err := ParseWhen(typed, tuesday, auckland)
		if want.wall == "" {
			if err == nil {
				t.Errorf("%q = %s in %s, want an error", typed, w.Wall, w.Zone)
			}
			continue
		}
		if err != nil || w.Wall.String() != want.wall || w.Zone != want.zone {
			t.Errorf("%q = %s in %s, %v; want %v", typed, w.Wall, w.Zone, err, want)
		}
	}
}

func TestParseWhenSaysWhatIsWrong(t *testing.T) {
	for typed, part := range map[string]string{
		"next blursday":          `"blursday" is not a day`,
		"":                       "no day or time",
		"5/11 9am":               "5 November or 11 May",
		"5.11.2027 9am":          "5 November or 11 May",
		"Thu 6 Nov 9am":          "6 November 2026 is a Friday, not a Thursday",
		"tomorrow friday":        "is a Wednesday, not a Friday",
		"mon thu 9am":            "two days of the week",
		"midnight tomorrow":      "either end of the day",
		"tonight 12":             "either end of the day",
		"tonight 9am":            "9:00 am is not at night",
		"30 feb":                 "no such date",
		"2027-02-29":             "no such date",
		"nov 9am":                "which day of November",
		"thu 2030":               `"20:30"`,
		"thu 9am 10am":           "two times",
		"thu 9am est":            "your zone, Auckland",
		"next week":              "Name the day of the week",
		"in 3 hours thu":         "two times",
		"thu 25:00":              `"25:00" is not`,
		"5 nov 6 nov":            "two dates",
		"in 999999 weeks":        "too far",
		strings.Repeat("9", 300): "too long",
	} {
		w, err := ParseWhen(typed, tuesday, auckland)
		var u *Unclear
		if !errors.As(err, &u) || !strings.Contains(err.Error(), part) {
			t.Errorf("%q = %s, %v; want an error with %q", typed, w.Wall, err, part)
			continue
		}
		if u.Typed != typed {
			t.Errorf("%q: gives back %q", typed, u.Typed)
		}
	}
}

func TestEveryExampleInAnErrorWorks(t *testing.T) {
	now := tuesday
	quoted := func(err error) []string {
		var u *Unclear
		if !errors.As(err, &u) {
			t.Fatalf("not an Unclear: %v", err)
		}
		var out []string
		for i, part := range strings.Split(u.Example, `"`) {
			if i%2 == 1 {
				out = append(out, part)
			}
		}
		if len(out) == 0 {
			t.Fatalf("no example in %v", err)
		}
		return out
	}
	for _, parse := range []func(string) error{
		func(s string) error { _, err := ParseWhen(s, now, auckland); return err },
		func(s string) error { _, err := ParseRule(s); return err },
		func(s string) error { _, err := ParseDuration(s); return err },
		func(s string) error { _, err := ParseDate(s); return err },
		func(s string) error { _, err := ParseTimeOfDay(s); return err },
		func(s string) error { _, err := ParseWall(s); return err },
		func(s string) error { _, err := ParseZone(s); return err },
	} {
		for _, example := range quoted(parse("no such thing *")) {
			if err := parse(example); err != nil {
				t.Errorf("the example %q does not work: %v", example, err)
			}
		}
	}
}

func TestWordsAreReadBackAsTheSameInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := MustZone(rapid.SampledFrom([]string{"Pacific/Auckland", "Europe/London", "America/St_Johns", "UTC"}).Draw(t, "zone"))
		now := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "now"), 0)
		// Only the first pass of an hour that comes twice can be said in words.
		at := WallOf(now.Add(time.Duration(rapid.IntRange(-60*48, 60*24*900).Draw(t, "minutes")) * time.Minute).In(z.Location())).In(z)
		if at.Before(now) && !strings.HasPrefix(Words(at, z, now), "to") && !strings.HasPrefix(Words(at, z, now), "yes") {
			t.Skip("a date without a year is a coming one")
		}
		w, err := ParseWhen(Words(at, z, now), now, z)
		if err != nil {
			t.Fatalf("%q: %v", Words(at, z, now), err)
		}
		if !w.Instant().Equal(at) {
			t.Fatalf("%q = %s, want %s", Words(at, z, now), w.Instant(), at)
		}
		if w.Words(now) != Words(at, z, now) {
			t.Fatalf("says %q for %q", w.Words(now), Words(at, z, now))
		}
	})
}

func TestNoteTellsWhenTheClocksChangeOverTheTime(t *testing.T) {
	now := tuesday
	for typed, want := range map[string]string{
		"2027-09-26 02:30": "The clocks go forward over 2:30 am that day, so this is 3:00 am.",
		"2027-04-04 02:30": "The clocks go back that day and 2:30 am comes twice; this is the first.",
		"2027-04-04 03:00": "",
		"2027-04-04 01:59": "",
		"2027-09-26 03:00": "",
		"2027-09-26":       "",
	} {
		w, err := ParseWhen(typed, now, auckland)
		if err != nil || w.Note() != want {
			t.Errorf("%q: %q, %v; want %q", typed, w.Note(), err, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for typed, want := range map[string]time.Duration{
		"90 min": 90 * time.Minute, "1h": time.Hour, "1.5 hours": 90 * time.Minute, "1,5 h": 0, "1h30": 90 * time.Minute,
		"1h30m": 90 * time.Minute, "an hour": time.Hour, "half an hour": 30 * time.Minute, "2 days": 48 * time.Hour,
		"1 hour and 30 minutes": 90 * time.Minute, "an hour and a half": 90 * time.Minute, "45": 45 * time.Minute,
		"two hours": 2 * time.Hour, "1 h 15": 75 * time.Minute, "0": 0, "-1h": 0, "": 0, "a": time.Minute, "soon": 0,
		"9999 weeks": 0, "999999999999 min": 0, "1e9h": 0, "hours": 0, "1h 2h min": 0,
	} {
		got, err := ParseDuration(typed)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q = %s, %v; want %s", typed, got, err, want)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{
		"tomorrow 9", "Thu 5 Nov 9am", "2027-02-01T18:30:00+13:00", "in 1h30", "5/11/27", "noon Port of Spain",
		"next week monday", "the 31st", "29 feb", "āpōpō 9", "\xff\u0304", "9999-12-31t23:59z", "in 1.5 days",
		"0001.0.1", "0001.1.1 Z", "13/0", "0/0", "5/11/0000", "0000-01-01", "5-nov-0000",
	} {
		f.Add(s, int64(1793655000))
	}
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		now := time.Unix(unix%4e9, 0)
		for _, z := range []Zone{auckland, london} {
			w, err := ParseWhen(s, now, z)
			if err != nil {
				if !strings.Contains(err.Error(), `Try "`) {
					t.Fatalf("%q: no example in %q", s, err)
				}
				continue
			}
			if !w.Wall.Date.valid() || w.Instant().IsZero() || w.Words(now) == "" {
				t.Fatalf("%q = %+v", s, w)
			}
			if w.Wall.Time.Hour > 23 || w.Wall.Time.Minute > 59 {
				t.Fatalf("%q = %+v", s, w)
			}
			_ = w.Note()
		}
		if d, err := ParseDuration(s); err == nil && (d <= 0 || d > longest) {
			t.Fatalf("%q = %s", s, d)
		}
	})
}

func BenchmarkParseWhen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseWhen("Thu 5 Nov 9am", tuesday, auckland); err != nil {
			b.Fatal(err)
		}
	}
}

func TestADayOnWhichSomethingWasIsTheLastSuchDay(t *testing.T) {
	z := MustZone("Pacific/Auckland")
	now := Wall{Date: Date{Year: 2026, Month: time.November, Day: 20}, Time: TimeOfDay{Hour: 10}}.In(z) // a Friday
	for typed, want := range map[string]string{
		"5 Nov": "2026-11-05", "Thu 5 Nov": "2026-11-05", "Wed 5 Nov": "", "5 Dec": "2025-12-05", "Fri 5 Dec": "2025-12-05",
		"20 Nov": "2026-11-20", "21 Nov": "2025-11-21", "29 Feb": "2024-02-29", "the 25th": "2026-10-25", "the 3rd": "2026-11-03",
		"friday": "2026-11-20", "thursday": "2026-11-19", "saturday": "2026-11-14", "last friday": "2026-11-13",
		"yesterday": "2026-11-19", "2025-12-05": "2025-12-05", "today": "2026-11-20",
		"tomorrow": "2026-11-21", "5 Nov 2031": "2031-11-05", "5 Nov 9am": "", "blursday": "", "31 Feb": "",
	} {
		got, err := ParsePast(typed, now, z)
		if want == "" && err == nil || want != "" && (err != nil || got.String() != want) {
			t.Errorf("%q is read as %s, %v; want %q", typed, got, err, want)
		}
	}
}
