package portfolios_test

import (
	"context"
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/links"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/store"
)

func TestAnAssessorDeclaresJudgesAsksAndDecidesAndEveryStepIsKept(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		complete(w, "Ana")
		submit(w, "Ana")
		w.Do("Wiremu", "/portfolio desk")
		bottest.Says(t, w.Answer("Wiremu"), "**Ana**", "The fee is **due**", "Nobody is appointed")
		w.Press("Wiremu", "Appoint an assessor for Ana")
		if out := w.Submit("Wiremu", map[string]string{"person": "ana"}); !strings.Contains(out.Errors["person"], "Nobody assesses their own") {
			t.Errorf("Ana assesses her own: %+v", out)
		}
		w.Person("Mere", "Pacific/Auckland")
		w.Submit("Wiremu", map[string]string{"person": "mere"})
		bottest.Says(t, w.Answer("Wiremu"), "**Mere** is appointed")
		// Nothing is seen before she has said that there is no conflict.
		asked := w.Inbox("Mere")
		w.Do("Mere", "/portfolio judge")
		bottest.Says(t, w.Answer("Mere"), "First say whether you have a conflict")
		w.PressOn("Mere", asked[len(asked)-1], "Begin")
		w.Submit("Mere", map[string]string{"conflict": "none"})
		bottest.Says(t, w.Answer("Mere"), "**The portfolio of Ana**", "copy 1", "nothing said yet")

		// What is written afterwards is not in the copy.
		w.Do("Ana", `/portfolio write part:background text:"Only later"`)
		out := w.Do("Mere", "/portfolio assess")
		bottest.Says(t, out.Reply.Document.Text, "What I did about background", "Minutes of the hui", "She listened to everybody", "papers 1", "a page whose address was passed on")
		if strings.Contains(out.Reply.Document.Text, "Only later") {
			t.Error("the assessor sees what was not submitted")
		}
		w.Do("Mere", "/portfolio decide")
		bottest.Says(t, w.Answer("Mere"), "Nothing is said yet of 5 criteria")
		w.Press("Mere", "Judge a criterion")
		if out := w.Submit("Mere", map[string]string{"result": "not yet"}); !strings.Contains(out.Errors["feedback"], "needs a few words") {
			t.Errorf("a bare not yet: %+v", out)
		}
		w.Submit("Mere", map[string]string{"result": "not yet", "feedback": "Whose plan was it?"})
		bottest.Says(t, w.Answer("Mere"), "4 criteria to go")
		for range 4 {
			w.Press("Mere", "The next criterion")
			w.Submit("Mere", map[string]string{"result": "met"})
		}
		w.Press("Mere", "Back to the portfolio")
		w.Press("Mere", "Ask for more")
		w.Submit("Mere", map[string]string{"text": "May I see the agenda?"})
		inbox := w.Inbox("Ana")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "**Mere**, who assesses", "> May I see the agenda?")
		w.Do("Ana", "/portfolio results")
		if text := w.Do("Ana", "/portfolio results").Reply.Document.Text; strings.Contains(text, "Whose plan") {
			t.Error("Ana reads a judgement before it is decided")
		}

		submit(w, "Ana")
		inbox = w.Inbox("Mere")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "copy 2")
		w.Do("Mere", "/portfolio assess")
		bottest.Says(t, w.Answer("Mere"), "**not yet, as you said of an earlier copy**")
		w.Press("Mere", "Decide")
		w.Submit("Mere", map[string]string{"words": "Nearly there."})
		bottest.Says(t, w.Answer("Mere"), "**The result is: not yet**")
		w.Press("Mere", "Give the result")
		inbox = w.Inbox("Ana")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "result of your portfolio: not yet", "1 of 5 criteria", "> Nearly there.")
		facilitators := w.Inbox("Wiremu")
		if text := facilitators[len(facilitators)-1].Message.Text; !strings.Contains(text, "**not yet**") || strings.Contains(text, "Nearly") {
			t.Errorf("Wiremu reads %q", text)
		}
		w.Do("Mere", "/portfolio judge")
		bottest.Says(t, w.Answer("Mere"), "You decided on copy 2 already")

		w.Do("Ana", `/portfolio write part:case-study text:"It was their plan"`)
		submit(w, "Ana")
		w.Do("Mere", "/portfolio judge")
		w.Submit("Mere", map[string]string{"criterion": "plan", "result": "met"})
		w.Do("Mere", "/portfolio decide")
		w.Submit("Mere", nil)
		w.Press("Mere", "Give the result")
		inbox = w.Inbox("Ana")
		bottest.Says(t, inbox[len(inbox)-2].Message.Text, "result of your portfolio: met", "meets all 5 criteria")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "A certificate for you")
		page := w.Do("Ana", "/portfolio results").Reply.Document.Text
		bottest.Says(t, page, "## Copy 2", "**Not yet**", "> Whose plan was it?", "asked for more", "## Copy 3", "**Met**", "you submitted copy 3", "Mere has no conflict of interest")
		w.Do("Ana", "/portfolio submit")
		bottest.Says(t, w.Answer("Ana"), "nothing more to hand in")
		w.View(func(tx store.Tx) error {
			x, s, ok, err := portfolios.Decided(tx, only(w, "Ana").ID)
			if err != nil || !ok || x.Result != portfolios.Met || s.Number != 3 {
				t.Errorf("decided: %+v on copy %d, %v, %v", x, s.Number, ok, err)
			}
			return nil
		})
	})
}

