package schedules

import (
	"sync"
	"time"
)

// Clock is the civil clock: the time by which plans, prompts and reminders go.
// Real input and output (timeouts, rate limits) never use it.
type Clock interface {
	// Now is the civil time now.
	Now() time.Time
	// Moved gives a channel that is closed when the clock next jumps. Take it
	// before calling Now, so that no jump falls between.
	Moved() <-chan struct{}
}

// System is the clock of the machine, which is never moved by us.
var System Clock = systemClock{}

type systemClock struct{}

// Now leaves the monotonic reading out: it stands still while a laptop sleeps,
// so that times kept across a sleep would differ by less than was slept.
func (systemClock) Now() time.Time { return time.Now().Round(0) }

func (systemClock) Moved() <-chan struct{} { return nil }

// Movable is a clock that can be moved forward, for the demonstration and for
// rehearsing. It is safe for use by many goroutines.
type Movable struct {
	ticking bool

	mu     sync.Mutex
	stands time.Time     // the time, when not ticking
	offset time.Duration // ahead of the machine's clock, when ticking
	moved  chan struct{}
}

var _ Clock = (*Movable)(nil)

// NewMovable makes a clock that shows now. Ticking, it runs on at the pace of
// real time; otherwise it stands still until it is moved.
func NewMovable(now time.Time, ticking bool) *Movable {
	return &Movable{
		ticking: ticking,
		stands:  now.Round(0),
		offset:  now.Sub(time.Now().Round(0)),
		moved:   make(chan struct{}),
	}
}

// Now is the time that the clock shows.
func (m *Movable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now()
}

func (m *Movable) now() time.Time {
	if m.ticking {
		return time.Now().Round(0).Add(m.offset)
	}
	return m.stands
}

// Moved gives a channel that is closed at the next [Movable.MoveTo] that moves.
func (m *Movable) Moved() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.moved
}

// MoveTo sets the clock to t. It never goes backwards: a t that is not after
// the time shown is ignored.
func (m *Movable) MoveTo(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t = t.Round(0)
	now := m.now()
	if !t.After(now) {
		return
	}
	m.stands = t
	m.offset += t.Sub(now)
	close(m.moved)
	m.moved = make(chan struct{})
}

// Offset is how far the clock is ahead of the machine's; a demonstration keeps
// it, and begins again with NewMovable(System.Now().Add(offset), true).
func (m *Movable) Offset() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ticking {
		return m.offset
	}
	return m.stands.Sub(time.Now().Round(0))
}
