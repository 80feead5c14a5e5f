package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// wireNames are the platforms on which every script in testdata/wires runs.
var wireNames = []string{"local", "slack", "discord"}

// wireBegins is when the clock of such a script stands: a Wednesday morning in
// Auckland, in the same weeks on every machine.
var wireBegins = time.Date(2031, time.February, 5, 10, 0, 0, 0, demoZone.Location())

// TestWires runs every script in testdata/wires three times: in the local
// workspace, in Slack and in Discord. Each time the program itself is a process of
// its own that runs "cohortbot serve", with its real store, sockets and requests;
// only the services are stand-ins, and the clock is the script's. It shows 10:00 on
// Wednesday 5 February 2031 in Auckland to begin with; clocks there go back on 6
// April, with the eighth Monday.
//
//	go test -race -run 'TestWires/discord/week' ./cmd/cohortbot
//
// runs testdata/wires/week.txtar on Discord. A script acts by the commands at the
// top of journey_test.go, and by these:
//
//	serve [FILE]          starts the program, with FILE from the end of the script
//	                      added to its configuration, and waits until it is on the
//	                      platform; the first thing that a script does
//	crash                 ends it as a power cut would, and waits until the platform
//	                      has noticed. People can go on writing, but in the local
//	                      workspace, which the program serves itself
//	restart               crash, then serve
//	stop-program          asks it to stop, as before an update; serve goes on
//	cut FILE TO           the first half of a file, as a full disk leaves it
//	spoil FILE TO         a file in which one byte in the middle is another
//	dailies N             waits until N backups are in the folder daily
//	ask /metrics          shows what the program tells machines: /healthz, /readyz
//	erasers NAME TEXT FILE  erases whoever goes by a name from copies of the store in a
//	                      backup, once without each table's eraser; see erasers_test.go
//	gone TEXT             waits until no byte of TEXT is left in anything that the
//	                      program keeps: its data folder and its log; ! gone TEXT
//	                      holds that it is there
//	exec cohortbot …      any other command, --config config.yaml for the same data
//	visit, tap, write     what people without an account do, see wires_pages_test.go
//	[slack] see …         a line for one platform alone; [!local] is for the others
//
// At the end the program is stopped, and the test fails where the platform would
// not have liked something (a refused request, a late acknowledgement), where the
// log tells of an error, a panic or a race, or where it holds a token or anything
// that people wrote.
func TestWires(t *testing.T) {
	commands := maps.Clone(journeyCommands)
	maps.Copy(commands, programCommands)
	maps.Copy(commands, pageCommands)
	for _, name := range wireNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:  "testdata/wires",
				Cmds: commands,
				Condition: func(c string) (bool, error) {
					if !slices.Contains(wireNames, c) {
						return false, fmt.Errorf("no platform is called %q", c)
					}
					return c == name, nil
				},
				Setup: func(env *testscript.Env) error { return setWire(t, env, name) },
			})
		})
	}
}

// newWire makes a platform.
func newWire(name string, clock clockFile) (wire, error) {
	switch name {
	case "slack":
		return newSlackWire(slackOptions(clock))
	case "discord":
		return newDiscordWire(discordOptions(clock)), nil
	}
	return newLocalWire()
}

func setWire(t *testing.T, env *testscript.Env, name string) error {
	clock := clockFile(filepath.Join(env.WorkDir, ".clock"))
	if err := clock.set(wireBegins); err != nil {
		return err
	}
	w, err := newWire(name, clock)
	if err != nil {
		return err
	}
	env.Setenv(clockVar, string(clock))
	env.Setenv(raceVar, os.Getenv(raceVar))
	for _, v := range w.env() {
		name, value, _ := strings.Cut(v, "=")
		env.Setenv(name, value)
	}
	s := &scene{platform: w}
	p := &served{wires: []wire{w}, clock: clock, folder: env.WorkDir, secret: func() []string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.Clone(s.typed)
	}}
	s.now = func() (time.Time, error) { return clock.now(), nil }
	s.move = p.move
	s.heard = p.heard
	s.settle = p.settle
	env.Values[sceneKey{}], env.Values[servedKey{}], env.Values[guestsKey{}] = s, p, map[string]*guest{}
	script := filepath.Base(env.WorkDir)
	env.Defer(func() {
		for _, c := range p.close() {
			t.Errorf("%s: %s", script, c)
		}
		if t.Failed() {
			t.Logf("%s: the log:\n%s", script, p.logged())
		}
	})
	return nil
}

