package pages

import (
	"context"
	"io"
	"mime"
	"net/http"

	"cohortbot/bot/chat"
	"cohortbot/bot/privacy"
)

// Copies is the bot, for those who fetch a copy of what is held about them.
type Copies interface {
	// Copy gives what writes the copy behind a token. Its error is [links.ErrNone]
	// where none is open by it.
	Copy(ctx context.Context, token string) (write func(context.Context, io.Writer) error, err error)
}

// offer shows that a copy can be fetched. Programs open addresses as well, to show
// what is behind them: they get nothing of it.
func (s *site) offer(w http.ResponseWriter, r *http.Request) {
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	if _, err := s.Copies.Copy(r.Context(), r.PathValue("token")); err != nil {
		s.failed(w, r, err)
		return
	}
	show(w, http.StatusOK, sheetOf(chat.Message{
		Text:    "**Your copy of what is held about you**\n\nOne file, with everything to read, the same as data for programs, and your files. It is put together when you fetch it.",
		Buttons: []chat.Button{{Label: "Fetch the copy", Command: "fetch", Main: true}},
		Note:    "Whoever has this address can fetch it, until a day after it was made. Keep the file where only you can read it.",
	}))
}

// fetch hands the copy out.
func (s *site) fetch(w http.ResponseWriter, r *http.Request) {
	if s.foreign(r) {
		s.guesses.Seen("a form that another site sent")
		s.elsewhere(w)
		return
	}
	if !s.guesses.may(r) {
		busy(w)
		return
	}
	write, err := s.Copies.Copy(r.Context(), r.PathValue("token"))
	if err != nil {
		s.failed(w, r, err)
		return
	}
	h := w.Header()
	private(w)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": privacy.ExportName}))
	if err := write(r.Context(), w); err != nil && r.Context().Err() == nil {
		s.Log.Error("a copy could not be written", "err", err)
	}
}
