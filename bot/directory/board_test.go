package directory_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/directory"
	"cohortbot/bot/store"
)

func TestAReviewHoldsWithoutWhoWasAwayAndSaysSo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione", "Lena")
		suggested(w, "Ana")
		w.Do("Lena", "/settings leave today to 1 dec 2026")
		w.Do("Mere", "/directory review")
		w.Press("Mere", "Review Hard meetings")
		w.Submit("Mere", map[string]string{"verdict": "yes", "found": "They practise.", "framework": "facilitation"})
		w.Submit("Mere", map[string]string{"do": "diverse-groups"})
		bottest.Says(t, w.Answer("Mere"), "Lena is away, and it can hold without their say.")
		w.Press("Mere", "Ask the board")
		bottest.Says(t, w.Answer("Mere"), "Lena is away")
		w.Advance(8 * day)
		if n := len(trainings(w, directory.Approved)); n != 1 {
			t.Fatal("it waits for somebody who is away, though another could object")
		}
		w.Do("Ana", "/directory find")
		w.Press("Ana", "Open Hard meetings")
		w.Press("Ana", "How it was reviewed")
		bottest.Says(t, w.Answer("Ana"), "Lena was away while it was open, and had no say")
	})
}

func TestNothingIsDecidedWhileEverybodyWhoCouldObjectIsAway(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione")
		suggested(w, "Ana")
		w.Do("Sione", "/settings leave today to 20 nov 2026")
		reviewed(w, "Mere")
		bottest.Says(t, w.Answer("Mere"), "Sione is away. Nothing is decided before somebody who could object is back.")
		w.Advance(17 * day)
		if n := len(trainings(w, directory.Approved)); n != 0 {
			t.Fatal("decided without anybody who could object")
		}
		w.Advance(3 * day) // 22 November: he is back since yesterday
		bottest.Says(t, last(w, "Sione"), "A review of **Hard meetings**", "until 28 November 2026", "it waits until somebody is")
		if n := len(trainings(w, directory.Approved)); n != 0 {
			t.Fatal("decided as soon as he was back")
		}
		w.Advance(8 * day)
		if n := len(trainings(w, directory.Approved)); n != 1 {
			t.Error("it waits for ever")
		}
	})
}

func TestAReviewHeldThoughWhoCouldObjectHadLeftTheBoard(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Hine", "Sione")
		w.Known("Lena")
		suggested(w, "Ana")
		reviewed(w, "Hine")
		sione := w.Known("Sione").ID
		w.Update(func(tx store.Tx) error { return directory.Reviewers.Delete(tx, sione) })
		w.Advance(16 * day)
		if n := len(trainings(w, directory.Approved)); n != 0 {
			t.Fatal("one person alone has decided")
		}
		w.Do("Hine", "/directory appoint person:@Lena")
		w.Advance(8 * day)
		if n := len(trainings(w, directory.Approved)); n != 1 {
			t.Error("it waits for ever")
		}
	})
}

func TestWhatIsNotRenewedIsFoundUntilItsDay(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione")
		suggested(w, "Ana")
		reviewed(w, "Mere")
		w.Advance(8 * day)
		until := trainings(w, directory.Approved)[0].Until
		w.AdvanceTo(until.Add(-29 * day))
		w.Press("Sione", "Renew it")
		w.Submit("Sione", map[string]string{"verdict": "no", "found": "Nobody teaches it any more.", "framework": "facilitation"})
		bottest.Says(t, w.Answer("Sione"), "it stays in the directory until 9 November 2027")
		w.Press("Sione", "Ask the board")
		bottest.Says(t, w.Answer("Sione"), "asked not to renew", "until 9 November 2027")
		w.Press("Sione", "Ask the board")
		w.Advance(8 * day)
		bottest.Says(t, last(w, "Ana"), "it is not renewed. It is found until 9 November 2027")
		w.Do("Ana", "/directory find")
		bottest.Says(t, w.Answer("Ana"), "**1. Hard meetings**")
		w.Do("Mere", "/directory review")
		if strings.Contains(w.Answer("Mere"), "Hard meetings") {
			t.Errorf("the board is asked about what it decided: %s", w.Answer("Mere"))
		}
		seen := len(w.Inbox("Mere"))
		w.AdvanceTo(until.Add(day))
		if n := len(w.Inbox("Mere")); n != seen {
			t.Error("the board is reminded of what it decided")
		}
		w.Do("Ana", "/directory find")
		bottest.Says(t, w.Answer("Ana"), "No training is approved yet")
	})
}

func TestATrainingWasDoneOnTheLastSuchDay(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione")
		suggested(w, "Ana")
		reviewed(w, "Mere")
		w.Advance(8 * day) // 10 November 2026
		w.Do("Ana", `/directory done training:hard on:"5 Nov" words:"Wait longer."`)
		bottest.Says(t, w.Answer("Ana"), "Kept: **Hard meetings")
		w.Do("Ana", "/evidence show 1")
		bottest.Says(t, w.Answer("Ana"), "5 November")
		if strings.Contains(w.Answer("Ana"), "2027") {
			t.Errorf("a year ahead: %s", w.Answer("Ana"))
		}
		w.Do("Ana", `/directory done training:hard on:tomorrow words:"Wait longer."`)
		bottest.Says(t, w.Answer("Ana"), "still to come")
	})
}

func TestTheRecordOfACommunityHasHowItWentOffTheList(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		onBoard(w, "Mere", "Sione")
		w.Do("Ana", "/directory offer")
		w.Submit("Ana", map[string]string{"name": "Circle", "about": "We eat and talk.", "how": "Come on a Friday"})
		w.Advance(time.Minute)
		w.Press("Mere", "Look at it")
		w.Submit("Mere", looked)
		w.Press("Mere", "List it")
		w.Do("Ben", "/directory communities")
		w.Press("Ben", "Open Circle")
		bottest.Says(t, w.Answer("Ben"), "Ana offered it, 2 November 2026")
		w.Do("Sione", "/directory communities")
		w.Press("Sione", "Open Circle")
		w.Press("Sione", "Take it off the list")
		w.Submit("Sione", map[string]string{"why": "It meets no more."})
		bottest.Says(t, w.Answer("Sione"), "is taken off the list", "It meets no more.")
		w.Press("Sione", "Take it off the list")
		w.Advance(time.Minute)
		bottest.Says(t, last(w, "Ana"), "no longer listed", "It meets no more.")
		w.Press("Sione", "See its record")
		bottest.Says(t, w.Answer("Sione"), "Mere listed it", "Sione took it off the list**, 2 November 2026", "It meets no more.")
		erased(w, "Sione")
		if strings.Contains(words(w), "It meets no more.") {
			t.Error("the reason outlives who gave it")
		}
		if !strings.Contains(words(w), "Songs count.") || !strings.Contains(words(w), "We eat and talk.") {
			t.Error("more went than the words of who was erased")
		}
	})
}
