package discordfake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// defaultRates are what clients have seen of Discord's buckets. Discord does
// not publish them and may change them: a client reads the headers.
var defaultRates = map[string]Rate{
	"POST /channels/{channel_id}/messages":                                   {5, 5 * time.Second},
	"PATCH /channels/{channel_id}/messages/{message_id}":                     {5, 5 * time.Second},
	"DELETE /channels/{channel_id}/messages/{message_id}":                    {5, time.Second},
	"PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": {1, 250 * time.Millisecond},
	"POST /webhooks/{webhook_id}/{webhook_token}":                            {5, 2 * time.Second},
	"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}":     {5, 2 * time.Second},
	"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original":        {5, 2 * time.Second},
	"POST /users/@me/channels":                                               {10, 10 * time.Second},
	"PUT /applications/{application_id}/commands":                            {2, 20 * time.Second},
	"PUT /applications/{application_id}/guilds/{guild_id}/commands":          {2, 20 * time.Second},
	"POST /guilds/{guild_id}/scheduled-events":                               {5, 10 * time.Second},
}

type bucket struct {
	rate   Rate
	left   int
	reset  time.Time
	barred time.Time // until when a 429 told the client to wait
}

type limits struct {
	buckets  map[string]*bucket
	global   []time.Time
	barred   time.Time // a global 429 said so
	counted  int       // 429s given
	override map[string]Rate
}

// SetRate changes a route's bucket from now on: "POST /channels/{channel_id}/messages".
func (s *Server) SetRate(route string, r Rate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limits.override == nil {
		s.limits.override = map[string]Rate{}
	}
	s.limits.override[route] = r
	s.limits.buckets = map[string]*bucket{}
}

// SetGlobalRate changes the limit over all routes.
func (s *Server) SetGlobalRate(r Rate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Global = r
}

// ShareLimit has every post into a channel refused for d with a 429 of scope
// "shared", as when others have used up the channel's own limit.
func (s *Server) ShareLimit(channelID string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[channelID].sharedUntil = s.now().Add(d)
}

// TooMany is how many 429s were answered so far.
func (s *Server) TooMany() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limits.counted
}

func (s *Server) rate(route string) Rate {
	if r, ok := s.limits.override[route]; ok {
		return r
	}
	if r, ok := s.opt.Rates[route]; ok {
		return r
	}
	if r, ok := defaultRates[route]; ok {
		return r
	}
	return s.opt.Other
}

// limit holds a request to the global limit and its bucket, and sets the headers.
func (s *Server) limit(c *call, h http.Header) *apiError {
	now := s.now()
	if c.route == "" || strings.Contains(c.route, " /interactions/") || strings.HasSuffix(c.route, " /gateway") {
		return nil // answers to interactions are bound by no bucket that clients see
	}
	if !open(c.route) {
		if err := s.globally(c, h, now); err != nil {
			return err
		}
	}
	if id := c.id("channel_id"); id != "" && c.r.Method == http.MethodPost {
		if ch := s.channels[id]; ch != nil && now.Before(ch.sharedUntil) {
			return s.tooMany(c, h, ch.sharedUntil.Sub(now), "shared", false)
		}
	}
	major := c.id("channel_id") + c.id("guild_id") + c.id("webhook_token")
	key := c.route + " " + major
	b := s.limits.buckets[key]
	if b == nil {
		b = &bucket{rate: s.rate(c.route)}
		s.limits.buckets[key] = b
	}
	if !now.Before(b.reset) {
		b.left, b.reset = b.rate.Count, now.Add(b.rate.Per)
	}
	over := b.left == 0
	if !over {
		b.left--
	}
	sum := sha256.Sum256([]byte(c.route))
	h.Set("X-RateLimit-Limit", strconv.Itoa(b.rate.Count))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(b.left))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.reset.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", seconds(b.reset.Sub(now)))
	h.Set("X-RateLimit-Bucket", hex.EncodeToString(sum[:16]))
	if !over {
		return nil
	}
	if now.Before(b.barred) {
		s.violate("429 repeated early", c.route)
	}
	b.barred = b.reset
	return s.tooMany(c, h, b.reset.Sub(now), "user", false)
}

func (s *Server) globally(c *call, h http.Header, now time.Time) *apiError {
	if now.Before(s.limits.barred) {
		s.violate("429 repeated early", "global, by "+c.route)
		return s.tooMany(c, h, s.limits.barred.Sub(now), "global", true)
	}
	g := &s.limits.global
	for len(*g) > 0 && now.Sub((*g)[0]) >= s.opt.Global.Per {
		*g = (*g)[1:]
	}
	if len(*g) >= s.opt.Global.Count {
		s.limits.barred = (*g)[0].Add(s.opt.Global.Per)
		return s.tooMany(c, h, s.limits.barred.Sub(now), "global", true)
	}
	*g = append(*g, now)
	return nil
}

func (s *Server) tooMany(c *call, h http.Header, after time.Duration, scope string, global bool) *apiError {
	s.limits.counted++
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	h.Set("X-RateLimit-Scope", scope)
	message := "You are being rate limited."
	if global {
		h.Set("X-RateLimit-Global", "true")
	}
	if scope == "shared" {
		message = "The resource is being rate limited."
	}
	return &apiError{status: 429, message: message, errors: obj{
		"message": message, "retry_after": rounded(after), "global": global, "code": 0,
	}}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(rounded(d), 'f', 3, 64) }

// rounded is up to the next millisecond, so that who waits exactly that long is not early.
func rounded(d time.Duration) float64 { return math.Ceil(d.Seconds()*1000) / 1000 }
