package documents_test

import (
	"os"
	"path/filepath"
	"testing"

	"cohortbot/adapters/browsertest"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
)

func TestThePageReadsWellInLightAndDarkAndOnPaper(t *testing.T) {
	file := filepath.Join(t.TempDir(), "week-3.html")
	if err := os.WriteFile(file, []byte(render(t, summary)), 0o600); err != nil {
		t.Fatal(err)
	}
	w := browsertest.New(t)
	w.SmallPhone()
	paper := map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		w.Dark(scheme == "dark")
		w.Open("file://" + file)
		w.Look(scheme)
		if got := browsertest.Eval[string](w, "document.title + ' in ' + document.documentElement.lang"); got != summary.Title+" in en" {
			t.Errorf("it says of itself %q", got)
		}
		if n := browsertest.Eval[int](w, "performance.getEntriesByType('resource').length"); n != 0 {
			t.Errorf("it loads %d things", n)
		}
		paper[scheme] = browsertest.Eval[string](w, "getComputedStyle(document.body).backgroundColor")
	}
	if paper["light"] == paper["dark"] {
		t.Errorf("light and dark are both on %s", paper["light"])
	}
	for name, size := range papers {
		if n := w.Sheets(name, size); n != 1 {
			t.Errorf("on %s it takes %d sheets", name, n)
		}
	}
}

var papers = map[string]browsertest.Paper{"A4": browsertest.A4, "Letter": browsertest.Letter}

func TestAPortfolioReadsWellOnAPhoneInTheDarkAndOnPaper(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, bundle.PagePath) // without the rest of the zip, as a phone opens it
	if err := os.WriteFile(file, []byte(archived(t, bundletest.Sample(), sources)[bundle.PagePath]), 0o600); err != nil {
		t.Fatal(err)
	}
	w := browsertest.New(t)
	for _, scheme := range []string{"light", "dark"} {
		w.Dark(scheme == "dark")
		for name, window := range map[string]func(){"phone": w.SmallPhone, "desk": w.Desk} {
			window()
			w.Open("file://" + file)
			w.Look(name + "-" + scheme)
			if n := browsertest.Eval[int](w, "[...document.images].filter(i => !i.complete || i.naturalWidth == 0).length"); n != 0 {
				t.Errorf("%s, %s: %d pictures are not shown", name, scheme, n)
			}
			if n := browsertest.Eval[int](w, "[...document.querySelectorAll('nav a')].filter(a => !document.getElementById(a.hash.slice(1))).length"); n != 0 {
				t.Errorf("%s, %s: %d links lead nowhere", name, scheme, n)
			}
		}
	}
	for name, size := range papers {
		if n := w.Sheets(name, size); n < 8 || n > 16 {
			t.Errorf("on %s it takes %d sheets", name, n)
		}
	}
}
