package discordfake

import (
	"fmt"
	"strconv"
	"time"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func renderUser(u *user) obj {
	o := obj{
		"id": u.ID, "username": u.Username, "global_name": orNull(u.GlobalName), "discriminator": "0",
		"avatar": nil, "banner": nil, "accent_color": nil, "avatar_decoration_data": nil,
		"collectibles": nil, "primary_guild": nil, "public_flags": 0, "flags": 0,
	}
	if u.Bot {
		o["bot"] = true
		o["discriminator"] = "0001"
	}
	return o
}

func (s *Server) renderMember(m *member) obj {
	return with(bareMember(m), obj{"user": renderUser(m.user)})
}

// bareMember is a member without the user, as it comes beside one.
func bareMember(m *member) obj {
	roles := m.roles
	if roles == nil {
		roles = []string{}
	}
	return obj{
		"nick": orNull(m.nick), "roles": roles, "joined_at": stamp(m.joined), "avatar": nil, "banner": nil,
		"communication_disabled_until": nil, "flags": 0, "pending": false, "premium_since": nil,
		"mute": false, "deaf": false,
	}
}

func renderRole(r *role) obj {
	return obj{
		"id": r.id, "name": r.name, "permissions": strconv.FormatInt(r.permissions, 10), "position": r.position,
		"color": 0, "colors": obj{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist": false, "managed": false, "mentionable": false, "icon": nil, "unicode_emoji": nil, "flags": 0,
	}
}

func renderRoles(g *guild) []any {
	out := make([]any, 0, len(g.roles))
	for _, r := range g.roles {
		out = append(out, renderRole(r))
	}
	return out
}

func (s *Server) renderGuild(g *guild) obj {
	return obj{
		"id": g.id, "name": g.name, "owner_id": g.owner, "icon": nil, "description": nil, "home_header": nil,
		"splash": nil, "discovery_splash": nil, "features": []any{}, "banner": nil, "application_id": nil,
		"region": "us-west", "afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil,
		"system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": nil, "verification_level": 0,
		"roles": renderRoles(g), "default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0,
		"max_presences": nil, "max_members": 500000, "max_stage_video_channel_users": 50,
		"max_video_channel_users": 25, "vanity_url_code": nil, "premium_tier": 0, "premium_subscription_count": 0,
		"preferred_locale": "en-US", "rules_channel_id": nil, "safety_alerts_channel_id": nil,
		"public_updates_channel_id": nil, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
		"emojis": []any{}, "stickers": []any{}, "incidents_data": nil,
	}
}

// guildCreate is the event a client gets for each guild after READY.
func (s *Server) guildCreate(g *guild) obj {
	channels, threads := []any{}, []any{}
	for _, c := range g.channels {
		if g.can(s.bot.ID, c)&ViewChannel == 0 {
			continue
		}
		switch {
		case !c.thread():
			channels = append(channels, s.renderChannel(c))
		case !c.archived:
			threads = append(threads, s.renderChannel(c))
		}
	}
	events := []any{}
	for _, e := range g.events {
		events = append(events, s.renderEvent(e))
	}
	// Without the members intent only the bot itself is listed.
	members := []any{s.renderMember(g.members[s.bot.ID])}
	return with(s.renderGuild(g), obj{
		"joined_at": stamp(g.members[s.bot.ID].joined), "large": len(g.members) > 50, "unavailable": false,
		"member_count": len(g.members), "voice_states": []any{}, "members": members, "channels": channels,
		"threads": threads, "presences": []any{}, "stage_instances": []any{}, "guild_scheduled_events": events,
		"soundboard_sounds": []any{},
	})
}

func renderOverwrites(list []Overwrite) []any {
	out := make([]any, 0, len(list))
	for _, o := range list {
		kind := 0
		if o.Member {
			kind = 1
		}
		out = append(out, obj{"id": o.ID, "type": kind, "allow": fmt.Sprint(o.Allow), "deny": fmt.Sprint(o.Deny)})
	}
	return out
}

func (s *Server) renderChannel(c *channel) obj {
	o := obj{"id": c.id, "type": c.kind, "flags": 0, "last_message_id": orNull(c.lastID)}
	if c.kind == DirectMessage {
		o["recipients"] = []any{renderUser(c.recipient)}
		return o
	}
	o["guild_id"], o["name"] = c.guild.id, c.name
	o["parent_id"] = nil
	if c.parent != nil {
		o["parent_id"] = c.parent.id
	}
	o["rate_limit_per_user"] = c.slow
	if !c.thread() {
		o["position"], o["nsfw"], o["topic"] = c.position, false, orNull(c.topic)
		o["permission_overwrites"] = renderOverwrites(c.overwrites)
		return o
	}
	meta := obj{
		"archived": c.archived, "locked": c.locked, "auto_archive_duration": c.archive,
		"archive_timestamp": stamp(c.archivedAt), "create_timestamp": stamp(c.created),
	}
	if c.kind == PrivateThread {
		meta["invitable"] = c.invitable
	}
	o["owner_id"], o["thread_metadata"] = c.owner, meta
	o["message_count"], o["member_count"], o["total_message_sent"] = c.count, min(len(c.members), 50), c.total
	return o
}

func (s *Server) renderThreadMember(c *channel, userID string) obj {
	return obj{"id": c.id, "user_id": userID, "join_timestamp": stamp(c.created), "flags": 1}
}
