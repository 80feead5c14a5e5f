package experiments

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The commands that buttons name.
const (
	startPath   = "experiment start"
	checkinPath = "experiment checkin"
	stopPath    = "experiment stop"
	storyPath   = "experiment story"
	showPath    = "experiment show"
	extendPath  = "experiment extend"
	walkPath    = "experiment companion"
	boardPath   = "experiment board"
	storiesPath = "experiment stories"
	whenPath    = "experiment when"

	changePath   = "experiment change"
	surprisePath = "experiment surprise"
	deletePath   = "experiment delete"
	otherPath    = "experiment other"
	sharePath    = "experiment share"
	untellPath   = "experiment untell"
	answerPath   = "experiment accept"
	wordPath     = "experiment word"
	unsayPath    = "experiment unsay"
	partPath     = "experiment part"
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			startDeed(), checkinDeed(), stopDeed(), storyDeed(), showDeed(), whenDeed(), extendDeed(), companionDeed(),
			boardDeed(), storiesDeed(),
			changeDeed(), surpriseDeed(), deleteDeed(), otherDeed(), shareDeed(), untellDeed(), acceptDeed(), wordDeed(), unsayDeed(), partDeed(),
		},
		Listeners: []deeds.Listener{
			{Kind: dayKind, Hear: hearDay},
			{Kind: keptKind, Hear: hearDay},
			{Kind: overKind, Hear: hearDay},
			{Kind: deeds.DirectKind, Takes: takes, Hear: hearDirectly},
			{Kind: privateKind, Hear: hearUnread},
			{Kind: walkKind, Hear: hearUnread},
			{Kind: wordKind, Hear: hearUnread},
			{Kind: askKind, Hear: hearUnread},
			{Kind: answerKind, Hear: hearUnread},
		},
		Jobs: []jobs.Kind{{Name: dayJob, Run: comeDay}, {Name: tellJob, Run: tell}},
		Reasons: []outbox.Reason{
			{Kind: dayKind, Render: dayMessage},
			{Kind: keptKind, Render: keptMessage},
			{Kind: overKind, Render: overMessage},
			{Kind: storyKind, Render: storyMessage},
			{Kind: privateKind, Render: privateMessage},
			{Kind: askKind, Render: askMessage},
			{Kind: walkKind, Render: walkMessage},
			{Kind: wordKind, Render: wordMessage},
			{Kind: answerKind, Render: answerMessage},
			{Kind: strayKind, Render: strayMessage},
		},
		Tables:   []store.Prepared{Table, Days, Notes, Stories, Companions},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// cohortOf gives the cohort of a record: an experiment's, or one that begins with
// it, or a week's, which begins with the cohort's own id.
func cohortOf(tx store.Tx, record string) (string, error) {
	id, _ := parseDay(record)
	e, err := Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		if there, err := cohorts.Table.Has(tx, cohorts.ID(id)); err != nil || !there {
			return "", err
		}
		return string(id), nil
	}
	return string(e.Cohort), err
}

func deed(path, summary string, role chat.Role, hidden bool, fields ...chat.Field) deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: path, Summary: summary, Role: role, Fields: fields, Hidden: hidden},
	}
}

// own gives the experiment that a call is about, if it is the person's own: the
// one of the record, else the one they are in the middle of, else their last.
func own(tx store.Tx, c deeds.Call) (whole, error) {
	id, _ := parseDay(c.Record)
	e, err := Table.Get(tx, id)
	switch {
	case err == nil && e.Person != c.Person.ID:
		return whole{}, deeds.Refuse(deeds.Forbidden, "Only the person who does this experiment can do that. /experiment show has your own.")
	case err == nil:
		return with(tx, e)
	case !errors.Is(err, store.ErrNotFound):
		return whole{}, err
	}
	if c.Record != "" && string(id) != c.Cohort {
		return whole{}, deeds.Refuse(deeds.NotFound, "That experiment is not there any more. /experiment show has what is.")
	}
	all, err := Of(tx, cohorts.ID(c.Cohort), c.Person.ID)
	if err != nil {
		return whole{}, err
	}
	if len(all) == 0 {
		return whole{}, &deeds.Error{
			Code: deeds.NotFound, Say: "You have no experiment here yet. One begins with a hunch, and takes a minute a day.",
			Buttons: []chat.Button{{Label: "Begin one", Command: startPath, Record: c.Cohort, Main: true}},
		}
	}
	e = all[len(all)-1]
	for _, x := range all {
		if x.State == Going {
			e = x
		}
	}
	return with(tx, e)
}

// mine is own for what needs an experiment that goes on.
func mine(tx store.Tx, c deeds.Call) (whole, error) {
	w, err := own(tx, c)
	if err == nil && w.State != Going {
		err = &deeds.Error{
			Code: deeds.Conflict, Say: "Your experiment is over. You can add days to it, or begin again.",
			Buttons: []chat.Button{
				{Label: "Add days", Command: extendPath, Record: string(w.ID)},
				{Label: "Begin again", Command: startPath, Record: string(w.ID)},
			},
		}
	}
	return w, err
}

