package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"cohortbot/adapters/browsertest"
)

// These tests look at the demonstration as a newcomer does: on a desktop, and on
// a phone. With COHORTBOT_SCREENSHOTS=DIR they leave pictures there to look at;
// the picture in the README is the first of them, in a taller window.

func TestTheDemoOnADesktop(t *testing.T) {
	t.Parallel()
	s := seat{browsertest.New(t)}
	url := demonstration(t)
	s.Dark(false)
	s.Desk()

	// It opens in the facilitator's seat: the channel, the answers beside it, and
	// how the group is doing.
	s.Sit(url)
	s.Wait(`document.getElementById("person").selectedOptions[0].textContent === "Wiremu"`)
	s.Sees("#messages", "Week 8 · Five days")
	s.Sees("#thread-messages", "Borrowed a ladder")
	s.Wait(`document.querySelector("#thread-messages .photo img").naturalWidth > 0`)
	s.Wait(`document.querySelector("#thread-messages audio")`)
	s.Sees("#messages .only-you", "Quiet this fortnight: Ben")
	s.Sees("#messages .only-you", "Not taken up by anyone yet:")
	s.Sees("#messages .only-you", "Going out next: Week 9 · What you notice")
	s.Sees("#tour", "Day 3 of your experiment")
	s.Shot("1-opens")
	s.press("#messages", "More")
	s.Sees("#messages .only-you", "Experiments: 3 under way")

	// Beside the questions, the group tries things out, and sees itself then and now.
	s.Sees("#messages", "The story of an experiment, by Kiri")
	s.Sees("#messages .only-you", "More people to ring than in the second week")
	s.Sees("#messages", "Those who went this way before you, Harbour")
	s.Sees("#messages", "What do we do when nobody comes?")
	s.Click("#tour-go")
	s.Sees("#messages", "Day 3 of 5. Did anything happen?")
	s.press("#messages", "Nothing today")
	s.Sees("#messages .only-you", "Noted for day 3")
	s.Shot("1-day-3")
	s.turn("explorers")
	s.Sees("#messages", "Week 8 · Five days")

	// A week more, with the keyboard alone: the command completed, the form, and
	// every date that moves before anybody is told.
	s.Write("#composer textarea", "/plan ins")
	s.Sees("#composer [role=option]", "/plan insert")
	s.Shot("2-completion")
	s.Keys(kb.Tab + kb.Escape + kb.Enter)
	s.Wait(`document.querySelector("dialog[open]")`)
	s.Wait(`document.activeElement.closest("dialog")`)
	s.Click(`dialog [name="after"]`) // the first: Week 8
	s.Shot("3-form")
	s.Click("dialog button.main")
	s.Wait(`!document.querySelector("dialog[open]")`)
	s.Sees("#messages .only-you", "Add a practice week?")
	s.Sees("#messages .only-you", "Week 10 · What you notice now goes out Monday")
	s.Sees("#messages .only-you", "everything after it moves a week")
	s.Shot("4-dates")
	s.press("#messages", "Add it")
	s.Sees("#messages", "Wiremu added a practice week.")
	s.Shot("5-told")

	// On Monday it goes out, and on the way there Wiremu gets what the week offers
	// to write up.
	s.Click("#clock-open")
	s.Click(`[data-move="monday"]`)
	s.Sees("#now", "Mon")
	s.Sees("#messages", "Week 9 · Practice week")
	s.Sees("#messages", "What did you try, and what happened?")
	s.Shot("6-monday")
	s.turn("@cohortbot")
	s.Sees("#messages", "and let you quote")
	s.Shot("7-private")
	s.Fits()
}

