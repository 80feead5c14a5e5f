package thinking

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

const (
	groupPath = "think group"
	askPath   = "think ask"
)

// The kinds of what this package says.
const (
	askedKind  = "think-question" // a question in a group's channel; its record is askedRecord's
	sharedKind = "think-answer"   // an answer in the thread under it
)

func askedKey(record string) string { return askedKind + "/" + record }

// show says an answer in the thread under its question, which is said first where
// it does not stand in the channel yet.
func show(tx store.Tx, a Answer, now time.Time) error {
	c, err := cohorts.Get(tx, a.Cohort)
	if err != nil {
		return err
	}
	if err := outbox.Again(tx, sharedKind, string(a.ID)); err != nil { // it may have been taken away before
		return err
	}
	if err := outbox.Touch(tx, sharedKind, string(a.ID)); err != nil {
		return err
	}
	record := askedRecord(c.ID, a.ref())
	if err := stand(tx, c, record, now); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: sharedKind + "/" + string(a.ID) + "/" + string(c.ID), Kind: sharedKind, Record: string(a.ID), Cohort: string(c.ID),
		Place: c.Place, Under: askedKey(record),
	}, now)
}

// stand has a question said in a cohort's channel, once.
func stand(tx store.Tx, c cohorts.Cohort, record string, now time.Time) error {
	if err := outbox.Again(tx, askedKind, record); err != nil {
		return err
	}
	if err := outbox.Touch(tx, askedKind, record); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: askedKey(record), Kind: askedKind, Record: record, Cohort: string(c.ID), Place: c.Place,
	}, now)
}

// follow has everything said anew that shows an answer.
func follow(tx store.Tx, a Answer) error {
	return errors.Join(
		outbox.Touch(tx, sharedKind, string(a.ID)),
		outbox.Touch(tx, askedKind, askedRecord(a.Cohort, a.ref())),
	)
}

// askedMessage is a question as a group reads it: because somebody put it to them,
// or because one of them shows an answer.
func (f feature) askedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	cohort, question, _ := strings.Cut(i.Record, "/")
	c, err := cohorts.Get(tx, cohorts.ID(cohort))
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, ignoreMissing(err)
	}
	r := parseRef(question)
	shown, last := 0, Answer{}
	for row, err := range Answers.By(tx, "shown", cohort, r.chapter, r.question) {
		if err != nil {
			return chat.Message{}, false, err
		}
		if row.Value.Sees == cohorts.WholeGroup {
			shown, last = shown+1, row.Value
		}
	}
	put, err := Askings.Get(tx, i.Record)
	asked := err == nil
	if err := ignoreMissing(err); err != nil {
		return chat.Message{}, false, err
	}
	chapter, n, there := f.library.find(r)
	if !asked && shown == 0 || !there && shown == 0 {
		return chat.Message{}, false, nil
	}
	m := chat.Message{}
	if there {
		m.Text = "**A question to think about** · " + chat.Plain(chapter.Title) + "\n\n" + chapter.Questions[n].words()
		m.Buttons = []chat.Button{{Label: "Answer", Command: answerPath, Record: r.String(), Choice: here, Main: true}}
		m.Note = "You choose who reads what you answer, and there is no hurry. What is said in this thread is conversation; I keep none of it."
	} else {
		m.Text = "**A question to think about** · " + chat.Plain(last.Title) + "\n\n**" + chat.Plain(strings.TrimSpace(last.Asked)) + "**"
	}
	if asked && put.By != "" {
		name, err := nameOf(tx, put.By)
		if err != nil {
			return m, false, err
		}
		m.Text += "\n\n" + chat.Plain(name) + " puts this to the group."
	}
	if shown > 0 {
		m.Text += "\n\n" + count(shown, "answer") + " in the thread."
	}
	return m, true, nil
}

// sharedMessage is an answer as the group reads it.
func sharedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	a, err := Answers.Get(tx, AnswerID(i.Record))
	if err != nil || a.Sees != cohorts.WholeGroup || string(a.Cohort) != i.Cohort {
		return chat.Message{}, false, ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, a.Cohort)
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, ignoreMissing(err)
	}
	name, err := nameOf(tx, a.Person)
	return chat.Message{
		Text: "**" + chat.Plain(name) + "**\n\n" + chat.Quote(a.Text),
		Note: chat.Plain(name) + " chose to show this here, and can change it or take it back.",
	}, err == nil, err
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// mayAsk gives the groups that are going on and to which somebody may put a
// question: those that they facilitate, and communities that they are in. In the
// channel of one of them, that one is meant.
func mayAsk(tx store.Tx, c deeds.Call) ([]cohorts.Cohort, error) {
	groups, err := cohorts.Of(tx, c.Person.ID)
	if err != nil {
		return nil, err
	}
	var found []cohorts.Cohort
	for _, g := range groups {
		m, ok, err := cohorts.MemberOf(tx, g.ID, c.Person.ID)
		if err != nil {
			return nil, err
		}
		if !ok || g.State != cohorts.Open || !m.Facilitator && !g.Programme.Community {
			continue
		}
		if g.Place == c.At.Root() {
			return []cohorts.Cohort{g}, nil
		}
		found = append(found, g)
	}
	return found[:min(len(found), 25)], nil
}

