package pages_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/links"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
)

// counting counts the transactions of a store, and what is read and written in them.
type counting struct {
	store.Store
	views, updates, reads, writes atomic.Int64
}

func (c *counting) View(ctx context.Context, fn func(store.Tx) error) error {
	c.views.Add(1)
	return c.Store.View(ctx, func(tx store.Tx) error { return fn(counted{tx, c}) })
}

func (c *counting) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, func(tx store.Tx) error { return fn(counted{tx, c}) })
}

// work gives what was done so far.
func (c *counting) work() [4]int64 {
	return [4]int64{c.views.Load(), c.updates.Load(), c.reads.Load(), c.writes.Load()}
}

type counted struct {
	store.Tx
	of *counting
}

func (c counted) Get(key []byte) ([]byte, error) { c.of.reads.Add(1); return c.Tx.Get(key) }
func (c counted) Put(key, value []byte) error    { c.of.writes.Add(1); return c.Tx.Put(key, value) }
func (c counted) Delete(key []byte) error        { c.of.writes.Add(1); return c.Tx.Delete(key) }

// closedLinks makes links that are not open, each for another reason, and gives their
// secrets by the reason. Each is to a deed that exists.
func closedLinks(w *bottest.World) map[string]string {
	w.T.Helper()
	closed := map[string]string{"wrong": strings.Repeat("Ab3_", 10) + "xyz"}
	now := w.Now()
	showing := strings.Repeat("s", 32)
	w.Update(func(tx store.Tx) error {
		old, err := links.Make(tx, "portfolio recover", "somebody", now, now)
		if err != nil {
			return err
		}
		revoked, err := links.Make(tx, "portfolio recover", "somebody", now.Add(time.Hour), now)
		if err != nil {
			return err
		}
		used, err := links.MakeOnce(tx, "portfolio writing", "something", now.Add(time.Hour), now)
		if err != nil {
			return err
		}
		if _, err := links.Enter(tx, used.Token, showing, time.Hour, now.Add(-2*time.Minute)); err != nil {
			return err
		}
		closed["old"], closed["revoked"], closed["used"] = old.Token, revoked.Token, used.Token
		return links.End(tx, revoked.ID, now)
	})
	return closed
}

// answered is all that somebody gets who tries an address, and what it took.
type answered struct {
	Status int
	Header http.Header
	Body   string
	Work   [4]int64
}

// A link that never was, that is too old, that was used and that was taken back take
// the same way: the same answer to the byte, the same headers, and the same work.
func TestOfALinkThatIsNotOpenNobodyLearnsWhy(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		spy := &counting{Store: w.Store}
		w.Store, w.Pages = spy, "https://bot.example"
		w.Restart()
		h := pages.New(pages.Options{
			Guests: w.Bot, Writers: w.Bot, Copies: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler),
			Calendar: func(ctx context.Context, token string) ([]byte, bool, error) {
				_, _, ok, err := w.Bot.Subscribed(ctx, token)
				return nil, ok, err
			},
		})
		closed := closedLinks(w)
		from := 0
		ask := func(r *http.Request, secret string) answered {
			from++ // whoever tries much is answered otherwise
			r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1234", from/250, from%250)
			before, rec := spy.work(), httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			a := answered{Status: rec.Code, Header: rec.Header(), Body: strings.ReplaceAll(rec.Body.String(), secret, "SECRET"), Work: spy.work()}
			for i := range a.Work {
				a.Work[i] -= before[i]
			}
			return a
		}
		press := url.Values{"press": {chat.Button{Command: "enter"}.Token()}, "event": {strings.Repeat("0", 32)}}.Encode()
		other := url.Values{"press": {chat.Button{Command: "attest write", Record: "x"}.Token()}, "event": {strings.Repeat("0", 32)}}.Encode()
		get := func(path string) func(string) *http.Request {
			return func(secret string) *http.Request {
				return httptest.NewRequest(http.MethodGet, "https://bot.example"+fmt.Sprintf(path, secret), nil)
			}
		}
		post := func(path, body string) func(string) *http.Request {
			return func(secret string) *http.Request {
				r := httptest.NewRequest(http.MethodPost, "https://bot.example"+fmt.Sprintf(path, secret), strings.NewReader(body))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				return r
			}
		}
		for name, request := range map[string]func(secret string) *http.Request{
			"a page": get("/l/%s"), "a file": get("/l/%s/file/1"), "an entry": get("/l/%s/session.ics"), "a zip": get("/l/%s/portfolio.zip?of=portfolio%%2Fnow%%2Fx"),
			"a calendar": get("/calendar/%s.ics"), "a copy": get(privacy.ExportFolder + "%s"), "fetching a copy": post(privacy.ExportFolder+"%s", ""),
			"opening the page for writing": post("/l/%s", press), "a deed": post("/l/%s", other),
			"a session": func(secret string) *http.Request {
				r := get("/write%.0s")("")
				r.AddCookie(&http.Cookie{Name: "__Host-writing", Value: secret})
				return r
			},
			"writing in a session": func(secret string) *http.Request {
				r := post("/write/background%.0s", "q.text=x")("")
				r.AddCookie(&http.Cookie{Name: "__Host-writing", Value: secret})
				return r
			},
		} {
			want := ask(request(closed["wrong"]), closed["wrong"])
			if want.Status < 400 {
				t.Errorf("%s: answered with %d", name, want.Status)
			}
			for why, secret := range closed {
				if got := ask(request(secret), secret); !reflect.DeepEqual(got, want) {
					t.Errorf("%s, %s: %+v\nwhere of a wrong one it is %+v", name, why, got, want)
				}
			}
		}
	})
}

// How long each takes. The differences are far below what a network adds by chance, and
// whoever can tell them apart had all 256 bits of the link.
func BenchmarkALinkThatIsNotOpen(b *testing.B) {
	w := bottest.New(b)
	w.Pages = "https://bot.example"
	w.Restart()
	h := pages.New(pages.Options{Guests: w.Bot, Writers: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler)})
	for why, secret := range closedLinks(w) {
		b.Run(why, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n++
				r := httptest.NewRequest(http.MethodGet, "https://bot.example/l/"+secret, nil)
				r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", n>>16&255, n>>8&255, n&255)
				rec := httptest.NewRecorder()
				if h.ServeHTTP(rec, r); rec.Code != http.StatusNotFound {
					b.Fatalf("answered with %d", rec.Code)
				}
			}
		})
	}
}
