package health

import (
	"context"
	"math"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges reads what is true at the moment of a scrape.
type gauges struct{ h *Health }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("cohortbot_"+name, help, labels, nil)
}

var (
	readableDesc  = desc("readable", "1 where the store could be read for the other numbers, 0 where they are missing.")
	connectedDesc = desc("platform_connections", "Connections that stand, to each platform.", "platform")
	wantedDesc    = desc("platform_connections_wanted", "Connections that should stand, to each platform.", "platform")
	unsaidDesc    = desc("queue_waiting", "Messages that wait to be said.")
	ageDesc       = desc("queue_age_seconds", "How long the oldest message that waits has waited.")
	dueDesc       = desc("jobs_due", "Jobs that are due and not done yet.")
	overdueDesc   = desc("jobs_overdue_seconds", "How long the oldest of them has been due.")
	parkedDesc    = desc("jobs_parked", "Jobs that failed for good and were put aside.")
	storeDesc     = desc("store_bytes", "How large each store is on the disk.", "file")
	backupDesc    = desc("last_backup_age_seconds", "How long ago the last backup was whole; +Inf where there was none.")
	backupLenDesc = desc("last_backup_bytes", "How large the last backup was.")
)

// Describe names all of them.
func (gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{readableDesc, connectedDesc, wantedDesc, unsaidDesc, ageDesc, dueDesc, overdueDesc, parkedDesc, storeDesc, backupDesc, backupLenDesc} {
		to <- d
	}
}

// Collect takes a reading.
func (g gauges) Collect(to chan<- prometheus.Metric) {
	set := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	r, err := g.h.o.Read(ctx)
	if err != nil {
		g.h.o.Log.Error("the numbers for /metrics cannot be read", "err", err)
		set(readableDesc, 0)
		return
	}
	set(readableDesc, 1)
	for _, p := range r.Platforms {
		set(connectedDesc, float64(p.Connected), p.Name)
		set(wantedDesc, float64(p.Wanted), p.Name)
	}
	set(unsaidDesc, float64(r.Unsaid))
	set(ageDesc, r.UnsaidAge.Seconds())
	set(dueDesc, float64(r.Due))
	set(overdueDesc, r.Overdue.Seconds())
	set(parkedDesc, float64(r.Parked))
	for file, size := range r.Stores {
		set(storeDesc, float64(size), file)
	}
	age := math.Inf(1)
	if r.Backup >= 0 {
		age = r.Backup.Seconds()
	}
	set(backupDesc, age)
	set(backupLenDesc, float64(r.BackupLen))
}
