package prompts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/thread"
)

// The kinds of what this package says.
const (
	promptKind  = "prompt"
	answerKind  = "answer"
	privateKind = "for-facilitators"
	nudgeKind   = "nudge"
	keptKind    = "kept"
	strayKind   = "stray"
	askKind     = "ask-prompt"
	waitingKind = "waiting"
	slippedKind = "slipped"
	draftKind   = cohorts.WeaveDraft
	weaveKind   = "weave"
	endKind     = "end"
)

const adminsSee = "Whoever administers this chat can read its channels."

func weekOf(tx store.Tx, record string) (cohorts.Cohort, []cohorts.Dated, cohorts.Dated, error) {
	id, week := cohorts.ParseWeekRecord(record)
	c, _, dates, err := cohorts.Load(tx, id)
	if err != nil {
		return c, nil, cohorts.Dated{}, err
	}
	d, ok := cohorts.Find(dates, week)
	if !ok {
		return c, nil, d, fmt.Errorf("week %s: %w", week, store.ErrNotFound)
	}
	return c, dates, d, nil
}

func promptMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, dates, d, err := weekOf(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	text, err := c.RenderPrompt(dates, d)
	if err != nil {
		return chat.Message{}, false, err
	}
	answered, err := answeredForGroup(tx, c.ID, d.ID)
	if err != nil {
		return chat.Message{}, false, err
	}
	note := "A few lines, a voice note or a photo are all welcome, here in the thread or by the button. Answers are read by this group."
	switch answered {
	case 0:
	case 1:
		note += " Kept so far: from one person."
	default:
		note += fmt.Sprintf(" Kept so far: from %d people.", answered)
	}
	buttons := []chat.Button{{Label: "Answer", Command: "reflect", Record: i.Record, Choice: string(Group), Main: true}}
	buttons = append(buttons, d.Buttons(c.ID)...)
	buttons = append(buttons,
		chat.Button{Label: "Just to my facilitators", Command: "reflect", Record: i.Record, Choice: string(Facilitators)},
		chat.Button{Label: "Not this week", Command: "pass", Record: i.Record},
	)
	return chat.Message{Text: text, Note: note, Buttons: buttons}, true, nil
}

func answeredForGroup(tx store.Tx, c cohorts.ID, w cohorts.WeekID) (int, error) {
	answers, err := OfWeek(tx, c, w)
	if err != nil {
		return 0, err
	}
	who := map[people.ID]bool{}
	for _, a := range answers {
		if a.Sees == Group && !a.Facilitator {
			who[a.Person] = true
		}
	}
	return len(who), nil
}

// answerMessage is what the group sees, under the question, of an answer that
// was not given there.
func answerMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	a, err := Answers.Get(tx, AnswerID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	if a.Sees != Group {
		return chat.Message{}, false, nil
	}
	p, err := people.Table.Get(tx, a.Person)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{Text: "**" + chat.Plain(p.Name) + "**", Files: a.Files}
	to, err := repliedTo(tx, a)
	if err != nil {
		return chat.Message{}, false, err
	}
	if to != "" {
		m.Text += " to **" + chat.Plain(to) + "**"
	}
	if a.Text != "" {
		m.Text += "\n\n" + chat.Quote(a.Text)
	}
	if a.Changes > 0 {
		m.Note = "Changed since."
	}
	return m, true, nil
}

// privateMessage gives a facilitator an answer that is for facilitators alone.
func privateMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	a, err := Answers.Get(tx, AnswerID(i.Record))
	if err != nil || a.Sees != Facilitators {
		return chat.Message{}, false, err
	}
	c, _, d, err := weekOf(tx, cohorts.WeekRecord(a.Cohort, a.Week))
	if err != nil {
		return chat.Message{}, false, err
	}
	p, err := people.Table.Get(tx, a.Person)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{
		Text:  "**" + chat.Plain(p.Name) + "** answered " + d.Label() + " in " + chat.Plain(c.Name) + ", for facilitators alone.",
		Files: a.Files, Note: "Only facilitators see this. The group does not.",
	}
	if a.Text != "" {
		m.Text += "\n\n" + chat.Quote(a.Text)
	}
	return m, true, nil
}

func nudgeMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, d, err := weekOf(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	if done, err := settled(tx, people.ID(i.Person), d.ID); err != nil || (done && i.State != outbox.Sent) {
		return chat.Message{}, false, err
	}
	day := d.Posted.In(c.Zone.Location()).Weekday().String()
	return chat.Message{
		Text: fmt.Sprintf("%s's question in %s is still open, if you feel like it: **%s**. It takes about five minutes.", day, chat.Plain(c.Name), chat.Plain(d.Title)),
		Note: "You can also just write your answer here; your facilitators read it, and nobody else unless you say so.",
		Buttons: []chat.Button{
			{Label: "Answer", Command: "reflect", Record: i.Record, Main: true},
			{Label: "Not this week", Command: "pass", Record: i.Record},
			{Label: "Fewer reminders", Command: "settings reminders", Choice: "fewer"},
		},
	}, true, nil
}

