package prompts_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
)

// These tests are about what happens between the moment somebody is asked and
// the moment they answer.

func questions(w *bottest.World, place []bottest.Post) (n int) {
	w.T.Helper()
	for _, p := range place {
		if strings.HasPrefix(p.Key, "prompt/") {
			n++
		}
	}
	return n
}

func TestAQuestionThatWentOutMeanwhileDoesNotDrawTheNextOneAfterIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Advance(7*day - time.Minute)
		w.Do("Wiremu", "plan post") // which week is next was not said
		w.Advance(2 * time.Minute)
		w.Press("Wiremu", "Post it now")
		must(t, w.Answer("Wiremu"), "has gone out already")
		if n := questions(w, w.Posts(c.Place)); n != 1 {
			t.Errorf("%d questions stand in the channel, want 1", n)
		}
	})
}

func TestAnAnswerBelongsToTheQuestionThatItsFormShowed(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		w.Do("Ana", "reflect")
		week(w, c)
		w.Submit("Ana", map[string]string{"text": "about the first"})
		must(t, w.Answer("Ana"), "Week 1")
		w.View(func(tx store.Tx) error {
			all, err := prompts.OfWeek(tx, c.ID, "w1")
			if len(all) != 1 {
				t.Errorf("%d answers to the first week, want 1", len(all))
			}
			return err
		})
	})
}

func TestAWeaveBelongsToTheWeekWhoseAnswersItDrewTogether(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		w.Do("Wiremu", "cohort weave")
		w.Submit("Wiremu", map[string]string{"text": "We mend."})
		week(w, c)
		w.Press("Wiremu", "Post it")
		must(t, textOf(w.Posts(c.Place)), "The thread of Week 1")
		w.Do("Wiremu", "cohort weave")
		week(w, c)
		w.Submit("Wiremu", map[string]string{"text": "We sing."})
		w.Press("Wiremu", "Post it")
		must(t, textOf(w.Posts(c.Place)), "The thread of Week 2")
	})
}
