package charts

import (
	"math"

	"cohortbot/bot/chat"
)

// radar draws a ring with a corner an axis, and a line a series, each named
// where it stands furthest from the others.
func (s *sheet) radar(c chat.Chart, top, y float64) float64 {
	const radius, cx = 92.0, width / 2
	n := len(c.Axes)
	// The names of the axes stand around the ring, in as many lines as they need.
	var names [][]string
	var sizes []float64
	above, below := 0.0, 0.0
	for a, axis := range c.Axes {
		dx, dy := corner(a, n)
		size, _ := s.fitting([]string{axis}, room(dx, radius, n), labelSize, smallSize, tinySize)
		names, sizes = append(names, s.wrap(axis, regular, size, room(dx, radius, n))), append(sizes, size)
		tall := float64(len(names[a])) * size * 1.2
		above = math.Max(above, radius*(-dy)+8+tall*(1-dy)/2)
		below = math.Max(below, radius*dy+8+tall*(1+dy)/2)
	}
	cy := y + above
	at := func(axis int, part float64) (float64, float64) {
		dx, dy := corner(axis, n)
		return cx + radius*part*dx, cy + radius*part*dy
	}
	ring := func(part func(axis int) float64) {
		s.NewSubPath()
		for a := range c.Axes {
			x, y := at(a, part(a))
			s.LineTo(x*dots, y*dots)
		}
		s.ClosePath()
	}
	steps := 4
	if top == math.Trunc(top) && top <= 6 {
		steps = int(top)
	}
	for i := 1; i <= steps; i++ {
		ring(func(int) float64 { return float64(i) / float64(steps) })
		s.line(1, nil, grid)
	}
	for a := range c.Axes {
		x, y := at(a, 1)
		s.DrawLine(cx*dots, cy*dots, x*dots, y*dots)
		s.line(1, nil, grid)
	}
	for i, one := range c.Series {
		ring(func(a int) float64 { return share(one, a, top) })
		fill := colour(i)
		s.SetRGBA255(int(fill.R), int(fill.G), int(fill.B), 26)
		s.Fill()
	}
	for i, one := range c.Series {
		part := func(a int) float64 { return share(one, a, top) }
		ring(part)
		s.line(2.5, strokes[i%len(strokes)], colour(i))
		for a := range c.Axes {
			if _, known := value(one, a); !known {
				continue
			}
			x, y := at(a, part(a))
			s.SetColor(colour(i))
			s.DrawCircle(x*dots, y*dots, 3.6*dots)
			s.Fill()
		}
	}
	var taken []box
	for a, lines := range names {
		dx, dy := corner(a, n)
		x, y := at(a, 1)
		size := sizes[a]
		x += 8 * dx
		tall := float64(len(lines)) * size * 1.2
		y += 8*dy - tall*(1-dy)/2 + size
		for _, line := range lines {
			wide := s.measure(line, regular, size)
			left := x - wide*anchor(dx)
			taken = append(taken, box{left, y - size, left + wide, y + size*0.3})
			s.text(line, regular, size, x, y, anchor(dx), ink)
			y += size * 1.2
		}
	}
	if len(c.Series) > 1 { // one alone has its name in the title
		s.seriesNames(c, top, at, taken)
	}
	return cy + below
}

// corner gives the direction of an axis from the middle; the first is up.
func corner(axis, n int) (dx, dy float64) {
	angle := 2*math.Pi*float64(axis)/float64(n) - math.Pi/2
	return math.Cos(angle), math.Sin(angle)
}

// room is how wide the name of an axis may be: up to the edge of the sheet, and
// above and below as far as the names beside it.
func room(dx, radius float64, n int) float64 {
	if anchor(dx) == 0.5 {
		return math.Min(200, 2*(radius+8)*math.Sin(2*math.Pi/float64(max(n, 4)))-12)
	}
	return width/2 - edge - (radius+8)*math.Abs(dx)
}

// anchor tells whether the name of an axis begins, ends or is centred there.
func anchor(dx float64) float64 {
	switch {
	case dx > 0.1:
		return 0
	case dx < -0.1:
		return 1
	}
	return 0.5
}

// box is where something is written.
type box struct{ left, top, right, bottom float64 }

func (b box) meets(o box) bool {
	return b.left < o.right+gap && o.left < b.right+gap && b.top < o.bottom && o.top < b.bottom
}

// gap is left free between two words beside each other.
const gap = 5.0

// seriesNames writes the name of each series where its line is easiest to tell
// from the others, away from other names.
func (s *sheet) seriesNames(c chat.Chart, top float64, at func(axis int, part float64) (x, y float64), taken []box) {
	for i, one := range c.Series {
		wide := s.measure(one.Name, bold, labelSize)
		var best box
		score := math.Inf(-1)
		for a := range c.Axes {
			if _, known := value(one, a); !known {
				continue
			}
			part := share(one, a, top)
			apart := 0.6
			for j, other := range c.Series {
				if j != i {
					apart = math.Min(apart, math.Abs(part-share(other, a, top)))
				}
			}
			x, y := at(a, part)
			for _, place := range []box{
				{left: x + 8, top: y - labelSize*0.65},
				{left: x - 8 - wide, top: y - labelSize*0.65},
				{left: x - wide/2, top: y + 7},
				{left: x - wide/2, top: y - 7 - labelSize*1.3},
			} {
				place.right, place.bottom = place.left+wide, place.top+labelSize*1.3
				if place.left < edge || place.right > width-edge {
					continue
				}
				worth := apart - 0.5*part // the edge is where the names of the axes stand
				for _, t := range taken {
					if place.meets(t) {
						worth -= 10
					}
				}
				for j, other := range c.Series {
					for k := range c.Axes {
						px, py := at(k, share(other, k, top))
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
			continue // no number to stand by
		}
		taken = append(taken, best)
		s.outlined(one.Name, bold, labelSize, best.left, best.top+labelSize*1.02, 0, colour(i))
	}
}
