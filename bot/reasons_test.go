package bot_test

import (
	"slices"
	"testing"
	"time"

	"cohortbot/bot"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/credentials"
	"cohortbot/bot/deeds"
	"cohortbot/bot/graduation"
	"cohortbot/bot/outbox"
	"cohortbot/bot/peers"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/store"
)

// What somebody wrote into a record that is somebody else's goes from it, and the
// message that showed it is made anew. The story of erased.txtar does not come to
// these.
func TestWordsInRecordsOfOthersGoWithWhoeverWroteThem(t *testing.T) {
	const word = "quokkatide"
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Ana", "Ben")
		ana, ben := w.Known("Ana").ID, w.Known("Ben").ID
		long := w.Now().Add(-24 * time.Hour)
		all, err := bot.Holdings(bot.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			table string
			says  []string // the kinds of the messages that show it, about the record "r"
			put   func(tx store.Tx) error
		}{
			{"proposals", []string{"plan proposal", "plan proposal ask", "plan proposal ended"}, func(tx store.Tx) error {
				return cohorts.Proposals.Put(tx, "r", cohorts.Proposal{ID: "r", Cohort: c.ID, By: ben, Ended: long, Left: ana, Why: word})
			}},
			{"proposals", []string{"plan proposal"}, func(tx store.Tx) error {
				return cohorts.Proposals.Put(tx, "r", cohorts.Proposal{ID: "r", Cohort: c.ID, By: ana, Given: map[string]string{"title": word}})
			}},
			{"voices", []string{"plan proposal"}, func(tx store.Tx) error {
				return cohorts.Voices.Put(tx, "r/ana", cohorts.Voice{Proposal: "r", Person: ana, Concern: word})
			}},
			{"waivers", nil, func(tx store.Tx) error {
				return graduation.Waivers.Put(tx, "r", graduation.Waiver{Cohort: c.ID, Person: ben, By: ana, Why: word, Before: []graduation.Waiver{{By: ana, Why: word}}})
			}},
			{"credentials", []string{"credential revoked"}, func(tx store.Tx) error {
				return credentials.Table.Put(tx, "r", credentials.Issued{ID: "r", Person: ben, Revoked: credentials.Revoked{At: long, By: ana, Reason: word}})
			}},
			{"portfolio assessors", []string{"portfolio conflict"}, func(tx store.Tx) error {
				return portfolios.Appointments.Put(tx, "r", portfolios.Appointment{ID: "r", Portfolio: "p", Person: ana, Name: word, Conflict: word, Ended: long})
			}},
			{"portfolio steps", nil, func(tx store.Tx) error {
				return portfolios.Steps.Put(tx, "r", portfolios.Step{Portfolio: "p", By: ana, Name: word})
			}},
			{"portfolio scholarships", nil, func(tx store.Tx) error {
				return portfolios.Scholarships.Put(tx, "r", portfolios.Scholarship{Portfolio: "r", Person: ana, Why: word})
			}},
			{"peer groups", nil, func(tx store.Tx) error {
				return peers.Groups.Put(tx, "r", peers.Group{ID: "r", Cohort: c.ID, State: peers.Off, People: []people.ID{ana, ben}, Proposal: &peers.Proposal{By: ana, Where: word}})
			}},
		} {
			w.Hold = true // nothing of what is marked is made anew meanwhile
			w.Update(func(tx store.Tx) error {
				for _, kind := range x.says {
					if err := outbox.Table.Put(tx, kind, outbox.Item{Key: kind, Kind: kind, Record: "r", Place: c.Place, State: outbox.Sent, Address: chat.Address{Place: c.Place, ID: kind}}); err != nil {
						return err
					}
				}
				return x.put(tx)
			})
			if got := standsIn(w, word); !slices.Equal(got, []string{x.table}) {
				t.Fatalf("%s: it stands in %q", x.table, got)
			}
			i := slices.IndexFunc(all, func(h deeds.Holding) bool { return h.Table == x.table })
			for range 2 { // done again, it changes nothing more
				w.Update(func(tx store.Tx) error { return all[i].Erase(tx, ana, w.Now()) })
			}
			if got := standsIn(w, word); len(got) > 0 {
				t.Errorf("%s: after erasing it stands in %q", x.table, got)
			}
			w.Update(func(tx store.Tx) error {
				for _, kind := range x.says {
					item, err := outbox.Table.Get(tx, kind)
					if err != nil || item.Stale == 0 {
						t.Errorf("%s: the message %q still shows it, %v", x.table, kind, err)
					}
					if err := outbox.Forget(tx, kind); err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
}
