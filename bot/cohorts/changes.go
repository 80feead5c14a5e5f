package cohorts

import (
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
)

// This file changes the order and the content of a plan. Each function gives a
// new plan and leaves the old one alone; its error is a refusal for the person
// who asked. What has gone out never changes. What moves dates without touching
// the weeks is in rests.go.

// MaxWeeks is how many weeks a plan may have, skipped ones included: two years
// of a weekly rhythm.
const MaxWeeks = 104

// PracticeTitle is what a week that is put in without a title is called.
const PracticeTitle = "Practice week"

// PracticePrompt is what such a week asks, unless somebody says otherwise: a week
// that is put in on a whim must not hold up the plan for want of a question.
const PracticePrompt = "Nothing new this week. Take something from the weeks before, and do it once more, or for the first time.\n\n**What did you try, and what happened?**"

// Insert puts a week after another one, or at the front where after is empty.
func (p Plan) Insert(after WeekID, w Week) (Plan, error) {
	at := 0
	if after != "" {
		i, err := p.find(after)
		if err != nil {
			return p, err
		}
		at = i + 1
	}
	if at < p.begun() {
		return p, deeds.Refuse(deeds.Conflict, "A week can only come after the ones that have gone out already. The last of those is “%s”.", chat.Plain(p.Weeks[p.begun()-1].Title))
	}
	return p.put(at, w)
}

// put inserts weeks at an index.
func (p Plan) put(at int, weeks ...Week) (Plan, error) {
	if len(p.Weeks)+len(weeks) > MaxWeeks {
		return p, deeds.Refuse(deeds.Invalid, "A plan has room for %d weeks, and that would be %d.", MaxWeeks, len(p.Weeks)+len(weeks))
	}
	for _, w := range weeks {
		if _, err := p.find(w.ID); err == nil {
			return p, deeds.Refuse(deeds.Conflict, "That week is in the plan already.")
		}
	}
	p.Weeks = slices.Insert(slices.Clone(p.Weeks), at, weeks...)
	return p, nil
}

// Skip leaves a week out. It stays in the plan, so that it can come back.
func (p Plan) Skip(id WeekID) (Plan, error) {
	return p.change(id, func(w *Week) { w.Skipped = true })
}

// Unskip brings a week back that was skipped: to its place, or to the front of
// what is ahead where the plan has gone past it.
func (p Plan) Unskip(id WeekID) (Plan, error) {
	i, err := p.find(id)
	if err != nil {
		return p, err
	}
	w := p.Weeks[i]
	if !w.Skipped {
		return p, deeds.Refuse(deeds.Conflict, "“%s” is not left out, so there is nothing to bring back.", chat.Plain(w.Title))
	}
	w.Skipped = false
	begun := p.begun()
	p.Weeks = slices.Delete(slices.Clone(p.Weeks), i, i+1)
	if i < begun {
		i = begun - 1
	}
	p.Weeks = slices.Insert(p.Weeks, i, w)
	return p, nil
}

// Swap lets two weeks change places.
func (p Plan) Swap(a, b WeekID) (Plan, error) {
	i, err := p.ahead(a)
	if err != nil {
		return p, err
	}
	j, err := p.ahead(b)
	if err != nil {
		return p, err
	}
	if i == j {
		return p, deeds.Refuse(deeds.Invalid, "Those are the same week. Name two, such as 4 and 5.")
	}
	p.Weeks = slices.Clone(p.Weeks)
	p.Weeks[i], p.Weeks[j] = p.Weeks[j], p.Weeks[i]
	return p, nil
}

// Stretch adds practice weeks at the end of a phase. ids names them.
func (p Plan) Stretch(phase string, ids ...WeekID) (Plan, error) {
	at := p.endOf(phase)
	if at < 0 {
		return p, deeds.Refuse(deeds.NotFound, "That phase has no weeks in the plan.")
	}
	if at < p.begun() {
		return p, deeds.Refuse(deeds.Conflict, "That phase is over: a later week has gone out already. You could add a week with /plan insert.")
	}
	var weeks []Week
	for _, id := range ids {
		weeks = append(weeks, Week{ID: id, Phase: phase, Title: PracticeTitle, Prompt: PracticePrompt})
	}
	return p.put(at, weeks...)
}

