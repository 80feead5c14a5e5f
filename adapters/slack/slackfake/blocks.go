package slackfake

import (
	"fmt"
	"unicode/utf8"
)

var (
	kinds   map[string]fields // blocks by type
	widgets map[string]fields // elements by type
)

// Where each element may stand.
var (
	pickers   = []string{"checkboxes", "datepicker", "radio_buttons", "timepicker", "static_select", "external_select", "users_select", "conversations_select", "channels_select"}
	manifold  = []string{"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"}
	accessory = join([]string{"button", "image", "overflow"}, pickers, manifold)
	inActions = join([]string{"button", "overflow", "datetimepicker"}, pickers)
	inInput   = join([]string{"plain_text_input", "number_input", "email_text_input", "url_text_input", "datetimepicker", "rich_text_input", "file_input"}, pickers, manifold)
)

func join(lists ...[]string) map[string]bool {
	out := map[string]bool{}
	for _, l := range lists {
		for _, s := range l {
			out[s] = true
		}
	}
	return out
}

// block checks one block, whichever it is.
func block(c *checker, at string, v any) {
	o, ok := v.(object)
	if !ok {
		c.wrong(at, "must provide an object")
		return
	}
	kind, _ := o["type"].(string)
	fs, known := kinds[kind]
	switch {
	case !known:
		c.wrong(at+"/type", "unsupported type: %s", kind)
		return
	case kind == "input" && c.surface == "message":
		c.wrong(at+"/type", "unsupported type: input")
		return
	case kind == "markdown" && c.surface != "message":
		c.wrong(at+"/type", "unsupported type: markdown")
		return
	case kind == "input":
		c.inputs++
	}
	c.object(at, v, fs, fields{"type": must(oneOf(kind)), "block_id": may(id("block_id"))})
	switch kind {
	case "section":
		if o["text"] == nil && o["fields"] == nil {
			c.wrong(at, "missing required field: text or fields")
		}
	case "image":
		c.source(at, o)
	case "markdown":
		n := utf8.RuneCountInString(textOf(o))
		c.mark += n
		c.long = c.long || c.mark > maxMarkdown
		c.text += n
	}
}

// source checks that an image says once where it comes from.
func (c *checker) source(at string, o object) {
	f, is := o["slack_file"].(object)
	switch {
	case o["image_url"] == nil && !is:
		c.wrong(at, "missing required field: image_url or slack_file")
	case o["image_url"] != nil && is:
		c.wrong(at, "only one of image_url and slack_file is allowed")
	case is:
		if why := c.file(f); why != "" {
			c.wrong(at+"/slack_file", "%s", why)
		}
	}
}

// widget checks an element that must be one of those allowed.
func widget(allowed map[string]bool) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(object)
		if !ok {
			c.wrong(at, "must provide an object")
			return
		}
		kind, _ := o["type"].(string)
		fs, known := widgets[kind]
		if !known || !allowed[kind] {
			c.wrong(at+"/type", "unsupported type: %s", kind)
			return
		}
		c.object(at, v, fs, fields{"type": must(oneOf(kind))})
		if o["focus_on_load"] == true {
			if c.focus {
				c.wrong(at+"/focus_on_load", "only one element may have focus_on_load")
			}
			c.focus = true
		}
		switch kind {
		case "image":
			c.source(at, o)
		case "static_select", "multi_static_select":
			if (o["options"] == nil) == (o["option_groups"] == nil) {
				c.wrong(at, "must have either options or option_groups")
			}
		}
		c.initials(at, o)
		if least, ok := o["min_length"].(float64); ok {
			if most, ok := o["max_length"].(float64); ok && least > most {
				c.wrong(at+"/min_length", "must not be greater than max_length")
			}
		}
	}
}

// initials checks that what is chosen at first is among the options.
func (c *checker) initials(at string, o object) {
	if _, many := o["options"].([]any); !many && o["option_groups"] == nil {
		return
	}
	e := element{raw: o}
	known := map[string]bool{}
	for _, opt := range e.options() {
		value, _ := opt["value"].(string)
		if known[value] && o["type"] != "overflow" {
			c.wrong(at+"/options", "option value %q is not unique", value)
		}
		known[value] = true
	}
	first := func(at string, v any) {
		opt, _ := v.(object)
		if value, _ := opt["value"].(string); !known[value] {
			c.wrong(at, "must be one of the options")
		}
	}
	if v := o["initial_option"]; v != nil {
		first(at+"/initial_option", v)
	}
	if l, ok := o["initial_options"].([]any); ok {
		for i, v := range l {
			first(fmt.Sprintf("%s/initial_options/%d", at, i), v)
		}
	}
}

// inContext checks an element of a context block: a text or an image.
func inContext(c *checker, at string, v any) {
	if o, ok := v.(object); ok && o["type"] == "image" {
		widget(map[string]bool{"image": true})(c, at, v)
		return
	}
	anyText(3000)(c, at, v)
}

func option(words rule, extra fields) rule {
	return func(c *checker, at string, v any) {
		c.object(at, v, fields{"text": must(words), "value": must(str(1, 150)), "description": may(words)}, extra)
	}
}

func loose(*checker, string, any) {}

