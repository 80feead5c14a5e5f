package programmes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// The limits of a programme. Titles and words are labels of buttons and options;
// a prompt should fit on the screen of a phone.
const (
	MaxTitle  = 75   // characters of a title, a word or an id
	MaxPrompt = 1500 // characters of a prompt or a welcome, before it is rendered
	maxText   = 500  // characters of a summary or a requirement
	maxWeeks  = 200
	maxDays   = 30 // of an experiment
	maxOffers = 3  // of a week: they stand as buttons under its question

	leastPoints, mostPoints = 3, 12 // of a star: fewer make no shape, more cannot be told apart on a phone
	maxPoint                = 30    // characters of what stands at a point
	mostQuestions           = 5     // of a reflection: one page of a form
)

var idForm = regexp.MustCompile(idPattern)

const idPattern = `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`

// check notes what is wrong with the values themselves.
func (r *reader) check(p Programme) {
	r.id(p.ID, "id", "what it is stored under, such as learning-group")
	r.text(p.Title, "title", MaxTitle, true)
	r.text(p.Summary, "summary", maxText, true)
	r.text(p.Members.One, "members.one", MaxTitle, true)
	r.text(p.Members.Many, "members.many", MaxTitle, true)
	if r.text(p.Rhythm, "rhythm", MaxTitle, true) {
		if _, err := schedules.ParseRule(p.Rhythm); err != nil {
			r.note("rhythm", "%v", err)
		}
	}
	weeks := p.Weeks()
	r.template(p.Welcome, "welcome", p.scene(1))
	strands := map[string]string{}
	var ids []string
	for i, s := range p.Strands {
		at := fmt.Sprintf("strands[%d]", i)
		r.id(s.ID, at+".id", "what weeks name it by, such as ideas")
		r.twice(ids, s.ID, at+".id", "strand")
		r.text(s.Title, at+".title", MaxTitle, true)
		strands[s.ID] = s.Title
		ids = append(ids, s.ID)
	}
	if len(p.Phases) == 0 {
		r.note("phases", `A programme needs at least one phase with at least one week. The prompt of a week may be missing until it is written.`)
	}
	if weeks > maxWeeks {
		r.note("phases", "There are %d weeks; a programme may have %d.", weeks, maxWeeks)
	}
	var phases []string
	n := 0
	for i, ph := range p.Phases {
		at := fmt.Sprintf("phases[%d]", i)
		r.id(ph.ID, at+".id", "such as start")
		r.twice(phases, ph.ID, at+".id", "phase")
		phases = append(phases, ph.ID)
		r.text(ph.Title, at+".title", MaxTitle, true)
		r.text(ph.Summary, at+".summary", maxText, false)
		if len(ph.Weeks) == 0 {
			r.note(at+".weeks", "A phase needs at least one week. Its prompt may be missing until it is written.")
		}
		for j, w := range ph.Weeks {
			n++
			at := fmt.Sprintf("%s.weeks[%d]", at, j)
			r.text(w.Title, at+".title", MaxTitle, true)
			if _, known := strands[w.Strand]; w.Strand != "" && !known && !r.where["strands"].broken {
				r.note(at+".strand", "There is no strand %q. %s", w.Strand, meant(w.Strand, ids, "Add it under strands, or leave it out."))
			}
			r.template(w.Prompt, at+".prompt", p.scene(n))
			r.offers(w.With, at+".with")
		}
	}
	r.nudges(p.Nudges)
	r.graduate(p.Graduate)
	if d := p.Experiment.Days; d < 0 || d > maxDays {
		r.note("experiment.days", "An experiment lasts from 1 to %d days. 5 is usual.", maxDays)
	}
	r.peers(p.Peers)
	r.stars(p.Stars)
}

func (r *reader) offers(with []Activity, path string) {
	var known []string
	for _, a := range Activities {
		known = append(known, string(a))
	}
	if len(with) > maxOffers {
		r.note(path, "A week offers at most %d things beside its question.", maxOffers)
	}
	for i, a := range with {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !slices.Contains(Activities, a) {
			r.note(at, "I don't know %q as something to offer. %s", a, meant(string(a), known, "There are "+strings.Join(known, ", ")+"."))
		} else if slices.Contains(with[:i], a) {
			r.note(at, "%q stands twice. Once is enough.", a)
		}
	}
}

func (r *reader) peers(p Peers) {
	if p.Size != 0 && p.Size != 2 && p.Size != 3 {
		r.note("peers.size", "2 or 3 people meet. Leave it out for 2.")
	}
	if len(p.Questions) > mostQuestions {
		r.note("peers.questions", "A peer is asked at most %d questions.", mostQuestions)
	}
	for i, q := range p.Questions {
		r.text(q, fmt.Sprintf("peers.questions[%d]", i), maxText, true)
	}
}

