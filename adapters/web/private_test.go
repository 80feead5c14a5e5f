package web_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

// What is meant for one person can be neither read nor used by another, whatever
// they ask the API for.
func TestWhatIsForOnePersonStaysTheirs(t *testing.T) {
	w := open(t, storetest.New(t), web.Options{})
	in := &echo{}
	listen(t, w, in)
	_, a := call(t, w, "command", map[string]any{"as": "ana", "place": "explorers", "text": "/session schedule"})
	form := a["form"].(map[string]any)["id"]
	_, a = call(t, w, "submit", map[string]any{"as": "ana", "form": form, "answers": map[string]any{"title": "T", "when": "9"}})
	reply := a["reply"].(map[string]any)["id"]
	_, a = call(t, w, "say", map[string]any{"as": "ana", "place": "@cohortbot", "text": "Just to you"})
	direct := a["message"].(map[string]any)["id"]
	in.mu.Lock()
	asked := len(in.asked)
	in.mu.Unlock()

	for _, c := range []struct {
		path string
		body map[string]any
		want int
	}{
		{"press", map[string]any{"as": "ben", "message": reply, "button": "Schedule it"}, 404},
		{"menu", map[string]any{"as": "ben", "message": reply, "command": "evidence add"}, 404},
		{"menu", map[string]any{"as": "ben", "message": direct, "command": "evidence add"}, 404},
		{"edit", map[string]any{"as": "ben", "message": direct, "text": "x"}, 403},
		{"delete", map[string]any{"as": "ben", "message": direct}, 403},
		{"edit", map[string]any{"as": "ana", "message": reply, "text": "x"}, 404},
		{"submit", map[string]any{"as": "ben", "form": form, "answers": map[string]any{}}, 404},
		{"say", map[string]any{"as": "ben", "place": "explorers", "thread": reply, "text": "x"}, 404},
		{"say", map[string]any{"as": "ben", "place": "nowhere", "text": "x"}, 404},
		{"say", map[string]any{"as": "nobody", "place": "explorers", "text": "x"}, 404},
		{"say", map[string]any{"as": "ben", "place": "explorers", "text": " \n"}, 400},
		{"say", map[string]any{"as": "ben", "place": "explorers", "files": []string{"f1"}}, 400},
		{"press", map[string]any{"as": "ana", "message": reply, "button": "No such button"}, 409},
	} {
		if code, a := call(t, w, c.path, c.body); code != c.want || a["error"] == "" {
			t.Errorf("%s %v: %d %v, want %d", c.path, c.body, code, a, c.want)
		}
	}
	if _, _, err := w.See(ctx, "ben", chat.Direct(chat.User{Workspace: web.Name, ID: "ana"}), "", 0); err == nil {
		t.Error("Ben can read Ana's direct messages")
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.asked) != asked {
		t.Errorf("the bot was asked for %+v", in.asked[asked:])
	}
}

func TestAnOpenFormOutlivesARestart(t *testing.T) {
	s := storetest.New(t)
	first := open(t, s, web.Options{})
	stop := listen(t, first, &echo{})
	_, a := call(t, first, "command", map[string]any{"as": "ana", "place": "explorers", "text": "/session schedule"})
	form := a["form"].(map[string]any)["id"]
	if code, a := call(t, first, "submit", map[string]any{"as": "ana", "form": form, "answers": map[string]any{"title": "Kept <1>", "when": "blursday"}}); code != 200 || a["errors"] == nil {
		t.Fatalf("%d %v", code, a)
	}
	stop()

	second := open(t, s, web.Options{})
	listen(t, second, &echo{})
	_, state := do(t, second, httptest.NewRequest(http.MethodGet, "http://localhost/api/state?as=ana", nil))
	forms, _ := state["forms"].([]any)
	if len(forms) != 1 {
		t.Fatalf("open are %v", state["forms"])
	}
	filled := forms[0].(map[string]any)["filled"].(map[string]any)
	if got := fmt.Sprint(filled["title"]); got != "map[v:[Kept <1>]]" {
		t.Errorf("in it stands %v", filled)
	}
	if code, a := call(t, second, "submit", map[string]any{"as": "ana", "form": form, "answers": map[string]any{"title": "T", "when": "9"}}); code != 200 || a["reply"] == nil {
		t.Errorf("it cannot be handed in: %d %v", code, a)
	}
	_, state = do(t, second, httptest.NewRequest(http.MethodGet, "http://localhost/api/state?as=ana", nil))
	if state["forms"] != nil {
		t.Errorf("after it was handed in, open are %v", state["forms"])
	}
}

