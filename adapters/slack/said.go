package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"cohortbot/bot/chat"
)

// message is a message event as Slack writes it. A change carries the message as
// it is now, and as it was.
type message struct {
	Subtype  string   `json:"subtype"`
	Channel  string   `json:"channel"`
	User     string   `json:"user"`
	BotID    string   `json:"bot_id"`
	Text     string   `json:"text"`
	TS       string   `json:"ts"`
	Thread   string   `json:"thread_ts"`
	Parent   string   `json:"parent_user_id"` // who wrote the message that the thread hangs under
	Deleted  string   `json:"deleted_ts"`
	Message  *message `json:"message"`
	Previous *message `json:"previous_message"`
	Files    []file   `json:"files"`
}

// file is a file that somebody shared.
type file struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
	Type  string `json:"mimetype"`
	Size  int64  `json:"size"`
	Mode  string `json:"mode"`
	Alt   string `json:"alt_txt"`
}

func shared(w chat.Workspace, files []file) []chat.File {
	var all []chat.File
	for _, f := range files {
		if f.ID == "" || f.Mode == "tombstone" { // taken away since
			continue
		}
		if f.Name == "" {
			f.Name = f.Title
		}
		all = append(all, chat.File{Workspace: w, ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Alt: f.Alt})
	}
	return all
}

// message takes a message that was written, changed or deleted. Each person's
// words go in order, so this one is queued before the next frame is read.
func (a arrival) message(event string, raw json.RawMessage) {
	var m message
	if json.Unmarshal(raw, &m) != nil || m.Channel == "" {
		a.w.log.Warn("unreadable, and acknowledged", "kind", a.kind)
		a.acknowledge(nil)
		return
	}
	now, edited, deleted := m, false, false
	switch m.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	case "message_changed":
		if m.Message == nil {
			a.acknowledge(nil)
			return
		}
		now, edited = *m.Message, true
		if p := m.Previous; now.Subtype == "tombstone" { // deleted, with replies that keep its place
			deleted = true
			if p != nil {
				now.User = p.User
			}
		} else if p != nil && p.Text == now.Text && slices.Equal(p.Files, now.Files) {
			a.acknowledge(nil) // a preview of a link, or a reply under it
			return
		}
	case "message_deleted":
		if m.Previous == nil {
			a.acknowledge(nil)
			return
		}
		now, deleted = *m.Previous, true
		if m.Deleted != "" {
			now.TS = m.Deleted
		}
	default: // somebody joined, a topic was set, …
		a.acknowledge(nil)
		return
	}
	if now.User == "" || now.BotID != "" || now.User == a.w.known().user || now.TS == "" {
		a.acknowledge(nil) // bots, the bot itself among them
		return
	}
	if !isDirect(m.Channel) && (now.Thread == "" || now.Thread == now.TS || now.Parent != "" && now.Parent != a.w.known().user) {
		a.acknowledge(nil) // what people say to each other is theirs: nothing of it goes any further
		return
	}
	a.w.lanes.add(a, now.User, event, func(ctx context.Context) chat.Said {
		s := chat.Said{
			Event: event, Profile: a.w.people.profile(ctx, now.User, ""),
			Address: a.w.address(m.Channel, now.Thread, now.TS, now.User),
			Edited:  edited && !deleted, Deleted: deleted,
		}
		if !deleted {
			s.Text, s.Files = strings.TrimRight(a.w.written(ctx, now.Text), " \t\n"), shared(a.w.known().workspace, now.Files)
		}
		return s
	})
}
