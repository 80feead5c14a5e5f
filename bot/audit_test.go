package bot_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot"
	"cohortbot/bot/bottest"
	"cohortbot/bot/store"
)

func logged(w *bottest.World) []bot.Done {
	var all []bot.Done
	w.View(func(tx store.Tx) error {
		for d, err := range bot.Log(tx, time.Time{}) {
			if err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	return all
}

func paths(all []bot.Done) string {
	var said []string
	for _, d := range all {
		said = append(said, d.Path)
	}
	return strings.Join(said, ", ")
}

// What a facilitator changes is kept once, when it counts: not when it is asked
// about, looked at, refused or repeated.
func TestTheLogKeepsWhatWasChanged(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", "cohort panel")
		w.Do("Ana", `session schedule title:"A secret hope" when:"thu 9am"`) // she may not
		w.Do("Wiremu", `session schedule title:"A secret hope" when:"thu 9am" length:90min`)
		if got := paths(logged(w)); got != "" {
			t.Errorf("before anything happened the log has %s", got)
		}
		w.Press("Wiremu", "Schedule it")
		w.Press("Ana", "I'll come")
		all := logged(w)
		if got := paths(all); got != "session schedule" {
			t.Fatalf("the log has %s", got)
		}
		for _, g := range all[0].Given {
			if strings.Contains(g.Value, "secret") {
				t.Errorf("the log has somebody's words: %+v", g)
			}
		}
		bottest.Says(t, w.Do("Wiremu", "cohort log").Reply.Text, "Wiremu: Plan a time for the group to meet", "When: Thursday 5 November 2026, 09:00", "How long: 90 minutes")
		bottest.Says(t, w.Do("Ana", "cohort log").Reply.Text, "Only facilitators")
	})
}

// Ask for a form and hand it in: the week that was chosen is in the log by its name.
func TestTheLogNamesWeeksAndPeople(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		begun(w)
		w.Do("Wiremu", "plan skip week:2")
		w.Person("Mere", "Pacific/Auckland")
		w.Do("Wiremu", "cohort facilitator person:@mere")
		w.Press("Wiremu", "Make them a facilitator")
		bottest.Says(t, w.Do("Wiremu", "cohort log").Reply.Text, "Start a cohort", "Leave a week out; those after it move up", "Add another facilitator", "Mere")
	})
}

func TestTheLogGoesBackPageByPage(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu")
		for range 15 {
			w.Do("Wiremu", "plan pause")
			w.Press("Wiremu", "Pause it")
			w.Do("Wiremu", "plan resume date:\"next monday\"")
			w.Press("Wiremu", "Resume it")
		}
		n := len(logged(w))
		if n < 15 {
			t.Fatalf("only %d deeds: %s", n, w.Answer("Wiremu"))
		}
		seen := strings.Count(w.Do("Wiremu", "cohort log").Reply.Text, "\n- ")
		for range 10 {
			reply := w.Press("Wiremu", "Earlier").Reply
			seen += strings.Count(reply.Text, "\n- ")
			if len(reply.Buttons) == 0 {
				break
			}
		}
		if seen != n {
			t.Errorf("the pages show %d of %d deeds", seen, n)
		}
	})
}