// keptMessage tells somebody who wrote a direct message what became of it.
func keptMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	a, err := Answers.Get(tx, AnswerID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	c, _, dates, err := cohorts.Load(tx, a.Cohort)
	if err != nil {
		return chat.Message{}, false, err
	}
	d, _ := cohorts.Find(dates, a.Week)
	if a.Unsorted {
		m, err := unsortedWords(tx, a)
		return m, true, err
	}
	return keptWords(c, d, a), true, nil
}

// maxSorts is how many groups are offered for an answer, those asked last.
const maxSorts = 4

// unsortedWords asks which group an answer is for.
func unsortedWords(tx store.Tx, a Answer) (chat.Message, error) {
	m := chat.Message{
		Text: "Kept, and only you can read it so far. You are in more than one group: which one is it for? Its facilitators can read it then.",
	}
	p, err := people.Table.Get(tx, a.Person)
	if err != nil {
		return m, err
	}
	open, err := openWeeks(tx, p)
	if err != nil {
		return m, err
	}
	for _, o := range open[:min(len(open), maxSorts)] {
		m.Buttons = append(m.Buttons, chat.Button{Label: "For " + o.cohort.Name, Command: "sort-answer", Record: string(a.ID), Choice: string(o.week.ID)})
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Delete", Command: "delete-answer", Record: string(a.ID)})
	return m, nil
}

// keptWords says that an answer is kept, who can read it, and what can be done
// with it.
func keptWords(c cohorts.Cohort, d cohorts.Dated, a Answer) chat.Message {
	button := func(label, command string, choice Sees) chat.Button {
		return chat.Button{Label: label, Command: command, Record: string(a.ID), Choice: string(choice)}
	}
	m := chat.Message{Text: "Kept as your answer to **" + d.Label() + "**. "}
	if a.Via == Directly { // nothing around it says which group it is about
		m.Text = "Kept as your answer to **" + d.Label() + "** in " + chat.Plain(c.Name) + ". "
		m.Note = "Meant for something else? Delete takes it back, and /help says what you can ask me."
	}
	if !d.Gone() {
		m.Text = "Kept as your early answer to **" + d.Label() + "** in " + chat.Plain(c.Name) + ". "
	}
	switch {
	case a.Via == InThread && a.Sees != Group:
		m.Text = "Changed. I show your answer to " + showsTo(a.Sees) + " now, but your own message still stands in the thread, where the group can read it. " +
			"If you delete it there, I delete the answer too; to answer for fewer people, use the button under the question."
		m.Buttons = []chat.Button{button("Show it to the group", "share-answer", Group)}
	case a.Sees == Group:
		m.Text += "Everyone in " + chat.InChannel(c.Place) + " can read it."
		m.Buttons = []chat.Button{button("Just my facilitators", "share-answer", Facilitators)}
	case a.Sees == Facilitators:
		m.Text += "Your facilitators can read it, and nobody else."
		m.Buttons = []chat.Button{button("Share with the group", "share-answer", Group)}
	case a.Sees == OnlyMe:
		m.Text += "Only you can read it."
		m.Buttons = []chat.Button{button("Share with the group", "share-answer", Group)}
	}
	m.Text += " You can change it whenever you like."
	m.Buttons = append([]chat.Button{button("Change", "change-answer", ""), keepButton(a, "Keep as evidence")}, append(m.Buttons, button("Delete", "delete-answer", ""))...)
	return m
}

// keepButton offers to keep an answer among what its writer can show of their work.
func keepButton(a Answer, label string) chat.Button {
	return chat.Button{Label: label, Command: "evidence keep", Record: "answer/" + string(a.ID)}
}

func showsTo(s Sees) string {
	if s == Facilitators {
		return "facilitators alone"
	}
	return "nobody else"
}

// strayMessage answers what cannot be kept, and says why.
func strayMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if strings.HasPrefix(i.Record, "unread/") {
		return chat.Message{
			Text: "I can't pass this on: nobody but you reads what is written here. To answer, write to the person yourself, or say something in the question's thread.",
		}, true, nil
	}
	id, outsider := strings.CutPrefix(i.Record, "outsider/")
	if !outsider {
		return chat.Message{
			Text: "No question is open for you at the moment, so I have not kept this as an answer. It stays here in our messages, and when the next question comes you can send it again. /home shows what is going on.",
		}, true, nil
	}
	id, _, _ = strings.Cut(id, "/")
	c, err := cohorts.Get(tx, cohorts.ID(id))
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text:    "You wrote in a thread of **" + chat.Plain(c.Name) + "**, and you have not joined it, so I kept nothing of it. Your message stands in the thread as it is. If you would like to take part:",
		Buttons: []chat.Button{{Label: "Join", Command: "cohort join", Record: string(c.ID), Main: true}},
	}, true, nil
}

// toFacilitator says something to a facilitator for as long as they are one.
func toFacilitator(render func(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error)) func(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
	return func(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
		m, ok, err := cohorts.MemberOf(tx, cohorts.ID(i.Cohort), people.ID(i.Person))
		if err != nil || !ok || !m.Facilitator {
			return chat.Message{}, false, err
		}
		return render(tx, i, now)
	}
}

func askMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, d, err := weekOf(tx, i.Record)
	if err != nil || d.Prompt != "" || !d.Ahead() {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: fmt.Sprintf("**%s** of %s is due %s and has no question yet. What would you like to ask? If it is not there by then, the week waits and the plan moves with it.",
			d.Label(), chat.Plain(c.Name), c.When(d, now)),
		Note:    "Only facilitators see this.",
		Buttons: []chat.Button{{Label: "Write it", Command: "plan edit", Record: i.Record, Main: true}},
	}, true, nil
}

// waitingMessage says that a week did not go out, and why.
func waitingMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, d, err := weekOf(tx, i.Record)
	if err != nil || !d.Ahead() {
		return chat.Message{}, false, err
	}
	why := "because I was not running when its time came"
	first := chat.Button{Label: "Post it now", Command: "plan post", Record: i.Record, Main: true}
	switch {
	case d.Held:
		why = "because you hold it"
	case d.Prompt == "":
		why = "because it has no question yet"
		first = chat.Button{Label: "Write it", Command: "plan edit", Record: i.Record, Main: true}
	}
	return chat.Message{
		Text: fmt.Sprintf("**%s** of %s did not go out, %s. Unless you act, it goes out %s, and what follows moves with it. The group is told tomorrow, if it is still waiting then.",
			d.Label(), chat.Plain(c.Name), why, c.When(d, now)),
		Note:    "Only facilitators see this.",
		Buttons: []chat.Button{first, {Label: "Preview", Command: "plan preview", Record: i.Record}},
	}, true, nil
}

// slippedMessage tells the group that a week comes later than they expect.
func slippedMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, d, err := weekOf(tx, i.Record)
	if err != nil || (!d.Ahead() && i.State != outbox.Sent) {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text:    "The next question takes a little longer: **" + d.Label() + "** comes " + c.When(d, now) + ", and what follows moves with it.",
		Buttons: []chat.Button{{Label: "Show the whole plan", Command: "plan show", Record: string(c.ID)}},
	}, true, nil
}

func endMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := cohorts.Get(tx, cohorts.ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "The last week of **" + chat.Plain(c.Name) + "** has gone by. Nothing more goes out; late answers are still kept. If you run it again, the next cohort can start from this plan as you changed it.",
		Note: "Only facilitators see this.",
		Buttons: []chat.Button{
			{Label: "Start the next one", Command: "cohort clone", Record: i.Record, Main: true},
			{Label: "What the group would keep", Command: "verdict table", Record: i.Record},
			{Label: "Show the panel", Command: "cohort panel", Record: i.Record},
		},
	}, true, nil
}

// answersPage is how many answers are listed at once: each has three or four
// buttons, and all of them are to fit a phone.
const answersPage = 3

// answerShown is how many letters of each.
const answerShown = 160

// ownAnswers lists what a person answered in a cohort, the latest first, a page
// at a time; the choice of the button says how many to pass over.
func ownAnswers(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
	_, _, dates, err := cohorts.Load(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return chat.Outcome{}, err
	}
	pass, _ := strconv.Atoi(c.Choice) // what is no number passes over nothing
	m := chat.Message{Note: "Only you see this."}
	seen := 0
	for _, d := range slices.Backward(dates) {
		answers, err := OfPerson(tx, c.Person.ID, d.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		for _, a := range slices.Backward(answers) {
			seen++
			n := seen - pass
			if n < 1 {
				continue
			}
			if n > answersPage {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Earlier ones", Command: "answers", Record: c.Cohort, Choice: strconv.Itoa(pass + answersPage)})
				m.Text = strings.TrimSpace(m.Text)
				return chat.Answering(m), nil
			}
			m.Text += fmt.Sprintf("%d. **%s**, %s, read by %s\n\n%s\n\n", n, d.Label(), a.At.In(c.Zone.Location()).Format("2 January"), readers(a.Sees), excerpt(a, answerShown))
			m.Buttons = append(m.Buttons,
				chat.Button{Label: fmt.Sprintf("Change %d", n), Command: "change-answer", Record: string(a.ID)},
				keepButton(a, fmt.Sprintf("Keep %d as evidence", n)),
				chat.Button{Label: fmt.Sprintf("Delete %d", n), Command: "delete-answer", Record: string(a.ID)})
			if a.Changes > 0 {
				m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Before %d", n), Command: "answer-history", Record: string(a.ID)})
			}
		}
	}
	if seen == 0 {
		return chat.Say("You have not answered anything here yet, and that is fine.", chat.Button{Label: "Answer this week's question", Command: "reflect", Record: c.Cohort, Main: true}), nil
	}
	m.Text = strings.TrimSpace(m.Text)
	return chat.Answering(m), nil
}

func readers(s Sees) string {
	switch s {
	case Group:
		return "the group"
	case Facilitators:
		return "your facilitators"
	}
	return "you alone"
}

func excerpt(a Answer, n int) string { return thread.Excerpt(a.Text, a.Files, n) }
