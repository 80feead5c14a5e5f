package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// session is what survives a connection: Discord keeps what happens meanwhile and
// tells it after a RESUME.
type session struct {
	shard    [2]int
	progress atomic.Pointer[progress] // nil where there is no session
	seq      int64                    // the last event that came
	broken   int64                    // the event whose frame could not be read
	lived    bool                     // the last connection got as far as READY or RESUMED
	since    time.Time                // from when on something may have been missed
	moved    bool                     // where it is to be resumed cannot be reached
	restored bool                     // it is an earlier process's, and not resumed yet
}

func (s *session) name() string { return fmt.Sprintf("session/%d/%d", s.shard[0], s.shard[1]) }

func (s *session) forget() {
	s.progress.Store(nil)
	s.seq, s.broken, s.restored = 0, 0, false
}

// What the other side can say, and what we say.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// closeResumable is any code but 1000 and 1001: those two end the session, and
// with it everything that was said until the next one.
const closeResumable = 4900

var (
	errAsked  = errors.New("asked by Discord to connect anew")
	errDeaf   = errors.New("no heartbeat was acknowledged for an interval")
	errOver   = errors.New("the connection is over")
	errBroken = errors.New("a frame that is no JSON")
)

// link is one connection.
type link struct {
	counted atomic.Bool // among those whose session is on
	ws      *websocket.Conn
	g       *gateway
	s       *session
	write   sync.Mutex
	acked   atomic.Bool
	seq     atomic.Int64 // as in the session, for heartbeats
	ended   chan struct{}
	cause   atomic.Pointer[error]
}

const (
	writeLimit = 10 * time.Second
	frameLimit = 64 << 20 // the largest server fits
)

// once makes one connection and keeps it as long as it lasts. The session says
// afterwards how to go on.
func (g *gateway) once(ctx context.Context, s *session) error {
	base, p := g.url, s.progress.Load()
	if p != nil && p.resume != "" && !s.moved {
		base = p.resume
	}
	to, err := url.Parse(base)
	if err != nil {
		return errors.New("the gateway's address cannot be read")
	}
	to.RawQuery = url.Values{"v": {"10"}, "encoding": {"json"}}.Encode()
	if to.Path == "" {
		to.Path = "/"
	}
	if p == nil { // before dialling: who waits with an open connection is deaf meanwhile
		if err := g.gate.pass(ctx); err != nil {
			return err
		}
	}
	ws, resp, err := dialer.DialContext(ctx, to.String(), nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		s.moved = true // where it was may be gone; the common address takes a RESUME too
		return err
	}
	s.moved = false
	ws.SetReadLimit(frameLimit)
	l := &link{ws: ws, g: g, s: s, ended: make(chan struct{})}
	l.seq.Store(s.seq)
	defer l.close(errOver)
	defer l.off()
	stop := context.AfterFunc(ctx, func() { l.close(ctx.Err()) })
	defer stop()
	err = l.run()
	if s.lived && s.since.IsZero() {
		s.since = time.Now()
	}
	if cause := l.cause.Load(); cause != nil && !errors.Is(*cause, errOver) {
		err = *cause // why it was closed, rather than that reading it failed
	}
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		switch closed.Code {
		case websocket.CloseNormalClosure, websocket.CloseGoingAway, 4003, 4007, 4009: // the session is over
			s.forget()
		}
	}
	return err
}

// close ends the connection so that the session goes on.
func (l *link) close(why error) {
	if !l.cause.CompareAndSwap(nil, &why) {
		return
	}
	close(l.ended)
	_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeResumable, ""), time.Now().Add(time.Second))
	_ = l.ws.Close()
}

// run reads until the connection ends.
func (l *link) run() error {
	_ = l.ws.SetReadDeadline(time.Now().Add(callLimit))
	hello, err := l.read()
	if err != nil {
		return err
	}
	var said struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if hello.Op != opHello || json.Unmarshal(hello.Data, &said) != nil || said.Interval <= 0 {
		return fmt.Errorf("the gateway began with op %d instead of a hello", hello.Op)
	}
	_ = l.ws.SetReadDeadline(time.Time{})
	var beats sync.WaitGroup
	beats.Go(func() { l.beat(time.Duration(said.Interval) * time.Millisecond) })
	defer beats.Wait()
	defer l.close(errOver)
	if err := l.introduce(); err != nil {
		return err
	}
	for {
		e, err := l.read()
		if errors.Is(err, errBroken) {
			// What it was is lost, unless the session is asked to tell it again. If
			// it comes broken twice, it is let go.
			if l.s.progress.Load() != nil && l.s.broken != l.s.seq+1 {
				l.s.broken = l.s.seq + 1
				return err
			}
			l.g.d.log.Warn("a frame of the gateway cannot be read and is let go")
			continue
		}
		if err != nil {
			return err
		}
		if err := l.hear(e); err != nil {
			return err
		}
	}
}

