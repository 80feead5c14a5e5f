package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Inbox takes what happens on a platform. When a method returns without an
// error, what the person gave is durable. An error means that nothing was kept
// and that the event should be delivered again.
type Inbox interface {
	// Do carries out what a person asked for. A repeat of the same event gives
	// the same outcome and does nothing twice. A refusal is an outcome, not an
	// error.
	Do(ctx context.Context, r Request) (Outcome, error)
	// Hear takes a message that a person wrote, changed or deleted.
	Hear(ctx context.Context, s Said) error
	// Meet takes what the platform says of a person: new to it, or changed.
	Meet(ctx context.Context, p Profile) error
	// Tree gives the commands that exist, for completion and registration.
	Tree() Tree
}

// Platform is one chat platform, with one or more workspaces. All methods may be
// called at once from several goroutines.
type Platform interface {
	// Serves tells whether a workspace belongs to this platform.
	Serves(w Workspace) bool
	// Listen hands what happens to in, until ctx ends, which is no error.
	Listen(ctx context.Context, in Inbox) error
	// Send says something new. key names the occasion, is the same whenever the
	// same thing is tried again, and is what Find looks for.
	Send(ctx context.Context, to Place, key string, m Message) (Address, error)
	// Edit puts m in the place of a message of ours.
	Edit(ctx context.Context, at Address, m Message) error
	// Delete takes a message of ours away. One that is gone already is no error.
	Delete(ctx context.Context, at Address) error
	// Find looks for a message that may have been sent under this key since
	// then. It gives the zero Address where it certainly was not sent, and
	// ErrUnclear where that cannot be known.
	Find(ctx context.Context, to Place, key string, m Message, since time.Time) (Address, error)
	// Open gives the bytes of a file that a person sent. They are read while ctx
	// lasts; how many to take is the reader's to limit, who also closes it.
	// Platforms keep files for a while only: what is to last is copied soon.
	// Errors: ErrGone for a file that was taken away or is kept elsewhere,
	// ErrRefused for one that no person sent.
	Open(ctx context.Context, f File) (io.ReadCloser, error)
}

// Errors of a [Platform]. Each may be wrapped; any other error counts as
// passing: it was certainly not said, and trying again later may work.
var (
	ErrUnclear = errors.New("it may or may not have been said")
	ErrClosed  = errors.New("this person takes no messages from the bot")
	ErrGone    = errors.New("the place or the message is not there")
	ErrFatal   = errors.New("the platform refuses the bot")
	ErrRefused = errors.New("the platform refuses this message for good")
)

// RateLimited says that the platform wants no more for a while.
type RateLimited struct{ After time.Duration }

// Error says how long to wait.
func (e RateLimited) Error() string {
	return fmt.Sprintf("the platform asks to wait %s", e.After)
}
