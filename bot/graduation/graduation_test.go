package graduation_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/graduation"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// journey has a cohort whose programme asks for a gift and a facilitator's word.
func journey(w *bottest.World, name string, members ...string) cohorts.Cohort {
	w.T.Helper()
	c := w.Cohort(name, "Wiremu", members...)
	c.Programme.Graduate = []programmes.Requirement{
		{ID: "gift", Text: "You left something for the next cohort.", Done: programmes.ByGift},
		{ID: "word", Text: "A facilitator says that you have done it.", Done: programmes.ByFacilitator},
	}
	w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
	return c
}

func give(w *bottest.World, who, kind, text, name string) chat.Outcome {
	w.T.Helper()
	w.Do(who, "/legacy give")
	return w.Submit(who, map[string]string{"kind": kind, "text": text, "name": name})
}

func TestAGraduationIsConfirmedOnceEverythingIsDone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := journey(w, "Explorers", "Ana", "Ben")
		w.Do("Ana", "/graduation show")
		bottest.Says(t, w.Answer("Ana"), "**Open:** You left something", "**At the end:** A facilitator says")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		bottest.Says(t, w.Answer("Wiremu"), "Ana can't graduate yet", "You left something", "waive it with a reason")

		give(w, "Ana", "advice", "Start *smaller*", "yes")
		w.Do("Wiremu", "/graduation group")
		bottest.Says(t, w.Answer("Wiremu"), "Ana: ready for your word", "Ben: still open: a gift")
		w.Press("Wiremu", "Confirm Ana")
		bottest.Says(t, w.Answer("Wiremu"), "**Ana** graduates", "A facilitator says that you have done it")
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Fatalf("%d messages to Ana before it was confirmed", n)
		}
		w.Press("Wiremu", "Confirm it")
		inbox := w.Inbox("Ana")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "You have graduated from **Explorers**", "Wiremu confirmed it")

		// The group learns of it from her alone, and she can take it back.
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Fatalf("%d posts in the channel before Ana said so", n)
		}
		w.PressOn("Ana", inbox[len(inbox)-1], "Tell the group")
		posts := w.Posts(c.Place)
		if len(posts) != 1 || !strings.Contains(posts[0].Message.Text, "**Ana** has graduated") {
			t.Fatalf("posts: %v", posts)
		}
		w.Press("Ana", "Take it back")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts are left after she took it back", n)
		}
		w.Do("Wiremu", "/graduation confirm person:@ana")
		bottest.Says(t, w.Answer("Wiremu"), "Ana has graduated already")
	})
}

func TestAWaiverLetsARequirementPassAndKeepsItsReason(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		journey(w, "Explorers", "Ana")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		w.Press("Wiremu", "Waive a requirement")
		w.Submit("Wiremu", map[string]string{"why": "She left one last year"})
		bottest.Says(t, w.Answer("Wiremu"), "Waived for Ana")
		w.Do("Ana", "/graduation show")
		bottest.Says(t, w.Answer("Ana"), "**Waived on Monday 2 November", "> She left one last year")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		w.Press("Wiremu", "Confirm it")
		bottest.Says(t, w.Answer("Wiremu"), "Ana has graduated")

		// A mistake is taken back, and so is the message about it.
		w.Press("Wiremu", "That was a mistake")
		w.Press("Wiremu", "Take it back")
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Errorf("%d messages about it are left with Ana", n)
		}
		w.Do("Ana", "/graduation tell")
		bottest.Says(t, w.Answer("Ana"), "Nobody has confirmed yet")
	})
}

