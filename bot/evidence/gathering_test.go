package evidence_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/evidence"
)

// one gives the only thing that somebody keeps.
func one(w *bottest.World, name string) evidence.Item {
	w.T.Helper()
	all := items(w, name)
	if len(all) != 1 {
		w.T.Fatalf("%s keeps %d things: %+v", name, len(all), all)
	}
	return all[0]
}

func TestAnExperimentIsKeptWhereItEnds(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/experiment start")
		w.Submit("Ana", map[string]string{"hunch": "If I ask first, people talk longer", "with": "the cooks", "try": "ask before I tell", "know": "somebody stays on"})
		w.Advance(24 * time.Hour)
		w.Press("Ana", "Yes, a few words")
		w.Submit("Ana", map[string]string{"text": "He stayed for the dishes."})
		for range 10 {
			w.Advance(24 * time.Hour)
			w.Press("Ana", "Nothing today")
			if strings.Contains(w.Answer("Ana"), "is over") {
				break
			}
		}
		bottest.Says(t, w.Answer("Ana"), "your experiment is over")
		w.Press("Ana", "What surprised me")
		w.Submit("Ana", map[string]string{"surprise": "How little I said."})
		w.Press("Ana", "Keep as evidence")
		bottest.Says(t, w.Answer("Ana"), "Kept: **Experiment: If I ask first")
		i := one(w, "Ana")
		bottest.Says(t, i.Text, "Hunch: If I ask first", "With: the cooks", "To try: ask before I tell", "Day 1: He stayed for the dishes.", "What surprised me: How little I said.")
		if i.Kind != evidence.OfExperiment || i.Consent != evidence.Own {
			t.Errorf("kept as %s, %q", i.Kind, i.Consent)
		}
		// A copy: what becomes of the experiment is nothing to it; nobody else gets it.
		w.Do("Ben", "/evidence keep what:"+i.Record)
		bottest.Says(t, w.Answer("Ben"), "nothing of yours here to keep")
		w.Do("Ana", "/experiment delete")
		w.Press("Ana", "Delete it")
		bottest.Says(t, one(w, "Ana").Text, "How little I said.")
	})
}

func TestAPeersReflectionIsKeptWithTheirYes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", `/peer ask text:"We could open the hall on Sundays." who:@ben`)
		w.Press("Ana", "Ask")
		w.Press("Ben", "Write a few lines")
		w.Submit("Ben", map[string]string{"q1": "The Sundays stay with me."})
		inbox := w.Inbox("Ana")
		w.PressOn("Ana", inbox[len(inbox)-1], "Keep as evidence")
		bottest.Says(t, w.Answer("Ana"), "**Ben** wrote this, so they decide", "The Sundays stay with me")
		w.Press("Ana", "Ask Ben")
		w.Advance(time.Minute)
		if n := len(items(w, "Ana")); n != 0 {
			t.Errorf("%d things are kept before Ben said yes", n)
		}
		w.Press("Ben", "Yes, keep it")
		i := one(w, "Ana")
		bottest.Says(t, i.Text, "The Sundays stay with me.")
		if i.Kind != evidence.OfReflection || i.Named != "Ben" || i.Consent != evidence.Given {
			t.Errorf("kept as %+v", i)
		}
	})
}

func TestASessionsNotesAreKeptByWhoeverItWasFor(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", `/session schedule title:"Harbour walk" when:"thu 9am"`)
		w.Press("Wiremu", "Schedule it")
		w.Advance(4 * 24 * time.Hour)
		w.Press("Wiremu", "Write the notes")
		w.Submit("Wiremu", map[string]string{"text": "We walked slowly.", "question": "What slows you down?"})
		w.Press("Wiremu", "Share them")
		posts := w.Posts(c.Place)
		notes := posts[len(posts)-1]
		w.PressOn("Wiremu", notes, "Keep as evidence") // who wrote them is asked nothing
		if i := one(w, "Wiremu"); i.Kind != evidence.OfSession || i.Text != "We walked slowly." || i.Title != "Notes of a session on Thursday 5 November 2026" {
			t.Errorf("kept as %+v", i)
		}
		w.PressOn("Ana", notes, "Keep as evidence")
		bottest.Says(t, w.Answer("Ana"), "**Wiremu** wrote this, so they decide")
		w.Press("Ana", "Ask Wiremu")
		w.Advance(time.Minute)
		w.Press("Wiremu", "Yes, keep it")
		if i := one(w, "Ana"); i.Named != "Wiremu" {
			t.Errorf("kept as %+v", i)
		}
		w.PressOn("Nana", notes, "Keep as evidence") // in the channel, and not in the group
		bottest.Says(t, w.Answer("Nana"), "not there to be kept any more")
	})
}
