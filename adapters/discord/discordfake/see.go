package discordfake

import (
	"slices"
	"strings"
	"time"
)

// Message is what a person sees of one.
type Message struct {
	ID, Channel, Author string
	Content             string
	Embeds              []map[string]any
	Components          []map[string]any
	Buttons             []Button // of Components, wherever they are
	Selects             []Select
	Files               []File
	Reactions           map[string]int
	Thread              string // started from it
	ReplyTo             string
	Pings               []string // user ids, role ids, "everyone"
	Ephemeral           bool     // only this person sees it
	Thinking            bool     // deferred, and still waiting
	Edited              bool
	Pinned              bool
	At                  time.Time
}

// Button is one that can be pressed, or a link.
type Button struct {
	CustomID, Label, URL string
	Style                int
	Disabled             bool
}

// Select is a menu.
type Select struct {
	CustomID, Placeholder string
	Kind                  int
	Options               []Option
	Min, Max              int
	Disabled              bool
}

// Option is one line of a menu.
type Option struct {
	Label, Value, Description string
	Default                   bool
}

// View is a place as one person sees it.
type View struct {
	Messages []Message // oldest first
	Modal    *Modal    // what is open on their screen
}

// See shows a place to a person: nothing where they may not look. The
// starter of a thread is left out.
func (s *Server) See(userID, channelID string) View {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.who(userID, channelID, ReadMessageHistory)
	if err != nil {
		return View{}
	}
	v := View{Modal: s.modalOf(u)}
	for _, m := range c.messages {
		if (m.only == nil || m.only == u) && m.kind != 21 {
			v.Messages = append(v.Messages, s.see(m))
		}
	}
	return v
}

// Everything is all messages of a channel, for whom they may be.
func (s *Server) Everything(channelID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if c := s.channels[channelID]; c != nil {
		for _, m := range c.messages {
			out = append(out, s.see(m))
		}
	}
	return out
}

func (s *Server) see(m *message) Message {
	out := Message{
		ID: m.id, Channel: m.channel.id, Author: m.author.ID, Content: m.content, At: m.made,
		Ephemeral: m.flags&flagEphemeral != 0, Thinking: m.flags&flagLoading != 0,
		Edited: !m.edited.IsZero(), Pinned: m.pinned, Reactions: map[string]int{},
	}
	out.Pings = append(slices.Clone(m.mentions.users), m.mentions.roles...)
	if m.mentions.everyone {
		out.Pings = append(out.Pings, "everyone")
	}
	for _, e := range m.embeds {
		out.Embeds = append(out.Embeds, plain(e).(obj))
	}
	for _, c := range m.components {
		out.Components = append(out.Components, plain(c).(obj))
	}
	walk(m.components, func(o obj) {
		switch kind, _ := whole(o["type"]); kind {
		case buttonComponent:
			style, _ := whole(o["style"])
			out.Buttons = append(out.Buttons, Button{
				CustomID: str(o["custom_id"]), Label: str(o["label"]), URL: str(o["url"]), Style: int(style), Disabled: o["disabled"] == true,
			})
		case stringSelect, userSelect, roleSelect, mentionSelect, channelSelect:
			out.Selects = append(out.Selects, toSelect(o))
		}
	})
	for _, u := range m.attachments {
		out.Files = append(out.Files, File{ID: u.id, Name: u.name, Kind: u.kind, Description: u.description, URL: s.fileURL(u), Data: u.data})
	}
	for _, r := range m.reactions {
		out.Reactions[r.emoji] = len(r.users)
	}
	if m.thread != nil {
		out.Thread = m.thread.id
	}
	if m.reply != nil {
		out.ReplyTo = m.reply.id
	}
	return out
}

func toSelect(o obj) Select {
	kind, _ := whole(o["type"])
	low, _ := whole(o["min_values"])
	high, _ := whole(o["max_values"])
	sel := Select{
		CustomID: str(o["custom_id"]), Placeholder: str(o["placeholder"]), Kind: int(kind),
		Min: int(low), Max: int(high), Disabled: o["disabled"] == true,
	}
	options, _ := o["options"].([]any)
	for _, v := range options {
		p, _ := v.(obj)
		sel.Options = append(sel.Options, Option{str(p["label"]), str(p["value"]), str(p["description"]), p["default"] == true})
	}
	return sel
}

// Modal is a form on somebody's screen.
type Modal struct {
	CustomID, Title string
	Text            string // what stands on it beside the fields
	Fields          []Field
	from            *interaction
}

// Field is one input of a modal.
type Field struct {
	CustomID, Label, Description, Placeholder, Value string
	Kind                                             int // 4 text, 3 and 5 to 8 selects, 19 files
	Long                                             bool
	Required                                         bool
	Min, Max                                         int // length, or number of values
	Options                                          []Option
	Chosen                                           []string // ids that stand in a select of people or channels
}

// OpenModal is the modal on a person's screen, nil for none.
func (s *Server) OpenModal(userID string) *Modal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modalOf(s.users[userID])
}

func (s *Server) modalOf(u *user) *Modal {
	i := u.modal
	if i == nil {
		return nil
	}
	m := &Modal{CustomID: str(i.modal["custom_id"]), Title: str(i.modal["title"]), from: i}
	top, _ := i.modal["components"].([]any)
	for _, v := range top {
		o, _ := v.(obj)
		if kind, _ := whole(o["type"]); kind == textDisplay {
			m.Text = strings.TrimSpace(m.Text + "\n" + str(o["content"]))
		}
		inner, isLabel := o["component"].(obj)
		if !isLabel {
			row, _ := o["components"].([]any)
			if len(row) == 0 {
				continue
			}
			inner = row[0].(obj)
		}
		kind, _ := whole(inner["type"])
		f := Field{
			CustomID: str(inner["custom_id"]), Label: str(inner["label"]), Placeholder: str(inner["placeholder"]),
			Value: str(inner["value"]), Kind: int(kind), Required: inner["required"] != false,
		}
		if isLabel {
			f.Label, f.Description = str(o["label"]), str(o["description"])
		}
		low, high := "min_values", "max_values"
		if kind == textInput {
			low, high = "min_length", "max_length"
			style, _ := whole(inner["style"])
			f.Long = style == 2
		}
		n, _ := whole(inner[low])
		x, _ := whole(inner[high])
		f.Min, f.Max = int(n), int(x)
		f.Options = toSelect(inner).Options
		defaults, _ := inner["default_values"].([]any)
		for _, v := range defaults {
			o, _ := v.(obj)
			f.Chosen = append(f.Chosen, str(o["id"]))
		}
		m.Fields = append(m.Fields, f)
	}
	return m
}
