package sessions

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what is said.
const (
	announceKind  = "session"           // in the channel, with the buttons and the count
	movedKind     = "session moved"     // in the channel, once a move
	cancelledKind = "session cancelled" // in the channel
	seriesKind    = "session series"    // in the channel, of a session and those that follow it
	calendarKind  = "session calendar"  // in the calendar of the workspace
	inviteKind    = "session invite"    // to one of those whom a session is for, with the buttons and the count
	notesKind     = "session notes"     // in the channel, or to those whom it was for
	afterKind     = "session after"     // to whoever planned it
	stageKind     = "session stage"     // under the announcement
	reminderKind  = "session reminder"  // to one person
	changeKind    = "session change"    // to one person, of a move or a cancellation
)

func reasons() []outbox.Reason {
	return []outbox.Reason{
		{Kind: announceKind, Render: sayAnnounced},
		{Kind: movedKind, Render: sayMoved},
		{Kind: cancelledKind, Render: sayCancelled},
		{Kind: placedKind, Render: sayPlaced},
		{Kind: seriesKind, Render: saySeries},
		{Kind: calendarKind, Render: sayInCalendar},
		{Kind: inviteKind, Render: sayInvite},
		{Kind: findKind, Render: sayFind},
		{Kind: findPickKind, Render: sayFindPick},
		{Kind: notesKind, Render: sayNotes},
		{Kind: afterKind, Render: sayAfter},
		{Kind: stageKind, Render: sayStage},
		{Kind: reminderKind, Render: sayReminder},
		{Kind: changeKind, Render: sayChange},
	}
}

// name is the title in bold.
func (s Session) name() string { return "**" + chat.Plain(s.Title) + "**" }

// exactly says when with its date, since what is said may be read on another
// day: "Thursday 5 November, 9:00 am".
func exactly(t time.Time, z schedules.Zone, now time.Time) string {
	w := schedules.WallOf(t.In(z.Location()))
	return dayOf(w.Date, z, now) + ", " + w.Time.Clock()
}

func dayOf(d schedules.Date, z schedules.Zone, now time.Time) string {
	year := schedules.DateOf(now.In(z.Location())).Year
	return strings.TrimSuffix(d.Long(), " "+strconv.Itoa(year))
}

// span says from when to when, in a zone that it names: "Thursday 5 November,
// 9:00–10:00 am (Auckland)".
func span(start time.Time, length time.Duration, z schedules.Zone, now time.Time) string {
	from, end := schedules.WallOf(start.In(z.Location())), start.Add(length)
	until := schedules.WallOf(end.In(z.Location()))
	words := exactly(start, z, now)
	switch {
	case until.Date != from.Date:
		words += " to " + exactly(end, z, now)
	case until.Time.Hour/12 == from.Time.Hour/12:
		words = words[:len(words)-len(" am")] + "–" + until.Time.Clock()
	default:
		words += "–" + until.Time.Clock()
	}
	return words + " (" + z.City() + ")"
}

// at says when in the zone of the group, for each reader to see in their own.
func at(t time.Time, z schedules.Zone, now time.Time) string {
	return chat.Time(t, exactly(t, z, now)+" ("+z.City()+")")
}

// before says the same of a time that stands beside one with its zone.
func before(t time.Time, z schedules.Zone, now time.Time) string {
	return chat.Time(t, exactly(t, z, now))
}

// lasts says how long: "an hour", "90 minutes".
func lasts(minutes int) string {
	switch hours := minutes / 60; {
	case minutes == 60:
		return "an hour"
	case minutes%60 == 0:
		return strconv.Itoa(hours) + " hours"
	case minutes == 90:
		return "an hour and a half"
	case minutes > 120:
		return fmt.Sprintf("%d hours and %d minutes", hours, minutes%60)
	}
	return strconv.Itoa(minutes) + " minutes"
}

// place says where, as a line of its own, or nothing.
func (s Session) place() string {
	if s.Where == "" {
		return ""
	}
	where := chat.Plain(s.Where)
	if u, err := url.Parse(s.Where); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		where = "[" + where + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(u.String()) + ")"
	}
	return "\n\nWhere: " + where
}

// told says how many people hear of something, which is said where the group
// meets.
func told(n int, c cohorts.Cohort) string {
	switch n {
	case 0:
		return "Nobody else is in the group yet; whoever reads " + chat.InChannel(c.Place) + " will see it"
	case 1:
		return "1 person will be told"
	}
	return strconv.Itoa(n) + " people will be told"
}

