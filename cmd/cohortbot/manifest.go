package main

import (
	"fmt"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/slack"
	"cohortbot/bot"
)

type manifestCommand struct {
	Slack   manifestSlack   `cmd:"" help:"Print the manifest that an app in Slack is made from."`
	Discord manifestDiscord `cmd:"" help:"Print how to invite the bot to a server in Discord."`
}

type manifestSlack struct{}

// Run prints the manifest.
func (c *manifestSlack) Run(m *Main) error {
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

type manifestDiscord struct {
	Application    string `default:"APPLICATION_ID" placeholder:"ID" help:"The Application ID of the developer portal's General Information."`
	MessageContent bool   `help:"People are to answer by messages in threads, too."`
	Members        bool   `help:"People are to be known as soon as they join."`
}

// Run prints the steps and the address.
func (c *manifestDiscord) Run(m *Main) error {
	_, err := fmt.Fprint(m.out, discord.Invitation(discord.Options{MessageContent: c.MessageContent, Members: c.Members}, c.Application))
	return err
}
