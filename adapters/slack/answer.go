package slack

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

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

// reply says something to one person alone.
func (w *workspace) reply(ctx context.Context, to reach, m chat.Message, replace bool) error {
	posts, files := render(w.attached(m))
	for i := range posts { // nobody else may see a file, so pictures go with the files
		posts[i] = withoutPictures(posts[i])
	}
	for _, f := range m.Files {
		if showable(f) {
			files = append(files, f)
		}
	}
	if len(files) > 0 {
		posts = append(posts, filesNotice(files))
	}
	if err := w.deliver(ctx, to, posts, replace); err != nil {
		return err
	}
	for _, f := range files {
		if err := w.shareDirect(ctx, to.person, f); err != nil {
			return err
		}
	}
	return nil
}

// deliver brings posts to one person: by the response_url of what they did, else
// as an ephemeral message in the channel, else in their direct messages.
func (w *workspace) deliver(ctx context.Context, to reach, posts []post, replace bool) error {
	for _, p := range posts {
		if err := checkMessage(api.Blocks{BlockSet: p.blocks}, p.text, false); err != nil {
			return err
		}
		if to.url != "" {
			err := w.respond(ctx, to, p, replace)
			replace = false
			if err == nil {
				continue
			}
			w.log.Warn("a response URL does not take an answer; whispering it", "err", err)
			to.url = ""
		}
		if err := w.whisper(ctx, to, p); err != nil {
			return err
		}
	}
	return nil
}

// respond answers by a response_url. It is tried once: after a lost answer, a
// second might stand twice.
func (w *workspace) respond(ctx context.Context, to reach, p post, replace bool) error {
	m := &api.WebhookMessage{
		Text: p.text, Blocks: &api.Blocks{BlockSet: p.blocks},
		ResponseType: api.ResponseTypeEphemeral, ReplaceOriginal: replace, ThreadTimestamp: to.thread,
	}
	err := api.PostWebhookCustomHTTPContext(ctx, to.url, w.http, m)
	if err = w.trouble("response_url", err); errors.Is(err, chat.ErrUnclear) {
		w.log.Warn("an answer may not have arrived", "err", err)
		return nil
	}
	return err
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
