package goals

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

// Whatever people do in whatever order: nothing is adopted over an open objection
// or without the consent of two members, what is adopted are the words that were
// consented to, and no objection is ever lost.
func TestNothingIsAdoptedOverAnObjectionAndNoneIsLost(t *testing.T) {
	s := storetest.New(t, cohorts.Table, cohorts.Members, people.Table, outbox.Table, Goals, Voices, Objections, Suggestions, Entries, Ties, Boards)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
		c := cohorts.Cohort{ID: cohorts.ID(fmt.Sprintf("c%d", runs)), Name: "Explorers", Place: chat.Channel("test", fmt.Sprintf("c%d", runs)), State: cohorts.Open}
		group := []people.ID{"wiremu", "ana", "ben", "mere"}
		id := ID("g" + string(c.ID))
		do := func(fn func(tx store.Tx) error) error { return s.Update(context.Background(), fn) }
		if err := do(func(tx store.Tx) error {
			for i, p := range group {
				if err := people.Table.Put(tx, p, people.Person{ID: p, Name: string(p)}); err != nil {
					return err
				}
				m := cohorts.Member{Cohort: c.ID, Person: p, Facilitator: i == 0, Joined: now}
				if err := cohorts.Members.Put(tx, cohorts.MemberID(c.ID, p), m); err != nil {
					return err
				}
			}
			if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
				return err
			}
			g, err := propose(tx, c, Goal{ID: id, Cohort: c.ID, By: "ana", At: now, Words: "words 0"})
			if err != nil {
				return err
			}
			_, err = g.ask(tx, c, ToAdopt, g.Words, "ana", now)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		made, words := 0, 0
		consented := map[people.ID]string{} // to which words
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
			p := rapid.SampledFrom(group).Draw(t, "who")
			what := rapid.SampledFrom([]string{"consent", "consent", "object", "heard", "reword", "adopt", "adopt"}).Draw(t, "what")
			was, wasMade, wasWords := maps.Clone(consented), made, words
			err := do(func(tx store.Tx) error {
				consented, made, words = maps.Clone(was), wasMade, wasWords // a deed may run twice
				g, err := Goals.Get(tx, id)
				if err != nil || g.Round == nil {
					return err
				}
				switch what {
				case "consent":
					consented[p] = g.Round.Words
					return g.stand(tx, c, p, Consent, now)
				case "object":
					made++
					delete(consented, p)
					return g.object(tx, c, Objection{ID: fmt.Sprintf("%s/%d", id, made), Person: p, At: now, Words: fmt.Sprintf("no %d", made)})
				case "heard":
					return g.hear(tx, p, now)
				case "reword":
					words++
					_, err := g.reword(tx, c, fmt.Sprintf("words %d", words), p, now)
					return err
				}
				open, err := objectionsIn(tx, id, g.Round.Number)
				if err != nil {
					return err
				}
				g, err = g.conclude(tx, c, p, now)
				if _, refused := deeds.As(err); refused {
					return nil
				}
				if err != nil {
					return err
				}
				if len(open) > 0 {
					t.Fatalf("adopted over %q", open[0].Words)
				}
				n := 0
				for _, m := range group[1:] {
					if consented[m] == g.Words {
						n++
					}
				}
				if n < enough {
					t.Fatalf("adopted %q with the consent of %d members", g.Words, n)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.View(context.Background(), func(tx store.Tx) error {
			g, err := Goals.Get(tx, id)
			if err != nil {
				return err
			}
			all, err := ObjectionsTo(tx, g)
			var said []string
			for _, o := range all {
				said = append(said, o.Words)
			}
			for i := range made {
				if !slices.Contains(said, fmt.Sprintf("no %d", i+1)) {
					t.Fatalf("the objection %d is lost: %q", i+1, said)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
