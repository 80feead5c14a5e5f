package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

func TestFilesRunNothing(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	big := strings.Repeat("0123456789abcdef", 50_000) // several parts
	for _, c := range []struct{ name, kind, want, how string }{
		{"a.png", "image/png", "image/png", "inline"},
		{"a.mp3", "audio/mpeg", "audio/mpeg", "inline"},
		{"a.svg", "image/svg+xml", "application/octet-stream", "attachment"},
		{"a.html", "text/html", "application/octet-stream", "attachment"},
		{"a.pdf", "application/pdf", "application/octet-stream", "attachment"},
		{"a\"\r\nX: y.png", "image/png\r\nX: y", "application/octet-stream", "attachment"},
		{"../../etc/passwd", "", "application/octet-stream", "attachment"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := w.Upload(ctx, "ana", chat.File{Name: c.name, Type: c.kind, Data: []byte(big)})
			if err != nil {
				t.Fatal(err)
			}
			rec := httptest.NewRecorder()
			w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://localhost/files/"+f.ID, nil))
			head := rec.Header()
			if rec.Body.String() != big {
				t.Errorf("%d bytes came back of %d", rec.Body.Len(), len(big))
			}
			if head.Get("Content-Type") != c.want || !strings.HasPrefix(head.Get("Content-Disposition"), c.how) {
				t.Errorf("it is served as %q, %q", head.Get("Content-Type"), head.Get("Content-Disposition"))
			}
			if head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(head.Get("Content-Security-Policy"), "sandbox") || head.Get("X") != "" {
				t.Errorf("its head is %v", head)
			}
			if strings.Contains(f.Name, "/") {
				t.Errorf("it is named %q", f.Name)
			}
		})
	}
	if _, err := w.Upload(ctx, "ana", chat.File{Name: "a", Data: make([]byte, web.MaxFile+1)}); err == nil {
		t.Error("a file over the limit was taken")
	}
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://localhost:8080/?as=ana", nil))
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), `id="composer"`) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	policy := rec.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("the policy is %q", policy)
	}
	for _, outside := range []string{"http://", "https://", "<script>", "onclick=", "style="} {
		if strings.Contains(rec.Body.String(), outside) {
			t.Errorf("the page has %q", outside)
		}
	}
}

func TestEveryCallIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/local-workspace.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile("\\| `POST /api/([a-z]+)`").FindAllStringSubmatch(string(text), -1) {
		documented = append(documented, m[1])
	}
	slices.Sort(documented)
	if calls := open(t, storetest.New(t), web.Options{}).Calls(); !slices.Equal(calls, documented) {
		t.Errorf("there are the calls %q, and documented are %q", calls, documented)
	}
}

func TestTheClockRunsFast(t *testing.T) {
	clock := schedules.NewMovable(start, false)
	w := open(t, storetest.New(t), web.Options{Clock: clock, MoveClock: func(_ context.Context, to time.Time) error { clock.MoveTo(to); return nil }})
	listen(t, w, &echo{})
	if _, a := call(t, w, "clock", map[string]any{"as": "ana", "fast": true}); a["fast"] != true {
		t.Fatalf("it does not run fast: %v", a)
	}
	moved := clock.Moved()
	select {
	case <-moved:
	case <-time.After(5 * time.Second):
		t.Fatal("the clock stands still")
	}
	if _, a := call(t, w, "clock", map[string]any{"as": "ana", "fast": false}); a["fast"] != nil {
		t.Fatalf("it runs on: %v", a)
	}
}

func TestPagesOfMessages(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	to := chat.Channel(web.Name, "explorers")
	for i := range 120 {
		if _, err := w.Say(ctx, "ana", to, fmt.Sprintf("Message %d", i), nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	n, before := 120, ""
	for _, want := range []int{50, 50, 20} {
		_, a := do(t, w, httptest.NewRequest(http.MethodGet, "http://localhost/api/messages?as=ben&place=explorers&before="+before, nil))
		page := a["messages"].([]any)
		if len(page) != want || a["earlier"] != (n > want) {
			t.Fatalf("a page of %d, earlier %v; want %d of the remaining %d", len(page), a["earlier"], want, n)
		}
		for i := range page {
			if got, want := page[len(page)-1-i].(map[string]any)["text"], fmt.Sprintf("Message %d", n-1-i); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		n -= want
		before = page[0].(map[string]any)["id"].(string)
	}
}

// stream is what somebody is told as it happens.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	last  string
}

func follow(t *testing.T, url, last string) *stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return &stream{t: t, lines: bufio.NewScanner(answer.Body)}
}

// next gives the next event that is not of the kind "people".
func (s *stream) next() (kind string, data map[string]any) {
	s.t.Helper()
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch name {
		case "id":
			s.last = value
		case "event":
			kind = value
		case "data":
			data = map[string]any{}
			if err := json.Unmarshal([]byte(value), &data); err != nil {
				s.t.Fatal(err)
			}
		case "":
			if kind != "" && kind != "people" {
				return kind, data
			}
		}
	}
	s.t.Fatalf("the stream ended: %v", s.lines.Err())
	return "", nil
}

