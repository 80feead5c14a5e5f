package cohorts

import (
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// proposable are the changes that any member of a community can propose.
var proposable = []string{
	"plan insert", "plan skip", "plan restore", "plan swap", "plan stretch", "plan shorten", "plan break", "plan rhythm",
}

// planDeeds is what people can do with the plan of their cohort. Reading and
// writing a week is in planwrite.go, moving weeks in planmove.go, moving time in
// planrest.go; every change that can move a date goes through alter.
func planDeeds() []deeds.Deed {
	all := []deeds.Deed{
		showDeed(), editDeed(),
		insertDeed(), skipDeed(), restoreDeed(), swapDeed(), stretchDeed(), shortenDeed(),
		holdDeed(), releaseDeed(),
		pauseDeed(), resumeDeed(), breakDeed(), firstDeed(), rhythmDeed(),
	}
	for i := range all {
		all[i].Scoped, all[i].CohortOf = true, cohortOfPlan
		if slices.Contains(proposable, all[i].Path) {
			all[i].Also = InCommunity
		}
		path, run := all[i].Path, all[i].Run
		all[i].Run = func(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
			call.Path = path // whatever button it came by: a proposal keeps it
			return run(tx, call)
		}
	}
	return all
}

func cohortOfPlan(_ store.Tx, record string) (string, error) {
	c, _ := ParseWeekRecord(record)
	return string(c), nil
}

// typedWeekField takes a week as it is typed; in a form the weeks are listed.
func typedWeekField(hint string) chat.Field {
	return chat.Field{Name: "week", Label: "Week", Kind: chat.Text, Example: "5", Hint: hint}
}

// asking is a form about a plan: its fields come from what is stored.
type asking struct {
	title, submit, intro string
	fields               func(Cohort, Plan, []Dated) []chat.Field
}

// ask gives the form where something that is needed was not given, with what is
// not known yet; all of it where a confirmation is to be changed.
func (a asking) ask(tx store.Tx, call deeds.Call) (*chat.Form, error) {
	c, plan, dates, err := Load(tx, ID(call.Cohort))
	if err != nil {
		return nil, err
	}
	if err := changeable(c); err != nil {
		return nil, err
	}
	f := &chat.Form{Title: a.title, Submit: a.submit, Intro: a.intro, Filled: chat.Answers{}}
	again, needed := call.Path == deeds.ChangePath, false
	for _, field := range a.fields(c, plan, dates) {
		known := call.Given.Has(field.Name) || field.Name == "week" && namesWeek(call)
		if known && !again {
			continue
		}
		if field.Kind == chat.Choice && len(field.Options) == 0 && field.Required {
			return nil, deeds.Refuse(deeds.Conflict, "There is nothing to choose from for that: %s", whichWeeks(dates))
		}
		if field.Name == "week" && known {
			if d, err := meantWeek(call, dates); err == nil {
				f.Filled["week"] = chat.Given(string(d.ID))
			}
		}
		needed = needed || field.Required
		f.Fields = append(f.Fields, field)
	}
	if !needed && !again {
		return nil, nil
	}
	return f, nil
}
