package verdicts

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const tablePath = "verdict table"

// tableDeed gives a facilitator the verdicts beside the programme's file.
func tableDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: tablePath, Summary: "What the group would keep, change and drop, beside the programme", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			cohort, all, _, err := load(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			counted, err := tallies(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**What " + chat.Plain(cohort.Name) + " would keep, change and drop**", Note: onlyFacilitators}
			lines := tableLines(all, counted)
			if len(lines) == 0 {
				m.Text += "\n\nNobody has said anything yet. Members are asked by the button under a week that offers it, and by /verdict give at any time."
				return chat.Answering(m), nil
			}
			m.Text += "\n\n" + strings.Join(lines, "\n")
			m.Document = document(cohort, all, counted, nil)
			file, _, err := programmeFile(tx, c, cohort, cohorts.Revision{})
			if err != nil {
				return chat.Outcome{}, err
			}
			m.Files = []chat.File{file}
			m.Buttons = []chat.Button{{Label: "Choose for the next cohort", Command: nextPath, Record: c.Cohort, Main: true}}
			return chat.Answering(m), nil
		},
	}
}

const onlyFacilitators = "Only facilitators see this. Nobody is named; please don't guess aloud whose words are whose."

// tableLines gives a line for each element that somebody said something of.
func tableLines(all []cohorts.Element, counted map[string]Tally) []string {
	var lines []string
	for _, e := range all {
		t := counted[e.ID]
		if t.voices() == 0 {
			continue
		}
		line := "- " + chat.Plain(e.Title) + ": " + t.words()
		if n := len(t.Words); n == 1 {
			line += ", with words from one"
		} else if n > 1 {
			line += fmt.Sprintf(", with words from %d", n)
		}
		lines = append(lines, line)
	}
	return lines
}

// words says the numbers: "4 keep, 2 change".
func (t Tally) words() string {
	var parts []string
	for _, s := range says {
		if n := t.Count[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// mostText is how many bytes of words a document has at most, so that the answer
// with it and the programme's file can be kept for a repeat. It is a hundred pages.
const mostText = 100_000

// document gives all that was said, the words included, to read in one go and to
// keep beside the programme's file.
func document(cohort cohorts.Cohort, all []cohorts.Element, counted map[string]Tally, unwritten []cohorts.Unwritten) *chat.Document {
	d := chat.Document{Name: "verdicts", Title: cohort.Name + ": keep, change, drop"}
	parts := []string{"For the facilitators. Nobody is named, and who has left counts in the numbers alone."}
	for _, e := range all {
		t := counted[e.ID]
		if t.voices() == 0 {
			continue
		}
		parts = append(parts, "## "+chat.Plain(e.Title), t.words()+".")
		for _, w := range t.Words {
			parts = append(parts, chat.Quote(w))
		}
	}
	if len(unwritten) > 0 {
		parts = append(parts, "## Questions to write anew")
		for _, u := range unwritten {
			parts = append(parts, "**"+chat.Plain(u.Title)+"** asked:", chat.Quote(u.Prompt))
		}
	}
	d.Text = strings.Join(parts, "\n\n")
	for len(d.Text) > mostText {
		parts = parts[:len(parts)-1]
		d.Text = strings.Join(parts, "\n\n")
	}
	return &d
}

func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	counted, err := tallies(tx, cohorts.ID(c.Cohort))
	if err != nil || len(counted) == 0 {
		return g, err
	}
	g.Lines = []string{fmt.Sprintf("**Keep, change, drop:** the group has looked back on %d things.", len(counted))}
	if len(counted) == 1 {
		g.Lines = []string{"**Keep, change, drop:** the group has looked back on one thing."}
	}
	g.Buttons = []chat.Button{{Label: "What to keep, change, drop", Command: tablePath, Record: c.Cohort}}
	return g, nil
}
