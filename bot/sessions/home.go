package sessions

import (
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// homeShows is how many coming sessions stand in somebody's home.
const homeShows = 2

// fresh is how long the notes of a session stand in the home of who could catch
// up with it.
const fresh = 14 * 24 * time.Hour

// home is what somebody sees of the sessions of a cohort.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	next, err := UpcomingFor(tx, cohorts.ID(c.Cohort), c.Person.ID, c.Now, homeShows)
	if err != nil {
		return g, err
	}
	for _, s := range next {
		g.Lines = append(g.Lines, chat.Plain(s.Title)+": "+chat.Time(s.Start(), schedules.Words(s.Start(), c.Zone, c.Now))+".")
	}
	if ok, err := cohorts.InCommunity(tx, c.Cohort, c.Role); err != nil {
		return g, err
	} else if ok {
		g.Buttons = append(g.Buttons, chat.Button{Label: "Plan a session", Command: "session schedule", Record: c.Cohort})
	}
	finds, err := openFinds(tx, cohorts.ID(c.Cohort), c.Now)
	if err != nil {
		return g, err
	}
	for _, f := range finds {
		if said, err := Suiting.Has(tx, suitsID(f.ID, c.Person.ID)); err != nil {
			return g, err
		} else if !said {
			g.Lines = append(g.Lines, "Someone is looking for a time for "+chat.Plain(f.Title)+".")
			g.Buttons = append(g.Buttons, chat.Button{Label: "Mark what suits", Command: suitsPath, Record: string(f.ID)})
		}
	}
	last, err := past(tx, cohorts.ID(c.Cohort), c.Now, 1, func(s Session) bool { return s.Notes != nil && s.For(c.Person.ID) })
	if err != nil || len(last) == 0 || last[0].Start().Before(c.Now.Add(-fresh)) {
		return g, err
	}
	a, _, err := Attendees.Find(tx, AttendeeID(last[0].ID, c.Person.ID))
	if err == nil && a.Presence != Present && a.Presence != CaughtUp {
		g.Lines = append(g.Lines, "The notes of "+chat.Plain(last[0].Title)+" are there to read.")
		g.Buttons = append(g.Buttons, catchUpButton(last[0].ID))
	}
	return g, err
}

// panel is what the facilitators of a cohort see of its sessions.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	next, err := Upcoming(tx, cohorts.ID(c.Cohort), c.Now, 1)
	if err != nil {
		return g, err
	}
	for _, s := range next {
		tally, err := TallyOf(tx, s)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, fmt.Sprintf("**Next session:** %s, %s; %d coming, %d maybe.", chat.Plain(s.Title), chat.Time(s.Start(), schedules.Words(s.Start(), c.Zone, c.Now)), tally.Yes, tally.Maybe))
	}
	finds, err := openFinds(tx, cohorts.ID(c.Cohort), c.Now)
	if err != nil {
		return g, err
	}
	for _, f := range finds {
		s, err := standingOf(tx, f)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, "**Finding a time:** "+chat.Plain(f.Title)+". "+saidSoFar(s.answered()))
		g.Buttons = append(g.Buttons, chat.Button{Label: "Pick a time", Command: pickPath, Record: string(f.ID)})
	}
	last, err := past(tx, cohorts.ID(c.Cohort), c.Now, 1, func(s Session) bool { return len(s.People) == 0 })
	if err != nil || len(last) == 0 || last[0].Notes != nil || last[0].Start().Before(c.Now.Add(-fresh)) {
		return g, err
	}
	g.Lines = append(g.Lines, "**No notes yet:** "+chat.Plain(last[0].Title)+".")
	g.Buttons = append(g.Buttons, writeNotesButton(last[0].ID))
	return g, nil
}

// Next tells somebody who joins a cohort when it meets next; nothing where no
// session is planned that they can come to.
func Next(tx store.Tx, c cohorts.Cohort, p people.Person, now time.Time) (deeds.Glance, error) {
	next, err := UpcomingFor(tx, c.ID, p.ID, now, 1)
	if err != nil || len(next) == 0 {
		return deeds.Glance{}, err
	}
	s := next[0]
	text := "The group meets next for " + s.name() + ", " + inTheirs(p, c, s.Start(), now) + ", for " + lasts(s.Minutes) + "." + s.place()
	if !s.Start().After(now) {
		text = "The group is meeting just now for " + s.name() + "." + s.place()
	}
	return deeds.Glance{Lines: []string{text}, Buttons: s.answers()[:2]}, nil
}
