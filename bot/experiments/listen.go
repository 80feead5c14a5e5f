package experiments

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// How long after a check-in came, or was answered, a direct message that answers
// nothing in particular belongs to it. What is taken here wrongly stays private
// and is given back with one button; what another feature took wrongly might be
// read by others.
const (
	openFor     = 24 * time.Hour
	answeredFor = time.Hour
)

// takes tells whether a direct message is about an experiment.
func takes(tx store.Tx, h deeds.Heard) (bool, error) {
	if _, known, err := at(tx, h.Address); err != nil || known {
		return known, err
	}
	if h.Edited || h.Deleted || empty(h.Text, h.Files) {
		return false, nil
	}
	_, _, ok, err := open(tx, h)
	return ok, err
}

// open gives the day that somebody's direct message would belong to now.
func open(tx store.Tx, h deeds.Heard) (w whole, day int, ok bool, err error) {
	var own []Experiment
	for row, err := range Table.By(tx, "person", string(h.Person.ID)) {
		if err != nil {
			return w, 0, false, err
		}
		own = append(own, row.Value)
	}
	for i := len(own) - 1; i >= 0; i-- {
		e := own[i]
		if e.Asked == 0 || e.Aside == e.Asked {
			continue
		}
		if _, here, err := cohorts.MemberOf(tx, e.Cohort, e.Person); err != nil || !here {
			if err != nil {
				return w, 0, false, err
			}
			continue
		}
		last, err := Days.Get(tx, DayID(e.ID, e.Asked))
		if err != nil {
			return w, 0, false, err
		}
		since, within := last.Asked, openFor
		if last.Answer != "" {
			since, within = last.Answered, answeredFor
		}
		day := e.Asked
		if e.State != Going {
			day = Surprise
			if last.Answer == "" {
				since = e.Ended
			}
		}
		if h.Now.Sub(since) < within {
			w, err = with(tx, e)
			return w, day, err == nil, err
		}
	}
	return w, 0, false, nil
}

// hearDirectly keeps a direct message as a note of the day that is open.
func hearDirectly(tx store.Tx, h deeds.Heard) error {
	if done, err := followUp(tx, h); err != nil || done {
		return err
	}
	w, day, ok, err := open(tx, h)
	if err != nil || !ok {
		return err
	}
	return w.hear(tx, h, day)
}

// hearDay keeps what is said in reply to a check-in, or to what came of one.
func hearDay(tx store.Tx, h deeds.Heard) error {
	if done, err := followUp(tx, h); err != nil || done || empty(h.Text, h.Files) {
		return err
	}
	id, day := parseDay(h.Item.Record)
	switch h.Item.Kind {
	case keptKind:
		n, err := Notes.Get(tx, h.Item.Record)
		if err != nil {
			return ignoreMissing(err)
		}
		id, day = n.Experiment, n.Day
	case overKind:
		day = Surprise
	}
	w, err := load(tx, id)
	if err != nil || w.Person != h.Person.ID {
		return ignoreMissing(err)
	}
	return w.hear(tx, h, day)
}

func (w whole) hear(tx store.Tx, h deeds.Heard, day int) error {
	n := Note{
		ID: store.NewID(h.Now), Experiment: w.ID, Day: day, At: h.Now,
		Text: h.Text, Files: h.Files, Address: h.Address,
	}
	if err := w.keepNote(tx, n); err != nil {
		return err
	}
	if day != Surprise {
		if _, err := w.answer(tx, day, Something, h.Now); err != nil {
			return err
		}
	}
	return reply(tx, h, keptKind, n.ID, w.cohort.ID)
}

// followUp carries an edit or a deletion over to the note that was kept.
func followUp(tx store.Tx, h deeds.Heard) (done bool, err error) {
	n, known, err := at(tx, h.Address)
	if err != nil || !known {
		return h.Deleted, err
	}
	w, err := load(tx, n.Experiment)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return true, nil
	case err != nil:
		return true, err
	case h.Deleted, empty(h.Text, h.Files):
		return true, w.drop(tx, n)
	case !h.Edited: // it comes again, or late: what was edited meanwhile stays
		return true, nil
	}
	n.Text, n.Files = h.Text, h.Files
	return true, w.keepNote(tx, n)
}

// at gives the note whose own message stands at an address.
func at(tx store.Tx, a chat.Address) (Note, bool, error) {
	row, ok, err := store.First(Notes.By(tx, "address", a.String()))
	return row.Value, ok, err
}

// hearUnread answers who replies to a message that passes nothing on.
func hearUnread(tx store.Tx, h deeds.Heard) error {
	if h.Deleted || h.Edited || empty(h.Text, h.Files) {
		return nil
	}
	return reply(tx, h, strayKind, h.Address.String(), cohorts.ID(h.Item.Cohort))
}

// reply answers what was heard by a direct message.
func reply(tx store.Tx, h deeds.Heard, kind, record string, c cohorts.ID) error {
	return outbox.Say(tx, outbox.Item{
		Key: kind + "/" + record, Kind: kind, Record: record, Cohort: string(c),
		Person: string(h.Person.ID), Place: chat.Direct(h.Profile.User), Silent: true,
	}, h.Now)
}
