package directory_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/directory"
	"cohortbot/bot/store"
)

const day = 24 * time.Hour

// onBoard appoints people; Hine administers.
func onBoard(w *bottest.World, names ...string) {
	w.T.Helper()
	w.Admin("Hine")
	for _, n := range names {
		w.Known(n)
		w.Do("Hine", "/directory appoint person:@"+n)
		bottest.Says(w.T, w.Answer("Hine"), n+" is on the content board now")
	}
}

// suggested has somebody suggest a training.
func suggested(w *bottest.World, who string) {
	w.T.Helper()
	w.Do(who, "/directory suggest")
	w.Submit(who, map[string]string{
		"title": "Hard meetings", "provider": "The adult school", "about": "How to chair a meeting of people who differ, so that each can take part.",
		"terms": "Two evenings, free", "link": "example.org/hard",
	})
	w.Advance(time.Minute)
}

// reviewed has somebody review it, and ask the board.
func reviewed(w *bottest.World, who string) {
	w.T.Helper()
	w.Do(who, "/directory review")
	w.Press(who, "Review Hard meetings")
	review(w, who)
}

func review(w *bottest.World, who string) {
	w.T.Helper()
	w.Submit(who, map[string]string{"verdict": "yes", "found": "They practise with each other.", "framework": "facilitation"})
	bottest.Says(w.T, w.Answer(who), "[form] What it addresses")
	w.Submit(who, map[string]string{"do": "diverse-groups"})
	bottest.Says(w.T, w.Answer(who), "you would approve it for a year", "Facilitate groups whose people differ")
	w.Press(who, "Ask the board")
	bottest.Says(w.T, w.Answer(who), "The board is asked")
	w.Advance(time.Minute)
}

func trainings(w *bottest.World, s directory.State) (all []directory.Training) {
	w.T.Helper()
	w.View(func(tx store.Tx) (err error) {
		all, err = directory.InState(tx, s)
		return err
	})
	return all
}

func last(w *bottest.World, who string) string {
	w.T.Helper()
	posts := w.Inbox(who)
	if len(posts) == 0 {
		w.T.Fatalf("%s got nothing", who)
	}
	return posts[len(posts)-1].Message.Text
}

func TestATrainingIsApprovedWhenNobodyObjectsFoundAndDone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione")
		suggested(w, "Ana")
		bottest.Says(t, last(w, "Mere"), "Ana suggests a training", "so that each can take part")
		w.Do("Ana", "/directory review")
		bottest.Says(t, w.Answer("Ana"), "Only reviewers here can do that", "/directory appoint")
		reviewed(w, "Mere")
		bottest.Says(t, last(w, "Sione"), "A review of **Hard meetings**", "The others can object until 9 November 2026")
		w.Do("Ana", "/directory find")
		bottest.Says(t, w.Answer("Ana"), "No training is approved yet")
		w.Advance(8 * day)
		bottest.Says(t, last(w, "Ana"), "is approved until 9 November 2027", "Facilitate groups whose people differ")
		for _, post := range w.Inbox("Mere") {
			for _, b := range post.Message.Buttons {
				if b.Label == "Review it" {
					t.Errorf("still asks for what is decided: %s", post.Message.Text)
				}
			}
		}
		for _, typed := range []string{"2", "people differ", "adult school", ""} {
			w.Do("Ana", `/directory find about:"`+typed+`"`)
			bottest.Says(t, w.Answer("Ana"), "**1. Hard meetings**, The adult school")
		}
		w.Do("Ana", "/directory find gardening")
		bottest.Says(t, w.Answer("Ana"), "No approved training has to do with “gardening”")
		w.Press("Ana", "By competency")
		w.Submit("Ana", map[string]string{"competency": "facilitation/diverse-groups"})
		w.Press("Ana", "Open Hard meetings")
		w.Press("Ana", "I have done it")
		w.Submit("Ana", map[string]string{"on": "in 3 days"})
		bottest.Says(t, w.Answer("Ana"), "still to come")
		w.Submit("Ana", map[string]string{"on": "yesterday", "words": "Wait longer before I speak."})
		bottest.Says(t, w.Answer("Ana"), "Kept: **Hard meetings, The adult school**", "That is a suggestion")
		w.Do("Ana", "/evidence aim facilitation-credential")
		w.Do("Ana", "/evidence coverage")
		bottest.Says(t, w.Answer("Ana"), "0 of 5 have evidence")
		w.Do("Ana", "/evidence show 1")
		bottest.Says(t, w.Answer("Ana"), "Wait longer before I speak.", "https://example.org/hard")
		w.Press("Ana", "Say what it shows")
		w.Do("Ana", "/directory done hard")
		w.Submit("Ana", map[string]string{"on": "yesterday"})
		w.Press("Ana", "Keep another")
		w.Press("Ana", "It shows these")
		w.Do("Ana", "/evidence coverage")
		bottest.Says(t, w.Answer("Ana"), "1 of 5 have evidence", "Facilitate groups whose people differ, so that each of them can take part: **1 piece**")
	})
}

