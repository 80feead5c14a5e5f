package discordfake

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// draft is a message as a request would make or change it. has says which
// fields were in the request, since an edit leaves out what stays.
type draft struct {
	has         map[string]bool
	content     string
	embeds      []any
	components  []any
	attachments []*upload
	flags       int
	mentions    mentions
	poll        obj
}

type draftRules struct {
	interaction *interaction
	edits       *message
	channel     *channel // for a plain message
}

// draft checks a message's body against every limit and reads it.
func (s *Server) draft(c *call, body obj, path string, rules draftRules) (*draft, *apiError) {
	var f faults
	d := &draft{has: map[string]bool{}}
	for _, k := range []string{"content", "embeds", "components", "attachments", "flags", "poll"} {
		_, d.has[k] = body[k]
	}
	if rules.edits != nil {
		d.flags = rules.edits.flags
	}
	n := int(f.whole(body, path, "flags", int64(d.flags), 0, 1<<31))
	if rules.edits == nil && n&^flagsSettable != 0 {
		n &= flagsSettable // others are ignored
	}
	if rules.interaction == nil {
		n &^= flagEphemeral
	}
	if rules.edits != nil { // what may be switched by an edit
		const free = 1<<2 | flagComponentsV2
		n = rules.edits.flags&^free | n&free | rules.edits.flags&flagComponentsV2
		n &^= flagLoading
	}
	d.flags = n
	v2 := d.flags&flagComponentsV2 != 0

	d.content = strings.TrimSpace(f.text(body, path, "content", 0, 2000))
	f.embeds(body, path, d)
	if d.has["components"] {
		d.components = f.components(body, path, v2)
	}
	if v2 && (d.content != "" || len(d.embeds) > 0) {
		f.add(join(path, "content"), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	f.truth(body, path, "tts", false)
	s.attach(c, &f, body, path, d, rules)
	if poll := f.object(body, path, "poll"); poll != nil {
		d.poll = f.poll(poll, join(path, "poll"))
	}
	allowed := f.allowed(body, path)
	if err := f.err(); err != nil {
		return nil, err
	}
	if rules.edits == nil && d.content == "" && len(d.embeds)+len(d.components)+len(d.attachments) == 0 && d.poll == nil {
		return nil, errEmpty
	}
	s.mention(c, body, d, allowed, rules)
	return d, nil
}

// mention works out the pings, and notes where leaving allowed_mentions out
// lets anything in the text ping whom it names.
func (s *Server) mention(c *call, body obj, d *draft, allowed obj, rules draftRules) {
	var in *channel
	switch {
	case rules.channel != nil:
		in = rules.channel
	case rules.edits != nil:
		in = rules.edits.channel
	default:
		in = rules.interaction.channel
	}
	texts := d.content
	walk(d.components, func(o obj) {
		if t, _ := whole(o["type"]); t == 10 {
			texts += "\n" + str(o["content"])
		}
	})
	if _, there := body["allowed_mentions"]; !there && texts != "" {
		s.violate("allowed_mentions", c.route+" left allowed_mentions out: everyone named in the text is pinged")
	}
	everyone := in.guild != nil && s.may(s.bot.ID, in)&MentionEveryone != 0
	d.mentions = pings(texts, allowed, everyone)
	if in.guild == nil {
		d.mentions.users = slices.DeleteFunc(d.mentions.users, func(id string) bool { return id != in.recipient.ID })
	}
}

func (f *faults) allowed(body obj, path string) obj {
	v, there := body["allowed_mentions"]
	if !there || v == nil {
		return nil
	}
	at := join(path, "allowed_mentions")
	o := f.object(body, path, "allowed_mentions")
	parse := f.words(o, at, "parse", 3)
	f.truth(o, at, "replied_user", false)
	for i, p := range parse {
		if p != "users" && p != "roles" && p != "everyone" {
			f.add(join(at, "parse", strconv.Itoa(i)), "BASE_TYPE_CHOICES", "Value must be one of {'users', 'roles', 'everyone'}.")
		}
	}
	for _, k := range []string{"users", "roles"} {
		ids := f.words(o, at, k, 100)
		if len(ids) > 0 && slices.Contains(parse, k) {
			f.add(at, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", fmt.Sprintf("parse:[%q] and %s: [ids...] are mutually exclusive.", k, k))
		}
	}
	return o
}

// embeds holds embeds to their parts' limits and to 6000 characters together.
func (f *faults) embeds(body obj, path string, d *draft) {
	sum := 0
	count := func(s string) { sum += utf8.RuneCountInString(strings.TrimSpace(s)) }
	for i, e := range f.list(body, path, "embeds", 0, 10) {
		at := join(path, "embeds", strconv.Itoa(i))
		f.text(e, at, "type", 0, 32)
		count(f.text(e, at, "title", 0, 256))
		count(f.text(e, at, "description", 0, 4096))
		f.link(e, at, "url")
		f.whole(e, at, "color", 0, 0, 0xffffff)
		f.time(e, at, "timestamp", false)
		for j, field := range f.list(e, at, "fields", 0, 25) {
			in := join(at, "fields", strconv.Itoa(j))
			count(f.text(field, in, "name", 1, 256))
			count(f.text(field, in, "value", 1, 1024))
			f.truth(field, in, "inline", false)
		}
		if o := f.object(e, at, "footer"); o != nil {
			count(f.text(o, join(at, "footer"), "text", 1, 2048))
		}
		if o := f.object(e, at, "author"); o != nil {
			count(f.text(o, join(at, "author"), "name", 1, 256))
		}
		for _, k := range []string{"image", "thumbnail"} {
			if o := f.object(e, at, k); o != nil {
				f.link(o, join(at, k), "url")
			}
		}
		d.embeds = append(d.embeds, renderEmbed(e))
	}
	if sum > 6000 {
		f.add(join(path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
	}
}

func (f *faults) link(o obj, path, key string) {
	s := f.text(o, path, key, 0, 2048)
	if o[key] == nil {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" && u.Scheme != "attachment" || !slices.Contains([]string{"http", "https", "attachment", "discord"}, u.Scheme) {
		f.add(join(path, key), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	}
}

// renderEmbed is an embed as it comes back: with its kind, without nulls.
func renderEmbed(e obj) obj {
	out := obj{"type": "rich"}
	for k, v := range without(plain(e)).(obj) {
		if v != "" && k != "type" {
			out[k] = v
		}
	}
	fields, _ := out["fields"].([]any)
	for _, field := range fields { // an answer always says whether they stand side by side
		if o, ok := field.(obj); ok && o["inline"] == nil {
			o["inline"] = false
		}
	}
	return out
}

func (f *faults) poll(p obj, at string) obj {
	q, _ := p["question"].(obj)
	f.text(q, join(at, "question"), "text", 1, 300)
	answers := []any{}
	for i, a := range f.list(p, at, "answers", 1, 10) {
		media, _ := a["poll_media"].(obj)
		f.text(media, join(at, "answers", strconv.Itoa(i), "poll_media"), "text", 1, 55)
		answers = append(answers, obj{"answer_id": i + 1, "poll_media": media})
	}
	f.whole(p, at, "duration", 24, 1, 768)
	return obj{
		"question": q, "answers": answers, "allow_multiselect": f.truth(p, at, "allow_multiselect", false),
		"layout_type": 1, "expiry": nil,
	}
}

// fill makes the draft's message.
func (d *draft) fill(m *message) {
	m.content, m.embeds, m.components, m.attachments = d.content, d.embeds, d.components, d.attachments
	m.flags, m.mentions, m.poll = d.flags, d.mentions, d.poll
	for _, u := range d.attachments {
		u.channel, u.ephemeral = m.channel.id, d.flags&flagEphemeral != 0
	}
}

// revise changes a message as an edit says, leaving what it does not name.
// Filling a deferred answer is no edit to its reader.
func (s *Server) revise(m *message, d *draft) {
	waiting := m.flags&flagLoading != 0
	if d.has["content"] {
		m.content, m.mentions = d.content, d.mentions
	}
	if d.has["embeds"] {
		m.embeds = d.embeds
	}
	if d.has["components"] {
		m.components = d.components
	}
	if d.has["attachments"] || len(d.attachments) > 0 {
		m.attachments = d.attachments
		for _, u := range m.attachments {
			u.channel = m.channel.id
		}
	}
	m.flags = d.flags
	if !waiting {
		m.edited = s.now()
	}
	s.touch(m)
}
