package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Name is the workspace that this platform serves.
const Name = chat.Workspace("local")

// BotID is the account id under which the bot speaks.
const BotID = "cohortbot"

// MaxText is how many characters one message of a person may have.
const MaxText = 40_000

// Options are what a [Workspace] needs besides its store.
type Options struct {
	Clock schedules.Clock // the civil clock: what messages are dated by
	Log   *slog.Logger    // ids only, never what people wrote; nil is slog.Default
	Title string          // the workspace's name on the page

	// MoveClock moves the civil clock to a later time and lives through
	// everything that falls due in between. Nil shows no clock to move.
	MoveClock func(ctx context.Context, to time.Time) error

	// Tour is what a newcomer may try first; shown beside the messages until it
	// is put away.
	Tour []TourStep

	// Opening gives the seat in which the page opens where its address names
	// none, such as "/?as=ana&place=explorers"; nil or empty takes the first
	// person's. With "#opening" at its end, a thread in it is left closed where
	// it would cover the channel.
	Opening func(ctx context.Context) string

	// Attach makes files of a message's event and document; charts are drawn on
	// the page. Nil, or an error of it, says them in words.
	Attach func(chat.Message) ([]chat.File, error)

	// Fault lets a test break the service: it is asked before each send, edit,
	// delete and find. With an error the call fails with it; with stored as well
	// the call is carried out first, as when an answer is lost on its way.
	Fault func(op string, at chat.Place) (stored bool, err error)
}

// TourStep is one thing to try.
type TourStep struct {
	Title string `json:"title"`
	Text  string `json:"text"`           // Markdown
	Link  string `json:"link,omitempty"` // the seat to take for it, such as "/?as=ana&place=explorers"
}

// Workspace is the chat service. It keeps people, channels, messages, files,
// open forms and what the bot has not heard yet in its own store, so that a
// restart loses nothing. It is safe for use by many goroutines.
type Workspace struct {
	store store.Store
	o     Options
	mux   *http.ServeMux
	hub   *hub

	mu       sync.Mutex
	inbox    chat.Inbox          // while Listen runs
	working  map[string]bool     // people whose deliveries are under way
	wake     func(person string) // starts delivering to the inbox; nil while nobody listens
	progress chan struct{}       // closed, and made anew, when a delivery ends
	fast     bool                // the clock runs fast
	moving   sync.Mutex          // held while the clock is being moved
}

var (
	_ chat.Platform = (*Workspace)(nil)
	_ http.Handler  = (*Workspace)(nil)
)

// New makes a workspace on a store of its own.
func New(s store.Store, o Options) (*Workspace, error) {
	if o.Clock == nil {
		return nil, errors.New("the local workspace needs a clock")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Title == "" {
		o.Title = "cohortbot"
	}
	if err := store.Prepare(context.Background(), s, tables...); err != nil {
		return nil, fmt.Errorf("opening the local workspace: %w", err)
	}
	w := &Workspace{
		store:    s,
		o:        o,
		hub:      newHub(store.NewID(o.Clock.Now())),
		working:  map[string]bool{},
		progress: make(chan struct{}),
	}
	w.mux = w.routes()
	return w, nil
}

// Refused is why something that a person asked for cannot be done, in words for
// them.
type Refused struct {
	Status int // the HTTP status that says the same
	Words  string
}

// Error gives the words.
func (r Refused) Error() string { return r.Words }

func refuse(status int, format string, args ...any) error {
	return Refused{Status: status, Words: fmt.Sprintf(format, args...)}
}

// user gives the account with this id.
func user(id string) chat.User { return chat.User{Workspace: Name, ID: id} }
