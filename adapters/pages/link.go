package pages

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
)

// maxSent is how many bytes can be handed in at once. What the bot keeps in one
// record is less.
const maxSent = 512 << 10

// open shows what a link opens. It changes nothing: programs open addresses as well
// to show what is behind them.
func (s *site) open(w http.ResponseWriter, r *http.Request) {
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	l, out, err := s.Guests.Follow(r.Context(), r.PathValue("token"), "")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if l.Once && s.Writers != nil {
		show(w, http.StatusOK, enterSheet())
		return
	}
	s.answer(w, r, out, chat.Form{})
}

// act does what was pressed or handed in on the page of a link.
func (s *site) act(w http.ResponseWriter, r *http.Request) {
	if s.foreign(r) {
		s.guesses.Seen("a form that another site sent")
		s.elsewhere(w)
		return
	}
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSent)
	if err := r.ParseForm(); err != nil {
		s.unread(w, r, err)
		return
	}
	sent := r.PostForm
	if sent.Get("press") == (chat.Button{Command: entering}).Token() && s.Writers != nil {
		s.enter(w, r) // pressed twice, the link is over already
		return
	}
	l, err := s.Guests.Linked(r.Context(), r.PathValue("token"))
	if err == nil && l.Once {
		err = links.ErrNone // it does nothing but this
	}
	event := eventOf(links.Named(r.PathValue("token")), sent)
	if errors.Is(err, links.ErrNone) { // the first of two presses may have ended it
		if out, known, fault := s.Guests.Repeated(r.Context(), event); fault == nil && known {
			s.answer(w, r, out, chat.Form{})
			return
		}
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	ask := chat.Request{Event: event, Profile: chat.Profile{User: l.Guest()}, At: chat.Direct(l.Guest())}
	var form chat.Form
	if id := sent.Get("form"); id != "" {
		var open bool
		if form, open, err = s.Guests.Opened(r.Context(), l.Guest(), chat.FormID(id)); err != nil {
			s.failed(w, r, err)
			return
		}
		if !open { // handed in before, or too old: what stands now tells
			s.open(w, r)
			return
		}
		ask.Path, ask.Record, ask.Form = form.Command, form.Record, form.ID
		ask.Page, ask.Answers = len(form.Pages())-1, answersIn(form, sent)
		form.Filled = ask.Answers
	} else {
		press, err := chat.ParseToken(sent.Get("press"))
		if err != nil { // nothing that this page sends
			s.open(w, r)
			return
		}
		ask.Path, ask.Record, ask.Choice = press.Command, press.Record, press.Choice
	}
	out, err := s.Guests.Do(r.Context(), ask)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if form.ID == "" && out.Reply != nil && out.Reply.Replace && ask.Path != deeds.ConfirmPath && ask.Path != deeds.ChangePath {
		// The page itself says what came of it. Shown anew, it is one that the browser
		// can go back to.
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, r.URL.EscapedPath(), http.StatusSeeOther)
		return
	}
	s.answer(w, r, out, form)
}

// answer shows what came of it; form is what was handed in, if anything was.
func (s *site) answer(w http.ResponseWriter, r *http.Request, out chat.Outcome, form chat.Form) {
	acted := r.Method == http.MethodPost
	switch {
	case out.Form != nil:
		page := formOf(*out.Form)
		if acted {
			page.Back = r.URL.EscapedPath()
		}
		show(w, http.StatusOK, page)
	case len(out.Errors) > 0:
		form.Errors = out.Errors
		page := formOf(form)
		page.Back = r.URL.EscapedPath()
		show(w, http.StatusUnprocessableEntity, page)
	case out.Reply != nil:
		m, entry := out.Reply.Message, ""
		if m.Event != nil && s.Entry != nil && r.PathValue("token") != "" {
			m.Event, entry = nil, r.URL.EscapedPath()+"/session.ics"
		}
		page := sheetOf(m)
		if out.Reply.Document != nil {
			files, err := s.files(r)
			if err != nil {
				s.failed(w, r, err)
				return
			}
			page.Files = files
		}
		for i, p := range page.Papers {
			if p.Archive != "" {
				page.Papers[i].Held = s.heldIn(r.URL.EscapedPath(), p.Archive)
			}
		}
		if acted {
			page.Back = r.URL.EscapedPath()
		}
		page.Sent, page.Entry = form.ID != "", entry
		show(w, http.StatusOK, page)
	default:
		show(w, http.StatusOK, sheetOf(chat.Message{Text: "**Done.**\n\nThere is nothing more to do here."}))
	}
}

// failed answers for a link that is not open, and for a fault of ours.
func (s *site) failed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, links.ErrNone) {
		s.guesses.missed(r)
		page := sheetOf(chat.Message{
			Text: "**This link is not open**\n\nIt may have run out, been taken back, or lost a letter on its way to you.\n\nOpen it once more from the message that you got, all of it. If this page comes again, ask whoever sent it for a new link; they can make one in a moment.",
			Note: "Nothing that you gave before is lost by this.",
		})
		if session := s.session(r); session != "" && s.Writers != nil {
			if _, err := s.Writers.Writing(r.Context(), session); err == nil { // the one who used it comes back
				page.Back, page.BackTo = "/write", "Your page for writing is open in this browser: go on there"
			}
		}
		show(w, http.StatusNotFound, page)
		return
	}
	if r.Context().Err() == nil {
		s.Log.Error("a page could not be shown", "err", err)
	}
	show(w, http.StatusInternalServerError, sheetOf(chat.Message{
		Text: "**That did not work just now**\n\nSomething went wrong on this side, and nothing was changed. Go back, where what you typed still stands, and try again in a minute.",
	}))
}

// unread answers for what could not be read.
func (s *site) unread(w http.ResponseWriter, r *http.Request, err error) {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		s.guesses.Seen("more than fits")
		show(w, http.StatusRequestEntityTooLarge, sheetOf(chat.Message{
			Text: "**That is more than fits**\n\nGo back, where what you typed still stands, and make it shorter. About 200,000 letters fit.",
		}))
		return
	}
	s.guesses.Seen("something that is no form")
	show(w, http.StatusBadRequest, sheetOf(chat.Message{
		Text: "**That could not be read**\n\nGo back, where what you typed still stands, and send it once more.",
	}))
}

// elsewhere answers for a form that another site sent.
func (s *site) elsewhere(w http.ResponseWriter) {
	show(w, http.StatusForbidden, sheetOf(chat.Message{
		Text: "**This was sent from another site**\n\nNothing was done. Open the link itself, from the message that you got, and do it there.",
	}))
}

// foreign tells whether another site sent a form. Newer browsers say so themselves;
// of the others the origin must be ours.
func (s *site) foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" { // no browser, or one of long ago: then the secret address alone tells
		return false
	}
	base, err := url.Parse(s.Base)
	if err == nil && base.Host != "" && origin == base.Scheme+"://"+base.Host {
		return false
	}
	from, err := url.Parse(origin)
	return err != nil || from.Host != r.Host
}

var eventForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// newEvent names what may be done on one showing of a page.
func newEvent() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// eventOf names what was sent: the same for the same, so that pressing twice counts
// once, and another where something was changed before it was sent again. It is the
// link's own: nobody learns what came of somebody else's.
func eventOf(l links.ID, sent url.Values) string {
	event := sent.Get("event")
	if !eventForm.MatchString(event) {
		event = newEvent()
	}
	sum := sha256.Sum256([]byte(sent.Encode()))
	return string(l) + "/" + event + "/" + hex.EncodeToString(sum[:8])
}
