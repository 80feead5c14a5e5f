package peers

import (
	"errors"
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// ownReflection gives a reflection if somebody is one of the two whom it is
// between; else an empty one.
func ownReflection(tx store.Tx, id string, p people.ID) (Reflection, error) {
	id, _, _ = strings.Cut(id, "/")
	if id == "" {
		return Reflection{}, nil
	}
	r, err := Reflections.Get(tx, ReflectionID(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && p != r.Asker && p != r.Peer {
		return Reflection{}, nil
	}
	return r, err
}

// between gives the reflection of a button, and refuses everybody but the two
// whom it is between.
func between(tx store.Tx, c deeds.Call) (Reflection, error) {
	r, err := ownReflection(tx, c.Record, c.Person.ID)
	if err == nil && r.ID == "" {
		err = deeds.Refuse(deeds.NotFound, "This is no longer there, or is between two other people. /peer list shows what is yours.")
	}
	return r, err
}

// asPeer is [between] for what only the peer does, while the question is open or
// answered.
func asPeer(tx store.Tx, c deeds.Call) (Reflection, error) {
	r, err := between(tx, c)
	switch {
	case err != nil:
		return r, err
	case r.Peer != c.Person.ID:
		return r, deeds.Refuse(deeds.Forbidden, "You asked for this one yourself; the answer comes from the person you asked.")
	case r.State == Asked || r.State == Given:
		return r, nil
	}
	return r, deeds.Refuse(deeds.Conflict, "This question is not open any more, so there is nothing to answer. If you have something to say about it, you can write to the person directly.")
}

func giveDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer give", Summary: "Give a peer the reflection they asked for", Role: chat.Member, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r, err := asPeer(tx, c)
			if err != nil {
				return nil, err
			}
			asker, err := people.Table.Get(tx, r.Asker)
			if err != nil {
				return nil, err
			}
			subject, _, there, err := r.subject(tx)
			if err != nil {
				return nil, err
			}
			if !there {
				return nil, deeds.Refuse(deeds.Conflict, "%s has taken it back, so there is nothing to answer. You need do nothing.", chat.Plain(asker.Name))
			}
			f := &chat.Form{
				Title: "A reflection", Submit: "Send it", Filled: chat.Answers{}, Record: string(r.ID),
				Intro: subject + "\n\n" + questionsWords(r.Questions) + "\n\nAnswer what speaks to you; one is enough.",
				Note:  "Only " + chat.Plain(asker.Name) + " reads this, with your name. You can change or delete it later.",
			}
			for i, q := range r.Questions {
				name := questionName(i)
				f.Fields = append(f.Fields, chat.Field{Name: name, Label: chat.Short(q, 45), Kind: chat.LongText})
				if i < len(r.Answers) {
					f.Filled[name] = chat.Given(r.Answers[i])
				}
			}
			if len(f.Fields) < chat.PageSize {
				f.Fields = append(f.Fields, chat.Field{Name: "file", Label: "A voice note or a photo", Kind: chat.Upload})
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := asPeer(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			answers, any := make([]string, len(r.Questions)), false
			for i := range r.Questions {
				answers[i] = c.Given.Text(questionName(i))
				any = any || strings.TrimSpace(answers[i]) != ""
			}
			files := c.Given["file"].Files
			if !any && len(files) == 0 && len(r.Sent) == 0 {
				return chat.Outcome{}, deeds.RefuseField(questionName(0), "There is nothing here yet. A line to one of the questions is enough, or close this and press Not this time.")
			}
			cohort, err := cohorts.Get(tx, r.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			r.Changed = r.State == Given
			r.State, r.Answers = Given, answers
			if len(files) > 0 {
				r.Sent = files
			}
			if !r.Changed {
				r.Given = c.Now
			}
			if err := r.rest(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := r.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := answerTo(tx, cohort, r.Asker, givenKind, part(string(r.ID), r.Asker), c.Now); err != nil {
				return chat.Outcome{}, err
			}
			name, err := nameOf(tx, r.Asker)
			return chat.Say("Sent to "+name+", and to nobody else. You can change it or take it back whenever you like.",
				chat.Button{Label: "Change it", Command: "peer give", Record: string(r.ID)},
				chat.Button{Label: "Delete it", Command: "peer delete", Record: string(r.ID)}), err
		},
	}
}

func questionName(i int) string { return fmt.Sprintf("q%d", i+1) }

func declineDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer decline", Summary: "Say no to a question for a reflection", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := asPeer(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.State == Given {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You have answered this one. /peer list lets you change it or take it back.")
			}
			cohort, err := cohorts.Get(tx, r.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			r.State = Declined
			if err := r.rest(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := r.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			name, err := nameOf(tx, r.Asker)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("That's fine. " + name + " hears that you can't this time, and no more."),
				answerTo(tx, cohort, r.Asker, declinedKind, part(string(r.ID), r.Asker), c.Now)
		},
	}
}

func thankDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer thank", Summary: "Thank a peer for a reflection", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := between(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.Asker != c.Person.ID || r.State != Given {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "There is nothing here to thank for any more. You can write to the person directly.")
			}
			name, err := nameOf(tx, r.Peer)
			if err != nil || r.Thanked {
				return chat.Say(name + " has your thanks already."), err
			}
			cohort, err := cohorts.Get(tx, r.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			r.Thanked = true
			if err := r.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(name + " hears that you thank them."), tell(tx, cohort, r.Peer, thankKind, part(string(r.ID), r.Peer), c.Now)
		},
	}
}

