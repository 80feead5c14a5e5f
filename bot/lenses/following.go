package lenses

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// This file is how a step of the work plan is taken on, and how it goes on.

const (
	stepPath   = "lens step"
	donePath   = "lens done"
	changePath = "lens change"
	letGoPath  = "lens let-go"
	takePath   = "lens take"

	askKind   = "lens-askdone" // in private: how a step went
	mayKind   = "lens-asktake" // in private: whether somebody would take a step on
	freedKind = "lens-freed"   // in private: a step is nobody's, to who suggested it

	notMe = "no" // the choice of the button of who does not take it on
)

// stepOf gives the step of the record.
func stepOf(tx store.Tx, c deeds.Call) (Step, error) {
	s, err := Steps.Get(tx, StepID(c.Record))
	if errors.Is(err, store.ErrNotFound) {
		return s, deeds.Refuse(deeds.NotFound, "This step is not there any more. /lens plan shows those that are.")
	}
	return s, err
}

// ownStep gives the step of the record to whoever takes it on, or to anybody where
// that is nobody who is still here.
func ownStep(tx store.Tx, c deeds.Call, x Collaboration) (Step, error) {
	s, err := stepOf(tx, c)
	if err != nil || s.Owner == c.Person.ID || s.Owner == "" {
		return s, err
	}
	here, err := isHere(tx, x, s.Owner)
	if err != nil || !here {
		return s, err
	}
	who, err := nameOf(tx, s.Owner)
	if err != nil {
		return s, err
	}
	return s, deeds.Refuse(deeds.Forbidden, "%s has taken this on, so it is for them to say. /lens plan shows yours.", who)
}

// stepDeed shows a step, with what the person can do about it.
func (o Options) stepDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: stepPath, Summary: "Look at a step of the work plan", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		s, err := stepOf(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		text, err := o.stepWords(tx, x, s)
		if err != nil {
			return chat.Outcome{}, err
		}
		here, err := isHere(tx, x, s.Owner)
		return chat.Say(text, s.buttons(c.Person.ID, here)...), err
	})
}

// stepWords says all of a step.
func (o Options) stepWords(tx store.Tx, x Collaboration, s Step) (string, error) {
	line, err := s.line(tx, x, dayWords)
	st, _ := o.statement(x.Words, s.Statement)
	return "**" + chat.Plain(x.Name) + " · " + chat.Plain(st.text) + "**\n\n" + line, err
}

// buttons gives what somebody can do about a step.
func (s Step) buttons(p people.ID, ownerHere bool) []chat.Button {
	button := func(label, command string) chat.Button {
		return chat.Button{Label: label, Command: command, Record: string(s.ID)}
	}
	var all []chat.Button
	switch {
	case s.State != ToDo:
		if s.Owner == p {
			all = append(all, button("It goes on", changePath))
		}
	case s.Owner == p && s.Asked:
		no := button("Not me", takePath)
		no.Choice = notMe
		all = append(all, button("I'll do it", takePath), no)
	case s.Owner == p:
		all = append(all, button("Done", donePath), button("It has changed", changePath), button("Let it go", letGoPath))
	case !ownerHere:
		all = append(all, button("I'll take it on", takePath), button("Let it go", letGoPath))
	}
	if len(all) > 0 {
		all[0].Main = true
	}
	return append(all, chat.Button{Label: "The work plan", Command: planPath, Record: string(s.Collaboration)})
}

// ended makes a deed that ends a step.
func ended(path, summary string, state StepState, said string) deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: path, Summary: summary, Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		s, err := ownStep(tx, c, x)
		if err != nil {
			return chat.Outcome{}, err
		}
		s.State, s.Ended, s.Asked = state, c.Now, false
		return chat.Say(said, s.buttons(c.Person.ID, true)...), s.keep(tx, x, c.Now)
	})
}

func doneDeed() deeds.Deed {
	return ended(donePath, "Say that a step is done", Done, "Done, and the plan says so.")
}

func letGoDeed() deeds.Deed {
	return ended(letGoPath, "Let a step go", LetGo, "Let go. It no longer stands in the plan; the page that can be taken along still has it.")
}

