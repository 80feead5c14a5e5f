package slackfake_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cohortbot/adapters/slack/slackfake"
)

// dial opens a socket and reads its hello.
func dial(t *testing.T, s *slackfake.Server) *websocket.Conn {
	t.Helper()
	c, _ := dialURL(t, ticket(t, s))
	if c == nil {
		t.Fatal("no socket")
	}
	if m := next(t, c); m["type"] != "hello" {
		t.Fatalf("not hello: %v", m)
	}
	return c
}

func ticket(t *testing.T, s *slackfake.Server) string {
	t.Helper()
	o, _ := call(t, s, s.AppToken(), "apps.connections.open", nil)
	if o["ok"] != true {
		t.Fatal(o)
	}
	return o["url"].(string)
}

func dialURL(t *testing.T, address string) (*websocket.Conn, int) {
	t.Helper()
	c, resp, err := websocket.DefaultDialer.Dial(address, nil) //nolint:bodyclose // a dialler leaves nothing in the body to close
	if err != nil {
		return nil, resp.StatusCode
	}
	t.Cleanup(func() { c.Close() })
	return c, resp.StatusCode
}

func next(t *testing.T, c *websocket.Conn) object {
	t.Helper()
	var o object
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if err := c.ReadJSON(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

func answer(t *testing.T, c *websocket.Conn, envelope object, payload any) {
	t.Helper()
	o := object{"envelope_id": envelope["envelope_id"]}
	if payload != nil {
		o["payload"] = payload
	}
	if err := c.WriteJSON(o); err != nil {
		t.Fatal(err)
	}
}

func TestATicketOpensOneSocketAndTenAreTheMost(t *testing.T) {
	s, _, _ := start(t, slackfake.Options{})
	address := ticket(t, s)
	if c, _ := dialURL(t, address); c == nil {
		t.Fatal("a good ticket is refused")
	}
	if c, code := dialURL(t, address); c != nil || code != http.StatusForbidden {
		t.Errorf("a used ticket: %d", code)
	}
	for range 9 {
		dial(t, s)
	}
	c, _ := dialURL(t, ticket(t, s))
	if m := next(t, c); m["reason"] != "too_many_websockets" {
		t.Errorf("the eleventh: %v", m)
	}
}

func TestAcknowledgementsAreStrict(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{AckWithin: 100 * time.Millisecond})
	a, b := dial(t, s), dial(t, s)
	command := func() (*slackfake.Delivery, *websocket.Conn, *websocket.Conn, object) {
		before := s.SlashCommand(ana, room, "/plan", "") // the turn is b's, then a's
		e := next(t, b)
		answer(t, b, e, nil)
		if o := before.Wait(); !o.Acked {
			t.Fatalf("a good one: %+v", o)
		}
		d := s.SlashCommand(ana, room, "/plan", "show")
		return d, a, b, next(t, a)
	}
	for _, c := range []struct {
		kind string
		do   func(carried, other *websocket.Conn, e object)
		good bool
	}{
		{"second ack", func(c, _ *websocket.Conn, e object) { answer(t, c, e, nil); answer(t, c, e, nil) }, true},
		{"foreign ack", func(_, o *websocket.Conn, e object) { answer(t, o, e, nil) }, false},
		{"late ack", func(c, _ *websocket.Conn, e object) { time.Sleep(200 * time.Millisecond); answer(t, c, e, nil) }, false},
		{"big ack", func(c, _ *websocket.Conn, e object) { answer(t, c, e, object{"text": strings.Repeat("x", 20<<10)}) }, false},
		{"unknown ack", func(c, _ *websocket.Conn, _ object) { answer(t, c, object{"envelope_id": "?"}, nil) }, false},
		{"bad ack", func(c, _ *websocket.Conn, _ object) { _ = c.WriteMessage(websocket.TextMessage, []byte("ok")) }, false},
	} {
		t.Run(c.kind, func(t *testing.T) {
			s.Forget()
			d, carried, other, e := command()
			c.do(carried, other, e)
			if o := d.Wait(); o.Acked != c.good {
				t.Errorf("%+v", o)
			}
			soon(t, c.kind, func() bool { v := s.Violations(); return len(v) == 1 && v[0].Kind == c.kind })
		})
	}
}

func TestAnEventComesAgainUntilItIsAcknowledged(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{AckWithin: 50 * time.Millisecond, RetryAfter: []time.Duration{0, 60 * time.Millisecond, 10 * time.Millisecond}})
	a := dial(t, s)
	_, d, err := s.Say(ana, room, slackfake.Said{Text: "hear me"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range 3 {
		e := next(t, a)
		p := e["payload"].(object)
		if e["retry_attempt"] != float64(i) || (e["retry_reason"] == "timeout") != (i > 0) || p["event_id"] != d.EventID {
			t.Errorf("attempt %d: %v", i, e)
		}
		ids = append(ids, e["envelope_id"].(string))
		if i == 2 {
			answer(t, a, e, nil)
		}
	}
	if ids[0] == ids[1] {
		t.Error("an envelope id came twice")
	}
	if o := d.Wait(); !o.Acked || o.Attempt != 2 {
		t.Errorf("%+v", o)
	}
	if o := s.Event(object{"type": "never"}).Wait(); o.Acked || o.Attempt != 3 {
		t.Errorf("given up after three retries: %+v", o)
	}
}

func TestADroppedSocketFailsCommandsAndRepeatsEvents(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	dial(t, s)
	command := s.SlashCommand(ana, room, "/plan", "")
	_, event, _ := s.Say(ana, room, slackfake.Said{Text: "x"})
	s.DropConnections()
	if o := command.Wait(); o.Problem != "operation_timeout" {
		t.Errorf("%+v", o)
	}
	if o := s.SlashCommand(ana, room, "/plan", "").Wait(); o.Problem != "dispatch_failed" {
		t.Errorf("with no socket: %+v", o)
	}
	select {
	case <-event.Done():
		t.Error("the event is given up")
	default:
	}
}

func TestDisconnectsAreAnnouncedAndTheOtherSocketCarriesOn(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{WarnFor: 300 * time.Millisecond})
	a := dial(t, s)
	s.Disconnect("refresh_requested")
	if m := next(t, a); m["reason"] != "refresh_requested" {
		t.Fatal(m)
	}
	d := s.SlashCommand(ana, room, "/plan", "alone")
	answer(t, a, next(t, a), nil)
	if !d.Wait().Acked {
		t.Error("the only socket carries until it is closed")
	}
	b := dial(t, s)
	for range 3 {
		d := s.SlashCommand(ana, room, "/plan", "")
		answer(t, b, next(t, b), nil)
		d.Wait()
	}
	if _, _, err := a.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("the old one: %v", err)
	}
}

