package attestations

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/letters"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

var (
	whoField   = chat.Field{Name: "who", Label: "Somebody here", Kind: chat.Person, Others: true, Example: "@ben", Hint: "I ask them in private. Or leave it empty, and name somebody outside."}
	nameField  = chat.Field{Name: "name", Label: "Or somebody outside, by name", Kind: chat.Text, Max: 80, Example: "Mere Tautahi", Hint: "Nothing is sent to them: you pass on a message with a link."}
	roleField  = chat.Field{Name: "role", Label: "What they were to you then", Kind: chat.Choice, Required: true, Options: roleOptions()}
	aboutField = chat.Field{Name: "about", Label: "What it was about", Kind: chat.Text, Required: true, Max: 300, Hint: "They read this, so that they know which time you mean.", Example: "the Harbour hui on 3 March"}
	forField   = chat.Field{Name: "portfolio", Label: "For which portfolio", Kind: chat.Choice, Required: true}
)

func roleOptions() []chat.Option {
	return []chat.Option{
		{Value: string(programmes.Participant), Label: "They took part"},
		{Value: string(programmes.Peer), Label: "A peer, who does similar work"},
		{Value: string(programmes.Mentor), Label: "My mentor"},
		{Value: string(programmes.Supervisor), Label: "My supervisor"},
		{Value: string(programmes.Manager), Label: "My manager"},
	}
}

func (f feature) askDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{
			Path: askPath, Summary: "Ask somebody who was there for a few words about your work", Role: chat.Anyone,
			Fields: []chat.Field{whoField, nameField, roleField, aboutField},
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			own, err := f.Portfolios(tx, c.Person.ID)
			if err != nil {
				return nil, err
			}
			if (c.Given.Has("who") || c.Given.Has("name")) && c.Given.Has("role") && c.Given.Has("about") && len(own) < 2 {
				return nil, nil
			}
			form := &chat.Form{
				Title: "Ask for a few words", Submit: "Ask them", Fields: []chat.Field{whoField, nameField, roleField, aboutField},
				Intro: "Somebody who was there says in their own words what they saw, what helped and what could grow. They may say no.",
				Note:  "They and you read this. What they write is read by you, and by an assessor if you hand in a portfolio with it; by others only if they allow that.",
			}
			if len(own) > 1 {
				form.Fields = append(form.Fields, portfolioField(own))
			}
			for _, p := range own {
				lines, err := slotLines(tx, c.Person.ID, p)
				if err != nil {
					return nil, err
				}
				form.Intro += "\n\n**" + chat.Plain(p.Title) + "**\n\n" + lines
			}
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := f.request(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.Outside() {
				return f.askOutside(tx, r, c)
			}
			return askHere(tx, r, c)
		},
	}
}

func portfolioField(own []Portfolio) chat.Field {
	f := forField
	for _, p := range own {
		f.Options = append(f.Options, chat.Option{Value: p.ID, Label: short(p.Title, 75)})
	}
	return f
}

// request reads whom somebody asks for what, and refuses what cannot be asked.
func (f feature) request(tx store.Tx, c deeds.Call) (Request, error) {
	r := Request{
		ID: ID(c.ID), Learner: c.Person.ID, Workspace: c.Profile.User.Workspace, State: Open, Made: c.Now, Until: c.Now.Add(openFor),
		Role: programmes.Role(c.Given.Text("role")), About: strings.TrimSpace(c.Given.Text("about")), Name: oneLine(c.Given.Text("name")),
	}
	own, err := f.Portfolios(tx, c.Person.ID)
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(own, func(p Portfolio) bool { return p.ID == c.Given.Text("portfolio") })
	if i < 0 && len(own) == 1 {
		i = 0
	}
	if i >= 0 {
		r.Portfolio, r.Slot = own[i].ID, slotFor(own[i].Slots, r.Role)
	}
	who := c.Given["who"].Person
	switch {
	case who.ID == "" && r.Name == "":
		return r, deeds.RefuseField("who", "Whom do you want to ask? Pick somebody here, or write the name of somebody outside.")
	case who.ID != "" && r.Name != "":
		return r, deeds.RefuseField("name", "This names two people. Ask one at a time: leave one of the two empty.")
	case who.ID == c.Person.ID:
		return r, deeds.RefuseField("who", "That is you. What counts here is what others saw; your own view has its place in your reflections.")
	case who.ID == "" && people.SameName(r.Name, c.Person.Name):
		return r, deeds.RefuseField("name", "That is your own name. What counts here is what others saw. If it is somebody else of your name, add something that tells you apart.")
	}
	if who.ID != "" {
		r.Person, r.Name = who.ID, who.Name
	}
	asked, err := Asked(tx, c.Person.ID)
	if err != nil {
		return r, err
	}
	for _, x := range asked {
		if x.Portfolio != r.Portfolio || x.Slot != r.Slot || r.Slot == "" && x.Role != r.Role || x.State != Open && x.State != Given {
			continue
		}
		if x.Person == r.Person && r.Person != "" || x.Outside() && r.Outside() && people.SameName(x.Name, r.Name) {
			field, ending := "who", ""
			if r.Outside() {
				field, ending = "name", " If this is somebody else of the same name, add something that tells them apart."
			}
			return r, deeds.RefuseField(field, "You have asked %s for this already, and one person's word counts once. Ask somebody else, or look at /attest track.%s", chat.Plain(x.Name), ending)
		}
	}
	return r, nil
}

