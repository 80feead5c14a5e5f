package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"cohortbot/bot/chat"
)

// Options are what it takes to be in Slack.
type Options struct {
	Workspaces []Tokens     // one pair a workspace, at least one
	Log        *slog.Logger // nil is slog's default; neither tokens nor people's words go there
	URL        string       // of the Web API; empty is Slack's own

	// Attach makes files of a message's chart, event and document. Nil, or an
	// error of it, says them in words.
	Attach func(chat.Message) ([]chat.File, error)

	// Minute is how long a minute of Slack's limits lasts, for a stand-in at URL
	// where time is short; zero is a minute.
	Minute time.Duration
}

// Tokens open one workspace. They never show in what is printed or logged.
type Tokens struct {
	App string // app-level, begins with "xapp-", with the scope connections:write
	Bot string // of the bot user, begins with "xoxb-"
}

// String hides the tokens.
func (Tokens) String() string { return "[tokens]" }

// GoString hides the tokens.
func (Tokens) GoString() string { return "[tokens]" }

// LogValue hides the tokens.
func (Tokens) LogValue() slog.Value { return slog.StringValue("[tokens]") }

// Slack is all workspaces of one process.
type Slack struct {
	workspaces []*workspace
	log        *slog.Logger
}

var _ chat.Platform = (*Slack)(nil)

// Connected gives how many workspaces have a connection at this moment, of how many.
func (s *Slack) Connected() (connected, wanted int) {
	for _, w := range s.workspaces {
		if w.linked.Load() {
			connected++
		}
	}
	return connected, len(s.workspaces)
}

// Prefix begins the name of every workspace in Slack; the team's id follows.
const Prefix = "slack:"

const slackURL = "https://slack.com/api/"

// New makes the platform. It calls nobody: which workspace a pair of tokens opens
// is asked when it is first needed. The error says which token is not one.
func New(o Options) (*Slack, error) {
	if len(o.Workspaces) == 0 {
		return nil, errors.New("slack: no workspace; each needs an app-level token (xapp-…) and a bot token (xoxb-…)")
	}
	s := &Slack{log: o.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	if o.URL == "" {
		o.URL = slackURL
	}
	o.URL = strings.TrimSuffix(o.URL, "/") + "/"
	bots := map[string]bool{}
	for i, t := range o.Workspaces {
		switch {
		case !strings.HasPrefix(t.App, "xapp-"):
			return nil, fmt.Errorf("slack: workspace %d: the app-level token begins with xapp-; it is under Basic Information, App-Level Tokens", i+1)
		case !strings.HasPrefix(t.Bot, "xoxb-"):
			return nil, fmt.Errorf("slack: workspace %d: the bot token begins with xoxb-; it is under OAuth & Permissions, Bot User OAuth Token", i+1)
		case bots[t.Bot]:
			return nil, fmt.Errorf("slack: workspace %d has the same bot token as another: give each workspace once", i+1)
		}
		bots[t.Bot] = true
		s.workspaces = append(s.workspaces, newWorkspace(t, o, s.log.With("platform", "slack", "workspace", i+1)))
	}
	return s, nil
}

// Serves tells whether w is one of the workspaces. While Slack has not yet said
// which workspace each pair of tokens opens, any of Slack's may be.
func (s *Slack) Serves(w chat.Workspace) bool {
	if !strings.HasPrefix(string(w), Prefix) {
		return false
	}
	for _, x := range s.workspaces {
		if me := x.known(); me == nil || me.workspace == w {
			return true
		}
	}
	return false
}

// Listen hands what happens in all workspaces to in, until ctx ends. An error
// wraps chat.ErrFatal: a workspace refuses the bot, and the text says what to
// change.
func (s *Slack) Listen(ctx context.Context, in chat.Inbox) error {
	group, inner := errgroup.WithContext(ctx)
	// One app may be in several workspaces: what happens in any of them comes by
	// any connection. So all have to be known before the first is opened.
	for _, w := range s.workspaces {
		if err := w.begin(inner); err != nil {
			return ended(ctx, err)
		}
	}
	for _, w := range s.workspaces {
		w.people.tell(in)
		w.lanes.start(inner, in)
		defer w.lanes.wait()
	}
	for _, w := range s.workspaces {
		group.Go(func() error { return w.listen(inner, in, s.workspaces) })
	}
	return ended(ctx, group.Wait())
}

// ended gives the error with which listening ended, if it is one.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(err, chat.ErrFatal) {
		return nil
	}
	return err
}

// in gives the workspace that a place is in.
func (s *Slack) in(ctx context.Context, name chat.Workspace) (*workspace, error) {
	var unknown error
	for _, w := range s.workspaces {
		me, err := w.identify(ctx)
		if err != nil {
			unknown = err
			continue
		}
		if me.workspace == name {
			return w, nil
		}
	}
	if unknown != nil {
		return nil, unknown
	}
	return nil, fmt.Errorf("%w: none of the tokens opens %s", chat.ErrGone, name)
}

// How long things may take in real time.
const (
	callLimit  = 20 * time.Second        // one call of the Web API
	answerTime = 2 * time.Second         // until an envelope is acknowledged before the answer is there
	ackWindow  = 2900 * time.Millisecond // Slack's is 3 s; a later acknowledgement counts as none
)
