package cohorts

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Library is what new cohorts are made from.
type Library struct {
	Programmes []programmes.Programme // at least one
	Holidays   schedules.Calendar     // taken over by each new cohort

	// Joining adds what a feature has to say to somebody who joins a cohort, such as
	// when it meets next.
	Joining []func(tx store.Tx, c Cohort, p people.Person, now time.Time) (deeds.Glance, error)
	// Leaving adds what stays open to somebody who leaves one.
	Leaving []func(tx store.Tx, c Cohort, p people.Person, now time.Time) (deeds.Glance, error)
}

// Feature is what this package brings to the bot.
func Feature(l Library) deeds.Feature {
	f := deeds.Feature{
		Deeds: []deeds.Deed{
			l.startDeed(), inviteDeed(), l.joinDeed(), facilitatorDeed(), appointDeed(),
			l.cloneDeed(), listDeed(), l.quitDeed(), endDeed(), reopenDeed(), channelDeed(), memberDeed(),
		},
		Reasons: []outbox.Reason{
			{Kind: joinKind, Render: joiningMessage},
			{Kind: movedKind, Render: sayMoved},
			{Kind: facilitatorKind, Render: facilitatorMessage},
			{Kind: orphanedKind, Render: orphanedMessage},
		},
		Tables:   append([]store.Prepared{Table, Members, Plans, Appointments, Revisions}, planTables()...),
		Holdings: holdings(),
	}
	f.Deeds = append(append(f.Deeds, planDeeds()...), proposalDeeds()...)
	f.Jobs = append(f.Jobs, jobs.Kind{Name: proposalAskKind, Run: askFacilitator})
	f.Panel = proposalsPanel
	f.Reasons = append(f.Reasons, planReasons()...)
	return f
}

// Appointment says that somebody may start cohorts.
type Appointment struct {
	Person people.ID `json:"person"`
	By     people.ID `json:"by"`
	At     time.Time `json:"at"`
}

// Appointments keeps who may start cohorts.
var Appointments = store.NewTable[people.ID, Appointment]("appointments", 1)

// Appointed tells whether somebody may start cohorts.
func Appointed(tx store.Tx, p people.ID) (bool, error) { return Appointments.Has(tx, p) }

func (l Library) startDeed() deeds.Deed {
	programme := chat.Field{Name: "programme", Label: "Programme", Kind: chat.Choice, Required: true, Example: l.Programmes[0].ID}
	for _, p := range l.Programmes {
		programme.Options = append(programme.Options, chat.Option{Value: p.ID, Label: p.Title})
	}
	fields := []chat.Field{
		programme,
		{Name: "name", Label: "What this cohort is called", Kind: chat.Text, Required: true, Max: 60, Example: "Explorers, autumn"},
		{Name: "first", Label: "First day", Kind: chat.Date, Required: true, Example: "Mon 1 Feb", Hint: "The first question goes out on this day or the next one of the rhythm."},
		{Name: "rhythm", Label: "When questions go out", Kind: chat.Rhythm, Example: "mondays 9am", Hint: "Left empty, the programme's own rhythm."},
		{Name: "channel", Label: "Channel where the group meets", Kind: chat.InPlace, Required: true, Example: "#explorers"},
		{Name: "zone", Label: "Time zone of the group", Kind: chat.ZoneName, Example: "Auckland", Hint: "Left empty, yours."},
	}
	return deeds.Deed{
		Command: chat.Command{Path: "cohort start", Summary: "Start a cohort from a programme; nobody is told yet", Role: chat.Facilitator, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(fields, c.Given)) == 0 {
				return nil, nil
			}
			f := &chat.Form{
				Title: "Start a cohort", Fields: fields[:5], Submit: "Show me the dates",
				Intro:  "Five answers, then you see all the dates. Nobody else is told anything yet.",
				Filled: chat.Answers{"rhythm": chat.Given(l.Programmes[0].Rhythm)},
			}
			if c.At.Channel != "" {
				f.Filled["channel"] = chat.Given(c.At.Channel)
			}
			if !c.Person.HasZone {
				f.Fields = fields
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i := slices.IndexFunc(l.Programmes, func(p programmes.Programme) bool { return p.ID == c.Given.Text("programme") })
			p := l.Programmes[i]
			zone := c.Zone
			if c.Given.Has("zone") {
				zone = c.Given["zone"].Zone
			} else if !c.Person.HasZone {
				return chat.Outcome{}, deeds.RefuseField("zone", "I don't know your time zone yet, so please name the group's. A city works: Auckland.")
			}
			return l.create(tx, c, p, NewPlan(p, weekIDs(c.Now)), zone, Provenance{Programme: p.ID})
		},
	}
}

