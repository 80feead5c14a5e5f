// Package pages serves what people read without an account: for now the
// calendars that they subscribe to. Start reading at [New].
//
// An address is its own permission: it holds 256 bits that nobody guesses. So no
// address stands in a log, nothing found and nothing there look alike, and what is
// served says that it is to be neither kept by others nor indexed.
package pages

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
)

// Options is what the pages show.
type Options struct {
	// Calendar gives the file behind the secret of a calendar's address; false where
	// there is none, or none any more.
	Calendar func(ctx context.Context, token string) (file []byte, ok bool, err error)
	Log      *slog.Logger
}

// New makes the handler of all pages.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /calendar/{file}", o.calendar) // HEAD as well
	mux.HandleFunc("/", notThere)
	return mux
}

// calendarFile is the last part of a calendar's address: 32 bytes in base64.
var calendarFile = regexp.MustCompile(`^([A-Za-z0-9_-]{43})\.ics$`)

func (o Options) calendar(w http.ResponseWriter, r *http.Request) {
	named := calendarFile.FindStringSubmatch(r.PathValue("file"))
	if named == nil {
		notThere(w, r)
		return
	}
	file, ok, err := o.Calendar(r.Context(), named[1])
	switch {
	case err != nil:
		if r.Context().Err() == nil {
			o.Log.Error("a calendar could not be read", "err", err)
		}
		private(w)
		http.Error(w, "Something went wrong on this side. Your calendar will try again by itself.", http.StatusInternalServerError)
	case !ok:
		notThere(w, r)
	default:
		private(w)
		w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		w.Header().Set("Content-Disposition", `inline; filename="sessions.ics"`)
		_, _ = w.Write(file) // whoever asked is gone, or has it
	}
}

func notThere(w http.ResponseWriter, _ *http.Request) {
	private(w)
	http.Error(w, "There is nothing at this address, or nothing any more. Whoever gave it to you may have a newer one.", http.StatusNotFound)
}

// private says that an answer is for whoever asked and for nobody else.
func private(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}
