package directory

import (
	"errors"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// The kinds of jobs.
const (
	tellKind  = "directory tell"  // one person, of one thing
	closeKind = "directory close" // the time to object to a review is over
	endKind   = "directory end"   // an approval is near its end, or there
)

// The kinds of what is said. All of it is said in private.
const (
	appointedKind = "directory appointed" // to a reviewer, about themselves
	suggestedKind = "directory suggested" // to the board, about a training
	offeredKind   = "directory offered"   // to the board, about a community
	reviewedKind  = "directory reviewed"  // to the others, about a review
	objectedKind  = "directory objected"  // to whoever reviewed, about an objection
	answeredKind  = "directory answered"  // to whoever objected, about the objection
	decidedKind   = "directory decided"   // to whoever suggested, about a review
	endingKind    = "directory ending"    // to the board, about a training whose approval ends
	listedKind    = "directory listed"    // to whoever offered, about a community
)

// nudged are the kinds that remind the board of work that waits: they come out of
// each one's weekly budget. The others answer what somebody did, once, or carry a
// right that ends, such as to object.
var nudged = map[string]bool{suggestedKind: true, offeredKind: true, endingKind: true}

// usualNudges is the weekly budget of reminders.
const usualNudges = 3

func closeKey(r ReviewID) string { return closeKind + "/" + string(r) }
func endKey(t TrainingID) string { return endKind + "/" + string(t) }

func (f feature) jobs() []jobs.Kind {
	return []jobs.Kind{{Name: tellKind, Run: tellDue}, {Name: closeKind, Run: closeDue}, {Name: endKind, Run: endDue}}
}

// tell has one person told something in private, when their quiet hours and their
// leave allow it.
func tell(tx store.Tx, kind, record string, to people.ID, now time.Time) error {
	return tellOn(tx, kind, record, "", to, now)
}

// tellOn is [tell] for what can be said of one record more than once: occasion tells
// the times apart.
func tellOn(tx store.Tx, kind, record, occasion string, to people.ID, now time.Time) error {
	p, there, err := people.Table.Find(tx, to)
	if err != nil || !there || len(p.Accounts) == 0 { // nobody to tell any more
		return err
	}
	zone, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return err
	}
	key := strings.Join([]string{kind, record, occasion, string(to)}, "/")
	return jobs.Set(tx, jobs.Job{
		Key: key, Kind: tellKind, Record: strings.Join([]string{kind, record, string(to)}, "/"),
		Due: p.Quiet.Open(now, zone),
	})
}

// tellDue tells somebody, unless it is no longer so. Whoever is away, or has had
// their reminders of the week, is told later.
func tellDue(tx store.Tx, j jobs.Job, now time.Time) error {
	parts := strings.Split(j.Record, "/")
	kind, record, to := parts[0], parts[1], people.ID(parts[2])
	p, there, err := people.Table.Find(tx, to)
	if err != nil || !there || len(p.Accounts) == 0 {
		return err
	}
	i := outbox.Item{Key: j.Key, Kind: kind, Record: record, Person: string(to), Silent: true}
	w, still, err := stillSo(tx, kind, record, to)
	if err != nil || !still {
		return err
	}
	i.Place = p.Direct(w)
	zone, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return err
	}
	later := func() error {
		j.Due = p.Quiet.Open(now.Add(24*time.Hour), zone)
		return jobs.Set(tx, j)
	}
	switch {
	case p.OnLeave(now, zone):
		return later()
	case nudged[kind] && p.Reminders == people.Off: // the desk and their home show it
		return nil
	case nudged[kind]:
		granted, err := people.Nudge(tx, to, usualNudges, now, zone)
		if err != nil {
			return err
		}
		if !granted {
			return later()
		}
	}
	return outbox.Say(tx, i, now)
}

