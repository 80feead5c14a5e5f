// Package bot assembles the features below it into one bot: it routes what
// people do and say to the feature that understands it, opens the one
// transaction of each deed, runs what is due and says what is to be said. Start
// reading at [New] and [Bot.Do].
package bot

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/credentials"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/interest"
	"cohortbot/bot/jobs"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/programmes"
	"cohortbot/bot/research"
	"cohortbot/bot/store"
	"cohortbot/bot/thinking"
	"cohortbot/schedules"
)

// Options is what a bot lives on.
type Options struct {
	Store     store.Store
	Clock     schedules.Clock // the civil clock
	Platforms []chat.Platform
	Log       *slog.Logger

	Programmes []programmes.Programme // the organisation's own, offered before the built-in ones
	Frameworks []frameworks.Framework // the organisation's own, likewise
	Chapters   []thinking.Chapter     // of questions to think about, the organisation's own, likewise
	Holidays   schedules.Calendar     // public holidays that new cohorts take over

	// EditRest is how long, in real time, to wait between two edits in one place;
	// zero is what chat services bear.
	EditRest time.Duration
	// Calendar makes a calendar file of several events. Nil makes none.
	Calendar func(name string, events []chat.Event, now time.Time) []byte
	// Files keeps the bytes of evidence, within these limits; nil keeps none.
	Files      evidence.Vault
	FileLimits evidence.Limits
	// Pages is where the pages of this bot are found, such as
	// "https://bot.example"; empty where it has none.
	Pages string
	// Join says how somebody outside gets an account in the workspace: an address, or
	// a sentence. Empty: they ask whoever invites them.
	Join string
	// Key is what the organisation signs with: what others gave a learner, and what
	// the learner is given. Without one nothing is signed.
	Key ed25519.PrivateKey
	// WatchJobs hears of every job that came to its turn; see [jobs.Queue]. Nil is
	// nobody.
	WatchJobs func(kind string, late time.Duration, err error)
	// Keep is how long things are kept that nobody asked to have erased.
	Keep privacy.Retention
	// Erased remembers who was erased, where no backup takes it back. Nil remembers
	// it in the store alone.
	Erased privacy.Ledger
	// Beside are the places where deleted bytes stay until they are rewritten, the
	// store's file first of all, and those that keep people's words as well.
	Beside []privacy.Beside

	guesses *links.Guesses // holds back who tries codes that are none
	// Signer makes the signed file of what a learner is given. Nil makes none.
	Signer credentials.Signer
	// Issuer is the name in which that is given, and IssuerAddress a page about it;
	// without a name it is the programme's.
	Issuer, IssuerAddress string
	// Awarding names, by the id of a programme, the body as whose decision a confirmed
	// result there counts.
	Awarding map[string]string
}

// Bot is a [chat.Inbox] for all platforms at once.
type Bot struct {
	store     store.Store
	clock     schedules.Clock
	platforms []chat.Platform
	log       *slog.Logger

	tree      chat.Tree
	deeds     map[string]deeds.Deed
	listeners map[string]deeds.Listener
	takers    []deeds.Listener // of direct messages, asked one after the other
	reasons   map[string]outbox.Reason
	homes     []func(store.Tx, deeds.Call) (deeds.Glance, error)
	owns      []func(store.Tx, deeds.Call) (deeds.Glance, error)
	panels    []func(store.Tx, deeds.Call) (deeds.Glance, error)

	interest interest.Options // for the public pages
	library  evidence.Library
	vault    evidence.Vault
	signer   credentials.Signer

	guesses *links.Guesses

	queue  *jobs.Queue
	outbox *outbox.Outbox
	copier *evidence.Copier
	eraser *privacy.Eraser
	waker  *schedules.Waker

	privacy  privacy.Options
	files    evidence.Vault
	erased   privacy.Ledger
	holdings []deeds.Holding
}

var _ chat.Inbox = (*Bot)(nil)

// New makes a bot of all features and readies the store for them, which takes a
// while where an index is new.
func New(ctx context.Context, o Options) (*Bot, error) {
	b, all, err := assemble(o)
	if err != nil {
		return nil, err
	}
	if err := store.Prepare(ctx, b.store, all.Tables...); err != nil {
		return nil, err
	}
	b.queue = jobs.NewQueue(b.store, b.log, all.Jobs, b.parked)
	b.queue.Watch = o.WatchJobs
	b.outbox = outbox.New(b.store, b.clock, b.platforms, all.Reasons, b.log, b.undelivered)
	if o.EditRest > 0 {
		b.outbox.EditRest = o.EditRest
	}
	b.copier = evidence.NewCopier(b.store, b.clock, b.platforms, o.Files, o.FileLimits, b.log)
	b.eraser = privacy.NewEraser(b.store, b.privacy, b.clock, b.log, o.Erased, o.Beside, b.copier.Drain, func() { b.outbox.Poke(); b.waker.Poke() })
	b.waker = schedules.NewWaker(b.clock, b, b.log)
	if _, err := b.Replay(ctx); err != nil {
		return nil, err
	}
	return b, b.store.Update(ctx, func(tx store.Tx) error {
		return errors.Join(b.startSweeping(tx), b.privacy.Start(tx, b.clock.Now()))
	})
}

// inVain is how many codes that open nothing people may try: one that was copied from
// paper may be mistyped a few times, and then there is no hurry.
var inVain = links.Allowance{AtOnce: 5, PerSec: 1.0 / 60, AllAtOnce: 60, AllPerSec: 0.1}

