package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// note is what the items of these tests are about.
type note struct {
	Text  string
	Gone  bool // no longer to be said
	Fault string
}

var notes = store.NewTable[string, note]("notes", 1)

// tellings counts, by an item's key, how often somebody was told of it.
var tellings = store.NewTable[string, int]("tellings", 1)

const kind = "note"

var (
	general = chat.Channel("test", "general")
	harbour = chat.Channel("test", "harbour")
	ana     = chat.Direct(chat.User{Workspace: "test", ID: "ana"})
	start   = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
)

// world is an outbox, what it speaks from and the platform it speaks through.
type world struct {
	t        testing.TB
	store    store.Store
	clock    *schedules.Movable
	platform *platform
	box      *outbox.Outbox

	failing func() error // of telling somebody
}

// in runs a test in a world whose real time is simulated.
func in(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(newWorld(t, storetest.New(t, outbox.Table, notes, tellings))) })
}

func newWorld(t testing.TB, s store.Store) *world {
	w := &world{t: t, store: s, clock: schedules.NewMovable(start, false), failing: func() error { return nil }}
	w.platform = &platform{clock: w.clock}
	w.restart()
	return w
}

// restart puts a new outbox on the same store and platform, as a new process
// would.
func (w *world) restart() {
	reason := outbox.Reason{Kind: kind, Render: func(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
		n, err := notes.Get(tx, i.Record)
		switch {
		case n.Fault == "panic":
			panic("in rendering")
		case n.Fault != "":
			err = errors.New(n.Fault)
		}
		return chat.Message{Text: n.Text}, !n.Gone, err
	}}
	told := func(tx store.Tx, i outbox.Item, _ time.Time) error {
		if err := w.failing(); err != nil {
			return err
		}
		n, err := tellings.Get(tx, i.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return tellings.Put(tx, i.Key, n+1)
	}
	w.box = outbox.New(w.store, w.clock, []chat.Platform{w.platform}, []outbox.Reason{reason}, slog.New(slog.DiscardHandler), told)
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// say puts an item in the outbox whose key, record and text are the same.
func (w *world) say(key string, to chat.Place, change ...func(*outbox.Item)) {
	w.t.Helper()
	i := outbox.Item{Key: key, Kind: kind, Record: key, Place: to}
	for _, fn := range change {
		fn(&i)
	}
	w.update(func(tx store.Tx) error {
		if err := notes.Put(tx, i.Record, note{Text: key}); err != nil {
			return err
		}
		return outbox.Say(tx, i, w.clock.Now())
	})
}

// write changes what a record says, and marks what was said about it.
func (w *world) write(record string, n note) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		if err := notes.Put(tx, record, n); err != nil {
			return err
		}
		return outbox.Touch(tx, kind, record)
	})
}

