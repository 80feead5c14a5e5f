package chattest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"cohortbot/bot/chat"
)

// Inbox records what arrives, and answers as it is told to. Without being told,
// it answers every command with a short reply.
type Inbox struct {
	mu      sync.Mutex
	asked   []chat.Request
	offered []chat.Said // everything that was handed over, taken or not
	taken   []chat.Said
	met     []chat.Profile
	do      func(chat.Request) (chat.Outcome, error)
	hear    func(chat.Said) error
}

var _ chat.Inbox = (*Inbox)(nil)

func newInbox() *Inbox { return &Inbox{} }

// tree is the commands that the cases use.
var tree = chat.Tree{
	{Path: "home", Summary: "What matters to you now"},
	{Path: "session schedule", Summary: "Tell the group of a session", Fields: []chat.Field{
		{Name: "title", Label: "What it is called", Kind: chat.Text, Required: true},
		{Name: "when", Label: "When", Kind: chat.When},
	}},
	{Path: "evidence add", Summary: "Keep something for your portfolio", Menu: "Keep as evidence"},
}

// Tree gives the commands that the cases use.
func (in *Inbox) Tree() chat.Tree { return tree }

// Do records a request.
func (in *Inbox) Do(_ context.Context, r chat.Request) (chat.Outcome, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.asked = append(in.asked, r)
	if in.do != nil {
		return in.do(r)
	}
	return chat.Say("Understood."), nil
}

// Hear records a message.
func (in *Inbox) Hear(_ context.Context, s chat.Said) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.offered = append(in.offered, s)
	if in.hear != nil {
		if err := in.hear(s); err != nil {
			return err
		}
	}
	in.taken = append(in.taken, s)
	return nil
}

// Meet records a profile.
func (in *Inbox) Meet(_ context.Context, p chat.Profile) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.met = append(in.met, p)
	return nil
}

var errBusy = errors.New("the store is busy")

// answer sets what Do answers. It is called with the inbox locked.
func (in *Inbox) answer(do func(chat.Request) (chat.Outcome, error)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.do = do
}

func (in *Inbox) reply(o chat.Outcome) {
	in.answer(func(chat.Request) (chat.Outcome, error) { return o, nil })
}

// refuse sets what Hear answers. It is called with the inbox locked.
func (in *Inbox) refuse(hear func(chat.Said) error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.hear = hear
}

func (in *Inbox) requests() []chat.Request {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.asked)
}

func (in *Inbox) said() (offered, taken []chat.Said) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.offered), slices.Clone(in.taken)
}

// lastAsked gives the latest request.
func (x *trial) lastAsked() chat.Request {
	x.Helper()
	all := x.in.requests()
	if len(all) == 0 {
		x.Fatal("the bot was asked nothing")
	}
	return all[len(all)-1]
}

// heard waits for the first message that fits, and gives it.
func (x *trial) heard(what string, fits func(chat.Said) bool) chat.Said {
	x.Helper()
	var found chat.Said
	x.eventually("the bot hears "+what, func() bool {
		_, taken := x.in.said()
		i := slices.IndexFunc(taken, fits)
		if i >= 0 {
			found = taken[i]
		}
		return i >= 0
	})
	return found
}
