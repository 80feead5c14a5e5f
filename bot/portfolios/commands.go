package portfolios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// own gives the portfolio of a call, which is the person's own: the one of the
// record, or the only one they have.
func (f feature) own(tx store.Tx, c deeds.Call) (Portfolio, error) {
	if c.Record != "" {
		p, ok, err := Get(tx, ID(c.Record))
		if err != nil {
			return p, err
		}
		if !ok || p.Owner != c.Person.ID { // whether it exists is nobody's business
			return p, deeds.Refuse(deeds.NotFound, "You have no such portfolio. /portfolio open shows yours.")
		}
		return p, nil
	}
	all, err := Of(tx, c.Person.ID)
	switch {
	case err != nil:
		return Portfolio{}, err
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return Portfolio{}, &deeds.Error{
			Code: deeds.NotFound, Say: "You have no portfolio yet. Starting one takes a moment, and nobody is told.",
			Buttons: []chat.Button{{Label: "Start a portfolio", Command: "portfolio start", Main: true}},
		}
	}
	e := deeds.Refuse(deeds.Conflict, "You have %d portfolios. Which one is this about?", len(all))
	for _, p := range all[:min(len(all), chat.MaxButtons)] {
		e.Buttons = append(e.Buttons, chat.Button{Label: chat.Short(f.titleOf(all, p, c.Zone), 70), Command: f.pathOf(c), Record: string(p.ID)})
	}
	if f.pathOf(c) == openPath && len(e.Buttons) < chat.MaxButtons {
		e.Buttons = append(e.Buttons, chat.Button{Label: "See them side by side", Command: allPath})
	}
	return Portfolio{}, e
}

// owned is a deed about the portfolio of whoever does it: where they have several, they
// are asked which, and come back to path.
func (f feature) owned(path string, run func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error)) func(store.Tx, deeds.Call) (chat.Outcome, error) {
	return func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		c.Path = path
		p, err := f.own(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		return run(tx, c, p)
	}
}

// onPage tells whether somebody came by a link: the bot let them in for the record
// of that link alone.
func onPage(c deeds.Call) bool { return c.Profile.User.Workspace == links.Guests }

func (f feature) pathOf(c deeds.Call) string {
	if c.Path != "" && c.Path != deeds.ConfirmPath && c.Path != deeds.ChangePath {
		return c.Path
	}
	return openPath
}

// titleOf tells portfolios of one title apart by the day on which they were begun
// where their owner lives, or by the hour where that is the same.
func (f feature) titleOf(all []Portfolio, p Portfolio, zone schedules.Zone) string {
	begun, others := "", false
	for _, other := range all {
		if other.ID == p.ID || other.Asks.Title != p.Asks.Title {
			continue
		}
		at, its := p.Made.In(zone.Location()), other.Made.In(zone.Location())
		if !others {
			begun, others = at.Format("2 January 2006"), true
		}
		if schedules.DateOf(at) == schedules.DateOf(its) {
			begun = at.Format("2 January 2006, 15:04")
		}
	}
	if !others {
		return p.Asks.Title
	}
	return p.Asks.Title + ", begun " + begun
}

const (
	openPath  = "portfolio open"
	writePath = "portfolio write"
)

