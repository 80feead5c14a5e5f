package schedules

import (
	"archive/zip"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// everyZone is every zone of the tz database that came with this Go.
func everyZone(t testing.TB) []Zone {
	t.Helper()
	//nolint:staticcheck // the tests run where they were built
	r, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Logf("reading the embedded names instead: %v", err)
		zones.once.Do(indexZones)
		all := make([]Zone, 0, len(zones.names))
		for _, name := range zones.names {
			all = append(all, MustZone(name))
		}
		return all
	}
	defer func() { _ = r.Close() }()
	var all []Zone
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") || f.Name == "Factory" {
			continue
		}
		loc, err := time.LoadLocation(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Zone{loc})
	}
	if len(all) < 500 {
		t.Fatalf("only %d zones", len(all))
	}
	return all
}

var (
	testFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	testTo   = time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
)

func TestWeeklyNineOClockIsAtNineOnceAWeekInEveryZone(t *testing.T) {
	rule := mustRule(t, "mondays 09:00")
	for _, z := range everyZone(t) {
		at := testFrom
		monday := Date{2026, 1, 5}
		for at.Before(testTo) {
			next, ok := rule.Next(at, z, nil)
			if !ok {
				t.Fatalf("%s: nothing after %s", z, at)
			}
			local := next.In(z.Location())
			if h, m, s := local.Clock(); DateOf(local) != monday || h != 9 || m != 0 || s != 0 {
				t.Fatalf("%s: %s, want %s at 09:00", z, local, monday)
			}
			at, monday = next, monday.AddDays(7)
		}
	}
}

// changes calls do with every change of offset in z within the tested years.
func changes(z Zone, do func(at time.Time, before, after int)) int {
	n := 0
	for t := testFrom.In(z.Location()); ; {
		_, end := bounds(t)
		if end.IsZero() || end.After(testTo) {
			return n
		}
		_, before := t.Zone()
		_, after := end.Zone()
		if before != after {
			do(end, before, after)
			n++
		}
		t = end
	}
}

// at gives a weekly rule at the wall time shown by a clock that is offset
// seconds ahead of UTC, and that wall time.
func weeklyAt(t *testing.T, at time.Time, offset int) (Rule, Wall) {
	w := WallOf(at.In(time.FixedZone("", offset)))
	return mustRule(t, strings.ToLower(w.Date.Weekday().String())+" "+w.Time.String()), w
}

// occurrences are the instants of the rule in the eight days around at.
func occurrences(t *testing.T, r Rule, z Zone, at time.Time) []time.Time {
	var all []time.Time
	end := at.Add(4 * day)
	for from := at.Add(-4 * day); ; {
		next, ok := r.Next(from, z, nil)
		if !ok {
			t.Fatalf("%s in %s: nothing after %s", r, z, from)
		}
		if !next.Before(end) {
			return all
		}
		all = append(all, next)
		from = next
	}
}

func TestRulesInEveryGapRunAtTheFirstInstantAfterIt(t *testing.T) {
	gaps := 0
	for _, z := range everyZone(t) {
		changes(z, func(at time.Time, before, after int) {
			if after < before {
				return
			}
			gaps++
			// The first minute that is missing, one inside, and the last.
			missing := time.Duration(after-before) * time.Second
			for _, in := range []time.Duration{0, missing / 2, missing - time.Minute} {
				r, w := weeklyAt(t, at.Add(in), before)
				if got := w.In(z); !got.Equal(at) {
					t.Fatalf("%s: %s is %s, want %s", z, w, got, at)
				}
				if got := occurrences(t, r, z, at); len(got) != 1 || !got[0].Equal(at) {
					t.Fatalf("%s: %s around %s at %v", z, r, at, got)
				}
			}
			// The first minute after it is not missing, and is the same instant.
			if _, w := weeklyAt(t, at, after); !w.In(z).Equal(at) {
				t.Fatalf("%s: %s is %s, want %s", z, w, w.In(z), at)
			}
		})
	}
	if gaps < 500 {
		t.Errorf("only %d gaps tried", gaps)
	}
}

