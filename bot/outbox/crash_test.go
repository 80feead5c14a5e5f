package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

func TestAfterAnUnclearAnswerThePlatformIsAskedAndTheMessageStandsOnce(t *testing.T) {
	for _, stored := range []bool{true, false} {
		t.Run(fmt.Sprintf("stored=%v", stored), func(t *testing.T) {
			in(t, func(w *world) {
				first := true
				w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
					if op == "send" && first {
						first = false
						return stored, fmt.Errorf("the answer was lost: %w", chat.ErrUnclear)
					}
					return false, nil
				}
				w.say("first", general)
				w.say("second", general)
				w.settle(time.Minute)
				w.mustStand(general, "first", "second")
				w.mustBe("first", outbox.Sent)
				if w.item("first").Address != w.platform.all()[0].at {
					t.Error("the item does not know where it stands")
				}
				if n := w.platform.count("find", "first"); n != 1 {
					t.Errorf("looked %d times, want once", n)
				}
				w.mustHaveTold()
			})
		})
	}
}

func TestACallThatRanIntoItsDeadlineMayHaveBeenCarriedOut(t *testing.T) {
	in(t, func(w *world) {
		first := true
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "send" && first {
				first = false
				return true, fmt.Errorf("posting: %w", context.DeadlineExceeded)
			}
			return false, nil
		}
		w.say("first", general)
		w.settle(time.Minute)
		w.mustStand(general, "first")
	})
}

func TestWhatReadsOtherwiseByNowIsKnownByTheWordsThatWereSent(t *testing.T) {
	in(t, func(w *world) {
		first := true
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "send" && first {
				first = false
				return true, fmt.Errorf("the answer was lost: %w", chat.ErrUnclear)
			}
			return false, nil
		}
		w.say("first", general)
		w.drain()
		w.write("first", note{Text: "other words"})
		w.settle(time.Minute)
		w.mustStand(general, "other words") // found by the old words, and edited
		if n := w.platform.count("send", "first"); n != 1 {
			t.Errorf("sent %d times, want once", n)
		}
		if i := w.item("first"); i.Words != nil {
			t.Error("the words are kept though they are said")
		}
	})
}

// A crash is an end of the program between the commit that the item is being
// sent and the commit of the platform's answer.
func TestAfterACrashTheMessageStandsOnce(t *testing.T) {
	for _, stored := range []bool{true, false} {
		t.Run(fmt.Sprintf("stored=%v", stored), func(t *testing.T) {
			in(t, func(w *world) {
				ctx, crash := context.WithCancel(context.Background())
				w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
					if op != "send" {
						return false, nil
					}
					crash()
					if stored {
						return true, nil
					}
					return false, ctx.Err()
				}
				w.say("first", general)
				w.say("second", general)
				if err := w.box.Drain(ctx); !errors.Is(err, context.Canceled) {
					t.Fatalf("Drain returned %v, want the crash", err)
				}
				w.mustBe("first", outbox.Sending)
				if err := w.store.View(context.Background(), func(tx store.Tx) error {
					return outbox.NotBeingSaid(tx, chat.Place{Workspace: "test", Channel: "general", Thread: "m1"})
				}); !errors.Is(err, outbox.ErrBeingSaid) {
					t.Errorf("a reply meanwhile: %v, want ErrBeingSaid", err)
				}
				w.platform.before = nil
				w.restart()
				w.drain()
				w.mustStand(general, "first", "second")
				if n := w.platform.count("find", "first"); n != 1 {
					t.Errorf("looked %d times, want once", n)
				}
			})
		})
	}
}

func TestWhatCannotBeLookedUpIsNeitherRepeatedNorLost(t *testing.T) {
	in(t, func(w *world) {
		unclear := true
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if unclear {
				return op == "send", chat.ErrUnclear
			}
			return false, nil
		}
		w.say("first", general)
		w.settle(5 * time.Minute)
		w.mustBe("first", outbox.Sending)
		if n := w.platform.count("send", "first"); n != 1 {
			t.Errorf("sent %d times", n)
		}
		unclear = false
		w.settle(10 * time.Minute)
		w.mustStand(general, "first")
		w.mustHaveTold()
	})
}