func (f feature) startDeed() deeds.Deed {
	alone := chat.Option{Value: "alone", Label: "On my own, without a group"}
	groups := func(tx store.Tx, c deeds.Call) ([]chat.Option, string, error) {
		own, err := cohorts.Of(tx, c.Person.ID)
		options, here := []chat.Option{alone}, alone.Value
		for _, x := range own {
			options = append(options, chat.Option{Value: string(x.ID), Label: chat.Short(x.Name, 75)})
			if x.Place.Root() == c.At.Root() {
				here = string(x.ID)
			}
		}
		return options, here, err
	}
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio start", Summary: "Start a portfolio, with a group or on your own", Role: chat.Anyone, Fields: []chat.Field{
			{Name: "programme", Label: "What it is for", Kind: chat.Text, Example: "facilitation-credential"},
			{Name: "group", Label: "With which group", Kind: chat.Text, Hint: "Its facilitators then see whether you have submitted, and nothing that you write", Example: "alone"},
		}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			form := chat.Form{Title: "Start a portfolio", Submit: "Start it", Note: "Only you see what you put in it, until you submit it."}
			if len(f.Library.Programmes) > 1 && !c.Given.Has("programme") {
				field := chat.Field{Name: "programme", Label: "What it is for", Kind: chat.Choice, Required: true}
				for _, p := range f.Library.Programmes[:min(len(f.Library.Programmes), 25)] {
					field.Options = append(field.Options, chat.Option{Value: p.ID, Label: chat.Short(p.Portfolio.Title, 75)})
				}
				form.Fields = append(form.Fields, field)
			}
			if options, here, err := groups(tx, c); err != nil {
				return nil, err
			} else if len(options) > 1 && !c.Given.Has("group") {
				form.Fields = append(form.Fields, chat.Field{
					Name: "group", Label: "With which group", Kind: chat.Choice, Required: true, Options: options,
					Hint: "Its facilitators then see whether you have submitted, and nothing that you write",
				})
				form.Filled = chat.Answers{"group": chat.Given(here)}
			}
			if len(form.Fields) == 0 {
				return nil, nil
			}
			return &form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := f.programmeNamed(c.Given.Text("programme"))
			if err != nil {
				return chat.Outcome{}, err
			}
			options, _, err := groups(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			var cohort cohorts.ID
			if group := c.Given.Text("group"); group != "" && group != alone.Value {
				i := slices.IndexFunc(options[1:], func(o chat.Option) bool { return o.Value == group || strings.EqualFold(o.Label, group) })
				if i < 0 {
					return chat.Outcome{}, deeds.RefuseField("group", "You are in no group called “%s”. Say alone to start without one.", chat.Plain(group))
				}
				cohort = cohorts.ID(options[1+i].Value)
			}
			return f.start(tx, c, x, cohort)
		},
	}
}

// start begins a portfolio for whoever calls, with a group or without.
func (f feature) start(tx store.Tx, c deeds.Call, x programmes.Programme, cohort cohorts.ID) (chat.Outcome, error) {
	p := Portfolio{
		ID: ID(c.ID), Owner: c.Person.ID, Workspace: c.Profile.User.Workspace, Programme: x.ID, Asks: x.Portfolio, Made: c.Now, Cohort: cohort,
	}
	before, err := Of(tx, p.Owner)
	if err != nil {
		return chat.Outcome{}, err
	}
	if slices.ContainsFunc(before, func(o Portfolio) bool { return o.Programme == p.Programme }) && !c.Sure {
		return deeds.Confirm("You have a portfolio for **"+chat.Plain(p.Asks.Title)+"** already. This starts another one beside it, about other work; the first stays as it is.", "Start another"), nil
	}
	if err := evidence.Aim(tx, p.Owner, p.Programme, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	if err := (Step{Portfolio: p.ID, At: c.Now, What: WasStarted, By: c.Person.ID}).keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	if err := p.keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	m, err := f.openMessage(tx, p, c)
	m.Text = "**Your portfolio is started.** Begin wherever you like, and go on whenever you have ten minutes.\n\n" + m.Text
	return chat.Answering(m), err
}

// programmeNamed gives the programme that somebody chose or typed; the only one
// where they said nothing.
func (f feature) programmeNamed(name string) (programmes.Programme, error) {
	all := f.Library.Programmes
	if name == "" && len(all) == 1 {
		return all[0], nil
	}
	i := slices.IndexFunc(all, func(p programmes.Programme) bool {
		return strings.EqualFold(p.ID, name) || strings.EqualFold(p.Title, name) || strings.EqualFold(p.Portfolio.Title, name)
	})
	if i < 0 {
		var ids []string
		for _, p := range all {
			ids = append(ids, p.ID)
		}
		return programmes.Programme{}, deeds.RefuseField("programme", "No programme called “%s” leads to a portfolio here. There are: %s.", chat.Plain(name), strings.Join(ids, ", "))
	}
	return all[i], nil
}

func (f feature) openDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: openPath, Summary: "Your portfolio, part by part, and what is missing", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := f.openMessage(tx, p, c)
			return chat.Answering(m), err
		},
	}
}

