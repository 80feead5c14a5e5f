package evidence

import (
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const aimPath = "evidence aim"

// aimDeed says which portfolio somebody prepares, and so which criteria they are
// shown. What they keep belongs to none of them in particular.
func aimDeed(l Library) deeds.Deed {
	typed := chat.Field{Name: "programme", Label: "What you prepare for", Kind: chat.Text, Required: true, Max: 100, Example: "facilitation-credential"}
	return deeds.Deed{
		Command: chat.Command{Path: aimPath, Summary: "Choose which portfolio's criteria you look at", Role: chat.Anyone, Fields: []chat.Field{typed}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Path != deeds.ChangePath && c.Given.Has("programme") {
				return nil, nil
			}
			return l.aimForm(tx, c)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, ok := l.Programme(c.Given.Text("programme"))
			for _, x := range l.Programmes {
				if contains(x.Portfolio.Title+" "+x.Title, c.Given.Text("programme")) && !ok {
					p, ok = x, true
				}
			}
			if !ok {
				return chat.Outcome{}, deeds.RefuseField("programme", "I know no portfolio called “%s”. /evidence aim shows those that there are.", chat.Plain(c.Given.Text("programme")))
			}
			f, known := l.Framework(p.Portfolio.Framework)
			if !known {
				return chat.Outcome{}, deeds.Refuse(deeds.Unavailable, "**%s** is judged by criteria that this bot does not have. Whoever runs it can add them to its configuration, under frameworks.", chat.Plain(p.Portfolio.Title))
			}
			next := chat.Button{Label: "What is covered", Command: "evidence coverage", Main: true}
			if c.Record != "" {
				next = chat.Button{Label: "Say what it shows", Command: "evidence tag", Record: c.Record, Main: true}
			}
			return chat.Say("You look at **"+chat.Plain(p.Portfolio.Title)+"** now, by "+chat.Plain(f.Title)+". What you keep counts for any other portfolio as well, and /evidence aim changes this.", next),
				Aim(tx, c.Person.ID, p.ID, c.Now)
		},
	}
}

// aimForm asks what somebody prepares for.
func (l Library) aimForm(tx store.Tx, c deeds.Call) (*chat.Form, error) {
	if len(l.Programmes) == 0 {
		return nil, deeds.Refuse(deeds.Unavailable, "There is no portfolio to prepare here. What you keep stays with you all the same.")
	}
	form := &chat.Form{
		Title: "What do you prepare for?", Submit: "That one", Note: "Only you see this. You can change it whenever you like, and prepare for several.",
		Filled: chat.Answers{},
	}
	pick := chat.Field{Name: "programme", Label: "Which portfolio", Kind: chat.Choice, Required: true}
	for _, p := range l.Programmes[:min(len(l.Programmes), mostShown)] {
		pick.Options = append(pick.Options, chat.Option{Value: p.ID, Label: chat.Short(p.Portfolio.Title+" ("+p.Title+")", 75)})
	}
	form.Fields = []chat.Field{pick}
	aims, err := l.AimsOf(tx, c.Person.ID)
	if err == nil && len(aims) > 0 {
		form.Filled["programme"] = chat.Given(aims[0].ID)
	}
	return form, err
}
