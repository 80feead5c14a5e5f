package thread

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

var (
	aboutField = chat.Field{Name: "about", Label: "What it is about", Kind: chat.Text, Required: true, Max: 200, Example: "Who pays for the hall?", Hint: "A few words, so that people know it again"}
	backField  = chat.Field{Name: "back", Label: "When it comes back", Kind: chat.Text, Max: 100, Example: "week 7", Hint: "A week of the plan, a session, or a day"}
)

func cohortOfParked(tx store.Tx, record string) (string, error) {
	p, err := Lot.Get(tx, ParkedID(record))
	return string(p.Cohort), err
}

// tends tells whether somebody looks after the thread: facilitators do, and in a
// community of practice every member.
func tends(tx store.Tx, c deeds.Call) (bool, error) {
	if c.Role.Includes(chat.Facilitator) {
		return true, nil
	}
	return cohorts.InCommunity(tx, c.Cohort, c.Role)
}

func parkDeed(coming Coming) deeds.Deed {
	return deeds.Deed{
		Scoped: true, Also: cohorts.InCommunity,
		Command: chat.Command{
			Path: "thread park", Summary: "Park something for later, with a promise of when it comes back", Role: chat.Facilitator,
			Fields: []chat.Field{aboutField, backField}, Menu: "Park",
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, err := parkable(tx, c)
			if err != nil {
				return nil, err
			}
			if c.Message == nil && c.Given.Has("about") && c.Given.Has("back") && c.Path != deeds.ChangePath {
				return nil, nil // typed in one go
			}
			f, err := promiseForm(tx, coming, c, cohort)
			if err != nil {
				return nil, err
			}
			f.Title, f.Submit = "Park it for later", "Park it"
			f.Fields = append([]chat.Field{aboutField}, f.Fields...)
			if c.Message != nil {
				f.Filled["about"] = chat.Given(firstWords(*c.Message))
			}
			f.Note = "The group sees in the thread what is parked, by whom, and when it comes back."
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := parkable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			promise, err := promised(tx, coming, c, cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			p := Parked{ID: ParkedID(c.ID), Cohort: cohort.ID, By: c.Person.ID, At: c.Now, About: c.Given.Text("about"), Promise: promise}
			told := c.At
			if m := c.Message; m != nil {
				p.Source, p.Quoted = m.Address, p.About == firstWords(*m)
				author, err := people.ByAccount(tx, m.Author)
				if err != nil && !errors.Is(err, people.ErrUnknown) {
					return chat.Outcome{}, err
				}
				p.Author = author.ID
				told = m.Address.Place
				if told.Thread == "" {
					told.Thread = m.Address.ID
				}
			}
			if told.Root() != cohort.Place { // said in private: the group is to know all the same
				told = cohort.Place
			}
			if err := park(tx, cohort, p, told, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			words, err := promiseWords(tx, p, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Parked. It comes back "+words+", and the group is told so once. The facilitators are reminded when the time comes.",
				chat.Button{Label: "Another time", Command: "thread later", Record: string(p.ID)},
				chat.Button{Label: "Let it go", Command: "thread close", Record: string(p.ID), Choice: string(LetGo)}), nil
		},
	}
}

// parkable refuses what cannot be parked, and who may not.
func parkable(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil || c.Message == nil {
		return cohort, err
	}
	if c.Message.Address.Place.Root() != cohort.Place {
		return cohort, deeds.Refuse(deeds.Invalid, "Only what was said in %s can be parked from its menu. For anything else, /thread park takes it in your words.", chat.InChannel(cohort.Place))
	}
	p, there, err := sourced(tx, c.Message.Address)
	if err != nil || !there {
		return cohort, err
	}
	words, err := promiseWords(tx, p, c.Now)
	if err != nil {
		return cohort, err
	}
	return cohort, &deeds.Error{
		Code: deeds.Conflict, Say: "This is parked already. It comes back " + words + ".",
		Buttons: []chat.Button{{Label: "Another time", Command: "thread later", Record: string(p.ID), Main: true}},
	}
}

// firstWords gives the beginning of a message, or says what it is.
func firstWords(m chat.Target) string {
	text := chat.Short(strings.Join(strings.Fields(m.Text), " "), 120)
	if text == "" && len(m.Files) > 0 {
		text = "A " + m.Files[0].Kind()
	}
	return text
}

// parkedShown is how much of the lot is listed at once: each has a button.
const parkedShown = 10

func parkedDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "thread parked", Summary: "What is parked, and when each comes back", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := Waiting(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				return chat.Say("Nothing is parked in " + chat.Plain(cohort.Name) + ". When something leads too far, park it from the menu on the message, or with /thread park."), nil
			}
			m := chat.Message{Text: "**Parked in " + chat.Plain(cohort.Name) + "**", Note: "Everyone in the group can see this list."}
			pass, _ := strconv.Atoi(c.Choice) // what is no number passes over nothing
			for i, p := range all {
				switch {
				case i < pass:
					continue
				case i == pass+parkedShown:
					m.Buttons = append(m.Buttons, chat.Button{Label: "The rest", Command: "thread parked", Record: c.Cohort, Choice: strconv.Itoa(i)})
				case i > pass+parkedShown:
				default:
					line, err := parkedLine(tx, p, c)
					if err != nil {
						return chat.Outcome{}, err
					}
					m.Text += fmt.Sprintf("\n\n%d. %s", i+1, line)
					m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Open %d", i+1), Command: "thread item", Record: string(p.ID)})
				}
			}
			return chat.Answering(m), nil
		},
	}
}

