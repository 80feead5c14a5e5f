package attestations

import (
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

var (
	learnerField = chat.Field{Name: "for", Label: "For whom", Kind: chat.Person, Others: true, Required: true, Example: "@ana", Hint: "Who asked for the words. They know that you write them down."}
	wordsField   = chat.Field{Name: "who", Label: "Who said the words", Kind: chat.Text, Required: true, Max: 80, Example: "Mere", Hint: "Their name, as whoever asked them wrote it"}
	whichField   = chat.Field{Name: "which", Label: "Whose words", Kind: chat.Choice, Required: true}
	howField     = chat.Field{Name: "how", Label: "How they came", Kind: chat.Choice, Required: true, Options: []chat.Option{
		{Value: string(OnPaper), Label: "On paper, and I copy them"}, {Value: string(ByPhone), Label: "In a call or in person, and I write them down"},
	}}
)

// recordDeed writes down what somebody outside said on paper or in a call. Never by
// the learner, and only what the learner asked for: nobody is given words behind
// their back.
func (f feature) recordDeed() deeds.Deed {
	form := func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		learner, open, err := f.recordable(tx, c)
		if err != nil {
			return nil, err
		}
		field := whichField
		for _, r := range open[:min(len(open), 25)] {
			field.Options = append(field.Options, chat.Option{Value: string(r.ID), Label: short(r.Name+": "+oneLine(r.About), 75)})
		}
		filled := chat.Answers{}
		if len(open) == 1 {
			filled["which"] = chat.Given(field.Options[0].Value)
		}
		framework, err := f.criteria(tx, open[0])
		if err != nil {
			return nil, err
		}
		name := chat.Plain(learner.Name)
		return &chat.Form{
			Title: "Write it down", Submit: "Keep it", Filled: filled,
			Intro:  "What somebody said about **" + name + "**'s work, in their words. Read it back to them before you keep it, and ask them yourself who may see it.",
			Fields: append([]chat.Field{field, howField}, giveFields(open[0], learner.Name, framework.Covering(frameworksDo), false, false)...),
			Note:   name + " reads this with their name and yours, and so does an assessor if it is handed in with a portfolio. It says that you wrote it down.",
		}, nil
	}
	return deeds.Deed{
		Command: chat.Command{
			Path: recordPath, Summary: "Write down what somebody said of another's work on paper or by phone", Role: chat.Anyone,
			Fields: []chat.Field{learnerField, wordsField},
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			missing := slices.DeleteFunc([]chat.Field{learnerField, wordsField}, func(f chat.Field) bool { return c.Given.Has(f.Name) })
			if len(missing) > 0 {
				return &chat.Form{Title: "Write it down", Fields: missing, Submit: "Go on", Note: "Nothing is kept or told before the next page."}, nil
			}
			return form(tx, c)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if !c.Given.Has("how") {
				next, err := form(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				return chat.Asking(*next), nil
			}
			learner, open, err := f.recordable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			i := slices.IndexFunc(open, func(r Request) bool { return string(r.ID) == c.Given.Text("which") })
			if i < 0 {
				return chat.Outcome{}, deeds.RefuseField("which", "That is not open any more. Choose another, or let %s ask again.", chat.Plain(learner.Name))
			}
			r := open[i]
			content, err := read(c, Content{}, false)
			if err != nil {
				return chat.Outcome{}, err
			}
			framework, err := f.criteria(tx, r)
			if err != nil {
				return chat.Outcome{}, err
			}
			content.ID, content.Learner, content.Writer, content.Role, content.About, content.Framework = r.ID, learner.Name, r.Name, r.Role, r.About, framework.ID
			content.Reached, content.Recorder = Reached(c.Given.Text("how")), c.Person.Name
			a := Attestation{ID: r.ID, Learner: r.Learner, Writer: c.Person.ID, Portfolio: r.Portfolio, Slot: r.Slot, Given: c.Now.UTC(), Content: content}
			if err := f.give(tx, r, a, WasGiven, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Kept, as **"+chat.Plain(r.Name)+"**'s words written down by you. "+chat.Plain(learner.Name)+" is told. If they want it back, you can do that for them here.", writerButtons(a, c.Now)...), nil
		},
	}
}

// recordable gives the learner whom somebody named, and what they asked somebody of
// the given name outside for that is still open. Whom else they asked is nobody's to
// see: it is the same refusal whether there is anybody or not.
func (f feature) recordable(tx store.Tx, c deeds.Call) (people.Person, []Request, error) {
	learner := c.Given["for"].Person
	if learner.ID == c.Person.ID {
		return learner, nil, deeds.RefuseField("for", "These would be words about your own work. Somebody else has to write them down: ask a facilitator, or anybody here whom you trust with it.")
	}
	open, err := openOf(tx, learner.ID)
	open = slices.DeleteFunc(open, func(r Request) bool { return !r.Outside() || !called(r.Name, c.Given.Text("who")) })
	if err == nil && len(open) == 0 {
		err = deeds.RefuseField("who", "%s has asked nobody outside by this name for words that are still open. They can tell you how they wrote it, or begin with /attest ask.", chat.Plain(learner.Name))
	}
	return learner, open, err
}

// called tells whether somebody means the bearer of a name: by all of it, or by one of
// its words.
func called(name, typed string) bool {
	return people.SameName(name, typed) ||
		slices.ContainsFunc(strings.Fields(name), func(word string) bool { return people.SameName(word, typed) })
}

// readDeed shows the learner what came.
func (f feature) readDeed() deeds.Deed {
	which := chat.Field{Name: "which", Label: "Whose words", Kind: chat.Choice, Required: true}
	return deeds.Deed{
		Command: chat.Command{Path: readPath, Summary: "Read what people said about your work", Role: chat.Anyone},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Record != "" {
				return nil, nil
			}
			all, err := Of(tx, c.Person.ID)
			if err != nil {
				return nil, err
			}
			if len(all) == 0 {
				return nil, deeds.Refuse(deeds.NotFound, "Nobody has said anything yet. /attest track shows whom you asked, and /attest ask asks somebody.")
			}
			field := which
			for _, a := range all[max(0, len(all)-25):] {
				field.Options = append(field.Options, chat.Option{Value: string(a.ID), Label: short(a.Content.Writer+": "+oneLine(a.Content.About), 75)})
			}
			return &chat.Form{Title: "What people said", Fields: []chat.Field{field}, Submit: "Read it", Note: "Only you see this."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if c.Record == "" {
				c.Record = c.Given.Text("which")
			}
			r, err := ofLearner(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.State != Given {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "There is nothing to read here. %s", stateWords(r, c.Zone, c.Now))
			}
			a, err := Table.Get(tx, r.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			framework, err := f.criteria(tx, r)
			if err != nil {
				return chat.Outcome{}, err
			}
			text := "**" + chat.Plain(a.Content.Writer) + "**, " + strings.Replace(roleThen(r.Role), "their", "your", 1) + ", on " + day(a.Given, c.Zone, c.Now) + ", about " + oneLine(chat.Plain(strings.TrimRight(r.About, ". "))) + "\n\n" + said(a.Content, false)
			var ticked []string
			for _, id := range a.Content.Criteria {
				if item, ok := framework.Find(id); ok {
					ticked = append(ticked, "- "+chat.Plain(item.Text))
				}
			}
			if len(ticked) > 0 {
				text += "\n\nThey saw:\n\n" + strings.Join(ticked, "\n")
			}
			return chat.Answering(chat.Message{Text: text, Note: a.Content.Known() + " " + allowed(a.Content, "You", "you")}), nil
		},
	}
}
