package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/peertest"
	"cohortbot/bot/chat"
)

// The figures of docs/performance.md beside other libraries: the program itself and
// the same bot on @slack/bolt and on discord.js, one after the other on the same
// stand-in, each a process of its own. `make bench-platforms` measures and prints
// the tables; an ordinary run of the tests gives each fifty commands, so that the
// peers do not rot.
//
// Start reading at [round]; peers_bots_test.go has the bots, peers_arena_test.go
// the platforms.

// benchEnv gives the number of rounds to measure, such as 5; benchNudgeEnv switches
// the minutes of nudging off with "no".
const (
	benchEnv      = "COHORTBOT_BENCH_PLATFORMS"
	benchNudgeEnv = "COHORTBOT_BENCH_NUDGES"
)

// journal is how a peer keeps things durably: the same for both.
const journal = "../../../peertest/journal.cjs"

func TestTheSameBotOnSlackBolt(t *testing.T) {
	compare(t, func(t *testing.T, program string) (place, []contender) {
		manifest, err := exec.Command("cohortbot", "manifest", "slack").Output()
		if err != nil {
			t.Fatal(err)
		}
		folder := peertest.Install(t, filepath.Join("..", "..", "adapters", "slack", "slackfake", "peer"), "bench.js", journal)
		quick := theirs("@slack/bolt, in the acknowledgement", "bench.js", folder, "ANSWER=ack")
		quick.echo = true
		fresh := func(t *testing.T, people int) arena { return newSlackArena(t, people, manifest) }
		return fresh, []contender{ours(program), theirs("@slack/bolt 4.7.3", "bench.js", folder), quick}
	})
}

func TestTheSameBotOnDiscordJS(t *testing.T) {
	compare(t, func(t *testing.T, program string) (place, []contender) {
		folder := peertest.Install(t, filepath.Join("..", "..", "adapters", "discord", "discordfake", "peer"), "bench.mjs", journal)
		fresh := func(t *testing.T, people int) arena { return newDiscordArena(t, people) }
		return fresh, []contender{ours(program), theirs("discord.js 14.28.1", "bench.mjs", folder)}
	})
}

// place makes an arena. A round has one of its own: the stand-ins forget nothing.
type place func(t *testing.T, people int) arena

// compare measures, or only tries everything out.
func compare(t *testing.T, set func(t *testing.T, program string) (place, []contender)) {
	t.Helper()
	s := size{rounds: 1, warm: 10, one: 20, fifty: 50, renewals: 1, pause: 50 * time.Millisecond, lull: 50 * time.Millisecond, rate: 20, killed: 40, people: 12, nudge: true}
	program := "cohortbot" // this very test binary, see TestMain
	rounds, _ := strconv.Atoi(os.Getenv(benchEnv))
	if rounds == 0 {
		t.Parallel()
	} else {
		s = size{rounds: rounds, warm: 1000, one: 1000, fifty: 9000, renewals: 5, pause: 500 * time.Millisecond, lull: 1500 * time.Millisecond, rate: 200, killed: 1000, people: 1000, nudge: os.Getenv(benchNudgeEnv) != "no"}
		program = filepath.Join(t.TempDir(), "cohortbot")
		if out, err := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	began, before := time.Now(), machineLoad()
	f := figures{}
	on, bots := set(t, program)
	var platform, sign string
	for i := range s.rounds {
		t.Run(fmt.Sprintf("round %d", i+1), func(t *testing.T) {
			a := on(t, s.people)
			platform, sign = a.name(), a.sign()
			for _, c := range bots {
				round(t, f, a, c, s)
			}
		})
	}
	if s.nudge {
		t.Run("nudges", func(t *testing.T) {
			a := on(t, s.people)
			for _, c := range bots {
				if !c.echo {
					nudge(t, f, a, c, s)
				}
			}
		})
	}
	if rounds > 0 {
		fmt.Printf("\n%s, %d rounds, %s, load %s before and %s after\n\n%s\n",
			platform, s.rounds, began.Format("2 January 2006"), before, machineLoad(), f.table(sign, bots))
	}
}

// machineLoad is the machine's load over the last minute.
func machineLoad() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// The lines of the table.
var (
	oneLines = [6]string{
		"1 in flight: commands a second", "1 in flight: acknowledged, median, ms", "1 in flight: acknowledged, 99th, ms",
		"1 in flight: answer visible, median, ms", "1 in flight: answer visible, 99th, ms",
		"1 in flight: processor a command, ms",
	}
	fiftyLines = [6]string{
		"50 in flight: commands a second", "50 in flight: acknowledged, median, ms", "50 in flight: acknowledged, 99th, ms",
		"50 in flight: answer visible, median, ms", "50 in flight: answer visible, 99th, ms",
		"50 in flight: processor a command, ms",
	}
	renewLines = [5]string{
		"asked to reconnect: until the next connection, median, ms", "asked to reconnect: the longest, ms",
		"asked to reconnect: commands given meanwhile", "asked to reconnect: of them not answered", "asked to reconnect: of them answered twice",
	}
	cutLines = [5]string{
		"connection cut: until the next, median, ms", "connection cut: the longest, ms",
		"connection cut: commands given meanwhile", "connection cut: of them not answered", "connection cut: of them answered twice",
	}
	killLines = [5]string{
		"kill -9: commands given before, around and after", "kill -9: not acknowledged, and the person was told", "kill -9: acknowledged and not there afterwards",
		"kill -9: acknowledged and kept, but not answered", "kill -9: answered twice",
	}
)

const (
	memStart     = "memory after the start, MB"
	memAfter     = "memory after 11,000 commands, MB"
	memOwn       = "of it without pages of files, MB"
	memPeak      = "memory at its peak, MB"
	killBack     = "kill -9: from the new start to the first command taken, ms"
	nudgeTime    = "1,000 private messages, s"
	nudgeReached = "of them delivered"
	nudgeRefused = "calls refused for being too many"
)

// table is the figures in Markdown, medians with their range.
func (f figures) table(sign string, bots []contender) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, c := range bots {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n|" + strings.Repeat("---|", len(bots)+1) + "\n")
	for _, line := range slices.Concat(oneLines[:], fiftyLines[:], []string{memStart, memAfter, memOwn, memPeak}, renewLines[:], cutLines[:], killLines[:], []string{killBack, nudgeTime, nudgeReached, nudgeRefused}) {
		if f[bots[0].name][line] == nil {
			continue
		}
		fmt.Fprintf(&b, "| %s |", strings.Replace(line, " acknowledged,", " "+sign+",", 1))
		for _, c := range bots {
			fmt.Fprintf(&b, " %s |", spread(f[c.name][line]))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func spread(values []float64) string {
	if len(values) == 0 {
		return ""
	}
	all := slices.Sorted(slices.Values(values))
	median, low, high := short(all[len(all)/2]), short(all[0]), short(all[len(all)-1])
	if low == high {
		return median
	}
	return fmt.Sprintf("%s (%s-%s)", median, low, high)
}

// short writes a number with two or three digits that count.
func short(v float64) string {
	switch {
	case v == float64(int(v)) && v < 1000:
		return strconv.Itoa(int(v))
	case v >= 1000:
		n := int(v+0.5) / 10 * 10
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func roomOf(a arena) chat.Place { return chat.Channel(a.workspace(), a.channel()) }

func usersOf(a arena, id string) []chat.User { return []chat.User{{Workspace: a.workspace(), ID: id}} }
