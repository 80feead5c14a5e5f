package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
)

// Slack's limits, in characters where nothing else is said.
const (
	maxBlocks     = 50  // of a message
	maxViewBlocks = 100 // of a modal or a home
	maxActions    = 25
	maxContext    = 10
	maxFields     = 10
	maxOptions    = 100
	maxFew        = 10 // checkboxes, radio buttons
	maxOverflow   = 5

	maxText       = 3000
	maxField      = 2000
	maxHeader     = 150
	maxAllText    = 9500 // of a message's blocks together
	maxPosted     = 40000
	maxUpdated    = 4000
	maxButton     = 75
	maxValue      = 2000
	maxOption     = 75
	maxOptionID   = 150
	maxID         = 255
	maxTitle      = 24
	maxPrivate    = 3000
	maxInput      = 3000
	maxLabel      = 2000
	maxHint       = 2000
	maxHolder     = 150
	altMax        = 2000
	maxAckBytes   = 20_000 // a larger acknowledgement is dropped in silence
	maxViewBytes  = 250_000
	maxErrorWords = 2000
)

// fault is what Slack would refuse, and where: a JSON pointer.
type fault struct{ pointer, problem string }

func (f fault) String() string { return f.pointer + ": " + f.problem }

// faultsError makes an error of faults. It names places and numbers, no words.
func faultsError(faults []fault) error {
	if len(faults) == 0 {
		return nil
	}
	var all []string
	for _, f := range faults {
		all = append(all, f.String())
	}
	return fmt.Errorf("%w: beyond Slack's limits: %s", chat.ErrRefused, strings.Join(all, "; "))
}

// limits holds JSON against what Slack takes.
type limits struct {
	faults  []fault
	actions map[string]bool
	blocks  map[string]bool
	all     int // characters in all blocks
}

// checkMessage holds a message's blocks and text against the limits.
func checkMessage(blocks any, text string, update bool) error {
	l := newLimits()
	room := maxPosted
	if update {
		room = maxUpdated
	}
	l.length("/text", text, 0, room)
	list, _ := tree(blocks).([]any)
	l.list("/blocks", list, maxBlocks)
	if l.all > maxAllText {
		l.add("/blocks", "hold %d characters together; %d fit", l.all, maxAllText)
	}
	return faultsError(l.faults)
}

// checkView holds a modal or a home against the limits.
func checkView(view any) error {
	l := newLimits()
	v, _ := tree(view).(map[string]any)
	inputs := false
	if v["type"] == "modal" {
		for _, part := range []string{"title", "submit", "close"} {
			if o, ok := v[part].(map[string]any); ok {
				l.text("/"+part, o, maxTitle)
			} else if part == "title" {
				l.add("/title", "is missing")
			}
		}
	}
	list, _ := v["blocks"].([]any)
	for _, b := range list {
		o, _ := b.(map[string]any)
		inputs = inputs || o["type"] == "input"
	}
	if inputs && v["type"] == "modal" && v["submit"] == nil {
		l.add("/submit", "is missing, though there is something to hand in")
	}
	l.length("/private_metadata", str(v["private_metadata"]), 0, maxPrivate)
	l.length("/callback_id", str(v["callback_id"]), 0, maxID)
	l.list("/blocks", list, maxViewBlocks)
	if raw, err := json.Marshal(view); err != nil || len(raw) > maxViewBytes {
		l.add("", "has %d bytes; %d fit", len(raw), maxViewBytes)
	}
	return faultsError(l.faults)
}

func newLimits() *limits {
	return &limits{actions: map[string]bool{}, blocks: map[string]bool{}}
}

func tree(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var t any
	_ = json.Unmarshal(raw, &t)
	return t
}

func str(v any) string { s, _ := v.(string); return s }

func (l *limits) add(pointer, problem string, args ...any) {
	l.faults = append(l.faults, fault{pointer, fmt.Sprintf(problem, args...)})
}

func (l *limits) length(pointer, s string, least, most int) {
	if n := utf8.RuneCountInString(s); n < least || n > most {
		l.add(pointer, "has %d characters; %d to %d fit", n, least, most)
	}
}

// text checks a text object that has to hold something.
func (l *limits) text(pointer string, v any, most int) {
	o, ok := v.(map[string]any)
	if !ok {
		l.add(pointer, "is no text")
		return
	}
	l.length(pointer+"/text", str(o["text"]), 1, most)
	if o["type"] != "plain_text" && o["type"] != "mrkdwn" {
		l.add(pointer+"/type", "is %q", str(o["type"]))
	}
	l.all += utf8.RuneCountInString(str(o["text"]))
}

// id checks an id that has to differ from all others of its sort.
func (l *limits) id(pointer string, v any, seen map[string]bool) {
	s := str(v)
	if s == "" {
		return
	}
	l.length(pointer, s, 1, maxID)
	if seen[s] {
		l.add(pointer, "stands twice")
	}
	seen[s] = true
}

func (l *limits) list(pointer string, blocks []any, most int) {
	if len(blocks) > most {
		l.add(pointer, "has %d blocks; %d fit", len(blocks), most)
	}
	for i, b := range blocks {
		o, _ := b.(map[string]any)
		at := fmt.Sprintf("%s/%d", pointer, i)
		l.id(at+"/block_id", o["block_id"], l.blocks)
		l.block(at, o)
	}
}

