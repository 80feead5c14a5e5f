package experiments

import (
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/schedules"
)

// rhythm says when a person's check-ins can come: on their working days at their
// hour, never on leave and never while the group rests.
type rhythm struct {
	zone   schedules.Zone
	hour   schedules.TimeOfDay
	quiet  schedules.Quiet
	person people.Person
	rests  []schedules.Calendar // of the group
}

func rhythmOf(e Experiment, p people.Person, c cohorts.Cohort) rhythm {
	hour := e.Hour
	if !e.InQuiet && p.Quiet.Has(hour) { // set since: before they begin, that day
		hour = schedules.TimeOfDay{}
		if from := p.Quiet.From.Hour*60 + p.Quiet.From.Minute - beforeQuiet; from > 0 {
			hour = schedules.TimeOfDay{Hour: from / 60, Minute: from % 60}
		}
	}
	return rhythm{
		zone: p.ZoneOr(c.Zone), hour: hour, quiet: p.Quiet, person: p,
		rests: []schedules.Calendar{c.Holidays, c.Breaks},
	}
}

// beforeQuiet is how many minutes before their quiet hours somebody is asked whose
// own hour has come to lie in them.
const beforeQuiet = 30

// Moved is why a check-in came later than the person was told.
type Moved string

// The reasons.
const (
	Away    Moved = "away"    // they were on leave
	Resting Moved = "resting" // the group had a holiday or a break
	Late    Moved = "late"    // something else: their week changed, the group paused, the bot stood still
)

// taken tells what stands against a check-in on a day; empty where it is free.
func (r rhythm) taken(d schedules.Date) Moved {
	if _, away := r.person.Leave.On(d); away {
		return Away
	}
	for _, rest := range r.rests {
		if _, off := rest.On(d); off {
			return Resting
		}
	}
	if !r.person.Works(d.Weekday()) {
		return Late
	}
	return ""
}

// farthest is how many days ahead a free day is looked for.
const farthest = 3 * 366

// next gives the first free day from a day on; false where there is none for
// years.
func (r rhythm) next(from schedules.Date) (schedules.Date, bool) {
	for n := range farthest {
		if d := from.AddDays(n); r.taken(d) == "" {
			return d, true
		}
	}
	return schedules.Date{}, false
}

// at gives the moment of the check-in of a day.
func (r rhythm) at(d schedules.Date) time.Time {
	return schedules.Wall{Date: d, Time: r.hour}.In(r.zone)
}

func (r rhythm) today(now time.Time) schedules.Date {
	return schedules.DateOf(now.In(r.zone.Location()))
}

// upcoming gives the day of the next check-in, not before a day: today as long as
// its hour is still to come.
func (r rhythm) upcoming(from schedules.Date, now time.Time) (schedules.Date, bool) {
	if today := r.today(now); !from.After(today) {
		from = today
		if now.After(r.at(today)) {
			from = today.AddDays(1)
		}
	}
	return r.next(from)
}

// usefulFor is how long after its hour a check-in still comes, when the bot stood
// still: later than that, its day is passed over.
const usefulFor = 4 * time.Hour

// useful tells whether a check-in of a day still makes sense now. At the hour
// itself they chose to be written to, in quiet hours too; what comes late must not
// come in them.
func (r rhythm) useful(d schedules.Date, now time.Time) bool {
	late := now.Sub(r.at(d))
	quiet := r.quiet.Has(schedules.WallOf(now.In(r.zone.Location())).Time)
	return late <= usefulFor && r.today(now) == d && (late < 10*time.Minute || !quiet)
}

// following gives the first day on which the next check-in of an experiment can
// come, whatever speaks against it.
func (e Experiment) following() schedules.Date {
	if e.Last.IsZero() || e.Last.AddDays(1).Before(e.First) {
		return e.First
	}
	return e.Last.AddDays(1)
}

// ahead gives the days of the check-ins that are still to come, as things stand.
func (e Experiment) ahead(r rhythm, now time.Time) []schedules.Date {
	var days []schedules.Date
	from := e.following()
	for range e.Days - e.Asked {
		d, ok := r.upcoming(from, now)
		if !ok {
			break
		}
		days, from = append(days, d), d.AddDays(1)
	}
	return days
}

// moved tells why a check-in comes on a day and not on the one that the person
// was told of; empty where it does.
func (e Experiment) moved(r rhythm, on schedules.Date) Moved {
	if len(e.Told) == 0 || !on.After(e.Told[0]) {
		return ""
	}
	why := Late
	for d := e.Told[0]; d.Before(on); d = d.AddDays(1) {
		switch r.taken(d) {
		case Away:
			return Away
		case Resting:
			why = Resting
		}
	}
	return why
}
