package discord_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

func TestWithoutMessageContentAReplyIsStillHeard(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	top, err := r.d.Send(t.Context(), chat.Channel(r.workspace(), room), "k", chat.Message{Text: "What made it possible?"})
	if err != nil {
		t.Fatal(err)
	}
	thread, err := r.StartThread(ana, room, top.ID, "Answers")
	if err != nil {
		t.Fatal(err)
	}
	for _, say := range []func() (string, error){
		func() (string, error) { return r.Server.Say(ana, thread, "Nobody can read this") },
		func() (string, error) { return r.Server.Say(ana, room, "Among ourselves") },
		func() (string, error) { return r.Reply(ana, room, top.ID, "Somebody brought scones") },
	} {
		if _, err := say(); err != nil {
			t.Fatal(err)
		}
	}
	if !eventually(func() bool { return len(r.bot.words()) > 0 }) {
		t.Fatal("the reply is not heard")
	}
	r.bot.mu.Lock()
	defer r.bot.mu.Unlock()
	if s := r.bot.heard; len(s) != 1 || s[0].Text != "Somebody brought scones" || s[0].Address.Place.Thread != top.ID {
		t.Errorf("heard is %+v", s)
	}
}

func TestADeletionAfterARestartIsToldWithoutItsAuthor(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	top, err := r.d.Send(t.Context(), chat.Channel(r.workspace(), room), "k", chat.Message{Text: "What made it possible?"})
	if err != nil {
		t.Fatal(err)
	}
	thread, err := r.StartThread(ana, room, top.ID, "Answers")
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.Server.Say(ana, thread, "I would rather not have said this")
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // it may be heard or not
	discord.Restart(r.d)
	if err := r.Server.DeleteSaid(ana, thread, id); err != nil {
		t.Fatal(err)
	}
	want := chat.Address{Place: chat.Place{Workspace: r.workspace(), Channel: room, Thread: thread}, ID: id}
	if !eventually(func() bool {
		r.bot.mu.Lock()
		defer r.bot.mu.Unlock()
		return slices.ContainsFunc(r.bot.heard, func(s chat.Said) bool { return s.Deleted && s.Address == want && s.Profile == chat.Profile{} })
	}) {
		t.Errorf("the deletion is not heard: %+v", r.bot.heard)
	}
}

func TestWhoManagesTheServerIsAnAdministrator(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, ben, room := r.somebody("Ana"), r.somebody("Ben"), r.room("explorers")
	r.SetMember(r.guild, ben, "Ben of the garden", r.AddRole(r.guild, "Staff", discordfake.ManageGuild))
	got := make(chan chat.Profile, 1)
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		got <- q.Profile
		return chat.Say("Understood."), nil
	}
	for _, place := range []string{room, r.DM(ben)} {
		try(t)(r.Server.Command(ben, place, "home", nil))
		if p := <-got; !p.Admin || p.Name != "Ben of the garden" {
			t.Errorf("Ben is %+v", p)
		}
	}
	try(t)(r.Server.Command(ana, room, "home", nil))
	if p := <-got; p.Admin {
		t.Errorf("Ana is %+v", p)
	}
}

// Somebody who has never done anything here can be picked: the bot has met them
// when it hears of it.
func TestWhoIsPickedIsMet(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, ben, room := r.somebody("Ana"), r.somebody("Ben"), r.room("explorers")
	form := chat.Form{ID: "f1", Command: "session schedule", Title: "A session", Fields: []chat.Field{{Name: "host", Label: "Host", Kind: chat.Person}}}
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		if q.Form == "" {
			return chat.Asking(form), nil
		}
		r.bot.mu.Lock()
		defer r.bot.mu.Unlock()
		if !slices.Contains(r.bot.met, chat.Profile{User: chat.User{Workspace: r.workspace(), ID: ben}, Name: "Ben"}) {
			return chat.Say("Who is that?"), nil
		}
		return chat.Say("Ben it is."), nil
	}
	try(t)(r.Server.Command(ana, room, "session schedule", nil))
	i, err := r.SubmitModal(ana, r.OpenModal(ana), map[string]any{"host": ben})
	if err != nil {
		t.Fatal(err)
	}
	if a := i.Wait(5 * time.Second); a.Message == nil || a.Message.Content != "Ben it is." {
		t.Errorf("the answer is %+v, and met are %+v", a.Message, r.bot.met)
	}
}

