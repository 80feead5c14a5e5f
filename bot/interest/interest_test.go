package interest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/interest"
	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

const (
	builder    = "community-builder"
	credential = "facilitation-credential"
)

// world is a group of the community builder, run by Wiremu, and pages for those
// outside.
func world(t *testing.T, test func(w *bottest.World, c cohorts.Cohort)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		c := w.Cohort("Explorers", "Wiremu")
		c.From.Programme = builder
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		test(w, c)
	})
}

// register has somebody here register in what somebody does in one line.
func register(w *bottest.World, name, programme string) {
	w.T.Helper()
	w.Do(name, `/interest register programme:`+programme+` way:here before:yes consent:yes`)
	bottest.Says(w.T, w.Answer(name), "You're on the list")
}

// page hands something in on the public page, as somebody called name.
func page(w *bottest.World, programme, name, way, address, consent string) chat.Outcome {
	w.T.Helper()
	out, err := w.Bot.HandedIn(context.Background(), programme, fmt.Sprintf("%x", name+way+address), chat.Answers{
		"name": chat.Given(name), "way": chat.Given(way), "address": chat.Given(address), "before": chat.Given("not yet"), "consent": chat.Given(consent),
	})
	if err != nil {
		w.T.Fatal(err)
	}
	w.Settle()
	return out
}

// token gives the secret of the page that somebody was given.
func token(w *bottest.World, out chat.Outcome) string {
	w.T.Helper()
	if out.Reply == nil {
		w.T.Fatalf("not kept: %v", out.Errors)
	}
	_, after, ok := strings.Cut(out.Reply.Text, "https://bot.example/l/")
	if !ok {
		w.T.Fatalf("no address in: %s", out.Reply.Text)
	}
	return after[:43]
}

func kept(w *bottest.World, programme string) (all []interest.Interest) {
	w.T.Helper()
	w.View(func(tx store.Tx) (err error) {
		all, err = interest.In(tx, programme)
		return err
	})
	return all
}

