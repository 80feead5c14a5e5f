package evidence

import (
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/store"
)

// sort is one way in which evidence can stand to a framework.
type sort struct {
	name   string // of the field that asks
	covers frameworks.Covers
	label  string
	hint   string
}

// sorts are the ways in which evidence can stand to a framework, each a question of
// its own.
var sorts = []sort{
	{"do", frameworks.Do, "It shows that you do this", "As many as it fits, or none"},
	{"know", frameworks.Know, "It shows that you know this", "As many as it fits, or none"},
	{"lens", frameworks.Lens, "Values that you see in it", "To think with; they are never asked for"},
}

// moreField looks for items that the list has no room for.
var moreField = chat.Field{Name: "more", Label: "Not in the list? Some words of it", Kind: chat.Text, Max: 100, Example: "conflict"}

// tagDeed says what an item is evidence for. Its choice is the id of a framework,
// where it is not the one that somebody looks at now.
func tagDeed(l Library) deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence tag", Summary: "Say what something that you keep shows", Role: chat.Anyone, Fields: []chat.Field{whichField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			i, form, err := which(tx, c, "Go on")
			if err != nil || form != nil {
				return form, err
			}
			f, ok, err := l.looksAt(tx, c)
			if err != nil || !ok {
				return nil, err
			}
			return l.tagForm(f, i), nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, form, err := which(tx, c, "Go on")
			if err != nil || form != nil {
				return asked(form), err
			}
			f, ok, err := l.looksAt(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok {
				form, err := l.aimForm(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				form.Command, form.Record = aimPath, string(i.ID)
				return chat.Asking(*form), nil
			}
			if !tagged(c) {
				return chat.Asking(*l.tagForm(f, i)), nil
			}
			i.Tags = retag(i.Tags, f, c)
			if err := Table.Put(tx, i.ID, i); err != nil {
				return chat.Outcome{}, err
			}
			if words := c.Given.Text(moreField.Name); words != "" {
				return l.search(f, i, words)
			}
			return l.taggedReply(tx, c, f, i)
		},
	}
}

// tagged tells whether the form that asks what an item shows was handed in.
func tagged(c deeds.Call) bool {
	return slices.ContainsFunc(sorts, func(s sort) bool {
		_, shown := c.Shown[s.name]
		return shown
	})
}

// retag puts what was ticked in the place of what was ticked before. What the form
// had no room to show stays as it was.
func retag(tags []Tag, f frameworks.Framework, c deeds.Call) []Tag {
	tags = slices.Clone(tags)
	for _, s := range sorts {
		for _, id := range c.Shown[s.name].Values {
			if !slices.Contains(c.Given[s.name].Choices, id) {
				tags = slices.DeleteFunc(tags, func(t Tag) bool { return t == Tag{f.ID, id} })
			}
		}
		for _, id := range c.Given[s.name].Choices {
			if t := (Tag{f.ID, id}); !slices.Contains(tags, t) {
				tags = append(tags, t)
			}
		}
	}
	return tags
}

// tagForm asks what an item shows.
func (l Library) tagForm(f frameworks.Framework, i Item) *chat.Form {
	form := &chat.Form{
		Title: "What does it show?", Submit: "Keep that", Record: string(i.ID), Filled: chat.Answers{},
		Intro: "**" + chat.Plain(i.Name()) + "**, by **" + chat.Plain(f.Title) + "**.",
		Note:  "You decide; an assessor judges for themselves. " + whoSees,
	}
	if names := l.suggestedNames(i, f.ID); len(names) > 0 {
		form.Intro += "\n\nThose who approved the training say that it addresses:\n\n" + strings.Join(names, "\n")
	}
	guesses := suggest(f, i)
	if len(guesses) > 0 {
		var names []string
		for _, g := range guesses {
			names = append(names, "- "+chat.Plain(label(g, 120)))
		}
		form.Intro += "\n\nGoing by its words alone, it may have to do with:\n\n" + strings.Join(names, "\n") + "\n\nThat is a guess and nothing is ticked for you."
	}
	long := false
	for _, s := range sorts {
		all := f.Covering(s.covers)
		if len(all) == 0 {
			continue
		}
		var ticked []string
		for _, item := range all {
			if i.Has(Tag{f.ID, item.ID}) {
				ticked = append(ticked, item.ID)
			}
		}
		form.Filled[s.name] = chat.Answer{Values: ticked}
		if len(all) > mostShown {
			long = true
			all = first(all, ticked, guesses)
			form.Filled[s.name] = chat.Answer{Values: ticked[:min(len(ticked), mostShown)]}
		}
		form.Fields = append(form.Fields, chat.Field{Name: s.name, Label: s.label, Kind: chat.Choices, Hint: s.hint, Options: options(all)})
	}
	if long {
		form.Fields = append(form.Fields, moreField)
	}
	return form
}

