package slackfake_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"cohortbot/adapters/slack/slackfake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start gives a Slack without rate limits, a person in it, and a channel of that
// person and the bot.
func start(t *testing.T, o slackfake.Options) (s *slackfake.Server, ana, room string) {
	t.Helper()
	o.Rates.Unlimited = !limited(o)
	s = slackfake.New(o)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ana = s.AddUser(slackfake.User{Name: "ana", RealName: "Ana Pérez", TZ: "Pacific/Auckland", TZOffset: 46800})
	room = s.AddChannel("learning", false, ana, s.BotUser())
	return s, ana, room
}

func limited(o slackfake.Options) bool { return o.Rates != slackfake.Rates{} }

// soon waits until something holds.
func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not within 30 s: %s", what)
}
