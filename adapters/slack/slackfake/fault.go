package slackfake

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Fault makes calls of the Web API go wrong. Without How it is an error in JSON
// when Code is set.
type Fault struct {
	Method  string // such as "chat.postMessage"; empty is any
	Channel string // only calls whose argument channel is this; empty is any
	Skip    int    // calls that still go well before the first fault
	Times   int    // how many calls; 0 is one, below zero all until Heal
	After   bool   // the deed is done first: only the answer is lost
	How     How
	Code    string        // for Refused: Slack's error code
	Wait    time.Duration // for Limited: Retry-After; for Hung: how long before the connection is cut, 0 until the client gives up
}

// How is the way in which a call goes wrong.
type How int

// The ways. The last two never happen after the deed.
const (
	EOF        How = iota // the connection is cut without an answer
	BadGateway            // 502 with a page of HTML
	Broken                // 500 with a page of HTML
	Hung                  // no answer comes
	Garbled               // 200 with half of a JSON answer
	Refused               // 200, ok false with Code
	Limited               // 429 with Retry-After
)

func (h How) String() string {
	return [...]string{"EOF", "502", "500", "no answer", "half an answer", "refused", "429"}[h]
}

// Inject makes calls fail as the fault says. Faults are asked in the order in
// which they came.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// Heal ends all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault finds the fault for a call and counts it; the lock is held.
func (s *Server) takeFault(method, channel string) *Fault {
	for _, f := range s.faults {
		if f.Times == 0 || f.Method != "" && f.Method != method || f.Channel != "" && f.Channel != channel {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			return nil
		}
		f.Times--
		return f
	}
	return nil
}

// spare keeps a fault that was to follow a deed for the next call, since nothing
// was done; the lock is held.
func (f *Fault) spare() { f.Times++ }

func (f *Fault) describe() string {
	if f.After {
		return "done, then " + f.How.String()
	}
	return f.How.String()
}

const sorry = "<!DOCTYPE html><html><head><title>Slack</title></head><body><h1>Something went wrong</h1></body></html>"

// apply answers in the way of the fault.
func (f *Fault) apply(w http.ResponseWriter, r *http.Request) {
	page := func(status int) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, sorry)
	}
	switch f.How {
	case BadGateway:
		page(http.StatusBadGateway)
	case Broken:
		page(http.StatusInternalServerError)
	case Hung:
		var over <-chan time.Time
		if f.Wait > 0 {
			t := time.NewTimer(f.Wait)
			defer t.Stop()
			over = t.C
		}
		select {
		case <-r.Context().Done():
		case <-over:
		}
		cut(w)
	case Garbled:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, `{"ok":true,"chan`)
	case Refused:
		reply(w, http.StatusOK, object{"ok": false, "error": f.Code})
	case Limited:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(f.Wait/time.Second))))
		reply(w, http.StatusTooManyRequests, object{"ok": false, "error": "ratelimited"})
	default:
		cut(w)
	}
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(fmt.Sprintf("slackfake: %v", err))
	}
	_ = conn.Close()
}
