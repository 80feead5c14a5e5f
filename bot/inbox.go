package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Do carries out what a person asked for, in one transaction with the mark of
// its event: a repeat gets the kept outcome.
func (b *Bot) Do(ctx context.Context, r chat.Request) (out chat.Outcome, err error) {
	defer b.poke()
	var draft Draft
	err = b.update(ctx, func(tx store.Tx) error {
		out, draft = chat.Outcome{}, Draft{}
		now := b.clock.Now()
		kept, ok, err := recall(tx, r.Profile.User.Workspace, r.Event)
		if err != nil || ok {
			out = kept
			return err
		}
		person, err := people.Meet(tx, r.Profile, now)
		if err != nil {
			return err
		}
		draft, err = b.begin(tx, r, person, now)
		if err != nil {
			return err
		}
		if out, err = b.proceed(tx, r, person, &draft, now); err != nil {
			return err
		}
		if err := b.showMissed(tx, person, &out, now); err != nil {
			return err
		}
		return remember(tx, r.Profile.User.Workspace, r.Event, out, now)
	})
	if err == nil {
		return out, nil
	}
	if ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
		return chat.Outcome{}, err
	}
	return b.refuse(ctx, r, draft, err)
}

// Hear keeps what a person wrote, changed or deleted, where it answers something
// that was said.
func (b *Bot) Hear(ctx context.Context, s chat.Said) error {
	defer b.poke()
	err := b.update(ctx, func(tx store.Tx) error {
		now := b.clock.Now()
		w := s.Profile.User.Workspace
		if _, ok, err := recall(tx, w, s.Event); err != nil || ok {
			return err
		}
		if err := b.hear(tx, s, now); err != nil {
			return err
		}
		return remember(tx, w, s.Event, chat.Outcome{}, now)
	})
	if errors.Is(err, store.ErrTooLarge) { // as it will be however often it is handed in
		err = b.update(ctx, func(tx store.Tx) error { return b.tooLong(tx, s) })
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, outbox.ErrBeingSaid) {
		b.log.Error("not heard", "place", s.Address.Place.String(), "event", s.Event, "err", err)
	}
	return err
}

func (b *Bot) hear(tx store.Tx, s chat.Said, now time.Time) error {
	person, err := people.Meet(tx, s.Profile, now)
	if err != nil {
		return err
	}
	h := deeds.Heard{Said: s, Now: now, Person: person, Zone: person.ZoneOr(schedules.Zone{})}
	kind := deeds.DirectKind
	if thread := s.Address.Place.Thread; thread != "" {
		item, ok, err := outbox.At(tx, chat.Address{Place: s.Address.Place.Root(), ID: thread})
		if err != nil {
			return err
		}
		if !ok {
			return outbox.NotBeingSaid(tx, s.Address.Place) // somebody else's thread, unless ours is only being sent
		}
		h.Item, kind = item, item.Kind
	} else if !s.Address.Place.IsDirect() {
		return nil // what people say to each other in a channel is theirs
	}
	l, ok := b.listeners[kind]
	if !ok {
		l, ok = b.listeners[deeds.DirectKind]
		if !ok || !s.Address.Place.IsDirect() {
			return nil
		}
	}
	return l.Hear(tx, h)
}

// tooLong tells somebody that what they wrote could not be kept.
func (b *Bot) tooLong(tx store.Tx, s chat.Said) error {
	now := b.clock.Now()
	p, err := people.Meet(tx, s.Profile, now)
	if err != nil {
		return err
	}
	w := s.Profile.User.Workspace
	if err := outbox.Say(tx, outbox.Item{
		Key: tooLongKind + "/" + s.Address.String(), Kind: tooLongKind, Person: string(p.ID), Place: p.Direct(w), Silent: true,
	}, now); err != nil {
		return err
	}
	return remember(tx, w, s.Event, chat.Outcome{}, now)
}

const tooLongKind = "too-long"

func tooLongReason() reason {
	return reason{Kind: tooLongKind, Render: func(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
		return chat.Message{Text: "What you just wrote is more than I can keep in one piece; about 200,000 letters fit. It still stands where you wrote it. Please give it in parts, or attach it as a file."}, true, nil
	}}
}

