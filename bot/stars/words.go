package stars

import (
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/shapes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what this package says.
const (
	fillingKind  = "star"
	practiceKind = "practice"
)

// name says which star it is, where no mark-up is read: "My own star", or "The
// harbour kitchen".
func (f Filling) name(c cohorts.Cohort) string {
	if f.About != "" {
		return f.About
	}
	if s, ok := starOf(c, f.Star); ok {
		return s.Title
	}
	return "A star"
}

// heading says which star it is, and about whom.
func (f Filling) heading(c cohorts.Cohort) string {
	s, _ := starOf(c, f.Star)
	if f.About == "" {
		return "**" + chat.Plain(s.Title) + "**"
	}
	return "**" + chat.Plain(s.Title) + " · " + chat.Plain(f.About) + "**"
}

// ownMessage shows somebody a star of their own: beside the one named by then, or
// else beside the first that they filled in.
func ownMessage(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, f Filling, then *Filling) (chat.Message, error) {
	all, err := seriesOf(tx, f)
	if err != nil {
		return chat.Message{}, err
	}
	if then == nil {
		i := slices.IndexFunc(all, func(g Filling) bool { return !g.drawn() && g.ID != f.ID && g.At.Before(f.At) })
		if i >= 0 && !f.drawn() {
			then = &all[i]
		}
	}
	m := chat.Message{Text: f.heading(cohort), Note: "Who sees this star: " + f.Sees.Who(cohort) + "."}
	if n := len(all); n > 1 {
		often := "twice"
		if n > 2 {
			often = fmt.Sprintf("%d times", n)
		}
		m.Text += "\n\nYou have looked at it " + often + " since " + day(all[0].At, c.Zone) + "."
	}
	body(&m, cohort, f, then, c)
	m.Buttons = []chat.Button{{Label: "Fill it in again", Command: fillPath, Record: string(f.ID), Main: true}}
	if f.drawn() {
		m.Buttons = []chat.Button{{Label: "Hand in another", Command: drawPath, Record: string(f.ID), Main: true}}
	}
	if len(all) > 1 {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Choose two to compare", Command: comparePath, Record: string(f.ID)})
	}
	m.Buttons = append(m.Buttons, f.Sees.Sharing(sharePath, string(f.ID))...)
	m.Buttons = append(m.Buttons, chat.Button{Label: "Delete", Command: deletePath, Record: string(f.ID)})
	return m, nil
}

// body puts the picture, the words and the drawing of a filling into a message.
func body(m *chat.Message, cohort cohorts.Cohort, f Filling, then *Filling, c deeds.Call) {
	s, _ := starOf(cohort, f.Star)
	switch {
	case f.drawn():
		m.Text += "\n\nDrawn on " + day(f.At, c.Zone) + "."
		m.Files = f.Files
	case then != nil && !then.drawn():
		shapes.Compare(s.Points, then.seen(), f.seen(), scale, c.Zone).On(m)
	default:
		shapes.Single(s.Title, s.Points, f.seen(), scale, c.Zone).On(m)
	}
	if then != nil && then.drawn() {
		m.Text += "\n\nBeside it, the one that you drew on " + day(then.At, c.Zone) + "."
		m.Files = append(slices.Clone(m.Files), then.Files...)
	}
	if then != nil && then.Words != "" {
		m.Text += "\n\nWhat you wrote on " + day(then.At, c.Zone) + ":\n\n" + chat.Quote(then.Words)
	}
	if f.Words != "" {
		m.Text += "\n\nWhat you wrote on " + day(f.At, c.Zone) + ":\n\n" + chat.Quote(f.Words)
	}
}

// fillingMessage is what the group sees of a star that somebody shares: beside
// the first that they shared of it, if there is one.
func fillingMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	f, err := Fillings.Get(tx, FillingID(i.Record))
	if err != nil || f.Sees != Group {
		return chat.Message{}, false, err
	}
	cohort, err := cohorts.Get(tx, f.Cohort)
	if err != nil || cohort.State == cohorts.Deleted {
		return chat.Message{}, false, err
	}
	m, err := othersMessage(tx, cohort, f, cohort.Zone)
	return m, true, err
}

// othersMessage shows a star to somebody who may see it and did not fill it in:
// beside the first of those that are shown to as many.
func othersMessage(tx store.Tx, cohort cohorts.Cohort, f Filling, z schedules.Zone) (chat.Message, error) {
	p, err := people.Table.Get(tx, f.Person)
	if err != nil {
		return chat.Message{}, err
	}
	all, err := seriesOf(tx, f)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{
		Text:    chat.Plain(p.Name) + " shows a star: " + f.heading(cohort),
		Note:    chat.Plain(p.Name) + " chose to show it here, and can take it back.",
		Buttons: []chat.Button{{Label: "Fill in one of mine", Command: fillPath, Record: string(cohort.ID)}},
	}
	if f.Sees == Facilitators {
		m.Note = "Only " + chat.Plain(p.Name) + " and the facilitators see this. The group does not."
	}
	s, _ := starOf(cohort, f.Star)
	first := slices.IndexFunc(all, func(g Filling) bool {
		return (g.Sees == Group || g.Sees == f.Sees) && !g.drawn() && g.At.Before(f.At)
	})
	switch {
	case f.drawn():
		m.Files = f.Files
	case first >= 0:
		shapes.Compare(s.Points, all[first].seen(), f.seen(), scale, z).On(&m)
	default:
		shapes.Single(s.Title, s.Points, f.seen(), scale, z).On(&m)
	}
	if f.Words != "" {
		m.Text += "\n\n" + chat.Quote(f.Words)
	}
	return m, nil
}

// home is what somebody sees of their own stars.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return g, err
	}
	own, err := OfPerson(tx, cohort.ID, c.Person.ID)
	if err != nil || len(own) == 0 {
		return g, err
	}
	last := own[len(own)-1]
	g.Lines = []string{"You last looked at " + last.heading(cohort) + " on " + day(last.At, c.Zone) + "."}
	g.Buttons = []chat.Button{{Label: "See my star", Command: showPath, Record: string(last.ID)}}
	return g, nil
}

// panel tells facilitators what was shown to them.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	n := 0
	for row, err := range Fillings.By(tx, "cohort", c.Cohort) {
		if err != nil {
			return g, err
		}
		if row.Value.Sees != OnlyMe {
			n++
		}
	}
	if n > 0 {
		g.Lines = []string{fmt.Sprintf("**Stars shown to you or to the group:** %d.", n)}
		g.Buttons = []chat.Button{{Label: "Look at the stars", Command: groupPath, Record: c.Cohort}}
	}
	return g, nil
}

func day(t time.Time, z schedules.Zone) string { return t.In(z.Location()).Format("2 January") }
