package interest

import (
	"fmt"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// This file is what facilitators and administrators see of those who registered
// interest, and do about it.

const (
	listPath    = "interest list"
	messagePath = "interest message"
	invitePath  = "interest invite"
	onePath     = "interest one"
	removePath  = "interest remove"
	eachPath    = "interest each"
	sessionPath = "interest session" // of the sessions, which are beside this package

	listed     = 12 // people in one message
	mostTaps   = 5  // buttons that say of somebody on the page who they are here
	mostToPick = 25 // what fits a list to choose from
)

var programmeField = chat.Field{Name: "programme", Label: "Which programme", Kind: chat.Text, Max: 100, Example: "community-builder"}

// meant gives the programme that a facilitator's call is about: of the button, as
// typed, of the group whose channel this is, or the one that most recently had
// somebody interested.
func (f feature) meant(tx store.Tx, c deeds.Call) (string, error) {
	if typed := c.Given.Text(programmeField.Name); typed != "" {
		var ids []string
		for _, p := range f.Programmes {
			if strings.EqualFold(p.ID, typed) || strings.EqualFold(p.Title, typed) {
				return p.ID, nil
			}
			ids = append(ids, p.ID)
		}
		if _, ok, err := store.First(Table.By(tx, "programme", typed)); err != nil || ok { // no longer offered, and people are on its list
			return typed, err
		}
		return "", deeds.RefuseField(programmeField.Name, "I know no programme called “%s”. There are: %s.", chat.Plain(typed), strings.Join(ids, ", "))
	}
	if c.Record != "" {
		return c.Record, nil
	}
	if x, ok, err := cohorts.At(tx, c.At); err != nil || ok {
		return x.From.Programme, err
	}
	newest, at := f.Programmes[0].ID, ""
	for _, p := range f.Programmes {
		for row, err := range Table.Range(tx, "programme", store.Key(p.ID), store.PrefixEnd(store.Key(p.ID)), true) {
			if err != nil {
				return "", err
			}
			if string(row.ID) > at { // ids grow with time
				newest, at = p.ID, string(row.ID)
			}
			break
		}
	}
	return newest, nil
}

func (f feature) listDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: listPath, Summary: "Who registered interest, since when, and how to reach them", Role: chat.Facilitator, Fields: []chat.Field{programmeField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			id, err := f.meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			p, _ := f.programme(id)
			all, err := In(tx, id)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Note: "Facilitators and administrators see this. Each is deleted after twelve months, or as soon as they say so."}
			if len(all) == 0 {
				m.Text = "Nobody has registered interest in **" + chat.Plain(p.Title) + "** yet." + f.wayIn(id)
				m.Buttons = []chat.Button{{Label: "Plan a session for questions", Command: sessionPath, Record: id}}
				return chat.Answering(m), nil
			}
			from, _ := strconv.Atoi(c.Choice)
			from = max(0, min(from, len(all)-1))
			m.Text = fmt.Sprintf("**Interested in %s:** %s", chat.Plain(p.Title), count(len(all)))
			if len(all) > listed {
				m.Text += fmt.Sprintf(", of whom these are %d to %d", from+1, min(from+listed, len(all)))
			}
			m.Text += ".\n"
			next, err := f.meetings(tx, id, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			sum, err := f.standing(tx, all, next)
			if err != nil {
				return chat.Outcome{}, err
			}
			if words := sum.words(next); words != "" {
				m.Text += "\n" + words + "\n"
			}
			var taps []chat.Button
			for _, i := range all[from:min(from+listed, len(all))] {
				line, err := f.line(tx, i, all, next, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n- " + line
				p, ok, err := candidate(tx, i, all, c.Profile.User.Workspace)
				if err != nil {
					return chat.Outcome{}, err
				}
				if ok && len(taps) < mostTaps {
					taps = append(taps, chat.Button{Label: chat.Short(i.Name, 35) + " is @" + chat.Short(p.Name, 30), Command: isPath, Record: string(i.ID), Choice: string(p.ID)})
				}
			}
			m.Text += f.wayIn(id)
			m.Buttons = []chat.Button{
				{Label: "Plan a session for questions", Command: sessionPath, Record: id, Main: len(next) == 0},
				{Label: "A message for each", Command: eachPath, Record: id, Main: len(next) > 0},
				{Label: "One message for all", Command: messagePath, Record: id},
				{Label: "One of them", Command: onePath, Choice: id},
			}
			if len(next) > 0 {
				m.Buttons[0] = chat.Button{Label: "The session", Command: "session list", Record: next[0].Group}
			}
			m.Buttons = append(m.Buttons, taps...)
			if from+listed < len(all) {
				m.Buttons = append(m.Buttons, chat.Button{Label: "The next ones", Command: listPath, Record: id, Choice: strconv.Itoa(from + listed)})
			}
			return chat.Answering(m), nil
		},
	}
}

