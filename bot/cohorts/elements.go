package cohorts

import (
	"slices"
	"strconv"

	"cohortbot/bot/programmes"
)

// Element is a part of a cohort's programme that can be looked back on by itself,
// and kept, changed or dropped for the next cohort.
type Element struct {
	ID    string // names it within the cohort for ever: a week's id, "with-" and an activity, "phase-" and its place, or "rhythm"
	Title string // one line, as it was typed: no mark-up is read
	Ended bool   // what comes after it has begun, or nothing does
	Fixed bool   // it can be changed and not dropped: without it there is no programme
}

// The ids of elements that are no weeks.
const (
	activityElement = "with-"
	phaseElement    = "phase-"
	rhythmElement   = "rhythm"
)

// activityTitles are what people call the activities, looking back. Looking back
// itself is none of them.
var activityTitles = map[programmes.Activity]string{
	programmes.DoExperiment: "Experiments of our own",
	programmes.DoStory:      "Telling the story of an experiment",
	programmes.DoStar:       "Filling in stars",
	programmes.DoRehearsal:  "Practising a tool",
	programmes.DoPairs:      "Meeting in twos and threes",
	programmes.DoGoals:      "Goals of the group",
	programmes.DoThink:      "Questions to think about",
	programmes.DoGift:       "Leaving something for the next cohort",
}

// Elements gives the elements of a cohort's programme in the order in which it
// comes to them: each week, an activity after the first week that offers it, a
// phase after its last week, and the rhythm.
func Elements(c Cohort, dates []Dated) []Element {
	ended := endedWeeks(c, dates)
	var all []Element
	var seen []programmes.Activity
	for i, d := range dates {
		if d.Skipped {
			continue
		}
		all = append(all, Element{ID: string(d.ID), Title: d.Heading(), Ended: ended(d)})
		for _, a := range d.With {
			title, known := activityTitles[a]
			if known && !slices.Contains(seen, a) {
				seen = append(seen, a)
				all = append(all, Element{ID: activityElement + string(a), Title: title, Ended: ended(d)})
			}
		}
		rest := dates[i+1:]
		more := slices.ContainsFunc(rest, func(x Dated) bool { return !x.Skipped && x.Phase == d.Phase })
		if n := slices.IndexFunc(c.Programme.Phases, func(p programmes.Phase) bool { return p.ID == d.Phase }); n >= 0 && !more {
			all = append(all, Element{ID: phaseElement + strconv.Itoa(n), Title: "The phase: " + c.Programme.Phases[n].Title, Ended: ended(d)})
		}
	}
	if len(all) > 0 {
		_, begun := Current(dates)
		_, ahead := Next(dates)
		all = append(all, Element{ID: rhythmElement, Title: "The rhythm: " + c.Rhythm.Words(), Ended: begun && (!ahead || c.State == Ended), Fixed: true})
	}
	return all
}

// endedWeeks tells of a week whether it is over: another has gone out since, or
// none is to come.
func endedWeeks(c Cohort, dates []Dated) func(Dated) bool {
	current, _ := Current(dates)
	_, ahead := Next(dates)
	return func(d Dated) bool {
		return d.Gone() && (d.ID != current.ID || !ahead || c.State == Ended)
	}
}
