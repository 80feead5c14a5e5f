package lenses

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what this package says.
const (
	askedKind   = "lens-asked"   // in the channel: the group is asked
	madeKind    = "lens-made"    // in the channel: the group's picture
	invitedKind = "lens-invited" // in private: a partner is asked
)

var small = []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// number writes small numbers out.
func number(n int) string {
	if n < len(small) {
		return small[n]
	}
	return fmt.Sprint(n)
}

func upper(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

func day(t time.Time, z schedules.Zone) string { return t.In(z.Location()).Format("2 January") }

// dayWords says a day that is near: "Friday 6 November".
func dayWords(d schedules.Date) string {
	return schedules.Wall{Date: d}.In(schedules.MustZone("UTC")).Format("Monday 2 January")
}

// shown gives what a look's message is about; false where it is no longer to be
// said.
func shown(tx store.Tx, i outbox.Item) (Collaboration, Look, cohorts.Cohort, bool, error) {
	var x Collaboration
	var c cohorts.Cohort
	l, err := Looks.Get(tx, LookID(i.Record))
	if err == nil {
		x, err = Collaborations.Get(tx, l.Collaboration)
	}
	if err == nil {
		c, err = cohorts.Get(tx, x.Cohort)
	}
	if errors.Is(err, store.ErrNotFound) {
		return x, l, c, false, nil
	}
	return x, l, c, err == nil && c.State != cohorts.Deleted, err
}

// askedMessage asks the group.
func (o Options) askedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, l, _, ok, err := shown(tx, i)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	title := "**" + chat.Plain(x.Name) + "** · how we work together, " + l.Stage.words()
	if !l.Open() {
		return chat.Message{
			Text:    title + "\n\nThis look is over.",
			Buttons: []chat.Button{{Label: "See the picture", Command: picturePath, Record: string(x.ID)}},
		}, i.State == outbox.Sent, nil
	}
	who, err := nameOf(tx, l.By)
	if err != nil {
		return chat.Message{}, false, err
	}
	all := o.statements(l.Words)
	return chat.Message{
		Text: title + "\n\n" + who + " asks all of us. There are " + number(len(all)) + " short statements, such as “" + chat.Plain(all[0].text) +
			"”, and for each you say how far it is so. It takes about five minutes, and you pass over what you like.",
		Note: "Nobody's answers are shown, to facilitators neither. From five people on there is a picture of the group, without names. You can also answer for yourself alone.",
		Buttons: []chat.Button{
			{Label: "Say how we work", Command: answerPath, Record: string(x.ID), Main: true},
			{Label: "See the picture", Command: picturePath, Record: string(x.ID)},
		},
	}, true, nil
}

// madeMessage shows the group its picture, as it was when this look was over.
func (o Options) madeMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, l, c, ok, err := shown(tx, i)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	looks, err := looksOf(tx, x)
	if err != nil {
		return chat.Message{}, false, err
	}
	for n, one := range looks {
		if one.ID == l.ID {
			looks = looks[:n+1]
			break
		}
	}
	m := chat.Message{
		Text:    "**" + chat.Plain(x.Name) + "**, as this group sees it " + l.Stage.words(),
		Note:    "Made of at least five people's answers for each statement, without names. It does not change any more.",
		Buttons: []chat.Button{{Label: "Mine", Command: picturePath, Record: string(x.ID), Choice: mine}},
	}
	o.picture(&m, x, looks, c.Zone)
	return m, true, nil
}

// invitedMessage asks a partner.
func invitedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, l, _, ok, err := shown(tx, i)
	if err != nil || !ok || !l.Open() && i.State != outbox.Sent {
		return chat.Message{}, false, err
	}
	who, err := nameOf(tx, l.By)
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: who + " would like to look with you at how you work together in **" + chat.Plain(x.Name) + "**, " + l.Stage.words() + ". It takes about five minutes, and need not be.",
		Note: "You choose whether your partners see what you answer, or nobody does.",
		Buttons: []chat.Button{
			{Label: "Answer", Command: answerPath, Record: string(x.ID), Main: true},
			{Label: "Fewer reminders", Command: "settings reminders", Choice: "fewer"},
		},
	}, true, nil
}

// home is what waits for somebody: one look, and one step.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil || cohort.State == cohorts.Ended {
		return g, err
	}
	if _, here, err := cohorts.MemberOf(tx, cohort.ID, c.Person.ID); err != nil || !here {
		return g, err
	}
	all, err := known(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return g, err
	}
	asked, stepped := false, false
	for _, x := range all {
		if !asked {
			if asked, err = lookWaits(tx, x, c.Person.ID, &g); err != nil {
				return g, err
			}
		}
		if !stepped {
			if stepped, err = stepWaits(tx, x, c, &g); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}

// lookWaits adds a look that somebody has not answered.
func lookWaits(tx store.Tx, x Collaboration, p people.ID, g *deeds.Glance) (bool, error) {
	l, open, err := openLook(tx, x)
	if err != nil || !open {
		return false, err
	}
	own, err := values(Answers.By(tx, "own", string(x.ID), string(p)))
	if n := len(own); err != nil || n > 0 && own[n-1].At.After(l.Opened) {
		return false, err
	}
	g.Lines = append(g.Lines, "How do you work together in **"+chat.Plain(x.Name)+"**? You are asked "+l.Stage.words()+", if you like.")
	g.Buttons = append(g.Buttons, chat.Button{Label: "Say how we work", Command: answerPath, Record: string(x.ID)})
	return true, nil
}

// stepWaits adds a step that somebody is asked to take on, or whose day has come.
func stepWaits(tx store.Tx, x Collaboration, c deeds.Call, g *deeds.Glance) (bool, error) {
	steps, err := stepsOf(tx, x)
	today := schedules.DateOf(c.Now.In(c.Zone.Location()))
	for _, s := range steps {
		if s.Owner != c.Person.ID || s.State != ToDo || !s.Asked && s.Due.After(today) {
			continue
		}
		line := "You took this on, by " + dayWords(s.Due) + ": " + chat.Plain(s.What)
		if s.Asked {
			line = "Would you take this on, by " + dayWords(s.Due) + "? " + chat.Plain(s.What)
		}
		g.Lines = append(g.Lines, line)
		g.Buttons = append(g.Buttons, chat.Button{Label: "Open this step", Command: stepPath, Record: string(s.ID)})
		return true, nil
	}
	return false, err
}

// panel is what the facilitators see: how many answered, never who or what.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	all, err := values(Collaborations.By(tx, "cohort", c.Cohort))
	if err != nil {
		return g, err
	}
	for _, x := range all {
		l, open, err := openLook(tx, x)
		if err != nil {
			return g, err
		}
		if x.few() || !open || len(g.Lines) == 2 {
			continue
		}
		answers, err := counted(tx, l.ID)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, "**"+chat.Plain(x.Name)+", "+l.Stage.words()+":** "+answeredWords(len(answers)))
		g.Buttons = append(g.Buttons, chat.Button{Label: chat.Short("Make the picture: "+x.Name, 75), Command: closePath, Record: string(l.ID)})
	}
	return g, nil
}
