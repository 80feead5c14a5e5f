package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// interested is who would like to be in the group after this one: somebody here, two
// on the public page, and a session for their questions. Somebody else chose on the
// page to go at their own pace, and waits to be connected with an account.
func (p *play) interested() {
	week := p.explorersIn
	p.types(week(7, 2, 12, 0), "aroha", channel("general"), "/interest register programme:community-builder way:here before:alike consent:yes", nil)
	p.registers(week(7, 3, 19, 30), "community-builder", "Hemi", "email", "hemi@example.org", "not yet", "I'd like to join the group")
	p.registers(week(8, 0, 7, 15), "community-builder", "Pania", "through", "Mere, at the pool", "yes")
	p.registers(week(8, 0, 8, 40), "facilitation-credential", "Rangi", "phone", "021 555 0123", "yes", "I'd like to go at my own pace")
	p.types(week(8, 0, 12, 0), "wiremu", channel("explorers"), fmt.Sprintf(`/session schedule title:"Q&A for the next group" when:"%s 6pm" where:"The community hall, Room 2" who:"people who registered interest"`,
		date(week(9, 4, 0, 0))), nil, "Schedule it")
	p.registers(week(8, 1, 18, 20), "community-builder", "Moana", "email", "moana@example.org", "alike", "I'm coming", "I'd like to join the group")
}

// registers has somebody without an account register on the public page, and press
// these buttons on the page of their own.
func (p *play) registers(t time.Time, programme, name, way, address, before string, then ...string) {
	p.at(t, func(ctx context.Context) error {
		out, err := p.bot.HandedIn(ctx, programme, "", chat.Answers{
			"name": chat.Given(name), "way": chat.Given(way), "address": chat.Given(address), "before": chat.Given(before), "consent": chat.Given("yes"),
		})
		if err == nil && out.Reply == nil {
			err = fmt.Errorf("%v", out.Errors)
		}
		if err != nil || len(then) == 0 {
			return because(err, name, "the page of interest")
		}
		return because(p.chooses(ctx, out.Reply.Text, then), name, "their own page")
	})
}

// chooses presses buttons on the page that is named in a text, one after the other.
func (p *play) chooses(ctx context.Context, text string, then []string) error {
	_, address, ok := strings.Cut(text, "/l/")
	if !ok {
		return errors.New("it has no address")
	}
	link, out, err := p.bot.Follow(ctx, strings.TrimSuffix(address, ">"), "")
	for _, label := range then {
		if err != nil {
			return err
		}
		i := slices.IndexFunc(out.Reply.Buttons, func(b chat.Button) bool { return b.Label == label })
		if i < 0 {
			return fmt.Errorf("no button %q", label)
		}
		b := out.Reply.Buttons[i]
		out, err = p.bot.Do(ctx, chat.Request{Profile: chat.Profile{User: link.Guest()}, At: chat.Direct(link.Guest()), Path: b.Command, Record: b.Record, Choice: b.Choice})
	}
	return err
}
