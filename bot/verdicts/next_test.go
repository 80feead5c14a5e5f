package verdicts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/schedules"
)

// drawnCohort gives a cohort and its plan as facilitators may have left it: weeks
// moved between phases, skipped, of no phase, without a question, and questions
// that speak of their place.
func drawnCohort(t *rapid.T) (cohorts.Cohort, cohorts.Plan) {
	rhythm, err := schedules.ParseRule("mondays 09:00")
	if err != nil {
		t.Fatal(err)
	}
	c := cohorts.Cohort{
		Name: rapid.SampledFrom([]string{"Explorers", "A: \"b\"\n- c", "# Ōtautahi\u2028x", "---", "\ufeffmark"}).Draw(t, "name"), Rhythm: rhythm, Zone: schedules.MustZone("Pacific/Auckland"),
		First: schedules.Date{Year: 2026, Month: 11, Day: 2},
		Programme: programmes.Programme{
			ID: "group", Title: "A group", Summary: "For a test.", Members: programmes.Word{One: "member", Many: "members"}, Rhythm: "mondays 09:00",
			Welcome:  rapid.SampledFrom([]string{"", "Welcome.", "{{if eq .Weeks 3}}Three{{end}}"}).Draw(t, "welcome"),
			Strands:  []programmes.Strand{{ID: "ideas", Title: "Ideas"}},
			Graduate: []programmes.Requirement{{ID: "gift", Text: "A gift.", Done: programmes.ByGift}},
		},
		From: cohorts.Provenance{Programme: "group"},
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "phases") {
		c.Programme.Phases = append(c.Programme.Phases, programmes.Phase{ID: fmt.Sprintf("phase%d", i), Title: fmt.Sprintf("Phase %d", i)})
	}
	var p cohorts.Plan
	for i := range rapid.IntRange(1, 9).Draw(t, "weeks") {
		p.Weeks = append(p.Weeks, cohorts.Week{
			ID: cohorts.WeekID(fmt.Sprintf("w%d", i)), Title: fmt.Sprintf("Title %d", i),
			Phase:   rapid.SampledFrom([]string{"", "phase0", "phase1", "phase2", "phase0-2"}).Draw(t, "phase"),
			Strand:  rapid.SampledFrom([]string{"", "ideas", "gone"}).Draw(t, "strand"),
			Skipped: rapid.IntRange(0, 4).Draw(t, "skipped") == 0,
			Prompt: rapid.SampledFrom([]string{
				"", "What?", "{{if eq .Week 2}}Only in the second{{end}}", "{{if eq .Phase \"Phase 1\"}}Only there{{end}}", "Lines:\n\n- one: two\n- \"three\"\n", "# {{.Title}}\r\n--- \n",
			}).Draw(t, "prompt"),
			With: rapid.SliceOfNDistinct(rapid.SampledFrom(programmes.Activities), 0, 3, rapid.ID).Draw(t, "with"),
		})
	}
	return c, p
}

func TestTheNextProgrammeAlwaysReadsAndKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, plan := drawnCohort(t)
		all := cohorts.Elements(c, c.Dates(plan))
		var r cohorts.Revision
		for _, e := range all {
			switch rapid.IntRange(0, 5).Draw(t, e.ID) {
			case 0:
				r.Change = append(r.Change, e.ID)
			case 1:
				r.Drop = append(r.Drop, e.ID)
			}
		}
		p, unwritten := cohorts.Successor(c, plan, r)
		var want []string
		for _, w := range plan.Weeks {
			i := slices.IndexFunc(c.Programme.Phases, func(p programmes.Phase) bool { return p.ID == w.Phase })
			if !w.Skipped && !slices.Contains(r.Drop, string(w.ID)) && (i < 0 || !slices.Contains(r.Drop, fmt.Sprintf("phase-%d", i))) {
				want = append(want, w.Title)
			}
		}
		if p.Weeks() != len(want) {
			t.Fatalf("%d weeks, want %q", p.Weeks(), want)
		}
		if len(want) == 0 {
			return // refused before it is written
		}
		data, err := write(c, p, all, r, unwritten, time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		back, err := programmes.Parse("group.yaml", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		var got []string
		for _, ph := range back.Phases {
			for _, w := range ph.Weeks {
				got = append(got, w.Title)
				i := slices.IndexFunc(plan.Weeks, func(x cohorts.Week) bool { return x.Title == w.Title })
				if slices.Contains(r.Change, string(plan.Weeks[i].ID)) && w.Prompt != "" {
					t.Errorf("%s is to change and still asks %q", w.Title, w.Prompt)
				}
				for _, a := range w.With {
					if slices.Contains(r.Drop, "with-"+string(a)) {
						t.Errorf("%s still offers %s", w.Title, a)
					}
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the weeks are %q, want %q", got, want)
		}
		for _, u := range unwritten {
			first, _, _ := strings.Cut(u.Prompt, "\n")
			if first = strings.TrimSpace(first); !strings.Contains(string(data), "# "+first) {
				t.Errorf("the question of %s is lost: %q", u.Title, u.Prompt)
			}
		}
	})
}

func TestALongProgrammeIsChosenFromInPages(t *testing.T) {
	var all []cohorts.Element
	for i := range 60 {
		all = append(all, cohorts.Element{ID: fmt.Sprintf("w%d", i), Title: strings.Repeat("long ", 20)})
	}
	all = append(all, cohorts.Element{ID: "rhythm", Title: "The rhythm", Fixed: true})
	seen := map[string]int{}
	for _, f := range choices(all) {
		if n := len(f.Options); n == 0 || n > choicesPage {
			t.Errorf("%s offers %d", f.Name, n)
		}
		for _, o := range f.Options {
			seen[o.Value]++
			if n := len([]rune(o.Label)); n > 75 {
				t.Errorf("a label has %d characters", n)
			}
		}
	}
	if len(seen) != 61 || seen["w0"] != 2 || seen["w59"] != 2 || seen["rhythm"] != 1 {
		t.Errorf("offered: %v", seen)
	}
	given := deeds.Values{"change2": {Choices: []string{"w30"}}, "drop3": {Choices: []string{"w55"}}}
	r, err := chosenNow(deeds.Call{Given: given}, all)
	if err != nil || !slices.Equal(r.Change, []string{"w30"}) || !slices.Equal(r.Drop, []string{"w55"}) {
		t.Errorf("chosen: %+v, %v", r, err)
	}
}
