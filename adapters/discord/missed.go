package discord

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

// catchUp reads what was said while there was no session: in the threads that are
// open, and in the direct messages that are known. What the bot has heard already
// it knows by its event.
func (l *listener) catchUp(since time.Time) {
	l.log.Warn("the gateway's session is lost; reading what was said since", "since", since)
	since = since.Add(-skew)
	for _, guild := range l.o.Guilds {
		l.lanes.add("g/"+guild, "missed", func(ctx context.Context) bool {
			var open struct {
				Threads []discordgo.Channel `json:"threads"`
			}
			err := l.rest.do(ctx, get("/guilds/{}/threads/active", guild), &open)
			for _, c := range open.Threads {
				l.channels.set(c.ID, c)
				if madeAt(c.LastMessageID).After(since) {
					l.missedIn(guild, c.ID, since)
				}
			}
			return l.retry("missed", err)
		})
	}
	for _, channel := range l.doors.all() {
		l.missedIn("", channel, since)
	}
}

// missedIn reads what was said in one channel.
func (l *listener) missedIn(guild, channel string, since time.Time) {
	after := idAt(since)
	l.lanes.add("c/"+channel, "missed", func(ctx context.Context) bool {
		for {
			var page []heard
			query := url.Values{"limit": {"100"}, "after": {after}}
			if err := l.rest.do(ctx, get("/channels/{}/messages", channel).asking(query), &page); err != nil {
				return l.retry("missed", err)
			}
			for _, m := range slices.Backward(page) {
				m.GuildID = guild
				l.heard(event{Type: "MESSAGE_CREATE"}, m)
			}
			if len(page) < 100 {
				return false
			}
			after = page[0].ID
		}
	})
}

// idAt gives the least id that is made at a time.
func idAt(t time.Time) string {
	return strconv.FormatInt(max(0, t.UnixMilli()-discordEpoch)<<22, 10)
}
