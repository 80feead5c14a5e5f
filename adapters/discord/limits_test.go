package discord_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"
	"cohortbot/bot/chat"
)

func TestDrillLimits(t *testing.T) {
	people, each := 60, 2
	if soak {
		people, each = 1000, 3
	}
	o := fast(discordfake.Options{})
	o.Global = discordfake.Rate{Count: 50, Per: time.Second}
	o.Rates["POST /channels/{channel_id}/messages"] = discordfake.Rate{Count: 5, Per: time.Second}
	h := newHarness(t, o)
	var ids []string
	for i := range people {
		p, _ := h.Person(t.Context(), fmt.Sprintf("Member %d", i))
		ids = append(ids, p.User.ID)
	}
	began := time.Now()
	var all sync.WaitGroup
	slots := make(chan struct{}, 32) // as many as the outbox has workers
	for _, id := range ids {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for n := range each {
				for {
					_, err := h.d.Send(t.Context(), chat.Direct(chat.User{Workspace: h.workspace(), ID: id}), fmt.Sprint(n), chat.Message{Text: fmt.Sprintf("Nudge %d", n)})
					var limited chat.RateLimited
					if errors.As(err, &limited) {
						time.Sleep(limited.After)
						continue
					}
					if err != nil {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	for _, id := range ids {
		var got []string
		for _, m := range h.Everything(h.DM(id)) {
			got = append(got, m.Content)
		}
		for n := range each {
			if len(got) != each || got[n] != fmt.Sprintf("Nudge %d", n) {
				t.Fatalf("%s got %q", id, got)
			}
		}
	}
	calls := people * (each + 1) // with the opening of each door
	best := time.Duration((calls-1)/50) * time.Second
	t.Logf("%d calls in %v; the limits allow %v; %d refused", calls, took.Round(time.Millisecond), best, h.TooMany())
	if h.TooMany() > calls/100 {
		t.Errorf("%d of %d calls were refused", h.TooMany(), calls)
	}
	if limit := best + best/20 + 500*time.Millisecond; took > limit {
		t.Errorf("it took %v, more than %v", took, limit)
	}
}

func TestDrillLimitsThatCannotBeForeseen(t *testing.T) {
	o := fast(discordfake.Options{})
	o.Global = discordfake.Rate{Count: 10, Per: 300 * time.Millisecond} // less than Discord says
	h := newHarness(t, o)
	room, _ := h.Channel(t.Context(), "explorers")
	h.ShareLimit(room.Channel, 400*time.Millisecond)
	began := time.Now()
	for n := range 30 {
		if _, err := h.d.Send(t.Context(), room, fmt.Sprint(n), chat.Message{Text: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 400*time.Millisecond || took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	if h.TooMany() == 0 {
		t.Error("nothing was refused; the drill drills nothing")
	}
	h.ShareLimit(room.Channel, time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var limited chat.RateLimited
	if _, err := h.d.Send(ctx, room, "last", chat.Message{Text: "Last"}); !errors.As(err, &limited) || limited.After < 30*time.Second {
		t.Errorf("a wait of a minute: %v", err)
	}
}
