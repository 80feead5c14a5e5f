package bot_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// logged gives what the bot logs from now on.
func (w *router) logged() *bytes.Buffer {
	var log bytes.Buffer
	w.Bot.LogTo(slog.New(slog.NewTextHandler(&log, nil)))
	return &log
}

func TestARefusedCommandIsGivenBackAndReopensAsAForm(t *testing.T) {
	for name, typed := range map[string]chat.Request{
		"whole":                {Text: `note sure text:"a *hui*" number:few`},
		"with a slash":         {Text: `/note sure text:"a *hui*" number:few`},
		"noun known before":    {Path: "note", Text: `sure text:"a *hui*" number:few`},
		"command known before": {Path: "note sure", Text: `text:"a *hui*" number:few`},
	} {
		t.Run(name, func(t *testing.T) {
			routed(t, func(w *router) {
				typed.Event = "e"
				out := w.do("Ana", typed)
				mustSay(t, out, "“few”", "Here is what you typed", `> /note sure text:"a \*hui\*" number:few`, "[Change it]")
				b := out.Reply.Buttons[0]
				f := w.form(w.do("Ana", chat.Request{Path: b.Command, Record: b.Record, Choice: b.Choice}))
				if f.Filled["text"].Text() != "a *hui*" || f.Filled["number"].Text() != "few" || !strings.Contains(f.Errors["number"], "few") {
					t.Errorf("opened with %v, errors %v", f.Filled, f.Errors)
				}
				mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Answers: answers("text", "a *hui*", "number", "3")}), "This keeps", "3 times")
			})
		})
	}
}

func TestACommandThatCannotBeTakenApartIsGivenBackWithItsForm(t *testing.T) {
	routed(t, func(w *router) {
		out := w.do("Ana", chat.Request{Text: "note sure number:3 number:4"})
		mustSay(t, out, "twice", "Here is what you typed", "number:3 number:4", "[Open the form]")
		b := out.Reply.Buttons[0]
		if f := w.form(w.do("Ana", chat.Request{Path: b.Command, Record: b.Record, Choice: b.Choice})); len(f.Fields) != 2 {
			t.Errorf("opened %+v", f)
		}
	})
}

func TestARefusalOfOneAnswerIsShownAtItsField(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Text: "note sure"}))
		out := w.do("Ana", chat.Request{Form: f.ID, Answers: answers("text", "x", "number", "101")})
		if out.Errors["number"] != "At most 100 fit." {
			t.Errorf("said %s", said(out))
		}
		// Typed, it has no field to stand at.
		mustSay(t, w.do("Ana", chat.Request{Text: "note sure text:x number:101"}), "At most 100 fit.", "[Change it]")
	})
}

func TestAPanicGivesAReferenceAndLeaksNothingTyped(t *testing.T) {
	routed(t, func(w *router) {
		log := w.logged()
		w.broken = true
		f := w.form(w.do("Ana", chat.Request{Text: "note keep"}))
		for _, r := range []chat.Request{
			{Text: "note keep my private words"},
			{Form: f.ID, Answers: answers("text", "my private words")},
		} {
			log.Reset()
			out := w.do("Ana", r)
			mustSay(t, out, "nothing was changed", "my private words", "[Change it]")
			w.mustHaveKept()
			reference := regexp.MustCompile("`([0-9a-f]+)`").FindStringSubmatch(said(out))
			if len(reference) != 2 || !strings.Contains(log.String(), "reference="+reference[1]) {
				t.Errorf("said %q, logged %s", said(out), log)
			}
			if strings.Contains(log.String(), "private") || !strings.Contains(log.String(), "router_test") && !strings.Contains(log.String(), "addDeeds") {
				t.Errorf("logged %s, want where it happened and no words", log)
			}
		}
		// Repaired, the same form goes through: nothing was lost.
		w.broken = false
		mustSay(t, w.do("Ana", chat.Request{Form: f.ID, Answers: answers("text", "my private words")}), "Kept.")
		w.mustHaveKept("my private words")
	})
}

