package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/bot/research"
)

// A running program has its stores to itself. What an operator asks of it meanwhile,
// such as a backup, comes by a socket in its data folder, which this account alone
// can reach: it stands in a folder of mode 0700, and has no network.
const (
	controlFolder = "control"
	controlSocket = "socket"
)

// errNotRunning: no program runs on a data folder.
var errNotRunning = errors.New("no program runs on this data folder")

func controlPath(data string) string { return filepath.Join(data, controlFolder, controlSocket) }

// listenControl opens the socket of a data folder. Whoever calls it has the store
// open, so that a socket which is there already was left by a crash.
func listenControl(ctx context.Context, data string) (net.Listener, error) {
	folder := filepath.Join(data, controlFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(folder, 0o700), remove(controlPath(data))); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", controlPath(data))
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(controlPath(data), 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// orders answers an operator.
type orders struct {
	packing packing
	log     *slog.Logger
	busy    sync.Mutex // one backup at a time
	mux     *http.ServeMux
	release func(ctx context.Context, w wanted) (research.Data, error)
}

func newOrders(p packing, log *slog.Logger) *orders {
	c := &orders{packing: p, log: log, mux: http.NewServeMux()}
	c.mux.HandleFunc("POST /backup", c.backup)
	c.mux.HandleFunc("GET /audit", c.audit)
	c.mux.HandleFunc("POST /research", c.research)
	return c
}

// ServeHTTP carries out one order.
func (c *orders) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.mux.ServeHTTP(w, r) }

// backup sends a backup. What fails on the way breaks the answer off, so that nobody
// takes half of one for a whole.
func (c *orders) backup(w http.ResponseWriter, r *http.Request) {
	if !c.busy.TryLock() {
		http.Error(w, "another backup is being made; wait until it is done", http.StatusConflict)
		return
	}
	defer c.busy.Unlock()
	// Whoever does not read on must not hold up the program's stop.
	defer context.AfterFunc(r.Context(), func() { _ = http.NewResponseController(w).SetWriteDeadline(time.Now()) })()
	to := &counted{Writer: w}
	if err := c.write(r.Context(), to, r.URL.Query().Has("keys")); err != nil {
		if r.Context().Err() == nil {
			c.log.Error("a backup failed", "err", err)
		}
		if to.n == 0 {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		panic(http.ErrAbortHandler)
	}
}

// place writes a backup into a file.
func (c *orders) place(ctx context.Context, path string) error {
	c.busy.Lock()
	defer c.busy.Unlock()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return backups.Place(path, func(w io.Writer) error { return c.write(ctx, &counted{Writer: w}, false) })
}

func (c *orders) write(ctx context.Context, to *counted, keys bool) error {
	m, err := c.packing.pack(ctx, to, keys)
	if err != nil {
		return err
	}
	c.log.Info("backed up", "bytes", to.n, "entries", len(m.Entries), "lost", len(m.Lost))
	if len(m.Lost) > 0 {
		c.log.Error("files of evidence are not there, or not whole; cohortbot verify names them", "files", len(m.Lost))
	}
	if err := noteBackup(ctx, c.packing.store, backupNote{At: c.packing.clock.Now(), Bytes: to.n}); err != nil && ctx.Err() == nil {
		c.log.Error("that a backup was made could not be kept", "err", err)
	}
	return nil
}

// audit sends the log of deeds.
func (c *orders) audit(w http.ResponseWriter, r *http.Request) {
	since, err := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	if err == nil {
		err = writeLog(r.Context(), c.packing.store, since, w)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// askProgram asks the program that runs on a data folder. Whoever calls it closes the
// body. Errors: errNotRunning, and what the program says.
func askProgram(ctx context.Context, data, method, order string) (io.ReadCloser, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", controlPath(data))
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://program/"+order, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	response, err := client.Do(request)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOTDIR):
		return nil, errNotRunning
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the program runs under another account: run this command as that account (%w)", err)
	case err != nil:
		return nil, fmt.Errorf("asking the running program: %w", err)
	case response.StatusCode == http.StatusOK:
		return response.Body, nil
	}
	said, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	return nil, errors.Join(fmt.Errorf("the running program says: %s", strings.TrimSpace(string(said))), err, response.Body.Close())
}
