package prompts_test

import (
	"testing"

	"cohortbot/bot/bottest"
)

func TestAnAnswerIsBroughtToFacilitatorsAgainAfterItWasForOthers(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		w.SaidDirect("Ana", "between us")
		for range 2 {
			must(t, textOf(w.Inbox("Wiremu")), "between us")
			w.Press("Ana", "Share with the group")
			mustNot(t, textOf(w.Inbox("Wiremu")), "between us")
			must(t, textOf(w.Posts(c.Place)), "between us")
			w.Press("Ana", "Just my facilitators")
			mustNot(t, textOf(w.Posts(c.Place)), "between us")
		}
		must(t, textOf(w.Inbox("Wiremu")), "between us")
		must(t, textOf(w.Inbox("Ana")), "Your facilitators can read it")
	})
}

func TestWhoNoLongerFacilitatesGetsNoPrivateAnswerAnyMore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Person("Mere", "Pacific/Auckland")
		w.Do("Wiremu", "cohort facilitator @Mere")
		w.Press("Wiremu", "Make them a facilitator")
		week(w, c)
		w.SaidDirect("Ana", "between us")
		must(t, textOf(w.Inbox("Mere")), "between us")
		w.Do("Mere", "cohort quit")
		w.Press("Mere", "Leave it")
		w.Do("Ana", "answers")
		w.Press("Ana", "Change 1")
		w.Submit("Ana", map[string]string{"text": "something new"})
		mustNot(t, textOf(w.Inbox("Mere")), "something new")
		must(t, textOf(w.Inbox("Wiremu")), "something new")
	})
}

func TestDeletedWordsLeaveTheDraftAndTheWeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		w.Do("Ana", "settings quote yes")
		w.Do("Ben", "settings quote yes")
		q := week(w, c)
		w.Said("Ana", q, "the fence, and *who* mended it")
		w.Said("Ben", q, "the song")
		w.Advance(5 * day)
		must(t, textOf(w.Inbox("Wiremu")), "the fence")
		w.Do("Wiremu", "cohort weave")
		w.Submit("Wiremu", map[string]string{"text": "What you said:\n\n> Ana: the fence, and *who* mended it\n\n> Ben: the song\n\nWe mend."})
		w.Press("Wiremu", "Post it")
		must(t, textOf(w.Posts(c.Place)), "the fence")
		w.Do("Ana", "answers")
		w.Press("Ana", "Delete 1")
		w.Press("Ana", "Delete it")
		for _, seen := range []string{textOf(w.Posts(c.Place)), textOf(w.Inbox("Wiremu"))} {
			mustNot(t, seen, "the fence")
			must(t, seen, "the song")
		}
		w.Do("Ben", "settings quote no")
		mustNot(t, textOf(w.Inbox("Wiremu")), "the song")
	})
}
