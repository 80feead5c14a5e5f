package portfolios

import (
	"fmt"
	"strings"

	"cohortbot/bot/attestations"
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/hours"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// attestedBy tells whether somebody wrote an attestation for a portfolio.
func attestedBy(tx store.Tx, p Portfolio, who people.ID) (bool, error) {
	given, err := attestations.For(tx, p.Owner, string(p.ID))
	for _, a := range given {
		if a.Writer == who {
			return true, err
		}
	}
	return false, err
}

// readDeed shows a portfolio as it is now, as a page to keep.
func (f feature) readDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio read", Summary: "Your portfolio as a page, as it is now", Role: chat.Anyone},
		Run: f.owned("portfolio read", func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			owner, err := people.Table.Get(tx, p.Owner)
			if err != nil {
				return chat.Outcome{}, err
			}
			d, err := f.document(tx, p, owner, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(chat.Message{
				Text: "Here is **" + chat.Plain(p.Asks.Title) + "** as it is now. The page opens in a browser, without a connection too.", Document: &d,
				Note: "Only you see this. Whoever you give the page to can read all of it.",
			}), nil
		}),
	}
}

// document gives a portfolio as it is now, as a page.
func (f feature) document(tx store.Tx, p Portfolio, owner people.Person, c deeds.Call) (chat.Document, error) {
	s, bytes, err := freeze(tx, f.Library, p, owner, "", c.Now)
	if err != nil {
		return chat.Document{}, err
	}
	contents := Contents{Texts: map[string]string{}}
	for n, piece := range s.Pieces {
		if piece.Kind == OfFile {
			continue
		}
		if err := contents.add(piece, bytes[n]); err != nil {
			return chat.Document{}, err
		}
	}
	return chat.Document{Name: "portfolio", Title: p.Asks.Title, Text: fit(f.page(s, contents, c))}, nil
}

// page writes a copy as a page, part by part.
func (f feature) page(s Snapshot, x Contents, c deeds.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "By %s.\n", chat.Plain(s.Name))
	for _, part := range s.Asks.Parts {
		fmt.Fprintf(&b, "\n## %s\n", chat.Plain(part.Title))
		switch part.Holds {
		case programmes.HoldsText:
			text := chat.Plain(x.Texts[part.ID])
			if text == "" {
				text = "*Nothing is written here yet.*"
			}
			b.WriteString("\n" + text + "\n")
		case programmes.HoldsAttestations:
			for _, a := range x.Attested {
				b.WriteString(attestedPage(a, c))
			}
			for range x.Withdrawn {
				b.WriteString("\n*An attestation that stood here was withdrawn by its writer after this copy was submitted.*\n")
			}
			if len(x.Attested)+len(x.Withdrawn) == 0 {
				b.WriteString("\n*Nothing is here yet.*\n")
			}
		case programmes.HoldsDocuments:
			for n, i := range x.Items {
				b.WriteString(itemPage(n+1, i, c))
			}
			if x.Erased > 0 {
				b.WriteString("\n*Something that stood here was erased by whoever wrote it, after this copy was submitted.*\n")
			}
			if len(x.Items)+x.Erased == 0 {
				b.WriteString("\n*Nothing is chosen yet.*\n")
			}
		}
	}
	b.WriteString(f.coveragePage(s, x))
	b.WriteString(hoursPage(s, x))
	return b.String()
}

