package directory

import (
	"errors"
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const (
	communitiesPath = "directory communities"
	joinPath        = "directory join"
	offerPath       = "directory offer"
	communityPath   = "directory community"
	considerPath    = "directory consider"
	unlistPath      = "directory unlist"
)

// elsewhere is what somebody chooses whose community does not meet here.
const elsewhere = "elsewhere"

var offerFields = []chat.Field{
	{Name: "name", Label: "What it is called", Kind: chat.Text, Required: true, Max: 120, Example: "Friday facilitators"},
	{Name: "about", Label: "Who meets there, and what about", Kind: chat.LongText, Required: true, Max: 1500},
	{Name: "group", Label: "Where it meets", Kind: chat.Text, Max: 100, Example: elsewhere},
	{Name: "how", Label: "If it meets elsewhere: how to join", Kind: chat.LongText, Max: 500, Example: "Write to the library, or come on a Friday at six"},
	{Name: "link", Label: "A link", Kind: chat.Text, Max: 500, Example: "https://example.org/friday"},
}

// offerDeed asks for a community of practice to be listed.
func offerDeed() deeds.Deed {
	groups := func(tx store.Tx, c deeds.Call) ([]chat.Option, string, error) {
		own, err := offerable(tx, c.Person.ID)
		options, here := []chat.Option{{Value: elsewhere, Label: "Somewhere else"}}, elsewhere
		for _, g := range own[:min(len(own), mostChoices-1)] {
			options = append(options, chat.Option{Value: string(g.ID), Label: chat.Short("Here: "+g.Name, 75)})
			if g.Place.Root() == c.At.Root() {
				here = string(g.ID)
			}
		}
		return options, here, err
	}
	return deeds.Deed{
		Command: chat.Command{Path: offerPath, Summary: "Ask for a community of practice to be listed", Role: chat.Anyone, Fields: offerFields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(offerFields, c.Given)) == 0 && (c.Given.Has("group") || c.Given.Has("how")) && c.Path != deeds.ChangePath {
				return nil, nil
			}
			options, here, err := groups(tx, c)
			form := &chat.Form{
				Title: "Offer a community", Submit: "Offer it", Filled: chat.Answers{"group": chat.Given(here)},
				Intro: "A community of practice: people who learn from each other, and find their goals together. Somebody looks at how people meet in it: who decides, and whether everyone has knowledge to share and learning to do, in their own ways of knowing. For a course that teaches something, use /directory suggest.",
				Note:  "The board reads it, with your name; once it is listed, everybody here.",
			}
			for _, field := range offerFields {
				if field.Name == "group" {
					field.Kind, field.Max, field.Required, field.Options = chat.Choice, 0, true, options
				}
				form.Fields = append(form.Fields, field)
			}
			if g, there, err := cohorts.Table.Find(tx, cohorts.ID(here)); err == nil && there {
				form.Filled["name"] = chat.Given(g.Name)
			}
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x := Community{
				ID: CommunityID(c.ID), By: c.Person.ID, At: c.Now, Workspace: c.Profile.User.Workspace, State: Suggested,
				Name: c.Given.Text("name"), About: c.Given.Text("about"), How: c.Given.Text("how"),
			}
			options, _, err := groups(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if group := c.Given.Text("group"); group != "" && group != elsewhere {
				for _, o := range options[1:] {
					if o.Value == group || strings.EqualFold(strings.TrimPrefix(o.Label, "Here: "), group) {
						x.Cohort = cohorts.ID(o.Value)
					}
				}
				if x.Cohort == "" {
					return chat.Outcome{}, deeds.RefuseField("group", "“%s” is no community of practice that you are in, or it is listed already. Say %s, and how to join.", chat.Plain(group), elsewhere)
				}
			}
			if x.Cohort == "" && x.How == "" {
				return chat.Outcome{}, deeds.RefuseField("how", "How does somebody join who would like to? A few words are enough, such as “Come on a Friday at six”.")
			}
			if c.Given.Has("link") {
				if x.Link, err = deeds.ReadLink("link", c.Given.Text("link")); err != nil {
					return chat.Outcome{}, err
				}
			}
			for _, s := range []State{Suggested, Approved} {
				all, err := communitiesIn(tx, s)
				if err != nil {
					return chat.Outcome{}, err
				}
				for _, y := range all {
					if strings.EqualFold(x.Name, y.Name) {
						return chat.Outcome{}, deeds.RefuseField("name", "A community called **%s** is here already. /directory communities shows those that are listed.", chat.Plain(y.Name))
					}
				}
			}
			if err := Communities.Put(tx, x.ID, x); err != nil {
				return chat.Outcome{}, err
			}
			if err := tellBoard(tx, offeredKind, string(x.ID), "", x.Workspace, x.By, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			text := "Offered: **" + chat.Plain(x.Name) + "**. Somebody of the board looks at how people meet in it, and I tell you what came of it."
			if all, err := others(tx, x.Workspace, x.By); err != nil {
				return chat.Outcome{}, err
			} else if len(all) == 0 {
				text = "Offered: **" + chat.Plain(x.Name) + "**. Nobody is on the board yet who could look at it. An administrator of this workspace can appoint people with /directory appoint; your offer waits for them."
			}
			return chat.Say(text, chat.Button{Label: "See it", Command: communityPath, Record: string(x.ID)}), nil
		},
	}
}

func communitiesDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: communitiesPath, Summary: "Communities of practice that you can join", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := Listed(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{
				Text: "**Communities of practice**", Note: "Groups whose people learn from each other, listed after somebody looked at how they meet. For trainings, /directory find.",
			}
			if len(all) == 0 {
				m.Text = "No community of practice is listed yet. If you are in one, or know one, you can offer it."
			}
			for n, x := range all {
				if n == 2*mostListed {
					m.Text += "\n\nThere are more; /directory join takes a name."
					break
				}
				m.Text += fmt.Sprintf("\n\n**%d. %s**\n\n%s", n+1, chat.Plain(x.Name), quote(chat.Short(x.About, 200)))
				m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Open "+x.Name, 70), Command: communityPath, Record: string(x.ID)})
			}
			m.Buttons = append(m.Buttons, chat.Button{Label: "Offer one", Command: offerPath})
			return chat.Answering(m), nil
		},
	}
}

