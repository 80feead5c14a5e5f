package stars

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

// Picture is a star as it is shown: drawn where there is enough to draw, and all
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

// Compare shows a star then and now. Only the points that were looked at both
// times are drawn. The zone is the reader's.
func Compare(s programmes.Star, then, now Filling, z schedules.Zone) Picture {
	from, to := days(then.At, now.At, z)
	var changed []moved
	var same, passed, both []programmes.Point
	for _, p := range s.Points {
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
		lines = append(lines, "Longer than on "+from+": "+changes(longer)+".")
	}
	if len(shorter) > 0 {
		lines = append(lines, "Shorter than on "+from+": "+changes(shorter)+".")
	}
	if len(same) > 0 {
		var parts []string
		for _, p := range same {
			parts = append(parts, chat.Plain(p.Title)+" ("+steps[now.Values[p.ID]-1]+")")
		}
		lines = append(lines, "As it was: "+strings.Join(parts, ", ")+".")
	}
	if len(passed) > 0 {
		var parts []string
		for _, p := range passed {
			parts = append(parts, chat.Plain(p.Title)+once(then.Values[p.ID], now.Values[p.ID], from, to))
		}
		lines = append(lines, "Not looked at both times: "+strings.Join(parts, ", ")+".")
	}
	title := "The same shape as before"
	switch {
	case len(both) == 0:
		title = "Other points than before"
	case len(longer) > 0 && len(shorter) > 0:
		title = titles(longer) + " longer, " + titles(shorter) + " shorter"
	case len(longer) > 0:
		title = titles(longer) + " longer than before"
	case len(shorter) > 0:
		title = titles(shorter) + " shorter than before"
	}
	return drawing(title, strings.Join(lines, " "), both, Steps,
		line{from, then.Values}, line{to, now.Values})
}

// Single shows a star as it was at one time.
func Single(s programmes.Star, f Filling, z schedules.Zone) Picture {
	var points, passed []programmes.Point
	var lines []string
	for _, p := range s.Points {
		if f.Values[p.ID] == 0 {
			passed = append(passed, p)
			continue
		}
		points = append(points, p)
		lines = append(lines, chat.Plain(p.Title)+": "+steps[f.Values[p.ID]-1]+".")
	}
	if len(passed) > 0 {
		lines = append(lines, "Passed over: "+strings.Join(pointTitles(passed), ", ")+".")
	}
	on := day(f.At, z)
	return drawing(s.Title+", "+on, strings.Join(lines, " "), points, Steps, line{on, f.Values})
}

// line is one series: its name, and its values by the points' ids.
type line struct {
	name   string
	values map[string]int
}

func drawing(title, words string, points []programmes.Point, top float64, lines ...line) Picture {
	p := Picture{Words: words}
	if len(points) < 3 {
		return p
	}
	c := chat.Chart{Kind: chat.Radar, Title: title, Alt: words, Max: top}
	for _, l := range lines {
		s := chat.Series{Name: l.name}
		for _, point := range points {
			s.Values = append(s.Values, float64(l.values[point.ID]))
		}
		c.Series = append(c.Series, s)
	}
	for _, point := range points {
		c.Axes = append(c.Axes, point.Title)
	}
	p.Chart = &c
	return p
}

// on puts the picture into a message: where nothing can be drawn, its words.
func (p Picture) on(m *chat.Message) {
	if p.Chart != nil {
		m.Chart = p.Chart
		return
	}
	m.Text += "\n\n" + p.Words
}

func changes(all []moved) string {
	var parts []string
	for _, m := range all {
		by := "one step"
		if n := abs(m.by()); n > 1 {
			by = [Steps]string{"", "one", "two", "three", "four"}[n] + " steps"
		}
		parts = append(parts, fmt.Sprintf("%s by %s (from %s to %s)", chat.Plain(m.title), by, steps[m.then-1], steps[m.now-1]))
	}
	return strings.Join(parts, ", ")
}

// once says what a point was the one time that it was looked at.
func once(then, now int, from, to string) string {
	switch {
	case then > 0:
		return " (" + steps[then-1] + " on " + from + ")"
	case now > 0:
		return " (" + steps[now-1] + " on " + to + ")"
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

func pointTitles(all []programmes.Point) []string {
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
