package discord

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// The kinds of messages that people write; all others are Discord's own, such as
// somebody joining or a message being pinned.
var written = []int{int(discordgo.MessageTypeDefault), int(discordgo.MessageTypeReply)}

// heard hands over what somebody wrote, or changed. Only what is said to the bot
// is: directly, in a thread, or as a reply to a message of ours.
func (l *listener) heard(e event, m heard) {
	edited := e.Type == "MESSAGE_UPDATE"
	if m.Author == nil || m.Author.Bot || m.WebhookID != "" || !slices.Contains(written, m.Type) {
		return
	}
	if edited && m.Edited == nil {
		return // Discord has added a preview
	}
	if m.GuildID != "" && !slices.Contains(l.o.Guilds, m.GuildID) {
		return
	}
	if m.GuildID == "" {
		l.doors.set(m.Author.ID, m.ChannelID)
	}
	if _, known := l.authors.get(m.ID); !known { // its deletion may come before it was heard
		l.authors.set(m.ID, author{user: m.Author.ID})
	}
	l.add(e, "u/"+m.Author.ID, func(ctx context.Context) bool {
		said, err := l.said(ctx, m, edited)
		if err != nil || said.Event == "" {
			return l.retry("message", err)
		}
		l.authors.set(m.ID, author{m.Author.ID, said.Profile, said.Address.Place})
		return l.retry("message", l.in.Hear(ctx, said))
	})
}

// said makes what the bot hears of a message; without an event where it is not
// meant for the bot, or Discord does not show what it says.
func (l *listener) said(ctx context.Context, m heard, edited bool) (chat.Said, error) {
	guild := m.GuildID
	var err error
	if guild == "" {
		if guild, err = l.home(ctx, m.Author.ID); err != nil || guild == "" {
			return chat.Said{}, err
		}
	}
	at, err := l.where(ctx, guild, m)
	if err != nil || at.IsZero() {
		return chat.Said{}, err
	}
	// Without the intent, Discord sends messages of others with nothing in them.
	if m.Content == "" && len(m.Attachments) == 0 && !l.o.MessageContent && m.GuildID != "" {
		return chat.Said{}, nil
	}
	var p chat.Profile
	if m.Member != nil {
		p, err = l.profile(ctx, guild, m.Author, m.Member)
	} else {
		p, err = l.met(ctx, guild, m.Author)
	}
	if err != nil {
		return chat.Said{}, err
	}
	l.introduce(p)
	s := chat.Said{
		Event: "message/" + m.ID, Profile: p, Address: chat.Address{Place: at, ID: m.ID},
		Text: l.typed(ctx, m), Files: files(p.User.Workspace, m.ChannelID+"/"+m.ID+"/", m.Attachments), Edited: edited,
	}
	if m.Reference != nil && m.Reference.Type == 0 && m.Reference.MessageID != "" {
		s.To = chat.Address{Place: at, ID: m.Reference.MessageID}
	}
	if edited {
		s.Event += "/" + m.Edited.UTC().Format(time.RFC3339Nano)
	}
	return s, nil
}

// where gives the place of a message that is said to the bot. A reply in a
// channel to a message of ours counts as said in its thread: that is how people
// answer who do not know threads, and since it mentions the bot, Discord shows it
// without any intent.
func (l *listener) where(ctx context.Context, guild string, m heard) (chat.Place, error) {
	if m.GuildID == "" {
		return chat.Direct(chat.User{Workspace: workspace(guild), ID: m.Author.ID}), nil
	}
	c, err := l.channel(ctx, m.ChannelID)
	if err != nil {
		return chat.Place{}, err
	}
	at := place(guild, c)
	if isThread(c) {
		return at, nil
	}
	me, err := l.whoAmI(ctx)
	if err != nil {
		return chat.Place{}, err
	}
	if m.Reference == nil || m.Reference.Type != 0 || m.Reference.MessageID == "" ||
		m.Referenced == nil || m.Referenced.Author == nil || m.Referenced.Author.ID != me.User {
		return chat.Place{}, nil
	}
	at.Thread = m.Reference.MessageID
	return at, nil
}

// gone tells that a message has been deleted. Discord gives its id alone: who
// wrote it is known from when it was heard, and in direct messages from the place.
// In a server it is told without its author where that is forgotten, and in a
// channel without the message that it replied to.
func (l *listener) gone(e event, m heard) {
	lane := "d/" + m.ID
	if who, ok := l.authors.get(m.ID); ok {
		lane = "u/" + who.user // after it was heard
	}
	l.add(e, lane, func(ctx context.Context) bool {
		who, ok := l.authors.get(m.ID)
		if !ok && m.GuildID == "" {
			var err error
			if who, err = l.correspondent(ctx, m.ChannelID); err != nil {
				return l.retry("deletion", err)
			}
		}
		if !ok && slices.Contains(l.o.Guilds, m.GuildID) { // it was heard long ago, or before a restart
			c, err := l.channel(ctx, m.ChannelID)
			if err != nil {
				return l.retry("deletion", err)
			}
			who.place = place(m.GuildID, c)
		}
		if who.place.IsZero() {
			return false // it was not meant for the bot
		}
		return l.retry("deletion", l.in.Hear(ctx, chat.Said{
			Event: "message/" + m.ID + "/deleted", Profile: who.profile,
			Address: chat.Address{Place: who.place, ID: m.ID}, Deleted: true,
		}))
	})
}

// correspondent gives who writes in a channel of direct messages.
func (l *listener) correspondent(ctx context.Context, channel string) (author, error) {
	c, err := l.channel(ctx, channel)
	if err != nil || c.Type != discordgo.ChannelTypeDM || len(c.Recipients) != 1 {
		return author{}, err
	}
	u := c.Recipients[0]
	guild, err := l.home(ctx, u.ID)
	if err != nil || guild == "" {
		return author{}, err
	}
	p, err := l.met(ctx, guild, u)
	return author{u.ID, p, chat.Direct(p.User)}, err
}

var (
	mentions = regexp.MustCompile(`<@!?(\d+)>`)
	emojis   = regexp.MustCompile(`<a?(:\w+:)\d+>`)
	rooms    = regexp.MustCompile(`<#(\d+)>`)
)

// typed gives a message as its author sees it: Discord sends mentions as numbers.
func (d *Discord) typed(ctx context.Context, m heard) string {
	text := emojis.ReplaceAllString(m.Content, "$1")
	text = mentions.ReplaceAllStringFunc(text, func(s string) string {
		id := mentions.FindStringSubmatch(s)[1]
		for _, u := range m.Mentions {
			if u.ID == id {
				return "@" + name(u, nil)
			}
		}
		return s
	})
	return rooms.ReplaceAllStringFunc(text, func(s string) string {
		if c, err := d.channel(ctx, rooms.FindStringSubmatch(s)[1]); err == nil && c.Name != "" {
			return "#" + c.Name
		}
		return s
	})
}

// files gives what was attached. The id is where it can be found again: Discord's
// own links end after a day.
func files(w chat.Workspace, under string, attached []*discordgo.MessageAttachment) []chat.File {
	var all []chat.File
	for _, a := range attached {
		kind, _, _ := strings.Cut(a.ContentType, ";")
		all = append(all, chat.File{Workspace: w, ID: under + a.ID, Name: a.Filename, Type: kind, Size: int64(a.Size)})
	}
	return all
}

// errNoHome is for somebody who is in none of the servers.
var errNoHome = errors.New("this person is in none of the servers")
