package web_test

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

func TestTheLocalWorkspaceIsAPlatform(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Harness {
		h := &harness{zones: map[string]string{"Ana": "Pacific/Auckland", "Ben": "Europe/Dublin"}}
		w, err := web.New(storetest.New(t), web.Options{
			Clock: schedules.NewMovable(start, false),
			Log:   slog.New(slog.DiscardHandler), Attach: chattest.Attach,
			Fault: func(op string, _ chat.Place) (bool, error) {
				if op == "send" && h.lose.CompareAndSwap(true, false) {
					return true, fmt.Errorf("the answer was lost: %w", chat.ErrUnclear)
				}
				return false, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		h.w = w
		return h
	})
}

// harness sits people down at a workspace, by the same functions that the API
// calls.
type harness struct {
	w     *web.Workspace
	zones map[string]string
	lose  atomic.Bool
}

func (h *harness) Platform() chat.Platform { return h.w }

func (h *harness) Ready(ctx context.Context) error {
	if _, err := h.Person(ctx, "Nobody"); err != nil {
		return err
	}
	for ctx.Err() == nil {
		rec := httptest.NewRecorder()
		h.w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "http://localhost/api/state?as=nobody", nil))
		if strings.Contains(rec.Body.String(), `"here":true`) {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return ctx.Err()
}

func (h *harness) Person(ctx context.Context, name string) (chat.Profile, error) {
	p := chat.Profile{User: chat.User{Workspace: web.Name, ID: strings.ToLower(name)}, Name: name, Zone: h.zones[name]}
	return p, h.w.AddPerson(ctx, p)
}

func (h *harness) Channel(ctx context.Context, name string) (chat.Place, error) {
	return chat.Channel(web.Name, name), h.w.AddChannel(ctx, name, "")
}

func (h *harness) Command(ctx context.Context, as chat.User, at chat.Place, text string) (chattest.Answer, error) {
	a, err := h.w.Command(ctx, as.ID, at, text, "")
	return h.answer(as, a, nil), err
}

func (h *harness) Press(ctx context.Context, as chat.User, on chat.Address, label string) (chattest.Answer, error) {
	a, err := h.w.Press(ctx, as.ID, on.ID, label, "")
	return h.answer(as, a, nil), err
}

func (h *harness) UseMenu(ctx context.Context, as chat.User, on chat.Address, label string) (chattest.Answer, error) {
	a, err := h.w.UseMenu(ctx, as.ID, on.ID, map[string]string{"Keep as evidence": "evidence add"}[label], "")
	return h.answer(as, a, nil), err
}

func (h *harness) Submit(ctx context.Context, as chat.User, d chattest.Dialog, answers chat.Answers) (chattest.Answer, error) {
	a, err := h.w.Submit(ctx, as.ID, d.Handle, answers, "")
	stays := d
	stays.Values = answers // the page leaves in the fields what was typed; browser_test.go looks
	return h.answer(as, a, &stays), err
}

func (h *harness) Say(ctx context.Context, as chat.User, at chat.Place, text string, files ...chat.File) (chat.Address, error) {
	var ids []string
	for _, f := range files {
		kept, err := h.w.Upload(ctx, as.ID, f)
		if err != nil {
			return chat.Address{}, err
		}
		ids = append(ids, kept.ID)
	}
	return h.w.Say(ctx, as.ID, at, text, ids, "")
}

func (h *harness) EditSaid(ctx context.Context, as chat.User, at chat.Address, text string) error {
	return h.w.EditSaid(ctx, as.ID, at.ID, text)
}

func (h *harness) DeleteSaid(ctx context.Context, as chat.User, at chat.Address) error {
	return h.w.DeleteSaid(ctx, as.ID, at.ID)
}

func (h *harness) Calendar(context.Context, chat.User) ([]chattest.SeenEvent, bool, error) {
	return nil, false, nil
}

func (h *harness) LoseAnswer() { h.lose.Store(true) }

func (h *harness) CloseDoor(ctx context.Context, as chat.User) error {
	return h.w.CloseDoor(ctx, as.ID, true)
}

func (h *harness) See(ctx context.Context, as chat.User, at chat.Place) ([]chattest.Seen, error) {
	var all []chattest.Seen
	for before := ""; ; {
		page, earlier, err := h.w.See(ctx, as.ID, at, before, 0)
		if err != nil {
			return nil, err
		}
		var seen []chattest.Seen
		for _, m := range page {
			s := h.look(as, m)
			for i, f := range m.Files {
				if strings.HasPrefix(f.Type, "text/") {
					whole, err := h.w.File(ctx, f.ID)
					if err != nil {
						return nil, err
					}
					s.Files[i].Text = string(whole.Data)
				}
			}
			seen = append(seen, s)
		}
		all = append(seen, all...)
		if !earlier {
			return all, nil
		}
		before = page[0].ID
	}
}

func (h *harness) answer(as chat.User, a web.Answer, stays *chattest.Dialog) chattest.Answer {
	var got chattest.Answer
	if a.Reply != nil {
		seen := h.look(as, *a.Reply)
		got.Reply = &seen
	}
	if f := a.Form; f != nil {
		got.Form = &chattest.Dialog{Handle: string(f.ID), Title: f.Title, Fields: f.Fields, Values: f.Filled, Errors: f.Errors, Note: f.Note}
	}
	if a.Errors != nil && stays != nil {
		stays.Errors = a.Errors
		got.Form = stays
	}
	return got
}

var (
	tag  = regexp.MustCompile(`<[^>]*>`)
	href = regexp.MustCompile(`<a href="([^"]*)"`)
)

// look reads a message as a browser shows it.
func (h *harness) look(as chat.User, m web.Shown) chattest.Seen {
	at := chat.Channel(web.Name, m.Place)
	if strings.HasPrefix(m.Place, "@") {
		at = chat.Direct(as)
	}
	at.Thread = m.Thread
	s := chattest.Seen{
		Address: chat.Address{Place: at, ID: m.ID}, Bot: m.Author.Bot, OnlyYou: m.OnlyYou,
		Text: rendered(m.HTML), Note: rendered(m.Small),
	}
	for _, link := range href.FindAllStringSubmatch(m.HTML+m.Small, -1) {
		s.Links = append(s.Links, html.UnescapeString(link[1]))
	}
	for _, b := range m.Buttons {
		s.Buttons = append(s.Buttons, b.Label)
	}
	if m.Chart != nil && strings.HasPrefix(m.Chart.SVG, "<svg") {
		s.Alts = append(s.Alts, m.Chart.Alt)
	}
	for _, f := range m.Files {
		s.Alts = append(s.Alts, f.Alt)
		seen := chattest.SeenFile{Name: f.Name, Kind: f.Kind}
		if kept, err := h.w.File(context.Background(), f.ID); err == nil && strings.HasPrefix(f.Type, "text/") {
			seen.Text = string(kept.Data)
		}
		s.Files = append(s.Files, seen)
	}
	return s
}

func rendered(markup string) string {
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(markup, "")))
}
