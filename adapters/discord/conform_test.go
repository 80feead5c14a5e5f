package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/adapters/discord/discordfake/published"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
)

const messageContent = 1 << 15

// fast is a Discord that limits hardly anything, for what is not about limits.
func fast(o discordfake.Options) discordfake.Options {
	many := discordfake.Rate{Count: 10_000, Per: time.Second}
	o.Global, o.Other = many, many
	o.Rates = map[string]discordfake.Rate{
		"POST /channels/{channel_id}/messages": many, "PATCH /channels/{channel_id}/messages/{message_id}": many,
		"DELETE /channels/{channel_id}/messages/{message_id}": many, "POST /users/@me/channels": many,
		"POST /guilds/{guild_id}/scheduled-events": many,
	}
	o.IdentifyGap = -1
	return o
}

func TestDiscordIsAPlatform(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		return newHarness(t, fast(discordfake.Options{Allowed: messageContent}))
	})
}

// harness sits people down at a Discord.
type harness struct {
	*discordfake.Server
	t     *testing.T
	d     *discord.Discord
	guild string

	mu     sync.Mutex
	people map[string]string
	names  map[string]string // of people, by id
	rooms  map[string]string
}

func newHarness(t *testing.T, o discordfake.Options) *harness {
	t.Helper()
	s := discordfake.New(o)
	h := &harness{Server: s, t: t, people: map[string]string{}, names: map[string]string{}, rooms: map[string]string{}}
	h.guild = s.AddGuild("Learners", "", discord.Permissions)
	d, err := discord.New(discord.Options{
		Token: s.Token(), Guilds: []string{h.guild}, MessageContent: o.Allowed&messageContent != 0,
		URL: s.URL(), Log: slog.New(slog.DiscardHandler), Attach: chattest.Attach,
	})
	if err != nil {
		t.Fatal(err)
	}
	discord.Hurry(d)
	h.d = d
	t.Cleanup(func() {
		conform(t, s)
		discord.CloseIdle(d)
		for _, v := range s.Violations() {
			t.Errorf("Discord would not like this: %+v", v)
		}
		s.Close()
	})
	return h
}

// published is Discord's own description of its API, read once.
var description = sync.OnceValues(func() (*published.Description, error) {
	path, found := published.Find()
	if !found {
		return nil, nil
	}
	return published.Load(path)
})

// conform holds every request that was made against Discord's description.
func conform(t *testing.T, s *discordfake.Server) {
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		return
	}
	checked := map[string]int{}
	for _, e := range s.Exchanges() {
		if checked[e.Route]++; checked[e.Route] > 25 { // more of the same tells nothing new
			continue
		}
		if err := d.Check(e); err != nil {
			t.Error(err)
		}
	}
}

func (h *harness) Platform() chat.Platform { return h.d }

func (h *harness) Ready(context.Context) error {
	registered := func() bool {
		return slices.ContainsFunc(h.Exchanges(), func(e discordfake.Exchange) bool {
			return e.Method == http.MethodPut && strings.HasSuffix(e.Path, "/commands") && e.Status == http.StatusOK
		})
	}
	if !h.WaitConnected(1, 10*time.Second) || !h.Wait(10*time.Second, registered) {
		return errors.New("the bot does not connect")
	}
	return nil
}

func (h *harness) Person(_ context.Context, name string) (chat.Profile, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.people[name] == "" {
		id := h.AddUser(discordfake.User{Name: strings.ToLower(name), GlobalName: name})
		h.Join(h.guild, id, "")
		h.people[name], h.names[id] = id, name
	}
	return chat.Profile{User: chat.User{Workspace: h.workspace(), ID: h.people[name]}, Name: name}, nil
}

func (h *harness) workspace() chat.Workspace { return chat.Workspace(discord.Prefix + h.guild) }

func (h *harness) Channel(_ context.Context, name string) (chat.Place, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[name] == "" {
		h.rooms[name] = h.AddChannel(h.guild, name, discordfake.TextChannel)
	}
	return chat.Channel(h.workspace(), h.rooms[name]), nil
}

// channel gives the channel that a place is.
func (h *harness) channel(at chat.Place) string {
	switch {
	case at.IsDirect():
		return h.DM(at.User)
	case at.Thread != "":
		return at.Thread
	}
	return at.Channel
}

var typedOption = regexp.MustCompile(`(\w+):"([^"]*)"`)

