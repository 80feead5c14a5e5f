package pages_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/interest"
	"cohortbot/bot/store"
)

const site = "https://bot.example"

// public is a world with a public page, and somebody at it.
func public(t *testing.T, test func(w *bottest.World, v *visitor)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = site
		w.Restart()
		h := pages.New(pages.Options{
			Guests: w.Bot, Public: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler),
			Entry: func(e chat.Event) []byte { return []byte("BEGIN:VCALENDAR " + e.Where) },
		})
		test(w, &visitor{t: t, h: h, path: "/interest/community-builder", header: http.Header{"Origin": {site}}})
	})
}

func interested(w *bottest.World) (n int) {
	w.T.Helper()
	w.View(func(tx store.Tx) error {
		all, err := interest.In(tx, "community-builder")
		n = len(all)
		return err
	})
	return n
}

var mere = map[string]string{"name": "Mere <b>T</b>", "way": "email", "address": "mere@example.org", "before": "yes", "consent": "yes"}

func TestAnybodyRegistersInterestOnAPublicPage(t *testing.T) {
	public(t, func(w *bottest.World, v *visitor) {
		v.open().sees("I'm interested in Community builder", "Twelve weeks", "It commits you to nothing", "Have you brought people together before?", "deleted after twelve months")
		wrong := map[string]string{"name": "Mere <b>T</b>", "way": "email", "address": "mere", "before": "yes", "consent": "yes"}
		v.hand(wrong).sees("Not sent yet.", "couldn't read that as an e-mail address")
		if v.status != http.StatusUnprocessableEntity || !strings.Contains(v.page, `value="Mere &lt;b&gt;T&lt;/b&gt;"`) {
			t.Errorf("%d: what was typed is lost, or is mark-up", v.status)
		}
		sent := v.fill(mere)
		for range 2 {
			v.request(http.MethodPost, sent)
			v.sees("You're on the list", "Keep its address")
		}
		if n := interested(w); n != 1 {
			t.Errorf("%d are kept of what was sent twice", n)
		}
		_, path, _ := strings.Cut(v.words(), site+"/l/")
		own := &visitor{t: t, h: v.h, path: "/l/" + path[:43], header: http.Header{}}
		own.open().sees("Your interest in Community builder", "by e-mail at mere@example.org", "To take part", "No session for questions is planned yet")
		own.path += "/session.ics"
		if own.open(); own.status != http.StatusNotFound {
			t.Errorf("%d: a file of a session that nobody planned", own.status)
		}
		own.path = strings.TrimSuffix(own.path, "/session.ics")

		c := w.Cohort("Explorers", "Wiremu")
		c.From.Programme = "community-builder"
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am" where:"https://meet.example/q" who:interested`)
		w.Press("Wiremu", "Schedule it")
		own.open().sees("The next session for questions is Thursday 5 November, 9:00–10:00 am (Auckland)", "https://meet.example/q", "Put it in your calendar")
		own.path += "/session.ics"
		if own.open(); own.status != http.StatusOK || !strings.Contains(own.page, "BEGIN:VCALENDAR") || !strings.Contains(own.page, "https://meet.example/q") {
			t.Errorf("%d: the file for a calendar is\n%s", own.status, own.page)
		}
		own.path = strings.TrimSuffix(own.path, "/session.ics")
		own.open().press("Take me off the list").sees("You're off the list")
		if own.open(); own.status != http.StatusNotFound || interested(w) != 0 {
			t.Errorf("%d, and %d are kept: the page is to be gone with what was given", own.status, interested(w))
		}
	})
}

