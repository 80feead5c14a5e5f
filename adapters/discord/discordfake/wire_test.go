package discordfake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"cohortbot/adapters/discord/discordfake"
)

type obj = map[string]any

// reply is an answer from the wire.
type reply struct {
	status int
	header http.Header
	body   any
}

func (r reply) obj() obj { o, _ := r.body.(obj); return o }

// code is the error's code, 0 for none.
func (r reply) code() int { n, _ := r.obj()["code"].(float64); return int(n) }

// faults are the paths of a 50035, such as "embeds.0.title", joined by spaces.
func (r reply) faults() string {
	var out []string
	var walk func(at string, v obj)
	walk = func(at string, v obj) {
		for k, inner := range v {
			if k == "_errors" {
				out = append(out, strings.TrimPrefix(at, "."))
				continue
			}
			if o, isObj := inner.(obj); isObj {
				walk(at+"."+k, o)
			}
		}
	}
	errs, _ := r.obj()["errors"].(obj)
	walk("", errs)
	return strings.Join(out, " ")
}

// call makes a raw request as the bot.
func (w *world) call(method, path string, body any) reply {
	w.t.Helper()
	return w.request(method, path, body, "Bot "+w.Token())
}

func (w *world) request(method, path string, body any, auth string) reply {
	w.t.Helper()
	r, err := w.try(method, path, body, auth)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) try(method, path string, body any, auth string) (reply, error) {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, w.URL()+strings.TrimPrefix(path, "/"), in)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	out := reply{status: resp.StatusCode, header: resp.Header}
	_ = json.Unmarshal(raw, &out.body)
	return out, nil
}

// quiet is a message that pings no one.
func quiet(o obj) obj {
	o["allowed_mentions"] = obj{"parse": []any{}}
	return o
}

// generous has room for what a test asks.
func generous() opt {
	return opt{
		Global: discordfake.Rate{Count: 10000, Per: 1e9}, Other: discordfake.Rate{Count: 10000, Per: 1e9},
		Rates: map[string]discordfake.Rate{
			"POST /channels/{channel_id}/messages":                          {Count: 1000, Per: 1e9},
			"PATCH /channels/{channel_id}/messages/{message_id}":            {Count: 1000, Per: 1e9},
			"PUT /applications/{application_id}/guilds/{guild_id}/commands": {Count: 1000, Per: 1e9},
			"PUT /applications/{application_id}/commands":                   {Count: 1000, Per: 1e9},
			"POST /guilds/{guild_id}/scheduled-events":                      {Count: 1000, Per: 1e9},
		},
	}
}

func many(n int, make func(i int) any) []any {
	out := make2(n)
	for i := range out {
		out[i] = make(i)
	}
	return out
}

func make2(n int) []any { return make([]any, n) }

func button(id string) obj { return obj{"type": 2, "style": 1, "label": "Go", "custom_id": id} }
func row(list ...any) obj  { return obj{"type": 1, "components": list} }

func menu(options int) obj {
	return obj{"type": 3, "custom_id": "menu", "options": many(options, func(i int) any {
		return obj{"label": fmt.Sprint("l", i), "value": fmt.Sprint(i)}
	})}
}

