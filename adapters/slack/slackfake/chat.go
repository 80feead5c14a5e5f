package slackfake

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxText is where the text of a post is cut; maxEdit is what an edit may have.
const (
	maxText     = 40000
	maxEdit     = 4000
	maxMarkdown = 12000
	maxMetadata = 16000
)

// place finds the channel that a call may write to.
func (c *call) place(key string) (*channel, *refusal) {
	id := c.str(key)
	if id == "" {
		return nil, &refusal{code: "invalid_arguments", more: messages("[ERROR] missing required field: " + key)}
	}
	if u := c.s.users[id]; u != nil && u.team == c.team && c.method == "chat.postMessage" {
		if u.bot {
			return nil, refuse("cannot_dm_bot")
		}
		return c.writable(c.s.dm(u))
	}
	ch := c.s.channels[id]
	if ch == nil || ch.team != c.team {
		return nil, refuse("channel_not_found")
	}
	return c.writable(ch)
}

func (c *call) writable(ch *channel) (*channel, *refusal) {
	bot := ch.members[c.team.bot.ID]
	switch {
	case ch.im != nil && (ch.im.dmClosed != "" || ch.im.deleted):
		return nil, refuse("channel_not_found")
	case ch.im != nil && c.s.opts.App.NoMessages:
		return nil, refuse("messages_tab_disabled")
	case ch.private && !bot:
		return nil, refuse("channel_not_found")
	case ch.archived:
		return nil, refuse("is_archived")
	case !bot && c.method != "chat.update" && c.method != "chat.delete" && !slices.Contains(c.tok.scopes, "chat:write.public"):
		return nil, refuse("not_in_channel")
	case ch.readOnly:
		return nil, refuse("restricted_action_read_only_channel")
	}
	return ch, nil
}

// content is what a post or an edit says.
type content struct {
	text        string
	blocks      []any
	attachments []any
	metadata    object
	hasText     bool
	hasBlocks   bool
	truncated   bool
}

// content reads and checks text, blocks, attachments and metadata.
func (c *call) content() (content, *refusal) {
	var out content
	out.text, out.hasText = c.str("text"), c.has("text")
	if c.has("markdown_text") {
		if out.hasText || c.has("blocks") {
			return out, refuse("markdown_text_conflict")
		}
		out.text, out.hasText = c.str("markdown_text"), true
		if utf8.RuneCountInString(out.text) > maxMarkdown {
			return out, refuse("msg_too_long")
		}
	}
	if n := utf8.RuneCountInString(out.text); n > maxText {
		out.text, out.truncated = string([]rune(out.text)[:maxText]), true
	}
	out.text = normal(out.text)
	raw, ok := c.value("blocks")
	list, isList := raw.([]any)
	if !ok || raw != nil && !isList {
		return out, refuse("invalid_blocks_format")
	}
	out.hasBlocks = raw != nil
	if no := c.s.checkMessage(c.team, list); no != nil {
		return out, no
	}
	out.blocks = c.s.fill(list)
	raw, ok = c.value("attachments")
	list, isList = raw.([]any)
	if !ok || raw != nil && !isList {
		return out, refuse("invalid_attachments")
	}
	if len(list) > 100 {
		return out, refuse("too_many_attachments")
	}
	out.attachments = list
	return out, c.metadata(&out)
}

func (c *call) metadata(out *content) *refusal {
	raw, ok := c.value("metadata")
	if !ok {
		return refuse("invalid_metadata_format")
	}
	if raw == nil {
		return nil
	}
	m, is := raw.(object)
	if !is {
		return refuse("invalid_metadata_format")
	}
	if len(m) == 0 {
		out.metadata = m
		return nil
	}
	kind, _ := m["event_type"].(string)
	payload, is := m["event_payload"].(object)
	if kind == "" && m["event_payload"] == nil { // what slack-go sends to a response_url
		return nil
	}
	if kind == "" || !is {
		return refuse("invalid_metadata_schema")
	}
	if b, _ := json.Marshal(payload); len(b) > maxMetadata {
		return refuse("metadata_too_large")
	}
	out.metadata = object{"event_type": kind, "event_payload": payload}
	return nil
}

