package directory

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// eachOfYou is said where the board is told something.
const eachOfYou = "Everybody on the board gets this, each in private."

func appointedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, on, err := Reviewers.Find(tx, people.ID(i.Record))
	if err != nil || !on {
		return chat.Message{}, false, err
	}
	who, err := nameOf(tx, r.By)
	return chat.Message{
		Text: "**" + who + "** has put you on the content board of the directory.\n\nPeople suggest trainings, and one of the board reviews each: is it good, and which competencies does it address? The others read that and can object. You also look at communities of practice that ask to be listed.",
		Note: "You are reminded at most within your weekly budget; /settings reminders turns that down. An administrator can take you off the board.",
		Buttons: []chat.Button{
			{Label: "What waits", Command: deskPath, Main: true},
			{Label: "Find a training", Command: findPath},
		},
	}, true, err
}

func (f feature) suggestedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	t, there, err := Trainings.Find(tx, TrainingID(i.Record))
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	if t.State != Suggested {
		zone, err := zoneOf(tx, i.Person)
		return chat.Message{Text: "**" + chat.Plain(t.Title) + "**, suggested for the directory: " + t.stateWords(zone) + "."}, i.State == outbox.Sent, err
	}
	who, err := nameOf(tx, t.By)
	return chat.Message{
		Text: who + " suggests a training for the directory:\n\n" + t.about(), Note: "It waits for one of the board to review it. " + eachOfYou,
		Buttons: []chat.Button{{Label: "Review it", Command: judgePath, Record: string(t.ID), Main: true}, {Label: "What waits", Command: deskPath}},
	}, true, err
}

func (f feature) reviewedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, t, there, err := reviewOf(tx, i.Record)
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	zone, err := zoneOf(tx, i.Person)
	if err != nil {
		return chat.Message{}, false, err
	}
	words, err := f.reviewWords(tx, r, zone)
	m := chat.Message{
		Text: "A review of **" + chat.Plain(t.Title) + "**\n\n" + words,
		Note: "Silence is fine: you object only where something stands against it. " + eachOfYou,
	}
	if !r.Open() {
		m.Note = ""
		return m, i.State == outbox.Sent, err
	}
	m.Buttons = []chat.Button{{Label: "Object", Command: objectPath, Record: string(r.ID)}, {Label: "The training", Command: showPath, Record: string(t.ID)}}
	return m, true, err
}

// reviewOf gives a review and the training that it is about; false where one of them
// is gone.
func reviewOf(tx store.Tx, id string) (Review, Training, bool, error) {
	r, there, err := Reviews.Find(tx, ReviewID(id))
	if err != nil || !there {
		return r, Training{}, false, err
	}
	t, there, err := Trainings.Find(tx, r.Training)
	return r, t, there, err
}

// about gives an objection and the training that it is about; false where one of
// them is gone.
func about(tx store.Tx, id string) (Objection, Training, bool, error) {
	o, there, err := Objections.Find(tx, id)
	if err != nil || !there {
		return o, Training{}, false, err
	}
	t, there, err := Trainings.Find(tx, o.Training)
	return o, t, there, err
}

func objectedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return objectionMessage(tx, i, func(o Objection, t Training) (string, string, []chat.Button) {
		return "About your review of **" + chat.Plain(t.Title) + "**: ", "Nothing is decided until whoever objected says that it was heard, or you change the review.", []chat.Button{
			{Label: "Answer it", Command: answerPath, Record: o.ID, Main: true},
			{Label: "Change the review", Command: judgePath, Record: string(t.ID)},
		}
	})
}

func answeredMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return objectionMessage(tx, i, func(o Objection, t Training) (string, string, []chat.Button) {
		if o.Answer == "" {
			return "", "", nil
		}
		return "About your objection to the review of **" + chat.Plain(t.Title) + "**: ", "Whether that answers it is for you to say. Until then nothing is decided.",
			[]chat.Button{{Label: "It was heard", Command: heardPath, Record: o.ID, Main: true}}
	})
}

