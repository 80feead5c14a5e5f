package documents

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/portfolios/bundle"
)

var coverTitles = map[frameworks.Covers]string{
	frameworks.Do: "What can be done", frameworks.Know: "What is known", frameworks.Lens: "Values, as a way of looking",
}

// covers are the kinds of coverage, in the order in which they are told.
var covers = []frameworks.Covers{frameworks.Do, frameworks.Know, frameworks.Lens}

func of(b bundle.Bundle, how frameworks.Covers) []bundle.Criterion {
	return slices.DeleteFunc(slices.Clone(b.Criteria), func(c bundle.Criterion) bool { return c.Covers != how })
}

// heatmap gives how many documents and how many people's words there are for each
// criterion of a kind; false where a picture would show nothing.
func heatmap(b bundle.Bundle, how frameworks.Covers) (chat.Chart, bool) {
	all := of(b, how)
	if len(all) < 2 || how == frameworks.Lens {
		return chat.Chart{}, false
	}
	covered, _ := b.Covered(how)
	c := chat.Chart{Kind: chat.Heatmap, Title: fmt.Sprintf("%s: something to show for %d of %d", coverTitles[how], covered, len(all))}
	documents, people := chat.Series{Name: "Documents"}, chat.Series{Name: "People's words"}
	var words []string
	for n, x := range all {
		name := x.Code
		if name == "" {
			name = strconv.Itoa(n + 1)
		}
		c.Axes = append(c.Axes, name)
		documents.Values, people.Values = append(documents.Values, float64(len(x.Evidence))), append(people.Values, float64(len(x.Said)))
		words = append(words, fmt.Sprintf("%s: %d and %d", name, len(x.Evidence), len(x.Said)))
	}
	c.Series, c.Alt = []chat.Series{documents, people}, "Documents, and people's words, for each: "+strings.Join(words, "; ")+"."
	return c, true
}

func coverage(b bundle.Bundle, drawn map[string]picture) []section {
	s := section{ID: "coverage", Title: "What it covers", Level: 2, Blocks: []block{{Note: joined(". ", standard(b.Framework), b.Framework.Wording)}}}
	all := []section{s}
	for _, how := range covers {
		criteria := of(b, how)
		if len(criteria) == 0 {
			continue
		}
		s := section{ID: "coverage-" + string(how), Title: coverTitles[how], Level: 3}
		if p, ok := drawn[string(how)]; ok {
			c, _ := heatmap(b, how)
			p.Alt, p.Caption = c.Title+". "+c.Alt, c.Alt
			s.Blocks = append(s.Blocks, block{Picture: &p})
		}
		t := &table{Title: s.Title, Head: []string{"Criterion", "Shown by"}}
		judged := b.Result != nil && how != frameworks.Lens
		if judged {
			t.Head = append(t.Head, "Result")
		}
		for _, c := range criteria {
			row := []string{joined(" ", c.Code, c.Text), shownBy(b, c)}
			if judged {
				row = append(row, resultWords(c.Result))
			}
			t.Rows = append(t.Rows, row)
		}
		s.Blocks = append(s.Blocks, block{Table: t})
		all = append(all, s)
	}
	return all
}

// shownBy says what shows a criterion.
func shownBy(b bundle.Bundle, c bundle.Criterion) string {
	var names []string
	for n, i := range b.Evidence {
		if slices.Contains(c.Evidence, i.ID) {
			names = append(names, fmt.Sprintf("Document %d", n+1))
		}
	}
	for _, a := range b.Attestations {
		if slices.Contains(c.Said, a.ID) && a.Words != nil {
			names = append(names, a.Words.Writer)
		}
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, ", ")
	case c.Covers == frameworks.Lens:
		return "–"
	}
	return "Nothing in particular"
}

