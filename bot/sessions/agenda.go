package sessions

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// AgendaItem is something that somebody would like a session to come to. Each is
// a record of its own, so that many can add at once.
type AgendaItem struct {
	ID      string    `json:"id"`
	Session ID        `json:"session"`
	By      people.ID `json:"by"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// Agendas keeps the items by id, which grows with time.
var Agendas = store.NewTable[string, AgendaItem]("agenda", 1,
	store.Index[AgendaItem]{Name: "session", Keys: func(a AgendaItem) [][]byte {
		return [][]byte{store.Key(string(a.Session), a.ID)}
	}},
	store.Index[AgendaItem]{Name: "person", Keys: func(a AgendaItem) [][]byte {
		return [][]byte{store.Key(string(a.By), a.ID)}
	}})

// maxAgenda is how many items an agenda can have.
const maxAgenda = 30

const agendaPath = "session agenda"

// adding is the choice of the button that opens the form.
const adding = "add"

func agendaOf(tx store.Tx, s ID) ([]AgendaItem, error) {
	var all []AgendaItem
	for row, err := range Agendas.By(tx, "session", string(s)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

func agendaButton(s ID) chat.Button {
	return chat.Button{Label: "Add to the agenda", Command: agendaPath, Record: string(s), Choice: adding}
}

// agendaWords lists up to so many items, each with who put it there; nothing
// where there are none.
func agendaWords(tx store.Tx, s Session, most int) (string, error) {
	all, err := agendaOf(tx, s.ID)
	if err != nil || len(all) == 0 {
		return "", err
	}
	lines := []string{"\n\n**On the agenda**\n"}
	for i, item := range all {
		if i == most {
			lines = append(lines, fmt.Sprintf("- and %d more", len(all)-most))
			break
		}
		who := ""
		if p, ok, err := people.Table.Find(tx, item.By); err != nil {
			return "", err
		} else if ok {
			who = " (" + chat.Plain(p.Name) + ")"
		}
		text := strings.Join(strings.Fields(item.Text), " ")
		lines = append(lines, fmt.Sprintf("%d. %s%s", i+1, chat.Plain(chat.Short(text, 300)), who))
	}
	return strings.Join(lines, "\n"), nil
}

func agendaDeed() deeds.Deed {
	add := chat.Field{Name: "add", Label: "What the group should come to", Kind: chat.Text, Max: 500, Example: "What do we do about the hall?"}
	return deeds.Deed{
		Command:  chat.Command{Path: agendaPath, Summary: "See what a session comes to, and add to it", Role: chat.Member, Fields: []chat.Field{add, which}},
		Scoped:   true,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Choice != adding || c.Given.Has(add.Name) {
				return nil, nil
			}
			s, err := likeliest(tx, c, planned)
			if err != nil {
				return nil, err
			}
			field := add
			field.Required, field.Kind = true, chat.LongText // typed in one line, written in a form in several
			return &chat.Form{
				Title: "Add to the agenda", Fields: []chat.Field{field}, Submit: "Add it", Record: string(s.ID),
				Intro: "For " + s.name() + ", " + inWords(s, c) + ".",
				Note:  "Everybody it is for reads it, with your name. You can take it out again.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := likeliest(tx, c, planned)
			if err != nil {
				return chat.Outcome{}, err
			}
			opening := ""
			switch text := c.Given.Text(add.Name); {
			case text != "":
				if opening, err = addItem(tx, s, c, text); err != nil {
					return chat.Outcome{}, err
				}
			case c.Choice != "" && c.Choice != adding:
				if opening, err = takeOut(tx, s, c); err != nil {
					return chat.Outcome{}, err
				}
			}
			return showAgenda(tx, s, c, opening)
		},
	}
}

func addItem(tx store.Tx, s Session, c deeds.Call, text string) (string, error) {
	all, err := agendaOf(tx, s.ID)
	if err != nil {
		return "", err
	}
	if len(all) >= maxAgenda {
		return "", deeds.RefuseField("add", "The agenda has %d items already, which is all that fits. Perhaps another session is what it takes: /session schedule.", maxAgenda)
	}
	err = Agendas.Put(tx, c.ID, AgendaItem{ID: c.ID, Session: s.ID, By: c.Person.ID, Text: text, At: c.Now})
	if err != nil {
		return "", err
	}
	return "It is on the agenda. ", touched(tx, s)
}

// takeOut removes an item: whoever put it there can, and the facilitators.
func takeOut(tx store.Tx, s Session, c deeds.Call) (string, error) {
	item, ok, err := Agendas.Find(tx, c.Choice)
	switch {
	case err != nil:
		return "", err
	case !ok || item.Session != s.ID: // what stands on another agenda is nobody's business here
		return "That was taken out already. ", nil
	case item.By != c.Person.ID && !c.Role.Includes(chat.Facilitator):
		return "", deeds.Refuse(deeds.Forbidden, "Somebody else put that there. They can take it out, or a facilitator.")
	}
	if err := Agendas.Delete(tx, item.ID); err != nil {
		return "", err
	}
	return "Taken out. ", touched(tx, s)
}

// touched has the announcement brought up to date.
func touched(tx store.Tx, s Session) error {
	if err := outbox.Touch(tx, inviteKind, string(s.ID)); err != nil {
		return err
	}
	return outbox.Touch(tx, announceKind, string(s.ID))
}

func showAgenda(tx store.Tx, s Session, c deeds.Call, opening string) (chat.Outcome, error) {
	words, err := agendaWords(tx, s, maxAgenda)
	if err != nil {
		return chat.Outcome{}, err
	}
	if words == "" {
		words = "\n\nNothing is on the agenda yet."
	}
	all, err := agendaOf(tx, s.ID)
	m := chat.Message{
		Text:    opening + s.name() + ", " + inWords(s, c) + "." + words,
		Buttons: []chat.Button{agendaButton(s.ID)},
		Note:    "Everybody it is for sees the agenda, with who put what there.",
	}
	for i, item := range all {
		if (item.By == c.Person.ID || c.Role.Includes(chat.Facilitator)) && len(m.Buttons) < 10 {
			m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Take out %d", i+1), Command: agendaPath, Record: string(s.ID), Choice: item.ID})
		}
	}
	return chat.Answering(m), err
}