// introduce begins a session, or goes on with the one before.
func (l *link) introduce() error {
	token := l.g.d.o.Token
	if p := l.s.progress.Load(); p != nil {
		return l.send(opResume, map[string]any{"token": token, "session_id": p.id, "seq": l.s.seq})
	}
	me := map[string]any{
		"token": token, "intents": int(l.g.d.intents()),
		"properties": map[string]string{"os": runtime.GOOS, "browser": "cohortbot", "device": "cohortbot"},
	}
	if l.s.shard[1] > 1 {
		me["shard"] = l.s.shard
	}
	return l.send(opIdentify, me)
}

// on and off count the links whose session is on; once makes and ends each.
func (l *link) on() {
	if l.counted.CompareAndSwap(false, true) {
		l.g.d.linked.Add(1)
	}
}

func (l *link) off() {
	if l.counted.CompareAndSwap(true, false) {
		l.g.d.linked.Add(-1)
	}
}

// hear takes one frame.
func (l *link) hear(e event) error {
	switch e.Op {
	case opDispatch:
		switch e.Type {
		case "READY":
			var ready struct {
				Session string `json:"session_id"`
				Resume  string `json:"resume_gateway_url"`
			}
			if json.Unmarshal(e.Data, &ready) == nil {
				l.s.progress.Store(newProgress(ready.Session, ready.Resume))
				l.s.lived = true
				l.on()
				if !l.s.since.IsZero() {
					l.g.missed(l.s.since)
				}
				l.s.since = time.Time{}
			}
		case "RESUMED":
			l.s.lived, l.s.since, l.s.restored = true, time.Time{}, false
			l.on()
		}
		if e.Seq > 0 {
			l.s.seq = e.Seq
			l.seq.Store(e.Seq)
		}
		if p := l.s.progress.Load(); p != nil {
			e.ticket = p.came(e.Seq)
		}
		e.late = l.s.restored
		l.g.take(e)
		e.ticket.release()
	case opHeartbeat:
		return l.send(opHeartbeat, l.last())
	case opHeartbeatAck:
		l.acked.Store(true)
	case opReconnect:
		return errAsked
	case opInvalidSession:
		var resumable bool
		_ = json.Unmarshal(e.Data, &resumable)
		if !resumable {
			l.s.forget()
		}
		return errors.New("the session is no longer known to Discord")
	case opHello:
	default:
		l.g.d.log.Warn("the gateway said something unknown", "op", e.Op)
	}
	return nil
}

// beat sends heartbeats, and ends a connection that no longer acknowledges them.
func (l *link) beat(interval time.Duration) {
	l.acked.Store(true)
	timer := time.NewTimer(rand.N(interval))
	defer timer.Stop()
	for {
		select {
		case <-l.ended:
			return
		case <-timer.C:
		}
		if !l.acked.Swap(false) {
			l.close(errDeaf)
			return
		}
		if err := l.send(opHeartbeat, l.last()); err != nil {
			l.close(err)
			return
		}
		timer.Reset(interval)
	}
}

// last is what a heartbeat carries: the last event, or null.
func (l *link) last() any {
	if seq := l.seq.Load(); seq > 0 {
		return seq
	}
	return nil
}

func (l *link) send(op int, data any) error {
	l.write.Lock()
	defer l.write.Unlock()
	_ = l.ws.SetWriteDeadline(time.Now().Add(writeLimit))
	return l.ws.WriteJSON(map[string]any{"op": op, "d": data})
}

func (l *link) read() (event, error) {
	var e event
	_, raw, err := l.ws.ReadMessage()
	if err != nil {
		return e, err
	}
	if json.Unmarshal(raw, &e) != nil {
		return e, errBroken
	}
	return e, nil
}
