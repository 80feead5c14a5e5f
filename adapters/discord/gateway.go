package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"cohortbot/bot/chat"
)

// pace is how fast the gateway is dialled, and how much is done at once. A bot
// that identifies more than a thousand times a day has its token reset.
type pace struct {
	identify time.Duration // between two IDENTIFYs
	first    time.Duration // the pause before the first new attempt; each doubles it
	last     time.Duration // the longest pause
	refill   time.Duration // how long until one more IDENTIFY may be spent
	burst    int           // how many may be spent at once
	workers  int           // how many events are worked on at once
}

var discordPace = pace{
	identify: 5100 * time.Millisecond, first: 250 * time.Millisecond, last: 2 * time.Minute,
	refill: 100 * time.Second, burst: 30, workers: 64,
}

// gateway keeps the connections of all shards.
type gateway struct {
	d      *Discord
	take   func(event)
	missed func(since time.Time) // a session has ended, and with it what was said since then
	url    string
	gate   *gate
	limit  int // shards
}

// connect keeps connected until ctx ends, or Discord refuses the bot for good.
func (d *Discord) connect(ctx context.Context, take func(event), missed func(time.Time)) error {
	var info discordgo.GatewayBotResponse
	err := d.persist(ctx, "asking for the gateway", func() error {
		return d.rest.do(ctx, get("/gateway/bot"), &info)
	})
	if err != nil {
		return err
	}
	g := &gateway{d: d, take: take, missed: missed, url: info.URL, limit: max(1, info.Shards), gate: newGate(d.pace)}
	if l := info.SessionStartLimit; l.Total > 0 && l.Remaining == 0 {
		d.log.Warn("no sessions left for today; waiting until there are", "wait", time.Duration(l.ResetAfter)*time.Millisecond)
		g.gate.notBefore = time.Now().Add(time.Duration(l.ResetAfter) * time.Millisecond)
	}
	d.shards.Store(int32(g.limit))
	group, ctx := errgroup.WithContext(ctx)
	for shard := range g.limit {
		group.Go(func() error { return g.keep(ctx, shard) })
	}
	return group.Wait()
}

// persist tries until it works, ctx ends, or Discord refuses the bot.
func (d *Discord) persist(ctx context.Context, what string, try func() error) error {
	for pause := d.pace.first; ; pause = min(2*pause, d.pace.last) {
		err := try()
		if err == nil || ctx.Err() != nil || errors.Is(err, chat.ErrFatal) {
			return err
		}
		d.log.Warn("Discord cannot be reached; trying again", "at", what, "pause", pause, "err", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause/2+1)):
		}
	}
}

// keep keeps one shard connected.
func (g *gateway) keep(ctx context.Context, shard int) error {
	ctx, stop := context.WithCancel(ctx)
	var s session
	s.shard = [2]int{shard, g.limit}
	g.restore(ctx, &s)
	var saving sync.WaitGroup
	saving.Go(func() { g.save(ctx, &s) })
	defer saving.Wait()
	defer stop()
	pause := g.d.pace.first
	for {
		began := time.Now()
		err := g.once(ctx, &s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if fatal := g.fatal(err); fatal != nil {
			return fatal
		}
		if s.lived || time.Since(began) > time.Minute {
			pause = g.d.pace.first
			s.lived = false
		}
		g.d.log.Info("the gateway's connection ended", "shard", shard, "resumes", s.progress.Load() != nil, "err", err)
		if errors.Is(err, errAsked) && s.progress.Load() != nil {
			continue // it was Discord's wish: nothing to wait for
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause/2+1)):
			pause = min(2*pause, g.d.pace.last)
		}
	}
}

// fatal says what to change where coming back is of no use.
func (g *gateway) fatal(err error) error {
	if errors.Is(err, chat.ErrFatal) {
		return err
	}
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return nil
	}
	why := ""
	switch closed.Code {
	case 4004:
		g.d.rest.dead.Store(true)
		return errToken
	case 4010, 4011:
		why = "the bot is in too many servers for this many shards; start it again, so that it asks anew how many it needs"
	case 4012:
		why = "the version of the gateway is no longer spoken; a newer cohortbot is needed"
	case 4013:
		why = "an intent is asked for that does not exist; a newer cohortbot is needed"
	case 4014:
		why = "an intent is not switched on: in the developer portal under Bot, Privileged Gateway Intents, switch on " + g.d.privileged() + ", or switch it off in the configuration"
	default:
		return nil
	}
	return fmt.Errorf("%w: the gateway closed with %d: %s", chat.ErrFatal, closed.Code, why)
}

// intents are exactly those that are used.
func (d *Discord) intents() discordgo.Intent {
	i := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if d.o.MessageContent {
		i |= discordgo.IntentMessageContent
	}
	if d.o.Members {
		i |= discordgo.IntentGuildMembers
	}
	return i
}

// privileged names the intents that have to be switched on in the portal.
func (d *Discord) privileged() string {
	switch {
	case d.o.MessageContent && d.o.Members:
		return "Message Content Intent and Server Members Intent"
	case d.o.Members:
		return "Server Members Intent"
	case d.o.MessageContent:
		return "Message Content Intent"
	}
	return "none"
}

// gate spaces the IDENTIFYs of all shards.
type gate struct {
	pace      pace
	mu        sync.Mutex
	notBefore time.Time
	spent     float64 // of the burst
	at        time.Time
}

func newGate(p pace) *gate { return &gate{pace: p} }

// pass waits until an IDENTIFY may be sent.
func (g *gate) pass(ctx context.Context) error {
	g.mu.Lock()
	now := time.Now()
	if !g.at.IsZero() {
		g.spent = max(0, g.spent-now.Sub(g.at).Seconds()/g.pace.refill.Seconds())
	}
	g.at = now
	due := now
	if g.notBefore.After(due) {
		due = g.notBefore
	}
	if over := g.spent + 1 - float64(g.pace.burst); over > 0 {
		if later := now.Add(time.Duration(over * float64(g.pace.refill))); later.After(due) {
			due = later
		}
	}
	g.spent++
	g.notBefore = due.Add(g.pace.identify)
	g.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(due)):
		return nil
	}
}

var dialer = websocket.Dialer{
	Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callLimit,
	ReadBufferSize: 16 << 10, WriteBufferSize: 4 << 10,
}
