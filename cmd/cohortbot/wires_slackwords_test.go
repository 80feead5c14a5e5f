package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// slackBlock is a block, an element of one, or a piece of text: whatever of it
// there is.
type slackBlock struct {
	Type      string          `json:"type"`
	Text      json.RawMessage `json:"text"` // a string or an object with one
	Elements  []slackBlock    `json:"elements"`
	Element   *slackBlock     `json:"element"`
	Label     *slackBlock     `json:"label"`
	Title     *slackBlock     `json:"title"`
	Fields    []slackBlock    `json:"fields"`
	Style     json.RawMessage `json:"style"`
	URL       string          `json:"url"`
	UserID    string          `json:"user_id"`
	ChannelID string          `json:"channel_id"`
	Fallback  string          `json:"fallback"`
	Alt       string          `json:"alt_text"`
	Indent    int             `json:"indent"`
	Offset    int             `json:"offset"`

	Value   string       `json:"initial_value"`
	User    string       `json:"initial_user"`
	Place   string       `json:"initial_conversation"`
	Option  *slackBlock  `json:"initial_option"`
	Options []slackBlock `json:"initial_options"`
}

// read puts blocks, or where there are none the text, into what is seen.
func (s *slackWire) read(raw json.RawMessage, text string, out *seen) {
	var blocks []slackBlock
	_ = json.Unmarshal(raw, &blocks) // null where there are none
	if len(blocks) == 0 {
		out.text = s.mrkdwn(text)
	}
	var lines, notes []string
	for _, b := range blocks {
		switch b.Type {
		case "rich_text":
			lines = append(lines, s.rich(b))
		case "context":
			for _, e := range b.Elements {
				notes = append(notes, s.mrkdwn(e.words()))
			}
		case "input":
			lines = append(lines, b.Label.words()+": "+s.stands(*b.Element))
		case "image":
			out.files = append(out.files, "photo: "+b.Alt)
		case "actions", "divider":
		default:
			lines = append(lines, s.mrkdwn(b.words()))
			for _, f := range b.Fields {
				lines = append(lines, s.mrkdwn(f.words()))
			}
		}
	}
	if len(lines) > 0 {
		out.text = strings.Join(lines, "\n")
	}
	out.note = strings.Join(notes, "\n")
}

// words are the text of a block, or of the object that holds it.
func (b slackBlock) words() string {
	var text string
	if json.Unmarshal(b.Text, &text) == nil {
		return text
	}
	var inner slackBlock
	if json.Unmarshal(b.Text, &inner) == nil {
		return inner.words()
	}
	return ""
}

// stands is what stands in an input.
func (s *slackWire) stands(e slackBlock) string {
	var all []string
	for _, v := range []string{e.Value, e.User, e.Place} {
		if v != "" {
			if name := s.named(v); e.Value == "" {
				v = name
			}
			all = append(all, v)
		}
	}
	if e.Option != nil {
		all = append(all, e.Option.words())
	}
	for _, o := range e.Options {
		all = append(all, o.words())
	}
	return strings.Join(all, ", ")
}

// rich gives rich text as it looks.
func (s *slackWire) rich(b slackBlock) string {
	var lines []string
	for _, part := range b.Elements {
		switch part.Type {
		case "rich_text_list":
			for i, item := range part.Elements {
				mark := "• "
				if string(part.Style) == `"ordered"` {
					mark = fmt.Sprintf("%d. ", part.Offset+i+1)
				}
				lines = append(lines, strings.Repeat("  ", part.Indent)+mark+s.spans(item.Elements))
			}
		case "rich_text_quote":
			lines = append(lines, "> "+strings.ReplaceAll(s.spans(part.Elements), "\n", "\n> "))
		default:
			lines = append(lines, strings.Trim(s.spans(part.Elements), "\n"))
		}
	}
	return strings.Join(lines, "\n")
}

func (s *slackWire) spans(all []slackBlock) string {
	var b strings.Builder
	for _, e := range all {
		switch e.Type {
		case "user":
			b.WriteString("@" + s.named(e.UserID))
		case "channel":
			b.WriteString(s.named(e.ChannelID))
		case "date":
			b.WriteString(e.Fallback)
		case "link":
			if words := e.words(); words != "" {
				b.WriteString(words)
			} else {
				b.WriteString(e.URL)
			}
		default:
			b.WriteString(e.words())
		}
	}
	return b.String()
}

var (
	slackMarked = regexp.MustCompile(`<([^<>]+)>`)
	slackSigns  = strings.NewReplacer("\u2060", "", "&lt;", "<", "&gt;", ">", "&amp;", "&")
	slackBold   = regexp.MustCompile("(^|[\\s(])([*_`])([^\\s].*?)([*_`])($|[\\s).,:;!?…])")
)

// mrkdwn gives a text in Slack's older mark-up as it looks.
func (s *slackWire) mrkdwn(text string) string {
	for range 3 { // marks within marks
		text = slackBold.ReplaceAllString(text, "$1$3$5")
	}
	text = slackMarked.ReplaceAllStringFunc(text, func(m string) string {
		body, label, labelled := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case slices.Contains([]byte("@#"), body[0]) && len(body) > 1:
			if body[0] == '@' {
				return "@" + s.named(body[1:])
			}
			return s.named(body[1:])
		case labelled:
			return label
		}
		return body
	})
	return slackSigns.Replace(text)
}
