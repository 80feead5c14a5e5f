package lenses

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

// aboutField names a collaboration.
var aboutField = chat.Field{
	Name: "about", Label: "Which collaboration", Kind: chat.Text, Max: 60, Example: "the harbour kitchen",
	Hint: "By its name. Left empty, the only one there is.",
}

// in gives the cohort, to somebody who is in it.
func in(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err == nil {
		_, err = cohorts.Joined(tx, cohort, c.Person.ID)
	}
	return cohort, err
}

// subject is a name whichever way it is written: "The harbour kitchen" and
// "harbour kitchen" are one.
func subject(name string) string {
	s := strings.ToLower(strings.Join(strings.Fields(name), " "))
	for _, article := range []string{"the ", "our ", "my "} {
		s = strings.TrimPrefix(s, article)
	}
	return s
}

// meant gives the collaboration of the record, else the one that was named, else
// the only one; false where the person has to choose, see [which].
func meant(tx store.Tx, c deeds.Call) (Collaboration, bool, error) {
	x, ok, err := collaborationOf(tx, c.Record)
	if err != nil {
		return x, false, err
	}
	if ok {
		if !x.openTo(c.Person.ID) {
			return x, false, deeds.Refuse(deeds.Forbidden, "This is between a few partners, and you are none of them. /lens answer shows what you can look at.")
		}
		return x, true, nil
	}
	all, err := known(tx, cohorts.ID(c.Cohort), c.Person.ID)
	if err != nil {
		return x, false, err
	}
	if typed := c.Given.Text(aboutField.Name); typed != "" {
		i := slices.IndexFunc(all, func(x Collaboration) bool { return subject(x.Name) == subject(typed) })
		if i < 0 {
			refusal := deeds.RefuseField(aboutField.Name, "I know no collaboration called “%s” here.%s", chat.Plain(typed), namesOfAll(all))
			refusal.Buttons = []chat.Button{nameButton(c.Cohort)}
			return x, false, refusal
		}
		return all[i], true, nil
	}
	if len(all) == 0 {
		return x, false, &deeds.Error{
			Code:    deeds.NotFound,
			Say:     "No collaboration has a name here yet. Give one a name, such as “the harbour kitchen”, and I ask how you work together there.",
			Buttons: []chat.Button{nameButton(c.Cohort)},
		}
	}
	return all[0], len(all) == 1, nil
}

func namesOfAll(all []Collaboration) string {
	if len(all) == 0 {
		return " You can give it a name."
	}
	var names []string
	for _, x := range all[:min(len(all), mostChoices)] {
		names = append(names, "“"+chat.Plain(x.Name)+"”")
	}
	return " There is " + chat.And(names) + "."
}

// mostChoices is how many collaborations are offered at once.
const mostChoices = 10

// which asks which collaboration a deed is about.
func which(tx store.Tx, c deeds.Call, path string) (chat.Outcome, error) {
	all, err := known(tx, cohorts.ID(c.Cohort), c.Person.ID)
	m := chat.Message{Text: "Which collaboration is it about?"}
	for i, x := range all[:min(len(all), mostChoices)] {
		m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(x.Name, 75), Command: path, Record: string(x.ID), Choice: c.Choice, Main: i == 0})
	}
	m.Buttons = append(m.Buttons, nameButton(c.Cohort))
	return chat.Answering(m), err
}

// about makes a deed about one collaboration, which it asks for where it is not
// clear. Form, if there is one, gives what is asked of the person.
func about(d deeds.Deed, form func(store.Tx, deeds.Call, Collaboration) (*chat.Form, error), run func(store.Tx, deeds.Call, cohorts.Cohort, Collaboration) (chat.Outcome, error)) deeds.Deed {
	d.Scoped, d.CohortOf = true, cohortOf
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		if _, err := in(tx, c); err != nil {
			return nil, err
		}
		x, ok, err := meant(tx, c)
		if err != nil || !ok || form == nil {
			return nil, err
		}
		f, err := form(tx, c, x)
		if err != nil || f == nil {
			return nil, err
		}
		if _, ours, err := collaborationOf(tx, c.Record); err != nil {
			return nil, err
		} else if !ours { // it was named, or the only one
			f.Record = string(x.ID)
		}
		return f, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		cohort, err := in(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		x, ok, err := meant(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !ok {
			return which(tx, c, d.Path)
		}
		return run(tx, c, cohort, x)
	}
	return d
}

// leads tells whether somebody may open and close looks: facilitators, whoever
// gave the collaboration its name, any partner, and any member of a community.
func leads(tx store.Tx, c deeds.Call, x Collaboration) (bool, error) {
	if x.By == c.Person.ID || x.few() && x.openTo(c.Person.ID) || c.Role.Includes(chat.Facilitator) {
		return true, nil
	}
	return cohorts.InCommunity(tx, c.Cohort, c.Role)
}

// nameOf is what somebody is called; of somebody who is no longer known, that.
func nameOf(tx store.Tx, id people.ID) (string, error) {
	p, err := people.Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return "somebody who is no longer here", nil
	}
	return chat.Plain(p.Name), err
}

func namesOf(tx store.Tx, all []people.ID) (string, error) {
	var names []string
	for _, id := range all {
		name, err := nameOf(tx, id)
		if err != nil {
			return "", err
		}
		names = append(names, name)
	}
	return chat.And(names), nil
}
