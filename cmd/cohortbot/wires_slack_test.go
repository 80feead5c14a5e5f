package main

import (
	"cmp"
	"fmt"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
)

// slackWire is a Slack workspace.
type slackWire struct {
	fake *slackfake.Server

	mu       sync.Mutex
	people   map[string]string // ids by name
	channels map[string]string
}

// slackOptions are those of a Slack in which time is short: it goes by the clock
// of the test, tells again soon, and its limits are over soon.
func slackOptions(clock clockFile) slackfake.Options {
	return slackfake.Options{
		Now:        clock.now,
		RetryAfter: []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second},
		Rates:      slackfake.Rates{Minute: slackHurry * 5 / 6, PostEvery: -1},
	}
}

// newSlackWire makes a workspace with the app installed, as its manifest has it.
func newSlackWire(o slackfake.Options) (*slackWire, error) {
	manifest, err := exec.Command("cohortbot", "manifest", "slack").Output()
	if err != nil {
		return nil, err
	}
	if o.App, err = slackfake.FromManifest(manifest); err != nil {
		return nil, err
	}
	s := &slackWire{fake: slackfake.New(o), people: map[string]string{}, channels: map[string]string{}}
	return s, s.fake.Start()
}

func (*slackWire) config() string {
	return "slack: [{app_token: \"env:SLACK_APP_TOKEN\", bot_token: \"env:SLACK_BOT_TOKEN\"}]\n"
}

func (s *slackWire) env() []string {
	return []string{"SLACK_API_URL=" + s.fake.APIURL(), "SLACK_APP_TOKEN=" + s.fake.AppToken(), "SLACK_BOT_TOKEN=" + s.fake.BotToken()}
}
func (s *slackWire) connected() bool   { return s.fake.Connections() > 0 }
func (s *slackWire) alone() bool       { return s.fake.Connections() == 0 }
func (s *slackWire) secrets() []string { return []string{s.fake.AppToken(), s.fake.BotToken()} }
func (s *slackWire) close()            { s.fake.Close() }

func (s *slackWire) complaints() []string {
	var all []string
	for _, v := range s.fake.Violations() {
		all = append(all, fmt.Sprintf("Slack would have dropped it without a word: %s", v))
	}
	for _, c := range s.fake.Calls() {
		// What was taken away before a backup was put back is taken away once more.
		if c.Error != "" && (c.Method != "chat.delete" || c.Error != "message_not_found") {
			all = append(all, fmt.Sprintf("Slack refused %s: %s", c.Method, c.Error))
		}
	}
	return all
}

func (s *slackWire) addPerson(name, zone string, admin bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.fake.AddUser(slackfake.User{Name: name, Display: title(name), TZ: zone, Admin: admin})
	s.people[name] = id
	for _, channel := range s.channels {
		s.fake.JoinChannel(id, channel)
	}
	return nil
}

// addChannel makes a channel with everybody in it, and the bot.
func (s *slackWire) addChannel(name, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[name] = s.fake.AddChannel(name, false, append(slices.Collect(maps.Values(s.people)), s.fake.BotUser())...)
	return nil
}

func (s *slackWire) join(who, channel string) error {
	return acked(s.fake.JoinChannel(s.person(who), s.channel(channel)))
}

func (s *slackWire) leave(who, channel string) error {
	return acked(s.fake.LeaveChannel(s.person(who), s.channel(channel)))
}

func acked(d *slackfake.Delivery) error {
	if o := d.Wait(); !o.Acked {
		return fmt.Errorf("Slack says: %s", o.Problem)
	}
	return nil
}

func (s *slackWire) person(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people[name]
}

// channel gives the id of a conversation; of somebody's own with the bot, where it
// has no name.
func (s *slackWire) channel(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channels[name]
}

func (s *slackWire) conversation(who string, at spot) string {
	if at.channel == "" {
		return s.fake.DM(s.person(who))
	}
	return s.channel(at.channel)
}

func (s *slackWire) look(who string, at spot) ([]seen, error) {
	if at == slackHome {
		return s.home(who)
	}
	me, conversation := s.person(who), s.conversation(who, at)
	if me == "" || conversation == "" {
		return nil, fmt.Errorf("there is no %s, or no channel %q", who, at.channel)
	}
	_, thread, _ := strings.Cut(at.thread, ":")
	if at.channel != "" {
		thread = at.thread
	}
	var all []seen
	for _, m := range s.fake.See(me, conversation) {
		// What only they see is looked for in the channel, too, whose thread it is in.
		if m.Deleted || slackNotice.MatchString(m.Text) || m.Thread != thread && (!m.Ephemeral || thread != "") {
			continue
		}
		all = append(all, s.seen(m, at, me))
	}
	return all, nil
}

