package peers

import (
	"fmt"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

func meetDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer meet", Summary: "Meet somebody of the group this week", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if c.Choice == stop {
				cohort, err := joined(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				return chat.Say("I've stopped asking around. Nobody is told."), stopSeeking(tx, cohort.ID, c.Person.ID)
			}
			cohort, err := running(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if g, ok, err := Current(tx, cohort.ID, c.Person.ID, c.Now); err != nil || ok {
				return showGroup(tx, g, c, "")
			}
			if s, ok, err := seeking(tx, cohort.ID, c.Person.ID); err != nil || ok {
				return chat.Say("I'm still asking around for you, until "+inTheirs(c.Person, cohort, s.Since.Add(seekingFor), c.Now)+" at the latest.", chat.Button{Label: "Stop asking", Command: "peer meet", Record: c.Cohort, Choice: stop}), err
			}
			return seekFor(tx, cohort, c, Group{})
		},
	}
}

// stop is the choice of a button that ends a search.
const stop = "stop"

// seekFor looks for a partner for whoever calls, and answers them.
func seekFor(tx store.Tx, cohort cohorts.Cohort, c deeds.Call, not Group) (chat.Outcome, error) {
	g, found, err := seek(tx, cohort, c.Person.ID, not.Others(c.Person.ID), c.Now)
	if err != nil {
		return chat.Outcome{}, err
	}
	if found {
		return showGroup(tx, g, c, "Somebody else was looking too. ")
	}
	return chat.Outcome{Reply: &chat.Reply{Message: chat.Message{
		Text: "I'm asking around, one person a day, and tell you here as soon as somebody has said yes. It may take a few days.",
		Note: "Whoever I ask sees your name. Who says no is told to nobody.",
		Buttons: []chat.Button{
			{Label: "Stop asking", Command: "peer meet", Record: c.Cohort, Choice: stop},
		},
	}}}, nil
}

// showGroup answers with whom the person meets.
func showGroup(tx store.Tx, g Group, c deeds.Call, before string) (chat.Outcome, error) {
	at, ok, err := load(tx, part(string(g.ID), c.Person.ID))
	if err != nil {
		return chat.Outcome{}, err
	}
	if !ok {
		return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "What this is about is no longer there.")
	}
	m, err := at.message(tx, c.Now)
	m.Text = before + m.Text
	return chat.Answering(m), err
}

func swapDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer swap", Summary: "Meet somebody else instead", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := running(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := groupWaiting(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure && c.Choice != string(NotYet) { // who was offered it has read the same words
				others, err := withWhom(tx, cohort, g.Others(c.Person.ID))
				if err != nil {
					return chat.Outcome{}, err
				}
				return deeds.ConfirmAbout(string(g.ID), "I'd tell "+others+" that it won't work out this time, without a reason, and ask around for somebody else for you.", "Ask around"), nil
			}
			if err := withdraw(tx, cohort, g, c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return seekFor(tx, cohort, c, g)
		},
	}
}

func metDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer met", Summary: "Say whether you met", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := groupWaiting(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			said := Answer(c.Choice)
			if said != HaveMet && said != NotYet {
				said = WillNot
			}
			others, err := withWhom(tx, cohort, g.Others(c.Person.ID))
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := answer(tx, cohort, g, c.Person.ID, said, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			another := chat.Button{Label: "Meet somebody else", Command: "peer swap", Record: string(g.ID)}
			switch said {
			case HaveMet:
				return chat.Say("Noted: you have met " + others + ". Next time it is somebody new, as long as there is somebody new for you."), nil
			case NotYet:
				return chat.Say("That's fine, there is time. If it isn't coming together with "+others+", you can meet somebody else.",
					chat.Button{Label: "Suggest a time", Command: "peer time", Record: string(g.ID), Main: true}, another), nil
			}
			another.Command, another.Record = "peer meet", c.Cohort
			return chat.Say("That's fine, and nobody needs a reason. "+others+" will hear that it won't work out this time.", another,
				chat.Button{Label: "Leave me out of rounds", Command: "peer apart", Record: c.Cohort, Choice: "out"}), nil
		},
	}
}

func timeDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "when", Label: "When", Kind: chat.When, Required: true, Example: "thu 9am", Hint: "A day and a time, as you would say it"},
		{Name: "where", Label: "Where", Kind: chat.Text, Max: 300, Example: "I'll call you", Hint: "A place, a link, or who calls whom"},
	}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer time", Summary: "Suggest a time to meet", Role: chat.Member, Fields: fields, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			g, err := groupWaiting(tx, c)
			if err != nil || c.Given.Has("when") {
				return nil, err
			}
			at, ok, err := load(tx, part(string(g.ID), c.Person.ID))
			if err != nil || !ok {
				return nil, err
			}
			hint, err := at.overlap(tx, c.Now)
			if err != nil {
				return nil, err
			}
			others, err := withWhom(tx, at.cohort, g.Others(c.Person.ID))
			return &chat.Form{
				Title: "Suggest a time", Fields: fields, Submit: "Suggest it", Intro: hint,
				Note: others + " will see it, each in their own time zone. Nobody else does.", Record: string(g.ID),
			}, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := groupWaiting(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			when := c.Given["when"].When
			if !when.Instant().After(c.Now) {
				return chat.Outcome{}, deeds.RefuseField("when", "I read that as %s, which has passed. Try one that is still to come, such as “tomorrow 9am”.", when.Words(c.Now))
			}
			p := Proposal{By: c.Person.ID, Wall: when.Wall, Zone: when.Zone, Where: c.Given.Text("where")}
			if err := propose(tx, cohort, g, p, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			others, err := withWhom(tx, cohort, g.Others(c.Person.ID))
			return chat.Say("Suggested to " + others + ": " + inTheirs(c.Person, cohort, p.Instant(), c.Now) + ". I tell you here when it suits."), err
		},
	}
}

func suitsDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer suits", Summary: "Say that a time suits you", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := groupWaiting(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			number, _ := strconv.Atoi(c.Choice) // what is no number is no proposal
			if g.Proposal == nil || number != g.Proposals || g.Proposal.By == c.Person.ID {
				return showGroup(tx, g, c, "Another time was suggested since. ")
			}
			if !g.Proposal.Instant().After(c.Now) {
				return chat.Outcome{}, &deeds.Error{
					Code: deeds.Conflict, Say: "That time has passed. You can suggest another.",
					Buttons: []chat.Button{{Label: "Suggest a time", Command: "peer time", Record: string(g.ID), Main: true}},
				}
			}
			if err := suits(tx, cohort, g, c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			by, err := withWhom(tx, cohort, g.Others(c.Person.ID))
			return chat.Say("Noted: " + inTheirs(c.Person, cohort, g.Proposal.Instant(), c.Now) + ", with " + by + "."), err
		},
	}
}

func invitedDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer invited", Summary: "Meet somebody who asked, or not", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			_, by := parsePart(c.Record)
			s, stands, err := invited(tx, cohort.ID, c.Person.ID, by)
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Choice != "yes" {
				if stands && s.Asking == c.Person.ID { // the next is asked when their time comes
					s.Asking = ""
					err = Seekers.Put(tx, s.id(), s)
				}
				return chat.Say("That's fine. Nobody is told."), err
			}
			if !stands {
				return chat.Say("That is settled already, so you need do nothing. Thank you for saying yes.",
					chat.Button{Label: "Meet somebody", Command: "peer meet", Record: c.Cohort}), nil
			}
			g, err := pairUp(tx, cohort, s, c.Person.ID, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			return showGroup(tx, g, c, "")
		},
	}
}

func apartDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer apart", Summary: "Take part in the rounds, or not", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			id := cohorts.MemberID(cohort.ID, c.Person.ID)
			if c.Choice == "in" {
				return chat.Say("You are part of the next round again."), Aparts.Delete(tx, id)
			}
			return chat.Say("You are left out of the rounds from now on, and can still meet somebody whenever you like with /peer meet.",
				chat.Button{Label: "Take part again", Command: "peer apart", Record: c.Cohort, Choice: "in"}), Aparts.Put(tx, id, Apart{cohort.ID, c.Person.ID, c.Now})
		},
	}
}

func roundDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer round", Summary: "Put everybody together in twos or threes now", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if !cohort.Running(c.Now) {
				return chat.Outcome{}, resting(cohort, c)
			}
			there, err := taking(tx, cohort, c.Now, nil)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(there) < 2 {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "It takes two, and fewer than two %s are there for a round now. People on leave, and those who only read along, are left out.", chat.Plain(cohort.Programme.Members.Many))
			}
			if !c.Sure {
				text := fmt.Sprintf("%d people will each be told in private whom they meet. Nobody meets the same person again before their turn.", len(there))
				if last, ok, err := lastRound(tx, cohort.ID); err != nil {
					return chat.Outcome{}, err
				} else if ok {
					text += " The last round was on " + day(last.At, cohort, c.Now) + "; whoever has not met since then is put together with somebody else."
				}
				return deeds.Confirm(text, "Start the round"), nil
			}
			if _, err := start(tx, cohort, c.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Done. Everybody is being told whom they meet, each when their quiet hours allow it."), nil
		},
	}
}

const rhythmOff = "off"

func rhythmDeed() deeds.Deed {
	every := chat.Field{
		Name: "every", Label: "How often people are put together", Kind: chat.Choice, Required: true, Example: "every two weeks", Hint: "Off: only in the weeks of the programme that say so, and when somebody asks",
		Options: []chat.Option{
			{Value: "1", Label: "Every week"},
			{Value: "2", Label: "Every two weeks"},
			{Value: "3", Label: "Every three weeks"},
			{Value: "4", Label: "Every four weeks"},
			{Value: rhythmOff, Label: "Off"},
		},
	}
	first := chat.Field{Name: "first", Label: "First on", Kind: chat.Date, Example: "monday", Hint: "Left empty, next Monday"}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "peer rhythm", Summary: "How often people are put together by themselves", Role: chat.Facilitator, Fields: []chat.Field{every, first}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has("every") {
				return nil, nil
			}
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return nil, err
			}
			next, err := nextRound(tx, cohort, c.Now)
			return &chat.Form{
				Title: "Rhythm of meeting", Fields: []chat.Field{every, first}, Intro: strings.TrimSpace(next),
				Note: "Members are told when they are put together, not before.",
			}, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Given.Text("every") == rhythmOff {
				if err := Rhythms.Delete(tx, cohort.ID); err != nil {
					return chat.Outcome{}, err
				}
				return chat.Say("Off. People are put together in the weeks of the programme that say so, with /peer round, and when they ask for it."), setRhythm(tx, cohort, c.Now)
			}
			today := cohort.Today(c.Now)
			from := today.AddDays(1 + (7-int(today.Weekday()))%7)
			if c.Given.Has("first") {
				from = c.Given["first"].Date
			}
			if !from.After(today) {
				return chat.Outcome{}, deeds.RefuseField("first", "I read that as %s, which is not ahead. Try “monday”, or start a round today with /peer round.", from.Long())
			}
			weeks, err := strconv.Atoi(c.Given.Text("every"))
			if err != nil {
				return chat.Outcome{}, err
			}
			rule, err := schedules.ParseRule(fmt.Sprintf("every %d weeks on %s 9am from %s", weeks, strings.ToLower(from.Weekday().String()), from))
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := Rhythms.Put(tx, cohort.ID, Rhythm{cohort.ID, weeks, rule}); err != nil {
				return chat.Outcome{}, err
			}
			if err := setRhythm(tx, cohort, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			next, err := nextRound(tx, cohort, c.Now)
			return chat.Say("Set." + next + " Breaks, holidays and pauses are passed over. Nobody is told before."), err
		},
	}
}
