package experiments_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
)

func TestACompanionReadsWhatWasSaidAndNothingElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Mere")
		begin(w, "Ana")
		w.Do("Ana", "/experiment companion @mere")
		bottest.Says(t, w.Answer("Ana"), "A companion reads your hunch", "never your daily notes")
		w.Press("Ana", "Ask in private")
		bottest.Says(t, textOf(w.Inbox("Mere")), "asks whether you would walk alongside", "[Not this time]")
		mustNot(t, textOf(w.Inbox("Mere")), "asks first")
		w.Press("Mere", "Not this time")
		bottest.Says(t, textOf(w.Inbox("Ana")), "Mere can't walk alongside this time", "[Ask somebody else]")
		w.Do("Ana", "/experiment companion @mere")
		bottest.Says(t, w.Answer("Ana"), "You could ask somebody else")

		w.Do("Ana", "/experiment companion @ben")
		w.Press("Ana", "Ask in private")
		w.Press("Ben", "I'll walk alongside")
		bottest.Says(t, w.Answer("Ben"), "If Ana asks first", "ask before I tell", "somebody stays on")
		w.Advance(3 * day)
		w.Do("Ana", "/experiment checkin nobody spoke PRIVATELY")
		w.Press("Ben", "Send a word")
		w.Submit("Ben", map[string]string{"text": "I wonder who *stayed*"})
		bottest.Says(t, textOf(w.Inbox("Ana")), `> I wonder who \*stayed\*`, "A word from Ben")
		w.Press("Ben", "Take it back")
		mustNot(t, textOf(w.Inbox("Ana")), "I wonder")
		w.Do("Ben", "/home")
		bottest.Says(t, w.Answer("Ben"), "You walk alongside Ana's experiment: day 4 of 5.") // she checked in before its hour
		w.Do("Ana", "/experiment stop")
		w.Submit("Ana", map[string]string{"surprise": "that they came back"})
		w.Advance(day)
		ben := textOf(w.Inbox("Ben"))
		bottest.Says(t, ben, "has begun", "halfway", "stopped after four days", "> that they came back")
		mustNot(t, ben, "cooks", "PRIVATELY")
		mustNot(t, textOf(w.Inbox("Wiremu")), "Ben", "alongside")
	})
}

func TestEitherMayStepBackAndLeaveIsRespected(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Mere")
		begin(w, "Ana")
		w.Do("Ben", "/settings leave today to wednesday")
		w.Do("Ana", "/experiment companion @ben")
		w.Press("Ana", "Ask in private")
		w.Advance(2 * day)
		if n := len(w.Inbox("Ben")); n != 0 {
			t.Fatalf("asked on leave:\n%s", textOf(w.Inbox("Ben")))
		}
		w.Advance(day)
		w.Press("Ben", "I'll walk alongside")
		w.Press("Ben", "Step back")
		bottest.Says(t, w.Answer("Ben"), "You have stepped back")
		bottest.Says(t, textOf(w.Inbox("Ana")), "Ben has stepped back")
		n := len(w.Inbox("Ben"))
		w.Advance(5 * day)
		if len(w.Inbox("Ben")) != n {
			t.Errorf("notes go on:\n%s", textOf(w.Inbox("Ben")[n:]))
		}
	})
}

func TestACompanionWhoLeavesTheGroupMakesRoom(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Mere")
		begin(w, "Ana")
		w.Do("Ana", "/experiment companion @ben")
		w.Press("Ana", "Ask in private")
		w.Press("Ben", "I'll walk alongside")
		w.Do("Ana", "/experiment companion @mere")
		bottest.Says(t, w.Answer("Ana"), "Ben walks alongside already")
		w.Do("Ben", "/cohort quit")
		w.Press("Ben", "Leave it")
		n := len(w.Inbox("Ben"))
		w.Do("Ana", "/experiment companion @mere")
		w.Press("Ana", "Ask in private")
		w.Press("Mere", "I'll walk alongside")
		w.Advance(10 * day)
		bottest.Says(t, textOf(w.Inbox("Mere")), "has begun", "halfway", "its five days are over")
		if len(w.Inbox("Ben")) != n {
			t.Errorf("who left got:\n%s", textOf(w.Inbox("Ben")[n:]))
		}
	})
}

func TestClosedDirectMessagesTellNobodyWhatTheyWereAbout(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		begin(w, "Ana")
		w.Platform.CloseDirect("ben", true)
		w.Platform.CloseDirect("ana", true)
		w.Do("Ana", "/experiment companion @ben")
		w.Press("Ana", "Ask in private")
		w.Advance(8 * time.Hour)
		mustNot(t, textOf(w.Inbox("Wiremu")), "Ben", "experiment")
		w.Do("Ana", "/home") // what was missed is shown at the next visit
		bottest.Says(t, w.Answer("Ana"), "Your experiment: day 1 of 5.")
	})
}

func TestNobodyIsPromisedACheckInThatDoesNotCome(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		begin(w, "Ana")
		w.Do("Ana", "/experiment companion @ben")
		w.Press("Ana", "Ask in private")
		w.Press("Ben", "I'll walk alongside")
		w.Advance(2 * day)
		w.Do("Wiremu", "/plan pause")
		w.Press("Wiremu", "Pause it")
		w.Do("Ana", "/home")
		mustNot(t, w.Answer("Ana"), "The next check-in")
		w.Do("Ana", "/experiment show")
		bottest.Says(t, w.Answer("Ana"), "no check-in comes until it goes on")
		w.Do("Wiremu", "/plan resume")

		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		w.Press("Ana", "Nothing today")
		bottest.Says(t, w.Answer("Ana"), "nothing. That is worth knowing too.")
		mustNot(t, w.Answer("Ana"), "The next check-in")
		w.Press("Ben", "Send a word") // which would never arrive
		bottest.Says(t, w.Answer("Ben"), "Ana has left Explorers")
		w.Do("Wiremu", "/cohort panel")
		mustNot(t, w.Answer("Wiremu"), "under way")
	})
}
