package thread

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// What stands before an id in the choices of the form.
const (
	aWeek    = "week/"
	aSession = "session/"
)

// The most that the form offers to choose from; for the rest there is the day.
const (
	weeksOffered    = 16
	sessionsOffered = 6
)

var dayField = chat.Field{Name: "day", Label: "Or on a day", Kind: chat.Text, Max: 100, Example: "5 Nov", Hint: "In your words, such as “thursday”. It counts instead of the choice above."}

// promiseForm asks when something comes back: the weeks and the sessions to
// choose from, or a day in words.
func promiseForm(tx store.Tx, coming Coming, c deeds.Call, cohort cohorts.Cohort) (*chat.Form, error) {
	_, _, dates, err := cohorts.Load(tx, cohort.ID)
	if err != nil {
		return nil, err
	}
	var options []chat.Option
	for _, d := range dates {
		if d.Ahead() && !d.On.IsZero() && len(options) < weeksOffered {
			options = append(options, chat.Option{Value: aWeek + string(d.ID), Label: chat.Short(d.Heading(), 70)})
		}
	}
	next, err := coming(tx, cohort.ID, c.Now)
	if err != nil {
		return nil, err
	}
	for _, o := range next[:min(len(next), sessionsOffered)] {
		on := ", " + schedules.DateOf(o.Start.In(cohort.Zone.Location())).Short()
		options = append(options, chat.Option{Value: aSession + o.ID, Label: chat.Short(o.Title, 40) + on})
	}
	f := &chat.Form{Filled: chat.Answers{}}
	back := chat.Field{Name: "back", Label: "When it comes back", Kind: chat.Choice, Options: options}
	switch {
	case len(options) == 0: // nothing is ahead but days
		day := dayField
		day.Label, day.Hint = "When it comes back", "In your words, such as “thursday”"
		f.Fields = []chat.Field{day}
		f.Filled["day"] = chat.Given(c.Given.Text("back"))
		return f, nil
	case c.Given.Has("back"):
		f.Filled["back"], f.Filled["day"] = chat.Answer{}, chat.Answer{}
		if p, err := read(tx, coming, c, cohort, c.Given.Text("back"), "back"); err == nil && p.Day.IsZero() {
			f.Filled["back"] = chat.Given(p.choice())
		} else {
			f.Filled["day"] = chat.Given(c.Given.Text("back"))
		}
	default:
		f.Filled["back"] = chat.Given(options[0].Value)
	}
	f.Fields = []chat.Field{back, dayField}
	return f, nil
}

// choice gives the promise as the form's options name it.
func (p Promise) choice() string {
	if p.Week != "" {
		return aWeek + string(p.Week)
	}
	return aSession + p.Session
}

// promised reads the promise that was given: the day, if one is there, else what
// was chosen or typed.
func promised(tx store.Tx, coming Coming, c deeds.Call, cohort cohorts.Cohort) (Promise, error) {
	if c.Given.Has("day") {
		return read(tx, coming, c, cohort, c.Given.Text("day"), "day")
	}
	if !c.Given.Has("back") {
		return Promise{}, deeds.RefuseField("back", "When does it come back? A week of the plan, a session or a day, such as “week 7” or “5 Nov”.")
	}
	return read(tx, coming, c, cohort, c.Given.Text("back"), "back")
}

var weekTyped = regexp.MustCompile(`(?i)^(the )?(next week|(week|wk\.?)? *#?\d{1,2})$`)

