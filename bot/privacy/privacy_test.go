package privacy_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios/bundle/bundletest"
	"cohortbot/bot/privacy"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// explorers is a group that has answered its first question: Ana for everybody, Ben
// for the facilitator.
func explorers(w *bottest.World) cohorts.Cohort {
	c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
	w.Update(func(tx store.Tx) error {
		plan := cohorts.Plan{}
		for i := range 4 {
			plan.Weeks = append(plan.Weeks, cohorts.Week{ID: cohorts.WeekID(fmt.Sprint("w", i)), Title: "A week", Prompt: "What did you see?"})
		}
		c.First = schedules.DateOf(w.Now().In(c.Zone.Location())).AddDays(1)
		return errors.Join(cohorts.Table.Put(tx, c.ID, c), cohorts.Plans.Put(tx, c.ID, plan), cohorts.Reschedule(tx, c, plan, w.Now()))
	})
	w.Advance(7 * 24 * time.Hour)
	post := w.Posts(c.Place)[0]
	w.Said("Ana", post, "They keep a cup for me by the sink.")
	w.Said("Ben", post, "The shed has a key on a hook.")
	w.Settle()
	return c
}

func TestSomebodySeesWhatIsHeldAboutThem(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		explorers(w)
		w.Do("Ana", "/settings data")
		bottest.Says(t, w.Answer("Ana"), "What I hold about you", "To take part in your groups", "what you answered to the weekly questions", "which groups you are in", "To know you and to write to you")
		if said := w.Answer("Ana"); strings.Contains(said, "shed") {
			t.Errorf("somebody else's words are shown: %s", said)
		}
	})
}

func TestNobodyDoesItForSomebodyElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		explorers(w)
		w.Admin("Hine")
		for _, who := range []string{"Wiremu", "Hine"} {
			for _, what := range []string{"data", "export", "erase"} {
				w.Do(who, "/settings "+what+" person:Ana")
				bottest.Says(t, w.Answer(who), "Only Ana can do that", "/settings "+what)
			}
		}
		if p := w.Known("Ana"); !p.Erased.IsZero() {
			t.Error("Ana was erased")
		}
	})
}

func TestErasingTakesAwayWhatIsTheirsAndLeavesWhatIsOthers(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := explorers(w)
		ana := w.Known("Ana").ID
		w.Do("Ana", "/settings erase")
		if n := len(w.Answer("Ana")); n > 700 {
			t.Errorf("%d letters are more than a phone shows: %s", n, w.Answer("Ana"))
		}
		bottest.Says(t, w.Answer("Ana"), "for good", "What goes", "What stays")
		w.Press("Ana", "What goes, what stays")
		bottest.Says(t, w.Answer("Ana"), "What goes", "What you answered to the weekly questions", "What stays, and why", "What others wrote stays theirs")
		w.Press("Ana", "Erase it for good")
		bottest.Says(t, w.Answer("Ana"), "Erased", "begin anew")
		w.Settle()
		time.Sleep(time.Minute) // what was being taken away meanwhile is rewritten once more
		w.Settle()
		w.View(func(tx store.Tx) error {
			p, err := people.Table.Get(tx, ana)
			if err != nil || p.Name != people.Someone || len(p.Accounts) > 0 || p.Erased.IsZero() {
				t.Errorf("of the person is left %+v, %v", p, err)
			}
			for row, err := range prompts.Answers.All(tx) {
				if err != nil {
					return err
				}
				if row.Value.Person == ana {
					t.Error("an answer is left")
				}
			}
			if _, in, err := cohorts.MemberOf(tx, c.ID, ana); in || err != nil {
				t.Errorf("they are still in the group, %v", err)
			}
			x, err := privacy.Erasures.Get(tx, ana)
			if err != nil || x.Settled.IsZero() || len(x.Accounts) > 0 {
				t.Errorf("the erasure stands at %+v, %v", x, err)
			}
			return nil
		})
		for _, p := range w.Posts(c.Place) {
			if strings.Contains(p.Message.Text, "cup for me") {
				t.Errorf("it still stands in the channel: %s", p.Message.Text)
			}
		}
		w.Do("Wiremu", "/cohort panel")
		w.Do("Ben", "/home")
		w.Advance(14 * 24 * time.Hour) // the group goes on
		w.Do("Ana", "/settings data")
		if said := w.Answer("Ana"); strings.Contains(said, "weekly questions") {
			t.Errorf("they did not begin anew: %s", said)
		}
	})
}

func TestAnErasedFacilitatorLeavesAGroupThatSomebodyHearsOf(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := explorers(w)
		w.Admin("Hine")
		w.Do("Hine", "/help") // so that the bot has met them
		w.Do("Wiremu", "/settings erase")
		w.Press("Wiremu", "Erase it for good")
		w.Settle()
		inbox := w.Inbox("Hine")
		if len(inbox) == 0 || !strings.Contains(inbox[len(inbox)-1].Message.Text, "has no facilitator any more") {
			t.Errorf("nobody was told: %v", inbox)
		}
		w.Advance(21 * 24 * time.Hour)
		w.Do("Ana", "/plan show")
		w.Do("Ana", "/home")
		_ = c
	})
}

