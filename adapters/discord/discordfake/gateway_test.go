package discordfake_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"

	"github.com/gorilla/websocket"
)

// gate is a bare gateway client.
type gate struct {
	t     *testing.T
	s     *discordfake.Server
	ws    *websocket.Conn
	seq   float64
	ready obj
}

func dial(t *testing.T, s *discordfake.Server) *gate {
	t.Helper()
	return dialAt(t, s, "ws://"+s.Host()+"/gateway/?v=10&encoding=json")
}

func dialAt(t *testing.T, s *discordfake.Server, url string) *gate {
	t.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return &gate{t: t, s: s, ws: ws}
}

func (g *gate) send(op int, d any) {
	g.t.Helper()
	if err := g.ws.WriteJSON(obj{"op": op, "d": d}); err != nil {
		g.t.Fatal(err)
	}
}

// next is the next frame, or the code that the connection closed with.
func (g *gate) next() (obj, int) {
	_ = g.ws.SetReadDeadline(time.Now().Add(15 * time.Second))
	_, raw, err := g.ws.ReadMessage()
	if err != nil {
		var end *websocket.CloseError
		if errors.As(err, &end) {
			return nil, end.Code
		}
		return nil, -1
	}
	var f obj
	if err := json.Unmarshal(raw, &f); err != nil {
		return obj{"op": -1.0}, 0
	}
	if n, isNumber := f["s"].(float64); isNumber {
		g.seq = n
	}
	return f, 0
}

// until reads to the next event of a name and gives its data.
func (g *gate) until(name string) obj {
	g.t.Helper()
	for {
		f, code := g.next()
		if f == nil {
			g.t.Fatalf("closed with %d before %s", code, name)
		}
		if f["t"] == name {
			d, _ := f["d"].(obj)
			return d
		}
	}
}

// op reads to the next frame with an op.
func (g *gate) op(op int) obj {
	g.t.Helper()
	for {
		f, code := g.next()
		if f == nil {
			g.t.Fatalf("closed with %d before op %d", code, op)
		}
		if f["op"] == float64(op) {
			return f
		}
	}
}

// closes reads to the end and gives its code.
func (g *gate) closes() int {
	for {
		if f, code := g.next(); f == nil {
			return code
		}
	}
}

func (g *gate) whoami(intents int) obj {
	return obj{"token": g.s.Token(), "intents": intents, "properties": obj{"os": "linux", "browser": "t", "device": "t"}}
}

func (g *gate) identify(intents int) {
	g.t.Helper()
	g.send(2, g.whoami(intents))
	g.ready = g.until("READY")
}

func (g *gate) resume() *gate {
	g.t.Helper()
	again := dialAt(g.t, g.s, g.ready["resume_gateway_url"].(string)+"?v=10&encoding=json")
	again.ready = g.ready
	again.send(6, obj{"token": g.s.Token(), "session_id": g.ready["session_id"], "seq": g.seq})
	return again
}

func TestTheGatewayClosesWithTheRightCode(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(g *gate)
		code int
	}{
		{"unknown op", func(g *gate) { g.send(77, nil) }, 4001},
		{"no JSON", func(g *gate) { _ = g.ws.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002},
		{"too much", func(g *gate) { g.send(3, strings.Repeat("x", 4096)) }, 4002},
		{"not identified", func(g *gate) { g.send(3, obj{}) }, 4003},
		{"wrong token", func(g *gate) { d := g.whoami(0); d["token"] = "no"; g.send(2, d) }, 4004},
		{"identified twice", func(g *gate) { g.identify(0); g.send(2, g.whoami(0)) }, 4005},
		{"a sequence from the future", func(g *gate) {
			g.identify(0)
			g.seq += 100
			again := g.resume()
			g.ws = again.ws
		}, 4007},
		{"121 sends", func(g *gate) {
			g.identify(0)
			for range 120 {
				g.send(1, nil)
			}
		}, 4008},
		{"shard out of range", func(g *gate) { d := g.whoami(0); d["shard"] = []int{2, 2}; g.send(2, d) }, 4010},
		{"unknown intent", func(g *gate) { g.send(2, g.whoami(1<<30)) }, 4013},
		{"no intents", func(g *gate) { d := g.whoami(0); delete(d, "intents"); g.send(2, d) }, 4013},
		{"privileged intent", func(g *gate) { g.send(2, g.whoami(discordfake.IntentContent)) }, 4014},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, opt{})
			g := dial(t, w.Server)
			c.do(g)
			if got := g.closes(); got != c.code {
				t.Errorf("closed with %d, want %d", got, c.code)
			}
		})
	}
}

func TestShardingIsRequiredAboveALimitAndDividesGuilds(t *testing.T) {
	w := newWorld(t, opt{ShardAt: 2})
	for i := range 3 {
		w.AddGuild(fmt.Sprint("more ", i), "", botMay)
	}
	g := dial(t, w.Server)
	g.send(2, g.whoami(1))
	if code := g.closes(); code != 4011 {
		t.Errorf("closed with %d", code)
	}
	if n := w.call("GET", "/gateway/bot", nil).obj()["shards"]; n != 3.0 {
		t.Errorf("%v shards advised", n)
	}
	total := 0
	for shard := range 3 {
		g := dial(t, w.Server)
		d := g.whoami(1)
		d["shard"] = []int{shard, 3}
		g.send(2, d)
		total += len(g.until("READY")["guilds"].([]any))
	}
	if total != 4 {
		t.Errorf("the shards hold %d of 4 guilds", total)
	}
}

