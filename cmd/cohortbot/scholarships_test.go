package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cohortbot/adapters/bolt"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/store"
)

// Two facilitators who answer everybody who asked, all in the same moment and on a
// store that is really on a disk: five scholarships are five.
func TestScholarshipsAreNeverMoreThanThereAreHoweverManyAreAwardedAtOnce(t *testing.T) {
	w := bottest.New(t)
	s, err := bolt.Open(filepath.Join(t.TempDir(), "cohortbot.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Store = s
	w.Restart()
	var names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("Member %c", 'A'+i))
	}
	facilitators := []string{"Wiremu", "Hine"}
	c := w.Cohort("Explorers", facilitators[0], names...)
	w.Admin("Hine") // looks after all portfolios, as Wiremu looks after his group's
	w.Do("Hine", "/help")
	asked := map[string]portfolios.ID{}
	for _, name := range names {
		w.Do(name, "/portfolio start programme:facilitation-credential group:"+string(c.ID))
		w.Do(name, "/portfolio scholarship")
		w.Submit(name, map[string]string{"why": ""})
		bottest.Says(t, w.Answer(name), "Asked.")
		w.View(func(tx store.Tx) error {
			own, err := portfolios.Of(tx, w.Known(name).ID)
			asked[name] = own[0].ID
			return err
		})
	}
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	var awarded, refused atomic.Int32
	for _, as := range facilitators {
		account := w.Known(as).Accounts[0]
		for _, name := range names {
			ready.Add(1)
			done.Go(func() {
				r := chat.Request{
					Event: as + "/" + name, Profile: chat.Profile{User: account, Name: as, Admin: as == "Hine"}, At: w.At,
					Path: "portfolio award", Record: string(asked[name]), Answers: chat.Answers{"answer": chat.Given("yes")},
				}
				ready.Done()
				<-begin
				out, err := w.Bot.Do(context.Background(), r)
				switch {
				case err != nil || out.Reply == nil:
					t.Errorf("%s for %s: %+v, %v", as, name, out, err)
				case strings.HasPrefix(out.Reply.Text, "Awarded to"):
					awarded.Add(1)
				case strings.Contains(out.Reply.Text, "All 5 scholarships are awarded"):
					refused.Add(1)
				case !strings.Contains(out.Reply.Text, "has the scholarship already"):
					t.Errorf("%s for %s: %s", as, name, out.Reply.Text)
				}
			})
		}
	}
	ready.Wait()
	close(begin)
	done.Wait()
	kept := 0
	w.View(func(tx store.Tx) error {
		for row, err := range portfolios.Scholarships.All(tx) {
			if err != nil {
				return err
			}
			if row.Value.State == portfolios.Awarded {
				kept++
			}
		}
		return nil
	})
	if kept != 5 || awarded.Load() != 5 || refused.Load() != 14 {
		t.Errorf("%d are awarded; %d were told so and %d that there are no more; want 5, 5 and 14", kept, awarded.Load(), refused.Load())
	}
}
