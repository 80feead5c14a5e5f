package stars

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	practisePath       = "practise tell"
	practicesPath      = "practise list"
	sharePracticePath  = "share-practice"
	deletePracticePath = "delete-practice"
)

// PracticeID names a practice for ever.
type PracticeID string

// Practice is how it went when somebody tried a tool out, before it counted.
type Practice struct {
	ID          PracticeID `json:"id"`
	Cohort      cohorts.ID `json:"cohort"`
	Person      people.ID  `json:"person"`
	At          time.Time  `json:"at"`
	Star        string     `json:"star,omitempty"` // the tool: id of a star of the programme; empty: an experiment of one day
	With        string     `json:"with,omitempty"` // as it was typed
	Happened    string     `json:"happened"`
	Differently string     `json:"differently,omitempty"`
	Sees        Sees       `json:"sees"`
}

// Practices keeps all of them.
var Practices = store.NewTable[PracticeID, Practice]("practices", 1,
	store.Index[Practice]{Name: "cohort", Keys: func(p Practice) [][]byte {
		return [][]byte{store.Key(string(p.Cohort), p.At)}
	}})

// oneDay stands in the form for an experiment of one day. No star has this id:
// theirs have no blanks.
const oneDay = "one day"

func (p Practice) tool(c cohorts.Cohort) string {
	if s, ok := starOf(c, p.Star); ok {
		return chat.Plain(s.Title)
	}
	return "An experiment of one day"
}

func cohortOfPractice(tx store.Tx, record string) (string, error) {
	p, err := Practices.Get(tx, PracticeID(record))
	if err == nil {
		return string(p.Cohort), nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	c, _ := cohorts.ParseWeekRecord(record)
	return string(c), nil
}

func practiseDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfPractice,
		Command: chat.Command{Path: practisePath, Summary: "Say how it went when you practised a tool", Role: chat.Member},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return nil, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return nil, err
			}
			tool := chat.Field{Name: "tool", Label: "What did you practise?", Kind: chat.Choice, Required: true, Example: oneDay}
			tool.Options = []chat.Option{{Value: oneDay, Label: "An experiment of one day"}}
			for _, s := range cohort.Programme.Stars[:min(len(cohort.Programme.Stars), 24)] {
				tool.Options = append(tool.Options, chat.Option{Value: s.ID, Label: s.Title})
			}
			return &chat.Form{
				Title: "How practice went", Submit: "Keep it",
				Intro: "Practice is for trying things out before they matter. What went sideways is as useful here as what went well.",
				Note:  "You choose who reads it, and can change that or delete it whenever you like. For everyone means that it is posted in the channel with your name.",
				Fields: []chat.Field{
					tool,
					{Name: "with", Label: "With whom?", Kind: chat.Text, Max: 100, Example: "two people from my team", Hint: "Only if you like; no names needed."},
					{Name: "happened", Label: "What happened?", Kind: chat.LongText, Max: 1500, Required: true},
					{Name: "differently", Label: "What would you do differently?", Kind: chat.LongText, Max: 1500, Hint: "Only if something comes to mind."},
					seesField,
				},
				Filled: chat.Answers{seesField.Name: chat.Given(string(OnlyMe)), "tool": chat.Given(oneDay)},
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			p := Practice{
				ID: PracticeID(c.ID), Cohort: cohort.ID, Person: c.Person.ID, At: c.Now, Star: c.Given.Text("tool"),
				With: c.Given.Text("with"), Happened: c.Given.Text("happened"), Differently: c.Given.Text("differently"),
				Sees: Sees(c.Given.Text(seesField.Name)),
			}
			if p.Star == oneDay {
				p.Star = ""
			}
			if err := keepPractice(tx, p, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Kept. "+p.Sees.Words(cohort), p.handles()...), nil
		},
	}
}

func keepPractice(tx store.Tx, p Practice, now time.Time) error {
	if err := Practices.Put(tx, p.ID, p); err != nil {
		return err
	}
	if err := outbox.Touch(tx, practiceKind, string(p.ID)); err != nil {
		return err
	}
	return post(tx, p.Sees, practiceKind, string(p.ID), p.Cohort, now)
}

// handles gives the buttons for whoever wrote it.
func (p Practice) handles() []chat.Button {
	return append(p.Sees.Sharing(sharePracticePath, string(p.ID)), chat.Button{Label: "Delete", Command: deletePracticePath, Record: string(p.ID)})
}

