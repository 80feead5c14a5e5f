package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// planned gives a cohort whose plan has so many weeks, on Mondays at 9 from the
// Monday after the world begins.
func planned(w *bottest.World, weeks int) cohorts.Cohort {
	c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
	c.First = c.First.AddDays(7)
	c.Programme.Phases = []programmes.Phase{{ID: "ideas", Title: "Ideas"}, {ID: "experiment", Title: "Experiment"}}
	c.Programme.Strands = []programmes.Strand{{ID: "know", Title: "Knowing"}}
	var plan cohorts.Plan
	for i := range weeks {
		week := cohorts.Week{ID: cohorts.WeekID(fmt.Sprintf("w%d", i+1)), Phase: "ideas", Title: fmt.Sprintf("Question %c", 'A'+i), Prompt: "What happened in week {{.Week}}?"}
		if i >= weeks/2 {
			week.Phase = "experiment"
		}
		plan.Weeks = append(plan.Weeks, week)
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

func TestTwoFacilitatorsWritingTheSameWeekLoseNothing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 4)
		w.Person("Mere", "Pacific/Auckland")
		w.Do("Wiremu", "cohort facilitator @Mere")
		w.Press("Wiremu", "Make them a facilitator")
		prompt := func(id cohorts.WeekID) (text string) {
			w.View(func(tx store.Tx) error {
				_, _, dates, err := cohorts.Load(tx, c.ID)
				d, _ := cohorts.Find(dates, id)
				text = d.Prompt
				return err
			})
			return text
		}
		w.Do("Wiremu", "plan edit 2")
		w.Do("Mere", "plan edit 2")
		w.Submit("Mere", map[string]string{"prompt": "What did Mere ask?"})
		w.Submit("Wiremu", map[string]string{"prompt": "What did Wiremu ask?"})
		bottest.Says(t, w.Answer("Wiremu"), "while you were writing", "What did Mere ask?")
		if got := prompt("w2"); got != "What did Mere ask?" {
			t.Errorf("the week asks %q", got)
		}
		w.Press("Wiremu", "Keep mine")
		if got := prompt("w2"); got != "What did Wiremu ask?" {
			t.Errorf("the week asks %q", got)
		}

		// What was week 3 as the form opened is written, whichever number it has now.
		w.Do("Wiremu", "plan edit 3")
		w.Do("Mere", "plan skip 1")
		w.Press("Mere", "Leave it out")
		w.Submit("Wiremu", map[string]string{"prompt": "A third?"})
		if got := prompt("w3"); got != "A third?" {
			t.Errorf("the week asks %q", got)
		}
	})
}

func datesOf(w *bottest.World, c cohorts.Cohort) []string {
	var lines []string
	w.View(func(tx store.Tx) error {
		_, _, dates, err := cohorts.Load(tx, c.ID)
		for _, d := range dates {
			if !d.Skipped {
				lines = append(lines, d.Title+" "+d.On.Date.Short())
			}
		}
		return err
	})
	return lines
}

func wantDates(t testing.TB, w *bottest.World, c cohorts.Cohort, want ...string) {
	t.Helper()
	if got := datesOf(w, c); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the plan is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func wantText(t testing.TB, got string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("got\n%s\nwithout %q", got, part)
		}
	}
}

func lastPost(w *bottest.World, c cohorts.Cohort) string {
	posts := w.Posts(c.Place)
	if len(posts) == 0 {
		return ""
	}
	return posts[len(posts)-1].Message.Text
}

func TestAPracticeWeekIsShownBeforeItCountsAndToldOnce(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 4)
		w.Do("Wiremu", "/plan insert 2")
		wantText(t, w.Answer("Wiremu"), "Add a practice week?", "Monday 23 November", "Week 4 · Question C now goes out Monday 30 November instead of the 23rd", "2 people will be told")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question B Mon 16 Nov", "Question C Mon 23 Nov", "Question D Mon 30 Nov")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Fatalf("%d posts before it counted", n)
		}
		w.Press("Wiremu", "Add it")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question B Mon 16 Nov", "Practice week Mon 23 Nov", "Question C Mon 30 Nov", "Question D Mon 7 Dec")
		posts := w.Posts(c.Place)
		if len(posts) != 1 {
			t.Fatalf("%d posts, want one", len(posts))
		}
		wantText(t, posts[0].Message.Text, "Wiremu added a practice week. It goes out Monday 23 November.", "Question C")
		w.Do("Wiremu", "/plan preview 3")
		wantText(t, w.Answer("Wiremu"), "Week 3 · Practice week", "What did you try, and what happened?")
	})
}

