package pages_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

// writes is a world in which Ana has a portfolio and was given a link to write on a
// page, with a browser in front of it.
func writes(t *testing.T, test func(w *bottest.World, v *visitor, log *strings.Builder)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
		var log strings.Builder
		h := pages.New(pages.Options{Guests: w.Bot, Writers: w.Bot, Base: w.Pages, Log: slog.New(slog.NewTextHandler(&log, nil))})
		v := &visitor{t: t, h: h, header: http.Header{}}
		v.link(w)
		first := v.path
		test(w, v, &log)
		for _, secret := range append([]string{strings.TrimPrefix(first, "/l/")}, cookie(v)) {
			if secret != "" && strings.Contains(log.String(), secret) {
				t.Errorf("a secret is in the log: %s", log.String())
			}
		}
	})
}

// link gives the browser a new link.
func (v *visitor) link(w *bottest.World) {
	w.Do("Ana", "/portfolio page")
	v.path = "/l/" + w.Token("Ana")
}

func cookie(v *visitor) string { return v.jar["__Host-writing"] }

func (v *visitor) at(path string) *visitor { v.t.Helper(); v.path = path; return v.open() }

// stands gives what stands in Ana's background.
func stands(w *bottest.World, v *visitor) string {
	w.T.Helper()
	x, err := w.Bot.Writing(context.Background(), cookie(v))
	if err != nil {
		w.T.Fatal(err)
	}
	p, _ := x.Part("background")
	return p.Now.Text
}

func TestSomebodyWritesOnAPageWithoutScripts(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		link := v.path
		for range 3 { // whatever opens addresses to show what is behind them uses nothing up
			v.open().sees("Your page for writing", "works once, in one browser")
		}
		press := v.button("Open my page")
		v.request(http.MethodPost, press)
		v.sees("Facilitating in a community", "Choose a part to write", "Background and role still empty", "Close this page")
		set := strings.Join(v.got.Values("Set-Cookie"), ";")
		for _, want := range []string{"__Host-writing=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=604800"} {
			if !strings.Contains(set, want) {
				t.Errorf("the cookie is %q, want %s", set, want)
			}
		}
		if strings.Contains(set, strings.TrimPrefix(link, "/l/")) || strings.Contains(v.page, cookie(v)) {
			t.Error("the link is the cookie, or the cookie stands in the page")
		}
		if c := v.got.Get("Content-Security-Policy"); !strings.Contains(c, "default-src 'none'") || !strings.Contains(c, "connect-src 'self'") || v.got.Get("Cache-Control") != "no-store" {
			t.Errorf("served with %v", v.got)
		}
		v.at("/write/background").sees("Who are you in this community", "What you write", "Keep it")
		v.hand(map[string]string{"text": "Kia ora </textarea><script>alert(1)</script>\r\n\r\nI keep the hall."})
		v.sees("Kept. 7 words.")
		if strings.Contains(v.page, "<script>alert") || !strings.Contains(v.page, "&lt;script&gt;") {
			t.Errorf("what was written is part of the page: %s", v.page)
		}
		if got := stands(w, v); got != "Kia ora </textarea><script>alert(1)</script>\n\nI keep the hall." {
			t.Errorf("kept is %q", got)
		}
		// Changed in the chat while the page was open: both are there.
		w.Do("Ana", `/portfolio write part:background text:"From the chat"`)
		v.hand(map[string]string{"text": "From the page"}).sees("Kept, and so is another text", "version 2", "From the page", "Version 2", "Version 1")
		v.at("/write/background/before/2").sees("From the chat", "Bring it back", "Put it below the text")
		v.request(http.MethodPost, v.fillIn("Bring it back", nil))
		v.sees("It reads as it did before", "From the chat", "Version 3")
		// Nobody loses what does not fit, or what comes too late.
		v.hand(map[string]string{"text": strings.Repeat("x", 40_001)})
		if v.status != http.StatusUnprocessableEntity || !strings.Contains(v.page, strings.Repeat("x", 40_001)) {
			t.Errorf("too long: %d", v.status)
		}
		v.sees("Not kept yet: this has 40001 characters, and 40000 fit")
		v.at("/write/background")
		late := v.fill(map[string]string{"text": "Written too late"})
		w.Do("Ana", "/portfolio lock")
		v.request(http.MethodPost, late)
		if v.status != http.StatusUnauthorized || cookie(v) != "" {
			t.Errorf("after it was closed: %d, %q", v.status, cookie(v))
		}
		v.sees("This page is not open here", "/portfolio page", "This could not be kept", "Written too late")
		v.link(w)
		v.open().press("Open my page")
		v.at("/write/background").sees("From the chat")
		v.at("/write/documents").sees("Choose a part to write") // nothing is written there
		v.at("/write").request(http.MethodPost, v.fillIn("Close this page", nil))
		v.sees("Closed")
		v.at("/write").sees("This page is not open here")
	})
}