// slackHome is the Home tab, which is looked at by opening it.
var slackHome = spot{channel: "home"}

func (s *slackWire) home(who string) ([]seen, error) {
	if err := acked(s.fake.OpenHome(s.person(who))); err != nil {
		return nil, err
	}
	v, ok := s.fake.Home(s.person(who))
	if !ok { // it is on its way
		return nil, nil
	}
	out := s.form(v)
	out.id, out.at, out.author = v.ID, slackHome, theBot
	for _, b := range v.Buttons() {
		out.buttons = append(out.buttons, button{b.Text, b.ActionID})
	}
	return []seen{out}, nil
}

// slackNotice is what Slack itself says in a channel.
var slackNotice = regexp.MustCompile(`^<@U\w+> has (joined|left) the channel$`)

func (s *slackWire) seen(m slackfake.Message, at spot, me string) seen {
	out := seen{id: slackID(m.Channel, m.TS), at: at, mine: m.User == me, only: m.Ephemeral, author: theBot}
	if !m.App {
		out.author = s.named(m.User)
	}
	s.read(m.Blocks, m.Text, &out)
	for _, b := range m.Buttons() {
		out.buttons = append(out.buttons, button{b.Text, b.ActionID})
	}
	for _, f := range m.Files {
		out.files = append(out.files, chat.File{Type: f.Mimetype}.Kind()+": "+cmp.Or(f.AltText, f.Title, f.Name))
		out.kept = append(out.kept, holding(f.Name, f.Data))
	}
	return out
}

func (s *slackWire) named(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, x := range s.people {
		if x == id {
			return title(name)
		}
	}
	if id == s.fake.BotUser() {
		return theBot
	}
	for name, x := range s.channels {
		if x == id {
			return "#" + name
		}
	}
	return id
}

// slackID is a message's id as the program has it: in conversations of two, theirs
// stands before it.
func slackID(conversation, ts string) string {
	if strings.HasPrefix(conversation, "D") {
		return conversation + ":" + ts
	}
	return ts
}

func slackTS(id string) string { return id[strings.LastIndex(id, ":")+1:] }

func (s *slackWire) say(who string, at spot, text string, files ...upload) (string, error) {
	said := slackfake.Said{Thread: slackTS(at.thread), Text: text}
	for _, f := range files {
		said.Files = append(said.Files, slackfake.Upload{Name: f.name, Data: f.data})
	}
	conversation := s.conversation(who, at)
	ts, _, err := s.fake.Say(s.person(who), conversation, said)
	return slackID(conversation, ts), err
}

func (s *slackWire) edit(who string, m seen, text string) error {
	_, err := s.fake.EditSaid(s.person(who), s.conversation(who, m.at), slackTS(m.id), text)
	return err
}

func (s *slackWire) remove(who string, m seen) error {
	_, err := s.fake.DeleteSaid(s.person(who), s.conversation(who, m.at), slackTS(m.id))
	return err
}

func (s *slackWire) command(who string, at spot, text string) (seen, error) {
	if at.thread != "" {
		return seen{}, fmt.Errorf("Slack takes no commands in threads")
	}
	command, rest, _ := strings.Cut(text, " ")
	return s.answered(who, at, func() error {
		return acked(s.fake.SlashCommand(s.person(who), s.conversation(who, at), command, strings.TrimSpace(rest)))
	})
}

func (s *slackWire) press(who string, m seen, b button) (seen, error) {
	return s.answered(who, m.at, func() error {
		if m.at == slackHome {
			return acked(s.fake.ClickIn(s.person(who), m.id, b.token, ""))
		}
		return acked(s.fake.Click(s.person(who), s.conversation(who, m.at), slackTS(m.id), b.token, ""))
	})
}

func (s *slackWire) menu(who string, m seen, label string) (seen, error) {
	path, err := menuPath(label)
	if err != nil {
		return seen{}, err
	}
	return s.answered(who, m.at, func() error {
		return acked(s.fake.Shortcut(s.person(who), path, s.conversation(who, m.at), slackTS(m.id)))
	})
}

