package pages_test

import (
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"cohortbot/adapters/pages"
	"cohortbot/bot/attestations"
	"cohortbot/bot/bottest"
	"cohortbot/bot/store"
)

// visitor is a browser without JavaScript: it sees one page, presses what is there
// and hands in what is asked.
type visitor struct {
	t      testing.TB
	h      http.Handler
	path   string
	from   string
	header http.Header
	status int
	page   string
	got    http.Header
	jar    map[string]string // the cookies
}

func (v *visitor) request(method, body string) {
	v.t.Helper()
	r := httptest.NewRequest(method, "https://bot.example"+v.path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.1:1234"
	if v.from != "" {
		r.RemoteAddr = v.from
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, all := range v.header {
		r.Header[k] = all
	}
	for name, value := range v.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	v.h.ServeHTTP(rec, r)
	v.status, v.page, v.got = rec.Code, rec.Body.String(), rec.Header()
	for _, c := range rec.Result().Cookies() {
		if v.jar == nil {
			v.jar = map[string]string{}
		}
		if v.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.jar, c.Name)
		}
	}
	if v.status == http.StatusSeeOther {
		set := v.got.Values("Set-Cookie")
		v.path = v.got.Get("Location")
		v.request(http.MethodGet, "")
		v.got["Set-Cookie"] = set
	}
}

func (v *visitor) open() *visitor { v.t.Helper(); v.request(http.MethodGet, ""); return v }

// words gives the page as somebody reads it.
func (v *visitor) words() string {
	text := regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(v.page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func (v *visitor) sees(parts ...string) {
	v.t.Helper()
	bottest.Says(v.t, v.words(), parts...)
}

var (
	pressed = regexp.MustCompile(`name="event" value="([0-9a-f]+)"><input type="hidden" name="press" value="([^"]*)"><button[^>]*>([^<]*)<`)
	hidden  = regexp.MustCompile(`<input type="hidden" name="(event|form|proof|base)" value="([^"]*)">`)
)

// button gives what pressing a button sends.
func (v *visitor) button(label string) string {
	v.t.Helper()
	for _, found := range pressed.FindAllStringSubmatch(v.page, -1) {
		if html.UnescapeString(found[3]) == label {
			return url.Values{"event": {found[1]}, "press": {html.UnescapeString(found[2])}}.Encode()
		}
	}
	v.t.Fatalf("no button %q: %s", label, v.words())
	return ""
}

func (v *visitor) press(label string) *visitor {
	v.t.Helper()
	v.request(http.MethodPost, v.button(label))
	return v
}

// fill gives what handing in the form sends.
func (v *visitor) fill(answers map[string]string) string {
	v.t.Helper()
	sent := url.Values{}
	_, form, ok := strings.Cut(v.page, `<form class="fields"`)
	if !ok {
		v.t.Fatalf("no form: %s", v.words())
	}
	for _, found := range hidden.FindAllStringSubmatch(form, 2) {
		sent.Set(found[1], html.UnescapeString(found[2]))
	}
	for name, a := range answers {
		if !strings.Contains(form, `name="q.`+name+`"`) {
			v.t.Fatalf("the form does not ask for %q", name)
		}
		sent.Set("q."+name, a)
	}
	return sent.Encode()
}

func (v *visitor) hand(answers map[string]string) *visitor {
	v.t.Helper()
	v.request(http.MethodPost, v.fill(answers))
	return v
}

// asked is a world with a request to somebody outside, and that one at its page.
func asked(t *testing.T, test func(w *bottest.World, v *visitor, log *strings.Builder)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", `/attest ask name:"Mere <b>T</b>" role:participant about:"the <i>Harbour</i> hui & more"`)
		var log strings.Builder
		h := pages.New(pages.Options{Guests: w.Bot, Base: w.Pages, Log: slog.New(slog.NewTextHandler(&log, nil))})
		v := &visitor{t: t, h: h, path: "/l/" + w.Token("Ana"), header: http.Header{}}
		test(w, v, &log)
		if strings.Contains(log.String(), strings.TrimPrefix(v.path, "/l/")) {
			t.Errorf("the secret of the link is in the log: %s", log.String())
		}
	})
}

var answers = map[string]string{
	"name": "Mere T", "saw": "She asked <script>alert(1)</script> the quiet ones.", "helped": "", "grow": "Less \"paper\".",
	"relation": "we run a garden", "since": "", "conflict": "no", "ties": "", "show": "yes", "badge": "no",
}

func given(w *bottest.World) (all []attestations.Attestation) {
	id := w.Known("Ana").ID
	w.View(func(tx store.Tx) (err error) {
		all, err = attestations.Of(tx, id)
		return err
	})
	return all
}

