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

const chartWidth = 520.0

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
	height := 0.0
	switch {
	case len(c.Axes) == 0 || len(c.Series) == 0:
		return ""
	case c.Kind == chat.Radar && len(c.Axes) >= 3:
		height = s.radar(c, top)
	case c.Kind == chat.Heatmap:
		height = s.heatmap(c, top)
	default:
		height = s.bars(c, top)
	}
	return fmt.Sprintf(`<svg viewBox="0 0 %.0f %.0f" class="chart-drawing" aria-hidden="true" focusable="false">%s</svg>`, chartWidth, height, s)
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

// bars draws one block an axis and one bar a series, the name of the series on
// the bar where there are several.
func (s *svg) bars(c chat.Chart, top float64) float64 {
	const bar, left, right = 20.0, 150.0, 44.0
	y := 4.0
	for a, axis := range c.Axes {
		s.text(left-10, y+14, "end", "label", short(axis, 22))
		for i, series := range c.Series {
			v, ok := value(series, a)
			width := (chartWidth - left - right) * math.Min(math.Max(v, 0)/top, 1)
			s.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3" class="s%d"/>`, left, y, math.Max(width, 1), bar-2, i%6)
			words := number(v)
			if !ok {
				words = "–"
			}
			if len(c.Series) > 1 {
				words += " " + short(series.Name, 12)
			}
			if len(c.Series) > 1 && width > (chartWidth-left-right)*0.7 {
				s.text(left+width-6, y+14, "end", "onbar", words)
			} else {
				s.text(left+width+6, y+14, "start", "label", words)
			}
			y += bar
		}
		y += 10
	}
	return y
}

// radar draws a ring an axis end, and names each series at the corner where it
// stands furthest from the others.
func (s *svg) radar(c chat.Chart, top float64) float64 {
	const radius, cx, cy = 122.0, chartWidth / 2, 158.0
	n := float64(len(c.Axes))
	at := func(axis int, part float64) (x, y float64) {
		angle := 2*math.Pi*float64(axis)/n - math.Pi/2
		return cx + radius*part*math.Cos(angle), cy + radius*part*math.Sin(angle)
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
	for _, part := range []float64{0.25, 0.5, 0.75, 1} {
		ring("grid", func(int) float64 { return part })
	}
	for a, axis := range c.Axes {
		x, y := at(a, 1)
		s.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="grid"/>`, cx, cy, x, y)
		lx, ly := at(a, 1.12)
		s.text(lx, ly+4, anchorAt(lx-cx), "label", short(axis, 20))
	}
	for i := range c.Series {
		ring(fmt.Sprintf("line s%d", i%6), func(axis int) float64 { return share(i, axis) })
		for a := range c.Axes {
			x, y := at(a, share(i, a))
			s.add(`<circle cx="%.1f" cy="%.1f" r="3.5" class="s%d"/>`, x, y, i%6)
		}
	}
	for i, series := range c.Series {
		axis, apart := 0, -1.0
		for a := range c.Axes {
			nearest := 1.0
			for j := range c.Series {
				if j != i {
					nearest = math.Min(nearest, math.Abs(share(i, a)-share(j, a)))
				}
			}
			if nearest > apart {
				axis, apart = a, nearest
			}
		}
		x, y := at(axis, share(i, axis))
		s.text(x+9, y+4, "start", fmt.Sprintf("name s%d", i%6), short(series.Name, 24))
	}
	return cy + radius + 34
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

// heatmap draws a row a series and a cell an axis, each with its number.
func (s *svg) heatmap(c chat.Chart, top float64) float64 {
	const row, left = 34.0, 130.0
	cell := (chartWidth - left) / float64(len(c.Axes))
	for a, axis := range c.Axes {
		s.text(left+cell*(float64(a)+0.5), 14, "middle", "label", short(axis, int(cell/7)))
	}
	y := 24.0
	for _, series := range c.Series {
		s.text(left-10, y+row/2+3, "end", "label", short(series.Name, 18))
		for a := range c.Axes {
			v, ok := value(series, a)
			step := int(math.Round(4 * math.Min(math.Max(v, 0)/top, 1)))
			words := number(v)
			if !ok {
				step, words = 0, "–"
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
