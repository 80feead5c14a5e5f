package chattest

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// Attach makes small files of a message's chart, event and document, which the
// cases look for. A harness gives it to its platform.
func Attach(m chat.Message) ([]chat.File, error) {
	var files []chat.File
	if c := m.Chart; c != nil {
		files = append(files, chat.File{Name: "chart.png", Type: "image/png", Alt: c.Title + ". " + c.Alt, Data: pixel})
	}
	if e := m.Event; e != nil {
		text := fmt.Sprintf("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nUID:%s\r\nSEQUENCE:%d\r\nSUMMARY:%s\r\nLOCATION:%s\r\nDESCRIPTION:%s\r\nEND:VCALENDAR\r\n", e.UID, e.Sequence, e.Title, e.Where, e.About)
		files = append(files, chat.File{Name: fmt.Sprintf("event-%d.ics", e.Sequence), Type: "text/calendar; charset=utf-8", Alt: e.Alt(), Data: []byte(text)})
	}
	if d := m.Document; d != nil {
		files = append(files, chat.File{Name: d.Name + ".html", Type: "text/html; charset=utf-8", Alt: d.Alt(), Data: []byte("<!DOCTYPE html><title>" + html.EscapeString(d.Title) + "</title><pre>" + html.EscapeString(d.Text) + "</pre>")})
	}
	return files, nil
}

// Carried are messages by what they carry, for an adapter to show how it puts them;
// the event is an hour from then on.
func Carried(then time.Time) map[string]chat.Message {
	return map[string]chat.Message{
		"chart": {Text: "Then and now.", Chart: &chat.Chart{
			Kind: chat.Radar, Title: "More confident", Alt: "Confident: 2, then 4 of 5.", Axes: []string{"Confident", "Kind", "Organised"},
			Series: []chat.Series{{Name: "Then", Values: []float64{2, 3, 1}}, {Name: "Now", Values: []float64{4, 3, 3}}}, Max: 5,
		}},
		"event": {Text: "**Q&A**, with Aroha.", Event: &chat.Event{
			UID: "session-7", Sequence: 1, Title: "Q&A with Aroha", Start: then, End: then.Add(time.Hour), Where: "https://example.org/room", About: "Bring *one* question.",
		}, Buttons: []chat.Button{{Label: "I'm coming", Command: "session answer", Record: "s1", Choice: "yes", Main: true}}},
		"document": {Text: "Week 3, to keep.", Document: &chat.Document{Name: "week-3", Title: "Week 3", Text: "## Moments\n\n" + chat.Quote("We met at <the> harbour.")}},
	}
}

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

// laden is a message with all that one can carry.
var laden = chat.Message{
	Text: "A session, and a summary.", Event: &meeting, Document: &summary,
	Chart: &chat.Chart{Kind: chat.Bars, Title: "Most met somebody new", Alt: "Seven of nine, as far as we know.", Axes: []string{"Met somebody new"}, Series: []chat.Series{{Name: "Weeks", Values: []float64{7}}}},
}

func eventAndDocument(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	for _, to := range []chat.Place{explorers, chat.Direct(ana.User), under(x.send(explorers, "top", prompt))} {
		before := len(x.see(ana, to))
		x.send(to, "k/"+to.String(), laden)
		x.mustCarry("in "+to.String(), x.see(ana, to)[before:])
	}
}

func repliesCarry(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	x.in.reply(chat.Answering(laden))
	for _, at := range []chat.Place{explorers, chat.Direct(ana.User)} {
		direct := chat.Direct(ana.User)
		before := len(x.see(ana, direct))
		answer, err := x.h.Command(x.ctx, ana.User, at, "/home")
		x.must(err)
		if answer.Reply == nil {
			x.Fatalf("the answer is %+v", answer)
		}
		// Where a file cannot stand in what one person sees, it comes by their
		// direct messages.
		var seen []Seen
		x.eventually("all of the reply is there", func() bool {
			seen = []Seen{*answer.Reply}
			for _, m := range x.see(ana, direct)[before:] {
				if m.Address != answer.Reply.Address {
					seen = append(seen, m)
				}
			}
			_, _, files := carried(seen)
			n := 0
			for _, f := range files {
				if strings.HasSuffix(f.Name, ".ics") || strings.HasSuffix(f.Name, ".html") {
					n++
				}
			}
			return n == 2
		})
		x.mustCarry("in a reply at "+at.String(), seen)
	}
	if seen := x.see(ben, explorers); len(seen) > 0 {
		x.Errorf("Ben sees what Ana was told: %+v", seen)
	}
}

// mustCarry holds what somebody sees against [laden].
func (x *trial) mustCarry(where string, seen []Seen) {
	x.Helper()
	all, alts, files := carried(seen)
	for _, part := range []string{laden.Text, "Q&A <with> Aroha", "https://example.org/room?a=1&b=2", "question", "kotahitanga", "Seven of nine"} {
		if !strings.Contains(strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(all), part) {
			x.Errorf("%s: %q is neither in the message nor in a file of it: %q", where, part, all)
		}
	}
	for _, name := range []string{"event-0.ics", summary.Name + ".html"} {
		if n := count(files, func(f SeenFile) bool { return f.Name == name }); n != 1 {
			x.Errorf("%s: %s is there %d times, in %+v", where, name, n, files)
		}
	}
	for _, words := range []string{summary.Title, meeting.Title, laden.Chart.Alt} {
		if !slices.ContainsFunc(alts, func(s string) bool { return strings.Contains(s, words) }) {
			x.Errorf("%s: nothing says %q of a file: %q", where, words, alts)
		}
	}
}

