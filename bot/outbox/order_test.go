package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

var errPassing = errors.New("the network is down")

func TestEachOccasionIsSaidOnceHoweverManyAreAtIt(t *testing.T) {
	in(t, func(w *world) {
		w.platform.before = func(string, chat.Place, string) (bool, error) {
			time.Sleep(time.Millisecond)
			return false, nil
		}
		ctx, cancel := context.WithCancel(context.Background())
		var all sync.WaitGroup
		all.Go(func() { _ = w.box.Run(ctx) })
		var saying sync.WaitGroup
		for range 6 {
			saying.Go(func() {
				for n := range 30 {
					for _, p := range []chat.Place{general, harbour, ana} {
						w.say(fmt.Sprintf("%s/%02d", p, n), p)
					}
					w.box.Poke()
					w.drain()
				}
			})
		}
		saying.Wait()
		w.drain()
		cancel()
		all.Wait()
		for _, p := range []chat.Place{general, harbour, ana} {
			var want []string
			for n := range 30 {
				want = append(want, fmt.Sprintf("%s/%02d", p, n))
			}
			w.mustStand(p, want...)
		}
	})
}

func TestAPassingFailureKeepsItsPlaceInOrderAndLeavesOthersAlone(t *testing.T) {
	in(t, func(w *world) {
		failures := 5
		w.platform.before = func(op string, _ chat.Place, key string) (bool, error) {
			if op == "send" && key == "first" && failures > 0 {
				failures--
				return false, errPassing
			}
			return false, nil
		}
		w.say("first", general)
		w.say("second", general)
		w.say("elsewhere", harbour)
		w.drain()
		w.mustStand(general)
		w.mustStand(harbour, "elsewhere")
		w.settle(time.Minute)
		w.mustStand(general, "first", "second")
		w.mustHaveTold()
		if n := w.platform.count("find", "first"); n != 0 {
			t.Errorf("looked %d times for what certainly was not said", n)
		}
	})
}

func TestAfterAShortFailureItIsSaidWithinASecond(t *testing.T) {
	in(t, func(w *world) {
		failed := false
		w.platform.before = func(string, chat.Place, string) (bool, error) {
			if !failed {
				failed = true
				return false, errPassing
			}
			return false, nil
		}
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = w.box.Run(ctx) })
		w.say("first", general)
		w.box.Poke()
		time.Sleep(time.Second)
		cancel()
		running.Wait()
		w.mustStand(general, "first")
	})
}

func TestAPlatformThatIsDownForAnHourCostsNothing(t *testing.T) {
	in(t, func(w *world) {
		up := time.Now().Add(time.Hour)
		w.platform.before = func(string, chat.Place, string) (bool, error) {
			if time.Now().Before(up) {
				return false, errPassing
			}
			return false, nil
		}
		w.say("first", general)
		w.say("second", general)
		w.settle(time.Hour + 10*time.Minute)
		w.mustStand(general, "first", "second")
		w.mustHaveTold()
		if n := w.platform.count("send", "first"); n > 40 {
			t.Errorf("tried %d times in an hour: that is no backing off", n)
		}
	})
}

func TestARateLimitIsKeptAndHoldsOnlyItsPlace(t *testing.T) {
	in(t, func(w *world) {
		limited := true
		w.platform.before = func(op string, to chat.Place, _ string) (bool, error) {
			if op == "send" && to == general && limited {
				limited = false
				return false, fmt.Errorf("sending: %w", chat.RateLimited{After: 42 * time.Second})
			}
			return false, nil
		}
		began := time.Now()
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = w.box.Run(ctx) })
		w.say("first", general)
		w.say("second", general)
		w.say("elsewhere", harbour)
		w.box.Poke()
		time.Sleep(50 * time.Second)
		cancel()
		running.Wait()
		w.mustStand(general, "first", "second")
		for _, p := range w.platform.all() {
			late := p.when.Sub(began)
			if p.at.Place == general && late < 42*time.Second || p.at.Place == harbour && late > time.Second {
				t.Errorf("%s was said after %s", p.key, late)
			}
		}
		if n := w.platform.count("send", "first"); n != 2 {
			t.Errorf("sent %d times, want 2", n)
		}
	})
}

