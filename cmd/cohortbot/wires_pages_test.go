package main

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cohortbot/bot/credentials"
)

// pageCommands are what people without an account do in a script, on the program's
// pages (pages: {address: "127.0.0.1:0", base_url: …} in the configuration). Their
// browser knows no scripts.
//
//	visit WHO                opens the link in what was last shown, or else the one
//	                         that WHO opened before, and shows the page
//	visit WHO PATH           opens a public page
//	                         (a code that a page shows is $CODE from then on)
//	tap WHO LABEL            presses a button of the page that WHO sees, or follows
//	                         a link that begins so
//	write WHO FIELD=VALUE …  hands in the form there
//	fetch WHO NAME FILE      takes a file that the page offers, and keeps it
//	go WHO PATH              opens an address that everybody knows, and shows the page
//	fetchlist FILE           keeps the list of what was withdrawn
//	altered FILE TO OLD NEW  makes a file of another in which one text is changed
//	check WHO NUMBER|@FILE [NAME]  asks there whether a credential stands
var pageCommands = map[string]func(*testscript.TestScript, bool, []string){
	"visit": words(1, 2, visit),
	"tap":   words(2, 2, tap),
	"write": words(2, 16, handIn),
	"fetch": words(3, 3, fetchIt),
	"go": words(2, 2, func(s *scene, ts *testscript.TestScript, a []string) {
		(&guest{path: a[1]}).load(ts, http.MethodGet, nil)
	}),
	"check": words(2, 3, checkIt),
	"fetchlist": words(1, 1, func(_ *scene, ts *testscript.TestScript, a []string) {
		ts.Check(os.WriteFile(ts.MkAbs(a[0]), (&guest{path: credentials.StatusPath}).get(ts, http.MethodGet, nil), 0o600))
	}),
	"altered": words(4, 4, func(_ *scene, ts *testscript.TestScript, a []string) {
		text := ts.ReadFile(a[0])
		if !strings.Contains(text, a[2]) {
			ts.Fatalf("%s does not say %q", a[0], a[2])
		}
		ts.Check(os.WriteFile(ts.MkAbs(a[1]), []byte(strings.Replace(text, a[2], a[3], 1)), 0o600))
	}),
}

// guest is somebody at a page.
type guest struct {
	path, page string
	cookies    map[string]*http.Cookie
}

type guestsKey struct{}

func guestOf(ts *testscript.TestScript, who string) *guest {
	all := ts.Value(guestsKey{}).(map[string]*guest)
	if all[who] == nil {
		all[who] = &guest{}
	}
	return all[who]
}

var (
	linkShown   = regexp.MustCompile(`/l/[A-Za-z0-9_-]{43}`)
	pagesServed = regexp.MustCompile(`pages are served"? address=(\S+)`)
	pageCode    = regexp.MustCompile(`connect code:(\S+)`)
	pageTag     = regexp.MustCompile(`(?s)<[^>]*>`)
	pageButton  = regexp.MustCompile(`name="event" value="([0-9a-f]+)"><input type="hidden" name="press" value="([^"]*)"><button[^>]*>([^<]*)<`)
	pageHidden  = regexp.MustCompile(`<input type="hidden" name="(event|form|proof|base)" value="([^"]*)">`)
	pageForm    = regexp.MustCompile(`(?s)<form [^>]*action="([^"]*)".*?</form>`)
	pageLink    = regexp.MustCompile(`<a href="(/[^"]*)"[^>]*>([^<]*)<`)
	pageFilled  = regexp.MustCompile(`<input type="text" id="[^"]*" name="([^"]*)" value="([^"]*)"|<textarea id="[^"]*" name="([^"]*)"[^>]*>\n([^<]*)<|<input type="(?:radio|checkbox)" name="([^"]*)" value="([^"]*)" checked`)
)

func visit(s *scene, ts *testscript.TestScript, args []string) {
	g := guestOf(ts, args[0])
	if len(args) == 2 {
		g.path = args[1]
		g.load(ts, http.MethodGet, nil)
		return
	}
	if found := linkShown.FindString(ts.ReadFile("stdout")); found != "" {
		g.path = found
		s.told(strings.TrimPrefix(found, "/l/"))
	}
	if g.path == "" {
		ts.Fatalf("%s was given no link", args[0])
	}
	g.load(ts, http.MethodGet, nil)
}

