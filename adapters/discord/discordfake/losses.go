package discordfake

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// Loss is a way for an answer to go missing.
type Loss int

// The ways.
const (
	LostEOF        Loss = iota // done, then the connection closes without an answer
	LostBadGateway             // done, then a 502 with a page of HTML
	LostTimeout                // done, then silence until the client gives up
	FailedGateway              // not done, and a 502
	FailedInternal             // not done, and a 500
)

func (l Loss) stored() bool { return l <= LostTimeout }

func (l Loss) status() int {
	if l == FailedInternal {
		return 500
	}
	return 502
}

type loss struct {
	left  int
	how   Loss
	route string
}

// LoseAnswers loses the next n answers. A route names one kind of request,
// such as "POST /channels/{channel_id}/messages"; empty means every request
// that changes something.
func (s *Server) LoseAnswers(n int, how Loss, route string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.losses = append(s.losses, &loss{left: n, how: how, route: route})
}

func (s *Server) loses(route string) *loss {
	for _, l := range s.losses {
		match := l.route == route || l.route == "" && route != "" && !strings.HasPrefix(route, "GET ")
		if l.left > 0 && match {
			l.left--
			return l
		}
	}
	return nil
}

// spoil answers wrongly, or not at all.
func (l Loss) spoil(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
	switch l {
	case LostEOF:
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	case LostTimeout:
		select {
		case <-r.Context().Done():
		case <-done:
		case <-time.After(time.Minute):
		}
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	default:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(l.status())
		_, _ = io.WriteString(w, "<html><head><title>"+http.StatusText(l.status())+"</title></head><body>cloudflare</body></html>")
	}
}
