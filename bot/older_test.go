package bot_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/store"
)

// older puts what an older version of the program kept into a world's store, and
// starts this one on it. A line of the file is a key and a value, each quoted.
func older(w *bottest.World, file string) {
	w.T.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Update(func(tx store.Tx) error {
		for line := range strings.Lines(string(text)) {
			var key, value string
			if _, err := fmt.Sscanf(line, "%q %q", &key, &value); err != nil {
				return fmt.Errorf("%s: %w", strconv.Quote(line), err)
			}
			if err := tx.Put([]byte(key), []byte(value)); err != nil {
				return err
			}
		}
		return nil
	})
	w.Restart()
}

// standsIn gives the tables in whose bytes a word stands, however it is written.
func standsIn(w *bottest.World, word string) []string {
	w.T.Helper()
	tables := map[string]bool{}
	w.View(func(tx store.Tx) error {
		for kv, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			if bytes.Contains(bytes.ToLower(append(kv.Key, kv.Value...)), []byte(word)) {
				table, _, _ := bytes.Cut(kv.Key, []byte{0})
				tables[string(table)] = true
			}
		}
		return nil
	})
	return slices.Sorted(maps.Keys(tables))
}

// The version before did not keep who had called a session off or left a proposal,
// and copied the names of sessions.
func TestWordsThatAnOlderVersionKeptWithoutTheirAuthorAreLetGo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		older(w, "testdata/before-authors.txt")
		if got := standsIn(w, "quokkatide"); !slices.Equal(got, []string{"sessions"}) {
			t.Errorf("it stands in %q, and should only be what the session itself is called", got)
		}
		w.Advance(30 * 24 * time.Hour)
		w.Do("Ana", "/evidence list")
		bottest.Says(t, w.Answer("Ana"), "Notes of a session")
		w.Do("Wiremu", "/settings erase")
		w.Press("Wiremu", "Erase it for good")
		w.Settle()
		if got := standsIn(w, "quokkatide"); len(got) > 0 {
			t.Errorf("after erasing it stands in %q", got)
		}
		if got := standsIn(w, "a bench on every street"); len(got) == 0 {
			t.Error("what somebody else wrote is gone, too")
		}
	})
}
