package experiments

import (
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const (
	dayJob  = "experiment day"  // the next check-in of one experiment, or the end of its days
	tellJob = "experiment tell" // something for one person that waits until it suits them
)

// lookEvery is how often an experiment is looked at while it waits: somebody who
// comes back from leave early, moves, or changes their week finds it in step.
const lookEvery = 6 * time.Hour

func dayKey(e ID) string { return "experiment/" + string(e) }

// whole is all that an experiment is about.
type whole struct {
	Experiment
	cohort cohorts.Cohort
	person people.Person
	rhythm rhythm
	here   bool // the person is in the cohort
}

func load(tx store.Tx, id ID) (w whole, err error) {
	if w.Experiment, err = Table.Get(tx, id); err != nil {
		return w, err
	}
	return with(tx, w.Experiment)
}

// with adds to an experiment what it is about.
func with(tx store.Tx, e Experiment) (w whole, err error) {
	w.Experiment = e
	if w.cohort, err = cohorts.Get(tx, e.Cohort); err != nil {
		return w, err
	}
	if w.person, err = people.Table.Get(tx, e.Person); err != nil {
		return w, err
	}
	w.rhythm = rhythmOf(e, w.person, w.cohort)
	_, w.here, err = cohorts.MemberOf(tx, w.Cohort, w.Person)
	return w, err
}

// Begin keeps a new experiment and lets its check-ins come.
func Begin(tx store.Tx, e Experiment, now time.Time) error {
	w, err := with(tx, e)
	if err != nil {
		return err
	}
	_, err = w.keep(tx, now)
	return err
}

// keep stores an experiment as it stands now. The caller tells the person on which
// days the check-ins come that are ahead.
func (w whole) keep(tx store.Tx, now time.Time) (whole, error) {
	w.Told = nil
	if w.State == Going {
		w.Told = w.ahead(w.rhythm, now)
	}
	if err := outbox.Touch(tx, walkKind, string(w.ID)); err != nil {
		return w, err
	}
	return w, w.put(tx, now)
}

// put stores an experiment and sets its job.
func (w whole) put(tx store.Tx, now time.Time) error {
	if err := Table.Put(tx, w.ID, w.Experiment); err != nil {
		return err
	}
	return w.wake(tx, now)
}

// wake sets the job of an experiment.
func (w whole) wake(tx store.Tx, now time.Time) error {
	if w.State != Going {
		return jobs.Drop(tx, dayKey(w.ID))
	}
	due := now.Add(lookEvery)
	if d, ok := w.rhythm.upcoming(w.following(), now); ok && w.rhythm.at(d).Before(due) {
		due = w.rhythm.at(d)
	}
	return jobs.Set(tx, jobs.Job{
		Key: dayKey(w.ID), Kind: dayJob, Record: string(w.ID), Cohort: string(w.Cohort), Due: due,
	})
}

// comeDay brings the check-in whose time has come, or the end after the last one.
// It reads everything again: the days may have moved on.
//
// Check-ins take nothing from the weekly budget of reminders: the person asked
// for each of them by starting, at an hour that they chose, and stops them with
// one button.
func comeDay(tx store.Tx, j jobs.Job, now time.Time) error {
	w, err := load(tx, ID(j.Record))
	if err != nil || w.State != Going {
		return ignoreMissing(err)
	}
	if !w.here || w.cohort.State == cohorts.Deleted {
		return nil // what they wrote stays theirs, and nothing more comes
	}
	// As it stood when this should have run: after a standstill that is earlier.
	d, ok := w.rhythm.upcoming(w.following(), j.Due)
	if !ok || w.rhythm.at(d).After(now) || !w.rhythm.useful(d, now) {
		return w.wake(tx, now)
	}
	if w.cohort.State == cohorts.Paused {
		j.Due = now.Add(lookEvery)
		return jobs.Set(tx, j)
	}
	if w.Asked == w.Days {
		if w, err = w.end(tx, Done, now); err != nil {
			return err
		}
		return outbox.Say(tx, outbox.Item{
			Key: overKey(w.Experiment), Kind: overKind, Record: string(w.ID), Cohort: string(w.Cohort),
			Person: string(w.Person), Place: w.person.Direct(w.cohort.Place.Workspace), Silent: true,
		}, now)
	}
	w, _, err = w.ask(tx, d, now)
	if err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: "experiment/" + DayID(w.ID, w.Asked), Kind: dayKind, Record: DayID(w.ID, w.Asked), Cohort: string(w.Cohort),
		Person: string(w.Person), Place: w.person.Direct(w.cohort.Place.Workspace), Silent: true,
		Until: schedules.Wall{Date: d.AddDays(1)}.In(w.rhythm.zone),
	}, now)
}

