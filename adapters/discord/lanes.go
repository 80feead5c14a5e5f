package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"
)

// lanes do things: those of one lane one after the other, those of different
// lanes at once up to a limit. Reading the gateway never waits for them.
type lanes struct {
	ctx   context.Context
	log   *slog.Logger
	slots chan struct{}
	wg    sync.WaitGroup

	mu    sync.Mutex
	queue map[string][]deed
}

// deed is one thing to do. It says whether it has to be done again.
type deed struct {
	kind string // for the log
	free bool   // it mostly waits, and takes no share of the limit
	do   func(ctx context.Context) (again bool)
}

const (
	againSoon = 50 * time.Millisecond // the pause before a deed is done again; each doubles it
	againLate = 5 * time.Second
)

func newLanes(ctx context.Context, log *slog.Logger, workers int) *lanes {
	return &lanes{ctx: ctx, log: log, slots: make(chan struct{}, workers), queue: map[string][]deed{}}
}

// add puts a deed at the end of a lane.
func (l *lanes) add(lane, kind string, do func(ctx context.Context) bool) {
	l.put(lane, deed{kind: kind, do: do})
}

func (l *lanes) put(lane string, d deed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting, running := l.queue[lane]
	l.queue[lane] = append(waiting, d)
	if !running {
		l.wg.Go(func() { l.work(lane) })
	}
}

// wait returns when nothing is under way any more.
func (l *lanes) wait() { l.wg.Wait() }

func (l *lanes) work(lane string) {
	for {
		l.mu.Lock()
		if len(l.queue[lane]) == 0 || l.ctx.Err() != nil {
			delete(l.queue, lane)
			l.mu.Unlock()
			return
		}
		next := l.queue[lane][0]
		l.queue[lane] = l.queue[lane][1:]
		l.mu.Unlock()
		for pause := againSoon; l.once(next) && l.ctx.Err() == nil; pause = min(2*pause, againLate) {
			select {
			case <-l.ctx.Done():
			case <-time.After(pause):
			}
		}
	}
}

// once does a deed; a panic in it ends this deed alone.
func (l *lanes) once(d deed) (again bool) {
	if !d.free {
		if !l.enter() {
			return true
		}
		defer l.leave()
	}
	defer func() {
		if p := recover(); p != nil {
			l.log.Error("panic", "kind", d.kind, "what", fault(p))
			again = false
		}
	}()
	return d.do(l.ctx)
}

// enter waits for a share of the limit; false where the context has ended.
func (l *lanes) enter() bool {
	select {
	case <-l.ctx.Done():
		return false
	case l.slots <- struct{}{}:
		return true
	}
}

func (l *lanes) leave() { <-l.slots }

// fault says where a panic came from. Its value may hold what a person wrote and
// is told only where it is an error of the program itself.
func fault(p any) string {
	what := fmt.Sprintf("a value of type %T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s in %s, line %d", what, frame.Function, frame.Line)
		}
		if !more {
			return what
		}
	}
}
