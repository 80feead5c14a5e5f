package bottest_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
)

func TestAPersonGetsAnAnswerInAWorldOfTheirOwn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/help")
		if !strings.Contains(w.Answer("Ana"), "/help") {
			t.Errorf("answered %q, want a word about /help", w.Answer("Ana"))
		}
		w.Restart()
		if got := w.Known("Ana").Name; got != "Ana" {
			t.Errorf("after a restart the bot knows %q, want Ana", got)
		}
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts in the channel, want none", n)
		}
	})
}
