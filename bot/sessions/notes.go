package sessions

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Notes are what was kept of a session, for those who were there and for those
// who were not.
type Notes struct {
	Text     string    `json:"text"`
	Question string    `json:"question,omitempty"` // for whoever catches up; empty is usualQuestion
	By       people.ID `json:"by"`
	At       time.Time `json:"at"`
}

const (
	notesPath = "session notes"
	writing   = "write" // the choice of the button that opens the form

	usualQuestion = "What in these notes would you have spoken to?"
	maxNotes      = 20_000
)

func (n Notes) question() string {
	if n.Question == "" {
		return usualQuestion
	}
	return n.Question
}

func writeNotesButton(s ID) chat.Button {
	return chat.Button{Label: "Write the notes", Command: notesPath, Record: string(s), Choice: writing}
}

func notesDeed() deeds.Deed {
	text := chat.Field{Name: "text", Label: "Notes", Kind: chat.LongText, Max: maxNotes, Hint: "What was said and decided, in a few lines"}
	question := chat.Field{Name: "question", Label: "One question for whoever catches up", Kind: chat.Text, Max: 200, Hint: "Left empty: " + usualQuestion}
	return deeds.Deed{
		Command:  chat.Command{Path: notesPath, Summary: "Read what was kept of a session, or write it", Role: chat.Member, Fields: []chat.Field{which, text, question}},
		Scoped:   true,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Choice != writing || c.Given.Has("text") {
				return nil, nil
			}
			s, err := likeliest(tx, c, begun)
			if err == nil {
				err = mayChange(tx, s, c)
			}
			if err != nil {
				return nil, err
			}
			needed := text
			needed.Required = true
			f := &chat.Form{
				Title: "Notes", Fields: []chat.Field{needed, question}, Submit: "Look it over", Record: string(s.ID), Filled: chat.Answers{},
				Intro: "Of " + s.name() + ", " + inWords(s, c) + ".",
				Note:  "Everybody it was for reads them, with your name.",
			}
			if s.Notes != nil {
				f.Filled["text"], f.Filled["question"] = chat.Given(s.Notes.Text), chat.Given(s.Notes.Question)
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := notesSession(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, s.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Given.Has("text") {
				return readNotes(tx, s, c)
			}
			if err := mayChange(tx, s, c); err != nil {
				return chat.Outcome{}, err
			}
			n := Notes{Text: c.Given.Text("text"), Question: c.Given.Text("question"), By: c.Person.ID, At: c.Now}
			if s.Notes == nil && !c.Sure {
				told, err := toldOf(tx, cohort, s, c.Person)
				return deeds.Confirm("**Notes of "+chat.Plain(s.Title)+"**\n\n"+chat.Quote(chat.Short(n.Text, shownNotes))+"\n\nWhoever catches up is asked: "+chat.Plain(n.question())+"\n\n"+told+".", "Share them"), err
			}
			return chat.Say("Kept. /session notes shows them whenever somebody wants them.", attendButton(s.ID)), keepNotes(tx, cohort, s, n, c.Now)
		},
	}
}

// notesSession gives the session whose notes are meant: of several that have
// begun, the last that has notes where they are only to be read.
func notesSession(tx store.Tx, c deeds.Call) (Session, error) {
	lot := begun
	if !c.Given.Has("text") && c.Record == "" && c.Given.Text("session") == "" {
		lot.all = func(tx store.Tx, c deeds.Call) ([]Session, error) {
			all, err := begun.all(tx, c)
			for i, s := range all {
				if s.Notes != nil {
					return all[i : i+1], err
				}
			}
			return all, err
		}
	}
	return likeliest(tx, c, lot)
}

func keepNotes(tx store.Tx, c cohorts.Cohort, s Session, n Notes, now time.Time) error {
	again := s.Notes != nil
	s.Notes = &n
	if err := s.keep(tx); err != nil {
		return err
	}
	if again {
		return outbox.Touch(tx, notesKind, string(s.ID))
	}
	if len(s.People) == 0 {
		return outbox.Say(tx, outbox.Item{
			Key: notesKey(s.ID), Kind: notesKind, Record: string(s.ID), Cohort: string(c.ID), Place: c.Place,
		}, now)
	}
	for _, id := range s.People {
		p, ok, err := people.Table.Find(tx, id)
		if err != nil {
			return err
		}
		if !ok || id == n.By {
			continue
		}
		if err := jobs.Set(tx, jobs.Job{
			Key: notesKey(s.ID) + "/" + string(id), Kind: notesKind, Record: AttendeeID(s.ID, id), Cohort: string(c.ID),
			Due: humane(p, p.ZoneOr(c.Zone), now, now.Add(fresh)),
		}); err != nil {
			return err
		}
	}
	return nil
}

func notesKey(s ID) string { return "session/" + string(s) + "/notes" }

// notesDue tells one of those whom a session was for that its notes are there.
func notesDue(tx store.Tx, j jobs.Job, now time.Time) error {
	at, ok, err := load(tx, j.Record)
	if err != nil || !ok || at.session.Notes == nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: j.Key, Kind: notesKind, Record: string(at.Session), Cohort: string(at.cohort.ID),
		Person: string(at.Person), Place: at.person.Direct(at.cohort.Place.Workspace),
	}, now)
}

