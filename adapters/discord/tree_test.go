package discord_test

import (
	"log/slog"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	product "cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

func TestAllThatTheBotCanDoFitsDiscord(t *testing.T) {
	b, err := product.New(t.Context(), product.Options{
		Store: storetest.New(t), Clock: schedules.NewMovable(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), false), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	tree := b.Tree()
	for _, fault := range discord.Faults(discord.Registration(tree)) {
		t.Error(fault)
	}
	for _, c := range tree {
		f := chat.Form{ID: "0199f0a0-0000-7000-8000-000000000000", Command: c.Path, Title: c.Summary, Fields: c.Fields}
		for number := range f.Pages() {
			if _, faults, _ := discord.OpenForm(f, number, true); faults != nil {
				t.Errorf("the form of /%s: %v", c.Path, faults)
			}
		}
	}
}