// fillIn gives what the form with a button sends.
func (v *visitor) fillIn(label string, more url.Values) string {
	v.t.Helper()
	for _, form := range regexp.MustCompile(`(?s)<form.*?</form>`).FindAllString(v.page, -1) {
		if !strings.Contains(form, ">"+label+"<") {
			continue
		}
		sent := url.Values{}
		for _, found := range hidden.FindAllStringSubmatch(form, -1) {
			sent.Set(found[1], found[2])
		}
		for k, all := range more {
			sent[k] = all
		}
		if at := regexp.MustCompile(`action="([^"]*)"`).FindStringSubmatch(form); at != nil {
			v.path = at[1]
		}
		return sent.Encode()
	}
	v.t.Fatalf("no form with %q: %s", label, v.words())
	return ""
}

func TestTheScriptOfThePageIsAnsweredInFew(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		v.open().press("Open my page")
		v.at("/write/background")
		sent, _ := url.ParseQuery(v.fill(nil))
		v.header = http.Header{"Accept": {"application/json"}, "Sec-Fetch-Site": {"same-origin"}}
		save := func(text string) (a struct{ Say, Mark, Added string }) {
			t.Helper()
			sent.Set("q.text", text)
			v.request(http.MethodPost, sent.Encode())
			if err := json.Unmarshal([]byte(v.page), &a); err != nil {
				t.Fatalf("%d %s: %v", v.status, v.page, err)
			}
			if a.Mark != "" {
				sent.Set("base", a.Mark)
			}
			return a
		}
		if a := save("One"); v.status != http.StatusOK || a.Say != "Kept, 1 word." || a.Mark == "" {
			t.Errorf("saved: %d %+v", v.status, a)
		}
		w.Do("Ana", `/portfolio add part:background text:"Two"`)
		if a := save("One and a half"); a.Added != "Two" || stands(w, v) != "One and a half\n\nTwo" {
			t.Errorf("added to: %+v", a)
		}
		if a := save(strings.Repeat("x", 40_001)); v.status != http.StatusUnprocessableEntity || !strings.Contains(a.Say, "40000 fit") {
			t.Errorf("too long: %d %+v", v.status, a)
		}
		if save(""); stands(w, v) != "" {
			t.Error("what was taken out stands there still")
		}
		w.Do("Ana", "/portfolio lock")
		if a := save("late"); v.status != http.StatusUnauthorized || !strings.Contains(a.Say, "not open") {
			t.Errorf("closed: %d %+v", v.status, a)
		}
	})
}

func TestAStolenLinkOrCookieOpensNoTexts(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, log *strings.Builder) {
		link := v.path
		thief := &visitor{t: t, h: v.h, from: "203.0.113.9:1", path: link, header: http.Header{}}
		waiting := thief.open().button("Open my page") // looked at in time, and pressed too late
		v.open().press("Open my page")
		v.at("/write/background").hand(map[string]string{"text": "Hers alone"})
		thief.request(http.MethodPost, waiting)
		if thief.status != http.StatusNotFound || len(thief.jar) != 0 {
			t.Errorf("a used link opens: %d %v", thief.status, thief.jar)
		}
		used := thief.at(link).words()
		if unknown := thief.at("/l/" + strings.Repeat("Q", 43)).words(); used != unknown || strings.Contains(used, "portfolio") {
			t.Errorf("a used link and none are told apart: %q, %q", used, unknown)
		}
		if v.at(link); v.status != http.StatusNotFound || !strings.Contains(v.page, `href="/write"`) {
			t.Errorf("who used it is not shown the way: %s", v.words())
		}
		for name, value := range map[string]string{
			"none": "", "the link": strings.TrimPrefix(link, "/l/"), "a letter wrong": cookie(v)[:42] + "_", "another": strings.Repeat("a", 43), "long": strings.Repeat("a", 5000), "signs": "../..%00",
		} {
			thief.jar = map[string]string{"__Host-writing": value, "writing": cookie(v)} // without the prefix it counts for nothing
			for _, path := range []string{"/write", "/write/background", "/write/background/before/1"} {
				thief.at(path)
				if thief.status != http.StatusUnauthorized || strings.Contains(thief.page, "Hers") {
					t.Errorf("%s at %s: %d", name, path, thief.status)
				}
			}
			thief.path = "/write/background"
			if thief.request(http.MethodPost, url.Values{"q.text": {"Mine now"}, "proof": {strings.Repeat("0", 32)}}.Encode()); thief.status != http.StatusUnauthorized {
				t.Errorf("%s saved: %d", name, thief.status)
			}
		}
		if stands(w, v) != "Hers alone" {
			t.Error("somebody else wrote")
		}
		// Who tries is soon given no answer, and nobody else is shut out.
		counts := map[int]int{}
		for i := range 1000 {
			thief.jar = map[string]string{"__Host-writing": fmt.Sprintf("%043d", i)}
			thief.at("/write")
			counts[thief.status]++
		}
		if counts[http.StatusTooManyRequests] < 970 {
			t.Errorf("a thousand cookies were answered with %v", counts)
		}
		if v.at("/write"); v.status != http.StatusOK {
			t.Errorf("Ana gets %d", v.status)
		}
		if !strings.Contains(log.String(), "an address that is not open") || strings.Count(log.String(), "\n") > 12 {
			t.Errorf("the log is %s", log.String())
		}
	})
}

