package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

func TestManyMarksAreFewEditsWithTheLastWords(t *testing.T) {
	in(t, func(w *world) {
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = w.box.Run(ctx) })
		w.say("count", general)
		w.box.Poke()
		time.Sleep(time.Second)
		for n := range 200 { // in four seconds
			w.write("count", note{Text: fmt.Sprint(n + 1)})
			w.box.Poke()
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		cancel()
		running.Wait()
		w.mustStand(general, "200")
		if edits := w.platform.all()[0].edits; edits < 2 || edits > 6 {
			t.Errorf("%d edits in four seconds, want about one a second", edits)
		}
		if i := w.item("count"); i.Stale != 0 {
			t.Errorf("%d marks are left", i.Stale)
		}
	})
}

func TestAMarkThatComesDuringTheEditIsNotLost(t *testing.T) {
	in(t, func(w *world) {
		w.say("count", general)
		w.drain()
		once := true
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "edit" && once {
				once = false
				w.write("count", note{Text: "two"})
			}
			return false, nil
		}
		w.write("count", note{Text: "one"})
		w.drain()
		w.settle(5 * time.Second)
		w.mustStand(general, "two")
	})
}

func TestAMarkThatComesWhileItIsBeingSaidIsNotLost(t *testing.T) {
	in(t, func(w *world) {
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "send" {
				w.write("count", note{Text: "one"})
			}
			return false, nil
		}
		w.say("count", general)
		w.settle(5 * time.Second)
		w.mustStand(general, "one")
	})
}

func TestEditsThatRestDoNotHoldUpWhatIsNew(t *testing.T) {
	in(t, func(w *world) {
		w.say("count", general)
		w.drain()
		w.write("count", note{Text: "one"})
		w.drain()
		w.write("count", note{Text: "two"}) // has to rest for a second
		w.drain()
		w.say("new", general)
		w.drain()
		w.mustStand(general, "one", "new")
		w.settle(2 * time.Second)
		w.mustStand(general, "two", "new")
	})
}

func TestWhatIsNoLongerToBeSaidIsDroppedOrTakenAway(t *testing.T) {
	in(t, func(w *world) {
		w.say("before", general)
		w.write("before", note{Gone: true})
		w.say("after", general)
		w.say("erased", general)
		w.drain()
		w.write("after", note{Gone: true})
		w.update(func(tx store.Tx) error {
			return errors.Join(notes.Delete(tx, "erased"), outbox.Touch(tx, kind, "erased"))
		})
		w.settle(5 * time.Second)
		w.mustStand(general)
		for _, key := range []string{"before", "after", "erased"} {
			w.mustBe(key, outbox.Dropped)
		}
		if n := w.platform.count("send", "before"); n != 0 {
			t.Error("what was no longer to be said was said")
		}
		w.mustHaveTold()
	})
}

func TestWhatIsWantedAgainWhileItIsTakenAwayIsSaidAgain(t *testing.T) {
	in(t, func(w *world) {
		w.say("answer", general)
		w.drain()
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "delete" {
				w.write("answer", note{Text: "for all again"})
			}
			return false, nil
		}
		w.write("answer", note{Gone: true})
		w.settle(5 * time.Second)
		w.mustStand(general, "for all again")
	})
}

func TestWhatSomebodyTookAwayStaysAway(t *testing.T) {
	in(t, func(w *world) {
		w.say("post", general)
		w.drain()
		if err := w.platform.Delete(context.Background(), w.item("post").Address); err != nil {
			t.Fatal(err)
		}
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "edit" {
				w.write("post", note{Text: "two"})
			}
			return false, nil
		}
		w.write("post", note{Text: "one"})
		w.settle(5 * time.Second)
		w.mustStand(general)
		w.mustBe("post", outbox.Dropped)
	})
}