// Meet keeps what a platform says of a person.
func (b *Bot) Meet(ctx context.Context, p chat.Profile) error {
	if p.Bot {
		return nil
	}
	return b.update(ctx, func(tx store.Tx) error {
		_, err := people.Meet(tx, p, b.clock.Now())
		return err
	})
}

// update runs one deed's transaction; a panic in it ends this deed alone.
func (b *Bot) update(ctx context.Context, fn func(store.Tx) error) error {
	return b.store.Update(ctx, func(tx store.Tx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = panicked(p)
			}
		}()
		return fn(tx)
	})
}

// panicked makes an error of a panic: where it happened and, for a fault of the
// program itself, which. Any other value may hold what a person typed, so only
// its type is told.
func panicked(p any) error {
	what := fmt.Sprintf("a value of type %T", p)
	if fault, ok := p.(runtime.Error); ok {
		what = fault.Error()
	}
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Errorf("panic in %s, line %d: %s", frame.Function, frame.Line, what)
		}
		if !more {
			return fmt.Errorf("panic: %s", what)
		}
	}
}

// refuse makes an answer of an error: the refusal's own words, or for anything
// else a reference that is in the log. What was typed is given back.
func (b *Bot) refuse(ctx context.Context, r chat.Request, d Draft, fault error) (chat.Outcome, error) {
	e, ok := refusal(fault)
	if !ok {
		reference := store.NewID(b.clock.Now())[24:]
		b.log.Error("deed failed", "reference", reference, "command", d.Command, "person", d.Person, "err", fault)
		e = &deeds.Error{Code: deeds.Internal, Say: fmt.Sprintf(
			"Something went wrong on my side, and nothing was changed. Please try again in a minute; if it happens again, tell whoever looks after me this reference: `%s`.", reference)}
	}
	if e.Field != "" && r.Form != "" && d.Form != nil && d.formHas(e.Field) { // a form is open to show it in
		out := chat.Outcome{Errors: chat.FieldErrors{e.Field: e.Say}}
		return out, b.keepDraft(ctx, r, d, out)
	}
	plain := chat.Say(e.Say+d.typedBack(r), e.Buttons...)
	if _, known := b.deeds[d.Command]; !known || !d.hasWords() || d.ID == "" {
		return plain, nil
	}
	out := chat.Say(plain.Reply.Text, append(e.Buttons[:len(e.Buttons):len(e.Buttons)],
		chat.Button{Label: "Change it", Command: deeds.ChangePath, Record: string(d.ID), Main: true})...)
	switch err := b.keepDraft(ctx, r, d, out); {
	case errors.Is(err, store.ErrTooLarge):
		return plain, nil // it was given back; more cannot be done
	case err != nil:
		return chat.Outcome{}, err
	}
	return out, nil
}

// refusal gives the words that a person sees of an error, if it is meant for
// them.
func refusal(fault error) (*deeds.Error, bool) {
	if e, ok := deeds.As(fault); ok {
		return e, true
	}
	var unclear *schedules.Unclear
	var misread chat.Misread
	switch {
	case errors.As(fault, &unclear): // it quotes what was typed, and is for no log
		return &deeds.Error{Code: deeds.Invalid, Say: chat.Plain(unclear.Error())}, true
	case errors.As(fault, &misread):
		return &deeds.Error{Code: deeds.Invalid, Say: chat.Plain(misread.Error())}, true
	case errors.Is(fault, store.ErrTooLarge):
		return deeds.Refuse(deeds.Invalid, "That is more than I can keep in one piece; about 200,000 letters fit. Please shorten it, or give it in parts."), true
	}
	return nil, false
}

// keepDraft keeps what was typed for a deed that was refused, and what the
// person was answered.
func (b *Bot) keepDraft(ctx context.Context, r chat.Request, d Draft, out chat.Outcome) error {
	return b.update(ctx, func(tx store.Tx) error {
		now := b.clock.Now()
		person, err := people.Meet(tx, r.Profile, now)
		if err != nil {
			return err
		}
		// What was reached after the refusal was undone is not true of the draft.
		kept, err := drafts.Get(tx, d.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		d.Person, d.Done, d.Shown = person.ID, kept.Done, kept.Shown
		if err := drafts.Put(tx, d.ID, d); err != nil {
			return err
		}
		return remember(tx, r.Profile.User.Workspace, r.Event, out, now)
	})
}