func TestAnotherSiteCannotWriteForSomebody(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, log *strings.Builder) {
		v.open().press("Open my page")
		v.at("/write/background").hand(map[string]string{"text": "Hers"})
		v.at("/write/background")
		form := v.fill(map[string]string{"text": "Not hers"})
		without := regexp.MustCompile(`proof=[^&]*&?`).ReplaceAllString(form, "")
		other := strings.Replace(form, "proof=", "proof=0", 1)
		for name, c := range map[string]struct {
			header http.Header
			body   string
			status int
		}{
			"another site":               {http.Header{"Sec-Fetch-Site": {"cross-site"}}, form, http.StatusForbidden},
			"a sister site":              {http.Header{"Sec-Fetch-Site": {"same-site"}}, form, http.StatusForbidden},
			"another origin":             {http.Header{"Origin": {"https://evil.example"}}, form, http.StatusForbidden},
			"an old browser, no proof":   {http.Header{}, without, http.StatusUnauthorized},
			"an old browser, of another": {http.Header{}, other, http.StatusUnauthorized},
		} {
			for _, path := range []string{"/write/background", "/write/background/before/1", "/write"} {
				v.path, v.header = path, c.header
				if v.request(http.MethodPost, c.body); v.status != c.status {
					t.Errorf("%s at %s: %d, want %d", name, path, v.status, c.status)
				}
			}
		}
		if stands(w, v) != "Hers" {
			t.Error("written by another site")
		}
		for _, kind := range []string{"a form that another site sent", "a form without the proof of its session"} {
			if !strings.Contains(log.String(), kind) {
				t.Errorf("not in the log: %s", kind)
			}
		}
	})
}

// A page that stays open in one tab while another portfolio is opened in the same
// browser never writes into that one.
func TestAPageOfTheSessionBeforeWritesNowhere(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		v.open().press("Open my page")
		v.at("/write/background")
		old := v.fill(map[string]string{"text": "For the first"})
		w.Advance(48 * time.Hour) // so that the two are told apart
		w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
		w.Press("Ana", "Start another")
		w.Do("Ana", "/portfolio page")
		w.Press("Ana", "Facilitating in a community, begun 2 November 2026")
		v.path = "/l/" + w.Token("Ana")
		v.open().press("Open my page")
		v.path = "/write/background"
		v.request(http.MethodPost, old)
		v.sees("not open here", "For the first")
		if got := stands(w, v); got != "" {
			t.Errorf("the other portfolio has %q", got)
		}
	})
}

func TestThePageForNoConnectionHoldsNobodysWords(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		bare := v.at("/write-offline").page
		v.path = "/l/" + w.Token("Ana")
		v.open().press("Open my page")
		v.at("/write/background").hand(map[string]string{"text": "Hers alone"})
		if c := v.at("/write").got.Get("Content-Security-Policy"); !strings.Contains(c, "worker-src 'self'") {
			t.Errorf("a page may do %s", c)
		}
		if v.at("/write-offline"); v.page != bare || v.status != http.StatusOK || strings.Contains(v.page, "Hers") {
			t.Errorf("the page for no connection is not the same for all: %s", v.page)
		}
		v.at("/write-worker.js")
		if c := v.got.Get("Content-Security-Policy"); !strings.HasPrefix(c, "default-src 'none'") || !strings.HasPrefix(v.got.Get("Content-Type"), "text/javascript") || v.got.Get("Service-Worker-Allowed") != "" {
			t.Errorf("the worker is served with %v", v.got)
		}
		if strings.Contains(v.page, "VERSION") {
			t.Error("the worker does not name what it keeps")
		}
	})
}
