package web

import (
	"fmt"
	"html"
	"math"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
)

// Charts are drawn as SVG in the colours of the page (classes s0, s1, ... for
// the series, in page/chart.css), with labels beside the marks instead of a
// legend. The drawing is for the eye alone: the words are in chat.Chart.Alt.

const barsWidth = 380.0

type svg struct{ strings.Builder }

func (s *svg) add(format string, args ...any) { fmt.Fprintf(s, format, args...) }

func (s *svg) text(x, y float64, anchor, class, words string) {
	s.add(`<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, html.EscapeString(words))
}

func draw(c chat.Chart) string {
	top := c.Max
	for _, s := range c.Series {
		for _, v := range s.Values {
			if c.Max == 0 {
				top = math.Max(top, v)
			}
		}
	}
	if top <= 0 || math.IsNaN(top) || math.IsInf(top, 0) {
		top = 1
	}
	s := &svg{}
	wide, height := barsWidth, 0.0
	switch {
	case len(c.Axes) == 0 || len(c.Series) == 0:
		return ""
	case c.Kind == chat.Radar && len(c.Axes) >= 3:
		wide, height = radarWidth, s.radar(c, top)
	case c.Kind == chat.Heatmap:
		wide, height = heatmapWidth, s.heatmap(c, top)
	default:
		height = s.bars(c, top)
	}
	return fmt.Sprintf(`<svg viewBox="0 0 %.0f %.0f" class="chart-drawing w%.0f" aria-hidden="true" focusable="false">%s</svg>`, wide, height, wide, s)
}

// value gives the number of an axis, and whether there is one.
func value(s chat.Series, axis int) (float64, bool) {
	if axis >= len(s.Values) || math.IsNaN(s.Values[axis]) || math.IsInf(s.Values[axis], 0) {
		return 0, false
	}
	return s.Values[axis], true
}

func number(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

// bars draws one block an axis, its name above in full, and one bar a series with
// its number and, where there are several, its name behind it. Like the others it is
// drawn for the width of a phone.
func (s *svg) bars(c chat.Chart, top float64) float64 {
	const bar, air, wider = 20.0, 6.0, letter + 1.2 // on a phone the words are larger
	letters := barsWidth / wider
	behind := 0
	words := func(series, axis int) string {
		said := "–"
		if v, ok := value(c.Series[series], axis); ok {
			said = number(v)
		}
		if len(c.Series) > 1 {
			said += " " + short(c.Series[series].Name, 16)
		}
		return said
	}
	for a := range c.Axes {
		for i := range c.Series {
			behind = max(behind, utf8.RuneCountInString(words(i, a)))
		}
	}
	room := barsWidth - float64(behind)*wider - air
	y := 4.0
	for a, axis := range c.Axes {
		for _, line := range folded(axis, int(letters)) {
			s.text(0, y+12, "start", "label", line)
			y += lineHeight + 2
		}
		y += 2
		for i, series := range c.Series {
			v, _ := value(series, a)
			width := math.Max(room*math.Min(math.Max(v, 0)/top, 1), 1)
			s.add(`<rect x="0" y="%.1f" width="%.1f" height="%.1f" rx="3" class="s%d"/>`, y, width, bar-2, i%6)
			s.text(width+air, y+14, "start", "label", words(i, a))
			y += bar
		}
		y += 10
	}
	return y
}

// A star is drawn for the width of a phone: on one, its words keep their size.
const (
	radarWidth  = 380.0
	radarRadius = 100.0
	letter      = 7.4 // about the width of one, in the font of the page
	lineHeight  = 15.0
)

// radar draws a ring an axis end, and names each series at the corner where it
// stands furthest from the others. One alone needs no name: the title has it.
func (s *svg) radar(c chat.Chart, top float64) float64 {
	const cx = radarWidth / 2
	n := len(c.Axes)
	corner := func(axis int) (dx, dy float64) {
		angle := 2*math.Pi*float64(axis)/float64(n) - math.Pi/2
		return math.Cos(angle), math.Sin(angle)
	}
	var labels [][]string
	above, below := 0.0, 0.0
	for a, axis := range c.Axes {
		dx, dy := corner(a)
		lines := folded(axis, int(labelRoom(dx, n)/letter))
		labels = append(labels, lines)
		tall := float64(len(lines)) * lineHeight
		above = math.Max(above, -dy*(radarRadius+8)+tall*(1-dy)/2)
		below = math.Max(below, dy*(radarRadius+8)+tall*(1+dy)/2)
	}
	cy := above + 4
	at := func(axis int, part float64) (x, y float64) {
		dx, dy := corner(axis)
		return cx + radarRadius*part*dx, cy + radarRadius*part*dy
	}
	ring := func(class string, part func(axis int) float64) {
		var points []string
		for a := range c.Axes {
			x, y := at(a, part(a))
			points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
		}
		s.add(`<polygon points="%s" class="%s"/>`, strings.Join(points, " "), class)
	}
	share := func(series, axis int) float64 {
		v, _ := value(c.Series[series], axis)
		return math.Min(math.Max(v, 0)/top, 1)
	}
	rings := 4
	if top == math.Trunc(top) && top <= 6 { // a ring a step, so that every corner stands on one
		rings = int(top)
	}
	for i := range rings {
		ring("grid", func(int) float64 { return float64(i+1) / float64(rings) })
	}
	var taken []box
	for a, lines := range labels {
		x, y := at(a, 1)
		s.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="grid"/>`, cx, cy, x, y)
		dx, dy := corner(a)
		y += 8*dy - float64(len(lines))*lineHeight*(1-dy)/2 + 11
		for _, line := range lines {
			taken = append(taken, boxOf(line, x+8*dx, y, anchorAt(dx*radarRadius), letter))
			s.text(x+8*dx, y, anchorAt(dx*radarRadius), "label", line)
			y += lineHeight
		}
	}
	for i := range c.Series {
		ring(fmt.Sprintf("line s%d", i%6), func(axis int) float64 { return share(i, axis) })
		for a := range c.Axes {
			x, y := at(a, share(i, a))
			s.add(`<circle cx="%.1f" cy="%.1f" r="3.5" class="s%d"/>`, x, y, i%6)
		}
	}
	if len(c.Series) > 1 {
		s.seriesNames(c, at, share, taken)
	}
	return cy + below + 6
}

