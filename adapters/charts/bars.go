package charts

import (
	"math"

	"cohortbot/bot/chat"
)

// bars draws a name an axis, and under it one bar a series with its number and,
// where there are several series, its name.
func (s *sheet) bars(c chat.Chart, top, y float64) float64 {
	const thick = 20.0
	words := func(i, axis int) string {
		if len(c.Series) == 1 {
			return number(c.Series[i], axis)
		}
		return number(c.Series[i], axis) + "  " + c.Series[i].Name
	}
	// What stands behind the bars takes as much room as the longest of it
	// needs, up to half of the sheet.
	behind := 0.0
	for i := range c.Series {
		for a := range c.Axes {
			behind = math.Max(behind, s.measure(words(i, a), regular, labelSize))
		}
	}
	behind = math.Min(behind, (width-2*margin)/2)
	room := width - 2*margin - behind - 8
	for a, axis := range c.Axes {
		for _, line := range s.wrap(axis, regular, labelSize, width-2*margin) {
			s.text(line, regular, labelSize, margin, y+labelSize, 0, ink)
			y += labelSize * 1.3
		}
		y += 5
		for i, one := range c.Series {
			s.rectangle(margin, y, room, thick, 4, track)
			if long := room * share(one, a, top); long > 0 {
				s.rectangle(margin, y, math.Max(long, 3), thick, math.Min(4, long/2), colour(i))
			}
			lines := s.wrap(words(i, a), regular, labelSize, behind+1)
			for n, line := range lines {
				s.text(line, regular, labelSize, margin+room+8, y+thick/2+labelSize*0.36+float64(n)*labelSize*1.15, 0, ink)
			}
			y += math.Max(thick, float64(len(lines))*labelSize*1.15) + 4
		}
		y += 10
	}
	return y - 10
}
