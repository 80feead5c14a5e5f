package links

import (
	"errors"
	"log/slog"
	"sync"

	"golang.org/x/time/rate"
)

// ErrGuessed marks the refusal of something secret that opens nothing: whoever
// carries out the refusal counts it, see [Guesses.Missed].
var ErrGuessed = errors.New("something that opens nothing was tried")

// Allowance is how often something may be tried in vain, in real time.
type Allowance struct {
	AtOnce, AllAtOnce int     // by one, and by all together
	PerSec, AllPerSec float64 // how fast each of the two comes back
}

// The rates of the log, by kind of refusal, and how many are watched at most.
const (
	mostWatched = 10_000 // of those who tried; then all are forgotten, and the overall rate holds
	linesPerSec = 1.0 / 60
	linesInARow = 3
)

// Guesses holds back those who try what opens nothing. With 256 bits nobody finds
// anything; it keeps them from making work, and tells the operator. So a restart may
// forget who tried: what they would have to find stays as far away as it was.
//
// A nil one holds nobody back.
type Guesses struct {
	log   *slog.Logger
	where string // as the log says it: "refused on the pages"
	most  Allowance

	mu    sync.Mutex
	tried map[string]*rate.Limiter // those who tried in vain
	all   *rate.Limiter
	kinds map[string]*refused
}

// refused is one sort of refusal, for the log.
type refused struct {
	lines *rate.Limiter
	times int // since the last line
}

// NewGuesses begins to watch. where is the message of its lines in the log.
func NewGuesses(log *slog.Logger, where string, most Allowance) *Guesses {
	return &Guesses{
		log: log, where: where, most: most,
		tried: map[string]*rate.Limiter{}, all: rate.NewLimiter(rate.Limit(most.AllPerSec), most.AllAtOnce), kinds: map[string]*refused{},
	}
}

// May tells whether what somebody tries is to be looked up at all. Who tried nothing
// in vain so far always may: a flood of others shuts nobody out.
func (g *Guesses) May(who string) bool {
	if g == nil {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	own, there := g.tried[who]
	return !there || own.Tokens() >= 1 && g.all.Tokens() >= 1
}

// Missed counts that somebody tried what opens nothing, and what kind of thing.
func (g *Guesses) Missed(who, what string) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.tried) >= mostWatched {
		clear(g.tried)
	}
	if g.tried[who] == nil {
		g.tried[who] = rate.NewLimiter(rate.Limit(g.most.PerSec), g.most.AtOnce)
	}
	g.tried[who].Allow()
	g.all.Allow()
	g.count(what)
}

// Seen counts a refusal of another kind, which holds nobody back.
func (g *Guesses) Seen(what string) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count(what)
}

// count logs what kind of thing is refused, and how often; never what was tried,
// which may be somebody's secret with one letter wrong.
func (g *Guesses) count(what string) {
	k := g.kinds[what]
	if k == nil {
		k = &refused{lines: rate.NewLimiter(linesPerSec, linesInARow)}
		g.kinds[what] = k
	}
	k.times++
	if k.lines.Allow() {
		g.log.Info(g.where, "kind", what, "times", k.times)
		k.times = 0
	}
}
