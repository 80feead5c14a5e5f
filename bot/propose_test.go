package bot_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// community has a community of practice with a plan of four weeks.
func community(w *bottest.World, members ...string) cohorts.Cohort {
	w.T.Helper()
	c := w.Cohort("Weavers", "Wiremu", members...)
	c.Programme.Community = true
	var plan cohorts.Plan
	for _, title := range []string{"Warp", "Weft", "Selvedge", "Fringe"} {
		plan.Weeks = append(plan.Weeks, cohorts.Week{ID: cohorts.WeekID(title), Title: title, Prompt: "What now?"})
	}
	w.Update(func(tx store.Tx) error {
		if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
			return err
		}
		return cohorts.Table.Put(tx, c.ID, c)
	})
	return c
}

func TestAMemberOfACommunityProposesAndAFacilitatorMakesTheChangeWithOneButton(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := community(w, "Ana", "Ben", "Cara")
		w.Do("Ana", "/plan skip weft")
		bottest.Says(t, w.Answer("Ana"), "Leave **Weft** out?", "You propose this")
		w.Press("Ana", "Propose it")
		w.Advance(time.Minute)
		posts := w.Posts(c.Place)
		if len(posts) != 1 {
			t.Fatalf("%d posts, want the proposal", len(posts))
		}
		bottest.Says(t, posts[0].Message.Text, "**Ana proposes for the plan of Weavers:** Leave **Weft** out?", "Week 2 · Selvedge")
		w.PressOn("Ben", posts[0], "Fine by me")
		w.PressOn("Cara", posts[0], "I have a concern")
		w.Submit("Cara", map[string]string{"concern": "I have *begun* mine."})
		w.Press("Wiremu", "Not now") // opens a form, which he leaves
		bottest.Says(t, w.Answer("Wiremu"), "[form]")
		ask := w.Inbox("Wiremu")[0]
		bottest.Says(t, ask.Message.Text, "Fine by **1** person so far.", "Cara has a concern:", `I have \*begun\* mine.`)
		w.PressOn("Ben", ask, "Make the change")
		bottest.Says(t, w.Answer("Ben"), "Only facilitators of Weavers")
		w.PressOn("Wiremu", ask, "Make the change")
		bottest.Says(t, w.Answer("Wiremu"), "You took **Weft** out of the plan.")
		posts = w.Posts(c.Place)
		bottest.Says(t, posts[0].Message.Text, "Wiremu has made the change.")
		bottest.Says(t, posts[1].Message.Text, "Wiremu, as Ana proposed, took **Weft** out of the plan.")
		w.PressOn("Wiremu", ask, "Make the change")
		bottest.Says(t, w.Answer("Wiremu"), "taken up already")
		if n := len(w.Posts(c.Place)); n != 2 {
			t.Errorf("%d posts, want two", n)
		}
	})
}

func TestAProposalThatThePlanHasOvertakenIsShownAnew(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := community(w, "Ana")
		w.Do("Ana", "/plan insert after:2 title:Rest prompt:\"Rest how?\"")
		w.Press("Ana", "Propose it")
		w.Advance(time.Minute)
		w.Do("Wiremu", "/plan swap 3 and 4")
		w.Press("Wiremu", "Swap them")
		w.PressOn("Wiremu", w.Inbox("Wiremu")[0], "Make the change")
		bottest.Says(t, w.Answer("Wiremu"), "The plan has changed since I showed you this", "**Rest**")
		w.Press("Wiremu", "Add it")
		bottest.Says(t, w.Answer("Wiremu"), "You added a week: **Rest**.")
		posts := w.Posts(c.Place)
		bottest.Says(t, posts[len(posts)-1].Message.Text, "Wiremu, as Ana proposed, added a week: **Rest**.")
	})
}

func TestAProposalWaitsForWhoIsAwayAndItsEndIsSaid(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := community(w, "Ana")
		p := w.Known("Wiremu")
		p.Leave = schedules.Calendar{{From: schedules.Date{Year: 2026, Month: 11, Day: 2}, To: schedules.Date{Year: 2026, Month: 11, Day: 3}}}
		w.Update(func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
		w.Do("Ana", "/plan break from:\"16 nov\" to:\"20 nov\"")
		w.Press("Ana", "Propose it")
		w.Advance(time.Minute)
		if n := len(w.Inbox("Wiremu")); n != 0 {
			t.Fatalf("%d messages on leave", n)
		}
		w.AdvanceTo(bottest.Start.Add(48 * time.Hour))
		if n := len(w.Inbox("Wiremu")); n != 1 {
			t.Fatalf("%d messages once he is back, want one", n)
		}
		w.PressOn("Wiremu", w.Inbox("Wiremu")[0], "Not now")
		w.Submit("Wiremu", map[string]string{"why": "We only just began."})
		bottest.Says(t, w.Inbox("Ana")[0].Message.Text, "It is left for now:", "We only just began.")
		bottest.Says(t, w.Posts(c.Place)[0].Message.Text, "We only just began.")
		w.Do("Wiremu", "/cohort panel")
	})
}

func TestElsewhereOnlyFacilitatorsChangeThePlan(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := community(w, "Ana")
		c.Programme.Community = false
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		w.Do("Ana", "/plan skip 2")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators of Weavers")
	})
	bottest.Run(t, func(w *bottest.World) {
		community(w, "Ana")
		w.Do("Ana", "/plan pause")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators of Weavers")
	})
}
