package slackfake_test

import (
	"strings"
	"testing"

	"cohortbot/adapters/slack/slackfake"
)

const manifest = `
display_information: {name: cohort}
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: true}
  bot_user: {display_name: cohort}
  shortcuts: [{name: Keep, type: message, callback_id: keep, description: Keep it}]
  slash_commands: [{command: /plan, description: The plan, should_escape: true}]
oauth_config:
  scopes:
    bot:
      - commands
      - im:history
settings:
  event_subscriptions: {bot_events: [message.im]}
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
`

func TestAManifestSaysWhatAnAppMay(t *testing.T) {
	app, err := slackfake.FromManifest([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	s, ana, room := start(t, slackfake.Options{App: app})
	if o, _ := call(t, s, s.BotToken(), "chat.postMessage", object{"channel": room, "text": "x"}); o["error"] != "missing_scope" {
		t.Errorf("a scope that was not asked for: %v", o)
	}
	if _, d, _ := s.Say(ana, room, slackfake.Said{Text: "x"}); d.Wait().Problem != "not_subscribed" {
		t.Error("an event that was not asked for")
	}
	for _, c := range []struct{ from, to string }{
		{"/plan", "/remind"},
		{"/plan", "plan"},
		{"type: message", "type: other"},
		{"name: Keep,", "name: Keep this as evidence for good,"},
		{"message.im", "message.channels"},
		{"im:history", "im:write"},
		{"display_name: cohort", "display_name: ''"},
	} {
		if _, err := slackfake.FromManifest([]byte(strings.Replace(manifest, c.from, c.to, 1))); err == nil {
			t.Errorf("%s for %s is taken", c.to, c.from)
		}
	}
}

func TestAMenuAsksTheAppForItsChoices(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	c := dial(t, s)
	d := s.SlashCommand(ana, room, "/plan", "")
	answer(t, c, next(t, c), nil)
	o, _ := call(t, s, s.BotToken(), "views.open", object{"trigger_id": d.Trigger, "view": object{
		"type": "modal", "title": words("plain_text", 1), "submit": words("plain_text", 1),
		"blocks": []any{field(object{"type": "external_select", "action_id": "who", "min_query_length": 0})},
	}})
	if o["ok"] != true {
		t.Fatal(o)
	}
	done := make(chan []slackfake.Option)
	go func() { list, _ := s.Suggest(ana, "who", "an"); done <- list }()
	e := next(t, c)
	if p := e["payload"].(object); p["type"] != "block_suggestion" || p["value"] != "an" {
		t.Errorf("%v", p)
	}
	answer(t, c, e, object{"options": []any{object{"text": object{"type": "plain_text", "text": "Ana"}, "value": "1"}}})
	if list := <-done; len(list) != 1 || list[0].Text != "Ana" {
		t.Errorf("%+v", list)
	}
}
