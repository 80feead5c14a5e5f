package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	emersion "github.com/emersion/go-ical"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

// A group that meets at nine each week does so over the change of the clocks: two
// programs that read calendars find the same instants behind the address, and the
// new one after a move.
func TestASubscribedCalendarKeepsTheHourOverAChangeOfTheClocks(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", `/session schedule title:"Q&A; with, commas" when:"23 Sept 2027 9am" repeat:"weekly, 2 times" where:"https://meet.example/r?a=1&b=2"`)
		w.Press("Wiremu", "Schedule it")
		w.Do("Ana", "/session calendar")
		address := regexp.MustCompile(`https://bot\.example(/calendar/\S+\.ics)`).FindStringSubmatch(w.Answer("Ana"))
		h := pages.New(pages.Options{Calendar: subscribed(w.Bot, w.Clock), Log: slog.New(slog.DiscardHandler)})
		read := func() (starts []string) {
			t.Helper()
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, address[1], nil))
			body := rec.Body.String()
			one, err := ics.ParseCalendar(strings.NewReader(body))
			if err != nil {
				t.Fatalf("%d %s: %v", rec.Code, body, err)
			}
			other, err := emersion.NewDecoder(strings.NewReader(body)).Decode()
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range one.Events() {
				at, err := e.GetStartAt()
				if err != nil {
					t.Fatal(err)
				}
				again, err := other.Events()[i].DateTimeStart(time.UTC)
				if err != nil || !again.Equal(at) {
					t.Errorf("one program reads %s, another %s (%v)", at, again, err)
				}
				starts = append(starts, at.In(demoZone.Location()).Format("2 Jan 15:04 -0700"))
			}
			return starts
		}
		// Clocks go forward in Auckland on 26 September 2027.
		if got, want := strings.Join(read(), ", "), "23 Sep 09:00 +1200, 30 Sep 09:00 +1300"; got != want {
			t.Errorf("the calendar has %s, want %s", got, want)
		}
		form := w.Do("Wiremu", "/session move").Form
		w.Submit("Wiremu", map[string]string{"when": "24 Sept 2027 5pm", "reach": "following", "pick": form.Fields[0].Options[0].Value})
		w.Press("Wiremu", "Move it")
		if got, want := strings.Join(read(), ", "), "24 Sep 17:00 +1200, 1 Oct 17:00 +1300"; got != want {
			t.Errorf("after the move the calendar has %s, want %s", got, want)
		}
	})
}
