package cohorts

import (
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

func pauseDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "plan pause", Summary: "Let nothing go out until you resume the plan", Role: chat.Facilitator},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				ch.Kind = changePause
				c, err := c.Pause()
				return c, p, err
			})
		},
	}
}

func resumeDeed() deeds.Deed {
	return dateDeed("plan resume", "Take a paused plan up again", "Resume the plan", "From which day", "next monday",
		func(c Cohort, p Plan, on, today schedules.Date, ch *PlanChange) (Cohort, Plan, error) {
			ch.Kind = changeResume
			return c.Resume(p, on, today)
		})
}

func firstDeed() deeds.Deed {
	return dateDeed("plan first", "Move the first day, before anything has gone out", "Move the first day", "First day", "Mon 1 Feb",
		func(c Cohort, p Plan, on, today schedules.Date, ch *PlanChange) (Cohort, Plan, error) {
			ch.Kind = changeFirst
			return c.Begin(p, on, today)
		})
}

// dateDeed changes a plan by one date.
func dateDeed(path, summary, title, label, example string, change func(c Cohort, p Plan, on, today schedules.Date, ch *PlanChange) (Cohort, Plan, error)) deeds.Deed {
	date := chat.Field{Name: "date", Label: label, Kind: chat.Date, Required: true, Example: example, Hint: "The next question goes out on this day, or on the next one of the rhythm."}
	form := asking{title: title, submit: "Show me the dates", fields: func(Cohort, Plan, []Dated) []chat.Field { return []chat.Field{date} }}
	return deeds.Deed{
		Command: chat.Command{Path: path, Summary: summary, Role: chat.Facilitator, Fields: []chat.Field{date}},
		Ask:     form.ask,
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				return change(c, p, call.Given["date"].Date, c.Today(call.Now), ch)
			})
		},
	}
}

func breakDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "from", Label: "First day", Kind: chat.Date, Required: true, Example: "5 April"},
		{Name: "to", Label: "Last day", Kind: chat.Date, Example: "16 April", Hint: "Left empty, it is a holiday: that day's question goes out on the next free day."},
		{Name: "name", Label: "What it is called", Kind: chat.Text, Max: programmes.MaxTitle, Example: "Easter break"},
	}
	form := asking{
		title: "Add a break or a holiday", submit: "Show me the dates",
		intro:  "In a break no questions go out, and what would have gone out comes after it. A single day is a holiday.",
		fields: func(Cohort, Plan, []Dated) []chat.Field { return fields },
	}
	return deeds.Deed{
		Command: chat.Command{Path: "plan break", Summary: "Add a break, or with one day alone a holiday", Role: chat.Facilitator, Fields: fields},
		Ask:     form.ask,
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				today := c.Today(call.Now)
				s := schedules.Span{From: call.Given["from"].Date, To: call.Given["from"].Date, Name: call.Given.Text("name")}
				add, unnamed := c.AddHoliday, "Holiday"
				ch.Kind = changeHoliday
				if call.Given.Has("to") {
					s.To = call.Given["to"].Date
					add, unnamed, ch.Kind = c.AddBreak, "Break", changeBreak
				}
				if s.Name == "" {
					s.Name = unnamed
				}
				ch.Span = s
				c, err := add(s, today)
				return c, p, err
			})
		},
	}
}

func rhythmDeed() deeds.Deed {
	rhythm := chat.Field{Name: "rhythm", Label: "When questions go out", Kind: chat.Rhythm, Required: true, Example: "thursdays 9am"}
	form := asking{title: "Change the rhythm", submit: "Show me the dates", fields: func(c Cohort, _ Plan, _ []Dated) []chat.Field {
		asked := rhythm
		asked.Hint = chat.Short("At the moment: "+c.Rhythm.Words(), 100)
		return []chat.Field{asked}
	}}
	return deeds.Deed{
		Command: chat.Command{Path: "plan rhythm", Summary: "Change when questions go out", Role: chat.Facilitator, Fields: []chat.Field{rhythm}},
		Ask:     form.ask,
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				ch.Kind, ch.Rhythm = changeRhythm, call.Given["rhythm"].Rule
				c, err := c.Follow(ch.Rhythm)
				return c, p, err
			})
		},
	}
}