func tap(_ *scene, ts *testscript.TestScript, args []string) {
	g := guestOf(ts, args[0])
	for _, found := range pageButton.FindAllStringSubmatch(g.page, -1) {
		if html.UnescapeString(found[3]) == args[1] {
			g.load(ts, http.MethodPost, url.Values{"event": {found[1]}, "press": {html.UnescapeString(found[2])}})
			return
		}
	}
	for _, form := range pageForm.FindAllStringSubmatch(g.page, -1) { // on the page for writing
		if strings.Contains(form[0], ">"+html.EscapeString(args[1])+"</button>") {
			sent := url.Values{}
			for _, found := range pageHidden.FindAllStringSubmatch(form[0], -1) {
				sent.Set(found[1], html.UnescapeString(found[2]))
			}
			g.path = form[1]
			g.load(ts, http.MethodPost, sent)
			return
		}
	}
	for _, found := range pageLink.FindAllStringSubmatch(g.page, -1) {
		if strings.HasPrefix(html.UnescapeString(found[2]), args[1]) {
			g.path = found[1]
			g.load(ts, http.MethodGet, nil)
			return
		}
	}
	ts.Fatalf("%s sees no button %q, only:\n\n%s", args[0], args[1], g.words())
}

func handIn(s *scene, ts *testscript.TestScript, args []string) {
	g := guestOf(ts, args[0])
	_, form, ok := strings.Cut(g.page, `<form class="fields"`)
	if !ok {
		ts.Fatalf("%s sees no form, only:\n\n%s", args[0], g.words())
	}
	sent := url.Values{}
	for _, found := range pageHidden.FindAllStringSubmatch(form[:strings.Index(form, "</form>")], -1) {
		sent.Set(found[1], html.UnescapeString(found[2]))
	}
	for _, found := range pageFilled.FindAllStringSubmatch(form, -1) {
		sent.Add(found[1]+found[3]+found[5], html.UnescapeString(found[2]+found[4]+found[6]))
	}
	for _, arg := range args[1:] {
		name, text, _ := strings.Cut(arg, "=")
		if !strings.Contains(form, `name="q.`+name+`"`) {
			ts.Fatalf("the form does not ask for %q:\n\n%s", name, g.words())
		}
		s.told(text)
		sent.Set("q."+name, text)
	}
	g.load(ts, http.MethodPost, sent)
}

var pageFile = regexp.MustCompile(`<a href="([^"]*)" download="([^"]*)">`)

func fetchIt(_ *scene, ts *testscript.TestScript, args []string) {
	g := guestOf(ts, args[0])
	for _, found := range pageFile.FindAllStringSubmatch(g.page, -1) {
		if found[2] == args[1] {
			file := guest{path: html.UnescapeString(found[1])}
			ts.Check(os.WriteFile(ts.MkAbs(args[2]), file.get(ts, http.MethodGet, nil), 0o600))
			return
		}
	}
	ts.Fatalf("%s is offered no file %q, only:\n\n%s", args[0], args[1], g.words())
}

func checkIt(_ *scene, ts *testscript.TestScript, args []string) {
	asked := url.Values{"number": {args[1]}, "name": append(args[2:], "")[:1]}
	if file, ok := strings.CutPrefix(args[1], "@"); ok {
		asked.Set("number", "")
		asked.Set("text", ts.ReadFile(file))
	}
	(&guest{path: "/credential"}).load(ts, http.MethodPost, asked)
}

// load gets a page, and prints it for stdout to look at.
func (g *guest) load(ts *testscript.TestScript, method string, sent url.Values) {
	g.page = string(g.get(ts, method, sent))
	fit(ts, g.words())
	if code := pageCode.FindStringSubmatch(g.words()); code != nil {
		sceneOf(ts).told(code[1])
		ts.Setenv("CODE", code[1])
	}
	fmt.Fprintln(ts.Stdout(), g.words())
}

// get gives what stands at an address.
func (g *guest) get(ts *testscript.TestScript, method string, sent url.Values) []byte {
	served := pagesServed.FindAllStringSubmatch(servedOf(ts).logged(), -1)
	if len(served) == 0 {
		ts.Fatalf("the program serves no pages")
	}
	r, err := http.NewRequest(method, "http://"+served[len(served)-1][1]+g.path, strings.NewReader(sent.Encode()))
	ts.Check(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://"+r.Host)
	}
	for _, c := range g.cookies { // the page is reached by https, which ends before the program
		r.AddCookie(c)
	}
	client := http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(r)
	ts.Check(err)
	for _, c := range got.Cookies() {
		if g.cookies == nil {
			g.cookies = map[string]*http.Cookie{}
		}
		sceneOf(ts).told(c.Value) // as any secret, it has no place in a log
		if g.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(g.cookies, c.Name)
		}
	}
	if got.StatusCode == http.StatusSeeOther {
		ts.Check(got.Body.Close())
		g.path = got.Header.Get("Location")
		return g.get(ts, http.MethodGet, nil)
	}
	page, err := io.ReadAll(got.Body)
	ts.Check(errors.Join(err, got.Body.Close()))
	if got.StatusCode >= http.StatusInternalServerError {
		ts.Fatalf("the page is %d: %s", got.StatusCode, page)
	}
	return page
}

// words gives the page as somebody reads it, what stands in its fields included.
func (g *guest) words() string {
	_, body, _ := strings.Cut(g.page, "<body")
	_, body, _ = strings.Cut(body, ">")
	return strings.Join(strings.Fields(html.UnescapeString(pageTag.ReplaceAllString(body, " "))), " ")
}