func TestWhoJoinsIsMet(t *testing.T) {
	r := start(t, discordfake.Options{Allowed: 1 << 1}, discord.WithMembers)
	id := r.AddUser(discordfake.User{Name: "cleo", GlobalName: "Cleo"})
	r.Join(r.guild, id, "Cleo of the garden")
	met := func() bool {
		r.bot.mu.Lock()
		defer r.bot.mu.Unlock()
		return slices.Contains(r.bot.met, chat.Profile{User: chat.User{Workspace: r.workspace(), ID: id}, Name: "Cleo of the garden"})
	}
	if !eventually(met) {
		t.Errorf("met are %+v", r.bot.met)
	}
}

func TestAReplyInAChannelThatIsDeletedAfterARestartIsTold(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	top, err := r.d.Send(t.Context(), chat.Channel(r.workspace(), room), "k", chat.Message{Text: "What made it possible?"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.Reply(ana, room, top.ID, "I would rather not have said this")
	if err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(r.bot.words()) == 1 }) {
		t.Fatal("it is not heard")
	}
	discord.Restart(r.d)
	if err := r.Server.DeleteSaid(ana, room, id); err != nil {
		t.Fatal(err)
	}
	want := chat.Address{Place: chat.Channel(r.workspace(), room), ID: id}
	if !eventually(func() bool {
		r.bot.mu.Lock()
		defer r.bot.mu.Unlock()
		return slices.ContainsFunc(r.bot.heard, func(s chat.Said) bool { return s.Deleted && s.Address == want })
	}) {
		t.Errorf("the deletion is not heard: %+v", r.bot.heard)
	}
}

func TestADirectMessageThatIsDeletedAfterARestartIsTold(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana := r.somebody("Ana")
	id, err := r.Server.Say(ana, r.DM(ana), "Something private")
	if err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(r.bot.words()) == 1 }) {
		t.Fatal("it is not heard")
	}
	discord.Restart(r.d)
	if err := r.Server.DeleteSaid(ana, r.DM(ana), id); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(r.bot.words()) == 2 }) {
		t.Fatal("the deletion is not heard")
	}
	if s := r.bot.heard[1]; !s.Deleted || s.Profile.User.ID != ana || s.Address != (chat.Address{Place: r.direct(ana), ID: id}) {
		t.Errorf("it came as %+v", s)
	}
}

func TestADirectMessageBelongsToTheServerWhereThePersonIsKnown(t *testing.T) {
	s := discordfake.New(fast(discordfake.Options{}))
	defer s.Close()
	first, second := s.AddGuild("First", "", discord.Permissions), s.AddGuild("Second", "", discord.Permissions)
	ana := s.AddUser(discordfake.User{Name: "ana", GlobalName: "Ana"})
	s.Join(second, ana, "Ana from the second")
	d, err := discord.New(discord.Options{Token: s.Token(), Guilds: []string{first, second}, URL: s.URL(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	b, over := &bot{}, make(chan struct{})
	go func() { defer close(over); _ = d.Listen(ctx, b) }()
	defer func() { stop(); <-over; discord.CloseIdle(d) }()
	if !s.WaitConnected(1, 5*time.Second) {
		t.Fatal("it does not connect")
	}
	if _, err := s.Say(ana, s.DM(ana), "Hello"); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(b.words()) == 1 }) {
		t.Fatal("it is not heard")
	}
	if p := b.heard[0].Profile; p.User.Workspace != chat.Workspace(discord.Prefix+second) || p.Name != "Ana from the second" {
		t.Errorf("she is %+v", p)
	}
}

func TestOtherServersAreNotServed(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana := r.somebody("Ana")
	other := r.AddGuild("Elsewhere", "", discord.Permissions)
	room := r.AddChannel(other, "general", discordfake.TextChannel)
	r.Join(other, ana, "")
	a := try(t)(r.Server.Command(ana, room, "home", nil))
	if a.Message == nil || !strings.Contains(a.Message.Content, "don't work in this server") {
		t.Errorf("the person got %+v", a.Message)
	}
}
