package discord

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

const (
	findPages = 20          // of a hundred messages; further back is not looked
	skew      = time.Minute // by which the clocks may differ
)

// Find looks for a message that may have been sent. Discord's history gives no
// nonce back, so it goes by the author, the time and the text. History that
// cannot be read tells nothing: Discord then shows none instead of refusing.
func (d *Discord) Find(ctx context.Context, to chat.Place, key string, m chat.Message, since time.Time) (chat.Address, error) {
	if to.Calendar {
		return d.findScheduled(ctx, to, m)
	}
	want, err := render(d.attached(m))
	if err != nil {
		return chat.Address{}, nil // it cannot have been sent either
	}
	me, err := d.whoAmI(ctx)
	if err != nil {
		return chat.Address{}, unclear(err)
	}
	channel, err := d.reach(ctx, to)
	if errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrClosed) {
		return chat.Address{}, nil
	} else if err != nil {
		return chat.Address{}, unclear(err)
	}
	since = since.Add(-skew)
	hash, ours := mark(want.Content, want.Embeds), nonce(to, key)
	query := url.Values{"limit": {"100"}}
	for range findPages {
		var history []heard
		err := d.rest.do(ctx, get("/channels/{}/messages", channel).asking(query), &history)
		switch {
		case refusedWith(err, codeUnknownChannel):
			return chat.Address{}, nil // there is no such thread yet
		case err != nil:
			return chat.Address{}, unclear(err)
		case len(history) == 0 && query.Get("before") == "":
			return chat.Address{}, d.nothingSince(ctx, channel, since)
		}
		for _, h := range history {
			if madeAt(h.ID).Before(since) {
				return chat.Address{}, nil
			}
			if h.Author == nil || h.Author.ID != me.User {
				continue
			}
			known, sure := d.said.get(h.ID)
			if told, ok := h.Nonce.(string); ok && told != "" {
				known, sure = told, true
			}
			if sure && known == ours || !sure && mark(h.Content, h.Embeds) == hash {
				d.said.set(h.ID, ours)
				return chat.Address{Place: to, ID: h.ID}, nil
			}
		}
		if len(history) < 100 {
			return chat.Address{}, nil
		}
		query.Set("before", history[len(history)-1].ID)
	}
	return chat.Address{}, fmt.Errorf("%w: there is too much to look through in %s", chat.ErrUnclear, to)
}

// nothingSince tells an empty history from one that may not be read: the channel
// itself says when something was written last.
func (d *Discord) nothingSince(ctx context.Context, channel string, since time.Time) error {
	var c discordgo.Channel
	if err := d.rest.do(ctx, get("/channels/{}", channel), &c); err != nil {
		return unclear(err)
	}
	if c.LastMessageID == "" || madeAt(c.LastMessageID).Before(since) {
		return nil
	}
	return fmt.Errorf("%w: the history of channel %s cannot be read; give the bot's role Read Message History there", chat.ErrUnclear, channel)
}

func unclear(err error) error {
	var limited chat.RateLimited
	if errors.As(err, &limited) || errors.Is(err, chat.ErrFatal) || errors.Is(err, chat.ErrUnclear) {
		return err
	}
	return fmt.Errorf("%w: %w", chat.ErrUnclear, err)
}

// mark tells messages apart by what they say. Discord trims the ends.
func mark(content string, embeds []embed) [32]byte {
	all := strings.TrimSpace(content)
	for _, e := range embeds {
		all += "\x00" + strings.TrimSpace(e.Description)
	}
	return sha256.Sum256([]byte(all))
}
