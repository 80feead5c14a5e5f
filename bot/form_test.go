package bot_test

import (
	"fmt"
	"strings"
	"testing"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
)

func answers(pairs ...string) chat.Answers {
	a := chat.Answers{}
	for i := 0; i < len(pairs); i += 2 {
		a[pairs[i]] = chat.Given(pairs[i+1])
	}
	return a
}

func TestAFormOfSevenGoesByPagesOfFive(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Text: "note seven"}))
		if len(f.Pages()) != 2 || f.Page != 0 || f.Filled["f1"].Text() != "one" || f.Filled["f6"].Text() != "six" {
			t.Fatalf("opened %+v", f)
		}
		// The second field is missing and the third is no number.
		out := w.do("Ana", chat.Request{Form: f.ID, Page: 0, Answers: answers("f1", "one", "f2", " ", "f3", "three", "f4", "", "f5", "five")})
		if len(out.Errors) != 2 || !strings.Contains(out.Errors["f2"], "needed") || !strings.Contains(out.Errors["f2"], "sky") || !strings.Contains(out.Errors["f3"], "three") {
			t.Fatalf("wrong: %s", said(out))
		}
		out = w.do("Ana", chat.Request{Form: f.ID, Page: 0, Answers: answers("f1", "one", "f2", "two", "f3", "3", "f4", "", "f5", "five")})
		second := w.form(out)
		if second.ID != f.ID || second.Page != 1 || len(second.Errors) != 0 {
			t.Fatalf("the second page: %+v", second)
		}
		if second.Filled["f6"].Text() != "six" || second.Filled["f2"].Text() != "two" {
			t.Errorf("the second page opens with %v: what stood there before is lost", second.Filled)
		}
		mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Page: 1, Answers: answers("f6", "six", "f7", "")}), "f7")
		w.mustHaveKept()
		mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Page: 1, Answers: answers("f6", "", "f7", "seven")}), "Kept.")
		w.mustHaveKept("one,two,3,five,seven")
	})
}

func TestAPlatformMayShowAllPagesAtOnce(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Text: "note seven"}))
		out := w.do("Ana", chat.Request{Form: f.ID, Page: 1, Answers: answers("f2", "two")})
		mustSay(t, out, "f7")
		mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Page: 99, Answers: answers("f7", "seven")}), "Kept.")
		w.mustHaveKept("two,seven")
	})
}

func TestAFormIsForWhoOpenedIt(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Text: "note keep"}))
		mustSay(t, w.do("Ben", chat.Request{Form: f.ID, Answers: answers("text", "mine now")}), "opened by somebody else")
		preview := w.do("Ana", chat.Request{Text: "note sure text:secret number:3"})
		for _, b := range preview.Reply.Buttons {
			for range 2 { // the first refusal must not make it his
				out := w.do("Ben", chat.Request{Path: b.Command, Record: b.Record, Choice: b.Choice})
				mustSay(t, out, "opened by somebody else")
				if strings.Contains(said(out), "secret") || len(out.Reply.Buttons) > 0 {
					t.Errorf("somebody else sees %s", said(out))
				}
			}
		}
		mustSay(t, w.do("Ana", chat.Request{Form: "long gone", Answers: answers("text", "my long words")}), "too old", "my long words")
		w.mustHaveKept()
		mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Answers: answers("text", "hers")}), "Kept.")
	})
}

func TestWhoIsInTwoCohortsIsAskedWhichOnce(t *testing.T) {
	routed(t, func(w *router) {
		c1 := w.Cohort("One", "Wiremu", "Ana", "Ben")
		c2 := w.Cohort("Two", "Wiremu", "Ana")
		ended := w.Cohort("Over", "Wiremu", "Ben")
		w.Update(func(tx store.Tx) error {
			c, err := cohorts.Get(tx, ended.ID)
			if err != nil {
				return err
			}
			c.State = cohorts.Ended
			return cohorts.Table.Put(tx, c.ID, c)
		})
		ana := chat.Direct(w.Known("Ana").Account("test"))
		f := w.form(w.do("Ana", chat.Request{At: ana, Text: "note ours text:x number:3"}))
		if f.Title != "Which cohort?" || len(f.Fields) != 1 || len(f.Fields[0].Options) != 2 {
			t.Fatalf("asked %+v", f)
		}
		preview := w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("cohort", string(c2.ID))})
		mustSay(t, preview, "This keeps x 3 times.", "In "+string(c2.ID))
		// [Change] opens the form of the deed, not the question which cohort.
		change := preview.Reply.Buttons[1]
		f = w.form(w.do("Ana", chat.Request{At: ana, Path: change.Command, Record: change.Record, Choice: change.Choice}))
		if len(f.Fields) != 2 || f.Filled["number"].Text() != "3" {
			t.Errorf("[Change] opens %+v", f)
		}
		mustSay(t, w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("text", "y", "number", "4")}), "This keeps y 4 times.", "In "+string(c2.ID))
		// In a cohort's channel nothing needs to be asked; nor where only one is left.
		mustSay(t, w.do("Ana", chat.Request{At: c1.Place, Text: "note ours text:x number:3"}), "In "+string(c1.ID))
		ben := chat.Direct(w.Known("Ben").Account("test"))
		mustSay(t, w.do("Ben", chat.Request{At: ben, Text: "note ours text:x number:3"}), "In "+string(c1.ID))
		// A question that is asked for a bare command leads to the deed's own form.
		f = w.form(w.do("Ana", chat.Request{At: ana, Text: "note ours"}))
		f = w.form(w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("cohort", string(c1.ID))}))
		if len(f.Fields) != 2 {
			t.Errorf("then asked %+v", f)
		}
		mustSay(t, w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("text", "z", "number", "1")}), "In "+string(c1.ID))
	})
}

