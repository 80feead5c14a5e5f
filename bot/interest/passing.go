package interest

import (
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

// This file is what they can pass on.

// messageDeed gives words to pass on to those whom nothing can be sent to.
func (f feature) messageDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: messagePath, Summary: "Words with the session for questions, to pass on to those outside", Role: chat.Facilitator, Fields: []chat.Field{programmeField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			id, err := f.meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := In(tx, id)
			if err != nil {
				return chat.Outcome{}, err
			}
			by := map[Way][]string{}
			for _, i := range all {
				if i.State != Waiting || i.Way == Here {
					continue
				}
				name, err := i.name(tx)
				if err != nil {
					return chat.Outcome{}, err
				}
				entry := chat.Plain(i.Address)
				if i.Way != Email {
					entry = chat.Plain(name) + ": " + entry
				}
				by[i.Way] = append(by[i.Way], entry)
			}
			next, err := f.meetings(tx, id, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			words, files, err := f.letter(tx, id, "Hello,", "", c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{
				Text: chat.Plain(words), Files: files, // nothing else, so that it can be copied as it is
				Note: "Words to pass on to all: I send nothing outside. Keep the addresses to yourself; people gave them for this alone.",
			}
			if f.Pages != "" && len(all) > 0 {
				m.Note += "\n\nThis one carries nobody's own link. With “A message for each” people can answer with one press."
				m.Buttons = append(m.Buttons, chat.Button{Label: "A message for each", Command: eachPath, Record: id, Main: len(next) > 0})
			}
			if len(next) == 0 {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Plan a session for questions", Command: sessionPath, Record: id, Main: true})
			}
			for _, w := range []struct {
				way Way
				say string
			}{{Email, "By e-mail, in the line for hidden copies (Bcc)"}, {Phone, "By phone or text"}, {Through, "Through somebody"}} {
				if entries := by[w.way]; len(entries) > 0 {
					m.Note += "\n\n**" + w.say + ":** " + chat.Short(strings.Join(entries, ", "), 800)
				}
			}
			if len(by) == 0 {
				m.Note += "\n\nJust now there is nobody to pass it on to: everybody who waits is here, and is asked by me when a session is planned for them."
			}
			return chat.Answering(m), nil
		},
	}
}

// letter is what a facilitator sends on by whatever means they have: the words, and a
// file with the session for a calendar. link is the page of the one whom it is for;
// empty in one for all, which carries nobody's own.
func (f feature) letter(tx store.Tx, programme, greeting, link string, c deeds.Call) (words string, files []chat.File, err error) {
	p, _ := f.programme(programme)
	next, err := f.meetings(tx, programme, c.Now)
	if err != nil {
		return "", nil, err
	}
	groups, err := open(tx, Interest{Programme: programme})
	if err != nil {
		return "", nil, err
	}
	words = greeting + "\n\nYou registered interest in " + p.Title + "."
	for _, g := range groups {
		words += " A group is open: " + g.Name + ", from " + g.First.Long() + "."
	}
	off, err := f.calledOff(tx, programme, c.Now)
	if err != nil {
		return "", nil, err
	}
	for _, m := range off {
		words += " The session for questions on " + m.When + " is cancelled."
	}
	if len(next) > 0 {
		lead := " There is a session for questions: "
		if next[0].Moved {
			lead = " The session for questions has another time than before: "
		}
		words += lead + next[0].Title + ", " + next[0].When + "."
		if next[0].Where != "" {
			words += "\n\nWhere: " + next[0].Where
		}
		words += "\n\nCome with whatever you would like to know. It commits you to nothing."
		if f.Calendar != nil {
			words += " The file that comes along puts it into your calendar."
			files = []chat.File{{
				Name: "session.ics", Type: "text/calendar; charset=utf-8", Data: f.Calendar(p.Title, []chat.Event{next[0].Event}, c.Now), Alt: next[0].Event.Alt(),
			}}
		}
	} else if len(groups) == 0 {
		yet := "yet"
		if len(off) > 0 {
			yet = "in its place yet"
		}
		words += " No session for questions is planned " + yet + "; you hear of it when one is."
	}
	if link != "" {
		come := ""
		if len(next) > 0 {
			come = "whether you come, and "
		}
		return words + "\n\nThis page is yours alone. There you say with one press " + come + "how you would like to go on, and it tells how to come in. You can change how you are reached there, or take yourself off the list:\n\n" + f.Pages + link + "\n\n" + c.Person.Name, files, nil
	}
	return words + "\n\nWhether you come, and whether it is still for you, you can say on the page whose address you were given, or tell me.\n\n" + c.Person.Name, files, nil
}

// eachDeed shows one message after the other, each for one person with their own link:
// nothing else stands in its text, so that it can be copied on a phone as it is.
func (f feature) eachDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: eachPath, Summary: "A message for each of those outside, one after the other", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := In(tx, c.Record)
			if err != nil {
				return chat.Outcome{}, err
			}
			all = slices.DeleteFunc(all, func(i Interest) bool { return i.State != Waiting || i.Way == Here })
			if len(all) == 0 {
				return chat.Say("Nobody who waits is outside: whoever is here is asked by me when a session is planned for them."), nil
			}
			n := slices.IndexFunc(all, func(i Interest) bool { return c.Choice == "" || string(i.ID) == c.Choice })
			if n < 0 { // never somebody else's: it has a link that is theirs alone
				return chat.Outcome{}, &deeds.Error{
					Code: deeds.Conflict, Say: "They wait for no message any more: they have begun, or are off the list. The others are one press away.",
					Buttons: []chat.Button{{Label: "A message for each", Command: eachPath, Record: c.Record, Main: true}, {Label: "Back to the list", Command: listPath, Record: c.Record}},
				}
			}
			m, err := f.messageFor(tx, all[n], c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m.Note = fmt.Sprintf("%d of %d. ", n+1, len(all)) + m.Note
			if n+1 < len(all) {
				name, err := all[n+1].name(tx)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Buttons = append(m.Buttons, chat.Button{Label: "The next one: " + chat.Short(name, 50), Command: eachPath, Record: c.Record, Choice: string(all[n+1].ID), Main: true})
			}
			m.Buttons = append(m.Buttons, chat.Button{Label: "Back to the list", Command: listPath, Record: c.Record})
			return chat.Answering(m), nil
		},
	}
}

// messageFor makes the message for one person outside. Its text is what is sent, and
// nothing else.
func (f feature) messageFor(tx store.Tx, i Interest, c deeds.Call) (chat.Message, error) {
	name, err := i.name(tx)
	if err != nil {
		return chat.Message{}, err
	}
	link := ""
	if l, err := links.Table.Get(tx, i.Link); i.Link != "" && err == nil && !l.Over(c.Now) {
		link = l.Path()
	}
	words, files, err := f.letter(tx, i.Programme, "Hello "+name+",", link, c)
	if err != nil {
		return chat.Message{}, err
	}
	text := chat.Plain(words)
	if before, after, ok := strings.Cut(words, f.Pages+link); link != "" && ok { // an address is not to be touched
		text = chat.Plain(before) + "<" + f.Pages + link + ">" + chat.Plain(after)
	}
	m := chat.Message{Text: text, Files: files, Note: "For " + chat.Plain(name) + ", " + i.way() + ". Copy all of it and send it to them alone: I send nothing outside."}
	if link != "" {
		m.Note += " Whoever has the link can answer for them, and take them off the list."
	}
	return m, nil
}
