package chat_test

import "cohortbot/bot/chat"

// sample is a tree with something of everything.
var sample = chat.Tree{
	{Path: "home", Summary: "See what is yours to do", Role: chat.Anyone},
	{Path: "help", Summary: "See what you can type", Role: chat.Anyone, Fields: []chat.Field{
		{Name: "about", Label: "About", Kind: chat.Text, Example: "session"},
	}},
	{Path: "reflect", Summary: "Answer the open prompt", Role: chat.Member, Fields: []chat.Field{
		{Name: "what", Label: "Your answer", Kind: chat.LongText, Required: true, Example: "We met at the well."},
	}},
	{Path: "reflect change", Summary: "Change an answer", Role: chat.Member, Hidden: true},
	{Path: "session schedule", Summary: "Schedule a session", Role: chat.Facilitator, Fields: []chat.Field{
		{Name: "title", Label: "Title", Kind: chat.Text, Required: true, Example: "Q&A"},
		{Name: "when", Label: "When?", Kind: chat.When, Required: true, Example: "thu 9am"},
		{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min"},
		{Name: "agenda", Label: "Agenda", Kind: chat.LongText},
		{Name: "slides", Label: "Slides", Kind: chat.Upload},
	}},
	{Path: "session move", Summary: "Move a session", Role: chat.Facilitator, Fields: []chat.Field{
		{Name: "when", Label: "When?", Kind: chat.When, Required: true},
	}},
	{Path: "session cancel", Summary: "Cancel a session", Role: chat.Facilitator},
	{Path: "session list", Summary: "See the coming sessions", Role: chat.Member},
	{Path: "session cleanup", Summary: "Tidy up", Role: chat.Facilitator, Hidden: true},
	{Path: "settings reminders", Summary: "Turn reminders down or off", Role: chat.Anyone, Fields: []chat.Field{
		{Name: "how", Label: "How many", Kind: chat.Choice, Required: true, Options: []chat.Option{
			{Value: "usual", Label: "As usual"}, {Value: "fewer", Label: "Fewer"}, {Value: "off", Label: "None at all"},
		}},
	}},
	{Path: "settings leave", Summary: "Say that you are away", Role: chat.Member, Fields: []chat.Field{
		{Name: "until", Label: "Back on", Kind: chat.Date, Required: true},
	}},
	{Path: "peer ask", Summary: "Ask somebody", Role: chat.Member, Menu: "Ask a peer", Fields: []chat.Field{
		{Name: "who", Label: "Who", Kind: chat.Person, Required: true},
		{Name: "note", Label: "What you would like", Kind: chat.LongText},
	}},
	{Path: "evidence tag", Summary: "Tag a piece of evidence", Role: chat.Member, Menu: "Keep as evidence", Fields: []chat.Field{
		{Name: "as", Label: "Tags", Kind: chat.Choices, Required: true, Options: []chat.Option{
			{Value: "plan", Label: "Planning"}, {Value: "host", Label: "Hosting"}, {Value: "a,b", Label: "Both, a and b"},
		}},
		{Name: "hours", Label: "Hours", Kind: chat.Number},
	}},
	{Path: "portfolio assess", Summary: "Judge a portfolio", Role: chat.Assessor},
	{Path: "plan insert", Summary: "Insert a week", Role: chat.Facilitator},
	{Path: "tidy", Summary: "Tidy", Role: chat.Admin, Hidden: true},
}
