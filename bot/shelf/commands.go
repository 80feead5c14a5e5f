package shelf

import (
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const (
	keepPath   = "shelf keep"
	listPath   = "shelf list"
	removePath = "shelf remove"

	// mine is the choice of one's own shelf.
	mine = "me"
	// most is how much stands on one shelf.
	most = 200
	// shown is how much of a shelf is shown at once.
	shown = 10
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds:    []deeds.Deed{keepDeed(), listDeed(), removeDeed()},
		Tables:   []store.Prepared{Table},
		Holdings: holdings(),
	}
}

// shelves gives the shelves that somebody can put something on, their own first, and
// the one that is meant where they are.
func shelves(tx store.Tx, c deeds.Call) ([]chat.Option, string, error) {
	options, here := []chat.Option{{Value: mine, Label: "My own; only I see it"}}, mine
	groups, err := cohorts.Of(tx, c.Person.ID)
	for _, g := range groups[:min(len(groups), 24)] {
		options = append(options, chat.Option{Value: string(g.ID), Label: chat.Short("The shelf of "+g.Name, 75)})
		if g.Place.Root() == c.At.Root() {
			here = string(g.ID)
		}
	}
	return options, here, err
}

func keepDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "what", Label: "A link, or some words", Kind: chat.Text, Required: true, Max: 1000, Example: "https://example.org/questions-for-a-first-hour"},
		{Name: "use", Label: "What it is good for", Kind: chat.Text, Max: 200, Example: "When nobody wants to begin"},
		{Name: "for", Label: "On which shelf", Kind: chat.Text, Max: 100, Example: mine, Hint: "Yours alone, or that of a group you are in"},
	}
	return deeds.Deed{
		Command: chat.Command{Path: keepPath, Summary: "Keep a link or some words, for yourself or for your group", Role: chat.Anyone, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has("what") && c.Given.Has("for") && c.Path != deeds.ChangePath {
				return nil, nil
			}
			options, here, err := shelves(tx, c)
			form := &chat.Form{
				Title: "Put on a shelf", Submit: "Keep it", Fields: slices.Clone(fields), Filled: chat.Answers{"for": chat.Given(here)},
				Note: "On your own shelf only you see it; on a group's, its members see it, with your name. You can take it away again.",
			}
			form.Fields[0].Kind = chat.LongText
			form.Fields[2] = chat.Field{Name: "for", Label: "On which shelf", Kind: chat.Choice, Required: true, Options: options}
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			options, here, err := shelves(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			which := c.Given.Text("for")
			if which == "" {
				which = here
			}
			i := slices.IndexFunc(options, func(o chat.Option) bool {
				return o.Value == which || strings.EqualFold(o.Label, which) || strings.EqualFold(o.Label, "The shelf of "+which)
			})
			if i < 0 {
				return chat.Outcome{}, deeds.RefuseField("for", "You are in no group called “%s”. Say %s for your own shelf.", chat.Plain(which), mine)
			}
			r := Resource{ID: ID(c.ID), By: c.Person.ID, At: c.Now, Use: c.Given.Text("use"), Words: c.Given.Text("what")}
			if one := len(strings.Fields(r.Words)) == 1 && strings.Contains(strings.Trim(r.Words, ".…"), "."); one {
				if link, err := deeds.ReadLink("what", r.Words); err == nil {
					r.Link, r.Words = link, ""
				}
			}
			where, there := "your own shelf. Only you see it", []Resource(nil)
			if options[i].Value == mine {
				there, err = Own(tx, c.Person.ID)
			} else {
				r.Cohort = cohorts.ID(options[i].Value)
				g, gerr := cohorts.Get(tx, r.Cohort)
				if gerr != nil {
					return chat.Outcome{}, gerr
				}
				where = "the shelf of **" + chat.Plain(g.Name) + "**. Its members see it, with your name"
				there, err = OfGroup(tx, r.Cohort)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(there) >= most {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%d things stand on that shelf, and there is no room for more. /shelf remove takes something away.", len(there))
			}
			if i := slices.IndexFunc(there, func(x Resource) bool { return x.Link == r.Link && x.Words == r.Words }); i >= 0 {
				return chat.Say("That is on "+where+" already.", chat.Button{Label: "See the shelves", Command: listPath}), nil
			}
			return chat.Say("Kept, on "+where+".", chat.Button{Label: "See the shelves", Command: listPath}), Table.Put(tx, r.ID, r)
		},
	}
}

// listDeed shows somebody's own shelf, and those of their groups.
func listDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{
			Path: listPath, Summary: "What is on your shelf, and on your groups'", Role: chat.Anyone,
			Fields: []chat.Field{{Name: "with", Label: "Some words of it", Kind: chat.Text, Max: 100, Example: "first hour"}},
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			typed := c.Given.Text("with")
			own, err := Own(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Note: "Your own shelf is seen by you alone; a group's by its members."}
			add := func(title string, all []Resource, named bool) error {
				all = slices.DeleteFunc(slices.Clone(all), func(r Resource) bool { return !r.contains(typed) })
				if len(all) == 0 {
					return nil
				}
				m.Text += "\n\n**" + title + "**\n"
				for n, r := range all {
					if n == shown {
						m.Text += fmt.Sprintf("\n- and %d more; /shelf list with some words finds them", len(all)-n)
						break
					}
					line, err := r.line(tx, named)
					if err != nil {
						return err
					}
					m.Text += "\n- " + line
				}
				return nil
			}
			if err := add("Your own shelf", own, false); err != nil {
				return chat.Outcome{}, err
			}
			groups, err := cohorts.Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, g := range groups {
				there, err := OfGroup(tx, g.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				if err := add("The shelf of "+chat.Plain(g.Name), there, true); err != nil {
					return chat.Outcome{}, err
				}
			}
			keep := chat.Button{Label: "Put something on it", Command: keepPath, Main: true}
			switch {
			case m.Text == "" && typed != "":
				m.Text = "Nothing on your shelves has “" + chat.Plain(typed) + "”. Try one word of it, or see all of it with /shelf list."
			case m.Text == "":
				m.Text = "Your shelf is empty. It is for what you come back to: a link, a question that works, a line somebody said."
			}
			m.Text = strings.TrimSpace(m.Text)
			m.Buttons = []chat.Button{keep}
			if all, err := removable(tx, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if len(all) > 0 {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Take something away", Command: removePath})
			}
			return chat.Answering(m), nil
		},
	}
}

// text gives what a resource is, in one line.
func (r Resource) text() string {
	return strings.Join(strings.Fields(r.Link+" "+r.Words), " ")
}

func (r Resource) line(tx store.Tx, named bool) (string, error) {
	s := chat.Plain(r.text())
	if r.Use != "" {
		s += " (" + chat.Plain(r.Use) + ")"
	}
	if !named {
		return s, nil
	}
	who, err := nameOf(tx, r.By)
	return s + ", from " + chat.Plain(who), err
}

func removeDeed() deeds.Deed {
	typed := chat.Field{Name: "what", Label: "What to take away", Kind: chat.Text, Max: 100, Example: "first hour", Hint: "Some words of it"}
	meant := func(tx store.Tx, c deeds.Call) (Resource, *chat.Form, error) {
		all, err := removable(tx, c.Person.ID)
		if err != nil {
			return Resource{}, nil, err
		}
		if len(all) == 0 {
			return Resource{}, nil, deeds.Refuse(deeds.NotFound, "There is nothing that you could take away: what others put on a group's shelf is theirs, and the facilitators' to take away.")
		}
		return deeds.Picking[Resource]{
			Field: typed, Title: "Take something away", Note: "You see it once more before it goes.",
			Option: func(r Resource) (string, string) { return string(r.ID), r.text() },
			Has:    func(r Resource, words string) bool { return r.contains(words) },
			None:   "Nothing that you could take away has “%s”. /shelf list shows what is there.",
		}.Among(all, c.Given.Text(typed.Name))
	}
	return deeds.Deed{
		Command: chat.Command{Path: removePath, Summary: "Take something off a shelf", Role: chat.Anyone, Fields: []chat.Field{typed}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			_, form, err := meant(tx, c)
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, form, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if form != nil {
				return chat.Asking(*form), nil
			}
			if !c.Sure {
				return deeds.Confirm("This goes for good:\n\n"+chat.Quote(r.text()), "Take it away"), nil
			}
			return chat.Say("It is gone."), Table.Delete(tx, r.ID)
		},
	}
}
