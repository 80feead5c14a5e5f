// Package settings is how people say how they want to be treated: how often to
// be reminded, when to be left alone, where they live, and what a group may do
// with what they write. Start reading at [Feature].
//
// Nothing is kept here: the answers stand in the records of the person
// (people.Person) and of their place in a cohort (cohorts.Member), where all who
// send something look.
package settings

import (
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{Deeds: []deeds.Deed{
		remindersDeed(), leaveDeed(), quietDeed(), zoneDeed(), workdaysDeed(), quoteDeed(), readingDeed(), showDeed(),
	}}
}

const (
	remindersPath = "settings reminders"
	leavePath     = "settings leave"
	quotePath     = "settings quote"
	readingPath   = "settings reading"
)

// usual is the value of the option that is people.Usual, since no value is empty.
const usual = "usual"

func remindersDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: remindersPath, Summary: "How many reminders you get: usual, fewer or off", Fields: []chat.Field{{
			Name: "level", Label: "How many", Kind: chat.Choice, Example: "fewer",
			Options: []chat.Option{{Value: usual, Label: "Usual"}, {Value: string(people.Fewer), Label: "Fewer"}, {Value: string(people.Off), Label: "Off"}},
		}}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			level := c.Given.Text("level")
			if level == "" {
				level = c.Choice
			}
			p := c.Person
			switch level {
			case "":
			case usual:
				p.Reminders = people.Usual
			case string(people.Fewer), string(people.Off):
				p.Reminders = people.Reminders(level)
			default:
				return chat.Outcome{}, deeds.RefuseField("level", "I know usual, fewer and off. Try “/settings reminders fewer”.")
			}
			if p.Reminders != c.Person.Reminders {
				if err := people.Table.Put(tx, p.ID, p); err != nil {
					return chat.Outcome{}, err
				}
			}
			text := remindersWords(p.Reminders)
			if level != "" {
				text = "Done. " + text
			}
			return chat.Say(text, levels(p.Reminders)...), nil
		},
	}
}

func remindersWords(r people.Reminders) string {
	switch r {
	case people.Fewer:
		return "You get at most one private reminder a week, over all your groups."
	case people.Off:
		return "You get no private reminders. Everything is still open to you; /home shows it."
	}
	return "You get the usual reminders: a few a week at most, over all your groups."
}

// levels are buttons for the levels that a person does not have.
func levels(now people.Reminders) []chat.Button {
	var buttons []chat.Button
	for _, l := range []struct {
		level         people.Reminders
		label, choice string
	}{{people.Usual, "The usual", usual}, {people.Fewer, "Fewer reminders", string(people.Fewer)}, {people.Off, "No reminders", string(people.Off)}} {
		if l.level != now {
			buttons = append(buttons, chat.Button{Label: l.label, Command: remindersPath, Choice: l.choice})
		}
	}
	return buttons
}

func zoneDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "settings zone", Summary: "Where you live, so that times are yours", Fields: []chat.Field{{
			Name: "zone", Label: "A city in your time zone", Kind: chat.ZoneName, Required: true, Example: "Auckland",
		}}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Person
			p.Zone, p.HasZone, p.OwnZone = c.Given["zone"].Zone, true, true
			if err := people.Table.Put(tx, p.ID, p); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Done. Times are read and shown as in " + p.Zone.City() + ", where it is " + clockIn(c, p.Zone) + " now. " + quietWords(p.Quiet)), nil
		},
	}
}

func clockIn(c deeds.Call, z schedules.Zone) string {
	return schedules.WallOf(c.Now.In(z.Location())).Time.Clock()
}

func quietDeed() deeds.Deed {
	hours := chat.Field{
		Name: "hours", Label: "From and to", Kind: chat.Text, Max: 60, Required: true, Example: "9pm to 7am",
		Hint: "Two times of day, or none",
	}
	return deeds.Deed{
		Command: chat.Command{Path: "settings quiet", Summary: "The hours in which I leave you alone", Fields: []chat.Field{hours}},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has("hours") {
				return nil, nil
			}
			form := &chat.Form{Title: "Quiet hours", Fields: []chat.Field{hours}, Intro: quietWords(c.Person.Quiet)}
			if q := c.Person.Quiet; q.From != q.To {
				form.Filled = chat.Answers{"hours": chat.Given(q.From.Clock() + " to " + q.To.Clock())}
			}
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			q, err := readQuiet(c.Given.Text("hours"))
			if err != nil {
				return chat.Outcome{}, err
			}
			p := c.Person
			p.Quiet = q
			if err := people.Table.Put(tx, p.ID, p); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Done. " + quietWords(q) + " That is by the clocks of " + c.Zone.City() + "; /settings zone changes it."), nil
		},
	}
}

func quietWords(q schedules.Quiet) string {
	if q.From == q.To {
		return "You have no quiet hours: I may write to you at any time of day."
	}
	return "I leave you alone from " + q.From.Clock() + " to " + q.To.Clock() + "."
}

// readQuiet reads "9pm to 7am", "from 21:00 until 7", "9pm-7am" or "none".
func readQuiet(text string) (schedules.Quiet, error) {
	switch strings.ToLower(text) {
	case "none", "off", "no", "never":
		return schedules.Quiet{}, nil
	}
	from, to, ok := between(text, true)
	if !ok {
		return schedules.Quiet{}, deeds.RefuseField("hours", "I couldn't read “%s” as two times of day. Try “9pm to 7am”, or “none”.", chat.Plain(text))
	}
	var q schedules.Quiet
	for _, end := range []struct {
		text string
		time *schedules.TimeOfDay
	}{{from, &q.From}, {to, &q.To}} {
		t, err := schedules.ParseTimeOfDay(end.text)
		if err != nil {
			return q, deeds.RefuseField("hours", "%s", chat.Plain(err.Error()))
		}
		*end.time = t
	}
	if q.From == q.To {
		return q, deeds.RefuseField("hours", "From %s to %s would be the whole day or none of it. Try “9pm to 7am”, or “none”.", q.From.Clock(), q.To.Clock())
	}
	return q, nil
}

// between takes "from A to B" apart. Words stand around the parting; a dash
// parts as well, and dense tells that it may stand without blanks.
func between(text string, dense bool) (from, to string, ok bool) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for _, mark := range []string{"from:", "from="} {
		text = strings.ReplaceAll(text, mark, "from ")
	}
	for _, mark := range []string{"to:", "to="} {
		text = strings.ReplaceAll(text, mark, "to ")
	}
	text = strings.TrimPrefix(strings.Join(strings.Fields(text), " "), "from ")
	partings := []string{" to ", " until ", " till ", " til ", " – ", " - ", " — "}
	if dense {
		partings = append(partings, "–", "-", "—")
	}
	for _, p := range partings {
		if from, to, ok = strings.Cut(" "+text, p); ok {
			return strings.TrimSpace(from), strings.TrimSpace(to), true
		}
	}
	return text, "", false
}
