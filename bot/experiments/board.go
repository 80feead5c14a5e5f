package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// showDeed gives somebody all that is kept of an experiment of theirs.
func showDeed() deeds.Deed {
	d := deed(showPath, "Your experiment: its days, your notes, who walks along", chat.Anyone, false)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := own(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		text := "**Your experiment:** " + w.stateWords() + ".\n\n" + chat.Quote(w.Hunch)
		for _, part := range []struct{ label, text string }{{"With", w.With}, {"To try", w.Try}, {"To know it by", w.Know}} {
			if part.text != "" {
				text += "\n\n" + part.label + ":\n\n" + chat.Quote(part.text)
			}
		}
		if w.From != "" {
			if from, err := Table.Get(tx, w.From); ignoreMissing(err) != nil {
				return chat.Outcome{}, err
			} else if err == nil {
				text += "\n\nBegun again from the one of " + from.Made.In(c.Zone.Location()).Format("2 January") + " (" + from.stateWords() + ")."
			}
		}
		days, err := daysOf(tx, w.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		for _, d := range days {
			notes, err := notesOf(tx, w.ID, d.Number)
			if err != nil {
				return chat.Outcome{}, err
			}
			text += fmt.Sprintf("\n\n**Day %d**, %s: ", d.Number, d.On.Short())
			switch {
			case len(notes) > 0:
				text += "\n\n" + notesWords(notes, 500)
			case d.Answer == Something:
				text += "something, without words."
			case d.Answer == Nothing:
				text += "nothing."
			default:
				text += "open; late words count."
			}
		}
		surprise, err := notesOf(tx, w.ID, Surprise)
		if err != nil {
			return chat.Outcome{}, err
		}
		if len(surprise) > 0 {
			text += "\n\nWhat surprised you:\n\n" + notesWords(surprise, 1000)
		}
		if w.State == Going {
			text += "\n\n" + w.aheadWords(c.Now)
		}
		x, p, walks, err := w.beside(tx)
		if err != nil {
			return chat.Outcome{}, err
		}
		if walks && x.State == Walks {
			text += "\n\n" + chat.Plain(p.Name) + " walks alongside."
		} else if walks {
			text += "\n\n" + chat.Plain(p.Name) + " is asked to walk alongside, and has not answered."
		}
		m := chat.Message{Text: text, Note: "Only you see this."}
		m.Buttons, err = w.handles(tx, days, walks)
		return chat.Answering(m), err
	}
	return d
}

// handles are the buttons with which somebody goes on from what they see of their
// experiment: what is likeliest first.
func (w whole) handles(tx store.Tx, days []Day, walks bool) ([]chat.Button, error) {
	button := func(label, command string) chat.Button {
		return chat.Button{Label: label, Command: command, Record: string(w.ID)}
	}
	var buttons []chat.Button
	if w.State == Going {
		buttons = []chat.Button{button("Change the words", changePath), button("Other days or another hour", whenPath)}
		if i := slices.IndexFunc(days, func(d Day) bool { return d.Answer == "" }); i >= 0 {
			open := button(fmt.Sprintf("A few words for day %d", days[i].Number), checkinPath)
			open.Record, open.Choice = DayID(w.ID, days[i].Number), string(Something)
			buttons = append([]chat.Button{open}, buttons...)
		}
		if walks {
			buttons = append(buttons, button("Go on alone", partPath))
		} else {
			buttons = append(buttons, button("Ask somebody along", walkPath))
		}
		buttons = append(buttons, button("Add days", extendPath), button("Stop here", stopPath))
	} else {
		after, err := w.afterwards(tx)
		if err != nil {
			return nil, err
		}
		buttons = after
		for _, more := range []chat.Button{button("What surprised me", surprisePath), button("Begin again", startPath)} {
			if !slices.ContainsFunc(buttons, func(b chat.Button) bool { return b.Command == more.Command }) {
				buttons = append(buttons, more)
			}
		}
		buttons = append(buttons, w.keepButton())
	}
	buttons = append(buttons, button("Delete it", deletePath))
	all, err := Of(tx, w.Cohort, w.Person)
	if i := slices.IndexFunc(all, func(e Experiment) bool { return e.ID == w.ID }); i > 0 {
		earlier := button("The one before", showPath)
		earlier.Record = string(all[i-1].ID)
		buttons = append(buttons, earlier)
	}
	return buttons, err
}

// boardDeed gives the facilitators where everybody is, in words: the states, and
// what people shared. What is in an experiment is nobody's but its author's.
func boardDeed() deeds.Deed {
	d := deed(boardPath, "Where each member's experiment is, without a word of what it says", chat.Facilitator, false)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		if err := cohorts.MustFacilitate(tx, c); err != nil {
			return chat.Outcome{}, err
		}
		cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
		if err != nil {
			return chat.Outcome{}, err
		}
		group, err := cohorts.Group(tx, cohort.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		var lines []string
		for _, m := range group {
			line, err := boardLine(tx, cohort, m, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if line != "" {
				lines = append(lines, line)
			}
		}
		slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
		m := chat.Message{Text: "**Experiments in " + chat.Plain(cohort.Name) + "**\n\n- " + strings.Join(lines, "\n- "), Note: "Only facilitators see this. What people write in an experiment is theirs; you see what they share."}
		if len(lines) == 0 {
			m.Text = "Nobody has joined " + chat.Plain(cohort.Name) + " yet who could try something."
		}
		open, err := StoriesFor(tx, cohort.ID, Reader{Facilitator: true})
		if len(open) > 0 {
			m.Buttons = []chat.Button{{Label: "Read the stories", Command: storiesPath, Record: c.Cohort, Main: true}}
		}
		return chat.Answering(m), err
	}
	return d
}

func boardLine(tx store.Tx, cohort cohorts.Cohort, m cohorts.Member, c deeds.Call) (string, error) {
	own, err := Of(tx, cohort.ID, m.Person)
	if err != nil || len(own) == 0 && !m.Learner() {
		return "", err
	}
	p, err := people.Table.Get(tx, m.Person)
	if err != nil {
		return "", err
	}
	line := chat.Plain(p.Name) + ": "
	if len(own) == 0 {
		line += "none yet"
	} else {
		e := own[len(own)-1]
		line += e.stateWords()
		if len(own) > 1 {
			line += fmt.Sprintf(", the %s", ordinal(len(own)))
		}
		for _, e := range own {
			s, err := Stories.Get(tx, e.ID)
			if ignoreMissing(err) != nil {
				return "", err
			}
			switch { // a story that is kept is not even known to be there
			case err != nil:
			case s.Sees == Group:
				line += "; a story told to the group"
			case s.OpenTo(Reader{Person: c.Person.ID, Facilitator: true}):
				line += "; a story told to facilitators"
			}
		}
	}
	switch {
	case p.OnLeave(c.Now, cohort.Zone):
		line += " (on leave)"
	case m.ReadingAlong:
		line += " (reads along)"
	}
	return line + ".", nil
}

func ordinal(n int) string {
	words := []string{"first", "second", "third", "fourth", "fifth"}
	if n <= len(words) {
		return words[n-1]
	}
	return strconv.Itoa(n) + "th"
}

// storiesPage is how many stories are read at once.
const storiesPage = 5

// storiesDeed lists what was shared, the youngest first.
func storiesDeed() deeds.Deed {
	d := deed(storiesPath, "The stories of experiments that people shared", chat.Member, false)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
		if err != nil {
			return chat.Outcome{}, err
		}
		member, here, err := cohorts.MemberOf(tx, cohort.ID, c.Person.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		// Whoever only administers the workspace reads what stands in its channels.
		r := Reader{Person: c.Person.ID, Member: true, Facilitator: here && member.Facilitator}
		open, err := StoriesFor(tx, cohort.ID, r)
		if err != nil {
			return chat.Outcome{}, err
		}
		slices.Reverse(open)
		m := chat.Message{Text: "**Stories of experiments in " + chat.Plain(cohort.Name) + "**", Note: "You see what people shared with you. Only you see your own that you keep."}
		if len(open) == 0 {
			return chat.Say("No story has been shared in "+chat.Plain(cohort.Name)+" yet.", chat.Button{Label: "Tell mine", Command: storyPath, Record: c.Cohort}), nil
		}
		pass, _ := strconv.Atoi(c.Choice) // what is no number passes over nothing
		for i, s := range open {
			if i < pass {
				continue
			}
			if i == pass+storiesPage {
				m.Buttons = []chat.Button{{Label: "Earlier ones", Command: storiesPath, Record: c.Cohort, Choice: strconv.Itoa(i), Main: true}}
				break
			}
			p, err := people.Table.Get(tx, s.Person)
			if err != nil {
				return chat.Outcome{}, err
			}
			m.Text += "\n\n**" + chat.Plain(p.Name) + "**, " + s.At.In(c.Zone.Location()).Format("2 January")
			switch s.Sees {
			case Facilitators:
				m.Text += ", for facilitators alone"
			case OnlyMe:
				m.Text += ", only for you"
			}
			m.Text += "\n\n" + notesWords([]Note{{Text: s.Text, Files: s.Files}}, 1500)
		}
		return chat.Answering(m), nil
	}
	return d
}

// home is what somebody sees of their own experiment, and of one that they walk
// alongside.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	e, ok, err := going(tx, cohorts.ID(c.Cohort), c.Person.ID)
	if err != nil {
		return g, err
	}
	if ok {
		w, err := with(tx, e)
		if err != nil {
			return g, err
		}
		line := "Your experiment: " + w.stateWords() + "."
		if next := w.nextWords(c.Now); next != "" && w.Asked > 0 {
			line += " " + next
		}
		g.Lines = append(g.Lines, line)
		g.Buttons = append(g.Buttons, chat.Button{Label: "My experiment", Command: showPath, Record: string(w.ID)})
	}
	for row, err := range Companions.By(tx, "person", string(c.Person.ID)) {
		if err != nil {
			return g, err
		}
		w, err := load(tx, row.Value.Experiment)
		if err != nil {
			return g, err
		}
		if string(w.Cohort) == c.Cohort && w.State == Going && w.here {
			g.Lines = append(g.Lines, "You walk alongside "+chat.Plain(w.person.Name)+"'s experiment: "+w.stateWords()+".")
			g.Buttons = append(g.Buttons, chat.Button{Label: "A word to " + chat.Short(w.person.Name, 40), Command: wordPath, Record: string(w.ID)})
		}
	}
	return g, nil
}

// panel is what the facilitators see: how many, and no names.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	var begun, under, over int
	for row, err := range Table.By(tx, "cohort", c.Cohort) {
		if err != nil {
			return g, err
		}
		if _, here, err := cohorts.MemberOf(tx, row.Value.Cohort, row.Value.Person); err != nil {
			return g, err
		} else if !here {
			continue // the board doesn't show them either
		}
		begun++
		if row.Value.State == Going {
			under++
		} else {
			over++
		}
	}
	if begun == 0 {
		return g, nil
	}
	open, err := StoriesFor(tx, cohorts.ID(c.Cohort), Reader{Facilitator: true})
	g.Lines = []string{fmt.Sprintf("**Experiments:** %d under way, %d over, %d %s told.", under, over, len(open), plural(len(open), "story", "stories"))}
	g.Buttons = []chat.Button{{Label: "Experiments", Command: boardPath, Record: c.Cohort}}
	return g, err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
