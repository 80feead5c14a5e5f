package slack

import (
	"fmt"
	"regexp"
	"strings"

	api "github.com/slack-go/slack"
)

// rich makes rich text of passages: what people wrote is text there and can be
// nothing else, which mrkdwn cannot promise.
func rich(passages []passage) *api.RichTextBlock {
	var all []api.RichTextElement
	for i := 0; i < len(passages); {
		p := passages[i]
		n := 1
		for i+n < len(passages) && together(passages[i+n-1], passages[i+n]) {
			n++
		}
		run := passages[i : i+n]
		switch p.kind {
		case quotation:
			all = append(all, &api.RichTextQuote{Type: api.RTEQuote, Elements: joined(run, "\n\n")})
		case bullet, numbered:
			list := &api.RichTextList{Type: api.RTEList, Style: api.RTEListBullet, Indent: min(p.indent, 8)}
			if p.kind == numbered {
				list.Style, list.Offset = api.RTEListOrdered, max(0, p.number-1)
			}
			for _, item := range run {
				list.Elements = append(list.Elements, &api.RichTextSection{Type: api.RTESection, Elements: elements(item.spans)})
			}
			all = append(all, list)
		default:
			words := joined(run, "\n\n")
			if i+n < len(passages) { // a little air before a list or a quotation
				words = append(words, api.NewRichTextSectionTextElement("\n", nil))
			}
			if i > 0 {
				words = append([]api.RichTextSectionElement{api.NewRichTextSectionTextElement("\n", nil)}, words...)
			}
			all = append(all, &api.RichTextSection{Type: api.RTESection, Elements: words})
		}
		i += n
	}
	return api.NewRichTextBlock("", all...)
}

// together tells whether b goes on with what a began.
func together(a, b passage) bool {
	return a.kind == b.kind && a.indent == b.indent && (a.kind != numbered || b.number == a.number+1)
}

func joined(run []passage, between string) []api.RichTextSectionElement {
	var all []api.RichTextSectionElement
	for i, p := range run {
		if i > 0 {
			all = append(all, api.NewRichTextSectionTextElement(between, nil))
		}
		all = append(all, elements(p.spans)...)
	}
	return all
}

// dateFormat is how Slack shows an instant to each reader in their own zone.
const dateFormat = "{date_short_pretty} {time}"

func elements(spans []span) []api.RichTextSectionElement {
	var all []api.RichTextSectionElement
	for _, s := range spans {
		var style *api.RichTextSectionTextStyle
		if s.bold || s.italic || s.code {
			style = &api.RichTextSectionTextStyle{Bold: s.bold, Italic: s.italic, Code: s.code}
		}
		switch {
		case !s.at.IsZero():
			fallback := s.text
			date := api.NewRichTextSectionDateElement(s.at.Unix(), dateFormat, nil, &fallback)
			date.Style = style
			all = append(all, date)
		case s.link != "":
			all = append(all, api.NewRichTextSectionLinkElement(s.link, s.text, style))
		case s.code:
			all = append(all, api.NewRichTextSectionTextElement(s.text, style))
		default:
			all = append(all, withChannels(s.text, style)...)
		}
	}
	return all
}

// namedChannel is a channel as the bot names it: by its id, which nobody could
// read.
var namedChannel = regexp.MustCompile(`#([CG][A-Z0-9]{8,})\b`)

// withChannels gives a text with its channels as Slack shows them to each reader,
// by name, or as private where they may not see it.
func withChannels(text string, style *api.RichTextSectionTextStyle) []api.RichTextSectionElement {
	var all []api.RichTextSectionElement
	at := 0
	for _, m := range namedChannel.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			all = append(all, api.NewRichTextSectionTextElement(text[at:m[0]], style))
		}
		all = append(all, api.NewRichTextSectionChannelElement(text[m[2]:m[3]], style))
		at = m[1]
	}
	if at < len(text) {
		all = append(all, api.NewRichTextSectionTextElement(text[at:], style))
	}
	return all
}

// mrkdwn writes passages in Slack's older mark-up, for small print and for what a
// notification says. There, signs in people's words that would be mark-up are
// parted from them by an invisible sign.
func mrkdwn(passages []passage) string {
	var b strings.Builder
	for i, p := range passages {
		if i > 0 {
			b.WriteString("\n")
			if !together(passages[i-1], p) || p.kind == paragraph {
				b.WriteString("\n")
			}
		}
		begin := strings.Repeat("    ", p.indent)
		switch p.kind {
		case bullet:
			begin += "• "
		case numbered:
			begin += fmt.Sprintf("%d. ", p.number)
		case quotation:
			begin = "> "
		}
		words := mrkdwnSpans(p.spans, guard(flat(p.spans)))
		if p.kind == quotation {
			words = strings.ReplaceAll(words, "\n", "\n> ")
		}
		b.WriteString(begin + words)
	}
	return b.String()
}

var escapeThree = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// joiner is an invisible sign that keeps mark-up from beginning or ending.
const joiner = "\u2060"

var emojiName = regexp.MustCompile(`:[a-z0-9_+'-]+:`)

// guard gives what keeps the words of a passage from being mark-up. A sign that
// stands alone cannot be any, and is left as it is.
func guard(words string) func(string) string {
	var pairs []string
	for _, sign := range []string{"*", "_", "~", "`"} {
		if strings.Count(words, sign) > 1 {
			pairs = append(pairs, sign, joiner+sign+joiner)
		}
	}
	if emojiName.MatchString(words) {
		pairs = append(pairs, ":", joiner+":")
	}
	return strings.NewReplacer(pairs...).Replace
}

func mrkdwnSpans(spans []span, part func(string) string) string {
	var b strings.Builder
	for _, s := range spans {
		words := escapeThree.Replace(s.text)
		switch {
		case !s.at.IsZero():
			words = fmt.Sprintf("<!date^%d^%s|%s>", s.at.Unix(), dateFormat, strings.NewReplacer("|", "/", "^", "").Replace(words))
		case s.link != "":
			words = "<" + escapeThree.Replace(s.link) + "|" + strings.ReplaceAll(words, "|", "/") + ">"
		case s.code:
			b.WriteString("`" + strings.ReplaceAll(words, "`", "ˋ") + "`")
			continue
		default:
			words = namedChannel.ReplaceAllString(part(words), "<#$1>")
		}
		for _, m := range []struct {
			on   bool
			sign string
		}{{s.italic, "_"}, {s.bold, "*"}} {
			if core := strings.TrimSpace(words); m.on && core != "" { // mark-up holds only close to the words
				words = strings.Replace(words, core, m.sign+core+m.sign, 1)
			}
		}
		b.WriteString(words)
	}
	return b.String()
}
