package lenses

import (
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// This file proposes to look again, in the middle of a group's weeks and at their end:
// once each, in private, to whoever gave the collaboration its name.

const (
	againJob  = "lens-look-again"
	againKind = "lens-again" // in private: whether to look again
)

const (
	// apart is how long two looks are apart, at least, for the second to be proposed.
	apart = 14 * 24 * time.Hour
	// againEvery is how often the plan is looked at anew: it may have moved.
	againEvery = 7 * 24 * time.Hour
	// afterQuestion is how many days after a week's question its look is proposed, so
	// that the two do not come together.
	afterQuestion = 2
	// fewestWeeks is how many weeks a plan has, at least, for it to have a middle.
	fewestWeeks = 4
)

func (x Collaboration) watch(tx store.Tx, due time.Time) error {
	return jobs.Set(tx, jobs.Job{Key: againJob + "/" + string(x.ID), Kind: againJob, Record: string(x.ID), Cohort: string(x.Cohort), Due: due})
}

// lookingAgain proposes the look whose time has come, and goes on watching until the
// one at the end was proposed.
func lookingAgain(tx store.Tx, j jobs.Job, now time.Time) error {
	x, err := Collaborations.Get(tx, ID(j.Record))
	if err != nil {
		return ignoreMissing(err)
	}
	c, _, dates, err := cohorts.Load(tx, x.Cohort)
	if err != nil || c.State == cohorts.Deleted || c.State == cohorts.Ended {
		return ignoreMissing(err)
	}
	looks, err := looksOf(tx, x)
	if err != nil {
		return err
	}
	s, at, ok := x.next(c, dates, looks)
	if !ok {
		return nil
	}
	if at.After(now) {
		return x.watch(tx, earlier(at, now.Add(againEvery)))
	}
	x.Offered = append(x.Offered, s)
	if err := Collaborations.Put(tx, x.ID, x); err != nil {
		return err
	}
	all, err := x.leaders(tx)
	for _, p := range all {
		if err := tell(tx, x, p, againKind, string(x.ID), now, now); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return x.watch(tx, now.Add(againEvery))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// next gives the stage that is to be proposed next, and from when on; false where
// there is none any more.
func (x Collaboration) next(c cohorts.Cohort, dates []cohorts.Dated, looks []Look) (Stage, time.Time, bool) {
	weeks := slices.DeleteFunc(slices.Clone(dates), func(d cohorts.Dated) bool { return d.Number == 0 })
	if len(weeks) < fewestWeeks || len(looks) == 0 {
		return "", time.Time{}, false
	}
	after := func(d cohorts.Dated) time.Time {
		return schedules.Wall{Date: d.On.Date.AddDays(afterQuestion), Time: d.On.Time}.In(c.Zone)
	}
	rested := looks[len(looks)-1].Opened.Add(apart)
	end := later(after(weeks[len(weeks)-1]), rested)
	middle := later(after(weeks[len(weeks)/2]), rested)
	if !x.had(Middle, looks) && !x.had(End, looks) && middle.Add(apart).Before(end) {
		return Middle, middle, true
	}
	return End, end, !x.had(End, looks)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// had tells whether there was a look of a stage, or one was proposed.
func (x Collaboration) had(s Stage, looks []Look) bool {
	return slices.Contains(x.Offered, s) || slices.ContainsFunc(looks, func(l Look) bool { return l.Stage == s })
}

// leaders gives who is asked whether to look again: whoever gave it its name; once they
// are gone, a partner, or the facilitators.
func (x Collaboration) leaders(tx store.Tx) ([]people.ID, error) {
	all, err := circle(tx, x)
	if err != nil || slices.Contains(all, x.By) {
		return []people.ID{x.By}, err
	}
	if x.few() {
		return all[:min(len(all), 1)], nil
	}
	var ids []people.ID
	run, err := cohorts.Facilitators(tx, x.Cohort)
	for _, p := range run {
		ids = append(ids, p.ID)
	}
	return ids, err
}

// proposed gives the stage that was proposed last and at which nobody has looked; false
// where there is none.
func (x Collaboration) proposed(looks []Look) (Stage, bool) {
	if len(x.Offered) == 0 {
		return "", false
	}
	s := x.Offered[len(x.Offered)-1]
	return s, !slices.ContainsFunc(looks, func(l Look) bool { return l.Stage == s || l.Stage == End })
}

// againMessage asks whether to look again.
func againMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, err := Collaborations.Get(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, x.Cohort)
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, ignoreMissing(err)
	}
	looks, err := looksOf(tx, x)
	if err != nil || len(looks) == 0 {
		return chat.Message{}, false, err
	}
	s, open := x.proposed(looks)
	if !open {
		return chat.Message{Text: "**" + chat.Plain(x.Name) + "** was looked at again."}, i.State == outbox.Sent, nil
	}
	last := looks[len(looks)-1]
	place := "Your group is in the middle of its weeks now"
	if s == End {
		place = "Your group's weeks are nearly over"
	}
	m := chat.Message{
		Text: "On " + day(last.Opened, c.Zone) + " you looked at how you work together in **" + chat.Plain(x.Name) + "**. " + place + ", which is a good time to look again: what has moved is shown beside the first time.",
		Note: "Only you read this. I ask once in the middle and once at the end, and leaving it is an answer, too.",
	}
	ask := "Ask the group"
	if x.few() {
		ask = "Ask my partners"
	}
	m.Buttons = []chat.Button{{Label: ask, Command: lookPath, Record: string(x.ID), Choice: string(s), Main: true}}
	if last.Open() {
		end := "Make the picture"
		if x.few() {
			end = "End that look"
		}
		m.Text += " That look is still open; end it first."
		m.Buttons = append([]chat.Button{{Label: end, Command: closePath, Record: string(last.ID), Main: true}}, m.Buttons...)
		m.Buttons[1].Main = false
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Fewer reminders", Command: "settings reminders", Choice: string(people.Fewer)})
	return m, true, nil
}
