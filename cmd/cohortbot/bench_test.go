//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"cohortbot/adapters/bolt"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The benchmarks of docs/performance.md, which says how to run them. They go
// through the real bot on a real bbolt file.

// organisation is a bot whose store holds cohorts of 40 members and 12 weeks,
// all of which have gone out.
type organisation struct {
	bot     *bot.Bot
	store   store.Store
	cohorts []benchCohort
	now     time.Time
}

type benchCohort struct {
	id      cohorts.ID
	place   chat.Place
	weeks   []cohorts.WeekID
	members []chat.Profile
	ids     []people.ID
}

const benchMembers, benchWeeks = 40, 12

// found fills a new store with n reflections in as many cohorts as that takes,
// at least atLeast, and opens it again as a program that starts does.
func found(b *testing.B, n, atLeast int) *organisation {
	b.Helper()
	path := filepath.Join(b.TempDir(), storeFile)
	o := &organisation{now: time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)}
	o.open(b, path, true)
	perCohort := benchMembers * benchWeeks
	for c := range max(atLeast, (n+perCohort-1)/perCohort) {
		o.cohorts = append(o.cohorts, o.cohort(b, c))
		o.reflections(b, o.cohorts[c], min(perCohort, n))
		n -= min(perCohort, n)
	}
	if err := o.store.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := onDisk(path)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	o.open(b, path, false)
	b.Logf("file %d MB, opened in %s", info.Size()>>20, time.Since(began).Round(time.Millisecond))
	b.Cleanup(func() { _ = o.store.Close() })
	return o
}

// onDisk brings a file that was written without fsync to the disk, so that it is
// not the first answers that wait for it.
func onDisk(path string) (os.FileInfo, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return nil, err
	}
	return file.Stat()
}

