package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Answer is what a person gets for a command, a button or a form: at most one
// of the three.
type Answer struct {
	Reply  *Shown           `json:"reply,omitempty"`
	Form   *chat.Form       `json:"form,omitempty"`
	Errors chat.FieldErrors `json:"errors,omitempty"`

	intro string // of the form, as HTML
}

// MarshalJSON gives the answer as the page reads it.
func (a Answer) MarshalJSON() ([]byte, error) {
	type fields Answer
	var shown *formView
	if a.Form != nil {
		shown = &formView{Form: *a.Form, IntroHTML: a.intro}
	}
	return json.Marshal(struct {
		fields
		Form *formView `json:"form,omitempty"`
	}{fields(a), shown})
}

// formView is a form with its introduction as the page shows it.
type formView struct {
	chat.Form
	IntroHTML string `json:"introHtml,omitempty"`
}

// Command gives a slash command for somebody, such as "/session list". In all
// four, event makes a repeat harmless where it is not empty, and an error other
// than [Refused] means that nothing was done and that trying again is right.
func (w *Workspace) Command(ctx context.Context, as string, at chat.Place, text, event string) (Answer, error) {
	typed := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "/"))
	if typed == "" {
		return Answer{}, refuse(http.StatusBadRequest, "Which command? For example /help.")
	}
	return w.act(ctx, as, event, func(tx store.Tx, r *chat.Request) error {
		r.At, r.Text = at, typed
		return mustBePlace(tx, as, at)
	})
}

// UseMenu gives a command by the menu on a message.
func (w *Workspace) UseMenu(ctx context.Context, as, id, path, event string) (Answer, error) {
	return w.act(ctx, as, event, func(tx store.Tx, r *chat.Request) (err error) {
		r.Path = path
		r.Message, err = target(tx, as, id)
		if err == nil {
			r.At = r.Message.Address.Place
		}
		return err
	})
}

// Press presses a button of a message, by its token or its label.
func (w *Workspace) Press(ctx context.Context, as, id, button, event string) (Answer, error) {
	return w.act(ctx, as, event, func(tx store.Tx, r *chat.Request) (err error) {
		if r.Message, err = target(tx, as, id); err != nil {
			return err
		}
		m, err := messages.Get(tx, messageID(id))
		if err != nil {
			return err
		}
		for _, b := range m.Body.Buttons {
			if b.Token() == button || b.Label == button {
				r.At, r.Path, r.Record, r.Choice = m.Place, b.Command, b.Record, b.Choice
				return nil
			}
		}
		return refuse(http.StatusConflict, "That button is not there any more; the message has changed.")
	})
}

// Submit hands a form in, with an answer for every field that was shown.
func (w *Workspace) Submit(ctx context.Context, as, id string, answers chat.Answers, event string) (Answer, error) {
	return w.act(ctx, as, event, func(tx store.Tx, r *chat.Request) error {
		f, err := forms.Get(tx, formID(id))
		if errors.Is(err, store.ErrNotFound) || err == nil && f.Person != as {
			return refuse(http.StatusNotFound, "That form is not there. Your answers still stand in it; give the command again to open a new one.")
		}
		if err != nil {
			return err
		}
		r.At, r.Path, r.Record = f.At, f.Form.Command, f.Form.Record
		r.Form, r.Page, r.Message = f.Form.ID, len(f.Form.Pages())-1, f.Target
		r.Answers = chat.Answers{}
		for _, field := range f.Form.Fields {
			a := answers[field.Name]
			for i, given := range a.Files {
				kept, err := uploaded(tx, []string{given.ID})
				if err != nil {
					return err
				}
				a.Files[i] = kept[0]
			}
			r.Answers[field.Name] = a
		}
		return nil
	})
}

// CloseForm puts a form away; what was handed in before stays with the bot.
func (w *Workspace) CloseForm(ctx context.Context, as, id string) error {
	return w.store.Update(ctx, func(tx store.Tx) error {
		f, err := forms.Get(tx, formID(id))
		if errors.Is(err, store.ErrNotFound) || err == nil && f.Person != as {
			return nil
		}
		if err != nil {
			return err
		}
		f.Open = false
		return forms.Put(tx, formID(id), f)
	})
}

