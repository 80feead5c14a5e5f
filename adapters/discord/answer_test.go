package discord_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

// try makes an act and waits for its answer.
func try(t *testing.T) func(*discordfake.Interaction, error) discordfake.Answer {
	return func(i *discordfake.Interaction, err error) discordfake.Answer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		a := i.Wait(8 * time.Second)
		if a.Failed || !a.Answered {
			t.Fatal("the application did not respond")
		}
		return a
	}
}

var shortForm = chat.Form{
	ID: "f1", Command: "session schedule", Title: "A session", Note: "Everyone will see it.",
	Fields: []chat.Field{{Name: "title", Label: "What it is called", Kind: chat.Text}},
	Filled: chat.Answers{"title": chat.Given("Q&A")},
}

func TestWhatComesLateIsDeferredAndThenGiven(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		switch {
		case q.Path == "home" && q.Record == "":
			return chat.Say("Shall I?", chat.Button{Label: "Yes", Command: "home", Record: "r1"}), nil
		case q.Path == "evidence add":
			return chat.Asking(shortForm), nil
		}
		time.Sleep(3200 * time.Millisecond) // longer than Discord waits
		switch {
		case q.Record == "r1":
			return chat.Outcome{Reply: &chat.Reply{Message: chat.Message{Text: "It is done."}, Replace: true}}, nil
		case q.Text != "":
			return chat.Asking(shortForm), nil
		}
		return chat.Say("Understood after all."), nil
	}
	asked := try(t)(r.Server.Command(ana, room, "home", nil)).Message

	_, err := r.Click(ana, room, asked.ID, asked.Buttons[0].CustomID)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := r.Server.Command(ana, room, "session schedule", nil)
	if err != nil {
		t.Fatal(err)
	}
	form := try(t)(r.Server.Command(ana, room, "session schedule", map[string]any{"title": "Q&A"})).Message
	if a := plain.Wait(8 * time.Second); a.Kind != 5 || a.Message == nil || a.Message.Content != "Understood after all." || !a.Message.Ephemeral {
		t.Errorf("for a late reply the person got %+v", a.Message)
	}
	if form == nil || len(form.Buttons) != 1 || form.Buttons[0].Label != "Open" {
		t.Fatalf("for a late form the person got %+v", form)
	}
	if a := try(t)(r.Click(ana, room, form.ID, form.Buttons[0].CustomID)); a.Modal == nil || a.Modal.Fields[0].Value != "Q&A" {
		t.Errorf("the button opens %+v", a.Modal)
	}
	replaced := func() bool {
		for _, m := range r.Server.See(ana, room).Messages {
			if m.ID == asked.ID {
				return m.Content == "It is done." && len(m.Buttons) == 0
			}
		}
		return false
	}
	if !eventually(replaced) {
		t.Error("a late reply does not take the place of the one that was pressed")
	}
}

func TestEverybodyIsAnsweredInTimeThoughTheBotIsBusy(t *testing.T) {
	r := start(t, discordfake.Options{}, discord.FewWorkers)
	ana, room := r.somebody("Ana"), r.room("explorers")
	r.bot.do = func(context.Context, chat.Request) (chat.Outcome, error) {
		time.Sleep(900 * time.Millisecond)
		return chat.Say("Understood."), nil
	}
	var given acts
	for range 8 { // the last are done after 3.6 s
		i, err := r.Server.Command(ana, room, "home", nil)
		given.add(t, i, err)
	}
	given.answered(t, r.bot)
}

func TestAnAnswerWhoseReceiptIsLostIsGivenOnce(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	for _, how := range []discordfake.Loss{discordfake.LostEOF, discordfake.LostBadGateway, discordfake.FailedGateway} {
		r.LoseAnswers(1, how, "POST /interactions/{interaction_id}/{token}/callback")
		before := len(r.Server.See(ana, room).Messages)
		a := try(t)(r.Server.Command(ana, room, "home", nil))
		if a.Message == nil || a.Message.Content != "Understood." {
			t.Errorf("way %d: the person got %+v", how, a)
		}
		if n := len(r.Server.See(ana, room).Messages); n != before+1 {
			t.Errorf("way %d: %d answers", how, n-before)
		}
	}
}

func TestAFormOutlivesARestart(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		switch {
		case q.Path == "change": // as the bot does: it has kept the form
			return chat.Asking(shortForm), nil
		case q.Form == "":
			return chat.Asking(shortForm), nil
		case q.Answers["title"].Text() == "bad":
			return chat.Outcome{Errors: chat.FieldErrors{"title": "That is no title."}}, nil
		}
		return chat.Say("Kept: " + q.Answers["title"].Text() + " " + string(q.Form)), nil
	}
	modal := try(t)(r.Server.Command(ana, room, "home", nil)).Modal
	a := try(t)(r.SubmitModal(ana, modal, map[string]any{"title": "bad"}))
	if a.Message == nil || !strings.Contains(a.Message.Content, "no title") {
		t.Fatalf("the person got %+v", a)
	}
	discord.Restart(r.d)
	a = try(t)(r.Click(ana, room, a.Message.ID, a.Message.Buttons[0].CustomID))
	if a.Modal == nil {
		t.Fatalf("the form does not open again: %+v", a)
	}
	discord.Restart(r.d)
	a = try(t)(r.SubmitModal(ana, a.Modal, map[string]any{"title": "Good"}))
	if a.Message == nil || a.Message.Content != "Kept: Good f1" || len(a.Message.Buttons) != 0 {
		t.Errorf("the person got %+v", a.Message)
	}
}

func TestFilesComeWithAForm(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	got := make(chan chat.Request, 2)
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		if q.Form == "" {
			return chat.Asking(chat.Form{ID: "f", Command: "evidence add", Title: "Evidence", Fields: []chat.Field{{Name: "file", Label: "A file", Kind: chat.Upload, Required: true}}}), nil
		}
		got <- q
		return chat.Say("Kept."), nil
	}
	modal := try(t)(r.Server.Command(ana, room, "home", nil)).Modal
	try(t)(r.SubmitModal(ana, modal, map[string]any{"file": []discordfake.File{{Name: "plan.txt", Kind: "text/plain", Data: []byte("words")}}}))
	if f := (<-got).Answers["file"].Files; len(f) != 1 || f[0].Name != "plan.txt" || f[0].ID == "" || f[0].Size != 5 || f[0].Type != "text/plain" {
		t.Errorf("the file came as %+v", f)
	}
}

func TestLongListsAreCompleted(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	a := try(t)(r.Autocomplete(ana, room, "session schedule", map[string]any{"zone": "ace 3"}, "zone"))
	if len(a.Choices) != 11 || a.Choices[0].Label != "Place 3" || a.Choices[0].Value != "v3" {
		t.Errorf("offered are %+v", a.Choices)
	}
}

func TestAnUnchangedTreeIsNotRegisteredAgain(t *testing.T) {
	r := run(t, discordfake.Options{})
	puts := func() (n int) {
		for _, e := range r.Exchanges() {
			if e.Method == http.MethodPut {
				n++
			}
		}
		return n
	}
	before := puts()
	if err := discord.Register(t.Context(), r.d, r.bot.Tree()); err != nil {
		t.Fatal(err)
	}
	if puts() != before {
		t.Error("the same tree was written again")
	}
	if err := discord.Register(t.Context(), r.d, r.bot.Tree()[:2]); err != nil {
		t.Fatal(err)
	}
	if puts() != before+1 {
		t.Errorf("a changed tree was written %d times", puts()-before)
	}
}