func (h *harness) Command(_ context.Context, as chat.User, at chat.Place, text string) (chattest.Answer, error) {
	path, _, _ := strings.Cut(text, ":")
	if strings.Contains(text, ":") {
		path = path[:strings.LastIndexByte(path, ' ')]
	}
	options := map[string]any{}
	for _, m := range typedOption.FindAllStringSubmatch(text, -1) {
		options[m[1]] = m[2]
	}
	i, err := h.Server.Command(as.ID, h.channel(at), path, options)
	return h.answered(as, at, i, err)
}

func (h *harness) Press(_ context.Context, as chat.User, on chat.Address, label string) (chattest.Answer, error) {
	channel := h.channel(on.Place)
	for _, m := range h.Server.See(as.ID, channel).Messages {
		for _, b := range m.Buttons {
			if m.ID == on.ID && b.Label == label {
				i, err := h.Click(as.ID, channel, m.ID, b.CustomID)
				return h.answered(as, on.Place, i, err)
			}
		}
	}
	return chattest.Answer{}, fmt.Errorf("no button %q on %v", label, on)
}

func (h *harness) UseMenu(_ context.Context, as chat.User, on chat.Address, label string) (chattest.Answer, error) {
	i, err := h.MessageCommand(as.ID, h.channel(on.Place), label, on.ID)
	return h.answered(as, on.Place, i, err)
}

// answered waits for what a person gets for an act. A button that only opens the
// next page is pressed, as a person would.
func (h *harness) answered(as chat.User, at chat.Place, i *discordfake.Interaction, err error) (chattest.Answer, error) {
	if err != nil {
		return chattest.Answer{}, err
	}
	a := i.Wait(20 * time.Second)
	switch {
	case a.Failed || !a.Answered:
		return chattest.Answer{}, errors.New("the application did not respond")
	case a.Modal != nil:
		return chattest.Answer{Form: h.dialog(as, at, a.Modal)}, nil
	case a.Message == nil:
		return chattest.Answer{}, nil
	}
	seen := h.look(as, at, *a.Message)
	if len(a.Message.Buttons) == 1 && strings.HasPrefix(a.Message.Buttons[0].CustomID, "~") {
		next, err := h.Press(context.Background(), as, seen.Address, seen.Buttons[0])
		if err == nil && next.Form != nil {
			next.Form.Errors = faultsIn(a.Message.Content, next.Form.Fields)
		}
		return next, err
	}
	if strings.HasPrefix(seen.Text, "I couldn't do that just now") {
		return chattest.Answer{}, errors.New(seen.Text)
	}
	return chattest.Answer{Reply: &seen}, nil
}

// faultsIn reads what a message says is wrong with each field.
func faultsIn(content string, fields []chat.Field) chat.FieldErrors {
	var faults chat.FieldErrors
	for _, f := range fields {
		for _, line := range strings.Split(unmark(content).text, "\n") {
			if text, ok := strings.CutPrefix(line, f.Label+": "); ok {
				if faults == nil {
					faults = chat.FieldErrors{}
				}
				faults[f.Name] = text
			}
		}
	}
	return faults
}

// dialog reads a modal. The words on it that belong to no field are in what the
// bot sent.
func (h *harness) dialog(as chat.User, at chat.Place, m *discordfake.Modal) *chattest.Dialog {
	d := &chattest.Dialog{Handle: as.ID + "|" + at.String() + "|" + m.CustomID, Title: strings.Split(m.Title, " (")[0], Values: chat.Answers{}}
	for _, f := range m.Fields {
		name := strings.TrimPrefix(f.CustomID, "=")
		d.Fields = append(d.Fields, chat.Field{Name: name, Label: f.Label})
		d.Note += " " + f.Description
		if f.Value != "" {
			d.Values[name] = chat.Given(f.Value)
		}
		for _, o := range f.Options {
			if o.Default {
				d.Values[name] = chat.Answer{Values: append(d.Values[name].Values, o.Value)}
			}
		}
	}
	all := h.Exchanges()
	for _, e := range slices.Backward(all) {
		raw, _ := json.Marshal(e.Request)
		if strings.HasSuffix(e.Path, "/callback") && strings.Contains(string(raw), m.CustomID) {
			for _, text := range regexp.MustCompile(`"content":"([^"]*)"`).FindAllStringSubmatch(string(raw), -1) {
				d.Note += " " + text[1]
			}
			break
		}
	}
	return d
}

