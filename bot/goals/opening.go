package goals

import (
	"errors"
	"fmt"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// openDeed shows one goal with all that was said of it, and what can be done.
func openDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal open", Summary: "Look at a goal, and say something to it", Role: chat.Member, Hidden: true, Fields: []chat.Field{goalField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, alive)
			if err != nil {
				return chat.Outcome{}, err
			}
			text, err := boardLine(tx, cohort, g, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			objections, err := objectionWords(tx, g)
			if err != nil {
				return chat.Outcome{}, err
			}
			suggested, take, err := suggestionWords(tx, g, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			text += objections + suggested
			if g.State == Adopted {
				far, err := farWords(tx, g)
				if err != nil {
					return chat.Outcome{}, err
				}
				text += "\n\n" + far
			}
			buttons, err := goalButtons(tx, c, g)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(chat.Message{Text: text, Buttons: append(take, buttons...), Note: "What you say to a goal is read by the group, with your name."}), nil
		},
	}
}

// objectionWords gives the objections that were answered; those that wait stand
// with the round.
func objectionWords(tx store.Tx, g Goal) (string, error) {
	all, err := ObjectionsTo(tx, g)
	if err != nil {
		return "", err
	}
	text := ""
	for _, o := range all {
		if o.Open() {
			continue
		}
		who, err := namesOf(tx, []people.ID{o.Person})
		if err != nil {
			return "", err
		}
		how := "heard, by their own word"
		switch o.How {
		case Changed:
			how = "answered by a change of the goal"
		case Stopped:
			how = "the round was ended"
		}
		text += "\n\nAn objection by " + who + " (" + how + "):\n\n" + chat.Quote(o.Words)
	}
	return text, nil
}

// maxTakes is how many suggestions can be taken over from one message.
const maxTakes = 3

// suggestionWords gives what is suggested, and the buttons for who may take it
// over.
func suggestionWords(tx store.Tx, g Goal, p people.ID) (string, []chat.Button, error) {
	open, err := openSuggestions(tx, g.ID)
	if err != nil {
		return "", nil, err
	}
	text, n := "", 0
	var buttons []chat.Button
	for _, s := range open {
		by, err := namesOf(tx, []people.ID{s.By})
		if err != nil {
			return "", nil, err
		}
		who, anybody, err := s.takers(tx)
		if err != nil {
			return "", nil, err
		}
		n++
		what := "suggests"
		if s.With != "" {
			one, err := Goals.Get(tx, s.Goal)
			if err != nil {
				return "", nil, err
			}
			other, err := Goals.Get(tx, s.With)
			if err != nil {
				return "", nil, err
			}
			what = fmt.Sprintf("suggests making one goal of %d and %d", one.Number, other.Number)
		}
		text += fmt.Sprintf("\n\n%s %s:\n\n%s", by, what, chat.Quote(s.Words))
		record := string(g.ID) + "/" + string(s.ID)
		label := ""
		if len(open) > 1 {
			label = fmt.Sprintf(" %d", n)
		}
		may := s.By != p && (anybody || slices.Contains(who, p)) && !slices.Contains(s.Agreed, p)
		if may && len(buttons) < maxTakes {
			buttons = append(buttons, chat.Button{Label: "Take it over" + label, Command: "goal take", Record: record, Main: len(buttons) == 0})
		}
		if s.By == p || g.By == p {
			buttons = append(buttons, chat.Button{Label: "Leave it" + label, Command: "goal leave", Record: record})
		}
	}
	return text, buttons, nil
}

// goalButtons is what somebody can do about a goal as it stands.
func goalButtons(tx store.Tx, c deeds.Call, g Goal) ([]chat.Button, error) {
	button := func(label, command string) chat.Button {
		return chat.Button{Label: label, Command: command, Record: string(g.ID)}
	}
	var buttons []chat.Button
	switch {
	case g.Round != nil:
		says, objects, err := g.standsAs(tx, c.Person.ID)
		if err != nil {
			return nil, err
		}
		if objects {
			buttons = append(buttons, button("It has been heard", "goal heard"))
		}
		for _, b := range voiceButtons(g) {
			if b.Choice != string(says) || says == "" {
				b.Main = b.Main && !objects
				buttons = append(buttons, b)
			}
		}
		if g.Round.About != ToLetGo {
			buttons = append(buttons, button("Suggest other words", "goal build"))
		}
		if may, err := mayClose(tx, c); err != nil {
			return nil, err
		} else if may {
			buttons = append(buttons, button("Close the round", "goal adopt"))
		}
	case g.State == Adopted:
		buttons = append(buttons, button("Still ours", "goal still"), button("Change it", "goal build"), button("Let it go", "goal release"), button("Tie something to it", "goal tie"))
	default:
		ask := button("Ask the group", "goal ask")
		words := button("Suggest other words", "goal build")
		if g.By == c.Person.ID {
			words.Label = "Change the words"
		}
		buttons = append(buttons, ask, words, button("Merge with another", "goal merge"), button("Tie something to it", "goal tie"))
		if own, err := g.ownAlone(tx, c.Person.ID); err != nil {
			return nil, err
		} else if own {
			buttons = append(buttons, button("Delete it", "goal withdraw"))
		}
	}
	return append(buttons, button("Its history", "goal history")), nil
}

