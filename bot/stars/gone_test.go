package stars_test

import (
	"bytes"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/store"
)

// Nothing of what was deleted stands anywhere a day later: not in a form that was
// handed in, an answer that was kept for a repeat, or a message.
func TestADayAfterDeletingNothingOfAStarIsKept(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Do("Ana", "/shape fill star:community")
		w.Submit("Ana", map[string]string{"about": "kitchenette", "p1": "2", "p2": "2", "p3": "4", "words": "draughty", "sees": "cohort"})
		w.Do("Ana", "/practise tell")
		w.Submit("Ana", map[string]string{"with": "kitchenette", "happened": "draughty", "sees": "cohort"})
		if n := len(w.Posts(c.Place)); n != 2 {
			t.Fatalf("%d posts", n)
		}
		w.Do("Ana", "/shape show")
		w.Press("Ana", "Delete")
		w.Press("Ana", "Delete it")
		w.Do("Ana", "/practise list")
		w.Press("Ana", "Mine: 1")
		w.Press("Ana", "Delete")
		w.Press("Ana", "Delete it")
		w.Advance(27 * time.Hour)
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts still stand", n)
		}
		w.View(func(tx store.Tx) error {
			for row, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				for _, words := range []string{"draughty", "kitchenette"} {
					if bytes.Contains(row.Value, []byte(words)) {
						t.Errorf("%q still stands under %q: %.300s", words, row.Key, row.Value)
					}
				}
			}
			return nil
		})
	})
}
