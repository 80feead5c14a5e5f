package pages_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
)

func TestInterestFromAnOldPhoneAndFromANewOne(t *testing.T) {
	p := newPhone(t)
	for _, scripts := range []bool{false, true} {
		w := bottest.New(t)
		w.Pages = site
		w.Restart()
		c := w.Cohort("Explorers", "Wiremu")
		c.From.Programme = "facilitation-credential"
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am" where:"https://meet.example/q" who:interested`)
		w.Press("Wiremu", "Schedule it")
		server := httptest.NewServer(pages.New(pages.Options{
			Guests: w.Bot, Public: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler), Entry: func(e chat.Event) []byte { return []byte(e.Title) },
		}))
		t.Cleanup(server.Close)
		name := map[bool]string{false: "old", true: "new"}[scripts]

		p.scripts(true)
		p.dark(scripts)
		p.scripts(scripts)
		run(p, chromedp.Navigate(server.URL+"/interest/facilitation-credential"))
		p.sees("I'm interested in Facilitation credential", "Have you facilitated at least once?", "Not yet is fine")
		p.looks(name + "-interest-1-asked")
		p.write("f-name", "Mere T")
		p.choose("way", "email")
		p.write("f-address", "mere at home")
		p.choose("before", "not yet")
		p.press("Put me on the list")
		p.sees("Not sent yet.", "couldn't read that as an e-mail address", "This one is needed")
		p.looks(name + "-interest-2-faults")
		p.choose("way", "through")
		p.choose("consent", "yes")
		p.press("Put me on the list")
		p.sees("You're on the list", "Keep its address")
		p.looks(name + "-interest-3-thanks")
		if scripts {
			if n := run(p, chromedp.Evaluate[int]("localStorage.length")); n != 0 {
				t.Errorf("%d drafts stay on the device after all was sent", n)
			}
		}
		address := run(p, chromedp.Evaluate[string](`document.querySelector("main a[href*='/l/']").textContent`))
		run(p, chromedp.Navigate(server.URL+strings.TrimPrefix(address, site)))
		p.sees("Your interest in Facilitation credential", "through mere at home", "The next session for questions is Thursday 5 November", "Put it in your calendar")
		p.looks(name + "-interest-4-own")
		p.press("Take me off the list")
		p.sees("You're off the list")
	}
}
