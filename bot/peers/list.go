package peers

import (
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// listDeed answers with whom somebody meets.
func listDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer list", Summary: "Whom you meet, and reflections asked and given", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if g, ok, err := Current(tx, cohort.ID, c.Person.ID, c.Now); err != nil || ok {
				return showGroup(tx, g, c, "")
			}
			text := "You are not to meet anybody at the moment."
			if s, ok, err := seeking(tx, cohort.ID, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if ok {
				text += " I'm asking around for you, until " + inTheirs(c.Person, cohort, s.Since.Add(seekingFor), c.Now) + " at the latest."
				return chat.Say(text, chat.Button{Label: "Stop asking", Command: "peer meet", Record: c.Cohort, Choice: stop}), nil
			}
			m := chat.Message{Text: text + " If you would like to, I'll ask around.", Buttons: []chat.Button{
				{Label: "Meet somebody", Command: "peer meet", Record: c.Cohort, Main: true},
			}}
			apart, err := Aparts.Has(tx, cohorts.MemberID(cohort.ID, c.Person.ID))
			if apart {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Take part in rounds", Command: "peer apart", Record: c.Cohort, Choice: "in"})
			}
			return chat.Answering(m), err
		},
	}
}
