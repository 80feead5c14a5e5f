// Package browsertest drives Chromium for the tests of everything that people see
// in a browser: the local workspace, the public pages, documents that are kept.
//
// Start with [New], which opens a [Window], or passes the test over where there is
// no Chromium. A test reads like what somebody does there:
//
//	w := browsertest.New(t)
//	w.Phone()
//	w.Open(url)
//	w.Reads("Ana asks you for a few words")
//	w.Tap("Write a few words")
//	w.Look("asked")
//
// Nothing here sleeps for a fixed time: whatever is expected is waited for.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cohortbot/adapters/peertest"
)

// patience is how long a window waits for what a test expects. It is long, since a
// busy machine is slow and only a test that fails waits to the end.
const patience = 40 * time.Second

// Window is a browser window with somebody in front of it.
type Window struct {
	T   *testing.T
	ctx context.Context
}

// New opens a window until the test ends.
func New(t *testing.T) Window {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		peertest.Lacking(t, "no Chromium found: install chromium to try this in a browser")
	}
	temp, err := os.MkdirTemp("", "browser") //nolint:usetesting // t.TempDir is too long for the names of its sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) }) // it may still be writing; what is left is the machine's to clear
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("force-color-profile", "srgb"), chromedp.Env("TMPDIR="+temp),
		// A microphone that beeps, and a person who allows it.
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with one
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return Window{t, ctx}
}

// Do does what there is no word for here.
func (w Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.fails("%v", err)
	}
}

// Eval gives what an expression is in the page.
func Eval[T any](w Window, js string) T {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		w.fails("%s: %v", js, err)
	}
	return v
}

// until asks the page again and again, also while it is on its way to another.
func until[T any](w Window, js string, enough func(T) bool) (last T, err error) {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	for {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
		if err == nil {
			last = v
			if enough(v) {
				return v, nil
			}
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = ctx.Err()
			}
			return last, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Wait waits until an expression is true in the page.
func (w Window) Wait(js string) {
	w.T.Helper()
	if _, err := until(w, "Boolean("+js+")", func(yes bool) bool { return yes }); err != nil {
		w.fails("not so after %s: %s (%v)", patience, js, err)
	}
}

// Sees waits until a text stands in one of the elements.
func (w Window) Sees(css, text string) {
	w.T.Helper()
	w.Wait(fmt.Sprintf("[...document.querySelectorAll(%q)].some((e) => e.innerText.includes(%q))", css, text))
}

// Reads waits until the page says all of it.
func (w Window) Reads(parts ...string) {
	w.T.Helper()
	missing := func(page string) (out []string) {
		for _, part := range parts {
			if !strings.Contains(page, part) {
				out = append(out, part)
			}
		}
		return out
	}
	page, err := until(w, `document.body?.innerText || ""`, func(page string) bool { return missing(page) == nil })
	if err != nil {
		w.fails("after %s (%v) there is no %q in:\n%s", patience, err, missing(page), page)
	}
}

// Open goes to an address.
func (w Window) Open(url string) { w.T.Helper(); w.Do(chromedp.Navigate(url)) }

// Sit opens the local workspace and waits until it is as [Window.Seated] says.
func (w Window) Sit(url string) { w.T.Helper(); w.Open(url); w.Seated("") }

// Seated waits until the local workspace shows the seat of a person, by id, and
// hears what happens; with no id, the seat that it opened in.
func (w Window) Seated(id string) {
	w.T.Helper()
	w.Wait(fmt.Sprintf(`document.body.classList.contains("ready") && (!%[1]q || document.getElementById("person").value === %[1]q)`, id))
}

// Click clicks on an element, and waits for it first.
func (w Window) Click(css string) { w.T.Helper(); w.Do(chromedp.Click(chromedp.CSS(css))) }

// Tap presses the button or follows the link of a page whose words begin so.
func (w Window) Tap(label string) {
	w.T.Helper()
	w.Do(chromedp.Click(chromedp.Search(fmt.Sprintf(`//main//*[self::button or self::a][starts-with(normalize-space(),%q)]`, label))))
}

// Fill writes into a field of a page, after what stands there.
func (w Window) Fill(name, text string) {
	w.T.Helper()
	w.Wait(fmt.Sprintf(`document.querySelector(%q)`, field(name)))
	Eval[int](w, fmt.Sprintf(`(f => { f.focus(); return f.selectionStart = f.value.length; })(document.querySelector(%q))`, field(name)))
	w.Do(chromedp.SendKeys(chromedp.CSS(field(name)), text))
}

// Value is what stands in a field of a page.
func (w Window) Value(name string) string {
	w.T.Helper()
	return Eval[string](w, fmt.Sprintf(`document.querySelector(%q).value`, field(name)))
}

// field finds a field of a question, or one of the page's own.
func field(name string) string { return "#f-" + name + ", #" + name }

// Choose takes one of the choices of a page's form.
func (w Window) Choose(name, value string) {
	w.T.Helper()
	w.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`input[name="q.%s"][value=%q]`, name, value))))
}

// Write goes into a field and presses keys there.
func (w Window) Write(css, keys string) {
	w.T.Helper()
	w.Wait(fmt.Sprintf(`(field => field && (field.focus(), document.activeElement === field))(document.querySelector(%q))`, css))
	w.Keys(keys)
}

// Keys presses keys, as github.com/chromedp/chromedp/kb names them. Enter carries
// its text with it, as a real one does: sent apart, a page that takes the key for
// itself would get a line break as well.
func (w Window) Keys(keys string) {
	w.T.Helper()
	w.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, r := range keys {
			for _, k := range kb.Encode(r) {
				if r == '\r' && k.Type == kb.KeyChar {
					continue
				}
				if r == '\r' && k.Type == kb.KeyDown {
					k.Text = "\r"
				}
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *k); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func (w Window) fails(format string, args ...any) {
	w.T.Helper()
	w.picture("failed", chromedp.CaptureScreenshot())
	w.T.Fatalf(format, args...)
}
