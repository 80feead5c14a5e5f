package pages_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

// endless gives letters until somebody has had enough.
type endless struct{ given int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	if e.given += int64(len(b)); e.given > 200<<20 {
		return 0, io.EOF
	}
	return len(b), nil
}

func TestOfTwoHundredMegabytesNoMoreIsReadThanFits(t *testing.T) {
	writes(t, func(w *bottest.World, v *visitor, log *strings.Builder) {
		link := v.path
		v.open().press("Open my page")
		v.at("/write/background").hand(map[string]string{"text": "Hers"})
		for _, path := range []string{link, "/write/background", "/write/background/before/1", "/write"} {
			body := &endless{}
			r := httptest.NewRequest(http.MethodPost, "https://bot.example"+path, io.MultiReader(strings.NewReader("q.text="), body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: "__Host-writing", Value: cookie(v)})
			rec := httptest.NewRecorder()
			v.h.ServeHTTP(rec, r)
			if rec.Code != http.StatusRequestEntityTooLarge || body.given > 2<<20 {
				t.Errorf("%s: %d after %d bytes", path, rec.Code, body.given)
			}
		}
		if !strings.Contains(log.String(), "more than fits") || stands(w, v) != "Hers" {
			t.Errorf("kept is %.20q; the log is %s", stands(w, v), log.String())
		}
	})
}

// Whatever kind of address somebody guesses at, they are soon given no answer.
func TestGuessesOfEveryKindAreHeldBack(t *testing.T) {
	for kind, address := range map[string]string{
		"links": "/l/%043d", "files": "/l/%043d/file/1", "calendars": "/calendar/%043d.ics",
	} {
		t.Run(kind, func(t *testing.T) {
			var log strings.Builder
			looked := 0
			w := bottest.New(t)
			h := pages.New(pages.Options{
				Guests: w.Bot, Writers: w.Bot, Base: "https://bot.example", Log: slog.New(slog.NewTextHandler(&log, nil)),
				Calendar: func(context.Context, string) ([]byte, bool, error) { looked++; return nil, false, nil },
			})
			v := &visitor{t: t, h: h, header: http.Header{}}
			counts := map[int]int{}
			for i := range 1000 {
				v.at(fmt.Sprintf(address, i))
				counts[v.status]++
			}
			if counts[http.StatusNotFound] > 30 || counts[http.StatusTooManyRequests] < 970 || looked > 30 {
				t.Errorf("answered with %v, %d looked up", counts, looked)
			}
			if text := log.String(); !strings.Contains(text, `kind="an address that is not open"`) || strings.Contains(text, "0000") || strings.Count(text, "\n") > 6 {
				t.Errorf("the log is %s", text)
			}
		})
	}
}
