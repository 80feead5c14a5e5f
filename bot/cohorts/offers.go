package cohorts

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/jobs"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Offer is how an activity shows in the week that offers it. The feature that an
// activity belongs to has its line in [Offers]; the bot refuses to start with one
// whose command or job does not exist.
type Offer struct {
	Label   string // of the button under the week's question
	Command string // what the button starts; its record is the week's, see [WeekRecord]
	// Begins is the kind of a job that is set when the week goes out, about the
	// week's record; empty where nothing begins by itself.
	Begins string
}

// Offers are the activities that a week's question can come with.
var Offers = map[programmes.Activity]Offer{
	programmes.DoExperiment: {Label: "Begin an experiment", Command: "experiment start"},
	programmes.DoStory:      {Label: "Tell the story", Command: "experiment story"},
	programmes.DoStar:       {Label: "Fill in a star", Command: "shape fill"},
	programmes.DoRehearsal:  {Label: "Say how practice went", Command: "practise tell"},
	programmes.DoPairs:      {Label: "Who I meet", Command: "peer list", Begins: "peer round"},
	programmes.DoGoals:      {Label: "The group's goals", Command: "goal list", Begins: "goals-revisit"},
	programmes.DoVerdict:    {Label: "Keep, change or drop", Command: "verdict give"},
	programmes.DoGift:       {Label: "Leave something", Command: "legacy give"},
	programmes.DoThink:      {Label: "Pick up and think", Command: "think chapter"},
	programmes.DoLens:       {Label: "How we work together", Command: "lens answer"},
}

// Buttons gives the buttons for what a week offers beside its question.
func (d Dated) Buttons(c ID) []chat.Button {
	var buttons []chat.Button
	for _, a := range d.With {
		if o, ok := Offers[a]; ok && o.Label != "" {
			buttons = append(buttons, chat.Button{Label: o.Label, Command: o.Command, Record: WeekRecord(c, d.ID)})
		}
	}
	return buttons
}

// Begin sets the jobs of what begins as a week goes out.
func (d Dated) Begin(tx store.Tx, c ID, now time.Time) error {
	for _, a := range d.With {
		o := Offers[a]
		if o.Begins == "" {
			continue
		}
		if err := jobs.Set(tx, jobs.Job{
			Key: o.Begins + "/" + string(d.ID), Kind: o.Begins, Record: WeekRecord(c, d.ID), Cohort: string(c), Due: now,
		}); err != nil {
			return err
		}
	}
	return nil
}