// box is where something is written.
type box struct{ left, top, right, bottom float64 }

func (b box) meets(o box) bool {
	return b.left < o.right+gap && o.left < b.right+gap && b.top < o.bottom && o.top < b.bottom
}

// gap is left free between two words beside each other: on a phone they are larger.
const gap = 12.0

// boxOf is where a text stands whose line is at y.
func boxOf(words string, x, y float64, anchor string, letter float64) box {
	wide := float64(utf8.RuneCountInString(words)) * letter
	switch anchor {
	case "end":
		x -= wide
	case "middle":
		x -= wide / 2
	}
	return box{x, y - 12, x + wide, y + 4}
}

// seriesNames writes each name where its line is easiest to tell from the others,
// away from what is written already and from the corners of all lines.
func (s *svg) seriesNames(c chat.Chart, at func(axis int, part float64) (x, y float64), share func(series, axis int) float64, taken []box) {
	const bold = letter + 1.9
	for i, series := range c.Series {
		name := short(series.Name, 20)
		var best box
		score := math.Inf(-1)
		for a := range c.Axes {
			part := share(i, a)
			apart := 0.6
			for j := range c.Series {
				if j != i {
					apart = math.Min(apart, math.Abs(part-share(j, a)))
				}
			}
			x, y := at(a, part)
			for _, place := range []box{
				boxOf(name, x+9, y+4, "start", bold), boxOf(name, x-9, y+4, "end", bold),
				boxOf(name, x, y+19, "middle", bold), boxOf(name, x, y-10, "middle", bold),
			} {
				if place.left < 2 || place.right > radarWidth-2 {
					continue
				}
				worth := apart - part/2 // the edge is where the names of the axes stand
				for _, t := range taken {
					if place.meets(t) {
						worth -= 10
					}
				}
				for j := range c.Series {
					for k := range c.Axes {
						px, py := at(k, share(j, k))
						if (j != i || k != a) && place.meets(box{px - 5, py - 5, px + 5, py + 5}) {
							worth -= 2
						}
					}
				}
				if worth > score {
					best, score = place, worth
				}
			}
		}
		if math.IsInf(score, -1) {
			continue // no room on the whole drawing; the words below it name them
		}
		taken = append(taken, best)
		s.text(best.left, best.bottom-4, "start", fmt.Sprintf("name s%d", i%6), name)
	}
}

// labelRoom is how wide the name of an axis may be: up to the edge, and above and
// below as far as the names beside it.
func labelRoom(dx float64, n int) float64 {
	if math.Abs(dx) < 0.05 {
		return math.Min(200, 2*(radarRadius+8)*math.Sin(2*math.Pi/float64(max(n, 4)))-14)
	}
	return radarWidth/2 - 4 - (radarRadius+8)*math.Abs(dx)
}

// folded breaks a name into lines of so many letters.
func folded(name string, letters int) []string {
	var lines []string
	for _, word := range strings.Fields(name) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= letters {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, short(word, max(letters, 6)))
	}
	return lines
}

func anchorAt(offset float64) string {
	switch {
	case offset > 8:
		return "start"
	case offset < -8:
		return "end"
	}
	return "middle"
}

// A table of cells is drawn for the width of a phone as well.
const heatmapWidth = 380.0

// heatmap draws a row a series and a cell an axis, each with its number; or where the
// scale ends at one, with a word where it is so. Names that are too wide for their
// column stand upright.
func (s *svg) heatmap(c chat.Chart, top float64) float64 {
	const row, left, longest, namesShown = 34.0, 104.0, 16, 12
	cell := (heatmapWidth - left) / float64(len(c.Axes))
	widest := 0
	for _, axis := range c.Axes {
		widest = max(widest, utf8.RuneCountInString(short(axis, longest)))
	}
	y := 24.0
	upright := float64(widest)*letter > cell-4
	if upright {
		y = float64(widest)*letter + 8
	}
	for a, axis := range c.Axes {
		x := left + cell*(float64(a)+0.5)
		if upright {
			s.add(`<g transform="translate(%.1f %.1f) rotate(-90)">`, x+5, y-6)
			s.text(0, 0, "start", "label", short(axis, longest))
			s.add(`</g>`)
		} else {
			s.text(x, y-10, "middle", "label", axis)
		}
	}
	for _, series := range c.Series {
		s.text(left-8, y+row/2+3, "end", "label", short(series.Name, namesShown))
		for a := range c.Axes {
			v, ok := value(series, a)
			step := int(math.Round(4 * math.Min(math.Max(v, 0)/top, 1)))
			words := number(v)
			switch {
			case !ok:
				step, words = 0, "–"
			case c.Max == 1 && v == 1:
				words = "yes"
			case c.Max == 1 && v == 0:
				words = ""
			}
			x := left + cell*float64(a)
			s.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" class="h%d"/>`, x+1, y, cell-2, row-2, step)
			s.text(x+cell/2, y+row/2+3, "middle", fmt.Sprintf("n%d", step), words)
		}
		y += row
	}
	return y
}

func short(s string, most int) string {
	most = max(most, 2)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
