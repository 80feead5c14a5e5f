// Package slack is the chat platform Slack: one or more workspaces over Socket
// Mode, with nothing but two tokens each. It turns Slack's envelopes into the
// vocabulary of package chat and renders what the bot answers as Block Kit.
//
// Start reading at [New] (slack.go). What comes in: socket.go and link.go keep
// connections, envelope.go sorts what they carry, asked.go and submitted.go make
// requests of commands, buttons and forms, said.go hears messages. What goes out:
// answer.go answers the one who asked, deliver.go says, edits and finds messages,
// markdown.go, message.go and form.go render them, and limits.go holds all of it
// against Slack's limits before it leaves. errors.go says what Slack's codes mean.
//
// The library slack-go does the calls of the Web API and has the types of Block
// Kit. The socket loop is our own: the library's drops a connection before the
// next one stands, and never acknowledges what it does not know.
package slack