func (t Tally) words() string {
	words := fmt.Sprintf("**%d coming** · %d maybe · %d can't make it", t.Yes, t.Maybe, t.No)
	if t.Earlier > 0 {
		words += fmt.Sprintf("\n\n%d of them answered before it moved.", t.Earlier)
	}
	return words
}

// answers are the three buttons.
func (s Session) answers() []chat.Button {
	button := func(label string, a Answer) chat.Button {
		return chat.Button{Label: label, Command: s.answerPath(), Record: string(s.ID), Choice: string(a), Main: a == Yes}
	}
	return []chat.Button{button("I'll come", Yes), button("Can't make it", No), button("Maybe", Maybe)}
}

func sayAnnounced(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, c, ok, err := still(tx, ID(i.Record))
	if err != nil || !ok || i.State != outbox.Sent && (s.Off() || now.After(s.End())) {
		return chat.Message{}, false, err
	}
	if s.Off() {
		return chat.Message{Text: cancelledWords(s, c, now), Event: s.event(c)}, true, nil
	}
	text, err := announcement(tx, s, c, now)
	if s.over(now) {
		return chat.Message{Text: text + "\n\nIt is over.", Event: s.event(c)}, err == nil, err
	}
	return chat.Message{
		Text: text, Buttons: append(s.answers(), agendaButton(s.ID)), Event: s.event(c),
		Note: "Everyone here sees how many come; only " + s.whoSees(c) + " see who. Whoever comes is reminded a day and an hour before.",
	}, err == nil, err
}

// announcement is what a session is, for whoever may come.
func announcement(tx store.Tx, s Session, c cohorts.Cohort, now time.Time) (string, error) {
	tally, err := TallyOf(tx, s)
	if err != nil {
		return "", err
	}
	text := s.name() + "\n\n" + at(s.Start(), c.Zone, now) + ", for " + lasts(s.Minutes) + "."
	if n := len(s.Moves); n > 0 && !s.Moves[n-1].Instant().Equal(s.Start()) {
		text += " It was planned for " + before(s.Moves[n-1].Instant(), c.Zone, now) + "."
	}
	if s.Number == 1 {
		r, err := SeriesTable.Get(tx, s.Series)
		if err != nil {
			return "", err
		}
		if len(r.Changes) == 0 {
			text += " " + r.tells(s, now)
		}
	}
	agenda, err := agendaWords(tx, s, 5)
	return text + s.place() + agenda + "\n\n" + tally.words(), err
}

// whoSees says who can see who comes.
func (s Session) whoSees(c cohorts.Cohort) string {
	if c.Programme.Community {
		return "facilitators and whoever planned it"
	}
	return "facilitators"
}

// sayInvite asks one of those whom a session is for.
func sayInvite(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, c, ok, err := still(tx, ID(i.Record))
	if err != nil || !ok || i.State != outbox.Sent && (s.Off() || now.After(s.End())) {
		return chat.Message{}, false, err
	}
	if s.Off() {
		return chat.Message{Text: cancelledWords(s, c, now), Event: s.event(c)}, true, nil
	}
	text, err := announcement(tx, s, c, now)
	if err != nil || s.over(now) {
		return chat.Message{Text: text + "\n\nIt is over.", Event: s.event(c)}, err == nil, err
	}
	who := "A facilitator"
	if p, ok, err := people.Table.Find(tx, s.By); err != nil {
		return chat.Message{}, false, err
	} else if ok {
		who = chat.Plain(p.Name)
	}
	if s.Interested {
		return s.invitation(c, who, text), true, nil
	}
	return chat.Message{
		Text: who + " invites you, and not the whole of " + chat.Plain(c.Name) + ": " + text, Buttons: append(s.answers(), agendaButton(s.ID)), Event: s.event(c),
		Note: fmt.Sprintf("It is for %d people, who see how many come; only facilitators and whoever planned it see who.", len(s.People)),
	}, true, nil
}

