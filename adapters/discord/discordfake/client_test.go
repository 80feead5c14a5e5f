package discordfake_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"

	"github.com/bwmarrin/discordgo"
)

// toFake sends a discordgo session's requests to the fake.
type toFake struct{ host string }

func (f toFake) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "http", f.host, f.host
	return http.DefaultTransport.RoundTrip(r)
}

// world is a fake with a guild, a channel, two members and a discordgo client.
type world struct {
	*discordfake.Server
	t                      *testing.T
	guild, room, ana, bill string
	bot                    *discordgo.Session
}

type opt = discordfake.Options

const botMay = discordfake.Everyday | discordfake.ManageMessages | discordfake.CreatePrivateThreads | discordfake.CreateEvents

func newWorld(t *testing.T, o opt) *world {
	t.Helper()
	if o.Heartbeat == 0 {
		o.Heartbeat = time.Second
	}
	o.IdentifyGap = -1
	s := discordfake.New(o)
	t.Cleanup(s.Close)
	w := &world{Server: s, t: t}
	w.guild = s.AddGuild("Learners", "", botMay)
	w.room = s.AddChannel(w.guild, "cohort", discordfake.TextChannel)
	w.ana = s.AddUser(discordfake.User{Name: "ana", GlobalName: "Ana", Locale: "de"})
	w.bill = s.AddUser(discordfake.User{Name: "bill"})
	s.Join(w.guild, w.ana, "Ana T")
	s.Join(w.guild, w.bill, "")
	bot, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	bot.Client = &http.Client{Transport: toFake{s.Host()}, Timeout: 20 * time.Second}
	bot.Identify.Intents = discordgo.IntentsAllWithoutPrivileged
	bot.LogLevel = -1
	w.bot = bot
	conform(w)
	return w
}

func (w *world) open() {
	w.t.Helper()
	if err := w.bot.Open(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = w.bot.Close() })
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestDiscordgoAnswersCommandsAndModals(t *testing.T) {
	w := newWorld(t, opt{})
	w.open()
	_, err := w.bot.ApplicationCommandBulkOverwrite(w.AppID(), w.guild, []*discordgo.ApplicationCommand{{
		Name: "session", Description: "Sessions", Options: []*discordgo.ApplicationCommandOption{{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: "schedule", Description: "Plan one",
			Options: []*discordgo.ApplicationCommandOption{
				{Type: discordgo.ApplicationCommandOptionString, Name: "title", Description: "What about", Required: true},
				{Type: discordgo.ApplicationCommandOptionUser, Name: "with", Description: "Whom with"},
			},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.bot.AddHandler(func(s *discordgo.Session, i *discordgo.InteractionCreate) {
		switch i.Type {
		case discordgo.InteractionApplicationCommand:
			sub := i.ApplicationCommandData().Options[0]
			if sub.Options[0].StringValue() == "form" {
				_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
					Type: discordgo.InteractionResponseModal,
					Data: &discordgo.InteractionResponseData{CustomID: "m", Title: "Plan", Components: []discordgo.MessageComponent{
						discordgo.ActionsRow{Components: []discordgo.MessageComponent{
							discordgo.TextInput{CustomID: "why", Label: "Why", Style: discordgo.TextInputParagraph, Required: true},
						}},
					}},
				})
				return
			}
			whom := i.ApplicationCommandData().Resolved.Members[sub.Options[1].Value.(string)]
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseChannelMessageWithSource,
				Data: &discordgo.InteractionResponseData{
					Content: i.Member.Nick + " with " + whom.Nick + ": " + sub.Options[0].StringValue(), Flags: discordgo.MessageFlagsEphemeral,
					AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
					Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
						discordgo.Button{CustomID: "yes", Label: "Yes"},
					}}},
				},
			})
		case discordgo.InteractionMessageComponent:
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseUpdateMessage,
				Data: &discordgo.InteractionResponseData{
					Content:         "pressed " + i.MessageComponentData().CustomID,
					AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
				},
			})
		case discordgo.InteractionModalSubmit:
			row := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow)
			_ = s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseChannelMessageWithSource,
				Data: &discordgo.InteractionResponseData{
					Content:         "because " + row.Components[0].(*discordgo.TextInput).Value,
					AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
				},
			})
		}
	})

	if _, err := w.Command(w.ana, w.room, "session schedule", nil); err == nil {
		t.Error("a command without its required option was sent")
	}
	act := must[*discordfake.Interaction](t)(w.Command(w.ana, w.room, "session schedule", map[string]any{"title": "Listening", "with": w.ana}))
	got := act.Wait(20 * time.Second)
	if got.Message == nil || got.Message.Content != "Ana T with Ana T: Listening" || !got.Message.Ephemeral {
		t.Fatalf("answer %+v", got)
	}
	if seen := w.See(w.bill, w.room).Messages; len(seen) != 0 {
		t.Errorf("somebody else sees the ephemeral answer: %+v", seen)
	}
	click := must[*discordfake.Interaction](t)(w.Click(w.ana, w.room, got.Message.ID, "yes"))
	if a := click.Wait(20 * time.Second); a.Message == nil || a.Message.Content != "pressed yes" || a.Message.ID != got.Message.ID {
		t.Errorf("click %+v", a)
	}
	form := must[*discordfake.Interaction](t)(w.Command(w.bill, w.room, "session schedule", map[string]any{"title": "form"}))
	modal := form.Wait(20 * time.Second).Modal
	if modal == nil || modal.Title != "Plan" || modal.Fields[0].Label != "Why" {
		t.Fatalf("modal %+v", modal)
	}
	if _, err := w.SubmitModal(w.bill, modal, nil); err == nil {
		t.Error("a required field was left empty")
	}
	sent := must[*discordfake.Interaction](t)(w.SubmitModal(w.bill, modal, map[string]any{"why": "it helps"}))
	if a := sent.Wait(20 * time.Second); a.Message == nil || a.Message.Content != "because it helps" {
		t.Errorf("submission %+v", a)
	}
	if v := w.Violations(); len(v) != 0 {
		t.Errorf("violations %+v", v)
	}
}

