package pages_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"cohortbot/adapters/browsertest"
	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

// newPhone is a window of the narrowest phone.
func newPhone(t *testing.T) browsertest.Window {
	t.Helper()
	p := browsertest.New(t)
	p.SmallPhone()
	return p
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

		p.Scripts(true)
		p.Dark(scripts)
		p.Scripts(scripts)
		p.Open(url)
		p.Reads("Ana asks you for a few words", "when it rained")
		p.Look(name + "-1-asked")
		p.Tap("Write a few words")
		p.Reads("What did you see?")
		p.Look(name + "-2-form")
		p.Fill("saw", "She asked the quiet ones first.\nThen she waited.")
		if scripts { // lost on the way: the phone rang, the page was closed
			p.Reads("What you type is kept on this device")
			p.Open(url)
			p.Tap("Write a few words")
			p.Reads("What did you see?")
			if got := p.Value("saw"); !strings.HasPrefix(got, "She asked the quiet ones first.") {
				t.Errorf("of what was typed %q is left", got)
			}
		}
		p.Tap("Send it to Ana")
		p.Reads("Not sent yet.", "This one is needed")
		p.Look(name + "-3-faults")
		if got := p.Value("saw"); got != "She asked the quiet ones first.\nThen she waited." {
			t.Errorf("after a fault %q stands there", got)
		}
		p.Fill("relation", "we run a garden")
		p.Choose("conflict", "no")
		p.Choose("show", "yes")
		p.Choose("badge", "no")
		p.Tap("Send it to Ana")
		p.Reads("Thank you.", "You can correct it until")
		p.Look(name + "-4-thanks")
		if scripts {
			if n := browsertest.Eval[int](p, "localStorage.length"); n != 0 {
				t.Errorf("%d drafts stay on the device after all was sent", n)
			}
		}
		p.Open(url)
		p.Reads("Thank you for your words about Ana", "Then she waited.")
		p.Look(name + "-5-given")
		p.Open(server.URL + "/l/" + strings.Repeat("x", 43))
		p.Reads("This link is not open")
		p.Look(name + "-6-over")
	}
}
