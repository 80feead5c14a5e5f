package main

import (
	"fmt"

	"cohortbot/adapters/slack"
	"cohortbot/bot"
)

type manifestCommand struct {
	Platform string `arg:"" enum:"slack" help:"The platform: slack."`
}

// Run prints what an operator makes the app of a platform from.
func (c *manifestCommand) Run(m *Main) error {
	tree, err := bot.Commands(bot.Options{})
	if err != nil {
		return err
	}
	manifest, err := slack.Manifest(tree)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.out, string(manifest))
	return err
}
