package research_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/experiments"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/people"
	"cohortbot/bot/prompts"
	"cohortbot/bot/research"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const week = 7 * 24 * time.Hour

var options = research.Options{Least: research.Least, Random: rand.Reader}

func members(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("Member%02d", i))
	}
	return names
}

// group is a cohort of the built-in programme with a question a week, from now on.
func group(w *bottest.World, name string, weeks int, members ...string) cohorts.Cohort {
	c := w.Cohort(name, "Wiremu", members...)
	w.Update(func(tx store.Tx) error {
		c.From.Programme, c.Programme.ID = "community-builder", "community-builder"
		plan := cohorts.Plan{}
		for i := range weeks {
			plan.Weeks = append(plan.Weeks, cohorts.Week{ID: cohorts.WeekID(fmt.Sprint(name, i+1)), Title: fmt.Sprint("Week ", i+1), Posted: w.Now().Add(time.Duration(i) * week)})
		}
		if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
			return err
		}
		return cohorts.Table.Put(tx, c.ID, c)
	})
	return c
}

func says(w *bottest.World, who string, yes bool) {
	w.Update(func(tx store.Tx) error {
		_, err := consents.Keep(tx, consents.Consent{Person: w.Known(who).ID, Purpose: consents.Research, Given: yes, At: w.Now()})
		return err
	})
}

// answers has somebody answer the question of a week, a day after it went out.
func answers(w *bottest.World, c cohorts.Cohort, who string, number int) {
	w.Update(func(tx store.Tx) error {
		id := prompts.AnswerID(store.NewID(w.Now()))
		return prompts.Answers.Put(tx, id, prompts.Answer{
			ID: id, Cohort: c.ID, Week: cohorts.WeekID(fmt.Sprint(c.Name, number)), Person: w.Known(who).ID,
			At: bottest.Start.Add(time.Duration(number-1)*week + 24*time.Hour), Text: "marker: my words", Sees: prompts.OnlyMe,
		})
	})
}

func release(w *bottest.World, o research.Options) (research.Data, error) {
	return research.Make(context.Background(), w.Store, w.Now(), o)
}

func refused(t *testing.T, err error, words string) {
	t.Helper()
	if r, ok := research.IsRefused(err); !ok || !strings.Contains(string(r), words) {
		t.Errorf("said %v, want a refusal with %q", err, words)
	}
}

func count(d research.Data, question string) int {
	n := 0
	for _, c := range d.Counts {
		if c.Question == question {
			n += c.People
		}
	}
	return n
}

func TestAReleaseIsOfThoseWhoAgreedAndOfItsWeeksAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(30)
		c := group(w, "Garden", 12, all...)
		for i, who := range all {
			if i < 24 {
				says(w, who, true)
			}
			for _, number := range []int{2, 7} {
				if i%2 == 0 {
					answers(w, c, who, number)
				}
			}
			answers(w, c, who, 3) // all of them: never told
			if i < 3 {
				answers(w, c, who, 4) // few: never told
			}
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		d, err := release(w, options)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.People) != 21 { // 24, and a tenth left out
			t.Errorf("%d people", len(d.People))
		}
		if n := count(d, "answered week 02"); n < 9 || n > 12 {
			t.Errorf("%d answered in the second week", n)
		}
		for _, q := range []string{"answered week 03", "answered week 04", "answered week 07"} {
			if n := count(d, q); n != 0 {
				t.Errorf("%s: %d", q, n)
			}
		}
		refused(t, second(release(w, options)), "The last release reaches to Sunday 29 November 2026")

		// Half of them take it back; what happened since is of the others alone.
		for i := range 12 {
			says(w, all[i], false)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		later, err := release(w, options)
		if err != nil {
			t.Fatal(err)
		}
		if len(later.People) != 10 {
			t.Errorf("%d people in the second", len(later.People))
		}
		if n := count(later, "answered week 02"); n != 0 {
			t.Errorf("week 2 is given out twice")
		}
		if later.From <= d.To {
			t.Errorf("the first reaches to %s, the second begins in %s", d.To, later.From)
		}
		for _, p := range later.People {
			if slices.ContainsFunc(d.People, func(q research.Person) bool { return q.ID == p.ID }) {
				t.Errorf("%s is in both", p.ID)
			}
		}
	})
}

func second[A any](_ A, err error) error { return err }

func TestAPutBackStoreIsToldWhatWasGivenOut(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(8)
		group(w, "Garden", 12, all...)
		for _, who := range all {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(9 * week))
		o := options
		o.After = schedules.DateOf(w.Now().Add(-2 * week))
		refused(t, second(release(w, o)), "The last release reaches to")
		o.After = schedules.DateOf(w.Now().Add(-5 * week))
		d, err := release(w, o)
		if err != nil || d.From != "2026-W49" {
			t.Errorf("from %q, %v", d.From, err)
		}
	})
}