func init() {
	slackFile := may(func(c *checker, at string, v any) {
		c.object(at, v, fields{"id": may(str(1, 255)), "url": may(webAddress)})
	})
	kinds = map[string]fields{
		"divider":   {},
		"section":   {"text": may(anyText(3000)), "fields": may(list(1, 10, anyText(2000))), "accessory": may(widget(accessory)), "expand": may(boolean)},
		"header":    {"text": must(plainText(150))},
		"context":   {"elements": must(list(1, 10, inContext))},
		"actions":   {"elements": must(list(1, 25, widget(inActions)))},
		"markdown":  {"text": must(str(1, maxMarkdown))},
		"rich_text": {"elements": must(list(1, 100, loose))},
		"image":     {"image_url": may(webAddress), "slack_file": slackFile, "alt_text": must(str(1, 2000)), "title": may(plainText(2000))},
		"input": {
			"label": must(plainText(2000)), "element": must(widget(inInput)), "hint": may(plainText(2000)),
			"optional": may(boolean), "dispatch_action": may(boolean),
		},
	}

	confirm := may(func(c *checker, at string, v any) {
		c.object(at, v, fields{
			"title": must(plainText(100)), "text": must(anyText(300)), "confirm": must(plainText(30)), "deny": must(plainText(30)),
			"style": may(oneOf("primary", "danger")),
		})
	})
	with := func(parts ...fields) fields {
		out := fields{"action_id": may(id("action_id"))}
		for _, p := range parts {
			for k, v := range p {
				out[k] = v
			}
		}
		return out
	}
	base := fields{"confirm": confirm, "focus_on_load": may(boolean)}
	place := fields{"placeholder": may(plainText(150))}
	many := fields{"max_selected_items": may(integer(1, 1e9))}
	opts := func(least, most int, words rule) fields {
		return fields{"options": field{must: most <= 10, is: list(least, most, option(words, nil))}}
	}
	group := func(c *checker, at string, v any) {
		c.object(at, v, fields{"label": must(plainText(75)), "options": must(list(1, 100, option(plainText(75), nil)))})
	}
	selects := with(base, place, opts(1, 100, plainText(75)), fields{"option_groups": may(list(1, 100, group))})
	first := fields{"initial_option": may(loose)}
	firsts := fields{"initial_options": may(list(1, 100, loose))}
	ext := fields{"min_query_length": may(integer(0, 1e9))}
	conv := fields{"default_to_current_conversation": may(boolean), "filter": may(loose)}
	one := func(name string) fields { return fields{name: may(str(1, 255))} }
	some := func(name string) fields { return fields{name: may(list(1, 1000, str(1, 255)))} }
	url := fields{"response_url_enabled": may(boolean)}
	typing := with(place, fields{"initial_value": may(str(0, 3000)), "focus_on_load": may(boolean), "dispatch_action_config": may(loose)})

	widgets = map[string]fields{
		"button": with(fields{
			"text": must(plainText(75)), "url": may(webAddress), "value": may(str(1, 2000)), "style": may(oneOf("primary", "danger")),
			"confirm": confirm, "accessibility_label": may(str(1, 75)),
		}),
		"image":                      {"image_url": may(webAddress), "slack_file": slackFile, "alt_text": must(str(1, 2000))},
		"overflow":                   with(fields{"confirm": confirm, "options": must(list(1, 5, option(plainText(75), fields{"url": may(webAddress)})))}),
		"checkboxes":                 with(base, opts(1, 10, anyText(75)), firsts),
		"radio_buttons":              with(base, opts(1, 10, anyText(75)), first),
		"static_select":              with(selects, first),
		"multi_static_select":        with(selects, firsts, many),
		"external_select":            with(base, place, ext, first),
		"multi_external_select":      with(base, place, ext, firsts, many),
		"users_select":               with(base, place, one("initial_user")),
		"multi_users_select":         with(base, place, some("initial_users"), many),
		"channels_select":            with(base, place, one("initial_channel"), url),
		"multi_channels_select":      with(base, place, some("initial_channels"), many),
		"conversations_select":       with(base, place, one("initial_conversation"), conv, url),
		"multi_conversations_select": with(base, place, some("initial_conversations"), conv, many),
		"datepicker":                 with(base, place, fields{"initial_date": may(shaped(`2006-01-02`))}),
		"timepicker":                 with(base, place, fields{"initial_time": may(shaped(`15:04`)), "timezone": may(str(1, 100))}),
		"datetimepicker":             with(base, fields{"initial_date_time": may(integer(1e9, 9999999999))}),
		"plain_text_input":           with(typing, fields{"multiline": may(boolean), "min_length": may(integer(0, 3000)), "max_length": may(integer(1, 3000))}),
		"email_text_input":           typing,
		"url_text_input":             typing,
		"number_input":               with(typing, fields{"is_decimal_allowed": must(boolean), "min_value": may(str(1, 50)), "max_value": may(str(1, 50))}),
		"rich_text_input":            with(place, fields{"initial_value": may(loose), "focus_on_load": may(boolean), "dispatch_action_config": may(loose)}),
		"file_input":                 with(fields{"filetypes": may(list(1, 100, str(1, 20))), "max_files": may(integer(1, 10))}),
	}
}
