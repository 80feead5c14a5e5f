package interest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const (
	forgetKind = "interest forget"
	offerKind  = "interest offer" // of a group, to somebody who waits for one
)

func forgetKey(i ID) string { return "interest/" + string(i) + "/forget" }

func offerKey(i ID, c cohorts.ID) string { return fmt.Sprintf("interest/%s/offer/%s", i, c) }

func offerRecord(i ID, c cohorts.ID) string { return string(i) + "/" + string(c) }

// forgetDue forgets what was kept long enough.
func (f feature) forgetDue(tx store.Tx, j jobs.Job, now time.Time) error {
	i, ok, err := get(tx, ID(j.Record))
	if err != nil || !ok {
		return err
	}
	if i.Until.After(now) {
		j.Due = i.Until
		return jobs.Set(tx, j)
	}
	return f.forget(tx, i, now)
}

// offer tells somebody of a group that they can join, when it does not disturb them.
func offer(tx store.Tx, i Interest, c cohorts.Cohort, now time.Time) error {
	if slices.Contains(i.Offered, c.ID) {
		return nil
	}
	i.Offered = append(i.Offered, c.ID)
	if err := Table.Put(tx, i.ID, i); err != nil {
		return err
	}
	p, err := people.Table.Get(tx, i.Person)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{
		Key: offerKey(i.ID, c.ID), Kind: offerKind, Record: offerRecord(i.ID, c.ID), Cohort: string(c.ID), Due: free(p, p.ZoneOr(c.Zone), now),
	})
}

// offered reads what an offer is about; false where it is of no use any more.
func offered(tx store.Tx, record string) (Interest, cohorts.Cohort, bool, error) {
	id, cohort, _ := strings.Cut(record, "/")
	i, ok, err := get(tx, ID(id))
	if err != nil || !ok || i.State == Joined {
		return i, cohorts.Cohort{}, false, err
	}
	c, err := cohorts.Get(tx, cohorts.ID(cohort))
	if errors.Is(err, store.ErrNotFound) {
		return i, c, false, nil
	}
	if err != nil || c.State != cohorts.Open {
		return i, c, false, err
	}
	_, in, err := cohorts.MemberOf(tx, c.ID, i.Person)
	return i, c, !in, err
}

// offerDue says an offer, unless the person went on leave meanwhile. It is what they
// registered for, and so no reminder.
func (f feature) offerDue(tx store.Tx, j jobs.Job, now time.Time) error {
	i, c, ok, err := offered(tx, j.Record)
	if err != nil || !ok {
		return err
	}
	p, err := people.Table.Get(tx, i.Person)
	if err != nil {
		return err
	}
	if at := free(p, p.ZoneOr(c.Zone), now); at.After(now) {
		j.Due = at
		return jobs.Set(tx, j)
	}
	return outbox.Say(tx, outbox.Item{
		Key: j.Key, Kind: offerKind, Record: j.Record, Cohort: string(c.ID), Person: string(p.ID), Place: p.Direct(i.Workspace),
	}, now)
}

// sayOffer has what somebody reads of a group that they can join.
func (f feature) sayOffer(tx store.Tx, item outbox.Item, now time.Time) (chat.Message, bool, error) {
	i, c, ok, err := offered(tx, item.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	p, _ := f.programme(i.Programme)
	m := chat.Message{
		Text: "You registered interest in **" + chat.Plain(p.Title) + "**. " + begins(c, now) + " It meets in " + chat.InChannel(c.Place) + ", and you are welcome there.",
		Note: "One press joins. Nobody quotes what you write unless you say so with /settings quote. Silence is fine; you are not asked about this group again.",
	}
	m.Buttons = append([]chat.Button{joinButton(c, true)}, f.aloneButtons(i)...)
	m.Buttons = append(m.Buttons, stopButton(i.ID))
	return m, true, nil
}

// begins says when a group begins, or began.
func begins(c cohorts.Cohort, now time.Time) string {
	if c.Today(now).Before(c.First) {
		return "**" + chat.Plain(c.Name) + "** begins on " + c.First.Long() + "."
	}
	return "**" + chat.Plain(c.Name) + "** is under way since " + c.First.Long() + "; joining late is fine."
}

// free gives when somebody may be written to: now, or when their quiet hours and
// their leave are over.
func free(p people.Person, z schedules.Zone, now time.Time) time.Time {
	at := now
	for range 30 { // leaves that follow one another
		away, ok := p.Leave.On(schedules.DateOf(at.In(z.Location())))
		if !ok {
			return p.Quiet.Open(at, z)
		}
		at = schedules.Wall{Date: away.To.AddDays(1), Time: schedules.TimeOfDay{Hour: 9}}.In(z)
	}
	return at
}
