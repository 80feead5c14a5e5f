package thinking

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	backPath    = "think back"
	historyPath = "think history"
	deletePath  = "think delete"
)

// seesName is the field that asks who may read an answer.
const seesName = "sees"

// mostGroups is how many groups can be chosen from: each takes two options of 25.
const mostGroups = 11

// audience gives who may read an answer as the value of an option.
func (a Answer) audience() string {
	if a.Sees == cohorts.OnlyMe || a.Sees == "" {
		return string(cohorts.OnlyMe)
	}
	return string(a.Sees) + "/" + string(a.Cohort)
}

// seesField asks who may read an answer: the person alone, or the facilitators or
// all of a group that they are in. What it is now can stay, whatever it is.
func seesField(tx store.Tx, p people.ID, now Answer) (chat.Field, error) {
	f := chat.Field{
		Name: seesName, Label: "Who may read it", Kind: chat.Choice, Required: true, Example: "me",
		Options: []chat.Option{{Value: string(cohorts.OnlyMe), Label: "Only me"}},
	}
	groups, err := cohorts.Of(tx, p)
	if err != nil {
		return f, err
	}
	for _, c := range groups[:min(len(groups), mostGroups)] {
		name := chat.Short(c.Name, 40)
		f.Options = append(f.Options,
			chat.Option{Value: Answer{Sees: cohorts.OnlyFacilitators, Cohort: c.ID}.audience(), Label: "Just my facilitators in " + name},
			chat.Option{Value: Answer{Sees: cohorts.WholeGroup, Cohort: c.ID}.audience(), Label: "Everyone in " + name})
	}
	if as := now.audience(); !slices.ContainsFunc(f.Options, func(o chat.Option) bool { return o.Value == as }) {
		f.Options = append(f.Options, chat.Option{Value: as, Label: "As it is now, in the group that you left"})
	}
	return f, nil
}

// showTo gives the answer with who may read it as chosen. Nothing new is shown to a
// group by somebody who is not in it.
func (a Answer) showTo(tx store.Tx, to string, before Answer) (Answer, error) {
	sees, cohort, _ := strings.Cut(to, "/")
	a.Sees, a.Cohort = cohorts.Sees(sees), cohorts.ID(cohort)
	switch {
	case to == before.audience() && before.ID != "", a.Sees == cohorts.OnlyMe:
		return a, nil
	case a.Sees != cohorts.OnlyFacilitators && a.Sees != cohorts.WholeGroup:
		return a, deeds.RefuseField(seesName, "I couldn't read who is to see this. Choose one of the options.")
	}
	c, err := cohorts.Get(tx, a.Cohort)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.State == cohorts.Deleted {
		return a, deeds.RefuseField(seesName, "This group is no longer there. Choose another, or only you.")
	}
	if err != nil {
		return a, err
	}
	if _, ok, err := cohorts.MemberOf(tx, a.Cohort, a.Person); err != nil || !ok {
		if err == nil {
			err = deeds.RefuseField(seesName, "You are not in %s, so nothing of yours can be shown there. Choose another group, or only you.", chat.Plain(c.Name))
		}
		return a, err
	}
	return a, nil
}

// mine gives the answer of the record, which only its author reaches.
func mine(tx store.Tx, c deeds.Call) (Answer, error) {
	a, err := Answers.Get(tx, AnswerID(c.Record))
	if errors.Is(err, store.ErrNotFound) {
		return a, deeds.Refuse(deeds.NotFound, "This answer is not there any more. /think back shows those that are.")
	}
	if err == nil && a.Person != c.Person.ID {
		return a, deeds.Refuse(deeds.Forbidden, "Only the person who wrote this can do that. /think chapter has the questions for you.")
	}
	return a, err
}

func (f feature) backDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: backPath, Summary: "Read what you answered, and change, share or delete it", Role: chat.Anyone, Fields: []chat.Field{chapterField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := OfPerson(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			chosen := c.Record
			if typed := c.Given.Text(chapterField.Name); typed != "" {
				i := slices.IndexFunc(all, func(a Answer) bool { return strings.EqualFold(a.Title, typed) })
				if i >= 0 { // of a chapter that is gone, perhaps
					chosen = all[i].Chapter
				} else if chapter, err := f.library.meant(typed); err != nil {
					return chat.Outcome{}, err
				} else {
					chosen = chapter.ID
				}
			}
			if chosen == "" {
				return f.answers(tx, c, all)
			}
			return f.chapterBack(c, chosen, slices.DeleteFunc(all, func(a Answer) bool { return a.Chapter != chosen }))
		},
	}
}

// titled gives the chapters of some answers, in the library's order and then those
// that it no longer has, each with the title that it goes by.
func (l Library) titled(all []Answer) (ids []string, titles map[string]string) {
	titles = map[string]string{}
	for _, a := range all {
		titles[a.Chapter] = a.Title
	}
	for _, c := range l.chapters {
		if _, any := titles[c.ID]; any {
			ids, titles[c.ID] = append(ids, c.ID), c.Title
		}
	}
	for _, a := range all {
		if !slices.Contains(ids, a.Chapter) {
			ids = append(ids, a.Chapter)
		}
	}
	return ids, titles
}