func (o *organisation) open(b *testing.B, path string, fast bool) {
	b.Helper()
	s, err := bolt.Open(path, bolt.Options{NoSync: fast})
	if err != nil {
		b.Fatal(err)
	}
	o.store = s
	o.bot, err = bot.New(context.Background(), bot.Options{
		Store: s, Clock: schedules.System, Platforms: []chat.Platform{deaf{}}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (o *organisation) update(b *testing.B, fn func(store.Tx) error) {
	b.Helper()
	if err := o.store.Update(context.Background(), fn); err != nil {
		b.Fatal(err)
	}
}

func (o *organisation) cohort(b *testing.B, n int) benchCohort {
	b.Helper()
	rhythm, err := schedules.ParseRule("mondays 09:00")
	if err != nil {
		b.Fatal(err)
	}
	c := benchCohort{id: cohorts.ID(store.NewID(o.now)), place: chat.Channel("bench", fmt.Sprintf("c%d", n))}
	o.update(b, func(tx store.Tx) error {
		c.weeks, c.members, c.ids = nil, nil, nil
		plan := cohorts.Plan{}
		for w := range benchWeeks {
			week := cohorts.WeekID(store.NewID(o.now))
			c.weeks = append(c.weeks, week)
			plan.Weeks = append(plan.Weeks, cohorts.Week{ID: week, Title: "A week", Prompt: "What happened?", Posted: o.now})
			if err := outbox.Table.Put(tx, "prompt/"+string(week), outbox.Item{
				Key: "prompt/" + string(week), Kind: "prompt", Record: cohorts.WeekRecord(c.id, week), Cohort: string(c.id), Place: c.place,
				State: outbox.Sent, Order: string(week), Address: chat.Address{Place: c.place, ID: fmt.Sprintf("w%d", w)},
			}); err != nil {
				return err
			}
		}
		for m := range benchMembers {
			p := people.Person{ID: people.ID(store.NewID(o.now)), Name: fmt.Sprintf("Member %d", m), Met: o.now}
			profile := chat.Profile{User: chat.User{Workspace: "bench", ID: fmt.Sprintf("u%d-%d", n, m)}, Name: p.Name}
			p.Accounts = []chat.User{profile.User}
			c.members, c.ids = append(c.members, profile), append(c.ids, p.ID)
			if err := people.Table.Put(tx, p.ID, p); err != nil {
				return err
			}
			if err := cohorts.Members.Put(tx, cohorts.MemberID(c.id, p.ID), cohorts.Member{Cohort: c.id, Person: p.ID, Joined: o.now}); err != nil {
				return err
			}
		}
		if err := cohorts.Plans.Put(tx, c.id, plan); err != nil {
			return err
		}
		return cohorts.Table.Put(tx, c.id, cohorts.Cohort{
			ID: c.id, Name: "Bench", Place: c.place, First: schedules.DateOf(o.now), Rhythm: rhythm, State: cohorts.Open, Created: o.now,
			Programme: programmes.Programme{ID: "bench", Title: "Bench", Members: programmes.Word{One: "member", Many: "members"}, Rhythm: "mondays 09:00"},
		})
	})
	return c
}

var reflection = strings.Repeat("We asked who was missing, and somebody knew them. ", 6) // 300 bytes

func (o *organisation) reflections(b *testing.B, c benchCohort, n int) {
	b.Helper()
	for from := 0; from < n; from += 240 { // a commit of the store has about a thousand rows
		o.update(b, func(tx store.Tx) error {
			for i := from; i < min(n, from+240); i++ {
				a := prompts.Answer{
					ID: prompts.AnswerID(store.NewID(o.now)), Cohort: c.id, Week: c.weeks[i/benchMembers], Person: c.ids[i%benchMembers],
					At: o.now, Via: prompts.InThread, Sees: prompts.Group, Text: reflection,
					Address: chat.Address{Place: c.place, ID: fmt.Sprintf("a%d", i)},
				}
				if err := prompts.Answers.Put(tx, a.ID, a); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// answer has a member say something in the thread of a week, as an adapter hands
// it in. n tells them apart.
func (o *organisation) answer(n int) error {
	c := o.cohorts[n%len(o.cohorts)]
	n /= len(o.cohorts)
	place := c.place
	place.Thread = fmt.Sprintf("w%d", n/benchMembers%benchWeeks)
	id := fmt.Sprintf("said-%s-%d", c.place.Channel, n)
	return o.bot.Hear(context.Background(), chat.Said{
		Event: id, Profile: c.members[n%benchMembers], Address: chat.Address{Place: place, ID: id}, Text: reflection,
	})
}

// deaf is a platform on which all goes well at once.
type deaf struct{}

func (deaf) Serves(chat.Workspace) bool { return true }

func (deaf) Listen(ctx context.Context, _ chat.Inbox) error { <-ctx.Done(); return nil }

func (deaf) Send(_ context.Context, to chat.Place, key string, _ chat.Message) (chat.Address, error) {
	return chat.Address{Place: to, ID: key}, nil
}

func (deaf) Edit(context.Context, chat.Address, chat.Message) error { return nil }
func (deaf) Delete(context.Context, chat.Address) error             { return nil }

func (deaf) Open(context.Context, chat.File) (io.ReadCloser, error) { return nil, chat.ErrGone }
func (deaf) Find(context.Context, chat.Place, string, chat.Message, time.Time) (chat.Address, error) {
	return chat.Address{}, nil
}

// BenchmarkAnswers counts durable answers a second while the whole bot runs,
// beside what the same disk does in the same run with a bare file.
func BenchmarkAnswers(b *testing.B) {
	b.Run("bare file, one fsync each", func(b *testing.B) {
		file, err := os.Create(filepath.Join(b.TempDir(), "bare"))
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		kilobyte := bytes.Repeat([]byte("x"), 1024)
		for b.Loop() {
			if _, err := file.Write(kilobyte); err != nil {
				b.Fatal(err)
			}
			if err := file.Sync(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "fsyncs/s")
	})
	for _, members := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			o := found(b, 0, 16)
			ctx, stop := context.WithCancel(context.Background())
			var running sync.WaitGroup
			running.Go(func() { _ = o.bot.Run(ctx) })
			numbers := make(chan int)
			var answering sync.WaitGroup
			for range members {
				answering.Go(func() {
					for n := range numbers {
						if err := o.answer(n); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for n := 0; b.Loop(); n++ {
				numbers <- n
			}
			close(numbers)
			answering.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
			stop()
			running.Wait()
		})
	}
}

// BenchmarkAnswerAmong measures one answer, in one of 16 cohorts, with so many
// stored already. The largest takes half a minute to fill, and 2 GB of disk.
func BenchmarkAnswerAmong(b *testing.B) {
	for _, stored := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("reflections=%d", stored), func(b *testing.B) {
			o := found(b, stored, 16)
			o.cohorts = o.cohorts[len(o.cohorts)-16:] // those before are over
			b.ReportAllocs()
			cpu := usage()
			for n := 0; b.Loop(); n++ {
				if err := o.answer(n); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((usage()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// BenchmarkErasing has a member of one of 16 live cohorts erased, who has answered
// twelve times, with so many reflections stored, while others answer: how long the
// preview and the deed take, how long until nothing is left in the records, and the
// longest that anybody who answered meanwhile waited.
func BenchmarkErasing(b *testing.B) {
	for _, stored := range []int{1_000, 160_000} {
		b.Run(fmt.Sprintf("reflections=%d", stored), func(b *testing.B) {
			o := found(b, stored, 16)
			o.cohorts = o.cohorts[len(o.cohorts)-16:]
			ctx := context.Background()
			var preview, deed, sweep, longest time.Duration
			n, event := 0, 0
			do := func(r chat.Request) chat.Outcome {
				event++
				r.Event = fmt.Sprintf("do-%d", event)
				out, err := o.bot.Do(ctx, r)
				if err != nil || out.Reply == nil {
					b.Fatal(out, err)
				}
				return out
			}
			for b.Loop() {
				who := o.cohorts[n%16].members[benchMembers-1-n/16%benchMembers]
				n++
				began := time.Now()
				out := do(chat.Request{Profile: who, At: chat.Direct(who.User), Text: "settings erase"})
				preview += time.Since(began)
				button := out.Reply.Buttons[0]
				began = time.Now()
				do(chat.Request{Profile: who, At: chat.Direct(who.User), Path: button.Command, Record: button.Record, Choice: button.Choice})
				deed += time.Since(began)
				stop, answered := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(answered)
					for i := 0; ; i++ {
						select {
						case <-stop:
							return
						default:
						}
						began := time.Now()
						if err := o.answer(n*1000 + i); err != nil {
							b.Error(err)
							return
						}
						longest = max(longest, time.Since(began))
					}
				}()
				began = time.Now()
				if err := o.bot.Settle(ctx); err != nil {
					b.Fatal(err)
				}
				sweep += time.Since(began)
				close(stop)
				<-answered
			}
			each := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(n) }
			b.ReportMetric(each(preview), "preview-ms")
			b.ReportMetric(each(deed), "deed-ms")
			b.ReportMetric(each(sweep), "gone-ms")
			b.ReportMetric(float64(longest.Microseconds())/1000, "longest-answer-ms")
		})
	}
}

// waiting is what a process with a waiting set reports of itself.
type waiting struct {
	StartMS float64 // until the first wake is set
	RSSMB   float64
	OwnMB   float64 // of that, without pages of the file
	IdleMS  float64 // CPU a second with nothing due
	BusyMS  float64 // CPU a second with ten due
	P50MS   float64 // lateness
	P99MS   float64
}

const (
	waitingSet  = 100_000
	waitingEnv  = "COHORTBOT_BENCH_WAITING"
	waitingMark = "waiting: "
	idleFor     = 10 * time.Second
	busyFor     = 10 * time.Second
	dueEach     = 100 * time.Millisecond
)

// BenchmarkWaitingSet holds 100,000 jobs ready, in a process of its own each, in
// the queue of the bot and in robfig/cron's own runner.
func BenchmarkWaitingSet(b *testing.B) {
	path := filepath.Join(b.TempDir(), storeFile)
	fillWaitingSet(b, path)
	for _, runner := range []string{"jobs", "robfig"} {
		b.Run(runner, func(b *testing.B) {
			for b.Loop() {
				child := exec.Command(os.Args[0], "-test.run=^TestWaitingProcess$", "-test.v")
				child.Env = append(os.Environ(), waitingEnv+"="+runner+" "+path)
				out, err := child.CombinedOutput()
				_, line, found := strings.Cut(string(out), waitingMark)
				if err != nil || !found {
					b.Fatalf("%v: %s", err, out)
				}
				var w waiting
				if err := json.NewDecoder(strings.NewReader(line)).Decode(&w); err != nil {
					b.Fatal(err)
				}
				for unit, value := range map[string]float64{
					"start-ms": w.StartMS, "rss-MB": w.RSSMB, "own-MB": w.OwnMB, "idle-cpu-ms/s": w.IdleMS, "busy-cpu-ms/s": w.BusyMS, "late-p50-ms": w.P50MS, "late-p99-ms": w.P99MS,
				} {
					b.ReportMetric(value, unit)
				}
			}
		})
	}
}

func fillWaitingSet(b *testing.B, path string) {
	b.Helper()
	s, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := store.Prepare(context.Background(), s, jobs.Table); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	for from := 0; from < waitingSet; from += 400 {
		if err := s.Update(context.Background(), func(tx store.Tx) error {
			for n := from; n < from+400; n++ {
				if err := jobs.Set(tx, jobs.Job{Key: fmt.Sprintf("later/%06d", n*7919%waitingSet), Kind: "job", Due: farOff(now, n)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// farOff spreads the waiting over a year that begins in a day.
func farOff(now time.Time, n int) time.Time {
	return now.Add(24*time.Hour + time.Duration(n)*(365*24*time.Hour/waitingSet))
}

// TestWaitingProcess is the process that BenchmarkWaitingSet starts.
func TestWaitingProcess(t *testing.T) {
	runner, path, ok := strings.Cut(os.Getenv(waitingEnv), " ")
	if !ok {
		t.Skip("started by BenchmarkWaitingSet alone")
	}
	var mu sync.Mutex
	var late []float64
	ran := func(due time.Time) {
		mu.Lock()
		defer mu.Unlock()
		late = append(late, milliseconds(time.Since(due)))
	}
	began := time.Now()
	var set func(due time.Time)
	if runner == "jobs" {
		set = waitInJobs(t, path, ran)
	} else {
		set = waitInRobfig(ran)
	}
	w := waiting{StartMS: milliseconds(time.Since(began))}
	cpu := usage()
	time.Sleep(idleFor)
	w.IdleMS = milliseconds(usage()-cpu) / idleFor.Seconds()

	first := time.Now().Add(time.Second)
	for n := range int(busyFor / dueEach) {
		set(first.Add(time.Duration(n) * dueEach))
	}
	time.Sleep(time.Until(first))
	cpu = usage()
	time.Sleep(busyFor)
	w.BusyMS = milliseconds(usage()-cpu) / busyFor.Seconds()
	time.Sleep(2 * time.Second)
	mu.Lock()
	defer mu.Unlock()
	if want := int(busyFor / dueEach); len(late) != want {
		t.Fatalf("%d ran, want %d", len(late), want)
	}
	slices.Sort(late)
	w.P50MS, w.P99MS = late[len(late)/2], late[len(late)*99/100]
	w.RSSMB, w.OwnMB = residentMB()
	line, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(waitingMark + string(line))
}

func waitInJobs(t *testing.T, path string, ran func(time.Time)) (set func(time.Time)) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := []jobs.Kind{{Name: "job", Run: func(_ store.Tx, j jobs.Job, _ time.Time) error { ran(j.Due); return nil }}}
	queue := jobs.NewQueue(s, slog.New(slog.DiscardHandler), kinds, nil)
	if err := store.Prepare(t.Context(), s, jobs.Table); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := queue.NextDue(t.Context()); err != nil || !ok {
		t.Fatalf("nothing waits: %v", err)
	}
	waker := schedules.NewWaker(schedules.System, queue, nil)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = waker.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		_ = s.Close()
	})
	return func(due time.Time) {
		key := "soon/" + strconv.FormatInt(due.UnixNano(), 10)
		if err := s.Update(context.Background(), func(tx store.Tx) error {
			return jobs.Set(tx, jobs.Job{Key: key, Kind: "job", Due: due})
		}); err != nil {
			t.Error(err)
		}
		waker.Poke()
	}
}

// once is a cron schedule of one instant.
type once time.Time

func (o once) Next(t time.Time) time.Time {
	if at := time.Time(o); at.After(t) {
		return at
	}
	return time.Time{}
}

func waitInRobfig(ran func(time.Time)) (set func(time.Time)) {
	c := cron.New()
	now := time.Now()
	for n := range waitingSet {
		c.Schedule(once(farOff(now, n)), cron.FuncJob(func() {}))
	}
	c.Start()
	c.Entries() // answered once the first wake is set
	return func(due time.Time) { c.Schedule(once(due), cron.FuncJob(func() { ran(due) })) }
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// usage is the CPU time that this process has used.
func usage() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// residentMB is the memory that this process holds: all of it, and what is its
// own rather than pages of a file that the system can take back; 0 where the
// system does not tell.
func residentMB() (all, own float64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			all = kb / 1024
		case "RssAnon":
			own = kb / 1024
		}
	}
	return all, own
}
