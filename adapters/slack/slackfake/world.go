package slackfake

import (
	"encoding/json"
	"slices"
	"strings"
)

// object is a piece of JSON on the wire.
type object = map[string]any

// token is what a call is made with.
type token struct {
	kind   string // xoxb or xapp
	team   *team  // nil for an app-level token
	scopes []string
	gone   string // the error that it brings since it was revoked
}

type team struct {
	id, name, domain string
	bot              *user
	botID, token     string
}

type user struct {
	User
	team     *team
	bot      bool
	deleted  bool
	dm       *channel
	dmClosed string // the error that opening a direct message brings
	home     *view
}

// User is a person of a workspace.
type User struct {
	ID       string
	Name     string // the handle, as in @ana
	RealName string
	Display  string // what others see; empty shows the handle
	TZ       string // such as "Pacific/Auckland"
	TZOffset int    // seconds east of UTC
	Locale   string // such as "en-GB"
	Email    string
	Admin    bool
}

type channel struct {
	id, name string
	team     *team
	private  bool
	im       *user // the person of a direct message with the bot
	members  map[string]bool
	archived bool
	readOnly bool
	messages []*message // in the order of ts, replies among them
	whispers []*message // ephemeral ones
}

func (c *channel) kind() string {
	switch {
	case c.im != nil:
		return "im"
	case c.private:
		return "group"
	}
	return "channel"
}

// scope is the scope that reads (or "history") of this kind of channel need.
func (c *channel) scope(what string) string {
	return map[string]string{"im": "im:", "group": "groups:", "channel": "channels:"}[c.kind()] + what
}

func (c *channel) find(ts string) *message {
	i, ok := slices.BinarySearchFunc(c.messages, ts, func(m *message, ts string) int { return strings.Compare(m.ts, ts) })
	if !ok {
		return nil
	}
	return c.messages[i]
}

type message struct {
	channel     *channel
	ts          string
	thread      string // the parent's ts, for replies and for parents that have some
	user        *user
	byApp       bool
	subtype     string
	text        string
	blocks      []any
	attachments []any
	metadata    object
	files       []*file
	edited      string // when, as a ts
	version     int    // how often an answer took its place
	to          *user  // for an ephemeral one: who alone sees it
	replies     int
	repliers    []string
	lastReply   string
	inputs      object // what people have chosen in its blocks, kept by user
}

func (m *message) isReply() bool { return m.thread != "" && m.thread != m.ts }

// json is the message as the Web API and events tell it; metadata only when asked.
func (m *message) json(metadata bool) object {
	o := object{"type": "message", "ts": m.ts, "text": m.text, "team": m.channel.team.id}
	if m.user != nil {
		o["user"] = m.user.ID
	}
	if m.subtype != "" {
		o["subtype"] = m.subtype
	}
	if m.byApp {
		t := m.channel.team
		o["bot_id"], o["app_id"] = t.botID, appID
		o["bot_profile"] = object{"id": t.botID, "app_id": appID, "name": m.user.RealName, "deleted": false, "team_id": t.id}
	}
	if m.thread != "" {
		o["thread_ts"] = m.thread
		if m.isReply() {
			if p := m.channel.find(m.thread); p != nil && p.user != nil {
				o["parent_user_id"] = p.user.ID
			}
		} else {
			o["reply_count"], o["reply_users_count"] = m.replies, len(m.repliers)
			o["reply_users"], o["latest_reply"] = m.repliers, m.lastReply
			o["is_locked"], o["subscribed"] = false, false
		}
	}
	if len(m.blocks) > 0 {
		o["blocks"] = m.blocks
	}
	if len(m.attachments) > 0 {
		o["attachments"] = m.attachments
	}
	if len(m.files) > 0 {
		var list []object
		for _, f := range m.files {
			list = append(list, f.json())
		}
		o["files"], o["upload"] = list, m.byApp
	}
	if m.edited != "" {
		o["edited"] = object{"user": m.user.ID, "ts": m.edited}
	}
	if metadata && m.metadata != nil {
		o["metadata"] = m.metadata
	}
	return o
}

