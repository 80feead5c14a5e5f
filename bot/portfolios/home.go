package portfolios

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// glance shows somebody how far their portfolios have come, and what they are asked
// to assess.
func (f feature) glance(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	own, err := Of(tx, c.Person.ID)
	if err != nil {
		return g, err
	}
	for _, p := range own {
		parts, err := StandingOf(tx, p)
		if err != nil {
			return g, err
		}
		line := fmt.Sprintf("**%s**: %d of %d parts have what they need.", chat.Plain(f.titleOf(own, p, c.Zone)), complete(parts), len(parts))
		if missing := missing(parts); missing != "" && p.Met.IsZero() {
			line += " Still to come: " + missing + "."
		}
		if p.Latest != "" {
			way, err := f.wayLine(tx, p, c)
			if err != nil {
				return g, err
			}
			line += " " + way
		}
		g.Lines = append(g.Lines, line)
		g.Buttons = append(g.Buttons, chat.Button{Label: chat.Short("Open "+f.titleOf(own, p, c.Zone), 70), Command: openPath, Record: string(p.ID)})
	}
	for row, err := range Appointments.By(tx, "person", string(c.Person.ID)) {
		if err != nil {
			return g, err
		}
		p, ok, err := Get(tx, row.Value.Portfolio)
		if err != nil {
			return g, err
		}
		if !ok || !p.Met.IsZero() {
			continue
		}
		name, err := ownerName(tx, p.ID)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, "You are asked to assess the portfolio of **"+chat.Plain(name)+"**.")
		g.Buttons = append(g.Buttons, chat.Button{Label: chat.Short("Assess "+name, 70), Command: assessPath, Record: string(row.ID)})
	}
	return g, nil
}

// missing names the parts that have not what they need, in a line.
func missing(parts []Standing) string {
	var names []string
	for _, s := range parts {
		if s.Complete() {
			continue
		}
		name, n := s.Title, 0
		for _, slot := range s.Slots {
			n += slot.Missing
		}
		if n > 0 {
			name += fmt.Sprintf(" (%d more)", n)
		}
		names = append(names, chat.Plain(name))
	}
	if most := 3; len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// panel shows the facilitators of a group who has submitted, which fees are due and
// how many scholarships are left: nothing of what is written.
func (f feature) panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	x, ok, err := cohorts.Table.Find(tx, cohorts.ID(c.Cohort))
	if err != nil || !ok {
		return g, err
	}
	inGroup, err := all(tx, "cohort", string(x.ID))
	if err != nil || len(inGroup) == 0 {
		return g, err
	}
	submitted, due, asking, unassessed := 0, 0, 0, 0
	for _, p := range inGroup {
		if p.Fee.State == Due {
			due++
		}
		if s, ok, err := ScholarshipOf(tx, p.ID); err != nil {
			return g, err
		} else if ok && s.State == Asked {
			asking++
		}
		if p.Latest == "" {
			continue
		}
		submitted++
		if _, there, err := AssessorOf(tx, p.ID); err != nil {
			return g, err
		} else if !there && p.Met.IsZero() {
			unassessed++
		}
	}
	line := fmt.Sprintf("**Portfolios:** %d begun, %d submitted", len(inGroup), submitted)
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{unassessed, "needs an assessor", "need an assessor"},
		{due, "fee is due", "fees are due"},
		{asking, "asks for a scholarship", "ask for a scholarship"},
	} {
		if x.n > 0 {
			line += ", " + plural(x.n, x.one, x.many)
		}
	}
	n, most, err := left(tx, f.Library, inGroup[0])
	if most > 0 {
		line += fmt.Sprintf("; %d of %d scholarships are left", n, most)
	}
	g.Lines = append(g.Lines, line+".")
	g.Buttons = append(g.Buttons, chat.Button{Label: "Portfolios", Command: deskPath})
	return g, err
}
