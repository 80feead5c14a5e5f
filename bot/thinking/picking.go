package thinking

import (
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const (
	chapterPath  = "think chapter"
	questionPath = "think question"
	answerPath   = "think answer"
	audiencePath = "think audience"
)

var (
	chapterField = chat.Field{Name: "chapter", Label: "Which chapter", Kind: chat.Text, Max: 75, Example: "power"}
	// Discord and Slack let people type at most 4,000 and 3,000 characters.
	textField = chat.Field{Name: "text", Label: "What you think", Kind: chat.LongText, Required: true, Max: 3000, Hint: "A few words are enough. You can come back to it."}
)

// mostChapters is how many chapters have a button of their own.
const mostChapters = 20

// meant finds the chapter that somebody typed the name of, or a part of it.
func (l Library) meant(typed string) (Chapter, error) {
	typed = strings.TrimSpace(typed)
	var ids, known []string
	var near []Chapter
	for _, c := range l.chapters {
		if strings.EqualFold(typed, c.ID) || strings.EqualFold(typed, c.Title) {
			return c, nil
		}
		if strings.Contains(strings.ToLower(c.ID+" "+c.Title), strings.ToLower(typed)) {
			near = append(near, c)
		}
		ids = append(ids, c.ID)
		known = append(known, "“"+chat.Plain(c.Title)+"”")
	}
	if len(near) == 0 {
		for _, id := range chat.Nearest(typed, ids) {
			c, _ := l.chapter(id)
			near = append(near, c)
		}
	}
	if len(near) == 1 {
		return near[0], nil
	}
	return Chapter{}, deeds.RefuseField(chapterField.Name, "I know no single chapter called “%s”. There are: %s.", chat.Plain(typed), chat.And(known))
}

func (f feature) chapterDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: chapterPath, Summary: "Pick up a chapter of questions, or go on where you left off", Role: chat.Anyone, Fields: []chat.Field{chapterField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			chapter, ok := f.library.chapter(c.Record) // a week's record is no chapter, and opens all of them
			if typed := c.Given.Text(chapterField.Name); typed != "" {
				var err error
				if chapter, err = f.library.meant(typed); err != nil {
					return chat.Outcome{}, err
				}
				ok = true
			}
			if !ok {
				return f.chapters(tx, c)
			}
			r, open, err := f.library.leftAt(tx, c.Person.ID)
			if err == nil && (!open || r.chapter != chapter.ID) {
				r, open, err = f.library.next(tx, c.Person.ID, chapter, -1)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if !open {
				return chat.Say("You have answered every question of **"+chat.Plain(chapter.Title)+"**. Your answers are there to read again, and to change as you see things differently.",
					chat.Button{Label: "Read my answers", Command: backPath, Record: chapter.ID, Main: true},
					chat.Button{Label: "All chapters", Command: chapterPath}), nil
			}
			return f.page(tx, c, r)
		},
	}
}

// chapters shows all chapters, and how far the person is in each.
func (f feature) chapters(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
	m := chat.Message{
		Text: "**Questions to pick up and think with.** Begin anywhere, answer what speaks to you, leave and come back. Your earlier answers stand beside what comes next.",
		Note: "Nobody is told that you look, and only you read what you write unless you say otherwise.",
	}
	left, open, err := f.library.leftAt(tx, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if open {
		chapter, i, _ := f.library.find(left)
		m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(fmt.Sprintf("Go on with %s, question %d", chapter.Title, i+1), 75), Command: questionPath, Record: left.String(), Main: true})
	}
	any := false
	for _, chapter := range f.library.chapters {
		n, err := f.library.answered(tx, c, chapter)
		if err != nil {
			return chat.Outcome{}, err
		}
		m.Text += "\n\n**" + chat.Plain(chapter.Title) + "**"
		if n > 0 {
			m.Text += fmt.Sprintf(" · %d of %d answered", n, len(chapter.Questions))
			any = true
		}
		m.Text += "\n" + chat.Plain(chapter.About)
		if len(m.Buttons) < mostChapters {
			m.Buttons = append(m.Buttons, chat.Button{Label: chapter.Title, Command: chapterPath, Record: chapter.ID})
		}
	}
	if any {
		m.Buttons = append(m.Buttons, chat.Button{Label: "My answers", Command: backPath})
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Tell us what you think of them", Command: tellPath})
	return chat.Answering(m), nil
}

