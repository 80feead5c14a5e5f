package chattest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cohortbot/bot/chat"
)

func is(text string) func(chat.Said) bool {
	return func(s chat.Said) bool { return s.Text == text && !s.Edited && !s.Deleted }
}

// under gives the thread that hangs under a message.
func under(at chat.Address) chat.Place {
	p := at.Place.Root()
	p.Thread = at.ID
	return p
}

func threadIsHeard(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	top := x.send(explorers, "prompt/3", prompt)
	const text = "The driver <knew> everyone's *name*.\nAnd https://example.org/a_b too & more."
	at, err := x.h.Say(x.ctx, ana.User, under(top), text)
	x.must(err)
	s := x.heard("the reply", is(text))
	if s.Address.Place.Thread != top.ID || s.Address.Place.Channel != explorers.Channel {
		x.Errorf("it stands in %v, want the thread of %v", s.Address.Place, top)
	}
	if s.Address.String() != at.String() || s.Event == "" || s.Profile.User != ana.User || s.Profile.Name != ana.Name {
		x.Errorf("it came as %+v", s)
	}
	if seen := x.see(ana, under(top)); len(seen) != 1 || seen[0].Bot {
		x.Errorf("in the thread stands %+v", seen)
	}
}

func directIsHeard(x *trial) {
	ana := x.person("Ana")
	_, err := x.h.Say(x.ctx, ana.User, chat.Direct(ana.User), "Just to you")
	x.must(err)
	if s := x.heard("the direct message", is("Just to you")); s.Address.Place != chat.Direct(ana.User) {
		x.Errorf("it stands in %v", s.Address.Place)
	}
}

func changesAreHeard(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	top := x.send(explorers, "prompt/3", prompt)
	for _, at := range []chat.Place{under(top), chat.Direct(ana.User)} {
		said, err := x.h.Say(x.ctx, ana.User, at, "First thought")
		x.must(err)
		first := x.heard("the message", func(s chat.Said) bool { return s.Address.String() == said.String() })
		x.must(x.h.EditSaid(x.ctx, ana.User, said, "Second thought"))
		edit := x.heard("the edit", func(s chat.Said) bool { return s.Edited && s.Address.String() == said.String() })
		if edit.Text != "Second thought" || edit.Event == first.Event {
			x.Errorf("the edit came as %+v", edit)
		}
		x.must(x.h.DeleteSaid(x.ctx, ana.User, said))
		gone := x.heard("the deletion", func(s chat.Said) bool { return s.Deleted && s.Address.String() == said.String() })
		if gone.Text != "" || gone.Files != nil || gone.Event == edit.Event || gone.Profile.User != ana.User {
			x.Errorf("the deletion came as %+v", gone)
		}
		if at.Thread != "" && (edit.Address.Place.Thread != top.ID || gone.Address.Place.Thread != top.ID) {
			x.Errorf("the edit stands in %v and the deletion in %v", edit.Address.Place, gone.Address.Place)
		}
	}
}

func filesAreHeard(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	top := x.send(explorers, "prompt/3", prompt)
	photo := chat.File{Name: "garden.png", Type: "image/png", Data: pixel}
	note := chat.File{Name: "note.ogg", Type: "audio/ogg", Data: []byte("OggS, as if")}
	_, err := x.h.Say(x.ctx, ana.User, under(top), "", photo, note)
	x.must(err)
	s := x.heard("the files", func(s chat.Said) bool { return len(s.Files) > 0 })
	var kinds []string
	for _, f := range s.Files {
		kinds = append(kinds, f.Kind())
		if f.ID == "" || f.Size == 0 || len(f.Data) != 0 || f.Workspace != explorers.Workspace {
			x.Errorf("a file came as %+v, want a workspace, an id and a size instead of data", f)
		}
	}
	if !slices.Equal(kinds, []string{"photo", "voice note"}) || s.Files[0].Name != "garden.png" {
		x.Errorf("the files came as %+v", s.Files)
	}
}

// filesAreShownAgain: what a person sent stands in what the bot says of it, before
// and after an edit, as a picture or a file or at least by its name.
func filesAreShownAgain(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	top := x.send(explorers, "prompt/3", prompt)
	photo := chat.File{Name: "garden.png", Type: "image/png", Data: pixel}
	note := chat.File{Name: "note.txt", Type: "text/plain", Data: []byte("Kotahitanga, as we saw it.")}
	_, err := x.h.Say(x.ctx, ana.User, under(top), "", photo, note)
	x.must(err)
	s := x.heard("the files", func(s chat.Said) bool { return len(s.Files) > 0 })
	at := x.send(explorers, "star/1", chat.Message{Text: "Ana shows this.", Files: s.Files})
	shown := func(words string) {
		var all []Seen
		for _, m := range x.see(ben, explorers) {
			if m.Address == at || strings.Contains(m.Text, words) {
				all = append(all, m)
			}
		}
		read, _, files := carried(all)
		for _, f := range files {
			read += f.Name + "\n"
			if f.Name == "note.txt" && !strings.Contains(f.Text, "Kotahitanga") {
				x.Errorf("%q: the file that Ana sent has the text %q", words, f.Text)
			}
		}
		if !strings.Contains(read, words) || !strings.Contains(read, "garden.png") || !strings.Contains(read, "note.txt") {
			x.Errorf("%q: what Ana sent is not in %q", words, read)
		}
	}
	shown("Ana shows this.")
	x.must(x.h.Platform().Edit(x.ctx, at, chat.Message{Text: "Ana showed this.", Files: s.Files}))
	shown("Ana showed this.")
}

