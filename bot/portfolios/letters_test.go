package portfolios_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/portfolios"
)

// appointed has Wiremu appoint somebody here for a portfolio that was submitted.
func appointed(w *bottest.World, p portfolios.Portfolio, who string) {
	w.T.Helper()
	w.Known(who)
	w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"person": chat.Given(strings.ToLower(who))}})
	bottest.Says(w.T, w.Answer("Wiremu"), "**"+who+"** is appointed")
}

// met has an assessor who may read find everything met, up to the last press.
func met(w *bottest.World, who string) {
	w.T.Helper()
	w.Do(who, "/portfolio assess")
	w.Submit(who, map[string]string{"conflict": "none"})
	for range 5 {
		w.Do(who, "/portfolio judge")
		if out := w.Submit(who, map[string]string{"result": "met"}); len(out.Errors) > 0 {
			w.T.Fatalf("judging: %v", out.Errors)
		}
	}
	w.Do(who, "/portfolio decide")
	w.Submit(who, map[string]string{"words": "Go on like this."})
	bottest.Says(w.T, w.Answer(who), "The result is: met")
}

// titles gives the first words of what somebody got in private.
func titles(w *bottest.World, who string) string {
	var all []string
	for _, post := range w.Inbox(who) {
		all = append(all, post.Message.Text)
	}
	return strings.Join(all, "\n---\n")
}

func TestAResultWaitsForWhoeverIsOnLeaveAndCanBeLookedUpMeanwhile(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		appointed(w, p, "Mere")
		w.Do("Ana", "/settings leave until friday")
		met(w, "Mere")
		w.Press("Mere", "Give the result")
		w.Advance(26 * time.Hour)
		if got := titles(w, "Ana"); strings.Contains(got, "result of your portfolio") || strings.Contains(got, "A certificate") {
			t.Fatalf("on leave she got:\n%s", got)
		}
		bottest.Says(t, titles(w, "Wiremu"), "Mere has decided")
		out := w.Do("Ana", "/portfolio results")
		bottest.Says(t, out.Reply.Text, "**met**, decided by Mere")
		w.Do("Ana", "/settings leave until sunday") // she stays away longer
		w.AdvanceTo(bottest.Start.Add(5 * 24 * time.Hour))
		if got := titles(w, "Ana"); strings.Contains(got, "result of your portfolio") {
			t.Fatalf("on the Saturday of a longer leave she got:\n%s", got)
		}
		w.AdvanceTo(bottest.Start.Add(7*24*time.Hour + time.Minute))
		got := titles(w, "Ana")
		result, certificate := strings.Index(got, "The result of your portfolio: met"), strings.Index(got, "A certificate for you")
		if result < 0 || certificate < result || strings.Count(got, "The result of your portfolio") != 1 {
			t.Errorf("when she is back she gets:\n%s", got)
		}
	})
}

func TestNobodyIsToldOfPortfoliosInTheirQuietHours(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Person("Mere", "Pacific/Auckland")
		p := complete(w, "Ana")
		w.Advance(13 * time.Hour) // ten in the evening
		submit(w, "Ana")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"person": chat.Given("mere")}})
		bottest.Says(t, w.Answer("Wiremu"), "**Mere** is appointed. They can't be disturbed just now")
		w.Do("Ana", "/portfolio scholarship")
		w.Submit("Ana", nil)
		w.Do("Ana", "/portfolio export copy:now") // this she asked for herself
		if n := len(w.Inbox("Wiremu")) + len(w.Inbox("Mere")); n != 0 || len(w.Inbox("Ana")) != 1 {
			t.Errorf("at night the others got %d messages, and Ana %d", n, len(w.Inbox("Ana")))
		}
		w.Advance(10*time.Hour + time.Minute)
		bottest.Says(t, titles(w, "Wiremu"), "**Ana** has submitted a portfolio", "asks for a scholarship")
		bottest.Says(t, titles(w, "Mere"), "You are asked to assess")
	})
}

func TestCoverageSaysWhatAnAssessorFoundBesideWhatWasTagged(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		appointed(w, p, "Mere")
		met(w, "Mere")
		if text := w.Do("Ana", "/evidence coverage").Reply.Text; strings.Contains(text, "Mere") {
			t.Errorf("before it is decided: %s", text)
		}
		w.Press("Mere", "Give the result")
		bottest.Says(t, w.Do("Ana", "/evidence coverage").Reply.Text,
			"**Mere** found all 5 criteria met, on 2 November 2026", "What follows counts what you tagged yourself", "**Doing:** 1 of 5")
	})
}

// Some platforms know nobody's zone. Whoever looks after a portfolio then counts as
// living where its owner does; and of whom nothing is known is not kept waiting for the
// end of somebody else's night.
func TestWhoseZoneNobodyKnowsIsNotKeptWaitingByUTC(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) { // it is 9 am in Auckland, and 8 pm in UTC
		w.Person("Wiremu", "")
		w.Admin("Wiremu")
		w.Person("Mere", "")
		p := complete(w, "Ana")
		submit(w, "Ana")
		bottest.Says(t, titles(w, "Wiremu"), "**Ana** has submitted a portfolio")
		appointed(w, p, "Mere")
		bottest.Says(t, titles(w, "Mere"), "You are asked to assess")
		if strings.Contains(w.Answer("Wiremu"), "can't be disturbed") {
			t.Errorf("Wiremu reads %q", w.Answer("Wiremu"))
		}
	})
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Wiremu", "")
		w.Admin("Wiremu")
		w.Person("Ana", "")
		complete(w, "Ana")
		submit(w, "Ana")
		bottest.Says(t, titles(w, "Wiremu"), "**Ana** has submitted a portfolio")
	})
}

func TestEachThingThatAnAssessorAsksForIsToldOnceAfterALeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		appointed(w, p, "Mere")
		w.Do("Mere", "/portfolio assess")
		w.Submit("Mere", map[string]string{"conflict": "none"})
		w.Do("Ana", "/settings leave until friday")
		for _, what := range []string{"The plan of the day.", "A photo of the wall."} {
			w.Do("Mere", "/portfolio assess")
			w.Press("Mere", "Ask for more")
			w.Submit("Mere", map[string]string{"text": what})
			bottest.Says(t, w.Answer("Mere"), "Asked.")
		}
		w.Advance(6 * 24 * time.Hour)
		got := titles(w, "Ana")
		for _, what := range []string{"The plan of the day.", "A photo of the wall."} {
			if n := strings.Count(got, what); n != 1 {
				t.Errorf("%q is told %d times:\n%s", what, n, got)
			}
		}
	})
}

func TestWhoComesBackEarlyIsNotLeftToWaitForTheEndOfTheirLeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		appointed(w, p, "Mere")
		w.Do("Ana", "/settings leave until 20 december")
		met(w, "Mere")
		w.Press("Mere", "Give the result")
		w.Advance(2 * 24 * time.Hour)
		if got := titles(w, "Ana"); strings.Contains(got, "result of your portfolio") {
			t.Fatalf("on leave she got:\n%s", got)
		}
		w.Do("Ana", "/settings leave back")
		w.Advance(12 * time.Hour)
		if n := strings.Count(titles(w, "Ana"), "result of your portfolio"); n != 1 {
			t.Errorf("half a day after she came back she was told %d times", n)
		}
	})
}
