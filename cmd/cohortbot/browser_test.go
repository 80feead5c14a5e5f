package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// These tests look at the demonstration as a newcomer does: on a desktop, and on
// a phone. With COHORTBOT_SCREENSHOTS=DIR they leave pictures there to look at;
// the picture in the README is the first of them.

func TestTheDemoOnADesktop(t *testing.T) {
	window := browser(t)
	s := seat{t, window}
	url := demonstration(t)
	s.light()
	s.do(chromedp.EmulateViewport(1280, 800))

	// It opens in the facilitator's seat: the channel, the answers beside it, and
	// how the group is doing.
	s.open(url)
	s.wait(`document.getElementById("person").selectedOptions[0].textContent === "Wiremu"`)
	s.sees("#messages", "Week 8 · Five days")
	s.sees("#thread-messages", "Borrowed a ladder")
	s.wait(`document.querySelector("#thread-messages .photo img").naturalWidth > 0`)
	s.wait(`document.querySelector("#thread-messages audio")`)
	s.sees("#messages .only-you", "Quiet this fortnight: Ben")
	s.sees("#messages .only-you", "Not taken up by anyone yet:")
	s.sees("#messages .only-you", "Going out next: Week 9 · What you notice")
	s.sees("#tour", "Day 3 of your experiment")
	s.sees("#messages .only-you", "Experiments: 3 under way")
	s.shot("1-opens")

	// Beside the questions, the group tries things out, and sees itself then and now.
	s.sees("#messages", "The story of an experiment, by Kiri")
	s.sees("#messages .only-you", "More people to ring than in the second week")
	s.sees("#messages", "Those who went this way before you, Harbour")
	s.sees("#messages", "What do we do when nobody comes?")
	s.click("#tour-go")
	s.sees("#messages", "Day 3 of 5. Did anything happen?")
	s.press("#messages", "Nothing today")
	s.sees("#messages .only-you", "Noted for day 3")
	s.shot("1-day-3")
	s.turn("explorers")
	s.sees("#messages", "Week 8 · Five days")

	// A week more, with the keyboard alone: the command completed, the form, and
	// every date that moves before anybody is told.
	s.write("#composer textarea", "/plan ins")
	s.sees("#composer [role=option]", "/plan insert")
	s.shot("2-completion")
	s.keys(kb.Tab + kb.Escape + kb.Enter)
	s.wait(`document.querySelector("dialog[open]")`)
	s.wait(`document.activeElement.closest("dialog")`)
	s.click(`dialog [name="after"]`) // the first: Week 8
	s.shot("3-form")
	s.click("dialog button.main")
	s.wait(`!document.querySelector("dialog[open]")`)
	s.sees("#messages .only-you", "Add a practice week?")
	s.sees("#messages .only-you", "Week 10 · What you notice now goes out Monday")
	s.sees("#messages .only-you", "everything after it moves a week")
	s.shot("4-dates")
	s.press("#messages", "Add it")
	s.sees("#messages", "Wiremu added a practice week.")
	s.shot("5-told")

	// On Monday it goes out, and on the way there Wiremu gets what the week offers
	// to write up.
	s.click("#clock-open")
	s.click(`[data-move="monday"]`)
	s.sees("#now", "Mon")
	s.sees("#messages", "Week 9 · Practice week")
	s.sees("#messages", "What did you try, and what happened?")
	s.shot("6-monday")
	s.turn("@cohortbot")
	s.sees("#messages", "and let you quote")
	s.shot("7-private")
	s.fits()
}

func TestTheDemoOnAPhone(t *testing.T) {
	window := browser(t)
	s := seat{t, window}
	url := demonstration(t)
	s.light()
	s.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
	s.open(url)
	s.sees("#messages .only-you", "Going out next:")
	s.wait(`document.getElementById("thread").hidden`)
	s.shot("0-opens")
	s.open(url + "/?as=ben&place=explorers")
	s.sees("#messages", "Week 8 · Five days")
	s.shot("1-channel")
	s.click("#tour-close")

	// Ana's seat, out of the list of people.
	s.click("#open-side")
	s.wait(`document.body.classList.contains("side-open")`)
	s.shot("2-places")
	s.choose("#person", "Ana")
	s.wait(`document.title.includes("Ana") && document.readyState === "complete" && document.body.classList.contains("ready")`)
	time.Sleep(time.Second) // the page of the new seat may still be coming

	// In the thread.
	s.reply("Week 8 · Five days")
	s.write("#thread-composer textarea", "Day two: he came back for it, and stayed.")
	s.click("#thread-composer .send")
	s.sees("#thread-messages", "Day two: he came back for it, and stayed.")
	s.shot("3-thread")
	s.click("#thread-close")

	// By the button: a form, and first nothing in it.
	s.press("#messages", "Answer")
	s.wait(`document.querySelector("dialog[open]")`)
	s.shot("4-form")
	s.click("dialog button.main")
	s.sees("dialog [data-field=text] .fault", "There is nothing here yet")
	s.shot("5-form-error")
	s.write("#field-text", "I put it off until Thursday. That is what I found out.")
	s.click("dialog button.main")
	s.wait(`!document.querySelector("dialog[open]")`)
	s.sees("#messages .only-you", "Everyone in #explorers can read it")
	s.shot("6-kept")

	// And in private.
	s.click("#open-side")
	s.turn("@cohortbot")
	s.sees("#place", "cohortbot")
	s.write("#composer textarea", "Honestly, it was me who did not ask her again.")
	s.click("#composer .send")
	s.sees("#messages", "which one is it for?") // Ana is in two groups
	s.press("#messages", "For Explorers")
	s.sees("#messages", "Your facilitators can read it, and nobody else")
	s.shot("7-private")
	s.fits()
}

