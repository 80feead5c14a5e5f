// Package discord is the chat platform Discord: one or more servers (guilds)
// with one bot token. It turns what the gateway tells into the vocabulary of
// package chat, and renders what the bot answers as messages and modals.
//
// Start reading at [New] (discord.go). What comes in: gateway.go and link.go keep
// a connection, progress.go knows how far it was taken, dispatch.go sorts what it
// carries, lanes.go keeps that in order, missed.go reads what was said while there
// was no session; asked.go makes requests of commands, buttons and menus,
// submitted.go of modals, said.go hears messages, profiles.go knows people. What
// goes out: exchange.go answers within three seconds, deliver.go says and edits,
// find.go looks for what may have been said, markdown.go, message.go and modal.go
// render it, limits.go holds all of it against Discord's limits before it leaves.
// rest.go and rates.go are the client of the HTTP API, and errors.go says what
// Discord's codes mean. commands.go registers the tree; invite.go and check.go are
// for whoever sets the bot up.
//
// The types, codes and constants are discordgo's where it has them right. Its
// gateway and its client are not used: the gateway ends its session whenever it
// reconnects, which loses what was said meanwhile, and the client repeats posts
// whose answer was lost.
package discord
