package directory

import (
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

var doneFields = []chat.Field{
	{Name: "on", Label: "When it ended", Kind: chat.Date, Past: true, Required: true, Example: "last friday"},
	{Name: "words", Label: "What you take from it", Kind: chat.LongText, Max: 3000, Hint: "A few words are plenty. What will you do differently?"},
	{Name: "link", Label: "A link", Kind: chat.Text, Max: 500, Hint: "To a certificate, if there is one", Example: "https://example.org/certificate"},
	{Name: "file", Label: "A certificate or a photo", Kind: chat.Upload},
}

// doneDeed records that somebody did a training. What they say of it is theirs, and
// kept where the rest of their evidence is.
func (f feature) doneDeed() deeds.Deed {
	typed := chat.Field{Name: "training", Label: "Which training", Kind: chat.Text, Max: 120, Example: "Chairing a difficult meeting"}
	return deeds.Deed{
		Command: chat.Command{Path: donePath, Summary: "Record a training that you have done, as evidence", Role: chat.Anyone, Fields: append([]chat.Field{typed}, doneFields...)},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			t, form, err := doneOf(tx, c, typed)
			if err != nil || form != nil || len(deeds.Missing(doneFields, c.Given)) == 0 && c.Path != deeds.ChangePath {
				return form, err
			}
			return doneForm(t), nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			t, form, err := doneOf(tx, c, typed)
			if err == nil && form == nil && !c.Given.Has("on") {
				form = doneForm(t)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if form != nil {
				return chat.Asking(*form), nil
			}
			x := Completion{
				Training: t.ID, Title: t.Title + ", " + t.Provider, Words: c.Given.Text("words"), Link: t.Link,
				Files: c.Given["file"].Files, On: c.Given["on"].Date, Marks: t.Marks,
			}
			if c.Given.Has("link") {
				if x.Link, err = deeds.ReadLink("link", c.Given.Text("link")); err != nil {
					return chat.Outcome{}, err
				}
			}
			today := dayOf(c.Now, c.Zone)
			if x.On.After(today) { // without a year it may be the next such day, and this one is over
				if past, err := schedules.ParsePast(c.Given.Text("on"), c.Now, c.Zone); err == nil {
					x.On = past
				}
			}
			if x.On.After(today) {
				return chat.Outcome{}, deeds.RefuseField("on", "%s is still to come. Record it when you have done it; if it is over, say so as in “last friday” or “5 Nov”.", x.On.Long())
			}
			return f.Complete(tx, c, x)
		},
	}
}

func doneForm(t Training) *chat.Form {
	form := &chat.Form{
		Title: "A training you did", Intro: "**" + chat.Plain(t.Title) + "**, " + chat.Plain(t.Provider) + ".", Submit: "Keep it",
		Fields: doneFields, Record: string(t.ID), Filled: chat.Answers{"on": chat.Given("today")},
		Note: "Only you see it, until you hand in a portfolio that it is part of.",
	}
	return form
}

// doneOf gives the training that somebody has done, or the form that asks. What was
// approved once counts: they may have done it then.
func doneOf(tx store.Tx, c deeds.Call, typed chat.Field) (Training, *chat.Form, error) {
	if c.Record != "" {
		t, err := training(tx, c)
		if err == nil && t.Approved.IsZero() {
			err = deeds.Refuse(deeds.Conflict, "**%s** is not approved, so it is not recorded here. You can keep it as evidence all the same, with /evidence add.", chat.Plain(t.Title))
		}
		return t, nil, err
	}
	var all []Training
	for _, s := range []State{Approved, Lapsed, Retired} {
		some, err := InState(tx, s)
		if err != nil {
			return Training{}, nil, err
		}
		all = append(all, some...)
	}
	all = slices.DeleteFunc(all, func(t Training) bool { return t.Approved.IsZero() })
	if len(all) == 0 {
		return Training{}, nil, &deeds.Error{
			Code: deeds.NotFound, Say: "No training is approved yet. You can suggest the one that you did; and /evidence add keeps what you have of it.",
			Buttons: []chat.Button{{Label: "Suggest it", Command: suggestPath, Main: true}, {Label: "Keep it as evidence", Command: "evidence add"}},
		}
	}
	return deeds.Picking[Training]{
		Field: typed, Title: "Which training", Note: "Only you see what you record.",
		Option: func(t Training) (string, string) { return string(t.ID), t.Title + ", " + t.Provider },
		Name:   func(t Training) string { return t.Title },
		Has:    func(t Training, words string) bool { return contains(t.Title+" "+t.Provider, words) },
		None:   "I know no approved training with “%s”. /directory find shows those that there are; /directory suggest takes another.",
	}.Among(all, c.Given.Text(typed.Name))
}
