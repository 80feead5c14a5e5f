package pages

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/chat/markdown"
)

//go:embed page/page.css
var style []byte

//go:embed page/draft.js
var script []byte

//go:embed page/page.html
var source string

var frame = template.Must(template.New("page").Parse(source))

// sheet is one page as the frame shows it: words, then questions or buttons.
type sheet struct {
	Title   string
	Text    template.HTML
	Form    *formSheet
	Faults  bool      // the form was handed in, and something is to be looked at
	Check   *question // the questions about a credential
	Buttons []button
	Papers  []paper // longer things to read
	Files   []fileLine
	Entry   string // the path of a file for a calendar; empty: there is none
	Note    template.HTML
	Back    string // the path that leads back; empty: there is no way back
	BackTo  string // what is there; empty: nothing in particular
	Event   string // new on each page: a press or a form that comes twice counts once
	Sent    bool   // nothing that was typed needs to be kept on the device any more
	Closed  string // the page for writing is not open here: "left" where it was just closed, "over" where it was found so
}

type button struct {
	Label, Token string
	Main         bool
}

type paper struct {
	Title   string
	Text    template.HTML
	Archive string // of the files that can be had of it
	Held    []held
}

// fileLine is a file to download.
type fileLine struct{ Path, Name, About string }

// heading is a first paragraph that is strong as a whole: it is the page's title.
var heading = regexp.MustCompile(`^\*\*((?:[^*\n]|\\\*)+)\*\*(?:\n\n|$)`)

// sheetOf gives a message as a page.
func sheetOf(m chat.Message) sheet {
	s := sheet{Title: "A page for you", Event: newEvent()}
	for _, b := range m.Buttons {
		s.Buttons = append(s.Buttons, button{Label: b.Label, Token: b.Token(), Main: b.Main})
	}
	if d := m.Document; d != nil {
		s.Papers, m.Document = append(s.Papers, paper{Title: d.Title, Text: pageHTML(d.Text), Archive: d.Archive}), nil
	}
	m = m.InWords()
	if h := heading.FindStringSubmatch(m.Text); h != nil {
		s.Title, m.Text = markdown.Words(h[1]), m.Text[len(h[0]):]
	}
	s.Text, s.Note = textHTML(m.Text), textHTML(m.Note)
	return s
}

// textHTML gives the Markdown of a message as HTML that is safe in a page.
func textHTML(said string) template.HTML {
	html, err := markdown.HTML(said, markdown.Parser)
	if err != nil { // writing to memory does not fail
		return template.HTML(template.HTMLEscapeString(said))
	}
	return template.HTML(html) // the renderer lets through no tag that it did not make
}

func pageHTML(said string) template.HTML {
	html, err := markdown.HTML(said, markdown.Pages)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(said))
	}
	return template.HTML(html)
}

// show serves a page to the one person whom it is for.
func show(w http.ResponseWriter, status int, s sheet) {
	var b bytes.Buffer
	if err := frame.Execute(&b, s); err != nil {
		http.Error(w, "This page could not be made. Please try again in a minute.", http.StatusInternalServerError)
		return
	}
	page := b.Bytes()
	if s.Form == nil { // what somebody is still writing stays as it is
		page = []byte(overrides.Replace(b.String()))
	}
	serve(w, status, page, "")
}

// overrides turn the direction of all that follows them in a line, so that a name
// could make what stands beside it read backwards. No language needs them.
var overrides = strings.NewReplacer("\u202d", "", "\u202e", "")

// serve serves a page to the one person whom it is for. more is what it may do beside
// what all may.
func serve(w http.ResponseWriter, status int, page []byte, more string) {
	h := w.Header()
	private(w)
	h.Set("Cache-Control", "no-store")
	// Elsewhere nobody learns the address. To this site it goes: with no-referrer a
	// browser sends "Origin: null" with a form, and an older one could not be told
	// from another site.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"+more)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page)
}

// asset serves a file that is the same for everybody.
func asset(kind string, data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", "public, max-age=3600")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(data)
	}
}