// wayIn says how more people register.
func (f feature) wayIn(programme string) string {
	text := "\n\nWhoever is here registers with `/interest register`."
	if f.Pages != "" {
		text += " For everybody else there is a page to pass around: <" + f.Pages + PagePath(programme) + ">"
	}
	return text
}

// PagePath gives the address of a programme's public page below the bot's pages.
func PagePath(programme string) string { return "/interest/" + programme }

func count(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

// line says one of them in the list.
func (f feature) line(tx store.Tx, i Interest, all []Interest, next []Meeting, c deeds.Call) (string, error) {
	name, err := i.name(tx)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("**%s**, since %s: %s; %s.", chat.Plain(name), day(i.Made, c.Zone, c.Now), i.way(), map[Before]string{
		Done: "has done this before", Alike: "has done something like it", NotYet: "has not done this yet",
	}[i.Before])
	switch i.State {
	case Joined:
		if x, err := cohorts.Get(tx, i.Cohort); err == nil {
			text += " Has joined " + chat.Plain(x.Name) + "."
		} else {
			text += " Has joined a group."
		}
	case Alone:
		text += " Began at their own pace."
	default:
		if len(i.Offered) > 0 {
			text += " Was told of a group."
		}
	}
	if wish := i.wishWords(); wish != "" {
		text += " " + strings.ToUpper(wish[:1]) + wish[1:] + "."
	}
	if len(next) > 0 {
		_, words, err := f.answer(tx, i, next[0].ID)
		if err != nil {
			return "", err
		}
		if words != "" {
			text += " " + strings.ToUpper(words[:1]) + words[1:] + "."
		}
	}
	if i.Asked != "" {
		if p, err := people.Table.Get(tx, i.Asked); err == nil {
			text += " " + chat.Plain(p.Name) + " is asked whether it is them."
		}
	}
	for _, other := range all {
		if other.ID != i.ID && i.Address != "" && i.Way == other.Way && strings.EqualFold(other.Address, i.Address) {
			text += " The same address stands here more than once."
			break
		}
	}
	return text, nil
}

// name gives what somebody is called, as they write it.
func (i Interest) name(tx store.Tx) (string, error) {
	if i.Person == "" {
		return i.Name, nil
	}
	p, err := people.Table.Get(tx, i.Person)
	return p.Name, err
}

// oneDeed shows one of them, with words for them alone.
func (f feature) oneDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: onePath, Summary: "One person who registered interest, with words for them", Role: chat.Facilitator, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Record != "" {
				return nil, nil
			}
			all, err := In(tx, c.Choice)
			if err != nil {
				return nil, err
			}
			who := chat.Field{Name: "who", Label: "Who", Kind: chat.Choice, Required: true}
			for _, i := range all[max(0, len(all)-mostToPick):] {
				name, err := i.name(tx)
				if err != nil {
					return nil, err
				}
				who.Options = append(who.Options, chat.Option{Value: string(i.ID), Label: chat.Short(name+", since "+day(i.Made, c.Zone, c.Now), 75)})
			}
			if len(all) == 0 {
				return nil, deeds.Refuse(deeds.NotFound, "Nobody is on this list any more. /interest list shows how people get there.")
			}
			return &chat.Form{Title: "One of them", Submit: "Show me", Fields: []chat.Field{who}, Note: "Only you see this. The newest 25 are here."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if c.Record == "" {
				c.Record = c.Given.Text("who")
			}
			i, err := onList(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			next, err := f.meetings(tx, i.Programme, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			line, err := f.line(tx, i, nil, next, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: line, Note: "Facilitators and administrators see this. Agreed to on " + day(i.Consent.At, c.Zone, c.Now) + ": contact about this programme."}
			if i.State == Waiting && i.Way != Here {
				m.Buttons = append(m.Buttons, chat.Button{Label: "A message for them", Command: eachPath, Record: i.Programme, Choice: string(i.ID), Main: true})
			}
			if i.Person == "" {
				m.Buttons = append(m.Buttons, chat.Button{Label: "They are here as …", Command: isPath, Record: string(i.ID)})
			}
			m.Buttons = append(m.Buttons, chat.Button{Label: "Take them off the list", Command: removePath, Record: string(i.ID)})
			return chat.Answering(m), nil
		},
	}
}

// onList gives the interest of a facilitator's call.
func onList(tx store.Tx, c deeds.Call) (Interest, error) {
	i, ok, err := get(tx, ID(c.Record))
	if err == nil && !ok {
		err = deeds.Refuse(deeds.NotFound, "They are not on the list any more. /interest list shows who is.")
	}
	return i, err
}

// removeDeed takes somebody off who said so to a facilitator.
func (f feature) removeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: removePath, Summary: "Take somebody off the list who asked for it", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := onList(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			name, err := i.name(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.ConfirmAbout(c.Record, "**"+chat.Plain(name)+"** is taken off the list, and what they gave for it is deleted. They are not told by me.", "Take them off"), nil
			}
			return chat.Say("They are off the list, and what they gave for it is deleted."), f.stop(tx, i, c.Now)
		},
	}
}

