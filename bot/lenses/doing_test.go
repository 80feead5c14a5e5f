package lenses_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// post gives the youngest post in a place with some words.
func post(w *bottest.World, at chat.Place, words string) chat.Message {
	w.T.Helper()
	all := w.Posts(at)
	for i := len(all) - 1; i >= 0; i-- {
		if strings.Contains(all[i].Message.Text, words) {
			return all[i].Message
		}
	}
	w.T.Fatalf("no post with %q", words)
	return chat.Message{}
}

func suggest(w *bottest.World, who, statement, words string) {
	w.T.Helper()
	w.Do(who, "/lens suggest")
	w.Submit(who, map[string]string{"statement": statement, "words": words})
}

func TestWordsAreBuiltOnAndTakenWhenAllAgree(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, "Ana", "Ben")
		suggest(w, "Ana", "confident-2", "We know who can lend what.")
		bottest.Says(t, post(w, at, "Ana would say it").Text, "We know our own skills.", "We know who can lend what.")
		suggest(w, "Ben", "confident-2", "Something else entirely.")
		bottest.Says(t, w.Answer("Ben"), "before the group already")
		w.Press("Ana", "That is it")
		bottest.Says(t, w.Answer("Ana"), "You suggested it")
		w.Press("Ben", "I'd say it differently")
		w.Submit("Ben", map[string]string{"words": "We know who can lend what, and we ask."})
		bottest.Says(t, post(w, at, "has built on it since").Text, "We know who can lend what.")
		w.Press("Ana", "That is it")
		bottest.Says(t, w.Answer("Ana"), "You agree. It reads like that once everybody does")
		w.Press("Wiremu", "That is it")
		bottest.Says(t, w.Answer("Wiremu"), "it reads like that from now on")
		bottest.Says(t, post(w, at, "In our own words now").Text, "and we ask", "Suggested by Ben, with the word of Ana and Wiremu")
		w.Do("Ana", "/lens reword")
		bottest.Says(t, w.Answer("Ana"), "We know who can lend what, and we ask. *(our words)*")
		// The look that is open goes on in the words that it began with.
		if f := w.Do("Ana", "/lens answer").Form; f.Fields[1].Hint != "We know our own skills." {
			t.Errorf("asked: %s", f.Fields[1].Hint)
		}
	})
}

func TestTwoOthersAreEnoughAfterTwoDaysAndNobodyBefore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		suggest(w, "Ana", "confident-2", "We know who can lend what.")
		w.Press("Ben", "That is it")
		w.Press("Cara", "That is it")
		w.Advance(47 * time.Hour)
		bottest.Says(t, post(w, at, "would say it in other words").Text, "That is it, for Ben and Cara.")
		w.Advance(2 * time.Hour)
		bottest.Says(t, post(w, at, "In our own words now").Text, "with the word of Ben and Cara")
		suggest(w, "Dan", "organised-1", "We learn by doing.")
		w.Press("Eru", "That is it")
		w.Advance(5 * 24 * time.Hour)
		bottest.Says(t, post(w, at, "We learn by doing").Text, "Dan would say it in other words")
	})
}

// step has somebody add a step to the plan.
func step(w *bottest.World, who, what, when, owner string) chat.Outcome {
	w.T.Helper()
	w.Do(who, "/lens add")
	answers := map[string]string{"statement": "confident-2", "what": what, "when": when}
	if owner != "" {
		answers["owner"] = owner
	}
	return w.Submit(who, answers)
}

func TestAStepIsAskedAfterOnItsDayAndNeverOnLeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		step(w, "Ana", "A list on the door", "yesterday", "")
		bottest.Says(t, w.Answer("Ana"), "is over already")
		step(w, "Ana", "A list on the door", "friday", "")
		bottest.Says(t, w.Answer("Ana"), "It is step 1, by Friday 6 November, for you")
		bottest.Says(t, post(w, at, "the work plan").Text, "We know our own skills.", "1 · A list on the door, by Friday 6 November: Ana.")
		w.DoIn("Ana", chat.Direct(w.Known("Ana").Accounts[0]), "/settings leave friday to 15 nov")
		w.Advance(6 * 24 * time.Hour)
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Fatalf("Ana was told %d things on leave", n)
		}
		w.Advance(8 * 24 * time.Hour)
		inbox := w.Inbox("Ana")
		if len(inbox) != 1 {
			t.Fatalf("Ana was told %d things after her leave", len(inbox))
		}
		bottest.Says(t, inbox[0].Message.Text, "How did it go?", "A list on the door")
		w.PressOn("Ben", inbox[0], "Done")
		bottest.Says(t, w.Answer("Ben"), "Ana has taken this on")
		w.PressOn("Ana", inbox[0], "It has changed")
		w.Submit("Ana", map[string]string{"what": "A list on the inside of the door", "when": "20 nov"})
		bottest.Says(t, w.Answer("Ana"), "by Friday 20 November now")
		if n := len(w.Inbox("Ana")[0].Message.Buttons); n != 0 {
			t.Errorf("the question still has %d buttons", n)
		}
		w.Advance(5 * 24 * time.Hour)
		inbox = w.Inbox("Ana")
		w.PressOn("Ana", inbox[len(inbox)-1], "Done")
		bottest.Says(t, post(w, at, "the work plan").Text, "1 · A list on the inside of the door. Done, by Ana.")
		w.Advance(14 * 24 * time.Hour)
		if n := len(w.Inbox("Ana")); n != len(inbox) {
			t.Errorf("asked again after it was done: %d", n)
		}
	})
}

