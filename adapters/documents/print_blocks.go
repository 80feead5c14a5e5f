package documents

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"
)

func composed(s string) string { return norm.NFC.String(s) }

// print writes all of it.
func (p *printer) print(sections []section) {
	for _, s := range sections {
		p.links[s.ID] = p.AddLink()
	}
	p.cover(sections)
	p.AddPage()
	for i, s := range sections {
		below := 0.0 // a heading takes the one right below it along
		if i+1 < len(sections) && s.Level == 2 && sections[i+1].Level == 3 {
			below = p.company(sections[i+1]) - 10
		}
		p.section(s, below)
	}
}

// cover is the first sheet: whose it is, what it is, and what is in it.
func (p *printer) cover(sections []section) {
	p.AddPage()
	p.SetY(52)
	p.font("B", 11, accent)
	p.text(p.b.Programme, left, across)
	p.SetY(p.GetY() + 2)
	p.font("B", 25, ink)
	p.text(p.b.Title, left, across)
	p.SetY(p.GetY() + 3)
	p.font("", 15, ink)
	p.text(p.b.Name, left, across)
	p.SetY(p.GetY() + 2)
	p.font("", body, soft)
	if p.b.Submitted.IsZero() {
		p.text("A draft of "+day(p.b.Made), left, across)
	} else {
		p.text("Submitted on "+day(p.b.Submitted), left, across)
	}
	if p.lost {
		p.SetY(p.GetY() + 3)
		p.font("", small, soft)
		p.text("This PDF can't show every script that is used in this portfolio as it should be. portfolio.html, in the same zip, does.", left, across)
	}
	p.SetY(p.GetY() + 16)
	p.font("B", 12, ink)
	p.text("Contents", left, across)
	p.SetY(p.GetY() + 1.5)
	for _, s := range sections {
		if s.Level != 2 {
			continue
		}
		p.font("", body, ink)
		height := p.line() + 1.6
		p.room(height)
		y := p.GetY()
		title, number := p.fitting(p.shown(s.Title), across-14), fmt.Sprint(p.pages[s.ID])
		p.Text(left, y+p.line()*0.75, title)
		p.font("", body, soft)
		p.Text(right-p.GetStringWidth(number), y+p.line()*0.75, number)
		p.hair(y + height - 0.8)
		p.Link(left, y, across, height, p.links[s.ID])
		p.SetY(y + height)
	}
}

// hair draws a fine line across.
func (p *printer) hair(y float64) {
	p.SetDrawColor(rule.r, rule.g, rule.b)
	p.SetLineWidth(0.15)
	p.Line(left, y, right, y)
}

// text writes a text in the letters that are set. No line stands alone: neither the
// first at the end of a page nor the last at the beginning of one.
func (p *printer) text(s string, x, width float64) {
	p.flow(p.lines(s, width), x, nil)
}

// flow writes lines; beside draws what accompanies each, given where it is.
func (p *printer) flow(lines []string, x float64, beside func(y, height float64)) {
	height := p.line()
	for i := 0; i < len(lines); i++ {
		fit, rest := int((bottom-p.GetY())/height), len(lines)-i
		if i > 0 {
			rest++ // the line above counts where two are left
		}
		alone := i == 0 && fit < min(2, len(lines)) || i > 0 && i == len(lines)-2 && fit == 1
		if fit < 1 || alone {
			if rest > 0 && p.GetY() > top {
				p.AddPage()
			}
		}
		y := p.GetY()
		if beside != nil {
			beside(y, height)
		}
		p.Text(x, y+height*0.75, lines[i])
		p.SetY(y + height)
	}
}

func (p *printer) section(s section, below float64) {
	size, before, level := 16.0, 9.0, 0
	if s.Level == 3 {
		size, before, level = 12, 6, 1
	}
	p.font("B", size, ink)
	lines := p.lines(s.Title, across)
	height := float64(len(lines)) * p.line()
	p.room(min(before+height+p.company(s)+below, bottom-top))
	if p.GetY() > top {
		p.SetY(p.GetY() + before)
	}
	p.font("B", size, ink)
	p.Bookmark(p.shown(s.Title), level, p.GetY())
	p.SetLink(p.links[s.ID], p.GetY(), p.PageNo())
	p.began[s.ID] = p.PageNo()
	p.flow(lines, left, nil)
	if s.Level == 2 {
		p.hair(p.GetY() + 0.8)
		p.SetY(p.GetY() + 1.6)
	}
	p.SetY(p.GetY() + 1.6)
	for i, b := range s.Blocks {
		if b.Facts != nil {
			p.facts(b.Facts, i > 0 || s.Level > 2)
			continue
		}
		p.block(b)
	}
}

// company is how much has to stand below a heading on the same page: facts whole, as
// they are written, and the first lines of the words that they are about.
func (p *printer) company(s section) float64 {
	need := 24.0
	for i, b := range s.Blocks {
		switch {
		case b.Picture != nil:
			_, h := printed(*b.Picture)
			return need + h
		case b.Ask != "" || b.Note != "":
			need += 8
		case b.Facts != nil && i == len(s.Blocks)-1:
			return max(need, p.together(b.Facts)+5)
		case b.Facts != nil:
			need += p.together(b.Facts) + 3.5
		case b.Text != nil || b.Quote != nil || b.Table != nil || b.Files != nil:
			return need
		}
	}
	return need
}

