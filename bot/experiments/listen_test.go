package experiments_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

func TestWordsToTheBotAreFollowedAndGivenBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Advance(8 * time.Hour)
		at := w.SaidDirect("Ana", "first words")
		w.Hear("Ana", chat.Said{Address: at, Text: "better words", Edited: true})
		w.Do("Ana", "/experiment show")
		bottest.Says(t, w.Answer("Ana"), "better words")
		mustNot(t, w.Answer("Ana"), "first words")
		w.Hear("Ana", chat.Said{Address: at, Deleted: true})
		w.Do("Ana", "/experiment show")
		mustNot(t, w.Answer("Ana"), "better words")
		bottest.Says(t, w.Answer("Ana"), "open; late words count")
		mustNot(t, textOf(w.Inbox("Ana")), "Kept with")

		w.SaidDirect("Ana", "this was for Monday's question")
		w.Press("Ana", "It was about something else")
		bottest.Says(t, w.Answer("Ana"), "Taken out of your experiment", "> this was for Monday's question")
		w.Do("Ana", "/experiment show")
		mustNot(t, w.Answer("Ana"), "Monday's question")
		w.SaidDirect("Ana", "sent again") // not taken for the experiment until its next check-in
		mustNot(t, textOf(w.Inbox("Ana")), "Kept with")
		w.Advance(day)
		w.SaidDirect("Ana", "about the second day")
		bottest.Says(t, textOf(w.Inbox("Ana")), "Kept with day 2")
	})
}

func TestAnAnsweredCheckInLeavesLaterMessagesToTheGroupsQuestion(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Advance(8 * time.Hour)
		w.Press("Ana", "Nothing today")
		w.SaidDirect("Ana", "or perhaps a little") // still the same conversation
		bottest.Says(t, textOf(w.Inbox("Ana")), "Kept with day 1")
		w.Advance(2 * time.Hour)
		w.SaidDirect("Ana", "something else entirely")
		bottest.Says(t, textOf(w.Inbox("Ana")), "No question is open for you at the moment")
		w.Do("Ana", "/experiment show")
		mustNot(t, w.Answer("Ana"), "something else entirely")
	})
}
