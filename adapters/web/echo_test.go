package web_test

import (
	"context"
	"strings"
	"sync"

	"cohortbot/bot/chat"
)

// echo is a small bot to try the workspace with.
type echo struct {
	mu    sync.Mutex
	heard []chat.Said
	asked []chat.Request
}

func (e *echo) Tree() chat.Tree {
	return chat.Tree{
		{Path: "home", Summary: "What matters to you now"},
		{Path: "session schedule", Summary: "Tell the group of a session", Fields: []chat.Field{
			{Name: "title", Label: "What it is called", Kind: chat.Text, Example: "Q&A session", Required: true},
			{Name: "when", Label: "When", Kind: chat.When, Hint: "As you would say it.", Example: "thu 9am", Required: true},
			{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min"},
			{Name: "repeats", Label: "Does it repeat?", Kind: chat.Choice, Options: []chat.Option{{Value: "no", Label: "Just this once"}, {Value: "weekly", Label: "Every week"}, {Value: "fortnightly", Label: "Every two weeks"}}},
			{Name: "host", Label: "Who hosts it", Kind: chat.Person},
			{Name: "about", Label: "What it is about", Kind: chat.LongText, Max: 2000},
		}},
		{Path: "session list", Summary: "Show the sessions to come"},
		{Path: "plan show", Summary: "Show the plan of the cohort"},
		{Path: "plan insert", Summary: "Insert a week into the plan", Fields: []chat.Field{{Name: "after", Label: "After which week", Kind: chat.Number, Example: "3"}}},
		{Path: "reflect", Summary: "Answer the question of the week", Fields: []chat.Field{{Name: "text", Label: "Your answer", Kind: chat.LongText, Required: true}, {Name: "files", Label: "Photos or voice notes", Kind: chat.Upload}}},
		{Path: "evidence add", Summary: "Keep something for your portfolio", Menu: "Keep as evidence"},
	}
}

func (e *echo) Do(_ context.Context, r chat.Request) (chat.Outcome, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, r)
	what := strings.TrimSpace(r.Path + " " + r.Text)
	switch {
	case strings.HasPrefix(what, "session schedule") && r.Form == "" && r.Record == "":
		c, _ := e.Tree().Find("session schedule")
		filled := chat.Answers{"repeats": chat.Given("weekly")}
		return chat.Asking(chat.Form{
			ID: chat.FormID("form-" + r.Event), Command: c.Path, Title: "Schedule a session", Fields: c.Fields, Filled: filled,
			Intro: "You will see the time in full before anybody is told.", Submit: "Show me first", Note: "Everyone in the cohort will see the session.",
		}), nil
	case r.Form != "":
		if when := r.Answers["when"].Text(); !strings.Contains(when, "9") {
			return chat.Outcome{Errors: chat.FieldErrors{"when": `I couldn't read "` + when + `" as a time. Try "thu 9am" or "5 Nov 18:30".`}}, nil
		}
		return chat.Answering(chat.Message{
			Text:    "**" + chat.Plain(r.Answers["title"].Text()) + "**, " + chat.Time(start, "soon") + ". 14 people will be told.",
			Buttons: []chat.Button{{Label: "Schedule it", Command: "session schedule", Record: "s1", Choice: "yes", Main: true}, {Label: "Change", Command: "session schedule", Record: "s1", Choice: "change"}},
			Note:    "Only you see this until you press the button.",
		}), nil
	case r.Record == "s1":
		return chat.Outcome{Reply: &chat.Reply{Message: chat.Message{Text: "Scheduled. Everyone has been told."}, Replace: true}}, nil
	case what == "home":
		return chat.Answering(chat.Message{
			Text: "Week 3 of 12. The question of the week is open until Sunday.",
			Chart: &chat.Chart{
				Kind: chat.Radar, Title: "More confident and organised than in week 1",
				Alt:  "Confident 2 then 4, inclusive 3 then 3, organised 1 then 3, cooperative 4 then 4, influential 2 then 2, of 5.",
				Axes: []string{"Confident", "Inclusive", "Organised", "Cooperative", "Influential"}, Max: 5,
				Series: []chat.Series{{Name: "Week 1", Values: []float64{2, 3, 1, 4, 2}}, {Name: "Now", Values: []float64{4, 3, 3, 4, 2}}},
			},
		}), nil
	}
	return chat.Say("You asked for `" + what + "`."), nil
}

func (e *echo) Hear(_ context.Context, s chat.Said) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, s)
	return nil
}

func (e *echo) Meet(context.Context, chat.Profile) error { return nil }