// answered counts the questions of a chapter that the person has answered.
func (l Library) answered(tx store.Tx, c deeds.Call, chapter Chapter) (int, error) {
	n := 0
	for _, q := range chapter.Questions {
		_, ok, err := given(tx, c.Person.ID, ref{chapter.ID, q.ID})
		if err != nil {
			return 0, err
		}
		if ok {
			n++
		}
	}
	return n, nil
}

func (f feature) questionDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: questionPath, Summary: "See one question, and what you wrote", Role: chat.Anyone, Hidden: true},
		Run:     func(tx store.Tx, c deeds.Call) (chat.Outcome, error) { return f.page(tx, c, parseRef(c.Record)) },
	}
}

// more is the choice of the button that shows what else can be done with an answer.
const more = "more"

// page shows a question with the answers that belong beside it, and keeps the place.
func (f feature) page(tx store.Tx, c deeds.Call, r ref) (chat.Outcome, error) {
	chapter, i, there := f.library.find(r)
	a, answered, err := given(tx, c.Person.ID, r)
	switch {
	case err != nil:
		return chat.Outcome{}, err
	case !there && !answered:
		return chat.Outcome{}, gone()
	case !there: // the chapter was changed since
		chapter, i = Chapter{ID: a.Chapter, Title: a.Title, Questions: []Question{{ID: a.Question, Ask: a.Asked}}}, 0
	default:
		if err := Places.Put(tx, c.Person.ID, Place{Person: c.Person.ID, Chapter: r.chapter, Question: r.question, At: c.Now}); err != nil {
			return chat.Outcome{}, err
		}
	}
	m := chat.Message{Text: "**" + chat.Plain(chapter.Title) + "**"}
	if there {
		m.Text += fmt.Sprintf(" · question %d of %d", i+1, len(chapter.Questions))
	}
	m.Text += "\n\n" + chapter.Questions[i].words()
	if answered {
		m.Text += "\n\n" + a.words(c.Zone, "You wrote on", 2000)
		readers, err := a.readers(tx)
		if err != nil {
			return chat.Outcome{}, err
		}
		m.Note = readers
	}
	earlier, err := f.library.beside(tx, c.Person.ID, chapter, i)
	if err != nil {
		return chat.Outcome{}, err
	}
	m.Text += besideWords(earlier, c.Zone, 600)
	if answered {
		m.Buttons, err = f.handles(tx, c, a, chapter, i, there)
		return chat.Answering(m), err
	}
	m.Note = "You choose who reads your answer. There is no hurry: /think chapter brings you back here."
	m.Buttons = []chat.Button{{Label: "Answer", Command: answerPath, Record: r.String(), Main: true}}
	if n, ok, err := f.library.next(tx, c.Person.ID, chapter, i); err != nil {
		return chat.Outcome{}, err
	} else if ok {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Another question", Command: questionPath, Record: n.String()})
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "All chapters", Command: chapterPath})
	puts, err := mayAsk(tx, c)
	if len(puts) > 0 {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Put it to the group", Command: askPath, Record: r.String()})
	}
	return chat.Answering(m), err
}

// handles gives the buttons under an answer of one's own.
func (f feature) handles(tx store.Tx, c deeds.Call, a Answer, chapter Chapter, i int, there bool) ([]chat.Button, error) {
	change := chat.Button{Label: "Change it", Command: answerPath, Record: a.ref().String()}
	if c.Choice != more {
		var buttons []chat.Button
		if there {
			n, ok, err := f.library.next(tx, c.Person.ID, chapter, i)
			if err != nil {
				return nil, err
			}
			if ok {
				buttons = append(buttons, chat.Button{Label: "Next question", Command: questionPath, Record: n.String(), Main: true})
			} else {
				buttons = append(buttons, chat.Button{Label: "All chapters", Command: chapterPath, Main: true})
			}
		}
		return append(buttons, change, chat.Button{Label: "More", Command: questionPath, Record: a.ref().String(), Choice: more}), nil
	}
	buttons := []chat.Button{change, {Label: "Who may read it", Command: audiencePath, Record: string(a.ID)}}
	if a.Changes > 0 {
		buttons = append(buttons, chat.Button{Label: "How it read before", Command: historyPath, Record: string(a.ID)})
	}
	buttons = append(buttons, chat.Button{Label: "Delete", Command: deletePath, Record: string(a.ID)})
	puts, err := mayAsk(tx, c)
	if there && len(puts) > 0 {
		buttons = append(buttons, chat.Button{Label: "Put it to the group", Command: askPath, Record: a.ref().String()})
	}
	return buttons, err
}

