package cohorts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

func showDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "plan show", Summary: "The whole plan, with its dates", Role: chat.Member},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			c, _, dates, err := Load(tx, ID(call.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(planMessage(c, dates, call.Role.Includes(chat.Facilitator), call.Now)), nil
		},
	}
}

// PreviewDeed shows a week's question as members will see it. also gives what a
// facilitator would like to have in mind with it: a paragraph, or nothing.
func PreviewDeed(also func(store.Tx, Cohort, []Dated, Dated) (string, error)) deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfPlan,
		Command: chat.Command{
			Path: "plan preview", Summary: "See a week's question as members will see it", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField("Left empty, the next one.")},
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			c, _, dates, err := Load(tx, ID(call.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			d, err := meantWeek(call, dates)
			if err != nil {
				return chat.Outcome{}, err
			}
			out, err := previewed(c, dates, d, "")
			if err != nil {
				return out, err
			}
			words, err := also(tx, c, dates, d)
			if words != "" {
				out.Reply.Text += "\n\n" + words
			}
			return out, err
		},
	}
}

// previewed shows a week's prompt to a facilitator, below a first line.
func previewed(c Cohort, dates []Dated, d Dated, first string) (chat.Outcome, error) {
	week := WeekRecord(c.ID, d.ID)
	edit := chat.Button{Label: "Edit it", Command: "plan edit", Record: week, Main: true}
	if d.Prompt == "" {
		edit.Label = "Write it"
		text := first + d.Label() + " has no question yet."
		if d.Ahead() && !d.On.IsZero() {
			text += " It is planned for " + d.On.Date.Long() + "."
		}
		return chat.Say(text, edit), nil
	}
	text, err := c.RenderPrompt(dates, d)
	if err != nil {
		return chat.Outcome{}, &deeds.Error{Code: deeds.Conflict, Say: d.Label() + " can't be shown: " + chat.Plain(err.Error()), Buttons: []chat.Button{edit}}
	}
	note := "Only you see this."
	var buttons []chat.Button
	switch {
	case d.Gone():
		first += "This is how " + weekName(d) + " looks.\n\n"
	case d.Skipped:
		first += "This week is left out at the moment. It would look like this.\n\n"
	default:
		first += "This is how " + weekName(d) + " will look.\n\n"
		buttons = []chat.Button{edit, {Label: "Hold it", Command: "plan hold", Record: week}}
		if d.Held {
			buttons[1] = chat.Button{Label: "Let it go out", Command: "plan release", Record: week}
			note += " It is held, so it does not go out until you let it."
		} else if !d.On.IsZero() && c.State != Paused {
			note += " It is planned for " + d.On.Date.Long() + ", " + d.On.Time.Clock() + "."
		}
		if next, ok := Next(dates); ok && next.ID == d.ID && c.State == Open {
			buttons = append(buttons, chat.Button{Label: "Post it now", Command: "plan post", Record: week})
		}
	}
	return chat.Answering(chat.Message{Text: first + text, Buttons: buttons, Note: note}), nil
}

func weekName(d Dated) string {
	if d.Number == 0 {
		return "this week"
	}
	return fmt.Sprintf("week %d", d.Number)
}

// noStrand is the answer for a week that belongs to no strand.
const noStrand = "none"

func editDeed() deeds.Deed {
	title := chat.Field{Name: "title", Label: "Title", Kind: chat.Text, Max: programmes.MaxTitle}
	prompt := chat.Field{Name: "prompt", Label: "What you ask", Kind: chat.LongText, Max: programmes.MaxPrompt}
	which := asking{title: "Edit a week", submit: "Go on", fields: func(_ Cohort, _ Plan, dates []Dated) []chat.Field {
		return []chat.Field{weekField("week", "Which week", dates, isAhead)}
	}}
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan edit", Summary: "Write or change a week that is ahead", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField(""), title, prompt, {Name: "strand", Label: "Strand", Kind: chat.Text}},
		},
		Ask: func(tx store.Tx, call deeds.Call) (*chat.Form, error) {
			if !namesWeek(call) {
				return which.ask(tx, call)
			}
			if call.Given.Has("title") || call.Given.Has("prompt") || call.Given.Has("strand") {
				return nil, nil
			}
			return editForm(tx, call)
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			_, shown := call.Answers["prompt"]
			if !shown && !call.Given.Has("title") && !call.Given.Has("prompt") && !call.Given.Has("strand") {
				f, err := editForm(tx, call)
				if err != nil {
					return chat.Outcome{}, err
				}
				return chat.Asking(*f), nil
			}
			return edit(tx, call)
		},
	}
}

// editable gives the week that is to be edited.
func editable(tx store.Tx, call deeds.Call) (Cohort, Plan, Dated, error) {
	c, plan, dates, err := Load(tx, ID(call.Cohort))
	if err != nil {
		return c, plan, Dated{}, err
	}
	if err := changeable(c); err != nil {
		return c, plan, Dated{}, err
	}
	if _, id := ParseWeekRecord(call.Record); id != "" { // its form was open: "5" may be another week by now
		call.Given = maps.Clone(call.Given)
		delete(call.Given, "week")
	}
	d, err := meantWeek(call, dates)
	if err == nil {
		_, err = plan.ahead(d.ID)
	}
	return c, plan, d, err
}