func TestADeafServerNeitherPingsNorAnswers(t *testing.T) {
	s, _, _ := start(t, slackfake.Options{PingEvery: 20 * time.Millisecond})
	c := dial(t, s)
	heard := make(chan string, 100)
	c.SetPingHandler(func(string) error { heard <- "ping"; return nil })
	c.SetPongHandler(func(d string) error { heard <- d; return nil })
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.SetReadDeadline(time.Now().Add(400 * time.Millisecond))
		_, _, _ = c.ReadMessage()
	}()
	if err := c.WriteControl(websocket.PingMessage, []byte("mine"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for len(got) < 2 {
		got = append(got, <-heard)
	}
	if all := strings.Join(got, " "); !strings.Contains(all, "mine") && !strings.Contains(all+<-heard, "mine") {
		t.Errorf("a ping is not answered: %s", all)
	}
	s.Deaf()
	time.Sleep(60 * time.Millisecond)
	for len(heard) > 0 {
		<-heard
	}
	_ = c.WriteControl(websocket.PingMessage, []byte("again"), time.Now().Add(time.Second))
	<-done
	if len(heard) > 0 {
		t.Errorf("heard %s", <-heard)
	}
}

func TestTriggersAreForThreeSecondsAndOnce(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{TriggerFor: 200 * time.Millisecond})
	dial(t, s)
	view := object{"type": "modal", "title": object{"type": "plain_text", "text": "A"}, "blocks": []any{}}
	open := func(trigger string) any {
		o, _ := call(t, s, s.BotToken(), "views.open", object{"trigger_id": trigger, "view": view})
		return o["error"]
	}
	d := s.SlashCommand(ana, room, "/plan", "")
	if e := open(d.Trigger); e != nil {
		t.Errorf("first: %v", e)
	}
	if e := open(d.Trigger); e != "exchanged_trigger_id" {
		t.Errorf("second: %v", e)
	}
	d = s.SlashCommand(ana, room, "/plan", "")
	time.Sleep(250 * time.Millisecond)
	if e := open(d.Trigger); e != "expired_trigger_id" {
		t.Errorf("late: %v", e)
	}
}

