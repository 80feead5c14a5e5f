package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// erase has somebody erase what is held about them, to its end.
func erase(w *bottest.World, who string) {
	w.T.Helper()
	w.Do(who, "/settings erase")
	w.Press(who, "Erase it for good")
	w.Settle()
	time.Sleep(time.Minute)
	w.Settle()
}

// One word of Ana's stands in a form that Ben has open, in a text that Wiremu is
// changing, and in the menu of a message that Cara has open.
func TestWhatOthersHaveOpenIsMadeAnewWithoutWhatWasErased(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Cara")
		w.Do("Ana", `/peer ask text:"Quokkatide" who:@ben`)
		w.Press("Ana", "Ask")
		w.Advance(time.Minute)
		asked := w.Press("Ben", "Write a few lines")
		if !strings.Contains(asked.Form.Intro, "Quokkatide") {
			t.Fatalf("the form does not show it, so that nothing would be shown by its going: %+v", asked.Form)
		}
		w.Do("Ana", "/session schedule title:Walk when:\"thu 9am\"")
		w.Do("Wiremu", "/session schedule title:Walk when:\"thu 9am\"")
		w.Press("Wiremu", "Schedule it")
		said := w.SaidDirect("Ana", "Quokkatide")
		w.Ask("Cara", chat.Request{At: c.Place, Path: "thread park", Message: &chat.Target{Address: said, Author: w.Known("Ana").Accounts[0], Text: "Quokkatide"}})
		w.Do("Ben", "/goal propose")
		half := w.Do("Ben", "/evidence add")
		w.Submit("Ben", map[string]string{"text": "What Ben began", "link": "blurs"})
		if got := standsIn(w, "quokkatide"); !slices.Contains(got, "drafts") {
			t.Fatalf("it stands in %q", got)
		}
		erase(w, "Ana")
		if got := standsIn(w, "quokkatide"); len(got) > 0 {
			t.Errorf("after erasing it still stands in %q", got)
		}
		if got := standsIn(w, "what ben began"); !slices.Contains(got, "drafts") {
			t.Errorf("what somebody else had begun is lost; it stands in %q", got)
		}
		out := w.Ask("Ben", chat.Request{At: w.At, Form: half.Form.ID, Path: half.Form.Command, Answers: chat.Answers{"text": chat.Given("What Ben began"), "link": chat.Given("")}})
		bottest.Says(t, out.Reply.Text, "Kept: **What Ben began**")
	})
}

// What somebody makes of a text that stood in their form goes where that text is
// another by now, and stays where it is not.
func TestATextThatAFormHadFromSomebodyErasedIsNotHandedInForThem(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", "/session schedule title:Walk when:\"thu 9am\"")
		w.Press("Wiremu", "Schedule it")
		w.Advance(4 * 24 * time.Hour)
		w.Press("Wiremu", "Write the notes")
		w.Submit("Wiremu", map[string]string{"text": "We met a quokkatide.", "question": ""})
		w.Press("Wiremu", "Share them")
		w.Do("Wiremu", "/cohort facilitator person:@ana")
		w.Press("Wiremu", "Make them a facilitator")
		w.Do("Ana", "/session notes")
		form := w.Press("Ana", "Change them")
		if form.Form == nil || form.Form.Filled["text"].Text() != "We met a quokkatide." {
			t.Fatalf("the form does not have the text: %+v", form)
		}
		w.Submit("Ana", map[string]string{"text": "We all met a quokkatide.", "question": strings.Repeat("Why? ", 100)}) // too long: it stays open
		if got := standsIn(w, "all met a quokkatide"); !slices.Contains(got, "drafts") {
			t.Fatalf("what was changed stands in %q", got)
		}
		erase(w, "Wiremu")
		if got := standsIn(w, "quokkatide"); len(got) > 0 {
			t.Errorf("it still stands in %q", got)
		}
		if got := standsIn(w, "why? why?"); !slices.Contains(got, "drafts") {
			t.Error("what Ana had written herself is lost")
		}
	})
}

// A platform that tells of an account again, after it was erased, teaches nothing.
func TestAPlatformTeachesNothingOfWhoWasErasedUntilTheyComeThemselves(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		ana := chat.Profile{User: w.Known("Ana").Accounts[0], Name: "Quokkatide Ana", Zone: "Pacific/Auckland"}
		tell := func() {
			t.Helper()
			if err := w.Bot.Meet(context.Background(), ana); err != nil {
				t.Fatal(err)
			}
		}
		tell()
		if len(standsIn(w, "quokkatide")) == 0 {
			t.Fatal("a platform's change of a name is not taken up at all")
		}
		w.Do("Ana", "/settings erase")
		w.Press("Ana", "Erase it for good")
		tell() // before anything else has happened
		w.Settle()
		tell()
		w.Restart()
		tell()
		time.Sleep(time.Minute)
		w.Settle()
		if got := standsIn(w, "quokkatide"); len(got) > 0 {
			t.Errorf("it stands in %q", got)
		}
		w.View(func(tx store.Tx) error {
			if p, err := people.ByAccount(tx, ana.User); !errors.Is(err, people.ErrUnknown) {
				t.Errorf("somebody is known by the account: %+v, %v", p, err)
			}
			return nil
		})
		w.Do("Ben", "/peer avoid who:@ana")
		bottest.Says(t, w.Answer("Ben"), "I don't know them here")

		before := len(w.Inbox("Ana"))
		w.Do("Ana", "/home") // by herself
		w.Settle()
		inbox := w.Inbox("Ana")
		if len(inbox) != before+1 {
			t.Fatalf("%d messages, want one that says that they begin anew", len(inbox)-before)
		}
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "we begin anew", "nothing from before")
		tell()
		if p := w.Known("Ana"); p.Name != "Quokkatide Ana" {
			t.Errorf("known again, they are called %q", p.Name)
		}
		w.Do("Ana", "/home")
		w.Settle()
		if n := len(w.Inbox("Ana")); n != len(inbox) {
			t.Error("they are welcomed twice")
		}
	})
}