func TestMessagesAreHeldToTheLimits(t *testing.T) {
	w := newWorld(t, generous())
	x := func(n int) string { return strings.Repeat("ō", n) }
	for _, c := range []struct {
		name   string
		body   obj
		faults string // "" is accepted
		code   int
	}{
		{"2000 characters", obj{"content": x(2000)}, "", 0},
		{"2001 characters", obj{"content": x(2001)}, "content", 50035},
		{"nothing", obj{"content": "  "}, "", 50006},
		{"no number", obj{"content": 12}, "content", 50035},
		{"ten embeds", obj{"embeds": many(10, func(int) any { return obj{"title": "t"} })}, "", 0},
		{"eleven embeds", obj{"embeds": many(11, func(int) any { return obj{"title": "t"} })}, "embeds", 50035},
		{"embed title", obj{"embeds": []any{obj{"title": x(257)}}}, "embeds.0.title", 50035},
		{"embed description", obj{"embeds": []any{obj{"description": x(4097)}}}, "embeds.0.description", 50035},
		{"embed footer", obj{"embeds": []any{obj{"title": "t"}, obj{"footer": obj{"text": x(2049)}}}}, "embeds.1.footer.text", 50035},
		{"embed fields", obj{"embeds": []any{obj{"fields": many(26, func(int) any { return obj{"name": "n", "value": "v"} })}}}, "embeds.0.fields", 50035},
		{"empty embed field", obj{"embeds": []any{obj{"fields": []any{obj{"name": "n", "value": ""}}}}}, "embeds.0.fields.0.value", 50035},
		{"embeds of 6000", obj{"embeds": []any{obj{"description": x(4000)}, obj{"description": x(2000)}}}, "", 0},
		{"embeds of 6001", obj{"embeds": []any{obj{"description": x(4000)}, obj{"description": x(2001)}}}, "embeds", 50035},
		{"embed link", obj{"embeds": []any{obj{"title": "t", "url": "no link"}}}, "embeds.0.url", 50035},
		{"five rows of five", obj{"components": many(5, func(i int) any {
			return row(many(5, func(j int) any { return button(fmt.Sprint(i, "/", j)) })...)
		})}, "", 0},
		{"six rows", obj{"components": many(6, func(i int) any { return row(button(fmt.Sprint(i))) })}, "components", 50035},
		{"six buttons", obj{"components": []any{row(many(6, func(i int) any { return button(fmt.Sprint(i)) })...)}}, "components.0.components", 50035},
		{"an empty row", obj{"components": []any{row()}}, "components.0.components", 50035},
		{"a bare button", obj{"components": []any{button("b")}}, "components.0.type", 50035},
		{"the same custom id", obj{"components": []any{row(button("b")), row(button("b"))}}, "components.1.components.0.custom_id", 50035},
		{"custom id of 100", obj{"components": []any{row(button(x(100)))}}, "", 0},
		{"custom id of 101", obj{"components": []any{row(button(x(101)))}}, "components.0.components.0.custom_id", 50035},
		{"no custom id", obj{"components": []any{row(obj{"type": 2, "style": 1, "label": "a"})}}, "components.0.components.0.custom_id", 50035},
		{"label of 81", obj{"components": []any{row(obj{"type": 2, "style": 1, "label": x(81), "custom_id": "a"})}}, "components.0.components.0.label", 50035},
		{"no label", obj{"components": []any{row(obj{"type": 2, "style": 1, "custom_id": "a"})}}, "components.0.components.0", 50035},
		{"link without address", obj{"components": []any{row(obj{"type": 2, "style": 5, "label": "a"})}}, "components.0.components.0.url", 50035},
		{"link", obj{"components": []any{row(obj{"type": 2, "style": 5, "label": "a", "url": "https://example.org"})}}, "", 0},
		{"25 options", obj{"components": []any{row(menu(25))}}, "", 0},
		{"26 options", obj{"components": []any{row(menu(26))}}, "components.0.components.0.options", 50035},
		{"no options", obj{"components": []any{row(menu(0))}}, "components.0.components.0.options", 50035},
		{"menu beside a button", obj{"components": []any{row(menu(1), button("b"))}}, "components.0.components", 50035},
		{"placeholder", obj{"components": []any{row(obj{"type": 5, "custom_id": "u", "placeholder": x(151)})}}, "components.0.components.0.placeholder", 50035},
		{"text input in a message", obj{"components": []any{row(obj{"type": 4, "custom_id": "u", "style": 1, "label": "l"})}}, "components.0.components.0.type", 50035},
		{"nonce of 26", obj{"content": "a", "nonce": x(26)}, "nonce", 50035},
		{"parse and users", obj{"content": "a", "allowed_mentions": obj{"parse": []any{"users"}, "users": []any{"1"}}}, "allowed_mentions", 50035},
		{"new kind of component without its flag", obj{"components": []any{obj{"type": 10, "content": "a"}}}, "components.0.type", 50035},
		{"new kind of component", obj{"flags": 1 << 15, "components": []any{obj{"type": 17, "components": []any{obj{"type": 10, "content": "a"}, row(button("b"))}}}}, "", 0},
		{"new kind of component with content", obj{"content": "a", "flags": 1 << 15, "components": []any{obj{"type": 10, "content": "a"}}}, "content", 50035},
		{"an attachment that was not sent", obj{"content": "a", "attachments": []any{obj{"id": "0", "filename": "a.png"}}}, "attachments.0.id", 50035},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.body["allowed_mentions"] == nil {
				quiet(c.body)
			}
			r := w.call("POST", "/channels/"+w.room+"/messages", c.body)
			if r.code() != c.code || r.faults() != c.faults {
				t.Errorf("got %d %v, want %d at %q", r.status, r.body, c.code, c.faults)
			}
		})
	}
}

