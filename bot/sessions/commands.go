package sessions

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// answerPath is the command of the buttons under an announcement.
const answerPath = "session answer"

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			o.scheduleDeed(), o.questionsDeed(), o.moveDeed(), o.cancelDeed(), listDeed(), answerDeed(), comeDeed(),
			findDeed(), suitsDeed(), pickDeed(), agendaDeed(), stagesDeed(), notesDeed(), attendDeed(), o.calendarDeed(),
		},
		Jobs:     kinds(),
		Reasons:  reasons(),
		Tables:   []store.Prepared{Table, Attendees, SeriesTable, Agendas, Finds, Suiting, Feeds},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

var (
	titleField  = chat.Field{Name: "title", Label: "Title", Kind: chat.Text, Required: true, Max: 100, Example: "Q&A session"}
	whenField   = chat.Field{Name: "when", Label: "When", Kind: chat.When, Required: true, Example: "thu 9am", Hint: "A day and a time, as you would say it"}
	lengthField = chat.Field{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min", Hint: "An hour, if you leave it empty"}
	whereField  = chat.Field{Name: "where", Label: "Where", Kind: chat.Text, Max: 300, Example: "https://meet.example/harbour", Hint: "A link or a place"}
)

// scheduleFields are the questions of the form; what can be typed has one more.
var scheduleFields = []chat.Field{
	titleField, whenField, lengthField, whereField,
	{Name: "repeat", Label: "Does it repeat?", Kind: chat.Text, Max: 100, Example: "weekly until 18 December", Hint: "Leave it empty for one session"},
}

func (o Options) scheduleDeed() deeds.Deed {
	who := chat.Field{Name: "who", Label: "For whom", Kind: chat.Text, Max: 1000, Example: "Ana, Ben", Hint: "Left empty, the whole group. Or: people who registered interest"}
	return deeds.Deed{
		Command: chat.Command{Path: "session schedule", Summary: "Plan a time for the group to meet", Role: chat.Facilitator, Fields: append(slices.Clone(scheduleFields), who)},
		Scoped:  true,
		Also:    cohorts.InCommunity,
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(scheduleFields, c.Given)) == 0 {
				return nil, nil
			}
			if forInterested(c) {
				return &chat.Form{
					Title: "Plan a session for questions", Fields: scheduleFields[:4], Submit: "Look it over", Filled: chat.Answers{"title": chat.Given("Q&A session")},
					Note: "It is for the people who registered interest. Nobody is told before you have seen it and confirmed.",
				}, nil
			}
			return &chat.Form{
				Title: "Plan a session", Fields: scheduleFields, Submit: "Look it over",
				Note: "Nobody is told before you have seen it and confirmed. For some people alone, name them: /session schedule who:\"Ana, Ben\". For those who registered interest: who:interested",
			}, nil
		},
		Run: o.runSchedule,
	}
}

func (o Options) runSchedule(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return chat.Outcome{}, err
	}
	return o.plan(tx, c, cohort, forInterested(c))
}

