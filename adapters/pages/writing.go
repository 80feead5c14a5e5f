package pages

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/links"
	"cohortbot/bot/portfolios"
)

//go:embed page/write.js
var writeScript []byte

//go:embed page/write.html
var writeSource string

var _ = template.Must(frame.Parse(writeSource))

// Writers is the bot, as a browser reaches it in which somebody opened their page for
// writing. session is what stands in its cookie. The errors are [links.ErrNone] where
// it is not open.
type Writers interface {
	Enter(ctx context.Context, token, showing string) (links.Link, error)
	Leave(ctx context.Context, session string) error
	Writing(ctx context.Context, session string) (portfolios.Writing, error)
	Save(ctx context.Context, session, part, base, text string) (portfolios.Saved, error)
	Versions(ctx context.Context, session, part string) ([]portfolios.Version, error)
	Restore(ctx context.Context, session, part string, number int, below bool) (bool, error)
}

// entering is what the page of a link that opens once sends.
const entering = "enter"

// enterSheet asks before a link is used up: programs open addresses as well, to show
// what is behind them.
func enterSheet() sheet {
	s := sheetOf(chat.Message{
		Text: "**Your page for writing**\n\nThis link works once, in one browser. Open your page here if this is where you want to write.",
		Note: "Only you see the page. If you did not ask for it, close this.",
	})
	s.Buttons = []button{{Label: "Open my page", Token: chat.Button{Command: entering}.Token(), Main: true}}
	return s
}

// enter exchanges a link for the session of this browser.
func (s *site) enter(w http.ResponseWriter, r *http.Request) {
	session, err := s.Writers.Enter(r.Context(), r.PathValue("token"), r.PostForm.Get("event"))
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if before := s.session(r); before != "" && !hmac.Equal([]byte(before), []byte(session.Token)) { // of this browser; it cannot have two
		if err := s.Writers.Leave(r.Context(), before); err != nil && !errors.Is(err, links.ErrNone) {
			s.failed(w, r, err)
			return
		}
	}
	s.setCookie(w, session.Token, int(session.Expires.Sub(session.Made)/time.Second))
	goTo(w, r, "/write")
}

// secure tells whether people reach the pages by https.
func (s *site) secure() bool { return strings.HasPrefix(s.Base, "https:") }

func (s *site) cookieName() string {
	if s.secure() {
		return "__Host-writing" // no other site below the same name can set it
	}
	return "writing"
}

func (s *site) setCookie(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
}

