package privacy_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
)

const day = 24 * time.Hour

// answers counts what a group has answered.
func answers(w *bottest.World) (n int) {
	w.View(func(tx store.Tx) error {
		n = 0
		for _, err := range prompts.Answers.All(tx) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

func TestWhatAGroupWroteGoesLongAfterItsEndAndNobodyIsSurprised(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Keep = privacy.Retention{Groups: 90 * day}
		w.Restart()
		c := explorers(w)
		w.Do("Wiremu", "/cohort end")
		w.Press("Wiremu", "End it")
		w.Advance(60 * day)
		for _, p := range w.Inbox("Ana") {
			if strings.Contains(p.Message.Text, "ended a while ago") {
				t.Errorf("told too early: %s", p.Message.Text)
			}
		}
		w.Advance(9 * day)
		told := 0
		for _, p := range w.Inbox("Ana") {
			if strings.Contains(p.Message.Text, "Explorers** ended a while ago") && strings.Contains(p.Message.Text, "kept for 3 months") {
				told++
			}
		}
		if told != 1 || answers(w) != 2 {
			t.Fatalf("told %d times, and %d answers are there", told, answers(w))
		}
		w.Restart()
		w.Advance(31 * day)
		if n := answers(w); n != 0 {
			t.Errorf("%d answers are left", n)
		}
		w.View(func(tx store.Tx) error {
			if _, in, err := cohorts.MemberOf(tx, c.ID, w.Known("Ana").ID); !in || err != nil {
				t.Errorf("the group itself went too, %v", err)
			}
			return nil
		})
	})
}

func TestAGroupThatGoesOnKeepsWhatItWrote(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Keep = privacy.Retention{Groups: 40 * day}
		w.Restart()
		explorers(w)
		w.Do("Wiremu", "/cohort end")
		w.Press("Wiremu", "End it")
		w.Advance(30 * day) // everybody was told
		w.Do("Wiremu", "/cohort reopen")
		w.Press("Wiremu", "Go on")
		w.Advance(30 * day) // past the day on which it would have gone
		if n := answers(w); n != 2 {
			t.Errorf("%d answers are left", n)
		}
	})
}

func TestAGuestIsForgottenLongAfterTheirLinkHasEnded(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Keep, w.Pages = privacy.Retention{Guests: 30 * day}, "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", `/attest ask name:"Mere" role:participant about:"the Harbour hui"`)
		if _, err := w.Follow("Mere", w.Token("Ana")); err != nil {
			t.Fatal(err)
		}
		guests := func() (n int) {
			w.View(func(tx store.Tx) error {
				n = 0
				for row, err := range people.Table.All(tx) {
					if err != nil {
						return err
					}
					for _, a := range row.Value.Accounts {
						if a.Workspace == links.Guests {
							n++
						}
					}
				}
				return nil
			})
			return n
		}
		if guests() != 1 {
			t.Fatalf("%d guests are known", guests())
		}
		w.Advance(200 * day)
		if guests() != 0 {
			t.Error("the guest is still known")
		}
		w.Do("Ana", "/attest track") // and nothing breaks
	})
}