func TestMembersReadThePlanAndFacilitatorsSeeMore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 4)
		w.Do("Wiremu", "/plan skip question b")
		w.Press("Wiremu", "Leave it out")
		wantText(t, lastPost(w, c), "Wiremu took **Question B** out of the plan.")
		w.Do("Wiremu", `/plan edit week:2 title:"Question C, anew"`)
		w.Do("Wiremu", "/plan insert after:1 title:Rest")
		w.Press("Wiremu", "Add it")
		w.Do("Wiremu", `/plan break from:"20 nov" to:"30 nov" name:"Spring break"`)
		w.Press("Wiremu", "Add it")
		w.Do("Wiremu", "/plan hold rest")
		w.Do("Wiremu", "/plan show")
		wantText(t, w.Answer("Wiremu"), "**Ideas**", "- Left out: Question B", "- **Week 1 · Question A**: Mon 9 Nov, next", "- Week 2 · Rest: Mon 16 Nov, held, no question yet", "- *Spring break*: Fri 20 Nov to Mon 30 Nov, no questions", "- Week 3 · Question C, anew: Mon 7 Dec")
		t.Log(w.Answer("Wiremu"))
		w.Do("Ana", "/plan show")
		wantText(t, w.Answer("Ana"), "Week 2 · Rest: Mon 16 Nov")
		for _, secret := range []string{"Left out", "held", "no question yet"} {
			if strings.Contains(w.Answer("Ana"), secret) {
				t.Errorf("a member reads %q in\n%s", secret, w.Answer("Ana"))
			}
		}
		w.Do("Ana", "/plan skip 1")
		wantText(t, w.Answer("Ana"), "Only facilitators")
	})
}

func TestAPromptIsTriedOutBeforeItCounts(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 3)
		w.Do("Wiremu", "/plan edit")
		w.Submit("Wiremu", map[string]string{"week": "w2"})
		wantText(t, w.Answer("Wiremu"), "[form] Edit week 2")
		w.Submit("Wiremu", map[string]string{"prompt": "What did {{.Nobody}} say?"})
		wantText(t, w.Answer("Wiremu"), "prompt: ", "Nobody")
		w.Submit("Wiremu", map[string]string{"title": "Kind words", "prompt": "What did you hear in week {{.Week}}?", "strand": "know"})
		wantText(t, w.Answer("Wiremu"), "Kept.", "**Week 2 · Kind words**", "What did you hear in week 2?")
		w.Do("Wiremu", "/plan edit 2")
		if got := w.Answer("Wiremu"); got != "[form] Edit week 2" {
			t.Fatalf("answered %q", got)
		}
		w.Submit("Wiremu", map[string]string{"prompt": ""})
		wantText(t, w.Answer("Wiremu"), "Week 2 · Kind words has no question yet")
		w.Do("Wiremu", `/plan edit 2 prompt:"And {{ what?"`)
		wantText(t, w.Answer("Wiremu"), "}}", "Here is what you typed")
		w.Do("Wiremu", "/plan preview 1")
		wantText(t, w.Answer("Wiremu"), "This is how week 1 will look.", "What happened in week 1?")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts, want none: editing is nobody else's business", n)
		}
		w.AdvanceTo(w.Now().Add(8 * 24 * time.Hour))
		w.Do("Wiremu", `/plan edit 1 prompt:"Something else"`)
		wantText(t, w.Answer("Wiremu"), "has gone out already")
	})
}

