package bot_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

func labels(buttons []chat.Button) string {
	var all []string
	for _, b := range buttons {
		all = append(all, b.Label)
	}
	return strings.Join(all, ", ")
}

// TestWhatGoesOnFitsAPhone fails when a home or a panel becomes a wall of buttons.
func TestWhatGoesOnFitsAPhone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		begun(w)
		invited(w)
		for _, name := range []string{"Ana", "Ben"} {
			w.Person(name, "Pacific/Auckland")
			w.Do(name, "cohort join")
			w.Submit(name, map[string]string{"quote": "no"})
		}
		w.Advance(8 * 24 * time.Hour)
		w.Do("Wiremu", `session find title:"Hui" first:"thu 19 nov 9am" second:"fri 20 nov 5pm"`)
		w.Press("Wiremu", "Ask the group")
		w.Do("Ana", "experiment start")
		w.Submit("Ana", map[string]string{"hunch": "If I ask first, people stay"})
		w.Do("Wiremu", "peer round")
		w.Press("Wiremu", "Start the round")

		m := w.Do("Ana", "home").Reply.Message
		if got := labels(m.Buttons); got != "Answer, Mark what suits, My experiment, Who I meet, What graduating takes, My settings" {
			t.Errorf("the home has [%s]:\n%s", got, m.Text)
		}
		m = w.Do("Wiremu", "cohort panel").Reply.Message
		if got := labels(m.Buttons); got != "Preview, Read the answers, Write the weave, Pick a time, More" {
			t.Errorf("the panel has [%s]:\n%s", got, m.Text)
		}
		w.Press("Wiremu", "More")
		bottest.Says(t, w.Answer("Wiremu"), "What else you can open for **Explorers**")
		w.Press("Wiremu", "Graduating")
	})
}

func TestTheHomeOfWhoIsOnlyInGroupsThatHaveEndedIsNotEmpty(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		for _, name := range []string{"Explorers", "Wanderers"} {
			c := w.Cohort(name, "Wiremu", "Ana")
			w.At = c.Place
			w.DoIn("Wiremu", c.Place, "cohort end")
			w.Press("Wiremu", "End it")
		}
		w.DoIn("Ana", chat.Direct(w.Person("Ana", "Pacific/Auckland").User), "home")
		bottest.Says(t, w.Answer("Ana"), "It has ended", "/answers")
	})
}
