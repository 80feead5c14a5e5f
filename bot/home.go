package bot

import (
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const (
	// firstButtons is how many of what the features offer stand under a home or a
	// panel; the others are behind [More].
	firstButtons = 4
	// eachButtons is the same for each group of somebody who is in several.
	eachButtons = 2
	// more is the choice of the button that shows the others.
	more = "more"
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
			running := slices.DeleteFunc(slices.Clone(own), func(x cohorts.Cohort) bool { return x.State == cohorts.Ended })
			if len(running) == 0 && len(own) > 0 {
				running = own[len(own)-1:]
			}
			m := chat.Message{Note: "Only you see this."}
			var first, rest, panels []chat.Button
			for _, x := range running {
				g, role, err := b.homeOf(tx, c, x)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n\n**" + chat.Plain(x.Name) + "** in " + chat.InChannel(x.Place) + "\n\n"
				for _, line := range g.Lines {
					m.Text += "- " + line + "\n"
				}
				shown := firstButtons
				if len(running) > 1 {
					shown = eachButtons
					for i := range g.Buttons {
						g.Buttons[i].Label += " in " + x.Name
					}
				}
				shown = min(shown, len(g.Buttons))
				first, rest = append(first, g.Buttons[:shown]...), append(rest, g.Buttons[shown:]...)
				if role >= chat.Facilitator {
					panels = append(panels, chat.Button{Label: "Panel of " + x.Name, Command: "cohort panel", Record: string(x.ID)})
				}
			}
			mine, err := together(tx, c, b.owns)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(mine.Buttons) > 0 { // one in sight, however much goes on in the groups
				first, rest = append(first, mine.Buttons[0]), append(rest, mine.Buttons[1:]...)
			}
			if c.Choice == more && len(rest) > 0 {
				m.Text, m.Buttons = "What else you can open from here.", under(rest, nil, chat.Button{}, nil)
				return chat.Answering(m), nil
			}
			if len(own) == 0 {
				m.Text = "You are in no cohort yet. Press Join under a cohort's joining message to be part of it."
				if c.Role >= chat.Facilitator {
					m.Text = "You are in no cohort yet. You can start one: five answers, and nobody is told until you say so."
					first = append(first, chat.Button{Label: "Start a cohort", Command: "cohort start"})
				}
			}
			if len(mine.Lines) > 0 {
				m.Text += "\n\n**Your own**\n"
				for _, line := range mine.Lines {
					m.Text += "\n- " + line
				}
			}
			m.Text = strings.TrimSpace(m.Text)
			m.Buttons = under(first, rest, chat.Button{Label: "More", Command: "home", Choice: more}, panels)
			m.Buttons = append(m.Buttons[:min(len(m.Buttons), chat.MaxButtons-1)], chat.Button{Label: "My settings", Command: "settings show"})
			return chat.Answering(m), nil
		},
	}
}

// homeOf gives what all features show somebody of one cohort, and their role there.
func (b *Bot) homeOf(tx store.Tx, c deeds.Call, x cohorts.Cohort) (deeds.Glance, chat.Role, error) {
	var err error
	if c.Role, err = cohorts.RoleIn(tx, x, c.Person); err != nil {
		return deeds.Glance{}, c.Role, err
	}
	c.Cohort, c.Zone = string(x.ID), c.Person.ZoneOr(x.Zone)
	g, err := together(tx, c, b.homes)
	return g, c.Role, err
}

// together puts what the features show one below the other, what can wait last.
func together(tx store.Tx, c deeds.Call, looks []func(store.Tx, deeds.Call) (deeds.Glance, error)) (deeds.Glance, error) {
	var now, later deeds.Glance
	for _, look := range looks {
		g, err := look(tx, c)
		if err != nil {
			return g, err
		}
		to := &now
		if g.Later {
			to = &later
		}
		to.Lines, to.Buttons = append(to.Lines, g.Lines...), append(to.Buttons, g.Buttons...)
	}
	return deeds.Glance{Lines: append(now.Lines, later.Lines...), Buttons: append(now.Buttons, later.Buttons...)}, nil
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
			g, err := together(tx, c, b.panels)
			if err != nil {
				return chat.Outcome{}, err
			}
			g.Buttons = append(g.Buttons, chat.Button{Label: "What was changed", Command: "cohort log", Record: c.Cohort})
			m := chat.Message{Text: "**" + chat.Plain(x.Name) + "**", Note: "Only facilitators see this."}
			shown := min(firstButtons, len(g.Buttons))
			first, rest := g.Buttons[:shown], g.Buttons[shown:]
			fit := fitting(g.Lines)
			if c.Choice == more {
				m.Text, m.Buttons = "What else you can open for "+m.Text+".", under(rest, nil, chat.Button{}, nil)
				g.Lines = g.Lines[fit:]
				fit = len(g.Lines)
			} else if m.Buttons = under(first, nil, chat.Button{}, nil); len(rest) > 0 || fit < len(g.Lines) {
				m.Buttons = append(m.Buttons, chat.Button{Label: "More", Command: "cohort panel", Record: c.Cohort, Choice: more})
			}
			for _, line := range g.Lines[:fit] {
				m.Text += "\n\n" + line
			}
			return chat.Answering(m), nil
		},
	}
}

// phone is how many letters a phone shows at once beside a few buttons.
const phone = 700

// fitting gives how many of the lines fit a phone, the first in any case.
func fitting(lines []string) int {
	length := 0
	for n, line := range lines {
		if length += len(line); length > phone && n > 0 {
			return n
		}
	}
	return len(lines)
}

// under gives the buttons of a home or a panel: the first, of which one is the
// likeliest; the only one of the rest, or what shows all of them; and what always
// stands there. Who is in so many groups finds what is too much by their channels.
func under(first, rest []chat.Button, others chat.Button, always []chat.Button) []chat.Button {
	all := slices.Clone(first)
	switch len(rest) {
	case 0:
	case 1:
		all = append(all, rest...)
	default:
		all = append(all, others)
	}
	for i := range all {
		all[i].Main = i == 0
	}
	all = append(all, always...)
	return all[:min(len(all), chat.MaxButtons)]
}
