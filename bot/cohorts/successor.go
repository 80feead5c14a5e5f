package cohorts

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Revision is what a facilitator chose for the next cohort, of the elements of
// this one's programme. What it does not name is kept.
type Revision struct {
	By     people.ID `json:"by"`
	At     time.Time `json:"at"`
	Change []string  `json:"change,omitempty"` // ids of elements
	Drop   []string  `json:"drop,omitempty"`
}

// Revisions keeps the last revision of each cohort.
var Revisions = store.NewTable[ID, Revision]("revisions", 1)

// Unwritten is a week of a successor whose question is to be written anew.
type Unwritten struct {
	Title  string
	Prompt string // as it was
}

// Successor gives the programme that the next cohort starts from: the plan as this
// cohort changed it, with the choices applied. What is dropped goes, and with it
// what nobody could do any more; a week that is to change is left without its
// question, so that its facilitator is asked for one in good time. The order of
// the weeks stays.
func Successor(c Cohort, plan Plan, r Revision) (programmes.Programme, []Unwritten) {
	p := c.Programme
	p.Rhythm = c.Rhythm.String()
	p.Phases = nil
	p = without(p, r.Drop)
	var unwritten []Unwritten
	for _, w := range plan.Weeks {
		if w.Skipped || slices.Contains(r.Drop, string(w.ID)) || slices.Contains(r.Drop, phaseID(c, w.Phase)) {
			continue
		}
		week := programmes.Week{Title: oneLine(w.Title), Strand: w.Strand, Prompt: w.Prompt}
		for _, a := range w.With {
			if !slices.Contains(r.Drop, activityElement+string(a)) {
				week.With = append(week.With, a)
			}
		}
		if !slices.ContainsFunc(p.Strands, func(s programmes.Strand) bool { return s.ID == w.Strand }) {
			week.Strand = ""
		}
		if slices.Contains(r.Change, string(w.ID)) {
			unwritten = append(unwritten, Unwritten{week.Title, week.Prompt})
			week.Prompt = ""
		}
		addWeek(&p, c.Programme.Phases, w.Phase, week)
	}
	// What speaks of its place in the plan may come out empty in another one.
	n := 0
	for i := range p.Phases {
		for j := range p.Phases[i].Weeks {
			n++
			week := &p.Phases[i].Weeks[j]
			if !p.ComesOut(week.Prompt, n) {
				unwritten = append(unwritten, Unwritten{week.Title, week.Prompt})
				week.Prompt = ""
			}
		}
	}
	if !p.ComesOut(p.Welcome, 1) {
		p.Welcome = ""
	}
	return p, unwritten
}

// without takes the activities out of a programme that are dropped, and what
// graduating takes of them.
func without(p programmes.Programme, drop []string) programmes.Programme {
	gone := func(a programmes.Activity) bool { return slices.Contains(drop, activityElement+string(a)) }
	if gone(programmes.DoStar) {
		p.Stars = nil
	}
	if gone(programmes.DoPairs) {
		p.Peers = programmes.Peers{}
	}
	if gone(programmes.DoExperiment) {
		p.Experiment = programmes.Experiment{}
	}
	needs := map[programmes.Done]programmes.Activity{
		programmes.ByExperiment: programmes.DoExperiment, programmes.ByStory: programmes.DoStory, programmes.ByGift: programmes.DoGift,
	}
	p.Graduate = slices.DeleteFunc(slices.Clone(p.Graduate), func(q programmes.Requirement) bool {
		a, ok := needs[q.Done]
		return ok && gone(a)
	})
	if len(p.Graduate) == 0 {
		p.Graduate = nil
	}
	return p
}

// addWeek puts a week at the end of a programme, in its phase. A plan may go to
// and fro between phases: each return begins a phase of the same title, since the
// order of the weeks is what counts.
func addWeek(p *programmes.Programme, known []programmes.Phase, phase string, w programmes.Week) {
	i := slices.IndexFunc(known, func(k programmes.Phase) bool { return k.ID == phase })
	last := len(p.Phases) - 1
	switch {
	case last >= 0 && (i < 0 || p.Phases[last].Title == known[i].Title):
		p.Phases[last].Weeks = append(p.Phases[last].Weeks, w)
		return
	case i < 0 && len(known) > 0:
		i = 0
	}
	next := programmes.Phase{ID: "weeks", Title: "Weeks"}
	if i >= 0 {
		next = known[i]
	}
	next.Weeks = []programmes.Week{w}
	base := next.ID
	for n := 2; slices.ContainsFunc(p.Phases, func(x programmes.Phase) bool { return x.ID == next.ID }); n++ {
		next.ID = base + "-" + strconv.Itoa(n)
	}
	p.Phases = append(p.Phases, next)
}

// phaseID gives the element that a phase is.
func phaseID(c Cohort, phase string) string {
	i := slices.IndexFunc(c.Programme.Phases, func(p programmes.Phase) bool { return p.ID == phase })
	if i < 0 {
		return ""
	}
	return phaseElement + strconv.Itoa(i)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
