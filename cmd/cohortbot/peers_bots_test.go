package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/bolt"
	"cohortbot/bot"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// contender is a bot that can be started on an arena, with a folder of its own.
type contender struct {
	name string
	// prepare fills the folder. With nudge, the bot is to write to everybody as
	// soon as it runs.
	prepare func(t *testing.T, a arena, folder string, nudge bool)
	command func(a arena, folder string) *exec.Cmd
	kept    func(folder string) (map[string]int, error) // how often each answer is kept
	echo    bool                                        // a variant, measured for its speed alone
	strict  bool                                        // what it loses or says twice is a fault
}

// life is a bot that runs.
type life struct {
	*process
	t *testing.T
	a arena
}

// live starts a bot and waits until commands reach it.
func (c contender) live(t *testing.T, a arena, folder string) life {
	t.Helper()
	p := &process{cmd: c.command(a, folder), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.fault = p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(p.kill)
	l := life{p, t, a}
	if !a.present() {
		t.Fatalf("%s does not come to %s:\n%s", c.name, a.name(), p.logged())
	}
	return l
}

// end ends it, and waits until the platform knows.
func (l life) end() {
	l.t.Helper()
	l.kill()
	if !l.a.absent() {
		l.t.Fatalf("%s has not noticed that the bot is gone", l.a.name())
	}
}

// memory is what a process holds, in MB.
type memory struct {
	resident float64
	own      float64 // of that, without pages of files
	peak     float64
}

func (l life) memory() memory {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))
	if err != nil {
		l.t.Fatal(err)
	}
	field := func(name string) float64 {
		_, rest, _ := strings.Cut(string(text), name+":")
		words := strings.Fields(rest)
		if len(words) == 0 {
			return 0
		}
		kb, _ := strconv.ParseFloat(words[0], 64)
		return kb / 1024
	}
	return memory{resident: field("VmRSS"), own: field("RssAnon"), peak: field("VmHWM")}
}

// processor is the time that a process has had of the processors, in ms. It is
// counted in hundredths of a second.
func (l life) processor() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", l.cmd.Process.Pid))
	if err != nil {
		l.t.Fatal(err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // from the third on
	if len(fields) < 13 {
		l.t.Fatalf("%s", text)
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) * 10
}

// ours is the program itself.
func ours(program string) contender {
	return contender{
		name: "cohortbot", strict: true,
		prepare: furnish,
		command: func(a arena, folder string) *exec.Cmd {
			c := exec.Command(program, "serve", "--config", filepath.Join(folder, "config.yaml"))
			c.Env = append(os.Environ(), a.env()...)
			return c
		},
		kept: func(folder string) (map[string]int, error) {
			s, err := bolt.Open(storeIn(folder), bolt.Options{})
			if err != nil {
				return nil, err
			}
			defer s.Close()
			kept := map[string]int{}
			return kept, s.View(context.Background(), func(tx store.Tx) error {
				for row, err := range prompts.Answers.All(tx) {
					if err != nil {
						return err
					}
					kept[row.Value.Text]++
				}
				return nil
			})
		},
	}
}

func storeIn(folder string) string { return filepath.Join(folder, "data", "cohortbot.db") }

// furnish makes a store in which everybody on the platform is in one cohort, whose
// first question goes out at once.
func furnish(t *testing.T, a arena, folder string, nudge bool) {
	t.Helper()
	config := "data: ./data\nlog: {level: warn}\n" + a.config()
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Dir(storeIn(folder)), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(storeIn(folder), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := bot.New(t.Context(), bot.Options{Store: s, Clock: schedules.System, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	rhythm, err := schedules.ParseRule("mondays 09:00")
	if err != nil {
		t.Fatal(err)
	}
	c := cohorts.Cohort{
		ID: cohorts.ID(store.NewID(now)), Name: "Garden", Place: roomOf(a), First: schedules.DateOf(now), Rhythm: rhythm, State: cohorts.Open, Created: now,
		Programme: programmes.Programme{ID: "garden", Title: "Garden", Members: programmes.Word{One: "member", Many: "members"}, Rhythm: "mondays 09:00"},
	}
	week := cohorts.Week{ID: cohorts.WeekID(store.NewID(now)), Title: "A week", Prompt: "What happened?", Posted: now}
	record := cohorts.WeekRecord(c.ID, week.ID)
	say := []outbox.Item{{Key: "prompt/" + string(week.ID) + "/" + c.Place.String(), Kind: "prompt", Record: record, Cohort: string(c.ID), Place: c.Place}}
	var group []people.Person
	for i, id := range a.people() {
		p := people.Person{ID: people.ID(store.NewID(now)), Name: names(i + 1)[i], Accounts: usersOf(a, id), Met: now}
		group = append(group, p)
		if nudge {
			say = append(say, outbox.Item{
				Key: "nudge/" + string(week.ID) + "/" + string(p.ID), Kind: "nudge", Record: record, Cohort: string(c.ID), Person: string(p.ID),
				Place: p.Direct(a.workspace()), Silent: true,
			})
		}
	}
	update := func(fn func(store.Tx) error) {
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx store.Tx) error {
		if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
			return err
		}
		return cohorts.Plans.Put(tx, c.ID, cohorts.Plan{Weeks: []cohorts.Week{week}})
	})
	for from := 0; from < len(group); from += 100 {
		update(func(tx store.Tx) error {
			for _, p := range group[from:min(from+100, len(group))] {
				if err := people.Table.Put(tx, p.ID, p); err != nil {
					return err
				}
				if err := cohorts.Members.Put(tx, cohorts.MemberID(c.ID, p.ID), cohorts.Member{Cohort: c.ID, Person: p.ID, Joined: now}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for from := 0; from < len(say); from += 100 {
		update(func(tx store.Tx) error {
			for _, i := range say[from:min(from+100, len(say))] {
				if err := outbox.Say(tx, i, now); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// theirs is the same bot on somebody else's library: the program of the folder
// where it was installed.
func theirs(name, program, folder string, env ...string) contender {
	return contender{
		name: name,
		prepare: func(t *testing.T, a arena, folder string, nudge bool) {
			t.Helper()
			if !nudge {
				return
			}
			list, err := json.Marshal(a.people())
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, "nudge.json"), list, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		},
		command: func(a arena, data string) *exec.Cmd {
			c := exec.Command("node", program)
			c.Dir = folder
			c.Env = append(append(os.Environ(), "NODE_ENV=production", "JOURNAL="+filepath.Join(data, "journal")), a.env()...)
			if nudge := filepath.Join(data, "nudge.json"); exists(nudge) {
				c.Env = append(c.Env, "NUDGE="+nudge)
			}
			c.Env = append(c.Env, env...)
			return c
		},
		kept: func(folder string) (map[string]int, error) {
			text, err := os.ReadFile(filepath.Join(folder, "journal"))
			if err != nil {
				return nil, err
			}
			kept := map[string]int{}
			for lines := json.NewDecoder(bytes.NewReader(text)); ; {
				var line struct{ Text string }
				if err := lines.Decode(&line); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
					return kept, nil // what was half written was not acknowledged
				} else if err != nil {
					return nil, err
				}
				kept[line.Text]++
			}
		},
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
