package portfolios_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/bottest"
	"cohortbot/bot/links"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

// desk is somebody's page for writing, open in one browser.
type desk struct {
	w       *bottest.World
	session string
}

const showing = "0123456789abcdef0123456789abcdef"

// opened asks for a link in the chat and opens it.
func opened(w *bottest.World, who string) desk {
	w.T.Helper()
	w.Do(who, "/portfolio page")
	s, err := w.Bot.Enter(context.Background(), w.Token(who), showing+who)
	if err != nil {
		w.T.Fatal(err)
	}
	return desk{w, s.Token}
}

func (d desk) part(id string) portfolios.WrittenPart {
	d.w.T.Helper()
	x, err := d.w.Bot.Writing(context.Background(), d.session)
	if err != nil {
		d.w.T.Fatal(err)
	}
	p, ok := x.Part(id)
	if !ok {
		d.w.T.Fatalf("no part %q", id)
	}
	return p
}

func (d desk) save(base, text string) portfolios.Saved {
	d.w.T.Helper()
	s, err := d.w.Bot.Save(context.Background(), d.session, "background", base, text)
	if err != nil {
		d.w.T.Fatal(err)
	}
	return s
}

func (d desk) versions() (texts []string) {
	d.w.T.Helper()
	all, err := d.w.Bot.Versions(context.Background(), d.session, "background")
	if err != nil {
		d.w.T.Fatal(err)
	}
	for _, v := range all {
		texts = append(texts, v.Text)
	}
	return texts
}

// writer is a world with Ana's portfolio, and her page open.
func writer(t *testing.T, test func(w *bottest.World, d desk)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		started(w, "Ana")
		test(w, opened(w, "Ana"))
	})
}

func TestThePageHoldsTheTextOfTheChat(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		w.Do("Ana", `/portfolio write part:background text:"From the chat"`)
		p := d.part("background")
		if p.Now.Text != "From the chat" {
			t.Errorf("the page shows %q", p.Now.Text)
		}
		long := strings.Repeat("Ko te whenua. ", 2500)
		d.save(p.Mark, long)
		// What is longer than a form of the chat is added to there, never cut.
		form := w.Do("Ana", "/portfolio write part:background")
		if form.Form == nil || form.Form.Filled["text"].Text() != "" || !strings.Contains(form.Form.Intro, "/portfolio page") {
			t.Fatalf("the chat offers %+v", form)
		}
		w.Submit("Ana", map[string]string{"added": "And more."})
		bottest.Says(t, w.Answer("Ana"), "now has 7502 words")
		if got := d.part("background").Now.Text; !strings.HasSuffix(got, "And more.") {
			t.Errorf("the page ends with %q", got[len(got)-20:])
		}
		if _, err := w.Bot.Save(context.Background(), d.session, "background", "", strings.Repeat("ā", portfolios.MostText+1)); !errors.Is(err, portfolios.ErrTooLong) {
			t.Errorf("too long: %v", err)
		}
		if _, err := w.Bot.Save(context.Background(), d.session, "documents", "", "x"); !errors.Is(err, portfolios.ErrNoPart) {
			t.Errorf("written where papers go: %v", err)
		}
	})
}

