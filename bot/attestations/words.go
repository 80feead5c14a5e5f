package attestations

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const frameworksDo = frameworks.Do

func whoReads(learner string) string {
	return learner + " reads this with your name, and so does an assessor if it is handed in with a portfolio. Nobody else does unless you allow it."
}

// asked is what the one who is asked sees: the question, or what became of it.
func asked(tx store.Tx, r Request, now time.Time, page bool) (chat.Message, error) {
	learner, err := r.learnerOf(tx)
	if err != nil {
		return chat.Message{}, err
	}
	name := chat.Plain(learner.Name)
	z, err := cohorts.ZoneOf(tx, learner)
	if err != nil {
		return chat.Message{}, err
	}
	id := string(r.ID)
	switch r.State {
	case Given:
		a, err := Table.Get(tx, r.ID)
		if err != nil {
			return chat.Message{}, err
		}
		m := chat.Message{Text: "**Thank you for your words about " + name + "**\n\nYou gave them on " + day(a.Given, z, now) + ". " + allowed(a.Content, name, name), Buttons: writerButtons(a, now)}
		if page {
			m.Text += "\n\n" + said(a.Content, true)
		}
		return m, nil
	case Declined:
		return chat.Message{
			Text:    "**That's fine**\n\nYou said no to a few words about " + name + "'s work. You need do nothing.",
			Buttons: []chat.Button{{Label: "Write something after all", Command: writePath, Record: id}},
		}, nil
	case Withdrawn:
		return chat.Message{Text: "**You took it back**\n\nNothing of what you wrote about " + name + " is kept. You need do nothing."}, nil
	case Cancelled, Expired:
		return chat.Message{Text: "**This is closed**\n\n" + name + " asked you for a few words, and that is not open any more. You need do nothing."}, nil
	}
	m := chat.Message{
		Text: "**" + name + " asks you for a few words**\n\nIt is about one time when you saw how they work, " + roleThen(r.Role) + ":\n\n" + chat.Quote(r.About) +
			"\n\nWhat did you see, what helped, and what could grow? About five minutes; leave out what you like. You may say no, without a reason.",
		Note: whoReads(name),
		Buttons: []chat.Button{
			{Label: "Write a few words", Command: writePath, Record: id, Main: true},
			{Label: "Ask something first", Command: questionPath, Record: id},
			{Label: "Not this time", Command: declinePath, Record: id},
		},
	}
	for _, l := range r.Lines {
		who := "You asked:"
		if l.Learner {
			who = name + " wrote:"
		}
		m.Text += "\n\n" + who + "\n\n" + chat.Quote(l.Text)
	}
	return m, nil
}

func roleThen(r programmes.Role) string {
	switch r {
	case programmes.Participant:
		return "as somebody who took part"
	case programmes.Peer:
		return "as a peer"
	case programmes.Mentor:
		return "as their mentor"
	case programmes.Supervisor:
		return "as their supervisor"
	case programmes.Manager:
		return "as their manager"
	}
	return "as somebody who was there"
}

// reachedWords says how well a writer is known: as much as is known, and no more.
func reachedWords(c Content) string {
	switch c.Reached {
	case ByLink:
		return "Written on a page, by whoever had a link that " + chat.Plain(c.Learner) + " passed on."
	case OnPaper:
		return "Given on paper, and written down here by " + chat.Plain(c.Recorder) + "."
	case ByPhone:
		return "Said in a call or in person, and written down here by " + chat.Plain(c.Recorder) + "."
	}
	return "Written from their own account in the workspace."
}

// Known says in a sentence how the writer was reached and so how well they are
// known, as Markdown.
func (c Content) Known() string { return reachedWords(c) }

// allowed says who may read it; who and whom name the learner, at the start of a
// sentence and inside one.
func allowed(c Content, who, whom string) string {
	switch {
	case c.Show && c.Endorse:
		return who + " may show them to others, and they may stand on a badge."
	case c.Show:
		return who + " may show them to others; they stand on no badge."
	case c.Endorse:
		return "Only " + whom + " and an assessor read them, and they may stand on a badge."
	}
	return "Only " + whom + " and an assessor read them."
}

// said gives what somebody said, as Markdown: to themselves, or to the learner.
func said(c Content, own bool) string {
	who := "They"
	if own {
		who = "You"
	}
	var b strings.Builder
	for _, part := range []struct{ title, text string }{{"What " + strings.ToLower(who) + " saw", c.Saw}, {"What helped", c.Helped}, {"What could grow", c.Grow}} {
		if part.text != "" {
			b.WriteString("**" + part.title + "**\n\n" + chat.Quote(part.text) + "\n\n")
		}
	}
	b.WriteString("How you know each other: " + chat.Plain(strings.TrimRight(c.Relation, ". ")))
	if c.Since != "" {
		b.WriteString(", since " + chat.Plain(strings.TrimRight(c.Since, ". ")))
	}
	if c.Conflict != "" {
		return b.String() + ". What ties you to each other: " + chat.Plain(strings.TrimRight(c.Conflict, ". ")) + "."
	}
	return b.String() + ". " + who + " know of nothing that ties you to each other otherwise."
}

