package slack

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"cohortbot/bot/chat/markdown"
)

// passage is a paragraph, a quotation or one item of a list.
type passage struct {
	kind   passageKind
	indent int // of a list in a list
	number int // of an item of a numbered list
	spans  []span
}

type passageKind int

const (
	paragraph passageKind = iota
	quotation
	bullet
	numbered
)

// span is words that look alike. Their text is as people read it: nothing in it
// is mark-up any more.
type span struct {
	text               string
	bold, italic, code bool
	link               string    // to the web or a mailbox
	at                 time.Time // an instant; text is for where it cannot be shown
}

// readMarkdown gives the passages of a text.
func readMarkdown(said string) []passage {
	source := []byte(said)
	r := reader{source: source}
	r.blocks(markdown.Parser.Parse(text.NewReader(source)), passage{})
	return r.passages
}

type reader struct {
	source   []byte
	passages []passage
}

// blocks reads what stands in a block; in says what kind of passage it is.
func (r *reader) blocks(parent ast.Node, in passage) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.List:
			item := in
			if in.kind == bullet || in.kind == numbered {
				item.indent++
			}
			item.kind, item.number = bullet, 0
			if n.IsOrdered() {
				item.kind, item.number = numbered, n.Start
			}
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				r.blocks(c, item)
				item.number++
			}
		case *ast.Blockquote:
			quote := in
			quote.kind = quotation
			r.blocks(n, quote)
		default:
			p := in
			p.spans = r.inline(n, span{}, nil)
			if len(p.spans) > 0 {
				r.passages = append(r.passages, p)
			}
		}
	}
}

// inline reads the words of a block; like says how they look.
func (r *reader) inline(parent ast.Node, like span, spans []span) []span {
	add := func(like span, words string) {
		if words == "" {
			return
		}
		like.text = words
		if last := len(spans) - 1; last >= 0 && like.at.IsZero() {
			before := spans[last]
			before.text = words
			if before == like {
				spans[last].text += words
				return
			}
		}
		spans = append(spans, like)
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		inner := like
		switch n := n.(type) {
		case *ast.Text:
			add(like, unescape(string(n.Segment.Value(r.source)), n.IsRaw()))
			if n.SoftLineBreak() || n.HardLineBreak() {
				add(like, "\n")
			}
			continue
		case *ast.String:
			add(like, string(n.Value))
			continue
		case *ast.CodeSpan:
			inner.code = true
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					add(inner, strings.ReplaceAll(string(t.Segment.Value(r.source)), "\n", " "))
				}
			}
			continue
		case *ast.Emphasis:
			if n.Level > 1 {
				inner.bold = true
			} else {
				inner.italic = true
			}
		case *ast.AutoLink:
			to := string(n.URL(r.source))
			if n.AutoLinkType == ast.AutoLinkEmail {
				to = "mailto:" + to
			}
			inner.link = safeLink(to)
			add(inner, string(n.Label(r.source)))
			continue
		case *ast.Link:
			inner = linked(like, string(n.Destination))
			if !inner.at.IsZero() {
				add(inner, flat(r.inline(n, span{}, nil)))
				continue
			}
		case *ast.Image: // its words as a link: nothing is loaded from elsewhere
			inner = linked(like, string(n.Destination))
		}
		spans = r.inline(n, inner, spans)
	}
	return spans
}

// linked is how words look that lead somewhere. An account is shown by its name
// alone: a mention would notify.
func linked(like span, to string) span {
	if at, ok := strings.CutPrefix(to, "time:"); ok {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			like.at = t
		}
		return like
	}
	like.link = safeLink(to)
	return like
}

// safeLink gives an address that may be followed, or nothing.
func safeLink(to string) string {
	u, err := url.Parse(to)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) || u.Opaque == "" && u.Host == "" {
		return ""
	}
	return u.String()
}

// unescape takes Markdown's own escapes and entities away, from left to right: an
// escaped "&" begins no entity.
func unescape(s string, raw bool) string {
	if raw || !strings.ContainsAny(s, `\\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]) {
			i++
		} else if end := strings.IndexByte(s[i:], ';'); s[i] == '&' && end > 0 {
			entity := []byte(s[i : i+end+1])
			if sign := util.ResolveEntityNames(util.ResolveNumericReferences(entity)); string(sign) != string(entity) {
				b.Write(sign)
				i += end
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// flat gives spans as plain words.
func flat(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// plain gives a Markdown text without mark-up, for places that know none.
func plain(markdown string) string {
	var lines []string
	for _, p := range readMarkdown(markdown) {
		words := flat(p.spans)
		if p.kind == bullet {
			words = "• " + words
		}
		lines = append(lines, words)
	}
	return strings.Join(lines, "\n")
}
