package pages

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
)

// files gives what the link of a page opens beside it.
func (s *site) files(r *http.Request) ([]fileLine, error) {
	all, err := s.Guests.Papers(r.Context(), r.PathValue("token"))
	if errors.Is(err, links.ErrNone) {
		return nil, nil
	}
	var lines []fileLine
	for n, f := range all {
		lines = append(lines, fileLine{"/l/" + r.PathValue("token") + "/file/" + strconv.Itoa(n+1), f.SafeName(), inWords(f.Size)})
	}
	return lines, err
}

func inWords(size int64) string {
	if size >= 1<<20 {
		return fmt.Sprintf("%.1f MB", float64(size)/(1<<20))
	}
	return fmt.Sprintf("%d kB", max(size>>10, 1))
}

// paper hands out a file: to be saved, never to be shown by a browser as a page of
// ours, whatever it holds.
func (s *site) paper(w http.ResponseWriter, r *http.Request) {
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		n = 0
	}
	f, content, err := s.Guests.Paper(r.Context(), r.PathValue("token"), n-1)
	if errors.Is(err, evidence.ErrNoContent) {
		s.guesses.Seen("a file that the link does not open")
		err = links.ErrNone
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	defer func() { _ = content.Close() }() // it was only read
	h := w.Header()
	private(w) // with a policy under which nothing in it runs
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.SafeName()}))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	_, _ = io.Copy(w, content) // whoever asked is gone, or has it
}