func TestWhatIsSkippedOrRestedCanComeBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 3)
		before := datesOf(w, c)
		w.Do("Wiremu", "/plan restore")
		wantText(t, w.Answer("Wiremu"), "nothing to bring back")
		w.Do("Wiremu", "/plan skip 1")
		w.Press("Wiremu", "Leave it out")
		w.Do("Wiremu", `/plan break from:"16 nov" name:"Quiet Monday"`)
		w.Press("Wiremu", "Add it")
		wantDates(t, w, c, "Question B Mon 9 Nov", "Question C Tue 17 Nov")
		wantText(t, lastPost(w, c), "Wiremu added a holiday: **Quiet Monday**, Monday 16 November.", "Week 2 · Question C now goes out Tuesday 17 November instead of the 16th.")
		w.Do("Wiremu", "/plan restore quiet monday")
		w.Press("Wiremu", "Take it out")
		w.Do("Wiremu", "/plan restore question a")
		w.Press("Wiremu", "Bring it back")
		wantDates(t, w, c, before...)
		wantText(t, lastPost(w, c), "Wiremu brought **Question A** back into the plan. It goes out Monday 9 November.")
	})
}

func TestWeeksSwapPhasesStretchAndShorten(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 4)
		w.Do("Wiremu", "/plan swap 2 and 4")
		w.Press("Wiremu", "Swap them")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question D Mon 16 Nov", "Question C Mon 23 Nov", "Question B Mon 30 Nov")
		wantText(t, lastPost(w, c), "Wiremu let **Question B** and **Question D** change places.")
		w.Do("Wiremu", "/plan swap 2 4")
		w.Press("Wiremu", "Swap them")
		w.Do("Wiremu", "/plan stretch ideas by 2 weeks")
		w.Press("Wiremu", "Stretch it")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question B Mon 16 Nov", "Practice week Mon 23 Nov", "Practice week Mon 30 Nov", "Question C Mon 7 Dec", "Question D Mon 14 Dec")
		wantText(t, lastPost(w, c), "two practice weeks to **Ideas**", "Week 5 · Question C now goes out Monday 7 December instead of 23 November")
		w.Do("Wiremu", "/plan shorten ideas 3")
		w.Press("Wiremu", "Shorten it")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question C Mon 16 Nov", "Question D Mon 23 Nov")
		w.Do("Wiremu", "/plan shorten ideas 3")
		wantText(t, w.Answer("Wiremu"), "one week ahead")
	})
}

func TestAPausedPlanKeepsQuietUntilItIsResumed(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 3)
		w.AdvanceTo(w.Now().Add(8 * 24 * time.Hour))
		w.Do("Wiremu", "/plan pause")
		w.Press("Wiremu", "Pause it")
		wantText(t, lastPost(w, c), "Wiremu paused the plan.")
		quiet := len(w.Posts(c.Place))
		w.Advance(21 * 24 * time.Hour)
		if n := len(w.Posts(c.Place)); n != quiet {
			t.Fatalf("%d posts while paused", n-quiet)
		}
		w.Do("Wiremu", "/plan resume yesterday")
		wantText(t, w.Answer("Wiremu"), "has gone by already")
		w.Do("Wiremu", "/plan resume 10 dec")
		wantText(t, w.Answer("Wiremu"), "Week 2 · Question B goes out Monday 14 December")
		w.Press("Wiremu", "Resume it")
		wantText(t, lastPost(w, c), "Wiremu took the plan up again. Week 2 · Question B goes out Monday 14 December")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question B Mon 14 Dec", "Question C Mon 21 Dec")
		w.AdvanceTo(time.Date(2026, 12, 13, 21, 0, 0, 0, time.UTC))
		wantText(t, lastPost(w, c), "What happened in week 2?")
	})
}