func TestAnAssessorWithAConflictIsOutAndSeesNothing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		w.Person("Mere", "Pacific/Auckland")
		w.Do("Wiremu", "/portfolio assessor person:@mere")
		bottest.Says(t, w.Answer("Wiremu"), "Whose portfolio")
		w.Submit("Wiremu", map[string]string{"of": string(p.ID)})
		bottest.Says(t, w.Answer("Wiremu"), "**Mere** is appointed")
		w.Do("Mere", "/portfolio assess")
		w.Submit("Mere", map[string]string{"conflict": "some", "why": "She is my cousin"})
		bottest.Says(t, w.Answer("Mere"), "Somebody else is asked")
		inbox := w.Inbox("Wiremu")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "**Mere** has a conflict of interest", "> She is my cousin")
		w.Do("Mere", "/portfolio assess")
		bottest.Says(t, w.Answer("Mere"), "Nothing is waiting for you to assess")
		w.Do("Mere", "/portfolio assessor")
		bottest.Says(t, w.Answer("Mere"), "Only facilitators")
	})
}

func TestWhatWasTypedIsKeptWhileItIsAskedWhosePortfolioIsMeant(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		hers, his := complete(w, "Ana"), started(w, "Ben")
		submit(w, "Ana")
		w.Do("Wiremu", `/portfolio assessor outside:"Mere Te Ao"`)
		out := w.Submit("Wiremu", map[string]string{"of": string(hers.ID)})
		bottest.Says(t, out.Reply.Text, "**Mere Te Ao** is appointed", "the portfolio of Ana")
		w.Do("Wiremu", "/portfolio fee state:paid note:4711")
		w.Submit("Wiremu", map[string]string{"of": string(hers.ID)})
		bottest.Says(t, w.Answer("Wiremu"), "the fee of Ana is **paid**")
		w.Do("Ben", "/portfolio scholarship")
		w.Submit("Ben", nil)
		w.Do("Wiremu", "/portfolio award answer:yes")
		w.Submit("Wiremu", map[string]string{"of": string(his.ID)})
		bottest.Says(t, w.Answer("Wiremu"), "Awarded to Ben")
		// Nobody chooses one that they do not look after.
		w.Cohort("Others", "Hine", "Cleo")
		started(w, "Cleo")
		w.Do("Hine", "/portfolio fee state:paid")
		form := w.Submit("Hine", map[string]string{"of": string(hers.ID)})
		if form.Reply != nil && strings.Contains(form.Reply.Text, "Written down") {
			t.Errorf("Hine got %q", form.Reply.Text)
		}
		if got := only(w, "Ana").Fee; got.By != w.Known("Wiremu").ID {
			t.Errorf("the fee was written down by %s", got.By)
		}
	})
}

// follow opens a link as somebody without an account, and does what they do there.
func follow(w *bottest.World, text, event string) (links.Link, chat.Outcome) {
	w.T.Helper()
	at := strings.Index(text, w.Pages+"/l/")
	if at < 0 {
		w.T.Fatalf("no address in %q", text)
	}
	l, out, err := w.Bot.Follow(context.Background(), text[at+len(w.Pages+"/l/"):][:43], event)
	if err != nil {
		w.T.Fatal(err)
	}
	return l, out
}

