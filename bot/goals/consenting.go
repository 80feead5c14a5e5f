package goals

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// plain is a form that only asks which goal.
func plain(title, submit string) func(store.Tx, deeds.Call, Goal) (chat.Form, error) {
	return func(tx store.Tx, c deeds.Call, _ Goal) (chat.Form, error) {
		_, err := in(tx, c)
		return chat.Form{Title: title, Submit: submit, Note: "Nothing happens yet."}, err
	}
}

// askDeed opens a round.
func askDeed() deeds.Deed {
	return about(deeds.Deed{
		Command: chat.Command{Path: "goal ask", Summary: "Ask the group whether it consents to a goal", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, unasked)
			if err != nil {
				return chat.Outcome{}, err
			}
			switch {
			case g.Round != nil:
				return chat.Outcome{}, roundOpen(g)
			case g.State == Adopted:
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "The group has adopted goal %d already. To change it, suggest other words.", g.Number)
			case !c.Sure:
				return deeds.ConfirmAbout(string(g.ID), "Everyone in "+chat.Plain(cohort.Name)+" is asked, in the thread under the goals, whether they can live with this:\n\n"+
					chat.Quote(g.Words)+"\n\nThe round is open until everybody has spoken, or for two days at least.", "Ask the group"), nil
			}
			g, err = g.ask(tx, cohort, ToAdopt, g.Words, c.Person.ID, c.Now)
			return chat.Say("The group is asked now. You can say for yourself, too.", voiceButtons(g)...), err
		},
	}, unasked, plain("Ask the group", "Go on"))
}

func roundOpen(g Goal) error {
	return &deeds.Error{
		Code: deeds.Conflict, Say: "The group is being asked already.",
		Buttons: []chat.Button{{Label: "Open it", Command: "goal open", Record: string(g.ID), Main: true}},
	}
}

// notAsked refuses a voice where nobody asks.
func notAsked(g Goal) error {
	e := deeds.Refuse(deeds.Conflict, "The group is not being asked about goal %d at the moment.", g.Number)
	e.Buttons = []chat.Button{{Label: "Open it", Command: "goal open", Record: string(g.ID)}}
	if g.State == Proposed {
		e.Buttons = append(e.Buttons, chat.Button{Label: "Ask the group", Command: "goal ask", Record: string(g.ID)})
	}
	return e
}

func voiceButtons(g Goal) []chat.Button {
	return []chat.Button{
		{Label: "I consent", Command: "goal consent", Record: string(g.ID), Choice: string(Consent), Main: true},
		{Label: "I have an objection", Command: "goal object", Record: string(g.ID)},
		{Label: "I stand aside", Command: "goal consent", Record: string(g.ID), Choice: string(Aside)},
	}
}

// inRound gives the goal that is meant, about which its group is being asked.
func inRound(tx store.Tx, c deeds.Call) (cohorts.Cohort, Goal, error) {
	cohort, err := in(tx, c)
	if err != nil {
		return cohort, Goal{}, err
	}
	g, err := the(tx, c, asked)
	if err == nil && g.Round == nil {
		err = notAsked(g)
	}
	return cohort, g, err
}