// panel tells a cohort's facilitators how many wait who could join it.
func (f feature) panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil || x.State == cohorts.Ended {
		return deeds.Glance{}, err
	}
	all, err := In(tx, x.From.Programme)
	if err != nil {
		return deeds.Glance{}, err
	}
	waiting := 0
	for _, i := range all {
		if i.State == Waiting {
			waiting++
		}
	}
	if waiting == 0 {
		return deeds.Glance{}, nil
	}
	next, err := f.meetings(tx, x.From.Programme, c.Now)
	if err != nil {
		return deeds.Glance{}, err
	}
	sum, err := f.standing(tx, all, next)
	if err != nil {
		return deeds.Glance{}, err
	}
	return deeds.Glance{
		Lines:   []string{strings.TrimSpace("**Interested in taking part:** " + count(waiting) + ".\n\n" + sum.words(next))},
		Buttons: []chat.Button{{Label: "Who is interested", Command: listPath, Record: x.From.Programme}}, Later: true,
	}, nil
}

// inviteDeed tells those who wait, and are here, of a group that they can join.
func (f feature) inviteDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: invitePath, Summary: "Tell those who registered interest that they can join this group", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if x.State != cohorts.Open {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s is not open to join just now. /cohort invite opens one that is being prepared.", chat.Plain(x.Name))
			}
			all, err := In(tx, x.From.Programme)
			if err != nil {
				return chat.Outcome{}, err
			}
			var told []Interest
			others := 0
			for _, i := range all {
				_, in, err := cohorts.MemberOf(tx, x.ID, i.Person)
				switch {
				case err != nil:
					return chat.Outcome{}, err
				case in || i.State == Joined:
				case i.Person == "" || i.Workspace != x.Place.Workspace || i.Way != Here:
					others++
				default:
					told = append(told, i)
				}
			}
			if len(told)+others == 0 {
				return chat.Say("Nobody waits who registered interest in this." + f.wayIn(x.From.Programme)), nil
			}
			elsewhere := ""
			if others > 0 {
				elsewhere = " " + count(others) + " asked to be reached in another way; “Words to pass on” is for them."
			}
			pass := chat.Button{Label: "Words to pass on", Command: messagePath, Record: x.From.Programme}
			if len(told) == 0 {
				return chat.Say("Nobody of those who wait is to be told here."+elsewhere, pass), nil
			}
			if !c.Sure {
				return deeds.Confirm(count(len(told))+" who registered interest will be told in private that they can join **"+chat.Plain(x.Name)+"**, each once, not in their quiet hours or on leave."+elsewhere, "Tell them"), nil
			}
			for _, i := range told {
				if err := offer(tx, i, x, c.Now); err != nil {
					return chat.Outcome{}, err
				}
			}
			return chat.Say("On its way. Each can join with one press, begin at their own pace where there is a portfolio, or take themselves off the list."+elsewhere, pass), nil
		},
	}
}