// sayMoved has the words of one move. Once the session has moved again, they
// point to the younger message.
func sayMoved(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	id, number, _ := strings.Cut(i.Record, "/")
	s, c, ok, err := still(tx, ID(id))
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(s.Moves) {
		return chat.Message{}, false, err
	}
	if s.Off() || n < len(s.Moves) {
		text := s.name() + " has moved again since. The newest message about it has the time."
		if s.Off() {
			text = cancelledWords(s, c, now)
		}
		return chat.Message{Text: text}, i.State == outbox.Sent, nil
	}
	if s.Moves[n-1].Instant().Equal(s.Start()) {
		return chat.Message{
			Text:    s.name() + ", " + at(s.Start(), c.Zone, now) + ", is now for " + lasts(s.Minutes) + "." + s.place(),
			Buttons: s.answers(), Event: s.event(c),
		}, true, nil
	}
	return chat.Message{
		Text: fmt.Sprintf("%s has moved to %s. It was planned for %s.%s\n\nYour answer stands. If the new time changes it, please say so.",
			s.name(), at(s.Start(), c.Zone, now), before(s.Moves[n-1].Instant(), c.Zone, now), s.place()),
		Buttons: s.answers(), Event: s.event(c),
	}, true, nil
}

func sayCancelled(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, c, ok, err := still(tx, ID(i.Record))
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	return chat.Message{Text: cancelledWords(s, c, now), Event: s.event(c)}, true, nil
}

func cancelledWords(s Session, c cohorts.Cohort, now time.Time) string {
	text := s.name() + ", which was planned for " + at(s.Start(), c.Zone, now) + ", is cancelled."
	if s.Why != "" {
		text += "\n\n" + chat.Quote(s.Why)
	}
	return text
}

func sayReminder(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	at, ok, err := load(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	s, start := at.session, at.session.Start()
	if !ok || s.Off() || !at.Answer.Coming() || !i.Until.Equal(start) || !now.Before(start) {
		return chat.Message{}, false, nil
	}
	text := fmt.Sprintf("%s is %s: %s.", s.name(), soon(start, at.person.ZoneOr(at.cohort.Zone), now), inTheirs(at.person, at.cohort, start, now))
	note := "You said you'd come. /settings reminders turns reminders down or off."
	if at.Answer == Maybe {
		note = "You said maybe. /settings reminders turns reminders down or off."
	}
	return chat.Message{Text: text + s.place(), Note: note, Buttons: []chat.Button{
		{Label: "Can't make it", Command: s.answerPath(), Record: string(s.ID), Choice: string(No)},
		{Label: "Fewer reminders", Command: "settings reminders", Choice: string(people.Fewer)},
	}}, true, nil
}

// soon says how far away a session is: "tomorrow", "in an hour".
func soon(start time.Time, z schedules.Zone, now time.Time) string {
	day := func(t time.Time) schedules.Date { return schedules.DateOf(t.In(z.Location())) }
	if day(now).DaysUntil(day(start)) == 1 && start.Sub(now) > 12*time.Hour {
		return "tomorrow"
	}
	return schedules.In(start, now)
}

func sayChange(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	at, ok, err := load(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	s, start := at.session, at.session.Start()
	when := inTheirs(at.person, at.cohort, start, now)
	switch {
	case !ok, now.After(s.End()):
		return chat.Message{}, false, nil
	case i.Key == cancelledKey(s.ID)+"/"+string(at.Person):
		text := s.name() + " " + s.inGroup(at.cohort) + ", " + when + ", is cancelled. You need do nothing."
		if s.Why != "" {
			text += "\n\n" + chat.Quote(s.Why)
		}
		return chat.Message{Text: text, Event: s.event(at.cohort)}, s.Off(), nil
	case s.Off(), !at.Told.Equal(start):
		return chat.Message{}, false, nil
	}
	text := fmt.Sprintf("%s %s has moved to %s. It was planned for %s.%s\n\n",
		s.name(), s.inGroup(at.cohort), when, inTheirs(at.person, at.cohort, at.Was, now), s.place())
	if at.Answer != "" {
		text += "You had said " + at.Answer.said() + ". "
	}
	return chat.Message{Text: text + "Does the new time suit you?", Buttons: s.answers(), Event: s.event(at.cohort)}, true, nil
}

func (a Answer) said() string {
	switch a {
	case Yes:
		return "you'd come"
	case No:
		return "you can't make it"
	}
	return "maybe"
}

// inTheirs says when, as the person lives it; the zone is named where theirs is
// not known.
func inTheirs(p people.Person, c cohorts.Cohort, t, now time.Time) string {
	words := exactly(t, p.ZoneOr(c.Zone), now)
	if !p.HasZone {
		words += " (" + c.Zone.City() + ")"
	}
	return chat.Time(t, words)
}
