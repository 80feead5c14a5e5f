package documents

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/frameworks"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/programmes"
)

// section is one heading of a portfolio with what stands below it. The page and the
// PDF are both made of these, so that they say the same.
type section struct {
	ID     string
	Title  string
	Level  int // 2: in the table of contents; 3: below one of those
	Blocks []block
}

// block is one thing below a heading. One field is set.
type block struct {
	Ask     string   // what was asked for
	Label   string   // a small heading that is in no table of contents
	Text    []string // paragraphs, as typed
	Quote   []string // paragraphs of somebody else's words
	Note    string   // small print
	Facts   []fact
	Table   *table
	Picture *picture
	Files   []fileLine
}

// fact is a name and what it is, such as "Submitted" and a day.
type fact struct {
	Name, Value string
	Link        string // an address on the web, which is the value too
}

type table struct {
	Title string // for who cannot see where it stands
	Head  []string
	Wide  int // the column that takes the room that is left
	Rows  [][]string
}

// fileLine is a file that is linked.
type fileLine struct {
	Name, Path string
	About      string // its kind and size
}

// layout gives all sections of a portfolio. drawn gives its pictures, by the path in
// the zip or, for the heatmaps, by what is covered.
func layout(b bundle.Bundle, drawn map[string]picture) []section {
	sections := []section{glance(b)}
	for i, p := range b.Parts {
		s := section{ID: "part-" + p.ID, Title: fmt.Sprintf("%d. %s", i+1, p.Title), Level: 2}
		if p.Ask != "" {
			s.Blocks = append(s.Blocks, block{Ask: p.Ask})
		}
		below := []section(nil)
		switch p.Holds {
		case programmes.HoldsText:
			s.Blocks = append(s.Blocks, textOr(p.Text, "Nothing was written here."))
		case programmes.HoldsAttestations:
			below = said(b, p.ID)
			s.Blocks = append(s.Blocks, none(below, "Nobody's words are here."))
		case programmes.HoldsDocuments:
			below = documents(b, p.ID, drawn)
			s.Blocks = append(s.Blocks, none(below, "No documents are here."))
		}
		sections = append(append(sections, s), below...)
	}
	if len(b.Criteria) > 0 {
		sections = append(sections, coverage(b, drawn)...)
	}
	if len(b.Hours.Bands)+len(b.Hours.Entries) > 0 {
		sections = append(sections, worked(b.Hours))
	}
	sections = append(sections, result(b)...)
	return append(sections, checking(b))
}

// none says so where there is nothing.
func none(below []section, words string) block {
	if len(below) > 0 {
		return block{}
	}
	return block{Note: words}
}

func textOr(text, words string) block {
	if strings.TrimSpace(text) == "" {
		return block{Note: words}
	}
	return block{Text: paragraphs(text)}
}

// paragraphs takes a text apart where a line is empty. The other line breaks stay.
func paragraphs(text string) []string {
	var all []string
	var lines []string
	end := func() {
		if len(lines) > 0 {
			all, lines = append(all, strings.Join(lines, "\n")), nil
		}
	}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		if line = strings.TrimRight(line, " \t"); strings.TrimSpace(line) == "" {
			end()
			continue
		}
		lines = append(lines, line)
	}
	end()
	return all
}

// glance is the first thing to be read.
func glance(b bundle.Bundle) section {
	s := section{ID: "glance", Title: "At a glance", Level: 2}
	if b.About != "" {
		s.Blocks = append(s.Blocks, block{Text: paragraphs(b.About)})
	}
	facts := []fact{{Name: "By", Value: b.Name}}
	if b.Submitted.IsZero() {
		facts = append(facts, fact{Name: "State", Value: "A draft that wasn't submitted yet"})
	} else {
		facts = append(facts, fact{Name: "Submitted", Value: day(b.Submitted)})
	}
	if r := b.Result; r != nil {
		facts = append(facts, fact{Name: "Result", Value: fmt.Sprintf("%s, decided by %s on %s", resultWords(r.Result), r.Assessor, day(r.Decided))})
	}
	facts = append(facts, fact{Name: "Judged by", Value: standard(b.Framework)})
	for _, how := range []frameworks.Covers{frameworks.Do, frameworks.Know} {
		if covered, all := b.Covered(how); all > 0 {
			facts = append(facts, fact{Name: coverTitles[how], Value: fmt.Sprintf("something to show for %d of %d", covered, all)})
		}
	}
	if n := len(b.Attestations); n > 0 {
		facts = append(facts, fact{Name: "Words of others", Value: people(n)})
	}
	for _, x := range b.Hours.Bands {
		facts = append(facts, fact{Name: x.Title, Value: duration(x.Minutes) + " (guidance: " + band(x) + ")"})
	}
	s.Blocks = append(s.Blocks, block{Facts: facts})
	return s
}

func people(n int) string {
	if n == 1 {
		return "from one person"
	}
	return fmt.Sprintf("from %d people", n)
}

func standard(s bundle.Standard) string {
	if s.Version == "" {
		return s.Title
	}
	return s.Title + ", version " + s.Version
}

func band(b bundle.Band) string { return fmt.Sprintf("%d to %d hours", b.From, b.To) }

// resultWords says a result as it begins a sentence.
func resultWords(r string) string {
	if r == "" {
		return ""
	}
	return strings.ToUpper(r[:1]) + r[1:]
}

func day(t time.Time) string { return t.Format("2 January 2006") }

func duration(minutes int) string {
	h, m := minutes/60, minutes%60
	switch {
	case m == 0:
		return fmt.Sprintf("%d h", h)
	case h == 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