func TestWhatCannotBeEditedLeavesOthersAloneAndIsTriedAgainLater(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault error
		want  string // once the fault has passed
	}{
		{"passing", errPassing, "first, changed"},
		{"limited", chat.RateLimited{After: 3 * time.Second}, "first, changed"},
		{"refused", chat.ErrRefused, "first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in(t, func(w *world) {
				w.say("first", general)
				w.drain()
				w.platform.before = only("edit", c.fault)
				w.write("first", note{Text: "first, changed"})
				w.drain()
				w.say("second", general)
				w.settle(3 * time.Second)
				w.platform.before = nil
				w.settle(10 * time.Second)
				w.mustStand(general, c.want, "second")
				if i := w.item("first"); i.Stale != 0 || i.Tries != 0 {
					t.Errorf("left with %d marks and %d tries", i.Stale, i.Tries)
				}
				w.write("first", note{Text: "again"})
				w.settle(2 * time.Second)
				w.mustStand(general, "again", "second")
			})
		})
	}
}

func TestWordsThatCannotBeMadeAnewLeaveTheOldOnesStanding(t *testing.T) {
	in(t, func(w *world) {
		w.say("first", general)
		w.say("second", general)
		w.drain()
		w.write("first", note{Fault: "panic"})
		w.write("second", note{Text: "changed"})
		w.settle(5 * time.Second)
		w.mustStand(general, "first", "changed")
	})
}

func TestWhatIsTooLateIsNotSaid(t *testing.T) {
	in(t, func(w *world) {
		until := func(i *outbox.Item) { i.Until = start.Add(time.Hour) }
		w.say("at the last moment", general, until)
		w.clock.MoveTo(start.Add(time.Hour))
		w.drain()
		w.mustStand(general, "at the last moment")
		w.say("too late", general, until)
		w.clock.MoveTo(start.Add(time.Hour + time.Second))
		w.drain()
		w.mustBe("too late", outbox.Dropped)
		// What stands already is still brought up to date.
		w.write("at the last moment", note{Text: "changed"})
		w.settle(2 * time.Second)
		w.mustStand(general, "changed")
	})
}

func TestAForgottenOccasionIsSaidAnew(t *testing.T) {
	in(t, func(w *world) {
		w.say("first", general)
		w.drain()
		w.say("first", general)
		w.drain()
		w.mustStand(general, "first")
		w.update(func(tx store.Tx) error { return outbox.Forget(tx, "first") })
		w.say("first", general)
		w.drain()
		w.mustStand(general, "first", "first")
	})
}

func TestAnOccasionForgottenWhileItIsBeingSaidIsStillSaidAnew(t *testing.T) {
	in(t, func(w *world) {
		once := true
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "send" && once {
				once = false
				w.update(func(tx store.Tx) error { return outbox.Forget(tx, "first") })
				w.say("first", general)
				w.write("first", note{Text: "anew"})
			}
			return false, nil
		}
		w.say("first", general)
		w.drain()
		w.settle(2 * time.Second)
		posts := w.platform.all()
		if len(posts) != 2 || posts[1].text != "anew" {
			t.Errorf("said %+v, want the second occasion too", posts)
		}
		if w.item("first").Address != posts[1].at {
			t.Error("the item points to the first occasion's message")
		}
	})
}

func TestAnAnswerFindsWhatItAnswers(t *testing.T) {
	in(t, func(w *world) {
		w.say("first", general)
		w.drain()
		at := w.item("first").Address
		w.update(func(tx store.Tx) error {
			i, ok, err := outbox.At(tx, chat.Address{Place: at.Place.Root(), ID: at.ID})
			if err != nil || !ok || i.Key != "first" {
				t.Errorf("at %s stands %q, %v", at, i.Key, err)
			}
			if _, ok, err = outbox.At(tx, chat.Address{Place: at.Place, ID: "another"}); ok || err != nil {
				t.Errorf("somebody else's message was taken for ours: %v", err)
			}
			return outbox.NotBeingSaid(tx, at.Place)
		})
	})
}

func TestRunEndsWithoutAnErrorAndLeavesNothingRunning(t *testing.T) {
	in(t, func(w *world) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			<-ctx.Done() // a call that is under way when the program is stopped
			return false, ctx.Err()
		}
		w.say("first", general)
		go func() { ended <- w.box.Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
		w.mustBe("first", outbox.Sending)
	})
}
