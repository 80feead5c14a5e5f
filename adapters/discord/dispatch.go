package discord

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/sync/errgroup"

	"cohortbot/bot/chat"
)

// Listen hands what happens in all servers to in, until ctx ends. An error wraps
// chat.ErrFatal: Discord refuses the bot, and the text says what to change.
func (d *Discord) Listen(ctx context.Context, in chat.Inbox) error {
	err := d.listen(ctx, in)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (d *Discord) listen(outer context.Context, in chat.Inbox) error {
	err := d.persist(outer, "asking who the bot is", func() error {
		_, err := d.whoAmI(outer)
		return err
	})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(outer)
	l := listener{Discord: d, in: in, lanes: newLanes(ctx, d.log, d.pace.workers), known: newMemo[chat.Profile](0, 20_000)}
	group.Go(func() error {
		defer l.lanes.wait()
		return d.connect(ctx, l.take, l.catchUp)
	})
	group.Go(func() error {
		return d.persist(ctx, "registering commands", func() error { return d.register(ctx, in.Tree()) })
	})
	return group.Wait()
}

// listener sorts what the gateway tells.
type listener struct {
	*Discord
	in    chat.Inbox
	lanes *lanes
	known *memo[chat.Profile] // as the bot was told of them
}

// bulk is many messages that are deleted at once.
type bulk struct {
	IDs       []string `json:"ids"`
	ChannelID string   `json:"channel_id"`
	GuildID   string   `json:"guild_id"`
}

// take is called with every event, in order, and never waits.
func (l *listener) take(e event) {
	var err error
	switch e.Type {
	case "INTERACTION_CREATE":
		err = read(e, func(i interaction) {
			if e.late && i.Type != modalHandedIn && time.Since(madeAt(i.ID)) > firstLimit {
				return // the person was told that it failed, and may have done it anew
			}
			came := time.Now()
			l.add(e, "i/"+i.ID, func(ctx context.Context) bool { l.asked(ctx, i, came); return false })
		})
	case "MESSAGE_CREATE", "MESSAGE_UPDATE":
		err = read(e, func(m heard) { l.heard(e, m) })
	case "MESSAGE_DELETE":
		err = read(e, func(m heard) { l.gone(e, m) })
	case "MESSAGE_DELETE_BULK":
		err = read(e, func(m bulk) {
			for _, id := range m.IDs {
				l.gone(e, heard{ID: id, ChannelID: m.ChannelID, GuildID: m.GuildID})
			}
		})
	case "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE":
		err = read(e, func(m discordgo.Member) { l.came(e, m) })
	case "GUILD_MEMBER_REMOVE":
		err = read(e, func(m discordgo.Member) {
			if m.User != nil {
				l.members.forget(m.GuildID + "/" + m.User.ID)
				l.homes.forget(m.User.ID)
			}
		})
	case "GUILD_UPDATE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE":
		l.guilds.clear()
	case "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_UPDATE", "THREAD_DELETE":
		err = read(e, func(c struct {
			ID string `json:"id"`
		},
		) {
			l.channels.forget(c.ID)
		})
	}
	if err != nil {
		l.log.Warn("an event cannot be read", "kind", e.Type, "err", shape(err))
		if e.Type == "INTERACTION_CREATE" {
			l.apologise(e)
		}
	}
}

// add puts something that is to be done of an event at the end of a lane. The
// event counts as taken when all of it is done.
func (l *listener) add(e event, lane string, do func(context.Context) bool) {
	e.ticket.hold()
	// An interaction has to be answered in time, even where its deed has to wait.
	l.lanes.put(lane, deed{kind: e.Type, free: e.Type == "INTERACTION_CREATE", do: func(ctx context.Context) bool {
		defer func() {
			if p := recover(); p != nil {
				e.ticket.release() // it would fail again
				panic(p)
			}
		}()
		again := do(ctx)
		if !again {
			e.ticket.release()
		}
		return again
	}})
}

func read[T any](e event, do func(T)) error {
	var v T
	if err := json.Unmarshal(e.Data, &v); err != nil {
		return err
	}
	do(v)
	return nil
}

// apologise answers an interaction of which no more than its id can be read.
func (l *listener) apologise(e event) {
	var i struct{ ID, Token string }
	if json.Unmarshal(e.Data, &i) != nil && (i.ID == "" || i.Token == "") {
		return
	}
	l.add(e, "i/"+i.ID, func(ctx context.Context) bool {
		x := exchange{Discord: l.Discord, i: interaction{ID: i.ID, Token: i.Token}, came: time.Now()}
		x.tell(ctx, "I couldn't read what Discord told me of this. Nothing was changed; please try once more.")
		return false
	})
}

// came introduces somebody who has joined, or whose name or roles have changed.
func (l *listener) came(e event, m discordgo.Member) {
	if m.User == nil || m.User.Bot || !slices.Contains(l.o.Guilds, m.GuildID) {
		return
	}
	l.members.set(m.GuildID+"/"+m.User.ID, m)
	l.add(e, "u/"+m.User.ID, func(ctx context.Context) bool {
		p, err := l.profile(ctx, m.GuildID, m.User, &m)
		if err == nil {
			l.introduce(p)
		}
		return l.retry("member", err)
	})
}

// introduce tells the bot of somebody who is new here, or has changed.
func (l *listener) introduce(p chat.Profile) {
	if before, ok := l.known.get(p.User.String()); ok && before == p || p.Bot {
		return
	}
	l.known.set(p.User.String(), p)
	l.lanes.add("u/"+p.User.ID, "member", func(ctx context.Context) bool {
		return l.retry("member", l.in.Meet(ctx, p))
	})
}

// meet introduces the people that somebody picked, before what they were picked
// for is done: the bot may never have met them.
func (l *listener) meet(ctx context.Context, w chat.Workspace, r resolved) {
	for id, u := range r.Users {
		p, err := l.profile(ctx, strings.TrimPrefix(string(w), Prefix), u, r.Members[id])
		if err == nil && !p.Bot { // even who is known here: their own introduction may still be on its way
			err = l.in.Meet(ctx, p)
			l.known.set(p.User.String(), p)
		}
		if err != nil { // the bot says that it does not know them
			l.log.Warn("somebody who was picked cannot be introduced", "person", id, "err", err)
		}
	}
}

// retry tells whether to try again, and logs the trouble.
func (l *listener) retry(kind string, err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return err != nil
	}
	l.log.Warn("not taken yet; trying again", "kind", kind, "err", err)
	return !errors.Is(err, chat.ErrFatal) && !errors.Is(err, chat.ErrGone) && !errors.Is(err, chat.ErrRefused)
}
