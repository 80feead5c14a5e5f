package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// Open gives the bytes of a file that somebody shared with the bot. Slack gives
// them to whoever shows a token that may read the file; to anybody else it shows
// the page where people sign in, with the status 200.
func (s *Slack) Open(ctx context.Context, f chat.File) (io.ReadCloser, error) {
	if f.ID == "" || f.Workspace == "" {
		return nil, fmt.Errorf("%w: no person sent this file", chat.ErrRefused)
	}
	w, err := s.in(ctx, f.Workspace)
	if err != nil {
		return nil, passing(err)
	}
	var info *api.File
	var said api.SlackErrorResponse
	err = w.call(ctx, "files.info", "", func() (err error) {
		info, _, _, err = w.client.GetFileInfoContext(ctx, f.ID, 0, 0)
		errors.As(err, &said)
		return err
	})
	switch {
	case said.Err == "file_not_found" || said.Err == "file_deleted":
		return nil, fmt.Errorf("%w: file %s", chat.ErrGone, f.ID)
	case err != nil:
		return nil, passing(err)
	case info.Mode == "tombstone" || info.Mode == "hidden_by_limit" || info.IsExternal:
		return nil, fmt.Errorf("%w: file %s is not in Slack", chat.ErrGone, f.ID)
	}
	address := info.URLPrivateDownload
	if address == "" {
		address = info.URLPrivate
	}
	return w.download(ctx, address, *info)
}

// headLimit is how long the first byte of a file may take. How long all of it
// takes is up to the one who reads.
const headLimit = 30 * time.Second

// download asks for a file with the bot's token, which goes to Slack alone.
func (w *workspace) download(ctx context.Context, address string, f api.File) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || !w.isSlacks(req.URL) {
		return nil, fmt.Errorf("%w: file %s is not kept by Slack", chat.ErrGone, f.ID)
	}
	req.Header.Set("Authorization", "Bearer "+w.tokens.Bot)
	resp, err := w.files.Do(req)
	if err != nil {
		return nil, fmt.Errorf("a file of Slack's: %w", withoutURL(err))
	}
	problem := ""
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		err = fmt.Errorf("%w: file %s", chat.ErrGone, f.ID)
	case resp.StatusCode == http.StatusTooManyRequests:
		err = w.trouble("a file of Slack's", api.StatusCodeError{Code: resp.StatusCode, Status: resp.Status})
	case resp.StatusCode != http.StatusOK:
		problem = resp.Status
	case isLogin(resp, f):
		problem = "the page where people sign in comes instead; the bot token needs the scope files:read (OAuth & Permissions, then Reinstall to Workspace)"
	default:
		return resp.Body, nil
	}
	_ = resp.Body.Close()
	if err == nil {
		err = fmt.Errorf("file %s: %s", f.ID, problem)
	}
	return nil, err
}

// isLogin tells whether a page comes instead of a file: one where the file is no
// page, or that is not as long as the file, or that another address was left for.
func isLogin(resp *http.Response, f api.File) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "text/html" {
		return false
	}
	return !strings.HasPrefix(f.Mimetype, "text/html") ||
		resp.ContentLength >= 0 && resp.ContentLength != int64(f.Size) ||
		resp.Request.Response != nil
}

// isSlacks tells whether an address is where the Web API is, or one of Slack's.
func (w *workspace) isSlacks(to *url.URL) bool {
	return to.Host == w.api.Host && to.Scheme == w.api.Scheme ||
		to.Scheme == "https" && (to.Host == "slack.com" || strings.HasSuffix(to.Host, ".slack.com"))
}
