package pages

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/links"
)

// Archives makes the files that a document on a page names and does not hold.
type Archives interface {
	// Held gives the files in an archive, without their bytes.
	Held(archive string) []chat.File
	// Take opens one of them for whoever came by a link; false where there is nothing
	// for them.
	Take(ctx context.Context, token, archive, name string) (io.ReadSeekCloser, bool, error)
}

// atOnce is how many files are made at the same time.
const atOnce = 2

// held is a file that can be had beside a page.
type held struct {
	Name, Link, Says string
	Picture          bool
}

// heldIn gives the files of an archive as a page shows them.
func (s *site) heldIn(path, archive string) []held {
	if s.Archives == nil {
		return nil
	}
	var all []held
	for _, f := range s.Archives.Held(archive) {
		all = append(all, held{
			Name: f.Name, Says: f.Alt, Picture: f.Type == "image/png",
			Link: path + "/" + url.PathEscape(f.Name) + "?of=" + url.QueryEscape(archive),
		})
	}
	return all
}

// take hands out a file of an archive.
func (s *site) take(w http.ResponseWriter, r *http.Request) {
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	archive, name := r.URL.Query().Get("of"), r.PathValue("name")
	i := -1
	var all []chat.File
	if s.Archives != nil {
		all = s.Archives.Held(archive)
		i = slices.IndexFunc(all, func(f chat.File) bool { return f.Name == name })
	}
	if i < 0 {
		s.failed(w, r, links.ErrNone)
		return
	}
	select {
	case s.making <- struct{}{}:
		defer func() { <-s.making }()
	case <-r.Context().Done():
		return
	}
	f, ok, err := s.Archives.Take(r.Context(), r.PathValue("token"), archive, name)
	if err != nil || !ok {
		if err == nil {
			err = links.ErrNone
		}
		s.failed(w, r, err)
		return
	}
	defer func() { _ = f.Close() }() // it was only read
	private(w)
	how := "attachment"
	if all[i].Type == "image/png" {
		how = "inline"
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", all[i].Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	http.ServeContent(w, r, "", time.Time{}, f)
}