// askDeed puts a question to a group.
func (f feature) askDeed() deeds.Deed {
	const groupName = "group"
	return deeds.Deed{
		Command: chat.Command{Path: askPath, Summary: "Put a question to your group", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			groups, err := mayAsk(tx, c)
			if err != nil || len(groups) == 1 {
				return nil, err
			}
			if len(groups) == 0 {
				return nil, deeds.Refuse(deeds.Forbidden, "Only the facilitators of a group that is running can put a question to it. You can answer it yourself, and show your answer to your group.")
			}
			which := chat.Field{Name: groupName, Label: "Which group", Kind: chat.Choice, Required: true}
			for _, g := range groups {
				which.Options = append(which.Options, chat.Option{Value: string(g.ID), Label: chat.Short(g.Name, 75)})
			}
			return &chat.Form{Title: "Put it to a group", Submit: "Go on", Fields: []chat.Field{which}, Note: "You see it before anybody is told."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r := parseRef(c.Record)
			chapter, i, ok := f.library.find(r)
			if !ok {
				return chat.Outcome{}, gone()
			}
			groups, err := mayAsk(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			which := slices.IndexFunc(groups, func(g cohorts.Cohort) bool { return string(g.ID) == c.Given.Text(groupName) })
			switch {
			case which < 0 && len(groups) == 1 && !c.Given.Has(groupName):
				which = 0
			case which < 0:
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "You can't put a question to this group any more. /home shows your groups.")
			}
			g := groups[which]
			record := askedRecord(g.ID, r)
			if before, err := Askings.Get(tx, record); err == nil {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This was put to %s on %s, and stands in %s. Another question may lead further.", chat.Plain(g.Name), day(before.At, c.Zone), chat.InChannel(g.Place))
			} else if ignoreMissing(err) != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("This goes to everyone in "+chat.InChannel(g.Place)+" now, with your name. Each decides whether to answer, and who reads it.\n\n"+chapter.Questions[i].words(), "Put it to the group"), nil
			}
			if err := Askings.Put(tx, record, Asking{Cohort: g.ID, Chapter: r.chapter, Question: r.question, By: c.Person.ID, At: c.Now}); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("It goes to " + chat.InChannel(g.Place) + ". What people show is in the thread under it; /think group has all of it."), stand(tx, g, record, c.Now)
		},
	}
}

// groupDeed shows what others in a group show of what they think.
func (f feature) groupDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: groupPath, Summary: "Read what others in your group show of what they think", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := f.open(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				return chat.Say("Nobody has shown you an answer here yet. Silence is fine; your own is welcome.",
					chat.Button{Label: "See the chapters", Command: chapterPath, Main: true}), nil
			}
			const shown = 8
			m := chat.Message{Note: "You read what is shown to everyone here."}
			if c.Role >= chat.Facilitator {
				m.Note = "You read what is shown to everyone here, and what is only for facilitators; the group does not see that."
			}
			for _, a := range all[max(0, len(all)-shown):] {
				text, err := a.told(tx, c, 300)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += text
			}
			if len(all) > shown {
				m.Text = fmt.Sprintf("The last %d of %d; all of them are in the page below.", shown, len(all)) + m.Text
				if m.Document, err = whole(tx, c, all); err != nil {
					return chat.Outcome{}, err
				}
			}
			m.Text = strings.TrimSpace(m.Text)
			m.Buttons = []chat.Button{{Label: "See the chapters", Command: chapterPath}}
			return chat.Answering(m), nil
		},
	}
}

// open gives what a person may read of what others show in a cohort, the oldest
// first.
func (f feature) open(tx store.Tx, c deeds.Call) ([]Answer, error) {
	all, err := shownIn(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return nil, err
	}
	var open []Answer
	for _, a := range all {
		may, err := a.Sees.MayRead(tx, a.Cohort, a.Person, c.Person.ID)
		if err != nil {
			return nil, err
		}
		if may && a.Person != c.Person.ID {
			open = append(open, a)
		}
	}
	slices.SortStableFunc(open, func(a, b Answer) int { return a.Written.Compare(b.Written) })
	return open, nil
}

// told gives an answer as somebody else reads it.
func (a Answer) told(tx store.Tx, c deeds.Call, most int) (string, error) {
	name, err := nameOf(tx, a.Person)
	if err != nil {
		return "", err
	}
	to := ""
	if a.Sees == cohorts.OnlyFacilitators {
		to = ", for facilitators only"
	}
	return fmt.Sprintf("\n\n**%s** to “%s”, %s%s\n\n%s", chat.Plain(name), chat.Plain(strings.TrimSpace(a.Asked)), day(a.Written, c.Zone), to,
		chat.Quote(chat.Short(a.Text, most))), nil
}

// whole gives all of it as a page, the youngest first where not all fits.
func whole(tx store.Tx, c deeds.Call, all []Answer) (*chat.Document, error) {
	d := &chat.Document{Name: "what-we-think", Title: "What we think"}
	for _, a := range slices.Backward(all) {
		text, err := a.told(tx, c, len(a.Text))
		if err != nil {
			return nil, err
		}
		if len(d.Text)+len(text) > chat.MaxDocument {
			break
		}
		d.Text += text
	}
	d.Text = strings.TrimSpace(d.Text)
	return d, nil
}

// own shows somebody in a chapter where they left off.
func (f feature) own(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	r, open, err := f.library.leftAt(tx, c.Person.ID)
	if err != nil || !open {
		return g, err
	}
	chapter, i, _ := f.library.find(r)
	g.Lines = []string{fmt.Sprintf("You left **%s** at question %d of %d. It waits.", chat.Plain(chapter.Title), i+1, len(chapter.Questions))}
	g.Buttons = []chat.Button{{Label: "Go on thinking", Command: questionPath, Record: r.String()}}
	return g, nil
}

// panel tells facilitators what was shown to them.
func (f feature) panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	all, err := f.open(tx, c)
	if err != nil || len(all) == 0 {
		return g, err
	}
	g.Lines = []string{"**Answers to questions to think about, shown to you or to the group:** " + fmt.Sprint(len(all)) + "."}
	g.Buttons = []chat.Button{{Label: "Read what they think", Command: groupPath, Record: c.Cohort}}
	return g, nil
}
