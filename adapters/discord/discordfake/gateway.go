package discordfake

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// gate is the gateway's side of the server.
type gate struct {
	sessions   map[string]*session
	conns      map[*conn]bool
	identified map[int]time.Time
	identifies []time.Time
	resumes    int
	opened     int
	closed     []int // close codes that clients sent
	deaf       bool
}

// conn is one socket. What is to be sent queues without bound, so that a slow
// client never holds the world's lock.
type conn struct {
	s         *Server
	ws        *websocket.Conn
	session   *session
	was       *session // what a deaf connection used to carry
	resumeURL bool
	compress  atomic.Bool
	deaf      bool
	greeted   bool        // READY or RESUMED has left on it
	heart     *time.Timer // runs out when a heartbeat is missed
	sends     []time.Time // of the last minute, by the fake's clock

	pause sync.Mutex // held while Burst gathers
	mu    sync.Mutex
	queue []any // obj, []byte as it is, or closing
	wake  chan struct{}
	gone  chan struct{}
	once  sync.Once
}

type closing struct {
	code int
	text string
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &conn{
		s: s, ws: ws, resumeURL: len(r.URL.Path) > 0 && r.URL.Path[1] == 'r',
		wake: make(chan struct{}, 1), gone: make(chan struct{}), heart: time.NewTimer(s.patience()),
	}
	s.mu.Lock()
	select {
	case <-s.done:
		s.mu.Unlock()
		_ = ws.Close()
		return
	default:
	}
	s.gate.conns[c] = true
	s.gate.opened++
	s.wait.Add(2)
	s.mu.Unlock()
	go func() { defer s.wait.Done(); c.write() }()
	go func() { defer s.wait.Done(); c.watch() }()

	q := r.URL.Query()
	switch v := q.Get("v"); {
	case v != "" && v != "9" && v != "10":
		c.close(4012, "Invalid API version.")
	case q.Get("encoding") != "" && q.Get("encoding") != "json", q.Get("compress") != "":
		c.close(4002, "Error while decoding payload.") // only plain JSON is spoken here
	default:
		c.send(obj{"op": 10, "d": obj{"heartbeat_interval": s.opt.Heartbeat.Milliseconds(), "_trace": []any{"discordfake"}}, "s": nil, "t": nil})
	}
	c.read()
}

// send queues a frame; close queues the end.
func (c *conn) send(frame any) {
	c.mu.Lock()
	c.queue = append(c.queue, frame)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// close ends the connection with a code. All but a few codes kill the session.
func (c *conn) close(code int, text string) {
	if c.session != nil && code != 4000 && code != 4001 && code != 4002 && code != 4003 && code != 4005 && code != 4008 {
		delete(c.s.gate.sessions, c.session.id)
	}
	c.send(closing{code, text})
}

// cut drops the connection without a word.
func (c *conn) cut() {
	c.once.Do(func() {
		close(c.gone)
		_ = c.ws.Close()
	})
}

func (c *conn) write() {
	for {
		select {
		case <-c.wake:
		case <-c.gone:
			return
		}
		for {
			c.pause.Lock()
			c.pause.Unlock() //nolint:staticcheck // only to wait
			c.mu.Lock()
			if len(c.queue) == 0 {
				c.mu.Unlock()
				break
			}
			next := c.queue[0]
			c.queue = c.queue[1:]
			c.mu.Unlock()
			_ = c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if end, ok := next.(closing); ok {
				_ = c.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(end.code, end.text))
				time.AfterFunc(time.Second, c.cut) // long enough for the client to answer the close
				return
			}
			if err := c.frame(next); err != nil {
				c.cut()
				return
			}
			if f, isObj := next.(obj); isObj && (f["t"] == "READY" || f["t"] == "RESUMED") {
				c.s.mu.Lock()
				c.greeted = true
				c.s.changed()
				c.s.mu.Unlock()
			}
		}
	}
}

