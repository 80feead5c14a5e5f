package chat_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/chat"
)

func TestWhatSomePlatformCouldNotShowIsFound(t *testing.T) {
	tree := chat.Tree{{Path: "home", Summary: "Home"}}
	noon := time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	many := make([]chat.Button, chat.MaxButtons+1)
	for i := range many {
		many[i] = chat.Button{Label: "x", Command: "home", Choice: strings.Repeat("i", i)}
	}
	for name, m := range map[string]chat.Message{
		"too many buttons": {Buttons: many},
		"long token":       {Buttons: []chat.Button{{Label: "x", Command: "home", Record: strings.Repeat("r", 95)}}},
		"long label":       {Buttons: []chat.Button{{Label: strings.Repeat("x", 76), Command: "home"}}},
		"unknown command":  {Buttons: []chat.Button{{Label: "x", Command: "hame"}}},
		"twice the same":   {Buttons: []chat.Button{{Label: "x", Command: "home"}, {Label: "y", Command: "home"}}},
		"mute chart":       {Chart: &chat.Chart{Title: "Then and now"}},
		"no event's id":    {Event: &chat.Event{Title: "Q&A", Start: noon, End: noon.Add(time.Hour)}},
		"an endless event": {Event: &chat.Event{UID: "1", Title: "Q&A", Start: noon, End: noon}},
		"a timeless event": {Event: &chat.Event{UID: "1", Title: "Q&A", End: noon}},
		"a long title":     {Event: &chat.Event{UID: "1", Title: strings.Repeat("x", 101), Start: noon, End: noon.Add(time.Hour)}},
		"a path":           {Document: &chat.Document{Name: "../x", Title: "T", Text: "t"}},
		"an empty page":    {Document: &chat.Document{Name: "x", Title: "T"}},
		"an endless page":  {Document: &chat.Document{Name: "x", Title: "T", Text: strings.Repeat("x", chat.MaxDocument+1)}},
	} {
		if len(tree.CheckMessage(m)) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if faults := tree.CheckMessage(chat.Message{
		Text: "fine", Buttons: many[:chat.MaxButtons], Event: &chat.Event{UID: "1", Title: "Q&A", Start: noon, End: noon.Add(time.Hour)},
		Document: &chat.Document{Name: "week 3", Title: "Week 3", Text: "t"},
	}); len(faults) > 0 {
		t.Errorf("a message that is fine: %v", faults)
	}

	field := chat.Field{Name: "a", Label: "A", Kind: chat.Text}
	for name, f := range map[string]chat.Form{
		"no title":        {ID: "1", Command: "home"},
		"unknown command": {ID: "1", Title: "T", Command: "hame"},
		"field twice":     {ID: "1", Title: "T", Command: "home", Fields: []chat.Field{field, field}},
		"no choices":      {ID: "1", Title: "T", Command: "home", Fields: []chat.Field{{Name: "a", Label: "A", Kind: chat.Choice}}},
		"long label":      {ID: "1", Title: "T", Command: "home", Fields: []chat.Field{{Name: "a", Label: strings.Repeat("x", 46), Kind: chat.Text}}},
	} {
		if len(tree.CheckForm(f)) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if faults := tree.CheckForm(chat.Form{ID: "1", Title: "T", Command: "home", Fields: []chat.Field{field}}); len(faults) > 0 {
		t.Errorf("a form that is fine: %v", faults)
	}
}

func TestACalendarIsAPlaceOfItsOwnThatTakesEventsAlone(t *testing.T) {
	to := chat.Calendar("w")
	for _, other := range []chat.Place{chat.Channel("w", "calendar"), chat.Direct(chat.User{Workspace: "w", ID: "calendar"}), chat.Calendar("v")} {
		if other.String() == to.String() {
			t.Errorf("%#v and the calendar are both %q", other, to)
		}
	}
	if got := to.String(); got != "w/calendar" {
		t.Errorf("its text is %q, and keys hold it for ever", got)
	}
	if err := to.Takes(chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrRefused) {
		t.Errorf("it takes a message without an event: %v", err)
	}
	if err := to.Takes(chat.Message{Event: &chat.Event{}}); err != nil {
		t.Error(err)
	}
}

func TestAMessageInWordsHasAllOfIt(t *testing.T) {
	noon := time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	m := chat.Message{
		Text:     "First.",
		Chart:    &chat.Chart{Title: "More *confident*", Alt: "From 2 to 4."},
		Event:    &chat.Event{UID: "1", Title: "Q&A", Start: noon, End: noon.Add(time.Hour), Where: "Hall", About: "Bring *one*.", Off: true},
		Document: &chat.Document{Name: "week", Title: "Week 3", Text: "Kept."},
	}
	w := m.InWords()
	want := "First.\n\n**More \\*confident\\***  \nFrom 2 to 4.\n\n**Q\\&A** (cancelled)  \n" +
		"[Wed 3 Feb 2027, 12:00 UTC](time:2027-02-03T12:00:00Z) to [Wed 3 Feb 2027, 13:00 UTC](time:2027-02-03T13:00:00Z)  \nHall\n\nBring *one*."
	if w.Text != want {
		t.Errorf("reads\n%s\nwant\n%s", w.Text, want)
	}
	if len(w.Files) != 1 || w.Files[0].Name != "week.md" || string(w.Files[0].Data) != "# Week 3\n\nKept.\n" {
		t.Errorf("the document is %+v", w.Files)
	}
	if w.Chart != nil || w.Event != nil || w.Document != nil || m.Event == nil {
		t.Error("the drawn parts stand in it still, or no longer in the message that was given")
	}
}