// Shorten skips the last n weeks of a phase.
func (p Plan) Shorten(phase string, n int) (Plan, error) {
	var ahead []int
	for i, w := range p.Weeks {
		if w.Phase == phase && w.Ahead() {
			ahead = append(ahead, i)
		}
	}
	switch {
	case len(ahead) == 0:
		return p, deeds.Refuse(deeds.Conflict, "That phase has no week ahead that could be left out.")
	case n < 1 || n > len(ahead):
		return p, deeds.RefuseField("weeks", "That phase has %s ahead, so it can be shortened by 1 to %d.", weeksCount(len(ahead)), len(ahead))
	}
	p.Weeks = slices.Clone(p.Weeks)
	for _, i := range ahead[len(ahead)-n:] {
		p.Weeks[i].Skipped = true
	}
	return p, nil
}

// Edit writes a week anew. Whether the prompt can be rendered is the caller's to
// try out.
func (p Plan) Edit(id WeekID, title, prompt, strand string) (Plan, error) {
	title = strings.Join(strings.Fields(title), " ")
	if title == "" {
		return p, deeds.RefuseField("title", "A week needs a title, such as “%s”.", PracticeTitle)
	}
	return p.change(id, func(w *Week) { w.Title, w.Prompt, w.Strand = title, strings.TrimSpace(prompt), strand })
}

// Hold keeps a week from going out, and so those after it, until it is released.
func (p Plan) Hold(id WeekID) (Plan, error) {
	i, err := p.ahead(id)
	if err == nil && p.Weeks[i].Held {
		err = deeds.Refuse(deeds.Conflict, "“%s” is held already.", chat.Plain(p.Weeks[i].Title))
	}
	if err != nil {
		return p, err
	}
	return p.change(id, func(w *Week) { w.Held = true })
}

// Release lets a held week go out when its day comes.
func (p Plan) Release(id WeekID) (Plan, error) {
	i, err := p.ahead(id)
	if err == nil && !p.Weeks[i].Held {
		err = deeds.Refuse(deeds.Conflict, "“%s” is not held: it goes out when its day comes.", chat.Plain(p.Weeks[i].Title))
	}
	if err != nil {
		return p, err
	}
	return p.change(id, func(w *Week) { w.Held = false })
}

// change changes one week that is ahead.
func (p Plan) change(id WeekID, do func(*Week)) (Plan, error) {
	i, err := p.ahead(id)
	if err != nil {
		return p, err
	}
	p.Weeks = slices.Clone(p.Weeks)
	do(&p.Weeks[i])
	return p, nil
}

// find gives the index of a week, or a refusal.
func (p Plan) find(id WeekID) (int, error) {
	i := slices.IndexFunc(p.Weeks, func(w Week) bool { return w.ID == id })
	if i < 0 {
		return i, deeds.Refuse(deeds.NotFound, "That week is no longer in the plan. /plan show has the weeks as they are now.")
	}
	return i, nil
}

// ahead gives the index of a week that is ahead, or a refusal that says why it
// is not.
func (p Plan) ahead(id WeekID) (int, error) {
	i, err := p.find(id)
	if err != nil {
		return i, err
	}
	switch w := p.Weeks[i]; {
	case w.Gone():
		err = deeds.Refuse(deeds.Conflict, "“%s” has gone out already, and people may have answered it, so it stays as it is. Weeks ahead can be changed.", chat.Plain(w.Title))
	case w.Skipped:
		err = deeds.Refuse(deeds.Conflict, "“%s” is left out at the moment. Bring it back first with /plan restore.", chat.Plain(w.Title))
	}
	return i, err
}

// begun gives how far the plan has begun: the index after the last week that has
// gone out.
func (p Plan) begun() int {
	for i, w := range slices.Backward(p.Weeks) {
		if w.Gone() {
			return i + 1
		}
	}
	return 0
}

// endOf gives the index after the last week of a phase, or -1.
func (p Plan) endOf(phase string) int {
	for i, w := range slices.Backward(p.Weeks) {
		if w.Phase == phase {
			return i + 1
		}
	}
	return -1
}
