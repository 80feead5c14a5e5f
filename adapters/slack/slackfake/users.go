package slackfake

import (
	"maps"
	"slices"
)

func (u *user) json(locale bool) object {
	display := u.Display
	if display == "" {
		display = u.Name
	}
	profile := object{"real_name": u.RealName, "display_name": display, "real_name_normalized": u.RealName, "display_name_normalized": display, "team": u.team.id}
	if u.Email != "" && !u.bot {
		profile["email"] = u.Email
	}
	o := object{
		"id": u.ID, "team_id": u.team.id, "name": u.Name, "real_name": u.RealName, "deleted": u.deleted, "profile": profile,
		"is_admin": u.Admin, "is_owner": false, "is_bot": u.bot, "is_app_user": false, "is_restricted": false, "is_ultra_restricted": false,
		"tz": u.TZ, "tz_offset": u.TZOffset, "tz_label": u.TZ, "updated": 1700000000,
	}
	if locale {
		o["locale"] = u.Locale
	}
	return o
}

func usersInfo(c *call) (object, *refusal) {
	u := c.s.users[c.str("user")]
	if u == nil || u.team != c.team {
		return nil, refuse("user_not_found")
	}
	return object{"user": u.json(c.bool("include_locale"))}, nil
}

func usersList(c *call) (object, *refusal) {
	var list []object
	for _, id := range slices.Sorted(maps.Keys(c.s.users)) {
		if u := c.s.users[id]; u.team == c.team {
			list = append(list, u.json(c.bool("include_locale")))
		}
	}
	// Without a limit Slack tries to give everybody.
	part, next, no := page(c, list, 1000, 1000)
	return object{"members": orEmpty(part), "cache_ts": 1700000000, "response_metadata": object{"next_cursor": next}}, no
}

func botsInfo(c *call) (object, *refusal) {
	if c.str("bot") != c.team.botID {
		return nil, refuse("bot_not_found")
	}
	return object{"bot": object{"id": c.team.botID, "app_id": appID, "name": c.team.bot.RealName, "user_id": c.team.bot.ID, "deleted": false, "updated": 1700000000}}, nil
}
