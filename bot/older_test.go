package bot_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/privacy"
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

func TestARecordThatCannotBeReadKeptTheProgramFromStartingDuringAnErasure(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		ana := w.Known("Ana").ID
		w.Do("Ana", "/settings erase")
		w.Press("Ana", "Erase it for good")
		w.Settle()
		key := []byte("sessionseries\x00\x02broken")
		w.Update(func(tx store.Tx) error { // as if it had been cut off, on a disk that then failed
			e, err := privacy.Erasures.Get(tx, ana)
			e.Swept, e.Settled = false, time.Time{}
			return errors.Join(err, privacy.Erasures.Put(tx, ana, e), tx.Put(key, []byte("v2 {")))
		})
		w.Log = slog.New(slog.DiscardHandler)
		w.Restart()
		swept := func() (done bool) {
			w.View(func(tx store.Tx) error {
				e, err := privacy.Erasures.Get(tx, ana)
				done = e.Swept
				return err
			})
			return done
		}
		if swept() {
			t.Fatal("it counts as done")
		}
		w.Update(func(tx store.Tx) error { return tx.Delete(key) })
		w.Restart()
		if !swept() {
			t.Error("it is not brought to its end once the record is mended")
		}
	})
}