// demonstration runs the program's demo until the test ends, and gives its
// address.
func demonstration(t *testing.T) string {
	t.Helper()
	out := &lines{}
	m := NewMain(out, out)
	done := make(chan int, 1)
	go func() {
		done <- m.Run([]string{"demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "demo")})
	}()
	t.Cleanup(func() {
		_ = m.Close() // its code says how it ended
		if code := <-done; code != 0 {
			t.Errorf("the demonstration ended with %d:\n%s", code, out)
		}
	})
	address := regexp.MustCompile(`open (http://\S+) in`)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if found := address.FindStringSubmatch(out.String()); found != nil {
			return found[1]
		}
	}
	t.Fatalf("the demonstration does not open:\n%s", out)
	return ""
}

// lines collects what the program prints.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// seat is a browser window with somebody in front of it.
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
	switch {
	case path == "" && os.Getenv("CI") != "":
		t.Fatal("no Chromium found, and CI is set: install chromium")
	case path == "":
		t.Skip("no Chromium found, so the demonstration is not looked at in a browser; install chromium to do so")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("force-color-profile", "srgb"))
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
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		s.shot("failed")
		s.t.Fatal(err)
	}
}

func (s seat) click(css string) { s.t.Helper(); s.do(chromedp.Click(chromedp.CSS(css))) }

// write goes into a field and presses keys there.
func (s seat) write(css, keys string) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`(field => field && (field.focus(), document.activeElement === field))(document.querySelector(%q))`, css))
	s.keys(keys)
}

func (s seat) open(url string) {
	s.t.Helper()
	s.do(chromedp.Navigate(url))
	s.wait("document.body.classList.contains('ready')")
}

// wait waits until an expression is true in the page.
func (s seat) wait(js string) {
	s.t.Helper()
	for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		yes, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
		if err == nil && yes {
			return
		}
		if time.Now().After(deadline) {
			s.shot("failed")
			s.t.Fatalf("not so after 40 s: %s (%v)", js, err)
		}
	}
}

// sees waits until a text stands in an element.
func (s seat) sees(css, text string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("[...document.querySelectorAll(%q)].some((e) => e.innerText.includes(%q))", css, text))
}

// press presses the last button of that name in an element.
func (s seat) press(css, label string) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`(() => {
		const b = [...document.querySelectorAll(%q)].filter((b) => b.innerText === %q).at(-1);
		b?.scrollIntoView({ block: "center" });
		b?.click();
		return b;
	})()`, css+" .buttons button", label))
}

// reply opens the thread under the last message with a text. A page that is being
// drawn anew may swallow a click, as it would a person's: they click again.
func (s seat) reply(text string) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`(() => {
		if (!document.getElementById("thread").hidden) return true;
		const b = [...document.querySelectorAll("#messages .message")].filter((m) => m.innerText.includes(%q)).at(-1)?.querySelector(".replies");
		b?.click();
		return false;
	})()`, text))
}

// turn goes to a place out of the list, which is drawn anew whenever something
// comes: a click that it swallows is made again.
func (s seat) turn(place string) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`(() => {
		const a = document.querySelector('.places a[data-place="' + %q + '"]');
		if (a?.getAttribute("aria-current") === "page") return true;
		a?.click();
		return false;
	})()`, place))
}

// choose takes the first option of a list, or of a group of buttons, that begins
// with a text.
func (s seat) choose(css, label string) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`(() => {
		const list = document.querySelector(%q);
		const option = list && [...list.options].find((o) => o.textContent.startsWith(%q));
		if (!option) return false;
		list.value = option.value;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, css, label))
}

// keys presses keys. Enter carries its text with it, as a real one does.
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

func (s seat) light() {
	s.t.Helper()
	s.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// fits checks that nothing is wider than the window.
func (s seat) fits() {
	s.t.Helper()
	s.wait(`document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll(".messages")].every((e) => e.scrollWidth <= e.clientWidth)`)
}

// shot keeps a picture of the window in $COHORTBOT_SCREENSHOTS.
func (s seat) shot(name string) {
	s.t.Helper()
	dir := os.Getenv("COHORTBOT_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, s.t.Name()+"-"+name+".png"), picture, 0o644)
	}
	if err != nil {
		s.t.Errorf("screenshot %s: %v", name, err)
	}
}
