package experiments

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// askMessage asks somebody to walk alongside.
func askMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	w, x, err := companionOf(tx, i)
	if err != nil {
		return chat.Message{}, false, err
	}
	name := chat.Plain(w.person.Name)
	said := i.State == outbox.Sent
	switch {
	case x.State == Walks, x.State == Stepped:
		return chat.Message{Text: "You said yes to " + name + "."}, said, nil
	case x.State == Declined:
		return chat.Message{Text: "You said no to " + name + " this time, and that is fine."}, said, nil
	case x.State == Parted, w.State != Going:
		return chat.Message{Text: name + " needs no answer from you any more."}, said, nil
	}
	return chat.Message{
		Text: fmt.Sprintf("%s tries out a hunch in %s, a minute a day, and asks whether you would walk alongside. You get three short notes, and can send a word when you feel like it.", name, chat.Plain(w.cohort.Name)),
		Note: "If you say yes, you read the hunch, what " + name + " will try and how " + name + " will know; which day it is; and at the end what was surprising. You never see the daily notes. If you say no, " + name + " hears only that it isn't possible this time.",
		Buttons: []chat.Button{
			{Label: "I'll walk alongside", Command: answerPath, Record: string(w.ID), Choice: "yes", Main: true},
			{Label: "Not this time", Command: answerPath, Record: string(w.ID), Choice: "no"},
		},
	}, true, nil
}

// companionOf reads the experiment of an item, and the companion it is for.
func companionOf(tx store.Tx, i outbox.Item) (whole, Companion, error) {
	w, err := load(tx, ID(i.Record))
	if err != nil {
		return w, Companion{}, err
	}
	x, err := Companions.Get(tx, CompanionID(w.ID, people.ID(i.Person)))
	return w, x, err
}

func walkButtons(w whole) []chat.Button {
	return []chat.Button{
		{Label: "Send a word", Command: wordPath, Record: string(w.ID), Main: true},
		{Label: "Step back", Command: partPath, Record: string(w.ID)},
	}
}

// walkMessage is one of the short notes to a companion.
func walkMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	w, x, err := companionOf(tx, i)
	if err != nil || x.State != Walks && i.State != outbox.Sent {
		return chat.Message{}, false, err
	}
	name := chat.Plain(w.person.Name)
	m := chat.Message{Buttons: walkButtons(w), Note: "You walk alongside. " + name + " knows that you read this."}
	if x.State != Walks {
		m.Buttons, m.Note = nil, ""
	}
	switch i.Key[strings.LastIndex(i.Key, "/")+1:] {
	case atStart:
		m.Text = "**" + name + "'s experiment** has begun.\n\n" + w.planWords()
	case inMiddle:
		if w.State != Going && i.State != outbox.Sent {
			return m, false, nil // it is over before this could be said
		}
		m.Text = "**" + name + "'s experiment** is halfway. A word from you may be welcome, and so may silence."
	default:
		if w.State == Going {
			m.Text = "**" + name + "'s experiment** goes on for some more days."
			return m, i.State == outbox.Sent, nil
		}
		m.Text = "**" + name + "'s experiment:** " + w.stateWords() + "."
		notes, err := notesOf(tx, w.ID, Surprise)
		if err != nil {
			return m, false, err
		}
		if len(notes) > 0 {
			m.Text += "\n\nWhat was surprising:\n\n" + notesWords(notes, 2000)
		}
	}
	return m, true, nil
}

// wordMessage brings the author a companion's word.
func wordMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	parts := strings.Split(i.Key, "/") // the kind, the experiment, the companion, the number
	n := 0
	if len(parts) != 4 {
		return chat.Message{}, false, nil
	}
	if _, err := fmt.Sscan(parts[3], &n); err != nil {
		return chat.Message{}, false, nil
	}
	x, err := Companions.Get(tx, CompanionID(ID(parts[1]), people.ID(parts[2])))
	if err != nil || n < 1 || n > len(x.Words) || x.Words[n-1] == "" {
		return chat.Message{}, false, err
	}
	p, err := people.Table.Get(tx, x.Person)
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "A word from " + chat.Plain(p.Name) + ", who walks alongside:\n\n" + chat.Quote(x.Words[n-1]),
		Note: "Nobody else reads this.",
	}, true, nil
}

// answerMessage tells one of the two how the other stands to walking together.
func answerMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	w, err := load(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	parts := strings.Split(i.Key, "/") // the kind, the experiment, the companion, what
	if len(parts) < 4 {
		return chat.Message{}, false, nil
	}
	p, err := people.Table.Get(tx, people.ID(parts[2]))
	if err != nil {
		return chat.Message{}, false, err
	}
	name := chat.Plain(p.Name)
	another := []chat.Button{{Label: "Ask somebody else", Command: walkPath, Record: string(w.ID)}}
	if w.State != Going {
		another = nil
	}
	switch Walking(parts[3]) {
	case Walks:
		return chat.Message{Text: name + " walks alongside your experiment.", Note: companionReads, Buttons: []chat.Button{{Label: "Go on alone", Command: partPath, Record: string(w.ID)}}}, true, nil
	case Declined:
		return chat.Message{Text: name + " can't walk alongside this time. Your experiment goes on as it is.", Buttons: another}, true, nil
	case Stepped:
		return chat.Message{Text: name + " has stepped back from walking alongside. Your experiment goes on as it is.", Buttons: another}, true, nil
	}
	return chat.Message{Text: chat.Plain(w.person.Name) + " goes on alone from here, so no more notes come. Thank you for coming along."}, true, nil
}
