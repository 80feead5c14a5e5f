package slack_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
)

// sent has somebody send a file to the bot, and gives it as the bot hears of it.
func sent(t *testing.T, h *harness, b *listener, f chat.File) chat.File {
	t.Helper()
	ana, _ := h.Person(t.Context(), "Ana")
	if _, err := h.Say(t.Context(), ana.User, chat.Direct(ana.User), "Here.", f); err != nil {
		t.Fatal(err)
	}
	var got chat.File
	eventually(t, 5*time.Second, "the file is heard of", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, s := range b.heard {
			if len(s.Files) > 0 {
				got = s.Files[0]
			}
		}
		return got.ID != ""
	})
	return got
}

func TestAPageThatComesInsteadOfAFileIsNoFile(t *testing.T) {
	for _, f := range []chat.File{
		{Name: "garden.png", Type: "image/png", Data: onePixel},
		{Name: "mine.html", Type: "text/html", Data: []byte("<!DOCTYPE html><title>Mine</title>")},
	} {
		b := newListener()
		h := ready(t, slackfake.Options{}, b)
		f = sent(t, h, b, f)
		h.fake.DenyFiles(true) // the token may ask about files, and not read them
		body, err := h.slack.Open(t.Context(), f)
		if err == nil {
			got, _ := io.ReadAll(body)
			_ = body.Close()
			t.Errorf("%s is taken for %q", f.Name, got)
		} else if !strings.Contains(err.Error(), "files:read") || errors.Is(err, chat.ErrGone) {
			t.Errorf("%s: it says %v", f.Name, err)
		}
		h.fake.DenyFiles(false)
		if body, err = h.slack.Open(t.Context(), f); err != nil {
			t.Errorf("%s: later, %v", f.Name, err)
		} else {
			_ = body.Close()
		}
	}
}

func TestWithoutTheScopeTheOperatorIsTold(t *testing.T) {
	b := newListener()
	h := ready(t, slackfake.Options{}, b)
	f := sent(t, h, b, chat.File{Name: "garden.png", Type: "image/png", Data: onePixel})
	h.fake.SetScopes(h.fake.BotToken(), "chat:write")
	if _, err := h.slack.Open(t.Context(), f); !errors.Is(err, chat.ErrFatal) || !strings.Contains(err.Error(), "files:read") {
		t.Errorf("it says %v", err)
	}
}

func TestTheTokenGoesNowhereButToSlack(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("somebody else is asked for %s, with the token %v", r.URL.Path, r.Header.Get("Authorization") != "")
	}))
	defer elsewhere.Close()
	b := newListener()
	h := ready(t, slackfake.Options{}, b)
	f := sent(t, h, b, chat.File{Name: "garden.png", Type: "image/png", Data: onePixel})
	h.fake.KeepElsewhere(f.ID, elsewhere.URL+"/garden.png")
	if _, err := h.slack.Open(t.Context(), f); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a file that is kept elsewhere: %v, want ErrGone", err)
	}
}

func TestWhoReadsAFileDecidesForHowLong(t *testing.T) {
	b := newListener()
	h := ready(t, slackfake.Options{}, b)
	f := sent(t, h, b, chat.File{Name: "long.txt", Type: "text/plain", Data: []byte(strings.Repeat("x", 4<<20))})
	ctx, stop := context.WithCancel(t.Context())
	body, err := h.slack.Open(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	some := make([]byte, 1000)
	if _, err := io.ReadFull(body, some); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := io.ReadAll(body); !errors.Is(err, context.Canceled) {
		t.Errorf("reading goes on: %v", err)
	}
	_ = body.Close()
}
