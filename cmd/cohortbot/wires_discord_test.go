package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

// discordWire is a Discord server.
type discordWire struct {
	fake  *discordfake.Server
	guild string
	staff string // the role of who administers it

	mu       sync.Mutex
	people   map[string]string // ids by name
	channels map[string]string
	tokens   []string          // of all that was done
	last     map[string]seen   // what each person was last answered
	where    map[string]string // the channel of that
}

// discordOptions are those of a Discord in which time is short: it goes by the
// clock of the test and its limits are wide.
func discordOptions(clock clockFile) discordfake.Options {
	wide := discordfake.Rate{Count: 1000, Per: time.Second}
	o := discordfake.Options{
		Now: clock.now, IdentifyGap: -1, Global: wide, Other: wide, Rates: map[string]discordfake.Rate{},
		NonceWindow: 1, // as after an outage of minutes: Discord no longer tells what it has been sent before
	}
	for _, route := range []string{
		"POST /channels/{channel_id}/messages", "PATCH /channels/{channel_id}/messages/{message_id}",
		"DELETE /channels/{channel_id}/messages/{message_id}", "POST /users/@me/channels",
		"POST /webhooks/{webhook_id}/{webhook_token}", "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
		"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
		"PUT /applications/{application_id}/commands", "PUT /applications/{application_id}/guilds/{guild_id}/commands",
	} {
		o.Rates[route] = wide
	}
	return o
}

func newDiscordWire(o discordfake.Options) *discordWire {
	o.Token, o.Name, o.Allowed = "a.token.of-discord", theBot, discordfake.IntentContent|discordfake.IntentMembers
	d := &discordWire{
		fake: discordfake.New(o), people: map[string]string{}, channels: map[string]string{},
		last: map[string]seen{}, where: map[string]string{},
	}
	d.guild = d.fake.AddGuild("Learners", "", discord.Permissions)
	d.staff = d.fake.AddRole(d.guild, "Staff", discordfake.ManageGuild)
	return d
}

func (d *discordWire) config() string {
	return fmt.Sprintf("discord: {token: \"env:DISCORD_TOKEN\", servers: [%q], message_content: true, members: true}\n", d.guild)
}

func (d *discordWire) env() []string {
	return []string{"DISCORD_API_URL=" + d.fake.URL(), "DISCORD_TOKEN=" + d.fake.Token()}
}

// connected tells whether the bot is there and its commands can be typed.
func (d *discordWire) connected() bool {
	return d.fake.Gateway().Connected > 0 && slices.ContainsFunc(d.fake.Exchanges(), func(e discordfake.Exchange) bool {
		return e.Method == http.MethodPut && strings.HasSuffix(e.Path, "/commands") && e.Status == http.StatusOK
	})
}

func (d *discordWire) alone() bool { return d.fake.Gateway().Connected == 0 }
func (d *discordWire) close()      { d.fake.Close() }

func (d *discordWire) secrets() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string{d.fake.Token()}, d.tokens...)
}

func (d *discordWire) complaints() []string {
	var all []string
	for _, v := range d.fake.Violations() {
		all = append(all, fmt.Sprintf("Discord would not like this: %s %s", v.Kind, v.Detail))
	}
	for _, x := range d.fake.Exchanges() {
		if x.Status >= 400 && !x.Lost && !discordExpected(x) {
			all = append(all, fmt.Sprintf("Discord refused %s: %d %v", x.Route, x.Status, x.Response))
		}
	}
	return all
}

// discordExpected tells of refusals that a good bot gets: it looks whether a
// question has a thread yet, when it comes back it is told again of what it had
// answered just before it was killed, an event that has begun keeps its start when
// its name goes, and what was taken away before a backup was put back is taken away
// once more.
func discordExpected(x discordfake.Exchange) bool {
	text := fmt.Sprint(x.Response)
	return x.Route == "GET /channels/{channel_id}" && strings.Contains(text, "10003") ||
		strings.HasSuffix(x.Route, "/callback") && strings.Contains(text, "40060") ||
		strings.HasPrefix(x.Route, "PATCH ") && strings.Contains(text, "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST") ||
		strings.HasPrefix(x.Route, "DELETE ") && strings.Contains(text, "10008")
}

