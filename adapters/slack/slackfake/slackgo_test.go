package slackfake_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"cohortbot/adapters/slack/slackfake"
)

// peer is a small bot on slack-go's own Socket Mode client.
type peer struct {
	api    *slack.Client
	events []string
	mu     sync.Mutex
	form   slack.ModalViewRequest
	answer *slack.ViewSubmissionResponse
	got    map[string]map[string]slack.BlockAction
}

func newPeer(t *testing.T, s *slackfake.Server) *peer {
	t.Helper()
	transport := &http.Transport{}
	p := &peer{api: slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()), slack.OptionAppLevelToken(s.AppToken()), slack.OptionHTTPClient(&http.Client{Transport: transport}))}
	p.form = slack.ModalViewRequest{
		Type: slack.VTModal, Title: slack.NewTextBlockObject("plain_text", "Plan it", false, false), CallbackID: "plan",
		Submit: slack.NewTextBlockObject("plain_text", "Save", false, false),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("why", slack.NewTextBlockObject("plain_text", "Why now?", false, false), nil, slack.NewPlainTextInputBlockElement(nil, "words")),
		}},
	}
	client := socketmode.New(p.api)
	ctx, cancel := context.WithCancel(t.Context())
	var wg, work sync.WaitGroup
	wg.Go(func() { _ = client.RunContext(ctx) })
	wg.Go(func() {
		for {
			select {
			case e := <-client.Events:
				work.Go(func() { p.handle(t, client, e) })
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() {
		work.Wait() // what is half done would be cut off
		cancel()
		s.Close()
		wg.Wait()
		transport.CloseIdleConnections()
	})
	soon(t, "slack-go connects", func() bool { return s.Connections() == 1 })
	return p
}

func (p *peer) handle(t *testing.T, client *socketmode.Client, e socketmode.Event) {
	switch data := e.Data.(type) {
	case slack.SlashCommand:
		_ = client.Ack(*e.Request)
		if data.Text == "form" {
			if _, err := p.api.OpenView(data.TriggerID, p.form); err != nil {
				t.Errorf("views.open: %v", err)
			}
			return
		}
		_, _, err := p.api.PostMessage(data.ChannelID, slack.MsgOptionText("heard "+data.Text, false),
			slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "said", EventPayload: map[string]any{"key": "k1"}}))
		if err != nil {
			t.Errorf("chat.postMessage: %v", err)
		}
	case slack.InteractionCallback:
		if data.Type == slack.InteractionTypeViewSubmission {
			p.mu.Lock()
			p.got = data.View.State.Values
			p.mu.Unlock()
			if p.answer != nil {
				_ = client.Ack(*e.Request, p.answer)
				return
			}
		}
		_ = client.Ack(*e.Request)
		p.saw(string(data.Type))
		if data.Type == slack.InteractionTypeBlockActions {
			_, _, err := p.api.PostMessage("", slack.MsgOptionReplaceOriginal(data.ResponseURL), slack.MsgOptionText("pressed "+data.ActionCallback.BlockActions[0].Value, false))
			if err != nil {
				t.Errorf("response_url: %v", err)
			}
		}
	case slackevents.EventsAPIEvent:
		_ = client.Ack(*e.Request)
		p.saw(data.InnerEvent.Type)
	}
}

func (p *peer) saw(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, kind)
}

func (p *peer) has(kind string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Contains(strings.Join(p.events, " ")+" ", kind+" ")
}