// first gives as many items as a list has room for: those that are ticked, then
// those that were guessed, then the others in their order.
func first(all []frameworks.Item, ticked []string, guesses []frameworks.Item) []frameworks.Item {
	rank := func(i frameworks.Item) int {
		switch {
		case slices.Contains(ticked, i.ID):
			return 0
		case slices.ContainsFunc(guesses, func(g frameworks.Item) bool { return g.ID == i.ID }):
			return 1
		}
		return 2
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b frameworks.Item) int { return rank(a) - rank(b) })
	return sorted[:mostShown]
}

func options(items []frameworks.Item) []chat.Option {
	var all []chat.Option
	for _, item := range items {
		all = append(all, chat.OptionOf(item.ID, label(item, whole)))
	}
	return all
}

// whole is longer than any text of a framework.
const whole = 1100

// label names an item of a framework as its publisher does.
func label(item frameworks.Item, n int) string {
	if item.Code == "" {
		return chat.Short(item.Text, n)
	}
	return chat.Short(item.Code+" "+item.Text, n)
}

// looksAt gives the framework that a call is about: of its choice, or of the
// programme that somebody looks at now. False where they have not said any.
func (l Library) looksAt(tx store.Tx, c deeds.Call) (frameworks.Framework, bool, error) {
	if f, ok := l.Framework(c.Choice); ok {
		return f, true, nil
	}
	aims, err := l.AimsOf(tx, c.Person.ID)
	if err != nil {
		return frameworks.Framework{}, false, err
	}
	for _, p := range aims {
		if f, ok := l.Framework(p.Portfolio.Framework); ok {
			return f, true, nil
		}
	}
	return frameworks.Framework{}, false, nil
}

// taggedReply says what an item shows now.
func (l Library) taggedReply(tx store.Tx, c deeds.Call, f frameworks.Framework, i Item) (chat.Outcome, error) {
	text := "Kept. **" + chat.Plain(i.Name()) + "** shows nothing yet, as far as you said. It stays among what you keep."
	if words := l.tagWords(i); words != "" {
		text = "Kept. **" + chat.Plain(i.Name()) + "**\n\n" + words
	}
	buttons := []chat.Button{
		{Label: "What is covered", Command: "evidence coverage", Choice: f.ID, Main: true},
		{Label: "Change it", Command: "evidence tag", Record: string(i.ID), Choice: f.ID},
	}
	aims, err := l.AimsOf(tx, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, p := range aims {
		if other, ok := l.Framework(p.Portfolio.Framework); ok && other.ID != f.ID {
			buttons = append(buttons, chat.Button{Label: chat.Short("Also by "+other.Title, 40), Command: "evidence tag", Record: string(i.ID), Choice: other.ID})
			break
		}
	}
	return chat.Say(text, buttons...), nil
}

// search offers the items of a framework that have some words in them.
func (l Library) search(f frameworks.Framework, i Item, words string) (chat.Outcome, error) {
	var found []frameworks.Item
	for _, s := range sorts {
		for _, item := range f.Covering(s.covers) {
			if contains(item.Code+" "+item.Text+" "+item.About, words) && !i.Has(Tag{f.ID, item.ID}) {
				found = append(found, item)
			}
		}
	}
	if len(found) == 0 {
		return chat.Outcome{}, deeds.RefuseField(moreField.Name, "%s has nothing more with “%s”. Try one word of what you are looking for.", chat.Plain(f.Title), chat.Plain(words))
	}
	form := chat.Form{
		Title: "What does it show?", Submit: "Keep that", Command: searchPath, Record: string(i.ID) + "/" + f.ID,
		Intro:  "**" + chat.Plain(i.Name()) + "**: what **" + chat.Plain(f.Title) + "** has with “" + chat.Plain(words) + "”.",
		Fields: []chat.Field{{Name: "also", Label: "It also shows", Kind: chat.Choices, Options: options(found[:min(len(found), mostShown)])}},
		Note:   whoSees,
	}
	if len(found) > mostShown {
		form.Intro += " There are more; a longer search finds fewer."
	}
	return chat.Asking(form), nil
}

const searchPath = "evidence also"

// searchDeed takes what was chosen of what a search found.
func searchDeed(l Library) deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: searchPath, Summary: "Add what a search found to what something shows", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			id, framework, _ := strings.Cut(c.Record, "/")
			i, ok, err := Get(tx, c.Person.ID, ID(id))
			if err != nil {
				return chat.Outcome{}, err
			}
			f, known := l.Framework(framework)
			if !ok || !known {
				return chat.Outcome{}, gone()
			}
			for _, id := range c.Given["also"].Choices {
				if t := (Tag{f.ID, id}); !i.Has(t) {
					i.Tags = append(i.Tags, t)
				}
			}
			if err := Table.Put(tx, i.ID, i); err != nil {
				return chat.Outcome{}, err
			}
			return l.taggedReply(tx, c, f, i)
		},
	}
}
