package discord_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
)

var carried = chattest.Carried(thursday)

// What a chart, an event and a document are in Discord: with files made of them,
// and where none can be made, in words.
func TestWhatMessagesCarryAsDiscordGetsIt(t *testing.T) {
	for name, m := range carried {
		whole := m
		var err error
		if whole.Files, err = chattest.Attach(m); err != nil {
			t.Fatal(err)
		}
		whole.Chart, whole.Event, whole.Document = nil, nil, nil
		for kind, x := range map[string]chat.Message{"attached": whole, "words": m} {
			out, err := discord.Render(x)
			if err != nil {
				t.Fatal(err)
			}
			if faults := discord.Faults(out); faults != nil {
				t.Error(faults)
			}
			golden(t, "carrying-"+name+"-"+kind, out)
		}
	}
	golden(t, "carrying-event-scheduled", discord.RenderEvent(*carried["event"].Event))
}

func TestAnEventFitsIntoDiscordWhateverItSays(t *testing.T) {
	for name, e := range map[string]chat.Event{
		"as long as can be": {UID: "u", Title: strings.Repeat("ū", chat.MaxEventTitle), Where: strings.Repeat("w", chat.MaxEventWhere), About: strings.Repeat("word ", chat.MaxEventAbout/5)},
		"two halves a sign": {UID: "u", Title: strings.Repeat("🌱", chat.MaxEventTitle), Where: strings.Repeat("🌱", chat.MaxEventWhere), About: strings.Repeat("🌱", chat.MaxEventAbout)},
		"much to escape":    {UID: "u", Title: "T", About: chat.Plain(strings.Repeat("*", 400))},
		"nowhere yet":       {UID: "u", Title: "T"},
	} {
		out := discord.RenderEvent(e)
		if faults := discord.Faults(out); faults != nil {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// calendar is a server with a calendar, and one event of ours in it.
func calendar(t *testing.T, permissions int64) (h *harness, at chat.Address, m chat.Message) {
	h = newHarness(t, fast(discordfake.Options{}))
	if permissions != 0 {
		h.guild = h.AddGuild("Others", "", permissions)
		d, err := discord.New(discord.Options{Token: h.Token(), Guilds: []string{h.guild}, URL: h.URL(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { discord.CloseIdle(d) })
		h.d = d
	}
	start := h.Now().Add(time.Hour).Truncate(time.Second)
	m = chat.Message{Text: "A session.", Event: &chat.Event{UID: "session-7", Title: "Q&A", Start: start, End: start.Add(time.Hour)}}
	at, err := h.d.Send(t.Context(), chat.Calendar(chat.Workspace(discord.Prefix+h.guild)), "k", m)
	if permissions == 0 && err != nil {
		t.Fatal(err)
	}
	if permissions != 0 && (!errors.Is(err, chat.ErrRefused) || !strings.Contains(err.Error(), "Create Events")) {
		t.Errorf("without the permission, it says %v", err)
	}
	return h, at, m
}

func with(m chat.Message, change func(*chat.Event)) chat.Message {
	e := *m.Event
	e.Sequence++
	change(&e)
	m.Event = &e
	return m
}

func TestWithoutThePermissionSomebodyIsToldWhich(t *testing.T) {
	h, _, _ := calendar(t, discord.Permissions&^discordfake.CreateEvents|discordfake.ManageEvents)
	if faults := fmt.Sprint(h.d.Check(t.Context())); !strings.Contains(faults, "lacks Create Events") {
		t.Errorf("the check says %s", faults)
	}
}

func TestAnEventThatHasBegunIsStillBroughtUpToDateAndEnded(t *testing.T) {
	h, at, m := calendar(t, 0)
	h.BeginEvent(h.guild, at.ID)
	begun := with(m, func(e *chat.Event) { e.Start, e.Where = h.Now().Add(-time.Minute), "The other room" })
	if err := h.d.Edit(t.Context(), at, begun); err != nil {
		t.Fatal(err)
	}
	if all := h.Scheduled(h.guild); len(all) != 1 || all[0].Location != "The other room" {
		t.Errorf("in the calendar stand %+v", all)
	}
	off := with(begun, func(e *chat.Event) { e.Off = true })
	for range 2 {
		if err := h.d.Edit(t.Context(), at, off); err != nil {
			t.Fatal(err)
		}
		if all := h.Scheduled(h.guild); len(all) != 0 {
			t.Errorf("in the calendar stand %+v", all)
		}
	}
}

func TestAnEventThatSomebodyTookAwayIsGone(t *testing.T) {
	h, at, m := calendar(t, 0)
	if err := h.d.Delete(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if err := h.d.Edit(t.Context(), at, m); !errors.Is(err, chat.ErrGone) {
		t.Errorf("changing it: %v, want ErrGone", err)
	}
	if err := h.d.Edit(t.Context(), at, with(m, func(e *chat.Event) { e.Off = true })); err != nil {
		t.Errorf("calling it off: %v; it does not stand, as is wanted", err)
	}
}

func TestAnEventThatWasCancelledCannotComeBack(t *testing.T) {
	h, at, m := calendar(t, 0)
	if err := h.d.Edit(t.Context(), at, with(m, func(e *chat.Event) { e.Off = true })); err != nil {
		t.Fatal(err)
	}
	if err := h.d.Edit(t.Context(), at, m); !errors.Is(err, chat.ErrGone) {
		t.Errorf("it is said to stand, though nobody sees it: %v", err)
	}
}

func TestWhatIsTooLateForACalendarTroublesNobody(t *testing.T) {
	h, _, m := calendar(t, 0)
	late := with(m, func(e *chat.Event) { e.UID, e.Start = "session-8", h.Now().Add(-time.Minute) })
	at, err := h.d.Send(t.Context(), chat.Calendar(chat.Workspace(discord.Prefix+h.guild)), "k2", late)
	if err != nil || at.ID != chat.NoCalendar {
		t.Errorf("it gave %v, %v", at, err)
	}
	if err := h.d.Edit(t.Context(), at, late); err != nil {
		t.Error(err)
	}
}

func TestAFullCalendarIsTold(t *testing.T) {
	h, _, m := calendar(t, 0)
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		_, err = h.d.Send(t.Context(), chat.Calendar(chat.Workspace(discord.Prefix+h.guild)), "k", with(m, func(e *chat.Event) { e.UID = fmt.Sprint(i) }))
	}
	if !errors.Is(err, chat.ErrRefused) || !strings.Contains(err.Error(), "100 scheduled events") {
		t.Errorf("the 101st gave %v", err)
	}
}

func TestWhatCannotBeMadeIsSaidInWords(t *testing.T) {
	h := newHarness(t, fast(discordfake.Options{}))
	broken, err := discord.New(discord.Options{
		Token: h.Token(), Guilds: []string{h.guild}, URL: h.URL(), Log: slog.New(slog.DiscardHandler),
		Attach: func(chat.Message) ([]chat.File, error) { return nil, errors.New("no font") },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { discord.CloseIdle(broken) })
	ana, _ := h.Person(t.Context(), "Ana")
	room, _ := h.Channel(t.Context(), "explorers")
	if _, err := broken.Send(t.Context(), room, "k1", carried["chart"]); err != nil {
		t.Fatal(err)
	}
	seen, _ := h.See(t.Context(), ana.User, room)
	if len(seen) != 1 || !strings.Contains(seen[0].Text, "More confident") || !strings.Contains(seen[0].Text, "2, then 4 of 5") {
		t.Errorf("there stands %+v", seen)
	}
}
