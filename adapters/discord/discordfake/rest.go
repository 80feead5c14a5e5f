package discordfake

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request on its way through.
type call struct {
	r     *http.Request
	route string // "POST /channels/{channel_id}/messages"
	body  any    // decoded JSON, nil where there was none
	files map[string]sent
	raw   []byte // the JSON as it came
}

// sent is a file of a multipart body.
type sent struct {
	name, kind string
	data       []byte
}

func (c *call) id(name string) string { return c.r.PathValue(name) }
func (c *call) obj() obj              { o, _ := c.body.(obj); return o }

// answer is what a handler gives back; a nil body is a 204.
type answer struct {
	status int
	body   any
}

func ok(body any) (answer, *apiError) { return answer{200, body}, nil }
func none() (answer, *apiError)       { return answer{204, nil}, nil }
func no(e *apiError) (answer, *apiError) {
	return answer{}, e
}

// open routes need no bot token: they carry one of their own.
func open(route string) bool {
	return strings.Contains(route, " /interactions/") || strings.Contains(route, " /webhooks/") || strings.HasSuffix(route, " /gateway")
}

func (s *Server) handler() http.Handler {
	routes := http.NewServeMux()
	for pattern, h := range s.routes() {
		routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, pattern, h) })
	}
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, "", func(*call) (answer, *apiError) { return no(errNotFound) })
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/gateway" || path == "/gateway/" || path == "/resume" || path == "/resume/":
			s.socket(w, r)
		case strings.HasPrefix(path, "/attachments/"):
			s.download(w, r)
		case strings.HasPrefix(path, "/api/v10/"):
			http.StripPrefix("/api/v10", routes).ServeHTTP(w, r)
		case strings.HasPrefix(path, "/api/v9/"):
			http.StripPrefix("/api/v9", routes).ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// serve takes a request through body, token, limits, handler and record, and
// answers, unless the answer is to be lost.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, route string, h handler) {
	c := &call{r: r, route: route}
	bodyErr := c.read()
	got, header, lost := s.decide(c, bodyErr, h)
	if lost != nil {
		lost.how.spoil(w, r, s.done)
		return
	}
	for k, v := range header {
		w.Header()[k] = v
	}
	if got.body == nil {
		w.WriteHeader(got.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(got.status)
	_ = json.NewEncoder(w).Encode(got.body)
}

// decide is what happens to a request under the world's lock.
func (s *Server) decide(c *call, bodyErr *apiError, h handler) (answer, http.Header, *loss) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lost := s.loses(c.route)
	header := http.Header{}
	var got answer
	var err *apiError
	switch {
	case lost != nil && !lost.how.stored():
		got = answer{lost.how.status(), nil}
	default:
		err = s.admit(c, header)
		if err == nil {
			err = bodyErr
		}
		if err == nil {
			err = c.shape()
		}
		if err == nil {
			got, err = h(c)
		}
	}
	if err != nil {
		got = answer{err.status, err.body()}
		if err.status == 429 {
			got.body = err.errors
		}
	}
	if got.body != nil {
		got.body = plain(got.body)
	}
	s.note(c, got, lost)
	s.changed()
	return got, header, lost
}

// admit checks token and limits.
func (s *Server) admit(c *call, h http.Header) *apiError {
	auth := c.r.Header.Get("Authorization")
	if !open(c.route) {
		if auth != "Bot "+s.token || s.revoked {
			if s.revoked && s.record.saw401 {
				s.violate("request after 401", c.route)
			}
			s.record.saw401 = true
			s.countInvalid()
			return errUnauthorized
		}
		if c.r.Header.Get("User-Agent") == "" {
			s.violate("user agent", "a request without a User-Agent is refused by Discord's front")
		}
	}
	return s.limit(c, h)
}

const (
	maxBody = 10 << 20 // of a message's files, in a guild without boosts
	maxJSON = 4 << 20
)

func (c *call) read() *apiError {
	if c.r.Body == nil || c.r.Method == http.MethodGet {
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+maxJSON))
	switch {
	case err != nil || len(raw) == 0:
		return nil
	case len(raw) == maxBody+maxJSON:
		return refuse(413, 40005, "Request entity too large")
	}
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		return c.take(raw)
	case err == nil && kind == "multipart/form-data":
		return c.parts(multipart.NewReader(bytes.NewReader(raw), params["boundary"]))
	}
	return errJSON
}

