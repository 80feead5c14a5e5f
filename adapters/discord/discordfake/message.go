package discordfake

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Flags of a message.
const (
	flagEphemeral    = 1 << 6
	flagLoading      = 1 << 7
	flagThread       = 1 << 5
	flagComponentsV2 = 1 << 15
	flagsSettable    = 1<<2 | 1<<12 | flagEphemeral | flagComponentsV2
)

type message struct {
	id          string
	channel     *channel
	author      *user
	kind        int
	content     string
	embeds      []any
	components  []any
	attachments []*upload
	flags       int
	mentions    mentions
	nonce       any
	made        time.Time
	edited      time.Time
	pinned      bool
	reactions   []*reaction
	thread      *channel
	reply       *message
	poll        obj
	from        *interaction // that made it
	only        *user        // who alone sees an ephemeral one
}

type reaction struct {
	emoji string
	users []string
}

// upload is a file that somebody sent.
type upload struct {
	id, name, description, kind string
	data                        []byte
	channel                     string
	ephemeral                   bool
}

// mentions is whom a message pings, after allowed_mentions.
type mentions struct {
	everyone bool
	users    []string
	roles    []string
}

var (
	userMention = regexp.MustCompile(`<@!?(\d+)>`)
	roleMention = regexp.MustCompile(`<@&(\d+)>`)
)

// pings works out whom a text calls; allowed is allowed_mentions as sent, nil where it was left out.
func pings(content string, allowed obj, canEveryone bool) mentions {
	var out mentions
	everyone := canEveryone && (strings.Contains(content, "@everyone") || strings.Contains(content, "@here"))
	for _, m := range userMention.FindAllStringSubmatch(content, -1) {
		out.users = append(out.users, m[1])
	}
	for _, m := range roleMention.FindAllStringSubmatch(content, -1) {
		out.roles = append(out.roles, m[1])
	}
	slices.Sort(out.users)
	slices.Sort(out.roles)
	out.users, out.roles = slices.Compact(out.users), slices.Compact(out.roles)
	if allowed == nil {
		out.everyone = everyone
		return out
	}
	parse := strs(allowed["parse"])
	out.everyone = everyone && slices.Contains(parse, "everyone")
	keep := func(all, named []string, kind string) []string {
		if slices.Contains(parse, kind) {
			return all
		}
		return slices.DeleteFunc(all, func(id string) bool { return !slices.Contains(named, id) })
	}
	out.users = keep(out.users, strs(allowed["users"]), "users")
	out.roles = keep(out.roles, strs(allowed["roles"]), "roles")
	return out
}

func (s *Server) renderUpload(u *upload) obj {
	o := obj{
		"id": u.id, "filename": u.name, "size": len(u.data), "url": s.fileURL(u), "proxy_url": s.fileURL(u),
		"content_type": u.kind,
	}
	if u.description != "" {
		o["description"] = u.description
	}
	if u.ephemeral {
		o["ephemeral"] = true
	}
	if w, h, ok := u.size(); ok {
		o["width"], o["height"] = w, h
	}
	return o
}

// renderMessage is a message as REST gives it; the nonce only comes back from
// the post itself and in its event, never from history.
func (s *Server) renderMessage(m *message) obj {
	users, roles := []any{}, m.mentions.roles
	for _, id := range m.mentions.users {
		if u := s.users[id]; u != nil {
			users = append(users, renderUser(u))
		}
	}
	if roles == nil {
		roles = []string{}
	}
	files := []any{}
	for _, u := range m.attachments {
		files = append(files, s.renderUpload(u))
	}
	o := obj{
		"id": m.id, "channel_id": m.channel.id, "type": m.kind, "author": renderUser(m.author),
		"content": m.content, "embeds": listOrEmpty(m.embeds), "components": listOrEmpty(m.components),
		"attachments": files, "mentions": users, "mention_roles": roles, "mention_everyone": m.mentions.everyone,
		"flags": m.flags, "timestamp": stamp(m.made), "edited_timestamp": stampOrNull(m.edited),
		"pinned": m.pinned, "tts": false,
	}
	if len(m.reactions) > 0 {
		o["reactions"] = s.renderReactions(m)
	}
	if m.thread != nil {
		o["thread"] = s.renderChannel(m.thread)
	}
	if m.poll != nil {
		o["poll"] = m.poll
	}
	if m.reply != nil {
		o["message_reference"] = s.reference(m.reply)
		o["referenced_message"] = nil
		if m.reply.channel.find(m.reply.id) != nil {
			bare := s.renderMessage(m.reply)
			delete(bare, "referenced_message")
			delete(bare, "message_reference")
			o["referenced_message"] = bare
		}
	}
	if m.from != nil {
		o["application_id"], o["webhook_id"] = s.appID, s.appID
		o["interaction_metadata"] = s.metadata(m.from)
	}
	return o
}

func (s *Server) reference(m *message) obj {
	ref := obj{"type": 0, "message_id": m.id, "channel_id": m.channel.id}
	if m.channel.guild != nil {
		ref["guild_id"] = m.channel.guild.id
	}
	return ref
}

func (s *Server) renderReactions(m *message) []any {
	out := []any{}
	for _, r := range m.reactions {
		out = append(out, obj{
			"emoji": renderEmoji(r.emoji), "count": len(r.users), "count_details": obj{"burst": 0, "normal": len(r.users)},
			"burst_colors": []any{}, "me_burst": false, "burst_me": false, "burst_count": 0,
			"me": slices.Contains(r.users, s.bot.ID),
		})
	}
	return out
}

func renderEmoji(e string) obj {
	if name, id, ok := strings.Cut(e, ":"); ok {
		return obj{"id": id, "name": name}
	}
	return obj{"id": nil, "name": e}
}

func listOrEmpty(l []any) []any {
	if l == nil {
		return []any{}
	}
	return l
}

// event is a message as the gateway tells of it.
func (s *Server) messageEvent(m *message) obj {
	o := s.renderMessage(m)
	if m.nonce != nil {
		o["nonce"] = m.nonce
	}
	o["channel_type"] = m.channel.kind
	if g := m.channel.guild; g != nil {
		o["guild_id"] = g.id
		if mb := g.members[m.author.ID]; mb != nil && m.from == nil {
			o["member"] = bareMember(mb)
		}
	}
	return o
}

// put adds a message to its channel and tells the world.
func (s *Server) put(m *message) {
	c := m.channel
	m.id, m.made = s.next(), s.now()
	c.messages = append(c.messages, m)
	c.lastID = m.id
	if c.thread() {
		c.count++
		c.total++
		if !slices.Contains(c.members, m.author.ID) {
			c.members = append(c.members, m.author.ID)
		}
	}
	s.dispatch("MESSAGE_CREATE", toMessage(m), s.messageEvent(m))
	s.changed()
}

// touch tells of an edit.
func (s *Server) touch(m *message) {
	s.dispatch("MESSAGE_UPDATE", toMessage(m), s.messageEvent(m))
	s.changed()
}

func (s *Server) remove(m *message) {
	c := m.channel
	c.messages = slices.DeleteFunc(c.messages, func(o *message) bool { return o == m })
	if c.thread() {
		c.count--
	}
	gone := obj{"id": m.id, "channel_id": c.id}
	if c.guild != nil {
		gone["guild_id"] = c.guild.id
	}
	s.dispatch("MESSAGE_DELETE", toMessage(m), gone)
	s.changed()
}
