package thinking

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	tellPath   = "think tell"
	untellPath = "think untell"
	toldPath   = "think told"
)

// RemarkID names a remark for ever.
type RemarkID string

// Remark is what somebody says about the questions themselves.
type Remark struct {
	ID      RemarkID  `json:"id"`
	Person  people.ID `json:"person"`
	Chapter string    `json:"chapter,omitempty"` // empty: all of them
	Text    string    `json:"text"`              // as typed
	At      time.Time `json:"at"`
	// Workspace is where it was said, and Cohorts are the groups that its author was
	// in: those who administer the one and facilitate the others read it.
	Workspace chat.Workspace `json:"workspace"`
	Cohorts   []cohorts.ID   `json:"cohorts,omitempty"`
}

// Remarks keeps all remarks.
var Remarks = store.NewTable[RemarkID, Remark]("thoughtremarks", 1,
	store.Index[Remark]{Name: "person", Keys: func(r Remark) [][]byte { return [][]byte{store.Key(string(r.Person), r.At)} }},
	store.Index[Remark]{Name: "at", Keys: func(r Remark) [][]byte { return [][]byte{store.Key(r.At)} }})

func remarksOf(tx store.Tx, p people.ID) ([]Remark, error) {
	return remarks(Remarks.By(tx, "person", string(p)))
}

func remarks(rows func(func(store.Row[RemarkID, Remark], error) bool)) ([]Remark, error) {
	var all []Remark
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// about names what a remark is about, inside a sentence.
func (l Library) about(r Remark) string {
	if r.Chapter == "" {
		return "the questions as a whole"
	}
	if c, ok := l.chapter(r.Chapter); ok {
		return "“" + chat.Plain(c.Title) + "”"
	}
	return "a chapter that is no longer there"
}

// remarksShown is how many remarks are shown at once, the youngest.
const remarksShown = 10

func (f feature) tellDeed() deeds.Deed {
	const all = "all"
	text := chat.Field{
		Name: "text", Label: "What you think of the questions", Kind: chat.LongText, Required: true, Max: 2000,
		Hint: "What helped, what got in the way, which question is missing.",
	}
	return deeds.Deed{
		Command: chat.Command{Path: tellPath, Summary: "Tell us what you think of the questions themselves", Role: chat.Anyone, Fields: []chat.Field{text}},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			about := chat.Field{Name: "about", Label: "What it is about", Kind: chat.Choice, Required: true, Options: []chat.Option{{Value: all, Label: "The questions as a whole"}}}
			for _, chapter := range f.library.chapters[:min(len(f.library.chapters), 24)] {
				about.Options = append(about.Options, chat.Option{Value: chapter.ID, Label: chapter.Title})
			}
			return &chat.Form{
				Title: "Tell us what you think", Submit: "Tell us", Fields: []chat.Field{about, text},
				Filled: chat.Answers{"about": chat.Given(all)},
				Note:   "Whoever administers this workspace and the facilitators of your groups read it, with your name, and can take it along as a file. You can take it back.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r := Remark{
				ID: RemarkID(c.ID), Person: c.Person.ID, Chapter: c.Given.Text("about"), Text: c.Given.Text("text"), At: c.Now,
				Workspace: c.Profile.User.Workspace,
			}
			if r.Chapter == all {
				r.Chapter = ""
			}
			groups, err := cohorts.Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, g := range groups {
				r.Cohorts = append(r.Cohorts, g.ID)
			}
			return chat.Say("Thank you. It is kept for those who look after the questions.",
				chat.Button{Label: "Take it back", Command: untellPath, Record: string(r.ID)}), Remarks.Put(tx, r.ID, r)
		},
	}
}

func (f feature) untellDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: untellPath, Summary: "Take back what you said about the questions", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := Remarks.Get(tx, RemarkID(c.Record))
			switch {
			case errors.Is(err, store.ErrNotFound):
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "This is taken back already. /think tell takes something new.")
			case err != nil:
				return chat.Outcome{}, err
			case r.Person != c.Person.ID:
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only the person who wrote this can take it back.")
			case !c.Sure:
				return deeds.Confirm("This deletes what you told us. Copies that were taken along as a file before can't be called back.\n\n"+chat.Quote(chat.Short(r.Text, 200)), "Take it back"), nil
			}
			return chat.Say("Taken back, and deleted."), Remarks.Delete(tx, r.ID)
		},
	}
}

// readable gives the remarks that a person may read, the oldest first.
func readable(tx store.Tx, p people.Person) ([]Remark, error) {
	all, err := remarks(Remarks.By(tx, "at"))
	if err != nil {
		return nil, err
	}
	facilitates := map[cohorts.ID]bool{}
	for row, err := range cohorts.Members.By(tx, "person", string(p.ID)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Active() && row.Value.Facilitator {
			facilitates[row.Value.Cohort] = true
		}
	}
	return slices.DeleteFunc(all, func(r Remark) bool {
		return !slices.Contains(p.Administers, r.Workspace) &&
			!slices.ContainsFunc(r.Cohorts, func(c cohorts.ID) bool { return facilitates[c] })
	}), nil
}

func (f feature) toldDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: toldPath, Summary: "Read what people say about the questions, and take it along", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := readable(tx, c.Person)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				return chat.Say("Nobody has said anything about the questions yet. /think tell is where they can."), nil
			}
			m := chat.Message{
				Text: "**What people say about the questions**",
				Note: "From people of your groups or your workspace, with their names. They may take it back: delete the file when you are done with it.",
			}
			for _, r := range slices.Backward(all[max(0, len(all)-remarksShown):]) {
				name, err := nameOf(tx, r.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n\n**" + chat.Plain(name) + "** about " + f.library.about(r) + ", " + day(r.At, c.Zone) + "\n\n" + chat.Quote(chat.Short(r.Text, 250))
			}
			if len(all) > remarksShown {
				m.Text += fmt.Sprintf("\n\nThese are the last %d of %d; the file has all of them.", remarksShown, len(all))
			}
			data, err := f.table(tx, c, all)
			m.Files = []chat.File{{Name: "about-the-questions.csv", Type: "text/csv", Data: data, Alt: "What people say about the questions, as a table"}}
			return chat.Answering(m), err
		},
	}
}

// table gives remarks as CSV.
func (f feature) table(tx store.Tx, c deeds.Call, all []Remark) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"date", "name", "about", "text"}}
	for _, r := range all {
		name, err := nameOf(tx, r.Person)
		if err != nil {
			return nil, err
		}
		about := r.Chapter
		if about == "" {
			about = "all"
		}
		rows = append(rows, []string{r.At.In(c.Zone.Location()).Format(time.DateOnly), cell(name), about, cell(r.Text)})
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

// cell keeps a text from being taken for a formula by a spreadsheet.
func cell(s string) string {
	if strings.HasPrefix(s, "=") || strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "@") {
		return "'" + s
	}
	return s
}
