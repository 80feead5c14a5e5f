package discordfake

import (
	"slices"
	"strings"
	"time"
)

// Kinds of channel, as Discord numbers them.
const (
	TextChannel   = 0
	DirectMessage = 1
	VoiceChannel  = 2
	Category      = 4
	Announcements = 5
	PublicThread  = 11
	PrivateThread = 12
	ForumChannel  = 15
)

type user struct {
	ID, Username, GlobalName, Locale string
	Bot                              bool
	refuse                           map[string]int // how they refuse DMs: "open" or "send" to an error code
	modal                            *interaction   // the modal on their screen
}

type role struct {
	id, name    string
	permissions int64
	position    int
}

type member struct {
	user   *user
	nick   string
	roles  []string
	joined time.Time
}

type guild struct {
	id, name, owner string
	roles           []*role
	members         map[string]*member
	order           []string // of members
	channels        []*channel
	events          []*event
}

// Overwrite changes what a role or a member may do in one channel.
type Overwrite struct {
	ID          string // of a role or a user
	Member      bool   // whether ID is a user's
	Allow, Deny int64
}

type channel struct {
	id, name, topic string
	kind            int
	guild           *guild
	parent          *channel
	position        int
	overwrites      []Overwrite
	recipient       *user // of a DM
	messages        []*message
	lastID          string
	slow            int
	sharedUntil     time.Time // a shared rate limit

	// of a thread
	owner            string
	archived, locked bool
	invitable        bool
	archive          int // minutes
	created          time.Time
	archivedAt       time.Time
	members          []string
	count, total     int
}

func (c *channel) thread() bool {
	return c.kind == PublicThread || c.kind == PrivateThread || c.kind == 10
}

// home is the channel whose permissions count: a thread has its parent's.
func (c *channel) home() *channel {
	if c.thread() && c.parent != nil {
		return c.parent
	}
	return c
}

func (c *channel) find(id string) *message {
	i, ok := slices.BinarySearchFunc(c.messages, id, func(m *message, id string) int { return compareID(m.id, id) })
	if !ok {
		return nil
	}
	return c.messages[i]
}

func compareID(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// User is somebody to be in the world.
type User struct {
	Name       string // the unique user name
	GlobalName string // shown instead of it; may be empty
	Locale     string // default en-GB
}

// AddUser makes a person and returns their id.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&u.Locale, "en-GB")
	made := &user{ID: s.next(), Username: u.Name, GlobalName: u.GlobalName, Locale: u.Locale, refuse: map[string]int{}}
	s.users[made.ID] = made
	return made.ID
}

// AddGuild makes a server with the bot in it, whose role has the given
// permissions, and returns its id. With no owner, a person is made to own it.
func (s *Server) AddGuild(name, owner string, botPermissions int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if owner == "" {
		u := &user{ID: s.next(), Username: "owner", Locale: "en-GB", refuse: map[string]int{}}
		s.users[u.ID] = u
		owner = u.ID
	}
	g := &guild{id: s.nextGuild(), name: name, owner: owner, members: map[string]*member{}}
	g.roles = []*role{{id: g.id, name: "@everyone", permissions: Everyday}}
	bot := &role{id: s.next(), name: s.bot.Username, permissions: botPermissions, position: 1}
	g.roles = append(g.roles, bot)
	s.guilds[g.id] = g
	s.join(g, s.users[owner], "", nil)
	s.join(g, s.bot, "", []string{bot.id})
	s.dispatch("GUILD_CREATE", toGuild(g, intentGuilds), s.guildCreate(g))
	return g.id
}

// RemoveBot throws the bot out of a guild.
func (s *Server) RemoveBot(guildID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	if g == nil {
		return
	}
	s.dispatch("GUILD_DELETE", toGuild(g, intentGuilds), obj{"id": g.id})
	for id, c := range s.channels {
		if c.guild == g {
			delete(s.channels, id)
		}
	}
	delete(s.guilds, guildID)
}

// SetBotPermissions changes what the bot's own role may do.
func (s *Server) SetBotPermissions(guildID string, permissions int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	r := g.roles[1]
	r.permissions = permissions
	s.dispatch("GUILD_ROLE_UPDATE", toGuild(g, intentGuilds), obj{"guild_id": g.id, "role": renderRole(r)})
}

// AddRole makes a role and returns its id.
func (s *Server) AddRole(guildID, name string, permissions int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	r := &role{id: s.next(), name: name, permissions: permissions, position: len(g.roles)}
	g.roles = append(g.roles, r)
	s.dispatch("GUILD_ROLE_CREATE", toGuild(g, intentGuilds), obj{"guild_id": g.id, "role": renderRole(r)})
	return r.id
}

