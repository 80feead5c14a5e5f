package goals

import (
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/experiments"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// offered is how much of each is offered to tie to a goal, the youngest.
const offered = 10

// tieable gives what a goal can be tied to: the sessions that are ahead and for
// the whole group, somebody's own experiments, and those of others whose story
// the group may read.
func tieable(tx store.Tx, c deeds.Call, cohort cohorts.Cohort) ([]chat.Option, error) {
	var options []chat.Option
	next, err := sessions.Upcoming(tx, cohort.ID, c.Now, offered)
	for _, s := range next {
		if len(s.People) > 0 { // what is for some is no business of the group's
			continue
		}
		on := schedules.DateOf(s.Start().In(cohort.Zone.Location())).Short()
		options = append(options, chat.Option{Value: string(ToSession) + "/" + string(s.ID), Label: chat.Short("Session: "+s.Title, 55) + ", " + on})
	}
	if err != nil {
		return nil, err
	}
	own, err := experiments.Of(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range own[max(0, len(own)-offered):] {
		options = append(options, chat.Option{Value: string(ToExperiment) + "/" + string(e.ID), Label: chat.Short("Your experiment: "+oneLine(e.Hunch), 70)})
	}
	stories, err := experiments.StoriesFor(tx, cohort.ID, experiments.Reader{Member: true})
	if err != nil {
		return nil, err
	}
	for _, s := range stories[max(0, len(stories)-offered):] {
		if s.Person == c.Person.ID {
			continue
		}
		p, err := people.Table.Get(tx, s.Person)
		if err != nil {
			return nil, err
		}
		options = append(options, chat.Option{Value: string(ToExperiment) + "/" + string(s.Experiment), Label: chat.Short(p.Name+"'s experiment: "+oneLine(s.Text), 70)})
	}
	return options, nil
}

// What a line of the history calls what was tied, whose name is somebody's words.
const (
	tiedSession    = "a session"
	tiedExperiment = "an experiment"
)

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// tieDeed ties something to a goal, or unties what is tied already.
func tieDeed() deeds.Deed {
	typed := chat.Field{Name: "to", Label: "What the group does for it", Kind: chat.Text, Required: true, Max: 100, Example: "Harbour walk", Hint: "A session or an experiment, by a part of its name"}
	d := about(deeds.Deed{
		Command: chat.Command{Path: "goal tie", Summary: "Tie a session or an experiment to a goal", Role: chat.Member, Fields: []chat.Field{typed}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, alive)
			if err != nil {
				return chat.Outcome{}, err
			}
			options, err := tieable(tx, c, cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			o, err := meant(options, c.Given.Text("to"))
			if err != nil {
				return chat.Outcome{}, err
			}
			kind, record, _ := strings.Cut(o.Value, "/")
			t := Tie{Goal: g.ID, Kind: TieKind(kind), Record: record, By: c.Person.ID, At: c.Now}
			id := tieID(t.Goal, t.Kind, t.Record)
			if there, err := Ties.Has(tx, id); err != nil {
				return chat.Outcome{}, err
			} else if there {
				if err := Ties.Delete(tx, id); err != nil {
					return chat.Outcome{}, err
				}
				return chat.Say("Untied: "+chat.Plain(o.Label)+". To tie it again, do the same once more.", openButton(g)), g.follow(tx)
			}
			words := tiedSession // the goals show its name for as long as it has one
			if t.Kind == ToExperiment {
				e, err := experiments.Get(tx, experiments.ID(record))
				if err != nil {
					return chat.Outcome{}, err
				}
				if e.Person == c.Person.ID && !c.Sure {
					return deeds.Confirm("The goals in "+chat.InChannel(cohort.Place)+" would then show the group this hunch of yours:\n\n"+chat.Quote(e.Hunch)+"\n\nYour notes stay yours. You can untie it again.", "Tie it"), nil
				}
				words = tiedExperiment // what it says is its author's, to delete as well
			}
			if err := Ties.Put(tx, id, t); err != nil {
				return chat.Outcome{}, err
			}
			if err := g.note(tx, cohort, Entry{Person: c.Person.ID, At: c.Now, What: WasTied, Words: words}, false); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Tied to goal: "+chat.Plain(o.Label)+". The goals show it.", openButton(g)), g.follow(tx)
		},
	}, alive, nil)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		cohort, err := in(tx, c)
		if err != nil {
			return nil, err
		}
		g, known, err := goalOf(tx, c, alive)
		if err != nil || known && c.Given.Has("to") && c.Path != deeds.ChangePath {
			return nil, err
		}
		options, err := tieable(tx, c, cohort)
		if err != nil {
			return nil, err
		}
		if len(options) == 0 {
			return nil, deeds.Refuse(deeds.NotFound, "There is nothing to tie to a goal yet: no session is planned for the whole group, and you have begun no experiment. /session schedule plans one, /experiment start begins the other.")
		}
		f := &chat.Form{Title: "Tie something to a goal", Submit: "Tie it", Note: "The goals in the channel show it. Choosing what is tied already unties it.", Filled: chat.Answers{}}
		if known {
			f.Record, f.Intro = string(g.ID), g.name()
		} else {
			which, err := choice(tx, c, "goal", "Which goal", alive)
			if err != nil {
				return nil, err
			}
			f.Fields = append(f.Fields, which)
		}
		what := typed
		what.Kind, what.Options, what.Hint, what.Max = chat.Choice, options, "", 0
		f.Fields = append(f.Fields, what)
		if o, err := meant(options, c.Given.Text("to")); err == nil {
			f.Filled["to"] = chat.Given(o.Value)
		}
		return f, nil
	}
	return d
}

// meant finds what somebody means to tie, by its value or by a part of its name.
func meant(options []chat.Option, typed string) (chat.Option, error) {
	said := strings.ToLower(strings.TrimSpace(typed))
	var names []string
	for _, o := range options {
		if o.Value == typed || said != "" && strings.Contains(strings.ToLower(o.Label), said) {
			return o, nil
		}
		names = append(names, chat.Plain(o.Label))
	}
	if len(names) == 0 {
		return chat.Option{}, deeds.Refuse(deeds.NotFound, "There is nothing to tie to a goal yet: no session is planned for the whole group, and you have begun no experiment. /session schedule plans one, /experiment start begins the other.")
	}
	return chat.Option{}, deeds.RefuseField("to", "I found nothing called “%s”. There is: %s.", chat.Plain(typed), strings.Join(names, "; "))
}

// follow has everything said anew that shows a goal.
func (g Goal) follow(tx store.Tx) error {
	if err := outbox.Touch(tx, boardKind, string(g.Cohort)); err != nil {
		return err
	}
	return outbox.Touch(tx, lookKind, string(g.ID))
}