func TestAResponseURLIsForFiveAnswers(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	c := dial(t, s)
	s.SlashCommand(ana, room, "/plan", "")
	e := next(t, c)
	answer(t, c, e, object{"text": "for you alone"})
	address := e["payload"].(object)["response_url"].(string)
	for i := range 6 {
		o, resp := post(t, address, `{"text":"more"}`)
		if bad := resp.StatusCode != http.StatusOK; bad != (i == 5) {
			t.Errorf("use %d: %d %v", i+1, resp.StatusCode, o)
		}
	}
	seen := s.See(ana, room)
	if len(seen) != 6 || !seen[0].Ephemeral || seen[0].Text != "for you alone" {
		t.Errorf("%+v", seen)
	}
	if o := form(t, s, "conversations.history", "channel", room); len(o["messages"].([]any)) != 0 {
		t.Error("history has what one person alone saw")
	}
}

func TestAFormsErrorsMustNameAnInput(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	c := dial(t, s)
	d := s.SlashCommand(ana, room, "/plan", "")
	answer(t, c, next(t, c), nil)
	o, _ := call(t, s, s.BotToken(), "views.open", object{"trigger_id": d.Trigger, "view": object{
		"type": "modal", "title": object{"type": "plain_text", "text": "A"}, "submit": object{"type": "plain_text", "text": "Go"},
		"blocks": []any{object{"type": "divider", "block_id": "line"}},
	}})
	if o["ok"] != true {
		t.Fatal(o)
	}
	type result struct {
		got slackfake.Submitted
		err error
	}
	done := make(chan result)
	go func() { got, err := s.SubmitView(ana, nil); done <- result{got, err} }()
	answer(t, c, next(t, c), object{"response_action": "errors", "errors": object{"line": "no"}})
	r := <-done
	if r.err != nil || r.got.Trouble == "" || len(s.Views(ana)) != 1 || len(s.Violations()) != 1 {
		t.Errorf("%+v %v", r, s.Violations())
	}
	hash := s.Views(ana)[0].Hash
	update := object{"view_id": s.Views(ana)[0].ID, "hash": hash, "view": object{"type": "modal", "title": object{"type": "plain_text", "text": "B"}, "blocks": []any{}}}
	if o, _ := call(t, s, s.BotToken(), "views.update", update); o["ok"] != true {
		t.Error(o)
	}
	if o, _ := call(t, s, s.BotToken(), "views.update", update); o["error"] != "hash_conflict" {
		t.Error(o)
	}
}

func TestGarbageIsSentAsItIs(t *testing.T) {
	s, _, _ := start(t, slackfake.Options{})
	c := dial(t, s)
	s.SendRaw(`{"type":`)
	if _, b, err := c.ReadMessage(); err != nil || string(b) != `{"type":` {
		t.Errorf("%q %v", b, err)
	}
	s.SendTruncated()
	if _, _, err := c.ReadMessage(); err == nil {
		t.Error("half a frame is a whole one")
	}
}