func gone() error {
	return &deeds.Error{
		Code: deeds.NotFound, Say: "This question is no longer there.",
		Buttons: []chat.Button{{Label: "All chapters", Command: chapterPath, Main: true}},
	}
}

// here is the choice of a button that stands where a group reads it.
const here = "here"

func (f feature) answerDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: answerPath, Summary: "Answer a question, or change what you wrote", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r := parseRef(c.Record)
			chapter, i, there := f.library.find(r)
			before, answered, err := given(tx, c.Person.ID, r)
			if err != nil {
				return nil, err
			}
			if !there && !answered {
				return nil, gone()
			}
			form := &chat.Form{Title: before.Title, Submit: "Keep it", Intro: chat.Plain(before.Asked), Fields: []chat.Field{textField}, Filled: chat.Answers{}}
			if there {
				earlier, err := f.library.beside(tx, c.Person.ID, chapter, i)
				if err != nil {
					return nil, err
				}
				form.Title, form.Intro = chapter.Title, chat.Plain(chapter.Questions[i].Ask)+besideWords(earlier, c.Zone, 250)
			}
			form.Note = "Only you read this. When you change it, how it read before stays with you until you delete it."
			sees, err := seesField(tx, c.Person.ID, before)
			if err != nil {
				return nil, err
			}
			if len(sees.Options) > 1 {
				form.Fields = append(form.Fields, sees)
				form.Filled[sees.Name] = chat.Given(before.audience())
				form.Note = "You choose who reads it, and can change or delete it whenever you like. How it read before is only for you. " + adminsSee
			}
			if group, ok, err := cohorts.At(tx, c.At); err != nil {
				return nil, err
			} else if to := (Answer{Sees: cohorts.WholeGroup, Cohort: group.ID}).audience(); ok && !answered && c.Choice == here &&
				slices.ContainsFunc(sees.Options, func(o chat.Option) bool { return o.Value == to }) {
				form.Filled[sees.Name] = chat.Given(to)
			}
			if answered {
				form.Submit = "Keep the change"
				form.Filled[textField.Name] = chat.Given(before.Text)
			}
			return form, nil
		},
		Run: f.answer,
	}
}

// answer keeps what was written.
func (f feature) answer(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
	r := parseRef(c.Record)
	chapter, i, there := f.library.find(r)
	before, answered, err := given(tx, c.Person.ID, r)
	if err != nil {
		return chat.Outcome{}, err
	}
	if !there && !answered {
		return chat.Outcome{}, gone()
	}
	a := before
	if !answered {
		a = Answer{
			ID: AnswerID(c.ID), Person: c.Person.ID, Chapter: r.chapter, Question: r.question, Sees: cohorts.OnlyMe, At: c.Now, Written: c.Now,
		}
	}
	if there {
		a.Title, a.Asked = chapter.Title, chapter.Questions[i].Ask
	}
	a.Text = c.Given.Text(textField.Name)
	if to := c.Given.Text(seesName); to != "" {
		if a, err = a.showTo(tx, to, before); err != nil {
			return chat.Outcome{}, err
		}
	}
	var was *Answer
	if answered {
		was = &before
	}
	if err := keep(tx, a, was, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	readers, err := a.readers(tx)
	if err != nil {
		return chat.Outcome{}, err
	}
	m := chat.Message{Text: "Kept. " + readers}
	if answered && before.Text != a.Text {
		m.Text += " How it read before is kept for you, too."
	}
	if there {
		n, open, err := f.library.next(tx, c.Person.ID, chapter, i)
		switch {
		case err != nil:
			return chat.Outcome{}, err
		case open:
			m.Buttons = append(m.Buttons, chat.Button{Label: "Next question", Command: questionPath, Record: n.String(), Main: true})
		default:
			m.Text += " Every question of **" + chat.Plain(chapter.Title) + "** has an answer of yours now."
			m.Buttons = append(m.Buttons, chat.Button{Label: "Read my answers", Command: backPath, Record: chapter.ID, Main: true})
		}
		if err := Places.Put(tx, c.Person.ID, Place{Person: c.Person.ID, Chapter: r.chapter, Question: r.question, At: c.Now}); err != nil {
			return chat.Outcome{}, err
		}
	}
	m.Buttons = append(m.Buttons,
		chat.Button{Label: "Change it", Command: answerPath, Record: r.String()},
		chat.Button{Label: "More", Command: questionPath, Record: r.String(), Choice: more})
	return chat.Answering(m), nil
}
