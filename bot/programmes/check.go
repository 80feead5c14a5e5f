package programmes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/yamlfile"
	"cohortbot/schedules"
)

// The limits of a programme. Titles and words are labels of buttons and options;
// a prompt should fit on the screen of a phone.
const (
	MaxTitle  = yamlfile.MaxLine // characters of a title, a word or an id
	MaxPrompt = 1500             // characters of a prompt or a welcome, before it is rendered
	maxText   = 500              // characters of a summary or a requirement
	maxWeeks  = 200
	maxDays   = 30 // of an experiment
	maxHours  = 10_000

	maxScholarships = 1000
	maxOffers       = 3 // of a week: they stand as buttons under its question

	leastPoints, mostPoints = 3, 12 // of a star: fewer make no shape, more cannot be told apart on a phone
	maxPoint                = 30    // characters of what stands at a point
	mostQuestions           = 5     // of a reflection: one page of a form
)

// reader checks what a file of a programme says.
type reader struct{ *yamlfile.Reader }

// check notes what is wrong with the values themselves.
func (r reader) check(p Programme) {
	r.ID(p.ID, "id", "what it is stored under, such as learning-group")
	r.Text(p.Title, "title", MaxTitle, true)
	r.Text(p.Summary, "summary", maxText, true)
	r.Text(p.Members.One, "members.one", MaxTitle, true)
	r.Text(p.Members.Many, "members.many", MaxTitle, true)
	if r.Text(p.Rhythm, "rhythm", MaxTitle, true) {
		if _, err := schedules.ParseRule(p.Rhythm); err != nil {
			r.Note("rhythm", "%v", err)
		}
	}
	weeks := p.Weeks()
	r.template(p.Welcome, "welcome", p.scene(1))
	strands := map[string]string{}
	var ids []string
	for i, s := range p.Strands {
		at := fmt.Sprintf("strands[%d]", i)
		r.ID(s.ID, at+".id", "what weeks name it by, such as ideas")
		r.Twice(ids, s.ID, at+".id", "strand")
		r.Text(s.Title, at+".title", MaxTitle, true)
		strands[s.ID] = s.Title
		ids = append(ids, s.ID)
	}
	if len(p.Phases) == 0 && p.Portfolio.IsZero() {
		r.Note("phases", `A programme needs at least one phase with at least one week. The prompt of a week may be missing until it is written.`)
	}
	if weeks > maxWeeks {
		r.Note("phases", "There are %d weeks; a programme may have %d.", weeks, maxWeeks)
	}
	var phases []string
	n := 0
	for i, ph := range p.Phases {
		at := fmt.Sprintf("phases[%d]", i)
		r.ID(ph.ID, at+".id", "such as start")
		r.Twice(phases, ph.ID, at+".id", "phase")
		phases = append(phases, ph.ID)
		r.Text(ph.Title, at+".title", MaxTitle, true)
		r.Text(ph.Summary, at+".summary", maxText, false)
		if len(ph.Weeks) == 0 {
			r.Note(at+".weeks", "A phase needs at least one week. Its prompt may be missing until it is written.")
		}
		for j, w := range ph.Weeks {
			n++
			at := fmt.Sprintf("%s.weeks[%d]", at, j)
			r.Text(w.Title, at+".title", MaxTitle, true)
			if _, known := strands[w.Strand]; w.Strand != "" && !known && !r.Broken("strands") {
				r.Note(at+".strand", "There is no strand %q. %s", w.Strand, yamlfile.Meant(w.Strand, ids, "Add it under strands, or leave it out."))
			}
			r.template(w.Prompt, at+".prompt", p.scene(n))
			r.offers(w.With, at+".with")
		}
	}
	r.nudges(p.Nudges)
	r.graduate(p.Graduate)
	if d := p.Experiment.Days; d < 0 || d > maxDays {
		r.Note("experiment.days", "An experiment lasts from 1 to %d days. 5 is usual.", maxDays)
	}
	r.peers(p.Peers)
	r.stars(p.Stars)
	r.Text(p.Interest.Ask, "interest.ask", MaxAsk, false)
	if !p.Portfolio.IsZero() {
		r.portfolio(p.Portfolio)
	}
}