func (l *limits) block(at string, o map[string]any) {
	parts, _ := o["elements"].([]any)
	switch kind := str(o["type"]); kind {
	case "section":
		fields, _ := o["fields"].([]any)
		if o["text"] != nil || len(fields) == 0 {
			l.text(at+"/text", o["text"], maxText)
		}
		l.many(at+"/fields", len(fields), 0, maxFields)
		for i, f := range fields {
			l.text(fmt.Sprintf("%s/fields/%d", at, i), f, maxField)
		}
	case "header":
		l.text(at+"/text", o["text"], maxHeader)
	case "context":
		l.many(at+"/elements", len(parts), 1, maxContext)
		for i, p := range parts {
			if e, _ := p.(map[string]any); str(e["type"]) != "image" {
				l.text(fmt.Sprintf("%s/elements/%d", at, i), p, maxText)
			}
		}
	case "actions":
		l.many(at+"/elements", len(parts), 1, maxActions)
		for i, p := range parts {
			l.element(fmt.Sprintf("%s/elements/%d", at, i), p)
		}
	case "image":
		l.length(at+"/alt_text", str(o["alt_text"]), 1, altMax)
		file, _ := o["slack_file"].(map[string]any)
		if str(o["image_url"]) == "" && str(file["id"]) == "" && str(file["url"]) == "" {
			l.add(at, "shows no picture")
		}
	case "input":
		l.text(at+"/label", o["label"], maxLabel)
		if o["hint"] != nil {
			l.text(at+"/hint", o["hint"], maxHint)
		}
		l.element(at+"/element", o["element"])
	case "rich_text":
		l.many(at+"/elements", len(parts), 1, maxText)
		n := 0
		for i, p := range parts {
			n += l.richly(fmt.Sprintf("%s/elements/%d", at, i), p)
		}
		if n > maxText {
			l.add(at, "holds %d characters; %d fit", n, maxText)
		}
		l.all += n
	case "divider":
	default:
		l.add(at+"/type", "%q is not a block that we send", kind)
	}
}

func (l *limits) many(pointer string, n, least, most int) {
	if n < least || n > most {
		l.add(pointer, "has %d; %d to %d fit", n, least, most)
	}
}

// richly counts the characters of rich text and checks that nothing is empty.
func (l *limits) richly(at string, v any) int {
	o, _ := v.(map[string]any)
	if parts, ok := o["elements"].([]any); ok {
		n := 0
		for i, p := range parts {
			n += l.richly(fmt.Sprintf("%s/elements/%d", at, i), p)
		}
		return n
	}
	switch str(o["type"]) {
	case "text":
		l.length(at+"/text", str(o["text"]), 1, maxText)
	case "link":
		l.length(at+"/url", str(o["url"]), 1, maxText)
	case "channel":
		l.length(at+"/channel_id", str(o["channel_id"]), 1, maxID)
	case "date":
		l.length(at+"/format", str(o["format"]), 1, maxText)
	default:
		l.add(at+"/type", "%q is not rich text that we send", str(o["type"]))
	}
	return utf8.RuneCountInString(str(o["text"])) + utf8.RuneCountInString(str(o["url"])) + utf8.RuneCountInString(str(o["format"]))
}

func (l *limits) element(at string, v any) {
	o, _ := v.(map[string]any)
	l.id(at+"/action_id", o["action_id"], l.actions)
	if o["placeholder"] != nil {
		l.text(at+"/placeholder", o["placeholder"], maxHolder)
	}
	options, _ := o["options"].([]any)
	groups, _ := o["option_groups"].([]any)
	switch kind := str(o["type"]); kind {
	case "button":
		l.text(at+"/text", o["text"], maxButton)
		l.length(at+"/value", str(o["value"]), 0, maxValue)
	case "plain_text_input":
		l.length(at+"/initial_value", str(o["initial_value"]), 0, maxInput)
	case "checkboxes", "radio_buttons":
		l.options(at+"/options", options, maxFew)
	case "overflow":
		l.options(at+"/options", options, maxOverflow)
	case "static_select", "multi_static_select":
		if len(groups) == 0 {
			l.options(at+"/options", options, maxOptions)
		}
		l.many(at+"/option_groups", len(groups), 0, maxOptions)
		for i, g := range groups {
			group, _ := g.(map[string]any)
			inner, _ := group["options"].([]any)
			where := fmt.Sprintf("%s/option_groups/%d", at, i)
			l.text(where+"/label", group["label"], maxOption)
			l.options(where+"/options", inner, maxOptions)
		}
	case "users_select", "multi_users_select", "conversations_select", "file_input":
	default:
		l.add(at+"/type", "%q is not an element that we send", kind)
	}
}

func (l *limits) options(at string, options []any, most int) {
	l.many(at, len(options), 1, most)
	for i, v := range options {
		o, _ := v.(map[string]any)
		where := fmt.Sprintf("%s/%d", at, i)
		l.text(where+"/text", o["text"], maxOption)
		l.length(where+"/value", str(o["value"]), 1, maxOptionID)
	}
}
