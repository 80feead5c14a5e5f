package shelf_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
)

func TestAShelfIsSomebodysOwnOrTheirGroups(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/shelf list")
		bottest.Says(t, w.Answer("Ana"), "Your shelf is empty")
		w.Press("Ana", "Put something on it")
		w.Submit("Ana", map[string]string{"what": "example.org/first-hour", "use": "When nobody wants to begin"})
		bottest.Says(t, w.Answer("Ana"), "the shelf of **Explorers**")
		w.Do("Ana", `/shelf keep what:"What would make it worth your evening?" for:me`)
		bottest.Says(t, w.Answer("Ana"), "Only you see it")
		w.Do("Ben", "/shelf list")
		bottest.Says(t, w.Answer("Ben"), "https://example.org/first-hour (When nobody wants to begin), from Ana")
		if strings.Contains(w.Answer("Ben"), "evening") {
			t.Error("Ben sees Ana's own shelf")
		}
		w.Do("Ben", "/shelf keep what:x for:Walkers")
		bottest.Says(t, w.Answer("Ben"), "You are in no group called “Walkers”")
		w.Do("Ben", "/shelf keep what:https://example.org/first-hour for:Explorers")
		bottest.Says(t, w.Answer("Ben"), "already")
		w.Do("Ben", "/shelf remove")
		bottest.Says(t, w.Answer("Ben"), "nothing that you could take away")
		w.Do("Ana", "/shelf list evening")
		bottest.Says(t, w.Answer("Ana"), "What would make it worth")
		w.Do("Ana", "/shelf remove evening")
		w.Press("Ana", "Take it away")
		w.Do("Ana", "/shelf list evening")
		bottest.Says(t, w.Answer("Ana"), "Nothing on your shelves has “evening”")
		w.Do("Wiremu", "/shelf remove") // facilitates, and there is but one thing
		w.Press("Wiremu", "Take it away")
		w.Do("Ben", "/shelf list")
		bottest.Says(t, w.Answer("Ben"), "Your shelf is empty")
	})
}
