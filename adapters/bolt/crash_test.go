package bolt

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/store"
)

// The process is killed at random moments while several writers work, and opened
// again: every write that was acknowledged must be there, every deed whole. Set
// BOLT_TEST_KILLS for more rounds.
//
// A killed process leaves to the system what it has written. That an fsync
// stands behind each acknowledgement is bbolt's part, and is not shown here.

const (
	crashWriters = 6
	crashKeeps   = 30 // records a writer keeps; it deletes the one before these
)

// crashDeed is the n-th deed of a writer: its record, its counter, and the end
// of an old record, all or nothing.
func crashDeed(tx store.Tx, writer int, n uint64) error {
	if n > crashKeeps {
		if err := tx.Delete(crashKey(writer, n-crashKeeps)); err != nil {
			return err
		}
	}
	return errors.Join(
		tx.Put(crashKey(writer, n), crashRecord(writer, n)),
		tx.Put(crashCounter(writer), binary.BigEndian.AppendUint64(nil, n)),
	)
}

func crashCounter(writer int) []byte { return fmt.Appendf(nil, "count/%d", writer) }

func crashKey(writer int, n uint64) []byte { return fmt.Appendf(nil, "record/%d/%012d", writer, n) }

func crashRecord(writer int, n uint64) []byte {
	size := int(n*7919) % 3000
	if n%50 == 0 {
		size = 40_000 // over many pages
	}
	return bytes.Repeat(fmt.Appendf(nil, "%d:%d ", writer, n), 1+size/8)
}

func crashCount(tx store.Tx, writer int) (uint64, error) {
	value, err := tx.Get(crashCounter(writer))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(value), nil
}

// crashCompacts has the process rewrite its file over and over meanwhile.
var crashCompacts bool

func init() {
	children["crash"] = func(path string) error {
		s, err := Open(path, Options{})
		if err != nil {
			return err
		}
		if crashCompacts {
			go func() {
				var err error
				for err == nil {
					err = s.Compact(context.Background())
				}
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}()
		}
		for writer := range crashWriters {
			go func() {
				for {
					var done uint64
					err := s.Update(context.Background(), func(tx store.Tx) error {
						n, err := crashCount(tx, writer)
						if err != nil {
							return err
						}
						done = n + 1
						return crashDeed(tx, writer, done)
					})
					if err != nil {
						fmt.Fprintln(os.Stderr, err)
						os.Exit(1)
					}
					// One write to a pipe: whole, or not at all.
					_, _ = os.Stdout.Write(fmt.Appendf(nil, "%d %d\n", writer, done))
				}
			}()
		}
		select {} // until killed
	}
	children["crash while compacting"] = func(path string) error {
		crashCompacts = true
		return children["crash"](path)
	}
}

func TestWhatWasAcknowledgedOutlivesAKill(t *testing.T) { outlives(t, "crash", 15) }

func TestWhatWasAcknowledgedOutlivesAKillWhileTheFileIsRewritten(t *testing.T) {
	outlives(t, "crash while compacting", 8)
}

func outlives(t *testing.T, child string, rounds int) {
	t.Helper()
	if more, err := strconv.Atoi(os.Getenv("BOLT_TEST_KILLS")); err == nil {
		rounds = more
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "test.db")
	var acknowledged [crashWriters]uint64 // in this round or an earlier one
	for round := range rounds {
		runAndKill(t, child, path, random, &acknowledged)
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatalf("round %d (seed %d): after the kill: %v", round, seed, err)
		}
		err = s.View(context.Background(), func(tx store.Tx) error { return wantWhole(tx, acknowledged) })
		if err != nil {
			t.Fatalf("round %d (seed %d): %v", round, seed, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	total := uint64(0)
	for _, n := range acknowledged {
		total += n
	}
	if total < uint64(rounds) {
		t.Errorf("only %d writes in %d rounds: the test no longer writes", total, rounds)
	}
	t.Logf("%d kills, %d acknowledged writes", rounds, total)
}

// runAndKill notes the last write each writer was told of. The moment of the
// kill is random, from before the file exists to long after the first commit.
func runAndKill(t *testing.T, name, path string, random *rand.Rand, acknowledged *[crashWriters]uint64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = childEnv(name, path)
	var said bytes.Buffer
	child.Stderr = &said
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	first := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		var once sync.Once
		for lines := bufio.NewReader(out); ; {
			line, err := lines.ReadString('\n')
			if err != nil { // what was cut off in the middle does not count
				once.Do(func() { close(first) })
				_, _ = io.Copy(io.Discard, out)
				return
			}
			var writer int
			var n uint64
			if _, err := fmt.Sscanf(line, "%d %d\n", &writer, &n); err == nil {
				acknowledged[writer] = n
			}
			once.Do(func() { close(first) })
		}
	})
	if random.IntN(4) > 0 {
		<-first
	}
	time.Sleep(time.Duration(random.IntN(120_000)) * time.Microsecond)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	_ = child.Wait() // "signal: killed"
	if said.Len() > 0 {
		t.Fatalf("the other process: %s", said.String())
	}
}

func wantWhole(tx store.Tx, acknowledged [crashWriters]uint64) error {
	for writer := range crashWriters {
		n, err := crashCount(tx, writer)
		if err != nil {
			return err
		}
		if n < acknowledged[writer] {
			return fmt.Errorf("writer %d was told of write %d, the store has %d", writer, acknowledged[writer], n)
		}
		records := uint64(0)
		prefix := fmt.Appendf(nil, "record/%d/", writer)
		for kv, err := range tx.Scan(prefix, store.PrefixEnd(prefix), true) {
			if err != nil {
				return err
			}
			if at := n - records; !bytes.Equal(kv.Key, crashKey(writer, at)) || !bytes.Equal(kv.Value, crashRecord(writer, at)) {
				return fmt.Errorf("writer %d has done %d deeds, and its record %d is not whole", writer, n, at)
			}
			records++
		}
		if records != min(n, crashKeeps) {
			return fmt.Errorf("writer %d has done %d deeds and has %d records", writer, n, records)
		}
	}
	return nil
}