// note is what a fault of the program can look like.
func note(into map[string]int) { into["a"] = 1 }

func TestAFaultOfTheProgramIsNamedInTheLog(t *testing.T) {
	routed(t, func(w *router) {
		log := w.logged()
		w.Bot.Break("note keep", func() { note(nil) })
		mustSay(t, w.do("Ana", chat.Request{Text: "note keep x"}), "Something went wrong")
		if !strings.Contains(log.String(), "assignment to entry in nil map") {
			t.Errorf("logged %s", log)
		}
	})
}

func TestAnOutcomeThatCannotBeKeptUndoesTheDeedAndItsDraft(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Text: "note keep"}))
		w.reply = strings.Repeat("long ", 60_000)
		hand := chat.Request{Form: f.ID, Answers: answers("text", "my words")}
		mustSay(t, w.do("Ana", hand), "more than I can keep", "my words")
		w.mustHaveKept()
		w.reply = ""
		mustSay(t, w.do("Ana", hand), "Kept.")
		w.mustHaveKept("my words")
	})
}

func TestWordsThatAreTooManyAreGivenBack(t *testing.T) {
	routed(t, func(w *router) {
		f := w.form(w.do("Ana", chat.Request{Event: "e", Text: "note keep"}))
		long := strings.Repeat("long ", 60_000)
		out := w.do("Ana", chat.Request{Event: "f", Form: f.ID, Answers: answers("text", long)})
		mustSay(t, out, "more than I can keep", strings.TrimSpace(long))
		mustSay(t, w.do("Ana", chat.Request{Event: "g", Form: f.ID, Answers: answers("text", "short")}), "Kept.")
	})
}

func TestARefusalKeepsItsOwnButtons(t *testing.T) {
	routed(t, func(w *router) {
		w.Bot.Refusing("note keep", &deeds.Error{Code: deeds.Conflict, Say: "Not now.", Buttons: []chat.Button{{Label: "Later", Command: "note keep"}}})
		mustSay(t, w.do("Ana", chat.Request{Text: "note keep x"}), "Not now.", "> /note keep x", "[Later] [Change it]")
		mustSay(t, w.do("Ana", chat.Request{Path: "note keep", Answers: answers("text", "x")}), "Not now.", "[Later] [Change it]")
	})
}

func TestAMessageTooLongToKeepIsToldAndNotHandedInForEver(t *testing.T) {
	routed(t, func(w *router) {
		w.Update(func(tx store.Tx) error {
			return outbox.Say(tx, outbox.Item{Key: "n", Kind: noteKind, Record: "a question", Place: w.At}, w.Now())
		})
		w.Settle()
		w.Said("Ana", w.Posts(w.At)[0], strings.Repeat("long ", 60_000))
		w.mustHaveKept()
		if got := w.Inbox("Ana"); len(got) != 1 || !strings.Contains(got[0].Message.Text, "more than I can keep") {
			t.Errorf("told %+v", got)
		}
	})
}

func TestALargeFileIsGivenOnceAndItsDeedDoneOnce(t *testing.T) {
	routed(t, func(w *router) {
		w.Bot.Answering("note keep", chat.Message{Text: "Here it is.", Files: []chat.File{{Name: "all.zip", Data: make([]byte, 1<<20)}}})
		f := w.form(w.do("Ana", chat.Request{Event: "a", Text: "note keep"}))
		hand := chat.Request{Event: "b", Form: f.ID, Answers: answers("text", "x")}
		if out := w.do("Ana", hand); len(out.Reply.Files) != 1 || len(out.Reply.Files[0].Data) != 1<<20 {
			t.Fatalf("answered %s", said(out))
		}
		for _, event := range []string{"b", "c"} { // a repeat, and a second press
			hand.Event = event
			out := w.do("Ana", hand)
			mustSay(t, out, "Here it is.")
			if len(out.Reply.Files) != 0 || !strings.Contains(out.Reply.Note, "ask again") {
				t.Errorf("repeated with %d files and the note %q", len(out.Reply.Files), out.Reply.Note)
			}
		}
	})
}