func guest(w *bottest.World, l links.Link, r chat.Request) chat.Outcome {
	w.T.Helper()
	r.Profile, r.At = chat.Profile{User: l.Guest()}, chat.Direct(l.Guest())
	r.Event = store.NewID(w.Now())
	out, err := w.Bot.Do(context.Background(), r)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Settle()
	return out
}

func TestAnAssessorOutsideJudgesByALinkThatOpensNothingElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		ask := func() {
			w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"outside": chat.Given("Hine")}})
		}
		ask()
		bottest.Says(t, w.Answer("Wiremu"), "has no pages")
		w.Pages = "https://bot.example"
		w.Restart()
		ask()
		bottest.Says(t, w.Answer("Wiremu"), "**Hine** is appointed")
		l, out := follow(w, w.Answer("Wiremu"), "e-open")
		if out.Form == nil {
			t.Fatalf("opened: %+v", out)
		}
		out = guest(w, l, chat.Request{Form: out.Form.ID, Path: out.Form.Command, Record: out.Form.Record, Answers: chat.Answers{"conflict": chat.Given("none")}})
		bottest.Says(t, out.Reply.Text, "**The portfolio of Ana**")
		bottest.Says(t, out.Reply.Document.Text, "What I did about background")
		for _, path := range []string{"portfolio open", "portfolio page", "portfolio lock", "portfolio desk", "portfolio delete"} {
			out := guest(w, l, chat.Request{Path: path, Record: string(p.ID)})
			bottest.Says(t, out.Reply.Text, "can't be done from here")
		}
		for range 5 {
			out = guest(w, l, chat.Request{Path: "portfolio judge", Record: l.Record, Choice: "1"})
			out = guest(w, l, chat.Request{Form: out.Form.ID, Path: out.Form.Command, Record: out.Form.Record, Answers: chat.Answers{
				"criterion": out.Form.Filled["criterion"], "result": chat.Given("met"), "feedback": chat.Given(""),
			}})
		}
		bottest.Says(t, out.Reply.Text, "said something of every criterion")
		out = guest(w, l, chat.Request{Path: "portfolio decide", Record: l.Record, Choice: "1"})
		out = guest(w, l, chat.Request{Form: out.Form.ID, Path: out.Form.Command, Record: out.Form.Record, Answers: chat.Answers{"words": chat.Given("Good work")}})
		b := out.Reply.Buttons[0]
		out = guest(w, l, chat.Request{Path: b.Command, Record: b.Record, Choice: b.Choice})
		bottest.Says(t, out.Reply.Text, "The result is: met")
		// Somebody else takes over: the link is of no use any more.
		ask()
		w.Press("Wiremu", "Appoint instead")
		if _, err := w.Bot.Linked(context.Background(), l.Token); err == nil {
			t.Error("the link of whoever is no longer the assessor is open")
		}
	})
}

func TestACopyIsClosedToItsAssessorOnceTheyHaveDecided(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		submit(w, "Ana")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"outside": chat.Given("Hine")}})
		l, out := follow(w, w.Answer("Wiremu"), "open")
		guest(w, l, chat.Request{Form: out.Form.ID, Path: out.Form.Command, Record: out.Form.Record, Answers: chat.Answers{"conflict": chat.Given("none")}})
		archive := guest(w, l, chat.Request{Path: "portfolio take", Record: l.Record}).Reply.Document.Archive
		if _, err := w.Bot.Portfolio(context.Background(), archive); err != nil {
			t.Fatalf("before they have decided: %v", err)
		}
		w.Update(func(tx store.Tx) error {
			for row, err := range portfolios.Assessments.All(tx) {
				if err != nil {
					return err
				}
				x := row.Value
				x.Result, x.Decided = portfolios.NotYet, w.Now()
				if err := portfolios.Assessments.Put(tx, row.ID, x); err != nil {
					return err
				}
			}
			return nil
		})
		out = guest(w, l, chat.Request{Path: "portfolio assess", Record: l.Record})
		bottest.Says(t, out.Reply.Text, "You decided: **not yet**", "closed to you now")
		if out.Reply.Document != nil || len(out.Reply.Buttons) > 0 {
			t.Errorf("it still shows %+v %+v", out.Reply.Document, out.Reply.Buttons)
		}
		out = guest(w, l, chat.Request{Path: "portfolio take", Record: l.Record})
		bottest.Says(t, out.Reply.Text, "You decided on copy 1 already")
		if _, err := w.Bot.Portfolio(context.Background(), archive); err == nil {
			t.Error("the zip whose address they have is still packed")
		}
	})
}
