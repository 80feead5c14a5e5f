package lenses

import (
	"errors"
	"fmt"
	"strconv"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	namePath   = "lens name"
	answerPath = "lens answer"
	deletePath = "lens delete"
)

func nameButton(cohort string) chat.Button {
	return chat.Button{Label: "Name a collaboration", Command: namePath, Record: cohort}
}

// mostPartners is how many partners somebody can name. More than that are a group,
// which looks at itself without names.
const mostPartners = 3

// nameDeed gives a collaboration a name and opens the look at its start.
func nameDeed() deeds.Deed {
	fields := []chat.Field{{Name: "name", Label: "What you call it", Kind: chat.Text, Required: true, Max: 60, Example: "The harbour kitchen"}}
	for i := range mostPartners {
		f := chat.Field{Name: "partner" + strconv.Itoa(i+1), Label: "A partner, if it is between a few", Kind: chat.Person}
		if i == 0 {
			f.Hint = "Left empty, it is everybody's in this group."
		} else {
			f.Label = "Another partner"
		}
		fields = append(fields, f)
	}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: namePath, Summary: "Give something you do together a name, to look at how you work there", Role: chat.Member, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if _, err := in(tx, c); err != nil || c.Given.Has("name") && c.Path != deeds.ChangePath {
				return nil, err
			}
			return &chat.Form{
				Title: "A collaboration", Fields: fields, Submit: "Go on",
				Intro: "Something that you do together: a project, a place, a regular evening. It can be everybody's in this group, or between you and up to three partners in it.",
				Note:  "The group reads its name, and that you gave it. What is between partners, only they see.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			x := Collaboration{ID: ID(c.ID), Cohort: cohort.ID, Name: oneName(c), By: c.Person.ID, At: c.Now}
			if x.Partners, err = partners(tx, c, cohort); err != nil {
				return chat.Outcome{}, err
			}
			if err := nameTaken(tx, c, x); err != nil {
				return chat.Outcome{}, err
			}
			if !x.few() && !c.Sure {
				return deeds.Confirm("Everyone in "+chat.InChannel(cohort.Place)+" is asked how you work together in **"+chat.Plain(x.Name)+"**. Nobody has to answer, and nobody's answers are shown.", "Ask the group"), nil
			}
			if err := Collaborations.Put(tx, x.ID, x); err != nil {
				return chat.Outcome{}, err
			}
			if _, err := look(tx, c, cohort, x, Start); err != nil {
				return chat.Outcome{}, err
			}
			text := "The group is asked now, in " + chat.InChannel(cohort.Place) + "."
			if x.few() {
				text = "It has its name. Your partners hear of it in private."
			}
			return chat.Say(text, chat.Button{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true},
				chat.Button{Label: "Who brings what", Command: rolesPath, Record: string(x.ID)}), nil
		},
	}
}

// partners gives those whom a collaboration is between, the person themself
// included; nobody where none was named.
func partners(tx store.Tx, c deeds.Call, cohort cohorts.Cohort) ([]people.ID, error) {
	var all []people.ID
	for i := range mostPartners {
		name := "partner" + strconv.Itoa(i+1)
		if !c.Given.Has(name) {
			continue
		}
		p := c.Given[name].Person
		if p.ID == c.Person.ID {
			continue
		}
		if _, here, err := cohorts.MemberOf(tx, cohort.ID, p.ID); err != nil {
			return nil, err
		} else if !here {
			return nil, deeds.RefuseField(name, "%s is not in %s. Ask them to join, or choose somebody who is.", chat.Plain(p.Name), chat.Plain(cohort.Name))
		}
		all = append(all, p.ID)
	}
	if len(all) == 0 {
		if c.Given.Has("partner1") { // themself alone
			return nil, deeds.RefuseField("partner1", "That is you. Choose whom you work with, or leave it empty for everybody in the group.")
		}
		return nil, nil
	}
	return append([]people.ID{c.Person.ID}, all...), nil
}

// look opens a look at a collaboration and lets people know of it.
func look(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, x Collaboration, s Stage) (Look, error) {
	l := Look{ID: LookID(store.NewID(c.Now)), Collaboration: x.ID, Cohort: x.Cohort, Stage: s, By: c.Person.ID, Opened: c.Now, Words: x.Words}
	if err := Looks.Put(tx, l.ID, l); err != nil {
		return l, err
	}
	if err := x.watch(tx, c.Now.Add(againEvery)); err != nil {
		return l, err
	}
	if err := outbox.Touch(tx, againKind, string(x.ID)); err != nil {
		return l, err
	}
	if !x.few() {
		return l, outbox.Say(tx, outbox.Item{
			Key: askedKind + "/" + string(l.ID), Kind: askedKind, Record: string(l.ID), Cohort: string(cohort.ID), Place: cohort.Place,
		}, c.Now)
	}
	all, err := circle(tx, x)
	for _, p := range all {
		if p == c.Person.ID {
			continue
		}
		if err := tell(tx, x, p, invitedKind, string(l.ID), c.Now, c.Now); err != nil {
			return l, err
		}
	}
	return l, err
}

// seesField asks who may see the answers, in the one way or the other.
func seesField(x Collaboration) chat.Field {
	f := chat.Field{Name: "sees", Label: "What is it for", Kind: chat.Choice, Required: true, Example: string(OnlyMe)}
	if x.few() {
		f.Options = []chat.Option{{Value: string(Named), Label: "My partners see it, with my name"}}
	} else {
		f.Options = []chat.Option{{Value: string(Counted), Label: "It counts in the group's picture, without my name"}}
	}
	f.Options = append(f.Options, chat.Option{Value: string(OnlyMe), Label: "Only for me; nobody sees it, it counts nowhere"})
	return f
}

