package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// The deeds of these tests keep notes, each under the id of its call, so that a
// deed that is done twice shows itself.
var notes = store.NewTable[string, string]("notes", 1)

// noteKind is a reason of theirs, and what people answer to it is a note too.
const noteKind = "note"

// router is a world with the deeds of these tests.
type router struct {
	*bottest.World
	reply  string // what "note keep" answers; "Kept." if empty
	broken bool   // what "note keep" and the reason do: panic with what was typed
}

func routed(t *testing.T, test func(w *router)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		r := &router{World: w}
		r.addDeeds()
		test(r)
	})
}

func (w *router) addDeeds() {
	w.T.Helper()
	text := chat.Field{Name: "text", Label: "The note", Kind: chat.LongText, Required: true}
	number := chat.Field{Name: "number", Label: "How many", Kind: chat.Number, Required: true, Example: "12"}
	var seven []chat.Field
	for n := range 7 {
		f := chat.Field{Name: fmt.Sprintf("f%d", n+1), Label: fmt.Sprintf("Field %d", n+1), Kind: chat.Text, Required: n == 1 || n == 6, Example: "sky"}
		if n == 2 {
			f.Kind = chat.Number
		}
		seven = append(seven, f)
	}
	keep := func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		var words []string
		for _, name := range []string{"text", "number", "f1", "f2", "f3", "f4", "f5", "f6", "f7"} {
			if c.Given.Has(name) {
				words = append(words, c.Given.Text(name))
			}
		}
		if err := notes.Put(tx, c.ID, strings.Join(words, ",")); err != nil {
			return chat.Outcome{}, err
		}
		switch {
		case w.broken:
			panic("cannot keep " + c.Given.Text("text"))
		case w.reply != "":
			return chat.Say(w.reply), nil
		}
		return chat.Say("Kept."), nil
	}
	prefilled := func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
		if c.Given.Has("f7") {
			return nil, nil
		}
		return &chat.Form{Title: "Seven", Fields: seven, Filled: chat.Answers{"f1": chat.Given("one"), "f6": chat.Given("six")}}, nil
	}
	sure := func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		if c.Given["number"].Number > 100 {
			return chat.Outcome{}, deeds.RefuseField("number", "At most 100 fit.")
		}
		if !c.Sure {
			return deeds.Confirm("This keeps "+chat.Plain(c.Given.Text("text"))+" "+c.Given.Text("number")+" times.", "Keep it"), nil
		}
		return keep(tx, c)
	}
	command := func(path string, role chat.Role, fields ...chat.Field) chat.Command {
		return chat.Command{Path: path, Summary: "For a test", Role: role, Fields: fields}
	}
	err := w.Bot.Add(deeds.Feature{
		Deeds: []deeds.Deed{
			{Command: command("note keep", chat.Anyone, text), Run: keep},
			{Command: command("note seven", chat.Anyone, seven...), Ask: prefilled, Run: keep},
			{Command: command("note sure", chat.Anyone, text, number), Run: sure},
			{Command: command("note ours", chat.Member, text, number), Scoped: true, Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
				out, err := sure(tx, c)
				if err == nil {
					out.Reply.Text += " In " + c.Cohort + "."
				}
				return out, err
			}},
			{Command: command("note theirs", chat.Facilitator), Scoped: true, Run: keep},
			{Command: command("note admin", chat.Admin), Run: keep},
			{Command: command("note then", chat.Anyone, text), Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
				if _, err := keep(tx, c); err != nil {
					return chat.Outcome{}, err
				}
				return chat.Asking(chat.Form{Command: "note keep", Title: "And then?", Fields: []chat.Field{text}}), nil
			}},
			{Command: command("note unread", chat.Anyone, text), Run: func(_ store.Tx, c deeds.Call) (chat.Outcome, error) {
				return chat.Outcome{}, fmt.Errorf("a deed that hands on: %w", chat.Misread("I couldn't read "+c.Given.Text("text")))
			}},
		},
		Listeners: []deeds.Listener{{Kind: noteKind, Hear: func(tx store.Tx, h deeds.Heard) error {
			return notes.Put(tx, store.NewID(h.Now), h.Text)
		}}},
		Reasons: []outbox.Reason{{Kind: noteKind, Render: func(_ store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
			if w.broken {
				panic("cannot say " + i.Record)
			}
			return chat.Message{Text: "Said: " + i.Record}, true, nil
		}}},
		Tables: []store.Prepared{notes},
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// notes gives what was kept, sorted.
func (w *router) notes() []string {
	w.T.Helper()
	var all []string
	w.View(func(tx store.Tx) error {
		for row, err := range notes.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, row.Value)
		}
		return nil
	})
	slices.Sort(all)
	return all
}