func (r reader) offers(with []Activity, path string) {
	var known []string
	for _, a := range Activities {
		known = append(known, string(a))
	}
	if len(with) > maxOffers {
		r.Note(path, "A week offers at most %d things beside its question.", maxOffers)
	}
	for i, a := range with {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !slices.Contains(Activities, a) {
			r.Note(at, "I don't know %q as something to offer. %s", a, yamlfile.Meant(string(a), known, "There are "+strings.Join(known, ", ")+"."))
		} else if slices.Contains(with[:i], a) {
			r.Note(at, "%q stands twice. Once is enough.", a)
		}
	}
}

func (r reader) peers(p Peers) {
	if p.Size != 0 && p.Size != 2 && p.Size != 3 {
		r.Note("peers.size", "2 or 3 people meet. Leave it out for 2.")
	}
	if len(p.Questions) > mostQuestions {
		r.Note("peers.questions", "A peer is asked at most %d questions.", mostQuestions)
	}
	for i, q := range p.Questions {
		r.Text(q, fmt.Sprintf("peers.questions[%d]", i), maxText, true)
	}
}

func (r reader) stars(all []Star) {
	var ids []string
	for i, s := range all {
		at := fmt.Sprintf("stars[%d]", i)
		r.ID(s.ID, at+".id", "such as community")
		r.Twice(ids, s.ID, at+".id", "star")
		ids = append(ids, s.ID)
		r.Text(s.Title, at+".title", MaxTitle, true)
		r.Text(s.About, at+".about", maxText, false)
		if n := len(s.Points); n < leastPoints || n > mostPoints {
			r.Note(at+".points", "A star has %d to %d points; this has %d.", leastPoints, mostPoints, n)
		}
		var points []string
		for j, p := range s.Points {
			at := fmt.Sprintf("%s.points[%d]", at, j)
			r.ID(p.ID, at+".id", "such as trust")
			r.Twice(points, p.ID, at+".id", "point")
			points = append(points, p.ID)
			r.Text(p.Title, at+".title", maxPoint, true)
			r.Text(p.Ask, at+".ask", maxText, false)
		}
	}
}

func (r reader) nudges(n Nudges) {
	if n.After != "" {
		if d, err := schedules.ParseDuration(n.After); err != nil {
			r.Note("nudges.after", "%v", strings.Replace(err.Error(), `"90 min", "1h30" or "2 hours"`, `"3 days"`, 1))
		} else if d < time.Hour || d > 28*24*time.Hour {
			r.Note("nudges.after", `A reminder comes from an hour to four weeks after the prompt. Try "3 days".`)
		}
	}
	if n.Weekly < 0 || n.Weekly > 7 {
		r.Note("nudges.weekly", "At most 7 reminders a week. 1 is kind.")
	}
}

func (r reader) graduate(all []Requirement) {
	ways := []string{string(ByExperiment), string(ByStory), string(ByGift), string(ByFacilitator)}
	var ids []string
	for i, q := range all {
		at := fmt.Sprintf("graduate[%d]", i)
		r.ID(q.ID, at+".id", "such as story")
		r.Twice(ids, q.ID, at+".id", "requirement")
		ids = append(ids, q.ID)
		r.Text(q.Text, at+".text", maxText, true)
		if r.Text(string(q.Done), at+".done", MaxTitle, true) && !slices.Contains(ways, string(q.Done)) {
			r.Note(at+".done", "I don't know %q as a way to know that something was done. %s", q.Done,
				yamlfile.Meant(string(q.Done), ways, "There are "+strings.Join(ways, ", ")+"."))
		}
		if q.Times < 0 || q.Times > 52 {
			r.Note(at+".times", "How many times should be a number from 1 to 52.")
		}
	}
}

// template tries a prompt or a welcome out.
func (r reader) template(text, path string, s Scene) {
	block, indent, ok := r.Block(path)
	for _, f := range tryOut(text, s) {
		if !ok || f.line == 0 {
			r.Note(path, "%s", f.problem)
			continue
		}
		r.Add(block+f.line-1, indent+f.column, "%s", f.problem)
	}
}