func weekIDs(now time.Time) func() WeekID {
	return func() WeekID { return WeekID(store.NewID(now)) }
}

// create makes a cohort in draft, and shows its dates.
func (l Library) create(tx store.Tx, c deeds.Call, p programmes.Programme, plan Plan, zone schedules.Zone, from Provenance) (chat.Outcome, error) {
	now := c.Now
	cohort := Cohort{
		ID: ID(c.ID), Name: c.Given.Text("name"), From: from,
		Place: c.Given["channel"].Place, Zone: zone, First: c.Given["first"].Date,
		Holidays: l.Holidays, State: Draft, Created: now, By: c.Person.ID,
	}
	if cohort.First.Before(cohort.Today(now)) {
		return chat.Outcome{}, deeds.RefuseField("first", "%s has gone by already. Choose today or a later day.", cohort.First.Long())
	}
	if cohort.Rhythm = c.Given["rhythm"].Rule; cohort.Rhythm.IsZero() {
		rule, err := schedules.ParseRule(p.Rhythm)
		if err != nil {
			return chat.Outcome{}, fmt.Errorf("programme %s: %w", p.ID, err)
		}
		cohort.Rhythm = rule
	}
	if there, ok, err := At(tx, cohort.Place); err != nil {
		return chat.Outcome{}, err
	} else if ok && there.State != Ended {
		return chat.Outcome{}, deeds.RefuseField("channel", "%s meets in this channel already. Choose another channel, so that answers find the right group.", chat.Plain(there.Name))
	}
	cohort.Programme = p
	cohort.Programme.Phases = nil
	for _, phase := range p.Phases {
		phase.Weeks = nil
		cohort.Programme.Phases = append(cohort.Programme.Phases, phase)
	}
	plan = notInThePast(cohort, plan, nil, true, now)
	if err := errors.Join(
		Table.Put(tx, cohort.ID, cohort),
		Plans.Put(tx, cohort.ID, plan),
		Members.Put(tx, MemberID(cohort.ID, c.Person.ID), Member{Cohort: cohort.ID, Person: c.Person.ID, Facilitator: true, Joined: now}),
	); err != nil {
		return chat.Outcome{}, err
	}
	return chat.Answering(createdMessage(cohort, plan, now)), nil
}

func inviteDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort invite", Summary: "Post the joining message in the cohort's channel", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, plan, _, err := Load(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if cohort.State == Ended || cohort.State == Deleted {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s has ended. Start the next one with /cohort clone.", chat.Plain(cohort.Name))
			}
			if cohort.State == Draft { // its first day may have come while it was being prepared
				plan = notInThePast(cohort, plan, nil, true, c.Now)
				if err := Plans.Put(tx, cohort.ID, plan); err != nil {
					return chat.Outcome{}, err
				}
			}
			if !c.Sure {
				m, _, err := joiningMessage(tx, outbox.Item{Record: c.Cohort}, c.Now)
				if err != nil {
					return chat.Outcome{}, err
				}
				return deeds.Confirm("This is what I will post in "+chat.InChannel(cohort.Place)+":\n\n"+m.Text+"\n\n"+m.Note, "Post it"), nil
			}
			if cohort.State == Draft {
				cohort.State = Open
				if err := Table.Put(tx, cohort.ID, cohort); err != nil {
					return chat.Outcome{}, err
				}
				if err := Reschedule(tx, cohort, plan, c.Now); err != nil {
					return chat.Outcome{}, err
				}
			}
			err = outbox.Say(tx, outbox.Item{
				Key: joinKind + "/" + c.ID, Kind: joinKind, Record: c.Cohort, Cohort: c.Cohort, Place: cohort.Place,
			}, c.Now)
			return chat.Say("The joining message goes out now. People join by pressing its button; nobody is enrolled by being in the channel."), err
		},
	}
}