func TestADroppedSessionIsReplayed(t *testing.T) {
	w := newWorld(t, opt{})
	g := dial(t, w.Server)
	g.identify(1 << 9)
	say := func(s string) { must[string](t)(w.Say(w.ana, w.room, "<@"+w.BotID()+"> "+s)) }
	say("one")
	g.until("MESSAGE_CREATE")
	w.DropConnections()
	if code := g.closes(); code != 1006 { // what the client calls it when there was none
		t.Errorf("dropped with the close code %d", code)
	}
	say("two")
	say("three")
	again := g.resume()
	for _, want := range []string{"two", "three"} {
		if got := again.until("MESSAGE_CREATE")["content"].(string); !strings.HasSuffix(got, want) {
			t.Errorf("replayed %q, want %q", got, want)
		}
	}
	again.until("RESUMED")
	say("four")
	again.until("MESSAGE_CREATE")
	if gw := w.Gateway(); len(gw.Identifies) != 1 || gw.Resumes != 1 || gw.Connected != 1 {
		t.Errorf("gateway %+v", gw)
	}
}

func TestAClientThatSaysGoodbyeLosesItsSession(t *testing.T) {
	for code, kept := range map[int]bool{1000: false, 1001: false, 4000: true} {
		w := newWorld(t, opt{})
		g := dial(t, w.Server)
		g.identify(0)
		_ = g.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""))
		g.closes()
		w.Wait(2*time.Second, func() bool { return w.Gateway().Connected == 0 })
		again := g.resume()
		if kept {
			again.until("RESUMED")
		} else if f := again.op(9); f["d"] != false {
			t.Errorf("after %d: %v", code, f)
		}
	}
}

func TestADeafGatewayHoldsEventsForAResume(t *testing.T) {
	w := newWorld(t, opt{Heartbeat: 50 * time.Millisecond})
	g := dial(t, w.Server)
	g.identify(1 << 9)
	g.send(1, nil)
	g.op(11)
	w.Deaf()
	g.send(1, nil)
	must[string](t)(w.Say(w.ana, w.room, "<@"+w.BotID()+"> hello"))
	_ = g.ws.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, raw, err := g.ws.ReadMessage(); err == nil {
		t.Errorf("heard %s", raw)
	}
	again := g.resume()
	again.until("MESSAGE_CREATE")
	again.send(1, nil)
	again.op(11)
}

func TestAHeartThatStopsEndsTheSession(t *testing.T) {
	w := newWorld(t, opt{Heartbeat: 20 * time.Millisecond})
	g := dial(t, w.Server)
	g.identify(0)
	if code := g.closes(); code != 4009 {
		t.Errorf("closed with %d", code)
	}
}

func TestTheGatewayAsksForHeartbeatsAndReconnects(t *testing.T) {
	w := newWorld(t, opt{})
	g := dial(t, w.Server)
	g.identify(0)
	w.AskHeartbeat()
	g.op(1)
	w.Reconnect()
	g.op(7)
	w.Invalidate(true)
	if g.op(9)["d"] != true {
		t.Error("the session is not to be resumed")
	}
	w.Invalidate(false)
	if g.op(9)["d"] != false {
		t.Error("the session is to be resumed")
	}
	if f := g.resume().op(9); f["d"] != false {
		t.Errorf("resumed an invalid session: %v", f)
	}
}

func TestIdentifyingTooOftenIsRefusedAndThenCostsTheToken(t *testing.T) {
	s := discordfake.New(opt{IdentifyBudget: 3})
	defer s.Close()
	g := dial(t, s)
	g.identify(0)
	soon := dial(t, s)
	soon.send(2, soon.whoami(0))
	if f := soon.op(9); f["d"] != false {
		t.Errorf("too soon: %v", f)
	}
	s.Advance(6 * time.Second)
	dial(t, s).identify(0)
	s.Advance(6 * time.Second)
	last := dial(t, s)
	last.send(2, last.whoami(0))
	if code := last.closes(); code != 4004 {
		t.Errorf("beyond the budget: %d", code)
	}
	if v := s.Violations(); len(v) != 2 {
		t.Errorf("violations %+v", v)
	}
}

func TestARevokedTokenIsRefusedEverywhere(t *testing.T) {
	w := newWorld(t, opt{})
	g := dial(t, w.Server)
	g.identify(0)
	w.Revoke()
	if code := g.closes(); code != 4004 {
		t.Errorf("closed with %d", code)
	}
	for range 2 {
		if r := w.call("GET", "/users/@me", nil); r.status != 401 {
			t.Errorf("%d %v", r.status, r.body)
		}
	}
	if v := w.Violations(); len(v) != 1 || v[0].Kind != "request after 401" {
		t.Errorf("violations %+v", v)
	}
}

func TestGarbageIsGarbage(t *testing.T) {
	w := newWorld(t, opt{})
	g := dial(t, w.Server)
	g.identify(0)
	w.Garbage()
	g.until("SOMETHING_NEW_CREATE")
	g.op(99)
	g.op(-1)
	must[string](t)(w.Say(w.ana, w.DM(w.ana), "still here"))
}

func TestABurstComesAtOnce(t *testing.T) {
	w := newWorld(t, opt{})
	g := dial(t, w.Server)
	g.identify(1 << 9)
	w.Burst(400, func(i int) { must[string](t)(w.Say(w.ana, w.room, fmt.Sprint("<@", w.BotID(), "> ", i))) })
	for range 400 {
		g.until("MESSAGE_CREATE")
	}
}

func TestDiscordgoReconnectsToTheFake(t *testing.T) {
	w := newWorld(t, opt{Heartbeat: 200 * time.Millisecond})
	w.open()
	w.Reconnect()
	if !w.Wait(5*time.Second, func() bool { return w.Gateway().Opened >= 2 && w.Gateway().Connected == 1 }) {
		t.Errorf("gateway %+v", w.Gateway())
	}
}