// inChat is how many characters of a text can stand in a form of a chat.
const inChat = 2900

// partMeant gives the written part that a call is about, from the button or as it
// was typed.
func partMeant(p Portfolio, c deeds.Call) (programmes.Part, error) {
	name := c.Choice
	if name == "" {
		name = c.Given.Text("part")
	}
	e := deeds.Refuse(deeds.NotFound, "Which part? Press one.")
	for _, part := range p.Asks.Parts {
		if part.Holds != programmes.HoldsText {
			continue
		}
		if name != "" && (strings.EqualFold(part.ID, name) || strings.EqualFold(part.Title, name)) {
			return part, nil
		}
		e.Buttons = append(e.Buttons, chat.Button{Label: chat.Short(part.Title, 70), Command: c.Path, Record: string(p.ID), Choice: part.ID})
	}
	if name != "" {
		e.Say = "“" + chat.Plain(name) + "” is no part that is written. These are:"
	}
	if len(e.Buttons) == 0 {
		e.Say = "Nothing is written in this portfolio: it holds what others said, and documents."
	}
	return programmes.Part{}, e
}

var writeFields = []chat.Field{
	{Name: "part", Label: "Which part", Kind: chat.Text, Example: "background"},
	{Name: "text", Label: "What you write", Kind: chat.LongText},
}

func (f feature) writeDeed(path, summary string, adds bool) deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: path, Summary: summary, Role: chat.Anyone, Fields: writeFields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			c.Path = path
			p, err := f.own(tx, c)
			if err != nil {
				return nil, err
			}
			part, err := partMeant(p, c)
			if err != nil || c.Given.Has("text") {
				return nil, err
			}
			return f.writeForm(tx, p, part, adds)
		},
		Run: f.owned(path, func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			part, err := partMeant(p, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			return f.written(tx, c, p, part, adds)
		}),
	}
}

// writeForm asks for the text of a part. What is longer than a form of a chat is
// added to.
func (f feature) writeForm(tx store.Tx, p Portfolio, part programmes.Part, adds bool) (*chat.Form, error) {
	t, err := TextOf(tx, p.ID, part.ID)
	form := chat.Form{
		Title: part.Title, Intro: chat.Plain(part.Ask), Submit: "Keep it", Record: string(p.ID),
		Fields: []chat.Field{{Name: "text", Label: "What you write", Kind: chat.LongText, Required: true}},
		Note:   "Only you read this until you submit the portfolio; then its assessor does. Earlier versions are kept for you.",
	}
	switch {
	case adds, utf8.RuneCountInString(t.Text) > inChat:
		form.Fields[0].Name, form.Fields[0].Label = addedField, "What you add"
		if n := len(strings.Fields(t.Text)); n > 0 {
			form.Intro = strings.TrimSpace(fmt.Sprintf("%s\n\n%s there already; this goes below them.", form.Intro, plural(n, "word stands", "words stand")))
			if !adds && f.Pages != "" {
				form.Intro += " To change them, /portfolio page gives you a page with room for all of it."
			}
		}
	case t.Text != "":
		form.Filled = chat.Answers{"text": chat.Given(t.Text)}
	}
	return &form, err
}

// addedField holds what goes below what is there, where all of it does not fit the
// form: what was never shown is never replaced.
const addedField = "added"

