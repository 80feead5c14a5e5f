package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
)

var quiet = slog.New(slog.DiscardHandler)

// tree is the commands that the tests use.
var tree = chat.Tree{
	{Path: "home", Summary: "What matters to you now"},
	{Path: "session schedule", Summary: "Tell the group of a session"},
	{Path: "evidence add", Summary: "Keep something for your portfolio", Menu: "Keep as evidence"},
}

// open gives a Slack with the adapter before it, on which nobody listens yet.
func open(t *testing.T, o slackfake.Options) *harness {
	t.Helper()
	if reflect.ValueOf(o.App).IsZero() { // what an operator makes of the manifest, and no more
		manifest, err := slack.Manifest(tree)
		if err != nil {
			t.Fatal(err)
		}
		if o.App, err = slackfake.FromManifest(manifest); err != nil {
			t.Fatal(err)
		}
	}
	o.Rates.Unlimited = o.Rates == slackfake.Rates{}
	fake := slackfake.New(o)
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	s, err := slack.New(slack.Options{
		Workspaces: []slack.Tokens{{App: fake.AppToken(), Bot: fake.BotToken()}}, URL: fake.APIURL(), Log: quiet, Attach: chattest.Attach,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.CloseIdle(s) })
	if o.Rates.Unlimited {
		slack.Unlimited(s)
	}
	return &harness{
		fake: fake, slack: s, workspace: chat.Workspace(slack.Prefix + fake.Team()),
		people: map[string]string{}, rooms: map[string]string{},
	}
}

func TestSlackIsAPlatform(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		h := open(t, slackfake.Options{AckWithin: time.Second, RetryAfter: []time.Duration{0, 100 * time.Millisecond, time.Second}})
		t.Cleanup(func() {
			for _, v := range h.fake.Violations() {
				t.Errorf("Slack would have dropped it without a word: %s", v)
			}
		})
		return h
	})
}

// harness sits people down at the fake Slack.
type harness struct {
	fake      *slackfake.Server
	slack     *slack.Slack
	workspace chat.Workspace
	people    map[string]string
	rooms     map[string]string
}

func (h *harness) Platform() chat.Platform { return h.slack }

func (h *harness) Ready(ctx context.Context) error {
	if !h.fake.WaitConnected(1, 10*time.Second) {
		return errors.New("nobody connected")
	}
	return ctx.Err()
}

func (h *harness) Person(_ context.Context, name string) (chat.Profile, error) {
	zone := map[string]string{"Ana": "Pacific/Auckland", "Ben": "Europe/Dublin"}[name]
	id, known := h.people[name]
	if !known {
		id = h.fake.AddUser(slackfake.User{Name: name, RealName: name + " of Slack", TZ: zone})
		h.people[name] = id
		for _, room := range h.rooms {
			h.fake.JoinChannel(id, room)
		}
	}
	return chat.Profile{User: chat.User{Workspace: h.workspace, ID: id}, Name: name, Zone: zone}, nil
}

func (h *harness) Channel(_ context.Context, name string) (chat.Place, error) {
	id, known := h.rooms[name]
	if !known {
		members := []string{h.fake.BotUser()}
		for _, p := range h.people {
			members = append(members, p)
		}
		id = h.fake.AddChannel(name, false, members...)
		h.rooms[name] = id
	}
	return chat.Channel(h.workspace, id), nil
}

// conversation is what Slack calls a place.
func (h *harness) conversation(p chat.Place) string {
	if p.IsDirect() {
		return h.fake.DM(p.User)
	}
	return p.Channel
}

// placeOf is the place of a conversation.
func (h *harness) placeOf(as, conversation string) chat.Place {
	if conversation == h.fake.DM(as) {
		return chat.Direct(chat.User{Workspace: h.workspace, ID: as})
	}
	return chat.Channel(h.workspace, conversation)
}

func ts(id string) string {
	if _, after, ok := strings.Cut(id, ":"); ok {
		return after
	}
	return id
}

