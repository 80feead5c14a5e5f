package experiments

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/bot/thread"
	"cohortbot/schedules"
)

// The kinds of what this package says.
const (
	dayKind     = "experiment day"
	keptKind    = "experiment kept"
	overKind    = "experiment over"
	storyKind   = "experiment story"
	privateKind = "experiment told"
	askKind     = "experiment invitation"
	walkKind    = "experiment walk"
	wordKind    = "experiment word"
	answerKind  = "experiment answer"
	strayKind   = "experiment stray"
)

func overKey(e Experiment) string {
	return fmt.Sprintf("%s/%s/%d", overKind, e.ID, e.Days)
}

var counts = strings.Fields("no one two three four five six seven eight nine ten")

// dayCount says so many days.
func dayCount(n int) string {
	switch {
	case n == 1:
		return "one day"
	case n < len(counts):
		return counts[n] + " days"
	}
	return fmt.Sprintf("%d days", n)
}

// stateWords says how far an experiment is, without a word of what it is about.
func (e Experiment) stateWords() string {
	switch {
	case e.State == Stopped && e.Asked == 0:
		return "stopped before its first day"
	case e.State == Stopped:
		return "stopped after " + dayCount(e.Asked)
	case e.State == Done && e.Days == 1:
		return "its day is over"
	case e.State == Done:
		return "its " + dayCount(e.Days) + " are over"
	case e.Asked == 0 && len(e.Told) > 0:
		return "it begins on " + e.Told[0].Short()
	case e.Asked == 0:
		return "it has not begun"
	}
	return fmt.Sprintf("day %d of %d", e.Asked, e.Days)
}

// aheadWords says when the check-ins come that are still ahead.
func (w whole) aheadWords(now time.Time) string {
	days := w.ahead(w.rhythm, now)
	switch {
	case w.Asked == w.Days:
		return "All its check-ins have come."
	case !w.here:
		return "You have left " + chat.Plain(w.cohort.Name) + ", so no more check-ins come. What you wrote stays yours."
	case w.cohort.State == cohorts.Paused:
		return chat.Plain(w.cohort.Name) + " is paused, so no check-in comes until it goes on."
	case len(days) == 0:
		return "I find no day for the next check-in: your leave and your working days leave none."
	}
	text := fmt.Sprintf("Your check-ins come on %s, at %s.", datesWords(days), w.rhythm.hour.Clock())
	if len(days) == 1 {
		text = fmt.Sprintf("Your last check-in comes on %s, at %s.", datesWords(days), w.rhythm.hour.Clock())
	}
	if w.rhythm.quiet.Has(w.rhythm.hour) {
		text += " That is in your quiet hours; you chose it, so I write to you then all the same."
	}
	if !w.person.HasZone {
		text += " I take that as the time in " + w.rhythm.zone.City() + "; `/settings zone` changes it."
	}
	return text
}

// nextWords says when the next check-in comes; empty where none does.
func (w whole) nextWords(now time.Time) string {
	ahead := w.ahead(w.rhythm, now)
	if len(ahead) == 0 || !w.here || w.cohort.State == cohorts.Paused {
		return ""
	}
	return "The next check-in comes " + schedules.Words(w.rhythm.at(ahead[0]), w.rhythm.zone, now) + "."
}

// datesWords lists days: "Mon 2, Tue 3 and Wed 4 Nov".
func datesWords(days []schedules.Date) string {
	var all []string
	for i, d := range days {
		words := d.Short()
		if i+1 < len(days) && days[i+1].Month == d.Month {
			words = words[:strings.LastIndex(words, " ")]
		}
		all = append(all, words)
	}
	return chat.And(all)
}

// planWords quotes what a companion reads.
func (w whole) planWords() string {
	text := chat.Quote(w.Hunch)
	if w.Try != "" {
		text += "\n\nTo try:\n\n" + chat.Quote(w.Try)
	}
	if w.Know != "" {
		text += "\n\nTo know it by:\n\n" + chat.Quote(w.Know)
	}
	return text
}

func (w whole) standsWords() string {
	return "**" + chat.Plain(w.person.Name) + "'s experiment:** " + w.stateWords() + "."
}

// dayMessage is one check-in.
func dayMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	d, err := Days.Get(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	w, err := load(tx, d.Experiment)
	if err != nil {
		return chat.Message{}, false, err
	}
	said := i.State == outbox.Sent
	if !said && (d.Answer != "" || w.State != Going) {
		return chat.Message{}, false, nil
	}
	yes := chat.Button{Label: "Yes, a few words", Command: checkinPath, Record: i.Record, Choice: string(Something), Main: true}
	nothing := chat.Button{Label: "Nothing today", Command: checkinPath, Record: i.Record, Choice: string(Nothing)}
	m := chat.Message{Text: fmt.Sprintf("**Day %d of %d.** ", d.Number, max(w.Days, d.Number))}
	switch d.Answer {
	case Something:
		m.Text += "Something happened that day. What you say about it, only you read."
		yes.Label = "Read or change it"
		m.Buttons = []chat.Button{yes}
	case Nothing:
		m.Text += "Nothing happened that day, and that is noted."
		yes.Label = "Add a few words"
		m.Buttons = []chat.Button{yes}
	default:
		m.Text += "Did anything happen?"
		m.Buttons = []chat.Button{yes, nothing}
		m.Note = "Only you read what you say. You can also write it here, in a few words. Stopping early is a result too."
	}
	if w.State == Going {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Stop here", Command: stopPath, Record: string(w.ID)})
	}
	m.Text += "\n\n" + chat.Quote(chat.Short(w.Hunch, 200))
	if words := movedWords(w, d); words != "" {
		m.Text += "\n\n" + words
	}
	if open, err := w.openBefore(tx, d); err != nil {
		return m, false, err
	} else if open && d.Answer == "" {
		m.Note = fmt.Sprintf("Day %d is open too, if something comes to mind. ", d.Number-1) + m.Note
	}
	return m, true, nil
}

