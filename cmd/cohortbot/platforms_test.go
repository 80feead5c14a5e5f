package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"
	"cohortbot/adapters/slack/slackfake"
)

// The words that the people of both groups type, none of which may be logged.
const (
	groupName     = "Wharenui & garden"
	formAnswer    = "By the stove, where the kettlesong is."
	threadAnswer  = "On the bench outside, with the neighbourhens."
	bensAnswer    = "At the gate, mostly lollygagging."
	unheardAnswer = "Said while nobody listened, by candleglow."
	sessionName   = "Shared quincekai"
	noDay         = "next blursday"
)

// TestTwoPlatformsAtOnce runs the program itself on a Slack workspace and a Discord
// server at the same time, with one store: a group lives its first weeks on each,
// and the program is killed while both are being posted to. The stand-ins refuse
// what the services refuse.
//
// Start reading at [evening.firstWeek]; platforms_people_test.go is how people act
// on each platform.
func TestTwoPlatformsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several starts of the program")
	}
	e := arrange(t)
	if out, err := e.command("check").CombinedOutput(); err != nil || string(out) != "Everything needed is there.\n" {
		t.Fatalf("check: %v: %s", err, out)
	}
	e.begin()
	e.onBoth("the first week", e.firstWeek)

	// The post stands, but its answer never comes; then the power fails.
	e.slack.fake.Inject(slackfake.Fault{Method: "chat.postMessage", Channel: e.slack.room, After: true, How: slackfake.Hung})
	e.discord.fake.LoseAnswers(1, discordfake.LostTimeout, "POST /channels/{channel_id}/messages")
	e.onBoth("a post whose answer is lost", func(t *testing.T, s oldScene) {
		s.postNext(t, "Week 2 · ")
		s.see(t, "ana", "Week 2 · ")
	})
	e.kill()
	e.onBoth("an answer while nobody listens", func(t *testing.T, s oldScene) {
		s.says(t, "ben", s.see(t, "ben", "Week 2 · "), unheardAnswer)
	})
	e.begin()
	e.onBoth("what was said meanwhile counts", func(t *testing.T, s oldScene) {
		s.seeUnder(t, "ana", "Week 2 · ", "Kept so far: from one person")
	})

	// The power fails as soon as a post was asked for.
	e.onBoth("a post that was only asked for", func(t *testing.T, s oldScene) { s.postNext(t, "Week 3 · ") })
	e.kill()
	e.begin()
	e.onBoth("everything stands once", e.standsOnce)
	e.end()
}

// firstWeek is a group from nobody having been told anything to a session.
func (e *evening) firstWeek(t *testing.T, s oldScene) {
	a := s.types(t, "hine", "cohort start", "programme", "community-builder", "name", groupName, "first", "tomorrow", "channel", s.channel(), "zone", "Auckland")
	a.must(t, "Nobody has been told yet", groupName, "Auckland")
	a = s.presses(t, "hine", a, "Post the joining message")
	a.must(t, "This is what I will post")
	s.presses(t, "hine", a, "Post it").must(t, "The joining message goes out now")
	joining := s.see(t, "ana", "is open to join")
	for _, who := range []string{"ana", "ben"} {
		form := s.presses(t, who, joining, "Join")
		s.submits(t, who, form, "quote", "yes").must(t, "You're in.")
	}
	s.seeUnder(t, "hine", "is open to join", "2 Explorers so far")

	s.postNext(t, "Week 1 · ")
	question := s.see(t, "ana", "Week 1 · ")
	form := s.presses(t, "ana", question, "Answer")
	s.submits(t, "ana", form, "text", formAnswer).must(t, "Kept as your answer", "can read it")
	s.see(t, "ben", formAnswer)
	s.says(t, "ana", question, threadAnswer)
	s.seeUnder(t, "hine", "Week 1 · ", "Kept so far: from one person")
	s.says(t, "ben", question, bensAnswer)
	s.seeUnder(t, "hine", "Week 1 · ", "Kept so far: from 2 people")

	s.types(t, "ana", "cohort panel").must(t, "Only facilitators")

	a = s.types(t, "hine", "session schedule", "title", sessionName, "when", noDay)
	a.must(t, noDay, sessionName, `Try "thu 9am"`) // what was wrong, all that was typed, and a remedy
	form = s.presses(t, "hine", a, "Change it")
	if got := form.filled["title"]; got != sessionName {
		t.Errorf("the form has %q for a title", got)
	}
	a = s.submits(t, "hine", form, "when", "tomorrow 6pm")
	a.must(t, sessionName, "2 people will be told")
	s.presses(t, "hine", a, "Schedule it").must(t, "Scheduled")
	session := s.see(t, "ana", "0 coming")
	session.must(t, sessionName)
	s.presses(t, "ana", session, "I'll come").must(t, "You're down as coming")
	s.presses(t, "ben", session, "Maybe").must(t, "You're down as maybe")
	s.seeUnder(t, "hine", sessionName, "1 coming")
	s.seeUnder(t, "hine", sessionName, "1 maybe")
}

