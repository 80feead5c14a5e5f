package slack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"cohortbot/bot/chat"
)

// How the loop dials. At first it dials at once; then it waits twice as long each
// time.
const (
	firstPause = 250 * time.Millisecond
	longPause  = 30 * time.Second
	dialLimit  = 10 * time.Second
)

// listen keeps a connection open until ctx ends, and hands what it carries to in.
// When Slack announces the end of one, the next is dialled before the old one is
// dropped: whatever still comes on the old one is answered there.
func (w *workspace) listen(ctx context.Context, in chat.Inbox, all []*workspace) error {
	var links sync.WaitGroup
	defer links.Wait()
	defer w.linked.Store(false)
	var current *link
	tries := 0
	for {
		l, err := w.dial(ctx, in, all, tries)
		if err != nil {
			return err
		}
		links.Go(l.read)
		if current != nil {
			current.retire()
		}
		current = l
		select {
		case <-ctx.Done():
			return nil
		case <-l.ready:
			tries = 0
			w.linked.Store(true)
		case <-l.over:
			tries++
		}
		began := time.Now()
		select {
		case <-ctx.Done():
			return nil
		case <-l.over:
			w.linked.Store(false)
		}
		if l.broken() && time.Since(began) < min(2*w.beat, time.Second) {
			tries++ // one that breaks at once is no better than none
		}
	}
}

// begin finds out who the bot is.
func (w *workspace) begin(ctx context.Context) error {
	return w.stubborn(ctx, 0, func(ctx context.Context) error {
		_, err := w.identify(ctx)
		return err
	})
}

// dial opens a connection, however long it takes to get one.
func (w *workspace) dial(ctx context.Context, in chat.Inbox, all []*workspace, tries int) (*link, error) {
	var l *link
	err := w.stubborn(ctx, tries, func(ctx context.Context) error {
		call, cancel := context.WithTimeout(ctx, dialLimit)
		defer cancel()
		_, at, err := w.client.StartSocketModeContext(call)
		if err != nil {
			return w.trouble("apps.connections.open", err)
		}
		dialer := websocket.Dialer{HandshakeTimeout: dialLimit}
		conn, resp, err := dialer.DialContext(call, at, nil)
		if resp != nil && resp.Body != nil {
			_ = resp.Body.Close()
		}
		if err != nil {
			return fmt.Errorf("the socket cannot be opened: %w", withoutURL(err))
		}
		l = newLink(ctx, w, in, all, conn)
		return nil
	})
	return l, err
}

// stubborn does something until it works. A refusal for good is tried once more
// and then returned.
func (w *workspace) stubborn(ctx context.Context, tries int, do func(context.Context) error) error {
	refusals := 0
	for {
		if err := w.pause(ctx, tries, 0); err != nil {
			return err
		}
		err := do(ctx)
		var limit chat.RateLimited
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, chat.ErrFatal):
			if refusals++; refusals == 2 {
				return err
			}
		case errors.As(err, &limit):
			if err := w.pause(ctx, 0, limit.After); err != nil {
				return err
			}
		}
		w.log.Warn("no connection yet", "tries", tries+1, "err", err)
		tries++
	}
}

// pause waits before another try, with some chance in it so that many processes
// do not come back at the same moment.
func (w *workspace) pause(ctx context.Context, tries int, least time.Duration) error {
	wait := least
	if tries > 0 {
		wait = min(firstPause<<min(tries-1, 10), longPause)
		wait += rand.N(wait/4 + 1)
		wait = max(wait, least)
	}
	if wait == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
