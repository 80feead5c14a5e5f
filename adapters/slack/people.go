package slack

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	api "github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"

	"cohortbot/bot/chat"
)

// people keeps what Slack says of accounts. It is asked once for each, and kept
// fresh by the events that tell of changes.
type people struct {
	w    *workspace
	asks singleflight.Group

	mu    sync.Mutex
	in    chat.Inbox // nil while nobody listens
	known map[string]chat.Profile
}

// account is an account as Slack writes it.
type account struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	RealName string `json:"real_name"`
	TZ       string `json:"tz"`
	IsBot    bool   `json:"is_bot"`
	IsAdmin  bool   `json:"is_admin"`
	IsOwner  bool   `json:"is_owner"`
	Profile  struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
	} `json:"profile"`
}

func newPeople(w *workspace) *people {
	return &people{w: w, known: map[string]chat.Profile{}}
}

// profileTime is how long somebody's command waits for their profile.
const profileTime = time.Second

// profile gives what is known of an account. Where Slack cannot be asked now, it
// is the name that came with the event, without a zone, and the next event asks
// again.
func (p *people) profile(ctx context.Context, id, name string) chat.Profile {
	p.mu.Lock()
	known, ok := p.known[id]
	p.mu.Unlock()
	if ok {
		return known
	}
	asked := p.asks.DoChan(id, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callLimit)
		defer cancel()
		return p.ask(ctx, id)
	})
	timer := time.NewTimer(profileTime)
	defer timer.Stop()
	select {
	case r := <-asked:
		if r.Err == nil {
			return r.Val.(chat.Profile)
		}
		p.w.log.Warn("somebody's profile cannot be read now", "person", id, "err", r.Err)
	case <-timer.C:
	case <-ctx.Done():
	}
	return chat.Profile{User: p.w.user(id), Name: name}
}

// met gives an account that somebody named or wrote as, after the bot was told of
// it: they may never have used it.
func (w *workspace) met(ctx context.Context, id string) chat.User {
	if id != "" {
		w.people.profile(ctx, id, "")
	}
	return w.user(id)
}

func (p *people) ask(ctx context.Context, id string) (chat.Profile, error) {
	var u *api.User
	err := p.w.call(ctx, "users.info", "", func() (err error) {
		u, err = p.w.client.GetUserInfoContext(ctx, id)
		return err
	})
	if err != nil {
		return chat.Profile{}, err
	}
	a := account{ID: u.ID, Name: u.Name, RealName: u.RealName, TZ: u.TZ, IsBot: u.IsBot, IsAdmin: u.IsAdmin, IsOwner: u.IsOwner}
	a.Profile.DisplayName, a.Profile.RealName = u.Profile.DisplayName, u.Profile.RealName
	profile := p.learn(a)
	p.mu.Lock()
	in := p.in
	p.mu.Unlock()
	if in != nil {
		if err := in.Meet(ctx, profile); err != nil {
			p.w.log.Warn("the bot could not be told of somebody", "person", id, "err", err)
		}
	}
	return profile, nil
}

// tell names the inbox that is told of people.
func (p *people) tell(in chat.Inbox) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = in
	clear(p.known) // another bot may listen now, with an empty store
}

// learn keeps what Slack says of an account.
func (p *people) learn(a account) chat.Profile {
	profile := chat.Profile{User: p.w.user(a.ID), Zone: a.TZ, Admin: a.IsAdmin || a.IsOwner, Bot: a.IsBot || a.ID == "USLACKBOT"}
	for _, name := range []string{a.Profile.DisplayName, a.Profile.RealName, a.RealName, a.Name} {
		if name = strings.TrimSpace(name); name != "" {
			profile.Name = name
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[a.ID] = profile
	return profile
}

// name gives somebody's name, or their id where it cannot be found out.
func (p *people) name(ctx context.Context, id string) string {
	if name := p.profile(ctx, id, "").Name; name != "" {
		return name
	}
	return id
}

// changed takes an event that tells of an account that changed. Slack tells of
// everybody in the workspace; only of those who are known here is anything kept.
func (p *people) changed(ctx context.Context, in chat.Inbox, event json.RawMessage) error {
	var e struct {
		User json.RawMessage `json:"user"`
	}
	var a account
	if json.Unmarshal(event, &e) != nil || json.Unmarshal(e.User, &a) != nil || a.ID == "" {
		return errUnreadable
	}
	p.mu.Lock()
	_, met := p.known[a.ID]
	p.mu.Unlock()
	if !met {
		return nil
	}
	return in.Meet(ctx, p.learn(a))
}

// joined takes an event that tells of somebody in a channel.
func (p *people) joined(ctx context.Context, in chat.Inbox, event json.RawMessage) error {
	var e struct {
		User string `json:"user"`
	}
	if json.Unmarshal(event, &e) != nil || e.User == "" {
		return errUnreadable
	}
	if e.User == p.w.known().user {
		return nil
	}
	profile := p.profile(ctx, e.User, "")
	if profile.Name == "" {
		return nil // they are met when they say something
	}
	return in.Meet(ctx, profile)
}
