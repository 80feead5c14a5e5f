package slackfake

import (
	"time"
)

// Rates are the limits of the Web API. The zero value has Slack's own; a limit
// below zero is none.
type Rates struct {
	Unlimited bool          // no limit at all
	Tiers     [4]int        // calls a minute, method and workspace; 0 is 1, 20, 50, 100
	Posts     int           // chat.postMessage a minute and workspace; 0 is 300
	PostEvery time.Duration // between two posts into one channel; 0 is 1 s
	Minute    time.Duration // how long a minute is, to make limits quicker; 0 is 60 s
}

// window remembers the calls under one limit, and when the next may come after a
// refusal.
type window struct {
	at      []time.Time
	refused time.Time // when a call was last refused
	blocked time.Time // until when it was told to wait
}

// inFlight is how long after a refusal another call may still come that had
// been sent before the refusal was heard.
const inFlight = 250 * time.Millisecond

// rate counts a call and says how long it must wait; 0 lets it pass. A refused
// call counts for nothing, but a call before the end of the wait that it was told
// is a violation. The lock is held.
func (s *Server) rate(c *call, m method) time.Duration {
	r := s.opts.Rates
	if r.Unlimited || m.tier == 0 {
		return 0
	}
	minute := r.Minute
	if minute == 0 {
		minute = time.Minute
	}
	if m.tier != post {
		n := r.Tiers[m.tier-1]
		if n == 0 {
			n = []int{1, 20, 50, 100}[m.tier-1]
		}
		return s.limit(c.method+" "+c.teamID(), n, minute, true)
	}
	every, posts := r.PostEvery, r.Posts
	if every == 0 {
		every = time.Second
	}
	if posts == 0 {
		posts = 300
	}
	place := c.str("channel")
	if u := s.users[place]; u != nil && u.team == c.team {
		place = s.dm(u).id
	}
	// A tenth of grace: two posts a second apart at the sender arrive a little
	// closer together now and then.
	if wait := s.limit("post "+place, 1, every-every/10, every > 0); wait > 0 {
		return wait
	}
	wait := s.limit("posts "+c.teamID(), posts, minute, true)
	if w := s.limits["post "+place]; wait > 0 && w != nil {
		w.at = w.at[:len(w.at)-1]
	}
	return wait
}

// limit lets n calls pass in any stretch of time as long as the window.
func (s *Server) limit(key string, n int, long time.Duration, on bool) time.Duration {
	if n < 0 || !on {
		return 0
	}
	w := s.limits[key]
	if w == nil {
		w = &window{}
		s.limits[key] = w
	}
	now := time.Now()
	if now.Before(w.blocked) && now.Sub(w.refused) > inFlight {
		s.violateLocked("early retry", "%s: called %v before the time that Retry-After gave", key, w.blocked.Sub(now).Round(time.Millisecond))
	}
	for len(w.at) > 0 && now.Sub(w.at[0]) >= long {
		w.at = w.at[1:]
	}
	if len(w.at) >= n {
		wait := long - now.Sub(w.at[0])
		w.refused = now
		w.blocked = now.Add((wait + time.Second - 1).Truncate(time.Second))
		return wait
	}
	w.at = append(w.at, now)
	return 0
}
