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
	"cohortbot/bot/people"
	"cohortbot/bot/prompts"
	"cohortbot/bot/research"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const week = 7 * 24 * time.Hour

var options = research.Options{Least: research.Least, Running: true, Random: rand.Reader}

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

func TestAReleaseIsOfThoseWhoAgreedAndNobodyIsInTwo(t *testing.T) {
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
		refused(t, second(release(w, options)), "stood in no release before")

		// The others agree: the next is of them, and of the three who were left out.
		stood := standing(w, all)
		for _, who := range all[24:] {
			says(w, who, true)
		}
		later, err := release(w, options)
		if err != nil || len(later.People) != 8 {
			t.Fatalf("%d people in the second, %v", len(later.People), err)
		}
		if again := standing(w, all); len(again) != len(stood)+8 {
			t.Errorf("%d stood in the first, %d in both", len(stood), len(again))
		}
		for _, p := range later.People {
			if slices.ContainsFunc(d.People, func(q research.Person) bool { return q.ID == p.ID }) {
				t.Errorf("%s is in both", p.ID)
			}
		}
	})
}

// standing gives who is kept to have stood in a release.
func standing(w *bottest.World, all []string) (stood []string) {
	w.View(func(tx store.Tx) error {
		for _, who := range all {
			if research.Stood(tx, w.Known(who).ID) {
				stood = append(stood, who)
			}
		}
		return nil
	})
	return stood
}

func second[A any](_ A, err error) error { return err }

// Whoever takes it back leaves nothing behind that says where they stood, and yet is
// in no second release if they agree again.
func TestWhoTookItBackIsForgottenAndStillInNoSecondRelease(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(8)
		group(w, "Garden", 12, all...)
		for _, who := range all {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		if _, err := release(w, options); err != nil {
			t.Fatal(err)
		}
		was := standing(w, all)
		for _, who := range all {
			w.Do(who, "/settings consent purpose:research agree:no")
			w.Clock.MoveTo(w.Now().Add(time.Minute))
		}
		if left := standing(w, all); len(was) != 7 || len(left) != 0 {
			t.Errorf("%v stood in it, and of %v it is still kept", was, left)
		}
		for _, who := range all {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		refused(t, second(release(w, options)), "stood in no release before")
	})
}

func TestWhoErasesTheirDataIsNotKeptAsHavingStoodInARelease(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(8)
		group(w, "Garden", 12, all...)
		for _, who := range all {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		if _, err := release(w, options); err != nil {
			t.Fatal(err)
		}
		who := standing(w, all)[0]
		id := w.Known(who).ID
		w.Update(func(tx store.Tx) error {
			for _, h := range research.Feature().Holdings {
				if h.Erase == nil {
					continue
				}
				if held, err := h.Of(tx, id); err != nil || len(held) != 1 {
					t.Errorf("%s: shown %v, %v", h.Table, held, err)
				}
				if err := h.Erase(tx, id, w.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		if left := standing(w, all); len(left) != 6 || slices.Contains(left, who) {
			t.Errorf("kept are %v", left)
		}
	})
}

func TestAGroupThatGoesOnIsWaitedFor(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(14)
		group(w, "Garden", 6, all[:7]...)
		goes := group(w, "River", 12, all[7:]...)
		for _, who := range all {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(9 * week)) // three weeks after its last question
		o := options
		o.Running = false
		refused(t, second(release(w, o)), "take them now with --running")
		ends := func(c cohorts.Cohort) {
			w.Update(func(tx store.Tx) error {
				c.State = cohorts.Ended
				return cohorts.Table.Put(tx, c.ID, c)
			})
		}
		w.Clock.MoveTo(w.Now().Add(2 * week)) // nobody has said that it has ended
		if d, err := release(w, o); err != nil || len(d.People) != 6 {
			t.Fatalf("%d people, %v", len(d.People), err)
		}
		for _, who := range standing(w, all) {
			if !slices.Contains(all[:7], who) {
				t.Errorf("%s is in it, whose group goes on", who)
			}
		}
		ends(goes)
		if d, err := release(w, o); err != nil || len(d.People) != 7 { // of seven, and one left out before
			t.Fatalf("%d people in the second, %v", len(d.People), err)
		}
	})
}

// A backup from before the last release is put back.
func TestAPutBackStoreAsksForWhatWasGivenOut(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(16)
		group(w, "Garden", 12, all...)
		for _, who := range all[:8] {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		made := w.Now()
		given := made.Add(24 * time.Hour) // a release that the store knows nothing of
		w.Clock.MoveTo(made.Add(week))
		w.Update(func(tx store.Tx) error { return research.PutBack(tx, made, w.Now()) })
		refused(t, second(release(w, options)), "If none was, --after "+schedules.DateOf(made).AddDays(-1).String())
		o := options
		o.After = schedules.DateOf(w.Now()).AddDays(3)
		refused(t, second(release(w, o)), "is still to come")

		o.After = schedules.DateOf(given)
		refused(t, second(release(w, o)), "stood in no release before")
		for _, who := range all[8:] {
			says(w, who, true)
		}
		refused(t, second(release(w, options)), "was put back") // it was refused, so it was not kept
		if d, err := release(w, o); err != nil || len(d.People) != 7 || slices.ContainsFunc(standing(w, all), func(who string) bool { return slices.Contains(all[:8], who) }) {
			t.Errorf("%d people, %v; in it are %v", len(d.People), err, standing(w, all))
		}
		refused(t, second(release(w, options)), "stood in no release before") // it is asked for once
	})
}