func TestAWaiverThatWasAMistakeIsTakenBackAndStaysWritten(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := journey(w, "Explorers", "Ana")
		waive := func(why string) {
			t.Helper()
			w.Do("Wiremu", "/graduation waive person:@ana")
			w.Submit("Wiremu", map[string]string{"why": why})
			bottest.Says(t, w.Answer("Wiremu"), "Waived for Ana")
		}
		waive("She left one last year")
		w.Press("Wiremu", "Take the waiver back")
		bottest.Says(t, w.Answer("Wiremu"), "this is needed again", "stays written beside it")
		w.Press("Wiremu", "Take it back")
		bottest.Says(t, w.Answer("Wiremu"), "Ana stands where they stood before")
		w.Do("Ana", "/graduation show")
		bottest.Says(t, w.Answer("Ana"), "**Open:** You left something for the next cohort. It was waived on Monday 2 November 2026, and that was taken back on Monday 2 November 2026.")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		bottest.Says(t, w.Answer("Wiremu"), "Ana can't graduate yet")

		waive("She did leave one")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		press := w.Do("Wiremu", "/graduation confirm person:@ana").Reply.Buttons
		if last := press[len(press)-1]; last.Label != "Take back: a gift" {
			t.Errorf("the last button is %q, want the one that takes the waiver back", last.Label)
		}
		w.Press("Wiremu", "Confirm it")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "graduation unwaive", Record: cohorts.MemberID(c.ID, w.Known("Ana").ID), Choice: "gift"})
		bottest.Says(t, w.Answer("Wiremu"), "Ana has graduated with it")
		w.Ask("Ana", chat.Request{At: w.At, Path: "graduation unwaive", Record: cohorts.MemberID(c.ID, w.Known("Ana").ID), Choice: "gift"})
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.View(func(tx store.Tx) error {
			kept, err := graduation.Waivers.Get(tx, cohorts.MemberID(c.ID, w.Known("Ana").ID)+"/gift")
			if len(kept.Before) != 1 || kept.Before[0].Why != "She left one last year" || kept.Before[0].BackBy != w.Known("Wiremu").ID || !kept.Back.IsZero() {
				t.Errorf("the record is %+v", kept)
			}
			return err
		})
	})
}

func TestOnlyFacilitatorsOfTheGroupConfirmAndOnlyItsMembersGraduate(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		journey(w, "Explorers", "Ana")
		w.Admin("Hine")
		w.Person("Ben", "Pacific/Auckland")
		for _, path := range []string{"/graduation group", "/graduation confirm person:@ana", "/graduation waive person:@ana"} {
			w.Do("Ana", path)
			bottest.Says(t, w.Answer("Ana"), "Only facilitators of Explorers can do that")
			w.Do("Hine", path)
			bottest.Says(t, w.Answer("Hine"), "Only the group's facilitators")
		}
		w.Do("Wiremu", "/graduation confirm person:@ben")
		bottest.Says(t, w.Answer("Wiremu"), "Ben is not in Explorers")
		w.Do("Wiremu", "/graduation confirm person:@wiremu")
		bottest.Says(t, w.Answer("Wiremu"), "Wiremu facilitates this group")
	})
}

