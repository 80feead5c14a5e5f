package stars

import (
	"errors"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const (
	showPath    = "shape show"
	comparePath = "shape compare"
	sharePath   = "shape share"
	deletePath  = "shape delete"
)

// own gives the filling of the record, which only its author reaches.
func own(tx store.Tx, c deeds.Call) (Filling, cohorts.Cohort, error) {
	f, err := Fillings.Get(tx, FillingID(c.Record))
	if errors.Is(err, store.ErrNotFound) {
		return f, cohorts.Cohort{}, deeds.Refuse(deeds.NotFound, "This star is not there any more. /shape show shows those that are.")
	}
	if err != nil {
		return f, cohorts.Cohort{}, err
	}
	if f.Person != c.Person.ID {
		return f, cohorts.Cohort{}, deeds.Refuse(deeds.Forbidden, "Only the person who filled in this star can do that. /shape fill lets you fill in your own.")
	}
	cohort, err := cohorts.Get(tx, f.Cohort)
	return f, cohort, err
}

func showDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		// Who left a cohort still sees what is theirs.
		Command: chat.Command{Path: showPath, Summary: "See a star of yours then and now", Role: chat.Anyone, Fields: []chat.Field{aboutField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := OfPerson(tx, cohort.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			subjects := latest(all)
			shown, err := readable(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if shown.ID != "" && shown.Person != c.Person.ID {
				m, err := othersMessage(tx, cohort, shown, c.Zone)
				return chat.Answering(m), err
			}
			if len(subjects) == 0 {
				return chat.Say("You have not filled in a star here yet. It takes about three minutes, and only you see it unless you say otherwise.",
					chat.Button{Label: "Fill in a star", Command: fillPath, Record: c.Cohort, Main: true}), nil
			}
			f := subjects[0]
			if typed := c.Given.Text(aboutField.Name); typed != "" {
				i := slices.IndexFunc(subjects, func(g Filling) bool {
					return subject(g.About) == subject(typed) || g.About == "" && subject(g.name(cohort)) == subject(typed)
				})
				if i < 0 {
					return chat.Outcome{}, deeds.RefuseField(aboutField.Name, "You have no star called “%s” here. You have: %s.", chat.Plain(typed), chat.And(names(subjects, cohort)))
				}
				f = subjects[i]
			} else if shown.ID != "" {
				f = shown
			}
			m, err := ownMessage(tx, c, cohort, f, nil)
			for _, g := range subjects[:min(len(subjects), mostAgain)] {
				if !g.alike(f) {
					m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("See "+g.name(cohort), 75), Command: showPath, Record: string(g.ID)})
				}
			}
			return chat.Answering(m), err
		},
	}
}

// readable gives the filling of the record, if the record is one, and refuses it to
// whom it is not shown to.
func readable(tx store.Tx, c deeds.Call) (Filling, error) {
	f, err := Fillings.Get(tx, FillingID(c.Record))
	if errors.Is(err, store.ErrNotFound) || c.Record == "" {
		return Filling{}, nil
	}
	if err != nil {
		return f, err
	}
	may, err := f.Sees.MayRead(tx, f.Cohort, f.Person, c.Person.ID)
	if err == nil && !may {
		err = deeds.Refuse(deeds.Forbidden, "This star is not shown to you. /shape group has those that are.")
	}
	return f, err
}

func names(all []Filling, cohort cohorts.Cohort) []string {
	var out []string
	for _, f := range all {
		out = append(out, chat.Plain(f.name(cohort)))
	}
	return out
}

// mostTimes is how many of the last fillings can be chosen from.
const mostTimes = 25

// compareDeed lets somebody choose which two to see side by side.
func compareDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: comparePath, Summary: "See any two of your stars side by side", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			f, cohort, err := own(tx, c)
			if err != nil {
				return nil, err
			}
			all, err := seriesOf(tx, f)
			if err != nil {
				return nil, err
			}
			var options []chat.Option
			for _, g := range slices.Backward(all) {
				label := g.At.In(c.Zone.Location()).Format("Monday 2 January 2006, 3:04 pm")
				if g.drawn() {
					label += " (drawn)"
				}
				options = append(options, chat.Option{Value: string(g.ID), Label: label})
			}
			options = options[:min(len(options), mostTimes)]
			return &chat.Form{
				Title: f.name(cohort), Submit: "Show me", Note: "Only you see what comes.",
				Fields: []chat.Field{
					{Name: "now", Label: "Show", Kind: chat.Choice, Options: options, Required: true},
					{Name: "then", Label: "Beside", Kind: chat.Choice, Options: options, Required: true},
				},
				Filled: chat.Answers{"now": chat.Given(options[0].Value), "then": chat.Given(options[len(options)-1].Value)},
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if c.Given.Text("then") == c.Given.Text("now") {
				return chat.Outcome{}, deeds.RefuseField("then", "Both are the same one. Choose another to put beside it.")
			}
			then, _, err := chosenFilling(tx, c, "then")
			if err != nil {
				return chat.Outcome{}, err
			}
			now, cohort, err := chosenFilling(tx, c, "now")
			if err != nil {
				return chat.Outcome{}, err
			}
			if now.At.Before(then.At) {
				then, now = now, then
			}
			m, err := ownMessage(tx, c, cohort, now, &then)
			return chat.Answering(m), err
		},
	}
}

func chosenFilling(tx store.Tx, c deeds.Call, field string) (Filling, cohorts.Cohort, error) {
	c.Record = c.Given.Text(field)
	return own(tx, c)
}

func shareDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: sharePath, Summary: "Change who sees a star of yours", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			f, cohort, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			sees, err := readSees(tx, c, cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			f.Sees = sees
			if err := keep(tx, f, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(f.heading(cohort)+": "+f.Sees.Words(cohort), f.Sees.Sharing(sharePath, c.Record)...), nil
		},
	}
}

// readSees reads who is to see something from a button. Nothing new is shown to a
// group by somebody who is no longer in it.
func readSees(tx store.Tx, c deeds.Call, cohort cohorts.Cohort) (Sees, error) {
	sees := Sees(c.Choice)
	if sees != OnlyMe && sees != Facilitators && sees != Group {
		return sees, deeds.Refuse(deeds.Invalid, "I couldn't read who is to see this. /shape show has the buttons for it.")
	}
	if sees == OnlyMe {
		return sees, nil
	}
	_, err := cohorts.Joined(tx, cohort, c.Person.ID)
	return sees, err
}

func deleteDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: deletePath, Summary: "Delete a star of yours for good", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			f, cohort, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("This deletes "+f.heading(cohort)+" as you filled it in on "+day(f.At, c.Zone)+", wherever it is shown. It cannot be brought back. Your other stars stay.", "Delete it"), nil
			}
			gone := "Deleted."
			if f.drawn() {
				gone += " The photo itself still stands where you put it in this chat; delete it there too, if you want it gone."
			}
			return chat.Say(gone), remove(tx, f)
		},
	}
}