func (r *reader) stars(all []Star) {
	var ids []string
	for i, s := range all {
		at := fmt.Sprintf("stars[%d]", i)
		r.id(s.ID, at+".id", "such as community")
		r.twice(ids, s.ID, at+".id", "star")
		ids = append(ids, s.ID)
		r.text(s.Title, at+".title", MaxTitle, true)
		r.text(s.About, at+".about", maxText, false)
		if n := len(s.Points); n < leastPoints || n > mostPoints {
			r.note(at+".points", "A star has %d to %d points; this has %d.", leastPoints, mostPoints, n)
		}
		var points []string
		for j, p := range s.Points {
			at := fmt.Sprintf("%s.points[%d]", at, j)
			r.id(p.ID, at+".id", "such as trust")
			r.twice(points, p.ID, at+".id", "point")
			points = append(points, p.ID)
			r.text(p.Title, at+".title", maxPoint, true)
			r.text(p.Ask, at+".ask", maxText, false)
		}
	}
}

func (r *reader) nudges(n Nudges) {
	if n.After != "" {
		if d, err := schedules.ParseDuration(n.After); err != nil {
			r.note("nudges.after", "%v", strings.Replace(err.Error(), `"90 min", "1h30" or "2 hours"`, `"3 days"`, 1))
		} else if d < time.Hour || d > 28*24*time.Hour {
			r.note("nudges.after", `A reminder comes from an hour to four weeks after the prompt. Try "3 days".`)
		}
	}
	if n.Weekly < 0 || n.Weekly > 7 {
		r.note("nudges.weekly", "At most 7 reminders a week. 1 is kind.")
	}
}

func (r *reader) graduate(all []Requirement) {
	ways := []string{string(ByExperiment), string(ByStory), string(ByGift), string(ByFacilitator)}
	var ids []string
	for i, q := range all {
		at := fmt.Sprintf("graduate[%d]", i)
		r.id(q.ID, at+".id", "such as story")
		r.twice(ids, q.ID, at+".id", "requirement")
		ids = append(ids, q.ID)
		r.text(q.Text, at+".text", maxText, true)
		if r.text(string(q.Done), at+".done", MaxTitle, true) && !slices.Contains(ways, string(q.Done)) {
			r.note(at+".done", "I don't know %q as a way to know that something was done. %s", q.Done,
				meant(string(q.Done), ways, "There are "+strings.Join(ways, ", ")+"."))
		}
		if q.Times < 0 || q.Times > 52 {
			r.note(at+".times", "How many times should be a number from 1 to 52.")
		}
	}
}

// meant asks whether the nearest name was meant, or else says what to do.
func meant(typed string, names []string, otherwise string) string {
	if near := chat.Nearest(typed, names); len(near) > 0 {
		return fmt.Sprintf("Did you mean %q?", near[0])
	}
	return otherwise
}

// note adds a fault at the value with this path, or where it is missing, at
// what should hold it.
func (r *reader) note(path, format string, args ...any) {
	at, ok := r.where[path]
	for p := path; !ok && p != ""; at, ok = r.where[p] {
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	if !at.broken {
		r.add(at.line, at.column, format, args...)
	}
}

// text checks a text and tells whether there is a usable one.
func (r *reader) text(s, path string, most int, needed bool) bool {
	name := path[strings.LastIndex(path, ".")+1:]
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "" && needed:
		if _, there := r.where[path]; there {
			r.note(path, "%q is empty. Write something there.", name)
		} else {
			r.note(path, "%q is missing. Add a line that begins with \"%s:\".", name, name)
		}
		return false
	case n > most:
		r.note(path, "%q has %d characters; %d are allowed.", name, n, most)
		return false
	case most == MaxTitle && strings.ContainsAny(s, "\n\r"):
		r.note(path, "%q should be one line.", name)
		return false
	}
	return true
}

func (r *reader) id(s, path, what string) {
	if r.text(s, path, MaxTitle, true) && !idForm.MatchString(s) {
		suggestion := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(s), "-"), "-0123456789")
		if suggestion != "" {
			what = fmt.Sprintf("such as %q", suggestion)
		}
		r.note(path, "%q can't be an id. Use lower-case letters, digits and hyphens, %s.", s, what)
	}
}

func (r *reader) twice(before []string, id, path, what string) {
	if id != "" && slices.Contains(before, id) {
		r.note(path, "There is another %s with the id %q. Give this one its own.", what, id)
	}
}

// template tries a prompt or a welcome out.
func (r *reader) template(text, path string, s Scene) {
	at := r.where[path]
	for _, f := range tryOut(text, s) {
		if at.block == 0 || f.line == 0 {
			r.note(path, "%s", f.problem)
			continue
		}
		indent := 0
		for _, l := range r.lines[min(at.block-1, len(r.lines)):] {
			if rest := strings.TrimLeft(l, " "); strings.TrimSpace(rest) != "" {
				indent = len(l) - len(rest)
				break
			}
		}
		r.add(at.block+f.line-1, indent+f.column, "%s", f.problem)
	}
}
