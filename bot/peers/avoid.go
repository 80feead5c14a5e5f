package peers

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

// The choices of the buttons of the list.
const (
	addAvoided = "add"
	lift       = "lift/" // and the person
)

const avoidNote = "Only you see this list: no facilitator, nobody else, and nobody can tell from what I say to others. They can still write to you or ask you something by name; one button declines."

func avoidDeed() deeds.Deed {
	who := chat.Field{Name: "who", Label: "Whom never to be put together with", Kind: chat.Person, Required: true, Example: "@ben"}
	ask := func(c deeds.Call) chat.Form {
		return chat.Form{
			Title: "Never together", Fields: []chat.Field{who}, Submit: "Keep it", Record: c.Cohort,
			Intro: "I'll never put the two of you together, in any group, and never suggest one of you to the other. No reason is needed, and you can take it back.",
			Note:  avoidNote,
		}
	}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer avoid", Summary: "Privately name somebody never to be put together with", Role: chat.Member, Fields: []chat.Field{who}},
		Ask:     func(store.Tx, deeds.Call) (*chat.Form, error) { return nil, nil },
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			list, err := Avoids.Get(tx, c.Person.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return chat.Outcome{}, err
			}
			list.Person = c.Person.ID
			switch taken, lifted := strings.CutPrefix(c.Choice, lift); {
			case lifted:
				list.Never = slices.DeleteFunc(list.Never, func(p people.ID) bool { return p == people.ID(taken) })
				if len(list.Never) == 0 {
					err = Avoids.Delete(tx, c.Person.ID)
				} else {
					err = Avoids.Put(tx, c.Person.ID, list)
				}
				return chat.Say("Taken back. You may be put together again."), err
			case !c.Given.Has("who") && (c.Choice == addAvoided || len(list.Never) == 0):
				return chat.Asking(ask(c)), nil
			case !c.Given.Has("who"):
				return shownList(tx, c, list)
			}
			other := c.Given["who"].Person
			if other.ID == c.Person.ID {
				return chat.Outcome{}, deeds.RefuseField("who", "That is you. Pick somebody else.")
			}
			if !slices.Contains(list.Never, other.ID) {
				list.Never = append(list.Never, other.ID)
			}
			if err := Avoids.Put(tx, c.Person.ID, list); err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{
				Text: "Kept. You and " + chat.Plain(other.Name) + " are never put together.", Note: avoidNote,
				Buttons: []chat.Button{{Label: "Take it back", Command: "peer avoid", Record: c.Cohort, Choice: lift + string(other.ID)}},
			}
			g, ok, err := Current(tx, cohorts.ID(c.Cohort), c.Person.ID, c.Now)
			if err == nil && ok && slices.Contains(g.Others(c.Person.ID), other.ID) {
				m.Text += " You are to meet at the moment; you can leave that."
				m.Buttons = append([]chat.Button{{Label: "Meet somebody else", Command: "peer swap", Record: string(g.ID), Main: true}}, m.Buttons...)
			}
			return chat.Answering(m), err
		},
	}
}

// shownList answers with whom somebody has named, each to be taken back.
func shownList(tx store.Tx, c deeds.Call, list Avoided) (chat.Outcome, error) {
	m := chat.Message{Note: avoidNote, Buttons: []chat.Button{{Label: "Name somebody", Command: "peer avoid", Record: c.Cohort, Choice: addAvoided}}}
	var named []people.Person
	for _, id := range list.Never {
		p, err := people.Table.Get(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return chat.Outcome{}, err
		}
		named = append(named, p)
		if len(m.Buttons) < chat.MaxButtons {
			m.Buttons = append(m.Buttons, chat.Button{Label: "Take back " + chat.Short(p.Name, 60), Command: "peer avoid", Record: c.Cohort, Choice: lift + string(id)})
		}
	}
	m.Text = "You are never put together with: " + names(named) + "."
	return chat.Answering(m), nil
}
