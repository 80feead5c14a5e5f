package sessions_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/deeds"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
)

// What somebody erased had called a session goes when it is over, also where it was
// moved meanwhile.
func TestTheNameOfASessionGoesWhenItIsOverWhosePlannerWasErased(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/home")
		w.Do("Wiremu", `/session schedule title:"Quokkatide walk" when:"thu 9am" where:"The quokkatide"`)
		w.Press("Wiremu", "Schedule it")
		named := func() (n int) {
			t.Helper()
			w.View(func(tx store.Tx) error {
				for row, err := range sessions.Table.All(tx) {
					if err != nil {
						return err
					}
					if strings.Contains(strings.ToLower(row.Value.Title+row.Value.Where), "quokkatide") {
						n++
					}
				}
				return nil
			})
			return n
		}
		p := w.Known("Wiremu")
		w.Update(func(tx store.Tx) error {
			all := sessions.Feature(sessions.Options{}).Holdings
			i := slices.IndexFunc(all, func(h deeds.Holding) bool { return h.Table == sessions.Table.Name() })
			return all[i].Erase(tx, p.ID, w.Now())
		})
		w.Settle()
		if named() != 1 {
			t.Fatal("a session still to come has lost its name, by which others go")
		}
		w.Update(func(tx store.Tx) error { // somebody else moves it
			for row, err := range sessions.Table.All(tx) {
				if err != nil {
					return err
				}
				s := row.Value
				s.Time.Wall.Date = s.Time.Wall.Date.AddDays(2)
				s.Sorted = s.Start()
				return sessions.Table.Put(tx, s.ID, s)
			}
			return nil
		})
		w.Advance(4 * 24 * time.Hour)
		if named() != 1 {
			t.Fatal("it lost its name before it was over")
		}
		w.Advance(2 * 24 * time.Hour)
		if named() != 0 {
			t.Error("it is over, and still has its name")
		}
		for _, p := range w.Posts(c.Place) {
			if strings.Contains(strings.ToLower(p.Message.Text), "quokkatide") {
				t.Errorf("a message still has it: %s", p.Message.Text)
			}
		}
	})
}
