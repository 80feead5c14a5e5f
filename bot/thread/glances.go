package thread

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// home is what somebody sees of the thread: what they are asked for, and what
// the group was promised.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	for row, err := range Shares.By(tx, "author", string(c.Person.ID), c.Cohort) {
		if err != nil {
			return g, err
		}
		s := row.Value
		if !s.Offered() || s.By == s.Author {
			continue
		}
		by, err := people.Table.Get(tx, s.By)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, chat.Plain(by.Name)+" would like to show others what you wrote: “"+chat.Plain(chat.Short(oneLine(s), 80))+"”. That is for you to say.")
		g.Buttons = append(g.Buttons, chat.Button{Label: "Look at it", Command: "thread offer", Record: string(s.ID)})
		break // one question at a time
	}
	lines, _, err := promises(tx, c)
	g.Lines = append(g.Lines, lines...)
	return g, err
}

// panel is what the facilitators see of it.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	lines, any, err := promises(tx, c)
	g := deeds.Glance{Lines: lines}
	if any {
		g.Buttons = []chat.Button{{Label: "What is parked", Command: "thread parked", Record: c.Cohort}}
	}
	return g, err
}

// promises says in a line what is parked; any tells whether something is.
func promises(tx store.Tx, c deeds.Call) (lines []string, any bool, err error) {
	cohort, _, dates, err := cohorts.Load(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return nil, false, err
	}
	all, err := Waiting(tx, cohort.ID)
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	now, err := promisedNow(tx, cohort, dates, c.Now)
	if err != nil {
		return nil, false, err
	}
	line := fmt.Sprintf("**Parked for later:** %d.", len(all))
	if len(now) > 0 {
		line += " Promised for now: " + Names(now)
	}
	return []string{line}, true, nil
}

// Names lists what is parked, the first few by name.
func Names(all []Parked) string {
	var names []string
	for _, p := range all[:min(len(all), 3)] {
		names = append(names, p.Name())
	}
	if n := len(all) - len(names); n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// alsoPromised says beside the preview of a week what was promised for it.
func alsoPromised(tx store.Tx, c cohorts.Cohort, dates []cohorts.Dated, d cohorts.Dated) (string, error) {
	all, err := Promised(tx, c.ID, dates, d.ID)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return "Parked and promised for this week, for your eyes only: " + Names(all), nil
}