func (h *harness) Submit(_ context.Context, as chat.User, d chattest.Dialog, answers chat.Answers) (chattest.Answer, error) {
	m := h.OpenModal(as.ID)
	if m == nil || !strings.HasSuffix(d.Handle, m.CustomID) {
		return chattest.Answer{}, errors.New("the form is no longer open")
	}
	values := map[string]any{}
	for _, f := range m.Fields {
		a, ok := answers[strings.TrimPrefix(f.CustomID, "=")]
		switch {
		case !ok:
		case f.Kind == 4:
			values[f.CustomID] = a.Text()
		default:
			values[f.CustomID] = append([]string{}, a.Values...)
		}
	}
	at := chat.Place{Workspace: h.workspace()}
	for _, room := range h.rooms {
		if strings.Contains(d.Handle, "#"+room) {
			at.Channel = room
		}
	}
	if at.Channel == "" {
		at.User = as.ID
	}
	i, err := h.SubmitModal(as.ID, m, values)
	return h.answered(as, at, i, err)
}

func (h *harness) Say(_ context.Context, as chat.User, at chat.Place, text string, files ...chat.File) (chat.Address, error) {
	var attached []discordfake.File
	for _, f := range files {
		attached = append(attached, discordfake.File{Name: f.Name, Kind: f.Type, Data: f.Data})
	}
	if at.Thread != "" {
		h.thread(as, at)
	}
	channel := h.channel(at)
	if len(text) > 2000 { // those who pay may type 4000; the fake knows nobody who pays
		id := channel[:len(channel)-1] + "7"
		h.Send("MESSAGE_CREATE", map[string]any{
			"id": id, "channel_id": channel, "type": 0, "content": strings.TrimSpace(text),
			"author": map[string]any{"id": as.ID, "username": h.names[as.ID], "global_name": h.names[as.ID]},
		})
		return chat.Address{Place: at, ID: id}, nil
	}
	id, err := h.Server.Say(as.ID, channel, text, attached...)
	return chat.Address{Place: at, ID: id}, err
}

// thread starts the thread under a message, if nobody has.
func (h *harness) thread(as chat.User, at chat.Place) {
	for _, m := range h.Server.See(as.ID, at.Channel).Messages {
		if m.ID == at.Thread && m.Thread == "" {
			if _, err := h.StartThread(as.ID, at.Channel, at.Thread, "Answers"); err != nil {
				h.t.Error(err)
			}
		}
	}
}

func (h *harness) EditSaid(_ context.Context, as chat.User, at chat.Address, text string) error {
	return h.Server.EditSaid(as.ID, h.channel(at.Place), at.ID, text)
}

func (h *harness) DeleteSaid(_ context.Context, as chat.User, at chat.Address) error {
	return h.Server.DeleteSaid(as.ID, h.channel(at.Place), at.ID)
}

func (h *harness) See(_ context.Context, as chat.User, at chat.Place) ([]chattest.Seen, error) {
	var all []chattest.Seen
	for _, m := range h.Server.See(as.ID, h.channel(at)).Messages {
		all = append(all, h.look(as, at, m))
	}
	return all, nil
}

func (h *harness) look(_ chat.User, at chat.Place, m discordfake.Message) chattest.Seen {
	s := chattest.Seen{Address: chat.Address{Place: at, ID: m.ID}, Bot: m.Author == h.BotID(), OnlyYou: m.Ephemeral}
	content := m.Content
	for _, e := range m.Embeds {
		words, _ := e["description"].(string)
		content += "\n\n" + words
	}
	if !s.Bot {
		content = strings.NewReplacer("\\", "\\\\").Replace(content)
	}
	r := unmark(content)
	s.Text, s.Links, s.Alarm = r.text, r.links, slices.Contains(m.Pings, "everyone")
	for _, b := range m.Buttons {
		s.Buttons = append(s.Buttons, b.Label)
	}
	for _, f := range m.Files {
		s.Alts = append(s.Alts, f.Description)
		seen := chattest.SeenFile{Name: f.Name, Kind: chat.File{Type: f.Kind}.Kind()}
		if strings.HasPrefix(f.Kind, "text/") {
			seen.Text = string(f.Data)
		}
		s.Files = append(s.Files, seen)
	}
	return s
}

func (h *harness) LoseAnswer() {
	h.LoseAnswers(1, discordfake.LostEOF, "POST /channels/{channel_id}/messages")
	h.LoseAnswers(1, discordfake.LostEOF, "POST /guilds/{guild_id}/scheduled-events")
}

func (h *harness) Calendar(context.Context, chat.User) (seen []chattest.SeenEvent, _ bool, _ error) {
	for _, e := range h.Scheduled(h.guild) {
		seen = append(seen, chattest.SeenEvent{Title: e.Name, Where: e.Location, About: e.Description, Start: e.Start, End: e.End})
	}
	return seen, true, nil
}

func (h *harness) CloseDoor(_ context.Context, as chat.User) error {
	h.CloseDM(as.ID)
	return nil
}
