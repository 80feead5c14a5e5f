package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// clockVar names the file by whose clock a child process lives that a test has
// started. Only this test binary knows it; the program does not.
const clockVar = "COHORTBOT_TEST_CLOCK"

// For such a child a minute of Slack's limits lasts for slackHurry, and it rests for
// editRest between two edits in one place.
const (
	slackHurry = 600 * time.Millisecond
	editRest   = 10 * time.Millisecond
)

// mainOfTests is the main of a child: the program's own, with a clock that the
// test moves where it named one.
func mainOfTests() {
	m := NewMain(os.Stdout, os.Stderr)
	if file := os.Getenv(clockVar); file != "" {
		m.slackMinute = slackHurry
		m.clock = schedules.NewMovable(clockFile(file).now(), true)
		m.newBot = func(ctx context.Context, o bot.Options) (*bot.Bot, error) {
			c := &control{file: clockFile(file), clock: m.clock.(*schedules.Movable), heard: map[string]int{}}
			for i, p := range o.Platforms {
				o.Platforms[i] = ears{p, c}
			}
			o.EditRest = editRest
			b, err := bot.New(ctx, o)
			if err != nil {
				return nil, err
			}
			c.bot = b
			return b, c.serve(ctx)
		}
	}
	live(m)
}

// clockFile keeps how far a clock is from the machine's. Test and program read the
// same file, so that the stand-ins date what is said as the program does, and a
// program that was killed goes on where it was.
type clockFile string

func (f clockFile) now() time.Time {
	text, err := os.ReadFile(string(f))
	if err != nil {
		panic(err) // the test has written it
	}
	offset, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		panic(err)
	}
	return time.Now().Round(0).Add(time.Duration(offset))
}

// set lets the clock show t from now on.
func (f clockFile) set(t time.Time) error {
	return f.write(string(f), strconv.FormatInt(int64(time.Until(t)), 10))
}

func (f clockFile) write(name, text string) error {
	if err := os.WriteFile(name+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// address is the file with the address at which the child takes orders.
func (f clockFile) address() string { return string(f) + ".address" }

// control is the test's hand in a child.
type control struct {
	file  clockFile
	clock *schedules.Movable
	bot   *bot.Bot

	mu    sync.Mutex
	heard map[string]int // by the id of the message, how often
}

// serve takes orders until ctx ends.
func (c *control) serve(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /heard", func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		_ = json.NewEncoder(w).Encode(c.heard[r.URL.Query().Get("message")])
	})
	mux.HandleFunc("POST /clock", func(w http.ResponseWriter, r *http.Request) {
		var to time.Time
		err := json.NewDecoder(r.Body).Decode(&to)
		if err == nil {
			err = c.move(ctx, to)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /settle", func(w http.ResponseWriter, r *http.Request) {
		err := c.bot.Settle(r.Context())
		time.Sleep(2 * editRest) // what was edited lately is edited again
		if err = errors.Join(err, c.bot.Settle(r.Context())); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return c.file.write(c.file.address(), l.Addr().String())
}

// move lives until a time, from job to job. The file is ahead of every step: what
// is said in it is dated so, and a restart in the middle does not go back.
func (c *control) move(ctx context.Context, to time.Time) error {
	for {
		if err := c.bot.Settle(ctx); err != nil {
			return err
		}
		due, ok, err := c.bot.NextDue(ctx)
		if err != nil {
			return err
		}
		last := !ok || due.After(to)
		if last {
			due = to
		}
		if due.After(c.clock.Now()) {
			if err := c.file.set(due); err != nil {
				return err
			}
		}
		if err := c.bot.Live(ctx, c.clock, due); err != nil || last {
			return errors.Join(err, c.bot.Settle(ctx))
		}
	}
}

// ears is a platform with somebody who hears along.
type ears struct {
	chat.Platform
	c *control
}

func (e ears) Listen(ctx context.Context, in chat.Inbox) error {
	return e.Platform.Listen(ctx, hearing{in, e.c})
}

type hearing struct {
	chat.Inbox
	c *control
}

func (h hearing) Hear(ctx context.Context, s chat.Said) error {
	err := h.Inbox.Hear(ctx, s)
	if err == nil {
		h.c.mu.Lock()
		h.c.heard[s.Address.ID]++
		h.c.mu.Unlock()
	}
	return err
}

// The test's end of the wire.

// order asks a child for something.
func (f clockFile) order(method, path string, body, answer any) error {
	at, err := os.ReadFile(f.address())
	if err != nil {
		return err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, "http://"+string(at)+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, strings.TrimSpace(string(got)))
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(got, answer)
}

// ready tells whether a child takes orders.
func (f clockFile) ready() bool {
	_, err := os.Stat(f.address())
	return err == nil
}

// forget makes ready wait for the next child.
func (f clockFile) forget() error {
	if err := os.Remove(f.address()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