func TestAnObjectionHoldsTheDecisionUntilItIsHeardOrTheReviewChanged(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione")
		suggested(w, "Ana")
		reviewed(w, "Mere")
		w.Press("Sione", "Object")
		w.Submit("Sione", map[string]string{"words": "Nobody who came was asked."})
		w.Advance(time.Minute)
		bottest.Says(t, last(w, "Mere"), "Sione objected", "Nobody who came was asked.")
		w.Advance(20 * day)
		if n := len(trainings(w, directory.Approved)); n != 0 {
			t.Fatal("approved over an objection")
		}
		w.Press("Mere", "Answer it")
		w.Submit("Mere", map[string]string{"words": "I asked three of them since."})
		w.Advance(time.Minute)
		bottest.Says(t, last(w, "Sione"), "Mere answered", "I asked three of them since.")
		if n := len(trainings(w, directory.Approved)); n != 0 {
			t.Fatal("an answer alone settles nothing")
		}
		w.Press("Sione", "It was heard")
		bottest.Says(t, w.Answer("Sione"), "holds now")
		approved := trainings(w, directory.Approved)
		if len(approved) != 1 {
			t.Fatal("heard, and not approved")
		}
		w.Do("Ana", "/directory find")
		w.Press("Ana", "Open Hard meetings")
		w.Press("Ana", "How it was reviewed")
		bottest.Says(t, w.Answer("Ana"), "Sione objected", "Nobody who came was asked.", "I asked three", "Sione says that it was heard")

		// Near the end of the approval, another objection is answered by a change.
		w.AdvanceTo(approved[0].Until.Add(-29 * day))
		bottest.Says(t, last(w, "Mere"), "The approval of **Hard meetings** ends on")
		w.Press("Sione", "Renew it")
		review(w, "Sione")
		w.Press("Mere", "Object")
		w.Submit("Mere", map[string]string{"words": "A year is too long."})
		w.Advance(day)
		w.Press("Sione", "Change the review")
		review(w, "Sione")
		bottest.Says(t, last(w, "Mere"), "A review of **Hard meetings**")
		w.Advance(8 * day)
		renewed := trainings(w, directory.Approved)
		if len(renewed) != 1 || !renewed[0].Until.Equal(approved[0].Until.AddDate(1, 0, 0)) {
			t.Errorf("renewed %+v: nothing of the old approval is lost", renewed)
		}
		w.Do("Mere", "/directory find")
		w.Press("Mere", "Open Hard meetings")
		w.Press("Mere", "How it was reviewed")
		bottest.Says(t, w.Answer("Mere"), "A year is too long.", "The review was changed.", "Another review took its place")
		w.Press("Mere", "The training")
		w.Press("Mere", "Retire it")
		w.Submit("Mere", map[string]string{"why": "It is no longer offered."})
		w.Press("Mere", "Retire it")
		w.Do("Ana", "/directory find")
		bottest.Says(t, w.Answer("Ana"), "No training is approved yet")
		w.Do("Ana", "/directory done hard")
		bottest.Says(t, w.Answer("Ana"), "[form] A training you did")
	})
}

func TestNobodyDecidesAloneNorAboutTheirOwn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere")
		suggested(w, "Mere")
		w.Do("Mere", "/directory review")
		w.Press("Mere", "See Hard meetings")
		bottest.Says(t, w.Answer("Mere"), "Suggested by Mere")
		w.Do("Hine", "/directory review")
		w.Press("Hine", "Review Hard meetings")
		review(w, "Hine") // Mere is the other one
		w.Press("Hine", "Read the review")
		w.Press("Hine", "Take it back")
		w.Press("Hine", "Take it back")
		w.Do("Hine", "/directory appoint person:@Mere")
		w.Press("Hine", "Take them off it")
		w.Press("Hine", "Take them off it")
		w.Do("Hine", "/directory review")
		w.Press("Hine", "Review Hard meetings")
		w.Submit("Hine", map[string]string{"verdict": "yes", "found": "Good.", "framework": "facilitation"})
		w.Submit("Hine", map[string]string{"do": "diverse-groups"})
		bottest.Says(t, w.Answer("Hine"), "There is nobody else yet who could object")
		w.Do("Mere", "/directory review")
		bottest.Says(t, w.Answer("Mere"), "Only reviewers")
		suggested(w, "Mere")
		bottest.Says(t, w.Answer("Mere"), "is here already")
		w.Press("Mere", "See it")
		w.Press("Mere", "Take it back")
		w.Press("Mere", "Take it back")
		if n := len(trainings(w, directory.Suggested)); n != 0 {
			t.Error("taken back, and still there")
		}
		w.Press("Hine", "Change it")
		bottest.Says(t, w.Answer("Hine"), "not in the directory any more")
	})
}

func TestAnApprovalEndsAndTheBoardIsRemindedWithinItsBudgetAndNotOnLeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		onBoard(w, "Mere", "Sione", "Lena")
		w.Do("Lena", "/settings reminders off")
		suggested(w, "Ana")
		reviewed(w, "Mere")
		w.Advance(8 * day)
		until := trainings(w, directory.Approved)[0].Until
		w.AdvanceTo(until.Add(-31 * day))
		w.Do("Sione", "/settings leave today to "+until.Add(-20*day).Format("2 Jan 2006"))
		before := len(w.Inbox("Sione"))
		offs := len(w.Inbox("Lena"))
		w.Advance(3 * day)
		bottest.Says(t, last(w, "Mere"), "The approval of **Hard meetings** ends on")
		if n := len(w.Inbox("Sione")); n != before {
			t.Error("reminded on leave")
		}
		w.AdvanceTo(until.Add(-17 * day))
		bottest.Says(t, last(w, "Sione"), "The approval of **Hard meetings** ends on")
		w.AdvanceTo(until.Add(day))
		bottest.Says(t, last(w, "Mere"), "it is not found any more")
		if n := len(w.Inbox("Lena")); n != offs {
			t.Error("reminded though turned off")
		}
		w.Do("Ana", "/directory find")
		bottest.Says(t, w.Answer("Ana"), "No training is approved yet")
		w.Do("Lena", "/directory review")
		bottest.Says(t, w.Answer("Lena"), "its approval ended on")
	})
}
