package peers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// got tells whether somebody has a message with a text now.
func got(w *bottest.World, name, part string) bool {
	return slices.ContainsFunc(w.Inbox(name), func(p bottest.Post) bool { return strings.Contains(p.Message.Text, part) })
}

func TestATimeIsSuggestedSeenInEachZoneAndAgreed(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ben", "Australia/Sydney")
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		round(w)
		w.Press("Ana", "Suggest a time")
		w.Submit("Ana", map[string]string{"when": "next blursday"})
		bottest.Says(t, w.Answer("Ana"), "next blursday")
		w.Submit("Ana", map[string]string{"when": "today 8am"})
		bottest.Says(t, w.Answer("Ana"), "has passed")
		w.Submit("Ana", map[string]string{"when": "thu 2pm", "where": "I'll call *you*"})
		bottest.Says(t, w.Answer("Ana"), "Thursday 5 November, 2:00 pm")
		w.Advance(aDay)
		bottest.Says(t, last(w, "Ben").Message.Text, "suggests to meet", "Thursday 5 November, 12:00 pm", `I'll call \*you\*`)
		w.Press("Ben", "That suits me")
		w.Advance(0)
		bottest.Says(t, last(w, "Ana").Message.Text, "It suits: you meet [Ben]", "2:00 pm")
		w.Advance(2*aDay + 2*time.Hour) // Thursday, 11 am
		if got(w, "Ana", "Did you get to meet") {
			t.Error("asked whether they met before they were to")
		}
		w.Advance(aDay + 4*time.Hour)
		bottest.Says(t, last(w, "Ana").Message.Text, "Did you get to meet [Ben]")
	})
}

func TestAnotherTimeTakesThePlaceOfTheFirst(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		round(w)
		w.Press("Ana", "Suggest a time")
		w.Submit("Ana", map[string]string{"when": "thu 2pm"})
		first := last(w, "Ben")
		w.PressOn("Ben", first, "Another time")
		w.Submit("Ben", map[string]string{"when": "fri 10am"})
		w.PressOn("Ben", first, "That suits me") // an old button
		bottest.Says(t, w.Answer("Ben"), "Another time was suggested since", "You suggested")
		w.Press("Ana", "That suits me")
		bottest.Says(t, w.Answer("Ana"), "Friday 6 November, 10:00 am")
		bottest.Says(t, last(w, "Ben").Message.Text, "It suits")
		w.PressOn("Ana", w.Inbox("Ana")[0], "Not this time")
		bottest.Says(t, last(w, "Ben").Message.Text, "It won't work out with [Ana]")
		w.PressOn("Ben", first, "That suits me")
		bottest.Says(t, w.Answer("Ben"), "You don't meet [Ana]", "nothing more to do")
	})
}

func TestPeopleAreAskedOnceWhetherTheyMetAndNotAfterwards(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia")
		round(w)
		onLeave(w, "Ana", "sunday 22 nov") // after they were told
		w.Advance(5 * aDay)
		partner := "Ben"
		if !strings.Contains(w.Inbox("Ana")[0].Message.Text, "[Ben]") {
			partner = "Dalia"
			if strings.Contains(w.Inbox("Ana")[0].Message.Text, "[Chen]") {
				partner = "Chen"
			}
		}
		if n := len(w.Inbox("Ana")); n != 1 {
			t.Errorf("Ana is on leave and got %d messages", n)
		}
		bottest.Says(t, last(w, partner).Message.Text, "Did you get to meet [Ana]")
		pair := w.Inbox(partner)[0]
		w.Press(partner, "We met")
		bottest.Says(t, w.Answer(partner), "Noted: you have met [Ana]")
		w.PressOn(partner, pair, "We met") // an old button
		bottest.Says(t, w.Answer(partner), "You have met [Ana]", "nothing more to do")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "of 2 groups put together on Monday 2 November, 1 has met")
		w.Advance(10 * aDay)
		for _, name := range []string{"Ana", "Ben", "Chen", "Dalia"} {
			asked := 0
			for _, p := range w.Inbox(name) {
				if strings.Contains(p.Message.Text, "Did you get to meet") {
					asked++
				}
			}
			if asked > 1 {
				t.Errorf("%s was asked %d times", name, asked)
			}
		}
	})
}

