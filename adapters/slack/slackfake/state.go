package slackfake

import (
	"slices"
	"strings"
)

// Values are what a person enters: by block_id, action_id or the label that they
// read. Options are named by value or by text, dates as 2026-03-01, times as
// 09:30, people and channels by id; several are divided by a line break.
type Values map[string]string

// key is under which the state of one element is kept.
func key(blockID, actionID string) string { return blockID + "\x00" + actionID }

// stateOf is the state of all elements that have one, by block and action.
func stateOf(blocks []any, inputs object) object {
	out := object{}
	for _, e := range elements(blocks) {
		if !stateful[e.kind] {
			continue
		}
		in, _ := out[e.blockID].(object)
		if in == nil {
			in = object{}
			out[e.blockID] = in
		}
		if v, ok := inputs[key(e.blockID, e.actionID)]; ok {
			in[e.actionID] = v
		} else {
			in[e.actionID] = e.initial()
		}
	}
	return out
}

// stateful are the elements that have a state; buttons and menus have none.
var stateful = map[string]bool{
	"plain_text_input": true, "number_input": true, "email_text_input": true, "url_text_input": true,
	"static_select": true, "multi_static_select": true, "external_select": true, "multi_external_select": true,
	"users_select": true, "multi_users_select": true, "channels_select": true, "multi_channels_select": true,
	"conversations_select": true, "multi_conversations_select": true, "datepicker": true, "timepicker": true,
	"datetimepicker": true, "checkboxes": true, "radio_buttons": true, "rich_text_input": true, "file_input": true,
}

// element is one thing that a person can press, choose or fill in.
type element struct {
	kind, blockID, actionID string
	label                   string // of the input block, or the text of a button
	input                   bool   // in an input block
	optional                bool
	raw                     object
}

// elements lists what can be acted on, in the order in which it is read.
func elements(blocks []any) []element {
	var out []element
	for _, b := range blocks {
		b, _ := b.(object)
		id, _ := b["block_id"].(string)
		take := func(v any, input bool) {
			raw, _ := v.(object)
			a, _ := raw["action_id"].(string)
			if raw == nil || a == "" {
				return
			}
			k, _ := raw["type"].(string)
			e := element{kind: k, blockID: id, actionID: a, raw: raw, input: input}
			e.label = textOf(raw["text"])
			if input {
				e.label = textOf(b["label"])
				e.optional, _ = b["optional"].(bool)
			}
			out = append(out, e)
		}
		switch b["type"] {
		case "input":
			take(b["element"], true)
		case "section":
			take(b["accessory"], false)
		case "actions":
			list, _ := b["elements"].([]any)
			for _, e := range list {
				take(e, false)
			}
		}
	}
	return out
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case object:
		t, _ := v["text"].(string)
		return t
	}
	return ""
}

// initial is the state before anybody touched the element.
func (e element) initial() object {
	o := object{"type": e.kind}
	get := func(to, from string) { o[to] = e.raw[from] }
	switch {
	case strings.HasSuffix(e.kind, "_input") && e.kind != "file_input" && e.kind != "rich_text_input":
		get("value", "initial_value")
	case e.kind == "datepicker":
		get("selected_date", "initial_date")
	case e.kind == "timepicker":
		get("selected_time", "initial_time")
	case e.kind == "datetimepicker":
		get("selected_date_time", "initial_date_time")
	case e.kind == "checkboxes" || e.kind == "multi_static_select" || e.kind == "multi_external_select":
		o["selected_options"] = orNone(e.raw["initial_options"])
	case e.kind == "static_select" || e.kind == "external_select" || e.kind == "radio_buttons":
		get("selected_option", "initial_option")
	case e.kind == "users_select":
		get("selected_user", "initial_user")
	case e.kind == "channels_select":
		get("selected_channel", "initial_channel")
	case e.kind == "conversations_select":
		get("selected_conversation", "initial_conversation")
	case e.kind == "multi_users_select":
		o["selected_users"] = orNone(e.raw["initial_users"])
	case e.kind == "multi_channels_select":
		o["selected_channels"] = orNone(e.raw["initial_channels"])
	case e.kind == "multi_conversations_select":
		o["selected_conversations"] = orNone(e.raw["initial_conversations"])
	}
	return o
}

func orNone(v any) any {
	if v == nil {
		return []any{}
	}
	return v
}

// options are all options of an element, groups opened.
func (e element) options() []object {
	var out []object
	take := func(v any) {
		list, _ := v.([]any)
		for _, o := range list {
			if o, ok := o.(object); ok {
				out = append(out, o)
			}
		}
	}
	take(e.raw["options"])
	groups, _ := e.raw["option_groups"].([]any)
	for _, g := range groups {
		if g, ok := g.(object); ok {
			take(g["options"])
		}
	}
	return out
}

// choose finds an option by its value or by its text.
func (e element) choose(word string) object {
	for _, o := range e.options() {
		if o["value"] == word || textOf(o["text"]) == word || plain.Replace(textOf(o["text"])) == word {
			return object{"text": o["text"], "value": o["value"]}
		}
	}
	return nil
}

// entered is the state after a person entered something; the second result tells
// whether the element lets them.
func (e element) entered(word string) (object, bool) {
	if word == "" {
		o := e.initial()
		for k := range o {
			if k != "type" {
				o[k] = nil
				if strings.HasSuffix(k, "s") {
					o[k] = []any{}
				}
			}
		}
		return o, true
	}
	o := object{"type": e.kind}
	lines := slices.DeleteFunc(strings.Split(word, "\n"), func(l string) bool { return l == "" })
	many := func() []any {
		var list []any
		for _, l := range lines {
			list = append(list, l)
		}
		return list
	}
	switch e.kind {
	case "static_select", "radio_buttons":
		c := e.choose(word)
		o["selected_option"] = c
		return o, c != nil
	case "checkboxes", "multi_static_select":
		var list []any
		for _, l := range lines {
			c := e.choose(l)
			if c == nil {
				return nil, false
			}
			list = append(list, c)
		}
		o["selected_options"] = list
	case "external_select": // as "value" or "text|value": the app gave the options
		text, value, both := strings.Cut(word, "|")
		if !both {
			value = text
		}
		o["selected_option"] = object{"text": object{"type": "plain_text", "text": text, "emoji": true}, "value": value}
	case "multi_external_select":
		var list []any
		for _, l := range lines {
			text, value, both := strings.Cut(l, "|")
			if !both {
				value = text
			}
			list = append(list, object{"text": object{"type": "plain_text", "text": text, "emoji": true}, "value": value})
		}
		o["selected_options"] = list
	case "users_select":
		o["selected_user"] = word
	case "channels_select":
		o["selected_channel"] = word
	case "conversations_select":
		o["selected_conversation"] = word
	case "multi_users_select":
		o["selected_users"] = many()
	case "multi_channels_select":
		o["selected_channels"] = many()
	case "multi_conversations_select":
		o["selected_conversations"] = many()
	case "datepicker":
		o["selected_date"] = word
	case "timepicker":
		o["selected_time"] = word
	case "datetimepicker":
		n, ok := number(word)
		o["selected_date_time"] = n
		return o, ok
	default:
		o["value"] = word
	}
	return o, true
}

func number(word string) (float64, bool) {
	n := 0.0
	for _, r := range word {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + float64(r-'0')
	}
	return n, word != ""
}

// empty tells whether nothing is entered.
func empty(state object) bool {
	for k, v := range state {
		if k == "type" {
			continue
		}
		if list, ok := v.([]any); ok && len(list) == 0 || v == nil || v == "" {
			continue
		}
		return false
	}
	return true
}