// Everything that happens is gathered for one release or for none.
func TestNothingIsGatheredTwice(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Garden", 12, "Ana")
		says(w, "Ana", true)
		for number := range 12 {
			answers(w, c, "Ana", number+1)
		}
		w.Update(func(tx store.Tx) error {
			return experiments.Table.Put(tx, "e", experiments.Experiment{ID: "e", Cohort: c.ID, Person: w.Known("Ana").ID, Made: w.Now().Add(5 * week)})
		})
		seen := map[string]int{}
		monday := schedules.DateOf(bottest.Start)
		monday = monday.AddDays(-(int(monday.Weekday()) + 6) % 7)
		from := schedules.Date{}
		for _, to := range []schedules.Date{monday.AddDays(28), monday.AddDays(63), monday.AddDays(105)} {
			w.View(func(tx store.Tx) error {
				all, err := research.Gathered(tx, research.Release{From: from, To: to}, frameworks.Framework{}, "community-builder")
				for _, did := range all {
					for name := range did {
						seen[name]++
					}
				}
				return err
			})
			from = to
		}
		for number := range 12 {
			if q := fmt.Sprintf("answered week %02d", number+1); seen[q] > 1 || seen[q] == 0 && number != 3 && number != 8 {
				t.Errorf("%s is gathered %d times", q, seen[q])
			}
		}
		if seen["experiments"] != 1 {
			t.Errorf("the experiment is gathered %d times", seen["experiments"])
		}
	})
}

func TestWhoIsInTwoProgrammesStandsInOneAndFacilitatorsInNone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w, "Garden", 6, "Ana", "Ben")
		w.Clock.MoveTo(w.Now().Add(time.Hour))
		own := group(w, "River", 6, "Ana")
		w.Update(func(tx store.Tx) error {
			own.From.Programme = "ours"
			return cohorts.Table.Put(tx, own.ID, own)
		})
		for _, who := range []string{"Ana", "Ben", "Wiremu"} {
			says(w, who, true)
		}
		got := map[string]int{}
		w.View(func(tx store.Tx) error {
			for _, p := range []string{"community-builder", "own", "ours"} {
				all, err := research.Gathered(tx, research.Release{To: schedules.DateOf(w.Now().Add(6 * week))}, frameworks.Framework{}, p)
				if err != nil {
					return err
				}
				got[p] = len(all)
			}
			return nil
		})
		if got["community-builder"] != 1 || got["own"] != 1 || got["ours"] != 0 {
			t.Errorf("by programme: %v", got)
		}
	})
}

func TestTooFewAreRefusedAndTheirWeeksCanComeLater(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(6)
		group(w, "Garden", 12, all...)
		for _, who := range all[:5] {
			says(w, who, true) // one of five is left out by lot
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		refused(t, second(release(w, options)), "Nothing could be given out")
		says(w, all[5], true)
		d, err := release(w, options)
		if err != nil || len(d.People) != 5 {
			t.Errorf("%d people, %v", len(d.People), err)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		o := options
		o.Least = research.LeastPublic
		refused(t, second(release(w, o)), "at least 11 people")
	})
}

func TestTheFilesHoldNoNameNoWordsNoIdAndNoTime(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(12)
		c := group(w, "Garden", 12, all...)
		for i, who := range all {
			says(w, who, true)
			if i < 6 {
				answers(w, c, who, 1)
			}
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		d, err := release(w, options)
		if err != nil {
			t.Fatal(err)
		}
		files, err := d.Files()
		if err != nil {
			t.Fatal(err)
		}
		var secrets []string
		w.View(func(tx store.Tx) error {
			for row, err := range people.Table.All(tx) {
				if err != nil {
					return err
				}
				secrets = append(secrets, string(row.ID), row.Value.Name)
			}
			return nil
		})
		secrets = append(secrets, string(c.ID), "Garden", "marker", "2026-1")
		for _, f := range files {
			for _, s := range secrets {
				if bytes.Contains(f.Data, []byte(s)) {
					t.Errorf("%s holds %q", f.Name, s)
				}
			}
			if strings.HasSuffix(f.Name, ".csv") {
				rows, err := csv.NewReader(bytes.NewReader(f.Data)).ReadAll()
				if err != nil || len(rows) < 1 || f.Name == "people.csv" && len(rows) != 1+len(d.People) {
					t.Errorf("%s: %d rows, %v", f.Name, len(rows), err)
				}
			}
		}
		var back struct {
			research.Data
			Dictionary []research.Meaning
		}
		if err := json.Unmarshal(files[0].Data, &back); err != nil || len(back.People) != len(d.People) || len(back.Dictionary) == 0 {
			t.Errorf("read back: %v", err)
		}
		for _, column := range slices.Concat([]string{"id", "programme", "question", "answer", "people", "least", "to_week"}, keys(d.People[0].Answers)) {
			if !slices.ContainsFunc(back.Dictionary, func(m research.Meaning) bool { return m.Name == column }) {
				t.Errorf("the dictionary does not say what %q is", column)
			}
		}
	})
}

func keys(m map[string]string) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}