func writeDeed() deeds.Deed {
	field := chat.Field{Name: "text", Label: "What you write", Kind: chat.LongText, Required: true}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer write", Summary: "Write back about a reflection", Role: chat.Member, Fields: []chat.Field{field}, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r, err := between(tx, c)
			if err != nil {
				return nil, err
			}
			name, err := nameOf(tx, r.Other(c.Person.ID))
			return &chat.Form{
				Title: "Write back", Fields: []chat.Field{field}, Submit: "Send it", Record: string(r.ID),
				Note: "Only " + name + " reads this, with your name. You can delete it later.",
			}, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := between(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.State != Given {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This has ended meanwhile. You can write to the person directly.")
			}
			cohort, err := cohorts.Get(tx, r.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			r.Wrote++
			r.Lines = append(r.Lines, Line{Number: r.Wrote, By: c.Person.ID, Text: c.Given.Text("text"), At: c.Now})
			if err := r.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			other := r.Other(c.Person.ID)
			name, err := nameOf(tx, other)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Sent to "+name+", and to nobody else.", chat.Button{Label: "Show all of it", Command: "peer read", Record: string(r.ID)}),
				tell(tx, cohort, other, lineKind, r.lineRecord(other, r.Wrote), c.Now)
		},
	}
}

func readDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer read", Summary: "Read a reflection and what you wrote about it", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := between(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := r.whole(tx, c.Person.ID)
			return chat.Answering(m), err
		},
	}
}

func deleteDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer delete", Summary: "Delete what you wrote in a reflection", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := between(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			name, err := nameOf(tx, r.Other(c.Person.ID))
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				what := "what you asked about and all that you wrote since"
				if c.Person.ID == r.Peer {
					what = "your reflection and all that you wrote since"
				}
				text := "This deletes " + what + ", for you and for " + name + ". It cannot be brought back."
				if c.Person.ID == r.Asker && r.State == Given {
					text += " What " + name + " wrote to you stays, until they delete it."
				}
				return deeds.Confirm(text, "Delete it"), nil
			}
			return chat.Say("Deleted, for both of you."), r.remove(tx, c.Person.ID)
		},
	}
}

func nameOf(tx store.Tx, id people.ID) (string, error) {
	p, err := people.Table.Get(tx, id)
	return chat.Plain(p.Name), err
}
