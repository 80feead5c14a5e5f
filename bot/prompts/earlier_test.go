package prompts_test

import (
	"testing"

	"cohortbot/bot/bottest"
)

func TestWhoJoinsLateCanCatchUpWithWhatWasAskedBefore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		week(w, c)
		w.Do("Mere", "cohort join")
		w.Submit("Mere", nil)
		must(t, w.Answer("Mere"), "`/reflect week:1` opens an earlier question")
		w.Do("Mere", "reflect week:1")
		w.Submit("Mere", map[string]string{"text": "about the first"})
		must(t, w.Answer("Mere"), "Week 1 · Together")
		w.Do("Mere", `reflect "and again" week:together sees:me`)
		must(t, w.Answer("Mere"), "Week 1 · Together")
		w.Do("Mere", "reflect week:3")
		must(t, w.Answer("Mere"), "has not gone out yet")
		w.Do("Mere", "reflect")
		w.Submit("Mere", map[string]string{"text": "about the second"})
		must(t, w.Answer("Mere"), "Week 2 · The star")
	})
}