func editForm(tx store.Tx, call deeds.Call) (*chat.Form, error) {
	c, _, d, err := editable(tx, call)
	if err != nil {
		return nil, err
	}
	f := &chat.Form{
		Title: "Edit " + weekName(d), Submit: "Keep it",
		Fields: []chat.Field{
			{Name: "title", Label: "Title", Kind: chat.Text, Required: true, Max: programmes.MaxTitle, Example: PracticeTitle},
			{Name: "prompt", Label: "What you ask", Kind: chat.LongText, Max: programmes.MaxPrompt, Hint: "You can leave it empty and write it later. {{.Members}} is what your members are called."},
		},
		Filled: chat.Answers{"title": chat.Given(d.Title), "prompt": chat.Given(d.Prompt)},
		Record: WeekRecord(c.ID, d.ID),
		Note:   "Members see it when it goes out. You see it first.",
	}
	if len(c.Programme.Strands) > 0 {
		strand := chat.Field{Name: "strand", Label: "Strand", Kind: chat.Choice, Options: []chat.Option{{Value: noStrand, Label: "No strand"}}}
		for _, s := range c.Programme.Strands {
			strand.Options = append(strand.Options, chat.Option{Value: s.ID, Label: s.Title})
		}
		f.Fields = append(f.Fields, strand)
		f.Filled["strand"] = chat.Given(noStrand)
		if d.Strand != "" {
			f.Filled["strand"] = chat.Given(d.Strand)
		}
	}
	return f, nil
}

// edit keeps a week as it was written, once its prompt has been tried out. What
// was not given stays; what was shown in the form and emptied goes.
func edit(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
	c, plan, d, err := editable(tx, call)
	if err != nil {
		return chat.Outcome{}, err
	}
	title, prompt, strand := d.Title, d.Prompt, d.Strand
	if call.Given.Has("title") {
		title = call.Given.Text("title")
	}
	if _, shown := call.Answers["prompt"]; shown || call.Given.Has("prompt") {
		prompt = call.Given.Text("prompt")
	}
	if call.Given.Has("strand") {
		if strand, err = typedStrand(c, call.Given.Text("strand")); err != nil {
			return chat.Outcome{}, err
		}
	}
	if writtenMeanwhile(d, title, prompt, call) {
		text := "Somebody changed this week while you were writing. It reads now:\n\n" + bold(d.Title)
		if d.Prompt != "" {
			text += "\n\n" + chat.Quote(d.Prompt)
		}
		return deeds.Confirm(text+"\n\nShall yours take its place?", "Keep mine"), nil
	}
	if plan, err = plan.Edit(d.ID, title, prompt, strand); err != nil {
		return chat.Outcome{}, err
	}
	if err := tryPrompt(c, plan, d.ID); err != nil {
		return chat.Outcome{}, err
	}
	if err := keep(tx, c, plan, call); err != nil {
		return chat.Outcome{}, err
	}
	dates := c.Dates(plan)
	d, _ = Find(dates, d.ID)
	return previewed(c, dates, d, "Kept. ")
}

// writtenMeanwhile tells whether somebody else wrote a week anew since the form of
// this call was opened, so that keeping it would undo what they wrote.
func writtenMeanwhile(d Dated, title, prompt string, call deeds.Call) bool {
	if _, shown := call.Shown["prompt"]; !shown || call.Sure {
		return false
	}
	changed := d.Title != call.Shown["title"].Text() || d.Prompt != call.Shown["prompt"].Text()
	return changed && (d.Title != title || d.Prompt != prompt)
}

func typedStrand(c Cohort, typed string) (string, error) {
	if strings.EqualFold(typed, noStrand) {
		return "", nil
	}
	var names []string
	for _, s := range c.Programme.Strands {
		if strings.EqualFold(typed, s.ID) || strings.EqualFold(typed, s.Title) {
			return s.ID, nil
		}
		names = append(names, chat.Plain(s.Title))
	}
	return "", deeds.RefuseField("strand", "“%s” is not a strand of this programme. There are: %s, or none.", chat.Plain(typed), strings.Join(names, ", "))
}

// tryPrompt renders a week's prompt before it counts, and says what is wrong with
// it where that fails.
func tryPrompt(c Cohort, p Plan, id WeekID) error {
	dates := c.Dates(p)
	d, ok := Find(dates, id)
	if !ok || strings.TrimSpace(d.Prompt) == "" {
		return nil
	}
	if _, err := c.RenderPrompt(dates, d); err != nil {
		return deeds.RefuseField("prompt", "%s", chat.Plain(err.Error()))
	}
	return nil
}

func holdDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan hold", Summary: "Keep a week from going out until you let it", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField("Left empty, the next one.")},
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			c, plan, d, err := editable(tx, call)
			if err != nil {
				return chat.Outcome{}, err
			}
			if plan, err = plan.Hold(d.ID); err != nil {
				return chat.Outcome{}, err
			}
			if err := keep(tx, c, plan, call); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("**"+d.Label()+"** is held. It does not go out until you let it, and the weeks after it wait too. Nobody is told.",
				chat.Button{Label: "Let it go out", Command: "plan release", Record: WeekRecord(c.ID, d.ID)}), nil
		},
	}
}

func releaseDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{
			Path: "plan release", Summary: "Let a week go out that was held", Role: chat.Facilitator,
			Fields: []chat.Field{typedWeekField("Left empty, the first one that is held.")},
		},
		Run: func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			return alter(tx, call, func(c Cohort, p Plan, ch *PlanChange) (Cohort, Plan, error) {
				dates := c.Dates(p)
				if i := slices.IndexFunc(dates, func(d Dated) bool { return d.Ahead() && d.Held }); i >= 0 && !namesWeek(call) {
					call.Record = WeekRecord(c.ID, dates[i].ID)
				}
				d, err := meantWeek(call, dates)
				if err != nil {
					return c, p, err
				}
				ch.Kind, ch.Title = changeRelease, d.Title
				p, err = p.Release(d.ID)
				return c, p, err
			})
		},
	}
}
