package experiments

import (
	"errors"
	"strconv"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

func stopDeed() deeds.Deed {
	surprise := surpriseField
	d := deed(stopPath, "Stop your experiment here, which is a result too", chat.Anyone, false, surprise)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := mine(tx, c)
		if err != nil || c.Given.Has(surprise.Name) && c.Path != deeds.ChangePath {
			return nil, err
		}
		note, err := formNote(tx, w.ID, Surprise)
		if err != nil {
			return nil, err
		}
		form := &chat.Form{
			Title: "Stop here", Fields: []chat.Field{surprise}, Submit: "Stop here", Record: string(w.ID),
			Intro: "Stopping early is a result too, and counts like any other. No more check-ins come. If something surprised you, you can say it now or later.",
			Note:  surpriseNote,
		}
		if w.Asked == 0 {
			form.Intro = "No check-in has come yet, and none will. If something surprised you all the same, you can say it now or later."
		}
		if note.Text != "" {
			form.Filled = chat.Answers{surprise.Name: chat.Given(note.Text)}
		}
		return form, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := mine(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if c.Given.Has(surprise.Name) {
			if err := w.write(tx, Surprise, c.Given.Text(surprise.Name), nil, c); err != nil {
				return chat.Outcome{}, err
			}
		}
		if w, err = w.end(tx, Stopped, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		buttons, err := w.afterwards(tx)
		text := "You " + w.stateWords() + ". It counts like any other experiment, and no more check-ins come."
		if w.Asked == 0 {
			text = "You " + w.stateWords() + ", and no check-ins come."
		}
		return chat.Say(text, buttons...), err
	}
	return d
}

var surpriseField = chat.Field{Name: "surprise", Label: "What surprised you", Kind: chat.LongText, Max: 2000, Hint: "The gap between your hunch and what happened"}

const surpriseNote = "You read this, and your companion if you have one. Nobody else does, unless you tell it in your story."

func surpriseDeed() deeds.Deed {
	d := deed(surprisePath, "Say what surprised you", chat.Anyone, true, surpriseField)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := own(tx, c)
		if err != nil {
			return nil, err
		}
		note, err := formNote(tx, w.ID, Surprise)
		if err != nil {
			return nil, err
		}
		form := &chat.Form{
			Title: "What surprised you", Fields: []chat.Field{surpriseField}, Submit: "Keep it", Record: string(w.ID), Note: surpriseNote,
			Intro: "Put your hunch beside what happened:\n\n" + chat.Quote(chat.Short(w.Hunch, 300)),
		}
		if note.Text != "" {
			form.Filled = chat.Answers{surpriseField.Name: chat.Given(note.Text)}
		}
		return form, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := own(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if err := w.write(tx, Surprise, c.Given.Text(surpriseField.Name), nil, c); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Answering(chat.Message{Text: "Kept.", Note: surpriseNote, Buttons: []chat.Button{
			{Label: "Tell the story", Command: storyPath, Record: string(w.ID), Main: true},
			{Label: "Show it all", Command: showPath, Record: string(w.ID)},
			w.keepButton(),
		}}), nil
	}
	return d
}

// most is how many days an experiment can have.
const most = 30

func extendDeed() deeds.Deed {
	field := chat.Field{Name: "days", Label: "How many more days", Kind: chat.Number, Required: true, Example: "2"}
	d := deed(extendPath, "Add some days to your experiment, or take it up again", chat.Anyone, false, field)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := extendable(tx, c)
		if err != nil || c.Given.Has("days") || c.Choice != "" {
			return nil, err
		}
		return &chat.Form{Title: "Add some days", Fields: []chat.Field{field}, Submit: "Add them", Record: string(w.ID), Note: "Your facilitators see how many days it has, and nobody else."}, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := extendable(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		n := int(c.Given["days"].Number)
		if !c.Given.Has("days") {
			n, _ = strconv.Atoi(c.Choice) // what is no number is refused below
		} else if c.Given["days"].Number != float64(n) {
			n = 0
		}
		if w.State != Going {
			w.Days = w.Asked
		}
		if n < 1 || w.Days+n > most {
			return chat.Outcome{}, deeds.RefuseField("days", "An experiment has at most %d days, and yours has %d. Try a whole number, such as 2.", most, w.Days)
		}
		w.Days, w.State, w.Ended = w.Days+n, Going, time.Time{}
		if w, err = w.keep(tx, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("Done. "+w.aheadWords(c.Now), chat.Button{Label: "Other days or another hour", Command: whenPath, Record: string(w.ID)}), nil
	}
	return d
}

// extendable gives the experiment that days are added to, unless another goes on.
func extendable(tx store.Tx, c deeds.Call) (whole, error) {
	w, err := own(tx, c)
	if err != nil || w.State == Going {
		return w, err
	}
	_, err = mayStart(tx, c)
	return w, err
}

func deleteDeed() deeds.Deed {
	d := deed(deletePath, "Delete an experiment of yours for good", chat.Anyone, true)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := own(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !c.Sure {
			return deeds.Confirm("This deletes your experiment with its check-ins, its notes and its story, wherever I have shown them. It cannot be brought back, and it no longer counts.\n\n"+
				chat.Quote(chat.Short(w.Hunch, 200))+"\n\nWhat you wrote in our direct messages yourself still stands there.", "Delete it"), nil
		}
		return chat.Say("Deleted."), w.remove(tx)
	}
	return d
}

// remove takes an experiment away for good, with all that belongs to it.
func (w whole) remove(tx store.Tx) error {
	var errs []error
	gone := func(kind, record string) { errs = append(errs, outbox.Touch(tx, kind, record)) }
	days, err := daysOf(tx, w.ID)
	errs = append(errs, err)
	for _, d := range days {
		errs = append(errs, Days.Delete(tx, DayID(w.ID, d.Number)))
		gone(dayKind, DayID(w.ID, d.Number))
	}
	for row, err := range Notes.By(tx, "experiment", string(w.ID)) {
		if err != nil {
			return err
		}
		errs = append(errs, Notes.Delete(tx, row.ID))
		gone(keptKind, row.ID)
	}
	for row, err := range Companions.By(tx, "experiment", string(w.ID)) {
		if err != nil {
			return err
		}
		errs = append(errs, Companions.Delete(tx, row.ID))
	}
	for _, kind := range []string{overKind, storyKind, privateKind, walkKind, askKind, wordKind, answerKind} {
		gone(kind, string(w.ID))
	}
	w.State = Done // so that its job goes
	errs = append(errs, Stories.Delete(tx, w.ID), w.wake(tx, w.Made), Table.Delete(tx, w.ID))
	return errors.Join(errs...)
}
