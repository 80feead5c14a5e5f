package sessions

import (
	"errors"
	"fmt"
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
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds:   []deeds.Deed{scheduleDeed(), moveDeed(), cancelDeed(), listDeed(), answerDeed()},
		Jobs:    kinds(),
		Reasons: reasons(),
		Tables:  []store.Prepared{Table, Attendees},
		Home:    home,
	}
}

var whenField = chat.Field{Name: "when", Label: "When", Kind: chat.When, Required: true, Example: "thu 9am", Hint: "A day and a time, as you would say it"}

func scheduleDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "title", Label: "Title", Kind: chat.Text, Required: true, Max: 100, Example: "Q&A session"},
		whenField,
		{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min", Hint: "An hour, if you leave it empty"},
		{Name: "where", Label: "Where", Kind: chat.Text, Max: 300, Example: "https://meet.example/harbour", Hint: "A link or a place"},
	}
	return deeds.Deed{
		Command: chat.Command{Path: "session schedule", Summary: "Plan a time for the group to meet", Role: chat.Facilitator, Fields: fields},
		Scoped:  true,
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(fields, c.Given)) == 0 {
				return nil, nil
			}
			return &chat.Form{
				Title: "Plan a session", Fields: fields, Submit: "Look it over",
				Note: "Nobody is told before you have seen it and confirmed.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			when, length, err := timeOf(c, usualLength)
			if err != nil {
				return chat.Outcome{}, err
			}
			s := Session{
				ID: ID(c.ID), Cohort: cohort.ID, Title: c.Given.Text("title"), Time: when, Minutes: int(length / time.Minute),
				Where: c.Given.Text("where"), By: c.Person.ID, Made: c.Now,
			}
			words := fmt.Sprintf("%s, %s", s.name(), span(s.Start(), length, cohort.Zone, c.Now))
			if !c.Sure {
				n, err := others(tx, cohort, c.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				text := words + ", " + soon(s.Start(), cohort.Zone, c.Now) + "." + caveats(c, cohort) + s.place()
				return deeds.Confirm(text+"\n\n"+told(n, cohort)+".", "Schedule it"), nil
			}
			if err := schedule(tx, cohort, s, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(fmt.Sprintf("Scheduled: %s. The announcement is on its way to %s. Whoever comes is reminded a day and an hour before, in their own time.",
				words, chat.Plain(cohort.Name)), handles(s.ID)...), nil
		},
	}
}

// timeOf reads when and for how long, and refuses what is past.
func timeOf(c deeds.Call, length time.Duration) (Time, time.Duration, error) {
	when := c.Given["when"].When
	if c.Given.Has("length") {
		length = c.Given["length"].Duration
	}
	if length > maxLength || length < time.Minute {
		return Time{}, 0, deeds.RefuseField("length", "I read the length as %s. A session lasts from a minute to a day; try “90 min”.", lasts(int(length/time.Minute)))
	}
	if !when.Instant().After(c.Now) {
		return Time{}, 0, deeds.RefuseField("when", "I read the time (when) as %s, which has passed. Try one that is still to come, such as “tomorrow 9am”.", when.Words(c.Now))
	}
	return Time{Wall: when.Wall, Zone: when.Zone}, length, nil
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
	}
}

func cohortOf(tx store.Tx, session string) (string, error) {
	s, err := Table.Get(tx, ID(session))
	return string(s.Cohort), err
}

// which is the field that says which session is meant, where no button did.
var which = chat.Field{Name: "session", Label: "Which session", Kind: chat.Text, Max: 100, Example: "Q&A session"}

// found gives the session that a call is about: the one of its button, else the
// one that was picked or whose title was typed. The ones that it could be are
// given where that is not clear; a refusal where there are none.
func found(tx store.Tx, c deeds.Call) (s Session, ok bool, open []Session, err error) {
	if c.Record != "" {
		if s, err = Table.Get(tx, ID(c.Record)); err != nil && !errors.Is(err, store.ErrNotFound) {
			return s, false, nil, err
		}
		switch {
		case err != nil:
			return s, false, nil, deeds.Refuse(deeds.NotFound, "That session is no longer there. /session list shows what is planned.")
		case s.Off():
			return s, false, nil, deeds.Refuse(deeds.Conflict, "%s is cancelled already.", s.name())
		case !s.End().After(c.Now):
			return s, false, nil, deeds.Refuse(deeds.Conflict, "%s is over. /session schedule plans another.", s.name())
		}
		return s, true, nil, nil
	}
	open, err = Upcoming(tx, cohorts.ID(c.Cohort), c.Now, 25)
	if err != nil {
		return s, false, nil, err
	}
	if len(open) == 0 {
		return s, false, nil, deeds.Refuse(deeds.NotFound, "No session is planned. /session schedule plans one.")
	}
	var named []Session
	picked, typed := c.Given.Text(pick), c.Given.Text("session")
	for _, x := range open {
		if string(x.ID) == picked {
			return x, true, open, nil
		}
		if picked == "" && strings.EqualFold(x.Title, typed) {
			named = append(named, x)
		}
	}
	if len(named) == 1 {
		return named[0], true, open, nil
	}
	return s, false, open, nil
}

