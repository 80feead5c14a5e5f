package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/adapters/slack/slackfake"
)

// oldStage is a platform with hine, who administers it, ana and ben in one channel.
// What goes wrong there ends the test.
type oldStage interface {
	channel() string // as it is typed
	types(t *testing.T, who, path string, given ...string) oldShown
	presses(t *testing.T, who string, on oldShown, label string) oldShown
	submits(t *testing.T, who string, form oldShown, given ...string) oldShown
	says(t *testing.T, who string, under oldShown, text string)
	look(who string) []oldShown // what somebody sees in the channel and its threads
	standing(words string) []oldShown
}

// oldShown is what somebody sees: a message or a form.
type oldShown struct {
	id     string
	text   string
	bot    bool
	only   bool              // nobody else sees it
	filled map[string]string // of a form, by the fields' names
}

func (s oldShown) must(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(s.text, w) {
			t.Fatalf("%q is not in:\n%s", w, s.text)
		}
	}
}

// oldScene adds to a oldStage what is alike on all.
type oldScene struct{ oldStage }

// see waits until somebody sees words of the bot's in the channel.
func (s oldScene) see(t *testing.T, who, words string) oldShown {
	t.Helper()
	return s.seeUnder(t, who, words, "")
}

// seeUnder waits until a message of the bot's has some words and others, too.
func (s oldScene) seeUnder(t *testing.T, who, words, others string) (found oldShown) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s sees %q with %q", who, words, others), func() bool {
		for _, m := range s.look(who) {
			if m.bot && !m.only && strings.Contains(m.text, words) && strings.Contains(m.text, others) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(40 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// bots gives what the bot said to all that has some words.
func bots(all []oldShown, words string) []oldShown {
	return slices.DeleteFunc(all, func(m oldShown) bool { return !m.bot || m.only || !strings.Contains(m.text, words) })
}

// slackRoom is a channel in a Slack.
type slackRoom struct {
	fake   *slackfake.Server
	room   string
	people map[string]string
}

func newSlackRoom(t *testing.T, manifest []byte) *slackRoom {
	t.Helper()
	app, err := slackfake.FromManifest(manifest)
	if err != nil {
		t.Fatal(err)
	}
	r := &slackRoom{people: map[string]string{}}
	r.fake = slackfake.New(slackfake.Options{ // Slack itself waits for minutes before it tells again
		App: app, RetryAfter: []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second},
	})
	if err := r.fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.fake.Close)
	members := []string{r.fake.BotUser()}
	for _, name := range []string{"hine", "ana", "ben"} {
		r.people[name] = r.fake.AddUser(slackfake.User{Name: name, TZ: "Pacific/Auckland", Admin: name == "hine"})
		members = append(members, r.people[name])
	}
	r.room = r.fake.AddChannel("garden", false, members...)
	return r
}

func (r *slackRoom) channel() string { return "#garden" }

func (r *slackRoom) types(t *testing.T, who, path string, given ...string) oldShown {
	t.Helper()
	command, rest, _ := strings.Cut(path, " ")
	for i := 0; i < len(given); i += 2 {
		value := given[i+1]
		if strings.Contains(value, " ") {
			value = `"` + value + `"`
		}
		rest += " " + given[i] + ":" + value
	}
	before := r.snapshot(who)
	return r.after(t, who, before, r.fake.SlashCommand(r.people[who], r.room, "/"+command, strings.TrimSpace(rest)))
}

func (r *slackRoom) presses(t *testing.T, who string, on oldShown, label string) oldShown {
	t.Helper()
	for _, m := range r.fake.See(r.people[who], r.room) {
		for _, b := range m.Buttons() {
			if m.TS == on.id && b.Text == label {
				before := r.snapshot(who)
				return r.after(t, who, before, r.fake.Click(r.people[who], r.room, m.TS, b.ActionID, ""))
			}
		}
	}
	t.Fatalf("%s has no button %q on:\n%s", who, label, on.text)
	return oldShown{}
}

