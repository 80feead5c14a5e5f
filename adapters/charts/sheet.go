package charts

import (
	"image/color"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"git.sr.ht/~sbinet/gg"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// Lengths are in the points of a phone's screen, of which each is three dots.
const (
	dots      = 3
	width     = 360.0
	margin    = 18.0
	edge      = 6.0 // beyond which nothing is written
	titleSize = 17.0
	labelSize = 13.0
	smallSize = 11.0
	tinySize  = 9.5
)

// The colours can be told apart by people who see few of them, and each has a
// contrast of 4.5 or more to the paper, since names are written in them too.
var (
	paper  = color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	ink    = color.RGBA{R: 0x1d, G: 0x24, B: 0x22, A: 0xff}
	faint  = color.RGBA{R: 0x59, G: 0x63, B: 0x5f, A: 0xff}
	grid   = color.RGBA{R: 0xd5, G: 0xdb, B: 0xd8, A: 0xff}
	track  = color.RGBA{R: 0xf0, G: 0xf3, B: 0xf1, A: 0xff}
	series = []color.RGBA{
		{R: 0x0b, G: 0x6b, B: 0x5d, A: 0xff},
		{R: 0xb8, G: 0x54, B: 0x00, A: 0xff},
		{R: 0x3b, G: 0x5b, B: 0xb5, A: 0xff},
		{R: 0x8a, G: 0x3f, B: 0x7a, A: 0xff},
		{R: 0x6b, G: 0x6b, B: 0x00, A: 0xff},
		{R: 0x5f, G: 0x67, B: 0x63, A: 0xff},
	}
	strokes = [][]float64{nil, {7, 4}, {2, 4}, {10, 3, 2, 3}, {4, 2}, {1, 3}}
)

func colour(i int) color.RGBA { return series[i%len(series)] }

// weight is one of the two fonts. Both have the letters of most Latin scripts,
// with macrons and the ʻokina.
type weight int

const (
	regular weight = iota
	bold
)

var fonts = sync.OnceValue(func() [2]*opentype.Font {
	var both [2]*opentype.Font
	for i, ttf := range [][]byte{dejavusans.TTF, dejavusansbold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic(err) // the font is part of the program
		}
		both[i] = f
	}
	return both
})

// sheet is what is drawn on. It is used by one goroutine.
type sheet struct {
	*gg.Context
	draft bool // only measured: nothing is drawn
	faces map[face]font.Face
}

type face struct {
	weight weight
	size   float64
}

func newSheet(height float64) *sheet {
	s := &sheet{Context: gg.NewContext(width*dots, int(math.Ceil(height*dots))), faces: map[face]font.Face{}}
	s.SetColor(paper)
	s.Clear()
	return s
}

// newDraft makes a sheet on which things are only laid out.
func newDraft() *sheet {
	s := newSheet(1)
	s.draft = true
	return s
}

// font takes a font in hand.
func (s *sheet) font(w weight, size float64) {
	f := face{w, size}
	if s.faces[f] == nil {
		made, err := opentype.NewFace(fonts()[w], &opentype.FaceOptions{Size: size * dots, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			panic(err) // the sizes are ours
		}
		s.faces[f] = made
	}
	s.SetFontFace(s.faces[f])
}

// text writes a line at a base line; anchor is 0 where x is its beginning, 0.5
// its middle, 1 its end.
func (s *sheet) text(words string, w weight, size, x, y, anchor float64, c color.Color) {
	if s.draft {
		return
	}
	s.font(w, size)
	s.SetColor(c)
	s.DrawStringAnchored(words, x*dots, y*dots, anchor, 0)
}

// outlined writes a line that can be read across other marks.
func (s *sheet) outlined(words string, w weight, size, x, y, anchor float64, c color.Color) {
	for _, d := range [][2]float64{{-2, 0}, {2, 0}, {0, -2}, {0, 2}, {-1.4, -1.4}, {1.4, -1.4}, {-1.4, 1.4}, {1.4, 1.4}} {
		s.text(words, w, size, x+d[0], y+d[1], anchor, paper)
	}
	s.text(words, w, size, x, y, anchor, c)
}

func (s *sheet) measure(words string, w weight, size float64) float64 {
	s.font(w, size)
	wide, _ := s.MeasureString(words)
	return wide / dots
}

// wrap gives the lines that words take within a width. A word that is too long
// for a line goes on in the next.
func (s *sheet) wrap(words string, w weight, size, most float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(words) {
		if line != "" && s.measure(line+" "+word, w, size) <= most {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; s.measure(line, w, size) > most && utf8.RuneCountInString(line) > 1; {
			n := len(line)
			for n > 1 && s.measure(line[:n], w, size) > most {
				_, last := utf8.DecodeLastRuneInString(line[:n])
				n -= last
			}
			if n == 0 || n == len(line) {
				break
			}
			lines, line = append(lines, line[:n]), line[n:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting gives the largest of the sizes at which no word has to be broken, or
// the smallest.
func (s *sheet) fitting(words []string, most float64, sizes ...float64) (size float64, fits bool) {
	for _, size = range sizes {
		fits = true
		for _, w := range words {
			for _, word := range strings.Fields(w) {
				fits = fits && s.measure(word, regular, size) <= most
			}
		}
		if fits {
			break
		}
	}
	return size, fits
}

func (s *sheet) rectangle(x, y, w, h, round float64, c color.Color) {
	if s.draft {
		return
	}
	s.SetColor(c)
	s.DrawRoundedRectangle(x*dots, y*dots, w*dots, h*dots, round*dots)
	s.Fill()
}

// line draws what the path is with a stroke.
func (s *sheet) line(thick float64, dash []float64, c color.Color) {
	if s.draft {
		s.ClearPath()
		return
	}
	s.SetColor(c)
	s.SetLineWidth(thick * dots)
	s.SetLineJoin(gg.LineJoinRound)
	long := make([]float64, len(dash))
	for i, d := range dash {
		long[i] = d * dots
	}
	s.SetDash(long...)
	s.Stroke()
	s.SetDash()
}
