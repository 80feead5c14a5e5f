package markdown

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	gohtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// Words gives the words of a text without its mark-up, for where nothing else
// fits: paragraphs apart, items after a hyphen or their number, quotations after
// a >, and the address of a link after its words. Times, accounts and channels
// are the words that stand for them.
func Words(said string) string {
	source := []byte(said)
	var b strings.Builder
	plain{source}.blocks(&b, Parser.Parse(text.NewReader(source)), "")
	return strings.TrimSpace(b.String())
}

type plain struct{ source []byte }

// blocks writes what stands in a block, each line after what leads it.
func (p plain) blocks(b *strings.Builder, parent ast.Node, lead string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if n.PreviousSibling() != nil && parent.Kind() != ast.KindListItem {
			b.WriteString(strings.TrimSpace(lead) + "\n")
		}
		switch n := n.(type) {
		case *ast.List:
			number := n.Start
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				mark := "- "
				if n.IsOrdered() {
					mark = fmt.Sprintf("%d. ", number)
					number++
				}
				var item strings.Builder
				p.blocks(&item, c, "")
				p.lines(b, mark+strings.ReplaceAll(strings.TrimSpace(item.String()), "\n", "\n"+strings.Repeat(" ", len(mark))), lead)
			}
		case *ast.Blockquote:
			p.blocks(b, n, lead+"> ")
		default:
			var line strings.Builder
			p.inline(&line, n)
			p.lines(b, line.String(), lead)
		}
	}
}

func (p plain) lines(b *strings.Builder, s, lead string) {
	for line := range strings.SplitSeq(s, "\n") {
		b.WriteString(lead + line + "\n")
	}
}

func (p plain) inline(b *strings.Builder, parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() {
				b.Write(n.Segment.Value(p.source))
			} else {
				b.WriteString(unescaped(n.Segment.Value(p.source)))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(p.source))
		case *ast.Link:
			var words strings.Builder
			p.inline(&words, n)
			b.WriteString(words.String())
			if to := string(n.Destination); !ours(to) && to != words.String() && to != "mailto:"+words.String() {
				b.WriteString(" (" + strings.TrimPrefix(to, "mailto:") + ")")
			}
		default:
			p.inline(b, n)
		}
	}
}

// ours tells whether an address means something within a message alone.
func ours(to string) bool {
	scheme, _, _ := strings.Cut(to, ":")
	return scheme == "time" || scheme == "person" || scheme == "channel"
}

// unescaped takes Markdown's own escapes and entities away.
func unescaped(raw []byte) string {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	gohtml.DefaultWriter.Write(w, raw)
	_ = w.Flush() // to memory
	return html.UnescapeString(b.String())
}
