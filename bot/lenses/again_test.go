package lenses_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/lenses"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const week = 7 * 24 * time.Hour

// planned gives the group a plan of so many weeks from now on.
func planned(w *bottest.World, weeks int) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		for row, err := range cohorts.Table.All(tx) {
			if err != nil {
				return err
			}
			p := cohorts.Plan{}
			for i := range weeks {
				p.Weeks = append(p.Weeks, cohorts.Week{ID: cohorts.WeekID(fmt.Sprint("w", i)), Title: fmt.Sprint("Week ", i+1)})
			}
			if err := cohorts.Plans.Put(tx, row.ID, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func inbox(w *bottest.World, who, words string) (found []bottest.Post) {
	return slices.DeleteFunc(slices.Clone(w.Inbox(who)), func(p bottest.Post) bool { return !strings.Contains(p.Message.Text, words) })
}

func TestLookingAgainIsProposedInTheMiddleAndAtTheEndOnceEach(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		planned(w, 12)
		w.Advance(5 * week)
		if n := len(inbox(w, "Ana", "a good time to look again")); n != 0 {
			t.Fatalf("proposed %d times before the middle", n)
		}
		w.Advance(2 * week)
		middle := inbox(w, "Ana", "is in the middle of its weeks")
		if len(middle) != 1 || len(inbox(w, "Ben", "look again"))+len(inbox(w, "Wiremu", "look again")) != 0 {
			t.Fatalf("proposed %d times in the middle", len(middle))
		}
		bottest.Says(t, middle[0].Message.Text, "On 2 November you looked", "The harbour kitchen", "still open; end it first")
		w.PressOn("Ana", middle[0], "Make the picture")
		w.Press("Ana", "End it without a picture")
		w.PressOn("Ana", middle[0], "Ask the group")
		w.Press("Ana", "Ask the group")
		bottest.Says(t, post(w, at, "how we work together, in the middle").Text, "Ana asks all of us")
		w.Settle()
		bottest.Says(t, w.Inbox("Ana")[len(w.Inbox("Ana"))-1].Message.Text, "was looked at again")
		w.Advance(6 * week)
		end := inbox(w, "Ana", "weeks are nearly over")
		if len(end) != 1 {
			t.Fatalf("proposed %d times at the end", len(end))
		}
		w.Advance(6 * week)
		if n := len(inbox(w, "Ana", "look again")); n != 1 {
			t.Errorf("nobody looked, and it was proposed again: %d", n)
		}
	})
}

func TestNobodyIsAskedToLookAgainWhileTheyAreAway(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		named(w, five...)
		planned(w, 8)
		away := w.Known("Ana")
		w.Update(func(tx store.Tx) error {
			from := schedules.DateOf(w.Now().Add(3 * week))
			away.Leave = append(away.Leave, schedules.Span{From: from, To: from.AddDays(20)})
			return people.Table.Put(tx, away.ID, away)
		})
		w.Advance(5 * week)
		if n := len(inbox(w, "Ana", "look again")); n != 0 {
			t.Fatalf("asked %d times on leave", n)
		}
		w.Advance(2 * week)
		if n := len(inbox(w, "Ana", "look again")); n != 1 {
			t.Errorf("asked %d times when she was back", n)
		}
	})
}

func TestWhereWhoNamedItIsGoneTheFacilitatorsAreAsked(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		named(w, five...)
		planned(w, 8)
		w.Update(func(tx store.Tx) error {
			for row, err := range cohorts.Members.By(tx, "person", string(w.Known("Ana").ID)) {
				if err != nil {
					return err
				}
				m := row.Value
				m.Left = w.Now()
				if err := cohorts.Members.Put(tx, row.ID, m); err != nil {
					return err
				}
			}
			return nil
		})
		w.Advance(6 * week)
		if len(inbox(w, "Ana", "look again")) != 0 || len(inbox(w, "Wiremu", "look again")) != 1 {
			t.Error("Wiremu facilitates and was not asked, or Ana was")
		}
	})
}

func TestAnotherNameStandsInEarlierMessages(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		w.Do("Ben", "/lens rename name:Soup")
		bottest.Says(t, w.Answer("Ben"), "for a facilitator")
		w.Do("Ana", "/lens name name:Tools")
		w.Press("Ana", "Ask the group")
		w.Do("Ana", "/lens rename name:\"our tools\" about:\"harbour kitchen\"")
		bottest.Says(t, w.Answer("Ana"), "of that name already")
		w.Do("Ana", "/lens rename name:\"The kitchen by the sea\" about:\"harbour kitchen\"")
		bottest.Says(t, w.Answer("Ana"), "Nothing else has changed")
		w.Settle()
		bottest.Says(t, w.Posts(at)[0].Message.Text, "The kitchen by the sea")
	})
}

func TestARemovedCollaborationIsGoneAndPrivateWordsStayWithWhoWroteThem(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		answer(w, "Ben", "group", 2, 3)
		answer(w, "Cara", "me", 2, 3)
		w.Do("Dan", "/lens answer")
		w.Submit("Dan", map[string]string{"s1": "2", "note": "for myself", "sees": "group"})
		suggest(w, "Ana", "confident-2", "We know who can lend what.")
		w.Do("Ana", "/lens add")
		w.Submit("Ana", map[string]string{"statement": "confident-2", "what": "A list", "when": "12 nov"})
		w.Do("Ben", "/lens remove")
		bottest.Says(t, w.Answer("Ben"), "for a facilitator")
		w.Do("Ana", "/lens remove")
		bottest.Says(t, w.Answer("Ana"), "one look with its answers", "a work plan of one step", "one suggestion for your own words", "stay with each of them")
		w.Press("Ana", "Take it away")
		w.Settle()
		if n := len(w.Posts(at)); n != 0 {
			t.Errorf("%d messages are left: %s", n, w.Posts(at)[0].Message.Text)
		}
		w.Do("Ben", "/lens answer")
		bottest.Says(t, w.Answer("Ben"), "No collaboration has a name here yet")
		w.View(func(tx store.Tx) error {
			left := map[people.ID]lenses.Answer{}
			for row, err := range lenses.Answers.All(tx) {
				if err != nil {
					return err
				}
				left[row.Value.Person] = row.Value
			}
			for who, want := range map[string]bool{"Ben": false, "Cara": true, "Dan": true} {
				a, there := left[w.Known(who).ID]
				if there != want || there && (a.Look != "" || a.Sees != lenses.OnlyMe) {
					t.Errorf("of %s is left %+v", who, a)
				}
			}
			for row, err := range lenses.Steps.All(tx) {
				t.Errorf("a step is left: %v, %v", row, err)
			}
			for row, err := range lenses.Wordings.All(tx) {
				t.Errorf("words are left: %v, %v", row, err)
			}
			return nil
		})
		w.Advance(3 * week) // its jobs find nothing
	})
}