func (c *conn) frame(next any) error {
	raw, ok := next.([]byte)
	if !ok {
		var err error
		if raw, err = json.Marshal(next); err != nil {
			return err
		}
	}
	if !c.compress.Load() || len(raw) < 1024 {
		return c.ws.WriteMessage(websocket.TextMessage, raw)
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(raw)
	_ = z.Close()
	return c.ws.WriteMessage(websocket.BinaryMessage, b.Bytes())
}

// patience is how long a connection lives without a heartbeat.
func (s *Server) patience() time.Duration { return s.opt.Heartbeat*3/2 + time.Second }

// watch closes a connection whose heart has stopped.
func (c *conn) watch() {
	defer c.heart.Stop()
	select {
	case <-c.gone:
	case <-c.heart.C:
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		c.s.violate("heartbeat missed", "none for one and a half intervals")
		c.close(4009, "Session timed out.")
	}
}

func (c *conn) read() {
	code := 1006
	for {
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			var end *websocket.CloseError
			if errors.As(err, &end) {
				code = end.Code
			}
			break
		}
		c.take(raw)
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.s.gate.conns, c)
	if code != 1006 {
		c.s.gate.closed = append(c.s.gate.closed, code)
	}
	ss := c.session
	if ss == nil {
		ss = c.was
	}
	if ss != nil && (ss.conn == nil || ss.conn == c) {
		ss.conn, c.session = nil, nil
		if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
			delete(c.s.gate.sessions, ss.id) // the client said that it is done
		}
	}
	c.s.changed()
	c.cut()
}

// take handles one frame from the client.
func (c *conn) take(raw []byte) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(raw) > 4096 {
		c.close(4002, "Error while decoding payload.")
		return
	}
	now := s.now()
	for len(c.sends) > 0 && now.Sub(c.sends[0]) >= time.Minute {
		c.sends = c.sends[1:]
	}
	c.sends = append(c.sends, now)
	if len(c.sends) > s.opt.SendsPerMinute {
		s.violate("sends a minute", strconv.Itoa(len(c.sends)))
		c.close(4008, "Rate limited.")
		return
	}
	v, err := decode(raw)
	frame, isObj := v.(obj)
	op, isNumber := whole(frame["op"])
	if err != nil || !isObj || !isNumber {
		c.close(4002, "Error while decoding payload.")
		return
	}
	d, _ := frame["d"].(obj)
	switch {
	case op == 1:
		c.heart.Reset(s.patience())
		if !s.gate.deaf && !c.deaf {
			c.send(obj{"op": 11, "s": nil, "t": nil, "d": nil})
		}
	case op == 2 && d != nil:
		s.identify(c, d)
	case op == 6 && d != nil:
		s.resume(c, d)
	case op == 2 || op == 6:
		c.close(4002, "Error while decoding payload.")
	case op != 3 && op != 4 && op != 8 && op != 31:
		c.close(4001, "Unknown opcode.")
	case c.session == nil:
		c.close(4003, "Not authenticated.")
	case op == 8:
		s.memberChunk(c, d)
	}
}

// memberChunk answers op 8, which asks for members of a guild.
func (s *Server) memberChunk(c *conn, d obj) {
	g := s.guilds[str(d["guild_id"])]
	if g == nil {
		return
	}
	wanted := map[string]bool{}
	for _, id := range strs(d["user_ids"]) {
		wanted[id] = true
	}
	if id := str(d["user_ids"]); id != "" {
		wanted[id] = true
	}
	if len(wanted) == 0 && c.session.intents&intentMembers == 0 {
		return // the whole list is privileged
	}
	members := []any{}
	for _, id := range g.order {
		if len(wanted) == 0 || wanted[id] {
			members = append(members, s.renderMember(g.members[id]))
		}
		delete(wanted, id)
	}
	missing := []any{}
	for id := range wanted {
		missing = append(missing, id)
	}
	s.push(c.session, "GUILD_MEMBERS_CHUNK", plain(obj{
		"guild_id": g.id, "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": missing, "nonce": d["nonce"],
	}))
}
