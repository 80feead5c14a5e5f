package discord_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

func TestAWrongTokenStopsEverything(t *testing.T) {
	s := discordfake.New(fast(discordfake.Options{}))
	defer s.Close()
	guild := s.AddGuild("Learners", "", discord.Permissions)
	d, err := discord.New(discord.Options{Token: "wrong", Guilds: []string{guild}, URL: s.URL(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer discord.CloseIdle(d)
	if err := d.Listen(t.Context(), &bot{}); !errors.Is(err, chat.ErrFatal) {
		t.Errorf("Listen gives %v", err)
	}
	if _, err := d.Send(t.Context(), chat.Channel(chat.Workspace(discord.Prefix+guild), guild), "k", chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrFatal) {
		t.Errorf("Send gives %v", err)
	}
	if n := len(s.Exchanges()); n != 1 {
		t.Errorf("%d requests with a dead token", n)
	}
}

func TestCheckSaysWhatIsMissingAndWhereToChangeIt(t *testing.T) {
	s := discordfake.New(fast(discordfake.Options{}))
	defer s.Close()
	guild := s.AddGuild("Learners", "", discord.Permissions)
	check := func(token string, guilds ...string) string {
		d, err := discord.New(discord.Options{Token: token, Guilds: guilds, MessageContent: true, URL: s.URL()})
		if err != nil {
			t.Fatal(err)
		}
		defer discord.CloseIdle(d)
		return fmt.Sprint(d.Check(t.Context()))
	}
	for said, want := range map[string][]string{
		check("wrong", guild):                          {"Reset Token"},
		check(s.Token(), guild, "1130650140672000000"): {"Message Content Intent", "not in server 1130650140672000000", "oauth2/authorize"},
	} {
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%q is not said in %q", w, said)
			}
		}
		if strings.Contains(said, s.Token()) {
			t.Error("the token is told")
		}
	}
	// The fake's servers let everybody write in threads; this one does not.
	strict := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/users/@me/guilds":
			fmt.Fprintf(w, `[{"id":%q,"permissions":"%d"}]`, guild, int64(discord.Permissions)&^(1<<38))
		case "/users/@me", "/applications/@me":
			fmt.Fprint(w, `{"id":"1130650140672000000","flags":524288}`)
		default:
			fmt.Fprint(w, `[]`)
		}
	}))
	defer strict.Close()
	d, err := discord.New(discord.Options{Token: "t", Guilds: []string{guild}, MessageContent: true, URL: strict.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer discord.CloseIdle(d)
	if faults := d.Check(t.Context()); len(faults) != 1 || !strings.Contains(faults[0].Error(), "Send Messages in Threads") {
		t.Errorf("it says %q", faults)
	}
}

func TestTheInvitationAsksForExactlyWhatIsUsed(t *testing.T) {
	said := discord.Invitation(discord.Options{MessageContent: true}, "1130650140672000000")
	for _, want := range []string{
		"client_id=1130650140672000000", "scope=bot+applications.commands", "permissions=17901423807488",
		"Message Content Intent: switch on", "Server Members Intent: leave off", "Presence Intent: leave off",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in it:\n%s", want, said)
		}
	}
}