// parkedItem gives what a button is about, if it is still to come back.
func parkedItem(tx store.Tx, c deeds.Call) (Parked, error) {
	p, err := Lot.Get(tx, ParkedID(c.Record))
	switch {
	case c.Record == "" || errors.Is(err, store.ErrNotFound):
		return p, deeds.Refuse(deeds.NotFound, "I don't know what this is about. /thread parked lists what is parked.")
	case err == nil && !p.Open():
		return p, deeds.Refuse(deeds.Conflict, "%s. /thread parked lists what is still to come.", p.ending(c.Zone))
	}
	return p, err
}

func itemDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfParked,
		Command: chat.Command{Path: "thread item", Summary: "Look at something that is parked", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := parkedItem(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			line, err := parkedLine(tx, p, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			by, err := people.Table.Get(tx, p.By)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: line, Note: "Parked by " + chat.Plain(by.Name) + ". Everyone in the group can see it."}
			may, err := tends(tx, c)
			if may {
				m.Buttons = p.buttons()
			}
			return chat.Answering(m), err
		},
	}
}

// closeDeed closes what was parked with a word: the choice of the button.
func closeDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfParked, Also: cohorts.InCommunity,
		Command: chat.Command{Path: "thread close", Summary: "Say that something parked came back, or let it go", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := parkedItem(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			text := "Noted: it came back. The thread where it was parked says so."
			switch Ending(c.Choice) {
			case CameBack:
			case LetGo:
				text = "Let go. The thread where it was parked says so. It can be parked again whenever it matters."
			default:
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I couldn't read that choice. /thread parked lists what is parked, with its buttons.")
			}
			return chat.Say(text), p.settle(tx, c.Person.ID, Ending(c.Choice), c.Now)
		},
	}
}

// laterDeed promises another time.
func laterDeed(coming Coming) deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfParked, Also: cohorts.InCommunity,
		Command: chat.Command{Path: "thread later", Summary: "Promise another time for something parked", Role: chat.Facilitator, Hidden: true, Fields: []chat.Field{backField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			p, err := parkedItem(tx, c)
			if err != nil {
				return nil, err
			}
			cohort, err := cohorts.Get(tx, p.Cohort)
			if err != nil {
				return nil, err
			}
			f, err := promiseForm(tx, coming, c, cohort)
			if err != nil {
				return nil, err
			}
			f.Title, f.Submit = "Another time", "Promise it"
			f.Note = "The message in the thread changes with it. Nobody gets a new one."
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := parkedItem(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, p.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			if p.Promise, err = promised(tx, coming, c, cohort); err != nil {
				return chat.Outcome{}, err
			}
			p.Put++
			if err := Lot.Put(tx, p.ID, p); err != nil {
				return chat.Outcome{}, err
			}
			if err := expect(tx, cohort, p, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			words, err := promiseWords(tx, p, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("It comes back " + words + " now."), p.follow(tx)
		},
	}
}
