package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxBlockText is where Slack begins to refuse a message for all the text of its
// blocks together. It is documented nowhere.
const maxBlockText = 9500

const maxView = 250_000 // bytes of JSON

// checker holds blocks against Slack's limits and collects what is wrong, each
// with a JSON pointer to the place.
type checker struct {
	file    func(object) string // says why a slack_file cannot be shown, or nothing
	surface string              // message, modal or home
	errs    []string
	actions map[string]bool
	blocks  map[string]bool
	focus   bool // something takes the focus already
	inputs  int
	text    int // characters of all texts
	long    bool
	mark    int // characters of all markdown blocks
}

// field is one field of an object: whether it must be there, and what it may be.
type field struct {
	must bool
	is   rule
}

type rule func(c *checker, at string, v any)

type fields map[string]field

func must(r rule) field { return field{must: true, is: r} }
func may(r rule) field  { return field{is: r} }

func (c *checker) wrong(at, format string, args ...any) {
	c.errs = append(c.errs, fmt.Sprintf("[ERROR] %s [json-pointer:%s]", fmt.Sprintf(format, args...), at))
}

// object checks the fields of an object; what is not among them is refused.
func (c *checker) object(at string, v any, fs ...fields) object {
	o, ok := v.(object)
	if !ok {
		c.wrong(at, "must provide an object")
		return nil
	}
	all := fields{}
	for _, f := range fs {
		for k, v := range f {
			all[k] = v
		}
	}
	keys := []string{}
	for k := range o {
		keys = append(keys, k)
	}
	for k, f := range all {
		if _, there := o[k]; f.must && !there {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		f, known := all[k]
		val, there := o[k]
		switch {
		case !known:
			c.wrong(at, "invalid additional property: %s", k)
		case !there:
			c.wrong(at, "missing required field: %s", k)
		default:
			f.is(c, at+"/"+k, val)
		}
	}
	return o
}

func length(c *checker, at, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n < least:
		c.wrong(at, "must be more than %d characters", least-1)
	case n > most:
		c.wrong(at, "must be less than %d characters", most+1)
	}
}

// str is a string of that many characters at most; an empty one is no string.
func str(least, most int) rule {
	return func(c *checker, at string, v any) {
		s, ok := v.(string)
		if !ok {
			c.wrong(at, "must be a string")
			return
		}
		length(c, at, s, least, most)
	}
}

func boolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.wrong(at, "must be a boolean")
	}
}

func integer(least, most float64) rule {
	return func(c *checker, at string, v any) {
		n, ok := v.(float64)
		if !ok || n != float64(int64(n)) {
			c.wrong(at, "must be an integer")
		} else if n < least || n > most {
			c.wrong(at, "must be between %v and %v", least, most)
		}
	}
}

func oneOf(words ...string) rule {
	return func(c *checker, at string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			c.wrong(at, "must be one of: %s", strings.Join(words, ", "))
		}
	}
}

func webAddress(c *checker, at string, v any) {
	str(1, 3000)(c, at, v)
	if s, _ := v.(string); s != "" && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "slack://") {
		c.wrong(at, "must be a valid URL")
	}
}

func list(least, most int, each rule) rule {
	return func(c *checker, at string, v any) {
		l, ok := v.([]any)
		switch {
		case !ok:
			c.wrong(at, "must be an array")
			return
		case len(l) < least:
			c.wrong(at, "no fewer than %d items allowed", least)
		case len(l) > most:
			c.wrong(at, "no more than %d items allowed", most)
		}
		for i, e := range l {
			each(c, fmt.Sprintf("%s/%d", at, i), e)
		}
	}
}

// text is a text object of one of the kinds, from one character to most.
func text(most int, kinds ...string) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(object)
		if !ok {
			c.wrong(at, "must provide an object")
			return
		}
		kind, _ := o["type"].(string)
		fs := fields{"type": must(oneOf(kinds...)), "text": must(str(1, most))}
		if kind == "mrkdwn" {
			fs["verbatim"] = may(boolean)
		} else {
			fs["emoji"] = may(boolean)
		}
		c.object(at, v, fs)
		c.text += utf8.RuneCountInString(textOf(o))
	}
}

func plainText(most int) rule { return text(most, "plain_text") }
func anyText(most int) rule   { return text(most, "plain_text", "mrkdwn") }

// id is an action_id or block_id: not empty, 255 at most, and alone of its kind.
func id(kind string) rule {
	return func(c *checker, at string, v any) {
		str(1, 255)(c, at, v)
		seen := c.blocks
		if kind == "action_id" {
			seen = c.actions
		}
		s, _ := v.(string)
		if seen[s] {
			c.wrong(at, "`%s` %q already exists", kind, s)
		}
		seen[s] = true
	}
}

func (s *Server) checker(t *team, surface string) *checker {
	return &checker{
		surface: surface, actions: map[string]bool{}, blocks: map[string]bool{},
		file: func(o object) string { return s.showable(t, o) },
	}
}

// checkMessage holds the blocks of a message against the limits.
func (s *Server) checkMessage(t *team, blocks []any) *refusal {
	if blocks == nil {
		return nil
	}
	c := s.checker(t, "message")
	list(0, 50, block)(c, "/blocks", blocks)
	switch {
	case len(c.errs) > 0:
		return &refusal{code: "invalid_blocks", more: withErrors(c.errs)}
	case c.text > maxBlockText || c.long:
		return refuse("msg_blocks_too_long")
	}
	return nil
}

func withErrors(errs []string) object {
	o := messages(errs...)
	o["errors"] = errs
	return o
}

// checkView holds a view against the limits; kind is modal or home.
func (s *Server) checkView(t *team, v object, kind string) *refusal {
	c := s.checker(t, kind)
	if b, err := json.Marshal(v); err != nil || len(b) > maxView {
		return refuse("view_too_large")
	}
	fs := fields{
		"type": must(oneOf(kind)), "blocks": must(list(0, 100, block)),
		"private_metadata": may(str(0, 3000)), "callback_id": may(str(0, 255)), "external_id": may(str(0, 255)),
	}
	if kind == "modal" {
		fs["title"] = must(plainText(24))
		fs["submit"], fs["close"] = may(plainText(24)), may(plainText(24))
		fs["clear_on_close"], fs["notify_on_close"], fs["submit_disabled"] = may(boolean), may(boolean), may(boolean)
	}
	c.object("/view", v, fs)
	if kind == "modal" && c.inputs > 0 && v["submit"] == nil {
		c.wrong("/view", "missing required field: submit")
	}
	if len(c.errs) > 0 {
		return &refusal{code: "invalid_arguments", more: messages(c.errs...)}
	}
	return nil
}

// CheckBlocks holds the blocks of a message, as JSON, against Slack's limits and
// gives what Slack would say, one line a fault, none when all is well.
func CheckBlocks(raw []byte) []string {
	var blocks []any
	if json.Unmarshal(raw, &blocks) != nil {
		return []string{"invalid_blocks_format"}
	}
	return faultsOf(New(Options{}).checkMessage(nil, blocks))
}

// CheckView is CheckBlocks for a modal or a Home tab.
func CheckView(raw []byte) []string {
	var v object
	if json.Unmarshal(raw, &v) != nil {
		return []string{"invalid_arguments"}
	}
	kind, _ := v["type"].(string)
	if kind != "home" {
		kind = "modal"
	}
	return faultsOf(New(Options{}).checkView(nil, v, kind))
}

func faultsOf(no *refusal) []string {
	if no == nil {
		return nil
	}
	if meta, ok := no.more["response_metadata"].(object); ok {
		return meta["messages"].([]string)
	}
	return []string{no.code}
}
