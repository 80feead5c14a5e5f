package pages

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/time/rate"

	"cohortbot/bot/chat"
)

// What somebody may try in vain: a person mistypes an address a few times, and
// many people at once have an old one.
const (
	triesAtOnce  = 20
	triesPerSec  = 0.2
	allAtOnce    = 300
	allPerSec    = 10
	mostWatched  = 10_000 // addresses; then all are forgotten, and the overall rate holds
	linesPerSec  = 1.0 / 60
	linesInARow  = 3
	forwardedFor = "X-Forwarded-For"
)

// guesses holds back those who try addresses that are none. With 256 bits nobody
// finds one; it keeps them from making work.
type guesses struct {
	log *slog.Logger

	mu    sync.Mutex
	tried map[netip.Prefix]*rate.Limiter // those who tried in vain
	all   *rate.Limiter
	kinds map[string]*kind
}

// kind is one sort of refusal, for the log.
type kind struct {
	lines *rate.Limiter
	times int // since the last line
}

func newGuesses(log *slog.Logger) *guesses {
	return &guesses{log: log, tried: map[netip.Prefix]*rate.Limiter{}, all: rate.NewLimiter(allPerSec, allAtOnce), kinds: map[string]*kind{}}
}

// may tells whether an address is to be looked up at all. Who tried nothing in vain
// so far always may: a flood from elsewhere shuts nobody out.
func (g *guesses) may(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	own, there := g.tried[from(r)]
	if !there || own.Tokens() >= 1 && g.all.Tokens() >= 1 {
		return true
	}
	g.count("addresses tried by somebody who tried too many")
	return false
}

// missed counts an address that is none.
func (g *guesses) missed(r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.tried) >= mostWatched {
		clear(g.tried)
	}
	at := from(r)
	if g.tried[at] == nil {
		g.tried[at] = rate.NewLimiter(triesPerSec, triesAtOnce)
	}
	g.tried[at].Allow()
	g.all.Allow()
	g.count("an address that is not open")
}

// seen counts a refusal of another kind.
func (g *guesses) seen(what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count(what)
}

// count logs what kind of thing is refused, and how often; never an address, which
// may be somebody's secret with one letter wrong.
func (g *guesses) count(what string) {
	k := g.kinds[what]
	if k == nil {
		k = &kind{lines: rate.NewLimiter(linesPerSec, linesInARow)}
		g.kinds[what] = k
	}
	k.times++
	if k.lines.Allow() {
		g.log.Info("refused on the pages", "kind", what, "times", k.times)
		k.times = 0
	}
}

// from tells who asks: an address, or of the newer kind the network that one
// household has. Behind a web server of our own it is whom that names last.
func from(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	if named := r.Header.Values(forwardedFor); len(named) > 0 && (at.IsLoopback() || at.IsPrivate()) {
		all := strings.Split(named[len(named)-1], ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			at = a
		}
	}
	at = at.Unmap().WithZone("")
	bits := at.BitLen()
	if at.Is6() {
		bits = 64
	}
	p, _ := at.Prefix(bits) // never more bits than it has
	return p
}

// busy answers who tried too many.
func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "60")
	show(w, http.StatusTooManyRequests, sheetOf(chat.Message{
		Text: "**Please wait a minute**\n\nToo many addresses that lead nowhere were tried from where you are. In a minute the link works again, if it is open.",
	}))
}
