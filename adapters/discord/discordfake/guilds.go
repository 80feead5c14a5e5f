package discordfake

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

func (s *Server) gatewayBot(*call) (answer, *apiError) {
	day := s.now().Add(-24 * time.Hour)
	used := 0
	for _, t := range s.gate.identifies {
		if t.After(day) {
			used++
		}
	}
	return ok(obj{
		"url": "ws://" + s.host + "/gateway", "shards": len(s.guilds)/s.opt.ShardAt + 1,
		"session_start_limit": obj{
			"total": s.opt.IdentifyBudget, "remaining": max(0, s.opt.IdentifyBudget-used),
			"reset_after": int((24 * time.Hour).Milliseconds()), "max_concurrency": 1,
		},
	})
}

func (s *Server) me(*call) (answer, *apiError) {
	return ok(with(renderUser(s.bot), obj{"mfa_enabled": false, "locale": "en-US", "premium_type": 0, "email": nil, "verified": true}))
}

func (s *Server) getUser(c *call) (answer, *apiError) {
	u := s.users[c.id("user_id")]
	if u == nil {
		return no(errUnknownUser)
	}
	return ok(renderUser(u))
}

func (s *Server) myGuilds(*call) (answer, *apiError) {
	out := []any{}
	for _, id := range slices.SortedFunc(maps.Keys(s.guilds), compareID) {
		g := s.guilds[id]
		out = append(out, obj{
			"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false, "features": []any{},
			"permissions": strconv.FormatInt(g.can(s.bot.ID, nil), 10),
		})
	}
	return ok(out)
}

// application tells which privileged intents the portal has switched on.
func (s *Server) application(*call) (answer, *apiError) {
	flags := 0
	for intent, flag := range map[int]int{intentPresences: 1 << 13, intentMembers: 1 << 15, intentContent: 1 << 19} {
		if s.opt.Allowed&intent != 0 {
			flags |= flag
		}
	}
	owner := &user{ID: "1", Username: "operator"}
	return ok(obj{
		"id": s.appID, "name": s.bot.Username, "icon": nil, "description": "", "type": nil,
		"bot": renderUser(s.bot), "bot_public": true, "bot_require_code_grant": false,
		"verify_key": "0000000000000000000000000000000000000000000000000000000000000000",
		"flags":      flags, "flags_new": strconv.Itoa(flags), "redirect_uris": []any{}, "interactions_endpoint_url": nil,
		"role_connections_verification_url": nil, "owner": renderUser(owner), "approximate_guild_count": len(s.guilds),
		"approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"explicit_content_filter": 0, "team": nil, "eligible_oauth2_scopes": []any{},
	})
}

func (s *Server) openDM(c *call) (answer, *apiError) {
	u := s.users[str(c.obj()["recipient_id"])]
	if u == nil || u.Bot {
		var f faults
		f.add("recipient_id", "BASE_TYPE_REQUIRED", "This field is required")
		if u != nil {
			return no(refuse(400, 50007, "Cannot send messages to this user"))
		}
		return no(f.err())
	}
	if u.refuse["open"] == 40003 {
		return no(refuse(400, 40003, "You are opening direct messages too fast."))
	}
	return ok(s.renderChannel(s.dm(u)))
}

func (s *Server) guildOf(c *call) (*guild, *apiError) {
	g := s.guilds[c.id("guild_id")]
	if g == nil {
		return nil, errUnknownGuild
	}
	return g, nil
}

func (s *Server) getGuild(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	o := s.renderGuild(g)
	if c.r.URL.Query().Get("with_counts") == "true" {
		o["approximate_member_count"], o["approximate_presence_count"] = len(g.members), 1
	}
	return ok(o)
}

func (s *Server) listChannels(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	out := []any{}
	for _, ch := range g.channels {
		if !ch.thread() {
			out = append(out, s.renderChannel(ch)) // also those that the bot cannot see
		}
	}
	return ok(out)
}

func (s *Server) listRoles(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	return ok(renderRoles(g))
}

// listMembers needs the members intent to be switched on in the portal.
func (s *Server) listMembers(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	if s.opt.Allowed&intentMembers == 0 {
		return no(errMissingAccess)
	}
	limit, err := c.queryInt("limit", 1, 1, 1000)
	if err != nil {
		return no(err)
	}
	out := []any{}
	after := c.r.URL.Query().Get("after")
	for _, id := range slices.SortedFunc(maps.Keys(g.members), compareID) {
		if len(out) < int(limit) && compareID(id, after) > 0 {
			out = append(out, s.renderMember(g.members[id]))
		}
	}
	return ok(out)
}

func (s *Server) getMember(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	id := c.id("user_id")
	switch {
	case g.members[id] != nil:
		return ok(s.renderMember(g.members[id]))
	case s.users[id] == nil:
		return no(errUnknownUser)
	}
	return no(errUnknownMember)
}

func (s *Server) activeThreads(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	threads, members := []any{}, []any{}
	for _, ch := range g.channels {
		if !ch.thread() || ch.archived || g.can(s.bot.ID, ch)&ViewChannel == 0 {
			continue
		}
		threads = append(threads, s.renderChannel(ch))
		if slices.Contains(ch.members, s.bot.ID) {
			members = append(members, s.renderThreadMember(ch, s.bot.ID))
		}
	}
	return ok(obj{"threads": threads, "members": members, "has_more": false})
}
