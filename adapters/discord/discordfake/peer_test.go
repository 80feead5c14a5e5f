package discordfake_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"
	"cohortbot/adapters/peertest"
)

// startPeer installs discord.js from the lock file, into a folder of its own,
// and starts the bot in peer/ against the fake. What it tells comes line by line.
func startPeer(t *testing.T, s *discordfake.Server) <-chan string {
	t.Helper()
	dir := peertest.Install(t, "peer", "bot.mjs")
	bot := exec.CommandContext(t.Context(), "node", "bot.mjs")
	bot.Dir = dir
	bot.Env = append(os.Environ(), "FAKE_API=http://"+s.Host()+"/api", "FAKE_TOKEN="+s.Token())
	out, err := bot.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	bot.Stderr = os.Stderr
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
		close(lines)
	}()
	t.Cleanup(func() {
		_ = bot.Process.Kill()
		<-ended
		_ = bot.Wait()
	})
	return lines
}

// tells waits for a line.
func tells(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	for {
		select {
		case line, more := <-lines:
			if strings.HasPrefix(line, want) {
				return
			}
			if !more || strings.HasPrefix(line, "FAILED") {
				t.Fatalf("waiting for %q, the peer told %q", want, line)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("the peer never told %q", want)
		}
	}
}

func TestDiscordJSLivesOnTheFake(t *testing.T) {
	const patience = 40 * time.Second
	w := newWorld(t, opt{})
	lines := startPeer(t, w.Server)
	tells(t, lines, "ready Learners")

	asked := w.act(w.Autocomplete(w.ana, w.room, "session schedule", map[string]any{"title": "list"}, "title")).Wait(patience)
	if len(asked.Choices) != 1 || asked.Choices[0].Label != "listening" {
		t.Errorf("completion %+v", asked)
	}
	planned := w.act(w.Command(w.ana, w.room, "session schedule", map[string]any{"title": "x", "with": w.ana}))
	w.Wait(patience, func() bool { return len(planned.Now().Followed) == 1 })
	if a := planned.Now(); a.Message == nil || a.Message.Content != "schedule x Ana T" || !a.Message.Ephemeral || len(a.Followed) != 1 {
		t.Errorf("command %+v", a)
	}
	home := w.act(w.Command(w.ana, w.room, "home", nil)).Wait(patience).Message
	if home == nil || len(home.Buttons) != 2 || len(home.Files) != 1 || home.Files[0].Description != "a chart" || string(home.Files[0].Data) != "one two" {
		t.Fatalf("home %+v", home)
	}
	form := w.act(w.Click(w.ana, w.room, home.ID, "open")).Wait(patience).Modal
	if form == nil || len(form.Fields) != 3 {
		t.Fatalf("modal %+v", form)
	}
	sent := w.act(w.SubmitModal(w.ana, form, map[string]any{
		"why": "because", "which": "2", "proof": []discordfake.File{{Name: "p.txt", Data: []byte("proof")}},
	})).Wait(patience)
	if sent.Message == nil || sent.Message.Content != "because 2 p.txt proof" {
		t.Errorf("submission %+v", sent)
	}
	ticked := w.act(w.Click(w.bill, w.room, home.ID, "tick")).Wait(patience).Message
	if ticked == nil || ticked.ID != home.ID || ticked.Content != "ticked" || len(ticked.Buttons) != 0 {
		t.Errorf("ticked %+v", ticked)
	}

	said := must[string](t)(w.Say(w.bill, w.room, "I listened"))
	kept := w.act(w.MessageCommand(w.ana, w.room, "Keep as evidence", said)).Wait(patience)
	if kept.Message == nil || kept.Message.Content != "kept" {
		t.Fatalf("kept %+v", kept)
	}
	if m := w.See(w.ana, said).Messages; len(m) != 1 || m[0].Content != "kept: I listened" {
		t.Errorf("thread %+v", m)
	}
	dm := w.DM(w.ana)
	must[string](t)(w.Say(w.ana, dm, "thanks"))
	if !w.Wait(patience, func() bool { return len(w.See(w.ana, dm).Messages) == 3 }) {
		t.Errorf("direct messages %+v", w.See(w.ana, dm).Messages)
	}

	// A dropped connection is resumed, and what happened meanwhile is answered.
	w.DropConnections()
	must[string](t)(w.Say(w.ana, dm, "are you there"))
	tells(t, lines, "resumed")
	if !w.Wait(patience, func() bool { return len(w.See(w.ana, dm).Messages) == 5 }) {
		t.Errorf("after the resume %+v", w.See(w.ana, dm).Messages)
	}
	if g := w.Gateway(); len(g.Identifies) != 1 || g.Resumes == 0 {
		t.Errorf("gateway %+v", g)
	}
	for _, v := range w.Violations() {
		t.Errorf("violation %+v", v)
	}
}
