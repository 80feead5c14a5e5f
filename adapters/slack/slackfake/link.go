package slackfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// link is one open socket. One goroutine reads, one writes; whoever wants to say
// something puts it into out.
type link struct {
	s        *Server
	id       int
	conn     *websocket.Conn
	out      chan any    // object, []byte (as it is), or func(*websocket.Conn)
	deaf     atomic.Bool // as if the cable were cut: nothing comes in or goes out
	leaving  bool        // a disconnect was announced; under the server's lock
	gone     chan struct{}
	once     sync.Once
	lastPong atomic.Int64
}

func connectionsOpen(c *call) (object, *refusal) {
	if c.s.opts.App.NoSocketMode {
		return nil, refuse("socket_mode_disabled")
	}
	c.s.seq["ticket"]++
	ticket := "ticket-" + strconv.Itoa(c.s.seq["ticket"])
	c.s.tickets[ticket] = time.Now().Add(30 * time.Second)
	return object{"url": "ws" + c.s.base[len("http"):] + "/link/?ticket=" + ticket + "&app_id=" + appID}, nil
}

// serveLink turns a request with an unused ticket into a socket and reads it to
// its end.
func (s *Server) serveLink(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	until, ok := s.tickets[ticket]
	delete(s.tickets, ticket)
	closed := s.closed
	s.mu.Unlock()
	if !ok || time.Now().After(until) || closed {
		if !closed {
			s.violate("used ticket", "a socket was asked for with a ticket that was used, is too old, or never was")
		}
		http.Error(w, "ticket is not valid", http.StatusForbidden)
		return
	}
	// Clients send an Origin of their own.
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l := &link{s: s, conn: conn, out: make(chan any, 8192), gone: make(chan struct{})}
	l.lastPong.Store(time.Now().UnixNano())
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		_ = conn.Close()
		return
	}
	if len(s.links) >= s.opts.MaxConnections {
		s.violateLocked("too many sockets", "a socket more than %d", s.opts.MaxConnections)
		s.mu.Unlock()
		_ = conn.WriteJSON(object{"type": "disconnect", "reason": "too_many_websockets", "debug_info": object{"host": "applink-0"}})
		_ = conn.Close()
		return
	}
	s.seq["link"]++
	l.id = s.seq["link"]
	s.links = append(s.links, l)
	n := len(s.links)
	s.wg.Add(1)
	s.mu.Unlock()
	defer s.wg.Done()

	l.put(object{
		"type": "hello", "num_connections": n, "connection_info": object{"app_id": appID},
		"debug_info": object{"host": l.host(), "build_number": 1, "approximate_connection_time": 18060},
	})
	s.wg.Go(l.write)
	l.read()
	l.drop()
	s.mu.Lock()
	s.links = slices.DeleteFunc(s.links, func(o *link) bool { return o == l })
	s.lost(l)
	s.mu.Unlock()
}

func (l *link) host() string { return "applink-" + strconv.Itoa(l.id) }

// put queues something to be written; it never waits.
func (l *link) put(v any) {
	select {
	case l.out <- v:
	case <-l.gone:
	default: // so slow a reader is as good as gone
		l.drop()
	}
}

// drop cuts the socket without a word.
func (l *link) drop() {
	l.once.Do(func() {
		close(l.gone)
		_ = l.conn.Close()
	})
}

func (l *link) write() {
	ping := time.NewTicker(l.s.opts.PingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-l.gone:
			return
		case v := <-l.out:
			if l.deaf.Load() {
				continue
			}
			_ = l.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
			switch v := v.(type) {
			case func(*websocket.Conn):
				v(l.conn)
			case []byte:
				err = l.conn.WriteMessage(websocket.TextMessage, v)
			default:
				err = l.conn.WriteJSON(v)
			}
		case <-ping.C:
			if l.deaf.Load() {
				continue
			}
			if time.Since(time.Unix(0, l.lastPong.Load())) > 6*l.s.opts.PingEvery {
				l.s.violate("no pong", "%s: no answer to a ping for six intervals", l.host())
				err = websocket.ErrCloseSent
				break
			}
			err = l.conn.WriteControl(websocket.PingMessage, []byte("Ping from "+l.host()), time.Now().Add(5*time.Second))
		}
		if err != nil {
			l.drop()
			return
		}
	}
}

func (l *link) read() {
	l.conn.SetPingHandler(func(data string) error {
		if l.deaf.Load() {
			return nil
		}
		err := l.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(5*time.Second))
		if err != nil {
			return nil //nolint:nilerror // the next read tells what became of the socket
		}
		return nil
	})
	l.conn.SetPongHandler(func(string) error {
		l.lastPong.Store(time.Now().UnixNano())
		return nil
	})
	for {
		_, data, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		if !l.deaf.Load() {
			l.s.heard(l, data)
		}
	}
}

// leave announces the end of a socket and ends it when the time is up. A socket
// that is leaving carries envelopes only while there is no other.
func (s *Server) leave(l *link, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.leaving || s.closed {
		return
	}
	l.leaving = true
	l.put(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": l.host()}})
	s.wg.Go(func() {
		t := time.NewTimer(s.opts.WarnFor)
		defer t.Stop()
		select {
		case <-t.C:
			l.put(func(c *websocket.Conn) {
				_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
				l.drop()
			})
		case <-l.gone:
		}
	})
}

// next chooses the socket for an envelope, each in its turn; nil when there is
// none. The lock is held.
func (s *Server) next() *link {
	var able []*link
	for _, l := range s.links {
		if !l.leaving {
			able = append(able, l)
		}
	}
	if len(able) == 0 {
		able = s.links
	}
	if len(able) == 0 {
		return nil
	}
	s.turn++
	return able[s.turn%len(able)]
}

// ack is what an app sends back for an envelope.
type ack struct {
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
}
