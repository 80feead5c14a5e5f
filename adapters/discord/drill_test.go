package discord_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

func TestDrillBurst(t *testing.T) {
	r := run(t, discordfake.Options{})
	room, ana := r.room("explorers"), r.somebody("Ana")
	var given acts
	r.Burst(400, func(int) {
		i, err := r.Server.Command(ana, room, "home", nil)
		given.add(t, i, err)
	})
	r.DropConnections()
	given.answered(t, r.bot)
	if g := r.Gateway(); len(g.Identifies) != 1 || g.Lost != 0 {
		t.Errorf("the session did not go on: %+v", g)
	}
}

func TestDrillRolling(t *testing.T) {
	span, every, each := 3*time.Second, 250*time.Millisecond, 100
	if soak {
		span, every, each = time.Minute, time.Second, 300
	}
	r := run(t, discordfake.Options{})
	room := r.room("explorers")
	var people []string
	for i := range 20 {
		people = append(people, r.somebody(fmt.Sprintf("Member %d", i)))
	}
	stop := r.ReconnectEvery(every)
	var given acts
	tick := time.NewTicker(time.Second / time.Duration(each))
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < span; {
		<-tick.C
		i, err := r.Server.Command(people[len(given.all)%len(people)], room, "home", nil)
		given.add(t, i, err)
	}
	stop()
	given.answered(t, r.bot)
	g := r.Gateway()
	if len(g.Identifies) != 1 || g.Resumes < int(span/every)/2 {
		t.Errorf("%d identifies and %d resumes", len(g.Identifies), g.Resumes)
	}
	t.Logf("%d commands over %d resumes", len(given.all), g.Resumes)
}

func TestDrillDeaf(t *testing.T) {
	const beat = 400 * time.Millisecond
	r := run(t, discordfake.Options{Heartbeat: beat})
	ana := r.somebody("Ana")
	if _, err := r.d.Send(t.Context(), r.direct(ana), "k", chat.Message{Text: "Hello"}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(beat) // the first heartbeat has gone out
	r.Deaf()
	began := time.Now()
	if _, err := r.Server.Say(ana, r.DM(ana), "Can you hear me?"); err != nil {
		t.Fatal(err)
	}
	if !eventually(func() bool { return len(r.bot.words()) == 1 }) {
		t.Fatal("what was said meanwhile is lost")
	}
	if took := time.Since(began); took > 2*beat+300*time.Millisecond {
		t.Errorf("it took %v to notice, more than two intervals", took)
	}
	g := r.Gateway()
	if g.Resumes != 1 || len(g.Identifies) != 1 {
		t.Errorf("%d resumes and %d identifies", g.Resumes, len(g.Identifies))
	}
	for _, code := range g.Closed {
		if code == 1000 || code == 1001 {
			t.Errorf("it closed with %d, which ends the session", code)
		}
	}
}

func TestDrillFatal(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     discordfake.Options
		wants bool // message content
		spoil func(*running)
		say   string
	}{
		{"a token that is revoked", discordfake.Options{}, false, func(r *running) { r.Revoke() }, "Reset Token"},
		{"an intent that is switched off", discordfake.Options{Allowed: messageContent}, true, func(r *running) {
			r.Allow(0)
			r.Invalidate(false)
		}, "Message Content Intent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, c.o)
			before := r.Gateway()
			c.spoil(r)
			select {
			case err := <-r.ended:
				if !errors.Is(err, chat.ErrFatal) || !strings.Contains(err.Error(), c.say) || strings.Contains(err.Error(), r.Token()) {
					t.Errorf("Listen ended with %v", err)
				}
				r.ended <- err
			case <-time.After(30 * time.Second):
				t.Fatal("it goes on")
			}
			if tries := r.Gateway().Opened - before.Opened; tries > 2 {
				t.Errorf("%d attempts", tries)
			}
			if c.spoil != nil && c.name == "a token that is revoked" {
				_, err := r.d.Send(t.Context(), chat.Channel(r.workspace(), r.room("explorers")), "k", chat.Message{Text: "Hello"})
				if !errors.Is(err, chat.ErrFatal) {
					t.Errorf("sending gives %v", err)
				}
				n := len(r.Exchanges())
				_, _ = r.d.Send(t.Context(), chat.Channel(r.workspace(), r.room("explorers")), "k", chat.Message{Text: "Hello"})
				if len(r.Exchanges()) != n {
					t.Error("it goes on asking with a dead token")
				}
			}
		})
	}
}

