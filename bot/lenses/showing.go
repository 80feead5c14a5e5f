package lenses

import (
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/shapes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const (
	picturePath = "lens picture"
	lookPath    = "lens look"
	closePath   = "lens close"
	rolesPath   = "lens roles"
)

// mine is the choice of the button that shows somebody their own answers.
const mine = "mine"

func (o Options) pictureDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: picturePath, Summary: "See how you work together, then and now", Role: chat.Member, Fields: []chat.Field{aboutField}}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		var m chat.Message
		var err error
		switch {
		case c.Choice == mine:
			m, err = o.ownMessage(tx, c, x)
		case x.few():
			m, err = o.partnersMessage(tx, c, x)
		default:
			m, err = o.groupMessage(tx, c, x)
		}
		return chat.Answering(m), err
	})
}

// ownMessage shows somebody their own answers, beside the first that they gave.
func (o Options) ownMessage(tx store.Tx, c deeds.Call, x Collaboration) (chat.Message, error) {
	m := chat.Message{Note: "Only you see this message."}
	own, err := values(Answers.By(tx, "own", string(x.ID), string(c.Person.ID)))
	if err != nil {
		return m, err
	}
	m.Text = "**" + chat.Plain(x.Name) + "**, as you see it"
	if len(own) == 0 {
		m.Text += "\n\nYou have not answered yet. It takes about five minutes."
		m.Buttons = []chat.Button{{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true}}
		return m, nil
	}
	last := own[len(own)-1]
	now := shapes.Seen{At: last.At, Values: o.dimensions(last.Values)}
	if len(own) == 1 {
		shapes.Single(x.Name, o.points(), now, scale, c.Zone).On(&m)
	} else {
		shapes.Compare(o.points(), shapes.Seen{At: own[0].At, Values: o.dimensions(own[0].Values)}, now, scale, c.Zone).On(&m)
	}
	m.Text += "\n\n" + middleWords
	if last.Note != "" {
		m.Text += "\n\nYour note of " + day(last.At, c.Zone) + ":\n\n" + chat.Quote(last.Note)
	}
	m.Buttons = []chat.Button{{Label: "Answer again", Command: answerPath, Record: string(x.ID), Main: true}}
	label := "The group's picture"
	if x.few() {
		label = "My partners' answers"
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: label, Command: picturePath, Record: string(x.ID)})
	for _, a := range slices.Backward(own[max(0, len(own)-mostDeleted):]) {
		label := "Delete mine of " + day(a.At, c.Zone)
		switch a.Sees {
		case Counted:
			label += ", which count"
		case Named:
			label += ", which partners see"
		}
		m.Buttons = append(m.Buttons, chat.Button{Label: label, Command: deletePath, Record: a.ID})
	}
	return m, nil
}

// mostDeleted is how many of somebody's last answers can be deleted by a button.
const mostDeleted = 3

const middleWords = "Each point is the middle of its statements. They are not added up."