var programCommands = map[string]func(*testscript.TestScript, bool, []string){
	"serve": words(0, 1, func(s *scene, ts *testscript.TestScript, args []string) {
		more := ""
		if len(args) > 0 {
			more = ts.ReadFile(args[0])
		}
		p := servedOf(ts)
		ts.Check(p.configure(more))
		ts.Check(p.begin())
	}),
	"crash": words(0, 0, func(s *scene, ts *testscript.TestScript, _ []string) { ts.Check(servedOf(ts).crash()) }),
	"restart": words(0, 0, func(s *scene, ts *testscript.TestScript, _ []string) {
		ts.Check(servedOf(ts).crash())
		ts.Check(servedOf(ts).begin())
	}),
	"ask": words(1, 1, func(s *scene, ts *testscript.TestScript, args []string) {
		said, err := servedOf(ts).asked(args[0])
		ts.Check(err)
		fmt.Fprintln(ts.Stdout(), said)
	}),
	"dailies": words(1, 1, func(s *scene, ts *testscript.TestScript, args []string) {
		var made []string
		whole := func() bool {
			made, _ = filepath.Glob(ts.MkAbs("daily/cohortbot-*.zip"))
			return fmt.Sprint(len(made)) == args[0]
		}
		if !within(patience, whole) {
			ts.Fatalf("in the folder daily are %v", made)
		}
	}),
	"gone": func(ts *testscript.TestScript, not bool, args []string) {
		if len(args) != 1 {
			ts.Fatalf("gone TEXT")
		}
		p := servedOf(ts)
		var at []string
		left := func() bool {
			at = whereStands(ts, p, args[0])
			return len(at) > 0
		}
		if not {
			if !left() {
				ts.Fatalf("%q is nowhere, so that nothing would be shown by its going", args[0])
			}
			return
		}
		if !within(patience, func() bool { return !left() }) {
			ts.Fatalf("%q is still in %v", args[0], at)
		}
	},
	"cut": words(2, 2, func(s *scene, ts *testscript.TestScript, args []string) {
		data := []byte(ts.ReadFile(args[0]))
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), data[:len(data)/2], 0o600))
	}),
	"spoil": words(2, 2, func(s *scene, ts *testscript.TestScript, args []string) {
		data := []byte(ts.ReadFile(args[0]))
		data[len(data)/2] ^= 1
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
	}),
	"erasers":      erasers,
	"stop-program": words(0, 0, func(s *scene, ts *testscript.TestScript, _ []string) { ts.Check(servedOf(ts).end()) }),
}

// whereStands gives the files of the program in which a text stands, and its log.
func whereStands(ts *testscript.TestScript, p *served, text string) []string {
	var found []string
	ts.Check(filepath.WalkDir(ts.MkAbs("data"), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !entry.Type().IsRegular() {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // it was there a moment ago
			return nil
		}
		if bytes.Contains(data, []byte(text)) {
			found = append(found, filepath.Base(path))
		}
		return err
	}))
	if strings.Contains(p.logged(), text) {
		found = append(found, "the log")
	}
	return found
}

type servedKey struct{}

func servedOf(ts *testscript.TestScript) *served { return ts.Value(servedKey{}).(*served) }

// served is the program on some platforms, by a clock that is moved. It is this
// very test binary, see TestMain.
type served struct {
	wires  []wire
	clock  clockFile // empty is the machine's
	folder string
	more   string          // in the configuration
	secret func() []string // what no log may hold, beside tokens

	running bool
	process *process        // the last
	logs    strings.Builder // of those before
}

// configure writes the configuration. What was added before stays.
func (p *served) configure(more string) error {
	p.more += more
	config := "data: ./data\nlog: {level: debug, format: text}\nhealth: {address: 127.0.0.1:0}\n" + p.more
	for _, w := range p.wires {
		config += w.config()
	}
	return os.WriteFile(p.config(), []byte(config), 0o600)
}

func (p *served) config() string { return filepath.Join(p.folder, "config.yaml") }

// command is the program with a command on the configuration.
func (p *served) command(name string) *exec.Cmd {
	c := exec.Command("cohortbot", name, "--config", p.config())
	c.Env = os.Environ()
	if p.clock != "" {
		c.Env = append(c.Env, clockVar+"="+string(p.clock))
	}
	for _, w := range p.wires {
		c.Env = append(c.Env, w.env()...)
	}
	return c
}

