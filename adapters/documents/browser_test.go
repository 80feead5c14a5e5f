package documents_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
)

// browser starts Chromium, or skips where there is none and nobody promised one.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium found, and CI is set: install chromium")
		}
		t.Skip("no Chromium found: the page is not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("force-color-profile", "srgb"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with one
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	return ctx
}

func run[T any](ctx context.Context, t *testing.T, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The folder $COHORTBOT_SCREENSHOTS, where there is one, gets pictures to look at.
func TestThePageReadsWellInLightAndDarkAndOnPaper(t *testing.T) {
	audit, err := os.ReadFile(filepath.Join("..", "web", "testdata", "audit.js"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "week-3.html")
	if err := os.WriteFile(file, []byte(render(t, summary)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	keep := func(name string, data []byte) {
		if dir := os.Getenv("COHORTBOT_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	paper := map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		run(ctx, t, chromedp.EmulateViewport(390, 844))
		run(ctx, t, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}))
		run(ctx, t, chromedp.Navigate("file://"+file))
		for _, fault := range run(ctx, t, chromedp.Evaluate[[]string](string(audit))) {
			t.Errorf("%s: %s", scheme, fault)
		}
		if run(ctx, t, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth")) {
			t.Errorf("%s: it is wider than a phone", scheme)
		}
		if got := run(ctx, t, chromedp.Evaluate[string]("document.title + ' in ' + document.documentElement.lang")); got != summary.Title+" in en" {
			t.Errorf("it says of itself %q", got)
		}
		if n := run(ctx, t, chromedp.Evaluate[int]("performance.getEntriesByType('resource').length")); n != 0 {
			t.Errorf("it loads %d things", n)
		}
		paper[scheme] = run(ctx, t, chromedp.Evaluate[string]("getComputedStyle(document.body).backgroundColor"))
		keep("document-"+scheme+".png", run(ctx, t, chromedp.FullScreenshot(100)))
	}
	if paper["light"] == paper["dark"] {
		t.Errorf("light and dark are both on %s", paper["light"])
	}
	for name, size := range map[string][2]float64{"A4": {8.27, 11.69}, "Letter": {8.5, 11}} {
		var pdf []byte
		run(ctx, t, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			own := true
			out, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: size[0], PaperHeight: size[1], PreferCSSPageSize: &own})
			pdf = out.Data
			return err
		}))
		if n := strings.Count(string(bytes.ReplaceAll(pdf, []byte("/Type /Pages"), nil)), "/Type /Page"); n != 1 {
			t.Errorf("on %s it takes %d sheets", name, n)
		}
		keep("document-"+name+".pdf", pdf)
	}
}

func TestAPortfolioReadsWellOnAPhoneInTheDarkAndOnPaper(t *testing.T) {
	audit, err := os.ReadFile(filepath.Join("..", "web", "testdata", "audit.js"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, bundle.PagePath) // without the rest of the zip, as a phone opens it
	if err := os.WriteFile(file, []byte(archived(t, bundletest.Sample(), sources)[bundle.PagePath]), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, scheme := range []string{"light", "dark"} {
		for name, width := range map[string]int64{"phone": 390, "desk": 1280} {
			run(ctx, t, chromedp.EmulateViewport(width, 844))
			run(ctx, t, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				})
				return err
			}))
			run(ctx, t, chromedp.Navigate("file://"+file))
			for _, fault := range run(ctx, t, chromedp.Evaluate[[]string](string(audit))) {
				t.Errorf("%s, %s: %s", name, scheme, fault)
			}
			if run(ctx, t, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth")) {
				t.Errorf("%s, %s: it is wider than the window", name, scheme)
			}
			if n := run(ctx, t, chromedp.Evaluate[int]("[...document.images].filter(i => !i.complete || i.naturalWidth == 0).length")); n != 0 {
				t.Errorf("%s, %s: %d pictures are not shown", name, scheme, n)
			}
			if n := run(ctx, t, chromedp.Evaluate[int]("[...document.querySelectorAll('nav a')].filter(a => !document.getElementById(a.hash.slice(1))).length")); n != 0 {
				t.Errorf("%s, %s: %d links lead nowhere", name, scheme, n)
			}
			if shots := os.Getenv("COHORTBOT_SCREENSHOTS"); shots != "" {
				if err := os.WriteFile(filepath.Join(shots, "portfolio-"+name+"-"+scheme+".png"), run(ctx, t, chromedp.FullScreenshot(100)), 0o644); err != nil {
					t.Error(err)
				}
			}
		}
	}
	for name, size := range map[string][2]float64{"A4": {8.27, 11.69}, "Letter": {8.5, 11}} {
		var pdf []byte
		run(ctx, t, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			own := true
			out, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: size[0], PaperHeight: size[1], PreferCSSPageSize: &own})
			pdf = out.Data
			return err
		}))
		if n := strings.Count(string(bytes.ReplaceAll(pdf, []byte("/Type /Pages"), nil)), "/Type /Page"); n < 8 || n > 16 {
			t.Errorf("on %s it takes %d sheets", name, n)
		}
		if shots := os.Getenv("COHORTBOT_SCREENSHOTS"); shots != "" {
			if err := os.WriteFile(filepath.Join(shots, "portfolio-"+name+".pdf"), pdf, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}
