package chattest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

var (
	meeting = chat.Event{
		UID: "session-7", Title: "Q&A <with> Aroha", Where: "https://example.org/room?a=1&b=2", About: "Bring *one* question.",
		Start: time.Date(2030, 3, 6, 20, 0, 0, 0, time.UTC), End: time.Date(2030, 3, 6, 21, 0, 0, 0, time.UTC),
	}
	summary = chat.Document{
		Name: "week-3", Title: "Week 3 & what you said", Text: "## Moments\n\nA word only found inside: *kotahitanga*.\n\n" + chat.Quote("<b>Theirs</b>"),
	}
)

// carried gathers all that a person can read of messages: what stands in them,
// the words for their files, and what stands in the files.
func carried(seen []Seen) (all string, alts []string, files []SeenFile) {
	for _, s := range seen {
		all += s.Text + "\n" + s.Note + "\n" + strings.Join(s.Alts, "\n") + "\n"
		alts, files = append(alts, s.Alts...), append(files, s.Files...)
		for _, f := range s.Files {
			all += strings.ReplaceAll(f.Text, "\r\n ", "") + "\n" // a calendar file folds its lines
		}
	}
	return all, alts, files
}

func eventAndDocument(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	m := chat.Message{Text: "A session, and a summary.", Event: &meeting, Document: &summary}
	for _, to := range []chat.Place{explorers, chat.Direct(ana.User)} {
		before := len(x.see(ana, to))
		x.send(to, "k/"+to.String(), m)
		x.mustCarry("in "+to.String(), x.see(ana, to)[before:])
	}
}

// mustCarry holds what somebody sees against [meeting] and [summary].
func (x *trial) mustCarry(where string, seen []Seen) {
	x.Helper()
	all, alts, files := carried(seen)
	for _, part := range []string{"A session, and a summary.", "Q&A <with> Aroha", "https://example.org/room?a=1&b=2", "question", "kotahitanga"} {
		if !strings.Contains(strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(all), part) {
			x.Errorf("%s: %q is neither in the message nor in a file of it: %q", where, part, all)
		}
	}
	if len(files) == 0 {
		x.Errorf("%s: no file is there to be kept", where)
	}
	if !slices.ContainsFunc(alts, func(s string) bool { return strings.Contains(s, summary.Title) }) {
		x.Errorf("%s: nothing says what the document is: %q", where, alts)
	}
}

func calendarTakesEvents(x *trial) {
	explorers := x.channel("explorers")
	p, to := x.h.Platform(), chat.Calendar(explorers.Workspace)
	if _, err := p.Send(x.ctx, to, "k0", chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrRefused) {
		x.Errorf("a calendar takes a message without an event: %v", err)
	}
	at := x.send(to, "k1", chat.Message{Text: "A session.", Event: &meeting})
	if at.Place != to {
		x.Errorf("the address is %v", at)
	}
	found, err := p.Find(x.ctx, to, "k1", chat.Message{Text: "A session.", Event: &meeting}, long)
	if err != nil || found != at {
		x.Errorf("looking for it gave %v, %v; it stands at %v", found, err, at)
	}
	moved := meeting
	moved.Sequence, moved.Start, moved.End = 1, moved.Start.Add(time.Hour), moved.End.Add(time.Hour)
	x.must(p.Edit(x.ctx, at, chat.Message{Text: "Moved.", Event: &moved}))
	moved.Sequence, moved.Off = 2, true
	x.must(p.Edit(x.ctx, at, chat.Message{Text: "Off.", Event: &moved}))
	x.must(p.Edit(x.ctx, at, chat.Message{Text: "Off.", Event: &moved})) // as after a mark that changed nothing
	x.must(p.Delete(x.ctx, at))
	x.must(p.Delete(x.ctx, at))
}