// attestedPage shows what somebody said, and how they were reached: a signature
// proves that nothing changed, not who wrote it.
func attestedPage(a Attested, c deeds.Call) string {
	x := a.Attestation.Content
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s**, %s, about %s:\n", chat.Plain(x.Writer), chat.Plain(string(x.Role)), chat.Plain(x.About))
	for _, part := range []struct{ label, text string }{{"What they saw", x.Saw}, {"What helped", x.Helped}, {"What could grow", x.Grow}} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n*%s:*\n\n%s\n", part.label, chat.Quote(part.text))
		}
	}
	reached := map[attestations.Reached]string{
		attestations.ByAccount: "They wrote it from their own account in the workspace",
		attestations.ByLink:    "They wrote it on a page whose address was passed on to them",
		attestations.OnPaper:   "They gave it on paper, and " + chat.Plain(x.Recorder) + " copied it",
		attestations.ByPhone:   "They said it in a call or in person, and " + chat.Plain(x.Recorder) + " wrote it down",
	}[x.Reached]
	if relation := strings.TrimRight(x.Relation, ". "); relation != "" {
		b.WriteString("\nHow they know each other: “" + chat.Plain(relation) + "”.")
	}
	fmt.Fprintf(&b, "\n%s, on %s.", reached, plainDay(x.At, c))
	if x.Conflict != "" {
		b.WriteString(" A conflict of interest, in their words: " + chat.Plain(x.Conflict) + ".")
	}
	if a.Entry.Signature != "" {
		b.WriteString(" Signed when it was given.")
	}
	return b.String() + "\n"
}

func itemPage(n int, i evidence.Item, c deeds.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%d. %s**, kept on %s\n", n, chat.Plain(i.Name()), plainDay(i.At, c))
	if i.Text != "" {
		b.WriteString("\n" + chat.Quote(i.Text) + "\n")
	}
	if i.Named != "" {
		b.WriteString("\nIn the words of " + chat.Plain(i.Named) + ".\n")
	}
	if i.Link != "" {
		b.WriteString("\nLink: " + chat.Plain(i.Link) + "\n")
	}
	for _, file := range i.Files {
		agreed := "not said yet whether those who are shown agreed"
		switch file.Shows {
		case evidence.Agreed:
			agreed = "those who are seen or heard in it agreed"
		case evidence.NotNeeded:
			agreed = "nobody is seen or heard in it"
		}
		fmt.Fprintf(&b, "\nFile: %s (%s); %s. SHA-256 %s\n", chat.Plain(file.SafeName()), size(file.Size), agreed, short(file.Hash))
	}
	if i.Note != "" {
		b.WriteString("\n" + chat.Plain(i.Note) + "\n")
	}
	return b.String()
}

func short(hash string) string { return hash[:min(len(hash), 16)] }

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return plural(int(n), "byte", "bytes")
}

// coveragePage shows which evidence is said to show what. Doing and knowing stand
// apart; values are a lens and asked of nobody.
func (f feature) coveragePage(s Snapshot, x Contents) string {
	framework, ok := f.Library.Framework(s.Asks.Framework)
	if !ok || len(s.Criteria) == 0 {
		return ""
	}
	covered := f.Library.Coverage(framework, x.Items)
	var b strings.Builder
	b.WriteString("\n## What is evidence for what\n")
	for _, part := range []struct {
		how   frameworks.Covers
		title string
		lines []evidence.Line
	}{{frameworks.Do, "Doing", covered.Do}, {frameworks.Know, "Knowing", covered.Know}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n**%s**\n\n", part.title)
		for _, line := range part.lines {
			var numbers []string
			for n, i := range x.Items {
				for _, id := range line.Items {
					if id == i.ID {
						numbers = append(numbers, fmt.Sprint(n+1))
					}
				}
			}
			shown := "no paper is named"
			if len(numbers) > 0 {
				shown = "papers " + strings.Join(numbers, ", ")
			}
			fmt.Fprintf(&b, "- %s: %s\n", chat.Plain(strings.TrimSuffix(strings.TrimSpace(line.Item.Code+" "+line.Item.Text), ".")), shown)
		}
	}
	return b.String()
}

func hoursPage(s Snapshot, x Contents) string {
	totals, _ := hours.Totals(s.Asks.Hours, x.Hours)
	if len(totals) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Hours\n\n")
	for _, t := range totals {
		fmt.Fprintf(&b, "- %s: %s, where most people need %d-%d h\n", chat.Plain(t.Band.Title), hoursWords(t.Minutes), t.Band.From, t.Band.To)
	}
	return b.String()
}
