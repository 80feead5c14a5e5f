package cohorts

import (
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	acceptPath  = "plan accept"
	declinePath = "plan decline"
	voicePath   = "plan voice"

	isFine    = "fine"
	isConcern = "concern"
)

func proposalDeeds() []deeds.Deed {
	all := []deeds.Deed{acceptDeed(), declineDeed(), voiceDeed()}
	for i := range all {
		all[i].Scoped = true
		all[i].CohortOf = func(tx store.Tx, record string) (string, error) {
			p, err := Proposals.Get(tx, record)
			return string(p.Cohort), err
		}
	}
	return all
}

// openProposal gives the proposal of a button, or a refusal that says what came
// of it.
func openProposal(tx store.Tx, call deeds.Call) (Proposal, error) {
	p, err := Proposals.Get(tx, call.Record)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = deeds.Refuse(deeds.NotFound, "That proposal is no longer there. /plan show has the plan as it is.")
	case err == nil && p.Taken != "":
		err = deeds.Refuse(deeds.Conflict, "That was taken up already. /plan show has the plan as it is.")
	case err == nil && !p.Open():
		err = deeds.Refuse(deeds.Conflict, "That was left already. Propose it anew if it matters still.")
	}
	return p, err
}

func acceptDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: acceptPath, Summary: "Make a change of the plan that a member proposed", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			p, err := openProposal(tx, call)
			if err != nil {
				return chat.Outcome{}, err
			}
			return p.carryOut(tx, call)
		},
	}
}

func declineDeed() deeds.Deed {
	why := chat.Field{Name: "why", Label: "Why not, or not now", Kind: chat.LongText, Required: true, Max: 500, Example: "The hall is taken that week"}
	return deeds.Deed{
		Command: chat.Command{Path: declinePath, Summary: "Leave a change of the plan that a member proposed", Role: chat.Facilitator, Hidden: true, Fields: []chat.Field{why}},
		Ask: func(tx store.Tx, call deeds.Call) (*chat.Form, error) {
			if _, err := openProposal(tx, call); err != nil || call.Given.Has("why") {
				return nil, err
			}
			return &chat.Form{Title: "Not now", Fields: []chat.Field{why}, Submit: "Leave it", Note: "The group reads it under the proposal, and whoever proposed it gets it in private."}, nil
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			p, err := openProposal(tx, call)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := p.end(tx, call, false, call.Given.Text("why")); err != nil {
				return chat.Outcome{}, err
			}
			c, err := Get(tx, p.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			by, err := people.Table.Get(tx, p.By)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Left. The proposal says so, with your reason."), outbox.Say(tx, outbox.Item{
				Key: proposalEndKind + "/" + p.ID, Kind: proposalEndKind, Record: p.ID, Cohort: string(c.ID),
				Person: string(by.ID), Place: by.Direct(c.Place.Workspace), Silent: true,
			}, call.Now)
		},
	}
}

