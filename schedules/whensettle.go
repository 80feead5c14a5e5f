package schedules

import (
	"fmt"
)

// settle turns what the words said into a date and a time, or gives the problem.
func (r *whenReading) settle() (When, string) {
	loc := r.zone.Location()
	now := WallOf(r.now.In(loc))
	w := When{Zone: r.zone}
	dated := r.hasDate || r.shift != nil || r.weekday != nil || r.nextWeek || r.next || r.last
	if r.midnight {
		return w, `"midnight" could be either end of the day, so write "00:00" or "11:59 pm"`
	}
	if r.exact != nil || r.at != nil {
		if dated || r.clock != nil || r.exact != nil && r.at != nil {
			return w, "it says two times"
		}
		t := r.now
		if r.at != nil {
			t = *r.at
		} else {
			t = t.Add(*r.exact)
		}
		w.Wall, w.HasTime = WallOf(t.In(loc)), true
		return w, tooFar(w.Wall.Date)
	}
	if r.clock != nil {
		var problem string
		if w.Wall.Time, problem = r.time(); problem != "" {
			return w, problem
		}
		w.HasTime = true
	}
	// over says that d, or the time on d, is behind us.
	over := func(d Date) bool {
		if w.HasTime {
			return !Wall{d, w.Wall.Time}.In(r.zone).After(r.now)
		}
		return d.Before(now.Date)
	}
	var problem string
	switch {
	case r.hasDate && r.shift != nil:
		return w, "it names two days"
	case (r.next || r.nextWeek) && (r.weekday == nil || r.hasDate || r.shift != nil):
		return w, "next what? Name the day of the week"
	case r.last && (r.weekday == nil || r.hasDate || r.shift != nil || r.next || r.nextWeek):
		return w, "last what? Name the day of the week"
	case r.last: // the latest that is over: last Friday on a Friday is a week ago
		w.Wall.Date = now.Date.AddDays(-1 - int(now.Date.Weekday()-*r.weekday+6)%7)
	case r.hasDate:
		w.Wall.Date, problem = r.fillDate(now.Date, over)
	case r.shift != nil:
		w.Wall.Date = now.Date.AddDays(*r.shift)
		problem = r.contradiction(w.Wall.Date)
	case r.next || r.nextWeek:
		w.Wall.Date = monday(now.Date).AddDays(7 + int(*r.weekday+6)%7)
	case r.weekday != nil && r.past:
		w.Wall.Date = now.Date.AddDays(-(int(now.Date.Weekday()-*r.weekday+7) % 7))
	case r.weekday != nil:
		d := now.Date.AddDays(int(*r.weekday-now.Date.Weekday()+7) % 7)
		if over(d) {
			d = d.AddDays(7)
		}
		w.Wall.Date = d
	case w.HasTime:
		d := now.Date
		if over(d) {
			d = d.AddDays(1)
		}
		w.Wall.Date = d
	default:
		return w, "there is no day or time in it"
	}
	if problem == "" {
		problem = tooFar(w.Wall.Date)
	}
	return w, problem
}

// tooFar keeps slips of the finger ("0207-02-01") out of the calendar.
func tooFar(d Date) string {
	if d.Year < 1900 || d.Year > 2199 {
		return "the year should be between 1900 and 2199"
	}
	return ""
}

// time settles which half of the day is meant.
func (r *whenReading) time() (TimeOfDay, string) {
	c := *r.clock
	if r.half == "" {
		return c.daytime(), ""
	}
	t := c.asWritten()
	if !c.sure {
		if t.Hour == 12 && r.half != "pm" {
			return t, `"12" at night could be either end of the day, so write "00:00" or "11:59 pm"`
		}
		if r.half != "am" {
			t.Hour = t.Hour%12 + 12
		}
	}
	if (r.half == "am") != (t.Hour < 12) {
		part := map[string]string{"am": "in the morning", "pm": "in the afternoon or evening", "night": "at night"}[r.half]
		return t, fmt.Sprintf("%s is not %s", t.Clock(), part)
	}
	return t, ""
}

// fillDate finds the year, and the month when only "the 5th" was said.
func (r *whenReading) fillDate(today Date, over func(Date) bool) (Date, string) {
	d := r.date
	if d.Year != 0 {
		return d, r.contradiction(d)
	}
	if r.past {
		return r.lastDate(today)
	}
	if d.Month == 0 {
		for n := range 13 {
			first := Date{today.Year, today.Month, 1}
			first = DateOf(first.midnight().AddDate(0, n, 0))
			if c := (Date{first.Year, first.Month, d.Day}); c.valid() && !over(c) {
				return c, r.contradiction(c)
			}
		}
	}
	for y := today.Year; y <= today.Year+8; y++ { // a leap day can be eight years away
		c := Date{y, d.Month, d.Day}
		if !c.valid() {
			continue
		}
		if over(c) {
			// "Thu 5 Nov" just after it was: the weekday says which year.
			if r.weekday != nil && *r.weekday == c.Weekday() && c.AddDays(30).After(today) {
				return c, ""
			}
			continue
		}
		return c, r.contradiction(c)
	}
	return d, "there is no such date soon"
}

// lastDate finds the year, and the month, of a date that has been.
func (r *whenReading) lastDate(today Date) (Date, string) {
	d := r.date
	for n := range 12 * 9 { // months back; a leap day can be eight years away
		first := DateOf(Date{today.Year, today.Month, 1}.midnight().AddDate(0, -n, 0))
		c := Date{first.Year, first.Month, d.Day}
		if d.Month != 0 && d.Month != first.Month || !c.valid() || c.After(today) {
			continue
		}
		return c, r.contradiction(c)
	}
	return d, "there was no such date lately"
}

// contradiction compares the date with the day of the week that was written.
func (r *whenReading) contradiction(d Date) string {
	if r.weekday == nil || *r.weekday == d.Weekday() {
		return ""
	}
	return fmt.Sprintf("%d %s %d is a %s, not a %s", d.Day, d.Month, d.Year, d.Weekday(), *r.weekday)
}