func TestAStreamIsTakenUpWhereItBroke(t *testing.T) {
	clock := schedules.NewMovable(start, false)
	w := open(t, storetest.New(t), web.Options{Clock: clock, MoveClock: func(_ context.Context, to time.Time) error { clock.MoveTo(to); return nil }})
	listen(t, w, &echo{})
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	to := chat.Channel(web.Name, "explorers")
	say := func(text string) chat.Address {
		at, err := w.Say(ctx, "ana", to, text, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	s := follow(t, server.URL+"/api/events?as=ben", "")
	if kind, _ := s.next(); kind != "hello" {
		t.Fatalf("it begins with %q", kind)
	}
	first := say("One")
	if kind, m := s.next(); kind != "message" || m["text"] != "One" || m["mine"] != nil {
		t.Fatalf("Ben is told %q %v", kind, m)
	}
	if _, err := w.Command(ctx, "ana", to, "/home", ""); err != nil {
		t.Fatal(err)
	}
	// What is only for Ana passes Ben by; a deletion reaches him.
	say("Two")
	if err := w.DeleteSaid(ctx, "ana", first.ID); err != nil {
		t.Fatal(err)
	}
	again := follow(t, server.URL+"/api/events?as=ben", s.last)
	for _, s := range []*stream{s, again} {
		kind, m := s.next()
		if kind == "hello" {
			kind, m = s.next()
		}
		if kind != "message" || m["text"] != "Two" {
			t.Errorf("Ben is told %q %v, want Two", kind, m)
		}
		if kind, m = s.next(); kind != "gone" || m["id"] != first.ID {
			t.Errorf("Ben is told %q %v, want that One is gone", kind, m)
		}
	}
	if code, a := call(t, w, "clock", map[string]any{"as": "ana", "move": "monday"}); code != 200 || a["now"] != "2027-02-07T20:00:00Z" && a["now"] != "2027-02-08T09:00:00+13:00" {
		t.Errorf("the clock: %d %v", code, a)
	}
	if kind, _ := again.next(); kind != "clock" {
		t.Errorf("after the clock moved Ben is told %q", kind)
	}
	lost := follow(t, server.URL+"/api/events?as=ben", "another-process-12")
	if kind, _ := lost.next(); kind != "reset" {
		t.Errorf("who comes back after a restart is told %q", kind)
	}
}

func TestAStreamTakenUpWhileSomethingIsSaidDoesNotStandStill(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{Clock: schedules.NewMovable(start, false)})
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	s := follow(t, server.URL+"/api/events?as=ben", "")
	s.next()
	done := make(chan struct{})
	said := make(chan struct{})
	go func() {
		defer close(said)
		for {
			select {
			case <-done:
				return
			default:
				_, _ = w.Say(ctx, "ana", chat.Channel(web.Name, "explorers"), "again", nil, "") // more than enough of them succeed
			}
		}
	}()
	for range 150 {
		t.Run("again", func(t *testing.T) { // ends the stream at once
			if kind, _ := follow(t, server.URL+"/api/events?as=ben", s.last).next(); kind != "hello" {
				t.Errorf("a stream that is taken up begins with %q", kind)
			}
		})
	}
	close(done)
	<-said
}

func TestNoJumpOfTheClockIsMissed(t *testing.T) {
	clock := schedules.NewMovable(start, false)
	w := open(t, storetest.New(t), web.Options{Clock: clock})
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	s := follow(t, server.URL+"/api/events?as=ben", "")
	s.next()
	for i := range 200 {
		if _, err := w.Say(ctx, "ana", chat.Channel(web.Name, "explorers"), "Something at the same time", nil, ""); err != nil {
			t.Fatal(err)
		}
		to := start.Add(time.Duration(i+1) * time.Hour)
		clock.MoveTo(to)
		for shown := ""; shown != to.Format(time.RFC3339); {
			kind, data := s.next()
			if kind == "clock" {
				shown, _ = data["now"].(string)
			}
		}
	}
}

func TestTheClockMovesAsAsked(t *testing.T) {
	clock := schedules.NewMovable(start, false)
	w := open(t, storetest.New(t), web.Options{Clock: clock, MoveClock: func(_ context.Context, to time.Time) error { clock.MoveTo(to); return nil }})
	listen(t, w, &echo{})
	for _, c := range []struct {
		move string
		code int
		want string // in Auckland, where the clocks go back on 4 April
	}{
		{"1d", 200, "2027-02-05T09:00:00+13:00"},
		{"1w", 200, "2027-02-12T09:00:00+13:00"},
		{"monday", 200, "2027-02-15T09:00:00+13:00"},
		{"monday", 200, "2027-02-22T09:00:00+13:00"},
		{"2027-04-01T09:00:00+13:00", 200, "2027-04-01T09:00:00+13:00"},
		{"1w", 200, "2027-04-08T09:00:00+12:00"},
		{"2027-04-01T09:00:00+13:00", 400, "2027-04-08T09:00:00+12:00"},
		{"next blursday", 400, "2027-04-08T09:00:00+12:00"},
	} {
		code, a := call(t, w, "clock", map[string]any{"as": "ana", "move": c.move})
		want, err := time.Parse(time.RFC3339, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if code != c.code || !clock.Now().Equal(want) {
			t.Errorf("%s: %d %v, the clock shows %v, want %v", c.move, code, a, clock.Now(), want)
		}
	}
	still := open(t, storetest.New(t), web.Options{})
	if code, _ := call(t, still, "clock", map[string]any{"as": "ana", "move": "1d"}); code != 404 {
		t.Errorf("a clock that cannot be moved: %d", code)
	}
}

func TestAnAddressWithNothingSaysWhereTheWorkspaceIs(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://localhost/interest", nil))
	if rec.Code != http.StatusNotFound || !strings.Contains(rec.Body.String(), "The workspace is at /") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}
