package experiments

import (
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// storyMessage is a story as the group reads it.
func storyMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, err := Stories.Get(tx, ID(i.Record))
	if err != nil || !s.OpenTo(Reader{Member: true}) {
		return chat.Message{}, false, err
	}
	return storyWords(tx, s, "The story of an experiment, by ")
}

func storyWords(tx store.Tx, s Story, title string) (chat.Message, bool, error) {
	p, err := people.Table.Get(tx, s.Person)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{Text: title + "**" + chat.Plain(p.Name) + "**", Files: s.Files}
	if s.Text != "" {
		m.Text += "\n\n" + chat.Quote(s.Text)
	}
	if s.Changed {
		m.Note = "Changed since."
	}
	return m, true, nil
}

// privateMessage is a story as a facilitator reads it to whom it was told.
func privateMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, err := Stories.Get(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	member, here, err := cohorts.MemberOf(tx, s.Cohort, people.ID(i.Person))
	if err != nil || !here || s.Sees != Facilitators || !s.OpenTo(Reader{Person: member.Person, Facilitator: member.Facilitator}) {
		return chat.Message{}, false, err
	}
	c, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return chat.Message{}, false, err
	}
	m, ok, err := storyWords(tx, s, "The story of an experiment in "+chat.Plain(c.Name)+", for facilitators alone, by ")
	m.Note = strings.TrimSpace(m.Note + " Only facilitators see this. The group does not.")
	return m, ok, err
}

// toldWords tells an author who can read their story, and how to change that.
func toldWords(w whole, s Story) chat.Message {
	button := func(label, command string, sees Sees) chat.Button {
		return chat.Button{Label: label, Command: command, Record: string(w.ID), Choice: string(sees)}
	}
	m := chat.Message{Text: "Kept. "}
	wider := button("Share with the group", sharePath, Group)
	switch s.Sees {
	case Group:
		m.Text += "Everyone in " + chat.InChannel(w.cohort.Place) + " can read it, and /experiment stories lists it."
		wider = button("Just my facilitators", sharePath, Facilitators)
	case Facilitators:
		m.Text += "Your facilitators can read it, and nobody else."
	case OnlyMe:
		m.Text += "Only you can read it."
	}
	m.Text += " You can change it whenever you like."
	m.Buttons = []chat.Button{button("Change", storyPath, ""), wider, button("Delete", untellPath, ""), w.keepButton()}
	return m
}
