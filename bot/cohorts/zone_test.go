package cohorts_test

import (
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Not every platform tells in which zone somebody lives.
func TestWhereNoZoneIsKnownTheGroupTells(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		for _, name := range []string{"Ana", "Ben", "Hine", "Tom"} {
			w.Person(name, "")
		}
		w.Admin("Hine")
		w.Person("Mere", "Pacific/Chatham")
		zone := func(name string) (z schedules.Zone) {
			t.Helper()
			p := w.Known(name)
			w.View(func(tx store.Tx) (err error) {
				z, err = cohorts.ZoneOf(tx, p)
				return err
			})
			return z
		}
		if z := zone("Hine"); z != (schedules.Zone{}) {
			t.Errorf("before there is any group Hine lives in %s", z)
		}
		in := func(group, where, who string, state cohorts.State) {
			w.Advance(time.Minute)
			c := w.Cohort(group, "Wiremu", who)
			c.Zone, c.State = schedules.MustZone(where), state
			w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		}
		in("Explorers", "Pacific/Honolulu", "Ana", cohorts.Open)
		in("Builders", "Europe/Paris", "Ana", cohorts.Ended) // joined later, and over
		in("Harbour", "Asia/Tokyo", "Ben", cohorts.Ended)
		in("Garden", "Pacific/Auckland", "Mere", cohorts.Open)
		for name, want := range map[string]string{
			"Ana":  "Pacific/Honolulu",
			"Ben":  "Asia/Tokyo",
			"Mere": "Pacific/Chatham",  // her own
			"Hine": "Pacific/Auckland", // in no group, but administers where the youngest is
		} {
			if z := zone(name); z != schedules.MustZone(want) {
				t.Errorf("%s lives in %s, want %s", name, z, want)
			}
		}
		if z := zone("Tom"); z != (schedules.Zone{}) {
			t.Errorf("Tom, of whom nothing is known, lives in %s", z)
		}
	})
}
