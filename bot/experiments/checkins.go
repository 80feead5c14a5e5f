package experiments

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

var (
	wordsField = chat.Field{Name: "text", Label: "A few words", Kind: chat.LongText, Max: 2000, Hint: "A photo or a voice note will do as well, and so will nothing."}
	fileField  = chat.Field{Name: "file", Label: "A photo or a voice note", Kind: chat.Upload}
)

// meantDay gives the check-in that a call is about: the one of the button, else
// the youngest that has come. It may be the next one, which has not come yet, for
// who is ahead of it; at most one a day.
func meantDay(tx store.Tx, c deeds.Call) (whole, int, error) {
	w, err := own(tx, c)
	if err != nil {
		return w, 0, err
	}
	if id, n := parseDay(c.Record); id == w.ID && n > 0 {
		if n > w.Asked && !w.early(n, c.Now) {
			return w, 0, deeds.Refuse(deeds.NotFound, "That check-in has not come yet. /experiment show has those that have.")
		}
		return w, n, nil
	}
	switch {
	case w.early(w.Asked+1, c.Now):
		return w, w.Asked + 1, nil
	case w.Asked == 0:
		return w, 0, deeds.Refuse(deeds.Unavailable, "%s Until then there is nothing to check in with.", w.aheadWords(c.Now))
	}
	return w, w.Asked, nil
}

// early tells whether a check-in can be answered before it comes: the next one,
// once on a day of its own that is not before the first.
func (w whole) early(n int, now time.Time) bool {
	return w.State == Going && n == w.Asked+1 && n <= w.Days && !w.rhythm.today(now).Before(w.following())
}

