package prompts

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// hearInThread keeps what is said under a question as an answer to it.
func hearInThread(tx store.Tx, h deeds.Heard) error {
	if done, err := followUp(tx, h); err != nil || done || empty(h.Text, h.Files) {
		return err
	}
	c, w := cohorts.ParseWeekRecord(h.Item.Record)
	if h.Item.Kind == answerKind { // the answer's own message, where a platform lets people reply to it
		a, err := Answers.Get(tx, AnswerID(h.Item.Record))
		if err != nil {
			return ignoreMissing(err)
		}
		c, w = a.Cohort, a.Week
	}
	m, ok, err := cohorts.MemberOf(tx, c, h.Person.ID)
	if err != nil {
		return err
	}
	if !ok {
		return say(tx, h, strayKind, "outsider/"+string(c)+"/"+string(h.Person.ID), string(c))
	}
	to, err := answerAt(tx, h.To)
	if err != nil {
		return err
	}
	return keep(tx, Answer{
		ID: AnswerID(store.NewID(h.Now)), Cohort: c, Week: w, Person: h.Person.ID, At: h.Now, Via: InThread,
		Sees: Group, Text: h.Text, Files: h.Files, Address: h.Address, Facilitator: m.Facilitator, To: to,
	}, h.Now)
}

// hearDirectly keeps a direct message as an answer to the question that is open,
// for the facilitators alone.
func hearDirectly(tx store.Tx, h deeds.Heard) error {
	if done, err := followUp(tx, h); err != nil || done || empty(h.Text, h.Files) {
		return err
	}
	c, w, unsorted := cohorts.ID(""), cohorts.WeekID(""), false
	switch h.Item.Kind {
	case nudgeKind:
		c, w = cohorts.ParseWeekRecord(h.Item.Record)
	case keptKind: // more to the answer that was kept
		a, err := Answers.Get(tx, AnswerID(h.Item.Record))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		c, w = a.Cohort, a.Week
	}
	if w == "" {
		open, err := openWeeks(tx, h.Person)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			if open, err = nextWeeks(tx, h.Person); err != nil {
				return err
			}
		}
		if len(open) == 0 {
			return say(tx, h, strayKind, "nothing-open/"+h.Address.String(), "")
		}
		c, w, unsorted = open[0].cohort.ID, open[0].week.ID, len(open) > 1
	}
	m, ok, err := cohorts.MemberOf(tx, c, h.Person.ID)
	if err != nil {
		return err
	}
	if !ok {
		return say(tx, h, strayKind, "outsider/"+string(c)+"/"+string(h.Person.ID), string(c))
	}
	a := Answer{
		ID: AnswerID(store.NewID(h.Now)), Cohort: c, Week: w, Person: h.Person.ID, At: h.Now, Via: Directly,
		Sees: Facilitators, Text: h.Text, Files: h.Files, Address: h.Address, Facilitator: m.Facilitator,
	}
	if unsorted { // no facilitator is to read what was meant for another group
		a.Sees, a.Unsorted = OnlyMe, true
	}
	if err := keep(tx, a, h.Now); err != nil {
		return err
	}
	return say(tx, h, keptKind, string(a.ID), string(c))
}

// followUp carries an edit or a deletion over to the answer that was kept.
func followUp(tx store.Tx, h deeds.Heard) (done bool, err error) {
	a, known, err := at(tx, h.Address)
	if err != nil {
		return false, err
	}
	switch {
	case h.Deleted && known, known && empty(h.Text, h.Files):
		return true, remove(tx, a)
	case h.Deleted:
		return true, nil
	case known && !h.Edited: // it comes again, or late: what was edited meanwhile stays
		return true, nil
	case known:
		changed, err := a.change(tx, h.Text, h.Files, h.Now)
		if err != nil {
			return true, err
		}
		if err := Answers.Put(tx, a.ID, changed); err != nil {
			return true, err
		}
		return true, show(tx, changed, h.Now)
	}
	return false, nil
}

// say answers what was heard by a direct message.
func say(tx store.Tx, h deeds.Heard, kind, record string, cohort string) error {
	return outbox.Say(tx, outbox.Item{
		Key: fmt.Sprintf("%s/%s", kind, record), Kind: kind, Record: record, Cohort: cohort,
		Person: string(h.Person.ID), Place: chat.Direct(h.Profile.User), Silent: true,
	}, h.Now)
}

type openWeek struct {
	cohort cohorts.Cohort
	week   cohorts.Dated
	dates  []cohorts.Dated
}

// openWeeks gives the questions that a person can answer now, the one that went
// out last first. Groups that have ended count where there is no other.
func openWeeks(tx store.Tx, p people.Person) ([]openWeek, error) {
	own, err := cohorts.Of(tx, p.ID)
	if err != nil {
		return nil, err
	}
	var open []openWeek
	for _, c := range own {
		c, _, dates, err := cohorts.Load(tx, c.ID)
		if err != nil {
			return nil, err
		}
		if current, ok := cohorts.Current(dates); ok {
			open = append(open, openWeek{c, current, dates})
		}
	}
	live := slices.DeleteFunc(slices.Clone(open), func(o openWeek) bool { return o.cohort.State == cohorts.Ended })
	if len(live) > 0 {
		open = live
	}
	slices.SortFunc(open, func(a, b openWeek) int { return cmp.Compare(b.week.Posted.UnixNano(), a.week.Posted.UnixNano()) })
	return open, nil
}

// nextWeeks gives the questions that a person can answer before they go out.
func nextWeeks(tx store.Tx, p people.Person) ([]openWeek, error) {
	own, err := cohorts.Of(tx, p.ID)
	if err != nil {
		return nil, err
	}
	var next []openWeek
	for _, c := range own {
		c, _, dates, err := cohorts.Load(tx, c.ID)
		if err != nil {
			return nil, err
		}
		if d, ok := cohorts.Next(dates); ok && early(c, dates, d) {
			next = append(next, openWeek{c, d, dates})
		}
	}
	return next, nil
}

// hearFacilitator answers a facilitator who replies to what was brought to them
// in private: nobody else would read it.
func hearFacilitator(tx store.Tx, h deeds.Heard) error {
	if h.Deleted || h.Edited || empty(h.Text, h.Files) {
		return nil
	}
	return say(tx, h, strayKind, "unread/"+h.Address.String(), "")
}