func TestRulesInEveryOverlapRunOnceAtTheFirst(t *testing.T) {
	overlaps := 0
	for _, z := range everyZone(t) {
		changes(z, func(at time.Time, before, after int) {
			if after > before {
				return
			}
			overlaps++
			twice := time.Duration(before-after) * time.Second
			for _, in := range []time.Duration{0, twice / 2, twice - time.Minute} {
				r, w := weeklyAt(t, at.Add(in), after)
				want := at.Add(in - twice)
				if got := w.In(z); !got.Equal(want) {
					t.Fatalf("%s: %s is %s, want %s", z, w, got, want)
				}
				if got := occurrences(t, r, z, at); len(got) != 1 || !got[0].Equal(want) {
					t.Fatalf("%s: %s around %s at %v, want %s", z, r, at, got, want)
				}
				// Asked from within the second pass, the next is a week away.
				next, _ := r.Next(at.Add(in/2), z, nil)
				if DateOf(next.In(z.Location())) != w.Date.AddDays(7) {
					t.Fatalf("%s: %s comes again at %s", z, r, next)
				}
			}
		})
	}
	if overlaps < 500 {
		t.Errorf("only %d overlaps tried", overlaps)
	}
}

// slim is a zone that has only a rule and no table of changes, as in the slim
// form in which some systems keep the tz database.
func slim(t *testing.T, rule string) Zone {
	t.Helper()
	part := "TZif2" + strings.Repeat("\x00", 15+4*4) + "\x00\x00\x00\x01" + "\x00\x00\x00\x04" + // one offset, four letters
		"\x00\x00\x00\x00\x00\x00" + "UTC\x00"
	loc, err := time.LoadLocationFromTZData("slim", []byte(part+part+"\n"+rule+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return Zone{loc}
}

func TestAZoneWithoutATableOfChangesGivesTheSameTimes(t *testing.T) {
	for name, rule := range map[string]string{
		"Pacific/Auckland": "NZST-12NZDT,M9.5.0,M4.1.0/3",
		"Europe/London":    "GMT0BST,M3.5.0/1,M10.5.0",
		"America/New_York": "EST5EDT,M3.2.0,M11.1.0",
	} {
		full, slim := MustZone(name), slim(t, rule)
		for w := (Wall{Date: Date{2026, 1, 1}}); w.Date.Year < 2031; w = w.AddDays(1) {
			for hour := range 24 {
				w.Time = TimeOfDay{hour, 30}
				if a, b := w.In(full), w.In(slim); !a.Equal(b) {
					t.Fatalf("%s: %s is %s, and %s without a table", name, w, a, b)
				}
			}
		}
	}
}

func TestTheLastDaysOfLeapYearsAreLikeOthersInEveryZone(t *testing.T) {
	for _, z := range everyZone(t) {
		for year := 2028; year < 2080; year += 4 {
			for n := range 4 {
				w := Wall{Date{year, 12, 30}.AddDays(n), TimeOfDay{9, 0}}
				if got := w.In(z); WallOf(got) != w {
					t.Fatalf("%s: %s is %s", z, w, got)
				}
			}
		}
	}
}

func TestADayThatAZoneSkipsIsTheFirstInstantAfterIt(t *testing.T) {
	apia := MustZone("Pacific/Apia")
	r := mustRule(t, "fridays 09:00") // Friday 30 December 2011 never was
	next, ok := r.Next(Wall{Date{2011, 12, 23}, TimeOfDay{9, 0}}.In(apia), apia, nil)
	if want := (Wall{Date{2011, 12, 31}, TimeOfDay{0, 0}}).In(apia); !ok || !next.Equal(want) {
		t.Errorf("the Friday that was skipped: %s, want %s", next, want)
	}
	next, ok = r.Next(next, apia, nil)
	if want := (Wall{Date{2012, 1, 6}, TimeOfDay{9, 0}}).In(apia); !ok || !next.Equal(want) {
		t.Errorf("the Friday after: %s, want %s", next, want)
	}
}

func TestAnHourlyRuleNeitherSkipsNorDoublesAcrossChanges(t *testing.T) {
	r := mustRule(t, "@hourly")
	for name, want := range map[string][]string{
		// Forward 02:00 to 03:00 on 27 September 2026; 02:00 and 03:00 are one instant.
		"Pacific/Auckland": {"2026-09-26T13:00:00Z", "2026-09-26T14:00:00Z", "2026-09-26T15:00:00Z"},
	} {
		z := MustZone(name)
		at, _ := time.Parse(time.RFC3339, "2026-09-26T12:00:00Z")
		for _, w := range want {
			at, _ = r.Next(at, z, nil)
			if got := at.UTC().Format(time.RFC3339); got != w {
				t.Errorf("%s: %s, want %s", name, got, w)
			}
		}
	}
	// Back 03:00 to 02:00 on 4 April 2027: 02:00 is said once, so two hours apart.
	at, _ := time.Parse(time.RFC3339, "2027-04-03T13:00:00Z")
	next, _ := r.Next(at, auckland, nil)
	if got := next.Sub(at); got != 2*time.Hour {
		t.Errorf("after the first 02:00 comes %s", next.In(auckland.Location()))
	}
}

func TestParseZone(t *testing.T) {
	for typed, want := range map[string]string{
		"Pacific/Auckland": "Pacific/Auckland", "pacific/auckland": "Pacific/Auckland", "Auckland": "Pacific/Auckland",
		" auckland ": "Pacific/Auckland", "NEW YORK": "America/New_York", "new_york": "America/New_York",
		"Port of Spain": "America/Port_of_Spain", "São Paulo": "America/Sao_Paulo", "utc": "UTC", "UTC": "UTC",
		"NZ": "NZ", "Etc/GMT+5": "Etc/GMT+5", "America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
	} {
		z, err := ParseZone(typed)
		if err != nil || z.String() != want {
			t.Errorf("%q = %s, %v; want %s", typed, z, err, want)
			continue
		}
		if again := MustZone(want); again != z {
			t.Errorf("%q twice is two zones", typed)
		}
	}
	for typed, part := range map[string]string{
		"Pacific/Aukland": "did you mean Pacific/Auckland?",
		"Aukland":         "did you mean Pacific/Auckland?",
		"Sidney":          "did you mean Australia/Sydney?",
		"Local":           `"Pacific/Auckland"`,
		"":                `"Pacific/Auckland"`,
		"Factory":         `"Pacific/Auckland"`,
		"../etc/passwd":   `"Pacific/Auckland"`,
		"NZDT":            `"Pacific/Auckland"`,
		"Tāmaki Makaurau, the largest city of Aotearoa, where it all began": "…",
	} {
		if z, err := ParseZone(typed); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q = %s, %v; want an error with %q", typed, z, err, part)
		}
	}
	var zero Zone
	if zero.String() != "UTC" || MustZone("UTC") != zero || zero.City() != "UTC" || auckland.City() != "Auckland" {
		t.Error("the zero zone is not UTC")
	}
}

func TestEveryEmbeddedZoneNameLoads(t *testing.T) {
	zones.once.Do(indexZones)
	for _, name := range zones.names {
		if z, err := ParseZone(name); err != nil || z.String() != name {
			t.Errorf("%s = %s, %v", name, z, err)
		}
	}
}

func BenchmarkParseZoneAgain(b *testing.B) {
	for b.Loop() {
		if _, err := ParseZone("Pacific/Auckland"); err != nil {
			b.Fatal(err)
		}
	}
}