// askHere asks somebody in the workspace.
func askHere(tx store.Tx, r Request, c deeds.Call) (chat.Outcome, error) {
	p, err := people.Table.Get(tx, r.Person)
	if err != nil {
		return chat.Outcome{}, err
	}
	if err := r.keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	if err := r.tell(tx, askKind, "", c.Now); err != nil {
		return chat.Outcome{}, err
	}
	text := "**" + chat.Plain(p.Name) + "** is asked in private, and I tell you here when something comes."
	z, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return chat.Outcome{}, err
	}
	if open := letters.Free(p, z, c.Now); open.After(c.Now) {
		text = "**" + chat.Plain(p.Name) + "** can't be disturbed just now. I ask them on " + day(open, z, c.Now) + ", and tell you here when something comes."
	}
	return chat.Say(text+" They may say no, without a reason.",
		chat.Button{Label: "Where it stands", Command: trackPath, Main: true},
		chat.Button{Label: "Take it back", Command: cancelPath, Record: string(r.ID)}), nil
}

// askOutside makes what is to be passed on to somebody outside.
func (f feature) askOutside(tx store.Tx, r Request, c deeds.Call) (chat.Outcome, error) {
	if f.Pages == "" {
		if err := r.keep(tx); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("**"+chat.Plain(r.Name)+"** is on your list. This bot has no pages where somebody outside could write, so their words come on paper or in a call: "+
			"somebody other than you writes them down here with /attest record, and that is marked.",
			chat.Button{Label: "Where it stands", Command: trackPath, Main: true},
			chat.Button{Label: "Take it back", Command: cancelPath, Record: string(r.ID)}), r.wait(tx, c.Now)
	}
	l, err := links.Make(tx, openPath, string(r.ID), r.Until, c.Now)
	if err != nil {
		return chat.Outcome{}, err
	}
	r.Link = l.ID
	if err := r.keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	return chat.Answering(f.toPassOn(r, l, c)), r.wait(tx, c.Now)
}

// toPassOn is the message that the learner sends on by whatever means they have: its
// text is what is sent, and nothing else, so that it can be copied as it is.
func (f feature) toPassOn(r Request, l links.Link, c deeds.Call) chat.Message {
	until := day(l.Expires, c.Zone, c.Now)
	words := fmt.Sprintf("Hello %s,\n\nI am putting together what shows my work with people in the community. It is about one time when you saw how I work: %s. Would you say in a few words what you saw? It takes about five minutes, you can leave out what you like, and you may say no.",
		r.Name, strings.TrimRight(r.About, ". "))
	return chat.Message{
		Text: chat.Plain(words) + "\n\n<" + f.Pages + l.Path() + ">\n\n" + chat.Plain("The link works until "+until+". You need no account.\n\n"+c.Person.Name),
		Note: "This is a message for **" + chat.Plain(r.Name) + "**. I send nothing myself: copy all of it, and pass it on by e-mail or text, or however you reach them. Whoever has the link can write in their place, so send it to them alone. It is for one answer, not for one look.",
		Buttons: []chat.Button{
			{Label: "Where it stands", Command: trackPath, Main: true},
			{Label: "Take the link back", Command: cancelPath, Record: string(r.ID)},
		},
	}
}

func (f feature) linkDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: linkPath, Summary: "Show again what to pass on to somebody outside", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := ofLearner(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			l, err := links.Table.Get(tx, r.Link)
			if errors.Is(err, store.ErrNotFound) || err == nil && (l.Over(c.Now) || r.State != Open) {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "That link is not open any more. /attest ask makes a new one.")
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(f.toPassOn(r, l, c)), nil
		},
	}
}

func (f feature) cancelDeed() deeds.Deed {
	which := chat.Field{Name: "which", Label: "Whose", Kind: chat.Choice, Required: true}
	return deeds.Deed{
		Command: chat.Command{Path: cancelPath, Summary: "Take back a question for a few words that is still open", Role: chat.Anyone},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Record != "" {
				return nil, nil
			}
			open, err := openOf(tx, c.Person.ID)
			if err != nil {
				return nil, err
			}
			if len(open) == 0 {
				return nil, deeds.Refuse(deeds.NotFound, "Nothing of yours is open just now. What was given can be taken back only by who gave it.")
			}
			if len(open) == 1 {
				return nil, nil
			}
			field := which
			for _, r := range open[:min(len(open), 25)] {
				field.Options = append(field.Options, chat.Option{Value: string(r.ID), Label: short(r.Name+": "+oneLine(r.About), 75)})
			}
			return &chat.Form{Title: "Take a question back", Fields: []chat.Field{field}, Submit: "Go on", Note: "Only you see this."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if c.Record == "" {
				c.Record = c.Given.Text("which")
			}
			if c.Record == "" { // there was only one
				open, err := openOf(tx, c.Person.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				if len(open) > 0 {
					c.Record = string(open[0].ID)
				}
			}
			r, err := ofLearner(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.State != Open {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This is not open any more. %s", stateWords(r, c.Zone, c.Now))
			}
			if !c.Sure {
				text := "**" + chat.Plain(r.Name) + "** is no longer asked, and hears nothing more of it."
				if r.Link != "" {
					text = "The link for **" + chat.Plain(r.Name) + "** stops working, also where it was passed on already."
				}
				return deeds.ConfirmAbout(string(r.ID), text+" Nothing was given so far.", "Take it back"), nil
			}
			r.State, r.Ended, r.Lines = Cancelled, c.Now, nil
			if err := r.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := r.endLink(tx, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Taken back. You can ask somebody else whenever you like.", chat.Button{Label: "Ask somebody else", Command: askPath}), r.rest(tx)
		},
	}
}

func openOf(tx store.Tx, learner people.ID) ([]Request, error) {
	all, err := Asked(tx, learner)
	return slices.DeleteFunc(all, func(r Request) bool { return r.State != Open }), err
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
