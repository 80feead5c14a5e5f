// Package health tells machines how the program does: whether it lives, whether it is
// ready, and in numbers, as Prometheus reads them. Start reading at [New] and
// [Reading]; [Health.Watch] counts and times what goes through a platform.
//
// No label holds anything about a person, a group or a place: they name platforms,
// kinds and files, of which there are few.
package health

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are what it takes to tell.
type Options struct {
	// Alive fails where the store takes no more changes.
	Alive func(context.Context) error
	// Read looks how the program does at this moment.
	Read func(context.Context) (Reading, error)
	Log  *slog.Logger
}

// Reading is how the program does at one moment.
type Reading struct {
	Platforms []Platform

	Unsaid    int           // messages that wait to be said
	UnsaidAge time.Duration // how long the oldest of them has waited
	Due       int           // jobs that are due and not done yet
	Overdue   time.Duration // how long the oldest of them has been due
	Parked    int           // jobs that failed for good

	Stores    map[string]int64 // bytes, by the file's name
	Backup    time.Duration    // since the last backup; negative where there was none
	BackupLen int64            // bytes of it
}

// Platform is the connections to one platform.
type Platform struct {
	Name      string
	Connected int // of
	Wanted    int
}

// Limits of what counts as ready.
const (
	mostOverdue = 5 * time.Minute
	askLimit    = 2 * time.Second // real time for one look
)

// Health serves /healthz, /readyz and /metrics.
type Health struct {
	o        Options
	mux      *http.ServeMux
	registry *prometheus.Registry

	answers    *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
	failures   *prometheus.CounterVec
	jobs       *prometheus.CounterVec
	lateness   prometheus.Histogram
}

// New makes it.
func New(o Options) *Health {
	h := &Health{
		o: o, mux: http.NewServeMux(), registry: prometheus.NewRegistry(),
		answers: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "cohortbot_answer_seconds", Help: "How long it took until somebody's deed was durable and answered, or what they wrote was kept.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10},
		}, []string{"platform", "kind"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cohortbot_deliveries_total", Help: "Messages that a platform took: new ones, edits, deletions.",
		}, []string{"platform", "kind"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cohortbot_delivery_failures_total", Help: "Calls by which a platform did not take a message, by why; most are tried again.",
		}, []string{"platform", "kind"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cohortbot_jobs_total", Help: "Jobs that were done, or failed and were put off.",
		}, []string{"kind", "outcome"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "cohortbot_job_lateness_seconds", Help: "How much later than due a job was done.",
			Buckets: []float64{.1, .5, 1, 5, 30, 60, 300, 1800, 3600, 21600, 86400},
		}),
	}
	h.registry.MustRegister(h.answers, h.deliveries, h.failures, h.jobs, h.lateness, gauges{h},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	h.mux.HandleFunc("GET /healthz", h.healthz)
	h.mux.HandleFunc("GET /readyz", h.readyz)
	h.mux.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	return h
}

// ServeHTTP answers.
func (h *Health) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Job counts a job that came to its turn.
func (h *Health) Job(kind string, late time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	h.jobs.WithLabelValues(kind, outcome).Inc()
	h.lateness.Observe(max(late, 0).Seconds())
}

// healthz says whether the program lives: whether its store takes changes. What is
// not alive is of no use any more, and is to be started again.
func (h *Health) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askLimit)
	defer cancel()
	if err := h.o.Alive(ctx); err != nil {
		h.o.Log.Error("the store takes no changes", "err", err)
		http.Error(w, "the store takes no changes; the log says why", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyz says whether the program does its work: it lives, every platform is
// connected, and what is due is done.
func (h *Health) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askLimit)
	defer cancel()
	reading, err := h.o.Read(ctx)
	if err == nil {
		err = h.o.Alive(ctx)
	}
	if err != nil {
		http.Error(w, "the store cannot be used; the log says why", http.StatusServiceUnavailable)
		return
	}
	if missing := unready(reading); len(missing) > 0 {
		http.Error(w, strings.Join(missing, "\n"), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// unready says, a line each, what keeps the program from its work.
func unready(r Reading) []string {
	var missing []string
	for _, p := range r.Platforms {
		if p.Connected < p.Wanted {
			missing = append(missing, fmt.Sprintf("%s: %d of %d connected", p.Name, p.Connected, p.Wanted))
		}
	}
	if r.Overdue > mostOverdue {
		missing = append(missing, fmt.Sprintf("jobs: the oldest has been due for %s, of %d", r.Overdue.Round(time.Second), r.Due))
	}
	return missing
}