// session gives what stands in the cookie; empty where nothing does.
func (s *site) session(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// proof is what every form of a session holds and no other site knows.
func proof(session string) string {
	m := hmac.New(sha256.New, []byte(session))
	m.Write([]byte("form"))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// goTo sends a browser to another page of ours, by GET.
func goTo(w http.ResponseWriter, r *http.Request, path string) {
	private(w)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, path, http.StatusSeeOther)
}

// writingSheet is the page for writing: its parts, or one of them, or how one read
// before.
type writingSheet struct {
	Title, Portfolio, Until, Proof string

	Left int64 // until the page ends, in milliseconds: a browser has a clock of its own

	Parts []writingLine

	Part, Ask, Text, Mark, State string
	Most                         int
	Added                        bool // something was added elsewhere while it was written
	Other                        int  // the version with what was written elsewhere meanwhile
	Fault                        string
	Next                         *writingLine
	Earlier                      []versionLine

	Before *versionLine
}

type writingLine struct{ ID, Title, State string }

type versionLine struct {
	Part, Until, Words, Text string
	Number                   int
}

// timeForm is how a page says when something was.
const timeForm = "2 January 2006, 15:04"

func words(n int) string {
	switch n {
	case 0:
		return "still empty"
	case 1:
		return "1 word"
	}
	return fmt.Sprintf("%d words", n)
}

// desk looks up what a browser may write on, and answers where it may not.
func (s *site) desk(w http.ResponseWriter, r *http.Request) (portfolios.Writing, writingSheet, bool) {
	if !s.guesses.may(r) {
		busy(w)
		return portfolios.Writing{}, writingSheet{}, false
	}
	session := s.session(r)
	wr, err := portfolios.Writing{}, links.ErrNone
	if session != "" {
		wr, err = s.Writers.Writing(r.Context(), session)
	}
	if errors.Is(err, links.ErrNone) {
		s.closed(w, r, session)
		return wr, writingSheet{}, false
	}
	if err != nil {
		s.failed(w, r, err)
		return wr, writingSheet{}, false
	}
	return wr, writingSheet{
		Title: wr.Title, Portfolio: string(wr.Portfolio), Proof: proof(session), Most: portfolios.MostText,
		Until: wr.Until.In(wr.Zone.Location()).Format(timeForm), Left: wr.Left.Milliseconds(),
	}, true
}

// closed answers a browser in which nothing is open, or nothing any more. What was
// written is given back.
func (s *site) closed(w http.ResponseWriter, r *http.Request, session string) {
	if session != "" {
		s.guesses.missed(r)
		s.setCookie(w, "", -1)
	}
	const say = "Your page for writing is not open in this browser, or no longer."
	if wantsJSON(r) {
		answerJSON(w, http.StatusUnauthorized, saveAnswer{Say: say})
		return
	}
	m := chat.Message{
		Text: "**This page is not open here**\n\n" + say + " Write `/portfolio page` to the bot, and open the new link in this browser.",
		Note: "What was kept is in your portfolio.",
	}
	if text := r.PostForm.Get(fieldPrefix + "text"); text != "" {
		m.Text += "\n\n**This could not be kept.** Copy it before you leave:\n\n" + chat.Quote(text)
	}
	page := sheetOf(m)
	page.Closed = "over"
	show(w, http.StatusUnauthorized, page)
}

// parts shows what there is to write.
func (s *site) parts(w http.ResponseWriter, r *http.Request) {
	wr, page, ok := s.desk(w, r)
	if !ok {
		return
	}
	for _, p := range wr.Parts {
		state := words(p.Now.Words())
		if !p.Now.At.IsZero() {
			state += ", last changed " + p.Now.At.In(wr.Zone.Location()).Format(timeForm)
		}
		page.Parts = append(page.Parts, writingLine{p.ID, p.Title, state})
	}
	s.write(w, http.StatusOK, page)
}

// part shows one part.
func (s *site) part(w http.ResponseWriter, r *http.Request) {
	wr, page, ok := s.desk(w, r)
	if !ok {
		return
	}
	p, ok := wr.Part(r.PathValue("part"))
	if !ok {
		goTo(w, r, "/write")
		return
	}
	q := r.URL.Query()
	switch other, _ := strconv.Atoi(q.Get("other")); {
	case other > 0:
		page.Other = other
	case q.Has("added"):
		page.Added = true
	case q.Has("kept"):
		page.State = "Kept. " + words(p.Now.Words()) + "."
	case q.Has("below"):
		page.State = "The earlier version stands below the text now."
	case q.Has("back"):
		page.State = "It reads as it did before. What stood here until now is a version, too."
	case p.Now.Text != "":
		page.State = words(p.Now.Words()) + ", last changed " + p.Now.At.In(wr.Zone.Location()).Format(timeForm) + "."
	}
	s.showPart(w, r, http.StatusOK, wr, p, page)
}

// shownVersions is how many earlier versions a page lists.
const shownVersions = 30

func (s *site) showPart(w http.ResponseWriter, r *http.Request, status int, wr portfolios.Writing, p portfolios.WrittenPart, page writingSheet) {
	page.Part, page.Title, page.Ask = p.ID, p.Title, p.Ask
	if page.Fault == "" {
		page.Text, page.Mark = p.Now.Text, p.Mark
	}
	for i, x := range wr.Parts {
		if x.ID == p.ID && i+1 < len(wr.Parts) {
			page.Next = &writingLine{ID: wr.Parts[i+1].ID, Title: wr.Parts[i+1].Title}
		}
	}
	before, err := s.Writers.Versions(r.Context(), s.session(r), p.ID)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	for _, v := range slices.Backward(before) {
		if len(page.Earlier) < shownVersions {
			page.Earlier = append(page.Earlier, lineOf(wr, v))
		}
	}
	s.write(w, status, page)
}

func lineOf(wr portfolios.Writing, v portfolios.Version) versionLine {
	return versionLine{Part: v.Part, Number: v.Number, Until: v.Until.In(wr.Zone.Location()).Format(timeForm), Words: words(len(strings.Fields(v.Text))), Text: v.Text}
}

// sent reads what was handed in on a page of a session, and answers for what our
// pages do not send.
func (s *site) sent(w http.ResponseWriter, r *http.Request) bool {
	if s.foreign(r) {
		s.guesses.Seen("a form that another site sent")
		s.elsewhere(w)
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSent)
	if err := r.ParseForm(); err != nil {
		s.unread(w, r, err)
		return false
	}
	if session := s.session(r); session != "" && !hmac.Equal([]byte(r.PostForm.Get("proof")), []byte(proof(session))) {
		// A page of a session before, still open: or not from our pages at all.
		s.guesses.Seen("a form without the proof of its session")
		s.closed(w, r, "")
		return false
	}
	return true
}

type saveAnswer struct {
	Say   string `json:"say"`
	Mark  string `json:"mark,omitempty"`
	Added string `json:"added,omitempty"`
}

func wantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

func answerJSON(w http.ResponseWriter, status int, a saveAnswer) {
	private(w)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a) // whoever asked is gone, or has it
}

