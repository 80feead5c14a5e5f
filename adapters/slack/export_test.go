package slack

import "time"

// Unlimited takes away the adapter's own pace, for tests that are not about it.
func Unlimited(s *Slack) {
	for _, w := range s.workspaces {
		w.rates.limits.perMinute = nil
	}
}

// Minute makes a minute of Slack's limits this long, and the second between two
// posts in one place accordingly shorter.
func Minute(s *Slack, minute, perChannel time.Duration) {
	for _, w := range s.workspaces {
		w.rates.limits.minute, w.rates.limits.perChannel = minute, perChannel
	}
}

// Heartbeat sets the time between two pings.
func Heartbeat(s *Slack, beat time.Duration) {
	for _, w := range s.workspaces {
		w.beat = beat
	}
}

// CloseIdle closes connections that wait for a next call.
func CloseIdle(s *Slack) {
	for _, w := range s.workspaces {
		w.http.CloseIdleConnections()
	}
}

// Patience sets how long a call waits for its turn.
func Patience(s *Slack, d time.Duration) {
	for _, w := range s.workspaces {
		w.rates.limits.patience = d
	}
}
