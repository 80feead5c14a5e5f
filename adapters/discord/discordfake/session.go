package discordfake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Gateway intents used here, and the mask of those that exist.
const (
	intentGuilds         = 1 << 0
	intentMembers        = 1 << 1
	intentPresences      = 1 << 8
	intentMessages       = 1 << 9
	intentReactions      = 1 << 10
	intentDirect         = 1 << 12
	intentDirectReaction = 1 << 13
	intentContent        = 1 << 15
	intentEvents         = 1 << 16
	intentsKnown         = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
	intentsPrivileged    = intentMembers | intentPresences | intentContent

	// IntentMembers, IntentPresences and IntentContent are privileged: they
	// must be switched on in the portal, here Options.Allowed.
	IntentMembers   = intentMembers
	IntentPresences = intentPresences
	IntentContent   = intentContent
)

// audience says who is to hear of an event.
type audience struct {
	guild   *guild
	intent  int
	channel *channel // the bot must be able to see it
	message *message // whose content may have to be left out
}

func toGuild(g *guild, intent int) audience { return audience{guild: g, intent: intent} }

func toMessage(m *message) audience {
	a := audience{guild: m.channel.guild, channel: m.channel, intent: intentMessages, message: m}
	if a.guild == nil {
		a.intent = intentDirect
	}
	return a
}

// session outlives its connections: what happens while there is none waits
// in its log for a resume.
type session struct {
	id      string
	intents int
	shard   int
	shards  int
	seq     int
	log     []logged
	conn    *conn // nil while it is away
}

type logged struct {
	seq   int
	frame obj
}

// dispatch sends an event to every session that listens for it.
func (s *Server) dispatch(name string, to audience, data obj) {
	if s.gate.sessions == nil {
		return
	}
	if to.channel != nil && s.may(s.bot.ID, to.channel)&ViewChannel == 0 {
		return
	}
	if to.message != nil && to.message.flags&flagEphemeral != 0 {
		return // ephemeral messages are no events
	}
	heard := false
	for _, id := range slices.Sorted(maps.Keys(s.gate.sessions)) {
		ss := s.gate.sessions[id]
		if to.intent != 0 && ss.intents&to.intent == 0 {
			continue
		}
		if shardOf(to.guild, ss.shards) != ss.shard {
			continue
		}
		heard = true
		d := plain(data).(obj)
		if to.message != nil {
			s.redact(to.message, d, ss.intents&intentContent != 0)
		}
		s.push(ss, name, d)
	}
	if !heard && name == "INTERACTION_CREATE" {
		s.record.lostEvents++
	}
}

func shardOf(g *guild, shards int) int {
	if g == nil || shards < 2 {
		return 0
	}
	id, _ := strconv.ParseInt(g.id, 10, 64)
	return int((id >> 22) % int64(shards))
}

// redact empties what the bot may not read of a message, and of the one that
// it answers. Without the content intent it reads DMs, its own words, and what
// mentions it.
func (s *Server) redact(m *message, d obj, mayRead bool) {
	if mayRead || m.channel.guild == nil {
		return
	}
	if m.author != s.bot && !slices.Contains(m.mentions.users, s.bot.ID) {
		blank(d)
	}
	if ref, isObj := d["referenced_message"].(obj); isObj {
		s.redact(m.reply, ref, false)
	}
}

// read is a message as REST gives it: held to the content intent as well, by
// whether the portal has it switched on.
func (s *Server) read(m *message) obj {
	d := s.renderMessage(m)
	s.redact(m, d, s.opt.Allowed&intentContent != 0)
	return d
}

// blank empties what the content intent covers.
func blank(d obj) {
	if _, ok := d["content"]; !ok {
		return
	}
	d["content"] = ""
	for _, k := range []string{"embeds", "attachments", "components"} {
		d[k] = []any{}
	}
	delete(d, "poll")
}

func (s *Server) push(ss *session, name string, d any) {
	ss.seq++
	frame := obj{"op": 0, "t": name, "s": ss.seq, "d": d}
	ss.log = append(ss.log, logged{ss.seq, frame})
	if over := len(ss.log) - s.opt.Replay; over > 0 {
		ss.log = ss.log[over:]
	}
	if ss.conn != nil {
		ss.conn.send(frame)
	}
}

