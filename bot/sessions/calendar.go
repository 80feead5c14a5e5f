package sessions

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// event is the session as an entry for people's calendars. Its UID is for ever:
// calendars would show a second entry otherwise.
func (s Session) event(c cohorts.Cohort) *chat.Event {
	e := &chat.Event{
		UID: string(s.ID) + "@cohortbot", Sequence: s.Sequence(), Title: chat.Short(s.Title, chat.MaxEventTitle),
		Start: s.Start(), End: s.End(), Where: chat.Short(s.Where, chat.MaxEventWhere),
		About: "With " + chat.Plain(c.Name) + ".", Off: s.Off(),
	}
	if s.Interested {
		e.About = "A session for questions about " + chat.Plain(c.Programme.Title) + "."
	}
	if e.Where != s.Where { // a long link must not be torn
		e.About += "\n\n" + chat.Plain(s.Where)
	}
	return e
}

// sayInCalendar has what stands in the workspace's own calendar.
func sayInCalendar(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, c, ok, err := still(tx, ID(i.Record))
	if err != nil || !ok || i.State != outbox.Sent && (s.Off() || now.After(s.Start())) {
		return chat.Message{}, false, err
	}
	return chat.Message{Text: s.name(), Event: s.event(c)}, true, nil
}
