package pages_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"cohortbot/adapters/browsertest"
	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

// onDevice is everything that a browser holds of the page for writing.
const onDevice = `(async () => {
	const out = Object.entries(localStorage).map(([k, v]) => k + "=" + v);
	for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) out.push(name + "=" + r.url, await (await caches.match(r)).text());
	for (const r of await navigator.serviceWorker.getRegistrations()) out.push("worker=" + r.scope);
	return out.join("\n");
})().then((all) => { document.body.dataset.held = all || "nothing"; })`

// holds gives what a browser holds.
func holds(p browsertest.Window) string {
	p.T.Helper()
	browsertest.Eval[bool](p, `void (delete document.body.dataset.held, `+onDevice+`) || true`)
	p.Wait("document.body.dataset.held")
	return browsertest.Eval[string](p, "document.body.dataset.held")
}

// A phone throws a tab away as soon as it needs the memory. Opened again without a
// connection, the page shows what was written, and takes more.
func TestWritingGoesOnWithoutAConnection(t *testing.T) {
	p := newPhone(t)
	w := bottest.New(t)
	var cut atomic.Bool
	var saves atomic.Int32
	var h http.Handler
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/write/") {
			saves.Add(1)
		}
		h.ServeHTTP(rw, r)
	}))
	url := "http://" + server.Listener.Addr().String()
	w.Pages = url
	w.Restart()
	h = pages.New(pages.Options{Guests: w.Bot, Writers: w.Bot, Base: url, Log: slog.New(slog.DiscardHandler)})
	server.Start()
	t.Cleanup(server.Close)

	open := func() {
		w.Do("Ana", "/portfolio page")
		p.Open(url + "/l/" + w.Token("Ana"))
		p.Tap("Open my page")
		p.Tap("Background and role")
		p.Reads("Who are you in this community") // the page before it is gone
		browsertest.Eval[bool](p, `void navigator.serviceWorker.ready.then(() => { document.body.dataset.ready = "yes"; }) || true`)
		p.Wait("document.body.dataset.ready")
	}
	w.Do("Ana", "/portfolio start programme:facilitation-credential")
	w.Do("Ana", `/portfolio write part:background text:"I keep the hall."`)
	open()
	p.Fill("text", " And its garden.")
	p.Reads("Kept, 7 words.")
	cut.Store(true)
	p.Fill("text", " In the rain.")
	p.Reads("No connection just now")
	p.Open("about:blank") // the tab is gone
	p.Open(url + "/write/background")
	p.Reads("Background and role", "Who are you in this community", "No connection just now")
	if got := p.Value("text"); got != "I keep the hall. And its garden. In the rain." {
		t.Fatalf("without a connection there stands %q", got)
	}
	p.Look("write-offline-1-part")
	p.Fill("text", " All day.")
	p.Open(url + "/write")
	p.Reads("There is no connection just now. These parts", "not sent yet")
	p.Look("write-offline-2-parts")
	p.Tap("Background and role")
	p.Fill("text", " And all night.")
	p.Open(url + "/write/study")
	p.Reads("These parts, which you opened here before")
	p.Tap("Background and role")
	p.Reads("What you write")
	const whole = "I keep the hall. And its garden. In the rain. All day. And all night."
	saves.Store(0)
	cut.Store(false)
	browsertest.Eval[bool](p, `dispatchEvent(new Event("online"))`)
	p.Reads("Kept, 15 words.")
	if got := text(w); got != whole || saves.Load() != 1 {
		t.Errorf("after %d saves there is kept %q", saves.Load(), got)
	}
	p.Fill("text", " We sang.") // on the same page, which the bot did not make
	keeps(w, whole+" We sang.")
	p.Reads("Kept, 17 words.")
	p.Open(url + "/write/background")
	p.Reads("Close this page")
	if got := p.Value("text"); got != whole+" We sang." {
		t.Errorf("the bot's page shows %q", got)
	}
	for line := range strings.Lines(holds(p)) {
		if strings.Contains(line, "hall") && !strings.HasPrefix(line, "writing ") {
			t.Errorf("words stand outside the browser's storage of drafts: %s", line)
		}
	}

	// Closed here: nothing stays.
	p.Tap("Close this page")
	p.Reads("Closed")
	p.Wait(`!localStorage.length`)
	if got := holds(p); got != "nothing" {
		t.Errorf("after it was closed the device holds %s", got)
	}

	// Its week is over, and there is no connection to be told so.
	open()
	browsertest.Eval[bool](p, `Object.keys(localStorage).forEach((k) => localStorage.setItem(k, JSON.stringify({ ...JSON.parse(localStorage.getItem(k)), until: 1 }))) || true`)
	cut.Store(true)
	p.Open(url + "/write/background")
	p.Reads("the page for writing is not open in this browser any more")
	if got := holds(p); strings.Contains(got, "The hall") || strings.Contains(got, "I keep") {
		t.Errorf("after its week the device holds %s", got)
	}
	cut.Store(false)

	// Closed elsewhere: what was not sent stays, for a new link, and can be taken away.
	open()
	cut.Store(true)
	p.Fill("text", " Not sent.")
	p.Reads("No connection just now")
	w.Do("Ana", "/portfolio lock")
	cut.Store(false)
	p.Open(url + "/write")
	p.Reads("This page is not open here", "there is something that was not sent yet: Background and role")
	p.Look("write-offline-3-closed")
	if got := holds(p); !strings.Contains(got, "Not sent.") || strings.Contains(got, "worker=") || strings.Contains(got, "page.css") {
		t.Errorf("after it was closed in the chat the device holds %s", got)
	}
	p.Tap("Delete it from this device")
	p.Reads("Deleted.")
	if got := holds(p); got != "nothing" {
		t.Errorf("after it was deleted the device holds %s", got)
	}

	// Somebody else's page in the same browser; and taken off without a connection.
	open()
	w.Do("Ben", "/portfolio start programme:facilitation-credential")
	w.Do("Ben", "/portfolio page")
	p.Open(url + "/l/" + w.Token("Ben"))
	p.Tap("Open my page")
	p.Tap("Background and role")
	p.Reads("Close this page")
	if got := holds(p); strings.Contains(got, "hall") {
		t.Errorf("beside another's page the device holds %s", got)
	}
	cut.Store(true)
	p.Open(url + "/write/background")
	p.Tap("Take it off this device")
	p.Reads("Nothing of it is on this device any more")
	p.Look("write-offline-4-off")
	if got := holds(p); got != "nothing" {
		t.Errorf("after it was taken off the device holds %s", got)
	}
}
