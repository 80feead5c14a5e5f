package directory

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const (
	// objecting is how long the board can object to a review.
	objecting = 7 * 24 * time.Hour
	// ahead is how long before an approval ends the board is asked to look again.
	ahead = 30 * 24 * time.Hour
)

// ask hands a review to the board. What it takes the place of ends, with the
// objections to it, which the change answers.
func (r Review) ask(tx store.Tx, t Training, now time.Time) error {
	was, open, err := openReview(tx, t.ID)
	if err != nil {
		return err
	}
	if open {
		if err := was.end(tx, Changed, now); err != nil {
			return err
		}
	}
	r.Asked, r.Until = now, now.Add(objecting)
	if err := Reviews.Put(tx, r.ID, r); err != nil {
		return err
	}
	all, err := others(tx, t.Workspace, r.By)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := tell(tx, reviewedKind, string(r.ID), p, now); err != nil {
			return err
		}
	}
	return jobs.Set(tx, jobs.Job{Key: closeKey(r.ID), Kind: closeKind, Record: string(r.ID), Due: r.Until})
}

// end closes a review, and with it whatever was said against it.
func (r Review) end(tx store.Tx, how Ending, now time.Time) error {
	r.Closed, r.How = now, how
	open, err := waiting(tx, r.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		o.Settled, o.How = now, Lifted
		if how == Changed {
			o.How = Met
		}
		if err := Objections.Put(tx, o.ID, o); err != nil {
			return err
		}
	}
	return errors.Join(Reviews.Put(tx, r.ID, r), jobs.Drop(tx, closeKey(r.ID)), touch(tx, r, open))
}

// object puts an objection on record, and tells whoever reviewed.
func object(tx store.Tx, o Objection, r Review, now time.Time) error {
	if err := Objections.Put(tx, o.ID, o); err != nil {
		return err
	}
	return errors.Join(tell(tx, objectedKind, o.ID, r.By, now), touch(tx, r, nil))
}

// settle ends an objection because whoever made it says that it was heard. Where it
// was the last, and the time to object is over, the review then holds.
func (o Objection) settle(tx store.Tx, now time.Time) (stands bool, err error) {
	o.Settled, o.How = now, Heard
	if err := Objections.Put(tx, o.ID, o); err != nil {
		return false, err
	}
	r, err := Reviews.Get(tx, o.Review)
	if err != nil {
		return false, err
	}
	if err := touch(tx, r, []Objection{o}); err != nil {
		return false, err
	}
	return conclude(tx, r, now)
}

// conclude lets a review hold when the time to object is over and every objection is
// settled; false where it does not hold yet.
func conclude(tx store.Tx, r Review, now time.Time) (bool, error) {
	open, err := waiting(tx, r.ID)
	if err != nil || !r.Open() || len(open) > 0 || now.Before(r.Until) {
		return false, err
	}
	t, there, err := Trainings.Find(tx, r.Training)
	if err != nil || !there {
		return false, err
	}
	here, away, err := present(tx, r, t, now)
	if err != nil {
		return false, err
	}
	if !here { // a decision without anybody who could object is none of the board's
		return false, r.waitFor(tx, away, now)
	}
	r.Without = away
	if err := r.end(tx, Stood, now); err != nil {
		return false, err
	}
	switch {
	case r.Approves:
		from := now
		if t.State == Approved && t.Until.After(now) { // renewed in good time: nothing of it is lost
			from = t.Until
		}
		t.State, t.Approved, t.Until, t.Marks, t.Ends = Approved, now, from.AddDate(0, r.Months, 0), r.Marks, false
		if err := t.watch(tx, t.Until.Add(-ahead)); err != nil {
			return false, err
		}
	case t.State == Approved && t.Until.After(now): // people count on the day that they were told
		t.Ends = true
		if err := t.watch(tx, t.Until); err != nil {
			return false, err
		}
	case t.State == Suggested, t.State == Approved, t.State == Lapsed:
		t.State = Declined
		if err := jobs.Drop(tx, endKey(t.ID)); err != nil {
			return false, err
		}
	}
	if err := Trainings.Put(tx, t.ID, t); err != nil {
		return false, err
	}
	if err := touchKinds(tx, string(t.ID), suggestedKind, endingKind); err != nil {
		return false, err
	}
	return true, tell(tx, decidedKind, string(r.ID), t.By, now)
}

