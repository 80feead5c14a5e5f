package prompts_test

import (
	"fmt"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

func TestManyAnswersAreReadAPageAtATime(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		q := week(w, c)
		for n := range 45 {
			w.Said("Ana", q, fmt.Sprintf("word %d.", n))
		}
		w.Do("Wiremu", "cohort read")
		must(t, w.Answer("Wiremu"), "word 19.")
		must(t, w.Answer("Wiremu"), "There are 25 more.")
		w.Press("Wiremu", "Read on")
		w.Press("Wiremu", "Read on")
		must(t, w.Answer("Wiremu"), "word 44.")
		mustNot(t, w.Answer("Wiremu"), "more.")
		mustNot(t, w.Answer("Wiremu"), "word 39.")
	})
}

func TestNobodyIsRemindedOnAHoliday(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Update(func(tx store.Tx) error {
			c, err := cohorts.Get(tx, c.ID)
			off := schedules.DateOf(w.Now().In(c.Zone.Location())).AddDays(10)
			c.Holidays = schedules.Calendar{{From: off, To: off, Name: "A day off"}}
			if err != nil {
				return err
			}
			return cohorts.Table.Put(tx, c.ID, c)
		})
		week(w, c)
		w.Advance(3*day + day/2)
		mustNot(t, textOf(w.Inbox("Ana")), "still open")
		w.Advance(day)
		must(t, textOf(w.Inbox("Ana")), "still open")
	})
}