// Back lets the check-ins of an experiment come again for somebody who left the
// cohort in the middle of it and joins again, and tells them so; nothing for anybody
// else.
func Back(tx store.Tx, c cohorts.Cohort, p people.Person, now time.Time) (deeds.Glance, error) {
	e, ok, err := going(tx, c.ID, p.ID)
	if err != nil || !ok {
		return deeds.Glance{}, err
	}
	if waits, err := jobs.Table.Has(tx, dayKey(e.ID)); err != nil || waits {
		return deeds.Glance{}, err
	}
	w, err := with(tx, e)
	if err != nil {
		return deeds.Glance{}, err
	}
	if w, err = w.keep(tx, now); err != nil {
		return deeds.Glance{}, err
	}
	return deeds.Glance{
		Lines:   []string{"Your experiment goes on where it stood. " + w.aheadWords(now)},
		Buttons: []chat.Button{{Label: "My experiment", Command: showPath, Record: string(e.ID)}},
	}, nil
}

// ask opens the next check-in on a day.
func (w whole) ask(tx store.Tx, d schedules.Date, now time.Time) (whole, Day, error) {
	day := Day{Experiment: w.ID, Number: w.Asked + 1, On: d, Asked: now, Moved: w.moved(w.rhythm, d)}
	if err := Days.Put(tx, DayID(w.ID, day.Number), day); err != nil {
		return w, day, err
	}
	w.Asked, w.Last = day.Number, d
	if day.Moved != "" { // which is said with it
		w.Told = w.ahead(w.rhythm, now)
	} else if len(w.Told) > 0 {
		w.Told = w.Told[1:]
	}
	err := w.put(tx, now)
	if err != nil {
		return w, day, err
	}
	switch day.Number {
	case 1:
		err = w.noteTo(tx, atStart, now)
	case (w.Days + 1) / 2:
		err = w.noteTo(tx, inMiddle, now)
	}
	return w, day, err
}

// end closes an experiment, at its author's wish or because its days are over.
func (w whole) end(tx store.Tx, s State, now time.Time) (whole, error) {
	w.State, w.Ended = s, now
	w, err := w.keep(tx, now)
	if err != nil {
		return w, err
	}
	for n := range w.Asked { // the check-ins no longer offer to stop
		if err := outbox.Touch(tx, dayKind, DayID(w.ID, n+1)); err != nil {
			return w, err
		}
	}
	return w, w.noteTo(tx, atEnd, now)
}

// tellWhenFit says something to a person that other people brought about, when it
// suits: after their quiet hours and their leave. It is no reminder and takes
// nothing from their budget.
func tellWhenFit(tx store.Tx, c cohorts.Cohort, i outbox.Item, now time.Time) error {
	p, err := people.Table.Get(tx, people.ID(i.Person))
	if err != nil {
		return ignoreMissing(err)
	}
	_, here, err := cohorts.MemberOf(tx, c.ID, p.ID)
	if err != nil || !here || c.State == cohorts.Deleted {
		return err
	}
	due := fit(p, p.ZoneOr(c.Zone), now)
	if due.After(now) {
		return jobs.Set(tx, jobs.Job{
			Key: tellJob + "/" + i.Key, Kind: tellJob, Record: i.Record, Cohort: string(c.ID), Due: due,
			Page: i.Kind + " for " + i.Person,
		})
	}
	i.Cohort, i.Place, i.Silent = string(c.ID), p.Direct(c.Place.Workspace), true
	return outbox.Say(tx, i, now)
}

// fit gives when to write to somebody of their own affairs: now, or after their
// quiet hours and their leave.
func fit(p people.Person, z schedules.Zone, now time.Time) time.Time {
	t := p.Quiet.Open(now, z)
	for range len(p.Leave) + 1 {
		away, ok := p.Leave.On(schedules.DateOf(t.In(z.Location())))
		if !ok {
			break
		}
		t = p.Quiet.Open(schedules.Wall{Date: away.To.AddDays(1)}.In(z), z)
	}
	return t
}

func tell(tx store.Tx, j jobs.Job, now time.Time) error {
	c, err := cohorts.Get(tx, cohorts.ID(j.Cohort))
	if err != nil {
		return ignoreMissing(err)
	}
	kind, person, _ := strings.Cut(j.Page, " for ")
	return tellWhenFit(tx, c, outbox.Item{
		Key: j.Key[len(tellJob)+1:], Kind: kind, Record: j.Record, Person: person,
	}, now)
}
