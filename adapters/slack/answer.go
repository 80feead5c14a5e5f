package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

var errPanic = errors.New("the deed panicked")

// answer gives a person the outcome of what they did, after it was acknowledged.
func (a arrival) answer(r chat.Request, to reach, out chat.Outcome) error {
	ctx := context.WithoutCancel(a.ctx) // the deed is done: they are told even while the program stops
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	switch {
	case out.Form != nil:
		return a.open(ctx, r, to, *out.Form)
	case len(out.Errors) > 0:
		out = chat.Say(faultsInWords(out.Errors))
	}
	if out.Reply == nil {
		return nil
	}
	if to.view != "" {
		return a.showInView(ctx, r, to, *out.Reply)
	}
	return a.w.reply(ctx, to, out.Reply.Message, out.Reply.Replace && to.whisper)
}

// open opens a form. Where that comes too late, the person gets a button that
// opens it.
func (a arrival) open(ctx context.Context, r chat.Request, to reach, f chat.Form) error {
	v, err := modal(f, opened{
		Channel: to.channel, Thread: to.thread, Reply: to.url, Whisper: to.whisper, Home: to.home,
	})
	if err != nil {
		return err
	}
	if to.view != "" && to.inView == shownView {
		if err = a.w.updateView(ctx, to.view, v); err == nil {
			return nil
		}
	} else if to.trigger != "" {
		if err = a.w.openView(ctx, to.trigger, v); err == nil {
			return nil
		}
	}
	if err != nil {
		a.w.log.Warn("a form cannot be opened at once", "err", err)
	}
	posts := []post{offer(r, f)}
	return a.w.deliver(ctx, to, posts, false)
}

// reopen is what travels with a button that opens a form which came too late: the
// event whose outcome the form was. Asked for again, the bot gives the same.
type reopen struct {
	Event  string `json:"open"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text,omitempty"`
	Record string `json:"record,omitempty"`
	Choice string `json:"choice,omitempty"`
}

func offer(r chat.Request, f chat.Form) post {
	again := reopen{Event: r.Event, Path: r.Path, Text: r.Text, Record: r.Record, Choice: r.Choice}
	raw, err := json.Marshal(again)
	if err != nil || len(raw) > maxValue {
		again.Text = ""
		raw, _ = json.Marshal(again)
	}
	said := []passage{{spans: []span{{text: f.Title, bold: true}, {text: " is ready for you."}}}}
	button := api.NewButtonBlockElement("open", string(raw), words("Open", maxButton)).WithStyle(api.StylePrimary)
	return post{text: mrkdwn(said), blocks: []api.Block{rich(said), api.NewActionBlock("", button)}}
}

func reopening(value string) (reopen, bool) {
	var again reopen
	if !strings.HasPrefix(value, "{") || json.Unmarshal([]byte(value), &again) != nil {
		return again, false
	}
	return again, again.Event != ""
}

// reply says something to one person alone. Pictures stand in it: they are kept
// with Slack without being shared, so nobody else finds them. Other files cannot
// stand in what only one person sees, and go into their direct messages.
func (w *workspace) reply(ctx context.Context, to reach, m chat.Message, replace bool) error {
	posts, files := render(w.attached(m))
	for i, p := range posts {
		if err := w.uploadPictures(ctx, p); err != nil {
			w.log.Warn("a picture is shown in words", "err", err)
			posts[i] = withoutPictures(p)
		}
	}
	if err := w.deliver(ctx, to, noticing(posts, files), replace); err != nil {
		return err
	}
	return w.shareDirect(ctx, to.person, files)
}

// deliver brings posts to one person: by the response_url of what they did, else
// as an ephemeral message in the channel, else in their direct messages.
func (w *workspace) deliver(ctx context.Context, to reach, posts []post, replace bool) error {
	for _, p := range posts {
		if err := checkMessage(api.Blocks{BlockSet: p.blocks}, p.text, false); err != nil {
			return err
		}
		if to.url != "" {
			err := w.withPictures(ctx, p, func() error { return w.respond(ctx, to, p, replace) })
			replace = false
			if err == nil {
				continue
			}
			w.log.Warn("a response URL does not take an answer; whispering it", "err", err)
			to.url = ""
		}
		err := w.withPictures(ctx, p, func() error { return w.whisper(ctx, to, p) })
		if errors.Is(err, chat.ErrRefused) && len(p.pictures) > 0 {
			w.log.Warn("a picture is shown in words", "err", err)
			err = w.whisper(ctx, to, withoutPictures(p))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// respondTries is how often an answer is given whose own answer is lost: of five
// uses that a response_url has, others are for what comes later.
const respondTries = 3

// respond answers by a response_url. After a lost answer it is tried again: to
// read a reply twice is better than never, and nobody else sees it.
func (w *workspace) respond(ctx context.Context, to reach, p post, replace bool) error {
	raw, err := json.Marshal(api.WebhookMessage{
		Text: p.text, Blocks: &api.Blocks{BlockSet: p.blocks},
		ResponseType: api.ResponseTypeEphemeral, ReplaceOriginal: replace, ThreadTimestamp: to.thread,
	})
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := w.trouble("response_url", w.respondOnce(ctx, to.url, raw))
		if !errors.Is(err, chat.ErrUnclear) || try == respondTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * respondPause):
		}
	}
}

const respondPause = 300 * time.Millisecond

// respondOnce posts to a response_url. slack-go's own call takes a refusal, which
// comes with the status 200, for an answer that was taken.
func (w *workspace) respondOnce(ctx context.Context, url string, raw []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	switch {
	case resp.StatusCode != http.StatusOK:
		return api.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	case err != nil:
		return err
	}
	var said struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil && said.OK != nil && !*said.OK {
		return api.SlackErrorResponse{Err: said.Error}
	}
	return nil
}

func (w *workspace) whisper(ctx context.Context, to reach, p post) error {
	options := []api.MsgOption{api.MsgOptionText(p.text, false), api.MsgOptionBlocks(p.blocks...)}
	if to.thread != "" {
		options = append(options, api.MsgOptionTS(to.thread))
	}
	if to.channel != "" && !isDirect(to.channel) {
		err := w.call(ctx, "chat.postEphemeral", "", func() error {
			_, err := w.client.PostEphemeralContext(ctx, to.channel, to.person, options...)
			return err
		})
		if err == nil || errors.Is(err, chat.ErrUnclear) {
			return err
		}
	}
	return w.call(ctx, posting, to.person, func() error {
		_, _, err := w.client.PostMessageContext(ctx, to.person, options[:2]...)
		return err
	})
}

func (w *workspace) openView(ctx context.Context, trigger string, v api.ModalViewRequest) error {
	return w.call(ctx, "views.open", "", func() error {
		_, err := w.client.OpenViewContext(ctx, trigger, v)
		return err
	})
}

func (w *workspace) updateView(ctx context.Context, id string, v api.ModalViewRequest) error {
	return w.call(ctx, "views.update", "", func() error {
		_, err := w.client.UpdateViewContext(ctx, v, "", "", id)
		return err
	})
}
