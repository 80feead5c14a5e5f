package slack

import (
	"strings"

	"cohortbot/bot/chat"
)

// The id of a message in a channel is its timestamp. In direct messages the
// conversation's own id stands before it ("D024BE91L:1503435956.000247"), since
// an edit has to name the conversation and not the person.

// isDirect tells a conversation of two by its id.
func isDirect(conversation string) bool { return strings.HasPrefix(conversation, "D") }

// isRoom tells a channel, public or private, by its id.
func isRoom(conversation string) bool {
	return strings.HasPrefix(conversation, "C") || strings.HasPrefix(conversation, "G")
}

func messageID(conversation, ts string) string {
	if ts == "" || !isDirect(conversation) {
		return ts
	}
	return conversation + ":" + ts
}

// timestamp gives the timestamp within an id, and the conversation if it is there.
func timestamp(id string) (conversation, ts string) {
	if before, after, ok := strings.Cut(id, ":"); ok {
		return before, after
	}
	return "", id
}

// place gives the place of something in a conversation. thread is the timestamp
// of the message that its thread hangs under, or empty; person is with whom a
// conversation of two is.
func (w *workspace) place(conversation, thread, person string) chat.Place {
	p := chat.Place{Workspace: w.known().workspace, Channel: conversation, Thread: messageID(conversation, thread)}
	if isDirect(conversation) {
		p.Channel, p.User = "", person
	}
	return p
}

// address gives where a message stands.
func (w *workspace) address(conversation, thread, ts, person string) chat.Address {
	if thread == ts {
		thread = ""
	}
	return chat.Address{Place: w.place(conversation, thread, person), ID: messageID(conversation, ts)}
}

// conversation gives what Slack calls the place: a channel, or for direct messages
// the person, to whom a post opens them by itself.
func conversation(p chat.Place) (to, thread string) {
	known, thread := timestamp(p.Thread)
	switch {
	case p.Channel != "":
		return p.Channel, thread
	case known != "":
		return known, thread
	}
	return p.User, thread
}