// A page costs the same however much was said before.
func TestAPageCostsTheSameWithAnyHistory(t *testing.T) {
	s := &counting{Store: storetest.Memory()}
	w := open(t, s, web.Options{})
	to := chat.Channel(web.Name, "explorers")
	cost := func() int64 {
		s.read.Store(0)
		if seen, _, err := w.See(ctx, "ana", to, "", 0); err != nil || len(seen) != web.Page {
			t.Fatal(len(seen), err)
		}
		page := s.read.Load()
		if _, err := w.Say(ctx, "ana", to, "One more", nil, ""); err != nil {
			t.Fatal(err)
		}
		return page + s.read.Load()
	}
	fill := func(n int) {
		for range n {
			if _, err := w.Send(ctx, to, "k", chat.Message{Text: "Something"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill(60)
	before := cost()
	fill(1500)
	if after := cost(); after != before || before == 0 {
		t.Errorf("a page and a message read %d rows with 60 messages before, and %d with 1,560", before, after)
	}
}

// counting is a store that counts the rows that are read.
type counting struct {
	store.Store
	read atomic.Int64
}

func (c *counting) View(ctx context.Context, fn func(store.Tx) error) error {
	return c.Store.View(ctx, func(tx store.Tx) error { return fn(countingTx{tx, c}) })
}

func (c *counting) Update(ctx context.Context, fn func(store.Tx) error) error {
	return c.Store.Update(ctx, func(tx store.Tx) error { return fn(countingTx{tx, c}) })
}

type countingTx struct {
	store.Tx
	c *counting
}

func (tx countingTx) Get(key []byte) ([]byte, error) {
	tx.c.read.Add(1)
	return tx.Tx.Get(key)
}

func (tx countingTx) Scan(from, to []byte, backward bool) iter.Seq2[store.KV, error] {
	return func(yield func(store.KV, error) bool) {
		for kv, err := range tx.Tx.Scan(from, to, backward) {
			tx.c.read.Add(1)
			if !yield(kv, err) {
				return
			}
		}
	}
}

func TestAFullDiskIsToldAndNothingIsHalfDone(t *testing.T) {
	s := &full{Store: storetest.Memory()}
	w := open(t, s, web.Options{})
	s.full.Store(true)
	if code, a := call(t, w, "say", map[string]any{"as": "ana", "place": "explorers", "text": "A long thought"}); code != 503 || a["text"] != "A long thought" {
		t.Errorf("%d %v", code, a)
	}
	if _, err := w.Send(ctx, chat.Channel(web.Name, "explorers"), "k", chat.Message{Text: "x"}); err == nil || errors.Is(err, chat.ErrUnclear) {
		t.Errorf("Send gave %v, want an error that says it was certainly not said", err)
	}
	s.full.Store(false)
	if seen, _, err := w.See(ctx, "ana", chat.Channel(web.Name, "explorers"), "", 0); err != nil || len(seen) != 0 {
		t.Errorf("there stands %+v, %v", seen, err)
	}
}

// full is a store whose disk can be full.
type full struct {
	store.Store
	full atomic.Bool
}

func (f *full) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.full.Load() {
		return store.ErrFull
	}
	return f.Store.Update(ctx, fn)
}
