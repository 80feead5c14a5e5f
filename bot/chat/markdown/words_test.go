package markdown_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
	"cohortbot/bot/chat/markdown"
)

func TestWordsHaveNoMarkUp(t *testing.T) {
	at := time.Date(2027, 2, 3, 20, 0, 0, 0, time.UTC)
	for said, want := range map[string]string{
		"":                              "",
		"**Q&A** with *all* of `us`.":   "Q&A with all of us.",
		"One.\n\nTwo\nlines.":           "One.\n\nTwo\nlines.",
		"- one\n- two\n\nAfter.":        "- one\n- two\n\nAfter.",
		"1. one\n2. two\n   - within":   "1. one\n2. two\n   - within",
		"[notes](https://example.org/)": "notes (https://example.org/)",
		"<https://example.org/>":        "https://example.org/",
		"Starts " + chat.Time(at, "Thursday 9 am") + ", with " + chat.Mention(chat.User{Workspace: "w", ID: "u"}, "Āna") + " in " + chat.InChannel(chat.Channel("w", "c")) + ".": "Starts Thursday 9 am, with Āna in #c.",
		chat.Quote("One <b>\n\n2. *two*"): "> One <b>\n>\n> 2. *two*",
	} {
		if got := markdown.Words(said); got != want {
			t.Errorf("%q reads %q, want %q", said, got, want)
		}
	}
}

func TestWhatSomebodyTypedReadsAsTheyTypedIt(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		typed := rapid.StringMatching("[a-zA-Z*_`<>&;#!\\[\\]()\\\\~|.:/\"' -]{0,40}").Draw(r, "typed")
		got := markdown.Words(chat.Plain("x" + typed + "y"))
		if want := "x" + typed + "y"; got != want {
			r.Fatalf("%q reads %q", want, got)
		}
	})
}
