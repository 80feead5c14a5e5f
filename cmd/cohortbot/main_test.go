package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// program is the program running inside the test, as main runs it.
type program struct {
	*Main
	t    *testing.T
	code chan int

	mu  sync.Mutex
	out bytes.Buffer
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{t: t, code: make(chan int, 1)}
	p.Main = NewMain(p, p)
	go func() { p.code <- p.Run(args) }()
	return p
}

// Write takes what the program prints.
func (p *program) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(text)
}

// waitFor waits until the program has printed what the pattern matches, and gives
// its first group.
func (p *program) waitFor(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		p.mu.Lock()
		text := p.out.String()
		p.mu.Unlock()
		if found := re.FindStringSubmatch(text); found != nil {
			return found[1]
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("it did not print %q; it printed:\n%s", pattern, text)
		}
	}
}

// close stops the program, which must not take long or fail.
func (p *program) close() {
	p.t.Helper()
	began := time.Now()
	if err := p.Close(); err != nil {
		p.t.Fatal(err)
	}
	if took := time.Since(began); took > stopLimit {
		p.t.Errorf("stopping took %s", took)
	}
	if code := <-p.code; code != 0 {
		p.t.Errorf("exit code %d; it printed:\n%s", code, &p.out)
	}
}

func TestAStoppedServeLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	config := filepath.Join(t.TempDir(), "config.yaml")
	text := "data: ./data\nlog: {format: text}\nlocal: {address: 127.0.0.1:0, people: [{id: hine, admin: true}], channels: [{id: explorers}]}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "serve", "--config", config)
	address := p.waitFor(`address=(http://127\.0\.0\.1:\d+)`)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	events, err := client.Get(address + "/api/events?as=hine")
	if err != nil {
		t.Fatal(err)
	}
	p.close() // while somebody listens
	if err := events.Body.Close(); err != nil {
		t.Error(err)
	}
}

// The clock of a demonstration, once moved, goes on from there after a restart.
func TestTheClockOfTheDemoIsKept(t *testing.T) {
	t.Parallel()
	folder := demoFolder(t)
	now := func(url, move string) time.Time {
		t.Helper()
		call := map[string]string{"as": "ana"}
		if move != "" {
			call["move"] = move
		}
		body, err := json.Marshal(call)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.Post(url+"/api/clock", "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var clock struct{ Now time.Time }
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &clock); err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", response.Status, text)
		}
		return clock.Now
	}
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", folder)
	url := p.waitFor(`open (http://127\.0\.0\.1:\d+)`)
	before := now(url, "")
	moved := now(url, "1w")
	if gone := moved.Sub(before); gone < 7*24*time.Hour || gone > 7*24*time.Hour+time.Minute {
		t.Errorf("a week's move moved the clock by %s", gone)
	}
	p.close()

	p = start(t, "demo", "--addr", "127.0.0.1:0", "--data", folder)
	again := now(p.waitFor(`open (http://127\.0\.0\.1:\d+)`), "")
	if gone := again.Sub(moved); gone < 0 || gone > time.Minute {
		t.Errorf("after a restart the clock stands %s later", gone)
	}
	p.close()
}

// A demonstration that was stopped while its past was acted out begins anew; with
// the usual port taken it takes a free one, and says so.
func TestAHalfMadeDemoBeginsAnewOnAFreePort(t *testing.T) {
	if l, err := net.Listen("tcp", string(defaultAddress)); err == nil { // otherwise somebody else has it, which does as well
		defer l.Close()
	}
	folder := t.TempDir()
	data, _, err := openDemo(t.Context(), folder, newLog(io.Discard, Log{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "demo", "--data", folder)
	p.waitFor(fmt.Sprintf(`(%s) is in use by another program, so this takes a free port`, defaultAddress))
	p.waitFor(`(Acting out)`)
	if url := p.waitFor(`open (http://127\.0\.0\.1:\d+)`); strings.HasSuffix(url, string(defaultAddress)) {
		t.Errorf("it says that it is on %s", url)
	}
	p.close()
}

func TestTheDemoIsKeptAmongTheCachesUnlessAFolderIsNamed(t *testing.T) {
	caches := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", caches) // on Linux
	t.Setenv("HOME", caches)           // on macOS
	t.Setenv("LocalAppData", caches)   // on Windows
	got, err := new(demoCommand).folder()
	if err != nil || !strings.HasPrefix(got, caches) || filepath.Base(got) != "demo" {
		t.Errorf("%s, %v; want a folder demo in %s", got, err, caches)
	}
	if got, err := (&demoCommand{Data: "x"}).folder(); err != nil || got != "x" {
		t.Errorf("%s, %v; want the folder that was named", got, err)
	}
}

func TestACommandLineThatIsNotUnderstoodExitsWithTwo(t *testing.T) {
	for _, args := range [][]string{{}, {"serve"}, {"nonsense"}, {"rehearse", "community-builder", "--format", "xml"}} {
		if code := NewMain(io.Discard, io.Discard).Run(args); code != exitUsage {
			t.Errorf("%q: exit code %d, want %d", args, code, exitUsage)
		}
	}
	if code := NewMain(io.Discard, io.Discard).Run([]string{"--help"}); code != 0 {
		t.Errorf("--help: exit code %d", code)
	}
}