func TestWhoIsInterestedIsAskedToASessionAndJoinsWithOnePress(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		w.Do("Ana", "/interest register programme:community-builder")
		w.Submit("Ana", map[string]string{"way": "email", "address": "ana at example", "before": "yes", "consent": "yes"})
		bottest.Says(t, w.Answer("Ana"), "couldn't read that as an e-mail address")
		w.Submit("Ana", map[string]string{"way": "here", "address": "", "before": "yes", "consent": "no"})
		bottest.Says(t, w.Answer("Ana"), "nothing was kept")
		if n := len(kept(w, builder)); n != 0 {
			t.Fatalf("%d are kept of somebody who said no", n)
		}
		w.Submit("Ana", map[string]string{"way": "here", "address": "", "before": "alike", "consent": "yes"})
		bottest.Says(t, w.Answer("Ana"), "You're on the list", "No session for questions is planned yet")
		if i := kept(w, builder)[0]; i.Consent.Purpose != consents.Contact || !strings.Contains(i.Consent.Words, "May we contact you") || !i.Consent.At.Equal(w.Now()) {
			t.Errorf("the receipt of the consent is %+v", i.Consent)
		}
		w.Do("Ana", "/interest register programme:community-builder")
		bottest.Says(t, w.Answer("Ana"), "already")

		page(w, builder, "Mere", "email", "mere@example.org", "yes")
		w.Do("Wiremu", "/interest list")
		bottest.Says(t, w.Answer("Wiremu"), "2 people", "**Ana**, since Monday 2 November: here, in private; has done something like it", "**Mere**", "mere@example.org", "https://bot.example/interest/community-builder")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "**Interested in taking part:** 2 people.")
		w.Do("Wiremu", "/interest list")
		w.Do("Ana", "/interest list")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")

		w.Press("Wiremu", "Plan a session for questions")
		w.Submit("Wiremu", map[string]string{"when": "thu 9am", "where": "https://meet.example/q"})
		bottest.Says(t, w.Answer("Wiremu"), "1 person who registered interest", "1 more asked to be reached in another way", "The group is not told")
		w.Press("Wiremu", "Schedule it")
		w.Advance(time.Minute)
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("the group was told of a session for others, %d times", n)
		}
		bottest.Says(t, w.Last("Ana"), "You registered interest in **A test**", "Wiremu invites you to a session for questions", "https://meet.example/q")
		out := w.Press("Wiremu", "Words to pass on")
		bottest.Says(t, out.Reply.Text, "Thursday 5 November, 9:00–10:00 am (Auckland)", "https://meet.example/q")
		bottest.Says(t, out.Reply.Note, "mere@example.org")
		w.Press("Ana", "I'll come")
		bottest.Says(t, w.Answer("Ana"), "You're down as coming", "I'll remind you the day before")
		w.Do("Wiremu", "/session list")
		bottest.Says(t, w.Answer("Wiremu"), "It is for people who registered interest", "2 coming", "Coming: Wiremu, Ana")

		w.Do("Dan", `/interest register programme:community-builder way:phone address:"021 555 0123" before:yes consent:yes`)
		w.Advance(time.Minute)
		if n := len(w.Inbox("Dan")); n != 0 {
			t.Errorf("%d messages to somebody who asked to be called", n)
		}
		register(w, "Ben", builder) // later than the session was planned
		w.Advance(time.Minute)
		bottest.Says(t, w.Last("Ben"), "invites you to a session for questions")
		w.Do("Cara", "/session list") // somebody who registered for nothing knows nothing of it
		if strings.Contains(w.Answer("Cara"), "Q&A") {
			t.Error("somebody outside the group reads of the session")
		}
		before := len(w.Inbox("Ana"))
		w.Advance(24 * time.Hour)
		w.Advance(48 * time.Hour)
		if n := len(w.Inbox("Ana")) - before; n != 2 {
			t.Errorf("Ana was reminded %d times, want 2", n)
		}

		w.Do("Wiremu", "/interest invite")
		bottest.Says(t, w.Answer("Wiremu"), "2 people who registered interest will be told")
		w.Press("Wiremu", "Tell them")
		w.Advance(time.Minute)
		w.Do("Wiremu", "/interest invite") // once each, however often it is asked for
		w.Press("Wiremu", "Tell them")
		n := 0
		for _, p := range w.Inbox("Ana") {
			if strings.Contains(p.Message.Text, "is under way since") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("Ana was told of the group %d times", n)
		}
		w.Press("Ana", "Join Explorers")
		bottest.Says(t, w.Answer("Ana"), "Explorers")
		w.View(func(tx store.Tx) error {
			m, in, err := cohorts.MemberOf(tx, c.ID, w.Known("Ana").ID)
			if !in || m.Quote {
				t.Errorf("joined: %t, may be quoted: %t; want one press, and no consent that nobody gave", in, m.Quote)
			}
			return err
		})
		w.Do("Wiremu", "/interest list")
		bottest.Says(t, w.Answer("Wiremu"), "Has joined Explorers", "Was told of a group")
	})
}

