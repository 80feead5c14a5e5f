package main

import (
	"context"
	"fmt"
	"time"

	"cohortbot/bot/chat"
)

// interested is who would like to be in the group after this one: somebody here, two
// on the public page, and a session for their questions.
func (p *play) interested() {
	week := p.explorersIn
	p.types(week(7, 2, 12, 0), "aroha", channel("general"), "/interest register programme:community-builder way:here before:alike consent:yes", nil)
	p.registers(week(7, 3, 19, 30), "Hemi", "email", "hemi@example.org", "not yet")
	p.registers(week(8, 0, 7, 15), "Pania", "through", "Mere, at the pool", "yes")
	p.types(week(8, 0, 12, 0), "wiremu", channel("explorers"), fmt.Sprintf(`/session schedule title:"Q&A for the next group" when:"%s 6pm" where:"The community hall, Room 2" who:"people who registered interest"`,
		date(week(9, 4, 0, 0))), nil, "Schedule it")
}

// registers has somebody without an account register on the public page.
func (p *play) registers(t time.Time, name, way, address, before string) {
	p.at(t, func(ctx context.Context) error {
		out, err := p.bot.HandedIn(ctx, "community-builder", "", chat.Answers{
			"name": chat.Given(name), "way": chat.Given(way), "address": chat.Given(address), "before": chat.Given(before), "consent": chat.Given("yes"),
		})
		if err == nil && out.Reply == nil {
			err = fmt.Errorf("%v", out.Errors)
		}
		return because(err, name, "the page of interest")
	})
}
