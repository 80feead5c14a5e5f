package chattest

import (
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
)

// typed gives all that was typed, wherever the platform cuts the path off.
func typed(r chat.Request) string { return strings.TrimSpace(r.Path + " " + r.Text) }

func peopleAreMet(x *trial) {
	ana := x.person("Ana")
	_, err := x.h.Command(x.ctx, ana.User, x.channel("explorers"), "/home")
	x.must(err)
	x.eventually("the bot meets Ana", func() bool {
		x.in.mu.Lock()
		defer x.in.mu.Unlock()
		return slices.Contains(x.in.met, ana)
	})
}

func commandArrives(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	const text = `session schedule title:"Q&A <with> *everyone*" when:"thu 9am"`
	a, err := x.h.Command(x.ctx, ana.User, explorers, "/"+text)
	x.must(err)
	r := x.lastAsked()
	if typed(r) != text {
		x.Errorf("path and text are %q, want %q", typed(r), text)
	}
	if r.Profile.User != ana.User || r.Profile.Name != ana.Name || r.Profile.Zone != ana.Zone {
		x.Errorf("the profile is %+v, want %+v", r.Profile, ana)
	}
	if r.At != explorers {
		x.Errorf("it was given at %v, want %v", r.At, explorers)
	}
	if r.Event == "" {
		x.Error("the event has no id")
	}
	if a.Reply == nil || a.Reply.Text != "Understood." {
		x.Errorf("the person got %+v", a)
	}
	if _, err := x.h.Command(x.ctx, ana.User, chat.Direct(ana.User), "/home"); err != nil {
		x.Fatal(err)
	}
	if r := x.lastAsked(); r.At != chat.Direct(ana.User) || typed(r) != "home" {
		x.Errorf("from the direct messages came %q at %v", typed(r), r.At)
	}
}

func eventsDiffer(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	events := map[string]bool{}
	for _, as := range []chat.Profile{ana, ana, ben} {
		_, err := x.h.Command(x.ctx, as.User, explorers, "/home")
		x.must(err)
		events[x.lastAsked().Event] = true
	}
	if len(events) != 3 {
		x.Errorf("three commands came as %d events", len(events))
	}
}

func replyIsPrivate(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	x.in.reply(chat.Say("Only for you: 3 of 12."))
	a, err := x.h.Command(x.ctx, ana.User, explorers, "/home")
	x.must(err)
	if a.Reply == nil || !a.Reply.OnlyYou || a.Reply.Text != "Only for you: 3 of 12." {
		x.Fatalf("Ana got %+v", a.Reply)
	}
	for _, m := range x.see(ben, explorers) {
		if strings.Contains(m.Text, "3 of 12") {
			x.Error("Ben sees the reply to Ana")
		}
	}
}

func commandFails(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	failed := false
	x.in.answer(func(chat.Request) (chat.Outcome, error) {
		if !failed {
			failed = true
			return chat.Outcome{}, errBusy
		}
		return chat.Say("Done."), nil
	})
	a, err := x.h.Command(x.ctx, ana.User, explorers, "/home")
	if err != nil {
		return // told: the person can give it again
	}
	all := x.in.requests()
	if a.Reply == nil || a.Reply.Text != "Done." || len(all) < 2 {
		x.Fatalf("the command failed, and the person got %+v without being told", a)
	}
	if all[0].Event != all[1].Event {
		x.Errorf("it was tried again as another event: %q, then %q", all[0].Event, all[1].Event)
	}
}

var ask = chat.Form{
	ID: "f1", Command: "session schedule", Title: "A session", Submit: "Show me", Record: "r7",
	Note: "Everyone in the cohort will see it.",
	Fields: []chat.Field{
		{Name: "title", Label: "What it is called", Kind: chat.Text, Required: true},
		{Name: "when", Label: "When", Kind: chat.When, Hint: "As you would say it", Required: true},
		{Name: "repeats", Label: "Does it repeat?", Kind: chat.Choice, Options: []chat.Option{{Value: "once", Label: "Just this once"}, {Value: "weekly", Label: "Every week"}}},
		{Name: "host", Label: "Who hosts it", Kind: chat.Person},
	},
	Filled: chat.Answers{"title": chat.Given("Q&A <1>"), "repeats": chat.Given("weekly")},
}

