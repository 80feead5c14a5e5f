package verdicts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/bot/verdicts"
)

// running has a cohort of three weeks in two phases, of which so many have gone
// out.
func running(w *bottest.World, gone int, members ...string) cohorts.Cohort {
	c := w.Cohort("Explorers", "Wiremu", members...)
	c.Programme.Summary = "For a test."
	c.Programme.Phases = []programmes.Phase{{ID: "ideas", Title: "Ideas"}, {ID: "trying", Title: "Trying"}}
	c.Programme.Graduate = []programmes.Requirement{{ID: "gift", Text: "You left something.", Done: programmes.ByGift}}
	plan := cohorts.Plan{Weeks: []cohorts.Week{
		{ID: "w1", Phase: "ideas", Title: "A place", Prompt: "Where do you count?", With: []programmes.Activity{programmes.DoStar}},
		{ID: "w2", Phase: "ideas", Title: "The edge", Prompt: "What stood in the way?", With: []programmes.Activity{programmes.DoVerdict, programmes.DoGift}},
		{ID: "w3", Phase: "trying", Title: "A hunch", Prompt: "What might be?", With: []programmes.Activity{programmes.DoVerdict}},
	}}
	for i := range gone {
		plan.Weeks[i].Posted = w.Now().Add(time.Duration(i-gone) * 7 * 24 * time.Hour)
	}
	w.Update(func(tx store.Tx) error {
		if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
			return err
		}
		if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
			return err
		}
		return cohorts.Reschedule(tx, c, plan, w.Now())
	})
	return c
}

func TestEachElementThatIsOverIsAskedAboutOnce(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		running(w, 2, "Ana")
		w.Do("Ana", "/verdict give")
		bottest.Says(t, w.Answer("Ana"), "**Week 1 · A place**", "1 more after this")
		out := w.Press("Ana", "Keep")
		if !out.Reply.Replace {
			t.Error("the next question does not take the place of the last")
		}
		bottest.Says(t, w.Answer("Ana"), "Keep: Week 1 · A place.", "**Filling in stars**")
		w.Press("Ana", "Pass over")
		bottest.Says(t, w.Answer("Ana"), "Passed over: Filling in stars.", "That was everything so far.")
		w.Do("Ana", "/verdict give")
		bottest.Says(t, w.Answer("Ana"), "That was everything so far.")
	})
}

func TestTheLastWeekThePhaseAndTheRhythmComeAtTheEnd(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		running(w, 3, "Ana")
		var asked []string
		out := w.Do("Ana", "/verdict give")
		for !strings.Contains(out.Reply.Text, "everything so far") {
			title := strings.Split(out.Reply.Text, "**")[1]
			asked = append(asked, title)
			canDrop := slices.ContainsFunc(out.Reply.Buttons, func(b chat.Button) bool { return b.Label == "Drop" })
			if canDrop == strings.HasPrefix(title, "The rhythm") {
				t.Errorf("%s has the buttons %v", title, out.Reply.Buttons)
			}
			out = w.Press("Ana", "Keep")
		}
		want := "[Week 1 · A place Filling in stars Week 2 · The edge Leaving something for the next cohort The phase: Ideas Week 3 · A hunch The phase: Trying The rhythm: Mondays at 9:00 am]"
		if got := fmt.Sprint(asked); got != want {
			t.Errorf("asked %s\nwant  %s", got, want)
		}
	})
}

func TestAVerdictIsChangedAndTakenBackWithItsWords(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		running(w, 2, "Ana", "Ben")
		w.Do("Ana", "/verdict give")
		w.Press("Ana", "Drop")
		w.Press("Ana", "A few words on the last")
		w.Submit("Ana", map[string]string{"words": "Too *long* for me."})
		bottest.Says(t, w.Answer("Ana"), "Your words on Week 1 · A place are kept.", "Filling in stars")
		w.Do("Wiremu", "/verdict table")
		bottest.Says(t, w.Answer("Wiremu"), "Week 1 · A place: 1 drop, with words from one")
		w.Do("Ana", "/verdict change")
		w.Submit("Ana", map[string]string{"about": "w1", "say": "change"})
		out := w.Do("Wiremu", "/verdict table")
		bottest.Says(t, w.Answer("Wiremu"), "Week 1 · A place: 1 change, with words from one")
		bottest.Says(t, out.Reply.Document.Text, `Too \*long\* for me.`)
		if strings.Contains(out.Reply.Document.Text, "Ana") || len(out.Reply.Files) != 1 {
			t.Errorf("%d files, and: %s", len(out.Reply.Files), out.Reply.Document.Text)
		}
		w.Do("Ana", "/verdict change")
		w.Submit("Ana", map[string]string{"about": "w1", "say": "back"})
		w.Do("Wiremu", "/verdict table")
		bottest.Says(t, w.Answer("Wiremu"), "Nobody has said anything yet")
		w.View(func(tx store.Tx) error {
			for row, err := range verdicts.Table.All(tx) {
				t.Errorf("still kept: %s, %v", row.ID, err)
			}
			return nil
		})
	})
}