// read understands what people write: "week 7", "next session", "the harbour
// walk", "5 Nov".
func read(tx store.Tx, coming Coming, c deeds.Call, cohort cohorts.Cohort, text, field string) (Promise, error) {
	_, _, dates, err := cohorts.Load(tx, cohort.ID)
	if err != nil {
		return Promise{}, err
	}
	next, err := coming(tx, cohort.ID, c.Now)
	if err != nil {
		return Promise{}, err
	}
	if id, ok := strings.CutPrefix(text, aSession); ok {
		if i := slices.IndexFunc(next, func(o Occasion) bool { return o.ID == id }); i >= 0 {
			return forSession(next[i]), nil
		}
		return Promise{}, deeds.RefuseField(field, "That session is over or called off. Choose another, or a week.")
	}
	if id, ok := strings.CutPrefix(text, aWeek); ok {
		d, err := cohorts.TypedWeek(dates, id, field)
		return forWeek(d, field, err)
	}
	if weekTyped.MatchString(text) {
		d, err := cohorts.TypedWeek(dates, strings.TrimPrefix(strings.ToLower(text), "the "), field)
		return forWeek(d, field, err)
	}
	said := strings.ToLower(text)
	if strings.Contains(said, "session") && len(next) == 0 {
		return Promise{}, deeds.RefuseField(field, "No session is planned. /session schedule plans one, or name a week or a day, such as “week 7”.")
	}
	for _, o := range next {
		if title := strings.ToLower(o.Title); said == "session" || said == "next session" || said == "the next session" || title == said || strings.Contains(title, said) {
			return forSession(o), nil
		}
	}
	day, fault := onDay(tx, c, cohort, text, field)
	if fault == nil {
		return day, nil
	}
	if d, err := cohorts.TypedWeek(dates, text, field); err == nil {
		return forWeek(d, field, nil)
	}
	return Promise{}, fault
}

func forSession(o Occasion) Promise {
	return Promise{Session: o.ID, Title: o.Title, Due: o.Start}
}

func forWeek(d cohorts.Dated, field string, err error) (Promise, error) {
	switch {
	case err != nil:
		return Promise{}, err
	case d.Gone():
		return Promise{}, deeds.RefuseField(field, "%s has gone out already. Choose one that is still to come, or a day.", d.Label())
	case d.Skipped:
		return Promise{}, deeds.RefuseField(field, "%s is left out of the plan. Choose another week, or a day.", chat.Plain(d.Title))
	}
	return Promise{Week: d.ID}, nil
}

// onDay reads a day as people write it.
func onDay(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, text, field string) (Promise, error) {
	r := deeds.Reading{Tx: tx, Now: c.Now, Zone: cohort.Zone, Workspace: cohort.Place.Workspace}
	given, faults, err := r.Understand([]chat.Field{{Name: field, Kind: chat.Date}}, chat.Answers{field: chat.Given(text)})
	if err != nil {
		return Promise{}, err
	}
	if say, wrong := faults[field]; wrong {
		return Promise{}, deeds.RefuseField(field, "%s A week of the plan or a session will do as well: “week 7”, “next session”.", say)
	}
	day := given[field].Date
	today := cohort.Today(c.Now)
	switch {
	case !today.Before(day):
		return Promise{}, deeds.RefuseField(field, "%s is not ahead. Name a day from tomorrow on.", day.Long())
	case today.DaysUntil(day) > 366:
		return Promise{}, deeds.RefuseField(field, "%s is more than a year away. Choose an earlier day.", day.Long())
	}
	return Promise{Day: day, Due: schedules.Wall{Date: day, Time: remindAt}.In(cohort.Zone)}, nil
}

// promiseWords says when something comes back, to stand inside a sentence: "on
// Thursday 5 November", "in Week 7 · The star, Monday 2 March".
func promiseWords(tx store.Tx, p Parked, now time.Time) (string, error) {
	c, _, dates, err := cohorts.Load(tx, p.Cohort)
	if err != nil {
		return "", err
	}
	switch {
	case p.Session != "":
		return "in **" + chat.Plain(p.Title) + "**, " + chat.Time(p.Due, schedules.Words(p.Due, c.Zone, now)), nil
	case p.Week == "":
		return "on " + dayWords(p.Day, now.In(c.Zone.Location()).Year()), nil
	}
	d, ok := cohorts.Find(dates, p.Week)
	switch {
	case !ok || d.Skipped:
		return "in a week that has been left out since, so it needs another time", nil
	case d.On.IsZero() || c.State != cohorts.Open && !d.Gone():
		return "in **" + d.Label() + "**", nil
	}
	return "in **" + d.Label() + "**, " + dayWords(d.On.Date, now.In(c.Zone.Location()).Year()), nil
}

// dayWords names a day, with its year where it is not this one.
func dayWords(d schedules.Date, year int) string {
	words := d.Long()
	if d.Year == year {
		words = words[:len(words)-len(" 2006")]
	}
	return words
}
