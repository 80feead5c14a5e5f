package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// tell puts an item for one person of a cohort in the outbox.
func (w *router) tell(name, key string, cohort string, until time.Time) {
	w.T.Helper()
	p := w.Known(name)
	w.Update(func(tx store.Tx) error {
		return outbox.Say(tx, outbox.Item{
			Key: key, Kind: noteKind, Record: key, Person: string(p.ID), Cohort: cohort, Place: p.Direct(bottest.Workspace), Until: until,
		}, w.Now())
	})
	w.Settle()
}

func TestClosedDirectMessagesAreToldOnceAndShownAtTheNextVisit(t *testing.T) {
	routed(t, func(w *router) {
		c := string(w.Cohort("Explorers", "Wiremu", "Ana").ID)
		w.Platform.CloseDirect("ana", true)
		w.tell("Ana", "an invitation", c, time.Time{})
		w.tell("Ana", "a reminder", c, w.Now().Add(time.Hour))
		w.tell("Ana", "a third thing", c, time.Time{})
		told := w.Inbox("Wiremu")
		if len(told) != 1 || !strings.Contains(told[0].Message.Text, "Ana's direct messages are closed") {
			t.Fatalf("the facilitator was told %d things", len(told))
		}
		w.Clock.MoveTo(w.Now().Add(2 * time.Hour)) // the reminder is of no use any more
		out := w.Do("Ana", "/note keep hello")
		mustSay(t, out, "Kept.", "While your direct messages were closed", "Said: an invitation", "Said: a third thing")
		if strings.Contains(said(out), "a reminder") {
			t.Errorf("shown though it is too late: %s", said(out))
		}
		if out := w.Do("Ana", "/note keep again"); strings.Contains(said(out), "closed") {
			t.Errorf("shown twice: %s", said(out))
		}
		// After a visit, it is news again.
		w.tell("Ana", "a fourth thing", c, time.Time{})
		if n := len(w.Inbox("Wiremu")); n != 2 {
			t.Errorf("the facilitator was told %d things, want 2", n)
		}
	})
}

func TestAMissedMessageThatCannotBeShownKeepsNobodyFromTheirCommand(t *testing.T) {
	routed(t, func(w *router) {
		w.Platform.CloseDirect("ana", true)
		w.tell("Ana", "an invitation", "", time.Time{})
		w.Update(func(tx store.Tx) error { // and one of a kind that no longer exists
			return outbox.Table.Put(tx, "old", outbox.Item{Key: "old", Kind: "of no kind", Person: string(w.Known("Ana").ID), State: outbox.Missed, Order: "1"})
		})
		w.logged()
		w.broken = true
		out := w.Do("Ana", "/help")
		mustSay(t, out, "/note")
		if strings.Contains(said(out), "Something went wrong") {
			t.Errorf("said %s", said(out))
		}
	})
}

func TestAGoneChannelIsToldToTheFacilitatorsByItsName(t *testing.T) {
	routed(t, func(w *router) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Platform.Fault = func(op string, to chat.Place) error {
			if op == "send" && !to.IsDirect() {
				return chat.ErrGone
			}
			return nil
		}
		w.Update(func(tx store.Tx) error {
			return outbox.Say(tx, outbox.Item{Key: "post", Kind: noteKind, Record: "post", Cohort: string(c.ID), Place: c.Place}, w.Now())
		})
		w.Settle()
		told := w.Inbox("Wiremu")
		if len(told) != 1 || !strings.Contains(told[0].Message.Text, "in [#explorers]") {
			t.Errorf("told %+v", told)
		}
	})
}

func TestACalendarThatTakesNothingIsToldOnce(t *testing.T) {
	routed(t, func(w *router) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Platform.Fault = func(op string, to chat.Place) error {
			if op == "send" && to.Calendar {
				return fmt.Errorf("%w: the bot may not schedule events", chat.ErrRefused)
			}
			return nil
		}
		for n := range 3 {
			w.Update(func(tx store.Tx) error {
				key := fmt.Sprint("session ", n)
				return outbox.Say(tx, outbox.Item{Key: key, Kind: noteKind, Record: key, Cohort: string(c.ID), Place: chat.Calendar(bottest.Workspace)}, w.Now())
			})
			w.Settle()
		}
		told := w.Inbox("Wiremu")
		if len(told) != 1 || !strings.Contains(told[0].Message.Text, "in the calendar of this workspace: the bot may not schedule events. The session stands all the same") {
			t.Errorf("told %+v", told)
		}
	})
}