// answers shows in which chapters the person has answered, and what they said about
// the questions.
func (f feature) answers(tx store.Tx, c deeds.Call, all []Answer) (chat.Outcome, error) {
	m := chat.Message{Note: "Only you see this."}
	ids, titles := f.library.titled(all)
	for _, id := range ids {
		n, last := 0, Answer{}
		for _, a := range all {
			if a.Chapter == id {
				n++
				if a.Written.After(last.Written) {
					last = a
				}
			}
		}
		m.Text += fmt.Sprintf("\n\n**%s** · %s, the last on %s", chat.Plain(titles[id]), count(n, "answer"), day(last.Written, c.Zone))
		if len(m.Buttons) < mostChapters {
			m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(titles[id], 75), Command: backPath, Record: id, Main: len(m.Buttons) == 0})
		}
	}
	if len(all) == 0 {
		m.Text = "You have not answered a question yet. A few lines are enough, and only you read them unless you say otherwise."
		m.Buttons = []chat.Button{{Label: "See the chapters", Command: chapterPath, Main: true}}
	}
	told, err := remarksOf(tx, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, r := range slices.Backward(told[max(0, len(told)-remarksShown):]) {
		m.Text += "\n\nOn " + day(r.At, c.Zone) + " you told us about " + f.library.about(r) + ":\n\n" + chat.Quote(chat.Short(r.Text, 200))
		m.Buttons = append(m.Buttons, chat.Button{Label: "Take back what you told us, " + day(r.At, c.Zone), Command: untellPath, Record: string(r.ID)})
	}
	m.Text = strings.TrimSpace(m.Text)
	return chat.Answering(m), nil
}

// chapterBack shows the answers to one chapter.
func (f feature) chapterBack(c deeds.Call, id string, all []Answer) (chat.Outcome, error) {
	chapter, known := f.library.chapter(id)
	if len(all) == 0 {
		if !known {
			return chat.Outcome{}, gone()
		}
		return chat.Say("You have not answered a question of **"+chat.Plain(chapter.Title)+"** yet.",
			chat.Button{Label: "Look at it", Command: chapterPath, Record: id, Main: true}), nil
	}
	title := all[0].Title
	if known {
		title = chapter.Title
		slices.SortStableFunc(all, func(a, b Answer) int { return chapter.place(a.Question) - chapter.place(b.Question) })
	}
	m := chat.Message{Text: "**" + chat.Plain(title) + "**", Note: "Only you see this, here. Each opens to be changed, shared or deleted."}
	most := max(80, 2400/len(all)) // a message bears about so many characters
	for i, a := range all {
		m.Text += fmt.Sprintf("\n\n**%d.** %s (%s%s)\n\n%s", i+1, chat.Plain(strings.TrimSpace(a.Asked)), day(a.Written, c.Zone), a.changed(), chat.Quote(chat.Short(a.Text, most)))
		if len(m.Buttons) < mostChapters {
			m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Open %d", i+1), Command: questionPath, Record: a.ref().String()})
		}
	}
	if known && len(all) < len(chapter.Questions) {
		m.Buttons = append([]chat.Button{{Label: "Go on", Command: chapterPath, Record: id, Main: true}}, m.Buttons...)
	}
	return chat.Answering(m), nil
}

func (c Chapter) place(question string) int {
	return slices.IndexFunc(c.Questions, func(q Question) bool { return q.ID == question })
}

// changed says how often an answer was changed.
func (a Answer) changed() string {
	switch a.Changes {
	case 0:
		return ""
	case 1:
		return ", changed once"
	}
	return fmt.Sprintf(", changed %d times", a.Changes)
}

func (f feature) audienceDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: audiencePath, Summary: "Choose who may read an answer of yours", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, err := mine(tx, c)
			if err != nil {
				return nil, err
			}
			sees, err := seesField(tx, c.Person.ID, a)
			if err != nil {
				return nil, err
			}
			if len(sees.Options) == 1 {
				return nil, deeds.Refuse(deeds.Unavailable, "Only you can read it. You are in no group that you could show it to; press Join under a group's joining message to be in one.")
			}
			return &chat.Form{
				Title: "Who may read it", Intro: chat.Quote(chat.Short(a.Text, 200)), Submit: "Keep it so", Fields: []chat.Field{sees},
				Filled: chat.Answers{seesName: chat.Given(a.audience())},
				Note:   "Everyone means with your name, in the group's channel. How it read before is never shown. " + adminsSee,
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			before, err := mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			a, err := before.showTo(tx, c.Given.Text(seesName), before)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := keep(tx, a, &before, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			readers, err := a.readers(tx)
			return chat.Say(readers, chat.Button{Label: "See it", Command: questionPath, Record: a.ref().String()}), err
		},
	}
}

// historyShown is how many former versions of an answer are shown, the youngest.
const historyShown = 10

func (f feature) historyDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: historyPath, Summary: "How an answer of yours read before you changed it", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			before, err := HistoryOf(tx, a.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			shown := before[max(0, len(before)-historyShown):]
			most := 2400 / (len(shown) + 1)
			m := chat.Message{Text: chat.Plain(strings.TrimSpace(a.Asked)), Note: "Only you see this."}
			for _, v := range shown {
				m.Text += "\n\n" + Answer{Text: v.Text, Written: v.From}.words(c.Zone, "From", most)
			}
			m.Text += "\n\n" + a.words(c.Zone, "Since", most)
			if len(before) > len(shown) {
				m.Text += "\n\nThere are older ones, which are not shown here."
			}
			m.Buttons = []chat.Button{
				{Label: "Change it", Command: answerPath, Record: a.ref().String(), Main: true},
				{Label: "Delete", Command: deletePath, Record: string(a.ID)},
			}
			return chat.Answering(m), nil
		},
	}
}

func (f feature) deleteDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: deletePath, Summary: "Delete an answer of yours for good", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("This deletes your answer and how it read before, wherever it is shown. It cannot be brought back.\n\n"+chat.Quote(chat.Short(a.Text, 200)), "Delete it"), nil
			}
			return chat.Say("Deleted. The question is still there, should you want to answer it anew.",
				chat.Button{Label: "All chapters", Command: chapterPath}), remove(tx, a)
		},
	}
}
