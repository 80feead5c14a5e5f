package main

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// raceVar tells the race detector what to do. By itself it sleeps for a second at
// the end of a program, and the tests end hundreds.
const raceVar = "GORACE"

func TestMain(m *testing.M) {
	if os.Getenv(raceVar) == "" {
		_ = os.Setenv(raceVar, "atexit_sleep_ms=0") // a name and a value that can be set
	}
	testscript.Main(m, map[string]func(){"cohortbot": mainOfTests})
}

// TestScripts runs the binary as people and machines run it. Beside the usual
// commands a script has:
//
//	answers URL        waits until the URL answers
//	stop-within 5s     asks everything in the background to stop (SIGTERM), and
//	                   fails where it has not ended by then
//	listen URL         listens to a stream of events until the script ends
//	fill IN OUT        copies a file, with what $NAME stands for
//
// and those of journey_test.go, with which it acts as people do; and $ADDR,
// $ADDR2: addresses with a free port each.
func TestScripts(t *testing.T) {
	commands := map[string]func(*testscript.TestScript, bool, []string){
		"answers":     answers,
		"stop-within": stopWithin,
		"listen":      listenTo,
		"fill":        fill,
	}
	maps.Copy(commands, journeyCommands)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			seat := localPlatform{func() string { return env.Getenv("ADDR") }}
			env.Values[sceneKey{}] = &scene{platform: seat, now: seat.now, move: seat.moveClock, settle: seat.settle}
			return setAddresses(env, "ADDR", "ADDR2")
		},
		Cmds: commands,
	})
}

func setAddresses(env *testscript.Env, names ...string) error {
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close() // after the loop, so that the ports differ
		env.Setenv(name, l.Addr().String())
	}
	env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/caches")
	env.Setenv(raceVar, os.Getenv(raceVar))
	return nil
}

func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: answers URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
		ts.Check(err)
		if response, err := http.DefaultClient.Do(request); err == nil {
			ts.Check(response.Body.Close())
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("%s does not answer", args[0])
}

func stopWithin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stop-within DURATION")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	deadline := time.Now().Add(limit)
	for _, c := range ts.BackgroundCmds() {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			ts.Fatalf("asking it to stop: %v", err)
		}
		for c.Process.Signal(syscall.Signal(0)) == nil {
			if time.Now().After(deadline) {
				ts.Fatalf("it still runs after %s", limit)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func listenTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listen URL")
	}
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
	ts.Check(err)
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	ts.Defer(func() {
		cancel()
		_ = response.Body.Close() // the stream has ended or is given up
	})
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		ts.Fatalf("%s is no stream of events but %s", args[0], kind)
	}
}

func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill IN OUT")
	}
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}
