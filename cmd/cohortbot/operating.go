package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/discord"
	"cohortbot/adapters/health"
	"cohortbot/adapters/slack"
	"cohortbot/bot"
	"cohortbot/bot/chat"
)

// Backups is what happens to backups without anybody asking.
type Backups struct {
	Folder string    `yaml:"folder" need:"yes" help:"Where a backup is written each day, beside what the command writes there. Relative to this file, and not in the data folder: best on another disk, and best copied to another machine from there." example:"/mnt/backups/cohortbot"`
	Keep   keepCount `yaml:"keep" help:"How many of them are kept; the oldest go." default:"14" example:"30"`
}

// keepCount is how many of something are kept.
type keepCount int

// UnmarshalText takes a number from 1 to 1000.
func (k *keepCount) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > 1000 {
		return fmt.Errorf("%q is no number from 1 to 1000; for example 30", text)
	}
	*k = keepCount(n)
	return nil
}

// usualKeep is how many daily backups are kept where nothing is said.
const usualKeep = 14

// HealthCheck is where machines ask how the program does.
type HealthCheck struct {
	Address healthAddress `yaml:"address" need:"yes" help:"A loopback address and a port for /healthz (it lives), /readyz (it does its work) and /metrics (Prometheus). They hold numbers alone, about nobody." example:"127.0.0.1:9091"`
}

// healthAddress is a host and a port on the loopback.
type healthAddress string

// UnmarshalText takes a loopback address: there is no password.
func (a *healthAddress) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return fmt.Errorf("%q is no address; write host and port, for example 127.0.0.1:9091", text)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is no port; write a number from 1 to 65535 (0 takes a free one), for example 9091", port)
	}
	if ip := net.ParseIP(host); !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q is not this machine alone: whoever reaches it can read how the program does, so it takes loopback addresses only; for example 127.0.0.1:%s. To read it from elsewhere, have a web server with a password pass it on", host, port)
	}
	*a = healthAddress(text)
	return nil
}

// backupFolder holds the folder for backups against the machine.
func (r *reader) backupFolder(c *loaded, beside func(string) string) {
	c.Backup.Folder = beside(c.Backup.Folder)
	if c.Backup.Keep == 0 {
		c.Backup.Keep = usualKeep
	}
	if within, err := filepath.Rel(string(c.Data), c.Backup.Folder); err == nil && within != ".." && !strings.HasPrefix(within, ".."+string(filepath.Separator)) {
		r.note("backup.folder", "The backups would stand in the data folder, and be lost with it. Name another folder, best on another disk.")
		return
	}
	if err := writable(c.Backup.Folder); err != nil {
		r.note("backup.folder", "The folder for backups cannot be used: %v.", err)
	}
}

// pulse tells machines how a bot does that serves a configuration.
type pulse struct {
	data    string
	bot     *bot.Bot
	packing packing
	slack   *slack.Slack     // nil without it
	discord *discord.Discord // likewise
}

// read takes a reading.
func (p *pulse) read(ctx context.Context) (r health.Reading, err error) {
	now, err := p.bot.Pulse(ctx)
	if err != nil {
		return r, err
	}
	r.Unsaid, r.UnsaidAge, r.Due, r.Overdue, r.Parked = now.Unsaid, now.UnsaidAge, now.Due, now.Overdue, now.Parked
	if p.slack != nil {
		connected, wanted := p.slack.Connected()
		r.Platforms = append(r.Platforms, health.Platform{Name: "slack", Connected: connected, Wanted: wanted})
	}
	if p.discord != nil {
		connected, wanted := p.discord.Connected()
		r.Platforms = append(r.Platforms, health.Platform{Name: "discord", Connected: connected, Wanted: wanted})
	}
	r.Stores = map[string]int64{}
	for _, name := range []string{storeFile, workspaceFile} {
		if info, err := os.Stat(filepath.Join(p.data, name)); err == nil {
			r.Stores[name] = info.Size()
		}
	}
	last, err := latestBackup(ctx, p.packing.store)
	r.Backup, r.BackupLen = -1, last.Bytes
	if !last.At.IsZero() {
		r.Backup = max(p.packing.clock.Now().Sub(last.At), 0)
	}
	return r, err
}

