// Package pages serves what people read and fill in without an account: the
// calendars that they subscribe to, the deeds that a link opens, and whether a
// credential stands. Start reading at [New]; link.go shows a deed, form.go its
// questions, files.go hands out what belongs to it, archive.go what is made for it,
// writing.go is where somebody writes for days, offline.go has them go on without a
// connection, check.go tells about credentials, frame.go is the look that all share.
//
// An address is its own permission: it holds 256 bits that nobody guesses. So no
// address stands in a log, nothing found and nothing there look alike, and what is
// served says that it is to be neither kept by others nor indexed. Whoever tries
// addresses is soon given no answer (guesses.go).
package pages

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"

	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/privacy"
)

// Options is what the pages show.
type Options struct {
	// Calendar gives the file behind the secret of a calendar's address; false where
	// there is none, or none any more.
	Calendar func(ctx context.Context, token string) (file []byte, ok bool, err error)
	// Guests does what people ask for who came by a link. Nil serves no links.
	Guests Guests
	// Writers is the bot, for those who write on a page. Nil serves no such page.
	Writers Writers
	// Public does what anybody may ask for who comes by a public address. Nil serves
	// no public pages.
	Public Public
	// Entry makes a calendar file of one event. Nil offers none.
	Entry func(e chat.Event) []byte
	// Copies is the bot, for those who fetch what is held about them. Nil serves none.
	Copies Copies
	// Archives makes what is handed out beside a page. Nil makes nothing.
	Archives Archives
	// Checks tells about credentials, for anybody. Nil serves no such page.
	Checks Checks
	// Base is where people reach the pages from outside, such as
	// "https://bot.example". A form that another site sent is refused.
	Base string
	// Rest serves all other addresses; nil serves nothing there.
	Rest http.Handler
	Log  *slog.Logger
}

// Guests is the bot, as whoever comes by a link reaches it. The errors are
// [links.ErrNone] where no link is open by the token.
type Guests interface {
	// Follow shows what the link opens.
	Follow(ctx context.Context, token, event string) (links.Link, chat.Outcome, error)
	// Linked gives the link alone.
	Linked(ctx context.Context, token string) (links.Link, error)
	// Repeated gives what came of an event before; false where nothing did.
	Repeated(ctx context.Context, event string) (chat.Outcome, bool, error)
	// Opened gives a form that is open for an account.
	Opened(ctx context.Context, u chat.User, id chat.FormID) (chat.Form, bool, error)
	// Do does what the guest asks for.
	Do(ctx context.Context, r chat.Request) (chat.Outcome, error)
	// Papers gives the files that the link opens.
	Papers(ctx context.Context, token string) ([]evidence.File, error)
	// Paper gives the bytes of one of them. Its error may be [evidence.ErrNoContent].
	Paper(ctx context.Context, token string, n int) (evidence.File, io.ReadCloser, error)
}

// Public is the bot, as anybody reaches it.
type Public interface {
	// Asked gives the questions of the page about a programme; false where there is
	// none. It reads and keeps nothing.
	Asked(programme string) (chat.Form, bool)
	// HandedIn keeps what was given there, or says what is to be looked at. The same
	// event gives the same outcome.
	HandedIn(ctx context.Context, programme, event string, answers chat.Answers) (chat.Outcome, error)
}

// site is the pages, and who tried addresses that are none.
type site struct {
	Options
	guesses guesses
	crowd   *crowd
	making  chan struct{} // holds a place for each file that is being made, and each check
}

// New makes the handler of all pages.
func New(o Options) http.Handler {
	s := &site{Options: o, guesses: newGuesses(o.Log), crowd: newCrowd(), making: make(chan struct{}, atOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /calendar/{file}", s.calendar) // HEAD as well
	if o.Guests != nil {
		mux.HandleFunc("GET /l/{token}", s.open)
		mux.HandleFunc("POST /l/{token}", s.act)
		mux.HandleFunc("GET /l/{token}/file/{number}", s.paper)
		mux.HandleFunc("GET /l/{token}/session.ics", s.entry)
		mux.HandleFunc("GET /l/{token}/{name}", s.take)
	}
	if o.Guests != nil || o.Checks != nil {
		mux.HandleFunc("GET /page.css", asset("text/css; charset=utf-8", style))
		mux.HandleFunc("GET /draft.js", asset("text/javascript; charset=utf-8", script))
	}
	if o.Checks != nil {
		mux.HandleFunc("GET /credential", s.asked)
		mux.HandleFunc("GET /credential/{number}", s.asked)
		mux.HandleFunc("POST /credential", s.check)
		mux.HandleFunc("GET /credential/status", s.status)
		mux.HandleFunc("GET /.well-known/did.json", s.issuer)
	}
	if o.Writers != nil {
		mux.HandleFunc("GET /write", s.parts)
		mux.HandleFunc("POST /write", s.leave)
		mux.HandleFunc("GET /write/{part}", s.part)
		mux.HandleFunc("POST /write/{part}", s.save)
		mux.HandleFunc("GET /write/{part}/before/{number}", s.before)
		mux.HandleFunc("POST /write/{part}/before/{number}", s.restore)
		mux.HandleFunc("GET /write-offline", serveOffline)
		mux.HandleFunc("GET /write-worker.js", serveWorker)
		mux.HandleFunc("GET /write.js", asset("text/javascript; charset=utf-8", writeScript))
	}
	if o.Public != nil {
		mux.HandleFunc("GET /interest/{programme}", s.ask)
		mux.HandleFunc("POST /interest/{programme}", s.register)
	}
	if o.Copies != nil {
		mux.HandleFunc("GET "+privacy.ExportFolder+"{token}", s.offer)
		mux.HandleFunc("POST "+privacy.ExportFolder+"{token}", s.fetch)
	}
	if o.Rest != nil {
		mux.Handle("/", o.Rest)
	} else {
		mux.HandleFunc("/", notThere)
	}
	return mux
}

// calendarFile is the last part of a calendar's address: 32 bytes in base64.
var calendarFile = regexp.MustCompile(`^([A-Za-z0-9_-]{43})\.ics$`)

func (s *site) calendar(w http.ResponseWriter, r *http.Request) {
	if !s.guesses.may(r) {
		private(w)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "Too many addresses that lead nowhere were tried from where you are. In a minute yours works again.", http.StatusTooManyRequests)
		return
	}
	file, ok, err := []byte(nil), false, error(nil)
	if named := calendarFile.FindStringSubmatch(r.PathValue("file")); named != nil {
		file, ok, err = s.Calendar(r.Context(), named[1])
	}
	switch {
	case err != nil:
		if r.Context().Err() == nil {
			s.Log.Error("a calendar could not be read", "err", err)
		}
		private(w)
		http.Error(w, "Something went wrong on this side. Your calendar will try again by itself.", http.StatusInternalServerError)
	case !ok:
		s.guesses.missed(r)
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