func count(files []SeenFile, is func(SeenFile) bool) int {
	n := 0
	for _, f := range files {
		if is(f) {
			n++
		}
	}
	return n
}

func movedEventIsSent(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	at := x.send(explorers, "k1", chat.Message{Text: "A session.", Event: &meeting})
	for _, m := range []chat.Message{{Text: "Nine are coming.", Event: &meeting}, moved("It is later.", 1, false), moved("It is off.", 2, true)} {
		for range 2 { // a second edit with the same event sends nothing more
			x.must(x.h.Platform().Edit(x.ctx, at, m))
		}
		all, _, files := carried(x.see(ana, explorers))
		name := fmt.Sprintf("event-%d.ics", m.Event.Sequence)
		if n := count(files, func(f SeenFile) bool { return f.Name == name }); n != 1 || !strings.Contains(all, m.Text) {
			x.Errorf("after %q, %s is there %d times, in %+v", m.Text, name, n, files)
		}
	}
}

// moved gives a message with [meeting] as it was changed.
func moved(text string, sequence int, off bool) chat.Message {
	e := meeting
	e.Sequence, e.Off = sequence, off
	e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour)
	return chat.Message{Text: text, Event: &e}
}

func calendarTakesEvents(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	p, to := x.h.Platform(), chat.Calendar(explorers.Workspace)
	if _, err := p.Send(x.ctx, to, "k0", chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrRefused) {
		x.Errorf("a calendar takes a message without an event: %v", err)
	}
	m := chat.Message{Text: "A session.", Event: &meeting}
	at := x.send(to, "k1", m)
	_, kept, err := x.h.Calendar(x.ctx, ana.User)
	x.must(err)
	if at.Place != to || (at.ID == chat.NoCalendar) == kept {
		x.Errorf("the address is %v; there is a calendar: %v", at, kept)
	}
	x.mustStand(ana, m)
	if found, err := p.Find(x.ctx, to, "k1", m, long); err != nil || found != at {
		x.Errorf("looking for it gave %v, %v; it stands at %v", found, err, at)
	}
	later := moved("Moved.", 1, false)
	later.Event.Title, later.Event.Where = "Q&A, later", ""
	x.must(p.Edit(x.ctx, at, later))
	x.mustStand(ana, later)
	off := moved("Off.", 2, true)
	x.must(p.Edit(x.ctx, at, off))
	x.must(p.Edit(x.ctx, at, off)) // as after a mark that changed nothing
	x.mustStand(ana)
	x.must(p.Delete(x.ctx, at))
	x.must(p.Delete(x.ctx, at))
	if again := x.send(to, "k2", off); again.ID != chat.NoCalendar {
		x.Errorf("an event that is off was put into the calendar, at %v", again)
	}
	x.mustStand(ana)
}

// mustStand holds the workspace's calendar, if there is one, against the events of
// messages.
func (x *trial) mustStand(as chat.Profile, want ...chat.Message) {
	x.Helper()
	entries, kept, err := x.h.Calendar(x.ctx, as.User)
	x.must(err)
	if !kept {
		want = nil
	}
	if len(entries) != len(want) {
		x.Errorf("in the calendar stand %+v, want %d entries", entries, len(want))
		return
	}
	for i, got := range entries {
		e := want[i].Event
		if got.Title != e.Title || !got.Start.Equal(e.Start) || !got.End.Equal(e.End) || e.Where != "" && got.Where != e.Where || !strings.Contains(got.About, "question") {
			x.Errorf("in the calendar stands %+v, want %+v", got, *e)
		}
	}
}

func unclearEventStandsOnce(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	p, to := x.h.Platform(), chat.Calendar(explorers.Workspace)
	other := meeting // another cohort's, of the same name at the same time
	other.UID = "session-8"
	first := chat.Message{Text: "A session.", Event: &other}
	x.send(to, "k0", first)
	m := chat.Message{Text: "A session.", Event: &meeting}
	if _, kept, err := x.h.Calendar(x.ctx, ana.User); err != nil || !kept {
		x.must(err)
		return // there is nothing that could stand twice
	}
	x.h.LoseAnswer()
	at, err := p.Send(x.ctx, to, "k1", m)
	if !errors.Is(err, chat.ErrUnclear) {
		x.Fatalf("a send whose answer is lost: %v, %v, want ErrUnclear", at, err)
	}
	if at, err = p.Find(x.ctx, to, "k1", m, long); err != nil || at.IsZero() {
		x.Fatalf("what was put into the calendar is not found: %v, %v", at, err)
	}
	x.mustStand(ana, first, m)
	later := moved("Moved.", 1, false)
	x.must(p.Edit(x.ctx, at, later))
	x.mustStand(ana, first, later)
	x.must(p.Delete(x.ctx, at))
	x.mustStand(ana, first)
	if at, err = p.Find(x.ctx, to, "k1", m, long); err != nil || !at.IsZero() {
		x.Errorf("what was taken away is found: %v, %v", at, err)
	}
}
