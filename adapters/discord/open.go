package discord

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// cdns are where Discord keeps files. Their addresses are signed for a day or so,
// and need no token.
var cdns = []string{"cdn.discordapp.com", "media.discordapp.net"}

// Open gives the bytes of a file that somebody sent. One that stands in a message
// is asked for by the message, since the address that came with it does not last;
// one that came with a command or a form has nothing but its address, and is gone
// when that has lapsed.
func (d *Discord) Open(ctx context.Context, f chat.File) (io.ReadCloser, error) {
	if f.ID == "" || !d.Serves(f.Workspace) {
		return nil, fmt.Errorf("%w: no person sent this file", chat.ErrRefused)
	}
	return d.bring(ctx, f.ID)
}

// bring asks for a file by the id that [files] or [uploaded] gave it.
func (d *Discord) bring(ctx context.Context, id string) (io.ReadCloser, error) {
	address := id
	if ids := strings.Split(id, "/"); len(ids) == 3 {
		var m heard
		if err := d.rest.do(ctx, get("/channels/{}/messages/{}", ids[0], ids[1]), &m); err != nil {
			return nil, certainly(err)
		}
		address = ""
		for _, a := range m.Attachments {
			if a.ID == ids[2] {
				address = a.URL
			}
		}
	}
	to, err := url.Parse(address)
	if err != nil || !d.isDiscords(to) {
		return nil, fmt.Errorf("%w: it no longer stands in its message, or Discord does not show it", chat.ErrGone)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: its address cannot be read", chat.ErrGone)
	}
	resp, err := d.cdn.Do(req)
	if err != nil {
		return nil, certainly(d.rest.unsure(call{method: http.MethodGet, route: "/attachments"}, err))
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.Body, nil
	case http.StatusNotFound, http.StatusForbidden, http.StatusGone:
		err = fmt.Errorf("%w: Discord no longer gives it", chat.ErrGone)
	default:
		err = fmt.Errorf("a file of Discord's: %s", resp.Status)
	}
	_ = resp.Body.Close()
	return nil, err
}

// headLimit is how long the first byte of a file may take. How long all of it
// takes is up to the one who reads.
const headLimit = 30 * time.Second

// newCDN makes the client for files: no token, and nowhere but to Discord.
func (d *Discord) newCDN() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = headLimit
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 5 || !d.isDiscords(r.URL) {
			return fmt.Errorf("it leads away from Discord")
		}
		return nil
	}}
}

// isDiscords tells whether an address is one of Discord's for files, or where the
// API is.
func (d *Discord) isDiscords(to *url.URL) bool {
	for _, host := range cdns {
		if to.Scheme == "https" && to.Host == host {
			return true
		}
	}
	api, err := url.Parse(d.o.URL)
	return err == nil && to.Host != "" && to.Host == api.Host && to.Scheme == api.Scheme
}
