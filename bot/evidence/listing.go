package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// whichField says which of one's own things is meant, where no button did.
var whichField = chat.Field{Name: "which", Label: "Which of what you keep", Kind: chat.Text, Max: 100, Example: "harbour hui", Hint: "Some words of it, or its number in /evidence list"}

// which gives the item that somebody means: of the button, by its number in the
// list, or by words of it; or the form that asks.
func which(tx store.Tx, c deeds.Call, submit string) (Item, *chat.Form, error) {
	if c.Record != "" {
		i, err := own(tx, c)
		return i, nil, err
	}
	items, err := Items(tx, c.Person.ID)
	if err != nil {
		return Item{}, nil, err
	}
	if len(items) == 0 {
		return Item{}, nil, nothingKept()
	}
	typed := strings.TrimSpace(c.Given.Text(whichField.Name))
	if i := slices.IndexFunc(items, func(i Item) bool { return string(i.ID) == typed }); i >= 0 {
		return items[i], nil, nil
	}
	if n, err := strconv.Atoi(typed); err == nil && n >= 1 && n <= len(items) {
		return items[n-1], nil, nil
	}
	found := slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return !i.says(typed) })
	form := chat.Form{Title: "Which one", Fields: []chat.Field{whichField}, Submit: submit, Note: "Only you see this."}
	switch {
	case len(found) == 0:
		return Item{}, nil, deeds.RefuseField(whichField.Name, "You keep nothing with “%s”. Try one word of it, or its number in /evidence list, such as 1.", chat.Plain(typed))
	case len(found) == 1:
		return found[0], nil, nil
	case len(found) > mostShown && typed == "":
		form.Intro = fmt.Sprintf("You keep %d things. Type a word or two of the one that you mean.", len(found))
		return Item{}, &form, nil
	}
	pick := whichField
	pick.Kind, pick.Max, pick.Hint, pick.Required = chat.Choice, 0, "", true
	for _, i := range slices.Backward(found[max(0, len(found)-mostShown):]) {
		pick.Options = append(pick.Options, chat.Option{Value: string(i.ID), Label: chat.Short(i.Name(), 55) + ", " + i.day(c)})
	}
	form.Fields = []chat.Field{pick}
	return Item{}, &form, nil
}

// says tells whether all these words stand in an item.
func (i Item) says(typed string) bool {
	all := []string{i.Title, i.Text, i.Link, i.Note, i.Named, i.What()}
	for _, f := range i.Files {
		all = append(all, f.Name, f.Alt)
	}
	return contains(strings.Join(all, "\n"), typed)
}

func nothingKept() error {
	e := deeds.Refuse(deeds.NotFound, "You keep nothing as evidence yet. /evidence add takes words, a link or a file; on a message, the menu has **Keep as evidence**.")
	e.Buttons = []chat.Button{{Label: "Keep something", Command: "evidence add", Main: true}}
	return e
}

// listed is how many items stand in one list.
const listed = 12

// listDeed shows what somebody keeps.
func listDeed(l Library) deeds.Deed {
	find := chat.Field{Name: "find", Label: "Words to look for", Kind: chat.Text, Max: 100, Example: "harbour"}
	return deeds.Deed{
		Command: chat.Command{Path: "evidence list", Summary: "What you keep as evidence", Role: chat.Anyone, Fields: []chat.Field{find}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			items, err := Items(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			waiting, err := awaited(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(items) == 0 && waiting == "" {
				return chat.Outcome{}, nothingKept()
			}
			var lines []string
			left := 0
			for n, i := range slices.Backward(items) {
				if !i.says(c.Given.Text("find")) {
					continue
				}
				if len(lines) == listed {
					left++
					continue
				}
				lines = append(lines, fmt.Sprintf("%d\\. **%s**, %s, %s", n+1, chat.Plain(chat.Short(i.Name(), 80)), i.What(), i.day(c))+i.state(l))
			}
			text := "**What you keep**, the latest first\n\n" + strings.Join(lines, "\n\n")
			if len(lines) == 0 {
				text = "You keep nothing with those words."
				if !c.Given.Has("find") {
					text = "You keep nothing as evidence yet."
				}
			}
			if left > 0 {
				text += fmt.Sprintf("\n\nAnd %d more: /evidence list and a word or two finds them.", left)
			}
			out := chat.Say(strings.TrimSpace(text+"\n\n"+waiting),
				chat.Button{Label: "Keep something", Command: "evidence add", Main: true},
				chat.Button{Label: "What it covers", Command: "evidence coverage"},
				chat.Button{Label: "Look at one", Command: "evidence show"})
			out.Reply.Note = whoSees
			return out, nil
		},
	}
}

// state says in the list what is still open about an item.
func (i Item) state(l Library) string {
	var open []string
	if len(i.Tags) == 0 {
		open = append(open, "not said yet what it shows")
	} else {
		open = append(open, "shows "+count(len(i.Tags), "thing", "things"))
	}
	for _, f := range i.Files {
		if f.Copy == Failed {
			open = append(open, "a file is not copied")
			break
		}
	}
	if len(i.Unsettled()) > 0 {
		open = append(open, "not said yet who agreed")
	}
	return "  \n" + strings.Join(open, " · ")
}

// awaited says for whose word somebody waits.
func awaited(tx store.Tx, c deeds.Call) (string, error) {
	var names []string
	for row, err := range Table.By(tx, "owner", string(c.Person.ID)) {
		if err != nil {
			return "", err
		}
		if i := row.Value; !i.Kept() && !slices.Contains(names, i.Named) {
			names = append(names, i.Named)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	return "Not answered yet: " + chat.Plain(strings.Join(names, ", ")) + ". Silence is a no, and that is fine.", nil
}

// showDeed shows one item.
func showDeed(l Library) deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence show", Summary: "Look at something that you keep, and change it", Role: chat.Anyone, Fields: []chat.Field{whichField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			_, form, err := which(tx, c, "Show it")
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, form, err := which(tx, c, "Show it")
			if err != nil || form != nil {
				return asked(form), err
			}
			m := itemMessage(i, "")
			if words := l.tagWords(i); words != "" {
				m.Text += "\n\n" + words
			}
			return chat.Answering(m), nil
		},
	}
}

// tagWords says what an item shows.
func (l Library) tagWords(i Item) string {
	var lines []string
	for _, t := range i.Tags {
		f, ok := l.Framework(t.Framework)
		item, there := f.Find(t.Item)
		if !ok || !there {
			continue // of a framework that is no longer configured
		}
		lines = append(lines, "- "+chat.Plain(label(item, 200)))
	}
	if len(lines) == 0 {
		return ""
	}
	return "You say that it shows:\n\n" + strings.Join(lines, "\n")
}
