package slackfake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/slack/slackfake"
)

type object = map[string]any

// reply is what of an HTTP answer is not its body.
type reply struct {
	StatusCode int
	Header     http.Header
}

// client has no kept connections, so that goleak sees those of the fake alone.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// call makes a call with JSON, and gives the answer and its status.
func call(t *testing.T, s *slackfake.Server, token, method string, args object) (object, reply) {
	t.Helper()
	b, _ := json.Marshal(args)
	r, _ := http.NewRequest(http.MethodPost, s.APIURL()+method, bytes.NewReader(b))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+token)
	return do(t, r)
}

// form makes a call with a form, as the reading methods want it.
func form(t *testing.T, s *slackfake.Server, method string, args ...string) object {
	t.Helper()
	v := url.Values{"token": {s.BotToken()}}
	for i := 0; i < len(args); i += 2 {
		v.Set(args[i], args[i+1])
	}
	r, _ := http.NewRequest(http.MethodPost, s.APIURL()+method, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	o, _ := do(t, r)
	return o
}

func do(t *testing.T, r *http.Request) (object, reply) {
	t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		return object{"lost": err.Error()}, reply{}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var o object
	if json.Unmarshal(b, &o) != nil {
		o = object{"page": string(b)}
	}
	return o, reply{resp.StatusCode, resp.Header}
}

func TestTheAPIRefusesAsSlackDoes(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{App: slackfake.App{Scopes: []string{"chat:write", "channels:read", "channels:history", "im:write", "users:read"}}})
	secret := s.AddChannel("secret", true, ana)
	open := s.AddChannel("open", false, ana)
	old := s.AddChannel("old", false, s.BotUser())
	s.Archive(old, true)
	said, _, err := s.Say(ana, room, slackfake.Said{Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	blocked := s.AddUser(slackfake.User{Name: "bo"})
	s.CloseDM(blocked, "")
	long := strings.Repeat("x", 4001)
	for _, c := range []struct{ why, token, method, want, args string }{
		{"no token", "", "auth.test", "not_authed", ""},
		{"a token of nobody", "xoxb-no", "auth.test", "invalid_auth", ""},
		{"the app's token", s.AppToken(), "chat.postMessage", "not_allowed_token_type", ""},
		{"the bot's token", s.BotToken(), "apps.connections.open", "not_allowed_token_type", ""},
		{"an unknown method", s.BotToken(), "chat.sing", "unknown_method", ""},
		{"no scope", s.BotToken(), "files.getUploadURLExternal", "missing_scope", ""},
		{"no such channel", s.BotToken(), "chat.postMessage", "channel_not_found", `{"channel":"C1","text":"x"}`},
		{"a private channel from outside", s.BotToken(), "chat.postMessage", "channel_not_found", `{"channel":"` + secret + `","text":"x"}`},
		{"a channel without the bot", s.BotToken(), "chat.postMessage", "not_in_channel", `{"channel":"` + open + `","text":"x"}`},
		{"an archived channel", s.BotToken(), "chat.postMessage", "is_archived", `{"channel":"` + old + `","text":"x"}`},
		{"nothing said", s.BotToken(), "chat.postMessage", "no_text", `{"channel":"` + room + `"}`},
		{"blocks that are none", s.BotToken(), "chat.postMessage", "invalid_blocks_format", `{"channel":"` + room + `","blocks":{"type":"divider"}}`},
		{"metadata without payload", s.BotToken(), "chat.postMessage", "invalid_metadata_schema", `{"channel":"` + room + `","text":"x","metadata":{"event_type":"a"}}`},
		{"somebody else's words", s.BotToken(), "chat.update", "cant_update_message", `{"channel":"` + room + `","ts":"` + said + `","text":"x"}`},
		{"deleting them", s.BotToken(), "chat.delete", "cant_delete_message", `{"channel":"` + room + `","ts":"` + said + `"}`},
		{"a message that is not", s.BotToken(), "chat.update", "message_not_found", `{"channel":"` + room + `","ts":"1.2","text":"x"}`},
		{"an ephemeral to a stranger", s.BotToken(), "chat.postEphemeral", "user_not_in_channel", `{"channel":"` + room + `","user":"` + blocked + `","text":"x"}`},
		{"a direct message to itself", s.BotToken(), "conversations.open", "cannot_dm_bot", `{"users":"` + s.BotUser() + `"}`},
		{"a closed door", s.BotToken(), "conversations.open", "user_disabled", `{"users":"` + blocked + `"}`},
		{"a post through it", s.BotToken(), "chat.postMessage", "channel_not_found", `{"channel":"` + blocked + `","text":"x"}`},
		{"JSON to a method that reads", s.BotToken(), "users.info", "user_not_found", `{"user":"` + ana + `"}`},
		{"a trigger of nobody", s.BotToken(), "views.open", "invalid_trigger_id", `{"trigger_id":"1.2","view":{"type":"modal","title":{"type":"plain_text","text":"a"},"blocks":[]}}`},
		{"a view that is none", s.BotToken(), "views.open", "invalid_arguments", `{"trigger_id":"1.2"}`},
		{"too long an edit", s.BotToken(), "chat.update", "cant_update_message", `{"channel":"` + room + `","ts":"` + said + `","text":"` + long + `"}`},
	} {
		t.Run(c.why, func(t *testing.T) {
			args := object{}
			if c.args != "" {
				if err := json.Unmarshal([]byte(c.args), &args); err != nil {
					t.Fatal(err)
				}
			}
			o, resp := call(t, s, c.token, c.method, args)
			if o["error"] != c.want || o["ok"] != false || resp.StatusCode != http.StatusOK {
				t.Errorf("got %v with %d, want %s", o, resp.StatusCode, c.want)
			}
			if c.want == "missing_scope" && (o["needed"] != "files:write" || !strings.Contains(o["provided"].(string), "chat:write")) {
				t.Errorf("needed %v, provided %v", o["needed"], o["provided"])
			}
		})
	}
}

func TestTimestampsGrowWhateverTheClockDoes(t *testing.T) {
	back := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s, ana, room := start(t, slackfake.Options{Now: func() time.Time { back = back.Add(-time.Second); return back }})
	last := ""
	for range 50 {
		ts, _, _ := s.Say(ana, room, slackfake.Said{Text: "x"})
		if ts <= last {
			t.Fatalf("%s after %s", ts, last)
		}
		last = ts
	}
}

func TestHistoryComesInPagesNewestFirst(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	var all []string
	for i := range 7 {
		ts, _, _ := s.Say(ana, room, slackfake.Said{Text: fmt.Sprint(i)})
		all = append([]string{ts}, all...)
	}
	parent := all[3]
	reply, _, _ := s.Say(ana, room, slackfake.Said{Text: "reply", Thread: parent})
	var got []string
	cursor := ""
	for range 4 {
		o := form(t, s, "conversations.history", "channel", room, "limit", "2", "cursor", cursor)
		for _, m := range o["messages"].([]any) {
			got = append(got, m.(object)["ts"].(string))
		}
		if o["has_more"] == false {
			break
		}
		cursor = o["response_metadata"].(object)["next_cursor"].(string)
	}
	if strings.Join(got, " ") != strings.Join(all, " ") {
		t.Errorf("got %v, want %v", got, all)
	}
	o := form(t, s, "conversations.replies", "channel", room, "ts", parent)
	list := o["messages"].([]any)
	if len(list) != 2 || list[1].(object)["ts"] != reply || list[0].(object)["reply_count"] != 1.0 {
		t.Errorf("thread: %v", list)
	}
	o = form(t, s, "conversations.history", "channel", room, "oldest", all[2], "latest", all[0])
	if n := len(o["messages"].([]any)); n != 1 {
		t.Errorf("between two, both left out: %d", n)
	}
	if o := form(t, s, "conversations.history", "channel", room, "cursor", "?"); o["error"] != "invalid_cursor" {
		t.Errorf("%v", o)
	}
}

func TestAnEditTakesBlocksAwayUnlessTheyAreSent(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	o, _ := call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": "a < b & c", "blocks": []any{object{"type": "divider"}}, "metadata": object{"event_type": "k", "event_payload": object{"n": 1}}})
	ts := o["ts"].(string)
	if m := s.See(ana, room)[0]; m.Text != "a &lt; b &amp; c" || m.Metadata["event_type"] != "k" {
		t.Errorf("%+v", m)
	}
	call(t, s, s.BotToken(), "chat.update", object{"channel": room, "ts": ts, "text": "b"})
	if m := s.See(ana, room)[0]; m.Blocks != nil || !m.Edited || m.Metadata["event_type"] != "k" {
		t.Errorf("%+v", m)
	}
	if o, _ := call(t, s, s.BotToken(), "chat.update", object{"channel": room, "ts": ts, "text": strings.Repeat("x", 4001)}); o["error"] != "msg_too_long" {
		t.Errorf("%v", o)
	}
	o, _ = call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": strings.Repeat("x", 40001)})
	if m := s.See(ana, room)[1]; len(m.Text) != 40000 || o["warning"] != "message_truncated" {
		t.Errorf("%d characters, warning %v", len(m.Text), o["warning"])
	}
}

func TestAReplyUnderADeletedMessageStandsInTheChannel(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	ts, _, _ := s.Say(ana, room, slackfake.Said{Text: "x"})
	s.Remove(room, ts)
	o, _ := call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": "only for the thread", "thread_ts": ts})
	if o["ok"] != true || o["message"].(object)["thread_ts"] != nil {
		t.Errorf("%v", o)
	}
}

func TestLimitsAreTheDocumentedOnes(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{Rates: slackfake.Rates{Tiers: [4]int{0, 2}}})
	post := func() (object, reply) {
		return call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": "x"})
	}
	post()
	o, resp := post()
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "1" || o["error"] != "ratelimited" {
		t.Errorf("%d %q %v", resp.StatusCode, resp.Header.Get("Retry-After"), o)
	}
	if o, _ := call(t, s, s.BotToken(), "chat.postMessage", object{"channel": ana, "text": "elsewhere"}); o["ok"] != true {
		t.Errorf("another channel: %v", o)
	}
	time.Sleep(300 * time.Millisecond)
	post()
	if v := s.Violations(); len(v) != 1 || v[0].Kind != "early retry" {
		t.Errorf("a call before its time: %v", v)
	}
	time.Sleep(time.Second)
	if o, _ := post(); o["ok"] != true {
		t.Errorf("after the wait: %v", o)
	}
	form(t, s, "users.list")
	form(t, s, "users.list")
	if o := form(t, s, "users.list"); o["error"] != "ratelimited" {
		t.Errorf("the third of two a minute: %v", o)
	}
}

func TestFaultsHappenBeforeOrAfterTheDeed(t *testing.T) {
	for _, c := range []struct {
		f    slackfake.Fault
		done bool
		says func(o object, resp reply) error
	}{
		{slackfake.Fault{How: slackfake.EOF, After: true}, true, lost},
		{slackfake.Fault{How: slackfake.EOF}, false, lost},
		{slackfake.Fault{How: slackfake.Hung, After: true, Wait: 10 * time.Millisecond}, true, lost},
		{slackfake.Fault{How: slackfake.BadGateway, After: true}, true, status(http.StatusBadGateway)},
		{slackfake.Fault{How: slackfake.Broken}, false, status(http.StatusInternalServerError)},
		{slackfake.Fault{How: slackfake.Limited, Wait: 7 * time.Second}, false, status(http.StatusTooManyRequests)},
		{slackfake.Fault{How: slackfake.Garbled, After: true}, true, status(http.StatusOK)},
		{slackfake.Fault{How: slackfake.Refused, Code: "fatal_error"}, false, status(http.StatusOK)},
	} {
		t.Run(fmt.Sprint(c.f.How, c.f.After), func(t *testing.T) {
			s, ana, room := start(t, slackfake.Options{})
			c.f.Method = "chat.postMessage"
			s.Inject(c.f)
			o, resp := call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": "x"})
			if err := c.says(o, resp); err != nil || o["ok"] == true {
				t.Errorf("%v %v", err, o)
			}
			if stands := len(s.See(ana, room)) == 1; stands != c.done {
				t.Errorf("the message stands: %v", stands)
			}
			if o, _ := call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": "y"}); o["ok"] != true {
				t.Errorf("the next: %v", o)
			}
		})
	}
}

func lost(o object, _ reply) error {
	if o["lost"] == nil {
		return errors.New("there was an answer")
	}
	return nil
}

func status(want int) func(object, reply) error {
	return func(_ object, resp reply) error {
		if resp.StatusCode != want {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
		return nil
	}
}

func post(t *testing.T, address, body string) (object, reply) {
	t.Helper()
	r, _ := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return do(t, r)
}
