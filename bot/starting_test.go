package bot_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

// begun has Wiremu start a cohort by the form, at half past ten on a Monday whose
// nine o'clock has gone by, with that Monday as its first day.
func begun(w *bottest.World) chat.Place {
	w.T.Helper()
	w.Advance(90 * time.Minute)
	w.Admin("Mere")
	w.Person("Wiremu", "Pacific/Auckland")
	w.Do("Mere", "cohort appoint @Wiremu")
	w.Do("Wiremu", "cohort start")
	w.Submit("Wiremu", map[string]string{"programme": "community-builder", "name": "Explorers", "first": "today", "rhythm": "mondays 9am", "channel": "#explorers"})
	w.At = chat.Channel(bottest.Workspace, "explorers")
	return w.At
}

func invited(w *bottest.World) {
	w.T.Helper()
	w.Do("Wiremu", "cohort invite")
	w.Press("Wiremu", "Post it")
}

func channelText(w *bottest.World) string {
	var all []string
	for _, p := range w.Posts(w.At) {
		all = append(all, p.Message.Text)
	}
	return strings.Join(all, "\n---\n")
}

func TestAQuestionWhoseHourHasGoneByWaitsForTheNextOne(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		begun(w)
		bottest.Says(t, w.Answer("Wiremu"), "Week 1 · A place where you count: Mon 9 Nov")
		w.Advance(8 * 24 * time.Hour) // the first day comes while it is being prepared
		invited(w)
		w.Advance(time.Minute)
		if text := channelText(w); strings.Contains(text, "**Week 1") || !strings.Contains(text, "The first question comes [Monday 16 November, 9:00 am]") {
			t.Errorf("the channel reads\n%s", text)
		}
	})
}

func TestTheJoiningMessageKeepsUpWithTheCohort(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		begun(w)
		invited(w)
		w.Advance(8 * 24 * time.Hour)
		bottest.Says(t, channelText(w), "It is on its way already", "Monday 16 November")
		w.Do("Wiremu", "plan pause")
		w.Press("Wiremu", "Pause it")
		bottest.Says(t, channelText(w), "paused at the moment")
		w.Press("Ana", "Join")
		w.Submit("Ana", nil)
		bottest.Says(t, w.Answer("Ana"), "The plan is paused at the moment.")
		w.Do("Wiremu", "cohort end")
		w.Press("Wiremu", "End it")
		bottest.Says(t, channelText(w), "**Explorers** has ended.")
		if p := w.Posts(w.At)[0]; len(p.Message.Buttons) > 0 {
			t.Errorf("who reads %q is still offered %v", p.Message.Text, p.Message.Buttons)
		}
	})
}

func TestACohortThatEndsByItselfTakesNobodyInAnyMore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		begun(w)
		invited(w)
		w.Advance(14 * 7 * 24 * time.Hour)
		if text := w.Posts(w.At)[0].Message.Text; !strings.Contains(text, "has ended") {
			t.Errorf("the joining message reads %q", text)
		}
	})
}

func TestWhoMayNotStartACohortHearsWhoCanLetThem(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Do("Ana", "cohort start")
		bottest.Says(t, w.Answer("Ana"), "/cohort appoint")
	})
}