// act asks the bot for a deed, and keeps what it answers before showing it. ask
// fills the request in.
func (w *Workspace) act(ctx context.Context, as, event string, ask func(store.Tx, *chat.Request) error) (Answer, error) {
	var r chat.Request
	var before *result
	err := w.store.Update(ctx, func(tx store.Tx) error {
		r, before = chat.Request{}, nil
		who, err := findPerson(tx, as)
		if err != nil {
			return err
		}
		if r.Event, err = ownEvent(tx, as, event); err != nil {
			return err
		}
		r.Profile = who.Profile
		if done, found, err := kept(tx, r.Event); err != nil || found {
			before = &done
			return err
		}
		return ask(tx, &r)
	})
	if err != nil {
		return Answer{}, err
	}
	if before != nil {
		return w.answer(ctx, as, *before, message{})
	}
	in, err := w.listener()
	if err != nil {
		return Answer{}, err
	}
	out, err := in.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	if out.Reply != nil {
		shown := *out.Reply
		shown.Message = w.attached(shown.Message)
		out.Reply = &shown
	}
	// The bot has done it; nobody who turns away now changes that.
	ctx = context.WithoutCancel(ctx)
	var done result
	var said message
	err = w.store.Update(ctx, func(tx store.Tx) error {
		var found bool
		if done, found, err = kept(tx, r.Event); err != nil || found {
			return err
		}
		if done, said, err = w.keepOutcome(tx, as, r, out); err != nil {
			return err
		}
		return results.Put(tx, eventID(r.Event), done)
	})
	if err != nil {
		return Answer{}, err
	}
	if done.Message != "" {
		w.changed(r.At, done.Message, as)
	}
	return w.answer(ctx, as, done, said)
}

// keepOutcome keeps a reply as a message that only one person sees, and a form
// as one that is open for them. A form that was handed in is closed by anything
// but errors.
func (w *Workspace) keepOutcome(tx store.Tx, as string, r chat.Request, out chat.Outcome) (done result, said message, err error) {
	done.Errors = out.Errors
	if f, err := forms.Get(tx, formID(r.Form)); r.Form != "" && err == nil {
		f.Form.Filled, f.Open = r.Answers, out.Errors != nil
		if err := forms.Put(tx, formID(r.Form), f); err != nil {
			return done, said, err
		}
	}
	switch {
	case out.Form != nil:
		done.Form = formID(out.Form.ID)
		return done, said, forms.Put(tx, done.Form, form{Person: as, At: r.At, Form: *out.Form, Open: true, Target: r.Message})
	case out.Reply != nil:
		said = message{Place: r.At, Author: BotID, At: w.o.Clock.Now(), Body: out.Reply.Message, For: as}
		if said.Body.Files, err = keepFiles(tx, said.Body.Files); err != nil {
			return done, said, err
		}
		if out.Reply.Replace && r.Message != nil {
			old, err := messages.Get(tx, messageID(r.Message.Address.ID))
			if err == nil && old.For == as {
				said.Place, done.Message = old.Place, messageID(r.Message.Address.ID)
				return done, said, messages.Put(tx, done.Message, said)
			}
		}
		done.Message, err = post(tx, said)
	}
	return done, said, err
}

// answer shows what was kept of an event. Where its words are gone already, because
// the deed had everything forgotten, said is what they were.
func (w *Workspace) answer(ctx context.Context, as string, done result, said message) (Answer, error) {
	a := Answer{Errors: done.Errors}
	err := w.store.View(ctx, func(tx store.Tx) error {
		v, err := w.newViewer(tx, as)
		if err != nil {
			return err
		}
		if done.Form != "" {
			f, err := forms.Get(tx, done.Form)
			if err != nil {
				return err
			}
			a.Form, a.intro = &f.Form, v.markdown(f.Form.Intro)
		}
		if done.Message == "" {
			return nil
		}
		m, err := messages.Get(tx, done.Message)
		gone := errors.Is(err, store.ErrNotFound)
		switch {
		case gone && said.Author == "":
			return nil // put away since
		case err != nil && !gone:
			return err
		case gone || m.Deleted && said.Author != "":
			m = said
		}
		shown := v.show(done.Message, m)
		a.Reply = &shown
		return nil
	})
	return a, err
}

// target gives the message that somebody acts on, if they can see it.
func target(tx store.Tx, as, id string) (*chat.Target, error) {
	m, err := messages.Get(tx, messageID(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && (m.Deleted || m.For != "" && m.For != as || m.Place.IsDirect() && m.Place.User != as) {
		return nil, refuse(http.StatusNotFound, "That message is gone.")
	}
	if err != nil {
		return nil, err
	}
	return &chat.Target{Address: m.address(messageID(id)), Author: user(m.Author), Text: m.Body.Text, Files: m.Body.Files}, nil
}
