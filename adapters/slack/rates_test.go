package slack_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/bot/chat"
)

// Lanes share the workspace's posts as those of the outbox do: so many at once, and
// each says one thing after the other. It tells when the lanes were done.
func paced(t *testing.T, lanes map[string]int, took time.Duration) (done map[string]time.Duration) {
	t.Helper()
	done = map[string]time.Duration{}
	synctest.Test(t, func(t *testing.T) {
		wait, began := slack.Pace(), time.Now()
		workers := make(chan struct{}, 32)
		var mu sync.Mutex
		var made []time.Time
		var all sync.WaitGroup
		for place, posts := range lanes {
			all.Go(func() {
				for posts > 0 {
					workers <- struct{}{}
					over, err := wait(t.Context(), place)
					if err == nil {
						time.Sleep(took)
						mu.Lock()
						made = append(made, time.Now())
						mu.Unlock()
						over()
						posts--
					}
					<-workers
					var limited chat.RateLimited
					if errors.As(err, &limited) {
						time.Sleep(limited.After)
					} else if err != nil {
						t.Error(err)
						return
					}
				}
				mu.Lock()
				defer mu.Unlock()
				done[place] = time.Since(began)
			})
		}
		all.Wait()
		for i := 300; i < len(made); i++ {
			if span := made[i].Sub(made[i-300]); span < time.Minute {
				t.Errorf("301 posts within %s", span)
				break
			}
		}
	})
	return done
}

func TestABusyRoomIsHeardAmongNudges(t *testing.T) {
	for _, c := range []struct {
		people, rooms, posts int
		heard, all           time.Duration // at the latest
	}{
		{1000, 0, 0, 0, 181 * time.Second},
		{1000, 1, 8, 15 * time.Second, 181 * time.Second},
		{1000, 1, 20, 75 * time.Second, 182 * time.Second},
		{1000, 10, 2, 75 * time.Second, 182 * time.Second},
		{1000, 2, 100, 160 * time.Second, 250 * time.Second}, // 1,200 take 180 s and more at best
	} {
		t.Run(fmt.Sprintf("%d people, %d posts in each of %d rooms", c.people, c.posts, c.rooms), func(t *testing.T) {
			lanes := map[string]int{}
			for i := range c.people {
				lanes[fmt.Sprintf("U%d", i)] = 1
			}
			for i := range c.rooms {
				lanes[fmt.Sprintf("C%d", i)] = c.posts
			}
			var heard, all time.Duration
			for place, at := range paced(t, lanes, 5*time.Millisecond) {
				all = max(all, at)
				if place[0] == 'C' {
					heard = max(heard, at)
				}
			}
			t.Logf("the rooms were done after %s, everybody after %s", heard, all)
			if heard > c.heard || all > c.all {
				t.Errorf("the rooms were done after %s, want %s; everybody after %s, want %s", heard, c.heard, all, c.all)
			}
		})
	}
}
