package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"cohortbot/adapters/calendar"
	"cohortbot/adapters/files"
	"cohortbot/adapters/openbadges"
	"cohortbot/adapters/pages"
	"cohortbot/adapters/web"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

type demoCommand struct {
	Addr string `placeholder:"HOST:PORT" help:"Where the browser finds it, on this machine only. Without it, ${default_addr}, or a free port where that is taken."`
	Data string `placeholder:"DIR" type:"path" help:"The folder that keeps it. Without it, a folder among the caches of this account."`
}

// Run shows a group to look at until the program is to stop.
func (c *demoCommand) Run(m *Main) (err error) {
	listener, err := c.listen(m)
	if err != nil {
		return err
	}
	defer listener.Close()
	path, err := c.folder()
	if err != nil {
		return err
	}
	log := newLog(m.err, Log{Level: logLevel(slog.LevelWarn), Format: "text"})
	data, state, err := openDemo(m.ctx, path, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()

	if err := configureDemo(path); err != nil {
		return err
	}
	d := demo{data: data, stopping: m.ctx}
	begin := schedules.System.Now().Add(state.Offset)
	if !state.Seeded {
		begin = demoBegins(schedules.System.Now())
	}
	d.clock = schedules.NewMovable(begin, true)
	handing := &archives{log: log}
	d.workspace, err = web.New(data.workspace, web.Options{Clock: d.clock, Attach: attaching(d.clock, handing), Log: log, MoveClock: d.move, Tour: demoTour, Opening: d.opening})
	if err != nil {
		return err
	}
	key, err := openbadges.Key(path)
	if err != nil {
		return err
	}
	signer, err := openbadges.NewSigner(key, "")
	if err != nil {
		return err
	}
	kept, err := files.Open(filepath.Join(path, filesFolder))
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	d.bot, err = bot.New(m.ctx, bot.Options{
		Key: key, Signer: signer, Issuer: demoIssuer, Store: data.store, Clock: d.clock, Platforms: []chat.Platform{d.workspace}, Log: log, Calendar: calendar.Feed, Files: kept, Pages: base, Keep: usualKeeping, Beside: data.beside(d.workspace),
		EditRest: 10 * time.Millisecond, // after weeks in a moment, nobody is to wait for the edits
	})
	if err != nil {
		return err
	}
	front := pagesOf(d.bot, d.clock, base, log)
	front.Rest, front.Archives = d.workspace, handing
	front.Checks = &checks{bot: d.bot, signer: signer, issuer: demoIssuer, base: base, clock: d.clock}
	handing.bot, handing.key, handing.base = d.bot, key, base
	h := host{bot: d.bot, workspace: d.workspace, front: pages.New(front), log: log}
	orders := newOrders(packing{data: path, store: data.store, space: data.workspace, clock: d.clock, still: d.bot.StillFiles}, log)
	orders.release = releaser(data.store, d.clock, loaded{})
	if l, err := listenControl(m.ctx, path); err != nil {
		log.Warn("other commands cannot ask the demonstration while it runs", "err", err)
	} else {
		h.beside = append(h.beside, site{orders, l})
	}
	return h.run(m.ctx, listener, func(ctx context.Context) error {
		if !state.Seeded {
			fmt.Fprintln(m.out, "Acting out the last weeks of two groups, for you to look at.")
			if err := d.seed(ctx); err != nil {
				return err
			}
		}
		fmt.Fprintf(m.out, "A group to look at: open http://%s in your browser.\n", listener.Addr())
		fmt.Fprintf(m.out, "It is kept in %s. Ctrl-C stops it; start it again to go on.\n", path)
		return nil
	})
}

// listen opens the address that was named. Where none was and the usual one is
// taken, it opens a free port and says so.
func (c *demoCommand) listen(m *Main) (net.Listener, error) {
	if c.Addr != "" {
		var a address
		if err := a.UnmarshalText([]byte(c.Addr)); err != nil {
			return nil, fmt.Errorf("--addr: %w", err)
		}
		return listen(m.ctx, a)
	}
	l, err := listen(m.ctx, defaultAddress)
	if errors.Is(err, syscall.EADDRINUSE) {
		fmt.Fprintf(m.out, "%s is in use by another program, so this takes a free port. Choose one yourself with --addr.\n", defaultAddress)
		return listen(m.ctx, "127.0.0.1:0")
	}
	return l, err
}

func (c *demoCommand) folder() (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("this account has no folder for caches; name one with --data, for example --data ./demo: %w", err)
	}
	return filepath.Join(caches, "cohortbot", "demo"), nil
}

// demoIssuer gives the credentials of the demonstration.
const demoIssuer = "Harbour Community Trust"

// demo is a running demonstration.
type demo struct {
	data      folder
	clock     *schedules.Movable
	bot       *bot.Bot
	workspace *web.Workspace
	stopping  context.Context // ends when the program is to stop
	saving    sync.Mutex
}

// seed acts out the past.
func (d *demo) seed(ctx context.Context) error {
	s := stage{bot: d.bot, workspace: d.workspace, clock: d.clock}
	if err := seedDemo(ctx, s); err != nil {
		return fmt.Errorf("acting out the group's past: %w", err)
	}
	return d.save(ctx)
}

// move lives through the time until to. It saves the clock on the way, so that
// being stopped in the middle of a long jump takes back a day at most.
func (d *demo) move(ctx context.Context, to time.Time) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.stopping, cancel)()
	for now := d.clock.Now(); now.Before(to); now = d.clock.Now() {
		step := now.Add(24 * time.Hour)
		if step.After(to) {
			step = to
		}
		if err := d.bot.Live(ctx, d.clock, step); err != nil {
			return err
		}
		if err := d.save(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// opening gives the facilitator's seat, with the answers to the youngest question
// beside the channel.
func (d *demo) opening(ctx context.Context) string {
	question, err := youngestQuestion(ctx, d.workspace, demoSeat, demoChannel)
	if err != nil || question == "" {
		return ""
	}
	return "/?as=" + demoSeat + "&place=" + demoChannel + "&thread=" + question + "#opening"
}

func (d *demo) save(ctx context.Context) error {
	d.saving.Lock()
	defer d.saving.Unlock()
	return saveDemo(ctx, d.data.workspace, demoState{Seeded: true, Offset: d.clock.Offset()})
}