// present tells whether anybody who can object to a review was here while it was open,
// and who of them was away all the time.
func present(tx store.Tx, r Review, t Training, now time.Time) (here bool, away []people.ID, err error) {
	all, err := others(tx, t.Workspace, r.By)
	for _, id := range all {
		p, there, err := people.Table.Find(tx, id)
		if err != nil || !there {
			return here, away, err
		}
		out := true
		for at := r.Asked; out && at.Before(now); at = at.Add(24 * time.Hour) {
			out = p.OnLeave(at, schedules.Zone{})
		}
		if out = out && p.OnLeave(now, schedules.Zone{}); out {
			away = append(away, id)
		} else {
			here = true
		}
	}
	return here, away, err
}

// waitFor keeps a review open until the first of those who are away has been back as
// long as there is to object; where there is nobody, until somebody may be appointed.
func (r Review) waitFor(tx store.Tx, away []people.ID, now time.Time) error {
	var first time.Time
	for _, id := range away {
		p, _, err := people.Table.Find(tx, id)
		if err != nil {
			return err
		}
		if back := p.Free(now, schedules.Zone{}); first.IsZero() || back.Before(first) {
			first = back
		}
	}
	if first.IsZero() {
		first = now
	}
	r.Until = first.Add(objecting)
	return errors.Join(Reviews.Put(tx, r.ID, r), touch(tx, r, nil),
		jobs.Set(tx, jobs.Job{Key: closeKey(r.ID), Kind: closeKind, Record: string(r.ID), Due: r.Until}))
}

// watch has the end of an approval looked after.
func (t Training) watch(tx store.Tx, due time.Time) error {
	return jobs.Set(tx, jobs.Job{Key: endKey(t.ID), Kind: endKind, Record: string(t.ID), Due: due})
}

// retire takes a training out of what is found.
func (t Training) retire(tx store.Tx, by people.ID, why string, now time.Time) error {
	t.State, t.Retired, t.RetiredBy, t.Why = Retired, now, by, why
	r, open, err := openReview(tx, t.ID)
	if err == nil && open {
		err = r.end(tx, Taken, now)
	}
	return errors.Join(err, Trainings.Put(tx, t.ID, t), jobs.Drop(tx, endKey(t.ID)), touchKinds(tx, string(t.ID), suggestedKind, endingKind))
}

// forget deletes a suggestion that nobody has decided about.
func (t Training) forget(tx store.Tx) error {
	all, err := values(Reviews.By(tx, "training", string(t.ID)))
	if err != nil {
		return err
	}
	for _, r := range all {
		said, err := objectionsTo(tx, r.ID)
		if err != nil {
			return err
		}
		for _, o := range said {
			if err := errors.Join(Objections.Delete(tx, o.ID), touch(tx, r, []Objection{o})); err != nil {
				return err
			}
		}
		if err := errors.Join(Reviews.Delete(tx, r.ID), jobs.Drop(tx, closeKey(r.ID))); err != nil {
			return err
		}
	}
	return errors.Join(Trainings.Delete(tx, t.ID), touchKinds(tx, string(t.ID), suggestedKind))
}

// mayReview refuses a review by somebody who suggested the training, and one beside
// another that is open.
func mayReview(tx store.Tx, t Training, p people.ID) error {
	switch {
	case t.By == p:
		return deeds.Refuse(deeds.Conflict, "You suggested this one, so somebody else on the board reviews it.")
	case t.State == Retired:
		return deeds.Refuse(deeds.Conflict, "This training is retired. If it is offered again, /directory suggest brings it back as a new one.")
	}
	r, open, err := openReview(tx, t.ID)
	if err != nil || !open || r.By == p {
		return err
	}
	if still, err := OnBoard(tx, r.By); err != nil || !still { // nobody else could answer what is said against it
		return err
	}
	who, err := nameOf(tx, r.By)
	if err != nil {
		return err
	}
	e := deeds.Refuse(deeds.Conflict, "%s has reviewed it already. You can read that review, and object to it.", who)
	e.Buttons = append(e.Buttons, showReview(r))
	return e
}

// marked gives the items that are marked by one framework.
func marked(all []Mark, framework string) []string {
	var ids []string
	for _, m := range all {
		if m.Framework == framework {
			ids = append(ids, m.Item)
		}
	}
	return ids
}

// remark puts what was ticked in the place of what was shown; what had no room in
// the form stays as it was.
func remark(all []Mark, framework string, shown, ticked []string) []Mark {
	all = slices.DeleteFunc(slices.Clone(all), func(m Mark) bool {
		return m.Framework == framework && slices.Contains(shown, m.Item) && !slices.Contains(ticked, m.Item)
	})
	for _, id := range ticked {
		if m := (Mark{framework, id}); !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}
