package pages

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"cohortbot/bot/chat"
)

// Checks tells about credentials, whoever asks.
type Checks interface {
	// Check gives what is known of a credential, in words: of its signed file, or where
	// there is none, of its number. A name may be compared. missed tells that nothing
	// was found, so that who guesses can be held back.
	Check(ctx context.Context, file []byte, number, name string) (m chat.Message, missed bool, err error)
	// Status gives the signed list of what was taken back.
	Status(ctx context.Context) ([]byte, error)
	// Issuer gives the document of who signs, where that is looked for here; nil
	// elsewhere.
	Issuer() ([]byte, error)
}

// question is what somebody asked about a credential.
type question struct{ Number, Name string }

// mostAsked is how many bytes can be handed in to be checked.
const mostAsked = 2 << 20

// asked shows what is known of a number, and the form to ask about one.
func (s *site) asked(w http.ResponseWriter, r *http.Request) {
	number := r.PathValue("number")
	if number == "" {
		page := sheetOf(chat.Message{Text: "**Does a certificate stand?**\n\nGive its number, or the signed file that came with it: one of the two is enough. The file shows more, namely that nothing in it was changed."})
		page.Check = &question{}
		show(w, http.StatusOK, page)
		return
	}
	s.told(w, r, nil, number, "")
}

// check tells about what was handed in.
func (s *site) check(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostAsked)
	err := r.ParseForm() // what is no form of several parts is only read here, and its faults told
	if err == nil {
		err = r.ParseMultipartForm(mostAsked)
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		s.unread(w, r, err)
		return
	}
	file := []byte(strings.TrimSpace(r.PostForm.Get("text")))
	if sent, _, err := r.FormFile("file"); err == nil {
		data, err := io.ReadAll(sent)
		if err = errors.Join(err, sent.Close()); err != nil {
			s.unread(w, r, err)
			return
		}
		if len(data) > 0 {
			file = data
		}
	}
	number := strings.TrimSpace(r.PostForm.Get("number"))
	if len(file) == 0 && number == "" {
		page := sheetOf(chat.Message{Text: "**Nothing to check yet**\n\nType the number, or choose the file."})
		page.Check = &question{Name: r.PostForm.Get("name")}
		show(w, http.StatusUnprocessableEntity, page)
		return
	}
	s.told(w, r, file, number, r.PostForm.Get("name"))
}

// told shows the answer. It is the same page, whatever is known.
func (s *site) told(w http.ResponseWriter, r *http.Request, file []byte, number, name string) {
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	select {
	case s.making <- struct{}{}:
		defer func() { <-s.making }()
	case <-r.Context().Done():
		return
	}
	m, missed, err := s.Checks.Check(r.Context(), file, number, name)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if missed {
		s.guesses.missed(r)
	}
	page := sheetOf(m)
	page.Check = &question{Number: number, Name: name}
	show(w, http.StatusOK, page)
}

// status serves the list that every credential names.
func (s *site) status(w http.ResponseWriter, r *http.Request) {
	list, err := s.Checks.Status(r.Context())
	s.serve(w, r, "application/vc", list, err)
}

// issuer serves the document of who signs, as did:web looks for it.
func (s *site) issuer(w http.ResponseWriter, r *http.Request) {
	document, err := s.Checks.Issuer()
	if err == nil && document == nil {
		notThere(w, r)
		return
	}
	s.serve(w, r, "application/did+json", document, err)
}

// serve serves what programs of others read.
func (s *site) serve(w http.ResponseWriter, r *http.Request, kind string, data []byte, err error) {
	if err != nil {
		if r.Context().Err() == nil {
			s.Log.Error("what is signed could not be served", "err", err)
		}
		http.Error(w, "Something went wrong on this side. Please try again in a minute.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(data)
}
