package cohorts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// front stands for the place before the first week.
const front = "front"

func insertDeed() deeds.Deed {
	title := chat.Field{Name: "title", Label: "Title", Kind: chat.Text, Max: programmes.MaxTitle, Example: "Catching up", Hint: "Left empty, it is called “" + PracticeTitle + "”"}
	prompt := chat.Field{Name: "prompt", Label: "What you ask", Kind: chat.LongText, Max: programmes.MaxPrompt, Hint: "Left empty, a practice week has a question of its own; for another, I ask you in good time"}
	form := asking{title: "Add a week", submit: "Show me the dates", fields: func(c Cohort, p Plan, dates []Dated) []chat.Field {
		after := weekField("after", "After which week", dates[max(0, p.begun()-1):], func(Dated) bool { return true })
		if p.begun() == 0 {
			after.Options = append([]chat.Option{{Value: front, Label: "Before everything else"}}, after.Options...)
		}
		return []chat.Field{after, title, prompt}
	}}
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan insert", Summary: "Add a week, such as a practice week; those after it move", Role: chat.Facilitator,
			Fields: []chat.Field{{Name: "after", Label: "After which week", Kind: chat.Text, Required: true, Example: "4"}, title, prompt},
		},
		Ask: form.ask,
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				dates := c.Dates(p)
				w := Week{ID: WeekID(call.ID), Title: PracticeTitle, Prompt: call.Given.Text("prompt")}
				switch {
				case call.Given.Has("title"):
					w.Title = strings.Join(strings.Fields(call.Given.Text("title")), " ")
				case w.Prompt == "":
					w.Prompt = PracticePrompt
				}
				var after WeekID
				switch typed := strings.ToLower(call.Given.Text("after")); typed {
				case front, "the front", "start", "0":
					if len(p.Weeks) > 0 {
						w.Phase = p.Weeks[0].Phase
					}
				default:
					d, err := TypedWeek(dates, typed, "after")
					if err != nil {
						return c, p, err
					}
					after, w.Phase = d.ID, d.Phase
				}
				ch.Kind, ch.Title = changeInsert, w.Title
				p, err := p.Insert(after, w)
				if err != nil {
					return c, p, err
				}
				return c, p, tryPrompt(c, p, w.ID)
			})
		},
	}
}

func skipDeed() deeds.Deed {
	form := asking{title: "Leave a week out", submit: "Show me the dates", fields: func(_ Cohort, _ Plan, dates []Dated) []chat.Field {
		return []chat.Field{weekField("week", "Which week", dates, isAhead)}
	}}
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan skip", Summary: "Leave a week out; those after it move up", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField("")},
		},
		Ask: form.ask,
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				d, err := meantWeek(call, c.Dates(p))
				if err != nil {
					return c, p, err
				}
				ch.Kind, ch.Title = changeSkip, d.Title
				p, err = p.Skip(d.ID)
				return c, p, err
			})
		},
	}
}

func swapDeed() deeds.Deed {
	form := asking{title: "Swap two weeks", submit: "Show me the dates", fields: func(_ Cohort, _ Plan, dates []Dated) []chat.Field {
		return []chat.Field{weekField("week", "This week", dates, isAhead), weekField("with", "changes places with", dates, isAhead)}
	}}
	both := regexp.MustCompile(`(?i)^(.+?)(?: and | with | & |, ?| )(.+)$`)
	// pair takes "4 and 5" apart, typed in one.
	pair := func(call deeds.Call) (string, string) {
		week, with := call.Given.Text("week"), call.Given.Text("with")
		if m := both.FindStringSubmatch(week); m != nil && with == "" {
			return m[1], m[2]
		}
		return week, with
	}
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan swap", Summary: "Let two weeks change places", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField(""), {Name: "with", Label: "changes places with", Kind: chat.Text, Example: "6"}},
		},
		Ask: func(tx store.Tx, call deeds.Call) (*chat.Form, error) {
			if _, with := pair(call); with != "" && call.Path != deeds.ChangePath {
				return nil, nil
			}
			return form.ask(tx, call)
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				dates := c.Dates(p)
				week, with := pair(call)
				if week == "" {
					_, id := ParseWeekRecord(call.Record)
					week = string(id)
				}
				a, err := TypedWeek(dates, week, "week")
				if err != nil {
					return c, p, err
				}
				b, err := TypedWeek(dates, with, "with")
				if err != nil {
					return c, p, err
				}
				ch.Kind, ch.Title, ch.Other = changeSwap, a.Title, b.Title
				p, err = p.Swap(a.ID, b.ID)
				return c, p, err
			})
		},
	}
}

// maxStretch is how many weeks a phase can grow by at once.
const maxStretch = 12

func stretchDeed() deeds.Deed {
	return phaseDeed("plan stretch", "Add practice weeks at the end of a phase", "Stretch a phase",
		func(call deeds.Call, p Plan, phase string, n int, ch *PlanChange) (Plan, error) {
			ch.Kind = changeStretch
			var ids []WeekID
			for i := range n {
				ids = append(ids, WeekID(fmt.Sprintf("%s-%d", call.ID, i+1)))
			}
			return p.Stretch(phase, ids...)
		})
}

