package directory_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/directory"
	"cohortbot/bot/store"
)

var looked = map[string]string{
	"design": "Anybody can plan a session.", "knowledge": "They teach each other.", "learning": "All of them ask.", "ways": "Songs count.", "verdict": "yes",
}

func TestACommunityIsListedWithItsRecordAndJoined(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Circle", "Wiremu", "Ana")
		onBoard(w, "Mere", "Wiremu")
		w.Do("Wiremu", "/directory offer")
		w.Submit("Wiremu", map[string]string{"name": "Circle", "about": "We eat and talk.", "group": "elsewhere", "how": ""})
		bottest.Says(t, w.Answer("Wiremu"), "How does somebody join")

		// A group that learns a programme is no community of practice, and is not offered as one.
		w.Do("Wiremu", `/directory offer name:Circle about:"We eat and talk." group:Circle`)
		if w.Answer("Wiremu") != "[form] Offer a community" {
			bottest.Says(t, w.Answer("Wiremu"), "is no community of practice that you are in")
		}
		w.Update(func(tx store.Tx) error {
			c.Programme.Community = true
			return cohorts.Table.Put(tx, c.ID, c)
		})
		w.Do("Wiremu", "/directory offer")
		w.Submit("Wiremu", map[string]string{"about": "We eat and talk."})
		bottest.Says(t, w.Answer("Wiremu"), "Offered: **Circle**")
		w.Advance(time.Minute)
		w.Do("Wiremu", "/directory review")
		w.Press("Wiremu", "Look at Circle")
		w.Press("Mere", "Look at it")
		w.Submit("Mere", looked)
		w.Press("Mere", "List it")
		w.Advance(time.Minute)
		bottest.Says(t, last(w, "Wiremu"), "**Circle**, which you offered, is listed")
		w.Do("Ben", "/directory communities")
		w.Press("Ben", "Open Circle")
		bottest.Says(t, w.Answer("Ben"), "Mere listed it", "A democratic design:", "Anybody can plan a session.", "Everyone has knowledge to share:", "Everyone has learning to do:", "Songs count.")
		if strings.Contains(w.Answer("Ben"), "approved") {
			t.Error("a community is listed, and approved for nothing")
		}
		w.Press("Ben", "Join")
		w.Press("Ben", "Join")
		w.Submit("Ben", map[string]string{"quote": "no"})
		w.Do("Ben", "/directory join circle")
		bottest.Says(t, w.Answer("Ben"), "You are in **Circle** already")

		// What has ended is not shown as something to join.
		w.Update(func(tx store.Tx) error {
			c.State = cohorts.Ended
			return cohorts.Table.Put(tx, c.ID, c)
		})
		w.Do("Lena", "/directory communities")
		bottest.Says(t, w.Answer("Lena"), "No community of practice is listed yet")
	})
}

// erased has everything of somebody erased that the directory holds.
func erased(w *bottest.World, name string) {
	w.T.Helper()
	p := w.Known(name)
	w.Update(func(tx store.Tx) error {
		for _, h := range directory.Feature(directory.Options{}).Holdings {
			if err := h.Erase(tx, p.ID, w.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	w.Advance(time.Minute)
}

// words gives all that is kept of the directory, as it is stored.
func words(w *bottest.World) string {
	w.T.Helper()
	var b strings.Builder
	w.View(func(tx store.Tx) error {
		for kv, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			for _, table := range []string{"training", "communit", "reviewers"} {
				if strings.Contains(string(kv.Key), table) {
					b.Write(kv.Value)
				}
			}
		}
		return nil
	})
	return b.String()
}

func TestErasingSomebodyTakesTheirWordsAndHoldsUpNobody(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione")
		suggested(w, "Ana")
		reviewed(w, "Mere")
		w.Press("Sione", "Object")
		w.Submit("Sione", map[string]string{"words": "Upstairs only."})
		w.Advance(8 * day)
		if !strings.Contains(words(w), "Upstairs only.") {
			t.Fatal("the objection is not where this test looks")
		}
		erased(w, "Sione")
		if strings.Contains(words(w), "Upstairs only.") {
			t.Error("the objection is still there")
		}
		if n := len(trainings(w, directory.Approved)); n != 1 {
			t.Error("an objection that nobody can settle any more holds the decision")
		}
		erased(w, "Mere")
		if strings.Contains(words(w), "They practise with each other.") {
			t.Error("the review's words are still there")
		}
		w.Do("Ana", "/directory find")
		w.Press("Ana", "Open Hard meetings")
		w.Press("Ana", "How it was reviewed")
		bottest.Says(t, w.Answer("Ana"), "These words were erased", "Facilitate groups whose people differ")
		w.Do("Ana", "/directory suggest title:Other provider:Somebody about:Marker")
		erased(w, "Ana")
		if strings.Contains(words(w), "Marker") {
			t.Error("a suggestion that nobody has decided about stays")
		}
	})
}

// Whoever offered a community wrote how to join it: that goes with them, and with it
// what nobody could join any more.
func TestHowToJoinGoesWithWhoeverWroteIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Circle", "Wiremu", "Ana")
		c.Programme.Community = true
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		onBoard(w, "Mere")
		for _, group := range []string{"Somewhere else", "Here: Circle"} {
			w.Do("Wiremu", "/directory offer")
			w.Submit("Wiremu", map[string]string{"name": "Quokka " + group, "about": "We eat quokka cake.", "group": group, "how": "Ask for quokka", "link": "https://quokka.example"})
			w.Advance(time.Minute)
			w.Do("Mere", "/directory review")
			w.Press("Mere", "Look at Quokka "+group)
			w.Submit("Mere", looked)
			w.Press("Mere", "List it")
		}
		w.Do("Ben", "/directory communities")
		bottest.Says(t, w.Answer("Ben"), "Quokka Somewhere else", "Quokka Here: Circle")
		erased(w, "Wiremu")
		if strings.Contains(strings.ToLower(words(w)), "quokka") {
			t.Errorf("it is still kept: %s", words(w))
		}
		for _, p := range append(w.Inbox("Mere"), w.Inbox("Wiremu")...) {
			if strings.Contains(strings.ToLower(p.Message.Text), "quokka") {
				t.Errorf("a message still shows it: %s", p.Message.Text)
			}
		}
		w.Do("Ben", "/directory communities")
		bottest.Says(t, w.Answer("Ben"), "**1. Circle**", "These words were erased")
		if strings.Contains(w.Answer("Ben"), "**2.") {
			t.Error("what nobody can join any more is still listed")
		}
		w.Do("Ben", "/directory join circle")
		bottest.Says(t, w.Answer("Ben"), "meets in")
	})
}
