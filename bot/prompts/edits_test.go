package prompts_test

import (
	"fmt"
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
)

// onlyAnswer gives the one answer to a week, and how it read before.
func onlyAnswer(w *bottest.World, c cohorts.ID, week cohorts.WeekID) (a prompts.Answer, before []prompts.Version) {
	w.T.Helper()
	w.View(func(tx store.Tx) error {
		all, err := prompts.OfWeek(tx, c, week)
		if err != nil || len(all) != 1 {
			w.T.Fatalf("%d answers, want 1 (%v)", len(all), err)
		}
		a = all[0]
		before, err = prompts.HistoryOf(tx, a.ID)
		return err
	})
	return a, before
}

func TestALongAnswerCanBeEditedAnyNumberOfTimes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		at := w.Said("Ana", week(w, c), "at first")
		long := strings.Repeat("long words ", 2_000)
		for n := range 120 {
			w.Hear("Ana", chat.Said{Address: at, Text: fmt.Sprint(n, " ", long), Edited: true})
		}
		a, before := onlyAnswer(w, c.ID, "w1")
		if !strings.HasPrefix(a.Text, "119 ") || len(before) != 100 || !strings.HasPrefix(before[99].Text, "118 ") {
			t.Errorf("%.20q stands, with %d versions before", a.Text, len(before))
		}
	})
}

func TestADirectMessageInAThreadOfOnesOwnIsAnAnswer(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		place := chat.Direct(w.Known("Ana").Accounts[0])
		place.Thread = "their own message"
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: place, ID: "d1"}, Text: "and this"})
		if a, _ := onlyAnswer(w, c.ID, "w1"); a.Text != "and this" || a.Sees != prompts.Facilitators {
			t.Errorf("kept %+v", a)
		}
	})
}

func TestItsAuthorAloneSeesHowAnAnswerReadBefore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		at := w.Said("Ana", week(w, c), "first words")
		w.Hear("Ana", chat.Said{Address: at, Text: "second words", Edited: true})
		w.Do("Ana", "answers")
		w.Press("Ana", "Before 1")
		must(t, w.Answer("Ana"), "> second words")
		must(t, w.Answer("Ana"), "Until Mon 9 Nov:\n\n> first words")
		a, _ := onlyAnswer(w, c.ID, "w1")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "answer-history", Record: string(a.ID)})
		mustNot(t, w.Answer("Wiremu"), "words")
	})
}

func TestAnEditThatOvertakesItsMessageStays(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		place := week(w, c).At
		at := chat.Address{Place: place.Place, ID: "a1"}
		at.Place.Thread = place.ID
		w.Hear("Ana", chat.Said{Address: at, Text: "as it is now", Edited: true})
		w.Hear("Ana", chat.Said{Address: at, Text: "as it was at first"})
		if a, _ := onlyAnswer(w, c.ID, "w1"); a.Text != "as it is now" {
			t.Errorf("%q is kept", a.Text)
		}
	})
}
