package slackfake

import (
	"fmt"
	"time"
)

// Call is one call of the Web API, as it was answered.
type Call struct {
	At     time.Time // real time
	Team   string    // whose token it was; empty for the app's
	Method string
	Args   map[string]any // without the token
	Error  string         // the code of the refusal; empty when it was done
	Fault  string         // what a drill made of the answer, such as "done, then EOF"
}

// Violation is something that the real service would have let pass in silence, to
// the harm of the person who waits.
type Violation struct {
	At     time.Time
	Kind   string // "late ack", "second ack", "foreign ack", "big ack", "unknown ack", "bad ack", "early retry", ...
	Detail string
}

func (v Violation) String() string { return v.Kind + ": " + v.Detail }

// Calls are the calls so far, in the order in which they were answered.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// CallsOf are the calls of one method.
func (s *Server) CallsOf(method string) []Call {
	var out []Call
	for _, c := range s.Calls() {
		if c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// Violations are what an app did that Slack would not have told it.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Violation(nil), s.violations...)
}

// Forget empties the record of calls and violations.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.violations = nil, nil
}

func (s *Server) record(c Call, fault, code string) {
	c.Fault, c.Error = fault, code
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opts.NoRecord {
		return
	}
	s.calls = append(s.calls, c)
}

func (s *Server) violate(kind, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violateLocked(kind, format, args...)
}

func (s *Server) violateLocked(kind, format string, args ...any) {
	s.violations = append(s.violations, Violation{At: time.Now(), Kind: kind, Detail: fmt.Sprintf(format, args...)})
}