func TestSomebodyOutsideGetsAPageOfTheirOwnAndLeavesNothingBehind(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am" who:"people who registered interest"`)
		w.Press("Wiremu", "Schedule it")
		w.Advance(time.Minute)
		first := page(w, builder, "Mere", "email", "mere@example.org", "yes")
		if again := page(w, builder, "Mere", "email", "mere@example.org", "yes"); token(w, again) != token(w, first) {
			t.Error("what was sent twice was kept twice")
		}
		second := page(w, builder, "Somebody", "email", "mere@example.org", "yes")
		if strings.ReplaceAll(second.Reply.Text, token(w, second), "") != strings.ReplaceAll(first.Reply.Text, token(w, first), "") {
			t.Error("the answer tells whether an address is known already")
		}
		if out := page(w, builder, "Mere", "here", "x", "yes"); out.Errors["way"] == "" {
			t.Errorf("somebody without an account can be reached here: %v", out)
		}
		if out := page(w, builder, "", "email", "", "yes"); out.Errors["name"] == "" || out.Errors["address"] == "" {
			t.Errorf("what is missing is not told: %v", out.Errors)
		}
		if out := page(w, builder, "Tama", "phone", "021 555 0123", "no"); out.Errors["consent"] == "" {
			t.Errorf("somebody was kept who said no: %v", out)
		}
		w.Do("Wiremu", "/interest list")
		bottest.Says(t, w.Answer("Wiremu"), "The same address stands here more than once")

		out, err := w.Follow("Mere", token(w, first))
		if err != nil {
			t.Fatal(err)
		}
		bottest.Says(t, w.Page("Mere"), "by e-mail at mere@example.org", "Thursday 5 November, 9:00–10:00 am (Auckland)", "It is deleted on", "/interest connect code:")
		if out.Reply.Event == nil || out.Reply.Event.Title != "Q&A" {
			t.Errorf("there is nothing for a calendar: %v", out.Reply.Event)
		}
		w.Press("Mere", "Change how to reach me")
		w.Submit("Mere", map[string]string{"way": "phone", "address": "12"})
		bottest.Says(t, w.Answer("Mere"), "couldn't read that as a number")
		w.Submit("Mere", map[string]string{"way": "phone", "address": "021 5550123"})
		bottest.Says(t, w.Page("Mere"), "Changed", "by phone at 021 5550123")

		// Nothing that is somebody else's, and nothing that is for facilitators.
		other := kept(w, builder)[1].ID
		for _, path := range []string{"interest page", "interest stop", "interest change", "interest one", "interest remove", "interest mine"} {
			w.Ask("Mere", chat.Request{At: w.At, Path: path, Record: string(other)})
			bottest.Says(t, w.Answer("Mere"), "can't be done from here")
		}
		if n := len(kept(w, builder)); n != 2 {
			t.Fatalf("%d are kept, want 2", n)
		}
		if _, err := w.Follow("Mere", token(w, first)); err != nil {
			t.Fatal(err)
		}
		w.Press("Mere", "Change how to reach me") // left open, with something wrong in it
		w.Submit("Mere", map[string]string{"way": "email", "address": "marker at example"})
		if _, err := w.Follow("Mere", token(w, first)); err != nil {
			t.Fatal(err)
		}
		w.Press("Mere", "Take me off the list")
		bottest.Says(t, w.Answer("Mere"), "You're off the list")
		if _, err := w.Follow("Mere", token(w, first)); !errors.Is(err, links.ErrNone) {
			t.Errorf("the page is still open: %v", err)
		}
		w.View(func(tx store.Tx) error {
			for kv, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				for _, part := range []string{"Mere", "marker", "5550123"} {
					if strings.Contains(string(kv.Value), part) {
						t.Errorf("%q is still kept: %q", part, kv.Value)
					}
				}
			}
			return nil
		})
		if all := kept(w, builder); len(all) != 1 || all[0].Name != "Somebody" {
			t.Errorf("%d are kept, want the other one alone", len(all))
		}
	})
}

func TestWhoStopsIsAskedNothingMoreAndWhoNeverCameIsForgotten(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		register(w, "Ana", builder)
		register(w, "Ben", builder)
		page(w, credential, "Mere", "through", "Hine at the garden", "yes")
		w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am" who:interested`)
		w.Press("Wiremu", "Schedule it")
		w.Advance(time.Minute)
		w.Press("Ana", "I'll come")
		w.Do("Ana", "/interest mine")
		w.Do("Ana", "/settings consent")
		bottest.Says(t, w.Answer("Ana"), "**Being contacted, about community-builder:** you agreed on")
		w.Do("Ana", "/interest mine")
		w.Press("Ana", "Take me off the list")
		bottest.Says(t, w.Answer("Ana"), "what you gave for it is deleted")
		w.Do("Ana", "/settings consent")
		bottest.Says(t, w.Answer("Ana"), "**Being contacted, about community-builder:** you took it back on")
		n := len(w.Inbox("Ana"))
		w.Press("Ana", "Maybe")
		bottest.Says(t, w.Answer("Ana"), "You are not asked to this session")
		w.Do("Wiremu", `/session move session:"Q&A" when:"fri 9am"`)
		w.Press("Wiremu", "Move it")
		w.Advance(7 * 24 * time.Hour)
		if len(w.Inbox("Ana")) != n {
			t.Errorf("somebody who stopped is written to: %s", w.Last("Ana"))
		}
		bottest.Says(t, w.Last("Ben"), "for A test has moved")
		w.Skip(interest.KeptFor)
		w.Advance(time.Hour)
		if len(kept(w, builder))+len(kept(w, credential)) != 0 {
			t.Error("after twelve months something is still kept")
		}
	})
}

