package slack_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
)

// measured is a fake whose response URLs say when an answer comes.
type measured struct {
	fake    *slackfake.Server
	answers chan struct{}
	person  string
}

func measure(b *testing.B) measured {
	b.Helper()
	m := measured{fake: slackfake.New(slackfake.Options{Rates: slackfake.Rates{Unlimited: true}, NoRecord: true}), answers: make(chan struct{}, 1<<16)}
	inner := m.fake.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r)
		if strings.HasPrefix(r.URL.Path, "/commands/") {
			m.answers <- struct{}{}
		}
	}))
	m.fake.SetBase(server.URL)
	s, err := slack.New(slack.Options{Workspaces: []slack.Tokens{{App: m.fake.AppToken(), Bot: m.fake.BotToken()}}, URL: m.fake.APIURL(), Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = s.Listen(ctx, newListener()) })
	b.Cleanup(func() {
		stop()
		running.Wait()
		slack.CloseIdle(s)
		m.fake.Close()
		server.Close()
	})
	if !m.fake.WaitConnected(1, 5*time.Second) {
		b.Fatal("not connected")
	}
	m.person = m.fake.AddUser(slackfake.User{Name: "ana"})
	return m
}

// From a command to its answer, one at a time and fifty in flight: the bot itself
// costs nothing here, so this is what the adapter adds.
func BenchmarkCommand(b *testing.B) {
	for _, flight := range []int{1, 50} {
		b.Run(map[int]string{1: "one", 50: "fifty"}[flight], func(b *testing.B) {
			m := measure(b)
			free := make(chan struct{}, flight)
			for range flight {
				free <- struct{}{}
			}
			var mu sync.Mutex
			var began, took []time.Duration
			start := time.Now()
			var answered sync.WaitGroup
			answered.Go(func() {
				for i := range b.N {
					<-m.answers
					mu.Lock()
					took = append(took, time.Since(start)-began[i]) // answers come in about the order of their commands
					mu.Unlock()
					free <- struct{}{}
				}
			})
			b.ResetTimer()
			for range b.N {
				<-free
				mu.Lock()
				began = append(began, time.Since(start))
				mu.Unlock()
				m.fake.SlashCommand(m.person, m.fake.DM(m.person), "/home", "")
			}
			answered.Wait()
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}
