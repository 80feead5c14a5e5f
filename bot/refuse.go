package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

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
	if errors.Is(e, links.ErrGuessed) { // here, since a deed may run more than once
		b.guesses.Missed(r.Profile.User.String(), "/"+d.Command+" with a code that opens nothing")
	}
	if e.Field != "" && r.Form != "" && d.Form != nil && d.formHas(e.Field) { // a form is open to show it in
		out := chat.Outcome{Errors: chat.FieldErrors{e.Field: e.Say}}
		return out, b.keepDraft(ctx, r, d, out)
	}
	plain := chat.Say(e.Say+d.typedBack(r, b.names(ctx, d, r.Profile.User.Workspace)), e.Buttons...)
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
		person, err := b.meet(tx, r.Profile, now)
		if err != nil {
			return err
		}
		d.Person = person.ID
		if err := drafts.Put(tx, d.ID, d); err != nil {
			return err
		}
		return remember(tx, r.Profile.User.Workspace, r.Event, out, now)
	})
}

// typedFaults makes one refusal of what could not be read in a typed command.
func typedFaults(fields []chat.Field, faults chat.FieldErrors) error {
	var lines []string
	for _, f := range fields {
		if text, ok := faults[f.Name]; ok {
			lines = append(lines, "**"+f.Label+":** "+text)
		}
	}
	return &deeds.Error{Code: deeds.Invalid, Say: strings.Join(lines, "\n\n"), Err: errors.New("answers not understood")}
}

func (d Draft) hasWords() bool { return len(d.Answers) > 0 }

// typedBack gives back what was typed, so that a refusal loses nothing; names
// has what to call the accounts and channels in it, see [Bot.names].
func (d Draft) typedBack(r chat.Request, names map[string]string) string {
	var lines []string
	if r.Form == "" {
		if typed := strings.TrimPrefix(d.Typed, "/"); typed != d.Command && strings.Contains(typed, " ") {
			lines = append(lines, named(chat.Quote("/"+typed), names))
		}
	} else if d.Form == nil { // too old, or somebody else's
		for _, name := range slices.Sorted(maps.Keys(r.Answers)) {
			if text := r.Answers[name].Text(); text != "" {
				lines = append(lines, chat.Plain(name)+":\n\n"+chat.Quote(text))
			}
		}
	} else {
		for _, f := range d.Form.Fields {
			if text := r.Answers[f.Name].Text(); text != "" && (f.Kind == chat.LongText || f.Kind == chat.Text) {
				lines = append(lines, chat.Plain(f.Label)+":\n\n"+chat.Quote(text))
			}
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n\nHere is what you typed, so nothing is lost:\n\n" + strings.Join(lines, "\n\n")
}

// names gives, by field and id as they were typed, what people call the accounts
// and channels in a command: a platform types ids.
func (b *Bot) names(ctx context.Context, d Draft, w chat.Workspace) map[string]string {
	names := map[string]string{}
	err := b.store.View(ctx, func(tx store.Tx) error {
		for _, f := range b.deeds[d.Command].Fields {
			id := strings.TrimLeft(d.Answers[f.Name].Text(), "@#")
			switch {
			case id == "":
			case f.Kind == chat.InPlace:
				names[f.Name+":"+id] = chat.InChannel(chat.Channel(w, id))
			case f.Kind == chat.Person:
				u := chat.User{Workspace: w, ID: id}
				p, err := people.ByAccount(tx, u)
				if err == nil {
					names[f.Name+":"+id] = "@" + chat.Mention(u, p.Name)
					continue
				}
				if !errors.Is(err, people.ErrUnknown) {
					return err
				}
				gone, err := b.wasErased(tx, u)
				if err != nil {
					return err
				}
				if gone {
					names[f.Name+":"+id] = "@somebody"
				}
			}
		}
		return nil
	})
	if err != nil {
		b.log.Error("a refusal goes without names", "command", d.Command, "err", err)
	}
	return names
}

// named puts names in the place of what a platform typed.
func named(text string, names map[string]string) string {
	for typed, name := range names {
		field, id, _ := strings.Cut(typed, ":")
		id = chat.Plain(id)
		for _, id := range []string{`"` + id + `"`, "@" + id, `\#` + id, id} {
			if before, after, ok := strings.Cut(text, field+":"+id); ok {
				text = before + field + ":" + name + after
				break
			}
		}
	}
	return text
}