// stateWords says where a request stands, to the learner.
func stateWords(r Request, z schedules.Zone, now time.Time) string {
	at := func(t time.Time) string { return day(t, z, now) }
	switch r.State {
	case Given:
		return "Given on " + at(r.Ended) + "."
	case Declined:
		return "They can't this time."
	case Withdrawn:
		return "Taken back by who gave it on " + at(r.Ended) + "; the place is free again."
	case Cancelled:
		return "You took the question back."
	case Expired:
		return "Nothing came, and it ran out on " + at(r.Ended) + "."
	}
	question := ""
	if n := len(r.Lines); n > 0 && !r.Lines[n-1].Learner {
		question = " They ask you something: answer with the button."
	}
	switch {
	case r.Link != "":
		return "The link works until " + at(r.Until) + ", and nothing was written there yet." + question
	case r.Outside():
		return "Somebody other than you writes down their words with /attest record."
	case r.Said.IsZero():
		return "They are asked once they can be disturbed."
	}
	return "Asked on " + at(r.Said) + "; nothing came yet." + question
}

// slotLines says how far the slots of a portfolio are filled.
func slotLines(tx store.Tx, learner people.ID, p Portfolio) (string, error) {
	slots, err := SlotsOf(tx, learner, p.ID, p.Slots)
	var lines []string
	for _, s := range slots {
		least := max(s.Least, 1)
		line := fmt.Sprintf("- %s: %d of %d", chat.Plain(s.Title), min(len(s.Given), least), least)
		switch {
		case s.Missing == 0:
			line += ", all that is needed"
		case len(s.Waiting) > 0:
			line += fmt.Sprintf(", and %d asked", len(s.Waiting))
		case len(s.Given) == 0:
			line += ", nobody asked yet"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), err
}

func about(tx store.Tx, i outbox.Item) (Request, string, error) {
	id, extra, _ := strings.Cut(i.Record, recordSplitter)
	r, err := get(tx, id)
	return r, extra, err
}

func sayAsk(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	r, _, err := about(tx, i)
	if err != nil || r.ID == "" {
		return chat.Message{}, false, err
	}
	if i.State != outbox.Sent && r.State != Open {
		return chat.Message{}, false, nil
	}
	m, err := asked(tx, r, now, false)
	return m, true, err
}

func sayAgain(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, _, err := about(tx, i)
	if err != nil || r.ID == "" || r.State != Open {
		return chat.Message{}, false, err
	}
	learner, err := r.learnerOf(tx)
	id := string(r.ID)
	return chat.Message{
		Text: chat.Plain(learner.Name) + "'s question for a few words is still open, if you feel like it. It takes about five minutes.",
		Buttons: []chat.Button{
			{Label: "Write a few words", Command: writePath, Record: id, Main: true},
			{Label: "Not this time", Command: declinePath, Record: id},
			{Label: "Fewer reminders", Command: "settings reminders"},
		},
	}, true, err
}

func sayAnswer(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, n, err := about(tx, i)
	if err != nil || r.ID == "" || r.State != Open && r.State != Declined {
		return chat.Message{}, false, err
	}
	learner, err := r.learnerOf(tx)
	l, ok := r.lineAt(n)
	return chat.Message{
		Text: chat.Plain(learner.Name) + " answers you:\n\n" + chat.Quote(l.Text),
		Buttons: []chat.Button{
			{Label: "Write a few words", Command: writePath, Record: string(r.ID), Main: true},
			{Label: "Ask more", Command: questionPath, Record: string(r.ID)},
			{Label: "Not this time", Command: declinePath, Record: string(r.ID)},
		},
		Note: "Only you two read this.",
	}, ok, err
}

func (r Request) lineAt(n string) (Line, bool) {
	i := 0
	if _, err := fmt.Sscan(n, &i); err != nil || i < 1 || i > len(r.Lines) {
		return Line{}, false
	}
	return r.Lines[i-1], true
}

// toLearner renders what the learner is told while the request is in a state.
func toLearner(tx store.Tx, i outbox.Item, state State, say func(Request) chat.Message) (chat.Message, bool, error) {
	r, _, err := about(tx, i)
	if err != nil || r.ID == "" || r.State != state {
		return chat.Message{}, false, err
	}
	return say(r), true, nil
}

func readButton(r Request) chat.Button {
	return chat.Button{Label: "Read it", Command: readPath, Record: string(r.ID), Main: true}
}

var askAnother = chat.Button{Label: "Ask somebody else", Command: askPath}

func sayGiven(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return toLearner(tx, i, Given, func(r Request) chat.Message {
		return chat.Message{
			Text:    "**" + chat.Plain(r.Name) + "** has said a few words about " + oneLine(chat.Plain(short(r.About, 200))) + ".",
			Buttons: []chat.Button{readButton(r), {Label: "Where it stands", Command: trackPath}}, Note: "Only you see this here.",
		}
	})
}

func sayCorrected(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return toLearner(tx, i, Given, func(r Request) chat.Message {
		return chat.Message{Text: "**" + chat.Plain(r.Name) + "** has changed what they said, or who may see it.", Buttons: []chat.Button{readButton(r)}}
	})
}

func sayWithdrawn(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return toLearner(tx, i, Withdrawn, func(r Request) chat.Message {
		return chat.Message{
			Text:    "**" + chat.Plain(r.Name) + "** has taken back what they said about " + oneLine(chat.Plain(short(r.About, 200))) + ". It is deleted here, and its place is free again. People do this for many reasons, and need give none.",
			Buttons: []chat.Button{askAnother, {Label: "Where it stands", Command: trackPath}},
		}
	})
}

func sayDeclined(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return toLearner(tx, i, Declined, func(r Request) chat.Message {
		return chat.Message{Text: "**" + chat.Plain(r.Name) + "** can't say a few words this time.", Buttons: []chat.Button{askAnother, {Label: "Where it stands", Command: trackPath}}}
	})
}

func sayExpired(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return toLearner(tx, i, Expired, func(r Request) chat.Message {
		return chat.Message{Text: "Nothing came from **" + chat.Plain(r.Name) + "**, and your question has run out. You can ask again, or somebody else.", Buttons: []chat.Button{{Label: "Ask again", Command: askPath, Main: true}}}
	})
}

func sayUnused(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	return toLearner(tx, i, Open, func(r Request) chat.Message {
		return chat.Message{
			Text: "Nothing has come from **" + chat.Plain(r.Name) + "** by the link that you passed on. Perhaps it got lost on the way; you could pass it on once more, or let somebody other than you write down what they say with /attest record.",
			Buttons: []chat.Button{
				{Label: "Show the message", Command: linkPath, Record: string(r.ID), Main: true},
				{Label: "Take the link back", Command: cancelPath, Record: string(r.ID)},
				{Label: "Fewer reminders", Command: "settings reminders"},
			},
		}
	})
}

func sayQuestion(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, n, err := about(tx, i)
	if err != nil || r.ID == "" || r.State != Open && r.State != Declined {
		return chat.Message{}, false, err
	}
	l, ok := r.lineAt(n)
	return chat.Message{
		Text:    "Before they say a few words, **" + chat.Plain(r.Name) + "** asks you:\n\n" + chat.Quote(l.Text),
		Buttons: []chat.Button{{Label: "Answer", Command: answerPath, Record: string(r.ID), Main: true}},
		Note:    "Only you two read this.",
	}, ok, nil
}

// trackDeed shows the learner where everything stands.
func (f feature) trackDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: trackPath, Summary: "See whom you asked for a few words, and what came", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := Asked(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			own, err := f.Portfolios(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Note: "Only you see this."}
			for _, p := range own {
				lines, err := slotLines(tx, c.Person.ID, p)
				if err != nil {
					return chat.Outcome{}, err
				}
				if lines != "" {
					m.Text += "**" + chat.Plain(p.Title) + "**\n\n" + lines + "\n\n"
				}
			}
			if len(all) == 0 {
				m.Text += "You have asked nobody yet. Somebody who was there can say in a few words what they saw; ask them while it is fresh."
			}
			given := false
			for _, r := range all[max(0, len(all)-trackShows):] {
				m.Text += "- **" + chat.Plain(r.Name) + "**, " + strings.Replace(roleThen(r.Role), "their", "your", 1) + ": " + stateWords(r, c.Zone, c.Now) + "\n"
				given = given || r.State == Given
			}
			m.Text = strings.TrimSpace(m.Text)
			m.Buttons = append(m.Buttons, chat.Button{Label: "Ask somebody", Command: askPath, Main: true})
			if given {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Read what came", Command: readPath})
			}
			for _, r := range all {
				if n := len(r.Lines); r.State == Open && n > 0 && !r.Lines[n-1].Learner && len(m.Buttons) < 5 {
					m.Buttons = append(m.Buttons, chat.Button{Label: "Answer " + short(r.Name, 40), Command: answerPath, Record: string(r.ID)})
				} else if r.State == Open && r.Link != "" && len(m.Buttons) < 5 {
					m.Buttons = append(m.Buttons, chat.Button{Label: "Message for " + short(r.Name, 40), Command: linkPath, Record: string(r.ID)})
				}
			}
			return chat.Answering(m), nil
		},
	}
}

// trackShows is how many requests are shown, the youngest.
const trackShows = 30