// AddChannel makes a channel of a kind, TextChannel for instance, and returns its id.
func (s *Server) AddChannel(guildID, name string, kind int, overwrites ...Overwrite) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	c := &channel{id: s.next(), name: name, kind: kind, guild: g, overwrites: overwrites, position: len(g.channels)}
	g.channels = append(g.channels, c)
	s.channels[c.id] = c
	s.dispatch("CHANNEL_CREATE", toGuild(g, intentGuilds), s.renderChannel(c))
	return c.id
}

// SetOverwrites replaces a channel's overwrites.
func (s *Server) SetOverwrites(channelID string, overwrites ...Overwrite) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channelID]
	c.overwrites = overwrites
	s.dispatch("CHANNEL_UPDATE", toGuild(c.guild, intentGuilds), s.renderChannel(c))
}

// DeleteChannel deletes a channel or a thread, with what was said in it.
func (s *Server) DeleteChannel(channelID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[channelID]; c != nil {
		s.dropChannel(c)
	}
}

func (s *Server) dropChannel(c *channel) {
	name, body := "CHANNEL_DELETE", s.renderChannel(c)
	if c.thread() {
		name, body = "THREAD_DELETE", obj{"id": c.id, "guild_id": c.guild.id, "parent_id": c.parent.id, "type": c.kind}
	}
	delete(s.channels, c.id)
	if c.guild != nil {
		c.guild.channels = slices.DeleteFunc(c.guild.channels, func(o *channel) bool { return o == c })
		s.dispatch(name, toGuild(c.guild, intentGuilds), body)
	}
}

// Archive archives a thread, or opens it again; locked keeps members from doing so.
func (s *Server) Archive(threadID string, archived, locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[threadID]
	c.archived, c.locked, c.archivedAt = archived, locked, s.now()
	s.dispatch("THREAD_UPDATE", toGuild(c.guild, intentGuilds), s.renderChannel(c))
}

// Join brings a person into a guild, with a nickname (may be empty) and roles.
func (s *Server) Join(guildID, userID, nick string, roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	s.join(g, s.users[userID], nick, roles)
	s.dispatch("GUILD_MEMBER_ADD", toGuild(g, intentMembers), with(s.renderMember(g.members[userID]), obj{"guild_id": g.id}))
}

func (s *Server) join(g *guild, u *user, nick string, roles []string) {
	if g.members[u.ID] == nil {
		g.order = append(g.order, u.ID)
	}
	g.members[u.ID] = &member{user: u, nick: nick, roles: slices.Clone(roles), joined: s.now()}
}

// SetMember changes a member's nickname and roles.
func (s *Server) SetMember(guildID, userID, nick string, roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	m := g.members[userID]
	m.nick, m.roles = nick, slices.Clone(roles)
	s.dispatch("GUILD_MEMBER_UPDATE", toGuild(g, intentMembers), with(s.renderMember(m), obj{"guild_id": g.id}))
}

// LeaveGuild takes a person out of a guild.
func (s *Server) LeaveGuild(guildID, userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	if g.members[userID] == nil {
		return
	}
	delete(g.members, userID)
	g.order = slices.DeleteFunc(g.order, func(id string) bool { return id == userID })
	s.dispatch("GUILD_MEMBER_REMOVE", toGuild(g, intentMembers), obj{"guild_id": g.id, "user": renderUser(s.users[userID])})
}

// CloseDM makes a person take no direct messages from the bot: 50007.
func (s *Server) CloseDM(userID string) { s.RefuseDM(userID, 50007) }

// RefuseDM has direct messages to a person refused with 50007 or 50278 when
// they are sent, or with 40003 when the channel is opened. Zero opens the door.
func (s *Server) RefuseDM(userID string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[userID]
	switch code {
	case 0:
		clear(u.refuse)
	case 40003:
		u.refuse["open"] = code
	default:
		u.refuse["send"] = code
	}
}

// DM is the id of the channel between the bot and a person, opened if need be.
func (s *Server) DM(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dm(s.users[userID]).id
}

func (s *Server) dm(u *user) *channel {
	for _, c := range s.channels {
		if c.kind == DirectMessage && c.recipient == u {
			return c
		}
	}
	c := &channel{id: s.next(), kind: DirectMessage, recipient: u}
	s.channels[c.id] = c
	return c
}