func TestTheLinkOfThePageOpensOnceAndEveryWayInCanBeClosed(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		ctx := context.Background()
		open := func(session string) bool {
			_, err := w.Bot.Writing(ctx, session)
			if err != nil && !errors.Is(err, links.ErrNone) {
				t.Fatal(err)
			}
			return err == nil
		}
		enters := func(token, showing string) (string, bool) {
			s, err := w.Bot.Enter(ctx, token, showing)
			return s.Token, err == nil
		}
		used := w.Token("Ana")
		if again, ok := enters(used, showing+"Ana"); !ok || again != d.session {
			t.Error("who pressed twice got nothing, or another session")
		}
		if _, ok := enters(used, strings.Repeat("f", 40)); ok {
			t.Error("a link that was used opens for somebody else")
		}
		w.Advance(2 * time.Minute)
		if _, ok := enters(used, showing+"Ana"); ok {
			t.Error("a link that was used opens again later")
		}
		if _, err := w.Bot.Linked(ctx, d.session); !errors.Is(err, links.ErrNone) {
			t.Error("what stands in a cookie opens as an address")
		}
		if open(used) || open("") || open(d.session[:42]+"x") {
			t.Error("open with something that is no session")
		}
		// Links are of no use beside the newest; browsers stay.
		w.Do("Ana", "/portfolio page")
		first := w.Token("Ana")
		w.Do("Ana", "/portfolio page")
		if _, ok := enters(first, showing); ok {
			t.Error("the first of two links is open")
		}
		laptop, ok := enters(w.Token("Ana"), showing)
		if !ok || !open(d.session) || !open(laptop) {
			t.Error("two browsers are not open beside each other")
		}
		if _, _, err := w.Bot.Follow(ctx, first, ""); !errors.Is(err, links.ErrNone) {
			t.Errorf("followed a link that is over: %v", err)
		}
		if err := w.Bot.Leave(ctx, laptop); err != nil || open(laptop) || !open(d.session) {
			t.Errorf("closed one browser: %v", err)
		}
		w.Do("Ana", "/portfolio page")
		waiting := w.Token("Ana")
		w.Press("Ana", "Close my pages")
		bottest.Says(t, w.Answer("Ana"), "Closed. No browser and no link")
		if _, ok := enters(waiting, showing); ok || open(d.session) {
			t.Error("open after all was closed")
		}
		w.Press("Ana", "A new link")
		late := w.Token("Ana")
		w.Advance(25 * time.Hour)
		if _, ok := enters(late, showing); ok {
			t.Error("a link of yesterday opens")
		}
		last := opened(w, "Ana")
		w.Advance(7*24*time.Hour + time.Minute)
		if open(last.session) {
			t.Error("a browser of last week is open")
		}
	})
}

func TestOfTwoWhoWroteAtOnceNothingIsLost(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		shown := d.save(portfolios.Mark(""), "I keep the hall.").Mark
		// Below what was shown: both stand there.
		w.Do("Ana", `/portfolio add part:background text:"And the kettle."`)
		s := d.save(shown, "I keep the old hall.")
		if s.Text.Text != "I keep the old hall.\n\nAnd the kettle." || s.Added != "And the kettle." || s.Other != 0 {
			t.Errorf("added to: %+v", s)
		}
		// Changed as a whole: the one stands, the other is a version.
		w.Do("Ana", `/portfolio write part:background text:"All new in the chat"`)
		s = d.save(s.Mark, "All new on the page")
		if s.Other == 0 || s.Text.Text != "All new on the page" {
			t.Errorf("changed: %+v", s)
		}
		all := d.versions()
		if all[s.Other-1] != "All new in the chat" {
			t.Errorf("the versions are %q", all)
		}
		if ok, err := w.Bot.Restore(context.Background(), d.session, "background", s.Other, true); err != nil || !ok {
			t.Fatalf("put below: %v", err)
		}
		if got := d.part("background").Now.Text; got != "All new on the page\n\nAll new in the chat" {
			t.Errorf("below each other: %q", got)
		}
	})
}

func TestTypingMakesNoVersionOfEveryLetterAndNoneIsMissed(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		mark, text := portfolios.Mark(""), ""
		for i := range 60 {
			text += fmt.Sprintf("Sentence %d. ", i)
			mark = d.save(mark, text).Mark
			w.Advance(3 * time.Second)
		}
		if n := len(d.versions()); n != 0 {
			t.Errorf("three minutes of typing made %d versions", n)
		}
		mark = d.save(mark, text[:100]).Mark // deleted by mistake
		if all := d.versions(); len(all) != 1 || all[0] != text {
			t.Errorf("what was deleted is not among %d versions", len(all))
		}
		w.Advance(11 * time.Minute)
		d.save(mark, text[:100]+"More.")
		if n := len(d.versions()); n != 2 {
			t.Errorf("after a rest there are %d versions", n)
		}
	})
}

