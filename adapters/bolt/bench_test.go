package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cohortbot/bot/store"
)

// go test -run '^$' -bench . -benchtime 2s ./adapters/bolt

// BenchmarkDurable1KB counts acknowledged writes a second beside what the same
// disk does in the same run with a bare file: one append and one fsync each.
func BenchmarkDurable1KB(b *testing.B) {
	kilobyte := bytes.Repeat([]byte("x"), 1024)
	b.Run("bare file, one fsync each", func(b *testing.B) {
		file, err := os.Create(filepath.Join(b.TempDir(), "bare"))
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		for b.Loop() {
			if _, err := file.Write(kilobyte); err != nil {
				b.Fatal(err)
			}
			if err := syncData(file); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b)
	})
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "bench.db"), Options{})
			defer s.Close()
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var group sync.WaitGroup
			for range writers {
				group.Go(func() {
					for left.Add(-1) >= 0 {
						key := []byte(store.NewID(time.Now()))
						if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put(key, kilobyte) }); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			perSecond(b)
		})
	}
}

func perSecond(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(0, "ns/op")
}

type answer struct {
	Person, Week string
	Said         time.Time
	Text         string
}

var answers = store.NewTable[string, answer]("answers", 1,
	store.Index[answer]{Name: "week", Keys: func(a answer) [][]byte { return [][]byte{store.Key(a.Week, a.Said)} }},
	store.Index[answer]{Name: "person", Keys: func(a answer) [][]byte { return [][]byte{store.Key(a.Person, a.Said)} }},
)

func sample(i int, at time.Time) answer {
	return answer{
		Person: fmt.Sprintf("person-%05d", i%5000), Week: fmt.Sprintf("week-%05d", i/60), Said: at,
		Text: "What surprised me this week was how much people knew about each other's work already.",
	}
}

// BenchmarkStored shows what one answer of a member costs with many stored: read
// by id, found by an index, written (a record and two index entries) without
// fsync, and written durably.
func BenchmarkStored(b *testing.B) {
	ctx := context.Background()
	for _, rows := range []int{1_000, 100_000, 1_000_000} {
		if rows > 100_000 && testing.Short() {
			continue
		}
		path := filepath.Join(b.TempDir(), "bench.db")
		s := open(b, path, Options{NoSync: true})
		if err := store.Prepare(ctx, s, answers); err != nil {
			b.Fatal(err)
		}
		at := time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)
		ids := make([]string, 0, rows)
		for len(ids) < rows {
			if err := s.Update(ctx, func(tx store.Tx) error {
				for range 500 {
					at = at.Add(time.Second)
					ids = append(ids, store.NewID(at))
					if err := answers.Put(tx, ids[len(ids)-1], sample(len(ids), at)); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
		next := 0
		put := func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				next++
				at = at.Add(time.Second)
				if err := s.Update(ctx, func(tx store.Tx) error { return answers.Put(tx, store.NewID(at), sample(rows+next, at)) }); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.Run(fmt.Sprintf("rows=%d/get", rows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				next += 7919
				if err := s.View(ctx, func(tx store.Tx) error { _, err := answers.Get(tx, ids[next%rows]); return err }); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("rows=%d/newest of a person", rows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				next += 7919
				from := store.Key(fmt.Sprintf("person-%05d", next%min(rows, 5000)))
				if err := s.View(ctx, func(tx store.Tx) error {
					_, _, err := store.First(answers.Range(tx, "person", from, store.PrefixEnd(from), true))
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
		// What loading left to the system would otherwise be written while the
		// next benchmarks run.
		if err := errors.Join(s.db.Sync(), s.Close()); err != nil {
			b.Fatal(err)
		}
		if info, err := os.Stat(path); err == nil {
			b.Logf("%d rows: a file of %d MB", rows, info.Size()>>20)
		}
		b.Run(fmt.Sprintf("rows=%d/open", rows), func(b *testing.B) {
			for b.Loop() {
				if err := open(b, path, Options{}).Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, o := range []Options{{}, {NoSync: true}} { // each adds rows
			s = open(b, path, o)
			b.Run(fmt.Sprintf("rows=%d/put, fsync %t", rows, !o.NoSync), put)
			s.Close()
		}
		if err := os.Remove(path); err != nil {
			b.Fatal(err)
		}
	}
}