// Ben says nothing. Ana is offered somebody else, and takes it: Ben is told once,
// kindly, and those who are asked for Ana can say no unnoticed.
func TestWhereOneIsSilentTheOtherMeetsSomebodyElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		round(w)
		for _, name := range []string{"Chen", "Dalia"} {
			w.Join(cohortOf(w), name)
		}
		w.Advance(5 * aDay)
		w.Press("Ana", "Not yet")
		bottest.Says(t, w.Answer("Ana"), "That's fine, there is time")
		w.Advance(2*aDay + time.Hour)
		bottest.Says(t, last(w, "Ana").Message.Text, "You have not found a time to meet [Ben]", "nobody's fault")
		before := len(w.Inbox("Ben"))
		w.PressOn("Ana", last(w, "Ana"), "Somebody else")
		bottest.Says(t, w.Answer("Ana"), "I'm asking around")
		if n := len(w.Inbox("Ben")); n != before { // told that it is off; the question is taken back
			t.Errorf("Ben has %d messages, had %d", n, before)
		}
		bottest.Says(t, last(w, "Ben").Message.Text, "It won't work out with [Ana]", "nothing is waiting")
		w.Advance(time.Hour)
		first, second := "Chen", "Dalia"
		if len(w.Inbox("Chen")) == 0 {
			first, second = second, first
		}
		none(w, second)
		bottest.Says(t, last(w, first).Message.Text, "[Ana](person:test/ana) would like to meet somebody of Explorers")
		w.PressOn(first, last(w, first), "Not this week")
		bottest.Says(t, w.Answer(first), "Nobody is told")
		w.Advance(time.Hour)
		none(w, second) // nobody can tell a no from a silence by the time it takes
		w.Advance(aDay)
		w.PressOn(second, last(w, second), "Yes, gladly")
		bottest.Says(t, w.Answer(second), "You meet [Ana]")
		bottest.Says(t, last(w, "Ana").Message.Text, "You meet ["+second+"]")
		bottest.Says(t, last(w, first).Message.Text, "That is settled")
		if got(w, "Ana", first) {
			t.Errorf("Ana learned that %s was asked", first)
		}
	})
}

func cohortOf(w *bottest.World) (id cohorts.ID) {
	w.View(func(tx store.Tx) error {
		c, _, err := cohorts.At(tx, w.At)
		id = c.ID
		return err
	})
	return id
}

func TestOneOfThreeCanStepOutAndTheOthersGoOn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		round(w)
		w.Press("Ben", "Not this time")
		bottest.Says(t, w.Answer("Ben"), "nobody needs a reason")
		for _, name := range []string{"Ana", "Chen"} {
			bottest.Says(t, last(w, name).Message.Text, "[Ben](person:test/ben) can't be there this time. You still meet [")
		}
		w.Do("Ana", "/peer list")
		bottest.Says(t, w.Answer("Ana"), "You meet [Chen]")
		w.Press("Ben", "Meet somebody else")
		bottest.Says(t, w.Answer("Ben"), "asking around")
	})
}

func TestTwoWhoWantToMeetFindEachOther(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		w.Do("Ana", "/peer meet")
		bottest.Says(t, w.Answer("Ana"), "asking around")
		w.Do("Ana", "/peer meet")
		bottest.Says(t, w.Answer("Ana"), "still asking around")
		w.Do("Ben", "/peer meet")
		bottest.Says(t, w.Answer("Ben"), "Somebody else was looking too. **You meet [Ana]")
		bottest.Says(t, last(w, "Ana").Message.Text, "You meet [Ben]")
		w.Do("Ana", "/peer meet")
		bottest.Says(t, w.Answer("Ana"), "You meet [Ben]")
		w.Do("Ana", "/peer swap")
		bottest.Says(t, w.Answer("Ana"), "I'd tell [Ben]", "without a reason")
		if got(w, "Ben", "won't work out") {
			t.Error("told before it was confirmed")
		}
		w.Press("Ana", "Ask around")
		bottest.Says(t, last(w, "Ben").Message.Text, "It won't work out with [Ana]")
		w.Do("Ben", "/peer meet") // the same two are not put together again at once
		w.Advance(aDay)
		if got(w, "Chen", "would like to meet") == false {
			t.Error("Chen was not invited")
		}
	})
}

