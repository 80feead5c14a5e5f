package markdown

import (
	"bytes"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gohtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// HTML gives a text as HTML, for pages that stand outside a workspace: links to the
// web may be followed, accounts and channels are their words, nothing is loaded,
// and headings stand below the page's title. No sign of the text becomes a tag that
// its Markdown does not mean. The reader is [Parser] or [Pages].
func HTML(said string, reader parser.Parser) (string, error) {
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithParser(reader), goldmark.WithRendererOptions(
		gohtml.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(page{}, 100)),
	))
	err := md.Convert([]byte(said), &b)
	return b.String(), err
}

// page renders what differs from the standard: links that may be followed, and
// headings below the title.
type page struct{}

// RegisterFuncs takes over links, addresses, pictures and headings.
func (p page) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindHeading, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		tag := "h" + string(rune('0'+max(2, n.(*ast.Heading).Level))) + ">"
		if entering {
			tag = "<" + tag
		} else {
			tag = "</" + tag + "\n"
		}
		_, err := w.WriteString(tag)
		return ast.WalkContinue, err
	})
	reg.Register(ast.KindLink, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		return p.write(w, string(n.(*ast.Link).Destination), "", entering)
	})
	reg.Register(ast.KindImage, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		return p.write(w, string(n.(*ast.Image).Destination), "", entering) // its words, linked: nothing is loaded
	})
	reg.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		link := n.(*ast.AutoLink)
		to := string(link.URL(source))
		if link.AutoLinkType == ast.AutoLinkEmail {
			to = "mailto:" + to
		}
		return p.write(w, to, string(link.Label(source)), entering)
	})
}

// write opens or ends what stands around the words of a link; label is its words
// where it has no children that say them.
func (page) write(w util.BufWriter, to, label string, entering bool) (ast.WalkStatus, error) {
	open, end := tags(to)
	if !entering {
		_, err := w.WriteString(end)
		return ast.WalkContinue, err
	}
	_, err := w.WriteString(open + html.EscapeString(label))
	return ast.WalkContinue, err
}

// tags gives what stands around the words of a link. Accounts and channels mean
// nothing on a page: their words stay.
func tags(to string) (open, end string) {
	if at, ok := strings.CutPrefix(to, "time:"); ok {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			return `<time datetime="` + t.Format(time.RFC3339) + `">`, "</time>"
		}
		return "", ""
	}
	u, err := url.Parse(to)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) || u.Opaque == "" && u.Host == "" {
		return "", ""
	}
	return `<a href="` + html.EscapeString(u.String()) + `" rel="noreferrer noopener">`, "</a>"
}