// changeDeed gives a step another day or other words. One that was ended goes on.
func changeDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: changePath, Summary: "Change what a step is, or by when", Role: chat.Member, Hidden: true}}
	form := func(tx store.Tx, c deeds.Call, x Collaboration) (*chat.Form, error) {
		s, err := ownStep(tx, c, x)
		return &chat.Form{
			Title: "A step has changed", Fields: []chat.Field{whatField, whenField}, Submit: "Change it",
			Filled: chat.Answers{"what": chat.Given(s.What)}, Note: "Whoever sees the plan sees the change.",
		}, err
	}
	return about(d, form, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		s, err := ownStep(tx, c, x)
		if err != nil {
			return chat.Outcome{}, err
		}
		due := c.Given["when"].Date
		if err := notOver(due, c.Now, c.Zone); err != nil {
			return chat.Outcome{}, err
		}
		s.What, s.Due, s.State, s.Ended, s.Asked = oneLine(c.Given.Text("what")), due, ToDo, time.Time{}, false
		s.Changes++
		return chat.Say("Changed. It is by "+dayWords(due)+" now.", s.buttons(c.Person.ID, true)...), s.keep(tx, x, c.Now)
	})
}

// takeDeed takes a step on, or not.
func takeDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: takePath, Summary: "Take a step of the work plan on", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		s, err := ownStep(tx, c, x)
		if err != nil {
			return chat.Outcome{}, err
		}
		if s.State != ToDo {
			return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This step is not to be done any more. /lens plan shows those that are.")
		}
		if c.Choice == notMe {
			if s.Owner != c.Person.ID {
				return chat.Say("It is not yours."), nil
			}
			s.Owner, s.Asked = "", false
			if err := s.keep(tx, x, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			if s.By != c.Person.ID {
				err = tell(tx, x, s.By, freedKind, string(s.ID), c.Now, c.Now)
			}
			return chat.Say("That is fine. It is nobody's now, and anybody can take it on."), err
		}
		s.Owner, s.Asked = c.Person.ID, false
		return chat.Say("It is yours, by "+dayWords(s.Due)+". I ask you on that day how it went.", s.buttons(c.Person.ID, true)...), s.keep(tx, x, c.Now)
	})
}

// askMessage asks the owner of a step how it went, somebody whether they would take
// it on, or tells who suggested it that nobody has.
func (o Options) askMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, err := Steps.Get(tx, StepID(i.Record))
	if err != nil {
		return chat.Message{}, false, ignoreMissing(err)
	}
	x, err := Collaborations.Get(tx, s.Collaboration)
	if err != nil {
		return chat.Message{}, false, ignoreMissing(err)
	}
	worth, err := worthTelling(tx, i.Kind, i.Record, people.ID(i.Person))
	if err != nil || !worth && i.State != outbox.Sent {
		return chat.Message{}, false, err
	}
	text, err := o.stepWords(tx, x, s)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{Text: text}
	morning, err := s.morning(tx)
	if err != nil || !worth || i.Kind == askKind && morning.After(now) { // it was put off since
		return m, err == nil, err
	}
	fewer := chat.Button{Label: "Fewer reminders", Command: "settings reminders", Choice: string(people.Fewer)}
	m.Buttons = s.buttons(people.ID(i.Person), false)
	m.Buttons = m.Buttons[:len(m.Buttons)-1] // without the plan: it is about this one
	switch i.Kind {
	case mayKind:
		by, err := nameOf(tx, s.By)
		if err != nil {
			return m, false, err
		}
		m.Text = by + " asks whether you would take this on:\n\n" + text
		m.Note = "Nothing is decided until you say so. The others see in the plan that you are asked."
	case freedKind:
		m.Text = "This is nobody's yet:\n\n" + text
		m.Note = "Whoever was asked can't take it on just now. You can, or ask somebody else."
	default:
		m.Text = "You took this on for about now. How did it go?\n\n" + text
		m.Note = "I ask once. What you say stands in the plan, and letting it go is an answer, too."
	}
	if i.Kind != askKind {
		m.Buttons = append(m.Buttons, fewer)
	}
	return m, true, nil
}
