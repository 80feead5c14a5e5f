package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"cohortbot/bot/chat"
)

// client calls the HTTP API: within its rate limits, held against its other
// limits, and saying of each failure whether the request may have been carried
// out.
type client struct {
	url   string
	token string
	http  *http.Client
	rates *rates
	log   *slog.Logger
	dead  atomic.Bool // the token was refused: nothing is asked any more
}

// call is one request.
type call struct {
	method string
	route  string // with {} for each id, as rate limits know it
	major  string // the ids that have limits of their own
	path   string
	query  url.Values
	body   any
	files  []chat.File
	again  bool // carrying it out twice does no harm
	apart  bool // does not count among the requests that a bot has a second

	turn    int // its place among the last ones, and the latest that it arrives
	arrived time.Time
}

func request(method, route string, ids ...string) call {
	c := call{method: method, route: route, path: route, again: method != http.MethodPost}
	for _, id := range ids {
		c.path = strings.Replace(c.path, "{}", url.PathEscape(id), 1)
	}
	switch {
	case strings.HasPrefix(route, "/webhooks/"), strings.HasPrefix(route, "/interactions/"):
		c.major, c.apart = ids[0]+"/"+ids[1], true
	case strings.HasPrefix(route, "/channels/"), strings.HasPrefix(route, "/guilds/"):
		c.major = ids[0]
	}
	return c
}

func get(route string, ids ...string) call    { return request(http.MethodGet, route, ids...) }
func put(route string, ids ...string) call    { return request(http.MethodPut, route, ids...) }
func patch(route string, ids ...string) call  { return request(http.MethodPatch, route, ids...) }
func post(route string, ids ...string) call   { return request(http.MethodPost, route, ids...) }
func remove(route string, ids ...string) call { return request(http.MethodDelete, route, ids...) }

func (c call) with(body any, files ...chat.File) call { c.body, c.files = body, files; return c }

func (c call) repeatable() call { c.again = true; return c }

func (c call) asking(query url.Values) call { c.query = query; return c }

// String names the call as it may stand in a log.
func (c call) String() string { return c.method + " " + c.route }

// How often a call that does no harm twice is tried, with pauses between.
const (
	tries      = 4
	firstPause = 200 * time.Millisecond
)

// do makes the call and decodes its answer. Errors: chat.RateLimited where the
// wait is longer than worth it, chat.ErrUnclear where it may have been carried
// out, *[refusal] where Discord says no, and [chat.ErrFatal] for a refused token.
func (c *client) do(ctx context.Context, r call, into any) error {
	if l, ok := r.body.(limited); ok {
		if faults := l.faults(); len(faults) > 0 {
			return fmt.Errorf("%w: %s: %s", chat.ErrRefused, r, strings.Join(faults, "; "))
		}
	}
	body, kind, err := r.encode()
	if err != nil {
		return fmt.Errorf("%s: %w", r, err)
	}
	pause := firstPause
	for try := 1; ; try++ {
		if c.dead.Load() {
			return errToken
		}
		if err := c.rates.take(ctx, &r); err != nil {
			return err
		}
		err := c.once(ctx, r, body, kind, into)
		var limited chat.RateLimited
		switch {
		case err == nil:
			return nil
		case errors.As(err, &limited):
			continue // the next take waits, or says for how long
		case !r.again || try == tries || ctx.Err() != nil || !passing(err):
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
			pause *= 3
		}
	}
}

// passing tells whether trying again may work.
func passing(err error) bool {
	var no *refusal
	return !errors.As(err, &no) || errors.Unwrap(no) == nil
}

// once makes the call one time.
func (c *client) once(ctx context.Context, r call, body []byte, kind string, into any) error {
	to := c.url + r.path
	if len(r.query) > 0 {
		to += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, to, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s: %w", r, err)
	}
	req.Header.Set("Authorization", "Bot "+c.token)
	req.Header.Set("User-Agent", "DiscordBot (https://github.com/cohortbot/cohortbot, 1)")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.rates.lost(r)
		return c.unsure(r, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 32<<20))
	wait := c.rates.learn(r, resp.StatusCode, resp.Header, answer)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		c.log.Warn("rate limited", "call", r.String(), "after", wait, "scope", resp.Header.Get("X-RateLimit-Scope"))
		return chat.RateLimited{After: wait}
	case resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%w: %w", chat.ErrUnclear, readRefusal(r.String(), resp.StatusCode, answer))
	case resp.StatusCode == http.StatusUnauthorized && !strings.HasPrefix(r.route, "/interactions/") && !strings.HasPrefix(r.route, "/webhooks/"):
		c.dead.Store(true)
		return errToken
	case resp.StatusCode >= http.StatusBadRequest:
		return readRefusal(r.String(), resp.StatusCode, answer)
	case err != nil:
		return c.unsure(r, err)
	}
	if into == nil || len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("%w: the answer to %s cannot be read: %w", chat.ErrUnclear, r, shape(err))
	}
	return nil
}

// unsure says what a broken call means: one that never reached anybody is
// passing, any other may have been carried out. The address in it holds the
// token of an interaction and stays out.
func (c *client) unsure(r call, err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf("%s: %w", r, err)
	}
	return fmt.Errorf("%w: %s: %w", chat.ErrUnclear, r, err)
}

// shape gives what is wrong with a piece of JSON, without the piece.
func shape(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s where %s is expected, in %s", kindOf(wrong.Value), wrong.Type, wrong.Field)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("no JSON at byte %d", syntax.Offset)
	}
	return errors.New("not what is expected")
}

// kindOf takes the value out of "number 123".
func kindOf(s string) string { kind, _, _ := strings.Cut(s, " "); return kind }

// encode gives the body and its media type.
func (c call) encode() ([]byte, string, error) {
	if c.body == nil {
		return nil, "", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c.body); err != nil {
		return nil, "", err
	}
	if len(c.files) == 0 {
		return b.Bytes(), "application/json", nil
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part := func(disposition, kind string, data []byte) error {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
		if err == nil {
			_, err = p.Write(data)
		}
		return err
	}
	err := part(`form-data; name="payload_json"`, "application/json", b.Bytes())
	for i, f := range c.files {
		kind := f.Type
		if kind == "" {
			kind = "application/octet-stream"
		}
		name := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", " ", "\n", " ").Replace(f.Name)
		err = errors.Join(err, part(fmt.Sprintf(`form-data; name="files[%d]"; filename="%s"`, i, name), kind, f.Data))
	}
	err = errors.Join(err, w.Close())
	return form.Bytes(), w.FormDataContentType(), err
}