func TestSomebodyWithoutAnAccountWritesOnAPage(t *testing.T) {
	asked(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		for range 3 {
			v.open()
		}
		v.sees("Ana asks you for a few words", "the <i>Harbour</i> hui & more", "You may say no", "Write a few words", "Ask something first", "Not this time")
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'",
		} {
			if !strings.Contains(v.got.Get(name), want) {
				t.Errorf("%s is %q, want %q", name, v.got.Get(name), want)
			}
		}
		v.press("Write a few words").sees("What did you see?", "What could grow? (if you like)", "Your name", "May it be shown to others?")
		if !strings.Contains(v.page, `value="Mere &lt;b&gt;T&lt;/b&gt;"`) {
			t.Errorf("the name that Ana wrote does not stand there as she wrote it: %s", v.page)
		}
		missing := map[string]string{}
		for k, a := range answers {
			missing[k] = a
		}
		missing["show"], missing["relation"] = "", ""
		v.hand(missing)
		if v.status != http.StatusUnprocessableEntity {
			t.Errorf("with answers missing the status is %d", v.status)
		}
		v.sees("Not sent yet. What you wrote is still here. Please look at: How do you know each other? May it be shown to others?", "This one is needed")
		for _, part := range []string{
			"\nShe asked &lt;script&gt;alert(1)&lt;/script&gt; the quiet ones.</textarea>", `aria-invalid="true" aria-describedby="f-relation-hint f-relation-fault"`,
			`value="no" checked`, "<title>Not sent yet: A few words</title>",
		} {
			if !strings.Contains(v.page, part) {
				t.Errorf("missing %q in %s", part, v.page)
			}
		}
		twice := v.fill(answers)
		v.request(http.MethodPost, twice)
		v.sees("Thank you.", "Ana can read it now", "at this same link")
		v.request(http.MethodPost, twice) // pressed twice
		v.sees("Thank you for your words about Ana", "She asked <script>alert(1)</script> the quiet ones.")
		if strings.Contains(v.page, "<script>alert") {
			t.Error("what somebody wrote became a script")
		}
		if all := given(w); len(all) != 1 || all[0].Content.Reached != attestations.ByLink {
			t.Errorf("given is %+v", all)
		}
		v.press("Correct it").hand(map[string]string{"saw": "She waited.", "name": "Mere", "relation": "x", "conflict": "no", "show": "no", "badge": "no"}).sees("Thank you.")
		v.open().press("Take it back").sees("Take it back?", "can't be called back")
		v.press("Delete what I wrote").sees("Taken back")
		v.open().sees("You took it back", "Nothing of what you wrote about Ana is kept")
	})
}

// The browser's Back shows the page as it was: what is sent from there a second
// time is either what stands already, or is not taken for it.
func TestAFormThatIsSentFromAnOldPageChangesNothingUnseen(t *testing.T) {
	asked(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		v.open().press("Write a few words")
		old := v.fill(answers)
		v.request(http.MethodPost, old)
		v.request(http.MethodPost, strings.Replace(old, "quiet", "loud", 1))
		v.sees("Thank you for your words about Ana", "quiet ones", "Correct it")
		if all := given(w); len(all) != 1 || !strings.Contains(all[0].Content.Saw, "quiet") {
			t.Errorf("given is %+v", all)
		}
	})
}

func TestNothingTellsALinkThatIsNotThereFromOneThatIsOver(t *testing.T) {
	asked(t, func(w *bottest.World, v *visitor, log *strings.Builder) {
		secret := strings.TrimPrefix(v.path, "/l/")
		v.open()
		at := &visitor{t: t, h: v.h, header: http.Header{}}
		strip := regexp.MustCompile(`[0-9a-f]{32}`)
		w.Do("Ana", "/attest cancel")
		w.Press("Ana", "Take it back")
		var first string
		for i, token := range []string{secret, strings.Repeat("A", 43), secret[:42] + "x", "x", strings.Repeat("y", 5000), secret + ".", "..%2f" + secret, "%00"} {
			at.path, at.from = "/l/"+token, fmt.Sprintf("192.0.2.%d:1", i+10)
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				at.request(method, "")
				page := strip.ReplaceAllString(at.page, "")
				if first == "" {
					first = page
				}
				if at.status != http.StatusNotFound || page != first {
					t.Errorf("%s %.60s: %d %s", method, at.path, at.status, at.words())
				}
			}
		}
		at.sees("This link is not open", "ask whoever sent it for a new link")
		if strings.Contains(log.String(), "AAAA") || !strings.Contains(log.String(), "an address that is not open") {
			t.Errorf("the log is %s", log.String())
		}
	})
}