// plan plans a session of a cohort, once it was looked over; interested tells that it
// is for those who registered interest.
func (o Options) plan(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, interested bool) (chat.Outcome, error) {
	when, length, err := timeOf(c, usualLength)
	if err != nil {
		return chat.Outcome{}, err
	}
	s := Session{
		ID: ID(c.ID), Cohort: cohort.ID, Title: c.Given.Text("title"), Time: when, Minutes: int(length / time.Minute),
		Where: c.Given.Text("where"), By: c.Person.ID, Made: c.Now,
	}
	outside := 0
	if s.Interested = interested; s.Interested && !c.Role.Includes(chat.Facilitator) {
		return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only facilitators plan a session for people who registered interest, since they see who comes. Ask one of them.")
	} else if s.Interested {
		s.People, outside, err = o.interested(tx, cohort, c)
	} else {
		s.People, err = whom(tx, cohort, c)
	}
	if err != nil {
		return chat.Outcome{}, err
	}
	again, err := parseRepeat(c.Given.Text("repeat"), when.Wall.Date, c.Now, when.Zone)
	if err != nil {
		return chat.Outcome{}, err
	}
	if again.weeks > 0 && s.Interested {
		return chat.Outcome{}, deeds.RefuseField("repeat", "A session for people who registered interest is planned one at a time, since others have registered by the next one.")
	}
	if again.weeks > 0 { // the group meets by its own wall, whoever plans it from elsewhere
		s.Time = Time{Wall: schedules.WallOf(s.Start().In(cohort.Zone.Location())), Zone: cohort.Zone}
	}
	r := Series{ID: SeriesID(c.ID), Cohort: cohort.ID, Weeks: again.weeks, Count: again.count, Lead: s.ID}
	words := s.name() + ", " + span(s.Start(), length, cohort.Zone, c.Now)
	if !c.Sure {
		told, err := toldOf(tx, cohort, s, c.Person)
		if s.Interested {
			told = asked(s, cohort, c.Person, outside)
		}
		text := words + ", " + soon(s.Start(), cohort.Zone, c.Now) + "." + caveats(c, cohort)
		if r.Weeks > 0 {
			last := s.Time.Wall.AddDays((r.Count - 1) * 7 * r.Weeks)
			text += fmt.Sprintf(" It repeats %s until %s, %s in all, at the same time of day though the clocks may change.",
				every(r.Weeks, s.Time.Wall.Date), dayOf(last.Date, cohort.Zone, c.Now), sessionsCount(r.Count))
		}
		return deeds.Confirm(text+s.place()+"\n\n"+told+".", "Schedule it"), err
	}
	if cohort.Waiting {
		err = cohorts.KeepWaiting(tx, cohort)
	}
	if err != nil {
		return chat.Outcome{}, err
	}
	if r.Weeks == 0 {
		err = schedule(tx, cohort, s, c.Now)
	} else {
		err = scheduleSeries(tx, cohort, r, r.occurrences(s, func() ID { return ID(store.NewID(c.Now)) }), c.Now)
	}
	if err != nil {
		return chat.Outcome{}, err
	}
	done := "Scheduled: " + words + ". The announcement is on its way to " + chat.Plain(cohort.Name) + "."
	switch {
	case s.Interested:
		done = "Scheduled: " + words + ". Whoever registered interest and is here is asked in private, and so is whoever registers from now on."
		m := chat.Message{Text: done + " Whoever comes is reminded a day and an hour before, in their own time.", Buttons: handles(s.ID)[:2]}
		if outside > 0 {
			m.Text += " For those outside there are messages to pass on, with a file for their calendar: one for all, or one for each with the link by which they answer."
			m.Buttons = append([]chat.Button{
				{Label: "A message for each", Command: "interest each", Record: cohort.From.Programme, Main: true}, {Label: "Words to pass on", Command: "interest message", Record: cohort.From.Programme},
			}, m.Buttons...)
		}
		return chat.Answering(m), nil
	case len(s.People) > 0:
		done = "Scheduled: " + words + ". Whom it is for is asked in private."
	case r.Weeks > 0:
		done += " Each of the others follows " + daysAhead + " before it begins."
	}
	return chat.Say(done+" Whoever comes is reminded a day and an hour before, in their own time.", handles(s.ID)...), nil
}

// timeOf reads when and for how long, and refuses what is past.
func timeOf(c deeds.Call, length time.Duration) (Time, time.Duration, error) {
	return timeIn(c, "when", length)
}

// timeIn reads the same from a field of another name.
func timeIn(c deeds.Call, field string, length time.Duration) (Time, time.Duration, error) {
	when := c.Given[field].When
	if err := lengthIn(c, &length); err != nil {
		return Time{}, 0, err
	}
	if !when.Instant().After(c.Now) {
		return Time{}, 0, deeds.RefuseField(field, "I read the time (%s) as %s, which has passed. Try one that is still to come, such as “tomorrow 9am”.", field, when.Words(c.Now))
	}
	return Time{Wall: when.Wall, Zone: when.Zone}, length, nil
}

// lengthIn reads how long, if that was given.
func lengthIn(c deeds.Call, length *time.Duration) error {
	if c.Given.Has("length") {
		*length = c.Given["length"].Duration
	}
	if *length > maxLength || *length < time.Minute {
		return deeds.RefuseField("length", "I read the length as %s. A session lasts from a minute to a day; try “90 min”.", lasts(int(*length/time.Minute)))
	}
	return nil
}

