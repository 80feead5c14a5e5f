package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// The application's flags for intents that the portal has switched on; the second
// of each is for bots in few servers.
const (
	membersOn = 1<<14 | 1<<15
	contentOn = 1<<18 | 1<<19
)

// Check asks Discord whether everything is there that the bot needs, and gives
// what is missing, each with where to change it. It changes nothing.
func (d *Discord) Check(ctx context.Context) []error {
	me, err := d.whoAmI(ctx)
	if err != nil {
		return []error{fmt.Errorf("discord: %w", err)}
	}
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("discord: "+format, args...)) }
	for _, i := range []struct {
		used bool
		on   int
		name string
		key  string
	}{
		{d.o.MessageContent, contentOn, "Message Content Intent", "replies in threads"},
		{d.o.Members, membersOn, "Server Members Intent", "people who join"},
	} {
		if i.used && me.Flags&i.on == 0 {
			fault("the %s is off, and the configuration wants to know of %s: switch it on in the developer portal under Bot, Privileged Gateway Intents, or switch it off in the configuration", i.name, i.key)
		}
	}
	var in []struct {
		ID          string `json:"id"`
		Permissions int64  `json:"permissions,string"`
	}
	if err := d.rest.do(ctx, get("/users/@me/guilds"), &in); err != nil {
		fault("the servers that the bot is in cannot be listed: %w", err)
		return faults
	}
	may := map[string]int64{}
	for _, g := range in {
		may[g.ID] = g.Permissions
	}
	for _, guild := range d.o.Guilds {
		has, ok := may[guild]
		if !ok {
			fault("the bot is not in server %s: somebody who manages it follows %s", guild, Address(me.App))
			continue
		}
		var missing []string
		for _, p := range permissionNames {
			if has&discordgo.PermissionAdministrator == 0 && has&p.bit == 0 {
				missing = append(missing, p.name)
			}
		}
		if len(missing) > 0 {
			fault("in server %s the bot lacks %s: give them to its role under Server Settings, Roles", guild, strings.Join(missing, ", "))
		}
		var have commands
		if err := d.rest.do(ctx, get("/applications/{}/guilds/{}/commands", me.App, guild), &have); err != nil {
			var no *refusal
			if errors.As(err, &no) {
				fault("in server %s the bot may have no commands: somebody who manages it follows %s", guild, Address(me.App))
			} else {
				fault("the commands of server %s cannot be listed: %w", guild, err)
			}
		}
	}
	return faults
}
