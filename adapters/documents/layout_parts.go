package documents

import (
	"fmt"
	"strings"

	"cohortbot/bot/evidence"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/programmes"
)

var roleWords = map[programmes.Role]string{
	programmes.Participant: "took part", programmes.Peer: "peer", programmes.Mentor: "mentor", programmes.Supervisor: "supervisor", programmes.Manager: "manager",
}

// said gives what others said, each under the writer's name.
func said(b bundle.Bundle, part string) (all []section) {
	withheld := 0
	for i, a := range b.Attestations {
		if a.Part != part {
			continue
		}
		if a.Withheld || a.Words == nil {
			withheld++
			continue
		}
		c := a.Words
		s := section{ID: fmt.Sprintf("said-%d", i+1), Title: c.Writer + ", " + roleWords[c.Role], Level: 3}
		facts := []fact{{Name: "About", Value: c.About}, {Name: "Relationship", Value: joined("; since ", c.Relation, c.Since)}}
		if c.Conflict != "" {
			facts = append(facts, fact{Name: "Conflict of interest", Value: c.Conflict})
		} else {
			facts = append(facts, fact{Name: "Conflict of interest", Value: "none known to the writer"})
		}
		s.Blocks = append(s.Blocks, block{Facts: facts})
		for _, q := range []struct{ label, words string }{{"What they saw", c.Saw}, {"What helped", c.Helped}, {"What could grow", c.Grow}} {
			if strings.TrimSpace(q.words) != "" {
				s.Blocks = append(s.Blocks, block{Label: q.label}, block{Quote: paragraphs(q.words)})
			}
		}
		facts = nil
		if names := criteriaNames(b, a.Criteria); names != "" {
			facts = append(facts, fact{Name: "Criteria named", Value: names})
		}
		when := day(c.At.In(b.Made.Location()))
		if c.Corrected {
			when += ", corrected by the writer"
		}
		facts = append(facts, fact{Name: "Given", Value: when}, fact{Name: "How they were reached", Value: bundle.Reached(*c)}, fact{Name: "Record", Value: a.Path})
		s.Blocks = append(s.Blocks, block{Facts: facts})
		all = append(all, s)
	}
	if withheld > 0 {
		words := "One more person said something that only the assessor may read."
		if withheld > 1 {
			words = fmt.Sprintf("%d more people said something that only the assessor may read.", withheld)
		}
		all = append(all, section{ID: "said-more", Title: "Not shown here", Level: 3, Blocks: []block{{Note: words}}})
	}
	return all
}

func joined(between string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, between)
}

// criteriaNames gives criteria by their codes, or by their words where they have none.
func criteriaNames(b bundle.Bundle, ids []string) string {
	var names []string
	for _, id := range ids {
		for _, c := range b.Criteria {
			if c.ID == id {
				names = append(names, joined(" ", c.Code, c.Text))
			}
		}
	}
	return strings.Join(names, "; ")
}

var kindWords = map[evidence.Kind]string{
	evidence.OfMessage: "a message", evidence.OfText: "a text", evidence.OfLink: "a link", evidence.OfFile: "a file", evidence.OfExperiment: "an experiment",
	evidence.OfAnswer: "an answer to a week's question", evidence.OfReflection: "a peer's reflection", evidence.OfSession: "notes of a session",
}

// documents gives the evidence of a part, each piece under its title.
func documents(b bundle.Bundle, part string, drawn map[string]picture) (all []section) {
	for n, i := range b.Evidence {
		if i.Part != part {
			continue
		}
		s := section{ID: fmt.Sprintf("document-%d", n+1), Title: fmt.Sprintf("Document %d: %s", n+1, i.Title), Level: 3}
		if strings.TrimSpace(i.Note) != "" {
			s.Blocks = append(s.Blocks, block{Text: paragraphs(i.Note)})
		}
		if strings.TrimSpace(i.Text) != "" {
			s.Blocks = append(s.Blocks, block{Quote: paragraphs(i.Text)})
		}
		var lines []fileLine
		for _, f := range i.Files {
			if p, ok := drawn[f.Path]; ok {
				p.Alt, p.Path = f.Alt, f.Path
				if p.Alt == "" {
					p.Alt = "Picture: " + i.Title
				}
				s.Blocks = append(s.Blocks, block{Picture: &p})
			}
			about := size(f.Size)
			if f.Renamed() {
				about += "; .txt was added to its name, so that nothing in it runs"
			}
			if f.Apart {
				about += "; it came by itself as " + f.Alone() + ", since it is large"
				if n := f.Pieces(); n > 1 {
					about += fmt.Sprintf(", in %d pieces to join", n)
				}
				about += ": put it into the folder files to open it from here"
			}
			lines = append(lines, fileLine{Name: evidence.File{Name: f.Name}.SafeName(), Path: f.Path, About: about})
		}
		if len(lines) > 0 {
			s.Blocks = append(s.Blocks, block{Files: lines})
		}
		facts := []fact{{Name: "Kept", Value: day(i.Kept) + ", " + kindWords[i.Kind]}}
		if i.By != "" {
			facts = append(facts, fact{Name: "Words of", Value: i.By + ", who agreed"})
		}
		if i.Link != "" {
			facts = append(facts, fact{Name: "Link", Value: i.Link, Link: onTheWeb(i.Link)})
		}
		var shows []string
		for _, c := range b.Criteria {
			for _, id := range c.Evidence {
				if id == i.ID {
					shows = append(shows, c.ID)
				}
			}
		}
		if names := criteriaNames(b, shows); names != "" {
			facts = append(facts, fact{Name: "Shows", Value: names})
		}
		s.Blocks = append(s.Blocks, block{Facts: facts})
		all = append(all, s)
	}
	return all
}

func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KB", (bytes+1<<9)>>10)
	case bytes == 1:
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", bytes)
}