var noteField = chat.Field{Name: "note", Label: "A note to yourself", Kind: chat.LongText, Max: 1000, Hint: "Only if you like, and only you ever read it."}

func (o Options) answerDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: answerPath, Summary: "Say how you work together in something, statement by statement", Role: chat.Member, Fields: []chat.Field{aboutField}}}
	return about(d, o.answerForm, o.answer)
}

func (o Options) answerForm(tx store.Tx, c deeds.Call, x Collaboration) (*chat.Form, error) {
	l, open, err := openLook(tx, x)
	if err != nil {
		return nil, err
	}
	f := &chat.Form{
		Title: chat.Short(x.Name, 24), Submit: "Keep it",
		Intro: "Say how far each is so, of us in **" + chat.Plain(x.Name) + "**. Pass over what you like; " + number(len(o.statements(nil))) + " statements take about five minutes.",
		Note:  "The group is not looking together at the moment, so this is for you alone: nobody sees it, and it counts nowhere.",
	}
	own := x.Words
	if open {
		own = l.Words
		f.Note = "Nobody sees your answers, facilitators neither. If you let them count, they go into the group's picture, which is shown from five people on, without names. The note is yours alone."
		if x.few() {
			f.Note = "You choose whether your partners see your answers, with your name, or nobody does. The note is yours alone."
		}
	}
	for i, s := range o.statements(own) {
		one := chat.Field{Name: "s" + strconv.Itoa(i+1), Label: s.name(), Kind: chat.Choice, Example: "3", Hint: chat.Short(s.text, 100)}
		for j, words := range scale.Steps {
			one.Options = append(one.Options, chat.Option{Value: strconv.Itoa(j + 1), Label: fmt.Sprintf("%d · %s", j+1, words)})
		}
		f.Fields = append(f.Fields, one)
	}
	f.Fields = append(f.Fields, noteField)
	if open {
		f.Fields = append(f.Fields, seesField(x))
	}
	if open { // whoever answers again finds what they said
		a, err := Answers.Get(tx, answerID(l.ID, c.Person.ID))
		if err != nil {
			return f, ignoreMissing(err)
		}
		f.Filled = chat.Answers{noteField.Name: chat.Given(a.Note), "sees": chat.Given(string(a.Sees))}
		for i, s := range o.statements(nil) {
			if n := a.Values[s.id]; n > 0 {
				f.Filled["s"+strconv.Itoa(i+1)] = chat.Given(strconv.Itoa(n))
			}
		}
	}
	return f, nil
}

func (o Options) answer(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
	l, open, err := openLook(tx, x)
	if err != nil {
		return chat.Outcome{}, err
	}
	a := Answer{
		ID: c.ID, Collaboration: x.ID, Cohort: x.Cohort, Person: c.Person.ID, At: c.Now,
		Values: map[string]int{}, Note: c.Given.Text(noteField.Name), Sees: Sees(c.Given.Text("sees")),
	}
	for i, s := range o.statements(nil) {
		if n, err := strconv.Atoi(c.Given.Text("s" + strconv.Itoa(i+1))); err == nil {
			a.Values[s.id] = n
		}
	}
	if len(a.Values) == 0 {
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "Nothing is answered yet. One statement is enough.")
	}
	said := "Kept, for you alone. Nobody else sees it, and it counts nowhere."
	switch {
	case open && a.Sees == Counted:
		said = "Kept. Nobody sees your answers; from five people on, the group sees a picture without names."
	case open && a.Sees == Named:
		said = "Kept. Your partners can see it, with your name."
	case a.Sees != OnlyMe && a.Sees != "": // the form was open for longer than the look
		said = "The picture was made while you were answering, and it can't change any more. So your answers are kept for you alone."
		a.Sees = OnlyMe
	default:
		a.Sees = OnlyMe
	}
	if a.Sees != OnlyMe {
		a.Look, a.ID = l.ID, answerID(l.ID, c.Person.ID)
	}
	if err := Answers.Put(tx, a.ID, a); err != nil {
		return chat.Outcome{}, err
	}
	if open && a.Sees == OnlyMe {
		if before, err := Answers.Has(tx, answerID(l.ID, c.Person.ID)); err != nil {
			return chat.Outcome{}, err
		} else if before {
			said += " What you answered before is still with the others; below, you can delete that."
		}
	}
	m, err := o.ownMessage(tx, c, x)
	m.Text = said + "\n\n" + m.Text
	return chat.Answering(m), err
}

// deleteDeed takes somebody's answers away for good.
func deleteDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: deletePath, Summary: "Delete answers of yours for good", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := Answers.Get(tx, c.Record)
			if errors.Is(err, store.ErrNotFound) {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "These answers are not there any more. /lens picture shows those that are.")
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if a.Person != c.Person.ID {
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only the person who gave these answers can do that. /lens answer takes yours.")
			}
			if !c.Sure {
				text := "This deletes your answers of " + day(a.At, c.Zone) + ". They cannot be brought back."
				if l, err := Looks.Get(tx, a.Look); a.Sees == Counted && err == nil && !l.Open() {
					text += " The group's picture that they counted in stays as it was shown: if it changed now, others could see what you said."
				} else if err != nil && !errors.Is(err, store.ErrNotFound) {
					return chat.Outcome{}, err
				}
				return deeds.Confirm(text, "Delete them"), nil
			}
			return chat.Say("Deleted."), Answers.Delete(tx, a.ID)
		},
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