// Commands gives the commands that a bot with these options has. It needs neither
// store nor platforms: it is for what is made before a bot can run.
func Commands(o Options) (chat.Tree, error) {
	b, _, err := assemble(o)
	if err != nil {
		return nil, err
	}
	return b.tree, nil
}

// Holdings gives what each table of a bot with these options keeps about people, in
// the order in which it is erased. Like [Commands] it needs neither store nor
// platforms.
func Holdings(o Options) ([]deeds.Holding, error) {
	b, _, err := assemble(o)
	if err != nil {
		return nil, err
	}
	return b.holdings, nil
}

// assemble puts all features together.
func assemble(o Options) (*Bot, deeds.Feature, error) {
	b := &Bot{
		files: o.Files, erased: o.Erased,
		store: o.Store, clock: o.Clock, platforms: o.Platforms, log: o.Log,
		library: evidence.NewLibrary(o.Programmes, o.Frameworks), vault: o.Files, signer: o.Signer,
		deeds: map[string]deeds.Deed{}, listeners: map[string]deeds.Listener{}, reasons: map[string]outbox.Reason{},
	}
	all := deeds.Feature{Tables: []store.Prepared{people.Table, jobs.Table, outbox.Table, links.Table}}
	o.guesses = links.NewGuesses(cmp.Or(o.Log, slog.New(slog.DiscardHandler)), "refused in a chat", inVain)
	b.guesses, b.interest = o.guesses, interestOptions(o)
	b.privacy = privacy.Options{
		Holdings: func() []deeds.Holding { return b.holdings }, Scrub: b.scrub, Vault: o.Files, Pages: o.Pages, Keep: o.Keep,
		Stands: interest.Stands, Again: b.interest.Again, TakenBack: research.TakenBack,
	}
	for _, f := range append(features(o), privacy.Feature(b.privacy), b.own()) {
		for _, d := range f.Deeds {
			noun, _, several := strings.Cut(d.Path, " ")
			if d.About = nouns[noun]; several && !d.Hidden && d.About == "" {
				return nil, all, fmt.Errorf("the command %q: features.go does not say what %q is about", d.Path, noun)
			}
			b.deeds[d.Path] = d
			b.tree = append(b.tree, d.Command)
		}
		for _, l := range f.Listeners {
			if l.Takes != nil {
				b.takers = append(b.takers, l)
				continue
			}
			b.listeners[l.Kind] = l
		}
		for _, r := range f.Reasons {
			b.reasons[r.Kind] = r
		}
		if f.Home != nil {
			b.homes = append(b.homes, f.Home)
		}
		if f.Own != nil {
			b.owns = append(b.owns, f.Own)
		}
		if f.Panel != nil {
			b.panels = append(b.panels, f.Panel)
		}
		all.Jobs = append(all.Jobs, f.Jobs...)
		all.Reasons = append(all.Reasons, f.Reasons...)
		all.Tables = append(all.Tables, f.Tables...)
		all.Holdings = append(all.Holdings, f.Holdings...)
	}
	all.Holdings = append(all.Holdings, groundHoldings()...)
	b.holdings = all.Holdings
	if faults := b.tree.Check(); len(faults) > 0 {
		return nil, all, fmt.Errorf("the command tree: %w", errors.Join(faults...))
	}
	for activity, offer := range cohorts.Offers {
		begins := func(k jobs.Kind) bool { return k.Name == offer.Begins }
		if _, ok := b.deeds[offer.Command]; !ok || offer.Begins != "" && !slices.ContainsFunc(all.Jobs, begins) {
			return nil, all, fmt.Errorf("the activity %q offers the command %q and the job %q: one of them does not exist", activity, offer.Command, offer.Begins)
		}
	}
	return b, all, nil
}

// Tree gives the commands that exist.
func (b *Bot) Tree() chat.Tree { return b.tree }

// Run listens to all platforms, does what is due and says what is to be said,
// until ctx ends, which is no error.
func (b *Bot) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range b.platforms {
		group.Go(func() error { return p.Listen(ctx, b) })
	}
	group.Go(func() error { return b.waker.Run(ctx) })
	group.Go(func() error { return b.outbox.Run(ctx) })
	group.Go(func() error { return b.copier.Run(ctx) })
	group.Go(func() error { return b.eraser.Run(ctx) })
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// poke wakes what acts on the queues, after a deed was committed.
func (b *Bot) poke() {
	b.outbox.Poke()
	b.copier.Poke()
	b.eraser.Poke()
	b.waker.Poke()
}

// helpDeed answers /help.
func (b *Bot) helpDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{
			Path: "help", Summary: "What I can do, and how to ask for it", Role: chat.Anyone,
			Fields: []chat.Field{{Name: "about", Label: "About what", Kind: chat.Text, Example: "session"}},
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			role, err := b.highestRole(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			about := strings.ToLower(strings.Trim(c.Given.Text("about"), "/ "))
			noun, _, _ := strings.Cut(about, " ")
			tree := b.tree
			if reviews, err := reviewing(tx, c.Person.ID, role); err != nil {
				return chat.Outcome{}, err
			} else if reviews == chat.Reviewer {
				tree = slices.Clone(tree)
				for i := range tree {
					if tree[i].Role == chat.Reviewer {
						tree[i].Role = chat.Anyone
					}
				}
			}
			if noun != "" {
				return chat.Answering(tree.HelpOn(noun, role)), nil
			}
			return chat.Answering(tree.Help(role)), nil
		},
	}
}
