package slackfake_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cohortbot/adapters/slack/slackfake"
)

func x(n int) string { return strings.Repeat("é", n) }

func words(kind string, n int) object { return object{"type": kind, "text": x(n)} }

func times(n int, make func(i int) any) []any {
	out := []any{}
	for i := range n {
		out = append(out, make(i))
	}
	return out
}

func same(v any) func(int) any { return func(int) any { return v } }

func press(more object) object {
	o := object{"type": "button", "text": words("plain_text", 5)}
	for k, v := range more {
		o[k] = v
	}
	return o
}

func menu(n, text, value int) object {
	return object{"type": "static_select", "options": times(n, func(i int) any {
		id := fmt.Sprint(i)
		return object{"text": words("plain_text", text), "value": id + strings.Repeat("v", value-len(id))}
	})}
}

func actions(list ...any) object { return object{"type": "actions", "elements": list} }

func section(o object) object { o["type"] = "section"; return o }

func field(element object) object {
	return object{"type": "input", "label": words("plain_text", 3), "element": element}
}

// Each limit is tried on both sides: what is just allowed, and one more.
func TestEachLimitOfBlocksHoldsAtItsNumber(t *testing.T) {
	for _, c := range []struct {
		what    string
		good    []any
		bad     []any
		pointer string
	}{
		{"blocks", times(50, same(object{"type": "divider"})), times(51, same(object{"type": "divider"})), "/blocks]"},
		{"section text", []any{section(object{"text": words("mrkdwn", 3000)})}, []any{section(object{"text": words("mrkdwn", 3001)})}, "/blocks/0/text/text]"},
		{"empty text", []any{section(object{"text": words("mrkdwn", 1)})}, []any{section(object{"text": words("mrkdwn", 0)})}, "/blocks/0/text/text]"},
		{"header", []any{object{"type": "header", "text": words("plain_text", 150)}}, []any{object{"type": "header", "text": words("plain_text", 151)}}, "/blocks/0/text/text]"},
		{"header mrkdwn", []any{object{"type": "header", "text": words("plain_text", 1)}}, []any{object{"type": "header", "text": words("mrkdwn", 1)}}, "/blocks/0/text/type]"},
		{"fields", []any{section(object{"fields": times(10, same(words("mrkdwn", 9)))})}, []any{section(object{"fields": times(11, same(words("mrkdwn", 9)))})}, "/blocks/0/fields]"},
		{"field", []any{section(object{"fields": times(1, same(words("mrkdwn", 2000)))})}, []any{section(object{"fields": times(1, same(words("mrkdwn", 2001)))})}, "/blocks/0/fields/0/text]"},
		{"actions", []any{actions(times(25, same(press(nil)))...)}, []any{actions(times(26, same(press(nil)))...)}, "/blocks/0/elements]"},
		{"context", []any{object{"type": "context", "elements": times(10, same(words("mrkdwn", 1)))}}, []any{object{"type": "context", "elements": times(11, same(words("mrkdwn", 1)))}}, "/blocks/0/elements]"},
		{"button text", []any{actions(press(object{"text": words("plain_text", 75)}))}, []any{actions(press(object{"text": words("plain_text", 76)}))}, "/elements/0/text/text]"},
		{"button value", []any{actions(press(object{"value": x(2000)}))}, []any{actions(press(object{"value": x(2001)}))}, "/elements/0/value]"},
		{"button style", []any{actions(press(object{"style": "danger"}))}, []any{actions(press(object{"style": "loud"}))}, "/elements/0/style]"},
		{"action_id", []any{actions(press(object{"action_id": x(255)}))}, []any{actions(press(object{"action_id": x(256)}))}, "/elements/0/action_id]"},
		{"action_id twice", []any{actions(press(object{"action_id": "a"}), press(object{"action_id": "b"}))}, []any{actions(press(object{"action_id": "a"})), actions(press(object{"action_id": "a"}))}, "/blocks/1/elements/0/action_id]"},
		{"block_id", []any{object{"type": "divider", "block_id": x(255)}}, []any{object{"type": "divider", "block_id": x(256)}}, "/blocks/0/block_id]"},
		{"block_id twice", []any{object{"type": "divider", "block_id": "a"}}, []any{object{"type": "divider", "block_id": "a"}, object{"type": "divider", "block_id": "a"}}, "/blocks/1/block_id]"},
		{"options", []any{actions(menu(100, 1, 3))}, []any{actions(menu(101, 1, 3))}, "/elements/0/options]"},
		{"option text", []any{actions(menu(1, 75, 1))}, []any{actions(menu(1, 76, 1))}, "/options/0/text/text]"},
		{"option value", []any{actions(menu(1, 1, 150))}, []any{actions(menu(1, 1, 151))}, "/options/0/value]"},
		{"unknown block", []any{object{"type": "divider"}}, []any{object{"type": "line"}}, "/blocks/0/type]"},
		{"unknown field", []any{object{"type": "divider"}}, []any{object{"type": "divider", "colour": "red"}}, "/blocks/0]"},
		{"emoji in mrkdwn", []any{section(object{"text": words("mrkdwn", 1)})}, []any{section(object{"text": object{"type": "mrkdwn", "text": "a", "emoji": true}})}, "/blocks/0/text]"},
		{"input in a message", nil, []any{field(object{"type": "plain_text_input"})}, "/blocks/0/type]"},
		{"picture without words", []any{object{"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a"}}, []any{object{"type": "image", "image_url": "https://example.org/a.png"}}, "/blocks/0]"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := check(t, c.good); len(got) > 0 {
				t.Errorf("what is allowed: %v", got)
			}
			got := check(t, c.bad)
			if len(got) == 0 || !strings.HasPrefix(got[0], "[ERROR] ") || !strings.HasSuffix(got[0], c.pointer) {
				t.Errorf("one more: %v, want it at %s", got, c.pointer)
			}
		})
	}
	all := times(4, same(section(object{"text": words("mrkdwn", 2400)})))
	if got := check(t, all); len(got) != 1 || got[0] != "msg_blocks_too_long" {
		t.Errorf("9,600 characters together: %v", got)
	}
	if got := check(t, all[:3]); len(got) > 0 {
		t.Errorf("7,200 characters together: %v", got)
	}
}