func TestOnlyMembersSayAndOnlyFacilitatorsRead(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		running(w, 2, "Ana")
		for _, c := range []struct{ who, typed, want string }{
			{"Ana", "/verdict table", "Only facilitators of Explorers can do that"},
			{"Ana", "/verdict next", "Only facilitators of Explorers can do that"},
			{"Zoe", "/verdict give", "Only members of Explorers"},
			{"Wiremu", "/verdict give", "You facilitate this group"},
			{"Ana", "/verdict change", "You have not said"},
		} {
			w.Do(c.who, c.typed)
			bottest.Says(t, w.Answer(c.who), c.want)
		}
		w.Admin("Rangi")
		w.Do("Rangi", "/verdict table")
		bottest.Says(t, w.Answer("Rangi"), "Only the group's facilitators see this")
	})
}

func TestWhoLeftCountsAndIsNotQuoted(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		running(w, 2, "Ana", "Ben")
		w.Do("Ana", "/verdict give")
		w.Press("Ana", "Drop")
		w.Press("Ana", "A few words on the last")
		w.Submit("Ana", map[string]string{"words": "I was lost here."})
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		out := w.Do("Wiremu", "/verdict table")
		bottest.Says(t, out.Reply.Text, "Week 1 · A place: 1 drop")
		if strings.Contains(out.Reply.Document.Text+out.Reply.Text, "lost here") || strings.Contains(out.Reply.Text, "words") {
			t.Errorf("who left is quoted: %s\n%s", out.Reply.Text, out.Reply.Document.Text)
		}
	})
}

func TestTheNextCohortStartsFromWhatTheFacilitatorChose(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		running(w, 3, "Ana", "Ben", "Cara")
		for _, who := range []string{"Ana", "Ben", "Cara"} {
			w.Do(who, "/verdict give")
			w.Press(who, "Drop")
			w.Press(who, "Change")
			if who == "Ana" {
				w.Press(who, "Keep")
			} else {
				w.Press(who, "Change")
			}
		}
		w.Do("Wiremu", "/cohort panel")
		w.Press("Wiremu", "What to keep, change, drop")
		out := w.Press("Wiremu", "Choose for the next cohort")
		bottest.Says(t, out.Form.Intro, "Week 1 · A place: 3 drop", "Week 2 · The edge: 1 keep, 2 change", "more than half")
		if got := out.Form.Filled; fmt.Sprint(got["change"].Values, got["drop"].Values) != "[with-star w2] [w1]" {
			t.Fatalf("filled in: %v", got)
		}
		// The group's majority is not the last word: the stars stay as they are.
		answers := func(change, drop []string) chat.Request {
			return chat.Request{At: w.At, Form: out.Form.ID, Path: out.Form.Command, Record: out.Form.Record, Answers: chat.Answers{"change": {Values: change}, "drop": {Values: drop}}}
		}
		w.Ask("Wiremu", answers([]string{"w2"}, []string{"w2"}))
		bottest.Says(t, w.Answer("Wiremu"), "Week 2 · The edge stands in both lists")
		w.Ask("Wiremu", answers(nil, []string{"w1", "w2", "w3"}))
		bottest.Says(t, w.Answer("Wiremu"), "drop every week")
		chosen := w.Ask("Wiremu", answers([]string{"w2"}, []string{"w1", "with-gift"}))
		bottest.Says(t, w.Answer("Wiremu"), "**Dropped:** Week 1 · A place; Leaving something", "**To change:** Week 2 · The edge", "One week is left without a question")
		bottest.Says(t, chosen.Reply.Document.Text, "Questions to write anew", "What stood in the way?")
		file := string(chosen.Reply.Files[0].Data)
		bottest.Says(t, file, "# From Explorers, which began as", "# Dropped: Week 1 · A place", "# What stood in the way?")
		p, err := programmes.Parse("test.yaml", chosen.Reply.Files[0].Data)
		if err != nil || p.Weeks() != 2 || len(p.Graduate) != 0 {
			t.Errorf("%v: %+v", err, p)
		}
		form := w.Press("Wiremu", "Start the next cohort").Form
		bottest.Says(t, form.Intro, "1 to change, 2 dropped")
		w.Submit("Wiremu", map[string]string{"name": "Explorers 2", "first": "mon 7 dec", "channel": "explorers-2"})
		bottest.Says(t, w.Answer("Wiremu"), "Week 1 · The edge", "no question yet", "Week 2 · A hunch", "Nobody has been told yet")
		if strings.Contains(w.Answer("Wiremu"), "A place") {
			t.Error("a dropped week is in the next plan")
		}
	})
}
