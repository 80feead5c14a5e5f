package peers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// shown is a reflection as one of the two is told of it.
type shown struct {
	Reflection
	cohort cohorts.Cohort
	me     people.Person
	other  string // so that they can be written to
}

// sayReflection makes a reason of a message about a reflection. gone is what
// stands in its place once there is nothing left of it.
func sayReflection(gone string, words func(tx store.Tx, s shown, i outbox.Item, now time.Time) (chat.Message, bool, error)) func(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
	return func(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
		id, who := parsePart(i.Record)
		r, ok, err := Reflections.Find(tx, ReflectionID(id))
		if err != nil || !ok {
			return chat.Message{Text: gone}, i.State == outbox.Sent && gone != "", err
		}
		c, err := cohorts.Get(tx, r.Cohort)
		if err != nil {
			return chat.Message{}, false, err
		}
		p, err := people.Table.Get(tx, who)
		if err != nil {
			return chat.Message{}, false, err
		}
		other, err := withWhom(tx, c, []people.ID{r.Other(who)})
		if err != nil {
			return chat.Message{}, false, err
		}
		return words(tx, shown{r, c, p, other}, i, now)
	}
}

// until says how long the peer has, as they live it.
func (s shown) until(now time.Time) string { return inTheirs(s.me, s.cohort, s.Until, now) }

const takenBack = "This was taken back. You need do nothing."

var sayAsk = sayReflection(takenBack, func(tx store.Tx, s shown, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	subject, files, there, err := s.subject(tx)
	if err != nil {
		return chat.Message{}, false, err
	}
	if s.State != Asked || !there {
		text := s.other + " asked you for a reflection. "
		switch s.State {
		case Given:
			text += "You have answered."
			return chat.Message{Text: text, Buttons: []chat.Button{{Label: "Show it", Command: "peer read", Record: string(s.ID)}}}, true, nil
		case Declined:
			text += "You said that you can't this time."
		case RanOut:
			text += "It has run out, and nothing is needed."
		default:
			text = takenBack
		}
		return chat.Message{Text: text}, i.State == outbox.Sent, nil
	}
	text := s.other + " asks you for a reflection on " + onWhat(s.About) + "."
	if subject != "" {
		text += "\n\n" + subject
	}
	if s.Note != "" {
		text += "\n\nThey say:\n\n" + chat.Quote(s.Note)
	}
	return chat.Message{
		Text: text + "\n\nThey wonder:\n\n" + questionsWords(s.Questions), Files: files,
		Note: "Only " + s.other + " reads what you write, with your name; no facilitator does. A few lines are plenty. It is open until " + s.until(now) + ", and fine to let go by.",
		Buttons: []chat.Button{
			{Label: "Write a few lines", Command: "peer give", Record: string(s.ID), Main: true},
			{Label: "Not this time", Command: "peer decline", Record: string(s.ID)},
		},
	}, true, nil
})

func onWhat(a About) string {
	return map[About]string{
		OnMessage: "a message they wrote", OnDraft: "something they are working on", OnExperiment: "an experiment of theirs",
	}[a]
}

var sayRemind = sayReflection("", func(tx store.Tx, s shown, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if _, _, there, err := s.subject(tx); err != nil || s.State != Asked || !there {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: s.other + "'s question for a reflection is still open, if you feel like it. It takes about five minutes.",
		Note: "I don't bring it up again. It runs out by itself on " + s.until(now) + ". /settings reminders turns reminders down or off.",
		Buttons: []chat.Button{
			{Label: "Write a few lines", Command: "peer give", Record: string(s.ID), Main: true},
			{Label: "Not this time", Command: "peer decline", Record: string(s.ID)},
		},
	}, true, nil
})

var sayGiven = sayReflection("This was taken back by who wrote it.", func(_ store.Tx, s shown, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	if s.State != Given {
		return chat.Message{Text: s.other + " has taken back the reflection they wrote."}, i.State == outbox.Sent, nil
	}
	m := chat.Message{
		Text: "**A reflection from " + s.other + "** on " + s.name() + ".\n\n" + s.answersWords(), Files: s.Sent,
		Note: "Only you and " + s.other + " can read this.",
		Buttons: []chat.Button{
			{Label: "Thank them", Command: "peer thank", Record: string(s.ID), Main: true},
			{Label: "Write back", Command: "peer write", Record: string(s.ID)},
			s.keepButton(),
		},
	}
	if s.Thanked {
		m.Buttons = m.Buttons[1:]
	}
	if s.Changed {
		m.Note += " They have changed it since."
	}
	return m, true, nil
})

