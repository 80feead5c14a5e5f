package slack

import (
	"context"
	"encoding/json"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// Unlimited takes away the adapter's own pace, for tests that are not about it.
func Unlimited(s *Slack) {
	for _, w := range s.workspaces {
		w.rates.limits.perMinute = nil
	}
}

// Minute makes a minute of Slack's limits this long, and the second between two
// posts in one place accordingly shorter.
func Minute(s *Slack, minute, perChannel time.Duration) {
	for _, w := range s.workspaces {
		w.rates.limits.minute, w.rates.limits.perChannel = minute, perChannel
	}
}

// Heartbeat sets the time between two pings.
func Heartbeat(s *Slack, beat time.Duration) {
	for _, w := range s.workspaces {
		w.beat = beat
	}
}

// CloseIdle closes connections that wait for a next call.
func CloseIdle(s *Slack) {
	for _, w := range s.workspaces {
		w.http.CloseIdleConnections()
		w.files.CloseIdleConnections()
	}
}

// Patience sets how long a call waits for its turn.
func Patience(s *Slack, d time.Duration) {
	for _, w := range s.workspaces {
		w.rates.limits.patience = d
	}
}

// Posts renders a message as Slack's JSON, a post a line, and holds it against the
// limits.
func Posts(m chat.Message) ([]json.RawMessage, error) {
	posts, _ := render(m)
	if err := checkPosts(posts); err != nil {
		return nil, err
	}
	var all []json.RawMessage
	for _, p := range posts {
		for _, x := range p.pictures {
			x.block.SlackFile = &api.SlackFileObject{ID: "F0PICTURE"}
		}
		raw, err := json.Marshal(map[string]any{"text": p.text, "blocks": p.blocks})
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return all, nil
}

// Files gives the files of a message that are shared beside its posts.
func Files(m chat.Message) []chat.File {
	_, files := render(m)
	return files
}

// Modal renders a page of a form as Slack's JSON.
func Modal(f chat.Form) (json.RawMessage, error) {
	v, err := modal(f, opened{Channel: "C1", Reply: "https://hooks.slack.com/commands/T1/2/x"})
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// Home renders a home as Slack's JSON.
func Home(m chat.Message) (json.RawMessage, error) {
	v := api.HomeTabViewRequest{Type: api.VTHomeTab, Blocks: api.Blocks{BlockSet: viewBlocks(m)}}
	if err := checkView(v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// CheckMessage and CheckView are the validator, for what no rendering makes.
func CheckMessage(blocks any, text string) error { return checkMessage(blocks, text, false) }

// CheckView holds a view against the limits.
func CheckView(v any) error { return checkView(v) }

// Soon sets after how long an envelope is acknowledged before the answer is there.
func Soon(s *Slack, d time.Duration) {
	for _, w := range s.workspaces {
		w.soon = d
	}
}

// Pace is the adapter's own pace for one workspace: what it gives waits for the turn
// of a post in a place, and returns what is to be called when the post is made.
func Pace() func(ctx context.Context, place string) (over func(), err error) {
	r := newRates(0)
	return func(ctx context.Context, place string) (func(), error) { return r.wait(ctx, posting, place) }
}