// text says all of a practice, under who practised what.
func (p Practice) text(tx store.Tx, c cohorts.Cohort) (string, error) {
	who, err := people.Table.Get(tx, p.Person)
	if err != nil {
		return "", err
	}
	text := "**" + p.tool(c) + "**, practised by " + chat.Plain(who.Name)
	if p.With != "" {
		text += ", with " + chat.Plain(p.With)
	}
	text += "\n\n" + chat.Quote(p.Happened)
	if p.Differently != "" {
		text += "\n\nNext time, differently:\n\n" + chat.Quote(p.Differently)
	}
	return text, nil
}

// practiceMessage is what the group sees of a practice that somebody shares.
func practiceMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	p, err := Practices.Get(tx, PracticeID(i.Record))
	if err != nil || p.Sees != Group {
		return chat.Message{}, false, err
	}
	c, err := cohorts.Get(tx, p.Cohort)
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, err
	}
	text, err := p.text(tx, c)
	return chat.Message{
		Text:    text,
		Buttons: []chat.Button{{Label: "Say how mine went", Command: practisePath, Record: string(c.ID)}},
	}, true, err
}

// mostPractices is how many are listed at once.
const mostPractices = 8

// practicesDeed lists what a person may read, or one of their own with what can be
// done about it.
func practicesDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfPractice,
		Command: chat.Command{Path: practicesPath, Summary: "Read how practising went, for you and for others who show it", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Record != "" && c.Record != c.Cohort {
				p, _, err := ownPractice(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				text, err := p.text(tx, cohort)
				return chat.Say(text+"\n\n"+p.Sees.Words(cohort), p.handles()...), err
			}
			var all []Practice
			for row, err := range Practices.By(tx, "cohort", c.Cohort) {
				if err != nil {
					return chat.Outcome{}, err
				}
				may, err := row.Value.Sees.MayRead(tx, cohort.ID, row.Value.Person, c.Person.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				if may {
					all = append(all, row.Value)
				}
			}
			m := chat.Message{Text: "**How practising went**", Note: "Only you see this message."}
			if len(all) == 0 {
				m.Text = "Nobody has said here yet how practising went, or they keep it to themselves."
			}
			all = all[max(0, len(all)-mostPractices):]
			for i, p := range slices.Backward(all) {
				text, err := p.text(tx, cohort)
				if err != nil {
					return chat.Outcome{}, err
				}
				n := len(all) - i
				m.Text += fmt.Sprintf("\n\n%d\\. %s", n, text)
				if p.Person == c.Person.ID {
					m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Mine: %d", n), Command: practicesPath, Record: string(p.ID)})
				}
			}
			m.Buttons = append(m.Buttons, chat.Button{Label: "Say how it went", Command: practisePath, Record: c.Cohort, Main: true})
			return chat.Answering(m), nil
		},
	}
}

func ownPractice(tx store.Tx, c deeds.Call) (Practice, cohorts.Cohort, error) {
	p, err := Practices.Get(tx, PracticeID(c.Record))
	if errors.Is(err, store.ErrNotFound) {
		return p, cohorts.Cohort{}, deeds.Refuse(deeds.NotFound, "This is not there any more. /practise list shows what is.")
	}
	if err != nil {
		return p, cohorts.Cohort{}, err
	}
	if p.Person != c.Person.ID {
		return p, cohorts.Cohort{}, deeds.Refuse(deeds.Forbidden, "Only the person who wrote this can do that. /practise tell lets you say how yours went.")
	}
	cohort, err := cohorts.Get(tx, p.Cohort)
	return p, cohort, err
}

func sharePracticeDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfPractice,
		Command: chat.Command{Path: sharePracticePath, Summary: "Change who reads how your practice went", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, cohort, err := ownPractice(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if p.Sees, err = readSees(tx, c, cohort); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(p.Sees.Words(cohort), p.handles()...), keepPractice(tx, p, c.Now)
		},
	}
}

func deletePracticeDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfPractice,
		Command: chat.Command{Path: deletePracticePath, Summary: "Delete for good how your practice went", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, cohort, err := ownPractice(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("This deletes how your practice went ("+p.tool(cohort)+"), wherever it is shown. It cannot be brought back.", "Delete it"), nil
			}
			return chat.Say("Deleted."), errors.Join(Practices.Delete(tx, p.ID), outbox.Touch(tx, practiceKind, string(p.ID)))
		},
	}
}