// shape refuses a body that is no object, but for the one route that takes a list.
func (c *call) shape() *apiError {
	_, isObj := c.body.(obj)
	if c.r.Method == http.MethodPatch && c.raw == nil && len(c.files) == 0 {
		return errJSON
	}
	if c.raw == nil || isObj || strings.HasPrefix(c.route, "PUT /applications/") {
		return nil
	}
	var f faults
	f.add("", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
	return f.err()
}

func (c *call) take(raw []byte) *apiError {
	v, err := decode(raw)
	if err != nil {
		return errJSON
	}
	c.raw, c.body = raw, v
	return nil
}

func (c *call) parts(m *multipart.Reader) *apiError {
	c.files = map[string]sent{}
	size := 0
	for {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errJSON
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return errJSON
		}
		if p.FormName() == "payload_json" {
			if e := c.take(data); e != nil {
				return e
			}
			continue
		}
		size += len(data)
		if size > maxBody {
			return refuse(413, 40005, "Request entity too large")
		}
		c.files[p.FormName()] = sent{name: p.FileName(), kind: p.Header.Get("Content-Type"), data: data}
	}
	if c.body == nil {
		c.body = obj{}
	}
	return nil
}

// queryInt reads a number from the query, within bounds.
func (c *call) queryInt(name string, def, low, high int64) (int64, *apiError) {
	v := c.r.URL.Query().Get(name)
	if v == "" {
		return def, nil
	}
	var f faults
	n := f.whole(obj{name: json.Number(v)}, "", name, def, low, high)
	return n, f.err()
}

// Exchange is one request and its answer, as they stood on the wire.
type Exchange struct {
	At       time.Time // by the fake's clock
	Method   string
	Path     string // below /api/v10, with the real ids
	Route    string // "POST /channels/{channel_id}/messages", "" for none
	Query    url.Values
	Header   http.Header
	Request  any      // the JSON body, decoded with json.Number
	Files    []string // form names of uploaded files
	Status   int      // as meant, also where it was lost
	Response any
	Lost     bool // the client never got the answer
}

// Violation is something that Discord lets pass, or answers softly, and that
// a good client does not do.
type Violation struct {
	At     time.Time
	Kind   string // "allowed_mentions", "429 repeated early", …
	Detail string
}

type record struct {
	exchanges  []Exchange
	violations []Violation
	saw401     bool
	invalid    []time.Time
	lostEvents int
}

func (s *Server) note(c *call, got answer, lost *loss) {
	var request any
	if c.raw != nil { // again from the wire, since handlers work on c.body
		request, _ = decode(c.raw)
	}
	e := Exchange{
		At: s.now(), Method: c.r.Method, Path: c.r.URL.Path, Route: c.route, Query: c.r.URL.Query(),
		Header: c.r.Header.Clone(), Request: request, Status: got.status, Response: got.body, Lost: lost != nil,
	}
	for name := range c.files {
		e.Files = append(e.Files, name)
	}
	s.record.exchanges = append(s.record.exchanges, e)
	if got.status == 403 || got.status == 429 {
		s.countInvalid()
	}
}

// countInvalid keeps Discord's ban in sight: 10,000 invalid requests in ten minutes.
func (s *Server) countInvalid() {
	s.record.invalid = append(s.record.invalid, s.now())
	for len(s.record.invalid) > 0 && s.now().Sub(s.record.invalid[0]) > 10*time.Minute {
		s.record.invalid = s.record.invalid[1:]
	}
	if n := len(s.record.invalid); n == 10000 {
		s.violate("address banned", strconv.Itoa(n)+" invalid requests in ten minutes")
	}
}

func (s *Server) violate(kind, detail string) {
	s.record.violations = append(s.record.violations, Violation{s.now(), kind, detail})
}

// Exchanges is every request so far, in the order they were handled.
func (s *Server) Exchanges() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Exchange(nil), s.record.exchanges...)
}

// Violations is what the client did wrong so far without being refused.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Violation(nil), s.record.violations...)
}

// InvalidRequests is how many 401, 403 and 429 were answered in the last ten minutes.
func (s *Server) InvalidRequests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.record.invalid)
}