func TestSlackGoAnswersACommandAndReadsItBack(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	p := newPeer(t, s)
	if o := s.SlashCommand(ana, room, "/session", "move & see").Wait(); !o.Acked {
		t.Fatalf("not acknowledged: %+v", o)
	}
	soon(t, "the answer", func() bool { return len(s.See(ana, room)) == 1 })
	h, err := p.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: room, IncludeAllMetadata: true})
	if err != nil || len(h.Messages) != 1 {
		t.Fatalf("history: %v %+v", err, h)
	}
	if m := h.Messages[0]; m.Text != "heard move &amp; see" || m.Metadata.EventPayload["key"] != "k1" {
		t.Errorf("read back %q with %v", m.Text, m.Metadata)
	}
	h, _ = p.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: room})
	if h.Messages[0].Metadata.EventType != "" {
		t.Error("metadata came unasked")
	}
	soon(t, "the message event of the bot's own post", func() bool { return p.has("message") })
	if v := s.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestSlackGoOpensAFormAndTakesItBack(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	p := newPeer(t, s)
	p.answer = slack.NewErrorsViewSubmissionResponse(map[string]string{"why": "Say a little more."})
	s.SlashCommand(ana, room, "/session", "form").Wait()
	soon(t, "the form", func() bool { return len(s.Views(ana)) == 1 })
	got, err := s.SubmitView(ana, slackfake.Values{})
	if err != nil || got.Errors["why"] == "" || p.got != nil {
		t.Fatalf("an empty field that must be filled went out: %+v %v", got, err)
	}
	got, err = s.SubmitView(ana, slackfake.Values{"Why now?": "because <we> & you"})
	if err != nil || got.Errors["why"] != "Say a little more." {
		t.Fatalf("%+v %v", got, err)
	}
	if v := p.got["why"]["words"].Value; v != "because <we> & you" {
		t.Errorf("the app got %q", v)
	}
	p.answer = nil
	if got, _ = s.SubmitView(ana, nil); !got.Closed || len(s.Views(ana)) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSlackGoHearsButtonsMessagesAndHomes(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	p := newPeer(t, s)
	button := slack.NewButtonBlockElement("go", "week/4", slack.NewTextBlockObject("plain_text", "Keep it", false, false))
	_, ts, err := p.api.PostMessage(room, slack.MsgOptionText("Shall I?", false), slack.MsgOptionBlocks(
		slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "Shall I?", false, false), nil, nil), slack.NewActionBlock("", button)))
	if err != nil {
		t.Fatal(err)
	}
	if o := s.Click(ana, room, ts, "Keep it", "").Wait(); !o.Acked {
		t.Fatal(o.Problem)
	}
	soon(t, "the message replaced", func() bool { return s.See(ana, room)[0].Text == "pressed week/4" })
	reply, d, err := s.Say(ana, room, slackfake.Said{Thread: ts, Text: "@fake-app I did, see https://example.org/?a=1&b=2", Files: []slackfake.Upload{{Name: "a.txt", Data: []byte("words")}}})
	if err != nil || !d.Wait().Acked {
		t.Fatal(err)
	}
	if d, err := s.EditSaid(ana, room, reply, "I did not"); err != nil || !d.Wait().Acked {
		t.Fatal(err)
	}
	if d, err := s.DeleteSaid(ana, room, reply); err != nil || !d.Wait().Acked {
		t.Fatal(err)
	}
	s.OpenHome(ana).Wait()
	s.Shortcut(ana, "keep", room, ts).Wait()
	s.Shortcut(ana, "new", "", "").Wait()
	for _, kind := range []string{"app_mention", "message", "app_home_opened", "block_actions", "message_action", "shortcut"} {
		soon(t, kind, func() bool { return p.has(kind) })
	}
}

func TestSlackGoUploadsAndReadsFiles(t *testing.T) {
	s, ana, room := start(t, slackfake.Options{})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	api := slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()), slack.OptionHTTPClient(&http.Client{Transport: transport}))
	f, err := api.UploadFile(slack.UploadFileParameters{Filename: "chart.png", FileSize: 5, Reader: strings.NewReader("bytes"), Channel: room, InitialComment: "the week", AltTxt: "a rising line"})
	if err != nil {
		t.Fatal(err)
	}
	seen := s.See(ana, room)
	if len(seen) != 1 || len(seen[0].Files) != 1 || seen[0].Files[0].AltText != "a rising line" {
		t.Fatalf("%+v", seen)
	}
	info, _, _, err := api.GetFileInfo(f.ID, 0, 0)
	if err != nil || len(info.Shares.Public[room]) != 1 {
		t.Fatalf("%v %+v", err, info)
	}
	var b strings.Builder
	if err := api.GetFile(info.URLPrivateDownload, &b); err != nil || b.String() != "bytes" {
		t.Fatalf("%v %q", err, b.String())
	}
	picture, _ := json.Marshal([]any{map[string]any{"type": "image", "alt_text": "a rising line", "slack_file": map[string]any{"id": f.ID}}})
	var blocks slack.Blocks
	if err := json.Unmarshal(picture, &blocks); err != nil {
		t.Fatal(err)
	}
	if _, _, err := api.PostMessage(room, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(blocks.BlockSet...)); err != nil {
		t.Errorf("a picture of Slack's own: %v", err)
	}
}
