package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/chat"
)

// asked gives what is told at a path, and the code.
func asked(h *Health, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func made(alive error, r Reading, unread error) *Health {
	return New(Options{
		Alive: func(context.Context) error { return alive },
		Read:  func(context.Context) (Reading, error) { return r, unread },
		Log:   slog.New(slog.DiscardHandler),
	})
}

func TestReadyMeansThatTheWorkIsDone(t *testing.T) {
	broken := errors.New("/secret/path: the disk is gone")
	connected := []Platform{{"slack", 2, 2}, {"discord", 1, 1}}
	for name, c := range map[string]struct {
		h           *Health
		live, ready int
		says        string
	}{
		"all is well":            {made(nil, Reading{Platforms: connected, Overdue: time.Minute}, nil), 200, 200, "ready"},
		"no platforms but local": {made(nil, Reading{}, nil), 200, 200, "ready"},
		"one is not connected":   {made(nil, Reading{Platforms: []Platform{{"slack", 1, 2}}}, nil), 200, 503, "slack: 1 of 2 connected"},
		"the queue is stuck":     {made(nil, Reading{Platforms: connected, Due: 3, Overdue: 6 * time.Minute}, nil), 200, 503, "due for 6m0s, of 3"},
		"nothing can be written": {made(broken, Reading{Platforms: connected}, nil), 503, 503, "store"},
		"nothing can be read":    {made(nil, Reading{}, broken), 200, 503, "store"},
	} {
		t.Run(name, func(t *testing.T) {
			live, said := asked(c.h, "/healthz")
			ready, more := asked(c.h, "/readyz")
			if live != c.live || ready != c.ready || !strings.Contains(more, c.says) {
				t.Errorf("healthz %d %s readyz %d %s", live, said, ready, more)
			}
			if strings.Contains(said+more, "secret") {
				t.Errorf("it says what is for the log alone: %s%s", said, more)
			}
		})
	}
}

func TestMetricsSayWhatIsTrueNow(t *testing.T) {
	_, said := asked(made(nil, Reading{
		Platforms: []Platform{{"slack", 1, 2}}, Unsaid: 4, UnsaidAge: 90 * time.Second, Due: 1, Overdue: time.Second, Parked: 2,
		Stores: map[string]int64{"cohortbot.db": 4096}, Backup: -1,
	}, nil), "/metrics")
	for _, line := range []string{
		`cohortbot_readable 1`, `cohortbot_platform_connections{platform="slack"} 1`, `cohortbot_platform_connections_wanted{platform="slack"} 2`,
		`cohortbot_queue_waiting 4`, `cohortbot_queue_age_seconds 90`, `cohortbot_jobs_due 1`, `cohortbot_jobs_overdue_seconds 1`, `cohortbot_jobs_parked 2`,
		`cohortbot_store_bytes{file="cohortbot.db"} 4096`, `cohortbot_last_backup_age_seconds +Inf`, `go_goroutines`,
	} {
		if !strings.Contains(said, "\n"+line) {
			t.Errorf("missing %s in:\n%s", line, said)
		}
	}
	if _, said := asked(made(nil, Reading{}, errors.New("no")), "/metrics"); !strings.Contains(said, "\ncohortbot_readable 0") {
		t.Errorf("a reading that fails is not told:\n%s", said)
	}
}

// failing is a platform that takes nothing, for the reasons in turn.
type failing struct {
	chat.Platform
	why []error
	n   int
}

func (f *failing) Send(context.Context, chat.Place, string, chat.Message) (chat.Address, error) {
	err := f.why[f.n%len(f.why)]
	f.n++
	return chat.Address{}, err
}

func TestWhatAPlatformDoesNotTakeIsCountedByWhy(t *testing.T) {
	h := made(nil, Reading{}, nil)
	why := []error{
		nil, fmt.Errorf("ana: %w", chat.ErrClosed), chat.ErrGone, chat.ErrRefused, chat.ErrFatal, chat.ErrUnclear,
		chat.RateLimited{After: time.Second},
		context.DeadlineExceeded, errors.New("ana said no"), context.Canceled,
	}
	p := h.Watch("slack", &failing{why: why})
	for _, want := range why {
		if _, err := p.Send(t.Context(), chat.Place{}, "", chat.Message{}); !errors.Is(err, want) {
			t.Errorf("%v came as %v", want, err)
		}
	}
	_, said := asked(h, "/metrics")
	for _, kind := range []string{"closed", "gone", "refused", "fatal", "unclear", "rate_limited", "timeout", "other"} {
		if !strings.Contains(said, fmt.Sprintf(`cohortbot_delivery_failures_total{kind=%q,platform="slack"} 1`, kind)) {
			t.Errorf("%s is not counted once", kind)
		}
	}
	if !strings.Contains(said, `cohortbot_deliveries_total{kind="new",platform="slack"} 1`) || strings.Contains(said, "ana") {
		t.Errorf("what was taken is not counted, or somebody is named:\n%s", said)
	}
}
