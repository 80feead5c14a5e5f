package slack

import (
	"context"
	"regexp"
	"strings"
)

// In what people write, Slack escapes three signs and wraps mentions and links
// in the first two.
var (
	wrapped       = regexp.MustCompile(`<([^<>]+)>`)
	unescapeThree = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// written gives a text as the person wrote it, with people and channels by name.
func (w *workspace) written(ctx context.Context, s string) string {
	return w.unwrap(s, func(id string) string { return "@" + w.people.name(ctx, id) }, func(id, name string) string {
		if name == "" {
			return "#" + id
		}
		return "#" + name
	})
}

// typed gives what was typed after a command, with people and channels by their
// ids, as a field for one understands them.
func (w *workspace) typed(ctx context.Context, s string) string {
	return w.unwrap(s, func(id string) string { return "@" + w.met(ctx, id).ID }, func(id, _ string) string { return "#" + id })
}

func (w *workspace) unwrap(s string, person func(id string) string, channel func(id, name string) string) string {
	s = wrapped.ReplaceAllStringFunc(s, func(m string) string {
		body, label, _ := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case strings.HasPrefix(body, "@"):
			return escapeThree.Replace(person(body[1:]))
		case strings.HasPrefix(body, "#"):
			return escapeThree.Replace(channel(body[1:], label))
		case strings.HasPrefix(body, "!"):
			return special(body[1:], label)
		case label == "" || label == body:
			return strings.TrimPrefix(body, "mailto:")
		case strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(body, "https://"), "http://"), "mailto:") == label,
			strings.TrimSuffix(body, "/") == label:
			return label // as it was typed; Slack made a link of it
		}
		return label + " (" + body + ")"
	})
	return unescapeThree.Replace(s)
}

// special gives the words of a mention of many, or of a date.
func special(body, label string) string {
	switch name, _, _ := strings.Cut(body, "^"); {
	case name == "date":
		return label
	case label != "":
		return label
	default:
		return "@" + name
	}
}