func TestDiscordgoTalksInChannelsThreadsAndDirectMessages(t *testing.T) {
	w := newWorld(t, opt{})
	heard := make(chan *discordgo.MessageCreate, 10)
	w.bot.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { heard <- m })
	w.open()
	quiet := &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
	m := must[*discordgo.Message](t)(w.bot.ChannelMessageSendComplex(w.room, &discordgo.MessageSend{
		Content: "hello <@" + w.ana + ">", AllowedMentions: quiet,
		Files: []*discordgo.File{{Name: "a b.txt", ContentType: "text/plain", Reader: strings.NewReader("words")}},
	}))
	if seen := w.See(w.ana, w.room).Messages; len(seen) != 1 || len(seen[0].Pings) != 0 || string(seen[0].Files[0].Data) != "words" {
		t.Fatalf("seen %+v", seen)
	}
	th := must[*discordgo.Channel](t)(w.bot.MessageThreadStart(w.room, m.ID, "Week 1", 1440))
	if th.ID != m.ID || th.OwnerID != w.BotID() {
		t.Errorf("thread %+v", th)
	}
	<-heard
	if got := <-heard; got.Type != discordgo.MessageTypeThreadStarterMessage || got.Content != "" {
		t.Errorf("the thread starts with %+v", got.Message)
	}
	must[string](t)(w.Say(w.ana, th.ID, "my reflection"))
	if got := <-heard; got.Content != "" || got.ChannelID != th.ID {
		t.Errorf("without the content intent the bot read %q", got.Content)
	}
	must[string](t)(w.Say(w.ana, th.ID, "<@"+w.BotID()+"> look"))
	if got := <-heard; !strings.HasSuffix(got.Content, "look") {
		t.Errorf("a mention was read as %q", got.Content)
	}
	dm := must[*discordgo.Channel](t)(w.bot.UserChannelCreate(w.ana))
	if again := must[*discordgo.Channel](t)(w.bot.UserChannelCreate(w.ana)); again.ID != dm.ID {
		t.Error("a second direct channel was opened")
	}
	must[string](t)(w.Say(w.ana, dm.ID, "psst"))
	if got := <-heard; got.Content != "psst" {
		t.Errorf("direct message read as %q", got.Content)
	}
	w.CloseDM(w.ana)
	_, err := w.bot.ChannelMessageSendComplex(dm.ID, &discordgo.MessageSend{Content: "hi", AllowedMentions: quiet})
	wantCode(t, err, 50007)
	history := must[[]*discordgo.Message](t)(w.bot.ChannelMessages(th.ID, 10, "", "", ""))
	if len(history) != 3 || !strings.HasSuffix(history[0].Content, "look") {
		t.Errorf("history %+v", history)
	}
}

func wantCode(t *testing.T, err error, code int) {
	t.Helper()
	var refused *discordgo.RESTError
	if !errors.As(err, &refused) || refused.Message == nil || refused.Message.Code != code {
		t.Errorf("got %v, want code %d", err, code)
	}
}