// joinDeed says how to join a community: one that is here by the group's own button.
func joinDeed() deeds.Deed {
	field := chat.Field{Name: "community", Label: "Which community", Kind: chat.Text, Max: 120, Example: "Friday facilitators"}
	meant := func(tx store.Tx, c deeds.Call) (Community, *chat.Form, error) {
		if c.Record != "" {
			x, err := community(tx, c)
			return x, nil, err
		}
		all, err := Listed(tx)
		if err != nil {
			return Community{}, nil, err
		}
		if len(all) == 0 {
			return Community{}, nil, &deeds.Error{
				Code: deeds.NotFound, Say: "No community of practice is listed yet. If you are in one, or know one, you can offer it.",
				Buttons: []chat.Button{{Label: "Offer one", Command: offerPath}},
			}
		}
		return deeds.Picking[Community]{
			Field: field, Title: "Join a community", Note: "You see first how to join; nobody is told yet.",
			Option: func(x Community) (string, string) { return string(x.ID), x.Name },
			Has:    func(x Community, words string) bool { return contains(x.Name+" "+x.About, words) },
			None:   "No community with “%s” is listed. /directory communities shows those that are.",
		}.Among(all, c.Given.Text(field.Name))
	}
	return deeds.Deed{
		Command: chat.Command{Path: joinPath, Summary: "Join a community of practice", Role: chat.Anyone, Fields: []chat.Field{field}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			_, form, err := meant(tx, c)
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, form, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if form != nil {
				return chat.Asking(*form), nil
			}
			if x.State != Approved {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "**%s** is not listed just now. /directory communities shows those that are.", chat.Plain(x.Name))
			}
			g, runs, err := x.group(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !runs {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "**%s** has ended. /directory communities shows those that go on.", chat.Plain(x.Name))
			}
			if x.Cohort == "" {
				text := "**" + chat.Plain(x.Name) + "** meets elsewhere. This is how to join:\n\n" + chat.Quote(x.How)
				if x.Link != "" {
					text += "\n\n" + chat.Plain(x.Link)
				}
				out := chat.Say(text)
				out.Reply.Note = "I tell nobody that you asked."
				return out, nil
			}
			if _, in, err := cohorts.MemberOf(tx, g.ID, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if in {
				return chat.Say("You are in **" + chat.Plain(x.Name) + "** already. It meets in " + chat.InChannel(g.Place) + "."), nil
			}
			out := chat.Say("**"+chat.Plain(x.Name)+"** meets in "+chat.InChannel(g.Place)+".", chat.Button{Label: "Join", Command: "cohort join", Record: string(g.ID), Main: true})
			out.Reply.Note = "When you join, its facilitators see it."
			return out, nil
		},
	}
}

