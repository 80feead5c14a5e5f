package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// author is who wrote a message that was heard, and where: when it is deleted,
// Discord gives only its id.
type author struct {
	user    string
	profile chat.Profile
	place   chat.Place
}

// admins are the permissions that make somebody an administrator.
const admins = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild

// profile gives what is known of a member. Discord knows no time zones.
func (d *Discord) profile(ctx context.Context, guild string, u *discordgo.User, m *discordgo.Member) (chat.Profile, error) {
	if u == nil && m != nil {
		u = m.User
	}
	if u == nil {
		return chat.Profile{}, errors.New("an event without a person")
	}
	d.homes.set(u.ID, guild)
	p := chat.Profile{User: chat.User{Workspace: workspace(guild), ID: u.ID}, Name: name(u, m), Bot: u.Bot}
	switch {
	case m == nil || u.Bot:
	case m.Permissions != 0: // as in interactions: with everything that roles and channel say
		p.Admin = m.Permissions&admins != 0
	default:
		g, err := d.guild(ctx, guild)
		if err != nil {
			return p, err
		}
		p.Admin = g.OwnerID == u.ID || slices.ContainsFunc(g.Roles, func(r *discordgo.Role) bool {
			return r.Permissions&admins != 0 && (r.ID == guild || slices.Contains(m.Roles, r.ID))
		})
	}
	return p, nil
}

// name gives what others see of somebody.
func name(u *discordgo.User, m *discordgo.Member) string {
	switch {
	case m != nil && m.Nick != "":
		return m.Nick
	case u.GlobalName != "":
		return u.GlobalName
	}
	return u.Username
}

// met gives the profile of somebody in a server, asking Discord for what an
// event did not bring.
func (d *Discord) met(ctx context.Context, guild string, u *discordgo.User) (chat.Profile, error) {
	m, err := d.member(ctx, guild, u.ID)
	if err != nil {
		return chat.Profile{}, err
	}
	return d.profile(ctx, guild, u, &m)
}

func (d *Discord) member(ctx context.Context, guild, user string) (discordgo.Member, error) {
	return remember(d.members, guild+"/"+user, func() (m discordgo.Member, err error) {
		return m, d.rest.do(ctx, get("/guilds/{}/members/{}", guild, user), &m)
	})
}

func (d *Discord) guild(ctx context.Context, id string) (discordgo.Guild, error) {
	return remember(d.guilds, id, func() (g discordgo.Guild, err error) {
		return g, d.rest.do(ctx, get("/guilds/{}", id), &g)
	})
}

func (d *Discord) channel(ctx context.Context, id string) (discordgo.Channel, error) {
	return remember(d.channels, id, func() (c discordgo.Channel, err error) {
		return c, d.rest.do(ctx, get("/channels/{}", id), &c)
	})
}

// remember asks for what is not known yet.
func remember[V any](m *memo[V], key string, ask func() (V, error)) (V, error) {
	if v, ok := m.get(key); ok {
		return v, nil
	}
	v, err := ask()
	if err == nil {
		m.set(key, v)
	}
	return v, err
}

// home gives the server in which somebody who writes directly is known: the one
// where they were met last, else the first that has them. It is empty for
// somebody who is in none.
func (d *Discord) home(ctx context.Context, user string) (string, error) {
	if len(d.o.Guilds) == 1 {
		return d.o.Guilds[0], nil
	}
	if guild, ok := d.homes.get(user); ok {
		return guild, nil
	}
	for _, guild := range d.o.Guilds {
		_, err := d.member(ctx, guild, user)
		switch {
		case err == nil:
			d.homes.set(user, guild)
			return guild, nil
		case refusedWith(err, codeUnknownMember), errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrRefused):
		default:
			return "", err
		}
	}
	return "", nil
}

// place gives where a channel of a server is: itself, or a thread in its parent.
func place(guild string, c discordgo.Channel) chat.Place {
	p := chat.Channel(workspace(guild), c.ID)
	if isThread(c) {
		p.Channel, p.Thread = c.ParentID, c.ID
	}
	return p
}

func isThread(c discordgo.Channel) bool {
	return c.Type == discordgo.ChannelTypeGuildPublicThread || c.Type == discordgo.ChannelTypeGuildPrivateThread || c.Type == discordgo.ChannelTypeGuildNewsThread
}

// door gives the channel of somebody's direct messages.
func (d *Discord) door(ctx context.Context, user string) (string, error) {
	return remember(d.doors, user, func() (string, error) {
		var c discordgo.Channel
		err := d.rest.do(ctx, post("/users/@me/channels").with(map[string]string{"recipient_id": user}).repeatable(), &c)
		if refusedWith(err, discordgo.ErrCodeInvalidFormBody) { // no account has this id
			err = fmt.Errorf("%w: %w", chat.ErrGone, err)
		}
		return c.ID, err
	})
}