// opened gives the command that opens a form.
func (x *trial) opened(as chat.Profile, at chat.Place, f chat.Form) Dialog {
	x.Helper()
	x.in.reply(chat.Asking(f))
	a, err := x.h.Command(x.ctx, as.User, at, "/session schedule")
	x.must(err)
	if a.Form == nil {
		x.Fatalf("no form opened; the person got %+v", a)
	}
	return *a.Form
}

func formIsFilled(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	d := x.opened(ana, explorers, ask)
	if d.Title != ask.Title {
		x.Errorf("the title is %q", d.Title)
	}
	if len(d.Fields) != len(ask.Fields) {
		x.Fatalf("%d fields are shown, want %d", len(d.Fields), len(ask.Fields))
	}
	for i, f := range ask.Fields {
		if d.Fields[i].Label != f.Label {
			x.Errorf("field %d is labelled %q, want %q", i, d.Fields[i].Label, f.Label)
		}
		if got, want := d.Values[f.Name].Text(), ask.Filled[f.Name].Text(); got != want {
			x.Errorf("in %q stands %q, want %q", f.Name, got, want)
		}
	}
	if !strings.Contains(d.Note, "will see it") {
		x.Errorf("who will see it is not said: %q", d.Note)
	}
	x.in.reply(chat.Say("Kept."))
	a, err := x.h.Submit(x.ctx, ana.User, d, chat.Answers{"title": chat.Given("Q&A <2>"), "when": chat.Given("thu 9am"), "repeats": chat.Given("once"), "host": chat.Given(ana.User.ID)})
	x.must(err)
	if a.Reply == nil || a.Reply.Text != "Kept." {
		x.Errorf("after handing in, the person got %+v", a)
	}
	r := x.lastAsked()
	if r.Path != ask.Command || r.Form != ask.ID || r.Record != ask.Record || r.At != explorers || r.Profile.User != ana.User {
		x.Errorf("the form came as %+v", r)
	}
	for name, want := range map[string]string{"title": "Q&A <2>", "when": "thu 9am", "repeats": "once", "host": ana.User.ID} {
		if got := r.Answers[name].Text(); got != want {
			x.Errorf("%q was answered %q, want %q", name, got, want)
		}
	}
}

func formErrors(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	d := x.opened(ana, explorers, ask)
	long := strings.Repeat("what people said ", 20)
	given := chat.Answers{"title": chat.Given(long), "when": chat.Given("next blursday"), "repeats": chat.Given("once"), "host": {}}
	const fault = `I couldn't read "next blursday" as a time. Try "thu 9am".`
	x.in.reply(chat.Outcome{Errors: chat.FieldErrors{"when": fault}})
	a, err := x.h.Submit(x.ctx, ana.User, d, given)
	x.must(err)
	if a.Form == nil {
		x.Fatalf("the form did not stay; the person got %+v", a)
	}
	if a.Form.Errors["when"] != fault {
		x.Errorf("the person reads the errors %q", a.Form.Errors)
	}
	for _, name := range []string{"title", "when", "repeats"} {
		if got, want := strings.TrimSpace(a.Form.Values[name].Text()), strings.TrimSpace(given[name].Text()); got != want {
			x.Errorf("in %q stands %q, want what was typed: %q", name, got, want)
		}
	}
	x.in.reply(chat.Say("Kept."))
	given["when"] = chat.Given("thu 9am")
	a, err = x.h.Submit(x.ctx, ana.User, *a.Form, given)
	x.must(err)
	if a.Reply == nil || a.Reply.Text != "Kept." {
		x.Errorf("after the correction, the person got %+v", a)
	}
	all := x.in.requests()
	if first, second := all[len(all)-2], all[len(all)-1]; first.Event == second.Event {
		x.Error("handing in twice came as one event")
	}
}

