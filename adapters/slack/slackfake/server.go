package slackfake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// appID is the one app that is installed in every workspace here.
const appID = "A0FAKEAPP"

// Options change what Slack's own numbers are; the zero value is the real thing
// with one workspace. Durations run by real time whatever Now says.
type Options struct {
	// Now is the time that timestamps tell; nil is the machine's clock. A clock
	// that is skewed or stands still is fine: timestamps grow all the same.
	Now func() time.Time
	// App is what the operator set up: scopes, events, commands. The zero value
	// grants everything that this package knows.
	App App
	// Rates limit the Web API.
	Rates Rates

	AckWithin      time.Duration   // how long an app may take to acknowledge; 0 is 3 s
	TriggerFor     time.Duration   // how long a trigger_id lives; 0 is 3 s
	ResponseFor    time.Duration   // how long a response_url lives; 0 is 30 min
	ResponseUses   int             // how often a response_url may be used; 0 is 5
	RetryAfter     []time.Duration // the waits before an event is sent again; nil is at once, 1 min, 5 min
	PingEvery      time.Duration   // how often a socket is pinged; 0 is 5 s
	WarnFor        time.Duration   // from a disconnect message to the end of the socket; 0 is 10 s
	MaxConnections int             // sockets an app may have open; 0 is 10
	// FileDelay is how long an uploaded picture takes until a block may show it.
	FileDelay time.Duration
	// NoRecord keeps no Calls, for measuring long runs.
	NoRecord bool
}

// App is an app as its manifest describes it. A nil list means everything.
type App struct {
	Name         string          // shown as the bot's name; empty is "fake app"
	Scopes       []string        // of the bot's token
	AppScopes    []string        // of the app-level token
	Events       []string        // bot events subscribed to, such as "message.im"
	Commands     map[string]bool // slash commands, and whether people and channels in them are escaped to ids
	Shortcuts    []string        // callback ids of global and message shortcuts
	NoMessages   bool            // the Messages tab is switched off: nobody can write to the bot
	NoHome       bool            // the Home tab is switched off
	NoSocketMode bool            // Socket Mode is switched off
	NoInteract   bool            // interactivity is switched off: buttons and forms reach nobody
}

// Server is one Slack. Its methods are safe to use from many goroutines.
type Server struct {
	opts Options

	mu         sync.Mutex
	base       string // http://127.0.0.1:port
	teams      []*team
	users      map[string]*user
	channels   map[string]*channel
	files      map[string]*file
	denied     bool // nobody may read any of them
	tokens     map[string]*token
	tickets    map[string]time.Time // unused socket tickets, and until when they may be used
	links      []*link              // open sockets, in the order in which they came
	turn       int                  // which socket carries the next envelope
	pending    map[string]*attempt  // envelopes under way, by envelope id
	done       map[string]string    // envelopes that are over, and how they ended
	triggers   map[string]*trigger
	replyTo    map[string]*responseURL
	uploads    map[string]*file // by upload token
	views      map[string]*view
	stacks     map[string][]*view // open modals of a user, the last on top
	limits     map[string]*window
	faults     []*Fault
	calls      []Call
	violations []Violation
	seq        map[string]int
	lastTS     int64 // microseconds
	refresh    *time.Timer
	closed     bool

	appToken string

	ctx    context.Context
	stop   context.CancelFunc
	wg     sync.WaitGroup
	http   *http.Server
	listen net.Listener
}

// New makes a Slack with one workspace; see Team. It serves nothing until Start,
// or until its Handler is served by the caller.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	setDuration(&o.AckWithin, 3*time.Second)
	setDuration(&o.TriggerFor, 3*time.Second)
	setDuration(&o.ResponseFor, 30*time.Minute)
	setDuration(&o.PingEvery, 5*time.Second)
	setDuration(&o.WarnFor, 10*time.Second)
	if o.ResponseUses == 0 {
		o.ResponseUses = 5
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = 10
	}
	if o.RetryAfter == nil {
		o.RetryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if o.App.Name == "" {
		o.App.Name = "fake app"
	}
	s := &Server{
		opts: o, users: map[string]*user{}, channels: map[string]*channel{}, files: map[string]*file{},
		tokens: map[string]*token{}, tickets: map[string]time.Time{}, pending: map[string]*attempt{},
		done: map[string]string{}, triggers: map[string]*trigger{}, replyTo: map[string]*responseURL{},
		uploads: map[string]*file{}, views: map[string]*view{}, stacks: map[string][]*view{},
		limits: map[string]*window{}, seq: map[string]int{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.appToken = "xapp-1-" + appID + "-0001-fake"
	s.tokens[s.appToken] = &token{kind: "xapp", scopes: orAll(o.App.AppScopes, []string{"connections:write"})}
	s.AddTeam("cohort")
	return s
}

func setDuration(d *time.Duration, real time.Duration) {
	if *d == 0 {
		*d = real
	}
}

// Start listens on a free port of the loopback address. The caller closes the
// server, which ends every socket, timer and goroutine of it.
func (s *Server) Start() error { return s.StartAt("127.0.0.1:0") }

// StartAt is Start on an address of the caller's choice, so that a restarted
// fake can be found where it was.
func (s *Server) StartAt(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("slackfake: %w", err)
	}
	s.listen = l
	s.SetBase("http://" + l.Addr().String())
	s.http = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() {
		if err := s.http.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.violate("server", "%v", err)
		}
	})
	return nil
}

// SetBase tells the server under which address it is reached, without a slash at
// the end; only for those who serve Handler themselves.
func (s *Server) SetBase(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
}

// Close ends everything and waits until it has ended. It may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	if s.refresh != nil {
		s.refresh.Stop()
	}
	links := append([]*link(nil), s.links...)
	for _, a := range s.pending {
		a.timer.Stop()
	}
	s.mu.Unlock()
	s.stop()
	for _, l := range links {
		l.drop()
	}
	if s.http != nil {
		_ = s.http.Close()
	}
	s.wg.Wait()
}

// APIURL is where the Web API is, with the slash at the end that clients want.
func (s *Server) APIURL() string { return s.url() + "/api/" }

// AppToken is the app-level token (xapp) that opens sockets.
func (s *Server) AppToken() string { return s.appToken }

// AppID is the id of the app that is installed in every workspace here.
func (s *Server) AppID() string { return appID }

func (s *Server) url() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// Handler serves the Web API, sockets, files and response URLs.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveCall)
	mux.HandleFunc("/link/", s.serveLink)
	mux.HandleFunc("POST /upload/v1/{token}", s.serveUpload)
	mux.HandleFunc("GET /files-pri/{id}/{name}", s.serveFile)
	mux.HandleFunc("POST /commands/{team}/{id}", s.serveResponse)
	return mux
}

// id makes the next id with a letter before it; the lock is held.
func (s *Server) id(letter string) string {
	s.seq[letter]++
	return fmt.Sprintf("%s0FAKE%05d", letter, s.seq[letter])
}

// ts makes the next timestamp: from the clock, and always greater than the last,
// since it is a message's identity. The lock is held.
func (s *Server) ts() string {
	now := s.opts.Now().UnixMicro()
	if now <= s.lastTS {
		now = s.lastTS + 1
	}
	s.lastTS = now
	return fmt.Sprintf("%d.%06d", now/1e6, now%1e6)
}

func orAll(list, all []string) []string {
	if list == nil {
		return all
	}
	return list
}