func TestTheDemoOnAPhone(t *testing.T) {
	t.Parallel()
	s := seat{browsertest.New(t)}
	url := demonstration(t)
	s.Dark(false)
	s.Phone()
	s.Sit(url)
	s.Sees("#messages .only-you", "Going out next:")
	s.Wait(`document.getElementById("thread").hidden`)
	s.Shot("0-opens")
	s.Sit(url + "/?as=ben&place=explorers")
	s.Sees("#messages", "Week 8 · Five days")
	s.Shot("1-channel")
	s.Click("#tour-close")

	// Ana's seat, out of the list of people.
	s.Click("#open-side")
	s.Wait(`document.body.classList.contains("side-open")`)
	s.Shot("2-places")
	s.choose("#person", "Ana")
	s.Seated("ana")

	// In the thread.
	s.reply("Week 8 · Five days")
	s.Write("#thread-composer textarea", "Day two: he came back for it, and stayed.")
	s.Click("#thread-composer .send")
	s.Sees("#thread-messages", "Day two: he came back for it, and stayed.")
	s.Shot("3-thread")
	s.Click("#thread-close")

	// By the button: a form, and first nothing in it.
	s.press("#messages", "Answer")
	s.Wait(`document.querySelector("dialog[open]")`)
	s.Shot("4-form")
	s.Click("dialog button.main")
	s.Sees("dialog [data-field=text] .fault", "There is nothing here yet")
	s.Shot("5-form-error")
	s.Write("#field-text", "I put it off until Thursday. That is what I found out.")
	s.Click("dialog button.main")
	s.Wait(`!document.querySelector("dialog[open]")`)
	s.Sees("#messages .only-you", "Everyone in #explorers can read it")
	s.Shot("6-kept")

	// And in private.
	s.Click("#open-side")
	s.turn("@cohortbot")
	s.Sees("#place", "cohortbot")
	s.Write("#composer textarea", "Honestly, it was me who did not ask her again.")
	s.Click("#composer .send")
	s.Sees("#messages", "which one is it for?") // Ana is in two groups
	s.press("#messages", "For Explorers")
	s.Sees("#messages", "Your facilitators can read it, and nobody else")
	s.Shot("7-private")
	s.Fits()
}

// demonstration runs the program's demo until the test ends, and gives its
// address.
func demonstration(t *testing.T) string {
	t.Helper()
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", demoFolder(t))
	t.Cleanup(p.close)
	return p.waitFor(`open (http://127\.0\.0\.1:\d+)`)
}

// past is what is in the folder of a demonstration whose past has been acted out,
// by path. Acting it out takes a while, so it is done once for all tests.
var past struct {
	sync.Once
	files map[string][]byte
}

// demoFolder makes a folder of a test's own with such a demonstration.
func demoFolder(t *testing.T) string {
	t.Helper()
	past.Do(func() {
		from := t.TempDir()
		p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", from)
		p.waitFor(`(open http)`)
		p.close()
		files := map[string][]byte{}
		err := fs.WalkDir(os.DirFS(from), ".", func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				files[path], err = os.ReadFile(filepath.Join(from, path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		past.files = files
	})
	if past.files == nil {
		t.Fatal("the past of the demonstration could not be acted out")
	}
	folder := t.TempDir()
	for path, data := range past.files {
		file := filepath.Join(folder, path)
		err := os.MkdirAll(filepath.Dir(file), 0o700)
		if err == nil {
			err = os.WriteFile(file, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// seat is a window on the local workspace, with what people do there.
type seat struct{ browsertest.Window }

// press presses the last button of that name in an element.
func (s seat) press(css, label string) {
	s.T.Helper()
	s.Wait(fmt.Sprintf(`(() => {
		const b = [...document.querySelectorAll(%q)].filter((b) => b.innerText === %q).at(-1);
		b?.scrollIntoView({ block: "center" });
		b?.click();
		return b;
	})()`, css+" .buttons button", label))
}

// reply opens the thread under the last message with a text. A page that is being
// drawn anew may swallow a click, as it would a person's: they click again.
func (s seat) reply(text string) {
	s.T.Helper()
	s.Wait(fmt.Sprintf(`(() => {
		if (!document.getElementById("thread").hidden) return true;
		const b = [...document.querySelectorAll("#messages .message")].filter((m) => m.innerText.includes(%q)).at(-1)?.querySelector(".replies");
		b?.click();
		return false;
	})()`, text))
}

// turn goes to a place out of the list, which is drawn anew whenever something
// comes: a click that it swallows is made again.
func (s seat) turn(place string) {
	s.T.Helper()
	s.Wait(fmt.Sprintf(`(() => {
		const a = document.querySelector('.places a[data-place="' + %q + '"]');
		if (a?.getAttribute("aria-current") === "page") return true;
		a?.click();
		return false;
	})()`, place))
}

// choose takes the first option of a list, or of a group of buttons, that begins
// with a text.
func (s seat) choose(css, label string) {
	s.T.Helper()
	s.Wait(fmt.Sprintf(`(() => {
		const list = document.querySelector(%q);
		const option = list && [...list.options].find((o) => o.textContent.startsWith(%q));
		if (!option) return false;
		list.value = option.value;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, css, label))
}