func formPages(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	f := chat.Form{ID: "f2", Command: "session schedule", Title: "Twelve questions"}
	want := map[string]string{}
	for i := range 12 {
		name := fmt.Sprintf("q%d", i)
		f.Fields = append(f.Fields, chat.Field{Name: name, Label: fmt.Sprintf("Question %d", i), Kind: chat.LongText})
		want[name] = fmt.Sprintf("Answer %d,\nin two lines", i)
	}
	want["q4"] = "" // shown, and left empty
	got := chat.Answers{}
	answer := func(r chat.Request) (chat.Outcome, error) {
		if r.Form == "" {
			return chat.Asking(f), nil
		}
		for name, a := range r.Answers {
			got[name] = a
		}
		if r.Page+1 < len(f.Pages()) {
			next := f
			next.Page, next.Filled = r.Page+1, got
			return chat.Asking(next), nil
		}
		return chat.Say("All kept."), nil
	}
	x.in.answer(answer)
	a, err := x.h.Command(x.ctx, ana.User, explorers, "/session schedule")
	x.must(err)
	for pages := 0; a.Form != nil; pages++ {
		if pages > len(f.Fields) {
			x.Fatal("the pages never end")
		}
		given := chat.Answers{}
		for _, field := range a.Form.Fields {
			if given[field.Name] = chat.Given(want[field.Name]); want[field.Name] == "" {
				given[field.Name] = chat.Answer{}
			}
		}
		a, err = x.h.Submit(x.ctx, ana.User, *a.Form, given)
		x.must(err)
	}
	if a.Reply == nil || a.Reply.Text != "All kept." {
		x.Errorf("at the end, the person got %+v", a)
	}
	for name, text := range want {
		given, shown := got[name]
		if !shown || given.Text() != text {
			x.Errorf("%q was answered %q (shown: %v), want %q", name, given.Text(), shown, text)
		}
	}
}

var prompt = chat.Message{
	Text: "**Week 3.** What made it possible?",
	Buttons: []chat.Button{
		{Label: "Answer", Command: "session schedule", Record: "week-3", Main: true},
		{Label: "Not this week", Command: "session schedule", Record: "week-3", Choice: "skip"},
	},
}

func buttonDelivers(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	at := x.send(explorers, "prompt/3", prompt)
	a, err := x.h.Press(x.ctx, ana.User, at, "Not this week")
	x.must(err)
	if a.Reply == nil || !a.Reply.OnlyYou {
		x.Errorf("the person got %+v", a)
	}
	x.pressed(ana, at)
}

func (x *trial) pressed(ana chat.Profile, at chat.Address) {
	x.Helper()
	r := x.lastAsked()
	if r.Path != "session schedule" || r.Record != "week-3" || r.Choice != "skip" || r.Event == "" {
		x.Errorf("the button came as %+v", r)
	}
	if r.Profile.User != ana.User || r.At.Root() != at.Place.Root() {
		x.Errorf("it came from %v at %v", r.Profile.User, r.At)
	}
	if r.Message == nil || r.Message.Address.String() != at.String() {
		x.Errorf("it does not name its message: %+v", r.Message)
	}
}

func buttonOnOldMessage(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	at := x.send(explorers, "prompt/3", prompt)
	for i := range 60 {
		x.send(explorers, fmt.Sprintf("later/%d", i), chat.Message{Text: fmt.Sprintf("Later %d", i)})
	}
	_, err := x.h.Press(x.ctx, ana.User, at, "Not this week")
	x.must(err)
	x.pressed(ana, at)
}

func replyReplaces(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	x.in.reply(chat.Say("Shall I?", chat.Button{Label: "Yes", Command: "home", Record: "r1", Choice: "yes"}))
	a, err := x.h.Command(x.ctx, ana.User, explorers, "/home")
	x.must(err)
	if a.Reply == nil || !slices.Equal(a.Reply.Buttons, []string{"Yes"}) {
		x.Fatalf("the person got %+v", a.Reply)
	}
	x.in.reply(chat.Outcome{Reply: &chat.Reply{Message: chat.Message{Text: "It is done."}, Replace: true}})
	_, err = x.h.Press(x.ctx, ana.User, a.Reply.Address, "Yes")
	x.must(err)
	var texts []string
	for _, m := range x.see(ana, explorers) {
		texts = append(texts, m.Text)
	}
	if !slices.Equal(texts, []string{"It is done."}) {
		x.Errorf("the person sees %q", texts)
	}
}

func menuGivesTarget(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	const text = "We drew the map <together>, *all* of us."
	at, err := x.h.Say(x.ctx, ben.User, explorers, text)
	x.must(err)
	_, err = x.h.UseMenu(x.ctx, ana.User, at, "Keep as evidence")
	x.must(err)
	r := x.lastAsked()
	if r.Path != "evidence add" || r.Profile.User != ana.User {
		x.Errorf("the menu came as %q by %v", r.Path, r.Profile.User)
	}
	if m := r.Message; m == nil || m.Address.String() != at.String() || m.Author != ben.User || m.Text != text {
		x.Errorf("the message came as %+v", m)
	}
}
