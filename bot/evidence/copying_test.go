package evidence_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// moody is a platform that hands out a file only when it feels like it.
type moody struct {
	chat.Platform
	mu     sync.Mutex
	faults []error
	tries  int
}

func (m *moody) Open(context.Context, chat.File) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tries++
	if len(m.faults) > 0 {
		fault := m.faults[0]
		m.faults = m.faults[1:]
		return nil, fault
	}
	return io.NopCloser(bytes.NewReader([]byte("an agenda"))), nil
}

// copier makes one of its own beside the world's, over a platform that is moody.
func copier(w *bottest.World, faults ...error) (*evidence.Copier, *moody) {
	m := &moody{Platform: w.Platform, faults: faults}
	return evidence.NewCopier(w.Store, w.Clock, []chat.Platform{m}, w.Files, evidence.Limits{}, slog.New(slog.DiscardHandler)), m
}

// want keeps an item whose file is still to be copied, behind the bot's back.
func want(w *bottest.World, owner string) evidence.ID {
	w.T.Helper()
	i := evidence.Item{
		ID: evidence.ID(store.NewID(w.Now())), Owner: w.Known(owner).ID, At: w.Now(), Kind: evidence.OfFile, Workspace: bottest.Workspace,
		Files: []evidence.File{{Name: "agenda.pdf", Copy: evidence.Wanted, From: chat.File{ID: "F", Workspace: bottest.Workspace, Name: "agenda.pdf"}}},
	}
	w.Update(func(tx store.Tx) error { return evidence.Table.Put(tx, i.ID, i) })
	return i.ID
}

func TestWhatFailsInPassingIsTriedAgainLaterAndNotBefore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		c, m := copier(w, fmt.Errorf("the line went dead"), chat.RateLimited{After: 20 * time.Minute})
		want(w, "Ana")
		for at, tries := range []int{1, 1, 2, 2, 3} { // at 0, 30 s, 1 min, 2 min, 22 min
			if err := c.Drain(w.T.Context()); err != nil {
				t.Fatal(err)
			}
			if m.tries != tries {
				t.Fatalf("look %d: tried %d times, want %d", at, m.tries, tries)
			}
			w.Clock.MoveTo(w.Now().Add([]time.Duration{30 * time.Second, 30 * time.Second, time.Minute, 20 * time.Minute, 0}[at]))
		}
		if f := items(w, "Ana")[0].Files[0]; f.Copy != evidence.Here || f.From.ID != "" || f.Tries != 0 {
			t.Errorf("came to %+v", f)
		}
	})
}

func TestAfterADayOfTryingItsOwnerIsTold(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		var faults []error
		for range 50 {
			faults = append(faults, fmt.Errorf("the line went dead"))
		}
		c, m := copier(w, faults...)
		want(w, "Ana")
		for range 60 {
			if err := c.Drain(w.T.Context()); err != nil {
				t.Fatal(err)
			}
			w.Clock.MoveTo(w.Now().Add(time.Hour))
		}
		if f := items(w, "Ana")[0].Files[0]; f.Copy != evidence.Failed || m.tries != 7 {
			t.Errorf("after %d tries: %+v", m.tries, f)
		}
		w.Settle()
		bottest.Says(t, texts(w.Inbox("Ana")), "**agenda.pdf**: the chat did not hand it out")
	})
}

func TestWhatWasDeletedWhileItWasCopiedLeavesNothing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		id := want(w, "Ana")
		slow := &deleting{Vault: w.Files, then: func() {
			w.Update(func(tx store.Tx) error {
				i, err := evidence.Table.Get(tx, id)
				if err != nil {
					return err
				}
				return evidence.Delete(tx, i)
			})
		}}
		c := evidence.NewCopier(w.Store, w.Clock, []chat.Platform{&moody{Platform: w.Platform}}, slow, evidence.Limits{}, slog.New(slog.DiscardHandler))
		for range 2 {
			if err := c.Drain(w.T.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if all := hashes(w); len(all) != 0 {
			t.Errorf("left: %v", all)
		}
	})
}

// deleting is a vault during whose work somebody deletes.
type deleting struct {
	evidence.Vault
	then func()
}

func (d *deleting) Keep(ctx context.Context, r io.Reader, most int64) (evidence.Content, error) {
	c, err := d.Vault.Keep(ctx, r, most)
	d.then()
	return c, err
}

func TestBytesThatACrashLeftWithoutARecordAreRemovedAtTheStart(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		want(w, "Ana")
		c, _ := copier(w)
		if err := c.Drain(w.T.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Files.Keep(w.T.Context(), strings.NewReader("left by a crash"), 100); err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithCancel(w.T.Context())
		done := make(chan error)
		go func() { done <- c.Run(ctx) }()
		time.Sleep(time.Second) // of simulated time
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if all := hashes(w); len(all) != 1 {
			t.Errorf("%d contents, want the one that is held", len(all))
		}
	})
}

func TestALongFrameworkIsSearched(t *testing.T) {
	f := frameworks.Framework{ID: "long", Title: "Long", Version: "1", Wording: "ours", Kinds: []frameworks.Kind{{ID: "c", Title: "C", Covers: frameworks.Do}}}
	for n := range 60 {
		f.Items = append(f.Items, frameworks.Item{ID: fmt.Sprintf("i%d", n), Kind: "c", Text: fmt.Sprintf("Thing number %d", n)})
	}
	f.Items[50].Text = "Welcome strangers at the door"
	p, _ := programmes.Find("facilitation-credential")
	p.ID, p.Portfolio.Framework = "ours", "long"
	bottest.Run(t, func(w *bottest.World) {
		w.Programmes, w.Frameworks = []programmes.Programme{p}, []frameworks.Framework{f}
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/evidence aim ours")
		add(w, "Ana", "I made tea")
		form := w.Do("Ana", "/evidence tag 1").Form
		if n := len(form.Fields[0].Options); n != 25 {
			t.Fatalf("%d options", n)
		}
		hand := func(form *chat.Form, answers chat.Answers) chat.Outcome {
			return w.Ask("Ana", chat.Request{At: w.At, Form: form.ID, Path: form.Command, Record: form.Record, Answers: answers})
		}
		out := hand(form, chat.Answers{"do": {Values: []string{"i3"}}, "more": chat.Given("strangers")})
		if out.Form == nil || len(out.Form.Fields[0].Options) != 1 {
			t.Fatalf("answered %s", w.Answer("Ana"))
		}
		hand(out.Form, chat.Answers{"also": {Values: []string{"i50"}}})
		bottest.Says(t, w.Answer("Ana"), "Thing number 3", "Welcome strangers")
		// Both stand at the top of the list the next time; taking one away leaves the other.
		form = w.Do("Ana", "/evidence tag 1").Form
		hand(form, chat.Answers{"do": {Values: []string{"i50"}}})
		if tags := items(w, "Ana")[0].Tags; fmt.Sprint(tags) != "[{long i50}]" {
			t.Errorf("tagged %v", tags)
		}
		hand(w.Do("Ana", "/evidence tag 1").Form, chat.Answers{"do": {Values: []string{"i50"}}, "more": chat.Given("zebras")})
		bottest.Says(t, w.Answer("Ana"), "nothing more with “zebras”")
	})
}
