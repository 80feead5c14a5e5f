package evidence

import (
	"slices"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Coverage is what evidence there is for a framework. Doing and knowing are
// covered apart; values are a lens to look through, and never counted as missing.
type Coverage struct {
	Framework frameworks.Framework
	Do        []Line
	Know      []Line
	Lens      []Line
}

// Line is the evidence for one item of a framework.
type Line struct {
	Item  frameworks.Item
	Items []ID // of the evidence, the oldest first
}

// Covered counts the lines that have evidence.
func Covered(lines []Line) int {
	n := 0
	for _, l := range lines {
		if len(l.Items) > 0 {
			n++
		}
	}
	return n
}

// Gaps gives what has no evidence yet.
func Gaps(lines []Line) []frameworks.Item {
	var gaps []frameworks.Item
	for _, l := range lines {
		if len(l.Items) == 0 {
			gaps = append(gaps, l.Item)
		}
	}
	return gaps
}

// Coverage gives what these items are evidence for. What was tagged by a framework
// that another has taken the place of counts for the items that took the place of
// the old ones.
func (l Library) Coverage(f frameworks.Framework, items []Item) Coverage {
	c := Coverage{Framework: f, Do: lines(f, frameworks.Do), Know: lines(f, frameworks.Know), Lens: lines(f, frameworks.Lens)}
	for _, i := range items {
		for _, id := range l.In(f, i.Tags) {
			for _, part := range [][]Line{c.Do, c.Know, c.Lens} {
				n := slices.IndexFunc(part, func(x Line) bool { return x.Item.ID == id })
				if n >= 0 {
					part[n].Items = append(part[n].Items, i.ID)
				}
			}
		}
	}
	return c
}

func lines(f frameworks.Framework, how frameworks.Covers) []Line {
	var all []Line
	for _, item := range f.Covering(how) {
		all = append(all, Line{Item: item})
	}
	return all
}

// In gives the items of a framework that tags stand for, each once: its own, and
// those that took the place of the items of an older framework.
func (l Library) In(f frameworks.Framework, tags []Tag) []string {
	var ids []string
	for _, t := range tags {
		now := []string{t.Item}
		if t.Framework != f.ID {
			old, ok := l.Framework(t.Framework)
			if !ok || old.SupersededBy.Framework != f.ID {
				continue
			}
			now = old.Now(t.Item)
		}
		for _, id := range now {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// FewestShown is how many people have to keep tagged evidence before a group's
// coverage is shown to its facilitators: of fewer, it could be guessed whose it is.
const FewestShown = 5

// GroupCoverage is how many people of a group have evidence for each item. It
// names nobody.
type GroupCoverage struct {
	Framework frameworks.Framework
	People    int // who have tagged something by this framework
	Do        []Count
	Know      []Count
}

// Count is how many people have evidence for an item.
type Count struct {
	Item   frameworks.Item
	People int
}

// OfGroup gives the coverage of a group's learners; false where fewer than
// [FewestShown] of them have tagged anything.
func (l Library) OfGroup(tx store.Tx, c cohorts.ID, f frameworks.Framework) (GroupCoverage, bool, error) {
	group, err := cohorts.Group(tx, c)
	if err != nil {
		return GroupCoverage{}, false, err
	}
	g := GroupCoverage{Framework: f, Do: counts(f, frameworks.Do), Know: counts(f, frameworks.Know)}
	for _, m := range group {
		if !m.Learner() {
			continue
		}
		had, err := l.coveredBy(tx, m.Person, f)
		if err != nil {
			return GroupCoverage{}, false, err
		}
		if len(had) > 0 {
			g.People++
		}
		for _, part := range [][]Count{g.Do, g.Know} {
			for i := range part {
				if slices.Contains(had, part[i].Item.ID) {
					part[i].People++
				}
			}
		}
	}
	if g.People < FewestShown {
		return GroupCoverage{}, false, nil
	}
	return g, true, nil
}

// coveredBy gives the items that somebody has evidence for.
func (l Library) coveredBy(tx store.Tx, p people.ID, f frameworks.Framework) ([]string, error) {
	items, err := Items(tx, p)
	if err != nil {
		return nil, err
	}
	var tags []Tag
	for _, i := range items {
		tags = append(tags, i.Tags...)
	}
	return l.In(f, tags), nil
}

func counts(f frameworks.Framework, how frameworks.Covers) []Count {
	var all []Count
	for _, item := range f.Covering(how) {
		all = append(all, Count{Item: item})
	}
	return all
}
