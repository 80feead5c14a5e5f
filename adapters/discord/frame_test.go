package discord_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cohortbot/adapters/discord"
	"cohortbot/bot/chat"
)

// TestAFrameThatStaysBrokenIsLetGo has a gateway of its own, which sends the same
// broken frame however often it is resumed.
func TestAFrameThatStaysBrokenIsLetGo(t *testing.T) {
	const id = "1130650140672000000"
	var resumes atomic.Int32
	up := websocket.Upgrader{}
	mux := http.NewServeMux()
	var s *httptest.Server
	mux.HandleFunc("/gateway/bot", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"url":"ws%s/socket","shards":1}`, strings.TrimPrefix(s.URL, "http"))
	})
	mux.HandleFunc("/users/@me", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"id":%q}`, id) })
	mux.HandleFunc("/applications/@me", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"id":%q}`, id) })
	mux.HandleFunc("/guilds/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"id":%q,"roles":[]}`, id) })
	mux.HandleFunc("/socket", func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		say := func(frame string) { _ = ws.WriteMessage(websocket.TextMessage, []byte(frame)) }
		say(`{"op":10,"d":{"heartbeat_interval":60000}}`)
		_, hello, _ := ws.ReadMessage()
		if strings.Contains(string(hello), `"op":6`) {
			resumes.Add(1)
		} else {
			say(`{"op":0,"s":1,"t":"READY","d":{"session_id":"s","resume_gateway_url":"ws` + strings.TrimPrefix(s.URL, "http") + `/socket"}}`)
		}
		say(`{"op":0,"s":2,"t":"MESSAGE_CRE`)
		say(`{"op":0,"s":3,"t":"MESSAGE_CREATE","d":{"id":"1130650140672000002","channel_id":"1130650140672000003","type":0,"content":"After it","author":{"id":"1130650140672000004","username":"ana"}}}`)
		_, _, _ = ws.ReadMessage()
	})
	s = httptest.NewServer(mux)
	defer s.Close()
	d, err := discord.New(discord.Options{Token: "t", Guilds: []string{id}, URL: s.URL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	discord.Hurry(d)
	ctx, stop := context.WithCancel(t.Context())
	b, over := &bot{}, make(chan struct{})
	go func() { defer close(over); _ = d.Listen(ctx, b) }()
	defer func() { stop(); <-over; discord.CloseIdle(d) }()
	if !eventually(func() bool { return slices.Contains(b.words(), "After it") }) {
		t.Fatal("what came after the frame is not heard")
	}
	time.Sleep(50 * time.Millisecond)
	if n := resumes.Load(); n != 1 {
		t.Errorf("it was asked for %d times more; once is enough", n)
	}
}

// FuzzWhatComesIn holds that nothing that Discord could send brings the program
// down.
func FuzzWhatComesIn(f *testing.F) {
	f.Add(2, `{"name":"session","type":1,"options":[{"name":"schedule","type":1,"options":[{"name":"title","type":3,"value":"Q&A","focused":true}]}]}`)
	f.Add(2, `{"name":"Keep as evidence","type":3,"target_id":"1","resolved":{"messages":{"1":{"id":"1","content":"x"}}}}`)
	f.Add(3, `{"custom_id":"session schedule|week-3|skip","component_type":2,"values":["a"]}`)
	f.Add(3, `{"custom_id":"~open|1|f1"}`)
	f.Add(5, `{"custom_id":"~form|1|f1|reflect|r","components":[{"type":18,"component":{"type":4,"custom_id":"title","value":"x"}},{"type":1,"components":[{"type":19,"custom_id":"=f","values":["1"]}]}],"resolved":{"attachments":{"1":null}}}`)
	f.Fuzz(func(t *testing.T, kind int, data string) {
		r, err := discord.Understand(t.Context(), &bot{}, kind, []byte(data))
		if err == nil && kind == 5 && r.Form == "" && r.Answers == nil {
			t.Errorf("a form without answers: %+v", r)
		}
	})
}

var _ chat.Inbox = (*bot)(nil)