// Whatever is written where, in whatever order: what was kept in the chat stands in
// the text or in a version, and so does what was saved last on the page.
func TestWhatWasKeptStandsInTheTextOrInAVersion(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			marks := []string{portfolios.Mark(""), d.part("background").Mark}
			var said []string
			last := ""
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				n++
				words := fmt.Sprintf("sentence-%d.", n)
				switch rapid.IntRange(0, 2).Draw(r, "where") {
				case 0:
					w.Do("Ana", `/portfolio write part:background text:"`+words+`"`)
					said = append(said, words)
				case 1:
					w.Do("Ana", `/portfolio add part:background text:"`+words+`"`)
					said = append(said, words)
				default:
					last = words
					marks = append(marks, d.save(rapid.SampledFrom(marks).Draw(r, "base"), words).Mark)
				}
				w.Advance(time.Duration(rapid.IntRange(0, 15).Draw(r, "minutes")) * time.Minute)
			}
			kept := strings.Join(append(d.versions(), d.part("background").Now.Text), "\n")
			for _, words := range append(said, last) {
				if !strings.Contains(kept, words) {
					r.Errorf("%q is gone", words)
				}
			}
		})
	})
}

// Typing over a text is not typing on: what stood there for longer than one save is in
// a version, however little of it went at a time and however soon.
func TestATextThatIsTypedOverIsKept(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		mark := d.save(portfolios.Mark(""), "I keep the hall. We meet there.").Mark
		mark = d.save(mark, "I keep the hall. We meet there. On Mond").Mark
		mark = d.save(mark, "I keep the hall. We meet there. On Tuesdays.").Mark // half a word, typed over
		if all := d.versions(); len(all) != 0 {
			t.Fatalf("a slip that was mended made the versions %q", all)
		}
		mark = d.save(mark, "I keep the hall. We met twice. On Tuesdays.").Mark
		mark = d.save(mark, "I keep a shed. We met twice. On Tuesdays.").Mark // its first form is in version 1
		if all := d.versions(); len(all) != 1 || all[0] != "I keep the hall. We meet there. On Tuesdays." {
			t.Fatalf("the versions are %q", all)
		}
		mark = d.save(mark, "Something else, as long as the text that stood here.").Mark
		if all := d.versions(); len(all) != 2 || all[1] != "I keep a shed. We met twice. On Tuesdays." {
			t.Fatalf("after all was typed over the versions are %q", all)
		}
		// Pasted, or dictated without a full stop: it was not typed within one save.
		long := strings.TrimSpace(strings.Repeat("and then we spoke about the garden ", 40))
		mark = d.save(mark, long).Mark
		mark = d.save(mark, "Gone").Mark
		if all := d.versions(); all[len(all)-1] != long {
			t.Errorf("what was dictated is not among %d versions", len(all))
		}
		// One sentence at once, but looked at for a while before it went.
		mark = d.save(mark, "Gone. This is what I think of it now.").Mark
		w.Advance(time.Minute)
		d.save(mark, "Gone.")
		if all := d.versions(); all[len(all)-1] != "Gone. This is what I think of it now." {
			t.Errorf("what stood for a minute is not among %q", all)
		}
	})
}

