package bot

import (
	"context"
	"errors"
	"maps"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// renewPage is how many drafts one transaction makes anew.
const renewPage = 50

// scrub makes anew what is kept for a while beside the records and shows them: the
// open forms of everybody, and what everybody was answered. By what the records are
// now, whatever was erased is no longer in it; no word is ever looked for.
func (b *Bot) scrub(ctx context.Context, s store.Store) error {
	var open []chat.FormID
	var answered []string
	if err := s.View(ctx, func(tx store.Tx) error {
		open, answered = nil, nil
		for row, err := range drafts.All(tx) {
			if err != nil {
				return err
			}
			open = append(open, row.ID)
		}
		for row, err := range events.All(tx) {
			if err != nil {
				return err
			}
			if row.Value.says() {
				answered = append(answered, row.ID)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for page := range slices.Chunk(open, renewPage) {
		if err := s.Update(ctx, func(tx store.Tx) error { return b.renewAll(tx, page) }); err != nil {
			return err
		}
	}
	for page := range slices.Chunk(answered, sweepPage) {
		if err := s.Update(ctx, func(tx store.Tx) error { return blankThese(tx, page) }); err != nil {
			return err
		}
	}
	return nil
}

// says tells whether the mark of an event holds an answer.
func (e event) says() bool {
	out := e.Outcome
	return out.Form != nil || out.Errors != nil || out.Reply != nil && out.Reply.Text != blank().Reply.Text
}

// blankEvents lets go of what was answered to everybody in the last hours.
func blankEvents(tx store.Tx) error {
	var ids []string
	for row, err := range events.All(tx) {
		if err != nil {
			return err
		}
		if row.Value.says() {
			ids = append(ids, row.ID)
		}
	}
	return blankThese(tx, ids)
}

// blankThese lets go of what was answered. The marks stay, so that a repeat is still
// known as one.
func blankThese(tx store.Tx, ids []string) error {
	for _, id := range ids {
		e, err := events.Get(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		e.Outcome = *blank()
		if err := events.Put(tx, id, e); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) renewAll(tx store.Tx, ids []chat.FormID) error {
	for _, id := range ids {
		d, err := drafts.Get(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		left, err := b.renew(tx, &d)
		if err == nil && left {
			err = drafts.Put(tx, id, d)
		} else if err == nil {
			err = drafts.Delete(tx, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// renew makes a draft show what the records say now. Its form is asked for anew; what
// its owner made of a text that stood in it goes where that text is another now, since
// the old one may stand in it. False where nothing can be left of it: it is about a
// message whose author is gone, or which may have shown such a one's words.
func (b *Bot) renew(tx store.Tx, d *Draft) (left bool, err error) {
	if d.Done != nil {
		d.Done = blank()
		return true, nil
	}
	if d.Target != nil {
		_, ours, err := outbox.At(tx, d.Target.Address)
		if err != nil || ours {
			return false, err
		}
		if _, err := people.ByAccount(tx, d.Target.Author); err != nil {
			if errors.Is(err, people.ErrUnknown) {
				err = nil
			}
			return false, err
		}
	}
	if d.Form == nil {
		return true, nil
	}
	was := *d.Form
	d.Answers, d.Form = maps.Clone(d.Answers), b.askAnew(tx, *d)
	for _, f := range was.Fields {
		written := f.Kind == chat.Text || f.Kind == chat.LongText
		if before := was.Filled[f.Name].Text(); written && before != "" && (d.Form == nil || d.Form.Filled[f.Name].Text() != before) {
			delete(d.Answers, f.Name)
		}
	}
	return true, nil
}

// askAnew gives the form of a draft as it is by now, or nil where it cannot be had
// outside of the deed: then whoever hands it in is shown it again.
func (b *Bot) askAnew(tx store.Tx, d Draft) (form *chat.Form) {
	defer func() {
		if recover() != nil {
			form = nil
		}
	}()
	deed, ok := b.deeds[d.Command]
	p, err := people.Table.Get(tx, d.Person)
	if !ok || err != nil {
		return nil
	}
	was := *d.Form
	d.Form, d.Answers = nil, maps.Clone(d.Answers)
	for _, f := range was.Fields {
		delete(d.Answers, f.Name)
	}
	now := b.clock.Now()
	call := deeds.Call{Now: now, Person: p, ID: string(d.ID)}
	call.Profile.User = p.Account(d.At.Workspace)
	call.Path, call.Record, call.Choice, call.Message, call.At = d.Command, d.Record, d.Choice, d.Target, d.At
	if form, err = b.scope(tx, deed, &d, &call); err != nil {
		return nil
	}
	if form == nil {
		reading := deeds.Reading{Tx: tx, Now: d.Asked, Zone: call.Zone, Workspace: call.Profile.User.Workspace}
		if call.Given, _, err = reading.Understand(deed.Fields, d.Answers); err != nil {
			return nil
		}
		if form, err = b.ask(tx, deed, call); err != nil || form == nil {
			return nil
		}
	}
	if !slices.EqualFunc(form.Fields, was.Fields, func(a, b chat.Field) bool { return a.Name == b.Name }) {
		return nil
	}
	made := *form
	made.ID, made.Command, made.Record, made.Page = was.ID, was.Command, was.Record, was.Page
	return &made
}