func (r *slackRoom) submits(t *testing.T, who string, _ oldShown, given ...string) oldShown {
	t.Helper()
	views := r.fake.Views(r.people[who])
	if len(views) == 0 {
		t.Fatalf("no form is open for %s", who)
	}
	values := slackfake.Values{}
	for i := 0; i < len(given); i += 2 {
		for _, in := range views[len(views)-1].Inputs() {
			if strings.HasSuffix(in.BlockID, "."+given[i]) {
				values[in.BlockID] = given[i+1]
			}
		}
	}
	before := r.snapshot(who)
	got, err := r.fake.SubmitView(r.people[who], values)
	if err != nil || got.Trouble != "" || len(got.Errors) > 0 {
		t.Fatalf("%s hands in %v: %v %+v", who, values, err, got)
	}
	return r.answer(t, who, before)
}

func (r *slackRoom) says(t *testing.T, who string, under oldShown, text string) {
	t.Helper()
	if _, _, err := r.fake.Say(r.people[who], r.room, slackfake.Said{Thread: under.id, Text: text}); err != nil {
		t.Fatal(err)
	}
}

func (r *slackRoom) look(who string) []oldShown {
	var all []oldShown
	for _, m := range r.fake.See(r.people[who], r.room) {
		all = append(all, seenInSlack(m))
	}
	return all
}

func (r *slackRoom) standing(words string) []oldShown { return bots(r.look("hine"), words) }

func seenInSlack(m slackfake.Message) oldShown {
	return oldShown{id: m.TS, text: m.Words(), bot: m.App, only: m.Ephemeral}
}

// snapshot is what a person alone sees, to tell what is new.
func (r *slackRoom) snapshot(who string) map[string]string {
	now := map[string]string{}
	for _, m := range r.look(who) {
		if m.only {
			now[m.id] = m.text
		}
	}
	for _, v := range r.fake.Views(r.people[who]) {
		now[v.ID] = v.Hash
	}
	return now
}

func (r *slackRoom) after(t *testing.T, who string, before map[string]string, d *slackfake.Delivery) oldShown {
	t.Helper()
	if o := d.Wait(); !o.Acked {
		t.Fatalf("Slack tells %s: %s", who, o.Problem)
	}
	return r.answer(t, who, before)
}

// answer waits for a new or changed reply or form.
func (r *slackRoom) answer(t *testing.T, who string, before map[string]string) (a oldShown) {
	t.Helper()
	eventually(t, who+" is answered", func() bool {
		for _, v := range r.fake.Views(r.people[who]) {
			if before[v.ID] == v.Hash {
				continue
			}
			a = oldShown{id: v.ID, text: v.Words(), filled: map[string]string{}}
			for _, in := range v.Inputs() {
				_, name, _ := strings.Cut(in.BlockID, ".")
				a.filled[name], _ = in.Initial["value"].(string)
			}
			return true
		}
		for _, m := range r.look(who) {
			if m.only && before[m.id] != m.text {
				a = m
				return true
			}
		}
		return false
	})
	return a
}

// discordRoom is a channel in a Discord.
type discordRoom struct {
	fake        *discordfake.Server
	guild, room string
	people      map[string]string

	mu   sync.Mutex
	acts []*discordfake.Interaction
}

func newDiscordRoom(t *testing.T) *discordRoom {
	t.Helper()
	r := &discordRoom{people: map[string]string{}}
	r.fake = discordfake.New(discordfake.Options{
		Token: "a.token.of-discord", Allowed: discordfake.IntentContent | discordfake.IntentMembers,
		NonceWindow: 1, // as after an outage of minutes: Discord no longer tells what it has been sent before
	})
	t.Cleanup(r.fake.Close)
	r.guild = r.fake.AddGuild("Learners", "", discord.Permissions)
	r.room = r.fake.AddChannel(r.guild, "garden", discordfake.TextChannel)
	for _, name := range []string{"hine", "ana", "ben"} {
		r.people[name] = r.fake.AddUser(discordfake.User{Name: name, GlobalName: strings.ToUpper(name[:1]) + name[1:]})
		r.fake.Join(r.guild, r.people[name], "")
	}
	r.fake.SetMember(r.guild, r.people["hine"], "", r.fake.AddRole(r.guild, "Staff", discordfake.ManageGuild))
	return r
}

