package discordfake_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"

	"pgregory.net/rapid"
)

// good are bodies as a careful client sends them, by route.
func (w *world) good(m string) map[string]any {
	start := w.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	end := w.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	message := func() obj {
		return quiet(obj{
			"content": "hello", "nonce": "n", "enforce_nonce": false, "flags": 4, "tts": false,
			"embeds": []any{obj{
				"title": "t", "description": "d", "url": "https://example.org", "color": 255, "timestamp": start,
				"footer": obj{"text": "f"}, "author": obj{"name": "a"}, "fields": []any{obj{"name": "n", "value": "v", "inline": true}},
			}},
			"components": []any{
				row(button("a"), obj{"type": 2, "style": 5, "label": "l", "url": "https://example.org"}),
				row(obj{"type": 3, "custom_id": "s", "placeholder": "p", "min_values": 0, "max_values": 2, "options": []any{
					obj{"label": "l", "value": "v", "description": "d", "default": true}, obj{"label": "m", "value": "w"},
				}}),
				row(obj{"type": 5, "custom_id": "u"}),
			},
		})
	}
	edit := message()
	for _, k := range []string{"nonce", "enforce_nonce", "tts"} {
		delete(edit, k)
	}
	answer := message()
	delete(answer, "nonce")
	delete(answer, "enforce_nonce")
	commands := []any{
		obj{"name": "a", "description": "d", "default_member_permissions": 8, "options": []any{
			obj{"type": 3, "name": "b", "description": "d", "required": true, "choices": []any{obj{"name": "n", "value": "v"}}},
			obj{"type": 4, "name": "c", "description": "d", "min_value": 1, "max_value": 3, "autocomplete": true},
		}},
		obj{"name": "g", "description": "d", "options": []any{
			obj{"type": 2, "name": "h", "description": "d", "options": []any{obj{"type": 1, "name": "i", "description": "d", "options": []any{}}}},
		}},
		obj{"type": 3, "name": "Keep this"},
	}
	return map[string]any{
		"POST channels/" + w.room + "/messages":       message(),
		"PATCH channels/" + w.room + "/messages/" + m: edit,
		"POST channels/" + w.room + "/threads":        obj{"name": "t", "type": 11, "auto_archive_duration": 60, "rate_limit_per_user": 5},
		"PUT applications/" + w.AppID() + "/commands": commands,
		"POST users/@me/channels":                     obj{"recipient_id": w.ana},
		"message":                                     obj{"type": 4, "data": answer},
		"defer":                                       obj{"type": 5, "data": obj{"flags": 64}},
		"modal": obj{"type": 9, "data": modal(
			label("a", obj{"type": 4, "custom_id": "a", "style": 1, "min_length": 1, "max_length": 10, "value": "v", "placeholder": "p", "required": true}),
			label("b", obj{"type": 3, "custom_id": "b", "min_values": 1, "max_values": 1, "required": false, "options": menu(2)["options"]}),
			obj{"type": 18, "label": "c", "description": "d", "component": obj{"type": 19, "custom_id": "c", "min_values": 1, "max_values": 2}},
			row(obj{"type": 4, "custom_id": "d", "style": 2, "label": "l"}),
		)},
		"POST guilds/" + w.guild + "/scheduled-events": obj{
			"name": "n", "description": "d", "privacy_level": 2, "entity_type": 3, "scheduled_start_time": start,
			"scheduled_end_time": end, "entity_metadata": obj{"location": "l"},
			"recurrence_rule": obj{"start": start, "frequency": 2, "interval": 1, "by_weekday": []any{1}},
		},
	}
}

// spoil replaces, drops or adds one thing somewhere in a body.
func spoil(t *rapid.T, v any) any {
	junk := rapid.SampledFrom([]any{
		nil, true, "", "a", "A b", strings.Repeat("x", 101), strings.Repeat("x", 4097), "https://example.org", -1, 0, 1, 2, 3, 5, 10,
		18, 26, 100, 32768, 1.5, 1e30,
		[]any{},
		[]any{nil},
		[]any{obj{}},
		obj{},
		obj{"type": 2},
	})
	switch v := v.(type) {
	case obj:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) > 0 && rapid.IntRange(0, 4).Draw(t, "deeper") > 0 {
			k := rapid.SampledFrom(keys).Draw(t, "key")
			if rapid.IntRange(0, 9).Draw(t, "drop") == 0 {
				delete(v, k)
			} else {
				v[k] = spoil(t, v[k])
			}
			return v
		}
	case []any:
		if len(v) > 0 && rapid.IntRange(0, 4).Draw(t, "deeper") > 0 {
			i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
			if rapid.IntRange(0, 9).Draw(t, "again") == 0 {
				return append(v, v[i])
			}
			v[i] = spoil(t, v[i])
			return v
		}
	}
	return junk.Draw(t, "junk")
}

// What the fake accepts, the published description accepts: newWorld holds
// every exchange to it.
func TestASpoiltBodyIsRefusedOrAsPublished(t *testing.T) {
	o := generous()
	for route := range o.Rates {
		o.Rates[route] = discordfake.Rate{Count: 1e6, Per: 1e9}
	}
	o.CommandCreates = 1e6
	w := newWorld(t, o)
	w.register()
	m := w.post("a").obj()["id"].(string)
	routes := slices.Sorted(maps.Keys(w.good(m)))
	for _, route := range routes {
		if r := w.goodCall(t, route, w.good(m)[route]); r.status >= 300 {
			t.Fatalf("a good body for %s was refused: %v", route, r.body)
		}
		w.register()
	}
	if os.Getenv("COHORTBOT_SOAK") == "" {
		// The description has more corners than the fake knows: every run treads the
		// same ground, and new ground is for whoever looks for it.
		seed := flag.Lookup("rapid.seed")
		before := seed.Value.String()
		if err := flag.Set(seed.Name, "1"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(seed.Name, before) })
	}
	rapid.Check(t, func(rt *rapid.T) {
		route := rapid.SampledFrom(routes).Draw(rt, "route")
		body := w.good(m)[route]
		for range rapid.IntRange(1, 2).Draw(rt, "times") {
			body = spoil(rt, body)
		}
		if o, isObj := body.(obj); isObj && !strings.Contains(route, " ") && o["type"] == 5 && route != "defer" {
			return // a deferred answer drops what it carries, whatever that is
		}
		if r := w.goodCall(rt, route, body); r.status >= 500 {
			rt.Fatalf("%s %v: %v", route, body, r)
		}
	})
}

// goodCall sends a body to its route; a word alone is an answer to an interaction.
func (w *world) goodCall(t rapid.TB, route string, body any) reply {
	method, path, isRoute := strings.Cut(route, " ")
	if !isRoute {
		i, err := w.MessageCommand(w.ana, w.room, "Keep as evidence", w.See(w.ana, w.room).Messages[0].ID)
		if err != nil {
			t.Fatalf("%v", err)
		}
		method, path = "POST", "interactions/"+i.ID()+"/"+i.Token()+"/callback"
	}
	r, err := w.try(method, path, body, "Bot "+w.Token())
	if err != nil {
		t.Fatalf("%s %v: %v", route, body, err)
	}
	return r
}