// identify starts a session on a connection, or closes it with a reason.
func (s *Server) identify(c *conn, d obj) {
	if c.session != nil {
		c.close(4005, "Already authenticated.")
		return
	}
	s.gate.identifies = append(s.gate.identifies, s.now())
	if c.resumeURL {
		s.violate("identify at the resume URL", "an IDENTIFY belongs to the URL of GET /gateway")
	}
	token := strings.TrimPrefix(str(d["token"]), "Bot ")
	if s.revoked || token != s.token {
		c.close(4004, "Authentication failed.")
		return
	}
	day := s.now().Add(-24 * time.Hour)
	s.gate.identifies = slices.DeleteFunc(s.gate.identifies, func(t time.Time) bool { return t.Before(day) })
	if len(s.gate.identifies) > s.opt.IdentifyBudget {
		s.violate("identify budget", fmt.Sprintf("%d IDENTIFYs in a day: Discord resets the token", len(s.gate.identifies)))
		s.revoked = true
		c.close(4004, "Authentication failed.")
		return
	}
	if props, ok := d["properties"].(obj); !ok || str(props["os"])+str(props["$os"]) == "" { // the old names still pass
		c.close(4002, "Error while decoding payload.")
		return
	}
	shard, shards, fine := shardPair(d["shard"])
	if !fine {
		c.close(4010, "Invalid shard.")
		return
	}
	held := 0
	for _, g := range s.guilds {
		if shardOf(g, shards) == shard {
			held++
		}
	}
	if held > s.opt.ShardAt {
		c.close(4011, "Sharding required.")
		return
	}
	intents, isNumber := whole(d["intents"])
	if _, there := d["intents"]; !there || !isNumber || intents < 0 || intents&^intentsKnown != 0 {
		c.close(4013, "Invalid intent(s).")
		return
	}
	if int(intents)&intentsPrivileged&^s.opt.Allowed != 0 {
		c.close(4014, "Disallowed intent(s).")
		return
	}
	if last, ok := s.gate.identified[0]; ok && s.now().Sub(last) < s.opt.IdentifyGap {
		s.violate("identify too soon", fmt.Sprintf("%v after the last", s.now().Sub(last).Round(time.Millisecond)))
		c.send(obj{"op": 9, "d": false, "s": nil, "t": nil})
		return
	}
	s.gate.identified[0] = s.now() // max_concurrency is 1: one key for all shards
	c.compress.Store(d["compress"] == true)
	ss := &session{id: fmt.Sprintf("%032x", s.idNumber()), intents: int(intents), shard: shard, shards: shards, conn: c}
	s.gate.sessions[ss.id] = ss
	c.session = ss
	s.ready(ss)
	s.changed()
}

func (s *Server) idNumber() int64 { n, _ := strconv.ParseInt(s.next(), 10, 64); return n }

func shardPair(v any) (int, int, bool) {
	if v == nil {
		return 0, 1, true
	}
	pair, ok := v.([]any)
	if !ok || len(pair) != 2 {
		return 0, 0, false
	}
	id, ok1 := whole(pair[0])
	n, ok2 := whole(pair[1])
	return int(id), int(n), ok1 && ok2 && id >= 0 && n > 0 && id < n
}

func (s *Server) ready(ss *session) {
	mine := []*guild{}
	for _, id := range slices.SortedFunc(maps.Keys(s.guilds), compareID) {
		if g := s.guilds[id]; shardOf(g, ss.shards) == ss.shard {
			mine = append(mine, g)
		}
	}
	away := []any{}
	for _, g := range mine {
		away = append(away, obj{"id": g.id, "unavailable": true})
	}
	ready := obj{
		"v": 10, "user": with(renderUser(s.bot), obj{"verified": true, "mfa_enabled": false, "email": nil}),
		"guilds": away, "session_id": ss.id, "resume_gateway_url": "ws://" + s.host + "/resume",
		"application": obj{"id": s.appID, "flags": 0}, "private_channels": []any{}, "presences": []any{},
		"relationships": []any{}, "user_settings": obj{}, "session_type": "normal", "_trace": []any{"discordfake"},
	}
	if ss.shards > 1 {
		ready["shard"] = []any{ss.shard, ss.shards}
	}
	s.push(ss, "READY", plain(ready))
	if ss.intents&intentGuilds != 0 {
		for _, g := range mine {
			s.push(ss, "GUILD_CREATE", plain(s.guildCreate(g)))
		}
	}
}

// resume takes a session up again where the client says that it stopped.
func (s *Server) resume(c *conn, d obj) {
	if c.session != nil {
		c.close(4005, "Already authenticated.")
		return
	}
	s.gate.resumes++
	if !c.resumeURL {
		s.violate("resume at the wrong URL", "a RESUME belongs to resume_gateway_url")
	}
	if token := strings.TrimPrefix(str(d["token"]), "Bot "); s.revoked || token != s.token {
		c.close(4004, "Authentication failed.")
		return
	}
	ss := s.gate.sessions[str(d["session_id"])]
	seq, isNumber := whole(d["seq"])
	switch {
	case ss == nil:
		c.send(obj{"op": 9, "d": false, "s": nil, "t": nil})
		return
	case !isNumber || int(seq) > ss.seq || seq < 0:
		delete(s.gate.sessions, ss.id)
		c.close(4007, "Invalid seq.")
		return
	case len(ss.log) > 0 && int(seq) < ss.log[0].seq-1:
		delete(s.gate.sessions, ss.id)
		c.send(obj{"op": 9, "d": false, "s": nil, "t": nil})
		return
	}
	if ss.conn != nil { // the old connection is superseded
		ss.conn.session = nil
		ss.conn.cut()
	}
	ss.conn, c.session = c, ss
	for _, l := range ss.log {
		if l.seq > int(seq) {
			c.send(l.frame)
		}
	}
	s.push(ss, "RESUMED", obj{"_trace": []any{"discordfake"}})
	s.changed()
}