// pick is the field of a form in which a session is picked. It is not the one
// that is typed, so that a text which names no session does not stand in it.
const pick = "pick"

func picking(open []Session, z schedules.Zone, now time.Time) (chat.Field, chat.Answer) {
	f := chat.Field{Name: pick, Label: which.Label, Kind: chat.Choice, Required: true}
	for _, s := range open {
		label := []rune(exactly(s.Start(), z, now) + " · " + s.Title)
		if len(label) > 75 {
			label = append(label[:74], '…')
		}
		f.Options = append(f.Options, chat.Option{Value: string(s.ID), Label: string(label)})
	}
	if len(open) == 1 {
		return f, chat.Given(string(open[0].ID))
	}
	return f, chat.Answer{}
}

// asking makes a form about one session: which one, if that is not clear, and
// the fields given.
func asking(tx store.Tx, c deeds.Call, title string, fields ...chat.Field) (*chat.Form, error) {
	_, ok, open, err := found(tx, c)
	if err != nil || (ok && len(deeds.Missing(fields, c.Given)) == 0) {
		return nil, err
	}
	form := &chat.Form{Title: title, Fields: fields, Submit: "Look it over", Note: "Nobody is told before you have seen it and confirmed."}
	if !ok {
		field, filled := picking(open, c.Zone, c.Now)
		form.Fields = append([]chat.Field{field}, fields...)
		form.Filled = chat.Answers{field.Name: filled}
		// "/session move fri 10am": what names no session may be the new time.
		if typed := c.Given.Text("session"); typed != "" && !c.Given.Has("when") {
			if _, err := schedules.ParseWhen(typed, c.Now, c.Zone); err == nil {
				form.Filled["when"] = chat.Given(typed)
			}
		}
	}
	return form, nil
}

func moveDeed() deeds.Deed {
	length := chat.Field{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min", Hint: "As long as before, if you leave it empty"}
	return deeds.Deed{
		Command:  chat.Command{Path: "session move", Summary: "Give a session another time", Role: chat.Facilitator, Fields: []chat.Field{which, whenField, length}},
		Scoped:   true,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			f := whenField
			f.Label = "New time"
			return asking(tx, c, "Move a session", f, length)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, cohort, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			to, length, err := timeOf(c, s.Length())
			if err != nil {
				return chat.Outcome{}, err
			}
			if to.Instant().Equal(s.Start()) && length == s.Length() {
				return chat.Outcome{}, deeds.RefuseField("when", "%s is at that time already: %s.", s.name(), span(s.Start(), length, cohort.Zone, c.Now))
			}
			words := span(to.Instant(), length, cohort.Zone, c.Now)
			if !c.Sure {
				told, err := toBeTold(tx, cohort, s, c.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				return deeds.Confirm(fmt.Sprintf("%s moves from %s to %s, %s.%s\n\n%s",
					s.name(), span(s.Start(), s.Length(), cohort.Zone, c.Now), words, soon(to.Instant(), cohort.Zone, c.Now), caveats(c, cohort), told), "Move it"), nil
			}
			if err := move(tx, cohort, s, to, length, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(fmt.Sprintf("Moved: %s is now %s. Everybody who knew of the old time is being told.", s.name(), words)), nil
		},
	}
}

func cancelDeed() deeds.Deed {
	why := chat.Field{Name: "why", Label: "Why", Kind: chat.LongText, Max: 500, Example: "I am ill", Hint: "The group reads this; it may stay empty"}
	return deeds.Deed{
		Command:  chat.Command{Path: "session cancel", Summary: "Call a session off", Role: chat.Facilitator, Fields: []chat.Field{which, why}},
		Scoped:   true,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			return asking(tx, c, "Cancel a session", why)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, cohort, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			words := fmt.Sprintf("%s, %s", s.name(), span(s.Start(), s.Length(), cohort.Zone, c.Now))
			if !c.Sure {
				told, err := toBeTold(tx, cohort, s, c.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				return deeds.Confirm(words+", will be cancelled.\n\n"+told, "Cancel the session"), nil
			}
			if err := cancel(tx, cohort, s, c.Given.Text("why"), c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Cancelled: " + words + ". Everybody who knew of it is being told."), nil
		},
	}
}

// meant gives the session of a call that has all it needs, and its cohort.
func meant(tx store.Tx, c deeds.Call) (Session, cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return Session{}, cohort, err
	}
	s, ok, _, err := found(tx, c)
	if err == nil && !ok {
		err = deeds.RefuseField(pick, "I can't tell which session you mean. /session list shows what is planned.")
	}
	return s, cohort, err
}

// toBeTold says how many people a change reaches.
func toBeTold(tx store.Tx, cohort cohorts.Cohort, s Session, by people.Person) (string, error) {
	n, err := others(tx, cohort, by)
	if err != nil {
		return "", err
	}
	tally, err := TallyOf(tx, s)
	text := told(n, cohort)
	if answered := tally.Yes + tally.Maybe + tally.No; answered > 0 {
		text += fmt.Sprintf("; of them, the %d who answered get a message of their own", answered)
	}
	return text + ".", err
}