func chatPost(c *call) (object, *refusal) {
	ch, no := c.place("channel")
	if no != nil {
		return nil, no
	}
	in, no := c.content()
	if no != nil {
		return nil, no
	}
	if in.text == "" && len(in.blocks) == 0 && len(in.attachments) == 0 {
		return nil, refuse("no_text")
	}
	thread := c.s.threadOf(ch, c.str("thread_ts"))
	m := &message{channel: ch, user: c.team.bot, byApp: true, text: in.text, blocks: in.blocks, attachments: in.attachments, thread: thread}
	if len(in.metadata) > 0 {
		m.metadata = in.metadata
	}
	c.s.add(m)
	if in.truncated {
		c.header["warning"] = "message_truncated"
		c.header["response_metadata"] = object{"warnings": []string{"message_truncated"}}
	}
	return object{"channel": ch.id, "ts": m.ts, "message": clone(m.json(true))}, nil
}

// threadOf is the thread in which a reply ends up. When the parent is gone Slack
// does not refuse: it posts into the channel, for everybody, and only the missing
// thread_ts of the answer tells. The lock is held.
func (s *Server) threadOf(ch *channel, ts string) string {
	p := ch.find(ts)
	switch {
	case p == nil:
		return ""
	case p.isReply():
		s.violateLocked("reply to a reply", "%s in %s is no parent", ts, ch.id)
		return p.thread
	}
	return ts
}

// add puts a message into its channel and tells the app; the lock is held.
func (s *Server) add(m *message) *Delivery {
	m.ts = s.ts()
	ch := m.channel
	ch.messages = append(ch.messages, m)
	if m.isReply() {
		if p := ch.find(m.thread); p != nil {
			p.thread = p.ts
			p.replies++
			p.lastReply = m.ts
			if !slices.Contains(p.repliers, m.user.ID) {
				p.repliers = append(p.repliers, m.user.ID)
			}
		}
	}
	return s.tellMessage(ch, m.json(false), m.ts)
}

// subscription names the event under which a channel's messages are told.
func (c *channel) subscription() string {
	return map[string]string{"im": "message.im", "group": "message.groups", "channel": "message.channels"}[c.kind()]
}

// tellMessage sends a message event; body is the message or a change of one. The
// lock is held.
func (s *Server) tellMessage(ch *channel, body object, ts string) *Delivery {
	if !ch.members[ch.team.bot.ID] {
		return failed("not_in_channel")
	}
	ev := object{}
	for k, v := range body {
		ev[k] = v
	}
	ev["channel"], ev["event_ts"] = ch.id, ts
	ev["channel_type"] = ch.kind()
	return s.event(ch.team, ch.subscription(), ev)
}

