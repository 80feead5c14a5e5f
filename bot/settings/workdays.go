package settings

import (
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// week is the days in the order in which they are offered and named.
var week = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

func workdaysDeed() deeds.Deed {
	days := chat.Field{
		Name: "days", Label: "Your working days", Kind: chat.Choices, Required: true, Example: "sunday, monday, tuesday",
		Hint: "What belongs to a day of work, such as an experiment's check-in, comes on these",
	}
	for _, d := range week {
		days.Options = append(days.Options, chat.Option{Value: strings.ToLower(d.String()), Label: d.String()})
	}
	return deeds.Deed{
		Command: chat.Command{Path: "settings workdays", Summary: "Which days of the week you work", Fields: []chat.Field{days}},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has(days.Name) {
				return nil, nil
			}
			var now []string
			for _, d := range week {
				if c.Person.Works(d) {
					now = append(now, strings.ToLower(d.String()))
				}
			}
			return &chat.Form{
				Title: "Your working days", Fields: []chat.Field{days}, Intro: workdaysWords(c.Person),
				Note: "Nobody else sees this.", Filled: chat.Answers{days.Name: {Values: now}},
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Person
			p.Workdays = nil
			for _, d := range week {
				if slices.Contains(c.Given[days.Name].Choices, strings.ToLower(d.String())) {
					p.Workdays = append(p.Workdays, d)
				}
			}
			if err := people.Table.Put(tx, p.ID, p); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Done. " + workdaysWords(p)), nil
		},
	}
}

func workdaysWords(p people.Person) string {
	var days []string
	for _, d := range week {
		if p.Works(d) {
			days = append(days, d.String())
		}
	}
	switch n := len(days); {
	case n == len(week):
		return "Every day of the week is a working day of yours."
	case n == 1:
		return "You work on " + days[0] + "s."
	default:
		return "Your working days are " + chat.And(days) + "."
	}
}
