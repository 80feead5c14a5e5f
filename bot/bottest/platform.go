package bottest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// Platform records what the bot says. It may be called at once from several
// goroutines.
type Platform struct {
	// Fault, if set before the bot speaks, may fail a call: op is "send",
	// "edit", "delete" or "find". A send that fails with chat.ErrUnclear is
	// kept all the same, as one whose answer was lost.
	Fault func(op string, to chat.Place) error

	clock schedules.Clock
	check func(chat.Message) // what every platform could not show fails the test

	mu     sync.Mutex
	posts  []Post
	closed map[string]bool   // accounts whose direct messages are closed
	files  map[string][]byte // what people sent, by id
}

// Post is one message that the bot said.
type Post struct {
	Key     string
	At      chat.Address
	Message chat.Message // as it stands now
	Sent    time.Time    // in the civil clock
	Edits   int
	Deleted bool
}

var _ chat.Platform = (*Platform)(nil)

// CloseDirect closes a person's direct messages, or opens them again.
func (p *Platform) CloseDirect(user string, closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed[user] = closed
}

// All gives every post there ever was, in order, deleted ones included.
func (p *Platform) All() []Post {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.posts)
}

// Serves says that the test's workspace is here.
func (p *Platform) Serves(w chat.Workspace) bool { return w == Workspace }

// Listen hears nothing by itself.
func (p *Platform) Listen(ctx context.Context, _ chat.Inbox) error {
	<-ctx.Done()
	return nil
}

// Send records a message.
func (p *Platform) Send(_ context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	fault := p.fault("send", to)
	if fault != nil && !errors.Is(fault, chat.ErrUnclear) {
		return chat.Address{}, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if to.IsDirect() && p.closed[to.User] {
		return chat.Address{}, chat.ErrClosed
	}
	p.check(m)
	if err := to.Takes(m); err != nil {
		return chat.Address{}, err
	}
	at := chat.Address{Place: to, ID: fmt.Sprintf("m%d", len(p.posts)+1)}
	p.posts = append(p.posts, Post{Key: key, At: at, Message: m, Sent: p.clock.Now()})
	if fault != nil {
		return chat.Address{}, fault
	}
	return at, nil
}

// Edit changes a message.
func (p *Platform) Edit(_ context.Context, at chat.Address, m chat.Message) error {
	p.check(m)
	return p.change("edit", at, func(post *Post) {
		post.Message = m
		post.Edits++
	})
}

// Delete takes a message away.
func (p *Platform) Delete(_ context.Context, at chat.Address) error {
	return p.change("delete", at, func(post *Post) { post.Deleted = true })
}

// Open gives the bytes of a file that somebody sent with its Data, by
// [World.Said] or in an answer.
func (p *Platform) Open(_ context.Context, f chat.File) (io.ReadCloser, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	data, ok := p.files[f.ID]
	if f.ID == "" {
		return nil, chat.ErrRefused
	}
	if !ok {
		return nil, chat.ErrGone
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// keep takes the bytes of files that somebody sends, and gives the files as a
// platform hands them on: with an id, and without bytes.
func (p *Platform) keep(sent []chat.File) []chat.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := slices.Clone(sent)
	for i, f := range kept {
		if f.ID == "" {
			f.ID = fmt.Sprintf("file-%d", len(p.files)+1)
		}
		if f.Data != nil {
			p.files[f.ID] = f.Data
			f.Size, f.Data = int64(len(f.Data)), nil
		}
		f.Workspace = Workspace
		kept[i] = f
	}
	return kept
}

// Find looks for a message by its key.
func (p *Platform) Find(_ context.Context, to chat.Place, key string, _ chat.Message, _ time.Time) (chat.Address, error) {
	if err := p.fault("find", to); err != nil {
		return chat.Address{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, post := range p.posts {
		if post.Key == key && post.At.Place.Root() == to.Root() {
			return post.At, nil
		}
	}
	return chat.Address{}, nil
}

func (p *Platform) change(op string, at chat.Address, fn func(*Post)) error {
	if err := p.fault(op, at.Place); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.posts {
		if p.posts[i].At == at && !p.posts[i].Deleted {
			fn(&p.posts[i])
			return nil
		}
	}
	return chat.ErrGone
}

func (p *Platform) fault(op string, to chat.Place) error {
	if p.Fault == nil {
		return nil
	}
	return p.Fault(op, to)
}
