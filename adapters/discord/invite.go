package discord

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// Permissions are exactly those that the bot uses, as the invitation asks for
// them: it reads and writes where it is let in, starts the threads under its own
// posts, sends files, shows long texts, looks up whether it has said something
// already, and puts sessions into the server's events. What it put there it may
// change and take away with Create Events alone.
const Permissions = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages |
	discordgo.PermissionSendMessagesInThreads | discordgo.PermissionCreatePublicThreads |
	discordgo.PermissionEmbedLinks | discordgo.PermissionAttachFiles | discordgo.PermissionReadMessageHistory |
	discordgo.PermissionCreateEvents

// permissionNames are what the permissions are called in Discord's settings.
var permissionNames = []struct {
	bit  int64
	name string
}{
	{discordgo.PermissionViewChannel, "View Channels"},
	{discordgo.PermissionSendMessages, "Send Messages"},
	{discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads"},
	{discordgo.PermissionCreatePublicThreads, "Create Public Threads"},
	{discordgo.PermissionEmbedLinks, "Embed Links"},
	{discordgo.PermissionAttachFiles, "Attach Files"},
	{discordgo.PermissionReadMessageHistory, "Read Message History"},
	{discordgo.PermissionCreateEvents, "Create Events"},
}

// Address gives the link by which somebody who manages a server lets the bot in.
func Address(appID string) string {
	return "https://discord.com/oauth2/authorize?" + url.Values{
		"client_id": {appID}, "scope": {"bot applications.commands"}, "permissions": {fmt.Sprint(int64(Permissions))},
	}.Encode()
}

// Invitation says how to let the bot in: what to switch on in the developer
// portal, the link to follow, and what the bot is allowed by it. appID is the
// Application ID of the portal's General Information.
func Invitation(o Options, appID string) string {
	d := Discord{o: o}
	var b strings.Builder
	b.WriteString("1. In the developer portal (https://discord.com/developers/applications), open the application.\n")
	b.WriteString("   Under Bot, Privileged Gateway Intents:\n")
	for _, i := range []struct {
		name, why string
		used      bool
	}{
		{"Presence Intent", "is not used", false},
		{"Server Members Intent", "lets people be known as soon as they join", o.Members},
		{"Message Content Intent", "lets people answer by a message in a thread; without it they answer by buttons, by a reply to the bot's post, or directly", o.MessageContent},
	} {
		state := "leave off"
		if i.used {
			state = "switch on"
		}
		fmt.Fprintf(&b, "   - %s: %s. It %s.\n", i.name, state, i.why)
	}
	fmt.Fprintf(&b, "2. Follow this address, choose the server, and agree:\n\n   %s\n\n", Address(appID))
	b.WriteString("   It asks for what the bot uses and for no more:\n")
	for _, p := range permissionNames {
		fmt.Fprintf(&b, "   - %s\n", p.name)
	}
	fmt.Fprintf(&b, "3. Put the bot's token (Bot, Reset Token) and the server's id into the configuration, and run cohortbot check.\n   The gateway is asked for the intents %d.\n", int(d.intents()))
	return b.String()
}
