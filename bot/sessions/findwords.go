package sessions

import (
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// The kinds of what is said of a search for a time.
const (
	findKind     = "session find"      // in the channel, with the buttons and the count
	findPickKind = "session find pick" // to whoever asked, with whom each time suits
)

// searched reads a search and its cohort; false where either is no longer there.
func searched(tx store.Tx, i outbox.Item) (Find, cohorts.Cohort, bool, error) {
	f, ok, err := Finds.Find(tx, FindID(i.Record))
	if err != nil || !ok {
		return f, cohorts.Cohort{}, false, err
	}
	c, ok, err := cohorts.Table.Find(tx, f.Cohort)
	return f, c, ok && c.State != cohorts.Deleted, err
}

// ended says how a search ended; nothing while it goes on.
func (f Find) ended(tx store.Tx, c cohorts.Cohort, now time.Time) (string, error) {
	switch {
	case f.Session != "":
		s, err := Table.Get(tx, f.Session)
		return "A time for " + bold(f.Title) + " is found: " + at(s.Start(), c.Zone, now) + ". Its announcement takes your answer.", err
	case !f.Left.IsZero():
		return "The search for a time for " + bold(f.Title) + " was given up.", nil
	case !f.Open(now):
		return "The times that were proposed for " + bold(f.Title) + " have passed.", nil
	}
	return "", nil
}

func sayFind(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	f, c, ok, err := searched(tx, i)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	if text, err := f.ended(tx, c, now); err != nil || text != "" {
		return chat.Message{Text: text}, i.State == outbox.Sent, err
	}
	s, err := standingOf(tx, f)
	if err != nil {
		return chat.Message{}, false, err
	}
	text := "Which of these suits you for " + bold(f.Title) + ", for " + lasts(f.Minutes) + "?\n"
	for n, t := range f.Times {
		text += fmt.Sprintf("\n%d. %s: suits **%d**", n+1, at(t.Instant(), c.Zone, now), len(s.suits[n]))
	}
	text += (Session{Where: f.Where}).place() + "\n\n" + saidSoFar(s.answered())
	return chat.Message{
		Text: text, Buttons: f.buttons(),
		Note: "Press all that suit. You see each in your own time; everyone sees how many, and only facilitators and whoever asked see whom.",
	}, true, nil
}

func sayFindPick(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	f, c, ok, err := searched(tx, i)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	if text, err := f.ended(tx, c, now); err != nil || text != "" {
		return chat.Message{Text: text}, i.State == outbox.Sent, err
	}
	p, ok, err := people.Table.Find(tx, people.ID(i.Person))
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	text, err := pickWords(tx, f, c, p, now)
	return chat.Message{Text: text, Buttons: f.picks(now), Note: "The count stays up to date. Picking one plans the session and tells the group."}, err == nil, err
}