func (w *world) drain() {
	w.t.Helper()
	if err := w.box.Drain(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// settle drains for a while of real time, in which places rest.
func (w *world) settle(d time.Duration) {
	w.t.Helper()
	for end := time.Now().Add(d); ; time.Sleep(time.Second) {
		w.drain()
		if time.Now().After(end) {
			return
		}
	}
}

// quiet tells whether nothing is left to say or edit.
func (w *world) quiet() bool {
	quiet := true
	w.update(func(tx store.Tx) error {
		for row, err := range outbox.Table.All(tx) {
			if err != nil {
				return err
			}
			i := row.Value
			quiet = quiet && i.State != outbox.Pending && i.State != outbox.Sending && i.Stale == 0
		}
		return nil
	})
	return quiet
}

func (w *world) item(key string) outbox.Item {
	w.t.Helper()
	var i outbox.Item
	if err := w.store.View(context.Background(), func(tx store.Tx) (err error) {
		i, err = outbox.Table.Get(tx, key)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return i
}

func (w *world) mustBe(key string, want outbox.State) {
	w.t.Helper()
	if i := w.item(key); i.State != want {
		w.t.Errorf("%s is %s (%d tries, %q), want %s", key, i.State, i.Tries, i.Fault, want)
	}
}

// mustHaveTold checks of which items somebody was told, sorted; each once.
func (w *world) mustHaveTold(keys ...string) {
	w.t.Helper()
	var got []string
	w.update(func(tx store.Tx) error {
		got = nil
		for row, err := range tellings.All(tx) {
			if err != nil {
				return err
			}
			for range row.Value {
				got = append(got, row.ID)
			}
		}
		return nil
	})
	if !slices.Equal(got, keys) {
		w.t.Errorf("somebody was told of %q, want %q", got, keys)
	}
}

// mustStand checks what stands in a place, in order.
func (w *world) mustStand(p chat.Place, texts ...string) {
	w.t.Helper()
	var got []string
	for _, post := range w.platform.all() {
		if post.at.Place.Root() == p.Root() && !post.deleted {
			got = append(got, post.text)
		}
	}
	if !slices.Equal(got, texts) {
		w.t.Errorf("in %s stands %q, want %q", p, got, texts)
	}
}

// platform keeps what is said, and fails as a test asks.
type platform struct {
	// before is called at each call and may fail it, or wait; stored tells that
	// a Send was carried out all the same.
	before func(op string, to chat.Place, key string) (stored bool, err error)

	clock schedules.Clock
	mu    sync.Mutex
	posts []post
	calls []string
}

type post struct {
	key, text string
	at        chat.Address
	when      time.Time // in real time
	edits     int
	deleted   bool
}

var _ chat.Platform = (*platform)(nil)

func (p *platform) all() []post {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.posts)
}

// count tells how often an op was called for a key; edits and deletions are
// counted for the id of the message.
func (p *platform) count(op, key string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, call := range p.calls {
		if call == op+" "+key {
			n++
		}
	}
	return n
}

func (p *platform) fault(op string, to chat.Place, key string) (bool, error) {
	p.mu.Lock()
	p.calls = append(p.calls, op+" "+key)
	p.mu.Unlock()
	if p.before == nil {
		return false, nil
	}
	return p.before(op, to, key)
}

func (p *platform) Serves(w chat.Workspace) bool { return w == "test" }

func (p *platform) Listen(ctx context.Context, _ chat.Inbox) error { <-ctx.Done(); return nil }

func (p *platform) Send(_ context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	stored, err := p.fault("send", to, key)
	if err != nil && !stored {
		return chat.Address{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := chat.Address{Place: to, ID: fmt.Sprintf("m%d", len(p.posts)+1)}
	p.posts = append(p.posts, post{key: key, text: m.Text, at: at, when: time.Now()})
	return at, err
}

func (p *platform) Edit(_ context.Context, at chat.Address, m chat.Message) error {
	if _, err := p.fault("edit", at.Place, at.ID); err != nil {
		return err
	}
	return p.change(at, func(post *post) { post.text = m.Text; post.edits++ })
}

func (p *platform) Delete(_ context.Context, at chat.Address) error {
	if _, err := p.fault("delete", at.Place, at.ID); err != nil {
		return err
	}
	_ = p.change(at, func(post *post) { post.deleted = true })
	return nil
}

func (p *platform) change(at chat.Address, fn func(*post)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.posts {
		if p.posts[i].at == at && !p.posts[i].deleted {
			fn(&p.posts[i])
			return nil
		}
	}
	return chat.ErrGone
}

// Find knows a message by its key and its words together: there are platforms that
// know the words alone.
func (p *platform) Open(context.Context, chat.File) (io.ReadCloser, error) { return nil, chat.ErrGone }

func (p *platform) Find(_ context.Context, to chat.Place, key string, m chat.Message, _ time.Time) (chat.Address, error) {
	if _, err := p.fault("find", to, key); err != nil {
		return chat.Address{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, post := range p.posts {
		if post.key == key && post.text == m.Text && !post.deleted && post.at.Place.Root() == to.Root() {
			return post.at, nil
		}
	}
	return chat.Address{}, nil
}

// only fails calls of one kind.
func only(op string, err error) func(string, chat.Place, string) (bool, error) {
	return func(o string, _ chat.Place, _ string) (bool, error) {
		if o == op {
			return false, err
		}
		return false, nil
	}
}