// An invitation takes from the weekly budget of who is invited; who has turned
// reminders off, is on leave, or was asked already, is passed over.
func TestInvitationsAreWithinTheBudget(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia")
		w.Do("Ben", "/settings reminders off")
		onLeave(w, "Chen", "sunday 22 nov")
		w.Do("Ana", "/peer meet")
		w.Advance(8 * aDay)
		none(w, "Ben", "Chen", "Wiremu")
		if n := len(w.Inbox("Dalia")); n != 1 {
			t.Errorf("Dalia was asked %d times", n)
		}
		bottest.Says(t, last(w, "Dalia").Message.Text, "That is settled")
		bottest.Says(t, last(w, "Ana").Message.Text, "I found nobody this week")
		spent := 0
		w.View(func(tx store.Tx) error {
			p, err := people.Table.Get(tx, w.Known("Dalia").ID)
			spent = p.Budget.Spent
			return err
		})
		if spent != 1 {
			t.Errorf("the invitation cost Dalia %d of the budget", spent)
		}
	})
}

func TestWhoLeavesTheGroupIsToldNothingMore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia")
		round(w)
		w.Do("Ana", "/peer meet")
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		before := len(w.Inbox("Ana"))
		w.Advance(6 * aDay)
		told := 0
		for _, name := range []string{"Ben", "Chen", "Dalia"} {
			if got(w, name, "It won't work out with [Ana]") {
				told++
			}
			if got(w, name, "Did you get to meet [Ana]") {
				t.Errorf("%s is asked about somebody who has left", name)
			}
		}
		if told != 1 {
			t.Errorf("%d were told that it won't work out with Ana", told)
		}
		round(w)
		w.Advance(7 * aDay)
		if n := len(w.Inbox("Ana")); n > before {
			t.Errorf("Ana got %q", last(w, "Ana").Message.Text)
		}
		for _, name := range []string{"Ben", "Chen", "Dalia"} {
			if got(w, name, "The number is odd") == false {
				t.Errorf("%s is not one of three", name)
			}
		}
	})
}

// What goes on between two peers is not told to a facilitator because one of them
// takes no messages.
func TestClosedMessagesBetrayNothing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Platform.CloseDirect("ben", true)
		asked(w)
		w.Do("Ana", "/peer meet")
		w.Advance(2 * aDay)
		none(w, "Wiremu")
		w.Do("Ben", "/home") // Ben is shown what he missed
		bottest.Says(t, w.Answer("Ben"), "They wonder", draft)
		w.Press("Ana", "Stop asking")
		w.Platform.CloseDirect("chen", true)
		w.Join(cohortOf(w), "Chen")
		round(w)
		w.Advance(time.Hour)
		bottest.Says(t, last(w, "Wiremu").Message.Text, "Chen's direct messages are closed")
	})
}

func TestARestartNeitherRepeatsNorLoses(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		w.Hold = true
		round(w)
		w.Restart()
		w.Hold = false
		w.Advance(time.Hour)
		w.Restart()
		w.Advance(time.Hour)
		for _, name := range []string{"Ana", "Ben", "Chen"} {
			if n := len(w.Inbox(name)); n != 1 {
				t.Errorf("%s got %d messages", name, n)
			}
		}
	})
}

func TestWhoeverIsLeftAloneIsFreeToMeetSomebodyElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		round(w)
		w.Do("Ana", "/peer list")
		bottest.Says(t, w.Answer("Ana"), "You meet [Ben]")
		w.Do("Ben", "/cohort quit")
		w.Press("Ben", "Leave it")
		w.Do("Ana", "/peer list")
		bottest.Says(t, w.Answer("Ana"), "You are not to meet anybody")
		w.Do("Ana", "/home")
		if strings.Contains(w.Answer("Ana"), "meet [Ben]") {
			t.Errorf("Ben has left:\n%s", w.Answer("Ana"))
		}
	})
}
