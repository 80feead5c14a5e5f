package sessions

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Stages is what a group is asked as it is taken through a session: before it, as
// it begins, and when it is over. One that is empty is left out.
type Stages struct {
	Plan   string `json:"plan,omitempty"`
	Engage string `json:"engage,omitempty"`
	Review string `json:"review,omitempty"`

	By people.ID `json:"by,omitempty"` // whose words they are
}

const stagesPath = "session stages"

// planAhead is how many days before a session its plan is asked for.
const planAhead = 2

// stage is one of them.
type stage struct {
	name    string // stands in keys and in the form for ever
	label   string
	hint    string
	usual   string
	heading string // followed by the session's name
	ask     func(Stages) string
	at      func(Session) (due, until time.Time)
}

var stages = []stage{
	{
		"plan", "Plan: what to ask before", "Asked two days before",
		"What do we want to come of this, and who else should be there?", "Before ",
		func(s Stages) string { return s.Plan },
		func(s Session) (due, until time.Time) {
			return s.Time.Wall.AddDays(-planAhead).In(s.Time.Zone), s.Start().Add(-time.Hour)
		},
	},
	{
		"engage", "Engage: what to ask as it begins", "Asked when it begins",
		"Whose voice have we not heard yet?", "Now: ",
		func(s Stages) string { return s.Engage },
		func(s Session) (due, until time.Time) { return s.Start(), s.End() },
	},
	{
		"review", "Review: what to ask afterwards", "Asked when it is over",
		"What did we learn about how we meet, and what do we do differently next time?", "After ",
		func(s Stages) string { return s.Review },
		func(s Session) (due, until time.Time) { return s.End(), s.End().Add(24 * time.Hour) },
	},
}

func stageKey(s ID, name string) string { return fmt.Sprintf("session/%s/stage/%s", s, name) }

// setStages sets the jobs of a session's stages, in the place of those that were
// set before.
func setStages(tx store.Tx, s Session, now time.Time) error {
	for _, g := range stages {
		due, until := g.at(s)
		if s.Stages == nil || g.ask(*s.Stages) == "" || s.Off() || now.After(until) {
			if err := jobs.Drop(tx, stageKey(s.ID, g.name)); err != nil {
				return err
			}
			continue
		}
		if due.Before(now) {
			due = now
		}
		if err := jobs.Set(tx, jobs.Job{
			Key: stageKey(s.ID, g.name), Kind: stageKind, Record: string(s.ID), Cohort: string(s.Cohort), Due: due, Until: until, Page: g.name,
		}); err != nil {
			return err
		}
	}
	return nil
}

// stageDue says what a stage asks, under the announcement: what people answer
// there stands together.
func stageDue(tx store.Tx, j jobs.Job, now time.Time) error {
	s, c, ok, err := still(tx, ID(j.Record))
	if err != nil || !ok || s.Off() || s.Stages == nil || c.State == cohorts.Paused {
		return err
	}
	for _, g := range stages {
		if g.name == j.Page && g.ask(*s.Stages) != "" {
			_, until := g.at(s)
			return outbox.Say(tx, outbox.Item{
				Key: stageKey(s.ID, g.name), Kind: stageKind, Record: string(s.ID) + "/" + g.name, Cohort: string(c.ID),
				Place: c.Place, Under: announceKey(s.ID), Until: until,
			}, now)
		}
	}
	return nil
}

func sayStage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	id, name, _ := strings.Cut(i.Record, "/")
	s, _, ok, err := still(tx, ID(id))
	if err != nil || !ok || s.Stages == nil || s.Off() && i.State != outbox.Sent {
		return chat.Message{}, false, err
	}
	for _, g := range stages {
		if asks := g.ask(*s.Stages); g.name == name && asks != "" {
			return chat.Message{
				Text: "**" + g.heading + chat.Plain(s.Title) + "**\n\n" + chat.Plain(asks),
				Note: "Answer here, in a line or two, or bring it along. The group reads it.",
			}, true, nil
		}
	}
	return chat.Message{}, false, nil
}

func stagesDeed() deeds.Deed {
	return deeds.Deed{
		Command:  chat.Command{Path: stagesPath, Summary: "Take a session through plan, engage and review", Role: chat.Facilitator, Fields: []chat.Field{which}},
		Scoped:   true,
		Also:     cohorts.InCommunity,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			s, err := stagedSession(tx, c)
			if err != nil {
				return nil, err
			}
			f := &chat.Form{
				Title: "Plan, engage, review", Submit: "Keep it", Record: string(s.ID), Filled: chat.Answers{},
				Intro: "For " + s.name() + ", " + inWords(s, c) + ". The group is asked three things: before, as it begins, and after. Change the words, or empty what is not to be asked.",
				Note:  "The group reads each when its moment comes, under the announcement, and answers there.",
			}
			for _, g := range stages {
				f.Fields = append(f.Fields, chat.Field{Name: g.name, Label: g.label, Kind: chat.LongText, Max: 500, Hint: g.hint})
				asks := g.usual
				if s.Stages != nil {
					asks = g.ask(*s.Stages)
				}
				f.Filled[g.name] = chat.Given(asks)
			}
			if rest, err := following(tx, s, c.Now); err != nil {
				return nil, err
			} else if len(rest) > 1 {
				f.Fields = append(f.Fields, reach)
				f.Filled[reach.Name] = chat.Given(andFollowing)
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, err := stagedSession(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			all := []Session{s}
			if reaches(s, c) {
				if all, err = following(tx, s, c.Now); err != nil {
					return chat.Outcome{}, err
				}
			}
			asks := Stages{Plan: c.Given.Text("plan"), Engage: c.Given.Text("engage"), Review: c.Given.Text("review")}
			none := asks == Stages{}
			asks.By = c.Person.ID
			for _, x := range all {
				x.Stages = &asks
				if none {
					x.Stages = nil
				}
				if err := x.keep(tx); err != nil {
					return chat.Outcome{}, err
				}
				if err := setStages(tx, x, c.Now); err != nil {
					return chat.Outcome{}, err
				}
				for _, g := range stages { // what was said already reads as it is now
					if err := outbox.Touch(tx, stageKind, string(x.ID)+"/"+g.name); err != nil {
						return chat.Outcome{}, err
					}
				}
			}
			if none {
				return chat.Say("Kept. " + s.name() + " goes without stages."), nil
			}
			return chat.Say("Kept. The group is asked under the announcement of "+s.name()+" when the moment comes.",
				chat.Button{Label: "Change it", Command: stagesPath, Record: string(s.ID)}), nil
		},
	}
}

// stagedSession gives the session whose stages are to be set.
func stagedSession(tx store.Tx, c deeds.Call) (Session, error) {
	s, err := likeliest(tx, c, planned)
	if err == nil {
		err = mayChange(tx, s, c)
	}
	if err == nil && len(s.People) > 0 {
		err = deeds.Refuse(deeds.Conflict, "%s is for some people alone, and stages are asked where the whole group reads. Its agenda does the same: /session agenda.", s.name())
	}
	return s, err
}
