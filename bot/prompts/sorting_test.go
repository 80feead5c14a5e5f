package prompts_test

import (
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
)

// openWeek gives a cohort one week, which has gone out by now.
func openWeek(w *bottest.World, c cohorts.Cohort, id cohorts.WeekID, title string) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		return cohorts.Plans.Put(tx, c.ID, cohorts.Plan{Weeks: []cohorts.Week{{ID: id, Title: title, Prompt: "What did you see?", Posted: w.Now()}}})
	})
}

func TestADirectMessageOfSomebodyInTwoGroupsReachesOnlyTheOneItIsFor(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		other := w.Cohort("Harbour *hui*", "Mere", "Ana")
		openWeek(w, other, "h1", "The tide")
		w.SaidDirect("Ana", "for one of them")
		must(t, textOf(w.Inbox("Ana")), "only you can read it so far")
		for _, who := range []string{"Wiremu", "Mere"} {
			mustNot(t, textOf(w.Inbox(who)), "for one of them")
		}
		w.Press("Ana", "For Explorers")
		must(t, textOf(w.Inbox("Ana")), "Together** in Explorers. Your facilitators can read it")
		must(t, textOf(w.Inbox("Wiremu")), "for one of them")
		mustNot(t, textOf(w.Inbox("Mere")), "for one of them")
		mustNot(t, textOf(w.Inbox("Ana")), "which one is it for")
	})
}

func TestAnAdministratorWhoHasNotJoinedIsAskedToFirst(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Admin("Aroha")
		q := week(w, c)
		w.PressOn("Aroha", q, "Answer")
		must(t, w.Answer("Aroha"), "You have not joined Explorers")
		w.Do("Aroha", "reflect hello sees:cohort")
		must(t, w.Answer("Aroha"), "You have not joined Explorers")
		mustNot(t, textOf(w.Posts(c.Place)), "hello")
	})
}

func TestWhoTakesAThreadAnswerBackIsToldThatTheirMessageStands(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Said("Ana", week(w, c), "in the thread")
		w.Do("Ana", "answers")
		w.Press("Ana", "Change 1")
		w.Submit("Ana", map[string]string{"sees": "facilitators"})
		must(t, w.Answer("Ana"), "your own message still stands in the thread")
		mustNot(t, w.Answer("Ana"), "nobody else")
	})
}