// objectionMessage tells somebody of an objection. Said gives what comes before its
// words, what stands below while it waits, and the buttons then; nothing to say where
// the first is empty.
func objectionMessage(tx store.Tx, i outbox.Item, said func(Objection, Training) (string, string, []chat.Button)) (chat.Message, bool, error) {
	o, t, there, err := about(tx, i.Record)
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	before, note, buttons := said(o, t)
	words, err := objectionWords(tx, o)
	if err != nil || before == "" {
		return chat.Message{}, false, err
	}
	m := chat.Message{Text: before + words}
	if !o.Open() {
		return m, i.State == outbox.Sent, nil
	}
	m.Note, m.Buttons = note, append(buttons, chat.Button{Label: "Read the review", Command: recordPath, Record: string(o.Review)})
	return m, true, nil
}

func (f feature) decidedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, t, there, err := reviewOf(tx, i.Record)
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	zone, err := zoneOf(tx, i.Person)
	m := chat.Message{
		Text: "The board has decided about **" + chat.Plain(t.Title) + "**, which you suggested: it is not approved.\n\n" + quote(r.Found),
		Note: "Only you got this.", Buttons: []chat.Button{{Label: "How it was reviewed", Command: recordPath, Record: string(t.ID)}},
	}
	switch {
	case !r.Approves && t.Ends:
		m.Text = "The board has decided about **" + chat.Plain(t.Title) + "**, which you suggested: it is not renewed. It is found until " + day(t.Until, zone) + ", as it was approved, and not after that.\n\n" + quote(r.Found)
	case r.Approves:
		m.Text = "**" + chat.Plain(t.Title) + "**, which you suggested, is approved until " + day(t.Until, zone) + ". Everybody here can find it now.\n\n" + f.marksWords(r.Marks)
		m.Buttons = append(m.Buttons, chat.Button{Label: "See it", Command: showPath, Record: string(t.ID)})
	}
	return m, true, err
}

func endingMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	t, there, err := Trainings.Find(tx, TrainingID(i.Record))
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	zone, err := zoneOf(tx, i.Person)
	if t.State != Lapsed && t.State != Approved || t.Ends || t.State == Approved && now.Before(t.Until.Add(-ahead)) { // decided meanwhile
		return chat.Message{Text: "**" + chat.Plain(t.Title) + "** is " + t.stateWords(zone) + "."}, i.State == outbox.Sent, err
	}
	text := "The approval of **" + chat.Plain(t.Title) + "** ends on " + day(t.Until, zone) + ". Is it still what it was?"
	if t.State == Lapsed {
		text = "The approval of **" + chat.Plain(t.Title) + "** ended on " + day(t.Until, zone) + ", and it is not found any more."
	}
	return chat.Message{
		Text: text, Note: "Left alone, it is not shown after that day. " + eachOfYou,
		Buttons: []chat.Button{
			{Label: "Renew it", Command: judgePath, Record: string(t.ID), Main: true},
			{Label: "Retire it", Command: retirePath, Record: string(t.ID)},
			{Label: "See it", Command: showPath, Record: string(t.ID)},
		},
	}, true, err
}

func offeredMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, there, err := Communities.Find(tx, CommunityID(i.Record))
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	if x.State != Suggested {
		return chat.Message{Text: "**" + chat.Plain(x.Name) + "**, a community of practice: somebody has looked at it."}, i.State == outbox.Sent, nil
	}
	who, err := nameOf(tx, x.By)
	return chat.Message{
		Text: who + " offers a community of practice for the directory:\n\n" + x.about(), Note: "It is listed once one of you has looked at how people meet in it. " + eachOfYou,
		Buttons: []chat.Button{{Label: "Look at it", Command: considerPath, Record: string(x.ID), Main: true}, {Label: "What waits", Command: deskPath}},
	}, true, err
}

func listedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, there, err := Communities.Find(tx, CommunityID(i.Record))
	if err != nil || !there || x.State == Suggested {
		return chat.Message{}, false, err
	}
	text := "**" + chat.Plain(x.Name) + "**, which you offered, is listed among the communities of practice now."
	switch x.State {
	case Declined:
		text = "**" + chat.Plain(x.Name) + "**, which you offered, is not listed for now. What was found is in its record; you can offer it again when something has changed."
	case Retired:
		text = "**" + chat.Plain(x.Name) + "**, which you offered, is no longer listed."
		if x.Why != "" {
			text += "\n\n" + chat.Quote(x.Why)
		}
	}
	return chat.Message{Text: text, Note: "Only you got this.", Buttons: []chat.Button{{Label: "See it and its record", Command: communityPath, Record: string(x.ID), Main: true}}}, true, nil
}
