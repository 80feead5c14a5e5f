package slackfake

import (
	"regexp"
	"strings"
)

var (
	entity  = regexp.MustCompile(`&(amp|lt|gt);`)
	control = regexp.MustCompile(`<([@#!][^<>\n]*|(?:https?://|mailto:|tel:)[^<>\n]*)>`)
	typed   = regexp.MustCompile(`https?://[^\s<>]+|[@#][\pL\pN._-]*[\pL\pN]|<[@#][A-Z0-9]+(?:\|[^<>]*)?>`)
)

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain is text as a person reads it: the three entities undone.
var plain = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// normal is an app's text as Slack keeps it: its mark-up and entities stay, any
// other of the three characters is escaped.
func normal(text string) string {
	keep := func(t string) string {
		var b strings.Builder
		at := 0
		for _, r := range entity.FindAllStringIndex(t, -1) {
			b.WriteString(escape.Replace(t[at:r[0]]))
			b.WriteString(t[r[0]:r[1]])
			at = r[1]
		}
		b.WriteString(escape.Replace(t[at:]))
		return b.String()
	}
	var b strings.Builder
	at := 0
	for _, r := range control.FindAllStringIndex(text, -1) {
		b.WriteString(keep(text[at:r[0]]))
		b.WriteString(text[r[0]:r[1]])
		at = r[1]
	}
	b.WriteString(keep(text[at:]))
	return b.String()
}

// wire is what a person typed as events carry it: the three characters escaped,
// @name and #name as ids, addresses as links. The lock is held.
func (s *Server) wire(t *team, text string) string {
	return s.replaceTyped(text, func(word string) string {
		switch {
		case strings.HasPrefix(word, "<"):
			return word
		case strings.HasPrefix(word, "@"):
			if u := s.named(t, word[1:]); u != nil {
				return "<@" + u.ID + ">"
			}
		case strings.HasPrefix(word, "#"):
			if c := s.channelNamed(t, word[1:]); c != nil {
				return "<#" + c.id + "|" + c.name + ">"
			}
		default:
			return "<" + escape.Replace(word) + ">"
		}
		return escape.Replace(word)
	})
}

// typedCommand is the text after a slash command; with ids is what Slack sends
// when the command is set to escape people and channels.
func (s *Server) typedCommand(t *team, text string, ids bool) string {
	return s.replaceTyped(text, func(word string) string {
		if !ids {
			return escape.Replace(word)
		}
		switch word[0] {
		case '<':
			return word
		case '@':
			if u := s.named(t, word[1:]); u != nil {
				return "<@" + u.ID + "|" + u.Name + ">"
			}
		case '#':
			if c := s.channelNamed(t, word[1:]); c != nil {
				return "<#" + c.id + "|" + c.name + ">"
			}
		}
		return escape.Replace(word)
	})
}

func (s *Server) replaceTyped(text string, word func(string) string) string {
	var b strings.Builder
	at := 0
	for _, r := range typed.FindAllStringIndex(text, -1) {
		b.WriteString(escape.Replace(text[at:r[0]]))
		b.WriteString(word(text[r[0]:r[1]]))
		at = r[1]
	}
	b.WriteString(escape.Replace(text[at:]))
	return b.String()
}

func (s *Server) named(t *team, name string) *user {
	for _, u := range s.users {
		if u.team == t && strings.EqualFold(u.Name, name) {
			return u
		}
	}
	return nil
}

func (s *Server) channelNamed(t *team, name string) *channel {
	for _, c := range s.channels {
		if c.team == t && c.name != "" && c.name == name {
			return c
		}
	}
	return nil
}

// rich is what a person typed as the block that a message event also carries.
func (s *Server) rich(id, text string) []any {
	var parts []any
	word := func(t string) {
		if t != "" {
			parts = append(parts, object{"type": "text", "text": plain.Replace(t)})
		}
	}
	at := 0
	for _, r := range control.FindAllStringSubmatchIndex(text, -1) {
		word(text[at:r[0]])
		inside := text[r[2]:r[3]]
		id, _, _ := strings.Cut(inside[1:], "|")
		switch inside[0] {
		case '@':
			parts = append(parts, object{"type": "user", "user_id": id})
		case '#':
			parts = append(parts, object{"type": "channel", "channel_id": id})
		default:
			parts = append(parts, object{"type": "link", "url": plain.Replace(inside)})
		}
		at = r[1]
	}
	word(text[at:])
	if len(parts) == 0 {
		return nil
	}
	return []any{object{"type": "rich_text", "block_id": id, "elements": []any{object{"type": "rich_text_section", "elements": parts}}}}
}