func TestWhoGuessesIsSoonGivenNoAnswerAndNobodyElseIsShutOut(t *testing.T) {
	asked(t, func(_ *bottest.World, v *visitor, log *strings.Builder) {
		guess := &visitor{t: t, h: v.h, from: "198.51.100.7:9", header: http.Header{}}
		counts := map[int]int{}
		for i := range 1000 {
			guess.path = fmt.Sprintf("/l/%043d", i)
			guess.open()
			counts[guess.status]++
		}
		if counts[http.StatusNotFound] > 30 || counts[http.StatusTooManyRequests] < 970 {
			t.Errorf("a thousand guesses were answered with %v", counts)
		}
		guess.path = v.path // found at last: not while the answer is no
		if guess.open(); guess.status != http.StatusTooManyRequests {
			t.Errorf("who guesses and comes to a link that is open gets %d", guess.status)
		}
		for i := range 5000 { // from everywhere
			other := &visitor{t: t, h: v.h, from: fmt.Sprintf("10.%d.%d.1:1", i/250, i%250), path: "/l/" + strings.Repeat("z", 43), header: http.Header{}}
			other.open()
		}
		if v.open(); v.status != http.StatusOK {
			t.Errorf("whoever comes by a link meanwhile gets %d", v.status)
		}
		if n := strings.Count(log.String(), "\n"); n > 12 {
			t.Errorf("six thousand guesses make %d lines", n)
		}
		// Behind a web server of our own, and with the addresses of one household.
		proxied := &visitor{t: t, h: v.h, from: "127.0.0.1:5", header: http.Header{"X-Forwarded-For": {"1.1.1.1, 2001:db8:1:2::7"}}}
		for i := range 40 {
			proxied.header.Set("X-Forwarded-For", fmt.Sprintf("%d.1.1.1, 2001:db8:1:2::%d", i+1, i+1))
			proxied.path = "/l/" + strings.Repeat("z", 43)
			proxied.open()
		}
		if proxied.status != http.StatusTooManyRequests {
			t.Errorf("a household that guesses gets %d", proxied.status)
		}
		proxied.header.Set("X-Forwarded-For", "2001:db8:9::1")
		proxied.path = v.path
		if proxied.open(); proxied.status != http.StatusOK {
			t.Errorf("another household gets %d", proxied.status)
		}
	})
}

func TestAFormFromAnotherSiteDoesNothing(t *testing.T) {
	asked(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		v.open()
		decline := v.button("Not this time")
		for name, header := range map[string]http.Header{
			"said by the browser": {"Sec-Fetch-Site": {"cross-site"}},
			"a sister site":       {"Sec-Fetch-Site": {"same-site"}},
			"another origin":      {"Origin": {"https://evil.example"}},
			"no origin at all":    {"Origin": {"null"}},
			"the same name":       {"Origin": {"https://bot.example.evil.example"}},
		} {
			v.header = header
			v.request(http.MethodPost, decline)
			if v.status != http.StatusForbidden {
				t.Errorf("%s: %d", name, v.status)
			}
		}
		v.header = http.Header{}
		v.open().sees("Ana asks you for a few words")
		question := v.button("Ask something first")
		for _, header := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"null"}}, {"Origin": {"https://bot.example"}}, {}} {
			v.header = header
			if v.request(http.MethodPost, question); v.status != http.StatusOK {
				t.Errorf("%v: %d", header, v.status)
			}
		}
		if len(given(w)) != 0 {
			t.Error("something was given")
		}
	})
}

func TestWhatNoPageOfOursSends(t *testing.T) {
	asked(t, func(w *bottest.World, v *visitor, _ *strings.Builder) {
		v.open().press("Write a few words")
		form := v.fill(answers)
		for name, body := range map[string]string{
			"nothing":               "",
			"no form at all":        "%zz&&&=;",
			"a press of nothing":    "press=",
			"a command":             "press=" + url.QueryEscape("cohort start||"),
			"another's record":      "press=" + url.QueryEscape("attest write|0193-another|"),
			"a form of nobody":      "form=0193-nobody&q.saw=x",
			"broken letters":        "press=%ff%fe%7c%7c",
			"more than fits":        form + "&q.saw=" + strings.Repeat("x", 600<<10),
			"a field of another":    "form=&q.saw=x",
			"a choice that is none": strings.Replace(form, "q.show=yes", "q.show=maybe", 1),
			"a name without end":    strings.Replace(form, "q.name=Mere+T", "q.name="+strings.Repeat("x", 500), 1),
		} {
			v.request(http.MethodPost, body)
			if v.status >= 500 {
				t.Errorf("%s: %d %s", name, v.status, v.words())
			}
			if len(given(w)) != 0 {
				t.Fatalf("%s: something was given", name)
			}
		}
		v.request(http.MethodPut, form)
		if v.status != http.StatusNotFound && v.status != http.StatusMethodNotAllowed {
			t.Errorf("PUT: %d", v.status)
		}
	})
}

func TestManyWhoPressAtOnceGiveOneAnswer(t *testing.T) {
	w := bottest.New(t)
	w.Pages = "https://bot.example"
	w.Restart()
	w.Cohort("Explorers", "Wiremu", "Ana")
	w.Do("Ana", `/attest ask name:Mere role:participant about:"the hui"`)
	h := pages.New(pages.Options{Guests: w.Bot, Base: w.Pages, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	v := &visitor{t: t, h: h, path: "/l/" + w.Token("Ana"), header: http.Header{}}
	form := v.open().press("Write a few words").fill(answers)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			own := &visitor{t: t, h: h, path: v.path, header: http.Header{}}
			own.request(http.MethodPost, form)
			if own.status != http.StatusOK {
				t.Errorf("%d %s", own.status, own.words())
			}
		})
	}
	all.Wait()
	if got := given(w); len(got) != 1 || got[0].Entry != 1 {
		t.Errorf("given is %+v", got)
	}
}
