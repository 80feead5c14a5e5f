package discordfake

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Rate is a bucket: Count requests every Per.
type Rate struct {
	Count int
	Per   time.Duration
}

// Options are the numbers to be strict about. The zero value is Discord's own.
type Options struct {
	Token   string           // without the "Bot " in front; default "fake-token"
	Name    string           // of the bot's account; default "bot"
	Allowed int              // privileged intents switched on in the portal; default none
	Now     func() time.Time // the clock of deadlines and limits; default the machine's, which Advance can move

	Heartbeat      time.Duration // told in hello; default 41.25 s
	FirstAnswer    time.Duration // to an interaction; default 3 s
	TokenLife      time.Duration // of an interaction; default 15 min
	NonceWindow    time.Duration // how long an enforced nonce counts; default 3 min
	IdentifyGap    time.Duration // between two IDENTIFYs of one concurrency key; default 5 s, negative for none
	IdentifyBudget int           // a day; default 1000; spending more resets the token
	SendsPerMinute int           // over a gateway connection; default 120
	ShardAt        int           // guilds a shard may hold; default 2500
	Replay         int           // events kept for a resume; default 10000
	CommandCreates int           // a day and guild; default 200
	FilesFor       time.Duration // how long the signed address of a file is good; default 24 h

	Global Rate            // default 50 a second
	Rates  map[string]Rate // by route, such as "POST /channels/{channel_id}/messages"; overrides the defaults
	Other  Rate            // for routes without one of their own; default 20 a second
}

func (o *Options) fill() {
	set(&o.Token, "fake-token")
	set(&o.Name, "bot")
	set(&o.Heartbeat, 41250*time.Millisecond)
	set(&o.FirstAnswer, 3*time.Second)
	set(&o.TokenLife, 15*time.Minute)
	set(&o.NonceWindow, 3*time.Minute)
	set(&o.IdentifyGap, 5*time.Second)
	set(&o.IdentifyBudget, 1000)
	set(&o.SendsPerMinute, 120)
	set(&o.ShardAt, 2500)
	set(&o.Replay, 10000)
	set(&o.CommandCreates, 200)
	set(&o.FilesFor, 24*time.Hour)
	set(&o.Global, Rate{50, time.Second})
	set(&o.Other, Rate{20, time.Second})
}

func set[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Server is a running fake. All methods may be called from any goroutine.
type Server struct {
	opt  Options
	host string // 127.0.0.1:port
	http *http.Server
	done chan struct{} // closed by Close

	mu     sync.Mutex
	change chan struct{} // closed and replaced whenever something changed
	offset time.Duration // what Advance added
	ids    ids

	revoked  bool
	token    string
	bot      *user
	appID    string
	users    map[string]*user
	guilds   map[string]*guild
	channels map[string]*channel // of every kind, threads and DMs among them
	files    map[string]*upload
	commands map[string][]*command // by scope: a guild's id, or "" for global
	creates  map[string][]time.Time
	acts     map[string]*interaction // by interaction token
	nonces   map[string]nonce

	gate   gate
	limits limits
	losses []*loss
	record record
	wait   sync.WaitGroup
}

// New starts a Discord on a free loopback port. Close it when done.
func New(opt Options) *Server {
	opt.fill()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("discordfake: no loopback port: " + err.Error())
	}
	s := &Server{
		opt: opt, host: l.Addr().String(), token: opt.Token,
		done: make(chan struct{}), change: make(chan struct{}),
		users: map[string]*user{}, guilds: map[string]*guild{}, channels: map[string]*channel{},
		files: map[string]*upload{}, commands: map[string][]*command{}, creates: map[string][]time.Time{},
		acts: map[string]*interaction{}, nonces: map[string]nonce{},
	}
	s.limits.buckets = map[string]*bucket{}
	s.gate.sessions = map[string]*session{}
	s.gate.conns = map[*conn]bool{}
	s.gate.identified = map[int]time.Time{}
	s.bot = &user{ID: s.next(), Username: opt.Name, Bot: true}
	s.appID = s.bot.ID // as for every application made since 2016
	s.users[s.bot.ID] = s.bot
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	s.wait.Go(func() { _ = s.http.Serve(l) })
	return s
}

// Close ends every connection and waits for what the fake started.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
		s.mu.Unlock()
		return
	default:
	}
	close(s.done)
	for c := range s.gate.conns {
		c.cut()
	}
	s.mu.Unlock()
	_ = s.http.Close()
	s.wait.Wait()
}

// URL is where the REST API is, ending in /api/v10/.
func (s *Server) URL() string { return "http://" + s.host + "/api/v10/" }

// Host is the address and port that REST, gateway and files share.
func (s *Server) Host() string { return s.host }

// Token is the bot's token, without "Bot " in front.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// BotID is the bot's user id, AppID its application's.
func (s *Server) BotID() string { return s.bot.ID }

// AppID is the id of the application.
func (s *Server) AppID() string { return s.appID }

// Now is the fake's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Advance moves the fake's clock on: deadlines pass, limits recover. What
// runs on real timers (heartbeats, ReconnectEvery) is not moved.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
	s.changed()
}

func (s *Server) now() time.Time {
	if s.opt.Now != nil {
		return s.opt.Now().Add(s.offset)
	}
	return time.Now().Add(s.offset)
}

// changed wakes whoever waits for the world to become something.
func (s *Server) changed() {
	close(s.change)
	s.change = make(chan struct{})
}

// until waits in real time for ok, which is asked under the lock.
func (s *Server) until(wait time.Duration, ok func() bool) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		s.mu.Lock()
		good, change := ok(), s.change
		s.mu.Unlock()
		if good {
			return true
		}
		select {
		case <-change:
		case <-timer.C:
			return false
		case <-s.done:
			return false
		}
	}
}

// ids hands out snowflakes: unique, growing, and true to the clock.
type ids struct{ last int64 }

const discordEpoch = 1420070400000 // 2015-01-01 in ms

func (s *Server) next() string {
	id := (s.now().UnixMilli() - discordEpoch) << 22
	s.ids.last = max(id, s.ids.last+1)
	return fmt.Sprint(s.ids.last)
}

// nextGuild skips a millisecond, since a guild's shard comes from its time.
func (s *Server) nextGuild() string {
	s.ids.last = (s.ids.last>>22 + 1) << 22
	return s.next()
}