// begin starts the program and waits until it is on all platforms.
func (p *served) begin() error {
	if p.running {
		return fmt.Errorf("the program runs already")
	}
	if p.clock != "" {
		if err := p.clock.forget(); err != nil {
			return err
		}
	}
	if p.process != nil {
		p.logs.WriteString(p.process.logged())
	}
	next := &process{cmd: p.command("serve"), ended: make(chan struct{})}
	next.cmd.Stdout, next.cmd.Stderr = next, next
	if err := next.cmd.Start(); err != nil {
		return err
	}
	go func() { next.fault = next.cmd.Wait(); close(next.ended) }()
	p.process, p.running = next, true
	there := func() bool {
		select {
		case <-next.ended:
			return true
		default:
		}
		return (p.clock == "" || p.clock.ready()) && !slices.ContainsFunc(p.wires, func(w wire) bool { return !w.connected() })
	}
	if !within(time.Minute, there) {
		return fmt.Errorf("the program does not come to the platform:\n%s", next.logged())
	}
	select {
	case <-next.ended:
		return fmt.Errorf("the program ended by itself: %w\n%s", next.fault, next.logged())
	default:
		return nil
	}
}

// crash ends the program as a power cut would, and waits until the platforms know.
func (p *served) crash() error {
	if !p.running {
		return fmt.Errorf("the program does not run")
	}
	p.process.kill()
	return p.gone()
}

func (p *served) gone() error {
	p.running = false
	if !within(patience, func() bool { return !slices.ContainsFunc(p.wires, func(w wire) bool { return !w.alone() }) }) {
		return fmt.Errorf("the platform does not notice that the program is gone")
	}
	return nil
}

// end stops the program as a person does.
func (p *served) end() error {
	if !p.running {
		return fmt.Errorf("the program does not run")
	}
	if err := p.process.stop(); err != nil {
		return err
	}
	return p.gone()
}

// move lets the program live until a time.
func (p *served) move(to time.Time) error {
	if !p.running {
		return p.clock.set(to)
	}
	return p.clock.order("POST", "/clock", to, nil)
}

// settle waits until the program has said all that it can say now.
func (p *served) settle() error {
	if !p.running {
		return nil
	}
	return p.clock.order("POST", "/settle", nil, nil)
}

// heard asks the program how often it has heard a message.
func (p *served) heard(message string) (n int, there bool) {
	if !p.running {
		return 0, false
	}
	err := p.clock.order("GET", "/heard?message="+message, nil, &n)
	return n, err == nil
}

var healthTold = regexp.MustCompile(`health is told"? address=(\S+)`)

// asked gives what the program tells machines.
func (p *served) asked(path string) (string, error) {
	all := healthTold.FindAllStringSubmatch(p.logged(), -1)
	if len(all) == 0 || !p.running {
		return "", fmt.Errorf("nobody tells how the program does")
	}
	response, err := http.Get("http://" + all[len(all)-1][1] + path)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	return string(said), err
}

// logged is what it has logged in all its lives.
func (p *served) logged() string {
	if p.process == nil {
		return ""
	}
	return p.logs.String() + p.process.logged()
}

// close ends everything, and gives what was wrong behind the scenes.
func (p *served) close() (complaints []string) {
	metrics := ""
	if p.running {
		var err error
		if metrics, err = p.asked("/metrics"); err != nil || !strings.Contains(metrics, "cohortbot_readable 1") {
			complaints = append(complaints, fmt.Sprintf("/metrics: %v\n%s", err, metrics))
		}
		if err := p.end(); err != nil {
			complaints = append(complaints, err.Error())
		}
	}
	log := p.logged()
	for line := range strings.Lines(log) {
		for _, bad := range []string{"DATA RACE", "panic:", "level=ERROR"} {
			if strings.Contains(line, bad) {
				complaints = append(complaints, "the log has: "+line)
			}
		}
	}
	secrets := p.secret()
	for _, w := range p.wires {
		secrets = append(secrets, w.secrets()...)
		complaints = append(complaints, w.complaints()...)
		w.close()
	}
	for _, s := range secrets {
		if strings.Contains(metrics, s) {
			complaints = append(complaints, fmt.Sprintf("/metrics has %q", s))
		}
		if at := strings.Index(log, s); at >= 0 {
			line := log[strings.LastIndexByte(log[:at], '\n')+1:]
			line, _, _ = strings.Cut(line, "\n")
			complaints = append(complaints, fmt.Sprintf("the log has %q: %s", s, line))
		}
	}
	return complaints
}