func shortenDeed() deeds.Deed {
	return phaseDeed("plan shorten", "Leave out the last weeks of a phase", "Shorten a phase",
		func(_ deeds.Call, p Plan, phase string, n int, ch *PlanChange) (Plan, error) {
			ch.Kind = changeShorten
			return p.Shorten(phase, n)
		})
}

// phaseDeed makes a phase longer or shorter by a number of weeks, one unless more
// are given.
func phaseDeed(path, summary, title string, change func(deeds.Call, Plan, string, int, *PlanChange) (Plan, error)) deeds.Deed {
	weeks := chat.Field{Name: "weeks", Label: "By how many weeks", Kind: chat.Number, Example: "1", Hint: "Left empty, one."}
	form := asking{title: title, submit: "Show me the dates", fields: func(c Cohort, p Plan, _ []Dated) []chat.Field {
		phase := chat.Field{Name: "phase", Label: "Phase", Kind: chat.Choice, Required: true}
		for _, x := range c.Programme.Phases {
			if end := p.endOf(x.ID); end > 0 && end >= p.begun() {
				phase.Options = append(phase.Options, chat.Option{Value: x.ID, Label: chat.Short(x.Title, 75)})
			}
		}
		return []chat.Field{phase, weeks}
	}}
	counted := regexp.MustCompile(`^(.*?)(?: by)? (\d{1,2})(?: weeks?)?$`)
	return deeds.Deed{
		Command: chat.Command{
			Path: path, Summary: summary, Role: chat.Facilitator,
			Fields: []chat.Field{{Name: "phase", Label: "Phase", Kind: chat.Text, Required: true, Example: "Experiment"}, weeks},
		},
		Ask: form.ask,
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				typed, n := call.Given.Text("phase"), 1
				if v, ok := call.Given["weeks"]; ok {
					n = int(v.Number)
					if float64(n) != v.Number {
						n = 0
					}
				} else if m := counted.FindStringSubmatch(typed); m != nil { // "experiment by 2 weeks"
					if _, _, err := typedPhase(c, typed); err != nil {
						typed = m[1]
						n, _ = strconv.Atoi(m[2])
					}
				}
				if n < 1 || n > maxStretch {
					return c, p, deeds.RefuseField("weeks", "Give a whole number of weeks from 1 to %d, such as 2.", maxStretch)
				}
				phase, title, err := typedPhase(c, typed)
				if err != nil {
					return c, p, err
				}
				ch.Title, ch.Count = title, n
				p, err = change(call, p, phase, n, ch)
				return c, p, err
			})
		},
	}
}

func restoreDeed() deeds.Deed {
	form := asking{title: "Bring something back", submit: "Show me the dates", fields: func(c Cohort, _ Plan, dates []Dated) []chat.Field {
		f := weekField("week", "What", dates, func(d Dated) bool { return d.Skipped })
		now, _ := Current(dates)
		for _, s := range append(append(schedules.Calendar{}, c.Breaks...), c.Holidays...) {
			if s.To.Before(now.On.Date) {
				continue
			}
			f.Options = append(f.Options, chat.Option{Value: restValue(s), Label: chat.Short("Without: "+s.Name+", "+s.From.Short(), 75)})
		}
		return []chat.Field{f}
	}}
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan restore", Summary: "Bring a skipped week back, or take a break or holiday out", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField("A skipped week, or a break or holiday, by its name.")},
		},
		Ask: func(tx store.Tx, call deeds.Call) (*chat.Form, error) {
			f, err := form.ask(tx, call)
			if e, ok := deeds.As(err); ok && len(e.Field) == 0 && e.Code == deeds.Conflict {
				c, _ := Get(tx, ID(call.Cohort))
				if changeable(c) == nil {
					return nil, deeds.Refuse(deeds.Conflict, "No week is left out, and no break or holiday is set, so there is nothing to bring back.")
				}
			}
			return f, err
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				typed := call.Given.Text("week")
				for _, s := range append(append(schedules.Calendar{}, c.Breaks...), c.Holidays...) {
					if typed == restValue(s) || strings.EqualFold(typed, s.Name) {
						ch.Kind, ch.Span = changeUnbreak, s
						c, err := c.RemoveBreak(s.From, s.To)
						return c, p, err
					}
				}
				var skipped []Dated
				for _, d := range c.Dates(p) {
					if d.Skipped {
						skipped = append(skipped, d)
					}
				}
				d, err := meantWeek(call, skipped)
				if err != nil {
					return c, p, deeds.RefuseField("week", "I found nothing to bring back that is called “%s”. /plan show lists what is left out, and the breaks and holidays.", chat.Plain(typed))
				}
				ch.Kind, ch.Title = changeRestore, d.Title
				p, err = p.Unskip(d.ID)
				return c, p, err
			})
		},
	}
}

func restValue(s schedules.Span) string { return s.From.String() + "/" + s.To.String() }