func check(t *testing.T, blocks []any) []string {
	t.Helper()
	b, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	return slackfake.CheckBlocks(b)
}

func TestEachLimitOfViewsHoldsAtItsNumber(t *testing.T) {
	modal := func(more object) object {
		o := object{"type": "modal", "title": words("plain_text", 24), "submit": words("plain_text", 24), "blocks": []any{}}
		for k, v := range more {
			o[k] = v
		}
		return o
	}
	one := func(e object) object { return modal(object{"blocks": []any{field(e)}}) }
	typing := func(more object) object {
		o := object{"type": "plain_text_input"}
		for k, v := range more {
			o[k] = v
		}
		return one(o)
	}
	box := func(n int) object {
		m := menu(n, 1, 3)
		m["type"] = "checkboxes"
		return one(m)
	}
	huge := func(n int) object {
		return modal(object{"blocks": times(100, same(section(object{"text": words("mrkdwn", n)})))})
	}
	without := func(o object, k string) object { delete(o, k); return o }
	for _, c := range []struct {
		what      string
		good, bad object
		says      string
	}{
		{"title", modal(nil), modal(object{"title": words("plain_text", 25)}), "/view/title/text]"},
		{"close", modal(object{"close": words("plain_text", 24)}), modal(object{"close": words("plain_text", 25)}), "/view/close/text]"},
		{"callback_id", modal(object{"callback_id": x(255)}), modal(object{"callback_id": x(256)}), "/view/callback_id]"},
		{"private_metadata", modal(object{"private_metadata": x(3000)}), modal(object{"private_metadata": x(3001)}), "/view/private_metadata]"},
		{"blocks", modal(object{"blocks": times(100, same(object{"type": "divider"}))}), modal(object{"blocks": times(101, same(object{"type": "divider"}))}), "/view/blocks]"},
		{"submit with inputs", typing(nil), without(typing(nil), "submit"), "/view]"},
		{"max_length", typing(object{"max_length": 3000}), typing(object{"max_length": 3001}), "/element/max_length]"},
		{"initial text", typing(object{"initial_value": x(3000)}), typing(object{"initial_value": x(3001)}), "/element/initial_value]"},
		{"placeholder", typing(object{"placeholder": words("plain_text", 150)}), typing(object{"placeholder": words("plain_text", 151)}), "/element/placeholder/text]"},
		{"checkboxes", box(10), box(11), "/element/options]"},
		{"whole view", huge(900), huge(2600), "view_too_large"},
		{"home with submit", object{"type": "home", "blocks": []any{}}, object{"type": "home", "blocks": []any{}, "submit": words("plain_text", 1)}, "/view]"},
	} {
		t.Run(c.what, func(t *testing.T) {
			good, _ := json.Marshal(c.good)
			if got := slackfake.CheckView(good); len(got) > 0 {
				t.Errorf("what is allowed: %v", got)
			}
			bad, _ := json.Marshal(c.bad)
			if got := slackfake.CheckView(bad); len(got) == 0 || !strings.HasSuffix(got[0], c.says) {
				t.Errorf("one more: %v, want %s", got, c.says)
			}
		})
	}
}

func TestWhatPeopleTypeArrivesEscaped(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{App: slackfake.App{Commands: map[string]bool{"/raw": false, "/ids": true}}})
	c := dial(t, s)
	payload := func() object {
		e := next(t, c)
		answer(t, c, e, nil)
		return e["payload"].(object)
	}
	s.SlashCommand(ana, room, "/raw", "ask @ana in #learning if 1 < 2 & so")
	if got := payload()["text"]; got != "ask @ana in #learning if 1 &lt; 2 &amp; so" {
		t.Errorf("as typed: %q", got)
	}
	s.SlashCommand(ana, room, "/ids", "ask @ana in #learning")
	if got := payload()["text"]; got != "ask <@"+ana+"|ana> in <#"+room+"|learning>" {
		t.Errorf("with ids: %q", got)
	}
	if o := s.SlashCommand(ana, room, "/none", "").Wait(); o.Problem != "dispatch_unknown_command" {
		t.Errorf("a command that the app has not: %+v", o)
	}
	if _, _, err := s.Say(ana, room, slackfake.Said{Text: "@ana <b> see https://x.org/?a=1&b=2 #learning"}); err != nil {
		t.Fatal(err)
	}
	if got := payload()["event"].(object)["text"]; got != "<@"+ana+"> &lt;b&gt; see <https://x.org/?a=1&amp;b=2> <#"+room+"|learning>" {
		t.Errorf("a message: %q", got)
	}
}
