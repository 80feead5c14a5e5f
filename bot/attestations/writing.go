package attestations

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// What somebody by a link can do, they can do from an account as well.
func byLink(path, summary string) chat.Command {
	return chat.Command{Path: path, Summary: summary, Role: chat.Guest, Hidden: true}
}

// openDeed shows what somebody is asked, or what became of it.
func (f feature) openDeed() deeds.Deed {
	return deeds.Deed{
		Command: byLink(openPath, "Look at what you were asked to say about somebody's work"),
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := ofWriter(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := asked(tx, r, c.Now, true)
			return chat.Answering(m), err
		},
	}
}

func (f feature) writeDeed() deeds.Deed {
	return deeds.Deed{
		Command: byLink(writePath, "Say in a few words what you saw of somebody's work"), Via: openPath,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r, a, err := writable(tx, c)
			if err != nil {
				return nil, err
			}
			learner, err := r.learnerOf(tx)
			if err != nil {
				return nil, err
			}
			framework, err := f.criteria(tx, r)
			if err != nil {
				return nil, err
			}
			name := chat.Plain(learner.Name)
			late := a.ID != "" && !correctable(a, c.Now)
			form := &chat.Form{
				Title: "A few words", Submit: "Send it to " + short(learner.Name, 40), Record: string(r.ID), Filled: fill(a.Content),
				Intro:  "About **" + name + "** and " + oneLine(chat.Plain(strings.TrimRight(r.About, ". "))) + ". Leave out what you like.",
				Note:   whoReads(name) + " You can correct it for two weeks, and take it back whenever you like.",
				Fields: giveFields(r, learner.Name, framework.Covering(frameworksDo), r.Outside(), late),
			}
			if r.Outside() && a.ID == "" {
				form.Filled = chat.Answers{"name": chat.Given(r.Name)}
			}
			if late {
				form.Title, form.Submit, form.Intro = "Who may see it", "Keep it", "What you wrote about **"+name+"** stays as it is: the two weeks for corrections are over. You can still say who may see it, or take all of it back."
				form.Note = whoReads(name)
			}
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, a, err := writable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Given.Has("show") { // pressed, with nothing handed in
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "Please open the question again and write there.")
			}
			return f.written(tx, c, r, a)
		},
	}
}

// written keeps what the one who was asked handed in.
func (f feature) written(tx store.Tx, c deeds.Call, r Request, a Attestation) (chat.Outcome, error) {
	learner, err := r.learnerOf(tx)
	if err != nil {
		return chat.Outcome{}, err
	}
	late := a.ID != "" && !correctable(a, c.Now)
	content, err := read(c, a.Content, late)
	if err != nil {
		return chat.Outcome{}, err
	}
	what := WasCorrected
	if a.ID == "" {
		what = WasGiven
		framework, err := f.criteria(tx, r)
		if err != nil {
			return chat.Outcome{}, err
		}
		a = Attestation{ID: r.ID, Learner: r.Learner, Writer: c.Person.ID, Portfolio: r.Portfolio, Slot: r.Slot, Given: c.Now.UTC()}
		content.ID, content.Learner, content.Role, content.About, content.Framework = r.ID, learner.Name, r.Role, r.About, framework.ID
		content.Writer, content.Reached = c.Person.Name, ByAccount
		if r.Outside() {
			content.Reached = ByLink
		}
	}
	content.Corrected = what == WasCorrected
	if content.Reached == ByLink && !late {
		content.Writer = oneLine(c.Given.Text("name"))
	}
	a.Content = content
	if err := f.give(tx, r, a, what, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	text := "**Thank you.**\n\n" + chat.Plain(learner.Name) + " can read it now, and is told. You can correct it until " + day(a.Given.Add(correctFor), zoneOf(c, learner.ZoneOr(c.Zone)), c.Now) + ", and take it back whenever you like."
	if r.Outside() {
		text += " Both are at this same link, so keep it."
	}
	if late {
		text = "**Kept.**\n\nWho may see it is as you say from now on. Copies that were given out before can't be called back."
	}
	return chat.Say(text, writerButtons(a, c.Now)...), nil
}

// zoneOf gives the zone to speak in: a guest's is not known.
func zoneOf(c deeds.Call, learner schedules.Zone) schedules.Zone {
	if c.Role == chat.Guest {
		return learner
	}
	return c.Zone
}

// writable gives a request that can be answered, or whose answer can be corrected.
func writable(tx store.Tx, c deeds.Call) (Request, Attestation, error) {
	r, err := ofWriter(tx, c)
	if err != nil {
		return r, Attestation{}, err
	}
	switch r.State {
	case Open, Declined:
		return r, Attestation{}, nil
	case Given:
		a, err := Table.Get(tx, r.ID)
		return r, a, err
	case Withdrawn:
		return r, Attestation{}, deeds.Refuse(deeds.Conflict, "You took back what you wrote, and nothing of it is kept. If you want to write after all, let them ask you again.")
	}
	return r, Attestation{}, deeds.Refuse(deeds.Conflict, "This question is not open any more. There is nothing that you need to do.")
}

func writerButtons(a Attestation, now time.Time) []chat.Button {
	change := "Correct it"
	if !correctable(a, now) {
		change = "Who may see it"
	}
	return []chat.Button{
		{Label: change, Command: writePath, Record: string(a.ID)},
		{Label: "Take it back", Command: withdrawPath, Record: string(a.ID)},
	}
}

func (f feature) declineDeed() deeds.Deed {
	return deeds.Deed{
		Command: byLink(declinePath, "Say no to a question for a few words"), Via: openPath,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, a, err := writable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if a.ID != "" {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You have written something already. You can take it back instead.")
			}
			learner, err := r.learnerOf(tx)
			if err != nil || r.State == Declined {
				return chat.Say("**That's fine**\n\n" + chat.Plain(learner.Name) + " knows already that you can't this time."), err
			}
			r.State, r.Ended = Declined, c.Now
			if err := r.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := r.rest(tx); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("**That's fine**\n\n"+chat.Plain(learner.Name)+" hears that you can't this time, and no more.",
				chat.Button{Label: "Write something after all", Command: writePath, Record: string(r.ID)}), r.tell(tx, declinedKind, "", c.Now)
		},
	}
}

