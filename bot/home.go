package bot

import (
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// homeDeed answers /home: what is going on for this person, and what they can do
// about it.
func (b *Bot) homeDeed() deeds.Deed {
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
					if err := b.homeOf(tx, c, x.ID, len(own) > 1, &m); err != nil {
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
func (b *Bot) homeOf(tx store.Tx, c deeds.Call, id cohorts.ID, several bool, m *chat.Message) error {
	x, err := cohorts.Get(tx, id)
	if err != nil {
		return err
	}
	if c.Role, err = cohorts.RoleIn(tx, x, c.Person); err != nil {
		return err
	}
	c.Cohort, c.Zone = string(id), c.Person.ZoneOr(x.Zone)
	m.Text += "\n\n**" + chat.Plain(x.Name) + "** in " + chat.InChannel(x.Place) + "\n\n"
	for _, look := range b.homes {
		g, err := look(tx, c)
		if err != nil {
			return err
		}
		for _, line := range g.Lines {
			m.Text += "- " + line + "\n"
		}
		for _, button := range g.Buttons {
			if several {
				button.Label += " in " + x.Name
			}
			button.Main = len(m.Buttons) == 0
			m.Buttons = append(m.Buttons, button)
		}
	}
	if c.Role >= chat.Facilitator {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Panel of " + x.Name, Command: "cohort panel", Record: string(id)})
	}
	return nil
}

// panelDeed answers "cohort panel": what the facilitators of a cohort see of it.
func (b *Bot) panelDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort panel", Summary: "Who answered, who is quiet, what goes out next", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**" + chat.Plain(x.Name) + "**", Note: "Only facilitators see this."}
			for _, look := range b.panels {
				g, err := look(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				for _, line := range g.Lines {
					m.Text += "\n\n" + line
				}
				m.Buttons = append(m.Buttons, g.Buttons...)
			}
			return chat.Answering(m), nil
		},
	}
}
