package pages_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"cohortbot/adapters/browsertest"
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

		p.Scripts(true)
		p.Dark(scripts)
		p.Scripts(scripts)
		p.Open(server.URL + "/interest/facilitation-credential")
		p.Reads("I'm interested in Facilitation credential", "Have you facilitated at least once?", "Not yet is fine")
		p.Look(name + "-interest-1-asked")
		p.Fill("name", "Mere T")
		p.Choose("way", "email")
		p.Fill("address", "mere at home")
		p.Choose("before", "not yet")
		p.Tap("Put me on the list")
		p.Reads("Not sent yet.", "couldn't read that as an e-mail address", "This one is needed")
		p.Look(name + "-interest-2-faults")
		p.Choose("way", "through")
		p.Choose("consent", "yes")
		p.Tap("Put me on the list")
		p.Reads("You're on the list", "Keep its address")
		p.Look(name + "-interest-3-thanks")
		if scripts {
			if n := browsertest.Eval[int](p, "localStorage.length"); n != 0 {
				t.Errorf("%d drafts stay on the device after all was sent", n)
			}
		}
		address := browsertest.Eval[string](p, `document.querySelector("main a[href*='/l/']").textContent`)
		p.Open(server.URL + strings.TrimPrefix(address, site))
		p.Reads("Your interest in Facilitation credential", "through mere at home", "The next session for questions is Thursday 5 November", "Put it in your calendar")
		p.Look(name + "-interest-4-own")
		p.Tap("I'm coming")
		p.Reads("You said that you're coming")
		p.Look(name + "-interest-5-coming")
		p.Tap("I'd like to go at my own pace")
		p.Reads("You said that you'd like to go at your own pace", "/interest connect code:")
		p.Tap("Change how to reach me")
		p.Reads("How can somebody reach you?")
		if scripts { // by the browser's own button, or by the page's
			browsertest.Eval[bool](p, "setTimeout(() => history.back(), 10) > 0")
		} else {
			p.Open(server.URL + strings.TrimPrefix(address, site))
		}
		p.Reads("You said that you'd like to go at your own pace")
		p.Tap("I'd like to join the group")
		p.Reads("You said that you'd like to join the group", "You said that you're coming")
		p.Look(name + "-interest-6-chosen")
		p.Tap("Change how to reach me")
		p.Reads("How can somebody reach you?")
		p.Look(name + "-interest-7-change")
		p.Choose("way", "email")
		p.Fill("address", "mere@example.org")
		p.Tap("Keep it so")
		p.Reads("Changed", "by e-mail at mere@example.org")
		p.Tap("Take me off the list")
		p.Reads("You're off the list")
		p.Look(name + "-interest-8-off")
	}
}
