package peers

import (
	"errors"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// listed is how many reflections the list shows.
const listed = 10

// listDeed answers with whom somebody meets, and the reflections between them and
// their peers.
func listDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer list", Summary: "Whom you meet, and reflections asked and given", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := whomTheyMeet(tx, cohort, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := ofPerson(tx, cohort.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			names := map[people.ID]string{}
			for _, r := range all {
				name, err := nameOf(tx, r.Other(c.Person.ID))
				if errors.Is(err, store.ErrNotFound) {
					name = "Somebody who is gone"
				} else if err != nil {
					return chat.Outcome{}, err
				}
				names[r.Other(c.Person.ID)] = name
			}
			lines, buttons := reflectionLines(all[:min(len(all), listed)], c.Person.ID, names)
			if len(lines) > 0 {
				m.Text += "\n\n**Reflections**\n\n" + strings.Join(lines, "\n\n")
			}
			m.Buttons = append(m.Buttons, buttons...)
			m.Note = strings.TrimSpace(m.Note + " Reflections are read by the two of you alone.")
			return chat.Answering(m), nil
		},
	}
}

// whomTheyMeet says whom somebody meets at the moment, or how they could.
func whomTheyMeet(tx store.Tx, cohort cohorts.Cohort, c deeds.Call) (chat.Message, error) {
	if g, ok, err := Current(tx, cohort.ID, c.Person.ID, c.Now); err != nil || ok {
		if err != nil {
			return chat.Message{}, err
		}
		out, err := showGroup(tx, g, c, "")
		if err != nil {
			return chat.Message{}, err
		}
		return out.Reply.Message, nil
	}
	text := "You are not to meet anybody at the moment."
	if s, ok, err := seeking(tx, cohort.ID, c.Person.ID); err != nil {
		return chat.Message{}, err
	} else if ok {
		return chat.Message{
			Text:    text + " I'm asking around for you, until " + inTheirs(c.Person, cohort, s.Since.Add(seekingFor), c.Now) + " at the latest.",
			Buttons: []chat.Button{{Label: "Stop asking", Command: "peer meet", Record: c.Cohort, Choice: stop}},
		}, nil
	}
	m := chat.Message{Text: text + " If you would like to, I'll ask around.", Buttons: []chat.Button{
		{Label: "Meet somebody", Command: "peer meet", Record: c.Cohort, Main: true},
	}}
	apart, err := Aparts.Has(tx, cohorts.MemberID(cohort.ID, c.Person.ID))
	if apart {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Take part in rounds", Command: "peer apart", Record: c.Cohort, Choice: "in"})
	}
	return m, err
}