func worked(h bundle.Hours) section {
	s := section{ID: "hours", Title: "Hours", Level: 2, Blocks: []block{{Note: "As the writer of this portfolio wrote them down. The bands are guidance and no measure of anybody's work."}}}
	var facts []fact
	titles := map[string]string{}
	for _, b := range h.Bands {
		titles[b.ID] = b.Title
		facts = append(facts, fact{Name: b.Title, Value: duration(b.Minutes) + " (guidance: " + band(b) + ")"})
	}
	if h.Other > 0 {
		facts = append(facts, fact{Name: "Anything else", Value: duration(h.Other)})
	}
	if len(facts) > 0 {
		s.Blocks = append(s.Blocks, block{Facts: facts})
	}
	if len(h.Entries) > 0 {
		t := &table{Title: "Hours by day", Head: []string{"Day", "Time", "What", "For"}, Wide: 2}
		for _, e := range h.Entries {
			on, took := shortDay(e.On), duration(e.Minutes)
			if e.From != "" {
				on, took = shortDay(e.From)+" to "+on, "about "+took
			}
			t.Rows = append(t.Rows, []string{on, took, e.What, titles[e.Band]})
		}
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	return s
}

// shortDay says a day of the data; as it stands there where it is none.
func shortDay(on string) string {
	if at, err := time.Parse(time.DateOnly, on); err == nil {
		return at.Format("2 Jan 2006")
	}
	return on
}

// result is what an assessor decided, and how it came to that.
func result(b bundle.Bundle) (all []section) {
	if r := b.Result; r != nil {
		s := section{ID: "result", Title: "The result", Level: 2, Blocks: []block{{Facts: []fact{
			{Name: "Result", Value: resultWords(r.Result)}, {Name: "Decided by", Value: r.Assessor}, {Name: "On", Value: day(r.Decided)},
		}}}}
		if strings.TrimSpace(r.Words) != "" {
			s.Blocks = append(s.Blocks, block{Label: "In the assessor's words"}, block{Quote: paragraphs(r.Words)})
		}
		for _, c := range b.Criteria {
			if strings.TrimSpace(c.Feedback) != "" {
				s.Blocks = append(s.Blocks, block{Label: joined(" ", c.Code, c.Text)}, block{Quote: paragraphs(c.Feedback)})
			}
		}
		all = append(all, s)
	}
	if b.Credential != nil {
		all = append(all, certificate(*b.Credential))
	}
	if len(b.Steps) > 0 {
		s := section{ID: "steps", Title: "How it came about", Level: 2}
		t := &table{Title: "What happened, by day", Head: []string{"Day", "What happened"}, Wide: 1}
		for _, x := range b.Steps {
			t.Rows = append(t.Rows, []string{x.At.Format("2 Jan 2006"), x.Said})
		}
		s.Blocks = append(s.Blocks, block{Table: t})
		all = append(all, s)
	}
	return all
}

// certificate is what the result led to.
func certificate(c bundle.Credential) section {
	facts := []fact{{Name: "Certificate", Value: c.Name}, {Name: "Number", Value: c.Number}}
	if c.Check != "" {
		facts = append(facts, fact{Name: "Ask whether it stands", Value: c.Check, Link: onTheWeb(c.Check)})
	}
	return section{ID: "certificate", Title: "The certificate", Level: 2, Blocks: []block{
		{Text: []string{"The result led to a certificate. It is in this zip three times. The signed file shows by itself that nothing in it was changed; it can't show whether the certificate was withdrawn after this copy was made."}},
		{Facts: facts},
		{Files: []fileLine{
			{Name: "The certificate to print", Path: bundle.PaperPath, About: "a page"},
			{Name: "The certificate to show", Path: bundle.PicturePath, About: "a picture"},
			{Name: "The signed file", Path: bundle.AwardPath, About: "an Open Badges 3.0 credential; “cohortbot verify” with the zip checks it, too"},
		}},
	}}
}

// checking says how to find out whether anything was changed.
func checking(b bundle.Bundle) section {
	s := section{ID: "checking", Title: "Checking this copy", Level: 2}
	s.Blocks = append(s.Blocks, block{Text: []string{
		"This page came in a zip together with every file that it names, and with a list of their SHA-256 hashes in " + bundle.ManifestPath + ".",
		"To find out whether anything was changed since, run “cohortbot verify” with the zip, on any computer; it needs no account and no network. That shows that nothing was changed. It doesn't show who wrote what: how each writer was reached stands beside their words.",
	}})
	if n := len(b.Beside()); n > 0 {
		words := "One file came by itself, since it is large. It stands in the list with its hash"
		if n > 1 {
			words = fmt.Sprintf("%d files came by themselves, since they are large. They stand in the list with their hashes", n)
		}
		s.Blocks = append(s.Blocks, block{Text: []string{words + ": lay everything that came beside the zip to have it checked, and put it into the folder files to open it from here."}})
	}
	facts := []fact{{Name: "This copy made", Value: day(b.Made)}}
	if b.Snapshot != "" {
		facts = append(facts, fact{Name: "Hash of what was submitted", Value: b.Snapshot})
	}
	s.Blocks = append(s.Blocks, block{Facts: facts})
	return s
}