// openBefore tells whether the day before was left open. It is said once, in
// small print, on the day after; an older one is left in peace.
func (w whole) openBefore(tx store.Tx, d Day) (bool, error) {
	if d.Number == 1 {
		return false, nil
	}
	before, err := Days.Get(tx, DayID(w.ID, d.Number-1))
	return err == nil && before.Answer == "", err
}

func movedWords(w whole, d Day) string {
	why := ""
	switch d.Moved {
	case "":
		return ""
	case Away:
		why = "You were away, so your days have moved on."
	case Resting:
		why = "There was a holiday or a break, so your days have moved on."
	default:
		why = "Your days have moved on a little."
	}
	if d.Number == w.Asked && w.Asked < w.Days && w.State == Going {
		if ahead := w.ahead(w.rhythm, w.rhythm.at(d.On)); len(ahead) > 0 {
			why += " The last one comes on " + ahead[len(ahead)-1].Short() + "."
		}
	}
	return why
}

// answered is what a person reads after a check-in.
func (w whole) answered(tx store.Tx, n int, now time.Time) (chat.Message, error) {
	d, err := Days.Get(tx, DayID(w.ID, n))
	if err != nil {
		return chat.Message{}, err
	}
	notes, err := notesOf(tx, w.ID, n)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Text: fmt.Sprintf("Kept with day %d. Only you can read it.", n)}
	switch {
	case d.Answer == Nothing:
		m.Text = fmt.Sprintf("Noted for day %d: nothing. That is worth knowing too.", n)
	case len(notes) == 0:
		m.Text = fmt.Sprintf("Noted for day %d: something happened. Words can follow whenever you like.", n)
	}
	next := w.nextWords(now)
	switch {
	case w.State == Done && n == w.Asked:
		m.Text += " That was the last one, so your experiment is over. If something surprised you, or if you would like to tell the story:"
	case w.State == Going && next != "":
		m.Text += " " + next
	}
	if w.State != Going {
		if m.Buttons, err = w.afterwards(tx); w.State == Done {
			m.Buttons = append(m.Buttons, w.keepButton())
		}
		return m, err
	}
	m.Buttons = []chat.Button{
		{Label: "Change it", Command: checkinPath, Record: DayID(w.ID, n), Choice: string(Something)},
		{Label: "Show my experiment", Command: showPath, Record: string(w.ID)},
	}
	return m, nil
}

// keepButton keeps the experiment with what its author has to show of their work. The
// deed is another feature's, above this one.
func (w whole) keepButton() chat.Button {
	return chat.Button{Label: "Keep as evidence", Command: "evidence keep", Record: "experiment/" + string(w.ID)}
}

// afterwards are the three likeliest buttons for what can follow.
func (w whole) afterwards(tx store.Tx) ([]chat.Button, error) {
	buttons := []chat.Button{
		{Label: "What surprised me", Command: surprisePath, Record: string(w.ID)},
		{Label: "Tell the story", Command: storyPath, Record: string(w.ID)},
		{Label: "Add two days", Command: extendPath, Record: string(w.ID), Choice: "2"},
		{Label: "Begin again", Command: startPath, Record: string(w.ID)},
	}
	if told, err := Stories.Has(tx, w.ID); err != nil {
		return nil, err
	} else if told {
		buttons[1].Label = "Change the story"
	}
	said, err := notesOf(tx, w.ID, Surprise)
	if len(said) > 0 {
		buttons = append(buttons[1:], buttons[0])
	}
	buttons[0].Main = true
	return buttons[:3], err
}

// keptMessage tells somebody who wrote a direct message what became of it.
func keptMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	n, err := Notes.Get(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	w, err := load(tx, n.Experiment)
	if err != nil {
		return chat.Message{}, false, err
	}
	var m chat.Message
	if n.Day == Surprise {
		m = chat.Message{Text: "Kept as what surprised you.", Note: surpriseNote, Buttons: []chat.Button{{Label: "Tell the story", Command: storyPath, Record: string(w.ID), Main: true}}}
	} else if m, err = w.answered(tx, n.Day, now); err != nil {
		return m, false, err
	} else if w.State == Going {
		m.Buttons = m.Buttons[1:] // what was written here is changed here
		m.Note = "If you change or delete your message here, I follow."
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "It was about something else", Command: otherPath, Record: n.ID})
	return m, true, nil
}

// overMessage says once that the days are over, to somebody who left the last
// check-in open.
func overMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	w, err := load(tx, ID(i.Record))
	if err != nil || w.State != Done {
		return chat.Message{}, i.State == outbox.Sent && err == nil, err
	}
	buttons, err := w.afterwards(tx)
	return chat.Message{
		Text: "The days of your experiment are over. Put your hunch beside what happened: did anything surprise you?\n\n" + chat.Quote(chat.Short(w.Hunch, 300)),
		Note: "Nothing more comes. You can write it here; " + strings.ToLower(surpriseNote[:1]) + surpriseNote[1:], Buttons: buttons,
	}, true, err
}

func strayMessage(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
	return chat.Message{Text: "I can't pass this on: nobody but you reads what is written here. Use the buttons above, or write to the person yourself."}, true, nil
}

// notesWords quotes notes; files are named.
func notesWords(notes []Note, n int) string {
	var parts []string
	for _, x := range notes {
		if e := thread.Excerpt(x.Text, x.Files, n); e != "" {
			parts = append(parts, e)
		}
	}
	return strings.Join(parts, "\n\n")
}
