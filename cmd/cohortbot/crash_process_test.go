package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is one life of the program.
type process struct {
	cmd   *exec.Cmd
	url   string        // valid once ready is closed
	ready chan struct{} // closed when it has told its address
	ended chan struct{} // closed when it has ended
	fault error         // how it ended

	mu  sync.Mutex
	log bytes.Buffer
}

var opens = regexp.MustCompile(`open (http://127\.0\.0\.1:\d+)`)

// startProcess starts the demonstration, whose clock can be moved, on a folder.
// The command is this very test binary, under the program's name: see TestMain.
func startProcess(folder string) (*process, error) {
	p := &process{
		cmd:   exec.Command("cohortbot", "demo", "--addr", "127.0.0.1:0", "--data", folder),
		ready: make(chan struct{}), ended: make(chan struct{}),
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if found := opens.FindStringSubmatch(lines.Text()); found != nil && p.url == "" {
				p.url = found[1]
				close(p.ready)
			}
		}
		_, _ = io.Copy(io.Discard, out)
		p.fault = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Write takes what the program logs.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(text)
}

func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// complaints gives the lines of the log that tell of a mistake in the program.
func (p *process) complaints() string {
	text := p.logged()
	if strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic:") {
		return text
	}
	var lines []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, "level=ERROR") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func (p *process) mustBeReady(t *testing.T) {
	t.Helper()
	select {
	case <-p.ready:
	case <-p.ended:
		t.Fatalf("the program ended by itself: %v\n%s", p.fault, p.logged())
	case <-time.After(3 * time.Minute):
		t.Fatalf("the program did not start in three minutes\n%s", p.logged())
	}
}

// kill ends it as a power cut would, except that the disk lives on.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// stop ends it as a person does.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.kill()
		return fmt.Errorf("the program did not stop\n%s", p.logged())
	}
	if p.fault != nil {
		return fmt.Errorf("stopping the program: %w\n%s", p.fault, p.logged())
	}
	return nil
}