func (f feature) questionDeed() deeds.Deed {
	text := chat.Field{Name: "text", Label: "What would you like to know?", Kind: chat.LongText, Required: true, Max: 1000}
	return deeds.Deed{
		Command: byLink(questionPath, "Ask something before you say a few words"), Via: openPath,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r, _, err := writable(tx, c)
			if err != nil {
				return nil, err
			}
			learner, err := r.learnerOf(tx)
			note := "Only " + chat.Plain(learner.Name) + " reads this."
			if r.Outside() {
				note += " Their answer comes to this page: look at the link again in a day or two."
			}
			return &chat.Form{Title: "Ask something first", Fields: []chat.Field{text}, Submit: "Ask", Record: string(r.ID), Note: note}, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, _, err := writable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Given.Has("text") {
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "Please write what you would like to know.")
			}
			if err := r.line(tx, false, c.Given.Text("text"), questionKind, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			learner, err := r.learnerOf(tx)
			return chat.Say("**Asked**\n\n"+chat.Plain(learner.Name)+" reads it, and can answer you here.",
				chat.Button{Label: "Write a few words", Command: writePath, Record: string(r.ID)}), err
		},
	}
}

// line keeps something that one of the two asked the other, and tells that one.
func (r Request) line(tx store.Tx, learner bool, text, kind string, now time.Time) error {
	if len(r.Lines) >= mostLines {
		return deeds.Refuse(deeds.Conflict, "You two have written to each other a good deal here. Better talk about the rest directly.")
	}
	r.Lines = append(r.Lines, Line{Learner: learner, Text: strings.TrimSpace(text), At: now})
	if err := r.keep(tx); err != nil {
		return err
	}
	if err := outbox.Touch(tx, askKind, string(r.ID)); err != nil {
		return err
	}
	if kind == answerKind && r.Outside() { // they find it on their page
		return nil
	}
	return r.tell(tx, kind, fmt.Sprint(len(r.Lines)), now)
}

func (f feature) answerDeed() deeds.Deed {
	text := chat.Field{Name: "text", Label: "Your answer", Kind: chat.LongText, Required: true, Max: 1000}
	return deeds.Deed{
		Command: chat.Command{Path: answerPath, Summary: "Answer what somebody asks before they say a few words", Role: chat.Anyone, Fields: []chat.Field{text}, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r, err := ofLearner(tx, c)
			if err != nil {
				return nil, err
			}
			return &chat.Form{Title: "Your answer", Fields: []chat.Field{text}, Submit: "Send it", Record: string(r.ID), Note: "Only " + chat.Plain(r.Name) + " reads this."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := ofLearner(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if r.State != Open && r.State != Declined {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This is not open any more. %s", stateWords(r, c.Zone, c.Now))
			}
			if err := r.line(tx, true, c.Given.Text("text"), answerKind, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			if r.Outside() {
				return chat.Say("Your answer stands on the page behind " + chat.Plain(r.Name) + "'s link. Tell them that it is there; I can't."), nil
			}
			return chat.Say("Sent to " + chat.Plain(r.Name) + ", and to nobody else."), nil
		},
	}
}

func (f feature) withdrawDeed() deeds.Deed {
	return deeds.Deed{
		Command: byLink(withdrawPath, "Take back what you said about somebody's work"), Via: openPath,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := ofWriter(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			a, err := Table.Get(tx, r.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && !a.Stands() {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "There is nothing of yours here to take back.")
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			learner, err := r.learnerOf(tx)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("**Take it back?**\n\nWhat you wrote is deleted here, and "+chat.Plain(learner.Name)+" is told that it is gone. Only that there was something stays, and when. Copies given out before, such as in a portfolio that was handed in, can't be called back.", "Delete what I wrote"), nil
			}
			return chat.Say("**Taken back**\n\nWhat you wrote is deleted. " + chat.Plain(learner.Name) + " is told, and you need do nothing more."), f.withdraw(tx, r, a, c.Now)
		},
	}
}