// answersWords gives the questions that were answered, each with its answer.
func (r Reflection) answersWords() string {
	var parts []string
	for i, a := range r.Answers {
		if strings.TrimSpace(a) != "" && i < len(r.Questions) {
			parts = append(parts, "*"+chat.Plain(r.Questions[i])+"*\n\n"+chat.Quote(a))
		}
	}
	return strings.Join(parts, "\n\n")
}

var sayDeclined = sayReflection("", func(_ store.Tx, s shown, _ outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return s.another(s.other + " can't give you a reflection this time, on " + s.name() + "."), s.State == Declined, nil
})

var sayRanOut = sayReflection("", func(_ store.Tx, s shown, _ outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return s.another("Two weeks have gone by, and " + s.other + " did not come to your question about " + s.name() + ". People's weeks are full. It has run out by itself, and they have been told that nothing is needed."), s.State == RanOut, nil
})

func (s shown) another(text string) chat.Message {
	return chat.Message{Text: text, Buttons: []chat.Button{{Label: "Ask somebody else", Command: "peer ask", Record: string(s.ID), Main: true}}}
}

var sayThank = sayReflection("", func(_ store.Tx, s shown, _ outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return chat.Message{
		Text: s.other + " thanks you for your reflection.", Note: "You need do nothing.",
		Buttons: []chat.Button{{Label: "Write back", Command: "peer write", Record: string(s.ID)}},
	}, s.State == Given, nil
})

var sayLine = sayReflection("This was taken back by who wrote it.", func(_ store.Tx, s shown, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	at := slices.IndexFunc(s.Lines, func(l Line) bool { return s.lineRecord(s.me.ID, l.Number) == i.Record })
	if at < 0 {
		return chat.Message{Text: "This was taken back by who wrote it."}, i.State == outbox.Sent, nil
	}
	text := "**" + s.other + "** writes back about your reflection."
	if s.me.ID == s.Asker {
		text = "**" + s.other + "** writes back about " + s.name() + "."
	}
	return chat.Message{
		Text: text + "\n\n" + chat.Quote(s.Lines[at].Text), Note: "Only you and " + s.other + " can read this.",
		Buttons: []chat.Button{
			{Label: "Write back", Command: "peer write", Record: string(s.ID), Main: true},
			{Label: "Show all of it", Command: "peer read", Record: string(s.ID)},
		},
	}, true, nil
})

// keepButton keeps a reflection with what its asker has to show of their work: who
// wrote it is asked first. The deed is another feature's, above this one.
func (r Reflection) keepButton() chat.Button {
	return chat.Button{Label: "Keep as evidence", Command: "evidence keep", Record: "reflection/" + string(r.ID)}
}

// whole gives one of the two all that there is of a reflection.
func (r Reflection) whole(tx store.Tx, me people.ID) (chat.Message, error) {
	other, err := nameOf(tx, r.Other(me))
	if err != nil {
		return chat.Message{}, err
	}
	subject, files, there, err := r.subject(tx)
	if err != nil {
		return chat.Message{}, err
	}
	asker, peer, asked := "You", other, other
	if me == r.Peer {
		asker, peer, asked = other, "You", "you"
	}
	m := chat.Message{
		Text: "**" + asker + "** asked " + asked + " for a reflection on " + r.name() + ".",
		Note: "Only you and " + other + " can read this.",
	}
	if there && subject != "" {
		m.Text += "\n\n" + subject
	}
	if r.Note != "" {
		m.Text += "\n\n" + chat.Quote(r.Note)
	}
	if words := r.answersWords(); words != "" {
		m.Text += "\n\n**" + peer + "**\n\n" + words
	}
	for _, l := range r.Lines {
		by := asker
		if l.By == r.Peer {
			by = peer
		}
		m.Text += "\n\n**" + by + "**\n\n" + chat.Quote(l.Text)
	}
	m.Files = append(slices.Clip(files), r.Sent...)
	if state := stageWords[r.State]; state != "" {
		m.Text += "\n\n" + state
	}
	switch {
	case r.State == Given:
		m.Buttons = append(m.Buttons, chat.Button{Label: "Write back", Command: "peer write", Record: string(r.ID), Main: true})
		if me == r.Peer {
			m.Buttons = append(m.Buttons, chat.Button{Label: "Change it", Command: "peer give", Record: string(r.ID)})
		} else {
			m.Buttons = append(m.Buttons, r.keepButton())
		}
	case r.State == Asked && me == r.Peer:
		m.Buttons = append(
			m.Buttons,
			chat.Button{Label: "Write a few lines", Command: "peer give", Record: string(r.ID), Main: true},
			chat.Button{Label: "Not this time", Command: "peer decline", Record: string(r.ID)},
		)
	}
	if me == r.Asker && r.About != TakenBack || me == r.Peer && r.State == Given {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Delete mine", Command: "peer delete", Record: string(r.ID)})
	}
	return m, nil
}