// written keeps what was written for a part.
func (f feature) written(tx store.Tx, c deeds.Call, p Portfolio, part programmes.Part, adds bool) (chat.Outcome, error) {
	before, err := TextOf(tx, p.ID, part.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	text, field := c.Given.Text("text"), "text"
	if c.Given.Has(addedField) {
		text, field, adds = c.Given.Text(addedField), addedField, true
	}
	if text == "" {
		return chat.Outcome{}, deeds.RefuseField(field, "There are no words to keep yet. A first sentence is enough to begin with.")
	}
	if adds && before.Text != "" {
		text = before.Text + "\n\n" + text
	}
	if n := utf8.RuneCountInString(text); n > MostText {
		return chat.Outcome{}, deeds.RefuseField(field, "With this the part has %d characters; %d fit. A long document belongs with your papers: /evidence add.", n, MostText)
	}
	t, err := Write(tx, p.ID, part.ID, text, c.Now)
	if err != nil {
		return chat.Outcome{}, err
	}
	say := fmt.Sprintf("Kept. **%s** now has %s. Only you see it until you submit.", chat.Plain(part.Title), plural(len(strings.Fields(t.Text)), "word", "words"))
	if shown, open := c.Shown["text"]; open && !adds && shown.Text() != before.Text {
		say += "\n\nIt had been changed elsewhere while this form was open. What stood there is among the earlier versions, so nothing is lost."
	}
	buttons := []chat.Button{{Label: "Go on writing", Command: "portfolio add", Record: string(p.ID), Choice: part.ID}}
	if next, ok, err := nextPart(tx, p); err != nil {
		return chat.Outcome{}, err
	} else if ok {
		buttons = append([]chat.Button{{Label: chat.Short("Next: "+next.Title, 70), Command: writePath, Record: string(p.ID), Choice: next.ID, Main: true}}, buttons...)
	}
	if t.Changes > 0 {
		buttons = append(buttons, chat.Button{Label: "Earlier versions", Command: "portfolio versions", Record: string(p.ID), Choice: part.ID})
	}
	return chat.Say(say, append(buttons, chat.Button{Label: "See all parts", Command: openPath, Record: string(p.ID)})...), nil
}

// nextPart gives the first written part in which nothing stands; false where there
// is none.
func nextPart(tx store.Tx, p Portfolio) (programmes.Part, bool, error) {
	parts, err := StandingOf(tx, p)
	for _, s := range parts {
		if s.Holds == programmes.HoldsText && !s.Complete() {
			return s.Part, true, err
		}
	}
	return programmes.Part{}, false, err
}

// versionsShown is how many earlier versions can be brought back with a button.
const versionsShown = 5

func (f feature) versionsDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio versions", Summary: "How a part read before", Role: chat.Anyone, Fields: writeFields[:1]},
		Run: f.owned("portfolio versions", func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			part, err := partMeant(p, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			before, err := VersionsOf(tx, p.ID, part.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(before) == 0 {
				return chat.Say("**" + chat.Plain(part.Title) + "** was never changed, so there is no earlier version."), nil
			}
			m := chat.Message{Text: "**" + chat.Plain(part.Title) + "**, how it read before, the latest first:", Note: "Only you see this."}
			for i, v := range slices.Backward(before) {
				if len(before)-i > versionsShown {
					m.Text += fmt.Sprintf("\n\nAnd %d more before that.", i+1)
					break
				}
				m.Text += fmt.Sprintf("\n\n**Version %d**, until %s, %s:\n\n%s", v.Number, day(v.Until, c), plural(len(strings.Fields(v.Text)), "word", "words"), chat.Quote(chat.Short(v.Text, 300)))
				m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Bring back version %d", v.Number), Command: "portfolio restore", Record: string(p.ID), Choice: part.ID + "/" + strconv.Itoa(v.Number)})
			}
			return chat.Answering(m), nil
		}),
	}
}

func (f feature) restoreDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio restore", Summary: "Bring an earlier version of a part back", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			id, number, _ := strings.Cut(c.Choice, "/")
			part, known := p.Part(id)
			before, err := VersionsOf(tx, p.ID, id)
			if err != nil {
				return chat.Outcome{}, err
			}
			i := slices.IndexFunc(before, func(v Version) bool { return strconv.Itoa(v.Number) == number })
			if !known || i < 0 {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "That version is no longer kept. /portfolio versions shows those that are.")
			}
			if _, err := Write(tx, p.ID, id, before[i].Text, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("**"+chat.Plain(part.Title)+"** reads as in version "+number+" again. What stood there until now is a version, too.",
				chat.Button{Label: "Look at it", Command: "portfolio read", Record: string(p.ID), Main: true}), nil
		},
	}
}
