package goals

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// revisitDeed lets the group look at its goals anew, at any time.
func revisitDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf, Also: cohorts.InCommunity,
		Command: chat.Command{Path: "goal revisit", Summary: "Let the group look at its goals anew", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			own, err := AdoptedBy(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(own) == 0 {
				return chat.Outcome{}, &deeds.Error{
					Code: deeds.Conflict, Say: "The group has adopted no goal yet, so there is nothing to look back at. /goal list shows what is proposed.",
					Buttons: []chat.Button{{Label: "The group's goals", Command: "goal list", Record: c.Cohort, Main: true}},
				}
			}
			if !c.Sure {
				return deeds.Confirm("The goals get a new message in "+chat.InChannel(cohort.Place)+", and in its thread each can say how far it has come, change it or let it go.", "Look at them anew"), nil
			}
			return chat.Say("They go out now."), revisit(tx, cohort, c.Now)
		},
	}
}

// stillDeed keeps how far a goal has come, in somebody's words, if they have any.
func stillDeed() deeds.Deed {
	field := chat.Field{Name: "words", Label: "How far has it come, for you?", Kind: chat.Text, Max: 600, Hint: "A few words, or none"}
	d := about(deeds.Deed{
		Command: chat.Command{Path: "goal still", Summary: "Say that a goal is still yours, and how far it has come", Role: chat.Member, Hidden: true, Fields: []chat.Field{field}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, adopted)
			if err != nil {
				return chat.Outcome{}, err
			}
			if g.State != Adopted {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "The group has not adopted goal %d yet. /goal list shows how it stands.", g.Number)
			}
			words := strings.TrimSpace(c.Given.Text("words"))
			if err := g.note(tx, cohort, Entry{Person: c.Person.ID, At: c.Now, What: WasRevisited, Words: words}, false); err != nil {
				return chat.Outcome{}, err
			}
			text := "Noted, in its history."
			if words != "" {
				text = "Noted. The group reads it with the goal."
			}
			return chat.Say(text, openButton(g)), outbox.Touch(tx, lookKind, string(g.ID))
		},
	}, adopted, nil)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		if _, err := in(tx, c); err != nil || c.Given.Has("words") && c.Path != deeds.ChangePath {
			return nil, err
		}
		g, err := the(tx, c, adopted)
		return &chat.Form{Title: "Still ours", Intro: g.name(), Fields: roomy([]chat.Field{field}), Submit: "Say it", Note: whoSees, Record: string(g.ID)}, err
	}
	return d
}

// releaseDeed asks the group to let a goal go. Nobody does that alone.
func releaseDeed() deeds.Deed {
	return about(deeds.Deed{
		Command: chat.Command{Path: "goal release", Summary: "Ask the group to let a goal go", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, adopted)
			if err != nil {
				return chat.Outcome{}, err
			}
			switch {
			case g.State != Adopted:
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "The group has not adopted goal %d, so there is nothing to let go of yet.", g.Number)
			case g.Round != nil && g.Round.About == ToLetGo:
				return chat.Say("You think it can go. The group sees it with the goals."), g.stand(tx, cohort, c.Person.ID, Consent, c.Now)
			case g.Round != nil:
				return chat.Outcome{}, roundOpen(g)
			case !c.Sure:
				return deeds.ConfirmAbout(string(g.ID), "The group is asked, in the thread under the goals, whether to let this go:\n\n"+chat.Quote(g.Words)+"\n\nIt goes when nobody has an objection left. Its history stays.", "Ask the group"), nil
			}
			if g, err = g.ask(tx, cohort, ToLetGo, g.Words, c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(fmt.Sprintf("The group is asked whether to let goal %d go. Your own consent is noted.", g.Number)), g.stand(tx, cohort, c.Person.ID, Consent, c.Now)
		},
	}, adopted, plain("Let a goal go", "Go on"))
}
