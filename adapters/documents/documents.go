// Package documents makes a standalone page of a [chat.Document]: one HTML file
// that opens years later on a machine without a network, reads well on a phone,
// in the dark and on paper, and loads nothing from anywhere. Start reading at
// [HTML].
package documents

import (
	"bytes"
	_ "embed"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	gohtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"cohortbot/bot/chat"
	"cohortbot/bot/chat/markdown"
)

// Type is the media type of the files.
const Type = "text/html; charset=utf-8"

//go:embed page.css
var style string

// HTML gives the page. What the document's Markdown does not mean stands in it as
// it was written; no sign of it becomes a tag.
func HTML(d chat.Document) ([]byte, error) {
	var b bytes.Buffer
	title := html.EscapeString(d.Title)
	// Nothing may be loaded or run, even if a mistake here let a tag through.
	b.WriteString(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>` + title + `</title>
<style>
` + style + `</style>
</head>
<body>
<main>
<h1>` + title + `</h1>
`)
	md := goldmark.New(goldmark.WithParser(markdown.Pages), goldmark.WithRendererOptions(
		gohtml.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(page{}, 100)),
	))
	if err := md.Convert([]byte(d.Text), &b); err != nil {
		return nil, err
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Bytes(), nil
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
