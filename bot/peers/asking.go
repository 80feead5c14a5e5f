package peers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/experiments"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

var (
	textField  = chat.Field{Name: "text", Label: "What you want a reflection on", Kind: chat.LongText, Hint: "A draft, a thought, a plan. They read it as you type it here."}
	whoField   = chat.Field{Name: "who", Label: "Whom to ask", Kind: chat.Person, Example: "@ben", Hint: "Left empty, I ask whoever was asked least so far"}
	alsoField  = chat.Field{Name: "also", Label: "And", Kind: chat.Person, Example: "@chen", Hint: "Each is asked alone, and answers you alone"}
	thirdField = chat.Field{Name: "third", Label: "And", Kind: chat.Person, Example: "@dalia"}
)

// What stands before the person whom the bot chose, in the record of a
// confirmation: who was shown is who is asked. It tells whether it is about the
// message in whose menu the deed began.
const (
	picked       = "for:"
	pickedInMenu = "menu:"
)

// offered is how many experiments of their own somebody can choose from.
const offered = 8

const whoReads = "Each of them reads it and answers you alone. Nobody else sees either: no facilitator, not the others you ask. Names are always shown."

func askDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{
			Path: "peer ask", Summary: "Ask peers for a reflection on something of yours", Role: chat.Member, Menu: "Ask a peer",
			Fields: []chat.Field{textField, whoField, alsoField, thirdField},
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return nil, err
			}
			onMessage, err := ownMessage(tx, c)
			if err != nil || !onMessage && c.Given.Has("text") && c.Given.Has("who") {
				return nil, err
			}
			f := &chat.Form{
				Title: "Ask a peer", Submit: "Look it over", Note: whoReads, Filled: chat.Answers{},
				Intro:  "They are asked:\n\n" + questionsWords(questionsOf(cohort)),
				Fields: []chat.Field{textField, whoField, alsoField, thirdField},
			}
			if onMessage {
				f.Fields[0].Label, f.Fields[0].Hint = "Anything to say beside it", "They read your message, and this with it"
				f.Intro = chat.Quote(chat.Short(c.Message.Text, 600)) + "\n\n" + f.Intro
				return f, nil
			}
			about, err := aboutField(tx, c)
			if err != nil {
				return nil, err
			}
			if len(about.Options) > 1 {
				f.Fields = append([]chat.Field{about}, f.Fields...)
				f.Filled["about"] = chat.Given(string(OnDraft))
			}
			if before, err := ownReflection(tx, c.Record, c.Person.ID); err != nil || before.Asker != c.Person.ID {
				return f, err
			} else if before.About == OnExperiment {
				f.Filled["about"], f.Filled["text"] = chat.Given(string(before.Experiment)), chat.Given(before.Note)
			} else {
				f.Filled["text"] = chat.Given(before.Text)
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := joined(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			r, err := asked(tx, cohort, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			peers, err := whoIsAsked(tx, cohort, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return confirmAsk(tx, r, peers)
			}
			var later []string
			for i, p := range peers {
				own := r
				own.ID, own.Peer = ReflectionID(fmt.Sprintf("%s.%d", c.ID, i+1)), p.ID
				if own, err = ask(tx, cohort, own, c.Now); err != nil {
					return chat.Outcome{}, err
				}
				if own.State == Waiting {
					later = append(later, chat.Plain(p.Name))
				}
			}
			text := "Asked. I tell you here when an answer comes; there is no hurry on either side, and after two weeks it runs out by itself."
			if len(later) > 0 {
				text += " " + chat.And(later) + " can't be asked just now; I ask when that changes, and the two weeks count from then."
			}
			return chat.Say(text, chat.Button{Label: "Who was asked", Command: "peer list", Record: c.Cohort}), nil
		},
	}
}

// ownMessage tells whether the deed began in the menu on a message, and refuses
// one that somebody else wrote.
func ownMessage(tx store.Tx, c deeds.Call) (bool, error) {
	if c.Message == nil || c.Choice != "" || c.Record != "" && !strings.HasPrefix(c.Record, pickedInMenu) {
		return false, nil // a button carries what it is about
	}
	author, err := people.ByAccount(tx, c.Message.Author)
	if errors.Is(err, people.ErrUnknown) || err == nil && author.ID != c.Person.ID {
		return false, deeds.Refuse(deeds.Forbidden, "That message is somebody else's. A reflection is asked for by who wrote it: choose a message of your own, or type what it is about with /peer ask.")
	}
	return err == nil, err
}

// aboutField offers a draft, and the person's own experiments.
func aboutField(tx store.Tx, c deeds.Call) (chat.Field, error) {
	f := chat.Field{Name: "about", Label: "About what", Kind: chat.Choice, Required: true, Options: []chat.Option{{Value: string(OnDraft), Label: "What I type here"}}}
	own, err := experiments.Of(tx, cohorts.ID(c.Cohort), c.Person.ID)
	for _, e := range own[max(0, len(own)-offered):] {
		f.Options = append(f.Options, chat.Option{Value: string(e.ID), Label: chat.Short("My experiment: "+strings.Join(strings.Fields(e.Hunch), " "), 75)})
	}
	return f, err
}