// standsOnce holds that nothing was said twice or lost.
func (e *evening) standsOnce(t *testing.T, s oldScene) {
	s.see(t, "ana", "Week 3 · ")
	time.Sleep(1500 * time.Millisecond) // what is said twice is said by then: a place is written to once a second
	for _, words := range []string{"is open to join", "Week 1 · ", "Week 2 · ", "Week 3 · ", sessionName, formAnswer} {
		if n := len(s.standing(words)); n != 1 {
			t.Errorf("%q stands %d times", words, n)
		}
	}
	all := s.standing("")
	for i, m := range all {
		if slices.ContainsFunc(all[:i], func(o oldShown) bool { return o.text == m.text }) {
			t.Errorf("this stands twice:\n%s", m.text)
		}
	}
	s.types(t, "ana", "answers").must(t, formAnswer, threadAnswer)
	s.types(t, "ben", "answers").must(t, bensAnswer, unheardAnswer)
}

// postNext lets the next question go out now; it returns as soon as that is
// acknowledged.
func (s oldScene) postNext(t *testing.T, week string) {
	t.Helper()
	a := s.types(t, "hine", "plan post")
	a.must(t, "This goes out now", week)
	s.presses(t, "hine", a, "Post it now").must(t, "goes out now")
}

// evening is one store, two platforms, and the program between them.
type evening struct {
	t       *testing.T
	config  string
	env     []string
	slack   *slackRoom
	discord *discordRoom
	process *process
	logs    strings.Builder // of the processes that ended
}

