package documents

// table writes rows, each whole on one page, below a heading that comes again on
// every page.
func (p *printer) table(t table) {
	const gap = 4.0
	widths := p.columns(t, gap)
	cells := func(row []string, style string) (lines [][]string, height float64) {
		p.font(style, small, ink)
		for i, cell := range row {
			broken := p.lines(cell, widths[i]-gap)
			lines, height = append(lines, broken), max(height, float64(len(broken))*p.line())
		}
		return lines, height + 2.4
	}
	write := func(row []string, style string) {
		lines, height := cells(row, style)
		x, y := left, p.GetY()
		for i := range lines {
			for n, line := range lines[i] {
				p.Text(x, y+1.2+(float64(n)+0.75)*p.line(), line)
			}
			x += widths[i]
		}
		p.hair(y + height)
		p.SetY(y + height)
	}
	_, head := cells(t.Head, "B")
	p.room(head + 16)
	write(t.Head, "B")
	for _, row := range t.Rows {
		if _, height := cells(row, ""); p.GetY()+height > bottom && p.GetY() > top+head+1 {
			p.AddPage()
			write(t.Head, "B")
		}
		write(row, "")
	}
	p.SetY(p.GetY() + 4)
}

// columns gives each column as much as its longest cell needs, up to a third of the
// sheet; what is left goes to the wide one.
func (p *printer) columns(t table, gap float64) []float64 {
	widths, rest := make([]float64, len(t.Head)), across
	for i := range t.Head {
		if i == t.Wide {
			continue
		}
		p.font("B", small, ink)
		widths[i] = p.GetStringWidth(p.shown(t.Head[i])) + gap
		p.font("", small, ink)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], min(p.GetStringWidth(p.shown(row[i]))+gap, across/3))
		}
		rest -= widths[i]
	}
	widths[t.Wide] = max(rest, across/4)
	return widths
}