// asked reads what a reflection is asked on.
func asked(tx store.Tx, cohort cohorts.Cohort, c deeds.Call) (Reflection, error) {
	r := Reflection{Cohort: cohort.ID, Asker: c.Person.ID, About: OnDraft, Text: c.Given.Text("text"), Questions: questionsOf(cohort)}
	onMessage, err := ownMessage(tx, c)
	if err != nil {
		return r, err
	}
	if onMessage {
		r.About, r.Note, r.Text, r.Files = OnMessage, r.Text, c.Message.Text, c.Message.Files
	}
	if id := c.Given.Text("about"); !onMessage && id != "" && id != string(OnDraft) {
		e, err := experiments.Get(tx, experiments.ID(id))
		if errors.Is(err, store.ErrNotFound) || err == nil && e.Person != c.Person.ID {
			return r, deeds.RefuseField("about", "That experiment is no longer there. Choose another, or type what it is about.")
		}
		if err != nil {
			return r, err
		}
		r.About, r.Note, r.Text, r.Experiment = OnExperiment, r.Text, "", e.ID
	}
	if r.About != OnExperiment && strings.TrimSpace(r.Text) == "" && len(r.Files) == 0 {
		return r, deeds.RefuseField("text", "There is nothing here yet for them to read. Type or paste it, or choose “Ask a peer” in the menu on a message of yours.")
	}
	return r, nil
}

// whoIsAsked reads whom the asker named, or chooses somebody.
func whoIsAsked(tx store.Tx, cohort cohorts.Cohort, c deeds.Call) ([]people.Person, error) {
	var all []people.Person
	for _, f := range []chat.Field{whoField, alsoField, thirdField} {
		if !c.Given.Has(f.Name) {
			continue
		}
		p := c.Given[f.Name].Person
		_, here, err := memberHere(tx, cohort, p.ID)
		switch {
		case err != nil:
			return nil, err
		case p.ID == c.Person.ID:
			return nil, deeds.RefuseField(f.Name, "That is you. Pick somebody else, or leave it empty.")
		case !here:
			return nil, deeds.RefuseField(f.Name, "%s is not in %s. Pick somebody who is, or leave it empty.", chat.Plain(p.Name), chat.Plain(cohort.Name))
		case !slices.ContainsFunc(all, func(x people.Person) bool { return x.ID == p.ID }):
			all = append(all, p)
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	if _, id, ok := strings.Cut(c.Record, ":"); ok && c.Sure {
		p, here, err := memberHere(tx, cohort, people.ID(id))
		if err != nil || here {
			return []people.Person{p}, err
		}
	}
	p, ok, err := leastAsked(tx, cohort, c.Person.ID, c.Now)
	if err == nil && (!ok || c.Sure) { // who was shown has left meanwhile
		err = deeds.RefuseField(whoField.Name, "I have nobody to suggest just now. Name somebody yourself, or try again in a few days.")
	}
	return []people.Person{p}, err
}

// confirmAsk shows what each peer will read, and who they are.
func confirmAsk(tx store.Tx, r Reflection, peers []people.Person) (chat.Outcome, error) {
	subject, files, _, err := r.subject(tx)
	if err != nil {
		return chat.Outcome{}, err
	}
	var all []string
	for _, p := range peers {
		all = append(all, "**"+chat.Plain(p.Name)+"**")
	}
	reads := "reads"
	if len(all) > 1 {
		reads = "each read"
	}
	text := chat.And(all) + " " + reads + " this, and nobody else:"
	if subject != "" {
		text += "\n\n" + subject
	}
	if len(files) > 0 {
		text += "\n\n" + fileWords(files)
	}
	if r.Note != "" {
		text += "\n\nAnd beside it:\n\n" + chat.Quote(r.Note)
	}
	text += "\n\nWhat they write comes to you alone, with their name. They may say no without a reason."
	before := picked
	if r.About == OnMessage {
		before = pickedInMenu
	}
	return deeds.ConfirmAbout(before+string(peers[0].ID), text, "Ask"), nil
}

func questionsOf(c cohorts.Cohort) []string {
	if len(c.Programme.Peers.Questions) > 0 {
		return c.Programme.Peers.Questions
	}
	return ourQuestions
}

func questionsWords(questions []string) string {
	var lines []string
	for _, q := range questions {
		lines = append(lines, "- "+chat.Plain(q))
	}
	return strings.Join(lines, "\n")
}

func fileWords(files []chat.File) string {
	var kinds []string
	for _, f := range files {
		kinds = append(kinds, "a "+f.Kind())
	}
	return "With " + chat.And(kinds) + "."
}
