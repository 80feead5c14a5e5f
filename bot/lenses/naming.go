package lenses

import (
	"errors"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// This file gives a collaboration another name, and takes one away.

const (
	renamePath = "lens rename"
	removePath = "lens remove"
)

// nameTaken refuses a name that another collaboration has which the person can see.
func nameTaken(tx store.Tx, c deeds.Call, x Collaboration) error {
	all, err := known(tx, x.Cohort, c.Person.ID)
	i := slices.IndexFunc(all, func(other Collaboration) bool { return other.ID != x.ID && subject(other.Name) == subject(x.Name) })
	if err != nil || i < 0 {
		return err
	}
	refusal := deeds.RefuseField("name", "There is a collaboration of that name already. Look at that one, or give this one a name that tells them apart.")
	refusal.Buttons = []chat.Button{{Label: "Look at that one", Command: picturePath, Record: string(all[i].ID), Main: true}}
	return refusal
}

func oneName(c deeds.Call) string { return strings.Join(strings.Fields(c.Given.Text("name")), " ") }

// mayChange refuses whoever does not lead.
func mayChange(tx store.Tx, c deeds.Call, x Collaboration) error {
	ok, err := leads(tx, c, x)
	if err == nil && !ok {
		err = deeds.Refuse(deeds.Forbidden, "It is for a facilitator, or for whoever gave it its name, to rename it or take it away. You can say in the channel what you would call it.")
	}
	return err
}

func renameDeed() deeds.Deed {
	name := chat.Field{Name: "name", Label: "What you call it now", Kind: chat.Text, Required: true, Max: 60, Example: "The kitchen by the harbour"}
	d := deeds.Deed{Command: chat.Command{Path: renamePath, Summary: "Give a collaboration another name", Role: chat.Member, Fields: []chat.Field{name, aboutField}}}
	form := func(tx store.Tx, c deeds.Call, x Collaboration) (*chat.Form, error) {
		if err := mayChange(tx, c, x); err != nil || c.Given.Has("name") && c.Path != deeds.ChangePath {
			return nil, err
		}
		return &chat.Form{
			Title: "Another name", Fields: []chat.Field{name}, Submit: "Rename it", Filled: chat.Answers{"name": chat.Given(x.Name)},
			Note: "Whoever sees the collaboration sees its new name, in earlier messages as well.",
		}, nil
	}
	return about(d, form, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		if err := mayChange(tx, c, x); err != nil {
			return chat.Outcome{}, err
		}
		before := x.Name
		x.Name = oneName(c)
		if err := nameTaken(tx, c, x); err != nil {
			return chat.Outcome{}, err
		}
		if err := Collaborations.Put(tx, x.ID, x); err != nil {
			return chat.Outcome{}, err
		}
		all, err := x.all(tx)
		if err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("“"+chat.Plain(before)+"” is called **"+chat.Plain(x.Name)+"** now. Nothing else has changed.",
			chat.Button{Label: "See the picture", Command: picturePath, Record: string(x.ID)}), all.touch(tx)
	})
}

// whole is all that belongs to a collaboration, but what people answered.
type whole struct {
	Collaboration
	looks    []Look
	wordings []Wording
	steps    []Step
	parts    []Part
}

func (x Collaboration) all(tx store.Tx) (whole, error) {
	w := whole{Collaboration: x}
	var errs [4]error
	w.looks, errs[0] = looksOf(tx, x)
	w.wordings, errs[1] = values(Wordings.By(tx, "collaboration", string(x.ID)))
	w.steps, errs[2] = values(Steps.By(tx, "collaboration", string(x.ID)))
	w.parts, errs[3] = values(Parts.By(tx, "collaboration", string(x.ID)))
	return w, errors.Join(errs[:]...)
}

// touch has every message about it written anew, or taken away.
func (w whole) touch(tx store.Tx) error {
	err := errors.Join(outbox.Touch(tx, planKind, string(w.ID)), outbox.Touch(tx, againKind, string(w.ID)))
	for _, l := range w.looks {
		for _, kind := range []string{askedKind, madeKind, invitedKind} {
			err = errors.Join(err, outbox.Touch(tx, kind, string(l.ID)))
		}
	}
	for _, x := range w.wordings {
		err = errors.Join(err, outbox.Touch(tx, wordingKind, string(x.ID)), outbox.Touch(tx, wordsKind, string(x.ID)))
	}
	for _, s := range w.steps {
		for _, kind := range []string{askKind, mayKind, freedKind} {
			err = errors.Join(err, outbox.Touch(tx, kind, string(s.ID)))
		}
	}
	return err
}

// removeDeed takes a collaboration away with all that belongs to everybody. What people
// kept for themselves is not for somebody else to delete.
func removeDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: removePath, Summary: "Take a collaboration away, with its pictures and its work plan", Role: chat.Member, Fields: []chat.Field{aboutField}}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		if err := mayChange(tx, c, x); err != nil {
			return chat.Outcome{}, err
		}
		all, err := x.all(tx)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !c.Sure {
			return deeds.Confirm("This takes **"+chat.Plain(x.Name)+"** away, for everybody: "+all.words()+" It cannot be brought back; /lens rename changes the name alone, and /lens plan lets you take the work plan along first.", "Take it away"), nil
		}
		if err := all.remove(tx); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("“" + chat.Plain(x.Name) + "” is gone, with all that belonged to it. What somebody kept for themself, or wrote as a note to themself, they still find in /settings data."), nil
	})
}

// words says what goes and what stays.
func (w whole) words() string {
	count := func(n int, one, more string) string {
		if n == 1 {
			return "one " + one
		}
		return number(n) + " " + more
	}
	goes := []string{count(len(w.looks), "look with its answers and its picture", "looks with their answers and pictures")}
	if n := len(w.steps); n > 0 {
		goes = append(goes, "a work plan of "+count(n, "step", "steps"))
	}
	if n := len(w.wordings); n > 0 {
		goes = append(goes, count(n, "suggestion for your own words", "suggestions for your own words"))
	}
	if n := len(w.parts); n > 0 {
		goes = append(goes, "who brings what")
	}
	return chat.And(goes) + ". My messages about it go, too. What people answered for themselves alone, and their notes to themselves, stay with each of them."
}

// remove deletes it, and with it all but what people kept for themselves.
func (w whole) remove(tx store.Tx) error {
	if err := w.touch(tx); err != nil {
		return err
	}
	said, err := values(Answers.By(tx, "own", string(w.ID)))
	for _, a := range said {
		kept := a.Sees == OnlyMe || a.Note != ""
		if err == nil {
			err = Answers.Delete(tx, a.ID)
		}
		if err == nil && kept {
			a.Look, a.Sees = "", OnlyMe
			err = Answers.Put(tx, a.ID, a)
		}
	}
	for _, l := range w.looks {
		err = errors.Join(err, Looks.Delete(tx, l.ID))
	}
	for _, x := range w.wordings {
		err = errors.Join(err, jobs.Drop(tx, wordingDue+"/"+string(x.ID)), Wordings.Delete(tx, x.ID))
	}
	for _, s := range w.steps {
		err = errors.Join(err, Steps.Delete(tx, s.ID))
	}
	for _, p := range w.parts {
		err = errors.Join(err, Parts.Delete(tx, p.ID))
	}
	return errors.Join(err, jobs.Drop(tx, againJob+"/"+string(w.ID)), Collaborations.Delete(tx, w.ID))
}
