package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// rehearsed is the workspace in which programmes are rehearsed.
const rehearsed = chat.Workspace("rehearsal")

// rehearsalPlatform is the chat platform of a rehearsal: it keeps what the bot sends,
// and nobody listens but the rehearsal itself. It is used from one goroutine.
type rehearsalPlatform struct {
	clock schedules.Clock
	posts []*rehearsalPost
	byID  map[string]*rehearsalPost
}

var _ chat.Platform = (*rehearsalPlatform)(nil)

// rehearsalPost is one message as it stands now.
type rehearsalPost struct {
	key     string
	kind    string // what sort of thing it is, once somebody has seen it
	address chat.Address
	at      time.Time
	first   chat.Message // as it was sent
	message chat.Message // as it stands
}

// weekTitle finds the title of a week in what is posted about it.
var weekTitle = regexp.MustCompile(`Week \d+ · ([^*]+)\*\*`)

// about gives the title of the week that the post is about, or nothing.
func (p rehearsalPost) about() string {
	found := weekTitle.FindStringSubmatch(p.first.Text)
	if found == nil {
		return ""
	}
	return readable(found[1])
}

// button finds a button by its command and, where it matters, its choice.
func (p rehearsalPost) button(command, choice string) (chat.Button, bool) {
	for _, b := range p.message.Buttons {
		if b.Command == command && (choice == "" || b.Choice == choice) {
			return b, true
		}
	}
	return chat.Button{}, false
}

func newRehearsalPlatform(clock schedules.Clock) *rehearsalPlatform {
	return &rehearsalPlatform{clock: clock, byID: map[string]*rehearsalPost{}}
}

// Serves tells whether w is the rehearsal's workspace.
func (s *rehearsalPlatform) Serves(w chat.Workspace) bool { return w == rehearsed }

// Listen hears nothing by itself: the rehearsal calls the bot.
func (s *rehearsalPlatform) Listen(ctx context.Context, _ chat.Inbox) error {
	<-ctx.Done()
	return nil
}

// Send keeps a message.
func (s *rehearsalPlatform) Send(_ context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	p := &rehearsalPost{
		key: key, at: s.clock.Now(), first: m, message: m,
		address: chat.Address{Place: to, ID: fmt.Sprintf("m%d", len(s.posts)+1)},
	}
	s.posts = append(s.posts, p)
	s.byID[p.address.ID] = p
	return p.address, nil
}

// Edit changes a message.
func (s *rehearsalPlatform) Edit(_ context.Context, at chat.Address, m chat.Message) error {
	p, ok := s.byID[at.ID]
	if !ok {
		return chat.ErrGone
	}
	p.message = m
	return nil
}

// Delete takes a message away; that it was posted is still told.
func (s *rehearsalPlatform) Delete(_ context.Context, at chat.Address) error {
	delete(s.byID, at.ID)
	return nil
}

// Open has nothing to give: nobody in a rehearsal sends files.
func (s *rehearsalPlatform) Open(context.Context, chat.File) (io.ReadCloser, error) {
	return nil, chat.ErrGone
}

// Find looks for a message by its key.
func (s *rehearsalPlatform) Find(_ context.Context, to chat.Place, key string, _ chat.Message, _ time.Time) (chat.Address, error) {
	for _, p := range s.posts {
		if p.key == key && p.address.Place == to {
			return p.address, nil
		}
	}
	return chat.Address{}, nil
}
