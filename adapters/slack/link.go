package slack

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"cohortbot/bot/chat"
)

// link is one connection.
type link struct {
	w    *workspace
	in   chat.Inbox
	all  []*workspace // that may be meant by what it carries
	conn *websocket.Conn
	ctx  context.Context // that of Listen

	ready chan struct{} // Slack said hello
	over  chan struct{} // another is needed: Slack announced the end, or it came
	once  struct{ ready, over sync.Once }
	dead  atomic.Bool // it ended without notice
	done  chan struct{}

	timing  sync.Mutex
	writing sync.Mutex
	work    sync.WaitGroup // envelopes that are being worked on
}

const (
	writeLimit  = 2 * time.Second
	retireAfter = 5 * time.Second // how long an old connection is still read once the next one stands
	maxFrame    = 4 << 20
)

func newLink(ctx context.Context, w *workspace, in chat.Inbox, all []*workspace, conn *websocket.Conn) *link {
	return &link{
		w: w, in: in, all: all, conn: conn, ctx: ctx,
		ready: make(chan struct{}), over: make(chan struct{}), done: make(chan struct{}),
	}
}

func (l *link) broken() bool { return l.dead.Load() }

// retire gives Slack some time to end the connection itself.
func (l *link) retire() { l.deadline(retireAfter) }

// deadline ends reading after a while, unless the program ends anyway.
func (l *link) deadline(after time.Duration) {
	l.timing.Lock()
	defer l.timing.Unlock()
	if l.ctx.Err() != nil {
		after = 0
	}
	_ = l.conn.SetReadDeadline(time.Now().Add(after))
}

// read takes envelopes until the connection ends, waits until they are answered
// and closes it.
func (l *link) read() {
	stop := context.AfterFunc(l.ctx, func() { l.deadline(0) })
	defer stop()
	go l.ping()
	l.conn.SetReadLimit(maxFrame)
	l.alive()
	l.conn.SetPongHandler(func(string) error {
		l.alive()
		return nil
	})
	for {
		_, frame, err := l.conn.ReadMessage()
		if err != nil {
			break
		}
		l.take(frame, time.Now())
	}
	select {
	case <-l.over: // as announced
	default:
		l.dead.Store(true)
	}
	l.once.over.Do(func() { close(l.over) })
	close(l.done)
	l.work.Wait()
	_ = l.conn.Close()
}

// alive puts off the moment at which the connection counts as deaf. Only answers
// to our own pings do that: they alone prove that Slack hears us.
func (l *link) alive() {
	if !l.ended() {
		l.deadline(l.w.beat * 7 / 4)
	}
}

func (l *link) ended() bool {
	select {
	case <-l.over:
		return true
	default:
		return false
	}
}

func (l *link) ping() {
	tick := time.NewTicker(l.w.beat / 2)
	defer tick.Stop()
	for {
		select {
		case <-l.done:
			return
		case <-tick.C:
			_ = l.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit))
		}
	}
}

// acknowledge answers an envelope on the connection that carried it. False means
// that the answer did not get out.
func (l *link) acknowledge(e envelope, payload any) bool {
	if e.id == "" {
		return true
	}
	answer := map[string]any{"envelope_id": e.id}
	if payload != nil {
		answer["payload"] = payload
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		l.w.log.Error("an acknowledgement cannot be written", "kind", e.kind, "err", err)
		return false
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeLimit))
	if err := l.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
		l.w.log.Warn("an acknowledgement did not get out", "kind", e.kind, "err", err)
		return false
	}
	return true
}