// However somebody edits on the page: each sentence that stood there for longer than
// one save stands in the text or in a version.
func TestNoSentenceThatStoodIsLost(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			stood, before := map[string]bool{}, map[string]bool{}
			var now []string
			for range rapid.IntRange(2, 25).Draw(r, "saves") {
				for range rapid.IntRange(1, 5).Draw(r, "edits") {
					n++
					words := fmt.Sprintf("This is sentence %d of them.", n)
					switch at := rapid.IntRange(0, len(now)).Draw(r, "at"); {
					case at == len(now):
						now = append(now, words)
					case rapid.Bool().Draw(r, "change"):
						now[at] = words
					default:
						now = append(now[:at:at], now[at+1:]...)
					}
				}
				text := strings.Join(now, rapid.SampledFrom([]string{" ", "\n\n"}).Draw(r, "between"))
				stands := d.part("background")
				if text == stands.Now.Text {
					continue // the page does not save what it has saved
				}
				d.save(stands.Mark, text)
				there := map[string]bool{}
				for _, s := range now {
					stood[s] = stood[s] || before[s]
					there[s] = true
				}
				before = there
				w.Advance(time.Duration(rapid.IntRange(1, 90).Draw(r, "seconds")) * time.Second)
			}
			kept := strings.Join(append(d.versions(), d.part("background").Now.Text), "\n")
			for s, long := range stood {
				if long && !strings.Contains(kept, s) {
					r.Errorf("%q is gone", s)
				}
			}
		})
	})
}

func TestAHundredVersionsAreKeptAndTheSpareOnesGoFirst(t *testing.T) {
	writer(t, func(w *bottest.World, d desk) {
		w.Do("Ana", `/portfolio write part:background text:"The very first words."`)
		for i := range 60 { // each holds all of the one before
			w.Do("Ana", fmt.Sprintf(`/portfolio add part:background text:"Line %d."`, i))
		}
		for i := range 60 { // each takes out what the one before said
			w.Do("Ana", fmt.Sprintf(`/portfolio write part:background text:"All new, %d."`, i))
		}
		all := strings.Join(d.versions(), "\n")
		if n := len(d.versions()); n != 100 {
			t.Errorf("%d versions are kept", n)
		}
		for i := range 59 {
			if !strings.Contains(all, fmt.Sprintf("All new, %d.", i)) {
				t.Errorf("text %d is in no version", i)
			}
		}
		if !strings.Contains(all, "The very first words.") || !strings.Contains(all, "Line 59.") {
			t.Error("what was taken out first is in no version")
		}
	})
}

// Who keeps a version holds up everybody else who writes anything: however many
// versions there are, it takes little longer than to read them.
func TestAVersionOfALongTextHoldsNobodyUp(t *testing.T) {
	kept := storetest.New(t, portfolios.Texts, portfolios.Versions)
	update := func(fn func(tx store.Tx) error) {
		t.Helper()
		if err := kept.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	long := func(which int) string {
		var b strings.Builder
		for n := 0; b.Len() < 38_000; n++ {
			fmt.Fprintf(&b, "People came to the hui about the water, and we talked about what number %d is for. ", which*1000+n)
		}
		return b.String()
	}
	n := 100
	update(func(tx store.Tx) error {
		for i := range n {
			v := portfolios.Version{Portfolio: "p", Part: "background", Number: i + 1, Text: long(i + 1)}
			if err := portfolios.Versions.Put(tx, fmt.Sprintf("p/background/%06d", v.Number), v); err != nil {
				return err
			}
		}
		return portfolios.Texts.Put(tx, "p/background", portfolios.Text{Portfolio: "p", Part: "background", Text: long(n + 1), Changes: n})
	})
	write := func() {
		n++
		update(func(tx store.Tx) error {
			_, err := portfolios.Write(tx, "p", "background", long(n+1), bottest.Start)
			return err
		})
	}
	took := func(what func()) time.Duration {
		best := time.Hour
		for range 3 {
			began := time.Now()
			what()
			best = min(best, time.Since(began))
		}
		return best
	}
	reading := took(func() {
		update(func(tx store.Tx) error {
			_, err := portfolios.VersionsOf(tx, "p", "background")
			return err
		})
	})
	if writing := took(write); writing > 3*reading {
		t.Errorf("to keep a version takes %v, and to read all of them %v", writing, reading)
	}
}