// caveats says what could mislead about the time that was typed: a change of the
// clocks, or that it was read in another zone than the group's.
func caveats(c deeds.Call, cohort cohorts.Cohort) string {
	when, text := c.Given["when"].When, ""
	if note := when.Note(); note != "" {
		text += " " + note
	}
	if when.Zone != cohort.Zone {
		text += fmt.Sprintf(" I read that as %s in %s.", when.Words(c.Now), when.Zone.City())
	}
	return text
}

// mention is what a chat makes of a picked name in a text: "<@U7>" or "<@U7|ana>".
func mention(text string) string {
	text, _, _ = strings.Cut(strings.Trim(text, "<@!> "), "|")
	return text
}

// whom reads for which people a session is; nobody in particular is the cohort.
// Whoever plans it is one of them.
func whom(tx store.Tx, c cohorts.Cohort, call deeds.Call) ([]people.ID, error) {
	chosen, err := membersNamed(tx, c, call, "who")
	if err != nil || len(chosen) == 0 || slices.Contains(chosen, call.Person.ID) {
		return chosen, err
	}
	_, here, err := cohorts.MemberOf(tx, c.ID, call.Person.ID)
	if here {
		chosen = append(chosen, call.Person.ID)
	}
	return chosen, err
}

// membersNamed reads the members of a cohort that are named in a field, with
// commas between them.
func membersNamed(tx store.Tx, c cohorts.Cohort, call deeds.Call, name string) ([]people.ID, error) {
	var chosen []people.ID
	field := chat.Field{Name: name, Kind: chat.Person}
	reading := deeds.Reading{Tx: tx, Now: call.Now, Zone: call.Zone, Workspace: c.Place.Workspace}
	for _, typed := range strings.FieldsFunc(call.Given.Text(name), func(r rune) bool { return r == ',' || r == ';' }) {
		if typed = mention(typed); typed == "" {
			continue
		}
		found, faults, err := reading.Understand([]chat.Field{field}, chat.Answers{name: chat.Given(typed)})
		if err != nil {
			return nil, err
		}
		if fault, ok := faults[name]; ok {
			return nil, deeds.RefuseField(name, "%s Several are named with commas: “Ana, Ben”.", fault)
		}
		p := found[name].Person
		if _, here, err := cohorts.MemberOf(tx, c.ID, p.ID); err != nil {
			return nil, err
		} else if !here {
			return nil, deeds.RefuseField(name, "%s is not in %s. They could join first, with the button under its joining message.", chat.Plain(p.Name), chat.Plain(c.Name))
		}
		if !slices.Contains(chosen, p.ID) {
			chosen = append(chosen, p.ID)
		}
	}
	return chosen, nil
}

// toldOf says who hears of a session when it is planned.
func toldOf(tx store.Tx, c cohorts.Cohort, s Session, by people.Person) (string, error) {
	if len(s.People) == 0 {
		n, err := others(tx, c, by)
		return told(n, c), err
	}
	var names []string
	for _, id := range s.People {
		if id == by.ID {
			continue
		}
		p, err := people.Table.Get(tx, id)
		if err != nil {
			return "", err
		}
		names = append(names, chat.Plain(p.Name))
	}
	return "Asked in private: " + some(names) + ". The rest of the group is not told", nil
}

// others counts who is told of what somebody does.
func others(tx store.Tx, c cohorts.Cohort, but people.Person) (int, error) {
	group, err := cohorts.Group(tx, c.ID)
	n := 0
	for _, m := range group {
		if m.Person != but.ID {
			n++
		}
	}
	return n, err
}

// handles are the buttons of somebody who may move and cancel.
func handles(s ID) []chat.Button {
	return []chat.Button{
		{Label: "Move it", Command: "session move", Record: string(s)},
		{Label: "Cancel it", Command: "session cancel", Record: string(s)},
		{Label: "Plan, engage, review", Command: stagesPath, Record: string(s)},
	}
}
