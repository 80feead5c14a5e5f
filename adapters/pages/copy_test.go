package pages_test

import (
	"archive/zip"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/pages"
	"cohortbot/bot/bottest"
)

func TestACopyIsFetchedByWhoHasItsAddressForADay(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/hours log 2h planning the hui")
		w.Do("Ana", "/settings export")
		path := regexp.MustCompile(`https://bot\.example(/copy/[A-Za-z0-9_-]{43})`).FindStringSubmatch(w.Answer("Ana"))
		if path == nil {
			t.Fatalf("no address is given: %s", w.Answer("Ana"))
		}
		v := &visitor{t: t, path: path[1], h: pages.New(pages.Options{Guests: w.Bot, Copies: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler)})}

		v.request(http.MethodGet, "")
		if v.status != http.StatusOK || strings.Contains(v.page, "planning the hui") {
			t.Errorf("opening it gives %d: %s", v.status, v.page)
		}
		bottest.Says(t, v.page, "Your copy of what is held about you", "Fetch the copy")

		v.request(http.MethodPost, "press=fetch")
		z, err := zip.NewReader(bytes.NewReader([]byte(v.page)), int64(len(v.page)))
		if v.status != http.StatusOK || err != nil || v.got.Get("Cache-Control") != "no-store" {
			t.Fatalf("fetching gives %d, %v, %v", v.status, err, v.got)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if data, err := io.ReadAll(r); err != nil || !bytes.Contains(data, []byte("planning the hui")) {
				t.Errorf("%s lacks the hours, %v", f.Name, err)
			}
		}

		// Another address takes its place, and each ends after a day.
		w.Do("Ana", "/settings export")
		v.request(http.MethodPost, "press=fetch")
		if v.status != http.StatusNotFound {
			t.Errorf("the old address gives %d", v.status)
		}
		v.path = regexp.MustCompile(`/copy/[A-Za-z0-9_-]{43}`).FindString(w.Answer("Ana"))
		w.Advance(25 * time.Hour)
		v.request(http.MethodPost, "press=fetch")
		if v.status != http.StatusNotFound {
			t.Errorf("after a day it gives %d", v.status)
		}
	})
}