func TestAWrongPickOfTheCohortIsSaidAndAskedAgain(t *testing.T) {
	routed(t, func(w *router) {
		w.Cohort("One", "Wiremu", "Ana")
		c2 := w.Cohort("Two", "Wiremu", "Ana")
		ana := chat.Direct(w.Known("Ana").Account("test"))
		f := w.form(w.do("Ana", chat.Request{At: ana, Text: "note ours text:x number:3"}))
		f = w.form(w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("cohort", "three")}))
		if !strings.Contains(f.Errors["cohort"], "“three” is none of them") || f.Filled["cohort"].Text() != "" {
			t.Errorf("asked again with %v and %v", f.Errors, f.Filled)
		}
		f = w.form(w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("cohort", "")}))
		if !strings.Contains(f.Errors["cohort"], "This one is needed") {
			t.Errorf("handed in with nothing, asked again with %v", f.Errors)
		}
		mustSay(t, w.do("Ana", chat.Request{At: ana, Form: f.ID, Answers: answers("cohort", "two")}), "In "+string(c2.ID))
	})
}

func TestEachRoleMayWhatItMay(t *testing.T) {
	for _, c := range []struct{ as, command, want string }{
		{"Ana", "note ours text:x number:3", "This keeps"},
		{"Ana", "note theirs", "Only facilitators of Explorers can do that."},
		{"Ana", "note admin", "Only workspace administrators here can do that."},
		{"Wiremu", "note theirs", "Kept."},
		{"Wiremu", "note ours text:x number:3", "This keeps"},
		{"Wiremu", "note admin", "Only workspace administrators"},
		{"Cara", "note ours text:x number:3", "Only members of Explorers can do that. Press Join"},
		{"Root", "note admin", "Kept."},
	} {
		t.Run(c.as+" "+c.command, func(t *testing.T) {
			routed(t, func(w *router) {
				place := w.Cohort("Explorers", "Wiremu", "Ana").Place
				if c.as == "Root" {
					w.Admin("Root")
				}
				out := w.Ask(c.as, chat.Request{At: place, Text: c.command})
				mustSay(t, out, c.want)
				if strings.HasPrefix(c.want, "Only") {
					w.mustHaveKept()
				}
			})
		})
	}
}

func TestWhoIsInNoCohortIsToldHowToJoinOne(t *testing.T) {
	routed(t, func(w *router) {
		w.Cohort("Explorers", "Wiremu")
		cara := chat.Direct(chat.User{Workspace: "test", ID: "cara"})
		mustSay(t, w.do("Cara", chat.Request{At: cara, Text: "note ours text:x number:3"}), "not in a cohort yet", "Join")
		mustSay(t, w.do("Cara", chat.Request{At: cara, Text: "note theirs"}), "administrator", "appoint")
		mustSay(t, w.do("Cara", chat.Request{At: cara, Path: "note ours", Record: "a cohort that is gone"}), "no longer there")
	})
}

func TestARoleLostMeanwhileCountsWhenTheFormComesIn(t *testing.T) {
	routed(t, func(w *router) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		preview := w.do("Ana", chat.Request{At: c.Place, Text: "note ours text:x number:3"})
		w.Update(func(tx store.Tx) error {
			return cohorts.Members.Delete(tx, cohorts.MemberID(c.ID, w.Known("Ana").ID))
		})
		b := preview.Reply.Buttons[0]
		mustSay(t, w.do("Ana", chat.Request{At: c.Place, Path: b.Command, Record: b.Record, Choice: b.Choice}), "Only members")
		w.mustHaveKept()
	})
}

func TestWhatIsNoLongerReadableWhenItIsConfirmedIsAskedAnew(t *testing.T) {
	routed(t, func(w *router) {
		preview := w.do("Ana", chat.Request{Text: "note sure text:x number:3"})
		// Meanwhile the field reads numbers in another way.
		w.Bot.Narrow("note sure", "number", chat.YesNo)
		b := preview.Reply.Buttons[0]
		mustSay(t, w.do("Ana", chat.Request{Path: b.Command, Record: b.Record, Choice: b.Choice}), "yes or no", "[Change it]")
		w.mustHaveKept()
	})
}

func TestTypedAnswersStandInTheFormThatAsksForTheRest(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Text: `note sure text:"a hui"`}))
		if f.Filled["text"].Text() != "a hui" || f.Command != "note sure" {
			t.Errorf("opened %+v", f)
		}
		mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Answers: answers("text", "a hui", "number", fmt.Sprint(2))}), "This keeps a hui 2 times.")
	})
}
