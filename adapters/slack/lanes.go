package slack

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"cohortbot/bot/chat"
)

// lanes hand what people wrote to the bot, each person's words in order. What the
// bot does not take is offered again, and meanwhile nobody else waits. An envelope
// is acknowledged when its words are taken; where that comes too late, Slack
// offers the event again, and the repeat joins what waits here.
type lanes struct {
	w    *workspace
	work sync.WaitGroup

	mu    sync.Mutex
	ctx   context.Context
	in    chat.Inbox
	queue map[string][]*spoken // by person; the first is being offered
}

// spoken is one event, with all envelopes that carried it.
type spoken struct {
	event   string
	read    func(context.Context) chat.Said
	carried []arrival
	since   time.Time
}

// How long to wait before offering again, at first and at most, and after how long
// to stop. Slack stops after six minutes.
const (
	offerPause = 50 * time.Millisecond
	offerLong  = 5 * time.Second
	offerLimit = 10 * time.Minute
)

func newLanes(w *workspace) *lanes {
	return &lanes{w: w, queue: map[string][]*spoken{}}
}

func (s *lanes) start(ctx context.Context, in chat.Inbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ctx, s.in = ctx, in
	clear(s.queue)
}

// wait waits until nothing is at work any more, after the context has ended.
func (s *lanes) wait() {
	<-s.ctx.Done()
	s.work.Wait()
}

// add puts an event at the end of a person's lane.
func (s *lanes) add(a arrival, person, event string, read func(context.Context) chat.Said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	a.work.Add(1)
	lane := s.queue[person]
	if i := slices.IndexFunc(lane, func(x *spoken) bool { return x.event == event }); i >= 0 {
		lane[i].carried = append(lane[i].carried, a)
		return
	}
	s.queue[person] = append(lane, &spoken{event: event, read: read, carried: []arrival{a}, since: time.Now()})
	if len(lane) == 0 {
		s.work.Go(func() { s.run(person) })
	}
}

// run offers what waits in a lane until it is empty.
func (s *lanes) run(person string) {
	for {
		s.mu.Lock()
		next := s.queue[person][0]
		s.mu.Unlock()
		taken := s.offer(person, next)
		s.mu.Lock()
		for _, a := range next.carried {
			if taken && time.Since(a.came) < ackWindow {
				a.acknowledge(nil)
			}
			a.work.Done()
		}
		rest := s.queue[person][1:]
		if len(rest) == 0 || s.ctx.Err() != nil {
			for _, x := range rest {
				for _, a := range x.carried {
					a.work.Done()
				}
			}
			delete(s.queue, person)
			s.mu.Unlock()
			return
		}
		s.queue[person] = rest
		s.mu.Unlock()
	}
}

// offer offers an event until it is taken, and tells whether it was.
func (s *lanes) offer(person string, x *spoken) bool {
	said, pause := chat.Said{}, offerPause
	for {
		err := s.hear(x, &said)
		if err == nil {
			return true
		}
		if s.ctx.Err() != nil {
			return false
		}
		if time.Since(x.since) > offerLimit {
			s.w.log.Error("the bot never took what somebody wrote", "person", person, "event", x.event, "err", err)
			return false
		}
		s.w.log.Warn("the bot did not take what somebody wrote; offering it again", "person", person, "event", x.event, "err", err)
		s.release(x)
		select {
		case <-s.ctx.Done():
			return false
		case <-time.After(pause):
			pause = min(2*pause, offerLong)
		}
	}
}

// hear offers an event once. A panic counts as an error.
func (s *lanes) hear(x *spoken, said *chat.Said) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %T", p)
		}
	}()
	if said.Profile.Name == "" {
		*said = x.read(s.ctx)
	}
	return s.in.Hear(s.ctx, *said)
}

// release lets go of envelopes that can no longer be acknowledged in time, so that
// their connections can be closed.
func (s *lanes) release(x *spoken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.carried = slices.DeleteFunc(x.carried, func(a arrival) bool {
		late := time.Since(a.came) >= ackWindow
		if late {
			a.work.Done()
		}
		return late
	})
}
