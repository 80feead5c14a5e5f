// Command cohortbot runs the bot, checks its configuration, rehearses a programme
// and shows a group to look at in the browser.
//
// Start reading at [Main]: main boots it, and so do the end-to-end tests. Each
// command has a file of its own: serve.go, check.go, rehearse.go, demo.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"cohortbot/bot"
	"cohortbot/bot/yamlfile"
	"cohortbot/schedules"
)

// stopLimit is how long a stop may take before the program ends all the same.
// What was acknowledged is durable at any moment, so nothing is lost by it.
const stopLimit = 4500 * time.Millisecond

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() { live(NewMain(os.Stdout, os.Stderr)) }

// live is the process: one run that ends when it is asked to.
func live(m *Main) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		m.stop()
		select {
		case <-signals: // somebody is in a hurry
		case <-time.After(stopLimit):
			fmt.Fprintln(os.Stderr, "cohortbot: not stopped in time; ending now. Everything acknowledged is safe.")
		}
		os.Exit(exitFailed)
	}()
	os.Exit(m.Run(os.Args[1:]))
}

// Main is one run of the program.
type Main struct {
	out, err io.Writer
	ctx      context.Context // ends when the program is to stop
	stop     context.CancelFunc
	ended    chan struct{} // closed when Run has returned

	// What the program goes by when it serves; tests have a clock that they can
	// move, limits that are over sooner, and hear along.
	clock       schedules.Clock
	slackMinute time.Duration // of Slack's limits; zero is Slack's own
	newBot      func(context.Context, bot.Options) (*bot.Bot, error)
}

// NewMain makes a run that prints its results to out, and faults and logs to err.
func NewMain(out, err io.Writer) *Main {
	m := &Main{out: out, err: err, ended: make(chan struct{}), clock: schedules.System, newBot: bot.New}
	m.ctx, m.stop = context.WithCancel(context.Background())
	return m
}

// Close asks a run to stop and waits until it has.
func (m *Main) Close() error {
	m.stop()
	<-m.ended
	return nil
}

// commands is the command line.
type commands struct {
	Serve serveCommand `cmd:"" help:"Run the bot on the platforms of a configuration."`
	Demo  demoCommand  `cmd:"" help:"Show a group to look at, in your browser, with a clock that you can move."`

	Rehearse rehearseCommand `cmd:"" help:"Run a whole programme in simulated time and print everything that would be posted."`
	Check    checkCommand    `cmd:"" help:"Say everything that is wrong with a configuration, and with the tokens that it names."`
	Manifest manifestCommand `cmd:"" help:"Print what the app of a platform is made from."`

	Backup   backupCommand   `cmd:"" help:"Write everything that is kept into one file, while the program runs or not."`
	Audit    auditCommand    `cmd:"" help:"Print what facilitators and administrators changed, and when."`
	Research researchCommand `cmd:"" help:"Give out what happened, for research: of those who agreed, and nobody singled out."`
	Restore  restoreCommand  `cmd:"" help:"Put a backup back; the program must not run."`

	Verify     verifyCommand     `cmd:"" help:"Say whether an exported portfolio is exactly as it was made, or whether a backup or a data folder is sound."`
	Credential credentialCommand `cmd:"" help:"Check what somebody was given."`
	Framework  frameworkCommand  `cmd:"" help:"Look at competency frameworks, and exchange them with others as CASE 1.1."`
	Chapter    chapterCommand    `cmd:"" help:"Look at the chapters of questions to think about that come along."`
}

// exited is thrown when the command line's own parts, such as --help, are done.
type exited int

// Run carries out a command line, without the program's name, and gives the exit
// code: 0, 1 for a failure or 2 for a command line that was not understood. It
// must be called once.
func (m *Main) Run(args []string) (code int) {
	defer close(m.ended)
	defer m.stop()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("cohortbot"),
		kong.Description("A chat bot that runs a facilitated learning group: weekly prompts, answers kept, evidence gathered."),
		kong.Writers(m.out, m.err),
		kong.Vars{"default_addr": string(defaultAddress)},
		kong.Exit(func(code int) { panic(exited(code)) }),
	)
	if err != nil {
		return m.fail(err)
	}
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case exited:
			code = int(thrown)
		default:
			panic(thrown)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(m.err, "cohortbot: %s. cohortbot --help shows the commands, cohortbot COMMAND --help one of them.\n", strings.TrimSuffix(err.Error(), "."))
		return exitUsage
	}
	if err := parsed.Run(m); err != nil {
		return m.fail(err)
	}
	return 0
}

// fail tells what went wrong.
func (m *Main) fail(err error) int {
	var wrong yamlfile.Faults
	if errors.As(err, &wrong) {
		fmt.Fprintln(m.err, wrong)
	} else {
		fmt.Fprintf(m.err, "cohortbot: %v\n", err)
	}
	return exitFailed
}
