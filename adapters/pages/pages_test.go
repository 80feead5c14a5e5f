package pages_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cohortbot/adapters/pages"
)

var secret = strings.Repeat("aB3_-", 8) + "xyz" // 43 characters

func handler(log *strings.Builder) http.Handler {
	return pages.New(pages.Options{
		Log: slog.New(slog.NewTextHandler(log, nil)),
		Calendar: func(_ context.Context, token string) ([]byte, bool, error) {
			switch token {
			case secret:
				return []byte("BEGIN:VCALENDAR"), true, nil
			case strings.Repeat("f", 43):
				return nil, false, errors.New("the disk is full")
			}
			return nil, false, nil
		},
	})
}

func TestACalendarIsServedToWhoeverHasItsAddress(t *testing.T) {
	var log strings.Builder
	h := handler(&log)
	for _, c := range []struct {
		name, method, path string
		status             int
		body               string
	}{
		{"the address", "GET", "/calendar/" + secret + ".ics", 200, "BEGIN:VCALENDAR"},
		{"its head", "HEAD", "/calendar/" + secret + ".ics", 200, ""},
		{"another", "GET", "/calendar/" + strings.Repeat("x", 43) + ".ics", 404, "nothing at this address"},
		{"too short", "GET", "/calendar/" + secret[:42] + ".ics", 404, "nothing at this address"},
		{"another ending", "GET", "/calendar/" + secret + ".html", 404, "nothing at this address"},
		{"the list", "GET", "/calendar/", 404, "nothing at this address"},
		{"the root", "GET", "/", 404, "nothing at this address"},
		{"a way up", "GET", "/calendar/..%2f" + secret + ".ics", 404, "nothing at this address"},
		{"something to be kept", "POST", "/calendar/" + secret + ".ics", 404, "nothing at this address"},
		{"a fault", "GET", "/calendar/" + strings.Repeat("f", 43) + ".ics", 500, "will try again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(c.method, "http://bot.example"+c.path, nil))
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.body) {
				t.Errorf("%d %q, want %d with %q", rec.Code, rec.Body.String(), c.status, c.body)
			}
			if got := rec.Header().Get("Cache-Control"); !strings.HasPrefix(got, "private") {
				t.Errorf("others may keep it: Cache-Control %q", got)
			}
			if kind := rec.Header().Get("Content-Type"); (c.status == 200) != strings.HasPrefix(kind, "text/calendar") {
				t.Errorf("it is served as %q", kind)
			}
		})
	}
	if strings.Contains(log.String(), secret) || strings.Contains(log.String(), "ffff") || !strings.Contains(log.String(), "the disk is full") {
		t.Errorf("the log is %q", log.String())
	}
}
