package portfolios_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

// claim has somebody try a code, and gives what they are told.
func claim(w *bottest.World, who, code string) string {
	w.T.Helper()
	w.Do(who, "/portfolio claim code:"+code)
	said, _, _ := strings.Cut(w.Answer(who), "\n\nHere is what you typed") // their own words, given back
	return said
}

// code gives the code of the recovery that somebody has just asked for.
func code(w *bottest.World, who string) string {
	w.T.Helper()
	w.Do(who, "/portfolio recovery")
	if strings.Contains(w.Answer(who), "You were given an address before") {
		w.Press(who, "Make a new one")
	}
	said := strings.Split(w.Answer(who), "`")
	return said[len(said)-2]
}

func TestOfACodeThatOpensNothingNobodyLearnsWhy(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		started(w, "Ana")
		started(w, "Cleo")
		replaced := code(w, "Ana")
		used := code(w, "Ana")
		w.Do("Nana", "/portfolio claim code:"+used)
		w.Press("Nana", "Go on from here")
		bottest.Says(t, w.Answer("Nana"), "Welcome back")
		old := code(w, "Cleo")
		var other links.Link
		w.Update(func(tx store.Tx) (err error) {
			for row, err := range links.Table.All(tx) {
				if l := row.Value; err != nil || l.Token == old {
					l.Expires = w.Now()
					return links.Table.Put(tx, l.ID, l)
				}
			}
			t.Error("the code of Cleo is not kept")
			return nil
		})
		w.Update(func(tx store.Tx) (err error) {
			other, err = links.Make(tx, "attest write", "request", w.Now().Add(time.Hour), w.Now())
			return err
		})
		said := ""
		for what, code := range map[string]string{
			"one that never was": strings.Repeat("x", 43), "no code at all": "hello", "used": used, "replaced": replaced, "too old": old, "for something else": other.Token,
		} {
			got := claim(w, "Visitor "+strings.Fields(what)[0], code)
			if said == "" {
				said = got
			}
			if got != said {
				t.Errorf("%s: %q, where another is told %q", what, got, said)
			}
		}
		bottest.Says(t, said, "Nothing is kept under this code, or no longer", "/portfolio recovery gives you a new one", "whoever administers this workspace")
	})
}

func TestCodesThatOpenNothingAreCountedByPersonAndOverallAndLoggedByKind(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		var log strings.Builder
		w.Log = slog.New(slog.NewTextHandler(&log, nil))
		w.Restart()
		started(w, "Ana")
		right := code(w, "Ana")
		wrong := func(n int) string { return fmt.Sprintf("wrong%038d", n) }
		for n := range 5 { // each counts once, though a deed's function may run twice
			if got := claim(w, "Ben", wrong(n)); !strings.Contains(got, "Nothing is kept under this code") {
				t.Fatalf("try %d: %s", n+1, got)
			}
		}
		for _, code := range []string{wrong(6), right} {
			if got := claim(w, "Ben", code); !strings.Contains(got, "Too many codes") || strings.Contains(got, "belongs to") {
				t.Errorf("after five in vain: %s", got)
			}
		}
		bottest.Says(t, claim(w, "Nana", right), "From now on this account belongs to **Ana**") // who tried nothing in vain
		time.Sleep(2 * time.Minute)                                                             // in the test's own time
		bottest.Says(t, claim(w, "Ben", right), "From now on this account belongs to **Ana**")

		// Together they may try no more either, however many they are.
		for n := range 70 {
			claim(w, fmt.Sprintf("Guest %d", n), wrong(100+n))
		}
		bottest.Says(t, claim(w, "Guest 3", right), "Too many codes")
		bottest.Says(t, claim(w, "Nana", right), "From now on this account belongs to **Ana**")

		lines := strings.Count(log.String(), `msg="refused in a chat" kind="/portfolio claim with a code that opens nothing" times=`)
		if lines == 0 || lines > 8 || strings.Contains(log.String(), "wrong0") || strings.Contains(log.String(), right) {
			t.Errorf("the log:\n%s", log.String())
		}
	})
}
