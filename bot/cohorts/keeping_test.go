package cohorts_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
)

func TestAGroupMovesToAnotherChannelWithWhatIsStillToBeSaid(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		other := w.Cohort("Gardeners", "Mere")
		w.Do("Wiremu", "/cohort channel channel:#gardeners")
		bottest.Says(t, w.Answer("Wiremu"), "Gardeners meets in that channel")
		w.Do("Ana", "/cohort channel channel:#harbour")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators of Explorers")
		w.Do("Wiremu", "/cohort channel channel:#harbour")
		harbour := chat.Channel(bottest.Workspace, "harbour")
		if n := len(w.Posts(harbour)); n != 0 {
			t.Fatalf("%d posts before it was confirmed", n)
		}

		// Something is still to be said when the group moves.
		w.Hold = true
		w.Do("Wiremu", "/session schedule title:Walk when:\"thu 5 nov 9am\"")
		w.Press("Wiremu", "Schedule it")
		w.Do("Wiremu", "/cohort channel channel:#harbour")
		w.Press("Wiremu", "Meet there")
		w.Hold = false
		w.Settle()
		var texts []string
		for _, p := range w.Posts(harbour) {
			texts = append(texts, p.Message.Text)
		}
		said := strings.Join(texts, "\n")
		bottest.Says(t, said, "**Walk**", "**Explorers** meets here from now on")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts in the old channel", n)
		}
		w.At = harbour
		w.Do("Ana", "/session list")
		bottest.Says(t, w.Answer("Ana"), "**Walk**")
		_ = other
	})
}

func TestACohortThatEndedTooSoonGoesOn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Update(func(tx store.Tx) error {
			return cohorts.Plans.Put(tx, c.ID, cohorts.Plan{Weeks: []cohorts.Week{{ID: "w1", Title: "Listening", Prompt: "Whom did you hear?"}}})
		})
		w.Do("Wiremu", "/cohort reopen")
		bottest.Says(t, w.Answer("Wiremu"), "has not ended")
		w.Do("Wiremu", "/cohort end")
		w.Press("Wiremu", "End it")
		w.Advance(20 * 24 * time.Hour)
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Fatalf("%d posts of a cohort that has ended", n)
		}
		w.Do("Wiremu", "/cohort reopen")
		bottest.Says(t, w.Answer("Wiremu"), "goes out", "time:2026-11-23T09:00")
		w.Press("Wiremu", "Go on")
		w.Advance(2 * 24 * time.Hour)
		if posts := w.Posts(c.Place); len(posts) != 1 || !strings.Contains(posts[0].Message.Text, "Listening") {
			t.Fatalf("posts after it went on: %v", posts)
		}
		w.Do("Wiremu", "/cohort end")
		w.Press("Wiremu", "End it")
		w.Do("Wiremu", "/cohort reopen")
		bottest.Says(t, w.Answer("Wiremu"), "Every week of Explorers has gone out", "/cohort clone")
	})
}

func TestAFacilitatorBecomesAMemberUnlessTheyAreTheLast(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", "/cohort member person:@wiremu")
		bottest.Says(t, w.Answer("Wiremu"), "the only facilitator")
		w.Do("Wiremu", "/cohort facilitator person:@ana")
		w.Press("Wiremu", "Make them a facilitator")
		w.Do("Ana", "/cohort member person:@wiremu")
		w.Press("Ana", "Make them a member")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "Only facilitators of Explorers")
		w.Do("Wiremu", "/home")
		bottest.Says(t, w.Answer("Wiremu"), "**Explorers**")
	})
}
