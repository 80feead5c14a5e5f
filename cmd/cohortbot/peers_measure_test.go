package main

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// size is how much is measured.
type size struct {
	rounds     int
	warm       int           // commands before anything is measured
	one, fifty int           // commands one at a time, and fifty in flight
	renewals   int           // of each kind
	pause      time.Duration // before and after what happens to a bot
	lull       time.Duration // between two renewals: what breaks at once is dialled with more care
	rate       int           // commands a second while the connection is renewed
	killed     int           // commands around the kill
	people     int
	nudge      bool
}

// figures are what was measured, by contender and by the line of the table; a
// round adds a value to each.
type figures map[string]map[string][]float64

func (f figures) add(who, what string, v float64) {
	if f[who] == nil {
		f[who] = map[string][]float64{}
	}
	f[who][what] = append(f[who][what], v)
}

// flood gives n commands, so many in flight, each by somebody else, and tells what
// became of each.
func flood(a arena, label string, n, flight int) []fate {
	list := make([]fate, n)
	numbers := make(chan int)
	var giving sync.WaitGroup
	for who := range min(flight, a.speakers()) {
		giving.Go(func() {
			for i := range numbers {
				list[i] = a.give(who, fmt.Sprintf("%s %d: we asked who was missing, and somebody knew them", label, i))
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	giving.Wait()
	return list
}

// holdAnswered holds that commands were answered, each at most once, as long as
// nothing goes wrong. A machine with much else to do may be too late for some.
func holdAnswered(t *testing.T, who string, list []fate) {
	t.Helper()
	missed := 0
	for i, g := range list {
		if g.answers > 1 {
			t.Errorf("%s: of %d commands number %d was answered %d times", who, len(list), i, g.answers)
		}
		if g.answers == 0 {
			missed++
		}
	}
	if missed > len(list)/2 {
		t.Errorf("%s: of %d commands %d were not answered", who, len(list), missed)
	} else if missed > 0 {
		t.Logf("%s: of %d commands %d were not answered", who, len(list), missed)
	}
}

func percentile(list []fate, p float64, of func(fate) time.Duration) float64 {
	var all []time.Duration
	for _, g := range list {
		if g.answers > 0 {
			all = append(all, of(g))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[int(p*float64(len(all)-1))].Microseconds()) / 1000
}

func ackTime(g fate) time.Duration    { return g.ack }
func answerTime(g fate) time.Duration { return g.answered }

// round measures one contender once, from its start.
func round(t *testing.T, f figures, a arena, c contender, s size) {
	t.Helper()
	folder := t.TempDir()
	c.prepare(t, a, folder, false)
	a.fresh()
	l := c.live(t, a, folder)
	time.Sleep(s.pause)
	f.add(c.name, memStart, l.memory().resident)

	holdAnswered(t, c.name, flood(a, "warm", s.warm, 50))
	for _, x := range []struct {
		n, flight int
		lines     [6]string
	}{{s.one, 1, oneLines}, {s.fifty, 50, fiftyLines}} {
		cpu := l.processor()
		began := time.Now()
		list := flood(a, fmt.Sprintf("flight of %d", x.flight), x.n, x.flight)
		took := time.Since(began)
		f.add(c.name, x.lines[5], (l.processor()-cpu)/float64(x.n))
		holdAnswered(t, c.name, list)
		for i, v := range []float64{
			float64(x.n) / took.Seconds(),
			percentile(list, 0.5, ackTime), percentile(list, 0.99, ackTime), percentile(list, 0.5, answerTime), percentile(list, 0.99, answerTime),
		} {
			f.add(c.name, x.lines[i], v)
		}
	}
	m := l.memory()
	f.add(c.name, memAfter, m.resident)
	f.add(c.name, memOwn, m.own)
	f.add(c.name, memPeak, m.peak)
	if c.echo {
		l.end()
		return
	}
	renewals(t, f, a, c, s, true)
	if s.renewals > 1 { // the one stands for the other where nothing is measured
		renewals(t, f, a, c, s, false)
	}
	l.end()
	crash(t, f, a, c, s)
}

// renewals ends the connection again and again, while commands are given.
func renewals(t *testing.T, f figures, a arena, c contender, s size, notice bool) {
	t.Helper()
	label, lines := "cut", cutLines
	if notice {
		label, lines = "renewed", renewLines
	}
	var mu sync.Mutex
	var list []fate
	var giving sync.WaitGroup
	stop := make(chan struct{})
	giving.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(s.rate))
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			giving.Go(func() {
				g := a.give(i%a.speakers(), fmt.Sprintf("%s %d", label, i))
				mu.Lock()
				defer mu.Unlock()
				list = append(list, g)
			})
		}
	})
	var took []time.Duration
	for range s.renewals {
		time.Sleep(s.lull)
		a.fresh() // one connection a minute is what Slack allows
		d, ok := a.renew(notice)
		if !ok {
			t.Errorf("%s does not come back to %s", c.name, a.name())
		}
		took = append(took, d)
	}
	time.Sleep(s.pause)
	close(stop)
	giving.Wait()
	time.Sleep(s.pause) // what is said twice is said by then
	settle(list)
	slices.Sort(took)
	lost, twice := 0, 0
	for _, g := range list {
		if g.answers == 0 {
			lost++
		}
		if g.answers > 1 {
			twice++
		}
	}
	f.add(c.name, lines[0], float64(took[len(took)/2].Microseconds())/1000)
	f.add(c.name, lines[1], float64(took[len(took)-1].Microseconds())/1000)
	f.add(c.name, lines[2], float64(len(list)))
	f.add(c.name, lines[3], float64(lost))
	f.add(c.name, lines[4], float64(twice))
}

// crash kills the bot in the midst of commands, starts it again, and looks what is
// there of what was acknowledged.
func crash(t *testing.T, f figures, a arena, c contender, s size) {
	t.Helper()
	folder := t.TempDir()
	c.prepare(t, a, folder, false)
	a.fresh()
	l := c.live(t, a, folder)
	first := flood(a, "before", s.killed/4, 50)
	var later []fate
	var giving sync.WaitGroup
	giving.Go(func() { later = flood(a, "around", s.killed/4, 50) })
	time.Sleep(20 * time.Millisecond)
	l.end()
	giving.Wait()
	began := time.Now()
	l = c.live(t, a, folder)
	back := time.Since(began)
	last := flood(a, "after", s.killed/2, 50)
	time.Sleep(s.pause) // what is said twice is said by then
	l.end()
	for _, list := range [][]fate{first, later, last} {
		settle(list)
	}
	holdAnswered(t, c.name, slices.Concat(first, last))
	kept, err := c.kept(folder)
	if err != nil {
		t.Fatal(err)
	}
	gone, refused, twice, unanswered := 0, 0, 0, 0
	for _, g := range slices.Concat(first, later, last) {
		switch {
		case !g.acked:
			refused++
		case kept[g.text] == 0:
			gone++
		case g.answers == 0:
			unanswered++
		}
		if g.answers > 1 {
			twice++
		}
	}
	if c.strict && gone+twice > 0 {
		t.Errorf("%s: after a kill, %d acknowledged commands are not there and %d are answered twice", c.name, gone, twice)
	}
	for i, n := range []int{s.killed/4 + s.killed/4 + s.killed/2, refused, gone, unanswered, twice} {
		f.add(c.name, killLines[i], float64(n))
	}
	f.add(c.name, killBack, back.Seconds()*1000)
}

// nudge has a bot write to everybody once.
func nudge(t *testing.T, f figures, a arena, c contender, s size) {
	t.Helper()
	folder := t.TempDir()
	c.prepare(t, a, folder, true)
	a.fresh()
	_, before := a.nudged()
	refused := a.refused()
	l := c.live(t, a, folder)
	var began time.Time
	all := len(a.people())
	for end := time.Now().Add(time.Duration(all+60) * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, now := a.nudged()
		if now > before && began.IsZero() {
			began = time.Now()
		}
		if now-before >= all {
			break
		}
		if time.Now().After(end) {
			t.Errorf("%s: %d of %d were reached\n%s", c.name, now-before, all, l.logged())
			break
		}
	}
	took := time.Since(began)
	time.Sleep(s.pause)
	_, now := a.nudged()
	f.add(c.name, nudgeTime, took.Seconds())
	f.add(c.name, nudgeReached, float64(now-before))
	f.add(c.name, nudgeRefused, float64(a.refused()-refused))
	l.end()
}
