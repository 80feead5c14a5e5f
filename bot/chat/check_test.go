package chat_test

import (
	"strings"
	"testing"

	"cohortbot/bot/chat"
)

func TestWhatSomePlatformCouldNotShowIsFound(t *testing.T) {
	tree := chat.Tree{{Path: "home", Summary: "Home"}}
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
	} {
		if len(tree.CheckMessage(m)) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if faults := tree.CheckMessage(chat.Message{Text: "fine", Buttons: many[:chat.MaxButtons]}); len(faults) > 0 {
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
