package slackfake

import (
	"encoding/json"
	"slices"
	"strings"
)

// Message is a message as a person sees it.
type Message struct {
	Channel   string
	TS        string
	Thread    string // the parent's ts, for a reply
	User      string // who wrote it
	App       bool   // the app wrote it
	Text      string // with Slack's mark-up; only a fallback when there are blocks
	Blocks    json.RawMessage
	Files     []File
	Ephemeral bool
	Edited    bool
	Deleted   bool           // a tombstone
	Version   int            // grows when something else takes its place
	Metadata  map[string]any // which people do not see
}

// Words is all that a person reads: the blocks' texts, labels and buttons if there
// are blocks, else the text, with the entities undone.
func (m Message) Words() string {
	if len(m.Blocks) == 0 || string(m.Blocks) == "null" {
		return plain.Replace(m.Text)
	}
	return words(m.Blocks)
}

// Buttons are the buttons of a message.
func (m Message) Buttons() []Button { return buttons(m.Blocks) }

// Button is something to press.
type Button struct {
	Text, ActionID, BlockID, Value, URL string
}

// View is a modal or a Home tab as a person sees it.
type View struct {
	ID, Type, CallbackID, Title, Submit, Close, Hash, PrivateMetadata string
	Blocks                                                            json.RawMessage
}

// Words is all that a person reads in a view.
func (v View) Words() string { return strings.TrimSpace(v.Title + "\n" + words(v.Blocks)) }

// Buttons are the buttons of a view, but for submit and close.
func (v View) Buttons() []Button { return buttons(v.Blocks) }

// Input is a field of a view.
type Input struct {
	Label, BlockID, ActionID, Type, Hint string
	Optional                             bool
	Options                              []string // texts
	Initial                              map[string]any
}

// Inputs are the fields of a view in their order.
func (v View) Inputs() []Input {
	var blocks []any
	_ = json.Unmarshal(v.Blocks, &blocks)
	var out []Input
	for _, e := range elements(blocks) {
		if !e.input {
			continue
		}
		in := Input{Label: e.label, BlockID: e.blockID, ActionID: e.actionID, Type: e.kind, Optional: e.optional, Initial: e.initial()}
		for _, o := range e.options() {
			in.Options = append(in.Options, textOf(o["text"]))
		}
		out = append(out, in)
	}
	return out
}

func buttons(raw json.RawMessage) []Button {
	var blocks []any
	_ = json.Unmarshal(raw, &blocks)
	var out []Button
	for _, e := range elements(blocks) {
		if e.kind == "button" {
			value, _ := e.raw["value"].(string)
			url, _ := e.raw["url"].(string)
			out = append(out, Button{Text: plain.Replace(e.label), ActionID: e.actionID, BlockID: e.blockID, Value: value, URL: url})
		}
	}
	return out
}

// words collects every text of blocks in reading order.
func words(raw json.RawMessage) string {
	var blocks []any
	_ = json.Unmarshal(raw, &blocks)
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, o := range v {
				walk(o)
			}
		case object:
			if t, ok := v["text"].(string); ok {
				out = append(out, plain.Replace(t))
			}
			for _, k := range []string{"label", "title", "text", "fields", "element", "elements", "accessory", "placeholder", "alt_text", "hint", "options"} {
				if t, ok := v[k].(string); ok && k == "alt_text" {
					out = append(out, plain.Replace(t))
				} else if !ok {
					walk(v[k])
				}
			}
		}
	}
	walk(blocks)
	return strings.Join(out, "\n")
}

// See is what a person sees in a channel or direct message: everything said and
// what only they were shown, by time, threads included. Nobody sees into a private
// channel from outside.
func (s *Server) See(userID, channelID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channelID]
	if ch == nil || !ch.members[userID] && (ch.private || ch.im != nil) {
		return nil
	}
	var out []Message
	for _, m := range ch.messages {
		out = append(out, m.view())
	}
	for _, m := range ch.whispers {
		if m.to.ID == userID {
			out = append(out, m.view())
		}
	}
	slices.SortFunc(out, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
	return out
}

func (m *message) view() Message {
	v := Message{Channel: m.channel.id, TS: m.ts, App: m.byApp, Text: m.text, Ephemeral: m.to != nil, Edited: m.edited != "", Version: m.version, Deleted: m.subtype == "tombstone"}
	if m.user != nil {
		v.User = m.user.ID
	}
	if m.isReply() {
		v.Thread = m.thread
	}
	if len(m.blocks) > 0 {
		v.Blocks, _ = json.Marshal(m.blocks)
	}
	v.Metadata, _ = clone(m.metadata).(object)
	for _, f := range m.files {
		v.Files = append(v.Files, f.File)
	}
	return v
}

// seen finds a message that a person can see; the lock is held.
func (s *Server) seen(userID, channelID, ts string) *message {
	ch := s.channels[channelID]
	if ch == nil || !ch.members[userID] && (ch.private || ch.im != nil) {
		return nil
	}
	if m := ch.find(ts); m != nil {
		return m
	}
	for _, m := range ch.whispers {
		if m.ts == ts && m.to.ID == userID {
			return m
		}
	}
	return nil
}

// Views are the modals that a person has open, the one on top last.
func (s *Server) Views(userID string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []View
	for _, v := range s.stacks[userID] {
		out = append(out, v.seen())
	}
	return out
}

// Home is a person's Home tab; false before the app has published one.
func (s *Server) Home(userID string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[userID]
	if u == nil || u.home == nil {
		return View{}, false
	}
	return u.home.seen(), true
}

func (v *view) seen() View {
	out := View{
		ID: v.id, Type: v.kind, CallbackID: v.text("callback_id"), Hash: v.hash, PrivateMetadata: v.text("private_metadata"),
		Title: textOf(v.body["title"]), Submit: textOf(v.body["submit"]), Close: textOf(v.body["close"]),
	}
	out.Blocks, _ = json.Marshal(v.blocks)
	return out
}