func TestAPutBackStoreWithoutAReleaseSinceGoesOn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(8)
		group(w, "Garden", 12, all...)
		for _, who := range all {
			says(w, who, true)
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		w.Update(func(tx store.Tx) error { return research.PutBack(tx, w.Now().Add(-48*time.Hour), w.Now()) })
		o := options
		o.After = schedules.DateOf(w.Now().Add(-72 * time.Hour))
		if d, err := release(w, o); err != nil || len(d.People) != 7 {
			t.Errorf("%d people, %v", len(d.People), err)
		}
	})
}

// A release of before it was kept who stood in one: whoever had agreed may have.
func TestWhoMayHaveStoodInAnEarlierReleaseIsInNoOther(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(16)
		group(w, "Garden", 12, all...)
		for i, who := range all {
			if i == 8 {
				w.Clock.MoveTo(w.Now().Add(4 * week))
				w.Update(func(tx store.Tx) error {
					return research.Releases.Put(tx, "2026-11-30", research.Release{At: w.Now(), To: schedules.DateOf(w.Now())})
				})
				w.Clock.MoveTo(w.Now().Add(week))
			}
			says(w, who, true)
		}
		d, err := release(w, options)
		if stood := standing(w, all[:8]); err != nil || len(d.People) != 7 || len(stood) != 0 {
			t.Errorf("%d people, %v; %v among them", len(d.People), err, stood)
		}
	})
}

func TestAReleaseForEverybodyHasElevenWhoLookTheSame(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		all := members(26)
		c := group(w, "Garden", 12, all...)
		for i, who := range all {
			says(w, who, true)
			if i%2 == 0 {
				answers(w, c, who, 2) // 13 and 13: whoever is left out, enough of some
			}
			if i < 7 {
				answers(w, c, who, 3) // enough for a release under an agreement alone
			}
		}
		w.Clock.MoveTo(w.Now().Add(5 * week))
		o := options
		o.Least = research.LeastPublic
		d, err := release(w, o)
		if err != nil || d.Least != research.LeastPublic || len(d.People) != 23 {
			t.Fatalf("%d people, least %d, %v", len(d.People), d.Least, err)
		}
		if n := count(d, "answered week 03"); n != 0 {
			t.Errorf("%d answered in the third week", n)
		}
		alike := map[string]int{}
		for _, p := range d.People {
			alike[fmt.Sprint(p.Answers)]++
		}
		for look, n := range alike {
			if n < research.LeastPublic {
				t.Errorf("%d people look like %s", n, look)
			}
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
				all, err := research.Gathered(tx, schedules.DateOf(w.Now().Add(6*week)), p)
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

func TestTooFewAreRefusedAndCanComeLater(t *testing.T) {
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