func checkinDeed() deeds.Deed {
	d := deed(checkinPath, "Say whether anything happened today, or on an earlier day", chat.Anyone, false, wordsField, fileField)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, n, err := meantDay(tx, c)
		if err != nil || Answer(c.Choice) == Nothing || c.Given.Has("text") && c.Path != deeds.ChangePath {
			return nil, err
		}
		note, err := formNote(tx, w.ID, n)
		if err != nil {
			return nil, err
		}
		form := &chat.Form{
			Title: fmt.Sprintf("Day %d of %d", n, w.Days), Fields: []chat.Field{wordsField, fileField}, Submit: "Keep it",
			Intro: "Did anything happen?", Note: "Only you read this.", Record: DayID(w.ID, n),
		}
		if note.Text != "" {
			form.Filled = chat.Answers{"text": chat.Given(note.Text)}
		}
		return form, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, n, err := meantDay(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		said, text, files := Something, c.Given.Text("text"), c.Given["file"].Files
		if Answer(c.Choice) == Nothing && text == "" && len(files) == 0 {
			said = Nothing
		} else if err := w.write(tx, n, text, files, c); err != nil {
			return chat.Outcome{}, err
		}
		if w, err = w.answer(tx, n, said, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		m, err := w.answered(tx, n, c.Now)
		return chat.Answering(m), err
	}
	return d
}

// formNote gives the note of a day that came by the form, or an empty one.
func formNote(tx store.Tx, e ID, day int) (Note, error) {
	notes, err := notesOf(tx, e, day)
	for _, n := range notes {
		if n.Address.IsZero() {
			return n, nil
		}
	}
	return Note{}, err
}

// write keeps what came by the form for a day, in the place of what came by it
// before.
func (w whole) write(tx store.Tx, day int, text string, files []chat.File, c deeds.Call) error {
	n, err := formNote(tx, w.ID, day)
	if err != nil {
		return err
	}
	if n.ID == "" {
		n = Note{ID: c.ID, Experiment: w.ID, Day: day, At: c.Now}
	}
	n.Text = text
	if len(files) > 0 {
		n.Files = files
	}
	if text == "" && len(n.Files) == 0 {
		return Notes.Delete(tx, n.ID)
	}
	return w.keepNote(tx, n)
}

func (w whole) keepNote(tx store.Tx, n Note) error {
	if err := Notes.Put(tx, n.ID, n); err != nil {
		return err
	}
	return w.followNote(tx, n)
}

// followNote has everything said anew that shows a note, or counts it.
func (w whole) followNote(tx store.Tx, n Note) error {
	if err := outbox.Touch(tx, keptKind, n.ID); err != nil {
		return err
	}
	if n.Day != Surprise {
		return outbox.Touch(tx, dayKind, DayID(w.ID, n.Day))
	}
	if err := outbox.Touch(tx, overKind, string(w.ID)); err != nil {
		return err
	}
	return outbox.Touch(tx, walkKind, string(w.ID)) // a companion reads it
}

// answer keeps what was said to a check-in; one that has not come yet is thereby
// done for its day. The last answer ends the experiment: nobody has to wait for
// the end of its days.
func (w whole) answer(tx store.Tx, n int, said Answer, now time.Time) (whole, error) {
	day, err := Days.Get(tx, DayID(w.ID, n))
	if errors.Is(err, store.ErrNotFound) && w.early(n, now) {
		w.Told = append([]schedules.Date{w.rhythm.today(now)}, w.Told[min(1, len(w.Told)):]...) // no move: they came by themselves
		w, day, err = w.ask(tx, w.rhythm.today(now), now)
	}
	if err != nil {
		return w, err
	}
	if notes, err := notesOf(tx, w.ID, n); err != nil {
		return w, err
	} else if len(notes) > 0 {
		said = Something // words are not taken back by a button
	}
	day.Answer, day.Answered = said, now
	if err := Days.Put(tx, DayID(w.ID, n), day); err != nil {
		return w, err
	}
	if err := outbox.Touch(tx, dayKind, DayID(w.ID, n)); err != nil {
		return w, err
	}
	if w.State == Going && n == w.Days {
		return w.end(tx, Done, now)
	}
	return w, w.wake(tx, now) // who came back to the group has no job
}

// otherDeed takes a direct message back out of an experiment: it was meant for
// something else.
func otherDeed() deeds.Deed {
	d := deed(otherPath, "Say that a message of yours was not about your experiment", chat.Anyone, true)
	d.CohortOf = func(tx store.Tx, record string) (string, error) {
		n, err := Notes.Get(tx, record)
		if err != nil {
			return "", err
		}
		return cohortOf(tx, string(n.Experiment))
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		n, err := Notes.Get(tx, c.Record)
		if err != nil {
			return chat.Outcome{}, err
		}
		w, err := load(tx, n.Experiment)
		if err != nil {
			return chat.Outcome{}, err
		}
		if w.Person != c.Person.ID {
			return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only the person who wrote this can do that.")
		}
		if err := w.drop(tx, n); err != nil {
			return chat.Outcome{}, err
		}
		w.Aside = w.Asked
		if err := Table.Put(tx, w.ID, w.Experiment); err != nil {
			return chat.Outcome{}, err
		}
		text := "Taken out of your experiment. Until its next check-in, what you write here is not taken for it. Here are your words, to send again:"
		if n.Text != "" {
			text += "\n\n" + chat.Quote(n.Text)
		}
		return chat.Say(text, chat.Button{Label: "Answer the group's question", Command: "reflect", Record: string(w.Cohort), Main: true}), nil
	}
	return d
}

// drop takes a note away. A check-in that has no other is open again.
func (w whole) drop(tx store.Tx, n Note) error {
	if err := Notes.Delete(tx, n.ID); err != nil {
		return err
	}
	if err := w.followNote(tx, n); err != nil || n.Day == Surprise {
		return err
	}
	left, err := notesOf(tx, w.ID, n.Day)
	if err != nil || len(left) > 0 {
		return err
	}
	day, err := Days.Get(tx, DayID(w.ID, n.Day))
	if err != nil {
		return ignoreMissing(err)
	}
	day.Answer, day.Answered = "", time.Time{}
	return Days.Put(tx, DayID(w.ID, n.Day), day)
}

// empty tells whether a message holds nothing to keep.
func empty(text string, files []chat.File) bool {
	return strings.TrimSpace(text) == "" && len(files) == 0
}
