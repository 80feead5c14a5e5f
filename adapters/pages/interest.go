package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"sync"

	"golang.org/x/time/rate"

	"cohortbot/bot/chat"
	"cohortbot/bot/links"
)

// This file is the one page that anybody may write on: who is interested in a
// programme says so. Its address is no secret, so it keeps nothing before something
// is handed in, takes little at once and seldom, and tells nobody what it knows.

// maxPublic is how many bytes can be handed in on a public page.
const maxPublic = 16 << 10

// How often something may be handed in. A roomful of people at one address registers
// at once; a program that goes on all night does not.
const (
	handsAtOnce    = 30
	handsPerSec    = 1.0 / 60
	crowdAtOnce    = 300
	crowdPerSec    = 1.0 / 6
	crowdRemembers = 10_000 // addresses; then all are forgotten, and the overall rate holds
)

// crowd counts what is handed in on public pages, by address and in all.
type crowd struct {
	mu   sync.Mutex
	each map[netip.Prefix]*rate.Limiter
	all  *rate.Limiter
}

func newCrowd() *crowd {
	return &crowd{each: map[netip.Prefix]*rate.Limiter{}, all: rate.NewLimiter(crowdPerSec, crowdAtOnce)}
}

// may tells whether somebody may hand something in, and counts it. Who is held back
// takes nothing from what is left for the others.
func (c *crowd) may(r *http.Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := from(r)
	if c.each[at] == nil {
		if len(c.each) >= crowdRemembers {
			clear(c.each)
		}
		c.each[at] = rate.NewLimiter(handsPerSec, handsAtOnce)
	}
	return c.each[at].Allow() && c.all.Allow()
}

// ask shows the questions.
func (s *site) ask(w http.ResponseWriter, r *http.Request) {
	form, ok := s.Public.Asked(r.PathValue("programme"))
	if !ok {
		s.noProgramme(w)
		return
	}
	form.ID = publicForm
	show(w, http.StatusOK, formOf(form))
}

// publicForm stands in the page where a link's form has its id: nothing is kept yet
// that could have one.
const publicForm = "interest"

// register keeps what was handed in.
func (s *site) register(w http.ResponseWriter, r *http.Request) {
	programme := r.PathValue("programme")
	form, ok := s.Public.Asked(programme)
	if !ok {
		s.noProgramme(w)
		return
	}
	if s.foreign(r) || s.unsigned(r) {
		s.guesses.Seen("a form that another site sent")
		show(w, http.StatusForbidden, sheetOf(chat.Message{
			Text: "**This was sent from another site**\n\nNothing was kept. Open this page itself, and fill it in there.",
		}))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxPublic)
	if err := r.ParseForm(); err != nil {
		s.unread(w, r, err)
		return
	}
	form.ID = publicForm
	form.Filled = answersIn(form, r.PostForm)
	if !s.crowd.may(r) {
		s.guesses.Seen("more than may be handed in at once")
		w.Header().Set("Retry-After", "60")
		page := formOf(form)
		page.Text = textHTML("**Please wait a minute and send it again.** Much was sent from where you are, or just now in all. What you typed is still here; nothing of it was kept yet.")
		show(w, http.StatusTooManyRequests, page)
		return
	}
	out, err := s.Public.HandedIn(r.Context(), programme, publicEvent(programme, r.PostForm), form.Filled)
	if errors.Is(err, links.ErrNone) {
		s.noProgramme(w)
		return
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.answer(w, r, out, form)
}

func (s *site) noProgramme(w http.ResponseWriter) {
	show(w, http.StatusNotFound, sheetOf(chat.Message{
		Text: "**There is no such page**\n\nPerhaps a letter of the address was lost. Ask whoever gave it to you.",
	}))
}

// unsigned tells whether nothing says that a form comes from this site's own page. A
// browser says it in one of three ways, the oldest by naming the page before.
func (s *site) unsigned(r *http.Request) bool {
	if r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return false // told by foreign
	}
	before, err := url.Parse(r.Header.Get("Referer"))
	if err != nil || before.Host == "" {
		return true
	}
	base, err := url.Parse(s.Base)
	return before.Host != r.Host && (err != nil || before.Host != base.Host)
}

// publicEvent names what was handed in: the same for the same showing of the page and
// the same words, so that pressing twice counts once.
func publicEvent(programme string, sent url.Values) string {
	event := sent.Get("event")
	if !eventForm.MatchString(event) {
		event = newEvent()
	}
	sum := sha256.Sum256([]byte(programme + "?" + sent.Encode()))
	return "interest/" + event + "/" + hex.EncodeToString(sum[:16])
}

// entry serves the session that a link's page tells of as a file for a calendar.
func (s *site) entry(w http.ResponseWriter, r *http.Request) {
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	_, out, err := s.Guests.Follow(r.Context(), r.PathValue("token"), "")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if out.Reply == nil || out.Reply.Event == nil || s.Entry == nil {
		notThere(w, r)
		return
	}
	private(w)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="session.ics"`)
	_, _ = w.Write(s.Entry(*out.Reply.Event)) // whoever asked is gone, or has it
}
