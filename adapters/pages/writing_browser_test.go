package pages_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

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

func (p phone) follow(label string) {
	p.t.Helper()
	run(p, chromedp.Click(chromedp.Search(`//a[starts-with(normalize-space(),"`+label+`")]`)))
}

// add goes on writing at the end of a field.
func (p phone) add(id, text string) {
	p.t.Helper()
	run(p, chromedp.Evaluate[int](`(() => { const f = document.getElementById("`+id+`"); f.focus(); return f.selectionStart = f.value.length; })()`))
	run(p, chromedp.SendKeys(chromedp.CSS("#"+id), text))
}

func (p phone) value(id string) string {
	p.t.Helper()
	return run(p, chromedp.Evaluate[string](`document.getElementById("`+id+`").value`))
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
func (p phone) keeps(w *bottest.World, want string) {
	p.t.Helper()
	for range 100 {
		if text(w) == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Errorf("kept is %q, want %q", text(w), want)
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
		p.scripts(true)
		p.dark(scripts)
		p.scripts(scripts)
		run(p, chromedp.Navigate(url+"/l/"+w.Token("Ana")))
		p.sees("works once, in one browser")
		p.looks("write-" + name + "-1-link")
		p.press("Open my page")
		p.sees("Choose a part to write", "4 words")
		p.looks("write-" + name + "-2-parts")
		p.follow("Background and role")
		p.sees("Who are you in this community", "4 words, last changed")
		p.add("f-text", "\n\nAnd its garden.")
		if !scripts {
			p.press("Keep it")
			p.sees("Kept. 7 words.")
			p.keeps(w, "I keep the hall.\n\nAnd its garden.")
			p.looks("write-old-3-kept")
			p.add("f-text", " And the shed.")
			w.Do("Ana", `/portfolio write part:background text:"Something else, in the chat"`)
			p.press("Keep it")
			p.sees("Kept, and so is another text", "version 3", "How it read before")
			p.looks("write-old-4-both")
			p.follow("Version 3")
			p.sees("Something else, in the chat")
			p.looks("write-old-5-before")
			p.press("Put it below the text")
			p.sees("The earlier version stands below the text now")
			if got := text(w); got != "I keep the hall.\n\nAnd its garden. And the shed.\n\nSomething else, in the chat" {
				t.Errorf("kept is %q", got)
			}
			p.press("Close this page")
			p.sees("Closed")
			continue
		}
		// As she types, a moment after the last letter.
		p.keeps(w, "I keep the hall.\n\nAnd its garden.")
		p.sees("Kept, 7 words.")
		p.looks("write-new-3-kept")
		// Without a connection: on the device, and said so; the page may be closed.
		cut.Store(true)
		p.add("f-text", " In the rain.")
		p.sees("No connection just now. What you write is kept on this device, and sent when there is one again.")
		p.looks("write-new-4-no-connection")
		run(p, chromedp.Navigate("about:blank"))
		cut.Store(false)
		run(p, chromedp.Navigate(url+"/write/background"))
		p.keeps(w, "I keep the hall.\n\nAnd its garden. In the rain.")
		if got := p.value("f-text"); got != "I keep the hall.\n\nAnd its garden. In the rain." {
			t.Errorf("after it came back there stands %q", got)
		}
		// The connection comes back while the page stays open.
		cut.Store(true)
		p.add("f-text", " All day.")
		p.sees("No connection just now")
		w.Do("Ana", `/portfolio add part:background text:"Added in the chat"`)
		cut.Store(false)
		run(p, chromedp.Evaluate[bool](`dispatchEvent(new Event("online"))`))
		p.sees("Something had been added in the chat meanwhile")
		p.keeps(w, "I keep the hall.\n\nAnd its garden. In the rain. All day.\n\nAdded in the chat")
		if got := p.value("f-text"); !strings.HasSuffix(got, "All day.\n\nAdded in the chat") {
			t.Errorf("what was added is not shown: %q", got)
		}
		if n := run(p, chromedp.Evaluate[int]("localStorage.length")); n != 0 {
			t.Errorf("%d texts stay on the device after all was sent", n)
		}
		// Closed from the chat: what is typed afterwards is not lost.
		w.Do("Ana", "/portfolio lock")
		p.add("f-text", " Not sent yet.")
		p.sees("What you wrote is kept on this device: open a new link here, and it is sent.")
		p.looks("write-new-5-closed")
		w.Do("Ana", "/portfolio page")
		run(p, chromedp.Navigate(url+"/l/"+w.Token("Ana")))
		p.press("Open my page")
		p.follow("Background and role")
		p.keeps(w, "I keep the hall.\n\nAnd its garden. In the rain. All day.\n\nAdded in the chat Not sent yet.")
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
		p.scripts(true)
		p.dark(scripts)
		p.scripts(scripts)
		run(p, chromedp.Navigate(url+"/l/"+w.Token("Wiremu")))
		p.sees("Before you read")
		p.looks("assess-" + name + "-1-conflict")
		p.choose("conflict", "none")
		p.press("Go on")
		p.sees("The portfolio of Ana", "minutes of the harbour hui.pdf")
		p.looks("assess-" + name + "-2-copy")
		for range 5 {
			p.press(map[bool]string{true: "Judge a criterion", false: "The next criterion"}[run(p, chromedp.Evaluate[bool](`document.body.innerText.includes("Judge a criterion")`))])
			p.sees("What the portfolio shows")
			p.choose("result", "met")
			p.press("Keep it")
			p.sees("Kept: met")
		}
		p.press("Decide")
		p.write("f-words", "Go on like this.")
		p.looks("assess-" + name + "-3-decide")
		p.press("Go on")
		p.sees("The result is: met")
		p.press("Give the result")
		p.sees("Done. The result is: met")
		p.looks("assess-" + name + "-4-done")
	}
}
