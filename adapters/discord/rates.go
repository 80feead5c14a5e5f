package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"cohortbot/bot/chat"
)

// rates keeps calls within Discord's limits: those a second over everything, and
// those of the buckets that answers name in their headers.
type rates struct {
	mu      sync.Mutex
	names   map[string]string    // a route's bucket, once it is known
	sizes   map[string]int       // how many calls such a bucket takes
	buckets map[string]*bucket   // by name and major ids
	recent  [perSecond]time.Time // the latest that the last calls can have arrived
	stopped time.Time            // nobody before then
}

// bucket is one limit. Calls under way are counted, since the answer that says
// how many are left may not know of them yet.
type bucket struct {
	known  bool // an answer has told how many it takes
	free   bool // it has no limit
	left   int
	until  time.Time // when it is full again; zero if nothing was taken of it
	flying int
	used   time.Time
	news   chan struct{} // closed when an answer has come
}

const (
	perSecond = 50
	// onTheWay is how long a call may take to arrive. It counts from its arrival,
	// of which only the answer tells; whoever counted from when it left would let
	// too many arrive within one second.
	onTheWay = 60 * time.Millisecond
	// patience is how long a call waits for its turn; whoever would have to wait
	// longer is told for how long and can do other things meanwhile.
	patience = 5 * time.Second
)

func newRates() *rates {
	return &rates{names: map[string]string{}, sizes: map[string]int{}, buckets: map[string]*bucket{}}
}

// take waits until the call may be made. It gives chat.RateLimited where that is
// too long, or longer than ctx has, and the error of ctx when it ends.
func (r *rates) take(ctx context.Context, c *call) error {
	for {
		wait, news := r.try(c, time.Now())
		if wait == 0 && news == nil {
			return nil
		}
		if deadline, ok := ctx.Deadline(); wait > patience || ok && time.Until(deadline) < wait {
			return chat.RateLimited{After: wait}
		}
		var timer <-chan time.Time
		if wait > 0 {
			timer = time.After(wait)
		}
		select {
		case <-ctx.Done():
			// Nothing has left: it was certainly not carried out.
			return chat.RateLimited{After: max(wait, time.Second)}
		case <-timer:
		case <-news:
		}
	}
}

// try takes the call's share of all limits, or says how long to wait, or what to
// wait for.
func (r *rates) try(c *call, now time.Time) (time.Duration, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if wait := r.stopped.Sub(now); wait > 0 && !c.apart {
		return wait, nil
	}
	b := r.bucket(*c, now)
	b.used = now
	if !b.known && b.flying > 0 {
		return 0, b.news // the first call tells what the others may
	}
	if b.known && !b.free {
		if !b.until.IsZero() && !now.Before(b.until) {
			b.left, b.until = max(1, r.sizes[r.names[c.String()]]-b.flying), time.Time{}
		}
		if b.left <= 0 {
			if b.until.IsZero() {
				return 0, b.news
			}
			return max(b.until.Sub(now), time.Millisecond), nil
		}
	}
	if !c.apart {
		first := 0
		for i, at := range r.recent {
			if at.Before(r.recent[first]) {
				first = i
			}
		}
		if wait := r.recent[first].Add(time.Second).Sub(now); wait > 0 {
			return wait, nil
		}
		c.turn, c.arrived = first, now.Add(onTheWay)
		r.recent[first] = c.arrived
	}
	b.left--
	b.flying++
	return 0, nil
}

// bucket gives the call's bucket.
func (r *rates) bucket(c call, now time.Time) *bucket {
	name, known := r.names[c.String()]
	if !known {
		name = c.String()
	}
	key := name + " " + c.major
	b := r.buckets[key]
	if b == nil {
		r.sweep(now)
		b = &bucket{news: make(chan struct{})}
		if size := r.sizes[name]; size > 0 {
			b.known, b.left = true, size
		}
		r.buckets[key] = b
	}
	return b
}

// sweep forgets what is full again: every interaction has buckets of its own.
func (r *rates) sweep(now time.Time) {
	if len(r.buckets) < 1000 || len(r.buckets)%500 != 0 {
		return
	}
	for key, b := range r.buckets {
		if b.flying == 0 && now.After(b.until) && now.Sub(b.used) > 10*time.Second {
			delete(r.buckets, key)
		}
	}
}

// lost ends a call that got no answer.
func (r *rates) lost(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrived(c, time.Now())
	r.bucket(c, time.Now()).landed()
}

// arrived counts a call from now where its answer came sooner than it might have.
func (r *rates) arrived(c call, now time.Time) {
	if !c.apart && r.recent[c.turn].Equal(c.arrived) && now.Before(c.arrived) {
		r.recent[c.turn] = now
	}
}

func (b *bucket) landed() {
	b.flying = max(0, b.flying-1)
	close(b.news)
	b.news = make(chan struct{})
}

// learn takes in what an answer says of the limits, and gives how long to wait
// where it was a refusal.
func (r *rates) learn(c call, status int, h http.Header, body []byte) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.arrived(c, now)
	b := r.bucket(c, now)
	defer func(b *bucket) { b.landed() }(b)
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		size, _ := strconv.Atoi(h.Get("X-RateLimit-Limit"))
		r.sizes[name] = max(size, 1)
		if r.names[c.String()] != name { // from now on it goes by its name
			r.names[c.String()] = name
			key := name + " " + c.major
			if named := r.buckets[key]; named == nil {
				r.buckets[key] = b
			} else if named != b {
				b.known, b.free = true, true // who waits at the old one moves on
				named.flying++
				defer named.landed()
				b = named
			}
		}
		left, _ := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
		until := now.Add(seconds(h.Get("X-RateLimit-Reset-After")))
		left -= max(0, b.flying-1)
		// An answer of the same span may have been overtaken by a later one.
		if b.known && until.Sub(b.until).Abs() < 50*time.Millisecond {
			left = min(left, b.left)
		}
		b.known, b.left, b.until = true, left, until
	} else if status != http.StatusTooManyRequests && !b.known {
		b.known, b.free = true, true
	}
	if status != http.StatusTooManyRequests {
		return 0
	}
	wait := retryAfter(h, body)
	if h.Get("X-RateLimit-Global") != "" || h.Get("X-RateLimit-Scope") == "global" {
		r.stopped = now.Add(wait)
	} else {
		b.known, b.free, b.left, b.until = true, false, 0, now.Add(wait)
	}
	return wait
}

// retryAfter reads how long a refusal asks to wait: the body has fractions of a
// second, the header has none.
func retryAfter(h http.Header, body []byte) time.Duration {
	var said struct {
		RetryAfter float64 `json:"retry_after"`
	}
	wait := seconds(h.Get("Retry-After"))
	if json.Unmarshal(body, &said) == nil && said.RetryAfter > 0 {
		wait = time.Duration(said.RetryAfter * float64(time.Second))
	}
	return max(wait, 50*time.Millisecond) + 5*time.Millisecond
}

func seconds(s string) time.Duration {
	f, _ := strconv.ParseFloat(s, 64)
	return time.Duration(f * float64(time.Second))
}
