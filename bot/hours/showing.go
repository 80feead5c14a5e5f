package hours

import (
	"fmt"
	"math"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// listed is how many entries stand in the chat; all of them are in the page.
const listed = 10

// showDeed shows somebody their hours.
func (f feature) showDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "hours show", Summary: "Your hours so far, beside what most people take", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			return f.show(tx, c, "")
		},
	}
}

func (f feature) show(tx store.Tx, c deeds.Call, lead string) (chat.Outcome, error) {
	all, err := Of(tx, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if len(all) == 0 {
		return chat.Outcome{}, nothing()
	}
	bands, err := f.bands(tx, c)
	if err != nil {
		return chat.Outcome{}, err
	}
	m := chat.Message{Text: "**Your hours**", Note: whoSees, Chart: chart(bands, all)}
	if lead != "" {
		m.Text = lead + "\n\n" + m.Text
	}
	totals := totalWords(bands, all)
	m.Text += "\n\n" + totals
	if len(all) > listed {
		m.Text += fmt.Sprintf("\n\nThe latest %d of %d; the page has all of them:", listed, len(all))
	}
	var lines, page []string
	today := schedules.DateOf(c.Now.In(c.Zone.Location()))
	for n, e := range all {
		short, long := e.On.Short(), e.On.Long()
		if e.Days() > 1 {
			short = e.span(today)
			long = short
		}
		line := fmt.Sprintf("%d\\. %s, %s", n+1, e.Took(), short)
		if e.What != "" {
			line += ": " + chat.Plain(clip(e.What, 120))
		}
		if e.Band == "" && len(bands) > 0 {
			line += " (not said yet what it counts for)"
		}
		lines = append(lines, line)
		page = append(page, fmt.Sprintf("- %s, %s%s: %s", long, e.Took(), inBand(bands, e), chat.Plain(e.What)))
	}
	m.Text += "\n\n" + strings.Join(lines[max(0, len(lines)-listed):], "\n\n")
	if len(all) > listed {
		m.Document = &chat.Document{Name: "my hours", Title: "My hours", Text: fitting(totals, page)}
	}
	m.Buttons = []chat.Button{
		{Label: "Write down hours", Command: logPath, Main: true},
		{Label: "Change some", Command: "hours change"},
		{Label: "Delete some", Command: "hours delete"},
	}
	return chat.Answering(m), nil
}

// fitting gives a page of the entries, without the oldest where it is full.
func fitting(totals string, lines []string) string {
	const room = 100_000
	title := "\n\n## All of them\n\n"
	for len(totals)+len(title)+len(strings.Join(lines, "\n")) > room && len(lines) > 1 {
		lines, title = lines[len(lines)/10+1:], "\n\n## The latest\n\n"
	}
	return totals + title + strings.Join(lines, "\n")
}

func inBand(bands []programmes.Band, e Entry) string {
	for _, b := range bands {
		if b.ID == e.Band {
			return " (" + chat.Plain(b.Title) + ")"
		}
	}
	return ""
}

// totalWords says how much of each band there is, beside what most people take.
func totalWords(bands []programmes.Band, all []Entry) string {
	totals, other := Totals(bands, all)
	var lines []string
	for _, t := range totals {
		lines = append(lines, fmt.Sprintf("- **%s:** %s. Most people take %d to %d hours.", chat.Plain(t.Band.Title), Length(t.Minutes), t.Band.From, t.Band.To))
	}
	switch {
	case len(totals) == 0:
		lines = append(lines, "- In all: "+Length(other)+".")
	case other > 0:
		lines = append(lines, "- Not said yet what it counts for: "+Length(other)+".")
	}
	return strings.Join(lines, "\n")
}

// chart draws the hours of each band beside the least and the most that people
// usually take.
func chart(bands []programmes.Band, all []Entry) *chat.Chart {
	if len(bands) == 0 {
		return nil
	}
	totals, _ := Totals(bands, all)
	c := &chat.Chart{Kind: chat.Bars, Title: "Your hours, beside what most people take"}
	yours, least, most := chat.Series{Name: "You"}, chat.Series{Name: "Usual, from"}, chat.Series{Name: "Usual, to"}
	var words []string
	for _, t := range totals {
		h := math.Round(float64(t.Minutes)/6) / 10
		c.Axes = append(c.Axes, clip(t.Band.Title, 40))
		yours.Values, least.Values, most.Values = append(yours.Values, h), append(least.Values, float64(t.Band.From)), append(most.Values, float64(t.Band.To))
		words = append(words, fmt.Sprintf("%s: you %s, most people %d to %d hours", t.Band.Title, Length(t.Minutes), t.Band.From, t.Band.To))
	}
	c.Series = []chat.Series{yours, least, most}
	c.Alt = strings.Join(words, "; ") + "."
	return c
}
