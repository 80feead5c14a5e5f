package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"cohortbot/adapters/bolt"
	"cohortbot/adapters/web"
	"cohortbot/bot"
	"cohortbot/bot/privacy"
)

// What stands in a data folder.
const (
	storeFile     = "cohortbot.db"
	filesFolder   = "files"        // of evidence
	workspaceFile = "workspace.db" // what the local workspace keeps, as a chat service would on its own machines
)

// drainLimit is how long requests that are under way may take to end.
const drainLimit = 3 * time.Second

// folder is an open data folder.
type folder struct {
	store     *bolt.Store
	workspace *bolt.Store
}

// beside gives the places where deleted bytes would stay: the files of a data
// folder, and what the local workspace keeps.
func (f folder) beside(w *web.Workspace) []privacy.Beside {
	return []privacy.Beside{
		{Name: "the store", Rewrite: f.store.Compact},
		{Name: "the local workspace", Forget: w.Forget, Rewrite: f.workspace.Compact},
	}
}

// openStore opens a file of the data folder, making both where they are missing.
// Only one process at a time can have it open. A folder that a restore left half
// done is refused.
func openStore(path, file string, log *slog.Logger) (*bolt.Store, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	if err := halfRestored(path); err != nil {
		return nil, err
	}
	s, err := bolt.Open(filepath.Join(path, file), bolt.Options{Log: log})
	if err != nil {
		return nil, err
	}
	if err := halfRestored(path); err != nil { // it began while the store was opened
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close waits for what is being written.
func (f folder) Close() error { return errors.Join(f.store.Close(), f.workspace.Close()) }

// host runs a bot together with the local workspace that it listens to, if it
// does.
type host struct {
	bot       *bot.Bot
	workspace *web.Workspace // nil without one
	front     http.Handler   // what is served in the place of the workspace alone; nil is the workspace
	pages     *site          // nil without one
	beside    []site         // what the operator and machines reach
	tasks     []func(context.Context) error
	log       *slog.Logger
}

// site is something to be served, and where.
type site struct {
	handler  http.Handler
	listener net.Listener
}

// run runs the bot, and serves the workspace, if there is one, on l once ready has
// returned, and the pages, if there are any, until ctx ends, which is no error.
// Nothing is left half done: requests come to their end first, then the bot.
func (h host) run(ctx context.Context, l net.Listener, ready func(context.Context) error) error {
	requests, endRequests := context.WithCancel(ctx)
	defer endRequests()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, failed := errgroup.WithContext(running)
	group.Go(func() error { return h.bot.Run(failed) })

	var servers []*http.Server
	serve := func(s site, before func(context.Context) error) {
		server := &http.Server{
			Handler:           s.handler,
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       2 * time.Minute,
			BaseContext:       func(net.Listener) context.Context { return requests }, // ends the streams of events
			ErrorLog:          slog.NewLogLogger(h.log.Handler(), slog.LevelDebug),
		}
		servers = append(servers, server)
		group.Go(func() error {
			if err := before(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
			if s.listener == nil { // there is nothing to serve
				return nil
			}
			if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
	}
	front := h.front
	if front == nil {
		front = h.workspace
	}
	serve(site{front, l}, ready)
	sites := h.beside
	if h.pages != nil {
		sites = append(sites, *h.pages)
	}
	for _, s := range sites {
		serve(s, func(context.Context) error { return nil })
	}
	for _, task := range h.tasks {
		group.Go(func() error { return task(requests) })
	}
	group.Go(func() error {
		select {
		case <-ctx.Done():
		case <-failed.Done():
		}
		endRequests()
		draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
		defer cancel()
		for _, server := range servers {
			if err := server.Shutdown(draining); err != nil {
				h.log.Warn("a request did not come to its end in time", "err", err)
				_ = server.Close() // what it closes is given up anyway
			}
		}
		stop()
		return nil
	})
	return group.Wait()
}