func chatUpdate(c *call) (object, *refusal) {
	ch, no := c.place("channel")
	if no != nil {
		return nil, no
	}
	m := ch.find(c.str("ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	if !m.byApp {
		return nil, refuse("cant_update_message")
	}
	if utf8.RuneCountInString(c.str("text")) > maxEdit {
		return nil, refuse("msg_too_long")
	}
	in, no := c.content()
	if no != nil {
		return nil, no
	}
	if !in.hasText && !in.hasBlocks && in.attachments == nil {
		return nil, refuse("no_text")
	}
	c.s.change(m, in)
	return object{"channel": ch.id, "ts": m.ts, "text": m.text, "message": clone(m.json(true))}, nil
}

// change edits one of the app's messages. Blocks stay only when nothing but them
// could be meant: a text without blocks takes them away. The lock is held.
func (s *Server) change(m *message, in content) {
	before := m.json(false)
	if in.hasText {
		m.text = in.text
	}
	if in.hasBlocks || in.hasText {
		m.blocks = in.blocks
	}
	if in.attachments != nil {
		m.attachments = in.attachments
	}
	if in.metadata != nil {
		m.metadata = in.metadata
		if len(in.metadata) == 0 {
			m.metadata = nil
		}
	}
	if !in.hasBlocks {
		m.edited = s.ts()
	}
	m.inputs = nil
	s.tellChanged(m, before)
}

func (s *Server) tellChanged(m *message, before object) *Delivery {
	ts := s.ts()
	return s.tellMessage(m.channel, object{
		"type": "message", "subtype": "message_changed", "hidden": true, "ts": ts,
		"message": m.json(false), "previous_message": before,
	}, ts)
}

func chatDelete(c *call) (object, *refusal) {
	ch, no := c.place("channel")
	if no != nil {
		return nil, no
	}
	m := ch.find(c.str("ts"))
	if m == nil || m.subtype == "tombstone" {
		return nil, refuse("message_not_found")
	}
	if !m.byApp {
		return nil, refuse("cant_delete_message")
	}
	c.s.remove(m)
	return object{"channel": ch.id, "ts": m.ts}, nil
}

// remove deletes a message. One with replies leaves a tombstone, which is told as
// a change. The lock is held.
func (s *Server) remove(m *message) *Delivery {
	before := m.json(false)
	if m.replies > 0 {
		m.subtype, m.text = "tombstone", "This message was deleted."
		m.blocks, m.attachments, m.files, m.metadata = nil, nil, nil, nil
		m.byApp = false
		m.user = &user{User: User{ID: "USLACKBOT"}, team: m.channel.team}
		return s.tellChanged(m, before)
	}
	ch := m.channel
	ch.messages = slices.DeleteFunc(ch.messages, func(o *message) bool { return o == m })
	if p := ch.find(m.thread); m.isReply() && p != nil {
		p.replies--
		p.repliers, p.lastReply = nil, ""
		for _, o := range ch.messages {
			if o.thread == p.ts && o != p {
				p.lastReply = o.ts
				if !slices.Contains(p.repliers, o.user.ID) {
					p.repliers = append(p.repliers, o.user.ID)
				}
			}
		}
		if p.replies == 0 {
			p.thread = ""
		}
	}
	ts := s.ts()
	return s.tellMessage(ch, object{
		"type": "message", "subtype": "message_deleted", "hidden": true, "ts": ts,
		"deleted_ts": m.ts, "previous_message": before,
	}, ts)
}

func chatEphemeral(c *call) (object, *refusal) {
	ch, no := c.place("channel")
	if no != nil {
		return nil, no
	}
	u := c.s.users[c.str("user")]
	if u == nil || u.team != c.team || !ch.members[u.ID] {
		return nil, refuse("user_not_in_channel")
	}
	in, no := c.content()
	if no != nil {
		return nil, no
	}
	if in.text == "" && len(in.blocks) == 0 && len(in.attachments) == 0 {
		return nil, refuse("no_text")
	}
	m := c.s.whisper(ch, u, in, c.str("thread_ts"))
	return object{"message_ts": m.ts}, nil
}

// whisper shows a message to one person alone; no history has it. The lock is held.
func (s *Server) whisper(ch *channel, to *user, in content, thread string) *message {
	m := &message{channel: ch, ts: s.ts(), user: ch.team.bot, byApp: true, text: in.text, blocks: in.blocks, attachments: in.attachments, to: to, thread: thread}
	ch.whispers = append(ch.whispers, m)
	return m
}

func chatPermalink(c *call) (object, *refusal) {
	ch := c.s.channels[c.str("channel")]
	if ch == nil || ch.team != c.team {
		return nil, refuse("channel_not_found")
	}
	if ch.find(c.str("message_ts")) == nil {
		return nil, refuse("message_not_found")
	}
	return object{"channel": ch.id, "permalink": "https://" + c.team.domain + ".slack.com/archives/" + ch.id + "/p" + strings.ReplaceAll(c.str("message_ts"), ".", "")}, nil
}

func messages(list ...string) object {
	return object{"response_metadata": object{"messages": list}}
}