func arrange(t *testing.T) *evening {
	t.Helper()
	manifest, err := exec.Command("cohortbot", "manifest", "slack").Output()
	if err != nil {
		t.Fatal(err)
	}
	e := &evening{t: t, slack: newSlackRoom(t, manifest), discord: newDiscordRoom(t)}
	folder := t.TempDir()
	e.config = filepath.Join(folder, "config.yaml")
	config := fmt.Sprintf(`data: ./data
log: {level: debug, format: text}
slack: [{app_token: "env:SLACK_APP_TOKEN", bot_token: "env:SLACK_BOT_TOKEN"}]
discord: {token: "file:./discord-token", servers: [%q], message_content: true, members: true}
`, e.discord.guild)
	for path, text := range map[string]string{e.config: config, filepath.Join(folder, "discord-token"): e.discord.fake.Token() + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e.env = append(os.Environ(),
		"SLACK_API_URL="+e.slack.fake.APIURL(), "SLACK_APP_TOKEN="+e.slack.fake.AppToken(), "SLACK_BOT_TOKEN="+e.slack.fake.BotToken(),
		"DISCORD_API_URL="+e.discord.fake.URL())
	t.Cleanup(func() {
		if e.process != nil {
			e.process.kill()
			if t.Failed() {
				t.Logf("the log:\n%s%s", e.logs.String(), e.process.logged())
			}
		}
	})
	return e
}

// command is the program with a command on the configuration: this very test
// binary, see TestMain.
func (e *evening) command(name string) *exec.Cmd {
	c := exec.Command("cohortbot", name, "--config", e.config)
	c.Env = e.env
	return c
}

// begin starts the program and waits until it is on both platforms.
func (e *evening) begin() {
	e.t.Helper()
	p := &process{cmd: e.command("serve"), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
	go func() { p.fault = p.cmd.Wait(); close(p.ended) }()
	e.process = p
	if !e.slack.fake.WaitConnected(1, 20*time.Second) || !e.discord.connected(20*time.Second) {
		e.t.Fatal("it does not come to both platforms")
	}
}

// kill ends the program as a power cut would, and waits until the platforms know.
func (e *evening) kill() {
	e.t.Helper()
	e.process.kill()
	e.logs.WriteString(e.process.logged())
	eventually(e.t, "both platforms know that it is gone", func() bool {
		return e.slack.fake.Connections() == 0 && e.discord.fake.Gateway().Connected == 0
	})
	e.slack.fake.Heal()
}

// end stops the program, and holds that nothing was wrong behind the scenes.
func (e *evening) end() {
	e.t.Helper()
	if err := e.process.stop(); err != nil {
		e.t.Error(err)
	}
	for _, v := range e.slack.fake.Violations() {
		e.t.Errorf("Slack would have dropped it without a word: %s", v)
	}
	for _, c := range e.slack.fake.Calls() {
		if c.Error != "" {
			e.t.Errorf("Slack refused %s: %s", c.Method, c.Error)
		}
	}
	for _, v := range e.discord.fake.Violations() {
		e.t.Errorf("Discord would not like this: %+v", v)
	}
	for _, x := range e.discord.fake.Exchanges() {
		if x.Status >= 400 && !x.Lost && !expected(x) {
			e.t.Errorf("Discord refused %s: %d %v", x.Route, x.Status, x.Response)
		}
	}
	e.quiet()
}

// expected tells of refusals that a good bot gets: it looks whether a question has
// a thread yet, and when it comes back it is told again of what it had answered
// just before it was killed.
func expected(x discordfake.Exchange) bool {
	text := fmt.Sprint(x.Response)
	return x.Route == "GET /channels/{channel_id}" && strings.Contains(text, "10003") ||
		strings.HasSuffix(x.Route, "/callback") && strings.Contains(text, "40060")
}

// quiet holds that the log has neither a token nor a word that somebody typed.
func (e *evening) quiet() {
	e.t.Helper()
	log := e.logs.String() + e.process.logged()
	if n := strings.Count(log, "msg=started"); n != 3 {
		e.t.Errorf("the log tells of %d starts", n)
	}
	for _, bad := range []string{"DATA RACE", "panic:", "level=ERROR"} {
		if strings.Contains(log, bad) {
			e.t.Errorf("the log has %q:\n%s", bad, log)
		}
	}
	secrets := map[string][]string{
		"a token":         append(e.discord.tokens(), e.slack.fake.AppToken(), e.slack.fake.BotToken(), e.discord.fake.Token()),
		"somebody's word": {"Wharenui", "kettlesong", "neighbourhens", "lollygagging", "candleglow", "quincekai", "blursday"},
	}
	for what, all := range secrets {
		for _, s := range all {
			if at := strings.Index(log, s); at >= 0 {
				line := log[strings.LastIndexByte(log[:at], '\n')+1:]
				line, _, _ = strings.Cut(line, "\n")
				e.t.Errorf("the log has %s: %s", what, line)
			}
		}
	}
}

// onBoth acts on both platforms at once.
func (e *evening) onBoth(what string, act func(*testing.T, oldScene)) {
	e.t.Helper()
	ok := e.t.Run(what, func(t *testing.T) {
		for name, on := range map[string]oldStage{"Slack": e.slack, "Discord": e.discord} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				act(t, oldScene{on})
			})
		}
	})
	if !ok {
		e.t.FailNow()
	}
}
