package directory_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// A training that ended on the 25th stands in the list under the 25th, and what is
// kept at half past midnight under the day that began: where the platform knows in
// which zone somebody lives, and where only their group tells.
func TestWhatIsKeptIsListedUnderTheDayOfItsOwner(t *testing.T) {
	for _, name := range []string{"Pacific/Auckland", "Pacific/Honolulu"} {
		zone := schedules.MustZone(name)
		bottest.Run(t, func(w *bottest.World) {
			c := w.Cohort("Explorers", "Wiremu")
			c.Zone = zone
			w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
			people := map[string]chat.Profile{"Ana": w.Person("Ana", name), "Ben": w.Person("Ben", "")}
			w.Join(c.ID, "Ana")
			w.Join(c.ID, "Ben")
			onBoard(w, "Mere", "Sione")
			suggested(w, "Ana")
			reviewed(w, "Mere")
			w.Advance(8 * day)
			// In Auckland the clocks go back on Sunday 4 April 2027.
			for _, local := range []string{"2027-03-26 00:30", "2027-04-04 23:30", "2027-04-05 00:30"} {
				at, err := time.ParseInLocation("2006-01-02 15:04", local, zone.Location())
				if err != nil {
					t.Fatal(err)
				}
				w.AdvanceTo(at)
				for who, p := range people {
					direct := chat.Direct(p.User)
					w.DoIn(who, direct, "/directory done hard")
					w.Submit(who, map[string]string{"on": "25 march"})
					bottest.Says(t, w.Answer(who), "Hard meetings")
					if local != "2027-03-26 00:30" {
						w.Press(who, "Keep another")
					}
					w.DoIn(who, direct, `/evidence add text:"The minutes of `+local+`"`)
					w.DoIn(who, direct, "/evidence list")
					bottest.Says(t, w.Answer(who), "training that was done, Thu 25 Mar", local+"**, text, "+schedules.DateOf(at).Short())
				}
			}
			if name != "Pacific/Auckland" { // a year is long to live through
				return
			}
			w.AdvanceTo(time.Date(2028, time.January, 2, 0, 0, 0, 0, time.UTC))
			w.DoIn("Ben", chat.Direct(people["Ben"].User), "/evidence list")
			bottest.Says(t, w.Answer("Ben"), "Thu 25 Mar 2027")
		})
	}
}
