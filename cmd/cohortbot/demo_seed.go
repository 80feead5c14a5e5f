package main

import (
	"context"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// demoBegins is how long before now the life of the demonstration begins, so that
// there is something to see in it.
const demoBegins = 28 * 24 * time.Hour

// stage is what the demonstration's past is acted out on: people act through the
// workspace, and the clock moves between their acts.
type stage struct {
	bot       *bot.Bot
	workspace *web.Workspace
	clock     *schedules.Movable
}

// liveTo moves the clock once the bot has heard what was said.
func (s stage) liveTo(ctx context.Context, to time.Time) error {
	if err := s.workspace.Settle(ctx); err != nil {
		return err
	}
	return s.bot.Live(ctx, s.clock, to)
}

// seedDemo acts out the past of the demonstration, in an empty workspace whose
// clock stands demoBegins before now. When it returns, the clock is moved to now.
func seedDemo(ctx context.Context, s stage) error {
	if err := s.workspace.AddChannel(ctx, "explorers", "Where the Explorers meet"); err != nil {
		return err
	}
	for _, p := range []chat.Profile{
		{User: chat.User{ID: "aroha"}, Name: "Aroha", Zone: "Pacific/Auckland", Admin: true},
		{User: chat.User{ID: "ben"}, Name: "Ben", Zone: "Pacific/Auckland"},
	} {
		if err := s.workspace.AddPerson(ctx, p); err != nil {
			return err
		}
	}
	return s.workspace.Settle(ctx)
}
