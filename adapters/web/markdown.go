package web

import (
	"bytes"
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

	"cohortbot/bot/chat/markdown"
)

// markdown gives HTML that is safe to be put into a page: times as the person
// lives them, accounts by their names, links to the web, and nothing else that
// a browser would follow or run.
func (v viewer) markdown(text string) string {
	if text == "" {
		return ""
	}
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithParser(markdown.Parser), goldmark.WithRendererOptions(
		gohtml.WithHardWraps(),
		renderer.WithNodeRenderers(util.Prioritized(links{v}, 100)),
	))
	if err := md.Convert([]byte(text), &b); err != nil {
		return plainHTML(text) // writing to memory does not fail
	}
	return b.String()
}

// links renders what can point somewhere.
type links struct{ viewer }

// RegisterFuncs takes over links, addresses and pictures from the standard
// renderer.
func (l links) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindLink, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		return l.write(w, string(n.(*ast.Link).Destination), "", entering)
	})
	reg.Register(ast.KindImage, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		// Its text alternative as a link: nothing is loaded from elsewhere.
		return l.write(w, string(n.(*ast.Image).Destination), "", entering)
	})
	reg.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		link := n.(*ast.AutoLink)
		to := string(link.URL(source))
		if link.AutoLinkType == ast.AutoLinkEmail {
			to = "mailto:" + to
		}
		return l.write(w, to, string(link.Label(source)), entering)
	})
}

// write opens or ends a link to somewhere; label is its words where it has no
// children that say them.
func (l links) write(w util.BufWriter, to, label string, entering bool) (ast.WalkStatus, error) {
	open, end, whole := l.tags(to)
	if !entering {
		_, err := w.WriteString(end)
		return ast.WalkContinue, err
	}
	_, err := w.WriteString(open)
	if whole {
		return ast.WalkSkipChildren, err
	}
	if err == nil {
		_, err = w.WriteString(html.EscapeString(label))
	}
	return ast.WalkContinue, err
}

// tags gives what stands around the words of a link, or the whole of it where
// its words are only for platforms that know less.
func (l links) tags(to string) (open, end string, whole bool) {
	if at, ok := strings.CutPrefix(to, "time:"); ok {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return "", "", false
		}
		return `<time datetime="` + t.Format(time.RFC3339) + `">` + html.EscapeString(l.lived(t)) + `</time>`, "", true
	}
	if account, ok := strings.CutPrefix(to, "person:"); ok {
		id, local := strings.CutPrefix(account, string(Name)+"/")
		if name := l.names[id]; local && name != "" {
			return `<span class="person" data-person="` + html.EscapeString(id) + `">` + html.EscapeString(name) + `</span>`, "", true
		}
		return `<span class="person">`, `</span>`, false
	}
	if strings.HasPrefix(to, "channel:") { // its words are its name here
		return `<span class="channel">`, `</span>`, false
	}
	u, err := url.Parse(to)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) || u.Opaque == "" && u.Host == "" {
		return "", "", false
	}
	return `<a href="` + html.EscapeString(u.String()) + `" rel="noreferrer noopener" target="_blank">`, `</a>`, false
}

// lived says a time as the person lives it, such as "Thursday 5 November,
// 9:00 am", with the year where it is not this one.
func (v viewer) lived(t time.Time) string {
	t = t.In(v.zone)
	if t.Year() != v.now.In(v.zone).Year() {
		return t.Format("Monday 2 January 2006, 3:04 pm")
	}
	return t.Format("Monday 2 January, 3:04 pm")
}