func TestNoOtherSiteRegistersAnybody(t *testing.T) {
	public(t, func(w *bottest.World, v *visitor) {
		for _, header := range []http.Header{
			{"Origin": {"https://evil.example"}},
			{"Origin": {"null"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {site}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Referer": {"https://evil.example/interest/community-builder"}},
			{}, // nothing tells
		} {
			v.header = header
			if v.open().hand(mere); v.status != http.StatusForbidden {
				t.Errorf("%d for %v", v.status, header)
			}
		}
		if n := interested(w); n != 0 {
			t.Errorf("%d were registered by another site", n)
		}
		for i, header := range []http.Header{
			{"Origin": {site}}, {"Sec-Fetch-Site": {"same-origin"}}, {"Referer": {site + "/interest/community-builder"}},
		} {
			v.header = header
			v.open().hand(mere).sees("You're on the list")
			if interested(w) != i+1 {
				t.Errorf("not kept with %v", header)
			}
		}
	})
}

func TestAFloodIsHeldBackAndARoomfulIsNot(t *testing.T) {
	public(t, func(w *bottest.World, v *visitor) {
		from := func(i int) string { return fmt.Sprintf("198.51.%d.%d:99", i/200, i%200+1) }
		v.from = from(0)
		for i := range 30 { // a roomful behind one address
			if v.open().hand(mere).sees("You're on the list"); v.status != http.StatusOK {
				t.Fatalf("the %dth of a roomful was held back", i+1)
			}
		}
		if v.open().hand(mere); v.status != http.StatusTooManyRequests || v.got.Get("Retry-After") == "" || !strings.Contains(v.page, "mere@example.org") {
			t.Errorf("%d: one more from there is to wait, and to lose nothing", v.status)
		}
		time.Sleep(time.Minute)
		v.open().hand(mere).sees("You're on the list")
		held, sent := 0, v.open().fill(mere)
		for i := 1; i < 400; i++ { // many addresses, the same form: a repeat counts as well
			v.from = from(i)
			if v.request(http.MethodPost, sent); v.status == http.StatusTooManyRequests {
				held++
			}
		}
		if held < 100 {
			t.Errorf("of 400 addresses at once %d were held back", held)
		}
		v.from = ""
		v.request(http.MethodPost, "q.name="+strings.Repeat("x", 17<<10))
		if v.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%d for more than fits", v.status)
		}
		v.path = "/interest/nonsense"
		if v.open(); v.status != http.StatusNotFound {
			t.Errorf("%d for a programme that is none", v.status)
		}
		v.request(http.MethodPost, "q.name=x")
		if v.status != http.StatusNotFound {
			t.Errorf("%d for a programme that is none", v.status)
		}
	})
}

// registered is somebody who registered on the page, at the page of their own.
func (v *visitor) registered(given map[string]string) *visitor {
	v.t.Helper()
	v.open().hand(given)
	_, path, ok := strings.Cut(v.words(), site+"/l/")
	if !ok {
		v.t.Fatalf("no page of their own: %s", v.words())
	}
	return &visitor{t: v.t, h: v.h, path: "/l/" + path[:43], header: http.Header{"Origin": {site}}}
}

func TestAChoiceOnAPageIsTheLastOneWhereverItWasPressed(t *testing.T) {
	public(t, func(w *bottest.World, v *visitor) {
		own := v.registered(mere)
		group := own.open().button("I'd like to join the group")
		other := &visitor{t: t, h: v.h, path: own.path, header: own.header} // another browser
		for range 2 {                                                       // a double tap
			own.request(http.MethodPost, group)
			own.sees("Your interest in", "You said that you'd like to join the group") // shown anew, by a redirect
			own.open().sees("You said that you'd like to join the group. The facilitators see that")
		}
		other.open().sees("You said that you'd like to join the group")
		other.press("Not the group after all").open().sees("How would you like to go on?")
		own.request(http.MethodPost, group) // from the first page again, by the back button
		other.open().sees("You said that you'd like to join the group")
		if strings.Contains(other.page, "<b>T") {
			t.Error("a name is mark-up")
		}
		for _, header := range []http.Header{{"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"cross-site"}}} {
			forged := &visitor{t: t, h: v.h, path: own.path, header: header}
			if forged.request(http.MethodPost, other.button("Not the group after all")); forged.status != http.StatusForbidden {
				t.Errorf("%d for a form that another site sent", forged.status)
			}
		}
		other.open().sees("You said that you'd like to join the group")

		off := other.button("Take me off the list")
		for range 2 { // the first press ends the page: the second is told the same
			other.request(http.MethodPost, off)
			if other.sees("You're off the list"); other.status != http.StatusOK {
				t.Errorf("%d for the second of two presses", other.status)
			}
		}
		for _, sent := range []string{group, strings.Replace(off, "event=", "event=0", 1)} {
			if own.request(http.MethodPost, sent); own.status != http.StatusNotFound || interested(w) != 0 {
				t.Errorf("%d, and %d are kept, for a page that is over", own.status, interested(w))
			}
		}
		// Nobody learns of it who has not the link.
		stranger := v.registered(map[string]string{"name": "Tama", "way": "email", "address": "t@example.org", "before": "yes", "consent": "yes"})
		if stranger.request(http.MethodPost, off); strings.Contains(stranger.words(), "off the list") || interested(w) != 1 {
			t.Errorf("what came of somebody else's press: %s", stranger.words())
		}
	})
}