func TestCommandsAreHeldToTheLimits(t *testing.T) {
	w := newWorld(t, generous())
	slash := func(more obj) obj {
		o := obj{"name": "session", "description": "Sessions", "options": []any{}}
		for k, v := range more {
			o[k] = v
		}
		return o
	}
	option := func(name string, more obj) obj {
		o := obj{"type": 3, "name": name, "description": "d"}
		for k, v := range more {
			o[k] = v
		}
		return o
	}
	x := strings.Repeat("x", 101)
	path := "/applications/" + w.AppID() + "/guilds/" + w.guild + "/commands"
	for _, c := range []struct {
		name   string
		body   []any
		faults string
		code   int
	}{
		{"one", []any{slash(nil)}, "", 0},
		{"upper case", []any{slash(obj{"name": "Session"})}, "0.name", 50035},
		{"a space", []any{slash(obj{"name": "my session"})}, "0.name", 50035},
		{"33 characters", []any{slash(obj{"name": x[:33]})}, "0.name", 50035},
		{"no description", []any{slash(obj{"description": ""})}, "0.description", 50035},
		{"long description", []any{slash(obj{"description": x})}, "0.description", 50035},
		{"twice the same", []any{slash(nil), slash(nil)}, "1.name", 50035},
		{"26 options", []any{slash(obj{"options": many(26, func(i int) any { return option(fmt.Sprint("o", i), nil) })})}, "0.options", 50035},
		{"26 choices", []any{slash(obj{"options": []any{option("o", obj{"choices": many(26, func(i int) any { return obj{"name": fmt.Sprint(i), "value": fmt.Sprint(i)} })})}})}, "0.options.0.choices", 50035},
		{"required after optional", []any{slash(obj{"options": []any{option("a", nil), option("b", obj{"required": true})}})}, "0.options.1", 50035},
		{"sub-command beside an option", []any{slash(obj{"options": []any{option("a", obj{"type": 1}), option("b", nil)}})}, "0.options", 50035},
		{"choices and completion", []any{slash(obj{"options": []any{option("a", obj{"autocomplete": true, "choices": []any{obj{"name": "n", "value": "v"}}})}})}, "0.options.0.autocomplete", 50035},
		{"sub-command in a sub-command", []any{slash(obj{"options": []any{option("a", obj{"type": 1, "options": []any{option("b", obj{"type": 1})}})}})}, "0.options.0.options.0.type", 50035},
		{"8001 characters", []any{slash(obj{"options": many(25, func(i int) any {
			return option(fmt.Sprint("sub", i), obj{"type": 1, "options": many(4, func(j int) any {
				return option(fmt.Sprint("o", j), obj{"description": x[:100]})
			})})
		})})}, "0", 50035},
		{"101 commands", many(101, func(i int) any { return slash(obj{"name": fmt.Sprint("c", i)}) }), "", 30032},
		{"16 in the menu", many(16, func(i int) any { return obj{"type": 3, "name": fmt.Sprint("Keep ", i)} }), "", 30032},
		{"a menu entry", []any{obj{"type": 3, "name": "Keep as evidence"}, obj{"type": 2, "name": "Ask a peer"}}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.call("PUT", path, c.body)
			if r.code() != c.code || r.faults() != c.faults {
				t.Errorf("got %d %v, want %d at %q", r.status, r.body, c.code, c.faults)
			}
		})
	}
}

func TestCommandsKeepTheirIDsAndCountTheDay(t *testing.T) {
	w := newWorld(t, generous())
	path := "/applications/" + w.AppID() + "/commands"
	tree := func(from, n int) []any {
		return many(n, func(i int) any { return obj{"name": fmt.Sprint("c", from+i), "description": "d", "options": []any{}} })
	}
	first := w.call("PUT", path, tree(0, 90)).body.([]any)[0].(obj)
	again := w.call("PUT", path, tree(0, 90)).body.([]any)[0].(obj)
	if first["id"] != again["id"] || first["version"] != again["version"] {
		t.Error("an unchanged command was made anew")
	}
	w.call("PUT", path, tree(100, 90))
	if r := w.call("PUT", path, tree(200, 90)); r.code() != 30034 {
		t.Errorf("270 commands in a day: %v", r.body)
	}
	w.Advance(25 * 60 * 60 * 1e9)
	if r := w.call("PUT", path, tree(200, 90)); r.status != 200 {
		t.Errorf("the day after: %v", r.body)
	}
	w.call("PUT", path, []any{obj{"name": "c", "description": "d", "options": nil}})
	if v := w.Violations(); len(v) != 1 || v[0].Kind != "options null" {
		t.Errorf("violations %+v", v)
	}
}