// consentDeed keeps that somebody consents or stands aside: the choice of the
// button; typed, it is consent.
func consentDeed() deeds.Deed {
	return about(deeds.Deed{
		Command: chat.Command{Path: "goal consent", Summary: "Say that you can live with a goal", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, g, err := inRound(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			says, text := Consent, "You consent to "+roundName(g)+"."
			if Says(c.Choice) == Aside {
				says, text = Aside, "You stand aside: you don't stand in the way of "+roundName(g)+"."
			}
			_, objected, err := g.standsAs(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if objected {
				text += " Your objection counts as heard, and stays with the goal."
			}
			return chat.Say(text + " The group sees it with the goals. You can say something else while the round is open."), g.stand(tx, cohort, c.Person.ID, says, c.Now)
		},
	}, asked, plain("I consent", "I consent"))
}

// roundName says what a round would do, to stand inside a sentence.
func roundName(g Goal) string {
	switch g.Round.About {
	case ToLetGo:
		return fmt.Sprintf("letting go of goal %d", g.Number)
	case ToChange:
		return fmt.Sprintf("the new words of goal %d", g.Number)
	}
	return fmt.Sprintf("goal %d", g.Number)
}

func objectDeed() deeds.Deed {
	field := chat.Field{Name: "words", Label: "What stands in the way for you", Kind: chat.Text, Required: true, Max: 1000, Hint: "What could go wrong, or who would be left out. What would help is welcome too."}
	return about(deeds.Deed{
		Command: chat.Command{Path: "goal object", Summary: "Say why you cannot live with a goal", Role: chat.Member, Fields: []chat.Field{field}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, g, err := inRound(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			o := Objection{ID: c.ID, Person: c.Person.ID, At: c.Now, Words: strings.TrimSpace(c.Given.Text("words"))}
			return chat.Say("Your objection stands with the goal now, and the group reads it. Nobody can outvote it: it is answered by a change of the goal, or by you, when you feel heard.",
				chat.Button{Label: "It has been heard", Command: "goal heard", Record: string(g.ID)}, openButton(g)), g.object(tx, cohort, o)
		},
	}, asked, func(tx store.Tx, c deeds.Call, g Goal) (chat.Form, error) {
		_, err := in(tx, c)
		if err == nil && g.ID != "" && g.Round == nil {
			err = notAsked(g)
		}
		f := chat.Form{Title: "An objection", Submit: "Say it", Note: whoSees + " It stays with the goal, also when it is answered."}
		if g.ID != "" {
			f.Intro = g.name()
		}
		return f, err
	})
}

// heardDeed is for an objector alone.
func heardDeed() deeds.Deed {
	return about(deeds.Deed{
		Command: chat.Command{Path: "goal heard", Summary: "Say that your objection was heard", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, asked)
			if err != nil {
				return chat.Outcome{}, err
			}
			_, objects, err := g.standsAs(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !objects {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You have no objection to goal %d that waits for an answer. Only objectors can say that theirs was heard.", g.Number)
			}
			if err := g.hear(tx, c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Thank you. Your words stay with the goal, as heard."), g.note(tx, cohort, Entry{Person: c.Person.ID, At: c.Now, What: WasHeard}, true)
		},
	}, asked, plain("Heard", "It was heard"))
}

// adoptDeed closes a round with effect.
func adoptDeed() deeds.Deed {
	return about(deeds.Deed{
		Also:    cohorts.InCommunity,
		Command: chat.Command{Path: "goal adopt", Summary: "Close a round in which no objection is left", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, g, err := inRound(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			about := g.Round.About
			g, err = g.conclude(tx, cohort, c.Person.ID, c.Now)
			if e, refused := deeds.As(err); refused {
				e.Buttons = []chat.Button{openButton(g), {Label: "End it without effect", Command: "goal stop", Record: string(g.ID)}}
			}
			text := "The group has adopted " + g.name() + "\n\nThe goals in the channel show it."
			if about == ToLetGo {
				text = fmt.Sprintf("The group has let goal %d go. Its history stays.", g.Number)
			}
			return chat.Say(text, openButton(g)), err
		},
	}, asked, plain("Close a round", "Close it"))
}

// stopDeed closes a round without effect.
func stopDeed() deeds.Deed {
	return about(deeds.Deed{
		Also:    cohorts.InCommunity,
		Command: chat.Command{Path: "goal stop", Summary: "End a round without effect", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, g, err := inRound(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.ConfirmAbout(string(g.ID), "This ends the round about "+roundName(g)+". Nothing changes; what was said stays in the history, and the group can be asked again.", "End the round"), nil
			}
			return chat.Say("The round has ended; nothing has changed.", openButton(g)), g.stop(tx, cohort, c.Person.ID, c.Now)
		},
	}, asked, plain("End a round", "Go on"))
}