// stillSo tells whether something is still to be told to somebody, and in which
// workspace.
func stillSo(tx store.Tx, kind, record string, to people.ID) (chat.Workspace, bool, error) {
	trainingOf := func(id TrainingID) (Training, bool, error) { return Trainings.Find(tx, id) }
	switch kind {
	case appointedKind:
		r, on, err := Reviewers.Find(tx, people.ID(record))
		return r.Workspace, on, err
	case suggestedKind, endingKind:
		t, there, err := trainingOf(TrainingID(record))
		if err != nil || !there || t.State == Retired || t.State == Declined || (kind == suggestedKind) != (t.State == Suggested) {
			return "", false, err
		}
		_, reviewed, err := openReview(tx, t.ID)
		if err != nil || reviewed {
			return "", false, err
		}
		on, err := mayDecide(tx, t.Workspace, to)
		return t.Workspace, on, err
	case offeredKind, listedKind:
		c, there, err := Communities.Find(tx, CommunityID(record))
		if err != nil || !there || kind == listedKind {
			return c.Workspace, there, err
		}
		on, err := mayDecide(tx, c.Workspace, to)
		return c.Workspace, on && c.State == Suggested, err
	case objectedKind, answeredKind:
		o, there, err := Objections.Find(tx, record)
		if err != nil || !there || !o.Open() {
			return "", false, err
		}
		t, there, err := trainingOf(o.Training)
		return t.Workspace, there, err
	}
	r, there, err := Reviews.Find(tx, ReviewID(record))
	if err != nil || !there || kind == reviewedKind && !r.Open() {
		return "", false, err
	}
	t, there, err := trainingOf(r.Training)
	if err != nil || !there || kind != reviewedKind {
		return t.Workspace, there, err
	}
	on, err := mayDecide(tx, t.Workspace, to)
	return t.Workspace, on, err
}

// mayDecide tells whether somebody is on the board, or administers.
func mayDecide(tx store.Tx, w chat.Workspace, p people.ID) (bool, error) {
	if on, err := OnBoard(tx, p); err != nil || on {
		return on, err
	}
	admins, err := people.Admins(tx, w)
	for _, a := range admins {
		if a.ID == p {
			return true, err
		}
	}
	return false, err
}

// tellBoard tells everybody who can decide but one.
func tellBoard(tx store.Tx, kind, record, occasion string, w chat.Workspace, but people.ID, now time.Time) error {
	all, err := others(tx, w, but)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := tellOn(tx, kind, record, occasion, p, now); err != nil {
			return err
		}
	}
	return nil
}

// closeDue looks at a review when the time to object is over.
func closeDue(tx store.Tx, j jobs.Job, now time.Time) error {
	r, there, err := Reviews.Find(tx, ReviewID(j.Record))
	if err != nil || !there {
		return err
	}
	_, err = conclude(tx, r, now)
	return err
}

// endDue asks the board to look at an approval again before it ends, and when it has.
func endDue(tx store.Tx, j jobs.Job, now time.Time) error {
	t, there, err := Trainings.Find(tx, TrainingID(j.Record))
	if err != nil || !there || t.State != Approved {
		return err
	}
	if t.Ends { // decided already
		if now.Before(t.Until) {
			return t.watch(tx, t.Until)
		}
		t.State = Declined
		return errors.Join(Trainings.Put(tx, t.ID, t), touchKinds(tx, string(t.ID), endingKind))
	}
	if near := t.Until.Add(-ahead); now.Before(near) {
		return t.watch(tx, near)
	}
	occasion := t.Until.UTC().Format("2006-01-02")
	if !now.Before(t.Until) {
		t.State = Lapsed
		occasion += " over"
		if err := Trainings.Put(tx, t.ID, t); err != nil {
			return err
		}
	} else if err := t.watch(tx, t.Until); err != nil {
		return err
	}
	return tellBoard(tx, endingKind, string(t.ID), occasion, t.Workspace, t.By, now)
}

// touch has what was said about a review and its objections say how they stand now.
func touch(tx store.Tx, r Review, said []Objection) error {
	if err := touchKinds(tx, string(r.ID), reviewedKind); err != nil {
		return err
	}
	for _, o := range said {
		if err := touchKinds(tx, o.ID, objectedKind, answeredKind); err != nil {
			return err
		}
	}
	return nil
}

func touchKinds(tx store.Tx, record string, kinds ...string) error {
	for _, kind := range kinds {
		if err := outbox.Touch(tx, kind, record); err != nil {
			return err
		}
	}
	return nil
}
