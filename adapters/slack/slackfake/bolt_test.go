package slackfake_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/peertest"
	"cohortbot/adapters/slack/slackfake"
)

// boltPeer is the bot of the folder peer, running, and what it said it heard.
type boltPeer struct {
	mu    sync.Mutex
	lines []object
}

func startBolt(t *testing.T, s *slackfake.Server) *boltPeer {
	t.Helper()
	folder := peertest.Install(t, "peer", "peer.js")
	cmd := exec.Command("node", "peer.js")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+s.BotToken(), "SLACK_APP_TOKEN="+s.AppToken(), "SLACK_API_URL="+s.APIURL())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &boltPeer{}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			var o object
			if json.Unmarshal(lines.Bytes(), &o) != nil {
				continue // Bolt's own log
			}
			p.mu.Lock()
			p.lines = append(p.lines, o)
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		stdin.Close()
		slow := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer slow.Stop()
		<-read
		_ = cmd.Wait()
	})
	p.wait(t, "started", nil)
	soon(t, "Bolt connects", func() bool { return s.Connections() == 1 })
	return p
}

// wait gives the first line about something whose fields are these.
func (p *boltPeer) wait(t *testing.T, what string, fields object) object {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		p.mu.Lock()
		lines := append([]object(nil), p.lines...)
		p.mu.Unlock()
	next:
		for _, l := range lines {
			if l["what"] == "error" {
				t.Fatalf("Bolt: %v", l)
			}
			if l["what"] != what {
				continue
			}
			for k, v := range fields {
				if l[k] != v {
					continue next
				}
			}
			return l
		}
	}
	t.Fatalf("Bolt did not hear %s %v; it heard %v", what, fields, p.lines)
	return nil
}

func TestBoltLivesInTheFakeAsInSlack(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	p := startBolt(t, s)
	text := func(want string) func() bool {
		return func() bool {
			for _, m := range s.See(ana, room) {
				if m.Text == want {
					return true
				}
			}
			return false
		}
	}

	if o := s.SlashCommand(ana, room, "/plan", "week 4").Wait(); !o.Acked {
		t.Fatalf("the command: %+v", o)
	}
	soon(t, "the text of the acknowledgement", text("on it: week 4"))
	soon(t, "the post", text("planned week 4"))
	soon(t, "the answer to the response_url", text("done"))
	var posted slackfake.Message
	for _, m := range s.See(ana, room) {
		if m.Text == "planned week 4" {
			posted = m
		}
	}

	s.SlashCommand(ana, room, "/plan", "form").Wait()
	soon(t, "the form", func() bool { return len(s.Views(ana)) == 1 })
	if got, err := s.SubmitView(ana, slackfake.Values{"Why now?": "so"}); err != nil || got.Errors["why"] != "Say a little more." {
		t.Errorf("a short answer: %+v %v", got, err)
	}
	if got, err := s.SubmitView(ana, slackfake.Values{"Why now?": "once again, please"}); err != nil || got.Next == nil || got.Next.Title != "Once more" {
		t.Errorf("a second page: %+v %v", got, err)
	}
	if got, err := s.SubmitView(ana, slackfake.Values{"Why now?": "it is the right time"}); err != nil || !got.Closed {
		t.Errorf("a good answer: %+v %v", got, err)
	}
	soon(t, "the post of the form", text("because it is the right time"))

	s.Shortcut(ana, "keep", room, posted.TS).Wait()
	p.wait(t, "shortcut", object{"text": "planned week 4"})
	soon(t, "the shortcut's form", func() bool { return len(s.Views(ana)) == 1 })
	s.CloseView(ana, true)

	s.Click(ana, room, posted.TS, "Keep it", "").Wait()
	p.wait(t, "button", object{"value": "w4"})
	soon(t, "the message replaced", text("kept"))

	ts, _, err := s.Say(ana, room, slackfake.Said{Text: "1 < 2 @fake-app", Thread: posted.TS})
	if err != nil {
		t.Fatal(err)
	}
	p.wait(t, "message", object{"text": "1 &lt; 2 <@" + s.BotUser() + ">", "thread": posted.TS, "type": "channel"})
	p.wait(t, "mention", nil)
	if _, err := s.EditSaid(ana, room, ts, "1 < 3"); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "message_changed", nil)
	if _, err := s.DeleteSaid(ana, room, ts); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "message_deleted", nil)

	if _, _, err := s.Say(ana, s.DM(ana), slackfake.Said{Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "message", object{"text": "hello", "type": "im"})
	if _, _, err := s.Say(ana, room, slackfake.Said{Text: "read back"}); err != nil {
		t.Fatal(err)
	}
	list := p.wait(t, "history", nil)["messages"].([]any)
	if last := list[len(list)-1].(object); last["text"] != "kept" || last["key"] != "k1" {
		t.Errorf("history with metadata: %v", list)
	}

	bo := s.AddUser(slackfake.User{Name: "bo"})
	s.JoinChannel(bo, room)
	p.wait(t, "joined", object{"user": bo})
	s.OpenHome(ana)
	p.wait(t, "home", object{"zone": "Pacific/Auckland", "locale": "en-GB"})
	if home, ok := s.Home(ana); !ok || home.Words() != "Your week" {
		t.Errorf("the home: %v %q", ok, home.Words())
	}

	s.Disconnect("refresh_requested")
	soon(t, "Bolt comes back", func() bool { return s.WaitConnected(1, time.Second) })
	if o := s.SlashCommand(ana, room, "/plan", "week 5").Wait(); !o.Acked {
		t.Errorf("after a refresh: %+v", o)
	}
	soon(t, "the post after a refresh", text("planned week 5"))
	if v := s.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}