// save keeps a part: from the page's script, or by its button.
func (s *site) save(w http.ResponseWriter, r *http.Request) {
	if !s.sent(w, r) {
		return
	}
	wr, page, ok := s.desk(w, r)
	if !ok {
		return
	}
	part := r.PathValue("part")
	text := strings.ReplaceAll(strings.ToValidUTF8(r.PostForm.Get(fieldPrefix+"text"), "\ufffd"), "\r\n", "\n")
	saved, err := s.Writers.Save(r.Context(), s.session(r), part, r.PostForm.Get("base"), text)
	switch {
	case errors.Is(err, portfolios.ErrNoPart):
		goTo(w, r, "/write")
		return
	case errors.Is(err, portfolios.ErrTooLong):
		fault := fmt.Sprintf("Not kept yet: this has %d characters, and %d fit in a part. A long document belongs with your papers: /evidence add in the chat.", len([]rune(text)), portfolios.MostText)
		if wantsJSON(r) {
			answerJSON(w, http.StatusUnprocessableEntity, saveAnswer{Say: fault})
			return
		}
		p, _ := wr.Part(part)
		page.Fault, page.Text, page.Mark = fault, text, r.PostForm.Get("base")
		s.showPart(w, r, http.StatusUnprocessableEntity, wr, p, page)
		return
	case errors.Is(err, links.ErrNone): // closed in this very moment
		s.closed(w, r, "")
		return
	case err != nil:
		s.failed(w, r, err)
		return
	}
	at, said := "/write/"+url.PathEscape(part), "kept"
	say := "Kept, " + words(saved.Words()) + "."
	switch {
	case saved.Other > 0:
		said = "other=" + strconv.Itoa(saved.Other)
		say = fmt.Sprintf("Kept. This part had been changed elsewhere meanwhile: what stood there is kept as version %d. Load this page again to look at it.", saved.Other)
	case saved.Added != "":
		said = "added"
		say = "Kept. Something had been added in the chat meanwhile; it stands at the end now."
	}
	if wantsJSON(r) {
		answerJSON(w, http.StatusOK, saveAnswer{Say: say, Mark: saved.Mark, Added: saved.Added})
		return
	}
	goTo(w, r, at+"?"+said)
}

// before shows how a part read once.
func (s *site) before(w http.ResponseWriter, r *http.Request) {
	wr, page, ok := s.desk(w, r)
	if !ok {
		return
	}
	p, ok := wr.Part(r.PathValue("part"))
	if !ok {
		goTo(w, r, "/write")
		return
	}
	all, err := s.Writers.Versions(r.Context(), s.session(r), p.ID)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	i := slices.IndexFunc(all, func(v portfolios.Version) bool { return strconv.Itoa(v.Number) == r.PathValue("number") })
	if i < 0 {
		goTo(w, r, "/write/"+url.PathEscape(p.ID))
		return
	}
	line := lineOf(wr, all[i])
	page.Title, page.Before = p.Title, &line
	s.write(w, http.StatusOK, page)
}

// restore brings it back.
func (s *site) restore(w http.ResponseWriter, r *http.Request) {
	if !s.sent(w, r) {
		return
	}
	if _, _, ok := s.desk(w, r); !ok {
		return
	}
	part := r.PathValue("part")
	number, _ := strconv.Atoi(r.PathValue("number")) // none has the number 0
	ok, err := s.Writers.Restore(r.Context(), s.session(r), part, number, r.PostForm.Has("below"))
	if err != nil {
		s.failed(w, r, err)
		return
	}
	at := "/write/" + url.PathEscape(part)
	if ok && r.PostForm.Has("below") {
		at += "?below"
	} else if ok {
		at += "?back"
	}
	goTo(w, r, at)
}

// leave closes the page in this browser.
func (s *site) leave(w http.ResponseWriter, r *http.Request) {
	if !s.sent(w, r) {
		return
	}
	if _, _, ok := s.desk(w, r); !ok {
		return
	}
	if err := s.Writers.Leave(r.Context(), s.session(r)); err != nil && !errors.Is(err, links.ErrNone) {
		s.failed(w, r, err)
		return
	}
	s.setCookie(w, "", -1)
	page := sheetOf(chat.Message{
		Text: "**Closed**\n\nYour page for writing is no longer open in this browser, and what you wrote is kept. To go on, write `/portfolio page` to the bot.",
	})
	page.Closed = "left"
	show(w, http.StatusOK, page)
}

// writeMay is what a page for writing may do beside what all may.
const writeMay = "; connect-src 'self'; worker-src 'self'"

// write serves a page for writing: as any other, but for the saving as one types.
func (s *site) write(w http.ResponseWriter, status int, page writingSheet) {
	var b bytes.Buffer
	if err := frame.ExecuteTemplate(&b, "writing", page); err != nil {
		http.Error(w, "This page could not be made. Please try again in a minute.", http.StatusInternalServerError)
		return
	}
	serve(w, status, b.Bytes(), writeMay)
}