func (p *printer) block(b block) {
	switch {
	case b.Ask != "":
		p.font("I", body, soft)
		p.text(b.Ask, left, across)
		p.SetY(p.GetY() + 2.5)
	case b.Label != "":
		p.font("B", body, ink)
		p.room(p.line() * 4)
		p.SetY(p.GetY() + 1)
		p.text(b.Label, left, across)
		p.SetY(p.GetY() + 0.6)
	case b.Text != nil:
		for _, paragraph := range b.Text {
			p.font("", body, ink)
			p.text(paragraph, left, across)
			p.SetY(p.GetY() + 2.6)
		}
	case b.Quote != nil:
		p.quote(b.Quote)
	case b.Note != "":
		p.font("", small, soft)
		p.text(b.Note, left, across)
		p.SetY(p.GetY() + 2.6)
	case b.Table != nil:
		p.table(*b.Table)
	case b.Picture != nil:
		p.picture(*b.Picture)
	case b.Files != nil:
		p.files(b.Files)
	}
}

func (p *printer) quote(paragraphs []string) {
	for i, paragraph := range paragraphs {
		p.font("", body, ink)
		last := i == len(paragraphs)-1
		p.flow(p.lines(paragraph, across-6), left+6, func(y, height float64) {
			p.SetFillColor(accent.r, accent.g, accent.b)
			p.Rect(left+1, y, 0.8, height, "F")
		})
		if !last {
			p.SetY(p.GetY() + 2)
		}
	}
	p.SetY(p.GetY() + 3)
}

// names is how wide the names of facts are.
const names = 42.0

// together is how much of a page facts need to begin on it: all that they take, or
// the first of many.
func (p *printer) together(facts []fact) float64 {
	p.font("", small, ink)
	all := 0.0
	for _, f := range facts {
		all += float64(max(len(p.lines(f.Name, names-4)), len(p.lines(f.Value, across-names))))*p.line() + 2.4
	}
	if all > 70 {
		return 10
	}
	return all
}

// facts writes names with what they are, each whole on one page, and few of them
// together. ruled draws a line above the first.
func (p *printer) facts(facts []fact, ruled bool) {
	p.room(p.together(facts))
	if ruled {
		p.hair(p.GetY())
	}
	for _, f := range facts {
		p.font("", small, soft)
		name := p.lines(f.Name, names-4)
		p.font("", small, ink)
		value := p.lines(f.Value, across-names)
		height := float64(max(len(name), len(value)))*p.line() + 2.4
		p.room(min(height, bottom-top))
		y := p.GetY()
		p.SetY(y + 1.2)
		p.font("", small, soft)
		p.flow(name, left, nil)
		ends := p.GetY()
		p.SetY(y + 1.2)
		c := ink
		if f.Link != "" {
			c = accent
		}
		p.font("", small, c)
		p.flow(value, left+names, func(y, height float64) {
			if strings.HasPrefix(f.Link, "https://") || strings.HasPrefix(f.Link, "http://") {
				p.LinkString(left+names, y, across-names, height, f.Link)
			}
		})
		ends = max(ends, p.GetY()) + 1.2
		p.hair(ends)
		p.SetY(ends)
	}
	p.SetY(p.GetY() + 3.5)
}

func (p *printer) files(files []fileLine) {
	for _, f := range files {
		p.font("", body, ink)
		p.room(p.line() * 2.5)
		p.text(f.Name, left, across)
		p.font("", small, soft)
		p.text(f.About+"; "+f.Path, left, across)
		p.SetY(p.GetY() + 1.2)
	}
	p.SetY(p.GetY() + 1.5)
}

// printed gives how large a picture is on paper.
func printed(x picture) (w, h float64) {
	w, most := across, 105.0
	if x.Type == "image/png" {
		w, most = 104, 80 // a chart: its letters are as tall as the text's
	}
	h = w * float64(x.Height) / float64(x.Width)
	if h > most {
		w, h = w*most/h, most
	}
	return w, h
}

func (p *printer) picture(x picture) {
	w, h := printed(x)
	p.font("", small, soft)
	caption := p.lines(x.Caption, across)
	if x.Caption == "" {
		caption = nil
	}
	p.room(h + float64(len(caption))*p.line() + 4)
	name := fmt.Sprintf("%s %s %d", x.Path, x.Alt, len(x.Data))
	kind := map[string]string{"image/png": "PNG", "image/jpeg": "JPG"}[x.Type]
	p.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: kind}, bytes.NewReader(x.Data))
	p.ImageOptions(name, left, p.GetY(), w, h, false, fpdf.ImageOptions{ImageType: kind}, 0, "")
	p.SetY(p.GetY() + h + 1.5)
	p.flow(caption, left, nil)
	p.SetY(p.GetY() + 2.5)
}
