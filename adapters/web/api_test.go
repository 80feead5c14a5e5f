package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

var ctx = context.Background()

// start is when the clocks of these tests stand: a Thursday in Auckland.
var start = time.Date(2027, 2, 3, 20, 0, 0, 0, time.UTC)

func open(t *testing.T, s store.Store, o web.Options) *web.Workspace {
	t.Helper()
	if o.Clock == nil {
		o.Clock = schedules.NewMovable(start, false)
	}
	o.Log = slog.New(slog.DiscardHandler)
	w, err := web.New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []chat.Profile{
		{User: chat.User{ID: "ana"}, Name: "Ana", Zone: "Pacific/Auckland"},
		{User: chat.User{ID: "ben"}, Name: "Ben", Zone: "Europe/Dublin"},
	} {
		if err := w.AddPerson(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AddChannel(ctx, "explorers", "Our group"); err != nil {
		t.Fatal(err)
	}
	return w
}

// listen hands what people do to in until the test ends.
func listen(t *testing.T, w *web.Workspace, in chat.Inbox) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.Listen(ctx, in) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Listen: %v", err)
		}
	}
	t.Cleanup(stop)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://localhost/api/state?as=ana", nil))
		if strings.Contains(rec.Body.String(), `"here":true`) {
			return stop
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody listens after 5 s")
		}
	}
}

// call makes one call of the API and gives the status and the answer.
func call(t *testing.T, h http.Handler, path string, body map[string]any) (int, map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/api/"+path, bytes.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	return do(t, h, r)
}

func do(t *testing.T, h http.Handler, r *http.Request) (int, map[string]any) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	answer := map[string]any{}
	if data, _ := io.ReadAll(rec.Body); json.Valid(data) {
		_ = json.Unmarshal(data, &answer)
	}
	return rec.Code, answer
}

func TestAMessageIsReadBackAsItWasTyped(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	const typed = "Kia ora <b>koutou</b>\n*tēnā* https://example.org/a_b"
	if code, a := call(t, w, "say", map[string]any{"as": "ana", "place": "explorers", "text": typed}); code != http.StatusOK {
		t.Fatalf("say: %d %v", code, a)
	}
	_, a := do(t, w, httptest.NewRequest(http.MethodGet, "http://localhost/api/messages?as=ben&place=explorers", nil))
	seen := a["messages"].([]any)[0].(map[string]any)
	if seen["text"] != typed {
		t.Errorf("text %q, want %q", seen["text"], typed)
	}
	want := `<p>Kia ora &lt;b&gt;koutou&lt;/b&gt;<br>` + "\n" + `*tēnā* <a href="https://example.org/a_b" rel="noreferrer noopener" target="_blank">https://example.org/a_b</a></p>`
	if seen["html"] != want {
		t.Errorf("html %q, want %q", seen["html"], want)
	}
}

func TestOnlyThisMachineAndThisPageMayAsk(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	for _, c := range []struct {
		name, host, origin, kind string
		want                     int
	}{
		{"a script", "localhost:8080", "", "application/json", 200},
		{"the page", "127.0.0.1:8080", "http://127.0.0.1:8080", "application/json; charset=utf-8", 200},
		{"the page by IPv6", "[::1]:8080", "http://[::1]:8080", "application/json", 200},
		{"a name that was pointed here", "evil.example:8080", "http://evil.example:8080", "application/json", 403},
		{"a name that sounds like here", "localhost.evil.example", "", "application/json", 403},
		{"an address in the network", "192.168.1.4:8080", "", "application/json", 403},
		{"another site's page", "localhost:8080", "https://evil.example", "application/json", 403},
		{"another program's page on this machine", "localhost:8080", "http://localhost:3000", "application/json", 403},
		{"a page without an origin", "localhost:8080", "null", "application/json", 403},
		{"a form of another page", "localhost:8080", "", "text/plain", 415},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "http://"+c.host+"/api/say", strings.NewReader(`{"as":"ana","place":"explorers","text":"hi"}`))
			r.Header.Set("Content-Type", c.kind)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			if code, a := do(t, w, r); code != c.want {
				t.Errorf("%d %v, want %d", code, a, c.want)
			}
		})
	}
}