func TestAPermanentFailureNeverBlocksItsPlaceAndIsToldOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		to    chat.Place
		fault error
		want  outbox.State
	}{
		{"gone channel", general, chat.ErrGone, outbox.Failed},
		{"refused message", general, fmt.Errorf("too long: %w", chat.ErrRefused), outbox.Failed},
		{"closed direct messages", ana, chat.ErrClosed, outbox.Missed},
	} {
		t.Run(c.name, func(t *testing.T) {
			in(t, func(w *world) {
				w.platform.before = func(op string, _ chat.Place, key string) (bool, error) {
					if op == "send" && key == "first" {
						return false, c.fault
					}
					return false, nil
				}
				forAna := func(i *outbox.Item) { i.Person = "a" }
				w.say("first", c.to, forAna)
				w.say("second", c.to, forAna)
				w.drain()
				w.settle(time.Minute)
				w.mustStand(c.to, "second")
				w.mustBe("first", c.want)
				w.mustHaveTold("first")
			})
		})
	}
}

func TestWhatCouldNotBeDeliveredIsShownAtTheNextVisitOnce(t *testing.T) {
	in(t, func(w *world) {
		w.platform.before = only("send", chat.ErrClosed)
		w.say("first", ana, func(i *outbox.Item) { i.Person = "a" })
		w.say("second", ana, func(i *outbox.Item) { i.Person, i.Silent = "a", true })
		w.drain()
		w.mustHaveTold("first")
		visit := func() (keys []string) {
			w.update(func(tx store.Tx) error {
				keys = nil
				_, err := outbox.Visit(tx, "a", func(i outbox.Item) bool {
					if len(keys) > 0 {
						return false
					}
					keys = append(keys, i.Key)
					return true
				})
				return err
			})
			return keys
		}
		for _, want := range []string{"[first]", "[second]"} {
			if got := fmt.Sprint(visit()); got != want {
				t.Errorf("the visitor missed %s, want %s", got, want)
			}
		}
		if got := visit(); len(got) != 0 {
			t.Errorf("at the second visit they missed %s still", got)
		}
	})
}

func TestNobodyCanBeToldAndStillThePlaceGoesOn(t *testing.T) {
	in(t, func(w *world) {
		w.failing = func() error { return errors.New("no facilitator has an account") }
		w.platform.before = func(op string, _ chat.Place, key string) (bool, error) {
			if op == "send" && key == "first" {
				return false, chat.ErrGone
			}
			return false, nil
		}
		w.say("first", general)
		w.say("second", general)
		w.drain()
		w.mustBe("first", outbox.Failed)
		w.mustStand(general, "second")
	})
}

func TestWhatNoPlatformServesIsToldAndBlocksNothing(t *testing.T) {
	in(t, func(w *world) {
		w.say("lost", chat.Channel("another", "general"))
		w.say("second", chat.Channel("another", "general"))
		w.say("here", general)
		w.drain()
		w.mustBe("lost", outbox.Failed)
		w.mustStand(general, "here")
		w.mustHaveTold("lost", "second")
	})
}

func TestAFatalFaultStopsTheRunAndKeepsTheItem(t *testing.T) {
	in(t, func(w *world) {
		w.platform.before = only("send", fmt.Errorf("token revoked: %w", chat.ErrFatal))
		w.say("first", general)
		if err := w.box.Run(context.Background()); !errors.Is(err, chat.ErrFatal) {
			t.Errorf("Run returned %v, want ErrFatal", err)
		}
		if err := w.box.Drain(context.Background()); !errors.Is(err, chat.ErrFatal) {
			t.Errorf("Drain returned %v, want ErrFatal", err)
		}
		w.mustBe("first", outbox.Pending)
		w.platform.before = nil
		w.restart()
		w.drain()
		w.mustStand(general, "first")
	})
}

