package web_test

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// seat is one browser window, with somebody in it.
type seat struct {
	t   *testing.T
	ctx context.Context
}

// browser starts Chromium, or skips where there is none and nobody promised one.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium found, and CI is set: install chromium")
		}
		t.Skip("no Chromium found: the page is not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("force-color-profile", "srgb"),
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
	return ctx
}

func (s seat) do(steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 15*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		s.shot("failed")
		s.t.Fatal(err)
	}
}

// eval runs an expression in the page.
func eval[T any](s seat, js string) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		s.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// wait waits until an expression is true.
func (s seat) wait(js string) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !eval[bool](s, "Boolean("+js+")"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.shot("failed")
			s.t.Fatalf("not so after 10 s: %s", js)
		}
	}
}

// sees waits until a text stands in an element.
func (s seat) sees(css, text string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("[...document.querySelectorAll(%q)].some((e) => e.innerText.includes(%q))", css, text))
}

func (s seat) click(css string) { s.t.Helper(); s.do(chromedp.Click(chromedp.CSS(css))) }

// keys presses keys. Enter carries its text with it, as a real one does: sent
// apart, a page that takes the key for itself would get a line break as well.
func (s seat) keys(keys string) {
	s.t.Helper()
	s.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
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

func (s seat) open(url string) {
	s.t.Helper()
	s.do(chromedp.Navigate(url))
	s.wait("document.body.classList.contains('ready')")
}

// dark switches the colours that the person prefers.
func (s seat) dark(yes bool) {
	s.t.Helper()
	scheme := "light"
	if yes {
		scheme = "dark"
	}
	s.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// shot keeps a picture of the window in $COHORTBOT_SCREENSHOTS, for looking at.
func (s seat) shot(name string) {
	s.t.Helper()
	dir := os.Getenv("COHORTBOT_SCREENSHOTS")
	if dir == "" {
		dir = s.t.TempDir()
	}
	s.audit(name)
	picture, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		name = strings.ReplaceAll(s.t.Name()+"-"+name, "/", "-")
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		s.t.Errorf("screenshot %s: %v", name, err)
	}
}

// audit looks for text that is too faint to read, and for controls without a
// name, in whatever is shown now.
func (s seat) audit(where string) {
	s.t.Helper()
	for _, fault := range eval[[]string](s, auditJS) {
		s.t.Errorf("%s: %s", where, fault)
	}
}

//go:embed testdata/audit.js
var auditJS string
