package stars

import (
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/shapes"
	"cohortbot/bot/store"
)

const groupPath = "shape group"

// leastPeople is how many people's stars a picture of several is made of at
// least: below that, somebody who knows the others' could tell whose is whose.
const leastPeople = 5

// leastHidden is how many stars that the group has not seen count in a picture
// at least: one or two could be worked out from those that stand in the channel.
const leastHidden = 3

// mostShown is how many single stars are offered at once.
const mostShown = 10

// groupDeed shows what a group made of a community together, and the stars that
// people show.
func groupDeed() deeds.Deed {
	about := chat.Field{Name: "about", Label: "Which community", Kind: chat.Text, Max: 60, Example: "the harbour kitchen", Hint: "Left empty, the one that was looked at last."}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: groupPath, Summary: "See how the group looks at a community, and stars that people show", Role: chat.Member, Fields: []chat.Field{about}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			all, err := collect(Fillings.By(tx, "cohort", c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Note: "Only you see this message. What is only somebody's own counts nowhere here."}
			if err := community(&m, c, cohort, all); err != nil {
				return chat.Outcome{}, err
			}
			err = shownStars(tx, &m, c, cohort, all)
			return chat.Answering(m), err
		},
	}
}

// community adds the group's picture of one community, and buttons for others.
func community(m *chat.Message, c deeds.Call, cohort cohorts.Cohort, all []Filling) error {
	var known []Filling // one of each community whose name the person may read
	for _, f := range slices.Backward(all) {
		if f.About == "" || f.drawn() || slices.ContainsFunc(known, f.alike) {
			continue
		}
		if f.Sees == Group || f.Person == c.Person.ID || len(together(cohort, f, all)) > 0 {
			known = append(known, f)
		}
	}
	i := slices.IndexFunc(known, func(f Filling) bool { return string(f.ID) == c.Record })
	if typed := c.Given.Text("about"); typed != "" {
		i = slices.IndexFunc(known, func(f Filling) bool { return subject(f.About) == subject(typed) })
		if i < 0 {
			return deeds.RefuseField("about", "I have no picture of “%s” to show. From %d people on whose stars others may see too, there is one.", chat.Plain(typed), leastPeople)
		}
	}
	if i < 0 && len(known) > 0 {
		i = 0
	}
	if i < 0 {
		m.Text = fmt.Sprintf("There is no community yet that I could show as this group sees it. When %d people have filled in a star for the same one, and let others see it, it stands here, and nobody is named.", leastPeople)
		m.Buttons = []chat.Button{{Label: "Fill in a star", Command: fillPath, Record: c.Cohort, Main: true}}
		return nil
	}
	f := known[i]
	points := together(cohort, f, all)
	m.Text = "**" + chat.Plain(f.About) + "**, as this group sees it"
	if len(points) == 0 {
		m.Text += fmt.Sprintf("\n\nToo few people have looked at it so far to show a picture: from %d on there is one, so that nobody can be singled out.", leastPeople)
	} else {
		s, _ := starOf(cohort, f.Star)
		groupPicture(s, f.About, points).On(m)
	}
	m.Buttons = []chat.Button{{Label: "Fill in a star", Command: fillPath, Record: c.Cohort, Main: true}}
	for j, g := range known[:min(len(known), mostAgain)] {
		if j != i {
			m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("See "+g.About, 75), Command: groupPath, Record: string(g.ID)})
		}
	}
	return nil
}

// together gives the lengths of each point in the stars that people filled in for
// the same community, in order; only points that enough people looked at. Of each
// person, the youngest counts that is not theirs alone.
func together(cohort cohorts.Cohort, about Filling, all []Filling) map[string][]int {
	seen, hidden := map[string][]int{}, map[string][]int{}
	counted := map[people.ID]bool{}
	for _, f := range slices.Backward(all) {
		if f.Sees == OnlyMe || f.drawn() || !f.alike(about) || counted[f.Person] {
			continue
		}
		counted[f.Person] = true
		into := hidden
		if f.Sees == Group {
			into = seen
		}
		for point, n := range f.Values {
			into[point] = append(into[point], n)
		}
	}
	points := map[string][]int{}
	s, _ := starOf(cohort, about.Star)
	for _, p := range s.Points {
		values := seen[p.ID]
		if h := hidden[p.ID]; len(h) >= leastHidden {
			values = append(values, h...)
		}
		if len(values) >= leastPeople {
			slices.Sort(values)
			points[p.ID] = values
		}
	}
	return points
}

// groupPicture draws the middle of each point, and says between what most lie. The
// longest and the shortest are left out: they would be somebody's.
func groupPicture(s programmes.Star, about string, lengths map[string][]int) shapes.Picture {
	var points, few []programmes.Point
	middle := map[string]int{}
	var lines []string
	for _, p := range s.Points {
		values := lengths[p.ID]
		if len(values) == 0 {
			few = append(few, p)
			continue
		}
		points = append(points, p)
		n := len(values)
		middle[p.ID] = values[(n-1)/2]
		low, high := values[(n-1)/4], values[n-1-(n-1)/4]
		words := "most say " + steps[low-1]
		if low != high {
			words = "around " + steps[middle[p.ID]-1] + ", most between " + steps[low-1] + " and " + steps[high-1]
		}
		lines = append(lines, chat.Plain(p.Title)+": "+words+".")
	}
	if len(few) > 0 {
		lines = append(lines, "Looked at by too few to show: "+strings.Join(shapes.Titles(few), ", ")+".")
	}
	return shapes.Draw("How this group sees "+about, strings.Join(lines, " "), points, scale, shapes.Line{Name: "the middle", Values: middle})
}

// shownStars adds buttons for the single stars that people show to who asks.
func shownStars(tx store.Tx, m *chat.Message, c deeds.Call, cohort cohorts.Cohort, all []Filling) error {
	n := 0
	for _, f := range slices.Backward(all) {
		if f.Person == c.Person.ID {
			continue
		}
		may, err := f.Sees.MayRead(tx, f.Cohort, f.Person, c.Person.ID)
		if err != nil {
			return err
		}
		if !may {
			continue
		}
		if n++; n > mostShown {
			break
		}
		p, err := people.Table.Get(tx, f.Person)
		if err != nil {
			return err
		}
		m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(p.Name+": "+f.name(cohort)+", "+day(f.At, c.Zone), 75), Command: showPath, Record: string(f.ID)})
	}
	if n > 0 {
		m.Text += "\n\nThe buttons with names open stars that people show."
	}
	return nil
}
