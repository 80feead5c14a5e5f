package discord_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

// sent is a bot that listens, and a file that somebody has sent to it.
func sent(t *testing.T, o discordfake.Options) (r *running, at chat.Place, f chat.File) {
	t.Helper()
	r = run(t, o)
	ana, err := r.Person(t.Context(), "Ana")
	if err != nil {
		t.Fatal(err)
	}
	at = chat.Direct(ana.User)
	if _, err := r.Say(t.Context(), ana.User, at, "Here.", chat.File{Name: "notes.txt", Type: "text/plain", Data: []byte("What we said.")}); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool {
		r.bot.mu.Lock()
		defer r.bot.mu.Unlock()
		for _, s := range r.bot.heard {
			if len(s.Files) > 0 {
				f = s.Files[0]
			}
		}
		return f.ID != ""
	}) {
		t.Fatal("the file is not heard of")
	}
	return r, at, f
}

func TestAFileIsOpenedLongAfterItsAddressHasLapsed(t *testing.T) {
	h, _, f := sent(t, discordfake.Options{FilesFor: time.Hour})
	h.Advance(30 * 24 * time.Hour)
	body, err := h.d.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if err != nil || string(got) != "What we said." {
		t.Errorf("it has %q, %v", got, err)
	}
	_ = body.Close()
}

func TestAFileOfAFormIsGoneWhenItsAddressHasLapsed(t *testing.T) {
	h, at, f := sent(t, discordfake.Options{FilesFor: time.Hour})
	seen := h.Everything(h.DM(at.User))
	f.ID = seen[len(seen)-1].Files[0].URL // as it comes with a form
	body, err := h.d.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	h.Advance(2 * time.Hour)
	if _, err := h.d.Open(t.Context(), f); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a lapsed address gives %v, want ErrGone", err)
	}
}

func TestAnAddressElsewhereIsNotAskedFor(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("somebody else is asked for %s", r.URL.Path)
	}))
	defer elsewhere.Close()
	h := newHarness(t, fast(discordfake.Options{}))
	f := chat.File{Workspace: chat.Workspace(discord.Prefix + h.guild), ID: elsewhere.URL + "/attachments/1/2/x.png"}
	if _, err := h.d.Open(t.Context(), f); !errors.Is(err, chat.ErrGone) {
		t.Errorf("it gives %v, want ErrGone", err)
	}
}