func TestNobodyOnLeaveIsToldOfAGroupBeforeTheyAreBack(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		register(w, "Ana", builder)
		w.Away("Ana", 6)
		w.Do("Wiremu", "/interest invite")
		w.Press("Wiremu", "Tell them")
		w.Advance(6 * 24 * time.Hour)
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Fatalf("%d messages to somebody on leave", n)
		}
		w.Advance(2 * 24 * time.Hour)
		bottest.Says(t, w.Last("Ana"), "You registered interest", "Explorers")
		w.Do("Ana", "/cohort join") // by another way than the button
		w.Submit("Ana", nil)
		if all := kept(w, builder); all[0].State != interest.Joined || all[0].Cohort != c.ID {
			t.Errorf("whoever joined still waits: %+v", all[0])
		}
		w.Do("Wiremu", "/interest invite")
		bottest.Says(t, w.Answer("Wiremu"), "Nobody waits")
	})
}

func TestAtOnesOwnPaceWithOnePress(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		register(w, "Ana", credential)
		w.Press("Ana", "Start at my own pace")
		bottest.Says(t, w.Answer("Ana"), "Your portfolio is started")
		w.Do("Wiremu", "/interest list programme:facilitation-credential")
		bottest.Says(t, w.Answer("Wiremu"), "Began at their own pace")
		register(w, "Ben", builder)
		w.Ask("Ben", chat.Request{At: w.At, Path: "interest alone", Record: string(kept(w, builder)[0].ID)})
		bottest.Says(t, w.Answer("Ben"), "leads to no portfolio")
		w.Ask("Ana", chat.Request{At: w.At, Path: "interest stop", Record: string(kept(w, builder)[0].ID)})
		bottest.Says(t, w.Answer("Ana"), "There is nothing of yours here")
		w.Do("Wiremu", "/interest list programme:nonsense")
		bottest.Says(t, w.Answer("Wiremu"), "I know no programme called “nonsense”")
	})
}

func TestNobodyIsOfferedAGroupWhoseLastQuestionHasGoneOut(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		register(w, "Ana", builder)
		w.Do("Ana", "/interest mine")
		bottest.Says(t, w.Answer("Ana"), "**Explorers** is under way since")
		w.Update(func(tx store.Tx) error {
			return cohorts.Plans.Put(tx, c.ID, cohorts.Plan{Weeks: []cohorts.Week{{ID: "1", Title: "The last", Posted: w.Now()}}})
		})
		w.Do("Ana", "/interest mine")
		if said := w.Answer("Ana"); strings.Contains(said, "Explorers") {
			t.Errorf("offered a group that is at its end: %s", said)
		}
	})
}

func TestAFacilitatorPassesOnWordsForOnePersonAndTakesThemOff(t *testing.T) {
	world(t, func(w *bottest.World, _ cohorts.Cohort) {
		page(w, builder, "Mere *T*", "through", "Hine <at> the garden", "yes")
		w.Do("Wiremu", "/interest list")
		w.Press("Wiremu", "One of them")
		w.Submit("Wiremu", map[string]string{"who": string(kept(w, builder)[0].ID)})
		bottest.Says(t, w.Answer("Wiremu"), "**Mere \\*T\\***", "Hine \\<at\\> the garden")
		w.Press("Wiremu", "A message for them")
		bottest.Says(t, w.Answer("Wiremu"), "Hello Mere \\*T\\*", "<https://bot.example/l/")
		w.Press("Wiremu", "Back to the list")
		w.Press("Wiremu", "One of them")
		w.Submit("Wiremu", map[string]string{"who": string(kept(w, builder)[0].ID)})
		w.Press("Wiremu", "Take them off the list")
		w.Press("Wiremu", "Take them off")
		if n := len(kept(w, builder)); n != 0 {
			t.Errorf("%d are kept", n)
		}
		w.Do("Wiremu", "/interest invite")
		bottest.Says(t, w.Answer("Wiremu"), "Nobody waits")
		w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am" who:interested repeat:"weekly, 3 times"`)
		bottest.Says(t, w.Answer("Wiremu"), "one at a time")
	})
}