func TestWordsThatCannotBeMadeEndTheirItemAlone(t *testing.T) {
	for _, fault := range []string{"panic", "a template is broken"} {
		t.Run(fault, func(t *testing.T) {
			in(t, func(w *world) {
				w.say("first", general)
				w.write("first", note{Fault: fault})
				w.say("unknown", general, func(i *outbox.Item) { i.Kind = "nobody knows" })
				w.say("third", general)
				w.drain()
				w.mustBe("first", outbox.Failed)
				w.mustBe("unknown", outbox.Failed)
				w.mustStand(general, "third")
				w.mustHaveTold("first", "unknown")
			})
		})
	}
}

func TestAnItemGoesInTheThreadOfTheOneItWaitsFor(t *testing.T) {
	in(t, func(w *world) {
		failures := 3
		w.platform.before = func(op string, _ chat.Place, key string) (bool, error) {
			if op == "send" && key == "parent" && failures > 0 {
				failures--
				return false, errPassing
			}
			return false, nil
		}
		// The child was put in first, and in another order of the place.
		w.say("child", general, func(i *outbox.Item) { i.Under = "parent" })
		w.update(func(tx store.Tx) error { // its parent is known, and not said yet
			return outbox.Table.Put(tx, "parent", outbox.Item{Key: "parent", Kind: kind, Record: "child", Place: general, State: outbox.Pending, Order: "~"})
		})
		w.drain()
		w.mustStand(general)
		w.settle(time.Minute)
		posts := w.platform.all()
		if len(posts) != 2 || posts[0].key != "parent" || posts[1].at.Place.Thread != posts[0].at.ID {
			t.Errorf("said %+v, want the child in the thread of its parent", posts)
		}
		// And a grandchild goes in the same thread.
		w.say("grandchild", general, func(i *outbox.Item) { i.Under = "child" })
		w.drain()
		if posts = w.platform.all(); posts[2].at.Place.Thread != posts[0].at.ID {
			t.Errorf("the grandchild went to %s", posts[2].at.Place)
		}
	})
}

func TestAnItemUnderOneThatCannotBeSaidStandsByItself(t *testing.T) {
	in(t, func(w *world) {
		w.platform.before = func(op string, _ chat.Place, key string) (bool, error) {
			if op == "send" && key == "parent" {
				return false, chat.ErrRefused
			}
			return false, nil
		}
		w.say("parent", general)
		w.say("child", general, func(i *outbox.Item) { i.Under = "parent" })
		w.say("orphan", general, func(i *outbox.Item) { i.Under = "never heard of" })
		w.drain()
		w.mustStand(general, "child", "orphan")
	})
}

// counted counts how often its store is read.
type counted struct {
	store.Store
	views atomic.Int64
}

func (c *counted) View(ctx context.Context, fn func(store.Tx) error) error {
	c.views.Add(1)
	return c.Store.View(ctx, fn)
}

func TestWaitingForAnotherPlaceDoesNotSpin(t *testing.T) {
	in(t, func(w *world) {
		looks := &counted{Store: w.store}
		w.store = looks
		w.restart()
		limited := true
		w.platform.before = func(op string, to chat.Place, _ string) (bool, error) {
			if op == "send" && to == harbour && limited {
				limited = false
				return false, chat.RateLimited{After: 30 * time.Second}
			}
			return false, nil
		}
		w.say("parent", harbour)
		w.say("child", general, func(i *outbox.Item) { i.Under = "parent" })
		w.drain() // returns, though something is left: it has to rest
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = w.box.Run(ctx) })
		synctest.Wait()
		before := looks.views.Load()
		time.Sleep(25 * time.Second)
		if n := looks.views.Load() - before; n > 10 {
			t.Errorf("read the store %d times while there was nothing to do", n)
		}
		time.Sleep(10 * time.Second)
		cancel()
		running.Wait()
		w.mustBe("child", outbox.Sent)
	})
}