// id is how the adapter names a message.
func (h *harness) id(p chat.Place, ts string) string {
	if p.IsDirect() {
		return h.fake.DM(p.User) + ":" + ts
	}
	return ts
}

// snapshot is all that a person sees, to tell whether anything changed.
func (h *harness) snapshot(as string) map[string]string {
	seen := map[string]string{}
	conversations := []string{h.fake.DM(as)}
	for _, c := range h.rooms {
		conversations = append(conversations, c)
	}
	for _, c := range conversations {
		for _, m := range h.fake.See(as, c) {
			if m.Ephemeral {
				seen[c+"/"+m.TS] = m.Text + string(m.Blocks)
			}
		}
	}
	for _, v := range h.fake.Views(as) {
		seen[v.ID] = v.Hash
	}
	return seen
}

// after waits for what a person gets to see for an act of theirs.
func (h *harness) after(ctx context.Context, as string, before map[string]string, d *slackfake.Delivery) (chattest.Answer, error) {
	if o := d.Wait(); !o.Acked {
		return chattest.Answer{}, errors.New(o.Problem)
	}
	return h.shown(ctx, as, before)
}

// shown waits for a new or changed reply or form.
func (h *harness) shown(ctx context.Context, as string, before map[string]string) (chattest.Answer, error) {
	end := time.Now().Add(10 * time.Second)
	for ctx.Err() == nil && time.Now().Before(end) {
		for id, now := range h.snapshot(as) {
			if before[id] == now {
				continue
			}
			if views := h.fake.Views(as); len(views) > 0 && views[len(views)-1].ID == id {
				return chattest.Answer{Form: dialog(views[len(views)-1], nil)}, nil
			}
			channel, stamp, _ := strings.Cut(id, "/")
			for _, m := range h.fake.See(as, channel) {
				if m.TS == stamp {
					seen := h.seen(h.placeOf(as, channel), m)
					return chattest.Answer{Reply: &seen}, nil
				}
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return chattest.Answer{}, ctx.Err()
}

func (h *harness) Command(ctx context.Context, as chat.User, at chat.Place, text string) (chattest.Answer, error) {
	command, rest, _ := strings.Cut(text, " ")
	before := h.snapshot(as.ID)
	return h.after(ctx, as.ID, before, h.fake.SlashCommand(as.ID, h.conversation(at), command, rest))
}

func (h *harness) Press(ctx context.Context, as chat.User, on chat.Address, label string) (chattest.Answer, error) {
	for _, m := range h.fake.See(as.ID, h.conversation(on.Place)) {
		for _, b := range m.Buttons() {
			if m.TS == ts(on.ID) && b.Text == label {
				before := h.snapshot(as.ID)
				return h.after(ctx, as.ID, before, h.fake.Click(as.ID, m.Channel, m.TS, b.ActionID, ""))
			}
		}
	}
	return chattest.Answer{}, fmt.Errorf("there is no button %q", label)
}

func (h *harness) UseMenu(ctx context.Context, as chat.User, on chat.Address, label string) (chattest.Answer, error) {
	callback := map[string]string{"Keep as evidence": "evidence add"}[label]
	before := h.snapshot(as.ID)
	return h.after(ctx, as.ID, before, h.fake.Shortcut(as.ID, callback, h.conversation(on.Place), ts(on.ID)))
}

func (h *harness) Submit(ctx context.Context, as chat.User, d chattest.Dialog, answers chat.Answers) (chattest.Answer, error) {
	values := slackfake.Values{}
	for _, f := range d.Fields {
		values[f.Label] = strings.Join(answers[f.Name].Values, "\n")
	}
	before := h.snapshot(as.ID)
	got, err := h.fake.SubmitView(as.ID, values)
	switch {
	case err != nil:
		return chattest.Answer{}, err
	case got.Trouble != "":
		return chattest.Answer{}, errors.New(got.Trouble)
	case got.Next != nil:
		return chattest.Answer{Form: dialog(*got.Next, nil)}, nil
	case len(got.Errors) > 0:
		views := h.fake.Views(as.ID)
		stays := dialog(views[len(views)-1], got.Errors)
		stays.Values = answers // Slack leaves in the fields what was typed
		return chattest.Answer{Form: stays}, nil
	}
	return h.shown(ctx, as.ID, before)
}

func (h *harness) Say(_ context.Context, as chat.User, at chat.Place, text string, files ...chat.File) (chat.Address, error) {
	what := slackfake.Said{Thread: ts(at.Thread), Text: text}
	for _, f := range files {
		what.Files = append(what.Files, slackfake.Upload{Name: f.Name, Data: f.Data})
	}
	stamp, _, err := h.fake.Say(as.ID, h.conversation(at), what)
	return chat.Address{Place: at, ID: h.id(at, stamp)}, err
}

func (h *harness) EditSaid(_ context.Context, as chat.User, at chat.Address, text string) error {
	_, err := h.fake.EditSaid(as.ID, h.conversation(at.Place), ts(at.ID), text)
	return err
}

func (h *harness) DeleteSaid(_ context.Context, as chat.User, at chat.Address) error {
	_, err := h.fake.DeleteSaid(as.ID, h.conversation(at.Place), ts(at.ID))
	return err
}

func (h *harness) See(_ context.Context, as chat.User, at chat.Place) ([]chattest.Seen, error) {
	var all []chattest.Seen
	for _, m := range h.fake.See(as.ID, h.conversation(at)) {
		if m.Thread == ts(at.Thread) && !m.Deleted {
			all = append(all, h.seen(at, m))
		}
	}
	return all, nil
}

func (h *harness) Calendar(context.Context, chat.User) ([]chattest.SeenEvent, bool, error) {
	return nil, false, nil
}

func (h *harness) LoseAnswer() {
	h.fake.Inject(slackfake.Fault{Method: "chat.postMessage", After: true, How: slackfake.EOF})
}

func (h *harness) CloseDoor(_ context.Context, as chat.User) error {
	h.fake.CloseDM(as.ID, "")
	return nil
}

// seen is a message as its reader reads it.
func (h *harness) seen(at chat.Place, m slackfake.Message) chattest.Seen {
	s := chattest.Seen{
		Address: chat.Address{Place: at, ID: h.id(at, m.TS)}, Bot: m.App, OnlyYou: m.Ephemeral,
		Alarm: strings.Contains(m.Text, "<!channel") || strings.Contains(m.Text, "<!here") || strings.Contains(m.Text, "<@"),
	}
	for _, b := range m.Buttons() {
		s.Buttons = append(s.Buttons, b.Text)
	}
	for _, f := range m.Files {
		file := chattest.SeenFile{Name: f.Name, Kind: chat.File{Type: f.Mimetype}.Kind()}
		if strings.HasPrefix(f.Mimetype, "text/") {
			file.Text = string(f.Data)
		}
		s.Files = append(s.Files, file)
		s.Alts = append(s.Alts, f.AltText)
	}
	if !m.App || len(m.Blocks) == 0 {
		s.Text = unmarked.Replace(m.Text)
		return s
	}
	r := blockReader{seen: &s}
	var blocks []map[string]any
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		s.Text = err.Error()
		return s
	}
	for _, b := range blocks {
		r.block(b)
	}
	s.Text = strings.TrimSpace(s.Text)
	return s
}

var unmarked = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// blockReader reads blocks as Slack shows them.
type blockReader struct{ seen *chattest.Seen }

func list(v any) []map[string]any {
	var all []map[string]any
	parts, _ := v.([]any)
	for _, p := range parts {
		if o, ok := p.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}

func text(v any) string {
	if o, ok := v.(map[string]any); ok {
		v = o["text"]
	}
	s, _ := v.(string)
	return s
}

func (r blockReader) block(b map[string]any) {
	switch b["type"] {
	case "rich_text":
		for _, e := range list(b["elements"]) {
			r.seen.Text += r.rich(e) + "\n"
		}
	case "context":
		for _, e := range list(b["elements"]) {
			r.seen.Note += r.mrkdwn(text(e)) + "\n"
		}
	case "image":
		r.seen.Alts = append(r.seen.Alts, text(b["alt_text"]))
		r.seen.Files = append(r.seen.Files, chattest.SeenFile{Kind: "photo"})
	case "actions":
	default:
		r.seen.Text += fmt.Sprintf("[%v is not read]", b["type"])
	}
}

func (r blockReader) rich(e map[string]any) string {
	switch e["type"] {
	case "rich_text_section", "rich_text_quote":
		var b strings.Builder
		for _, part := range list(e["elements"]) {
			b.WriteString(r.rich(part))
		}
		return b.String()
	case "rich_text_list":
		var items []string
		for _, item := range list(e["elements"]) {
			items = append(items, r.rich(item))
		}
		return strings.Join(items, "\n")
	case "link":
		r.seen.Links = append(r.seen.Links, text(e["url"]))
		return text(e["text"])
	case "date":
		stamp, _ := e["timestamp"].(float64)
		return auckland(int64(stamp))
	case "text":
		return text(e["text"])
	case "channel":
		return "#" + text(e["channel_id"])
	case "broadcast", "user":
		r.seen.Alarm = true
	}
	return fmt.Sprintf("[%v is not read]", e["type"])
}

// auckland shows an instant as Ana's Slack does.
func auckland(unix int64) string {
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		return err.Error()
	}
	return time.Unix(unix, 0).In(zone).Format("Jan 2 3:04 PM")
}

var (
	marked = regexp.MustCompile(`<([^>|]*)(?:\|([^>]*))?>`)
	strong = regexp.MustCompile(`(^|[\s(])[*_]([^\s*_](?:[^*_]*[^\s*_])?)[*_]`)
)

// mrkdwn reads Slack's mark-up as it is shown.
func (r blockReader) mrkdwn(s string) string {
	s = marked.ReplaceAllStringFunc(s, func(m string) string {
		parts := marked.FindStringSubmatch(m)
		switch {
		case strings.HasPrefix(parts[1], "!date^"):
			stamp, _ := strconv.ParseInt(strings.Split(parts[1], "^")[1], 10, 64)
			return auckland(stamp)
		case strings.HasPrefix(parts[1], "!"), strings.HasPrefix(parts[1], "@"):
			r.seen.Alarm = true
			return m
		}
		r.seen.Links = append(r.seen.Links, unmarked.Replace(parts[1]))
		return parts[2]
	})
	return unmarked.Replace(strong.ReplaceAllString(s, "$1$2"))
}

// dialog is a modal as a person reads it.
func dialog(v slackfake.View, faults map[string]string) *chattest.Dialog {
	d := &chattest.Dialog{Handle: v.ID, Title: v.Title, Values: chat.Answers{}, Errors: chat.FieldErrors{}}
	for _, in := range v.Inputs() {
		_, name, _ := strings.Cut(in.BlockID, ".")
		d.Fields = append(d.Fields, chat.Field{Name: name, Label: in.Label, Required: !in.Optional})
		d.Values[name] = initial(in.Initial)
		if fault := faults[in.BlockID]; fault != "" {
			d.Errors[name] = fault
		}
	}
	s := chattest.Seen{}
	var blocks []map[string]any
	if json.Unmarshal(v.Blocks, &blocks) == nil {
		for _, b := range blocks {
			if b["type"] != "input" {
				blockReader{&s}.block(b)
			}
		}
	}
	d.Note = s.Text + s.Note
	return d
}

func initial(state map[string]any) chat.Answer {
	var a chat.Answer
	for _, key := range slices.Sorted(maps.Keys(state)) {
		switch v := state[key].(type) {
		case string:
			if key != "type" && v != "" {
				a.Values = append(a.Values, v)
			}
		case map[string]any:
			if s, _ := v["value"].(string); s != "" {
				a.Values = append(a.Values, s)
			}
		case []any:
			for _, o := range list(v) {
				a.Values = append(a.Values, text(o["value"]))
			}
		}
	}
	return a
}
