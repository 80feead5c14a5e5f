package documents

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusansoblique"
	"golang.org/x/image/font/sfnt"

	"cohortbot/bot/portfolios/bundle"
)

// Lengths are in millimetres, letters in points. The sheet is A4; what stands on it
// fits on Letter, too, when it is printed in the middle of it.
const (
	left, right, top, bottom = 22.0, 188.0, 20.0, 274.0
	across                   = right - left
	body, small, tiny        = 10.5, 9.0, 8.0
	leading                  = 0.53 // millimetres of a line for each point
)

type colour struct{ r, g, b int }

var (
	ink    = colour{0x1d, 0x24, 0x22}
	soft   = colour{0x51, 0x5b, 0x57}
	accent = colour{0x0b, 0x6b, 0x5d}
	rule   = colour{0xc9, 0xcf, 0xcb}
)

// printer writes one PDF.
type printer struct {
	*fpdf.Fpdf
	b     bundle.Bundle
	pages map[string]int // where sections began when it was written before
	began map[string]int // where they begin now
	links map[string]int
	all   int  // pages, when it was written before
	lost  bool // a sign could not be shown
}

// portfolioPDF gives a portfolio as a PDF. It is written twice, since the table of
// contents stands before what it counts.
func portfolioPDF(b bundle.Bundle, sections []section) ([]byte, error) {
	first := newPrinter(b, nil, 0)
	first.print(sections)
	if err := first.Error(); err != nil {
		return nil, err
	}
	p := newPrinter(b, first.began, first.PageNo())
	p.lost = first.lost
	p.print(sections)
	var out bytes.Buffer
	err := p.Output(&out)
	return out.Bytes(), err
}

func newPrinter(b bundle.Bundle, pages map[string]int, all int) *printer {
	p := &printer{Fpdf: fpdf.New("P", "mm", "A4", ""), b: b, pages: pages, began: map[string]int{}, links: map[string]int{}, all: all}
	p.AddUTF8FontFromBytes("sans", "", dejavusans.TTF)
	p.AddUTF8FontFromBytes("sans", "B", dejavusansbold.TTF)
	p.AddUTF8FontFromBytes("sans", "I", dejavusansoblique.TTF)
	p.SetMargins(left, top, 210-right)
	p.SetAutoPageBreak(false, 0)
	p.SetCellMargin(0)
	p.SetLang("en")
	p.SetTitle(b.Title, true)
	p.SetAuthor(b.Name, true)
	p.SetSubject(b.Programme, true)
	p.SetProducer("cohortbot", true)
	p.SetCreationDate(b.Made)
	p.SetModificationDate(b.Made)
	p.SetCatalogSort(true) // the same portfolio is the same bytes
	p.SetFooterFunc(p.footer)
	return p
}

func (p *printer) footer() {
	if p.PageNo() == 1 {
		return
	}
	p.font("", tiny, soft)
	number := fmt.Sprintf("%d / %d", p.PageNo(), p.all)
	p.Text(right-p.GetStringWidth(number), 285, number)
	p.Text(left, 285, p.fitting(p.shown(p.b.Title+" · "+p.b.Name), across-30))
}

// font sets the letters and their colour.
func (p *printer) font(style string, size float64, c colour) {
	p.SetFont("sans", style, size)
	p.SetTextColor(c.r, c.g, c.b)
}

// line gives how tall a line of the letters is.
func (p *printer) line() float64 {
	size, _ := p.GetFontSize()
	return size * leading
}

// room begins a new page where there is less room than that.
func (p *printer) room(height float64) {
	if p.GetY()+height > bottom && p.GetY() > top {
		p.AddPage()
	}
}

// fitting shortens a text to a width.
func (p *printer) fitting(s string, width float64) string {
	r := []rune(s)
	for len(r) > 1 && p.GetStringWidth(string(r)) > width {
		r = append(r[:len(r)-2], '…')
	}
	return string(r)
}

// lines breaks a text into lines of a width.
func (p *printer) lines(s string, width float64) []string {
	var all []string
	for paragraph := range strings.SplitSeq(p.shown(s), "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			if joined := strings.TrimLeft(line+" "+word, " "); p.GetStringWidth(joined) <= width {
				line = joined
				continue
			}
			if line != "" {
				all = append(all, line)
			}
			for p.GetStringWidth(word) > width { // an address, or a hash
				n := p.fits(word, width)
				all, word = append(all, word[:n]), word[n:]
			}
			line = word
		}
		all = append(all, line)
	}
	return all
}

// fits gives how many bytes of a word fit: one sign at least, and none that stands
// on the one before it is torn off.
func (p *printer) fits(word string, width float64) int {
	end := 0
	for i, r := range word {
		if i > 0 && !unicode.Is(unicode.M, r) {
			if end > 0 && p.GetStringWidth(word[:i]) > width {
				return end
			}
			end = i
		}
	}
	return max(end, 1)
}

var glyphs = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(dejavusans.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
})

// shown gives a text as the font can show it: accents joined to their letters, and a
// box for a sign that it lacks.
func (p *printer) shown(s string) string {
	var buffer sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		i, err := glyphs().GlyphIndex(&buffer, r)
		if r > 0xffff || err != nil || i == 0 {
			p.lost = true
			return '□'
		}
		if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
			p.lost = true // they are joined, and run, in ways that this page does not know
		}
		return r
	}, composed(s))
}