// alive fails where the store takes no changes.
func (p *pulse) alive(ctx context.Context) error { return p.bot.Alive(ctx) }

// listenHealth prepares to tell, where the configuration says that anybody asks. The
// platforms of o are then watched.
func listenHealth(ctx context.Context, c *HealthCheck, p *pulse, o *bot.Options, log *slog.Logger) (*site, error) {
	if c == nil {
		return nil, nil
	}
	l, err := listenOn(ctx, string(c.Address))
	if err != nil {
		return nil, err
	}
	h := health.New(health.Options{Alive: p.alive, Read: p.read, Log: log})
	for i, platform := range o.Platforms {
		o.Platforms[i] = h.Watch(p.nameOf(platform), platform)
	}
	o.WatchJobs = h.Job
	return &site{h, l}, nil
}

func (p *pulse) nameOf(platform chat.Platform) string {
	switch platform.(type) {
	case *slack.Slack:
		return "slack"
	case *discord.Discord:
		return "discord"
	}
	return "local"
}

// daily makes a backup each day. It is a schedules.Queue of one.
type daily struct {
	backups Backups
	orders  *orders
	log     *slog.Logger
	again   time.Time // not to be tried before, after a failure; the waker alone uses it
}

// What lies between two backups, and between two tries of one that fails.
const (
	backupEvery = 24 * time.Hour
	backupAgain = time.Hour
)

// NextDue is a day after the youngest backup in the folder.
func (d *daily) NextDue(context.Context) (time.Time, bool, error) {
	made, err := madeBackups(d.backups.Folder)
	if err != nil {
		return d.again, true, nil // a folder that cannot be read is told of when it cannot be written
	}
	due := time.Time{}
	if n := len(made); n > 0 {
		due = made[n-1].Add(backupEvery)
	}
	if due.Before(d.again) {
		due = d.again
	}
	return due, true, nil
}

// RunDue makes one, and takes away the oldest. One that fails is told of in the log,
// and tried again in an hour.
func (d *daily) RunDue(ctx context.Context, now time.Time) error {
	d.again = now.Add(backupAgain)
	path := filepath.Join(d.backups.Folder, now.UTC().Format(backupNames))
	if err := d.orders.place(ctx, path); err != nil {
		if ctx.Err() == nil {
			d.log.Error("the daily backup failed; it is tried again in an hour", "folder", d.backups.Folder, "err", err)
		}
		return nil
	}
	d.again = time.Time{}
	if err := thinOut(d.backups.Folder, int(d.backups.Keep)); err != nil {
		d.log.Error("old backups could not be removed", "folder", d.backups.Folder, "err", err)
	}
	return nil
}

// madeBackups gives when the backups in a folder were made, by their names, the oldest
// first. What is called otherwise is somebody's own.
func madeBackups(folder string) ([]time.Time, error) {
	files, err := os.ReadDir(folder) // by name, and so by time
	var made []time.Time
	for _, f := range files {
		if at, err := time.Parse(backupNames, f.Name()); err == nil && f.Type().IsRegular() {
			made = append(made, at)
		}
	}
	return made, err
}

// thinOut leaves so many of the backups in a folder, the youngest, and takes away what
// a crash left of one.
func thinOut(folder string, keep int) error {
	made, err := madeBackups(folder)
	for _, at := range made[:max(len(made)-keep, 0)] {
		err = errors.Join(err, os.Remove(filepath.Join(folder, at.Format(backupNames))))
	}
	left, found := filepath.Glob(filepath.Join(folder, backups.Unfinished+"*"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > backupEvery { // a younger one is perhaps being written
			found = errors.Join(found, os.Remove(path))
		}
	}
	return errors.Join(err, found)
}