func filesCanBeOpened(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	p := x.h.Platform()
	sent := []chat.File{
		{Name: "garden.png", Type: "image/png", Data: pixel},
		{Name: "notes.txt", Type: "text/plain", Data: []byte(strings.Repeat("What we said. ", 20_000))},
		// Where somebody may not read a file, a platform may show a page instead;
		// so a page that is the file itself has to be told from it.
		{Name: "page.html", Type: "text/html", Data: []byte("<!DOCTYPE html><title>Mine</title>")},
	}
	for _, at := range []chat.Place{under(x.send(explorers, "prompt/3", prompt)), chat.Direct(ana.User)} {
		_, err := x.h.Say(x.ctx, ana.User, at, "Here at "+at.String(), sent...)
		x.must(err)
		heard := x.heard("the files", func(s chat.Said) bool { return s.Address.Place == at && len(s.Files) == len(sent) })
		for i, f := range heard.Files {
			for range 2 { // once and again
				body, err := p.Open(x.ctx, f)
				if err != nil {
					x.Errorf("opening %s: %v", f.Name, err)
					continue
				}
				got, err := io.ReadAll(body)
				if err := errors.Join(err, body.Close()); err != nil || !bytes.Equal(got, sent[i].Data) {
					x.Errorf("%s has %d bytes, want %d; %v", f.Name, len(got), len(sent[i].Data), err)
				}
			}
		}
		// One that is not there, whatever its id looks like.
		for _, id := range []string{"nowhere", "1/2/3", "https://example.org/x"} {
			f := heard.Files[0]
			f.ID = id
			if body, err := p.Open(x.ctx, f); err == nil {
				_ = body.Close()
				x.Errorf("the file %q is there", id)
			} else if !errors.Is(err, chat.ErrGone) {
				x.Errorf("opening the file %q, which is not there: %v, want ErrGone", id, err)
			}
		}
	}
	for _, f := range []chat.File{{Name: "ours.txt", Data: []byte("x")}, {Workspace: explorers.Workspace, Name: "ours.txt"}} {
		if _, err := p.Open(x.ctx, f); !errors.Is(err, chat.ErrRefused) {
			x.Errorf("opening a file that nobody sent: %v, want ErrRefused", err)
		}
	}
}

// pixel is a PNG of one grey pixel.
var pixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cch\x00\x00\x00\x82\x00\x81\xdd\x43j\xd2\x00\x00\x00\x00IEND\xaeB`\x82")

func heardAgain(x *trial) {
	ana := x.person("Ana")
	tries := 0
	x.in.refuse(func(chat.Said) error {
		if tries++; tries <= 3 {
			return errBusy
		}
		return nil
	})
	var want []string
	for i := range 5 {
		text := fmt.Sprintf("Thought %d", i)
		want = append(want, text)
		_, err := x.h.Say(x.ctx, ana.User, chat.Direct(ana.User), text)
		x.must(err)
	}
	x.heard("the last thought", is(want[4]))
	offered, taken := x.in.said()
	var got []string
	for _, s := range taken {
		if !slices.Contains(got, s.Text) {
			got = append(got, s.Text)
		}
	}
	if !slices.Equal(got, want) {
		x.Errorf("the bot took %q, want %q", got, want)
	}
	events := map[string]string{}
	for _, s := range offered {
		if text, again := events[s.Event]; again && text != s.Text {
			x.Errorf("event %q came with %q and with %q", s.Event, text, s.Text)
		}
		events[s.Event] = s.Text
	}
	if len(events) != len(want) {
		x.Errorf("%d messages came as %d events: a repeat must carry the event of the first", len(want), len(events))
	}
	if len(offered) < len(want)+3 {
		x.Errorf("%d deliveries, though three were refused", len(offered))
	}
}

func othersAreHeard(x *trial) {
	ana, ben := x.person("Ana"), x.person("Ben")
	x.in.refuse(func(s chat.Said) error {
		if s.Profile.User == ana.User {
			return errBusy
		}
		return nil
	})
	_, err := x.h.Say(x.ctx, ana.User, chat.Direct(ana.User), "Not taken yet")
	x.must(err)
	_, err = x.h.Say(x.ctx, ben.User, chat.Direct(ben.User), "Taken")
	x.must(err)
	x.heard("Ben", is("Taken"))
	x.in.refuse(nil)
	x.heard("Ana after all", is("Not taken yet"))
}
