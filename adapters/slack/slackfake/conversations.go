package slackfake

import (
	"maps"
	"slices"
	"strings"
)

// readable finds a channel that a call may look into; what is "read" or "history".
func (c *call) readable(what string) (*channel, *refusal) {
	ch := c.s.channels[c.str("channel")]
	if ch == nil || ch.team != c.team || ch.private && !ch.members[c.team.bot.ID] {
		return nil, refuse("channel_not_found")
	}
	if no := c.need(ch.scope(what)); no != nil {
		return nil, no
	}
	if what == "history" && !ch.members[c.team.bot.ID] {
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

func (c *channel) json(bot string) object {
	o := object{
		"id": c.id, "is_archived": c.archived, "is_im": c.im != nil, "is_mpim": false, "context_team_id": c.team.id,
		"created": 1700000000, "updated": 1700000000000, "is_org_shared": false,
	}
	if c.im != nil {
		o["user"], o["is_user_deleted"], o["priority"] = c.im.ID, c.im.deleted, 0
		return o
	}
	o["name"], o["name_normalized"] = c.name, c.name
	o["is_channel"], o["is_group"], o["is_private"] = !c.private, false, c.private
	o["is_member"], o["is_general"], o["is_shared"] = c.members[bot], c.name == "general", false
	o["topic"] = object{"value": "", "creator": "", "last_set": 0}
	o["purpose"] = object{"value": "", "creator": "", "last_set": 0}
	return o
}

func convOpen(c *call) (object, *refusal) {
	var u *user
	if id := c.str("channel"); id != "" {
		ch := c.s.channels[id]
		if ch == nil || ch.im == nil || ch.team != c.team {
			return nil, refuse("channel_not_found")
		}
		u = ch.im
	} else {
		ids := strings.Split(c.str("users"), ",")
		if ids[0] == "" {
			return nil, refuse("users_list_not_supplied")
		}
		if len(ids) > 1 {
			return nil, c.need("mpim:write")
		}
		if u = c.s.users[ids[0]]; u == nil || u.team != c.team {
			return nil, refuse("user_not_found")
		}
	}
	switch {
	case u.bot:
		return nil, refuse("cannot_dm_bot")
	case u.deleted:
		return nil, refuse("user_disabled")
	case u.dmClosed != "":
		return nil, refuse(u.dmClosed)
	}
	already := u.dm != nil
	ch := c.s.dm(u)
	if c.bool("return_im") {
		return object{"channel": ch.json(c.team.bot.ID), "no_op": already, "already_open": already}, nil
	}
	return object{"channel": object{"id": ch.id}, "no_op": already, "already_open": already}, nil
}

func convInfo(c *call) (object, *refusal) {
	ch, no := c.readable("read")
	if no != nil {
		return nil, no
	}
	o := ch.json(c.team.bot.ID)
	if c.bool("include_num_members") {
		o["num_members"] = len(ch.members)
	}
	return object{"channel": o}, nil
}

func convList(c *call) (object, *refusal) {
	types := c.str("types")
	if types == "" {
		types = "public_channel"
	}
	want := map[string]bool{}
	for t := range strings.SplitSeq(types, ",") {
		t = strings.TrimSpace(t)
		scope := map[string]string{"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}[t]
		if scope == "" {
			return nil, refuse("invalid_types")
		}
		if no := c.need(scope); no != nil {
			return nil, no
		}
		want[t] = true
	}
	var list []object
	for _, id := range slices.Sorted(maps.Keys(c.s.channels)) {
		ch := c.s.channels[id]
		kind := map[string]string{"im": "im", "group": "private_channel", "channel": "public_channel"}[ch.kind()]
		if ch.team != c.team || !want[kind] || ch.archived && c.bool("exclude_archived") || ch.private && !ch.members[c.team.bot.ID] {
			continue
		}
		list = append(list, ch.json(c.team.bot.ID))
	}
	part, next, no := page(c, list, 100, 1000)
	return object{"channels": orEmpty(part), "response_metadata": object{"next_cursor": next}}, no
}

func convMembers(c *call) (object, *refusal) {
	ch, no := c.readable("read")
	if no != nil {
		return nil, no
	}
	part, next, no := page(c, slices.Sorted(maps.Keys(ch.members)), 100, 1000)
	return object{"members": orEmpty(part), "response_metadata": object{"next_cursor": next}}, no
}

func convJoin(c *call) (object, *refusal) {
	ch := c.s.channels[c.str("channel")]
	switch {
	case ch == nil || ch.team != c.team || ch.private:
		return nil, refuse("channel_not_found")
	case ch.im != nil:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, refuse("is_archived")
	}
	if !ch.members[c.team.bot.ID] {
		c.s.enter(c.team.bot, ch)
	}
	return object{"channel": ch.json(c.team.bot.ID)}, nil
}

// convHistory is the newest first, without replies and ephemeral messages.
func convHistory(c *call) (object, *refusal) {
	ch, no := c.readable("history")
	if no != nil {
		return nil, no
	}
	var list []*message
	for _, m := range slices.Backward(ch.messages) {
		if (!m.isReply() || m.subtype == "thread_broadcast") && c.within(m.ts) {
			list = append(list, m)
		}
	}
	return c.story(list)
}

// convReplies is a thread, the parent first, then the oldest first. The ts of a
// reply gives that reply alone.
func convReplies(c *call) (object, *refusal) {
	ch, no := c.readable("history")
	if no != nil {
		return nil, no
	}
	p := ch.find(c.str("ts"))
	if p == nil {
		return nil, refuse("thread_not_found")
	}
	list := []*message{p}
	for _, m := range ch.messages {
		if m.thread == p.ts && m != p && c.within(m.ts) {
			list = append(list, m)
		}
	}
	return c.story(list)
}

// within tells whether a ts lies between the arguments oldest and latest.
func (c *call) within(ts string) bool {
	oldest, latest := c.str("oldest"), c.str("latest")
	if c.bool("inclusive") {
		return (oldest == "" || !older(ts, oldest)) && (latest == "" || !older(latest, ts))
	}
	return (oldest == "" || older(oldest, ts)) && (latest == "" || older(ts, latest))
}

// older compares timestamps as numbers, exactly: clients send "0" and whole seconds.
func older(a, b string) bool {
	as, af, _ := strings.Cut(a, ".")
	bs, bf, _ := strings.Cut(b, ".")
	for len(as) < len(bs) {
		as = "0" + as
	}
	for len(bs) < len(as) {
		bs = "0" + bs
	}
	if as != bs {
		return as < bs
	}
	return (af + "000000")[:6] < (bf + "000000")[:6]
}

func (c *call) story(list []*message) (object, *refusal) {
	part, next, no := page(c, list, 100, 999)
	if no != nil {
		return nil, no
	}
	out := []any{}
	for _, m := range part {
		out = append(out, clone(m.json(c.bool("include_all_metadata"))))
	}
	o := object{"messages": out, "has_more": next != "", "pin_count": 0}
	if next != "" {
		o["response_metadata"] = object{"next_cursor": next}
	}
	return o, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
