package pages_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohortbot/adapters/browsertest"
	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

// served is the pages of a world on a port of this machine, and a line to them that
// can be cut.
func served(t *testing.T, w *bottest.World) (url string, cut *atomic.Bool) {
	t.Helper()
	cut = new(atomic.Bool)
	var h http.Handler
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		h.ServeHTTP(rw, r)
	}))
	w.Pages = "http://" + server.Listener.Addr().String()
	w.Restart()
	h = pages.New(pages.Options{Guests: w.Bot, Writers: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler)})
	server.Start()
	t.Cleanup(server.Close)
	return w.Pages, cut
}

// text gives what is kept of Ana's background.
func text(w *bottest.World) string {
	w.T.Helper()
	out := w.Do("Ana", "/portfolio write part:background")
	if out.Form == nil {
		w.T.Fatalf("no form: %s", w.Answer("Ana"))
	}
	return out.Form.Filled["text"].Text()
}

// keeps waits until a text is kept. Of a page that is closed a browser may send what
// it has after all, so that nothing more is to be sent by the next.
func keeps(w *bottest.World, want string) {
	w.T.Helper()
	for range 800 {
		if text(w) == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.T.Errorf("kept is %q, want %q", text(w), want)
}

func TestWritingOnAPhone(t *testing.T) {
	p := newPhone(t)
	for _, scripts := range []bool{false, true} {
		w := bottest.New(t)
		url, cut := served(t, w)
		w.Do("Ana", "/portfolio start programme:facilitation-credential")
		w.Do("Ana", `/portfolio write part:background text:"I keep the hall."`)
		w.Do("Ana", "/portfolio page")
		name := map[bool]string{false: "old", true: "new"}[scripts]
		p.Scripts(true)
		p.Dark(scripts)
		p.Scripts(scripts)
		p.Open(url + "/l/" + w.Token("Ana"))
		p.Reads("works once, in one browser")
		p.Look("write-" + name + "-1-link")
		p.Tap("Open my page")
		p.Reads("Choose a part to write", "4 words")
		p.Look("write-" + name + "-2-parts")
		p.Tap("Background and role")
		p.Reads("Who are you in this community", "4 words, last changed")
		p.Fill("text", "\n\nAnd its garden.")
		if !scripts {
			p.Tap("Keep it")
			p.Reads("Kept. 7 words.")
			keeps(w, "I keep the hall.\n\nAnd its garden.")
			p.Look("write-old-3-kept")
			p.Fill("text", " And the shed.")
			w.Do("Ana", `/portfolio write part:background text:"Something else, in the chat"`)
			p.Tap("Keep it")
			p.Reads("Kept, and so is another text", "version 3", "How it read before")
			p.Look("write-old-4-both")
			p.Tap("Version 3")
			p.Reads("Something else, in the chat")
			p.Look("write-old-5-before")
			p.Tap("Put it below the text")
			p.Reads("The earlier version stands below the text now")
			if got := text(w); got != "I keep the hall.\n\nAnd its garden. And the shed.\n\nSomething else, in the chat" {
				t.Errorf("kept is %q", got)
			}
			p.Tap("Close this page")
			p.Reads("Closed")
			continue
		}
		// As she types, a moment after the last letter.
		keeps(w, "I keep the hall.\n\nAnd its garden.")
		p.Reads("Kept, 7 words.")
		p.Look("write-new-3-kept")
		// Without a connection: on the device, and said so; the page may be closed.
		cut.Store(true)
		p.Fill("text", " In the rain.")
		p.Reads("No connection just now. What you write is kept on this device, and sent when there is one again.")
		p.Look("write-new-4-no-connection")
		p.Open("about:blank")
		cut.Store(false)
		p.Open(url + "/write/background")
		keeps(w, "I keep the hall.\n\nAnd its garden. In the rain.")
		if got := p.Value("text"); got != "I keep the hall.\n\nAnd its garden. In the rain." {
			t.Errorf("after it came back there stands %q", got)
		}
		// The connection comes back while the page stays open.
		cut.Store(true)
		p.Fill("text", " All day.")
		p.Reads("No connection just now")
		w.Do("Ana", `/portfolio add part:background text:"Added in the chat"`)
		cut.Store(false)
		browsertest.Eval[bool](p, `dispatchEvent(new Event("online"))`)
		p.Reads("Something had been added in the chat meanwhile")
		keeps(w, "I keep the hall.\n\nAnd its garden. In the rain. All day.\n\nAdded in the chat")
		if got := p.Value("text"); !strings.HasSuffix(got, "All day.\n\nAdded in the chat") {
			t.Errorf("what was added is not shown: %q", got)
		}
		p.Wait(`Object.entries(localStorage).every(([key, text]) => key === "writing" || JSON.parse(text).sent)`)
		// Closed from the chat: what is typed afterwards is not lost.
		w.Do("Ana", "/portfolio lock")
		p.Fill("text", " Not sent yet.")
		p.Reads("What you wrote is kept on this device: open a new link here, and it is sent.")
		p.Look("write-new-5-closed")
		w.Do("Ana", "/portfolio page")
		p.Open(url + "/l/" + w.Token("Ana"))
		p.Tap("Open my page")
		p.Tap("Background and role")
		keeps(w, "I keep the hall.\n\nAnd its garden. In the rain. All day.\n\nAdded in the chat Not sent yet.")
	}
}

func TestAssessingOnAPhone(t *testing.T) {
	p := newPhone(t)
	for _, scripts := range []bool{false, true} {
		w := bottest.New(t)
		url, _ := served(t, w)
		w.Cohort("Explorers", "Wiremu", "Ana")
		ana := submitted(w, "Ana", "minutes of the harbour hui.pdf")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(ana.ID), Answers: chat.Answers{"outside": chat.Given("Hine")}})
		name := map[bool]string{false: "old", true: "new"}[scripts]
		p.Scripts(true)
		p.Dark(scripts)
		p.Scripts(scripts)
		p.Open(url + "/l/" + w.Token("Wiremu"))
		p.Reads("Before you read")
		p.Look("assess-" + name + "-1-conflict")
		p.Choose("conflict", "none")
		p.Tap("Go on")
		p.Reads("The portfolio of Ana", "minutes of the harbour hui.pdf")
		p.Look("assess-" + name + "-2-copy")
		for range 5 {
			p.Tap(map[bool]string{true: "Judge a criterion", false: "The next criterion"}[browsertest.Eval[bool](p, `document.body.innerText.includes("Judge a criterion")`)])
			p.Reads("What the portfolio shows")
			p.Choose("result", "met")
			p.Tap("Keep it")
			p.Reads("Kept: met")
		}
		p.Tap("Decide")
		p.Fill("words", "Go on like this.")
		p.Look("assess-" + name + "-3-decide")
		p.Tap("Go on")
		p.Reads("The result is: met")
		p.Tap("Give the result")
		p.Reads("Done. The result is: met")
		p.Look("assess-" + name + "-4-done")
	}
}