func TestConsentIsWordedKeptReceiptedAndTakenBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		explorers(w)
		ana := w.Known("Ana").ID
		allowed := func(want bool) {
			t.Helper()
			w.View(func(tx store.Tx) error {
				got, err := privacy.Allows(tx, ana, consents.Research)
				if got != want {
					t.Errorf("research is allowed: %v", got)
				}
				return err
			})
		}
		allowed(false)
		w.Do("Ana", "/settings consent")
		bottest.Says(t, w.Answer("Ana"), "Quoting, in Explorers", "you have not agreed, and nobody assumes it")
		w.Do("Ana", "/settings consent purpose:research agree:yes")
		bottest.Says(t, w.Answer("Ana"), "This is what you would agree to", "without my name")
		allowed(false)
		w.Press("Ana", "I agree")
		w.Settle()
		allowed(true)
		receipt := w.Inbox("Ana")[len(w.Inbox("Ana"))-1]
		bottest.Says(t, receipt.Message.Text+receipt.Message.Note, "You agreed on", "in these words", "without my name", "take it back", "Receipt")
		w.PressOn("Ana", receipt, "Take it back")
		w.Settle()
		allowed(false)
		last := w.Inbox("Ana")[len(w.Inbox("Ana"))-1]
		bottest.Says(t, last.Message.Text, "Taken back", "It was", "without my name")
		w.View(func(tx store.Tx) error {
			all, err := consents.Of(tx, ana)
			n := 0
			for _, c := range all {
				if c.Purpose == consents.Research {
					n++
				}
			}
			if n != 2 {
				t.Errorf("%d are kept: %+v", n, all)
			}
			return err
		})
	})
}

func TestACopyHasWhatIsTheirsAndNothingOfOthers(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		explorers(w)
		w.Do("Ana", "/settings export")
		w.Settle()
		inbox := w.Inbox("Ana")
		post := inbox[len(inbox)-1]
		if len(post.Message.Files) != 1 || post.Message.Files[0].Name != privacy.ExportName {
			t.Fatalf("the copy is %+v", post.Message)
		}
		files, err := bundletest.Unzip(post.Message.Files[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			if !strings.Contains(text, "They keep a cup for me by the sink.") {
				t.Errorf("%s lacks the answer", name)
			}
			if strings.Contains(text, "key on a hook") {
				t.Errorf("%s has somebody else's words", name)
			}
		}
		if len(files) != 2 {
			t.Errorf("it has %d files", len(files))
		}
	})
}

func kept(w *bottest.World, text string) bool {
	w.T.Helper()
	found := false
	w.View(func(tx store.Tx) error {
		for kv, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			found = found || bytes.Contains(kv.Value, []byte(text))
		}
		return nil
	})
	return found
}

// The deed itself is short: what follows is done whenever the program is ended, and
// the person hears of it once.
func TestAnErasureThatIsCutOffAnywhereIsBroughtToItsEnd(t *testing.T) {
	for n := 0; ; n += 1 + n/6 { // the first changes one by one
		finished := false
		bottest.Run(t, func(w *bottest.World) {
			explorers(w)
			ana := w.Known("Ana").ID
			w.Do("Ana", "/settings erase")
			w.Hold = true
			w.Press("Ana", "Erase it for good")
			bottest.Says(t, w.Answer("Ana"), "I no longer know you", "I tell you in a message")
			if !kept(w, "cup for me") {
				t.Fatal("all of it is gone in the deed itself")
			}
			w.View(func(tx store.Tx) error {
				if p, err := people.Table.Get(tx, ana); err != nil || p.Name != people.Someone || len(p.Accounts) > 0 {
					t.Errorf("they are still known: %+v, %v", p, err)
				}
				return nil
			})
			finished = w.KilledAfter(n)
			w.Hold = false
			w.Settle()
			time.Sleep(time.Minute)
			w.Settle()
			if kept(w, "cup for me") {
				t.Errorf("cut off after %d changes, words are left", n)
			}
			told := 0
			for _, p := range w.Inbox("Ana") {
				if strings.Contains(p.Message.Text, "It is done") {
					told++
				}
			}
			if told != 1 {
				t.Errorf("cut off after %d changes, they are told %d times", n, told)
			}
			w.View(func(tx store.Tx) error {
				x, err := privacy.Erasures.Get(tx, ana)
				if err != nil || x.Settled.IsZero() || len(x.Accounts) > 0 || !x.Tell.IsZero() {
					t.Errorf("the erasure stands at %+v, %v", x, err)
				}
				for row, err := range outbox.Table.All(tx) {
					if err != nil || row.Value.Kind == "erased" {
						t.Errorf("of the message to them is kept: %+v, %v", row.Value, err)
					}
				}
				return nil
			})
		})
		if finished || t.Failed() {
			if n < 10 {
				t.Errorf("only %d changes: the test no longer cuts anything off", n)
			}
			return
		}
	}
}
