package hours_test

import (
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/hours"
	"cohortbot/bot/store"
)

func entries(w *bottest.World, name string) (all []hours.Entry) {
	w.T.Helper()
	p := w.Known(name)
	w.View(func(tx store.Tx) (err error) {
		all, err = hours.Of(tx, p.ID)
		return err
	})
	return all
}

func TestHoursAreWrittenDownCountedChangedAndDeleted(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/hours show")
		bottest.Says(t, w.Answer("Ana"), "no hours yet", "2h planning")
		w.Do("Ana", "/hours log 2h30 planning the hui yesterday")
		bottest.Says(t, w.Answer("Ana"), "**2 hours 30 minutes**, yesterday: planning the hui", "What does it count for?")
		out := w.Press("Ana", "The work that the case study is about")
		bottest.Says(t, out.Reply.Text, "2 hours 30 minutes. Most people take 50 to 80 hours", "Putting the portfolio together:** 0 minutes")
		bottest.Says(t, out.Reply.Chart.Alt, "you 2 hours 30 minutes, most people 50 to 80 hours")
		w.Do("Ana", `/hours log text:"90 min" for:portfolio`)
		w.Do("Ana", "/hours change 2")
		w.Submit("Ana", map[string]string{"long": "2h", "what": "writing"})
		bottest.Says(t, w.Answer("Ana"), "**2 hours**, today: writing")
		w.Do("Ana", "/hours change 7")
		bottest.Says(t, w.Answer("Ana"), "no number 7")
		if all := entries(w, "Ana"); len(all) != 2 || all[1].Minutes != 120 || all[1].Band != "portfolio" || all[0].Band != "practice" {
			t.Fatalf("kept %+v", all)
		}
		w.Do("Ana", "/hours delete 1")
		w.Press("Ana", "Delete it")
		if all := entries(w, "Ana"); len(all) != 1 || all[0].What != "writing" {
			t.Errorf("left %+v", all)
		}
	})
}

func TestHoursAreTheirOwnersAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/hours log 2h a secret of hers")
		id := string(entries(w, "Ana")[0].ID)
		for _, path := range []string{"hours change", "hours delete", "hours count"} {
			w.Ask("Ben", chat.Request{At: w.At, Path: path, Record: id, Choice: "practice"})
			bottest.Says(t, w.Answer("Ben"), "not there any more")
		}
		if all := entries(w, "Ana"); len(all) != 1 || all[0].Band != "" {
			t.Errorf("kept %+v", all)
		}
	})
}

func TestWhatIsNoLengthOfTimeIsAskedForAgain(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/hours log planning the hui")
		bottest.Says(t, w.Answer("Ana"), "how long", "2h planning the hui yesterday")
		w.Do("Ana", "/hours log")
		w.Submit("Ana", map[string]string{"text": "an hour with Ben", "band": "practice"})
		bottest.Says(t, w.Answer("Ana"), "**1 hour**, today: with Ben")
		w.Do("Ana", `/hours log text:"1h" for:gardening`)
		bottest.Says(t, w.Answer("Ana"), "no band called “gardening”", "portfolio, practice")
	})
}

func TestPastPracticeIsWrittenDownWithTheDaysItWasOver(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/hours log about 30h everything last month")
		bottest.Says(t, w.Answer("Ana"), "**about 30 hours**, from 1 ", ": everything.")
		before := entries(w, "Ana")[0]
		if before.Days() < 28 || before.From.Day != 1 {
			t.Fatalf("kept from %s to %s", before.From, before.On)
		}
		w.Do("Ana", "/hours show")
		bottest.Says(t, w.Answer("Ana"), "about 30 hours, from 1 ")
		w.Do("Ana", "/hours change 1")
		w.Submit("Ana", map[string]string{"long": "35h"})
		if now := entries(w, "Ana")[0]; now.From != before.From || now.On != before.On || now.Minutes != 35*60 {
			t.Errorf("changed to %+v", now)
		}
		w.Do("Ana", "/hours change 1")
		w.Submit("Ana", map[string]string{"long": "35h", "day": "yesterday"})
		bottest.Says(t, w.Answer("Ana"), "A day has 24 hours")
		w.Do("Ana", "/hours change 1")
		w.Submit("Ana", map[string]string{"long": "3h", "day": "yesterday"})
		if now := entries(w, "Ana")[0]; now.Days() != 1 || !now.From.IsZero() {
			t.Errorf("changed to %+v", now)
		}
	})
}
