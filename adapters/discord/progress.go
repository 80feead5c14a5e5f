package discord

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// Keeper keeps a few small things over a restart: how far each session of the
// gateway has been taken. With it, what people say while the program is started
// anew is told by Discord afterwards, for some minutes.
type Keeper interface {
	// Load gives what was saved last under a name, or nothing.
	Load(ctx context.Context, name string) ([]byte, error)
	// Save puts data in the place of what was there. Empty data is nothing.
	Save(ctx context.Context, name string, data []byte) error
}

// progress is a session of the gateway and what is still being taken of it. What
// was taken in full, with everything before it, need not be told again.
type progress struct {
	id     string
	resume string // where to come back to

	mu    sync.Mutex
	open  map[int64]int // by event: what is still to be done of it
	last  int64         // the last event that came
	moved bool
}

// ticket is one event's share. Each thing that is to be done of it holds it.
type ticket struct {
	p   *progress
	seq int64
}

func newProgress(id, resume string) *progress {
	return &progress{id: id, resume: resume, open: map[int64]int{}, moved: true}
}

// came notes an event, held once by whoever sorts it.
func (p *progress) came(seq int64) ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[seq]++
	p.last = max(p.last, seq)
	return ticket{p, seq}
}

func (t ticket) hold() {
	if t.p == nil {
		return
	}
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	t.p.open[t.seq]++
}

func (t ticket) release() {
	if t.p == nil {
		return
	}
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	if t.p.open[t.seq]--; t.p.open[t.seq] <= 0 {
		delete(t.p.open, t.seq)
	}
	t.p.moved = true
}

// taken gives the last event up to which everything was taken, and whether it
// has changed since it was asked for.
func (p *progress) taken() (int64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	upTo := p.last
	for seq := range p.open {
		upTo = min(upTo, seq-1)
	}
	moved := p.moved
	p.moved = false
	return upTo, moved
}

// keptSession is a session as it is saved.
type keptSession struct {
	ID     string    `json:"id"`
	Resume string    `json:"resume"`
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"` // when it was saved
}

const saveEvery = time.Second

// restore gives a session that an earlier process has left.
func (g *gateway) restore(ctx context.Context, s *session) {
	if g.d.o.Keep == nil {
		return
	}
	raw, err := g.d.o.Keep.Load(ctx, s.name())
	var k keptSession
	if err != nil || len(raw) == 0 || json.Unmarshal(raw, &k) != nil {
		return
	}
	if k.ID == "" {
		return
	}
	s.progress.Store(newProgress(k.ID, k.Resume))
	s.progress.Load().last = k.Seq
	s.seq, s.since, s.restored = k.Seq, k.At, true
}

// save saves how far the session has been taken, now and then and at the end.
func (g *gateway) save(ctx context.Context, s *session) {
	if g.d.o.Keep == nil {
		return
	}
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			g.saveOnce(context.WithoutCancel(ctx), s)
			return
		case <-tick.C:
			g.saveOnce(ctx, s)
		}
	}
}

func (g *gateway) saveOnce(ctx context.Context, s *session) {
	p := s.progress.Load()
	if p == nil {
		return
	}
	seq, moved := p.taken()
	if !moved {
		return
	}
	raw, err := json.Marshal(keptSession{ID: p.id, Resume: p.resume, Seq: seq, At: time.Now()})
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		err = g.d.o.Keep.Save(ctx, s.name(), raw)
	}
	if err != nil {
		g.d.log.Warn("how far the gateway was read is not saved; after a restart, something may be missed", "err", err)
	}
}
