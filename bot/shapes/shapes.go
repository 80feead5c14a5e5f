// Package shapes shows an instrument as it was filled in: a point for each thing
// that was looked at, drawn where there is enough to draw, and all of it in words,
// once or then and now. Start reading at [Compare].
//
// A shape is a way to look, never a mark: nothing here adds points up or averages
// them.
package shapes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/programmes"
	"cohortbot/schedules"
)

// Scale is the words for how long a point can be, and for one that is longer or
// shorter than it was.
type Scale struct {
	Steps []string // from the first step on; a value of 1 is the first
	More  string   // "longer", as in "longer than before"
	Less  string
}

func (s Scale) step(n int) string { return s.Steps[n-1] }

// Seen is the points as they were at one time: a value from 1 by the point's id. A
// point that was passed over is missing.
type Seen struct {
	At     time.Time
	Values map[string]int
}

// Picture is a shape as it is shown: drawn where there is enough to draw, and all
// of it in words.
type Picture struct {
	Chart *chat.Chart // nil where fewer than three points can be shown: that is no shape
	Words string      // Markdown
}

// moved is a point that is longer or shorter than it was.
type moved struct {
	title     string
	then, now int
}

func (m moved) by() int { return m.now - m.then }

// Compare shows points then and now. Only those that were looked at both times are
// drawn. The zone is the reader's.
func Compare(points []programmes.Point, then, now Seen, s Scale, z schedules.Zone) Picture {
	from, to := days(then.At, now.At, z)
	var changed []moved
	var same, passed, both []programmes.Point
	for _, p := range points {
		a, b := then.Values[p.ID], now.Values[p.ID]
		switch {
		case a == 0 || b == 0:
			passed = append(passed, p)
			continue
		case a == b:
			same = append(same, p)
		default:
			changed = append(changed, moved{p.Title, a, b})
		}
		both = append(both, p)
	}
	slices.SortStableFunc(changed, func(a, b moved) int { return cmp.Compare(abs(b.by()), abs(a.by())) }) // what moved most first
	longer := chosen(changed, func(m moved) bool { return m.by() > 0 })
	shorter := chosen(changed, func(m moved) bool { return m.by() < 0 })

	var lines []string
	if len(longer) > 0 {
		lines = append(lines, first(s.More)+" than on "+from+": "+changes(longer, s)+".")
	}
	if len(shorter) > 0 {
		lines = append(lines, first(s.Less)+" than on "+from+": "+changes(shorter, s)+".")
	}
	if len(same) > 0 {
		var parts []string
		for _, p := range same {
			parts = append(parts, chat.Plain(p.Title)+" ("+s.step(now.Values[p.ID])+")")
		}
		lines = append(lines, "As it was: "+strings.Join(parts, ", ")+".")
	}
	if len(passed) > 0 {
		var parts []string
		for _, p := range passed {
			parts = append(parts, chat.Plain(p.Title)+once(then.Values[p.ID], now.Values[p.ID], from, to, s))
		}
		lines = append(lines, "Not looked at both times: "+strings.Join(parts, ", ")+".")
	}
	title := "The same shape as before"
	switch {
	case len(both) == 0:
		title = "Other points than before"
	case len(longer) > 0 && len(shorter) > 0:
		title = titles(longer) + " " + s.More + ", " + titles(shorter) + " " + s.Less
	case len(longer) > 0:
		title = titles(longer) + " " + s.More + " than before"
	case len(shorter) > 0:
		title = titles(shorter) + " " + s.Less + " than before"
	}
	return Draw(title, strings.Join(lines, " "), both, s, Line{from, then.Values}, Line{to, now.Values})
}

// Single shows points as they were at one time; what it is comes first in the title.
func Single(title string, points []programmes.Point, f Seen, s Scale, z schedules.Zone) Picture {
	var seen, passed []programmes.Point
	var lines []string
	for _, p := range points {
		if f.Values[p.ID] == 0 {
			passed = append(passed, p)
			continue
		}
		seen = append(seen, p)
		lines = append(lines, chat.Plain(p.Title)+": "+s.step(f.Values[p.ID])+".")
	}
	if len(passed) > 0 {
		lines = append(lines, "Passed over: "+strings.Join(Titles(passed), ", ")+".")
	}
	on := day(f.At, z)
	return Draw(title+", "+on, strings.Join(lines, " "), seen, s, Line{on, f.Values})
}

// Line is one series: its name, and its values by the points' ids.
type Line struct {
	Name   string
	Values map[string]int
}

// Draw makes a picture of points with these words; in words alone where there are
// fewer than three points.
func Draw(title, words string, points []programmes.Point, s Scale, lines ...Line) Picture {
	p := Picture{Words: words}
	if len(points) < 3 {
		return p
	}
	c := chat.Chart{Kind: chat.Radar, Title: title, Alt: words, Max: float64(len(s.Steps))}
	for _, l := range lines {
		one := chat.Series{Name: l.Name}
		for _, point := range points {
			one.Values = append(one.Values, float64(l.Values[point.ID]))
		}
		c.Series = append(c.Series, one)
	}
	for _, point := range points {
		c.Axes = append(c.Axes, point.Title)
	}
	p.Chart = &c
	return p
}

// On puts the picture into a message: where nothing can be drawn, its words.
func (p Picture) On(m *chat.Message) {
	if p.Chart != nil {
		m.Chart = p.Chart
		return
	}
	m.Text += "\n\n" + p.Words
}

func changes(all []moved, s Scale) string {
	var parts []string
	for _, m := range all {
		by := "one step"
		if n := abs(m.by()); n > 1 {
			by = fmt.Sprint(n) + " steps"
			if n <= len(numbers) {
				by = numbers[n-1] + " steps"
			}
		}
		parts = append(parts, fmt.Sprintf("%s by %s (from %s to %s)", chat.Plain(m.title), by, s.step(m.then), s.step(m.now)))
	}
	return strings.Join(parts, ", ")
}

var numbers = []string{"one", "two", "three", "four"}

// once says what a point was the one time that it was looked at.
func once(then, now int, from, to string, s Scale) string {
	switch {
	case then > 0:
		return " (" + s.step(then) + " on " + from + ")"
	case now > 0:
		return " (" + s.step(now) + " on " + to + ")"
	}
	return ""
}

// titles names what moved most, so that the title of a picture stays one: two
// points, or one and how many more.
func titles(all []moved) string {
	if len(all) > 2 {
		return fmt.Sprintf("%s and %d more", all[0].title, len(all)-1)
	}
	var names []string
	for _, m := range all {
		names = append(names, m.title)
	}
	return chat.And(names)
}

// Titles gives the points' titles, each safe to stand in a text.
func Titles(all []programmes.Point) []string {
	var names []string
	for _, p := range all {
		names = append(names, chat.Plain(p.Title))
	}
	return names
}

func chosen(all []moved, want func(moved) bool) []moved {
	return slices.DeleteFunc(slices.Clone(all), func(m moved) bool { return !want(m) })
}

func abs(n int) int { return max(n, -n) }

// first gives words with a capital at the start.
func first(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

func day(t time.Time, z schedules.Zone) string { return t.In(z.Location()).Format("2 January") }

// days names two times so that they can be told apart: by the day, with the year
// or the hour where that takes it.
func days(a, b time.Time, z schedules.Zone) (first, second string) {
	for _, layout := range []string{"2 January", "2 January 2006", "2 January, 3:04 pm"} {
		first, second = a.In(z.Location()).Format(layout), b.In(z.Location()).Format(layout)
		if first != second {
			break
		}
	}
	return first, second
}
