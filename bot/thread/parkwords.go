package thread

import (
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what is said of the parking lot.
const (
	parkedKind = "parked-later"  // where it came up
	remindKind = "parked-remind" // to a facilitator, of all that is promised now
)

// Name says what was parked, in bold.
func (p Parked) Name() string {
	if p.About == "" {
		return "something that its author has taken back"
	}
	return "**" + chat.Plain(p.About) + "**"
}

// buttons are what can be done about something parked.
func (p Parked) buttons() []chat.Button {
	return []chat.Button{
		{Label: "It came back", Command: "thread close", Record: string(p.ID), Choice: string(CameBack), Main: true},
		{Label: "Another time", Command: "thread later", Record: string(p.ID)},
		{Label: "Let it go", Command: "thread close", Record: string(p.ID), Choice: string(LetGo)},
	}
}

// ending says how it was closed, and when in a zone.
func (p Parked) ending(z schedules.Zone) string {
	on := schedules.DateOf(p.Closed.In(z.Location())).Short()
	if p.How == LetGo {
		return "It was let go on " + on
	}
	return "It came back on " + on
}

func parkedMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	p, err := Lot.Get(tx, ParkedID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	c, err := cohorts.Get(tx, p.Cohort)
	if err != nil {
		return chat.Message{}, false, err
	}
	by, err := people.Table.Get(tx, p.By)
	if err != nil {
		return chat.Message{}, false, err
	}
	if !p.Open() {
		return chat.Message{Text: "Parked here: " + p.Name() + "\n\n" + p.ending(c.Zone) + "."}, i.State == outbox.Sent, nil
	}
	words, err := promiseWords(tx, p, now)
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "Parked for later: " + p.Name() + "\n\nIt comes back " + words + ".",
		Note: "Parked by " + chat.Plain(by.Name) + ", so that it is not lost. /thread parked shows all of it.",
	}, true, nil
}

// reminderMessage tells a facilitator what the group was promised for now.
func reminderMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	m, ok, err := cohorts.MemberOf(tx, cohorts.ID(i.Cohort), people.ID(i.Person))
	if err != nil || !ok || !m.Facilitator {
		return chat.Message{}, false, err
	}
	c, _, dates, err := cohorts.Load(tx, cohorts.ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	all, err := promisedNow(tx, c, dates, now)
	if err != nil {
		return chat.Message{}, false, err
	}
	switch len(all) {
	case 0:
		return chat.Message{Text: "What was parked for now in " + chat.Plain(c.Name) + " is settled."}, i.State == outbox.Sent, nil
	case 1:
		return chat.Message{
			Text: "In " + chat.Plain(c.Name) + ", this was parked, and promised for now: " + all[0].Name(),
			Note: "Only facilitators see this.", Buttons: all[0].buttons(),
		}, true, nil
	}
	message := chat.Message{Text: "In " + chat.Plain(c.Name) + ", this was parked, and promised for now:\n", Note: "Only facilitators see this."}
	for n, p := range all[:min(len(all), parkedShown)] {
		message.Text += fmt.Sprintf("\n%d. %s", n+1, p.Name())
		message.Buttons = append(message.Buttons, chat.Button{Label: fmt.Sprintf("Open %d", n+1), Command: "thread item", Record: string(p.ID)})
	}
	return message, true, nil
}

// promisedNow gives what is promised for today or for the week that went out
// last, and what is overdue.
func promisedNow(tx store.Tx, c cohorts.Cohort, dates []cohorts.Dated, now time.Time) ([]Parked, error) {
	all, err := Waiting(tx, c.ID)
	if err != nil {
		return nil, err
	}
	weeks := map[ParkedID]bool{}
	if current, ok := cohorts.Current(dates); ok {
		promised, err := Promised(tx, c.ID, dates, current.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range promised {
			weeks[p.ID] = p.Week != ""
		}
	}
	var here []Parked
	for _, p := range all {
		if weeks[p.ID] || p.Week == "" && !c.Today(now).Before(schedules.DateOf(p.Due.In(c.Zone.Location()))) {
			here = append(here, p)
		}
	}
	return here, nil
}

// parkedLine says what is parked and when it comes back.
func parkedLine(tx store.Tx, p Parked, c deeds.Call) (string, error) {
	words, err := promiseWords(tx, p, c.Now)
	return p.Name() + ": comes back " + words, err
}
