package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/store"
)

// shownLines is how many lines of a part stand in the chat; all are in the page.
const shownLines = 20

// coverageDeed shows somebody what they have evidence for, and what not yet.
func coverageDeed(l Library) deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence coverage", Summary: "What your evidence covers, and what it doesn't yet", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			f, ok, err := l.looksAt(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok {
				form, err := l.aimForm(tx, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				form.Command = aimPath
				return chat.Asking(*form), nil
			}
			items, err := Items(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := l.Coverage(f, items).message()
			if err := l.sayJudged(tx, c, f, &m); err != nil {
				return chat.Outcome{}, err
			}
			m.Note = whoSees
			m.Buttons = []chat.Button{
				{Label: "What I keep", Command: "evidence list", Main: true},
				{Label: "Keep something", Command: "evidence add"},
			}
			if aims, err := l.AimsOf(tx, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if len(aims) > 1 || len(l.Programmes) > 1 {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Another portfolio", Command: aimPath})
			}
			return chat.Answering(m), nil
		},
	}
}

// sayJudged puts before the counts what an assessor decided, where one did: the two
// are not the same, and neither corrects the other.
func (l Library) sayJudged(tx store.Tx, c deeds.Call, f frameworks.Framework, m *chat.Message) error {
	if l.Judged == nil {
		return nil
	}
	j, ok, err := l.Judged(tx, c.Person.ID, f.ID)
	if err != nil || !ok {
		return err
	}
	found := fmt.Sprintf("%d of %d criteria met", j.Met, j.All)
	if j.Met == j.All {
		found = fmt.Sprintf("all %d criteria met", j.All)
	}
	m.Text = fmt.Sprintf("**%s** found %s, on %s, in what you handed in: %s. What follows counts what you tagged yourself, and changes nothing about that.\n\n",
		chat.Plain(j.By), found, j.On.In(c.Zone.Location()).Format("2 January 2006"), chat.Plain(j.Title)) + m.Text
	return nil
}

// row is one line of a table of coverage: an item, and how much there is for it.
type row struct {
	item frameworks.Item
	n    int
}

func rows(lines []Line) []row {
	var all []row
	for _, l := range lines {
		all = append(all, row{l.Item, len(l.Items)})
	}
	return all
}

// message shows a coverage in words, with a picture, and whole in a page where it
// is long.
func (c Coverage) message() chat.Message {
	f := c.Framework
	m := chat.Message{Text: "**" + chat.Plain(f.Title) + "**: what your evidence covers"}
	var page strings.Builder
	for _, part := range []struct {
		title string
		lines []Line
	}{{"Doing", c.Do}, {"Knowing", c.Know}} {
		if len(part.lines) == 0 {
			continue
		}
		head := fmt.Sprintf("**%s:** %d of %d have evidence", part.title, Covered(part.lines), len(part.lines))
		m.Text += "\n\n" + head + "\n\n" + table(rows(part.lines), shownLines, pieces)
		page.WriteString("## " + part.title + "\n\n" + table(rows(part.lines), len(part.lines), pieces) + "\n\n")
	}
	if seen := lensWords(c.Lens); seen != "" {
		m.Text += "\n\n" + seen
		page.WriteString("## Values\n\n" + seen + "\n\n")
	}
	if len(c.Do) > shownLines || len(c.Know) > shownLines {
		m.Document = &chat.Document{Name: "what my evidence covers", Title: "What my evidence covers: " + f.Title, Text: chat.Short(page.String(), 100_000)}
	}
	title := fmt.Sprintf("%d of %d criteria have evidence", Covered(c.Do), len(c.Do))
	if len(c.Know) > 0 {
		title += fmt.Sprintf(", %d of %d points of knowledge", Covered(c.Know), len(c.Know))
	}
	m.Chart = heatmap(title, "pieces of evidence", rows(c.Do), rows(c.Know))
	return m
}

// lensWords says through which values somebody looked, without counting any as
// missing.
func lensWords(lines []Line) string {
	var seen []string
	for _, l := range lines {
		if len(l.Items) > 0 {
			seen = append(seen, chat.Plain(chat.Short(l.Item.Text, 60)))
		}
	}
	if len(seen) == 0 {
		return ""
	}
	return "Values that you saw in it: " + strings.Join(seen, "; ") + ". They are to think with, and none has to be there."
}

func pieces(n int) string {
	if n == 0 {
		return "nothing yet"
	}
	return count(n, "piece", "pieces")
}

