package experiments

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
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
	if len(all) == 1 {
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
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
	m.Text += "\n\n" + chat.Quote(short(w.Hunch, 200))
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
	ahead := w.ahead(w.rhythm, now)
	switch {
	case w.State == Done && n == w.Asked:
		m.Text += " That was the last one, so your experiment is over. If something surprised you, or if you would like to tell the story:"
	case w.State == Going && len(ahead) > 0:
		m.Text += " The next check-in comes " + schedules.Words(w.rhythm.at(ahead[0]), w.rhythm.zone, now) + "."
	}
	if w.State != Going {
		m.Buttons, err = w.afterwards(tx)
		return m, err
	}
	m.Buttons = []chat.Button{
		{Label: "Change it", Command: checkinPath, Record: DayID(w.ID, n), Choice: string(Something)},
		{Label: "Show my experiment", Command: showPath, Record: string(w.ID)},
	}
	return m, nil
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
		Text: "The days of your experiment are over. Put your hunch beside what happened: did anything surprise you?\n\n" + chat.Quote(short(w.Hunch, 300)),
		Note: "Nothing more comes. You can write it here; " + strings.ToLower(surpriseNote[:1]) + surpriseNote[1:], Buttons: buttons,
	}, true, err
}

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
		Text: fmt.Sprintf("%s tries out a hunch in %s, a few minutes a day, and asks whether you would walk alongside. You get three short notes, and can send a word when you feel like it.", name, chat.Plain(w.cohort.Name)),
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
	if err != nil || n < 1 || n > len(x.Words) {
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
	m.Buttons = []chat.Button{button("Change", storyPath, ""), wider, button("Delete", untellPath, "")}
	return m
}

func strayMessage(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
	return chat.Message{Text: "I can't pass this on: nobody but you reads what is written here. Use the buttons above, or write to the person yourself."}, true, nil
}

// notesWords quotes notes; files are named.
func notesWords(notes []Note, n int) string {
	var parts []string
	for _, x := range notes {
		if x.Text != "" {
			parts = append(parts, chat.Quote(short(x.Text, n)))
		}
		for _, f := range x.Files {
			about := f.Alt
			if about == "" {
				about = f.Name
			}
			parts = append(parts, chat.Quote(f.Kind()+": "+about))
		}
	}
	return strings.Join(parts, "\n\n")
}

// short gives the beginning of a text, at most n letters of it.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	cut := string(r[:n])
	if i := strings.LastIndexAny(cut, " \n"); i > len(cut)/2 { // at the end of a word, where there are words
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " \n.,;:") + " …"
}
