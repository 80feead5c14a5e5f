package browsertest

import (
	"bytes"
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// This file is about how a page looks: the window it is seen in, and what somebody
// with little sight or a small window needs. Pictures to look at are kept in the
// folder that COHORTBOT_SCREENSHOTS names, if it names one.

//go:embed audit.js
var audit string

// Desk makes the window that of a laptop.
func (w Window) Desk() { w.T.Helper(); w.Do(chromedp.EmulateViewport(1280, 800)) }

// Phone makes the window that of a phone, with fingers.
func (w Window) Phone() { w.T.Helper(); w.phone(390, 844) }

// SmallPhone makes the window that of the narrowest phone in use.
func (w Window) SmallPhone() { w.T.Helper(); w.phone(360, 640) }

func (w Window) phone(width, height int64) {
	w.T.Helper()
	w.Do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
}

// Dark says whether the person prefers dark colours. Nothing moves for its own sake
// from then on, so that pictures are of pages at rest.
func (w Window) Dark(yes bool) {
	w.T.Helper()
	scheme := "light"
	if yes {
		scheme = "dark"
	}
	w.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// Scripts says whether the pages opened from now on may run scripts. What is asked
// of a page by the test still runs.
func (w Window) Scripts(yes bool) {
	w.T.Helper()
	w.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !yes})
		return err
	}))
}

// Shot audits what is shown now and keeps a picture of the window.
func (w Window) Shot(name string) {
	w.T.Helper()
	w.audit(name)
	w.picture(name, chromedp.CaptureScreenshot())
}

// Look audits the whole page, which may be no wider than the window, and keeps a
// picture of all of it.
func (w Window) Look(name string) {
	w.T.Helper()
	w.audit(name)
	w.Fits()
	w.picture(name, chromedp.FullScreenshot(100))
}

// Fits waits until nothing is wider than the window.
func (w Window) Fits() {
	w.T.Helper()
	w.Wait(`document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll(".messages")].every((e) => e.scrollWidth <= e.clientWidth)`)
}

func (w Window) audit(where string) {
	w.T.Helper()
	for _, fault := range w.Faults() {
		w.T.Errorf("%s: %s", where, fault)
	}
}

// Faults gives what is too faint or too small to read or to press in whatever is
// shown now, and what has no name for those who hear it.
func (w Window) Faults() []string { w.T.Helper(); return Eval[[]string](w, audit) }

// Paper is a size in inches.
type Paper struct{ Width, Height float64 }

// The papers that people print on.
var (
	A4     = Paper{8.27, 11.69}
	Letter = Paper{8.5, 11}
)

// Sheets prints the page, keeps the PDF beside the pictures, and gives how many
// sheets it takes.
func (w Window) Sheets(name string, on Paper) int {
	w.T.Helper()
	own := true
	var pdf []byte
	w.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		out, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: on.Width, PaperHeight: on.Height, PreferCSSPageSize: &own})
		pdf = out.Data
		return err
	}))
	w.keep(name+".pdf", pdf)
	return bytes.Count(bytes.ReplaceAll(pdf, []byte("/Type /Pages"), nil), []byte("/Type /Page"))
}

func (w Window) picture(name string, take chromedp.Action[[]byte]) {
	w.T.Helper()
	if os.Getenv("COHORTBOT_SCREENSHOTS") == "" {
		return
	}
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, take)
	if err != nil {
		w.T.Errorf("picture %s: %v", name, err)
		return
	}
	w.keep(name+".png", data)
}

func (w Window) keep(name string, data []byte) {
	w.T.Helper()
	dir := os.Getenv("COHORTBOT_SCREENSHOTS")
	if dir == "" {
		return
	}
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(w.T.Name()+"-"+name, "/", "-")), data, 0o644)
	}
	if err != nil {
		w.T.Errorf("%s: %v", name, err)
	}
}
