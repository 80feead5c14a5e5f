package goals

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			proposeDeed(), listDeed(), openDeed(), historyDeed(), buildDeed(), takeDeed(), leaveDeed(), mergeDeed(),
			askDeed(), consentDeed(), objectDeed(), heardDeed(), adoptDeed(), stopDeed(), tieDeed(),
			revisitDeed(), stillDeed(), releaseDeed(), withdrawDeed(),
		},
		Jobs: []jobs.Kind{{Name: revisitKind, Run: begin}},
		Reasons: []outbox.Reason{
			{Kind: boardKind, Render: boardMessage},
			{Kind: noteKind, Render: noteMessage},
			{Kind: lookKind, Render: lookMessage},
		},
		Tables:   []store.Prepared{Goals, Voices, Objections, Suggestions, Entries, Ties, Boards},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

var wordsField = chat.Field{Name: "words", Label: "The goal, in a sentence", Kind: chat.Text, Required: true, Max: 300, Example: "Everyone on our street knows two neighbours by name"}

// goalField takes the number of a goal as it is typed; in a form the goals are
// listed.
var goalField = chat.Field{Name: "goal", Label: "Which goal", Kind: chat.Text, Max: 60, Example: "2", Hint: "Its number"}

// cohortOf finds the cohort of a record: of a goal, of a week, or of itself.
func cohortOf(tx store.Tx, record string) (string, error) {
	first, _, _ := strings.Cut(record, "/")
	g, err := Goals.Get(tx, ID(first))
	if errors.Is(err, store.ErrNotFound) {
		return first, nil
	}
	return string(g.Cohort), err
}

// in gives the cohort, to somebody who is in it.
func in(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err == nil {
		_, err = cohorts.Joined(tx, cohort, c.Person.ID)
	}
	return cohort, err
}

// The goals that a deed can be about.
func alive(g Goal) bool    { return g.Alive() }
func asked(g Goal) bool    { return g.Alive() && g.Round != nil }
func unasked(g Goal) bool  { return g.State == Proposed && g.Round == nil }
func adopted(g Goal) bool  { return g.State == Adopted }
func proposed(g Goal) bool { return g.State == Proposed }

// goalOf gives the goal of the record, or the one that was named by its number,
// or the only one that fits; false where a form has to ask.
func goalOf(tx store.Tx, c deeds.Call, fits func(Goal) bool) (Goal, bool, error) {
	first, _, _ := strings.Cut(c.Record, "/")
	typed, _ := numbered(c.Given.Text("goal"))
	if g, err := Goals.Get(tx, ID(first)); first != "" && typed == "" && !errors.Is(err, store.ErrNotFound) {
		if err == nil && !g.Alive() {
			err = endedWords(tx, g)
		}
		return g, true, err
	}
	all, err := Of(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return Goal{}, false, err
	}
	fitting := slices.DeleteFunc(slices.Clone(all), func(g Goal) bool { return !fits(g) })
	switch {
	case typed != "":
		n, _ := strconv.Atoi(typed)
		i := slices.IndexFunc(all, func(g Goal) bool { return string(g.ID) == typed || n > 0 && g.Number == n })
		if i < 0 {
			return Goal{}, false, deeds.RefuseField("goal", "I found no goal “%s”. Give its number, such as 2; /goal list has them.", chat.Plain(typed))
		}
		if !all[i].Alive() {
			return all[i], false, endedWords(tx, all[i])
		}
		return all[i], true, nil
	case len(fitting) == 0:
		return Goal{}, false, &deeds.Error{
			Code: deeds.NotFound, Say: "There is no goal that this could be about. /goal list shows how they stand.",
			Buttons: []chat.Button{{Label: "Propose a goal", Command: "goal propose", Record: c.Cohort}},
		}
	case len(fitting) == 1:
		return fitting[0], true, nil
	}
	return Goal{}, false, nil
}

// numbered takes apart what was typed without names: "2 it is too far".
func numbered(typed string) (goal, rest string) {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "#")
	first, rest, _ := strings.Cut(typed, " ")
	if _, err := strconv.Atoi(first); err != nil {
		return typed, ""
	}
	return first, strings.TrimSpace(rest)
}

// endedWords refuses what is about a goal that is no longer before the group.
func endedWords(tx store.Tx, g Goal) error {
	if g.State != Merged {
		return deeds.Refuse(deeds.Conflict, "The group has let goal %d go. /goal list shows the others.", g.Number)
	}
	into, err := Goals.Get(tx, g.Into)
	if err != nil {
		return err
	}
	return &deeds.Error{
		Code: deeds.Conflict, Say: fmt.Sprintf("Goal %d was merged into %s.", g.Number, into.name()),
		Buttons: []chat.Button{{Label: "Open that one", Command: "goal open", Record: string(into.ID), Main: true}},
	}
}

// choice is a form's question for one of several goals.
func choice(tx store.Tx, c deeds.Call, name, label string, fits func(Goal) bool) (chat.Field, error) {
	f := chat.Field{Name: name, Label: label, Kind: chat.Choice, Required: true}
	all, err := Of(tx, cohorts.ID(c.Cohort))
	for _, g := range all {
		if fits(g) && len(f.Options) < shown {
			f.Options = append(f.Options, chat.Option{Value: string(g.ID), Label: chat.Short(fmt.Sprintf("%d. %s", g.Number, g.Words), 70)})
		}
	}
	return f, err
}

