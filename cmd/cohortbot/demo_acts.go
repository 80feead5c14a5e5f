package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
)

// types has somebody give a command. A form that opens is handed in with what fill
// says, a field each; then the buttons of these names are pressed in the answers,
// one after the other, with forms filled in the same way.
func (p *play) types(t time.Time, as string, at chat.Place, text string, fill map[string]string, then ...string) {
	p.at(t, func(ctx context.Context) error {
		answer, err := p.workspace.Command(ctx, as, at, text, "")
		return because(p.goOn(ctx, as, answer, err, fill, then), as, text)
	})
}

// presses has somebody press the youngest button of that name which they see, and
// goes on as [play.types] does.
func (p *play) presses(t time.Time, as string, at chat.Place, label string, fill map[string]string, then ...string) {
	p.at(t, func(ctx context.Context) error {
		answer, err := p.press(ctx, as, at, label)
		return because(p.goOn(ctx, as, answer, err, fill, then), as, label)
	})
}

// menu has somebody use the menu on the youngest message with some words in it,
// and goes on as [play.types] does.
func (p *play) menu(t time.Time, as string, at chat.Place, words, path string, fill map[string]string, then ...string) {
	p.at(t, func(ctx context.Context) error {
		if at.Thread == "youngest" {
			question, err := youngestQuestion(ctx, p.workspace, as, at.Channel)
			if err != nil {
				return because(err, as, path)
			}
			at.Thread = question
		}
		seen, _, err := p.workspace.See(ctx, as, at, "", 0)
		if err != nil {
			return because(err, as, path)
		}
		for _, m := range slices.Backward(seen) {
			if strings.Contains(m.Text, words) && !m.Author.Bot {
				answer, err := p.workspace.UseMenu(ctx, as, m.ID, path, "")
				return because(p.goOn(ctx, as, answer, err, fill, then), as, path)
			}
		}
		return because(errors.New("no such message"), as, words)
	})
}

// goOn hands in the form that was answered, and presses what is to be pressed.
func (p *play) goOn(ctx context.Context, as string, answer web.Answer, err error, fill map[string]string, then []string) error {
	for {
		switch {
		case err != nil:
			return err
		case answer.Errors != nil:
			return fmt.Errorf("%v", answer.Errors)
		case answer.Form != nil:
			given := maps.Clone(answer.Form.Filled)
			if given == nil {
				given = chat.Answers{}
			}
			for name, text := range fill {
				given[name] = chat.Given(optionNamed(answer.Form.Fields, name, text))
			}
			answer, err = p.workspace.Submit(ctx, as, string(answer.Form.ID), given, "")
		case answer.Reply == nil:
			return errors.New("expected an answer")
		case strings.Contains(answer.Reply.Text, "what you typed"):
			return errors.New(answer.Reply.Text)
		case len(then) == 0:
			return nil
		default:
			i := slices.IndexFunc(answer.Reply.Buttons, func(b web.ShownButton) bool { return b.Label == then[0] })
			if i < 0 {
				return fmt.Errorf("no button %q in: %s", then[0], answer.Reply.Text)
			}
			then = then[1:]
			answer, err = p.workspace.Press(ctx, as, answer.Reply.ID, answer.Reply.Buttons[i].Token, "")
		}
	}
}

// optionNamed gives the value of the option of a field whose label begins so; what is no
// option stays as it is.
func optionNamed(fields []chat.Field, name, text string) string {
	for _, f := range fields {
		for _, o := range f.Options {
			if f.Name == name && text != "" && o.Value != text && strings.HasPrefix(o.Label, text) {
				return o.Value
			}
		}
	}
	return text
}

func (p *play) press(ctx context.Context, as string, at chat.Place, label string) (web.Answer, error) {
	seen, _, err := p.workspace.See(ctx, as, at, "", 0)
	if err != nil {
		return web.Answer{}, err
	}
	for _, m := range slices.Backward(seen) {
		for _, b := range m.Buttons {
			if b.Label == label {
				return p.workspace.Press(ctx, as, m.ID, b.Token, "")
			}
		}
	}
	return web.Answer{}, errors.New("no such button")
}

func because(err error, as, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s, %q: %w", as, what, err)
}