// community gives the community that a button is about.
func community(tx store.Tx, c deeds.Call) (Community, error) {
	x, there, err := Communities.Find(tx, CommunityID(c.Record))
	if err == nil && !there {
		err = &deeds.Error{
			Code: deeds.NotFound, Say: "This community is not in the directory any more.",
			Buttons: []chat.Button{{Label: "Communities", Command: communitiesPath, Main: true}},
		}
	}
	return x, err
}

func (x Community) about() string {
	text := "**" + chat.Plain(x.Name) + "**\n\n" + quote(x.About)
	if x.How != "" && x.Cohort == "" {
		text += "\n\nHow to join:\n\n" + chat.Quote(x.How)
	}
	if x.Link != "" {
		text += "\n\n" + chat.Plain(x.Link)
	}
	return text
}

// communityDeed shows a community with the whole record of how it was looked at.
func communityDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: communityPath, Summary: "A community of practice, and what was found of it", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := community(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			may, err := mayDecide(tx, x.Workspace, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			notes, err := x.notes(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !may && x.By != c.Person.ID && !everListed(notes) {
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "This community is not listed. /directory communities shows those that are.")
			}
			who, err := nameOf(tx, x.By)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: x.about(), Note: "A community of practice. Its record is readable for everybody who can see it here."}
			m.Text += "\n\n" + who + " offered it, " + day(x.At, c.Zone) + "."
			for _, n := range notes {
				words, err := n.words(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n\n" + words
			}
			_, runs, err := x.group(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			switch {
			case x.State == Suggested:
				m.Text += " Nobody has looked at it yet."
			case x.State == Retired:
				words, err := x.retiredWords(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n\n" + words
			case !runs:
				m.Text += "\n\nThis group has ended."
			case x.State == Approved:
				m.Buttons = append(m.Buttons, chat.Button{Label: "Join", Command: joinPath, Record: string(x.ID), Main: true})
			}
			if may && x.By != c.Person.ID && x.State != Retired {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Look at it anew", Command: considerPath, Record: string(x.ID)})
			}
			if x.State == Suggested || x.State == Approved && (may || x.By == c.Person.ID) {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Take it off the list", Command: unlistPath, Record: string(x.ID)})
			}
			return chat.Answering(m), nil
		},
	}
}

func everListed(notes []Consideration) bool {
	for _, n := range notes {
		if n.Lists {
			return true
		}
	}
	return false
}

// considered are the four things that somebody looks at.
var considered = []struct {
	name, label, hint string
	of                func(*Consideration) *string
}{
	{"design", "A democratic design", "Who decides what the group does, and how?", func(n *Consideration) *string { return &n.Design }},
	{"knowledge", "Everyone has knowledge to share", "How does that show when they meet?", func(n *Consideration) *string { return &n.Knowledge }},
	{"learning", "Everyone has learning to do", "Whoever leads it included: how does that show?", func(n *Consideration) *string { return &n.Learning }},
	{"ways", "Many identities and ways of knowing", "How are they welcome, and part of what is done?", func(n *Consideration) *string { return &n.Ways }},
}

func (n Consideration) words(tx store.Tx, c deeds.Call) (string, error) {
	who, err := nameOf(tx, n.By)
	verdict := "would not list it for now"
	if n.Lists {
		verdict = "listed it"
	}
	text := "**" + who + " " + verdict + "**, " + day(n.At, c.Zone) + "."
	for _, x := range considered {
		text += "\n\n" + x.label + ":\n\n" + quote(*x.of(&n))
	}
	return text, err
}

// considerDeed looks at how people meet in a community, and lists it or not. The
// notes stay.
func considerDeed() deeds.Deed {
	fields := []chat.Field{}
	for _, x := range considered {
		fields = append(fields, chat.Field{Name: x.name, Label: x.label, Kind: chat.LongText, Required: true, Max: 800, Hint: x.hint})
	}
	fields = append(fields, chat.Field{Name: "verdict", Label: "List it?", Kind: chat.Choice, Required: true, Options: []chat.Option{
		{Value: "yes", Label: "Yes, list it"}, {Value: "no", Label: "Not for now"},
	}})
	may := func(tx store.Tx, c deeds.Call) (Community, error) {
		x, err := community(tx, c)
		switch {
		case err != nil:
			return x, err
		case x.By == c.Person.ID:
			return x, deeds.Refuse(deeds.Conflict, "You offered this one, so somebody else on the board looks at it.")
		case x.State == Retired:
			return x, deeds.Refuse(deeds.Conflict, "This community is no longer listed. /directory offer brings it back as a new one.")
		}
		return x, err
	}
	return deeds.Deed{
		Command: chat.Command{Path: considerPath, Summary: "Look at how people meet in a community", Role: chat.Reviewer, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			x, err := may(tx, c)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "A community of practice", Submit: "Go on", Record: string(x.ID), Fields: fields, Intro: x.about(),
				Note: "Everybody who can see the community can read your notes, with your name. They stay.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := may(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			n := Consideration{ID: c.ID, Community: x.ID, By: c.Person.ID, At: c.Now, Lists: c.Given.Text("verdict") == "yes"}
			for _, y := range considered {
				*y.of(&n) = c.Given.Text(y.name)
			}
			x.State = Declined
			if n.Lists {
				x.State = Approved
			}
			if !c.Sure {
				text, button := "**"+chat.Plain(x.Name)+"** is then listed: everybody here can find it and read your notes.", "List it"
				if !n.Lists {
					text, button = "**"+chat.Plain(x.Name)+"** is then not listed. Whoever offered it is told, and reads your notes.", "Leave it unlisted"
				}
				return deeds.Confirm(text, button), nil
			}
			return chat.Say("Done. **"+chat.Plain(x.Name)+"**: your notes are in its record, and whoever offered it is told.", chat.Button{Label: "See it", Command: communityPath, Record: string(x.ID)}),
				errors.Join(Communities.Put(tx, x.ID, x), Considerations.Put(tx, n.ID, n), touchKinds(tx, string(x.ID), offeredKind), tellOn(tx, listedKind, string(x.ID), c.ID, x.By, c.Now))
		},
	}
}

// retiredWords says who took a community off the list, and why.
func (x Community) retiredWords(tx store.Tx, c deeds.Call) (string, error) {
	if x.Retired.IsZero() {
		return "It is no longer listed.", nil
	}
	who, err := nameOf(tx, x.RetiredBy)
	text := "**" + who + " took it off the list**, " + day(x.Retired, c.Zone) + "."
	if x.Why != "" {
		text += "\n\n" + chat.Quote(x.Why)
	}
	return text, err
}

// unlistDeed takes a community off the list, and deletes one that was never on it.
func unlistDeed() deeds.Deed {
	fields := []chat.Field{{Name: "why", Label: "Why", Kind: chat.LongText, Required: true, Max: 500, Example: "It meets no more"}}
	// may gives the community, and what was found of it.
	may := func(tx store.Tx, c deeds.Call) (Community, []Consideration, error) {
		x, err := community(tx, c)
		if err != nil {
			return x, nil, err
		}
		if may, err := mayDecide(tx, x.Workspace, c.Person.ID); err != nil {
			return x, nil, err
		} else if !may && x.By != c.Person.ID {
			return x, nil, deeds.Refuse(deeds.Forbidden, "Whoever offered a community can take it off the list, and the board. Ask one of them.")
		}
		notes, err := x.notes(tx)
		return x, notes, err
	}
	return deeds.Deed{
		Command: chat.Command{Path: unlistPath, Summary: "Take a community off the list", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			x, notes, err := may(tx, c)
			if err != nil || len(notes) == 0 || x.State == Retired {
				return nil, err
			}
			return &chat.Form{
				Title: "Take it off the list", Submit: "Go on", Record: string(x.ID), Fields: fields,
				Intro: "**" + chat.Plain(x.Name) + "** is then found no more. Nothing changes for the group itself, and what was found of it stays in its record.",
				Note:  "Everybody who can see the community can read why, with your name.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, notes, err := may(tx, c)
			switch {
			case err != nil:
				return chat.Outcome{}, err
			case x.State == Retired:
				return chat.Say("It is off the list already."), nil
			case len(notes) == 0 && !c.Sure:
				return deeds.Confirm("The offer of **"+chat.Plain(x.Name)+"** is deleted. Nobody but the board has seen it.", "Take it off the list"), nil
			case len(notes) == 0:
				return chat.Say("Taken back. Nothing of it is left here."), errors.Join(Communities.Delete(tx, x.ID), touchKinds(tx, string(x.ID), offeredKind))
			case !c.Sure:
				return deeds.Confirm("**"+chat.Plain(x.Name)+"** is taken off the list:\n\n"+chat.Quote(c.Given.Text("why")), "Take it off the list"), nil
			}
			x.State, x.Retired, x.RetiredBy, x.Why = Retired, c.Now, c.Person.ID, c.Given.Text("why")
			err = Communities.Put(tx, x.ID, x)
			if err == nil && x.By != c.Person.ID {
				err = tellOn(tx, listedKind, string(x.ID), c.ID, x.By, c.Now)
			}
			return chat.Say("Taken off the list.", chat.Button{Label: "See its record", Command: communityPath, Record: string(x.ID)}), err
		},
	}
}