func (w *router) mustHaveKept(want ...string) {
	w.T.Helper()
	if got := w.notes(); !slices.Equal(got, want) {
		w.T.Errorf("kept %q, want %q", got, want)
	}
}

// do makes a request of somebody's as an adapter does.
func (w *router) do(as string, r chat.Request) chat.Outcome {
	w.T.Helper()
	r.Profile = chat.Profile{User: chat.User{Workspace: bottest.Workspace, ID: strings.ToLower(as)}, Name: as}
	out, err := w.Bot.Do(context.Background(), r)
	if err != nil {
		w.T.Fatalf("%s: %v", as, err)
	}
	return out
}

// form gives the form that was opened.
func (w *router) form(out chat.Outcome) chat.Form {
	w.T.Helper()
	if out.Form == nil {
		w.T.Fatalf("no form was opened: %s", said(out))
	}
	return *out.Form
}

// said gives an outcome in one line.
func said(out chat.Outcome) string {
	switch {
	case out.Reply != nil:
		var labels []string
		for _, b := range out.Reply.Buttons {
			labels = append(labels, "["+b.Label+"]")
		}
		return strings.TrimSpace(out.Reply.Text + " " + strings.Join(labels, " "))
	case out.Form != nil:
		return fmt.Sprintf("form %s, page %d", out.Form.Title, out.Form.Page)
	case out.Errors != nil:
		return fmt.Sprint(out.Errors)
	}
	return "nothing"
}

func mustSay(t testing.TB, out chat.Outcome, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(said(out), part) {
			t.Errorf("missing %q in: %s", part, said(out))
		}
	}
}

func TestAButtonOfADeedThatIsGoneIsSaidInWords(t *testing.T) {
	routed(t, func(w *router) {
		mustSay(t, w.do("Ana", chat.Request{Event: "e", Path: "note lost", Record: "x"}), "no longer know what this button did")
		mustSay(t, w.do("Ana", chat.Request{Event: "f", Text: "ntoe keep"}), "/note")
	})
}

func TestARequestWithoutAnEventIsNoRepeatOfAnother(t *testing.T) {
	routed(t, func(w *router) {
		w.do("Ana", chat.Request{Text: "note keep one"})
		w.do("Ana", chat.Request{Text: "note keep two"})
		w.mustHaveKept("one", "two")
	})
}

func TestWhatADeedCouldNotReadIsSaidAndNotLogged(t *testing.T) {
	routed(t, func(w *router) {
		log := w.logged()
		mustSay(t, w.do("Ana", chat.Request{Event: "e", Text: "note unread my words"}), "I couldn't read my words")
		if log.Len() > 0 {
			t.Errorf("logged: %s", log)
		}
	})
}

func TestWhatIsSaidWhereItAnswersIsHeardOnce(t *testing.T) {
	routed(t, func(w *router) {
		w.Update(func(tx store.Tx) error {
			return outbox.Say(tx, outbox.Item{Key: "n", Kind: noteKind, Record: "a question", Place: w.At}, w.Now())
		})
		w.Settle()
		post := w.Posts(w.At)[0]
		thread := w.At
		thread.Thread = post.At.ID
		for range 2 { // the platform repeats itself
			w.Hear("Ana", chat.Said{Event: "same", Address: chat.Address{Place: thread, ID: "a1"}, Text: "an answer"})
		}
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: w.At, ID: "a2"}, Text: "between people"})
		thread.Thread = "another thread"
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: thread, ID: "a3"}, Text: "in their own thread"})
		w.mustHaveKept("an answer")
		passer := chat.User{Workspace: bottest.Workspace, ID: "passer"}
		if err := w.Bot.Hear(t.Context(), chat.Said{Event: "b", Profile: chat.Profile{User: passer}, Address: chat.Address{Place: thread, ID: "a5"}, Text: "between people"}); err != nil {
			t.Error(err)
		}
		w.View(func(tx store.Tx) error {
			if _, err := people.ByAccount(tx, passer); !errors.Is(err, people.ErrUnknown) {
				t.Errorf("somebody who only spoke to others is known: %v", err)
			}
			return nil
		})
		// While something is being said in the place, that thread may yet be ours.
		w.Update(func(tx store.Tx) error {
			return outbox.Table.Put(tx, "m", outbox.Item{Key: "m", Kind: noteKind, Place: w.At, State: outbox.Sending, Order: "1"})
		})
		err := w.Bot.Hear(t.Context(), chat.Said{Event: "early", Profile: chat.Profile{User: chat.User{Workspace: bottest.Workspace, ID: "ana"}}, Address: chat.Address{Place: thread, ID: "a4"}, Text: "early"})
		if !errors.Is(err, outbox.ErrBeingSaid) {
			t.Errorf("heard early: %v, want ErrBeingSaid", err)
		}
	})
}
