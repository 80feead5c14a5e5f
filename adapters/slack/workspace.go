package slack

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// workspace is one workspace: its client, and what is known of the people in it.
type workspace struct {
	tokens Tokens
	client *api.Client
	http   *http.Client
	files  *http.Client // for what people shared: it may take long
	api    *url.URL     // where the Web API is
	log    *slog.Logger
	attach func(chat.Message) ([]chat.File, error) // see Options
	rates  *rates
	people *people
	parts  parts
	lanes  *lanes
	slots  chan struct{} // handlers at work
	beat   time.Duration // between two pings of ours
	soon   time.Duration // after which an envelope is acknowledged before the answer is there
	me     atomic.Pointer[identity]
	asking sync.Mutex  // one auth.test at a time
	linked atomic.Bool // a connection stands
}

// identity is who the bot is in a workspace.
type identity struct {
	workspace chat.Workspace
	team      string // the team's name, for the operator
	user, bot string // ids of the bot user and of the bot
}

// maxHandlers is how many envelopes are worked on at once; more wait their turn.
const maxHandlers = 256

func newWorkspace(t Tokens, o Options, log *slog.Logger) *workspace {
	w := &workspace{
		tokens: t, log: log, attach: o.Attach, rates: newRates(o.Minute), slots: make(chan struct{}, maxHandlers), beat: 10 * time.Second, soon: answerTime,
		http: &http.Client{Timeout: callLimit, Transport: noting{&http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConnsPerHost: 64, // the default of 2 would dial anew under any load
			IdleConnTimeout:     30 * time.Second,
			ForceAttemptHTTP2:   true,
		}}},
	}
	large := http.DefaultTransport.(*http.Transport).Clone()
	large.ResponseHeaderTimeout = headLimit
	w.files = &http.Client{Transport: large, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 5 || !w.isSlacks(r.URL) {
			return errors.New("it leads away from Slack")
		}
		return nil
	}}
	w.api, _ = url.Parse(o.URL)
	if w.api == nil { // every call will say so
		w.api = &url.URL{}
	}
	// No retries of the library's: after a lost answer it would post again.
	w.client = api.New(t.Bot, api.OptionAppLevelToken(t.App), api.OptionAPIURL(o.URL), api.OptionHTTPClient(w.http))
	w.people = newPeople(w)
	w.lanes = newLanes(w)
	return w
}

// noting marks errors of requests of which nothing was written: the server
// certainly did not carry them out.
type noting struct{ *http.Transport }

type unwritten struct{ error }

func (u unwritten) Unwrap() error { return u.error }

// RoundTrip carries a request out.
func (t noting) RoundTrip(r *http.Request) (*http.Response, error) {
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	resp, err := t.Transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil && !wrote.Load() {
		return nil, unwritten{err}
	}
	return resp, err
}

// known gives who the bot is here, or nil while nobody has asked.
func (w *workspace) known() *identity { return w.me.Load() }

// identify asks Slack who the bot is here, once.
func (w *workspace) identify(ctx context.Context) (*identity, error) {
	if me := w.known(); me != nil {
		return me, nil
	}
	w.asking.Lock()
	defer w.asking.Unlock()
	if me := w.known(); me != nil {
		return me, nil
	}
	var who *api.AuthTestResponse
	err := w.call(ctx, "auth.test", "", func() (err error) {
		who, err = w.client.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if who.BotID == "" {
		return nil, errors.New("slack: the bot token belongs to a person; take the one that begins with xoxb-")
	}
	me := &identity{workspace: chat.Workspace(Prefix + who.TeamID), team: who.Team, user: who.UserID, bot: who.BotID}
	w.me.Store(me)
	return me, nil
}

// user names an account of this workspace.
func (w *workspace) user(id string) chat.User {
	return chat.User{Workspace: w.known().workspace, ID: id}
}