func TestTwoFacilitatorsLoseNoChange(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 4)
		w.Admin("Mere")
		w.Do("Wiremu", "/plan skip 3") // question C
		w.Do("Mere", "/plan insert 1")
		w.Press("Mere", "Add it")
		w.Press("Wiremu", "Leave it out")
		wantText(t, w.Answer("Wiremu"), "The plan has changed since I showed you this", "Leave **Question B** out?")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Practice week Mon 16 Nov", "Question B Mon 23 Nov", "Question C Mon 30 Nov", "Question D Mon 7 Dec")
		w.Press("Wiremu", "Leave it out")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Practice week Mon 16 Nov", "Question C Mon 23 Nov", "Question D Mon 30 Nov")
		w.Do("Wiremu", "/plan skip question c")
		w.Do("Mere", "/plan skip question c")
		w.Press("Mere", "Leave it out")
		w.Press("Wiremu", "Leave it out")
		wantText(t, w.Answer("Wiremu"), "left out at the moment")
		if n := len(w.Posts(c.Place)); n != 3 {
			t.Errorf("%d posts, want one for each of three changes", n)
		}
	})
}

func TestNothingGoesOutAtOnceBecauseADateMoved(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 3)
		w.AdvanceTo(w.Now().Add(9 * 24 * time.Hour)) // Wednesday, week 1 has gone out
		posts := len(w.Posts(c.Place))
		w.Do("Wiremu", "/plan rhythm tuesdays 9am")
		w.Press("Wiremu", "Change it")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question B Tue 17 Nov", "Question C Tue 24 Nov")
		w.Advance(time.Hour)
		if n := len(w.Posts(c.Place)); n != posts+1 {
			t.Errorf("%d posts since, want the change alone", n-posts)
		}
		w.Do("Wiremu", "/plan first 1 dec")
		wantText(t, w.Answer("Wiremu"), "its first day stays")
	})
}

func TestADraftIsChangedWithoutAskingAndWithoutTelling(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 2)
		w.Update(func(tx store.Tx) error {
			c.State = cohorts.Draft
			return cohorts.Table.Put(tx, c.ID, c)
		})
		w.Do("Wiremu", "/plan first 20 nov")
		wantText(t, w.Answer("Wiremu"), "You moved the first day.", "Monday 23 November instead of the 9th", "Nobody has been told yet")
		wantDates(t, w, c, "Question A Mon 23 Nov", "Question B Mon 30 Nov")
		w.Advance(60 * 24 * time.Hour)
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts of a draft", n)
		}
	})
}

func TestChangingWhatWasShownOpensTheFormAgain(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 3)
		w.Do("Wiremu", "/plan insert")
		w.Submit("Wiremu", map[string]string{"after": "front"})
		wantText(t, w.Answer("Wiremu"), "Monday 9 November")
		w.Press("Wiremu", "Change")
		w.Submit("Wiremu", map[string]string{"after": "w3", "title": "Looking back"})
		w.Press("Wiremu", "Add it")
		wantDates(t, w, c, "Question A Mon 9 Nov", "Question B Mon 16 Nov", "Question C Mon 23 Nov", "Looking back Mon 30 Nov")
		wantText(t, lastPost(w, c), "Wiremu added a week: **Looking back**. It goes out Monday 30 November.")
	})
}

func TestAChangeThatIsOutdatedBeforeItIsToldNamesNoOldDate(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 2)
		w.Hold = true
		w.Do("Wiremu", "/plan insert 1")
		w.Press("Wiremu", "Add it")
		w.Do("Wiremu", `/plan break from:"14 nov" to:"18 nov" name:Rest`)
		w.Press("Wiremu", "Add it")
		w.Hold = false
		w.Settle()
		posts := w.Posts(c.Place)
		if len(posts) != 2 {
			t.Fatalf("%d posts, want two", len(posts))
		}
		if got := posts[0].Message.Text; got != "Wiremu added a practice week." {
			t.Errorf("said %q, want no date that holds no more", got)
		}
		wantText(t, posts[1].Message.Text, "Rest", "Week 2 · Practice week now goes out Monday 23 November")
	})
}

func TestTheJoiningMessageNamesTheDateThatHolds(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := planned(w, 2)
		w.Do("Wiremu", "/cohort invite")
		w.Press("Wiremu", "Post it")
		wantText(t, lastPost(w, c), "9 November")
		w.Do("Wiremu", "/plan first 16 nov")
		w.Press("Wiremu", "Move it")
		wantText(t, w.Posts(c.Place)[0].Message.Text, "16 November")
	})
}