// submit fills in the form on top and hands it in, page by page.
func (s *slackWire) submit(who string, all []given) (out seen, err error) {
	me := s.person(who)
	before := s.theirs(who)
	for {
		views := s.fake.Views(me)
		if len(views) == 0 {
			return out, fmt.Errorf("no form is open for %s", who)
		}
		view := views[len(views)-1]
		values := slackfake.Values{}
		files := map[string]slackfake.Upload{}
		all = slices.DeleteFunc(all, func(g given) bool {
			i := slices.IndexFunc(view.Inputs(), func(in slackfake.Input) bool { return slackField(in) == g.field })
			if i < 0 {
				return false
			}
			in := view.Inputs()[i]
			if g.file != nil && in.Type == "file_input" {
				files[in.BlockID] = slackfake.Upload{Name: g.file.name, Data: g.file.data}
			} else {
				values[in.BlockID] = s.entered(in, g.text)
			}
			return true
		})
		for block, f := range files {
			if err := s.fake.FillFile(me, block, f); err != nil {
				return out, err
			}
		}
		got, err := s.fake.SubmitView(me, values)
		switch {
		case err != nil:
			return out, err
		case got.Trouble != "":
			return out, fmt.Errorf("%s is told: %s", who, got.Trouble)
		case len(got.Errors) > 0:
			errors := map[string]string{}
			for _, in := range view.Inputs() {
				if fault := got.Errors[in.BlockID]; fault != "" {
					errors[slackField(in)] = fault
				}
			}
			return faults(errors), nil
		case got.Next != nil && len(all) > 0 && len(got.Next.Inputs()) > 0:
			continue
		case got.Next != nil:
			return s.form(*got.Next), nil
		case len(all) > 0:
			return out, fmt.Errorf("the form %q has no field %q", view.Title, all[0].field)
		}
		return s.newOf(who, before)
	}
}

// slackField is the name of the field that an input is for.
func slackField(in slackfake.Input) string {
	_, name, _ := strings.Cut(in.BlockID, ".")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// entered is what a person enters: for a choice, the words of the option.
func (s *slackWire) entered(in slackfake.Input, text string) string {
	switch in.Type {
	case "users_select":
		return s.person(strings.ToLower(strings.TrimPrefix(text, "@")))
	case "conversations_select", "channels_select":
		return s.channel(strings.TrimPrefix(text, "#"))
	case "checkboxes", "multi_static_select":
		var all []string
		for part := range strings.SplitSeq(text, ",") {
			all = append(all, optionOf(in.Options, strings.TrimSpace(part)))
		}
		return strings.Join(all, "\n")
	}
	return optionOf(in.Options, text)
}

// optionOf gives the option that begins like a text, or the text.
func optionOf(options []string, text string) string {
	for _, o := range options {
		if text != "" && strings.HasPrefix(o, text) {
			return o
		}
	}
	return text
}

// theirs is what one person alone sees, to tell what is new: replies and forms.
func (s *slackWire) theirs(who string) map[string]string {
	me := s.person(who)
	now := map[string]string{}
	s.mu.Lock()
	conversations := append(slices.Collect(maps.Values(s.channels)), s.fake.DM(me))
	s.mu.Unlock()
	for _, c := range conversations {
		for _, m := range s.fake.See(me, c) {
			if m.Ephemeral {
				now[c+" "+m.TS] = fmt.Sprint(m.Version)
			}
		}
	}
	for _, v := range s.fake.Views(me) {
		now[v.ID] = v.Hash
	}
	return now
}

// answered does something and waits for what the person sees of it.
func (s *slackWire) answered(who string, at spot, do func() error) (seen, error) {
	before := s.theirs(who)
	if err := do(); err != nil {
		return seen{}, err
	}
	return s.newOf(who, before)
}

// newOf waits for a reply or a form that is new. Where there are several, they are
// one after the other.
func (s *slackWire) newOf(who string, before map[string]string) (out seen, err error) {
	me := s.person(who)
	find := func() (key string) {
		for k, v := range s.theirs(who) {
			if before[k] != v && k > key {
				key = k
			}
		}
		return key
	}
	if !within(patience, func() bool { return find() != "" }) {
		return out, fmt.Errorf("%s is answered with nothing", who)
	}
	time.Sleep(20 * time.Millisecond) // a long answer comes in several
	for _, v := range s.fake.Views(me) {
		if before[v.ID] != v.Hash {
			return s.form(v), nil
		}
	}
	var keys []string
	for k, v := range s.theirs(who) {
		if before[k] != v {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for i, k := range keys {
		conversation, ts, _ := strings.Cut(k, " ")
		for _, m := range s.fake.See(me, conversation) {
			if m.TS != ts {
				continue
			}
			more := s.seen(m, spot{}, me)
			if i == 0 {
				out = more
				continue
			}
			out.text += "\n" + more.text
			out.note += more.note
			out.buttons = append(out.buttons, more.buttons...)
		}
	}
	return out, nil
}

// form is a modal as the person reads it.
func (s *slackWire) form(v slackfake.View) seen {
	var out seen
	s.read(v.Blocks, "", &out)
	out.text = strings.TrimSpace(v.Title + "\n" + out.text)
	if v.Submit != "" {
		out.buttons = append(out.buttons, button{label: v.Submit})
	}
	return out
}