// usualHour is when check-ins come unless the person says otherwise: towards the
// end of a day of work.
var usualHour = schedules.TimeOfDay{Hour: 16}

// hourFor gives the hour that is proposed to somebody: never one of their quiet
// hours.
func hourFor(p people.Person) schedules.TimeOfDay {
	if p.Quiet.Has(usualHour) {
		return p.Quiet.To
	}
	return usualHour
}

// at gives the experiment another hour, as its author chose it.
func (e Experiment) at(hour schedules.TimeOfDay, p people.Person) Experiment {
	e.Hour, e.InQuiet = hour, p.Quiet.Has(hour)
	return e
}

var (
	hunchField = chat.Field{Name: "hunch", Label: "Your hunch", Kind: chat.LongText, Required: true, Max: 1000, Example: "If I ask first, people talk longer", Hint: "“If I …, then …”. It may well be wrong."}
	withField  = chat.Field{Name: "with", Label: "With whom", Kind: chat.Text, Max: 300, Example: "the Tuesday cooks", Hint: "No names needed"}
	tryField   = chat.Field{Name: "try", Label: "What you will try", Kind: chat.LongText, Max: 1000, Hint: "Small enough to start without asking anyone's leave"}
	knowField  = chat.Field{Name: "know", Label: "How you will know", Kind: chat.LongText, Max: 1000, Hint: "What you would see or hear"}
	hourField  = chat.Field{Name: "hour", Label: "When a check-in suits you", Kind: chat.Text, Max: 40, Example: "4pm", Hint: "A time of day, on your working days"}
	fromField  = chat.Field{Name: "from", Label: "Not before", Kind: chat.Date, Example: "monday", Hint: "Left empty, it begins as soon as it can"}

	planFields = []chat.Field{hunchField, withField, tryField, knowField, hourField}
)

const whoReads = "Only you read this, and a companion if you ask one along. Your facilitators see that you try something and which day it is."

func (e Experiment) filled() chat.Answers {
	return chat.Answers{
		"hunch": chat.Given(e.Hunch), "with": chat.Given(e.With), "try": chat.Given(e.Try),
		"know": chat.Given(e.Know), "hour": chat.Given(e.Hour.Clock()),
	}
}

// plan takes over what stands in the one form.
func (e Experiment) plan(c deeds.Call) (Experiment, error) {
	e.Hunch, e.With, e.Try, e.Know = c.Given.Text("hunch"), c.Given.Text("with"), c.Given.Text("try"), c.Given.Text("know")
	if c.Given.Has("hour") {
		hour, err := schedules.ParseTimeOfDay(c.Given.Text("hour"))
		if err != nil {
			return e, deeds.RefuseField("hour", "I couldn't read “%s” as a time of day. Try “4pm” or “12:30”.", chat.Plain(c.Given.Text("hour")))
		}
		if hour != e.Hour { // who changes only the words has not chosen it anew
			e = e.at(hour, c.Person)
		}
	}
	return e, nil
}

// begunFrom gives the experiment that a new one is begun from: the one whose
// button was pressed. False where a new one begins from nothing.
func begunFrom(tx store.Tx, c deeds.Call) (Experiment, bool, error) {
	id, _ := parseDay(c.Record)
	e, err := Table.Get(tx, id)
	if err != nil {
		return e, false, ignoreMissing(err)
	}
	if e.Person != c.Person.ID {
		return e, false, deeds.Refuse(deeds.Forbidden, "That is somebody else's experiment. /experiment start begins your own.")
	}
	return e, true, nil
}

// mayStart refuses a second experiment beside one that goes on.
func mayStart(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return cohort, err
	}
	if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
		return cohort, err
	}
	e, ok, err := going(tx, cohort.ID, c.Person.ID)
	if err == nil && ok {
		err = &deeds.Error{
			Code: deeds.Conflict, Say: "You are in the middle of one: " + e.stateWords() + ". You can change what you try while it runs, or stop it and begin another.",
			Buttons: []chat.Button{
				{Label: "Show it", Command: showPath, Record: string(e.ID), Main: true},
				{Label: "Change it", Command: changePath, Record: string(e.ID)},
				{Label: "Stop it", Command: stopPath, Record: string(e.ID)},
			},
		}
	}
	return cohort, err
}

