package pages_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

// phone is Chromium with the window of a small phone.
type phone struct {
	t   *testing.T
	ctx context.Context
}

// newPhone starts one, or skips where there is no Chromium and nobody promised one.
func newPhone(t *testing.T) phone {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium found, and CI is set: install chromium")
		}
		t.Skip("no Chromium found: the pages are not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("force-color-profile", "srgb"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with one
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	p := phone{t, ctx}
	run(p, chromedp.EmulateViewport(360, 640))
	return p
}

func run[T any](p phone, a chromedp.Action[T]) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, a)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

func (p phone) dark(on bool) {
	scheme := "light"
	if on {
		scheme = "dark"
	}
	run(p, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

func (p phone) scripts(on bool) {
	run(p, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

func (p phone) sees(parts ...string) {
	p.t.Helper()
	var text string
	for range 100 {
		text = run(p, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
		all := true
		for _, part := range parts {
			all = all && strings.Contains(text, part)
		}
		if all {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	bottest.Says(p.t, text, parts...)
	p.t.FailNow()
}

func (p phone) press(label string) {
	p.t.Helper()
	run(p, chromedp.Click(chromedp.Search(`//button[normalize-space()="`+label+`"]`)))
}

func (p phone) opens(url string) {
	p.t.Helper()
	run(p, chromedp.Navigate(url))
}

func (p phone) write(id, text string) {
	p.t.Helper()
	run(p, chromedp.Focus(chromedp.CSS("#"+id)))
	run(p, chromedp.SendKeys(chromedp.CSS("#"+id), text))
}

// choose taps one choice of a question.
func (p phone) choose(name, value string) {
	p.t.Helper()
	run(p, chromedp.Click(chromedp.CSS(`input[name="q.`+name+`"][value="`+value+`"]`)))
}

// looks holds the page against what somebody with little sight or a small window
// needs. The folder $COHORTBOT_SCREENSHOTS, where there is one, gets a picture.
func (p phone) looks(name string) {
	p.t.Helper()
	audit, err := os.ReadFile(filepath.Join("..", "web", "testdata", "audit.js"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, fault := range run(p, chromedp.Evaluate[[]string](string(audit))) {
		p.t.Errorf("%s: %s", name, fault)
	}
	if run(p, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth")) {
		p.t.Errorf("%s: it is wider than the phone", name)
	}
	if dir := os.Getenv("COHORTBOT_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "page-"+name+".png"), run(p, chromedp.FullScreenshot(100)), 0o644); err != nil {
			p.t.Error(err)
		}
	}
}

func TestAFewWordsFromAnOldPhoneAndFromANewOne(t *testing.T) {
	p := newPhone(t)
	for _, scripts := range []bool{false, true} {
		w := bottest.New(t)
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", `/attest ask name:"Mere" role:participant about:"the Harbour hui on 3 March, when it rained and we moved into the boat shed"`)
		server := httptest.NewServer(pages.New(pages.Options{Guests: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler)}))
		t.Cleanup(server.Close)
		url := server.URL + "/l/" + w.Token("Ana")
		name := map[bool]string{false: "old", true: "new"}[scripts]

		p.scripts(true)
		p.dark(scripts)
		p.scripts(scripts)
		run(p, chromedp.Navigate(url))
		p.sees("Ana asks you for a few words", "when it rained")
		p.looks(name + "-1-asked")
		p.press("Write a few words")
		p.sees("What did you see?")
		p.looks(name + "-2-form")
		p.write("f-saw", "She asked the quiet ones first.\nThen she waited.")
		if scripts { // lost on the way: the phone rang, the page was closed
			p.sees("What you type is kept on this device")
			run(p, chromedp.Navigate(url))
			p.press("Write a few words")
			p.sees("What did you see?")
			if got := run(p, chromedp.Evaluate[string](`document.getElementById("f-saw").value`)); !strings.HasPrefix(got, "She asked the quiet ones first.") {
				t.Errorf("of what was typed %q is left", got)
			}
		}
		p.press("Send it to Ana")
		p.sees("Not sent yet.", "This one is needed")
		p.looks(name + "-3-faults")
		if got := run(p, chromedp.Evaluate[string](`document.getElementById("f-saw").value`)); got != "She asked the quiet ones first.\nThen she waited." {
			t.Errorf("after a fault %q stands there", got)
		}
		p.write("f-relation", "we run a garden")
		p.choose("conflict", "no")
		p.choose("show", "yes")
		p.choose("badge", "no")
		p.press("Send it to Ana")
		p.sees("Thank you.", "You can correct it until")
		p.looks(name + "-4-thanks")
		if scripts {
			if n := run(p, chromedp.Evaluate[int]("localStorage.length")); n != 0 {
				t.Errorf("%d drafts stay on the device after all was sent", n)
			}
		}
		run(p, chromedp.Navigate(url))
		p.sees("Thank you for your words about Ana", "Then she waited.")
		p.looks(name + "-5-given")
		run(p, chromedp.Navigate(server.URL+"/l/"+strings.Repeat("x", 43)))
		p.sees("This link is not open")
		p.looks(name + "-6-over")
	}
}