// about makes a deed about one goal: where it is not clear which, or a field is
// missing, a form asks.
func about(d deeds.Deed, fits func(Goal) bool, form func(store.Tx, deeds.Call, Goal) (chat.Form, error)) deeds.Deed {
	d.Scoped, d.CohortOf = true, cohortOf
	own := d.Fields
	d.Fields = append([]chat.Field{goalField}, own...)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		g, known, err := goalOf(tx, c, fits)
		if err != nil {
			return nil, err
		}
		missing := len(deeds.Missing(own, c.Given)) > 0 || c.Path == deeds.ChangePath
		if known && !missing {
			return nil, nil
		}
		var f chat.Form
		if known {
			if f, err = form(tx, c, g); err != nil {
				return nil, err
			}
			f.Fields, f.Record = roomy(own), string(g.ID)
			if _, rest := numbered(c.Given.Text("goal")); rest != "" && !c.Given.Has("words") {
				f.Filled = chat.Answers{"words": chat.Given(rest)}
			}
			return &f, nil
		}
		which, err := choice(tx, c, "goal", "Which goal", fits)
		if err != nil {
			return nil, err
		}
		if f, err = form(tx, c, Goal{}); err != nil {
			return nil, err
		}
		f.Fields = append([]chat.Field{which}, roomy(own)...)
		return &f, nil
	}
	return d
}

// roomy gives fields as a form asks them: what is a line to type after a command
// has room for more.
func roomy(fields []chat.Field) []chat.Field {
	fields = slices.Clone(fields)
	for i := range fields {
		if fields[i].Name == "words" {
			fields[i].Kind = chat.LongText
		}
	}
	return fields
}

// the gives the goal that a deed is about, by the time it runs.
func the(tx store.Tx, c deeds.Call, fits func(Goal) bool) (Goal, error) {
	g, known, err := goalOf(tx, c, fits)
	if err == nil && !known {
		err = deeds.RefuseField("goal", "Which goal? Give its number, such as 2; /goal list has them.")
	}
	return g, err
}

func proposeDeed() deeds.Deed {
	fields := []chat.Field{wordsField}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal propose", Summary: "Propose a goal to the group", Role: chat.Member, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if _, err := in(tx, c); err != nil || c.Given.Has("words") && c.Path != deeds.ChangePath {
				return nil, err
			}
			return &chat.Form{
				Title: "Propose a goal", Fields: roomy(fields), Submit: "Propose it",
				Intro: "Something that this group would like to have done together. It need not be finished: others can build on it.",
				Note:  whoSees + " It becomes the group's goal only when nobody has an objection left.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			words := strings.TrimSpace(c.Given.Text("words"))
			all, err := Of(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, g := range all {
				if g.Alive() && sameWords(g.Words, words) {
					return chat.Outcome{}, &deeds.Error{
						Code: deeds.Conflict, Field: "words", Say: "That is goal " + strconv.Itoa(g.Number) + " already.",
						Buttons: []chat.Button{{Label: "Open it", Command: "goal open", Record: string(g.ID), Main: true}},
					}
				}
			}
			g, err := propose(tx, cohort, Goal{ID: ID(c.ID), Cohort: cohort.ID, By: c.Person.ID, At: c.Now, Words: words})
			if err != nil {
				return chat.Outcome{}, err
			}
			err = g.note(tx, cohort, Entry{Person: c.Person.ID, At: c.Now, What: WasProposed, Words: words}, true)
			return chat.Say(fmt.Sprintf("Proposed, as goal %d. It stands with the goals in %s. Others can build on it; when you think it is ready, ask the group.", g.Number, chat.InChannel(cohort.Place)),
				chat.Button{Label: "Open it", Command: "goal open", Record: string(g.ID), Main: true}), err
		},
	}
}

func listDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal list", Summary: "The goals of the group, and how they stand", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			text, listed, err := boardWords(tx, cohort, c.Now)
			return chat.Answering(chat.Message{Text: text, Buttons: boardButtons(cohort, listed)}), err
		},
	}
}

// withdrawDeed takes a proposal back while it is still its author's alone.
func withdrawDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal withdraw", Summary: "Take back a goal that you proposed", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			g, err := the(tx, c, proposed)
			if err != nil {
				return chat.Outcome{}, err
			}
			if own, err := g.ownAlone(tx, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if !own {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Others have said something to it, or it is not yours, so it is the group's to decide. You can suggest other words, or object.")
			}
			if !c.Sure {
				return deeds.Confirm("This deletes "+g.name()+" for good.", "Delete it"), nil
			}
			return chat.Say("Deleted."), g.remove(tx)
		},
	}
}

// ownAlone tells whether a proposal is somebody's and nobody else has said
// anything to it.
func (g Goal) ownAlone(tx store.Tx, p people.ID) (bool, error) {
	if g.By != p || g.State != Proposed || g.Rounds > 0 || len(g.From) > 0 {
		return false, nil
	}
	all, err := values(Suggestions.By(tx, "goal", string(g.ID)))
	return len(all) == 0, err
}

// remove takes a goal away for good, with its history and what was said of it.
func (g Goal) remove(tx store.Tx) error {
	history, err := HistoryOf(tx, g.ID)
	if err != nil {
		return err
	}
	for _, e := range history {
		if err := Entries.Delete(tx, e.ID); err != nil {
			return err
		}
		if err := outbox.Touch(tx, noteKind, e.ID); err != nil {
			return err
		}
	}
	ties, err := tiesOf(tx, g.ID)
	if err != nil {
		return err
	}
	for _, t := range ties {
		if err := Ties.Delete(tx, tieID(t.Goal, t.Kind, t.Record)); err != nil {
			return err
		}
	}
	if err := Goals.Delete(tx, g.ID); err != nil {
		return err
	}
	return outbox.Touch(tx, boardKind, string(g.Cohort))
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
