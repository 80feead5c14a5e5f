package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// plot is how often the program is killed. A round is a folder of its own: a
// group's past is acted out in it, people go on from there while the program is
// killed again and again, and in the end the books are compared.
type plot struct {
	rounds  int
	seeding int // kills a round while the past is acted out
	kills   int // kills a round after that
}

var (
	usual = plot{rounds: 1, seeding: 2, kills: 25}
	soak  = plot{rounds: 8, seeding: 2, kills: 25}
)

// TestCrashLosesNothingAndRepeatsNothing ends the program with SIGKILL at random
// moments of a group's journey and starts it again on the same folder, while
// people act through it who try again until they are answered. In the end every
// answer that was acknowledged is kept once, and everything that was to be said
// stands once.
//
// It is the binary itself that runs, with its files on the disk. Start reading at
// [journey]; crash_people_test.go and crash_facilitators_test.go are what people
// do, crash_book_test.go is what they were told is kept, and crash_check_test.go
// compares it with what is. COHORTBOT_SOAK=1 goes on for 200 kills;
// COHORTBOT_SEED repeats the choices of a run, though not its very instants.
func TestCrashLosesNothingAndRepeatsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many starts of the program")
	}
	plan := usual
	if os.Getenv("COHORTBOT_SOAK") != "" {
		plan = soak
	}
	seed := rand.Uint64()
	if text := os.Getenv("COHORTBOT_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("COHORTBOT_SEED=%q: expected a number, for example 42", text)
		}
	}
	t.Logf("COHORTBOT_SEED=%d", seed)
	for n := range plan.rounds {
		t.Run(fmt.Sprintf("round %d", n+1), func(t *testing.T) {
			begin(t, rand.New(rand.NewPCG(seed, uint64(n)))).round(plan)
		})
	}
}

// journey is one round.
type journey struct {
	t      *testing.T
	dice   *rand.Rand // the killer's; each person has their own
	folder string
	book   *book
	gate   gate
	began  chan string // what somebody begins: "act" or "move"

	acting   context.Context // ends when nobody is to begin anything more
	stopActs context.CancelFunc

	mu      sync.Mutex
	process *process
	changed chan struct{} // closed when there is another process
}

func begin(t *testing.T, dice *rand.Rand) *journey {
	j := &journey{
		t: t, dice: dice, folder: t.TempDir(), book: newBook(),
		began: make(chan string), changed: make(chan struct{}),
	}
	j.acting, j.stopActs = context.WithCancel(t.Context())
	t.Cleanup(func() {
		j.stopActs()
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.process != nil {
			j.process.kill()
		}
	})
	return j
}

func (j *journey) round(plan plot) {
	began := time.Now()
	for range plan.seeding {
		p := j.start()
		time.Sleep(j.span(0, 1500*time.Millisecond))
		p.kill()
		j.look(p)
	}
	j.start().mustBeReady(j.t)

	var people sync.WaitGroup
	j.populate(&people)
	for n := range plan.kills {
		j.mu.Lock()
		p := j.process
		j.mu.Unlock()
		moment := j.moment(p)
		p.kill()
		j.look(p)
		if j.t.Failed() {
			j.t.Fatalf("after kill %d (%s)", n+1, moment)
		}
		j.start()
	}
	j.stopActs()
	people.Wait()
	if j.t.Failed() {
		return
	}
	data := j.settle()
	took := time.Since(began)
	data.check()
	j.t.Logf("%d kills in %s: %s", plan.seeding+plan.kills, took.Round(100*time.Millisecond), data)
}

// moment waits for the moment at which p is to be killed, and gives a name to it.
// Half of the moments follow closely on something that somebody begins, so that
// they fall between the writes that it takes.
func (j *journey) moment(p *process) string {
	roll := j.dice.IntN(10)
	if roll == 0 {
		time.Sleep(j.span(0, 400*time.Millisecond))
		return "starting"
	}
	p.mustBeReady(j.t)
	if roll < 5 {
		time.Sleep(j.span(20*time.Millisecond, 600*time.Millisecond))
		return "at any time"
	}
	time.Sleep(j.span(20*time.Millisecond, 300*time.Millisecond))
	// A move of the clock is a long row of writes. Most acts are short, and so
	// these come sooner rather than later.
	wanted, early := "move", j.span(0, 80*time.Millisecond)
	if roll < 7 {
		chance := j.dice.Float64()
		wanted, early = "act", time.Duration(chance*chance*float64(40*time.Millisecond))
	}
	for late := time.After(500 * time.Millisecond); ; {
		select {
		case what := <-j.began:
			if what != wanted {
				continue
			}
			time.Sleep(early)
			return "after the beginning of an act or a move"
		case <-late:
			return "in a long move"
		}
	}
}

func (j *journey) span(from, to time.Duration) time.Duration {
	return from + time.Duration(j.dice.Int64N(int64(to-from)))
}

// start starts the program on the folder.
func (j *journey) start() *process {
	p, err := startProcess(j.folder)
	if err != nil {
		j.t.Fatal(err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.process = p
	close(j.changed)
	j.changed = make(chan struct{})
	return p
}

// look fails where an ended process said something that it should not.
func (j *journey) look(p *process) {
	if text := p.complaints(); text != "" {
		j.t.Errorf("the program complained:\n%s", text)
	}
}

// address gives where the program answers, once it does; false when the journey
// is over.
func (j *journey) address() (string, bool) {
	for {
		j.mu.Lock()
		p, changed := j.process, j.changed
		j.mu.Unlock()
		select {
		case <-p.ready:
			select {
			case <-p.ended: // and killed since
			default:
				return p.url, true
			}
		case <-p.ended:
		case <-changed:
			continue
		case <-j.t.Context().Done():
			return "", false
		}
		select {
		case <-changed:
		case <-j.t.Context().Done():
			return "", false
		}
	}
}

// settle lets the program say what it has to say, stops it cleanly and opens its
// files. What cannot be said stays, and the check finds it. One place is edited
// once a second, and at once after a start: starting again is quicker than
// waiting.
func (j *journey) settle() *kept {
	for try := 0; ; try++ {
		p := j.process
		p.mustBeReady(j.t)
		time.Sleep(150 * time.Millisecond)
		if err := p.stop(); err != nil {
			j.t.Fatal(err)
		}
		j.look(p)
		data := openKept(j.t, j.folder, j.book)
		if try == 60 || data.settled() {
			return data
		}
		data.close()
		j.start()
	}
}