func TestSomebodyElseIsAskedBeforeAStepIsTheirs(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		step(w, "Ana", "Ring the hall", "friday", "ben")
		bottest.Says(t, post(w, at, "the work plan").Text, "Ben (asked)")
		bottest.Says(t, w.Inbox("Ben")[0].Message.Text, "Ana asks whether you would take this on", "Ring the hall")
		w.Do("Ben", "/home")
		bottest.Says(t, w.Answer("Ben"), "How do you work together in **The harbour kitchen**?", "Would you take this on, by Friday 6 November? Ring the hall")
		w.PressOn("Ben", w.Inbox("Ben")[0], "Not me")
		bottest.Says(t, w.Answer("Ben"), "That is fine")
		bottest.Says(t, w.Inbox("Ana")[0].Message.Text, "nobody's yet")
		bottest.Says(t, post(w, at, "the work plan").Text, "nobody yet")
		w.PressOn("Cara", w.Posts(at)[len(w.Posts(at))-1], "Step 1")
		w.Press("Cara", "I'll take it on")
		bottest.Says(t, post(w, at, "the work plan").Text, "Friday 6 November: Cara.")
		w.Do("Cara", "/cohort quit")
		w.Press("Cara", "Leave it")
		w.Advance(7 * 24 * time.Hour)
		if n := len(w.Inbox("Cara")); n != 0 {
			t.Errorf("Cara has left and was told %d things", n)
		}
		w.Do("Dan", "/lens plan")
		bottest.Says(t, w.Answer("Dan"), "Cara (who has left)")
		w.Press("Dan", "Step 1")
		w.Press("Dan", "Let it go")
		w.Do("Dan", "/lens plan")
		if strings.Contains(w.Answer("Dan"), "Ring the hall") {
			t.Errorf("what was let go stands in the plan: %s", w.Answer("Dan"))
		}
	})
}

func TestThePlanIsTakenAlongAsAPageAndForACalendar(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		named(w, five...)
		w.Do("Ana", "/lens export")
		bottest.Says(t, w.Answer("Ana"), "no step yet")
		step(w, "Ana", "A list on the door", "friday", "")
		step(w, "Ben", "Ring *the* hall", "20 nov", "")
		w.Do("Ben", "/lens plan")
		out := w.Press("Ben", "Take it along")
		m := out.Reply.Message
		bottest.Says(t, m.Document.Text, "## Confident", "**We know our own skills.**", "A list on the door, by Friday 6 November 2026: Ana.", `Ring \*the\* hall, by Friday 20 November 2026: Ben.`, "## Without a step so far")
		bottest.Says(t, string(m.Files[0].Data), "2026-11-05T20:00:00Z A list on the door", "2026-11-19T20:00:00Z Ring *the* hall")
	})
}

func TestTheMapSaysWhatEachBringsAndWhatNobodyCovers(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		named(w, five...)
		w.Do("Ana", "/lens roles")
		bottest.Says(t, w.Answer("Ana"), "Nobody has said yet what they bring")
		handIn(w, "Ana", w.Press("Ana", "Say what I bring").Form, map[string][]string{"brings": {"Keys"}, "role": {"teaches"}, "covers": {"confident"}})
		handIn(w, "Ana", w.Press("Ana", "Add a partner who is not here").Form, map[string][]string{"who": {"The library"}, "brings": {"A room"}, "role": {"hosts"}, "covers": {"inclusive", "confident", "organised"}})
		m := w.Do("Ben", "/lens roles").Reply.Message
		bottest.Says(t, m.Text, "**Ana** brings: Keys", "**The library** brings: A room", "Hosts (as Ana says)")
		bottest.Says(t, m.Chart.Alt, "Confident: Ana and The library, together.", "Inclusive: The library.", "Nobody's part covers Cooperative and Influential yet.")
		if m.Chart.Kind != chat.Heatmap || len(m.Chart.Series) != 2 || m.Chart.Series[1].Values[2] != 1 || m.Chart.Series[0].Values[2] != 0 {
			t.Errorf("drawn: %+v", m.Chart)
		}
		handIn(w, "Ben", w.Press("Ben", "Add a partner who is not here").Form, map[string][]string{"who": {"Library"}, "brings": {"Nothing"}, "role": {"hosts"}})
		bottest.Says(t, w.Answer("Ben"), "Ana has said already")
	})
}

// handIn hands a form in, with several choices where a field takes them.
func handIn(w *bottest.World, who string, f *chat.Form, given map[string][]string) {
	w.T.Helper()
	r := chat.Request{At: w.At, Form: f.ID, Path: f.Command, Record: f.Record, Page: len(f.Pages()) - 1, Answers: chat.Answers{}}
	for name, values := range given {
		r.Answers[name] = chat.Answer{Values: values}
	}
	w.Ask(who, r)
}

// Nothing of what somebody deleted stands anywhere a day later.
func TestADayAfterDeletingNothingIsKept(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		named(w, five...)
		w.Do("Ana", "/lens answer")
		w.Submit("Ana", map[string]string{"s1": "3", "note": "draughty", "sees": "group"})
		w.Do("Ana", "/lens picture")
		w.Press("Ana", "Mine")
		w.Press("Ana", "Delete mine of 2 November, which count")
		w.Press("Ana", "Delete them")
		w.Advance(27 * time.Hour)
		w.View(func(tx store.Tx) error {
			for row, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				if bytes.Contains(row.Value, []byte("draughty")) {
					t.Errorf("still stands under %q: %.300s", row.Key, row.Value)
				}
			}
			return nil
		})
	})
}
