package bolt

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

type row struct{ Who string }

func TestSmoke(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	tb := store.NewTable[string, row]("rows", 1, store.Index[row]{Name: "who", Keys: func(r row) [][]byte { return [][]byte{store.Key(r.Who)} }})
	for _, s := range []store.Store{s, storetest.New(t)} {
		ctx := context.Background()
		if err := store.Prepare(ctx, s, tb); err != nil {
			t.Fatal(err)
		}
		for _, w := range []string{"a", "b", "ab", "a"} {
			if err := s.Update(ctx, func(tx store.Tx) error { return tb.Put(tx, store.NewID(time.Now()), row{w}) }); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		if err := s.View(ctx, func(tx store.Tx) error {
			for _, err := range tb.By(tx, "who", "a") {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		}); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