func voiceDeed() deeds.Deed {
	concern := chat.Field{Name: "concern", Label: "Your concern", Kind: chat.LongText, Max: 500, Example: "I would miss the week that falls out"}
	return deeds.Deed{
		Command: chat.Command{Path: voicePath, Summary: "Say what you think of a proposal", Role: chat.Member, Hidden: true, Fields: []chat.Field{concern}},
		Ask: func(tx store.Tx, call deeds.Call) (*chat.Form, error) {
			if _, err := openProposal(tx, call); err != nil || call.Choice != isConcern || call.Given.Has("concern") {
				return nil, err
			}
			needed := concern
			needed.Required = true
			return &chat.Form{Title: "A concern", Fields: []chat.Field{needed}, Submit: "Say it", Note: "The group reads it under the proposal, with your name."}, nil
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			p, err := openProposal(tx, call)
			if err != nil {
				return chat.Outcome{}, err
			}
			c, err := Get(tx, p.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, err := Joined(tx, c, call.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			v := Voice{Proposal: p.ID, Person: call.Person.ID, Concern: call.Given.Text("concern"), At: call.Now}
			if err := Voices.Put(tx, p.ID+"/"+string(v.Person), v); err != nil {
				return chat.Outcome{}, err
			}
			text := "Noted: it is fine by you. A concern that comes up later takes its place."
			if v.Concern != "" {
				text = "Your concern stands under the proposal. It takes the place of what you said before."
			}
			return chat.Say(text), p.touch(tx)
		},
	}
}

// proposalMessage is a proposal as the group reads it.
func proposalMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	p, c, text, err := proposalWords(tx, i.Record)
	if err != nil || c.State == Deleted {
		return chat.Message{}, false, err
	}
	if !p.Open() {
		return chat.Message{Text: text}, i.State == outbox.Sent, nil
	}
	return chat.Message{
		Text: text,
		Buttons: []chat.Button{
			{Label: "Fine by me", Command: voicePath, Record: p.ID, Choice: isFine, Main: true},
			{Label: "I have a concern", Command: voicePath, Record: p.ID, Choice: isConcern},
		},
		Note: "The group sees how many it is fine by, and the concerns with their names. A facilitator makes the change or says why not.",
	}, true, nil
}

// proposalAskMessage is the same for a facilitator, who can make the change.
func proposalAskMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	p, c, text, err := proposalWords(tx, i.Record)
	if err != nil || c.State == Deleted {
		return chat.Message{}, false, err
	}
	if !p.Open() {
		return chat.Message{Text: text}, i.State == outbox.Sent, nil
	}
	return chat.Message{
		Text: text,
		Buttons: []chat.Button{
			{Label: "Make the change", Command: acceptPath, Record: p.ID, Main: true},
			{Label: "Not now", Command: declinePath, Record: p.ID},
		},
		Note: "The group is asked in " + chat.InChannel(c.Place) + "; what it says shows here as it comes.",
	}, true, nil
}

func proposalEndMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	_, c, text, err := proposalWords(tx, i.Record)
	return chat.Message{Text: text}, err == nil && c.State != Deleted, err
}

// proposalWords says what is proposed, what the group says to it, and what came of
// it.
func proposalWords(tx store.Tx, id string) (Proposal, Cohort, string, error) {
	p, err := Proposals.Get(tx, id)
	if err != nil {
		return p, Cohort{}, "", err
	}
	c, _, dates, err := Load(tx, p.Cohort)
	if err != nil {
		return p, c, "", err
	}
	name := func(id people.ID) string {
		if found, err := people.Table.Get(tx, id); err == nil {
			return chat.Plain(found.Name)
		}
		return "Somebody"
	}
	question, _ := p.Change.ask(c)
	text := fmt.Sprintf("**%s proposes for the plan of %s:** %s", name(p.By), chat.Plain(c.Name), question)
	if p.Open() {
		text = joinSentences(text, p.Change.moves(c, dates))
	}
	fine := 0
	var concerns string
	for row, err := range Voices.By(tx, "proposal", p.ID) {
		if err != nil {
			return p, c, "", err
		}
		if row.Value.Concern == "" {
			fine++
		} else {
			concerns += "\n\n" + name(row.Value.Person) + " has a concern:\n\n" + chat.Quote(row.Value.Concern)
		}
	}
	switch {
	case fine == 1:
		text += "\n\nFine by **1** person so far."
	case fine > 1:
		text += fmt.Sprintf("\n\nFine by **%d** people so far.", fine)
	}
	text += concerns
	switch {
	case p.Taken != "":
		text += "\n\n" + name(p.Taken) + " has made the change."
	case !p.Open():
		text += "\n\nIt is left for now" + reason(p.Why)
	}
	return p, c, text, nil
}

// reason gives why something was left, after what was left; its giver may have had
// it erased.
func reason(why string) string {
	if why == "" {
		return "."
	}
	return ":\n\n" + chat.Quote(why)
}

// proposalsPanel shows facilitators what waits for them.
func proposalsPanel(tx store.Tx, call deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	for row, err := range Proposals.By(tx, "open", call.Cohort) {
		if err != nil {
			return g, err
		}
		_, _, text, err := proposalWords(tx, row.ID)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, text)
		if len(g.Buttons) == 0 {
			g.Buttons = []chat.Button{
				{Label: "Make the change", Command: acceptPath, Record: row.ID},
				{Label: "Not now", Command: declinePath, Record: row.ID},
			}
		}
	}
	return g, nil
}
