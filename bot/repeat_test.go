package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohortbot/bot"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

func TestARepeatedEventGivesTheKeptOutcomeAndDoesNothingTwice(t *testing.T) {
	routed(t, func(w *router) {
		first := w.do("Ana", chat.Request{Event: "e1", Text: "note keep here"})
		w.reply = "Something else by now."
		if again := w.do("Ana", chat.Request{Event: "e1", Text: "note keep here"}); !cmp.Equal(first, again) {
			t.Errorf("answered %s, then %s", said(first), said(again))
		}
		w.mustHaveKept("here")
		// A form that was opened, and a refusal whose words are kept, are no different.
		for event, text := range map[string]string{"e2": "note keep", "e3": "note sure text:x number:few"} {
			first := w.do("Ana", chat.Request{Event: event, Text: text})
			if again := w.do("Ana", chat.Request{Event: event, Text: text}); !cmp.Equal(first, again) {
				t.Errorf("%s: %s", text, cmp.Diff(first, again))
			}
		}
	})
}

// atOnce makes the same request from many goroutines, each with its event.
func (w *router) atOnce(n int, event func(int) string, r chat.Request) []chat.Outcome {
	w.T.Helper()
	outs := make([]chat.Outcome, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			r := r
			r.Event = event(i)
			r.Profile = chat.Profile{User: chat.User{Workspace: bottest.Workspace, ID: "ana"}, Name: "Ana"}
			out, err := w.Bot.Do(context.Background(), r)
			if err != nil {
				w.T.Error(err)
			}
			outs[i] = out
		})
	}
	all.Wait()
	return outs
}

func TestAnEventRepeatedAtOnceIsOneDeed(t *testing.T) {
	routed(t, func(w *router) {
		outs := w.atOnce(16, func(int) string { return "same" }, chat.Request{Text: "note sure text:x number:3"})
		for _, out := range outs[1:] {
			if !cmp.Equal(outs[0], out) {
				t.Fatalf("different answers: %s", cmp.Diff(outs[0], out))
			}
		}
	})
}

func TestAFormHandedInTwiceIsOneDeed(t *testing.T) {
	routed(t, func(w *router) {
		for _, command := range []string{"note keep", "note then"} {
			f := w.form(w.do("Ana", chat.Request{Text: command}))
			outs := w.atOnce(8, func(n int) string { return fmt.Sprintf("%s %d", command, n) }, chat.Request{Form: f.ID, Path: f.Command, Answers: chat.Answers{"text": chat.Given(command)}})
			for _, out := range outs[1:] {
				if !cmp.Equal(outs[0], out) {
					t.Fatalf("different answers: %s", cmp.Diff(outs[0], out))
				}
			}
		}
		w.mustHaveKept("note keep", "note then")
	})
}

func TestAConfirmationPressedTwiceIsOneDeed(t *testing.T) {
	routed(t, func(w *router) {
		preview := w.do("Ana", chat.Request{Text: "note sure text:x number:3"})
		mustSay(t, preview, "This keeps x 3 times. [Keep it] [Change]")
		w.mustHaveKept()
		keep := preview.Reply.Buttons[0]
		for _, out := range w.atOnce(8, func(n int) string { return fmt.Sprint(n) }, chat.Request{Path: keep.Command, Record: keep.Record, Choice: keep.Choice}) {
			mustSay(t, out, "Kept.")
			if !out.Reply.Replace {
				t.Error("the preview is left standing with its buttons")
			}
		}
		w.mustHaveKept("x,3")
		// And [Change], pressed after all, does not open what is done.
		change := preview.Reply.Buttons[1]
		mustSay(t, w.do("Ana", chat.Request{Path: change.Command, Record: change.Record, Choice: change.Choice}), "Kept.")
	})
}

func TestAStaleConfirmationShowsWhatIsTrueNowAndDoesNothing(t *testing.T) {
	routed(t, func(w *router) {
		old := w.do("Ana", chat.Request{Text: "note sure text:x number:3"}).Reply.Buttons
		f := w.form(w.do("Ana", chat.Request{Path: old[1].Command, Record: old[1].Record}))
		if f.Filled["number"].Text() != "3" || f.Filled["text"].Text() != "x" {
			t.Errorf("the form opens with %v", f.Filled)
		}
		preview := w.do("Ana", chat.Request{Form: f.ID, Answers: chat.Answers{"number": chat.Given("5"), "text": chat.Given("x")}})
		mustSay(t, preview, "This keeps x 5 times.")
		stale := w.do("Ana", chat.Request{Path: old[0].Command, Record: old[0].Record, Choice: old[0].Choice})
		mustSay(t, stale, "This keeps x 5 times. [Keep it]")
		w.mustHaveKept()
		b := stale.Reply.Buttons[0]
		mustSay(t, w.do("Ana", chat.Request{Path: b.Command, Record: b.Record, Choice: b.Choice}), "Kept.")
		w.mustHaveKept("x,5")
	})
}

func TestMarksAndDraftsAreSweptWhenNobodyCanComeBackToThem(t *testing.T) {
	routed(t, func(w *router) {
		count := func() (marks, open int) {
			w.View(func(tx store.Tx) (err error) {
				marks, open, err = bot.Kept(tx)
				return err
			})
			return marks, open
		}
		for n := range 1200 { // more than two pages of the sweep
			w.do("Ana", chat.Request{Event: fmt.Sprint(n), Text: "note keep"})
		}
		if marks, open := count(); marks != 1200 || open != 1200 {
			t.Fatalf("%d marks and %d drafts", marks, open)
		}
		w.Advance(90 * time.Minute)
		w.do("Ana", chat.Request{Event: "young", Text: "note keep"})
		if marks, _ := count(); marks != 1201 {
			t.Errorf("%d marks after an hour and a half, want all", marks)
		}
		w.Advance(90 * time.Minute)
		if marks, open := count(); marks != 1 || open != 1201 {
			t.Errorf("%d marks and %d drafts after three hours, want 1 and all", marks, open)
		}
		w.Advance(61 * 24 * time.Hour)
		if marks, open := count(); marks != 0 || open != 0 {
			t.Errorf("%d marks and %d drafts are left after two months", marks, open)
		}
	})
}

func TestADraftThatIsDoneKeepsNoWords(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Event: "a", Text: "note keep"}))
		w.do("Ana", chat.Request{Event: "b", Form: f.ID, Answers: chat.Answers{"text": chat.Given("a quiet thing")}})
		w.mustHaveKept("a quiet thing")
		w.Update(func(tx store.Tx) error {
			for row, err := range notes.All(tx) {
				if err != nil {
					return err
				}
				if err := notes.Delete(tx, row.ID); err != nil {
					return err
				}
			}
			return nil
		})
		w.View(func(tx store.Tx) error {
			for kv, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				if strings.Contains(string(kv.Value), "a quiet thing") {
					t.Errorf("what was deleted stands still under %q", kv.Key)
				}
			}
			return nil
		})
	})
}
