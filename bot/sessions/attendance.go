package sessions

import (
	"errors"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Presence is how somebody took part in a session. There is no word for whoever
// did not: nothing is kept of them, and they stand on no list.
type Presence string

// The ways of taking part.
const (
	Present  Presence = "present"
	Excused  Presence = "excused" // could not be there, and had said so
	CaughtUp Presence = "caught up"
)

// presence gives how somebody took part; empty where nothing is known. Whoever
// said beforehand that they can't come is excused by that.
func (a Attendee) presence() Presence {
	if a.Presence == "" && a.Answer == No {
		return Excused
	}
	return a.Presence
}

const (
	attendPath = "session attend"
	here       = "here"     // the choice of the button of who was there
	catchingUp = "catch-up" // … of who was not
	marking    = "mark"     // … of a facilitator
)

func hereButton(s ID) chat.Button {
	return chat.Button{Label: "I was there", Command: attendPath, Record: string(s), Choice: here}
}

func catchUpButton(s ID) chat.Button {
	return chat.Button{Label: "Catch up", Command: attendPath, Record: string(s), Choice: catchingUp}
}

func attendButton(s ID) chat.Button {
	return chat.Button{Label: "Who was there", Command: attendPath, Record: string(s), Choice: marking}
}

var answerField = chat.Field{Name: "answer", Label: "Your answer", Kind: chat.LongText, Max: 4000, Hint: "A line or two is enough"}

func attendDeed() deeds.Deed {
	return deeds.Deed{
		Command:  chat.Command{Path: attendPath, Summary: "Say that you were at a session, or catch up with it", Role: chat.Member, Fields: []chat.Field{which}},
		Scoped:   true,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			s, err := likeliest(tx, c, begun)
			if err != nil {
				return nil, err
			}
			switch c.Choice {
			case catchingUp:
				return catchUpForm(s, c)
			case marking:
				return markForm(tx, s, c)
			}
			return nil, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := likeliest(tx, c, begun)
			if err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, s.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Choice == marking {
				return mark(tx, s, c)
			}
			if c.Choice == "" && mayChange(tx, s, c) == nil {
				return whoWasThere(tx, s, c)
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			return ownAttendance(tx, s, c)
		},
	}
}

// ownAttendance keeps what somebody says of themselves.
func ownAttendance(tx store.Tx, s Session, c deeds.Call) (chat.Outcome, error) {
	a, err := attendeeOf(tx, s, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	switch c.Choice {
	case here:
		a.Presence, a.Since = Present, c.Now
		return chat.Say("Noted: you were at " + s.name() + "."), Attendees.Put(tx, AttendeeID(s.ID, c.Person.ID), a)
	case catchingUp:
		if a.Presence != Present { // who was there may say something all the same
			a.Presence, a.Since = CaughtUp, c.Now
		}
		a.Caught = c.Given.Text(answerField.Name)
		return chat.Say("Thank you. You're caught up with " + s.name() + ", and the facilitators can read what you said."), Attendees.Put(tx, AttendeeID(s.ID, c.Person.ID), a)
	}
	m := chat.Message{Text: s.name() + ", " + inWords(s, c) + ".", Note: "Only you and the facilitators see this."}
	switch a.presence() {
	case Present:
		m.Text += " You were there."
	case CaughtUp:
		m.Text += " You caught up with it."
	default:
		m.Buttons = append(m.Buttons, hereButton(s.ID))
	}
	if s.Notes != nil {
		m.Buttons = append(m.Buttons, catchUpButton(s.ID), chat.Button{Label: "Read the notes", Command: notesPath, Record: string(s.ID)})
	} else {
		m.Text += " There are no notes of it yet."
	}
	return chat.Answering(m), nil
}

// attendeeOf gives somebody's record of a session, or the beginning of one.
func attendeeOf(tx store.Tx, s Session, p people.ID) (Attendee, error) {
	a, ok, err := Attendees.Find(tx, AttendeeID(s.ID, p))
	if !ok {
		a = Attendee{Session: s.ID, Person: p, For: s.Start(), Told: s.Start()}
	}
	return a, err
}

// catchUpForm is the way back in: the notes and one question.
func catchUpForm(s Session, c deeds.Call) (*chat.Form, error) {
	if s.Notes == nil {
		return nil, &deeds.Error{
			Code: deeds.Conflict, Say: "There are no notes of " + s.name() + " to catch up with yet. Somebody who was there may tell you about it.",
			Buttons: []chat.Button{hereButton(s.ID)},
		}
	}
	if c.Given.Has(answerField.Name) {
		return nil, nil
	}
	needed := answerField
	needed.Required = true
	return &chat.Form{
		Title: "Catch up", Fields: []chat.Field{needed}, Submit: "Send it", Record: string(s.ID),
		Intro: s.name() + ", " + inWords(s, c) + "\n\n" + chat.Quote(chat.Short(s.Notes.Text, shownNotes)) + "\n\n**" + chat.Plain(s.Notes.question()) + "**",
		Note:  "The facilitators read your answer. /session notes has all of the notes.",
	}, nil
}

// markForm lets a facilitator say who was there.
func markForm(tx store.Tx, s Session, c deeds.Call) (*chat.Form, error) {
	if err := mayChange(tx, s, c); err != nil {
		return nil, err
	}
	f := &chat.Form{
		Title: "Who was there", Submit: "Keep it", Record: string(s.ID), Filled: chat.Answers{},
		Intro: s.name() + ", " + inWords(s, c) + ". Whoever you don't name stands on no list.",
		Note:  "Facilitators see this. Each person sees their own.",
	}
	group, err := invited(tx, s)
	if err != nil {
		return nil, err
	}
	for _, kind := range []struct {
		name, label string
		presence    Presence
	}{{"present", "There", Present}, {"excused", "Sent word that they couldn't come", Excused}} {
		field, filled := chat.Field{Name: kind.name, Label: kind.label, Kind: chat.Choices}, chat.Answer{}
		if len(group) > mostPicked { // more than a list shows: they are named
			field.Kind, field.Hint, field.Max = chat.Text, "Names, with commas", 1000
		}
		var names []string
		for _, p := range group {
			a, err := attendeeOf(tx, s, p.ID)
			if err != nil {
				return nil, err
			}
			was := a.presence() == kind.presence || kind.presence == Present && a.Presence == "" && a.Answer == Yes
			if field.Kind == chat.Choices {
				field.Options = append(field.Options, chat.Option{Value: string(p.ID), Label: chat.Short(p.Name, 75)})
			}
			if was {
				names = append(names, p.Name)
				filled.Values = append(filled.Values, string(p.ID))
			}
		}
		if field.Kind == chat.Text {
			filled = chat.Given(strings.Join(names, ", "))
		}
		f.Fields, f.Filled[kind.name] = append(f.Fields, field), filled
	}
	return f, nil
}

// invited gives everybody whom a session is for and who is still in the group; of one
// for those who registered interest, whoever was asked, and whoever outside answered.
func invited(tx store.Tx, s Session) ([]people.Person, error) {
	if s.Interested {
		ids := slices.Clone(s.People)
		err := each(tx, s, func(a Attendee) {
			if !slices.Contains(ids, a.Person) {
				ids = append(ids, a.Person)
			}
		})
		var all []people.Person
		for _, id := range ids {
			p, ok, fault := people.Table.Find(tx, id)
			if err = errors.Join(err, fault); ok {
				all = append(all, p)
			}
		}
		return all, err
	}
	group, err := cohorts.Group(tx, s.Cohort)
	if err != nil {
		return nil, err
	}
	var all []people.Person
	for _, m := range group {
		if !s.For(m.Person) {
			continue
		}
		p, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// mark keeps who a facilitator says was there. Whoever caught up stays so.
func mark(tx store.Tx, s Session, c deeds.Call) (chat.Outcome, error) {
	if err := mayChange(tx, s, c); err != nil {
		return chat.Outcome{}, err
	}
	cohort, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return chat.Outcome{}, err
	}
	marked := map[people.ID]Presence{}
	for _, kind := range []struct {
		name     string
		presence Presence
	}{{"present", Present}, {"excused", Excused}} {
		v := c.Given[kind.name]
		chosen := v.Choices
		if chosen == nil && v.Text != "" {
			named, err := namedFor(tx, cohort, s, c, kind.name)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, id := range named {
				chosen = append(chosen, string(id))
			}
		}
		for _, id := range chosen {
			if marked[people.ID(id)] != "" {
				return chat.Outcome{}, deeds.RefuseField("excused", "Somebody stands in both. Take them out of one.")
			}
			marked[people.ID(id)] = kind.presence
		}
	}
	all, err := invited(tx, s)
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, p := range all {
		a, err := attendeeOf(tx, s, p.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		to := marked[p.ID]
		if a.Presence == to || a.Presence == CaughtUp && to != Present {
			continue
		}
		a.Presence, a.Since = to, c.Now
		if err := Attendees.Put(tx, AttendeeID(s.ID, p.ID), a); err != nil {
			return chat.Outcome{}, err
		}
	}
	return whoWasThere(tx, s, c)
}

// namedFor reads those whom a session was for that are named in a field: members of
// the group, or whoever was asked because they registered interest.
func namedFor(tx store.Tx, cohort cohorts.Cohort, s Session, c deeds.Call, field string) ([]people.ID, error) {
	if !s.Interested {
		return membersNamed(tx, cohort, c, field)
	}
	all, err := invited(tx, s)
	if err != nil {
		return nil, err
	}
	var chosen []people.ID
	for typed := range strings.FieldsFuncSeq(c.Given.Text(field), func(r rune) bool { return r == ',' || r == ';' }) {
		if typed = mention(typed); typed == "" {
			continue
		}
		i := slices.IndexFunc(all, func(p people.Person) bool { return people.SameName(p.Name, typed) })
		if i < 0 {
			return nil, deeds.RefuseField(field, "I find no “%s” among those who were asked. Their names stand in /interest list.", chat.Plain(typed))
		}
		chosen = append(chosen, all[i].ID)
	}
	return chosen, nil
}

// whoWasThere shows a session's attendance to who may change it, with what people
// said who caught up.
func whoWasThere(tx store.Tx, s Session, c deeds.Call) (chat.Outcome, error) {
	who, said := map[Presence][]string{}, []string{}
	var fault error
	err := each(tx, s, func(a Attendee) {
		p, err := people.Table.Get(tx, a.Person)
		if err != nil {
			fault = err
			return
		}
		who[a.presence()] = append(who[a.presence()], chat.Plain(p.Name))
		if a.Caught != "" {
			said = append(said, "**"+chat.Plain(p.Name)+"**\n\n"+chat.Quote(chat.Short(a.Caught, 500)))
		}
	})
	if err := errors.Join(err, fault); err != nil {
		return chat.Outcome{}, err
	}
	text := s.name() + ", " + inWords(s, c) + "."
	for _, group := range []struct {
		presence Presence
		label    string
	}{{Present, "There"}, {CaughtUp, "Caught up"}, {Excused, "Sent word"}} {
		if names := who[group.presence]; len(names) > 0 {
			slices.Sort(names)
			text += "\n\n" + group.label + ": " + some(names) + "."
		}
	}
	if len(who[Present])+len(who[CaughtUp])+len(who[Excused]) == 0 {
		text += " Nobody has said yet that they were there."
	}
	if s.Notes != nil && len(said) > 0 {
		text += "\n\n*" + chat.Plain(s.Notes.question()) + "*\n\n" + strings.Join(said, "\n\n")
	}
	buttons := []chat.Button{{Label: "Say who was there", Command: attendPath, Record: string(s.ID), Choice: marking}}
	if s.Notes == nil {
		buttons = append(buttons, writeNotesButton(s.ID))
	}
	return chat.Answering(chat.Message{Text: text, Buttons: buttons, Note: "Facilitators and whoever planned it see this."}), nil
}