func TestWhereNoFacilitatorIsTheAdministratorsAreTold(t *testing.T) {
	routed(t, func(w *router) {
		w.Admin("Root")
		w.Known("Ana")
		w.Platform.CloseDirect("ana", true)
		w.tell("Ana", "an invitation", "", time.Time{})
		if n := len(w.Inbox("Root")); n != 1 {
			t.Errorf("the administrator was told %d things", n)
		}
	})
}

func TestAJobThatFailsForGoodIsToldEachTimeItDoes(t *testing.T) {
	routed(t, func(w *router) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.logged()
		for week := range 2 {
			due := w.Now()
			w.Update(func(tx store.Tx) error {
				return jobs.Set(tx, jobs.Job{Key: "weekly", Kind: "of no kind", Cohort: string(c.ID), Due: due})
			})
			w.Advance(7 * 24 * time.Hour)
			if told := w.Inbox("Wiremu"); len(told) != week+1 || !strings.Contains(told[week].Message.Text, "failed 8 times") {
				t.Errorf("after week %d the facilitator was told %d things", week+1, len(told))
			}
		}
	})
}

func TestAFailedJobOfACohortThatIsGoneStopsNothing(t *testing.T) {
	routed(t, func(w *router) {
		w.logged()
		w.Update(func(tx store.Tx) error {
			return jobs.Set(tx, jobs.Job{Key: "lost", Kind: "of no kind", Cohort: "gone", Due: w.Now(), Tries: 7})
		})
		w.Advance(time.Minute)
		w.View(func(tx store.Tx) error {
			if j, err := jobs.Table.Get(tx, "lost"); err != nil || !j.Parked {
				t.Errorf("left %+v, %v", j, err)
			}
			return nil
		})
	})
}

func TestWhatWasWaitingIsSaidBeforeTimeMovesOn(t *testing.T) {
	routed(t, func(w *router) {
		now := w.Now()
		w.Update(func(tx store.Tx) error {
			return outbox.Say(tx, outbox.Item{Key: "n", Kind: noteKind, Record: "now", Place: w.At, Until: now.Add(time.Minute)}, now)
		})
		w.Advance(48 * time.Hour)
		if posts := w.Posts(w.At); len(posts) != 1 || !posts[0].Sent.Equal(now) {
			t.Errorf("said %+v, want one post at %s", posts, now)
		}
	})
}

func TestAFacilitatorWhoCannotBeReachedIsToldToTheAdministrators(t *testing.T) {
	routed(t, func(w *router) {
		w.Admin("Aroha")
		c := string(w.Cohort("Explorers", "Wiremu", "Ana").ID)
		w.Platform.CloseDirect("wiremu", true)
		w.tell("Wiremu", "what goes out next", c, time.Time{})
		if told := w.Inbox("Aroha"); len(told) != 1 || !strings.Contains(told[0].Message.Text, "Wiremu's direct messages are closed") {
			t.Errorf("the administrator was told %d things", len(told))
		}
	})
}

func TestMuchThatWasMissedIsShownALittleAtATime(t *testing.T) {
	routed(t, func(w *router) {
		c := string(w.Cohort("Explorers", "Wiremu", "Ana").ID)
		w.Platform.CloseDirect("ana", true)
		for n := range 12 {
			w.tell("Ana", fmt.Sprintf("thing %d.", n), c, time.Time{})
		}
		for n, want := range []int{5, 5, 2, 0} {
			words := said(w.Do("Ana", "/help"))
			if got := strings.Count(words, "Said: thing"); got != want {
				t.Errorf("at visit %d, %d things are shown, want %d", n, got, want)
			}
			if more := strings.Contains(words, "There is more"); more != (n < 2) {
				t.Errorf("at visit %d, more is promised: %v", n, more)
			}
		}
	})
}