// AtOnce is the choice of a button that joins without a question: nobody quotes who
// pressed it, as long as they don't say so in their settings.
const AtOnce = "at-once"

func (l Library) joinDeed() deeds.Deed {
	quote := chat.Field{
		Name: "quote", Label: "May facilitators quote you to the group?", Kind: chat.Choice, Required: true, Example: "no",
		Options: []chat.Option{{Value: "yes", Label: "Yes, what I write for the group"}, {Value: "no", Label: "No, please don't quote me"}},
	}
	zone := chat.Field{Name: "zone", Label: "Your time zone", Kind: chat.ZoneName, Example: "Auckland", Hint: "A city is enough. Reminders keep to your day."}
	return deeds.Deed{
		Scoped: true,
		Command: chat.Command{
			Path: "cohort join", Summary: "Join the cohort that meets in this channel", Role: chat.Anyone,
			Fields: []chat.Field{quote, zone},
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if _, already, err := MemberOf(tx, ID(c.Cohort), c.Person.ID); err != nil || already {
				return nil, err
			}
			cohort, err := Get(tx, ID(c.Cohort))
			if err != nil {
				return nil, err
			}
			if err := joinable(cohort); err != nil || c.Choice == AtOnce {
				return nil, err
			}
			f := &chat.Form{
				Title: "Join " + cohort.Name, Submit: "Join", Fields: []chat.Field{quote},
				Intro:  "Once a week the facilitator writes up what the group said. Only people who say yes are quoted, and you can change this whenever you like with /settings quote.",
				Note:   "Your facilitators see that you joined. " + whoSees,
				Filled: chat.Answers{"quote": chat.Given("no")},
			}
			if !c.Person.HasZone {
				f.Fields = append(f.Fields, zone)
				f.Filled["zone"] = chat.Given(cohort.Zone.String())
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) { return l.Enrol(tx, c, ID(c.Cohort)) },
	}
}

// Enrol makes whoever calls a member of a cohort, and tells them what matters now.
// Who was asked nothing, and so gave no answer, is quoted by nobody.
func (l Library) Enrol(tx store.Tx, c deeds.Call, id ID) (chat.Outcome, error) {
	cohort, _, dates, err := Load(tx, id)
	if err != nil {
		return chat.Outcome{}, err
	}
	m, already, err := MemberOf(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if already {
		return l.joined(tx, cohort, dates, c, "You are in "+chat.Plain(cohort.Name)+" already.")
	}
	if err := joinable(cohort); err != nil {
		return chat.Outcome{}, err
	}
	if z, ok := c.Given["zone"]; ok {
		p := c.Person
		p.Zone, p.HasZone, p.OwnZone = z.Zone, true, true
		if err := people.Table.Put(tx, p.ID, p); err != nil {
			return chat.Outcome{}, err
		}
	}
	m = Member{Cohort: cohort.ID, Person: c.Person.ID, Joined: c.Now, Quote: c.Given.Text("quote") == "yes"}
	if err := Members.Put(tx, MemberID(m.Cohort, m.Person), m); err != nil {
		return chat.Outcome{}, err
	}
	if err := KeepQuoting(tx, m, c.Profile.User.Workspace, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	if err := outbox.Touch(tx, joinKind, string(cohort.ID)); err != nil {
		return chat.Outcome{}, err
	}
	return l.joined(tx, cohort, dates, c, welcome(cohort, dates))
}

// joined tells somebody who joins what matters now, with what the features add.
func (l Library) joined(tx store.Tx, cohort Cohort, dates []Dated, c deeds.Call, opening string) (chat.Outcome, error) {
	m := joinedMessage(cohort, dates, c.Now, opening)
	p, err := people.Table.Get(tx, c.Person.ID) // with the zone that they just gave
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, look := range l.Joining {
		g, err := look(tx, cohort, p, c.Now)
		if err != nil {
			return chat.Outcome{}, err
		}
		for _, line := range g.Lines {
			m.Text += "\n\n" + line
		}
		m.Buttons = append(m.Buttons, g.Buttons...)
	}
	return chat.Answering(m), nil
}

func joinable(c Cohort) error {
	switch c.State {
	case Draft:
		return deeds.Refuse(deeds.Unavailable, "%s is still being prepared. A joining message will be posted here when it opens.", chat.Plain(c.Name))
	case Ended, Deleted:
		return deeds.Refuse(deeds.Unavailable, "%s has ended. Ask its facilitators when the next one begins.", chat.Plain(c.Name))
	}
	return nil
}

func listDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "cohort list", Summary: "The cohorts that you are in", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			own, err := Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			text := "You are in no cohort yet. Press Join under a cohort's joining message to be part of it."
			for i, x := range own {
				_, _, dates, err := Load(tx, x.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				if i == 0 {
					text = "You are in:\n"
				}
				text += "\n- " + stateLine(x, dates)
			}
			return chat.Say(text), nil
		},
	}
}

func (l Library) cloneDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "name", Label: "What the new cohort is called", Kind: chat.Text, Required: true, Max: 60, Example: "Explorers, spring"},
		{Name: "first", Label: "First day", Kind: chat.Date, Required: true, Example: "Mon 6 Sept"},
		{Name: "rhythm", Label: "When questions go out", Kind: chat.Rhythm, Example: "mondays 9am", Hint: "Left empty, as it was."},
		{Name: "channel", Label: "Channel where the group meets", Kind: chat.InPlace, Required: true, Example: "#explorers-2"},
	}
	return deeds.Deed{
		Scoped: true,
		Command: chat.Command{
			Path: "cohort clone", Summary: "Start the next cohort from this one's plan as it was changed", Role: chat.Facilitator, Fields: fields,
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(fields, c.Given)) == 0 {
				return nil, nil
			}
			r, revised, err := revisionOf(tx, ID(c.Cohort))
			f := &chat.Form{Title: "The next cohort", Fields: fields, Submit: "Show me the dates", Intro: "It begins with this one's plan, as you changed it. Nobody is told anything yet."}
			if revised {
				f.Intro = fmt.Sprintf("It begins with this one's plan and what you chose on %s: %d to change, %d dropped. Nobody is told anything yet.",
					r.At.In(c.Zone.Location()).Format("2 January"), len(r.Change), len(r.Drop))
			}
			return f, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			old, plan, _, err := Load(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			r, _, err := revisionOf(tx, old.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			p, _ := Successor(old, plan, r)
			return l.create(tx, c, p, NewPlan(p, weekIDs(c.Now)), old.Zone, Provenance{Programme: old.From.Programme, Cohort: old.ID, Name: old.Name})
		},
	}
}

// revisionOf gives what was chosen for the next cohort; false where nothing was.
func revisionOf(tx store.Tx, id ID) (Revision, bool, error) {
	return Revisions.Find(tx, id)
}

func endDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort end", Summary: "End the cohort: nothing more goes out", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, plan, _, err := Load(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("This ends **"+chat.Plain(cohort.Name)+"**. No more questions go out, and no reminders of them. Sessions that are planned still stand; /session cancel calls one off. Everything that people wrote stays theirs, and late answers are still kept.", "End it"), nil
			}
			cohort.State = Ended
			if err := Table.Put(tx, cohort.ID, cohort); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(chat.Plain(cohort.Name) + " has ended. Start the next one from its plan with /cohort clone."), Reschedule(tx, cohort, plan, c.Now)
		},
	}
}