// clone makes a JSON value of our own out of anybody's, so that no later change
// of it reaches what was sent or recorded.
func clone(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	_ = json.Unmarshal(b, &out)
	return out
}

// AddTeam makes another workspace with the app installed in it, and gives its id.
func (s *Server) AddTeam(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &team{id: s.id("T"), name: name, domain: strings.ToLower(strings.ReplaceAll(name, " ", "-"))}
	t.botID = s.id("B")
	t.token = "xoxb-" + t.id + "-0001-fake"
	t.bot = &user{User: User{ID: s.id("U"), Name: strings.ToLower(strings.ReplaceAll(s.opts.App.Name, " ", "-")), RealName: s.opts.App.Name, TZ: "America/Los_Angeles", TZOffset: -28800, Locale: "en-US"}, team: t, bot: true}
	s.users[t.bot.ID] = t.bot
	s.tokens[t.token] = &token{kind: "xoxb", team: t, scopes: orAll(s.opts.App.Scopes, allScopes)}
	s.teams = append(s.teams, t)
	return t.id
}

// Team is the id of the first workspace.
func (s *Server) Team() string { return s.first().id }

func (s *Server) first() *team {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.teams[0]
}

// BotToken is the bot token (xoxb) of the first workspace.
func (s *Server) BotToken() string { return s.first().token }

// BotTokenOf is the bot token of one of the workspaces, empty when there is none.
func (s *Server) BotTokenOf(teamID string) string {
	if t := s.team(teamID); t != nil {
		return t.token
	}
	return ""
}

// BotUser is the user id of the bot in the first workspace.
func (s *Server) BotUser() string { return s.first().bot.ID }

// BotUserOf is the user id of the bot in one of the workspaces.
func (s *Server) BotUserOf(teamID string) string {
	if t := s.team(teamID); t != nil {
		return t.bot.ID
	}
	return ""
}

func (s *Server) team(id string) *team {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.teams {
		if t.id == id {
			return t
		}
	}
	return nil
}

// AddUser brings a person into the first workspace and gives the id. Empty fields
// are filled in: RealName from Name, UTC, en-GB.
func (s *Server) AddUser(u User) string { return s.AddUserIn(s.Team(), u) }

// AddUserIn is AddUser for one of several workspaces.
func (s *Server) AddUserIn(teamID string, u User) string {
	t := s.team(teamID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.id("U")
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	if u.TZ == "" {
		u.TZ = "Etc/UTC"
	}
	if u.Locale == "" {
		u.Locale = "en-GB"
	}
	s.users[u.ID] = &user{User: u, team: t}
	return u.ID
}

// AddChannel makes a channel of the first workspace with these members in it and
// gives its id; the bot is no member unless it is among them. Nobody is told.
func (s *Server) AddChannel(name string, private bool, members ...string) string {
	return s.AddChannelIn(s.Team(), name, private, members...)
}

// AddChannelIn is AddChannel for one of several workspaces.
func (s *Server) AddChannelIn(teamID, name string, private bool, members ...string) string {
	t := s.team(teamID)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.id("C"), name: name, team: t, private: private, members: map[string]bool{}}
	for _, m := range members {
		c.members[m] = true
	}
	s.channels[c.id] = c
	return c.id
}

// DM is the id of the direct message between a person and the bot, which need not
// have been used yet.
func (s *Server) DM(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dm(s.users[userID]).id
}

// dm gives a person's direct message with the bot; the lock is held.
func (s *Server) dm(u *user) *channel {
	if u.dm == nil {
		u.dm = &channel{id: s.id("D"), team: u.team, im: u, members: map[string]bool{u.ID: true, u.team.bot.ID: true}}
		s.channels[u.dm.id] = u.dm
	}
	return u.dm
}