func TestTheNextGroupReceivesWhatWasLeftByChoice(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		old := journey(w, "Explorers", "Ana", "Ben")
		give(w, "Ana", "advice", "Start smaller than you think", "yes")
		give(w, "Ben", "tool", "A bag of wool", "no")
		out := give(w, "Ben", "mentor", "Ring me", "no")
		if !strings.Contains(out.Errors["name"], "An offer needs your name") {
			t.Errorf("an offer without a name: %v", out)
		}

		next := w.Cohort("Spring", "Wiremu", "Cleo")
		next.From = cohorts.Provenance{Programme: "test", Cohort: old.ID, Name: old.Name}
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, next.ID, next) })
		w.At = next.Place
		w.Do("Cleo", "/legacy page")
		bottest.Says(t, w.Answer("Cleo"), "Nobody in Spring leaves anything so far")
		w.Ask("Cleo", chat.Request{At: w.At, Path: "legacy page", Record: string(next.ID) + "/" + string(old.ID)})
		bottest.Says(t, w.Answer("Cleo"), "Your group was not handed that")

		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "**Waiting for your group:** Explorers left a piece of advice and a tool.")
		w.Press("Wiremu", "Hand it to the group")
		w.Press("Wiremu", "Hand it on")
		posts := w.Posts(next.Place)
		if len(posts) != 1 {
			t.Fatalf("%d posts in the new group's channel, want one", len(posts))
		}
		read := w.PressOn("Cleo", posts[0], "Read it")
		page := read.Reply.Document.Text
		bottest.Says(t, page, "## Advice", "> Start smaller than you think", "Ana, ", "A bag of wool", "Left without a name")
		if strings.Contains(page, "Ben") {
			t.Errorf("Ben did not want his name on it:\n%s", page)
		}
		w.Do("Cleo", "/home")
		bottest.Says(t, w.Answer("Cleo"), "left something for you")

		// What is taken back is gone, and the post says what is left.
		w.At = old.Place
		w.Do("Ben", "/legacy mine")
		w.Press("Ben", "Take 1 back")
		w.Press("Ben", "Take it back")
		bottest.Says(t, w.Posts(next.Place)[0].Message.Text, "left a piece of advice.")
		read = w.PressOn("Cleo", w.Posts(next.Place)[0], "Read it")
		if strings.Contains(read.Reply.Document.Text, "wool") {
			t.Error("what Ben took back still stands on the page")
		}
		give(w, "Ana", "story", "It rained", "no")
		w.Do("Ana", "/legacy mine")
		for _, label := range []string{"Take 2 back", "Take 1 back"} {
			w.Do("Ana", "/legacy mine")
			w.Press("Ana", label)
			w.Press("Ana", "Take it back")
		}
		if n := len(w.Posts(next.Place)); n != 0 {
			t.Errorf("%d posts speak of gifts that are all gone", n)
		}
	})
}

func TestNobodyTakesBackWhatAnotherLeft(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		journey(w, "Explorers", "Ana", "Ben")
		give(w, "Ana", "advice", "Start smaller", "yes")
		take := w.Do("Ana", "/legacy mine").Reply.Buttons[0]
		w.Ask("Ben", chat.Request{At: w.At, Path: take.Command, Record: take.Record})
		bottest.Says(t, w.Answer("Ben"), "That is not there")
		w.Do("Ben", "/legacy page")
		bottest.Says(t, w.Answer("Ben"), "a piece of advice")
	})
}

func TestTellingTheGroupTwiceSaysItOnceAndTheMessageFollows(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := journey(w, "Explorers", "Ana")
		give(w, "Ana", "advice", "Start smaller", "yes")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		w.Press("Wiremu", "Confirm it")
		own := func() bottest.Post { inbox := w.Inbox("Ana"); return inbox[len(inbox)-1] }
		first := own()
		w.PressOn("Ana", first, "Tell the group")
		w.PressOn("Ana", first, "Tell the group") // the old button, from another device
		bottest.Says(t, w.Answer("Ana"), "already")
		if n := len(w.Posts(c.Place)); n != 1 {
			t.Errorf("%d posts say that Ana graduated, want one", n)
		}
		bottest.Says(t, own().Message.Note, "The group has been told")

		// Having left the group, she can still take it back.
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		w.PressOn("Ana", own(), "Don't tell the group")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts are left after Ana took it back", n)
		}
		bottest.Says(t, own().Message.Note, "Nobody else has been told")
	})
}

func TestWhoLeftTheGroupCanStillTakeBackWhatTheyLeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		journey(w, "Explorers", "Ana", "Ben")
		w.Do("Ben", "/cohort quit") // who leaves nothing is told nothing of it
		if text := w.Answer("Ben"); strings.Contains(text, "/legacy mine") {
			t.Errorf("of nothing that he leaves Ben reads: %s", text)
		}
		give(w, "Ana", "advice", "Start smaller", "yes")
		w.Do("Ana", "/cohort quit")
		bottest.Says(t, w.Answer("Ana"), "stays there until you take it back: /legacy mine")
		w.Press("Ana", "Leave it")
		out := w.Press("Ana", "What I leave")
		bottest.Says(t, w.Answer("Ana"), "> Start smaller")
		if n := len(out.Reply.Buttons); n != 1 {
			t.Errorf("%d buttons, want only the one that takes it back", n)
		}
		w.Press("Ana", "Take 1 back")
		w.Press("Ana", "Take it back")
		w.Do("Ben", "/legacy page")
		bottest.Says(t, w.Answer("Ben"), "Nobody in Explorers leaves anything")
	})
}