// table says a line for each item. Of more than fit, what has nothing yet comes
// first.
func table(all []row, most int, amount func(int) string) string {
	left := len(all) - most
	if left > 0 {
		all = slices.Clone(all)
		slices.SortStableFunc(all, func(a, b row) int { return min(a.n, 1) - min(b.n, 1) })
		all = all[:most]
	}
	var lines []string
	for _, r := range all {
		lines = append(lines, "- "+chat.Plain(strings.TrimSuffix(label(r.item, 110), "."))+": **"+amount(r.n)+"**")
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("- and %d more, in the page below", left))
	}
	return strings.Join(lines, "\n")
}

// mostColumns is how many items a row of the picture has room for.
const mostColumns = 18

// heatmap draws how much there is for each item: in rows of their own doing and
// knowing, each item by its code or its place.
func heatmap(title, what string, do, know []row) *chat.Chart {
	width := min(max(len(do), len(know)), mostColumns)
	if width == 0 {
		return nil
	}
	chart := &chat.Chart{Kind: chat.Heatmap, Title: title}
	for n := range width {
		chart.Axes = append(chart.Axes, strconv.Itoa(n+1))
	}
	var words []string
	top := 2 // one piece is no full cell, and an end of one would be yes or no
	for _, part := range []struct {
		name string
		rows []row
	}{{"Doing", do}, {"Knowing", know}} {
		for from := 0; from < len(part.rows); from += width {
			some := part.rows[from:min(from+width, len(part.rows))]
			s := chat.Series{Name: part.name}
			if len(part.rows) > width {
				s.Name = fmt.Sprintf("%s %d-%d", part.name, from+1, from+len(some))
			}
			for n, r := range some {
				s.Values = append(s.Values, float64(r.n))
				top = max(top, r.n)
				words = append(words, fmt.Sprintf("%s %d: %d", strings.ToLower(part.name), from+n+1, r.n))
			}
			chart.Series = append(chart.Series, s)
		}
	}
	chart.Max = float64(top)
	chart.Alt = title + ". " + "Number of " + what + ", in the order of the list: " + strings.Join(words, ", ") + "."
	return chart
}

// groupDeed shows the facilitators of a group what its members have evidence for,
// as numbers alone.
func groupDeed(l Library) deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "evidence group", Summary: "What your group has evidence for, without names", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			f, ok := l.ofCohort(cohort)
			if !ok {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "**%s** follows no programme with a portfolio, so I don't know which criteria to look at.", chat.Plain(cohort.Name))
			}
			g, shown, err := l.OfGroup(tx, cohort.ID, f)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !shown {
				return chat.Say(fmt.Sprintf("Fewer than %s people in **%s** have said yet what their evidence shows, so there is nothing to show: of a few it could be guessed whose it is. Members see their own with /evidence coverage.", "five", chat.Plain(cohort.Name))), nil
			}
			m := g.message(cohort.Name)
			return chat.Answering(m), nil
		},
	}
}

// ofCohort gives the framework that a group prepares by: of its own programme, or
// of the only one that there is.
func (l Library) ofCohort(c cohorts.Cohort) (frameworks.Framework, bool) {
	if !c.Programme.Portfolio.IsZero() {
		return l.Framework(c.Programme.Portfolio.Framework)
	}
	if len(l.Programmes) == 1 {
		return l.Framework(l.Programmes[0].Portfolio.Framework)
	}
	return frameworks.Framework{}, false
}

// message shows the coverage of a group in words and a picture.
func (g GroupCoverage) message(group string) chat.Message {
	m := chat.Message{
		Text: fmt.Sprintf("**%s**: what the evidence of %d people covers, by **%s**", chat.Plain(group), g.People, chat.Plain(g.Framework.Title)),
		Note: "Only facilitators see this. Nobody is named, and it is shown from five people on. What they keep themselves is theirs; a low number says what the group could practise together, not who.",
	}
	amount := func(n int) string {
		if n == 0 {
			return "nobody yet"
		}
		return count(n, "person", "people")
	}
	var picture [2][]row
	for n, part := range []struct {
		title  string
		counts []Count
	}{{"Doing", g.Do}, {"Knowing", g.Know}} {
		if len(part.counts) == 0 {
			continue
		}
		for _, x := range part.counts {
			picture[n] = append(picture[n], row{x.Item, x.People})
		}
		m.Text += "\n\n**" + part.title + "**\n\n" + table(picture[n], len(picture[n]), amount)
	}
	m.Chart = heatmap(fmt.Sprintf("How many of %d people have evidence", g.People), "people", picture[0], picture[1])
	return m
}
