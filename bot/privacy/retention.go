package privacy

import (
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	keepJob    = "retention"        // goes over everything once a day
	groupJob   = "retention group"  // lets go of what one group wrote, a kind at a time
	warnedKind = "retention warned" // to a member, about the group whose words are to go

	lookEvery = 24 * time.Hour
	// warnBefore is how long before it goes people are told.
	warnBefore = 30 * 24 * time.Hour
	// guestPage is how many links are looked at in one go.
	guestPage = 200
)

// Start sets the daily look, unless nothing is let go of by itself.
func (o Options) Start(tx store.Tx, now time.Time) error {
	if o.Keep == (Retention{}) {
		return jobs.Drop(tx, keepJob)
	}
	there, err := jobs.Table.Has(tx, keepJob)
	if err != nil || there {
		return err
	}
	return jobs.Set(tx, jobs.Job{Key: keepJob, Kind: keepJob, Due: now.Add(time.Hour)})
}

// look goes over the groups that have ended and the links that are over.
func (f feature) look(tx store.Tx, j jobs.Job, now time.Time) error {
	if f.Keep == (Retention{}) {
		return nil
	}
	if f.Keep.Groups > 0 {
		for row, err := range cohorts.Table.All(tx) {
			if err != nil {
				return err
			}
			if err := f.lookAt(tx, row.Value, now); err != nil {
				return err
			}
		}
	}
	j.Due = now.Add(lookEvery)
	if f.Keep.Guests > 0 {
		more, err := f.forgetGuests(tx, now)
		if err != nil {
			return err
		}
		if more {
			j.Due = now.Add(time.Minute)
		}
	}
	return jobs.Set(tx, j)
}

// lookAt tells the members of a group that is over when their words go, a month
// ahead, and sets the job that lets go of them.
func (f feature) lookAt(tx store.Tx, c cohorts.Cohort, now time.Time) error {
	over, ok, err := cohorts.Over(tx, c)
	if err != nil || !ok {
		return err
	}
	goes := over.Add(f.Keep.Groups)
	if now.Before(goes.Add(-warnBefore)) {
		return nil
	}
	key := groupJob + "/" + string(c.ID)
	set, err := jobs.Table.Has(tx, key)
	if err != nil || set {
		return err
	}
	left, err := f.leftOf(tx, string(c.ID))
	if err != nil || !left {
		return err
	}
	if goes.Before(now.Add(warnBefore)) { // it was over long before anybody was told
		goes = now.Add(warnBefore)
	}
	group, err := cohorts.Group(tx, c.ID)
	if err != nil {
		return err
	}
	for _, m := range group {
		p, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return err
		}
		if err := outbox.Say(tx, outbox.Item{
			Key: warnedKind + "/" + string(c.ID) + "/" + string(p.ID), Kind: warnedKind, Record: string(c.ID), Cohort: string(c.ID), Person: string(p.ID),
			Place: p.Direct(c.Place.Workspace), Silent: true,
		}, now); err != nil {
			return err
		}
	}
	return jobs.Set(tx, jobs.Job{Key: key, Kind: groupJob, Record: string(c.ID), Cohort: string(c.ID), Due: goes})
}

// leftOf tells whether anything is still kept of what a group wrote.
func (f feature) leftOf(tx store.Tx, cohort string) (bool, error) {
	for _, h := range f.Holdings() {
		if h.InGroup == nil {
			continue
		}
		if n, err := h.InGroup(tx, cohort); err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// letGo lets go of what a group wrote, one kind at a time. One that goes on again,
// or was given more time, is looked at anew.
func (f feature) letGo(tx store.Tx, j jobs.Job, now time.Time) error {
	c, err := cohorts.Get(tx, cohorts.ID(j.Record))
	if err != nil {
		return err
	}
	over, ok, err := cohorts.Over(tx, c)
	if err != nil || !ok || f.Keep.Groups == 0 || now.Before(over.Add(f.Keep.Groups)) {
		return err
	}
	for _, h := range f.Holdings() {
		if h.LetGo == nil {
			continue
		}
		n, err := h.InGroup(tx, j.Record)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := h.LetGo(tx, j.Record, now); err != nil {
			return err
		}
		return jobs.Set(tx, jobs.Job{Key: j.Key, Kind: groupJob, Record: j.Record, Cohort: j.Cohort, Due: now})
	}
	return rewriteAfter(tx, groupJob+"/"+j.Record, now)
}

// warnedMessage tells a member that what they wrote in a group goes soon.
func (f feature) warnedMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := cohorts.Get(tx, cohorts.ID(i.Record))
	if err != nil || c.State != cohorts.Ended {
		return chat.Message{}, false, err
	}
	j, err := jobs.Table.Get(tx, groupJob+"/"+i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	p, err := people.Table.Get(tx, people.ID(i.Person))
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text:    fmt.Sprintf("**%s** ended a while ago. What its members wrote there with me is kept for %s after that, so it goes %s: answers, experiments and their stories, stars, what was practised, and what to keep, change or drop. What you keep as evidence and your portfolios stay.", chat.Plain(c.Name), days(f.Keep.Groups), on(j.Due, p.ZoneOr(c.Zone))),
		Buttons: []chat.Button{{Label: "Take a copy along", Command: exportPath, Main: true}},
		Note:    "Every member gets this, once.",
	}, true, nil
}

// forgetGuests lets go of people without an account whose link ended long ago. What
// they wrote about somebody stays with whom it is about.
func (f feature) forgetGuests(tx store.Tx, now time.Time) (more bool, err error) {
	n := 0
	for row, err := range links.Table.All(tx) {
		if err != nil {
			return false, err
		}
		l := row.Value
		ended := l.Expires
		if !l.Ended.IsZero() && l.Ended.Before(ended) {
			ended = l.Ended
		}
		if now.Before(ended.Add(f.Keep.Guests)) {
			continue
		}
		if n++; n > guestPage {
			return true, nil
		}
		guest, err := people.ByAccount(tx, l.Guest())
		if err == nil && len(guest.Accounts) == 1 {
			err = people.Erase(tx, guest.ID, now)
		}
		if err != nil && !errors.Is(err, people.ErrUnknown) {
			return false, err
		}
		if err := links.Table.Delete(tx, row.ID); err != nil {
			return false, err
		}
	}
	return false, nil
}

// days says a span in whole days, months or years.
func days(d time.Duration) string {
	n := int(d / (24 * time.Hour))
	switch {
	case n >= 730 && n%365 == 0:
		return fmt.Sprintf("%d years", n/365)
	case n == 365:
		return "a year"
	case n > 30 && n%30 == 0:
		return fmt.Sprintf("%d months", n/30)
	case n == 1:
		return "a day"
	}
	return fmt.Sprintf("%d days", n)
}