// mayClose tells whether somebody may close rounds: a facilitator, and in a
// community any member.
func mayClose(tx store.Tx, c deeds.Call) (bool, error) {
	if c.Role.Includes(chat.Facilitator) {
		return true, nil
	}
	return cohorts.InCommunity(tx, c.Cohort, c.Role)
}

// historyShown is how many lines of a history are shown, the youngest.
const historyShown = 20

func historyDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal history", Summary: "All that happened to a goal", Role: chat.Member, Hidden: true, Fields: []chat.Field{goalField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			// Of one that was merged or let go, too.
			g, err := Goals.Get(tx, ID(c.Record))
			if c.Record == "" || errors.Is(err, store.ErrNotFound) {
				g, err = the(tx, c, alive)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			history, err := HistoryOf(tx, g.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: g.name(), Note: "Everyone in the group can see this."}
			if n := len(history) - historyShown; n > 0 {
				m.Text += fmt.Sprintf("\n\n%d earlier lines are not shown.", n)
				history = history[n:]
			}
			for _, e := range history {
				line, err := entryWords(tx, e)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n\n*" + schedules.DateOf(e.At.In(cohort.Zone.Location())).Short() + ".* " + line
			}
			for _, id := range g.From {
				was, err := Goals.Get(tx, id)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("History of %d", was.Number), Command: "goal history", Record: string(id)})
			}
			return chat.Answering(m), nil
		},
	}
}

// home is what the group asks somebody about its goals.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	cohort := cohorts.ID(c.Cohort)
	if _, ok, err := cohorts.MemberOf(tx, cohort, c.Person.ID); err != nil || !ok {
		return g, err
	}
	all, err := Of(tx, cohort)
	if err != nil {
		return g, err
	}
	for _, x := range all {
		if !x.Alive() || len(g.Lines) == 2 {
			continue
		}
		says, objects, err := x.standsAs(tx, c.Person.ID)
		if err != nil {
			return g, err
		}
		_, take, err := suggestionWords(tx, x, c.Person.ID)
		if err != nil {
			return g, err
		}
		switch {
		case x.Round != nil && says == "" && !objects:
			g.Lines = append(g.Lines, "The group is asked about goal "+fmt.Sprint(x.Number)+": "+chat.Plain(chat.Short(x.Round.Words, 100)))
		case len(take) > 0 && take[0].Command == "goal take" && x.By == c.Person.ID:
			g.Lines = append(g.Lines, "Somebody suggests other words for your goal "+fmt.Sprint(x.Number)+".")
		default:
			continue
		}
		if len(g.Buttons) == 0 {
			g.Buttons = []chat.Button{{Label: fmt.Sprintf("Open goal %d", x.Number), Command: "goal open", Record: string(x.ID)}}
		}
	}
	return g, nil
}

// panel is how the goals stand, for the facilitators.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return g, err
	}
	all, err := Of(tx, cohort.ID)
	if err != nil {
		return g, err
	}
	own, asked, proposed, waiting := 0, 0, 0, 0
	for _, x := range all {
		switch {
		case x.Round != nil:
			asked++
			s, err := x.stands(tx, cohort, c.Now)
			if err != nil {
				return g, err
			}
			waiting += len(s.open)
		case x.State == Proposed:
			proposed++
		}
		if x.State == Adopted {
			own++
		}
	}
	if own+asked+proposed == 0 {
		return g, nil
	}
	line := fmt.Sprintf("**The group's goals:** %d adopted, %d being asked about, %d proposed.", own, asked, proposed)
	if waiting > 0 {
		line += " Objections that wait for an answer: " + fmt.Sprint(waiting) + "."
	}
	g.Lines = []string{line}
	g.Buttons = []chat.Button{{Label: "The group's goals", Command: "goal list", Record: c.Cohort}}
	return g, nil
}