var stageWords = map[Stage]string{
	Waiting: "Not asked yet: it waits until they can be.", Asked: "Not answered yet.", Declined: "Not this time.",
	RanOut: "It ran out.", Withdrawn: "Taken back.",
}

// hearStray answers somebody who replies to a message of ours in private: nothing
// that they type there is kept, and it reaches nobody.
func hearStray(tx store.Tx, h deeds.Heard) error {
	if h.Deleted || h.Edited || strings.TrimSpace(h.Text) == "" && len(h.Files) == 0 {
		return nil
	}
	return outbox.Say(tx, outbox.Item{
		Key: strayKind + "/" + h.Address.String(), Kind: strayKind, Record: h.Item.Key, Cohort: h.Item.Cohort,
		Person: string(h.Person.ID), Place: chat.Direct(h.Profile.User), Silent: true,
	}, h.Now)
}

func sayStray(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	m := chat.Message{Text: "What you write to me here about this reaches nobody, and I have not kept it. To reach the person, write to them directly."}
	about, ok, err := outbox.Table.Find(tx, i.Record)
	if err != nil || !ok {
		return m, true, err
	}
	id, who := parsePart(about.Record)
	r, err := ownReflection(tx, id, who)
	switch {
	case err != nil:
		return m, false, err
	case r.State == Asked && r.Peer == who:
		m.Text = "I have not sent that on or kept it, so that nothing goes further than you mean it to. Press the button to write to them."
		m.Buttons = []chat.Button{{Label: "Write a few lines", Command: "peer give", Record: id, Main: true}}
	case r.State == Given:
		m.Text = "I have not sent that on or kept it, so that nothing goes further than you mean it to. Press the button to write back."
		m.Buttons = []chat.Button{{Label: "Write back", Command: "peer write", Record: id, Main: true}}
	}
	return m, true, nil
}

// reflectionLines says in a line each what somebody asked and was asked, with the
// buttons to open them.
func reflectionLines(all []Reflection, me people.ID, names map[people.ID]string) (lines []string, buttons []chat.Button) {
	for _, r := range all {
		other, line := names[r.Other(me)], ""
		switch {
		case r.Peer == me && r.State == Waiting, r.Peer == me && r.State == RanOut, r.Peer == me && r.State == Declined, r.State == Withdrawn:
			continue
		case r.Peer == me && r.State == Given:
			line = "You gave " + other + " a reflection on " + r.name() + "."
		case r.Peer == me:
			line = other + " asks you for a reflection on " + r.name() + "."
		case r.State == Given:
			line = other + " gave you a reflection on " + r.name() + "."
		default:
			line = "You asked " + other + " for a reflection on " + r.name() + ". " + stageWords[r.State]
		}
		lines = append(lines, "- "+line)
		if len(buttons) < 5 {
			buttons = append(buttons, chat.Button{Label: fmt.Sprintf("Open %d", len(lines)), Command: "peer read", Record: string(r.ID)})
			lines[len(lines)-1] = fmt.Sprintf("%d\\. %s", len(lines), line)
		}
	}
	return lines, buttons
}