func TestAPageStaysOpenHoweverMuchIsLeft(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		names := []string{"Ana", "Ben", "Cleo"}
		journey(w, "Explorers", names...)
		long := strings.Repeat("日", 1990)
		for _, who := range names {
			for range 10 {
				give(w, who, "advice", long, "no")
			}
		}
		out := give(w, "Ana", "advice", "One more", "no")
		if !strings.Contains(out.Errors["text"], "10 things already") {
			t.Errorf("an eleventh gift: %v", out)
		}
		if n := len(w.Do("Ana", "/legacy mine").Reply.Buttons); n != 11 {
			t.Errorf("%d buttons, want one for each gift and one to give", n)
		}
		page := w.Do("Ben", "/legacy page").Reply.Document.Text
		bottest.Says(t, page, "The page is full")
		if len(page) > chat.MaxDocument {
			t.Errorf("%d bytes are more than a page holds", len(page))
		}
	})
}

func TestWhatIsHandedOnTwiceIsSaidOnceAndGoneFromHomeWhenTakenBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		old := journey(w, "Explorers", "Ana")
		give(w, "Ana", "advice", "Start smaller", "yes")
		next := w.Cohort("Spring", "Wiremu", "Cleo")
		w.At = next.Place
		for range 2 { // Spring was not started from the plan of Explorers; its facilitator was there
			w.Do("Wiremu", "/legacy receive")
			w.Submit("Wiremu", map[string]string{"from": string(old.ID)})
			if strings.Contains(w.Answer("Wiremu"), "already") {
				break
			}
			w.Press("Wiremu", "Hand it on")
		}
		bottest.Says(t, w.Answer("Wiremu"), "already")
		if n := len(w.Posts(next.Place)); n != 1 {
			t.Errorf("%d posts, want one", n)
		}
		w.Do("Cleo", "/home")
		bottest.Says(t, w.Answer("Cleo"), "Explorers, left something for you")
		w.At = old.Place
		w.Do("Ana", "/legacy mine")
		w.Press("Ana", "Take 1 back")
		w.Press("Ana", "Take it back")
		w.At = next.Place
		w.Do("Cleo", "/home")
		if strings.Contains(w.Answer("Cleo"), "left something for you") {
			t.Error("home speaks of what was taken back")
		}
	})
}

func TestFacilitatorsReadWhatWasWaivedAndWhy(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		journey(w, "Explorers", "Ana")
		w.Do("Wiremu", "/graduation waive person:@ana")
		w.Submit("Wiremu", map[string]string{"why": "She left one last year"})
		w.Do("Wiremu", "/graduation group")
		bottest.Says(t, w.Answer("Wiremu"), "Ana: ready for your word (waived: a gift)")
		w.Press("Wiremu", "Confirm Ana")
		bottest.Says(t, w.Answer("Wiremu"), "> She left one last year")
		w.Press("Wiremu", "Confirm it")
		w.Do("Wiremu", "/graduation confirm person:@ana")
		bottest.Says(t, w.Answer("Wiremu"), "has graduated already", "> She left one last year")
		w.Do("Wiremu", "/graduation show")
		bottest.Says(t, w.Answer("Wiremu"), "You facilitate this group")
	})
}

func TestWhoTypesAGiftInOneLineIsToldWhoReadsIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		journey(w, "Explorers", "Ana")
		out := w.Do("Ana", `/legacy give kind:advice text:"Start smaller" name:no`)
		bottest.Says(t, out.Reply.Note, "each later group that is handed it", "take it back at any time")
	})
}
