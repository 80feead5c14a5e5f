package schedules

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Queue is what a [Waker] serves: it knows what is due when, and does it.
type Queue interface {
	// NextDue is the earliest instant at which something waits to be done, which
	// may be past; ok is false when nothing waits.
	NextDue(ctx context.Context) (due time.Time, ok bool, err error)
	// RunDue does everything that is due at now.
	RunDue(ctx context.Context, now time.Time) error
}

// How long the waker sleeps, in real time.
const (
	// longestSleep bounds every sleep: timers stand still while a laptop sleeps
	// and would come hours late, so the clock on the wall is looked at again.
	longestSleep = 30 * time.Second
	// firstPause doubles with every failure in a row, up to longestSleep.
	firstPause = 100 * time.Millisecond
)

// Waker sleeps until the next thing in a queue is due, and has the queue do it.
// One wake costs one look at the queue, however much waits in it. Set the fields
// before Run, or use [NewWaker]; Log may be nil.
type Waker struct {
	Clock Clock
	Queue Queue
	Log   *slog.Logger

	once sync.Once
	poke chan struct{}
}

// NewWaker makes a waker; nothing happens until Run.
func NewWaker(clock Clock, queue Queue, log *slog.Logger) *Waker {
	return &Waker{Clock: clock, Queue: queue, Log: log}
}

func (w *Waker) poked() chan struct{} {
	w.once.Do(func() { w.poke = make(chan struct{}, 1) })
	return w.poke
}

// Poke says that the queue has changed, so that a sleeping waker looks again. It
// never blocks, may be called from anywhere, and before Run.
func (w *Waker) Poke() {
	select {
	case w.poked() <- struct{}{}:
	default: // a poke is already waiting, and one look sees everything
	}
}

// Run wakes and sleeps until ctx ends, and then returns nil. When the queue
// fails, or says that it has done what is due and yet names the same instant as
// due again, Run waits a little longer each time and tries again.
func (w *Waker) Run(ctx context.Context) error {
	log := w.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	var (
		failures int       // in a row
		done     time.Time // the due instant that was last run
		repeats  int       // how often in a row it was due again
		looked   time.Time // the clock at the last look
		slept    bool      // the last sleep ran its full length
	)
	for ctx.Err() == nil {
		moved := w.Clock.Moved()
		now := w.Clock.Now()
		due, ok, err := w.Queue.NextDue(ctx)
		if err == nil && ok && !due.After(now) {
			if err = w.Queue.RunDue(ctx, now); err == nil {
				failures = 0
				if !due.Equal(done) {
					done, repeats = due, 0
					continue
				}
				// Doing one thing may make another due at once, so a repeat or
				// two is no fault, but it must never become a spin.
				if repeats++; repeats > 3 {
					log.WarnContext(ctx, "queue still names the same instant as due", "due", due, "times", repeats)
					rest(ctx, pause(repeats-3))
				}
				continue
			}
		}
		if err != nil {
			if ctx.Err() != nil {
				break
			}
			failures++
			wait := pause(failures)
			log.ErrorContext(ctx, "queue failed", "err", err, "again_in", wait)
			rest(ctx, wait)
			continue
		}
		failures, repeats, done = 0, 0, time.Time{}

		wait := longestSleep
		// A clock that stood still during a whole sleep is not ticking: what is
		// due on it comes by moving it, not by waiting.
		stands := slept && now.Equal(looked)
		if ok && !stands {
			wait = min(wait, due.Sub(now))
		}
		looked = now
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-w.poked():
		case <-moved:
		case <-timer.C:
		}
		slept = !timer.Stop()
	}
	return nil
}

// pause is how long to wait after the nth failure in a row.
func pause(n int) time.Duration {
	return min(longestSleep, firstPause<<min(n-1, 20))
}

// rest waits for d or the end of ctx. Pokes do not shorten it: a busy queue that
// fails would otherwise be asked as fast as it is poked.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