// groupMessage shows what may be shown of the group's answers.
func (o Options) groupMessage(tx store.Tx, c deeds.Call, x Collaboration) (chat.Message, error) {
	m := chat.Message{
		Text: "**" + chat.Plain(x.Name) + "**, as this group sees it",
		Note: "Everyone in the group can see this picture. Nobody sees anybody's answers.",
	}
	looks, err := looksOf(tx, x)
	if err != nil {
		return m, err
	}
	o.picture(&m, x, looks, c.Zone)
	if m.Chart == nil && m.Document == nil {
		m.Text += "\n\nThere is no picture yet. It is made from five people's answers on, so that nobody can be singled out."
	}
	if len(looks) == 0 {
		return m, nil
	}
	leads, err := leads(tx, c, x)
	if err != nil {
		return m, err
	}
	last := looks[len(looks)-1]
	if last.Open() {
		all, err := counted(tx, last.ID)
		if err != nil {
			return m, err
		}
		m.Text += "\n\nThe group is looking " + last.Stage.words() + " now. " + answeredWords(len(all))
		m.Buttons = []chat.Button{{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true}}
		if leads {
			m.Buttons = append(m.Buttons, chat.Button{Label: "Make the picture", Command: closePath, Record: string(last.ID)})
		}
	} else if leads {
		m.Buttons = againButtons(x)
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Mine", Command: picturePath, Record: string(x.ID), Choice: mine})
	return m, nil
}

func againButtons(x Collaboration) []chat.Button {
	return []chat.Button{
		{Label: "Look again, in the middle", Command: lookPath, Record: string(x.ID), Choice: string(Middle)},
		{Label: "Look again, at the end", Command: lookPath, Record: string(x.ID), Choice: string(End)},
	}
}

// answeredWords says how many people's answers count, and what comes of that.
func answeredWords(n int) string {
	who := upper(number(n)) + " people have answered so far."
	switch n {
	case 0:
		who = "Nobody's answers count so far."
	case 1:
		who = "One person has answered so far."
	}
	if n < least {
		return who + " From five on there is a picture, so that nobody can be singled out."
	}
	return who + " That is enough for a picture, in which nobody can be singled out."
}

// picture adds the last picture of a group, beside the first.
func (o Options) picture(m *chat.Message, x Collaboration, looks []Look, z schedules.Zone) {
	made := slices.DeleteFunc(slices.Clone(looks), func(l Look) bool { return l.Open() || len(l.Cells) == 0 })
	if len(made) == 0 {
		return
	}
	now := shapes.Seen{At: made[len(made)-1].Closed, Values: o.dimensions(levels(made))}
	about := middleWords + " The page has every statement."
	if len(made) == 1 {
		shapes.Single("How we see "+x.Name, o.points(), now, scale, z).On(m)
	} else {
		then := shapes.Seen{At: made[0].Closed, Values: o.dimensions(levels(made[:1]))}
		shapes.Compare(o.points(), then, now, scale, z).On(m)
		about = "What is new since the first time is how far those moved who answered both times. " + about
	}
	m.Text += "\n\n" + about
	m.Document = &chat.Document{Name: "how we work together", Title: x.Name + ", as we see it", Text: o.page(made, z)}
}

// page says what is shown of every statement, each time.
func (o Options) page(made []Look, z schedules.Zone) string {
	var t strings.Builder
	last := made[len(made)-1]
	dimension := ""
	for _, s := range o.statements(last.Words) {
		if s.title != dimension {
			dimension = s.title
			t.WriteString("## " + chat.Plain(s.title) + "\n\n")
		}
		t.WriteString("**" + chat.Plain(s.text) + "**\n\n")
		for _, l := range made {
			t.WriteString("- " + upper(l.Stage.words()) + ", " + day(l.Closed, z) + ": " + cellWords(l.Cells, s.id))
			if l.Words[s.id] != last.Words[s.id] {
				then, _ := o.statement(l.Words, s.id)
				t.WriteString(" It was asked then as “" + chat.Plain(then.text) + "”.")
			}
			t.WriteString("\n")
		}
		t.WriteString("\n")
	}
	t.WriteString("A statement is shown from five people's answers on, and only the middle of them: the ends would be somebody's own. " +
		"After the first time, the moves of those count who answered both times. Two pictures of nearly the same people, held against each other, could show what one of them said.\n")
	return t.String()
}

// cellWords says what is shown of a statement.
func cellWords(cells map[string]Cell, id string) string {
	if c, shown := cells[id]; shown {
		return "around " + scale.Steps[c.Level-1] + "."
	}
	return "too few people's answers to show."
}

// partnersMessage shows the partners' answers, by name: each who lets them.
func (o Options) partnersMessage(tx store.Tx, c deeds.Call, x Collaboration) (chat.Message, error) {
	m := chat.Message{
		Text: "**" + chat.Plain(x.Name) + "**, as the partners see it",
		Note: "Only the partners see this: each chose to show it to the others. There is no picture without names, since " + number(len(x.Partners)) + " are too few to hide among.",
	}
	looks, err := looksOf(tx, x)
	if err != nil || len(looks) == 0 {
		return m, err
	}
	all, err := circle(tx, x)
	if err != nil {
		return m, err
	}
	chart := chat.Chart{Kind: chat.Radar, Title: "How each partner sees " + x.Name, Max: float64(len(scale.Steps))}
	for _, p := range o.points() {
		chart.Axes = append(chart.Axes, p.Title)
	}
	var lines []string
	for _, p := range all {
		who, err := nameOf(tx, p)
		if err != nil {
			return m, err
		}
		var shown []Answer
		for _, l := range looks {
			a, err := Answers.Get(tx, answerID(l.ID, p))
			if err == nil {
				shown = append(shown, a)
			} else if ignoreMissing(err) != nil {
				return m, err
			}
		}
		if len(shown) == 0 {
			lines = append(lines, who+" shows no answers.")
			continue
		}
		last := shown[len(shown)-1]
		now := shapes.Seen{At: last.At, Values: o.dimensions(last.Values)}
		words := shapes.Single(x.Name, o.points(), now, scale, c.Zone).Words
		if len(shown) > 1 {
			words = shapes.Compare(o.points(), shapes.Seen{At: shown[0].At, Values: o.dimensions(shown[0].Values)}, now, scale, c.Zone).Words
		}
		lines = append(lines, who+", "+day(last.At, c.Zone)+". "+words)
		one := chat.Series{Name: who}
		for _, point := range o.points() {
			one.Values = append(one.Values, float64(now.Values[point.ID]))
		}
		chart.Series = append(chart.Series, one)
	}
	chart.Alt = strings.Join(lines, " ")
	if len(chart.Series) > 0 {
		m.Chart = &chart
	} else {
		m.Text += "\n\n" + chart.Alt
	}
	m.Buttons = []chat.Button{{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true}}
	if last := looks[len(looks)-1]; last.Open() {
		m.Buttons = append(m.Buttons, chat.Button{Label: "End this look", Command: closePath, Record: string(last.ID)})
	} else {
		m.Buttons = append(m.Buttons, againButtons(x)...)
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Mine", Command: picturePath, Record: string(x.ID), Choice: mine})
	return m, nil
}

// closeDeed ends a look, and makes the group's picture of it where there may be
// one.
func (o Options) closeDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: closePath, Summary: "Make the group's picture of how you work together", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		if ok, err := leads(tx, c, x); err != nil {
			return chat.Outcome{}, err
		} else if !ok {
			return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "It is for a facilitator, or for whoever gave it its name, to make the picture. You can still answer: /lens answer.")
		}
		l, open, err := openLook(tx, x)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !open {
			return chat.Outcome{}, &deeds.Error{
				Code: deeds.Conflict, Say: "No look is open, so there is nothing to end.",
				Buttons: append([]chat.Button{{Label: "See the picture", Command: picturePath, Record: string(x.ID), Main: true}}, againButtons(x)...),
			}
		}
		looks, err := looksOf(tx, x)
		if err != nil {
			return chat.Outcome{}, err
		}
		all, err := counted(tx, l.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		l.Cells, err = o.count(all, looks[:len(looks)-1], func(id LookID) ([]Answer, error) { return counted(tx, id) })
		if err != nil {
			return chat.Outcome{}, err
		}
		if !c.Sure {
			return closing(x, l, len(all)), nil
		}
		l.Closed = c.Now
		if err := Looks.Put(tx, l.ID, l); err != nil {
			return chat.Outcome{}, err
		}
		if x.few() {
			return chat.Say("The look "+l.Stage.words()+" is over. What you answered stays.", againButtons(x)...), nil
		}
		if err := outbox.Touch(tx, askedKind, string(l.ID)); err != nil || len(l.Cells) == 0 {
			return chat.Say("It is over, without a picture.", againButtons(x)...), err
		}
		err = outbox.Say(tx, outbox.Item{
			Key: madeKind + "/" + string(l.ID), Kind: madeKind, Record: string(l.ID), Cohort: string(x.Cohort), Place: cohort.Place,
		}, c.Now)
		return chat.Say("The picture is made, and I am showing it in " + chat.InChannel(cohort.Place) + "."), err
	})
}

