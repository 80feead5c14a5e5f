// Package charts draws a [chat.Chart] as a PNG, for platforms that show pictures.
//
// A picture is as wide as a phone's screen, so that nobody has to zoom: letters
// are drawn three times as large as they are meant to be read. Names stand beside
// what they name instead of in a legend, and each series has a colour and a
// stroke of its own, so that nobody has to tell colours apart. The words for who
// cannot see it are the chart's own ([chat.Chart.Alt]); they go along with the
// picture, not into it. Start reading at [PNG].
package charts

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"

	"cohortbot/bot/chat"
)

// ErrEmpty says that there is nothing to draw.
var ErrEmpty = errors.New("the chart has no axes or no series")

// PNG draws a chart. The error is [ErrEmpty], or says which number of axes is too
// large to be read.
func PNG(c chat.Chart) ([]byte, error) {
	switch {
	case len(c.Axes) == 0 || len(c.Series) == 0:
		return nil, ErrEmpty
	case len(c.Axes)*len(c.Series) > maxMarks:
		return nil, fmt.Errorf("a chart of %d axes and %d series cannot be read; %d marks can", len(c.Axes), len(c.Series), maxMarks)
	}
	c = drawable(c)
	s := newSheet(newDraft().chart(c)) // the height is known once it is laid out
	s.chart(c)
	var b bytes.Buffer
	if err := png.Encode(&b, s.Image()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// drawable takes signs out of the names that cannot be drawn. The chart's own words
// keep them.
func drawable(c chat.Chart) chat.Chart {
	c.Title, c.Axes, c.Series = legible(c.Title), slices.Clone(c.Axes), slices.Clone(c.Series)
	for i, a := range c.Axes {
		c.Axes[i] = legible(a)
	}
	for i := range c.Series {
		c.Series[i].Name = legible(c.Series[i].Name)
	}
	return c
}

// legible takes signs out for which the fonts have no picture, such as emoji: they
// would be boxes.
func legible(s string) string {
	var glyphs sfnt.Buffer
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r) {
			if i, err := fonts()[regular].GlyphIndex(&glyphs, r); err != nil || i == 0 {
				return -1
			}
		}
		return r
	}, s))
}

// maxMarks is how many numbers one picture shows.
const maxMarks = 400

// chart draws all of it and gives its height.
func (s *sheet) chart(c chat.Chart) float64 {
	y := margin + 2
	for _, line := range s.wrap(c.Title, bold, titleSize, width-2*margin) {
		y += titleSize * 1.25
		s.text(line, bold, titleSize, margin, y-titleSize*0.3, 0, ink)
	}
	y += 14
	top := scale(c)
	switch {
	case c.Kind == chat.Heatmap:
		y = s.heatmap(c, top, y)
	case c.Kind == chat.Radar && len(c.Axes) >= 3:
		y = s.radar(c, top, y)
	default: // two axes make no area
		y = s.bars(c, top, y)
	}
	return y + margin
}

// scale gives the number at which the scale ends.
func scale(c chat.Chart) float64 {
	top := c.Max
	if top == 0 {
		for _, s := range c.Series {
			for a := range c.Axes {
				if v, ok := value(s, a); ok {
					top = math.Max(top, v)
				}
			}
		}
	}
	if !(top > 0) || math.IsInf(top, 0) {
		return 1
	}
	return top
}

// value gives the number of an axis, and whether there is one.
func value(s chat.Series, axis int) (float64, bool) {
	if axis >= len(s.Values) || math.IsNaN(s.Values[axis]) || math.IsInf(s.Values[axis], 0) {
		return 0, false
	}
	return s.Values[axis], true
}

// share gives how far along the scale the number of an axis is, from 0 to 1.
func share(s chat.Series, axis int, top float64) float64 {
	v, _ := value(s, axis)
	return math.Min(math.Max(v, 0)/top, 1)
}

// number says the number of an axis.
func number(s chat.Series, axis int) string {
	v, ok := value(s, axis)
	if !ok {
		return "–"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}
