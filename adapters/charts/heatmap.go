package charts

import (
	"image/color"
	"math"

	"cohortbot/bot/chat"
)

// heatmap draws a row a series and a cell an axis, each with its number: the
// darker, the more. Where the scale ends at one, a word says that it is so. Names that are too wide for their column stand upright.
func (s *sheet) heatmap(c chat.Chart, top, y float64) float64 {
	left := 0.0
	for _, one := range c.Series {
		left = math.Max(left, s.measure(one.Name, regular, labelSize))
	}
	left = margin + math.Min(left, 110) + 8
	names := make([]string, len(c.Series))
	for i := range c.Series {
		names[i] = c.Series[i].Name
	}
	label, _ := s.fitting(names, left-margin-8, labelSize, smallSize)
	cell := (width - margin - left) / float64(len(c.Axes))
	y = s.columns(c.Axes, left, cell, y)
	size := labelSize
	for i := range c.Series {
		for a := range c.Axes {
			for size > 6 && s.measure(mark(c, c.Series[i], a), bold, size) > cell-4 {
				size--
			}
		}
	}
	for _, one := range c.Series {
		lines := s.wrap(one.Name, regular, label, left-margin-8)
		tall := math.Max(30, float64(len(lines))*label*1.2+6)
		line := y + tall/2 - float64(len(lines))*label*0.6 + label*0.95
		for _, words := range lines {
			s.text(words, regular, label, margin, line, 0, ink)
			line += label * 1.2
		}
		for a := range c.Axes {
			x := left + cell*float64(a)
			part := share(one, a, top)
			_, known := value(one, a)
			fill, words := shade(part), ink
			if !known {
				fill, words = track, faint
			} else if contrast(paper, fill) > contrast(ink, fill) {
				words = paper
			}
			s.rectangle(x+1, y+1, cell-2, tall-2, math.Min(4, cell/5), fill)
			s.text(mark(c, one, a), bold, size, x+cell/2, y+tall/2+size*0.36, 0.5, words)
		}
		y += tall
	}
	return y
}

// mark is what stands in a cell.
func mark(c chat.Chart, s chat.Series, axis int) string {
	if v, known := value(s, axis); known && c.Max == 1 {
		switch v {
		case 1:
			return "yes"
		case 0:
			return ""
		}
	}
	return number(s, axis)
}

// columns writes the names over the columns and gives where these begin.
func (s *sheet) columns(axes []string, left, cell, y float64) float64 {
	size, fits := s.fitting(axes, cell-3, smallSize, tinySize)
	lines := make([][]string, len(axes))
	most, long := 0, 0.0
	for a, axis := range axes {
		lines[a] = s.wrap(axis, regular, size, cell-3)
		most = max(most, len(lines[a]))
		long = math.Max(long, s.measure(axis, regular, smallSize))
	}
	if fits && most <= 4 {
		end := y + float64(most)*size*1.2
		for a := range axes {
			line := end - float64(len(lines[a])-1)*size*1.2 - 3
			for _, words := range lines[a] {
				s.text(words, regular, size, left+cell*(float64(a)+0.5), line, 0.5, ink)
				line += size * 1.2
			}
		}
		return end + 3
	}
	long = math.Min(long, 150)
	for a, axis := range axes {
		words := s.wrap(axis, regular, smallSize, long+1)
		x := left + cell*(float64(a)+0.5)
		for n, line := range words {
			s.Push()
			s.RotateAbout(-math.Pi/2, x*dots, (y+long)*dots)
			s.text(line, regular, smallSize, x, y+long+smallSize*(0.36+1.1*(float64(n)-float64(len(words)-1)/2)), 0, ink)
			s.Pop()
		}
	}
	return y + long + 6
}

// contrast is that of WCAG, from 1 to 21.
func contrast(a, b color.RGBA) float64 {
	light, dark := luminance(a), luminance(b)
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

func luminance(c color.RGBA) float64 {
	part := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// shade goes from nearly the paper to the first colour.
func shade(part float64) color.RGBA {
	mix := func(to, from uint8) uint8 {
		return uint8(math.Round(float64(from) + (float64(to)-float64(from))*(0.08+0.92*part)))
	}
	full := colour(0)
	return color.RGBA{R: mix(full.R, paper.R), G: mix(full.G, paper.G), B: mix(full.B, paper.B), A: 0xff}
}
