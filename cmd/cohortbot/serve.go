package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"cohortbot/adapters/bolt"
	"cohortbot/adapters/calendar"
	"cohortbot/adapters/discord"
	"cohortbot/adapters/files"
	"cohortbot/adapters/openbadges"
	"cohortbot/adapters/pages"
	"cohortbot/adapters/slack"
	"cohortbot/adapters/web"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/privacy"
	"cohortbot/schedules"
)

type serveCommand struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file; cohortbot check says what is wrong with one."`
}

// Run runs the bot until the program is to stop.
func (c *serveCommand) Run(m *Main) (err error) {
	config, err := load(c.Config)
	if err != nil {
		return err
	}
	log := newLog(m.err, config.Log)
	kept, err := openStore(string(config.Data), storeFile, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	if err := tidyPacking(string(config.Data)); err != nil {
		return err
	}
	now := &pulse{data: string(config.Data), packing: packing{data: string(config.Data), store: kept, clock: m.clock}}
	h := host{log: log}
	o := bot.Options{Store: kept, Clock: m.clock, Log: log, Programmes: config.programmes, Frameworks: config.frameworks, Chapters: config.chapters, Holidays: config.calendar(), Calendar: calendar.Feed, FileLimits: config.limits()}
	o.Keep, o.Erased = config.keep(), files.OpenErased(string(config.Data))
	o.Beside = []privacy.Beside{{Name: "the store", Rewrite: kept.Compact}}
	if o.Files, err = files.Open(filepath.Join(string(config.Data), filesFolder)); err != nil {
		return err
	}
	var signer openbadges.Signer
	if o.Key, signer, err = config.signer(); err != nil {
		return err
	}
	o.Signer, o.Awarding = signer, config.awarding
	o.Issuer, o.IssuerAddress = config.issuer()
	handing := &archives{key: o.Key, log: log}
	if len(config.slack) > 0 {
		s, err := newSlack(config, m.slackMinute, log, handing)
		if err != nil {
			return err
		}
		o.Platforms, now.slack = append(o.Platforms, s), s
	}
	if config.Discord != nil {
		d, err := newDiscord(config, log, platformNotes{kept}, handing)
		if err != nil {
			return err
		}
		o.Platforms, now.discord = append(o.Platforms, d), d
	}
	address, ready := "", func(context.Context) error { return nil }
	var listener net.Listener
	if config.Local != nil {
		var space *bolt.Store
		if space, err = openStore(string(config.Data), workspaceFile, log); err != nil {
			return err
		}
		now.packing.space = space
		defer func() { err = errors.Join(err, space.Close()) }()
		if h.workspace, err = web.New(space, web.Options{Clock: m.clock, Log: log, Attach: attaching(m.clock, handing)}); err != nil {
			return err
		}
		o.Platforms = append(o.Platforms, h.workspace)
		o.Beside = append(o.Beside, privacy.Beside{Name: "the local workspace", Forget: h.workspace.Forget, Rewrite: space.Compact})
		if listener, err = listen(m.ctx, config.Local.Address); err != nil {
			return err
		}
		address = "http://" + listener.Addr().String()
		ready = func(ctx context.Context) error { return config.Local.furnish(ctx, h.workspace) }
	}
	if p := config.Pages; p != nil {
		o.Pages, o.Join = string(p.BaseURL), p.Join
		opened, err := listenOn(m.ctx, string(p.Address))
		if err != nil {
			return err
		}
		h.pages = &site{listener: opened}
	}
	watching, err := listenHealth(m.ctx, config.Health, now, &o, log)
	if err != nil {
		return err
	}
	if h.bot, err = m.newBot(m.ctx, o); err != nil {
		return err
	}
	if now.bot = h.bot; watching != nil {
		h.beside = append(h.beside, *watching)
		log.Info("health is told", "address", watching.listener.Addr().String())
	}
	now.packing.still = h.bot.StillFiles
	orders := newOrders(now.packing, log)
	orders.release = releaser(kept, m.clock, config)
	if l, err := listenControl(m.ctx, string(config.Data)); err != nil {
		log.Warn("the program cannot be asked for a backup while it runs", "err", err)
	} else {
		h.beside = append(h.beside, site{orders, l})
	}
	if config.Backup != nil {
		h.tasks = append(h.tasks, schedules.NewWaker(m.clock, &daily{backups: *config.Backup, orders: orders, log: log}, log).Run)
	}
	handing.bot, handing.base = h.bot, o.Pages
	if h.pages != nil {
		front := pagesOf(h.bot, m.clock, o.Pages, log)
		front.Archives = handing
		front.Checks = &checks{bot: h.bot, signer: signer, issuer: cmp.Or(o.Issuer, o.Pages), base: o.Pages, clock: m.clock}
		h.pages.handler = pages.New(front)
		log.Info("pages are served", "address", h.pages.listener.Addr().String(), "base_url", o.Pages)
	}
	log.Info("started", "address", address, "data", string(config.Data))
	err = h.run(m.ctx, listener, ready)
	log.Info("stopped")
	return err
}

// newSlack makes the platform Slack. SLACK_API_URL names another place for the Web
// API than Slack's own: a stand-in to try things out with.
func newSlack(config loaded, minute time.Duration, log *slog.Logger, handing *archives) (*slack.Slack, error) {
	return slack.New(slack.Options{Workspaces: config.slack, Log: log, URL: os.Getenv("SLACK_API_URL"), Minute: minute, Attach: attaching(schedules.System, handing)})
}

// newDiscord makes the platform Discord. DISCORD_API_URL names another place for
// the API than Discord's own: a stand-in to try things out with.
func newDiscord(config loaded, log *slog.Logger, keep discord.Keeper, handing *archives) (*discord.Discord, error) {
	return discord.New(discord.Options{
		Token: config.discord, Guilds: config.Discord.Servers, Log: log, Keep: keep,
		MessageContent: config.Discord.MessageContent, Members: config.Discord.Members, URL: os.Getenv("DISCORD_API_URL"),
		Attach: attaching(schedules.System, handing),
	})
}

// furnish gives the workspace the people and channels of the configuration.
// Those that are no longer in it stay: what they wrote is there.
func (l LocalSpace) furnish(ctx context.Context, space *web.Workspace) error {
	for _, c := range l.Channels {
		if err := space.AddChannel(ctx, string(c.ID), c.Topic); err != nil {
			return fmt.Errorf("channel %s: %w", c.ID, err)
		}
	}
	for _, p := range l.People {
		profile := chat.Profile{User: chat.User{ID: string(p.ID)}, Name: p.Name, Zone: p.Zone.String(), Admin: p.Admin}
		if err := space.AddPerson(ctx, profile); err != nil {
			return fmt.Errorf("person %s: %w", p.ID, err)
		}
	}
	return nil
}

// pagesOf gives what the pages need, for people without an account.
func pagesOf(b *bot.Bot, clock schedules.Clock, base string, log *slog.Logger) pages.Options {
	return pages.Options{
		Calendar: subscribed(b, clock), Guests: b, Writers: b, Public: b, Copies: b, Base: base, Log: log,
		Entry: func(e chat.Event) []byte { return calendar.Entry(e, clock.Now()) },
	}
}

// subscribed gives the calendars that people subscribe to.
func subscribed(b *bot.Bot, clock schedules.Clock) func(context.Context, string) ([]byte, bool, error) {
	return func(ctx context.Context, token string) ([]byte, bool, error) {
		name, events, ok, err := b.Subscribed(ctx, token)
		if err != nil || !ok {
			return nil, false, err
		}
		return calendar.Feed(name, events, clock.Now()), true, nil
	}
}

// listen opens the local workspace's address.
func listen(ctx context.Context, a address) (net.Listener, error) {
	if a == "" {
		a = defaultAddress
	}
	return listenOn(ctx, string(a))
}

// listenOn opens an address.
func listenOn(ctx context.Context, a string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program: stop that one, or name another port; port 0 takes a free one: %w", a, err)
	}
	return l, err
}

// newLog makes the log: what a machine reads, unless a person is to.
func newLog(w io.Writer, l Log) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.Level(l.Level)}
	if l.Format == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}