func TestWhatCanNeverBeLookedUpIsToldInTheEnd(t *testing.T) {
	in(t, func(w *world) {
		w.platform.before = func(op string, _ chat.Place, key string) (bool, error) {
			if key == "first" {
				return op == "send", chat.ErrUnclear
			}
			return false, nil
		}
		w.say("first", general)
		w.say("second", general)
		w.settle(time.Hour)
		w.mustBe("first", outbox.Failed)
		w.mustHaveTold("first")
		w.mustStand(general, "first", "second")
		if n := w.platform.count("send", "first"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

func TestWhatIsFoundThoughItIsNoLongerWantedIsTakenAway(t *testing.T) {
	in(t, func(w *world) {
		first := true
		w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
			if op == "send" && first {
				first = false
				w.update(func(tx store.Tx) error { return notes.Put(tx, "first", note{Gone: true}) })
				return true, chat.ErrUnclear
			}
			return false, nil
		}
		w.say("first", general)
		w.settle(time.Minute)
		w.mustStand(general)
		w.mustBe("first", outbox.Dropped)
	})
}

// The journey of an outbox with everything that can go wrong on the way, drawn
// at random: whatever happens, each item stands once, in order.
func TestWhateverHappensEachItemStandsOnceAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ testing.TB }{t}, func(r *rapid.T) { // a *testing.T would be asked for its deadline, which a bubble has not
			s := storetest.Memory()
			if err := store.Prepare(context.Background(), s, outbox.Table, notes, tellings); err != nil {
				r.Fatal(err)
			}
			w := newWorld(t, s)
			faults := rapid.SliceOfN(rapid.SampledFrom([]string{
				"", "", "passing", "limited", "unclear", "unclear, stored", "late, stored", "crash", "crash, stored",
			}), 0, 20).Draw(r, "faults")
			ctx, crash := context.WithCancel(context.Background())
			w.platform.before = func(op string, _ chat.Place, _ string) (bool, error) {
				if len(faults) == 0 {
					return false, nil
				}
				fault := faults[0]
				faults = faults[1:]
				switch fault {
				case "passing":
					return false, errPassing
				case "limited":
					return false, chat.RateLimited{After: 2 * time.Second}
				case "unclear":
					return false, chat.ErrUnclear
				case "unclear, stored":
					return op == "send", chat.ErrUnclear
				case "late, stored":
					return op == "send", context.DeadlineExceeded
				case "crash":
					crash()
					return false, ctx.Err()
				case "crash, stored":
					crash()
					if op == "send" {
						return true, nil
					}
					return false, ctx.Err()
				}
				return false, nil
			}
			want := map[chat.Place][]string{}
			for n := range rapid.IntRange(1, 8).Draw(r, "items") {
				p := rapid.SampledFrom([]chat.Place{general, harbour}).Draw(r, "place")
				key := fmt.Sprintf("i%d", n)
				w.say(key, p)
				want[p] = append(want[p], key)
			}
			marked := rapid.SampledFrom(slices.Concat(want[general], want[harbour])).Draw(r, "marked")
			for end := time.Now().Add(3 * time.Hour); !w.quiet() && time.Now().Before(end); time.Sleep(5 * time.Second) {
				if len(faults) > 0 {
					w.write(marked, note{Text: marked})
				}
				if err := w.box.Drain(ctx); err != nil { // the process died: another starts
					ctx, crash = context.WithCancel(context.Background())
					w.restart()
				}
			}
			crash()
			for p, keys := range want {
				var got []string
				for _, post := range w.platform.all() {
					if post.at.Place == p {
						got = append(got, post.key)
					}
				}
				if !slices.Equal(got, keys) {
					r.Fatalf("in %s stands %q, want %q", p, got, keys)
				}
				for _, key := range keys {
					if i := w.item(key); i.State != outbox.Sent {
						r.Fatalf("%s is %s", key, i.State)
					}
				}
			}
		})
	})
}
