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
	r, on, err := found(tx, Reviewers, people.ID(i.Record))
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
	t, there, err := found(tx, Trainings, TrainingID(i.Record))
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
	r, there, err := found(tx, Reviews, ReviewID(i.Record))
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	t, there, err := found(tx, Trainings, r.Training)
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

// about gives an objection and the training that it is about; false where one of
// them is gone.
func about(tx store.Tx, id string) (Objection, Training, bool, error) {
	o, there, err := found(tx, Objections, id)
	if err != nil || !there {
		return o, Training{}, false, err
	}
	t, there, err := found(tx, Trainings, o.Training)
	return o, t, there, err
}

func objectedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	o, t, there, err := about(tx, i.Record)
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	words, err := objectionWords(tx, o)
	m := chat.Message{Text: "About your review of **" + chat.Plain(t.Title) + "**: " + words}
	if !o.Open() {
		return m, i.State == outbox.Sent, err
	}
	m.Note = "Nothing is decided until whoever objected says that it was heard, or you change the review."
	m.Buttons = []chat.Button{
		{Label: "Answer it", Command: answerPath, Record: o.ID, Main: true},
		{Label: "Change the review", Command: judgePath, Record: string(t.ID)},
		{Label: "Read the review", Command: recordPath, Record: string(o.Review)},
	}
	return m, true, err
}

func answeredMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	o, t, there, err := about(tx, i.Record)
	if err != nil || !there || o.Answer == "" {
		return chat.Message{}, false, err
	}
	words, err := objectionWords(tx, o)
	m := chat.Message{Text: "About your objection to the review of **" + chat.Plain(t.Title) + "**: " + words}
	if !o.Open() {
		return m, i.State == outbox.Sent, err
	}
	m.Note = "Whether that answers it is for you to say. Until then nothing is decided."
	m.Buttons = []chat.Button{
		{Label: "It was heard", Command: heardPath, Record: o.ID, Main: true},
		{Label: "Read the review", Command: recordPath, Record: string(o.Review)},
	}
	return m, true, err
}

func (f feature) decidedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, there, err := found(tx, Reviews, ReviewID(i.Record))
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	t, there, err := found(tx, Trainings, r.Training)
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	zone, err := zoneOf(tx, i.Person)
	m := chat.Message{
		Text: "The board has decided about **" + chat.Plain(t.Title) + "**, which you suggested: it is not approved.\n\n" + quote(r.Found),
		Note: "Only you got this.", Buttons: []chat.Button{{Label: "How it was reviewed", Command: recordPath, Record: string(t.ID)}},
	}
	if r.Approves {
		m.Text = "**" + chat.Plain(t.Title) + "**, which you suggested, is approved until " + day(t.Until, zone) + ". Everybody here can find it now.\n\n" + f.marksWords(r.Marks)
		m.Buttons = append(m.Buttons, chat.Button{Label: "See it", Command: showPath, Record: string(t.ID)})
	}
	return m, true, err
}

func endingMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	t, there, err := found(tx, Trainings, TrainingID(i.Record))
	if err != nil || !there {
		return chat.Message{}, false, err
	}
	zone, err := zoneOf(tx, i.Person)
	if t.State != Lapsed && t.State != Approved || t.State == Approved && now.Before(t.Until.Add(-ahead)) { // decided meanwhile
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
	x, there, err := found(tx, Communities, CommunityID(i.Record))
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
	x, there, err := found(tx, Communities, CommunityID(i.Record))
	if err != nil || !there || x.State == Suggested {
		return chat.Message{}, false, err
	}
	text := "**" + chat.Plain(x.Name) + "**, which you offered, is listed among the communities of practice now."
	switch x.State {
	case Declined:
		text = "**" + chat.Plain(x.Name) + "**, which you offered, is not listed for now. What was found is in its record; you can offer it again when something has changed."
	case Retired:
		text = "**" + chat.Plain(x.Name) + "**, which you offered, is no longer listed."
	}
	return chat.Message{Text: text, Note: "Only you got this.", Buttons: []chat.Button{{Label: "See it and its record", Command: communityPath, Record: string(x.ID), Main: true}}}, true, nil
}
