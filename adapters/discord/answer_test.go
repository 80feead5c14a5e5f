package discord_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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
			if e.Method == "PUT" {
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

func TestWithoutMessageContentAReplyIsStillHeard(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	top, err := r.d.Send(t.Context(), chat.Channel(r.workspace(), room), "k", chat.Message{Text: "What made it possible?"})
	if err != nil {
		t.Fatal(err)
	}
	thread, err := r.StartThread(ana, room, top.ID, "Answers")
	if err != nil {
		t.Fatal(err)
	}
	for _, say := range []func() (string, error){
		func() (string, error) { return r.Server.Say(ana, thread, "Nobody can read this") },
		func() (string, error) { return r.Server.Say(ana, room, "Among ourselves") },
		func() (string, error) { return r.Reply(ana, room, top.ID, "Somebody brought scones") },
	} {
		if _, err := say(); err != nil {
			t.Fatal(err)
		}
	}
	if !eventually(func() bool { return len(r.bot.words()) > 0 }) {
		t.Fatal("the reply is not heard")
	}
	r.bot.mu.Lock()
	defer r.bot.mu.Unlock()
	if s := r.bot.heard; len(s) != 1 || s[0].Text != "Somebody brought scones" || s[0].Address.Place.Thread != top.ID {
		t.Errorf("heard is %+v", s)
	}
}

func TestWhoManagesTheServerIsAnAdministrator(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, ben, room := r.somebody("Ana"), r.somebody("Ben"), r.room("explorers")
	r.SetMember(r.guild, ben, "Ben of the garden", r.AddRole(r.guild, "Staff", discordfake.ManageGuild))
	got := make(chan chat.Profile, 1)
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		got <- q.Profile
		return chat.Say("Understood."), nil
	}
	for _, place := range []string{room, r.DM(ben)} {
		try(t)(r.Server.Command(ben, place, "home", nil))
		if p := <-got; !p.Admin || p.Name != "Ben of the garden" {
			t.Errorf("Ben is %+v", p)
		}
	}
	try(t)(r.Server.Command(ana, room, "home", nil))
	if p := <-got; p.Admin {
		t.Errorf("Ana is %+v", p)
	}
}

func TestOtherServersAreNotServed(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana := r.somebody("Ana")
	other := r.AddGuild("Elsewhere", "", discord.Permissions)
	room := r.AddChannel(other, "general", discordfake.TextChannel)
	r.Join(other, ana, "")
	a := try(t)(r.Server.Command(ana, room, "home", nil))
	if a.Message == nil || !strings.Contains(a.Message.Content, "don't work in this server") {
		t.Errorf("the person got %+v", a.Message)
	}
}

func TestCheckSaysWhatIsMissingAndWhereToChangeIt(t *testing.T) {
	s := discordfake.New(fast(discordfake.Options{}))
	defer s.Close()
	guild := s.AddGuild("Learners", "", discord.Permissions)
	check := func(token string, guilds ...string) string {
		d, err := discord.New(discord.Options{Token: token, Guilds: guilds, MessageContent: true, URL: s.URL()})
		if err != nil {
			t.Fatal(err)
		}
		defer discord.CloseIdle(d)
		return fmt.Sprint(d.Check(t.Context()))
	}
	for said, want := range map[string][]string{
		check("wrong", guild):                          {"Reset Token"},
		check(s.Token(), guild, "1130650140672000000"): {"Message Content Intent", "not in server 1130650140672000000", "oauth2/authorize"},
	} {
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%q is not said in %q", w, said)
			}
		}
		if strings.Contains(said, s.Token()) {
			t.Error("the token is told")
		}
	}
	// The fake's servers let everybody write in threads; this one does not.
	strict := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/users/@me/guilds":
			fmt.Fprintf(w, `[{"id":%q,"permissions":"%d"}]`, guild, int64(discord.Permissions)&^(1<<38))
		case "/users/@me", "/applications/@me":
			fmt.Fprint(w, `{"id":"1130650140672000000","flags":524288}`)
		default:
			fmt.Fprint(w, `[]`)
		}
	}))
	defer strict.Close()
	d, err := discord.New(discord.Options{Token: "t", Guilds: []string{guild}, MessageContent: true, URL: strict.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer discord.CloseIdle(d)
	if faults := d.Check(t.Context()); len(faults) != 1 || !strings.Contains(faults[0].Error(), "Send Messages in Threads") {
		t.Errorf("it says %q", faults)
	}
}

func TestTheInvitationAsksForExactlyWhatIsUsed(t *testing.T) {
	said := discord.Invitation(discord.Options{MessageContent: true}, "1130650140672000000")
	for _, want := range []string{
		"client_id=1130650140672000000", "scope=bot+applications.commands", "permissions=309237763072",
		"Message Content Intent: switch on", "Server Members Intent: leave off", "Presence Intent: leave off",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in it:\n%s", want, said)
		}
	}
}
