package bot

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// homeDeed answers /home: what is going on for this person, and what they can do
// about it.
func homeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "home", Summary: "What is going on for you, and what comes next", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			own, err := cohorts.Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Note: "Only you see this."}
			for _, x := range own {
				if x.State != cohorts.Ended || len(own) == 1 {
					if err := homeOf(tx, c, x.ID, len(own) > 1, &m); err != nil {
						return chat.Outcome{}, err
					}
				}
			}
			if len(own) == 0 {
				m.Text = "You are in no cohort yet. Press Join under a cohort's joining message to be part of it."
				if c.Role >= chat.Facilitator {
					m.Text = "You are in no cohort yet. You can start one: five answers, and nobody is told until you say so."
					m.Buttons = append(m.Buttons, chat.Button{Label: "Start a cohort", Command: "cohort start", Main: true})
				}
			}
			m.Text = strings.TrimSpace(m.Text)
			m.Buttons = m.Buttons[:min(len(m.Buttons), chat.MaxButtons)] // who is in so many groups finds the rest by their channels
			return chat.Answering(m), nil
		},
	}
}

// homeOf adds one cohort; several tells that it is not the only one.
func homeOf(tx store.Tx, c deeds.Call, id cohorts.ID, several bool, m *chat.Message) error {
	x, _, dates, err := cohorts.Load(tx, id)
	if err != nil {
		return err
	}
	role, err := cohorts.RoleIn(tx, x, c.Person)
	if err != nil {
		return err
	}
	m.Text += "\n\n**" + chat.Plain(x.Name) + "** in " + chat.InChannel(x.Place) + "\n\n"
	if current, ok := cohorts.Current(dates); ok {
		answers, err := prompts.OfPerson(tx, c.Person.ID, current.ID)
		if err != nil {
			return err
		}
		label, state := "Answer", "is open"
		if len(answers) > 0 {
			label, state = "Answer again", "is answered"
		}
		m.Text += fmt.Sprintf("- %s %s.\n", current.Label(), state)
		if several {
			label += " in " + x.Name
		}
		m.Buttons = append(m.Buttons, chat.Button{Label: label, Command: "reflect", Record: cohorts.WeekRecord(id, current.ID), Main: len(m.Buttons) == 0})
	}
	switch next, ok := cohorts.Next(dates); {
	case x.State == cohorts.Draft:
		m.Text += "- It is being prepared; nobody has been told yet.\n"
	case x.State == cohorts.Paused:
		m.Text += "- It is paused; nothing goes out.\n"
	case ok && x.State == cohorts.Open:
		m.Text += "- The next question comes " + x.When(next, c.Now) + ".\n"
	}
	if err := comingSessions(tx, c, x, m); err != nil {
		return err
	}
	if role >= chat.Facilitator {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Panel of " + x.Name, Command: "cohort panel", Record: string(id)})
	}
	return nil
}

// comingSessions adds the next sessions of a cohort.
func comingSessions(tx store.Tx, c deeds.Call, x cohorts.Cohort, m *chat.Message) error {
	next, err := sessions.Upcoming(tx, x.ID, c.Now, 2)
	if err != nil {
		return err
	}
	for _, s := range next {
		m.Text += "- " + chat.Plain(s.Title) + ": " + chat.Time(s.Start(), schedules.Words(s.Start(), c.Zone, c.Now)) + ".\n"
	}
	return nil
}
