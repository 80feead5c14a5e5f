package discord

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"cohortbot/bot/chat/markdown"
)

// marked gives the blocks of a text in Discord's own Markdown.
func marked(markdown string) []string { return write(markdown, false) }

// plain gives a text without mark-up, for places that know none.
func plain(markdown string) string { return strings.Join(write(markdown, true), "\n\n") }

func write(said string, plain bool) []string {
	w := writer{source: []byte(said), plain: plain}
	var blocks []string
	for n := markdown.Parser.Parse(text.NewReader(w.source)).FirstChild(); n != nil; n = n.NextSibling() {
		if b := w.block(n); b != "" {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

type writer struct {
	source []byte
	plain  bool
}

func (w writer) block(n ast.Node) string {
	switch n := n.(type) {
	case *ast.List:
		return w.list(n)
	case *ast.Blockquote:
		return indent(w.blocks(n, "\n\n"), "> ", "> ")
	}
	return strings.TrimSpace(w.inline(n))
}

func (w writer) blocks(parent ast.Node, between string) string {
	var all []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if b := w.block(n); b != "" {
			all = append(all, b)
		}
	}
	return strings.Join(all, between)
}

func (w writer) list(n *ast.List) string {
	var items []string
	number := n.Start
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		mark := "- "
		if n.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		items = append(items, indent(w.blocks(c, "\n"), mark, strings.Repeat(" ", len(mark))))
	}
	return strings.Join(items, "\n")
}

// indent puts something before the first line and before all others.
func indent(s, first, rest string) string {
	return first + strings.ReplaceAll(s, "\n", "\n"+rest)
}

// inline gives the words of a block.
func (w writer) inline(parent ast.Node) string {
	var b, run strings.Builder
	flush := func() {
		if run.Len() > 0 {
			b.WriteString(w.words(run.String(), b.Len() == 0 || strings.HasSuffix(b.String(), "\n")))
			run.Reset()
		}
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			run.WriteString(unescape(string(n.Segment.Value(w.source)), n.IsRaw()))
			if n.SoftLineBreak() || n.HardLineBreak() {
				run.WriteByte('\n')
			}
			continue
		case *ast.String:
			run.Write(n.Value)
			continue
		}
		flush()
		b.WriteString(w.span(n))
	}
	flush()
	return b.String()
}

// span gives words that look different, or lead somewhere.
func (w writer) span(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CodeSpan:
		var code strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				code.Write(t.Segment.Value(w.source))
			}
		}
		return w.code(strings.ReplaceAll(code.String(), "\n", " "))
	case *ast.Emphasis:
		words := w.inline(n)
		if w.plain || strings.TrimSpace(words) == "" {
			return words
		}
		fence := strings.Repeat("*", min(n.Level, 2))
		return fence + words + fence
	case *ast.AutoLink:
		to := string(n.URL(w.source))
		return w.words(to, false)
	case *ast.Link:
		return w.link(n, string(n.Destination))
	case *ast.Image: // its words as a link: nothing is loaded from elsewhere
		return w.link(n, string(n.Destination))
	}
	return w.inline(n)
}

func (w writer) code(s string) string {
	switch {
	case w.plain || strings.TrimSpace(s) == "":
		return s
	case !strings.Contains(s, "`"):
		return "`" + s + "`"
	case !strings.Contains(s, "``") && !strings.HasPrefix(s, "`") && !strings.HasSuffix(s, "`"):
		return "``" + s + "``"
	}
	return w.words(s, false) // Discord has no fence that is longer
}

// link gives words that lead somewhere: an instant as each reader lives it, a
// channel, an account by its name, since a mention would notify, and the web.
func (w writer) link(n ast.Node, to string) string {
	words := w.inline(n)
	if at, ok := strings.CutPrefix(to, "time:"); ok {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil || w.plain {
			return words
		}
		return fmt.Sprintf("<t:%d:F>", t.Unix())
	}
	if place, ok := strings.CutPrefix(to, "channel:"); ok {
		if _, id, _ := strings.Cut(place, "#"); snowflakes.MatchString(id) && !w.plain {
			return "<#" + id + ">"
		}
		return words
	}
	u, err := url.Parse(to)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) || u.Opaque == "" && u.Host == "" {
		return words
	}
	target := strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(u.String())
	bare := (writer{source: w.source, plain: true}).inline(n)
	switch {
	case bare == to || "mailto:"+bare == to:
		return words
	case strings.TrimSpace(bare) == "":
		return w.words(to, false)
	case w.plain, strings.EqualFold(u.Scheme, "mailto"), addresses.MatchString(bare):
		// Discord links to the web alone, and shows no link whose words are one.
		return words + " (" + w.words(strings.TrimPrefix(to, "mailto:"), false) + ")"
	}
	return "[" + words + "](<" + target + ">)" // the angles keep it from unfolding a preview
}

// addresses are what Discord makes links of by itself. Mark-up in them is none.
var addresses = regexp.MustCompile(`https?://[^\s<]+[^\s<.,:;"'\])]`)

// words gives text in which nothing is mark-up.
func (w writer) words(s string, lineStart bool) string {
	if w.plain {
		return s
	}
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
			lineStart = true
		}
		last := 0
		for _, at := range append(addresses.FindAllStringIndex(line, -1), []int{len(line), len(line)}) {
			escape(&b, line[last:at[0]], lineStart && last == 0)
			b.WriteString(line[at[0]:at[1]])
			last = at[1]
		}
	}
	return b.String()
}

// escape writes a piece of a line. Some signs are mark-up anywhere, some only at
// the start of a line and before a blank. Whoever copies a message on a phone gets the
// escapes with it, so there is none where a letter or digit that follows keeps the sign
// from being mark-up: "first_last", which nothing can end there, "+64", "9.30".
func escape(b *strings.Builder, s string, lineStart bool) {
	body := strings.TrimLeft(s, " \t")
	lead := len(s) - len(body)
	digits := len(body) - len(strings.TrimLeft(body, "0123456789"))
	for i, r := range s {
		at := i - lead
		if i > 0 && i+1 < len(s) && r == '_' && joins(s[i-1]) && joins(s[i+1]) ||
			at == digits && at >= 0 && i+1 < len(s) && joins(s[i+1]) && strings.ContainsRune("+-.)", r) {
			b.WriteRune(r)
			continue
		}
		if strings.ContainsRune("\\*_~|`[]<", r) ||
			lineStart && at == 0 && strings.ContainsRune("#-+>", r) ||
			lineStart && at > 0 && at == digits && (r == '.' || r == ')') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// joins tells whether a sign is a letter or a digit as Discord's rules know them.
func joins(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// unescape takes Markdown's own escapes and entities away.
func unescape(s string, raw bool) string {
	if raw {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexAny(s, `\&`)
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if s[0] == '\\' {
			if len(s) > 1 && util.IsPunct(s[1]) {
				s = s[1:]
			}
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		end := strings.IndexByte(s, ';')
		if end < 0 {
			end = 0
		}
		b.Write(util.ResolveEntityNames(util.ResolveNumericReferences([]byte(s[:end+1]))))
		s = s[end+1:]
	}
	return b.String()
}
