package portfolios_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
)

func TestSeveralPortfoliosStandSideBySideAndShareEvidence(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/portfolio list")
		bottest.Says(t, w.Answer("Ana"), "You have no portfolio yet")
		started(w, "Ana")
		w.Advance(48 * time.Hour)
		w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
		w.Press("Ana", "Start another")
		w.Do("Ana", `/evidence add text:"The harbour hui" title:Hui`)
		w.Do("Ana", "/portfolio list")
		bottest.Says(t, w.Answer("Ana"), "**1. Facilitating in a community, begun 2 November 2026**", "**2. Facilitating in a community, begun 4 November 2026**",
			"There: 0 of 6. Missing: Background and role;", "What others saw (2 of People who took part, 1 of Somebody who knows your work)", "Not submitted yet")
		w.Do("Ana", "/evidence tag 1")
		w.Submit("Ana", map[string]string{"do": "plan"})
		w.Do("Ana", "/portfolio list")
		bottest.Says(t, w.Answer("Ana"), "0 of 5 things to do. You keep 1 piece more that you say would fit here.")
		w.Press("Ana", "Use what fits in 1")
		bottest.Says(t, w.Answer("Ana"), "These go into **Facilitating in a community** as well", "- Hui")
		w.Press("Ana", "Put them in")
		w.Press("Ana", "Side by side")
		w.Press("Ana", "Use what fits in 2")
		w.Press("Ana", "Put them in")
		w.Press("Ana", "Side by side")
		bottest.Says(t, w.Answer("Ana"), "1 of 5 things to do", "In more than one of them: Hui.")
		w.Do("Ana", "/portfolio open")
		w.Press("Ana", "See them side by side")
		bottest.Says(t, w.Answer("Ana"), "What you prepare")
		w.Do("Ben", "/portfolio list")
		bottest.Says(t, w.Answer("Ben"), "You have no portfolio yet")
	})
}