// keepNotesButton keeps the notes with what somebody has to show of their work: who
// wrote them is asked first. The deed is another feature's, above this one.
func keepNotesButton(s ID) chat.Button {
	return chat.Button{Label: "Keep as evidence", Command: "evidence keep", Record: "session/" + string(s)}
}

// shownNotes is how many characters of the notes stand in a message; all of them
// are in the page that comes along.
const shownNotes = 700

func sayNotes(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, c, ok, err := still(tx, ID(i.Record))
	if err != nil || !ok || s.Notes == nil {
		return chat.Message{}, false, err
	}
	m, err := notesMessage(tx, s, dayOf(s.Time.Wall.Date, c.Zone, now))
	if s.Interested { // who is in no group has nothing to catch up with
		return m, err == nil, err
	}
	m.Text += "\n\nFor whoever catches up: *" + chat.Plain(s.Notes.question()) + "*"
	m.Buttons = []chat.Button{hereButton(s.ID), catchUpButton(s.ID), keepNotesButton(s.ID)}
	m.Note = "The facilitators read what you answer there. Nobody keeps a list of who wasn't there."
	return m, err == nil, err
}

// notesMessage shows the beginning of the notes, and has all of them in a page to
// keep.
func notesMessage(tx store.Tx, s Session, day string) (chat.Message, error) {
	by := ""
	p, ok, err := people.Table.Find(tx, s.Notes.By)
	if ok {
		by = ", written by " + chat.Plain(p.Name)
	}
	title := "Notes of " + s.Title
	m := chat.Message{Text: "**" + chat.Plain(title) + "**, " + day + by + "\n\n" + chat.Quote(chat.Short(s.Notes.Text, shownNotes))}
	if chat.Short(s.Notes.Text, shownNotes) != s.Notes.Text {
		m.Text += "\n\nThe rest is in the page below."
		m.Document = &chat.Document{Name: "session notes " + s.Time.Wall.Date.String(), Title: title, Text: chat.Plain(day) + by + "\n\n" + paragraphs(s.Notes.Text)}
	}
	return m, err
}

// paragraphs gives what somebody wrote with its lines as they were.
func paragraphs(text string) string {
	lines := strings.Split(chat.Plain(strings.TrimSpace(text)), "\n")
	return strings.Join(lines, "  \n")
}

// readNotes answers whoever asks for the notes.
func readNotes(tx store.Tx, s Session, c deeds.Call) (chat.Outcome, error) {
	mayWrite := mayChange(tx, s, c) == nil
	if s.Notes == nil {
		out := chat.Say(fmt.Sprintf("There are no notes of %s, %s, yet.", s.name(), inWords(s, c)))
		if mayWrite {
			out.Reply.Buttons = []chat.Button{writeNotesButton(s.ID)}
		}
		return out, nil
	}
	m, err := notesMessage(tx, s, dayOf(s.Time.Wall.Date, s.Time.Zone, c.Now))
	m.Note = "Everybody it was for can read them."
	m.Buttons = []chat.Button{catchUpButton(s.ID), keepNotesButton(s.ID)}
	if mayWrite {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Change them", Command: notesPath, Record: string(s.ID), Choice: writing})
	}
	return chat.Answering(m), err
}

// setAfter sets the job that asks whoever planned a session for notes, once it is
// over.
func setAfter(tx store.Tx, s Session) error {
	key := "session/" + string(s.ID) + "/after"
	if s.Off() {
		return jobs.Drop(tx, key)
	}
	return jobs.Set(tx, jobs.Job{
		Key: key, Kind: afterKind, Record: string(s.ID), Cohort: string(s.Cohort), Due: s.End(), Until: s.End().Add(48 * time.Hour),
	})
}

// afterDue takes the buttons from under the announcement, which nobody can use any
// more, and asks for notes, if somebody is there to write them: whoever planned the
// session, as one of their reminders.
func afterDue(tx store.Tx, j jobs.Job, now time.Time) error {
	s, c, ok, err := still(tx, ID(j.Record))
	if err != nil || !ok || s.Off() || !s.over(now) {
		return err
	}
	if err := touched(tx, s); err != nil || s.Notes != nil || c.State == cohorts.Paused {
		return err
	}
	if here, err := takesPart(tx, s, s.By); err != nil || !here {
		return err
	}
	p, ok, err := people.Table.Find(tx, s.By)
	if err != nil || !ok {
		return err
	}
	if open := p.Quiet.Open(now, p.ZoneOr(c.Zone)); open.After(now) {
		j.Due = open
		return jobs.Set(tx, j)
	}
	granted, err := people.Nudge(tx, p.ID, budget(c), now, c.Zone)
	if err != nil || !granted {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: j.Key, Kind: afterKind, Record: string(s.ID), Cohort: string(c.ID), Person: string(p.ID),
		Place: p.Direct(c.Place.Workspace), Until: j.Until, Silent: true,
	}, now)
}

func sayAfter(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	s, _, ok, err := still(tx, ID(i.Record))
	if err != nil || !ok || i.State != outbox.Sent && (s.Off() || s.Notes != nil) {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text:    s.name() + " is over. A few lines of notes let those catch up who couldn't be there.",
		Buttons: []chat.Button{writeNotesButton(s.ID), attendButton(s.ID), {Label: "Fewer reminders", Command: "settings reminders", Choice: string(people.Fewer)}},
		Note:    "Only you got this. It may well stay without notes.",
	}, true, nil
}
