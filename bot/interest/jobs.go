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
	tellKind   = "interest tell"  // one person, something about an interest
)

// What is told.
const (
	tellIs   = "is"   // whoever is asked: a facilitator thinks that this is you
	tellHere = "here" // a facilitator: somebody from the page is here, and would like to join
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
	p, ok, err := people.Table.Find(tx, i.Person)
	if err != nil || !ok {
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

// toldRecord names what one person is told about an interest.
func toldRecord(what string, i ID, p people.ID) string {
	return fmt.Sprintf("%s/%s/%s", what, i, p)
}

// tell tells one person something about an interest, when it does not disturb them.
func (f feature) tell(tx store.Tx, what string, i Interest, p people.Person, now time.Time) error {
	record := toldRecord(what, i.ID, p.ID)
	return jobs.Set(tx, jobs.Job{Key: "interest/tell/" + record, Kind: tellKind, Record: record, Due: free(p, p.ZoneOr(schedules.Zone{}), now)})
}

// untell takes back what others were told about an interest, and that somebody is
// asked whether it is theirs.
func (f feature) untell(tx store.Tx, i Interest) error {
	var records []string
	if i.Asked != "" {
		records = append(records, toldRecord(tellIs, i.ID, i.Asked))
	}
	for _, p := range i.Told {
		records = append(records, toldRecord(tellHere, i.ID, p))
	}
	var faults []error
	for _, r := range records {
		faults = append(faults, jobs.Drop(tx, "interest/tell/"+r), outbox.Touch(tx, tellKind, r))
	}
	return errors.Join(faults...)
}

// tellHere tells those who prepare a group, or have one that rests, that somebody from
// the page is here and would like to join one: nothing can enrol them by itself.
func (f feature) tellHere(tx store.Tx, i Interest, now time.Time) error {
	all, err := preparing(tx, i)
	if err != nil {
		return err
	}
	i.Told = nil
	for _, p := range all {
		if p.ID == i.Person {
			continue
		}
		i.Told = append(i.Told, p.ID)
		if err := f.tell(tx, tellHere, i, p, now); err != nil {
			return err
		}
	}
	return Table.Put(tx, i.ID, i)
}

// preparing gives those who prepare a group that somebody could join, or have one that
// rests, each once.
func preparing(tx store.Tx, i Interest) ([]people.Person, error) {
	var found []people.Person
	for row, err := range cohorts.Table.All(tx) {
		if err != nil {
			return nil, err
		}
		c := row.Value
		if c.From.Programme != i.Programme || c.Place.Workspace != i.Workspace || c.State != cohorts.Draft && c.State != cohorts.Paused {
			continue
		}
		all, err := cohorts.Facilitators(tx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if !has(found, p.ID) {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

func has(all []people.Person, id people.ID) bool {
	return slices.ContainsFunc(all, func(p people.Person) bool { return p.ID == id })
}

// told reads what is to be told; false where it is of no use any more.
func told(tx store.Tx, record string) (what string, i Interest, p people.Person, ok bool, err error) {
	parts := strings.Split(record, "/")
	if len(parts) != 3 {
		return "", i, p, false, fmt.Errorf("no record of what is told: %q", record)
	}
	if i, ok, err = get(tx, ID(parts[1])); err != nil || !ok {
		return parts[0], i, p, false, err
	}
	p, err = people.Table.Get(tx, people.ID(parts[2]))
	if errors.Is(err, store.ErrNotFound) || err == nil && len(p.Accounts) == 0 {
		return parts[0], i, p, false, nil
	}
	switch parts[0] {
	case tellIs:
		ok = i.Person == "" && i.Asked == p.ID
	case tellHere:
		if ok = i.Person != "" && i.State == Waiting && i.Wish == InGroup; ok {
			all, fault := preparing(tx, i) // whoever runs none any more has no need to know
			ok, err = has(all, p.ID), fault
		}
	}
	return parts[0], i, p, ok, err
}

func (f feature) tellDue(tx store.Tx, j jobs.Job, now time.Time) error {
	_, i, p, ok, err := told(tx, j.Record)
	if err != nil || !ok {
		return err
	}
	if at := free(p, p.ZoneOr(schedules.Zone{}), now); at.After(now) {
		j.Due = at
		return jobs.Set(tx, j)
	}
	return outbox.Say(tx, outbox.Item{Key: j.Key, Kind: tellKind, Record: j.Record, Person: string(p.ID), Place: p.Direct(i.Workspace), Silent: true}, now)
}

func (f feature) sayTold(tx store.Tx, item outbox.Item, _ time.Time) (chat.Message, bool, error) {
	what, i, _, ok, err := told(tx, item.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	x, _ := f.programme(i.Programme)
	if what == tellIs {
		button := func(label, choice string) chat.Button {
			return chat.Button{Label: label, Command: isMePath, Record: string(i.ID), Choice: choice, Main: choice == coming}
		}
		return chat.Message{
			Text:    "Somebody called **" + chat.Plain(i.Name) + "** registered interest in **" + chat.Plain(x.Title) + "** on the public page. A facilitator thinks that it was you. Was it?",
			Buttons: []chat.Button{button("Yes, that was me", coming), button("No, not me", notComing)},
			Note:    "If you say yes, it belongs to your account here, and what you chose on the page happens. Facilitators see your answer in their list.",
		}, true, nil
	}
	name, err := i.name(tx)
	return chat.Message{
		Text:    "**" + chat.Plain(name) + "**, who registered interest in **" + chat.Plain(x.Title) + "** on the page, is here now and would like to join a group. None is open to join yet.",
		Buttons: []chat.Button{{Label: "Who is interested", Command: listPath, Record: i.Programme}},
		Note:    "As soon as a group opens, /interest invite tells those who wait.",
	}, err == nil, err
}
