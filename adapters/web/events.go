package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"cohortbot/bot/chat"
)

// change is something that whoever looks wants to know. A message is named, not
// carried: it is read when it is shown, so that each person gets their own view.
type change struct {
	n       uint64
	kind    string // "message", "people" or "clock"
	place   chat.Place
	message messageID
	only    string // the one person who is to know
}

// hub passes changes on to whoever looks, and remembers the latest so that a
// broken connection can be taken up again.
type hub struct {
	boot string // tells the numbers of this process from those of the last

	mu     sync.Mutex
	last   uint64
	recent []change // the latest, at most keepChanges, in order
	eyes   map[chan struct{}]bool
}

const keepChanges = 2000

func newHub(boot string) *hub {
	return &hub{boot: boot, eyes: map[chan struct{}]bool{}}
}

func (h *hub) tell(c change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	c.n = h.last
	if h.recent = append(h.recent, c); len(h.recent) > 2*keepChanges {
		h.recent = append([]change(nil), h.recent[len(h.recent)-keepChanges:]...)
	}
	for eye := range h.eyes {
		select {
		case eye <- struct{}{}:
		default: // it has been nudged already
		}
	}
}

// since gives what came after n, and whether nothing in between is forgotten.
func (h *hub) since(n uint64) (news []change, whole bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n > h.last || len(h.recent) > 0 && n+1 < h.recent[0].n {
		return nil, false
	}
	for i := len(h.recent); i > 0 && h.recent[i-1].n > n; i-- {
		news = h.recent[i-1:]
	}
	return append([]change(nil), news...), true
}

func (h *hub) look() (nudge chan struct{}, last uint64, stop func()) {
	nudge = make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.eyes[nudge] = true
	return nudge, h.last, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.eyes, nudge)
	}
}

func (h *hub) id(n uint64) string { return h.boot + "-" + strconv.FormatUint(n, 10) }

func (h *hub) parse(id string) (n uint64, known bool) {
	digits, ours := strings.CutPrefix(id, h.boot+"-")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ours && err == nil
}

// heartbeat is how often a quiet stream says that it lives.
const heartbeat = 15 * time.Second

// serveEvents tells one person what happens, as server-sent events: "hello" when
// the stream has begun, with the clock as it stands, "message"
// with the message as they see it, "gone" with its id and place, "people" when
// people, channels or commands have changed, "clock" when the civil clock jumped
// or its pace changed, and "reset" when the client must read everything anew.
func (w *Workspace) serveEvents(rw http.ResponseWriter, r *http.Request) {
	as := r.URL.Query().Get("as")
	if err := w.mustBePerson(r.Context(), as); err != nil {
		w.fail(rw, err)
		return
	}
	out := http.NewResponseController(rw)
	_ = out.SetWriteDeadline(time.Time{}) // a stream outlives the server's limit for an answer
	nudge, at, stop := w.hub.look()
	defer stop()
	send := func(kind string, n uint64, data any) bool {
		text, err := json.Marshal(data)
		if err != nil {
			return false
		}
		_, err = fmt.Fprintf(rw, "id: %s\nevent: %s\ndata: %s\n\n", w.hub.id(n), kind, text)
		return err == nil
	}
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("Cache-Control", "no-store")
	_, err := fmt.Fprint(rw, "retry: 1000\n\n") // come back after a second
	ok := err == nil
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("last")
	}
	if n, known := w.hub.parse(last); known {
		at = n
		select {
		case nudge <- struct{}{}: // what came meanwhile
		default: // something came just now, and has nudged already
		}
	} else if last != "" {
		ok = send("reset", at, struct{}{})
	}
	ok = ok && send("hello", at, w.clockView())
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	moved := w.o.Clock.Moved() // kept until it fires: the clock may jump while something else is told
	for ok && out.Flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case <-moved:
			moved = w.o.Clock.Moved()
			ok = send("clock", at, w.clockView())
		case <-beat.C:
			_, err := fmt.Fprint(rw, ": still here\n\n")
			ok = err == nil
		case <-nudge:
			news, whole := w.hub.since(at)
			if !whole {
				at = w.hub.latest()
				ok = send("reset", at, struct{}{})
				continue
			}
			for _, c := range news {
				at = c.n
				if ok = ok && w.pass(r, as, c, send); !ok {
					return
				}
			}
		}
	}
}

// latest gives the number of the latest change.
func (h *hub) latest() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

// gone says that a message is no longer there.
type gone struct {
	ID     string `json:"id"`
	Place  string `json:"place"`
	Thread string `json:"thread,omitempty"`
}

func (w *Workspace) pass(r *http.Request, as string, c change, send func(string, uint64, any) bool) bool {
	if c.only != "" && c.only != as || c.place.IsDirect() && c.place.User != as {
		return true
	}
	switch c.kind {
	case "message":
		shown, found, err := w.seeOne(r.Context(), as, c.message)
		if err == nil && found {
			return send("message", c.n, shown)
		}
		place := c.place.Channel
		if c.place.IsDirect() {
			place = "@" + BotID
		}
		return send("gone", c.n, gone{ID: string(c.message), Place: place, Thread: c.place.Thread})
	case "clock":
		return send("clock", c.n, w.clockView())
	}
	return send(c.kind, c.n, struct{}{})
}