func startDeed() deeds.Deed {
	d := deed(startPath, "Begin an experiment of your own, from a hunch", chat.Member, false, append(planFields[:5:5], fromField)...)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		cohort, err := mayStart(tx, c)
		if err != nil {
			return nil, err
		}
		from, again, err := begunFrom(tx, c)
		if err != nil {
			return nil, err
		}
		if c.Given.Has("hunch") && c.Given.Has("try") && c.Path != deeds.ChangePath {
			return nil, nil // typed in one go
		}
		form := &chat.Form{
			Title: "A small experiment", Fields: planFields, Submit: "Begin", Note: whoReads,
			Intro: fmt.Sprintf("A hunch, tried out on %s of your own. Each has a check-in of a minute, and you can change all this while it runs. It does not have to work.", dayCount(daysIn(cohort))),
		}
		all, err := Of(tx, cohort.ID, c.Person.ID)
		if err != nil {
			return nil, err
		}
		switch {
		case again:
			form.Filled = from.filled()
			form.Intro = "This is how you began " + from.Made.In(c.Zone.Location()).Format("on 2 January") + ". Keep it, or change what you know better now."
		case len(all) > 0:
			form.Filled = chat.Answers{"hour": chat.Given(all[len(all)-1].Hour.Clock())}
		default:
			form.Filled = chat.Answers{"hour": chat.Given(hourFor(c.Person).Clock())}
		}
		return form, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		cohort, err := mayStart(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		e, err := Experiment{
			ID: ID(c.ID), Cohort: cohort.ID, Person: c.Person.ID, Made: c.Now, Days: daysIn(cohort), State: Going,
		}.at(hourFor(c.Person), c.Person).plan(c)
		if err != nil {
			return chat.Outcome{}, err
		}
		from, again, err := begunFrom(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if again {
			e.From = from.ID
		}
		r := rhythmOf(e, c.Person, cohort)
		e.First = r.today(c.Now)
		if r.at(e.First).Sub(c.Now) < soonest {
			e.First = e.First.AddDays(1)
		}
		if c.Given.Has("from") {
			if e.First, err = notBefore(c, r); err != nil {
				return chat.Outcome{}, err
			}
		}
		if err := Begin(tx, e, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		w, err := load(tx, e.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		return chat.Answering(chat.Message{
			Text: "Kept. " + w.aheadWords(c.Now) + " They come as direct messages, and each can be left unanswered.",
			Note: whoReads, Buttons: []chat.Button{
				{Label: "Ask somebody to walk along", Command: walkPath, Record: string(w.ID)},
				{Label: "Other days or another hour", Command: whenPath, Record: string(w.ID)},
				{Label: "Change the words", Command: changePath, Record: string(w.ID)},
			},
		}), nil
	}
	return d
}

// soonest is how long before its check-in an experiment has to begin for the day
// to count.
const soonest = time.Hour

// daysIn gives how many days experiments last in a cohort.
func daysIn(c cohorts.Cohort) int { return cmp.Or(c.Programme.Experiment.Days, programmes.UsualDays) }

// notBefore reads the first day that a person wants.
func notBefore(c deeds.Call, r rhythm) (schedules.Date, error) {
	from, today := c.Given["from"].Date, r.today(c.Now)
	switch {
	case from.Before(today):
		return from, deeds.RefuseField("from", "%s has gone by. Try “monday” or “tomorrow”.", from.Long())
	case today.DaysUntil(from) > 366:
		return from, deeds.RefuseField("from", "%s is more than a year away. Try “monday” or “1 March”.", from.Long())
	}
	return from, nil
}

func changeDeed() deeds.Deed {
	d := deed(changePath, "Change the words of your experiment while it runs", chat.Anyone, true, planFields...)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := own(tx, c)
		if err != nil {
			return nil, err
		}
		return &chat.Form{
			Title: "Change your experiment", Fields: planFields, Submit: "Keep the change", Note: whoReads,
			Filled: w.filled(), Record: string(w.ID),
		}, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := own(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if w.Experiment, err = w.plan(c); err != nil {
			return chat.Outcome{}, err
		}
		w.rhythm = rhythmOf(w.Experiment, w.person, w.cohort)
		if w, err = w.keep(tx, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		text := "Changed."
		if w.State == Going {
			text += " " + w.aheadWords(c.Now)
		}
		return chat.Say(text, chat.Button{Label: "Show it", Command: showPath, Record: string(w.ID)}), nil
	}
	return d
}

func whenDeed() deeds.Deed {
	d := deed(whenPath, "Choose the hour of your check-ins, and put off the next", chat.Anyone, false, hourField, fromField)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := mine(tx, c)
		if err != nil || c.Given.Has("hour") || c.Given.Has("from") {
			return nil, err
		}
		return &chat.Form{
			Title: "When it suits you", Fields: []chat.Field{hourField, fromField}, Submit: "Keep it", Record: string(w.ID),
			Intro:  w.aheadWords(c.Now) + " Which days of the week you work, you say with `/settings workdays`.",
			Filled: chat.Answers{"hour": chat.Given(w.Hour.Clock())}, Note: "Nobody else sees this.",
		}, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := mine(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if c.Given.Has("hour") {
			hour, err := schedules.ParseTimeOfDay(c.Given.Text("hour"))
			if err != nil {
				return chat.Outcome{}, deeds.RefuseField("hour", "I couldn't read “%s” as a time of day. Try “4pm” or “12:30”.", chat.Plain(c.Given.Text("hour")))
			}
			w.Experiment = w.at(hour, c.Person)
		}
		if c.Given.Has("from") {
			if w.First, err = notBefore(c, w.rhythm); err != nil {
				return chat.Outcome{}, err
			}
		}
		w.rhythm = rhythmOf(w.Experiment, w.person, w.cohort)
		if w, err = w.keep(tx, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("Done. " + w.aheadWords(c.Now)), nil
	}
	return d
}