// connected waits until the bot is there and its commands can be typed.
func (r *discordRoom) connected(wait time.Duration) bool {
	return r.fake.WaitConnected(1, wait) && r.fake.Wait(wait, func() bool {
		return slices.ContainsFunc(r.fake.Exchanges(), func(e discordfake.Exchange) bool {
			return e.Method == http.MethodPut && strings.HasSuffix(e.Path, "/commands") && e.Status == 200
		})
	})
}

// tokens are those of all that was done, each of which lets its bearer answer.
func (r *discordRoom) tokens() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, i := range r.acts {
		all = append(all, i.Token())
	}
	return all
}

func (r *discordRoom) channel() string { return r.room }

func (r *discordRoom) types(t *testing.T, who, path string, given ...string) oldShown {
	t.Helper()
	options := map[string]any{}
	for i := 0; i < len(given); i += 2 {
		options[given[i]] = given[i+1]
	}
	i, err := r.fake.Command(r.people[who], r.room, path, options)
	return r.answer(t, who, i, err)
}

func (r *discordRoom) presses(t *testing.T, who string, on oldShown, label string) oldShown {
	t.Helper()
	for _, m := range r.fake.See(r.people[who], r.room).Messages {
		for _, b := range m.Buttons {
			if m.ID == on.id && b.Label == label {
				i, err := r.fake.Click(r.people[who], r.room, m.ID, b.CustomID)
				return r.answer(t, who, i, err)
			}
		}
	}
	t.Fatalf("%s has no button %q on:\n%s", who, label, on.text)
	return oldShown{}
}

func (r *discordRoom) submits(t *testing.T, who string, _ oldShown, given ...string) oldShown {
	t.Helper()
	modal := r.fake.OpenModal(r.people[who])
	if modal == nil {
		t.Fatalf("no form is open for %s", who)
	}
	values := map[string]any{}
	for i := 0; i < len(given); i += 2 {
		for _, f := range modal.Fields {
			if strings.TrimPrefix(f.CustomID, "=") == given[i] {
				values[f.CustomID] = given[i+1]
			}
		}
	}
	i, err := r.fake.SubmitModal(r.people[who], modal, values)
	return r.answer(t, who, i, err)
}

func (r *discordRoom) says(t *testing.T, who string, under oldShown, text string) {
	t.Helper()
	thread := ""
	for _, m := range r.fake.See(r.people[who], r.room).Messages {
		if m.ID == under.id {
			thread = m.Thread
		}
	}
	var err error
	if thread == "" {
		if thread, err = r.fake.StartThread(r.people[who], r.room, under.id, "Answers"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = r.fake.Say(r.people[who], thread, text); err != nil {
		t.Fatal(err)
	}
}

func (r *discordRoom) look(who string) []oldShown {
	var all []oldShown
	for _, m := range r.fake.See(r.people[who], r.room).Messages {
		all = append(all, r.seen(m))
		if m.Thread == "" {
			continue
		}
		for _, reply := range r.fake.See(r.people[who], m.Thread).Messages {
			all = append(all, r.seen(reply))
		}
	}
	return all
}

func (r *discordRoom) standing(words string) []oldShown { return bots(r.look("hine"), words) }

var unescaped = strings.NewReplacer(`\`, "", "**", "")

func (r *discordRoom) seen(m discordfake.Message) oldShown {
	text := m.Content
	for _, e := range m.Embeds {
		words, _ := e["description"].(string)
		text += "\n\n" + words
	}
	return oldShown{id: m.ID, text: unescaped.Replace(text), bot: m.Author == r.fake.BotID(), only: m.Ephemeral}
}

func (r *discordRoom) answer(t *testing.T, who string, i *discordfake.Interaction, err error) oldShown {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	r.acts = append(r.acts, i)
	r.mu.Unlock()
	a := i.Wait(30 * time.Second)
	switch {
	case a.Failed || !a.Answered:
		t.Fatalf("%s is told that the application did not respond", who)
	case a.Modal != nil:
		form := oldShown{text: a.Modal.Title, filled: map[string]string{}}
		for _, f := range a.Modal.Fields {
			form.filled[strings.TrimPrefix(f.CustomID, "=")] = f.Value
		}
		return form
	case a.Message == nil:
		t.Fatalf("%s is answered with nothing", who)
	}
	return r.seen(*a.Message)
}
