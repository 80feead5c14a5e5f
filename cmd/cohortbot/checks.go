package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"cohortbot/adapters/openbadges"
	"cohortbot/adapters/pages"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/credentials"
	"cohortbot/schedules"
)

// checks tells on the pages whether a credential stands. The bot is set before it
// runs.
type checks struct {
	bot    *bot.Bot
	signer openbadges.Signer
	issuer string // the name of who gives credentials
	base   string // of the pages
	clock  schedules.Clock

	mu     sync.Mutex
	list   []byte // the status list as it was signed last
	struck []int
	signed time.Time
}

var _ pages.Checks = (*checks)(nil)

// listLasts is how long a status list is handed out before it is signed anew although
// nothing has changed: what it says is as of when it was signed.
const listLasts = 10 * time.Minute

// Check gives what is known of a credential, in words.
func (c *checks) Check(ctx context.Context, file []byte, number, name string) (chat.Message, bool, error) {
	if len(file) == 0 {
		known, err := c.bot.Checked(ctx, number, name)
		return known.Message(), known.State == credentials.Unknown, err
	}
	known, err := c.checkFile(ctx, file, name)
	return known.Message(), known.State != credentials.Stands && known.State != credentials.Withdrawn, err
}

func (c *checks) checkFile(ctx context.Context, file []byte, name string) (credentials.Checked, error) {
	r, err := openbadges.Verify(file, openbadges.Against{Now: c.clock.Now()})
	switch {
	case errors.Is(err, openbadges.ErrEarly), errors.Is(err, openbadges.ErrLate):
		return credentials.Checked{State: credentials.Outside}, nil
	case err != nil && !signedOnce(file):
		return credentials.Checked{State: credentials.Unreadable}, nil
	case err != nil:
		return credentials.Checked{State: credentials.Altered}, nil
	}
	known, err := c.bot.Checked(ctx, r.ID, name)
	if err != nil {
		return known, err
	}
	// By the key alone: whoever signs can write in whose name, ours included.
	if !slices.Contains(c.signer.Keys(), r.Key) && !bytes.Equal(bytes.TrimSpace(file), bytes.TrimSpace(known.File)) {
		return credentials.Checked{State: credentials.Foreign, Name: r.Name, Issuer: r.Issuer}, nil
	}
	known.Sound, known.Listed = true, r.List != ""
	// What stands here now counts, whether the file names a list or not.
	for _, w := range r.Words {
		if id, _ := credentials.Numbered(w.ID); known.State == credentials.Stands && !slices.Contains(known.Words, id) {
			known.Gone = append(known.Gone, w.Who)
		}
	}
	return known, nil
}

// signedOnce tells whether something could once have been a signed file.
func signedOnce(file []byte) bool {
	var doc struct {
		Proof json.RawMessage `json:"proof"`
	}
	return json.Unmarshal(file, &doc) == nil && len(doc.Proof) > 0
}

// Status gives the signed list of what was taken back. It is signed anew as soon as
// that changes.
func (c *checks) Status(ctx context.Context) ([]byte, error) {
	struck, err := c.bot.Struck(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if c.list != nil && slices.Equal(struck, c.struck) && now.Sub(c.signed) < listLasts && !now.Before(c.signed) {
		return c.list, nil
	}
	list, err := c.signer.List(c.base+credentials.StatusPath, c.issuer, struck, now)
	if err != nil {
		return nil, err
	}
	c.list, c.struck, c.signed = list, struck, now
	return list, nil
}

// Issuer gives the document of a did:web that leads to these very pages.
func (c *checks) Issuer() ([]byte, error) {
	base, err := url.Parse(c.base)
	if err != nil || c.signer.Issuer() != "did:web:"+strings.ReplaceAll(base.Host, ":", "%3A") {
		return nil, nil //nolint:nilerr // then it is served elsewhere
	}
	return c.signer.Controller()
}