// addPerson brings somebody into the server. Discord tells nobody's zone.
func (d *discordWire) addPerson(name, _ string, admin bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.fake.AddUser(discordfake.User{Name: name, GlobalName: title(name)})
	d.people[name] = id
	var roles []string
	if admin {
		roles = []string{d.staff}
	}
	d.fake.Join(d.guild, id, "", roles...)
	return nil
}

func (d *discordWire) addChannel(name, _ string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.channels[name] = d.fake.AddChannel(d.guild, name, discordfake.TextChannel)
	return nil
}

// join lets somebody come back into the server.
func (d *discordWire) join(who, _ string) error {
	d.fake.Join(d.guild, d.person(who), "")
	return nil
}

// leave takes somebody out of the server: nobody leaves a single open channel.
func (d *discordWire) leave(who, _ string) error {
	d.fake.LeaveGuild(d.guild, d.person(who))
	return nil
}

func (d *discordWire) person(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[name]
}

// channel gives the id of a channel, or of somebody's messages with the bot.
func (d *discordWire) channel(who string, at spot) string {
	if at.channel == "" {
		return d.fake.DM(d.person(who))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.channels[at.channel]
}

// discordEvents is the list of scheduled events that a server shows at its top.
var discordEvents = spot{channel: "events"}

func (d *discordWire) look(who string, at spot) ([]seen, error) {
	if at == discordEvents {
		return d.events(), nil
	}
	me, channel := d.person(who), d.channel(who, at)
	if me == "" || channel == "" {
		return nil, fmt.Errorf("there is no %s, or no channel %q", who, at.channel)
	}
	if at.thread != "" {
		if channel = d.threadOf(me, channel, at.thread); channel == "" {
			return nil, nil
		}
	}
	var all []seen
	for _, m := range d.fake.See(me, channel).Messages {
		all = append(all, d.seen(m, at, me))
	}
	return all, nil
}

// events gives the scheduled events as people see them, each a line, in the zone of
// the scripts.
func (d *discordWire) events() []seen {
	var all []seen
	for _, e := range d.fake.Scheduled(d.guild) {
		all = append(all, seen{id: e.ID, at: discordEvents, author: theBot, text: fmt.Sprintf("%s, %s to %s, %s\n%s",
			e.Name, e.Start.In(demoZone.Location()).Format("Monday 2 January 15:04"), e.End.In(demoZone.Location()).Format("15:04"),
			e.Location, e.Description)})
	}
	return all
}

// threadOf gives the thread that was started from a message, if one was.
func (d *discordWire) threadOf(me, channel, message string) string {
	for _, m := range d.fake.See(me, channel).Messages {
		if m.ID == message {
			return m.Thread
		}
	}
	return ""
}

func (d *discordWire) seen(m discordfake.Message, at spot, me string) seen {
	out := seen{id: m.ID, at: at, mine: m.Author == me, only: m.Ephemeral, author: theBot}
	if m.Author != d.fake.BotID() {
		out.author = d.named(m.Author)
	}
	text := m.Content
	for _, e := range m.Embeds {
		words, _ := e["description"].(string)
		text += "\n" + words
	}
	d.read(text, &out)
	for _, b := range m.Buttons {
		out.buttons = append(out.buttons, button{b.Label, b.CustomID})
	}
	for _, f := range m.Files {
		out.files = append(out.files, chat.File{Type: f.Kind}.Kind()+": "+cmp.Or(f.Description, f.Name))
		out.kept = append(out.kept, holding(f.Name, f.Data))
	}
	return out
}

func (d *discordWire) say(who string, at spot, text string, files ...upload) (string, error) {
	me, channel := d.person(who), d.channel(who, at)
	if at.thread != "" {
		thread := d.threadOf(me, channel, at.thread)
		if thread == "" {
			var err error
			if thread, err = d.fake.StartThread(me, channel, at.thread, "Answers"); err != nil {
				return "", err
			}
		}
		channel = thread
	}
	return d.fake.Say(me, channel, d.mention(text), discordFiles(files)...)
}

func discordFiles(files []upload) []discordfake.File {
	var all []discordfake.File
	for _, f := range files {
		all = append(all, discordfake.File{Name: f.name, Kind: http.DetectContentType(f.data), Data: f.data})
	}
	return all
}

// found gives the channel or thread that a message stands in.
func (d *discordWire) found(who string, m seen) string {
	channel := d.channel(who, m.at)
	if m.at.thread != "" {
		return d.threadOf(d.person(who), channel, m.at.thread)
	}
	return channel
}

func (d *discordWire) edit(who string, m seen, text string) error {
	return d.fake.EditSaid(d.person(who), d.found(who, m), m.id, d.mention(text))
}

func (d *discordWire) remove(who string, m seen) error {
	return d.fake.DeleteSaid(d.person(who), d.found(who, m), m.id)
}

// command fills in the options as somebody does in Discord's own line: what was
// not named goes to the field that it is for.
func (d *discordWire) command(who string, at spot, text string) (seen, error) {
	tree, err := theTree()
	if err != nil {
		return seen{}, err
	}
	c, rest, err := tree.Lookup(text)
	if err != nil {
		return seen{}, fmt.Errorf("Discord has no such command: %w", err)
	}
	answers, err := c.ParseTyped(rest)
	if err != nil {
		return seen{}, fmt.Errorf("this cannot be typed in Discord: %w", err)
	}
	options := map[string]any{}
	for _, f := range c.Fields {
		if a := answers[f.Name]; len(a.Values) > 0 {
			options[f.Name] = d.option(f, a)
		}
	}
	channel := d.channel(who, at)
	if at.thread != "" {
		if channel = d.threadOf(d.person(who), channel, at.thread); channel == "" {
			return seen{}, fmt.Errorf("there is no thread yet to type in")
		}
	}
	i, err := d.fake.Command(d.person(who), channel, c.Path, options)
	return d.answered(who, channel, i, err)
}

func (d *discordWire) option(f chat.Field, a chat.Answer) any {
	text := a.Text()
	switch f.Kind {
	case chat.Person, chat.InPlace:
		return d.id(text)
	case chat.YesNo:
		return text == "yes" || text == "true" || text == "on"
	}
	return strings.Join(a.Values, ", ")
}

// id gives what a name stands for: "@ana", "#garden".
func (d *discordWire) id(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id := d.channels[strings.TrimPrefix(name, "#")]; id != "" {
		return id
	}
	return d.people[strings.ToLower(strings.TrimPrefix(name, "@"))]
}

func (d *discordWire) press(who string, m seen, b button) (seen, error) {
	channel := d.found(who, m)
	i, err := d.fake.Click(d.person(who), channel, m.id, b.token)
	return d.answered(who, channel, i, err)
}

func (d *discordWire) menu(who string, m seen, label string) (seen, error) {
	channel := d.found(who, m)
	i, err := d.fake.MessageCommand(d.person(who), channel, label, m.id)
	return d.answered(who, channel, i, err)
}

// submit fills in the modal that is open and hands it in, page by page. Where a
// button opens the next page, or the same one again, it is pressed.
func (d *discordWire) submit(who string, all []given) (seen, error) {
	me := d.person(who)
	if d.fake.OpenModal(me) == nil {
		d.mu.Lock()
		m, channel := d.last[who], d.where[who]
		d.mu.Unlock()
		page, ok := opensPage(m)
		if !ok {
			return seen{}, fmt.Errorf("no form is open for %s", who)
		}
		i, err := d.fake.Click(me, channel, m.id, page.token)
		if _, err := d.answered(who, channel, i, err); err != nil {
			return seen{}, err
		}
	}
	for {
		modal := d.fake.OpenModal(me)
		if modal == nil {
			return seen{}, fmt.Errorf("no form is open for %s", who)
		}
		values := map[string]any{}
		all = slices.DeleteFunc(all, func(g given) bool {
			i := slices.IndexFunc(modal.Fields, func(f discordfake.Field) bool { return strings.TrimPrefix(f.CustomID, "=") == g.field })
			if i >= 0 {
				values[modal.Fields[i].CustomID] = d.entered(modal.Fields[i], g)
			}
			return i >= 0
		})
		d.mu.Lock()
		channel := d.where[who]
		d.mu.Unlock()
		i, err := d.fake.SubmitModal(me, modal, values)
		answer, err := d.answered(who, channel, i, err)
		if err != nil {
			return seen{}, err
		}
		next, ok := opensPage(answer)
		if !ok || next.label != "Continue" {
			if len(all) > 0 && !ok {
				return seen{}, fmt.Errorf("the form %q has no field %q", modal.Title, all[0].field)
			}
			return answer, nil
		}
		if len(all) == 0 {
			return answer, nil
		}
		i, err = d.fake.Click(me, channel, answer.id, next.token)
		if _, err := d.answered(who, channel, i, err); err != nil {
			return seen{}, err
		}
	}
}

// opensPage gives the button of a reply that opens a page of a form.
func opensPage(m seen) (button, bool) {
	i := slices.IndexFunc(m.buttons, func(b button) bool { return strings.HasPrefix(b.token, "~open|") })
	if i < 0 {
		return button{}, false
	}
	return m.buttons[i], true
}

func (d *discordWire) entered(f discordfake.Field, g given) any {
	switch {
	case g.file != nil && f.Kind == 19:
		return discordFiles([]upload{*g.file})
	case len(f.Options) > 0:
		var all []string
		for part := range strings.SplitSeq(g.text, ",") {
			all = append(all, discordOption(f.Options, strings.TrimSpace(part)))
		}
		if f.Max == 1 {
			all = []string{discordOption(f.Options, g.text)}
		}
		return all
	case f.Kind >= 5 && f.Kind <= 8: // people, channels
		if g.text == "" {
			return []string{}
		}
		return []string{d.id(g.text)}
	}
	return g.text
}

func discordOption(options []discordfake.Option, text string) string {
	for _, o := range options {
		if o.Value == text {
			return text
		}
	}
	for _, o := range options {
		if strings.HasPrefix(o.Label, text) {
			return o.Value
		}
	}
	return text
}

// answered waits for what somebody sees of what they did.
func (d *discordWire) answered(who, channel string, i *discordfake.Interaction, err error) (seen, error) {
	if err != nil {
		return seen{}, err
	}
	d.mu.Lock()
	d.tokens = append(d.tokens, i.Token())
	d.mu.Unlock()
	a := i.Wait(patience)
	var out seen
	switch {
	case a.Failed || !a.Answered:
		return seen{}, fmt.Errorf("%s is told that the application did not respond", who)
	case a.Modal != nil:
		out = d.form(*a.Modal)
	case a.Message == nil && len(a.Followed) == 0:
		return seen{}, fmt.Errorf("%s is answered with nothing", who)
	case a.Message != nil:
		out = d.seen(*a.Message, spot{}, d.person(who))
	}
	if a.Modal == nil {
		for _, m := range a.Followed {
			out = d.seen(m, spot{}, d.person(who))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last[who], d.where[who] = out, channel
	return out, nil
}

// form is a modal as the person reads it.
func (d *discordWire) form(m discordfake.Modal) seen {
	var out seen
	d.read(m.Title+"\n"+m.Text, &out)
	for _, f := range m.Fields {
		stands := []string{f.Value}
		for _, id := range f.Chosen {
			stands = append(stands, d.named(id))
		}
		for _, o := range f.Options {
			if o.Default {
				stands = append(stands, o.Label)
			}
		}
		out.text += "\n" + f.Label + ": " + strings.Trim(strings.Join(stands, ", "), ", ")
		if f.Description != "" {
			out.text += "\n" + f.Description
		}
	}
	out.buttons = []button{{label: "Submit"}}
	return out
}

func (d *discordWire) named(id string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, x := range d.people {
		if x == id {
			return title(name)
		}
	}
	for name, x := range d.channels {
		if x == id {
			return "#" + name
		}
	}
	if id == d.fake.BotID() {
		return theBot
	}
	return id
}