func TestDrillUnclear(t *testing.T) {
	r := run(t, discordfake.Options{})
	room := r.room("explorers")
	to := chat.Channel(r.workspace(), room)
	// A fresh one knows nothing of what was sent, as after kill -9.
	fresh, err := discord.New(discord.Options{Token: r.Token(), Guilds: []string{r.guild}, URL: r.URL(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer discord.CloseIdle(fresh)
	for n, how := range []discordfake.Loss{discordfake.LostEOF, discordfake.LostBadGateway, discordfake.LostTimeout, discordfake.FailedGateway} {
		m := chat.Message{Text: fmt.Sprintf("Said once, way %d", n), Note: "Only this group reads it."}
		key := fmt.Sprintf("once/%d", n)
		r.LoseAnswers(1, how, "POST /channels/{channel_id}/messages")
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		_, err := r.d.Send(ctx, to, key, m)
		cancel()
		if !errors.Is(err, chat.ErrUnclear) {
			t.Fatalf("way %d: %v, want ErrUnclear", n, err)
		}
		for _, d := range []*discord.Discord{fresh, r.d} {
			at, err := d.Find(t.Context(), to, key, m, time.Now().Add(-time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if stored := how != discordfake.FailedGateway; at.IsZero() == stored {
				t.Errorf("way %d: found %v though stored is %v", n, at, stored)
			}
		}
		// Said again within the nonce's time, it still stands once.
		if _, err := fresh.Send(t.Context(), to, key, m); err != nil {
			t.Fatal(err)
		}
		times := 0
		for _, seen := range r.Everything(room) {
			if strings.HasPrefix(seen.Content, m.Text) {
				times++
			}
		}
		if times != 1 {
			t.Errorf("way %d: it stands %d times", n, times)
		}
	}
	r.SetOverwrites(room, discordfake.Overwrite{ID: r.BotID(), Member: true, Deny: discordfake.ReadMessageHistory})
	if at, err := r.d.Find(t.Context(), to, "other", chat.Message{Text: "Never said"}, time.Now().Add(-time.Minute)); !errors.Is(err, chat.ErrUnclear) {
		t.Errorf("history that cannot be read gives %v, %v; want ErrUnclear", at, err)
	}
}

func TestDrillClosedDoor(t *testing.T) {
	r := run(t, discordfake.Options{})
	ctx := t.Context()
	ana, room := r.somebody("Ana"), r.room("explorers")
	send := func(to chat.Place) error {
		_, err := r.d.Send(ctx, to, "k/"+to.String()+fmt.Sprint(len(r.Exchanges())), chat.Message{Text: "Hello"})
		return err
	}
	for _, code := range []int{50007, 50278} {
		who := r.somebody(fmt.Sprint("Closed ", code))
		r.RefuseDM(who, code)
		if err := send(r.direct(who)); !errors.Is(err, chat.ErrClosed) {
			t.Errorf("code %d: %v", code, err)
		}
	}
	if err := send(r.direct("155555555555555555")); !errors.Is(err, chat.ErrGone) {
		t.Errorf("nobody: %v", err)
	}
	top, err := r.d.Send(ctx, chat.Channel(r.workspace(), room), "top", chat.Message{Text: "**Week 3.** A question"})
	if err != nil {
		t.Fatal(err)
	}
	under := top.Place
	under.Thread = top.ID
	in, err := r.d.Send(ctx, under, "in", chat.Message{Text: "In the thread"})
	if err != nil {
		t.Fatal(err)
	}
	r.Archive(top.ID, true, false)
	if err := r.d.Edit(ctx, in, chat.Message{Text: "Changed"}); err != nil {
		t.Errorf("an archived thread: %v", err)
	}
	r.Archive(top.ID, true, true)
	if err := r.d.Edit(ctx, in, chat.Message{Text: "Changed again"}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a locked thread: %v", err)
	}
	if err := send(under); !errors.Is(err, chat.ErrGone) {
		t.Errorf("sending to a locked thread: %v", err)
	}
	if err := r.d.Delete(ctx, top); err != nil {
		t.Error(err)
	}
	if err := r.d.Edit(ctx, top, chat.Message{Text: "Changed"}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a deleted message: %v", err)
	}
	other := r.room("gardeners")
	r.SetOverwrites(other, discordfake.Overwrite{ID: r.BotID(), Member: true, Deny: discordfake.ViewChannel})
	if err := send(chat.Channel(r.workspace(), other)); !errors.Is(err, chat.ErrRefused) || !strings.Contains(err.Error(), "View Channel") {
		t.Errorf("a channel that the bot cannot see: %v", err)
	}
	r.DeleteChannel(room)
	if err := send(chat.Channel(r.workspace(), room)); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a deleted channel: %v", err)
	}
	if n := r.InvalidRequests(); n > 12 {
		t.Errorf("%d refused requests: something is tried over and over", n)
	}
	if err := send(r.direct(ana)); err != nil {
		t.Errorf("others are not reached any more: %v", err)
	}
}

func TestDrillGarbage(t *testing.T) {
	r := run(t, discordfake.Options{})
	ana, room := r.somebody("Ana"), r.room("explorers")
	r.bot.do = func(_ context.Context, q chat.Request) (chat.Outcome, error) {
		if q.Path == "home" {
			panic("what a person typed")
		}
		return chat.Say("Understood."), nil
	}
	r.Garbage()
	i, err := r.Server.Command(ana, room, "home", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := i.Wait(8 * time.Second); a.Message == nil || !strings.Contains(a.Message.Content, "try again") {
		t.Errorf("after a panic the person got %+v", a)
	}
	i, err = r.Server.Command(ana, room, "session schedule", map[string]any{"title": "Q&A"})
	if err != nil {
		t.Fatal(err)
	}
	if a := i.Wait(8 * time.Second); a.Message == nil || a.Message.Content != "Understood." {
		t.Errorf("after the garbage the person got %+v", a)
	}
	if g := r.Gateway(); len(g.Identifies) != 1 {
		t.Errorf("%d identifies", len(g.Identifies))
	}
}
