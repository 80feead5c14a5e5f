package slack_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds text against a file in testdata/golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not as it was; if that is right: go test ./adapters/slack -update\n%s", path, got)
	}
}

func TestTheManifestIsMadeOfTheTree(t *testing.T) {
	tree := chat.Tree{
		{Path: "home", Summary: "What matters to you now"},
		{Path: "session schedule", Summary: "Tell the group of a session"},
		{Path: "session list", Summary: "See what is coming"},
		{Path: "session answer", Summary: "Say whether you come", Hidden: true},
		{Path: "evidence add", Summary: "Keep something for your portfolio", Menu: "Keep as evidence"},
		{Path: "go on", Summary: "Reached by buttons", Hidden: true},
	}
	got, err := slack.Manifest(tree)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "manifest.json", got)
	tree = append(tree, chat.Command{Path: "peer ask", Summary: "Ask", Menu: "A label that no menu has room for"})
	if _, err := slack.Manifest(tree); err == nil {
		t.Error("a menu item of 33 characters is let through")
	}
}

func TestTheBotsOwnTreeFitsIntoSlack(t *testing.T) {
	tree := bottest.New(t).Bot.Tree()
	got, err := slack.Manifest(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, noun := range tree.Nouns() {
		if !strings.Contains(string(got), `"/`+noun+`"`) {
			t.Errorf("/%s is not in the manifest", noun)
		}
	}
}

// The scopes of the manifest are those that are used: with them alone everything
// works, which the other tests show since the fake checks scopes.
func TestTheScopesOfTheManifestAreEnough(t *testing.T) {
	h := open(t, slackfake.Options{App: slackfake.App{Scopes: scopes(t)}})
	h.listen(t, newListener())
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if faults := h.slack.Check(t.Context()); len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	if a, err := h.Command(t.Context(), ana.User, room, "/home"); err != nil || a.Reply == nil {
		t.Errorf("a command brings %+v, %v", a, err)
	}
	if _, err := h.slack.Send(t.Context(), chat.Direct(ana.User), "k1", chat.Message{Text: "Hello", Files: []chat.File{{Name: "a.txt", Type: "text/plain", Data: []byte("x")}}}); err != nil {
		t.Errorf("Send: %v", err)
	}
	for _, c := range h.fake.Calls() {
		if c.Error != "" {
			t.Errorf("%s was refused: %s", c.Method, c.Error)
		}
	}
}

func scopes(t *testing.T) []string {
	t.Helper()
	raw, err := slack.Manifest(nil)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		OAuth struct {
			Scopes struct{ Bot []string }
		} `json:"oauth_config"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m.OAuth.Scopes.Bot
}

func TestCheckNamesWhatIsMissingAndWhereToClick(t *testing.T) {
	for _, c := range []struct {
		name   string
		break_ func(f *slackfake.Server)
		want   []string
	}{
		{"the app-level scope", func(f *slackfake.Server) { f.SetScopes(f.AppToken()) }, []string{"connections:write", "App-Level Tokens"}},
		{"the bot token", func(f *slackfake.Server) { f.Revoke(f.BotToken(), "token_revoked") }, []string{"bot token", "OAuth & Permissions"}},
		{"the app-level token", func(f *slackfake.Server) { f.Revoke(f.AppToken(), "") }, []string{"app-level token", "Basic Information"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, slackfake.Options{})
			c.break_(h.fake)
			faults := h.slack.Check(t.Context())
			if len(faults) != 1 {
				t.Fatalf("faults: %v", faults)
			}
			for _, want := range c.want {
				if !strings.Contains(faults[0].Error(), want) {
					t.Errorf("%q does not say %q", faults[0], want)
				}
			}
		})
	}
	has := slices.DeleteFunc(scopes(t), func(s string) bool { return s == "im:history" })
	told := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-OAuth-Scopes", strings.Join(has, ",")) // as Slack does with every answer
		_, _ = io.WriteString(w, `{"ok":true,"team_id":"T1","user_id":"U1","bot_id":"B1","url":"wss://example.org"}`)
	}))
	defer told.Close()
	s, err := slack.New(slack.Options{Workspaces: []slack.Tokens{{App: "xapp-1", Bot: "xoxb-1"}}, URL: told.URL + "/", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer slack.CloseIdle(s)
	faults := s.Check(t.Context())
	if len(faults) != 1 || !strings.Contains(faults[0].Error(), "im:history") || !strings.Contains(faults[0].Error(), "Reinstall") {
		t.Errorf("without a scope: %v", faults)
	}
	h := open(t, slackfake.Options{App: slackfake.App{NoSocketMode: true}})
	if faults := h.slack.Check(t.Context()); len(faults) != 1 || !strings.Contains(faults[0].Error(), "switch Socket Mode on") {
		t.Errorf("without Socket Mode: %v", faults)
	}
}

func TestTokensAreToldApartAndNeverShown(t *testing.T) {
	for _, tokens := range []slack.Tokens{{}, {App: "xoxb-secret", Bot: "xoxb-secret"}, {App: "xapp-secret", Bot: "xapp-secret"}} {
		_, err := slack.New(slack.Options{Workspaces: []slack.Tokens{tokens}})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: %v", tokens, err)
		}
	}
	if s := (slack.Tokens{App: "xapp-secret"}).String(); strings.Contains(s, "secret") {
		t.Error(s)
	}
}