// closing asks before a look is ended, and says why there is no picture where
// there is none.
func closing(x Collaboration, l Look, n int) chat.Outcome {
	switch {
	case x.few():
		return deeds.Confirm("This ends the look "+l.Stage.words()+" at **"+chat.Plain(x.Name)+"**. What you answered stays; the next look has answers of its own.", "End it")
	case len(l.Cells) > 0:
		return deeds.Confirm(answeredWords(n)+" The picture is made once: nobody can answer for "+string(l.Stage)+" after that, since a picture that changes would show what the last one said. Everyone in the group sees it.", "Make the picture")
	case n < least:
		return deeds.Confirm(answeredWords(n)+" You can leave it open until more have answered. If you end it now, there is no picture of it, and each keeps their own.", "End it without a picture")
	}
	return deeds.Confirm(upper(number(n))+" people have answered, but no statement was answered by five, both now and the time before. A picture of others, held against the earlier one, could show what one of them said. You can leave it open until more have answered. If you end it now, there is no picture of it, and each keeps their own.", "End it without a picture")
}

// lookDeed opens the next look.
func lookDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: lookPath, Summary: "Look again at how you work together", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		if ok, err := leads(tx, c, x); err != nil {
			return chat.Outcome{}, err
		} else if !ok {
			return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "It is for a facilitator, or for whoever gave it its name, to ask the group again. For yourself you can look at any time: /lens answer.")
		}
		if l, open, err := openLook(tx, x); err != nil {
			return chat.Outcome{}, err
		} else if open {
			return chat.Outcome{}, &deeds.Error{
				Code: deeds.Conflict, Say: "The group is looking already, " + l.Stage.words() + ".",
				Buttons: []chat.Button{{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true}},
			}
		}
		s := Middle
		if Stage(c.Choice) == End {
			s = End
		}
		if !x.few() && !c.Sure {
			return deeds.Confirm("Everyone in "+chat.InChannel(cohort.Place)+" is asked again how you work together in **"+chat.Plain(x.Name)+"**, "+s.words()+".", "Ask the group"), nil
		}
		if _, err := look(tx, c, cohort, x, s); err != nil {
			return chat.Outcome{}, err
		}
		text := "The group is asked now."
		if x.few() {
			text = "Your partners hear of it in private."
		}
		return chat.Say(text, chat.Button{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true}), nil
	})
}
