package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cohortbot/bot/chat"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Limits is what a vault takes.
type Limits struct {
	File   int64    // bytes of one file
	Person int64    // bytes of all files of one person
	Types  []string // what the name of a file may end with, in lower case and without the dot
}

// UsualLimits is what a vault takes where nothing else is said: what people write,
// photograph and record, and nothing that runs.
var UsualLimits = Limits{
	File: 25_000_000, Person: 500_000_000,
	Types: []string{
		"pdf", "doc", "docx", "odt", "rtf", "txt", "md", "csv", "xls", "xlsx", "ods", "ppt", "pptx", "odp",
		"jpg", "jpeg", "png", "gif", "webp", "heic", "svg", "html", "htm", "eml", "ics",
		"mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "weba", "webm", "mp4", "mov", "m4v", "avi", "3gp",
	},
}

// take tells whether a file is of a type that is kept. One whose name says nothing,
// as some phones send them, goes by what the platform says.
func (l Limits) take(f File) bool {
	if e := f.ending(); e != "" {
		return slices.Contains(l.Types, e)
	}
	kind, _, _ := strings.Cut(f.Type, "/")
	return kind == "image" || kind == "audio" || kind == "video"
}

// Copier brings the bytes of files from where they were sent into the vault, and
// removes those that nobody holds any more. What it has to do stands in the
// records, so that a restart forgets nothing.
type Copier struct {
	store     store.Store
	clock     schedules.Clock
	platforms []chat.Platform
	vault     Vault // nil keeps nothing
	limits    Limits
	log       *slog.Logger

	wake chan struct{}
	turn sync.Mutex // one round at a time
	// keeping is shared by those who put bytes into the vault until their record is
	// written, and taken alone by who removes bytes: the same bytes may be coming
	// in while the last who held them lets go.
	keeping sync.RWMutex
	// still is shared by those who copy everything that is kept, and tried by who
	// removes bytes, which can wait.
	still sync.RWMutex
}

// NewCopier makes a copier. A vault that is nil keeps nothing, and people are told.
func NewCopier(s store.Store, clock schedules.Clock, platforms []chat.Platform, v Vault, l Limits, log *slog.Logger) *Copier {
	if l.File == 0 {
		l.File = UsualLimits.File
	}
	if l.Person == 0 {
		l.Person = UsualLimits.Person
	}
	if l.Types == nil {
		l.Types = UsualLimits.Types
	}
	return &Copier{store: s, clock: clock, platforms: platforms, vault: v, limits: l, log: log, wake: make(chan struct{}, 1)}
}

const (
	atOnce    = 4               // files that are copied at the same time
	copyLimit = 5 * time.Minute // real time for one
	lookAgain = 5 * time.Minute // real time, in case the store could not be read
	againKind = "evidence-again"
)

// pauses are what lies between one try and the next, in the civil clock. After the
// last the copier gives up.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour}

// Poke has the copier look at what is to be done.
func (c *Copier) Poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Run copies and removes until ctx ends, which is no error.
func (c *Copier) Run(ctx context.Context) error {
	if err := c.sweep(ctx); err != nil && ctx.Err() == nil {
		c.log.Error("files that nobody holds could not be looked for", "err", err)
	}
	for {
		if err := c.Drain(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("files could not be copied", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		case <-time.After(lookAgain):
		}
	}
}

// wanted is one file that is to be copied.
type wanted struct {
	item  Item
	place int
}

// Drain does all that can be done now.
func (c *Copier) Drain(ctx context.Context) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	var due []wanted
	err := c.store.View(ctx, func(tx store.Tx) error {
		due = nil
		now := c.clock.Now()
		seen := map[ID]bool{}
		for row, err := range Table.Range(tx, "wanted", nil, store.PrefixEnd(store.Key(now)), false) {
			if err != nil {
				return err
			}
			if seen[row.ID] {
				continue
			}
			seen[row.ID] = true
			for n, f := range row.Value.Files {
				if f.Copy == Wanted && !f.Next.After(now) {
					due = append(due, wanted{row.Value, n})
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, w := range due {
		group.Go(func() error { return c.copy(ctx, w) })
	}
	return errors.Join(group.Wait(), c.remove(ctx))
}

// copy copies one file and writes down what came of it.
func (c *Copier) copy(ctx context.Context, w wanted) error {
	c.keeping.RLock()
	defer c.keeping.RUnlock()
	limited, cancel := context.WithTimeout(ctx, copyLimit)
	defer cancel()
	content, err := c.fetch(limited, w)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // stopped in the middle: it is tried again
	}
	if err != nil {
		c.log.Info("a file was not copied", "item", string(w.item.ID), "file", w.place, "try", w.item.Files[w.place].Tries+1, "err", err)
	}
	return c.store.Update(ctx, func(tx store.Tx) error { return c.came(tx, w, content, err) })
}

// refusal is why a file is not kept, however often it is tried.
type refusal Why

// Error gives the reason.
func (r refusal) Error() string { return "not kept: " + string(r) }

func (c *Copier) fetch(ctx context.Context, w wanted) (Content, error) {
	f := w.item.Files[w.place]
	room, err := c.room(ctx, w.item)
	switch {
	case err != nil:
		return Content{}, err
	case c.vault == nil:
		return Content{}, refusal(Nowhere)
	case !c.limits.take(f):
		return Content{}, refusal(BadType)
	case f.Size > c.limits.File:
		return Content{}, refusal(TooLarge)
	case f.Size > room, room <= 0:
		return Content{}, refusal(NoRoom)
	}
	i := slices.IndexFunc(c.platforms, func(p chat.Platform) bool { return p.Serves(f.From.Workspace) })
	if i < 0 {
		return Content{}, fmt.Errorf("no platform serves %s", f.From.Workspace)
	}
	r, err := c.platforms[i].Open(ctx, f.From)
	if err != nil {
		return Content{}, err
	}
	defer func() { _ = r.Close() }() // it was only read
	content, err := c.vault.Keep(ctx, r, min(room, c.limits.File))
	if errors.Is(err, ErrTooLarge) {
		if room < c.limits.File {
			return content, refusal(NoRoom)
		}
		return content, refusal(TooLarge)
	}
	return content, err
}

// room is how many bytes its owner may still keep.
func (c *Copier) room(ctx context.Context, i Item) (int64, error) {
	left := c.limits.Person
	err := c.store.View(ctx, func(tx store.Tx) error {
		left = c.limits.Person
		items, err := Items(tx, i.Owner)
		for _, x := range items {
			for _, f := range x.Files {
				if f.Copy == Here {
					left -= f.Size
				}
			}
		}
		return err
	})
	return left, err
}

// came writes down what came of a file. Its item may have gone meanwhile.
func (c *Copier) came(tx store.Tx, w wanted, content Content, fault error) error {
	i, err := Table.Get(tx, w.item.ID)
	gone := errors.Is(err, store.ErrNotFound)
	if err != nil && !gone {
		return err
	}
	if fault == nil {
		if known, err := Contents.Has(tx, content.Hash); err != nil {
			return err
		} else if !known {
			content.Unheld = gone
			if err := Contents.Put(tx, content.Hash, content); err != nil {
				return err
			}
		}
	}
	if gone || w.place >= len(i.Files) || i.Files[w.place].Copy != Wanted || i.Files[w.place].From.ID != w.item.Files[w.place].From.ID {
		return nil
	}
	f := &i.Files[w.place]
	now := c.clock.Now()
	if fault == nil {
		f.Copy, f.Hash, f.Size, f.Looks, f.From, f.Next, f.Tries = Here, content.Hash, content.Size, content.Looks, chat.File{}, time.Time{}, 0
		if err := Hold(tx, content.Hash, holder(i.ID)); err != nil {
			return err
		}
		return Table.Put(tx, i.ID, i)
	}
	if why, later := c.verdict(*f, fault); why == "" {
		f.Tries++
		f.Next = now.Add(later)
		if err := jobs.Set(tx, jobs.Job{Key: againKind + "/" + string(i.ID), Kind: againKind, Record: string(i.ID), Due: f.Next}); err != nil {
			return err
		}
		return Table.Put(tx, i.ID, i)
	} else {
		f.Copy, f.Why, f.From, f.Next = Failed, why, chat.File{}, time.Time{}
	}
	if err := Table.Put(tx, i.ID, i); err != nil {
		return err
	}
	return tellFailed(tx, i, now)
}

// verdict says why a file is given up, or after how long to try again.
func (c *Copier) verdict(f File, fault error) (Why, time.Duration) {
	var r refusal
	var limited chat.RateLimited
	switch {
	case errors.As(fault, &r):
		return Why(r), 0
	case errors.Is(fault, chat.ErrGone):
		return WasGone, 0
	case errors.Is(fault, chat.ErrRefused):
		return NotGiven, 0
	case f.Tries >= len(pauses):
		return NotGiven, 0
	case errors.As(fault, &limited):
		return "", max(limited.After, pauses[0])
	}
	return "", pauses[f.Tries]
}

// remove takes away the bytes that nobody holds.
func (c *Copier) remove(ctx context.Context) error {
	var unwanted []string
	err := c.store.View(ctx, func(tx store.Tx) error {
		unwanted = nil
		for row, err := range Contents.By(tx, "unheld") {
			if err != nil {
				return err
			}
			unwanted = append(unwanted, row.Value.Hash)
		}
		return nil
	})
	if err != nil || len(unwanted) == 0 || c.vault == nil {
		return err
	}
	if !c.still.TryLock() {
		return nil // at the end of it, whoever copies pokes
	}
	defer c.still.Unlock()
	c.keeping.Lock()
	defer c.keeping.Unlock()
	for _, hash := range unwanted {
		// First the record, then the bytes: a crash in between leaves bytes that the
		// next start finds, never a record without them.
		free := false
		err := c.store.Update(ctx, func(tx store.Tx) (err error) {
			if free, err = unheld(tx, hash); err != nil || !free {
				return err
			}
			return Contents.Delete(tx, hash)
		})
		if err != nil {
			return err
		}
		if !free {
			continue
		}
		if err := c.vault.Remove(ctx, hash); err != nil {
			return err
		}
	}
	return nil
}

// Still has all bytes stay where they are until release is called, so that whatever
// the records name can be copied in peace. New ones come in meanwhile.
func (c *Copier) Still() (release func()) {
	c.still.RLock()
	return sync.OnceFunc(func() {
		c.still.RUnlock()
		c.Poke()
	})
}

// sweep takes away bytes that no record knows, which a crash left behind.
func (c *Copier) sweep(ctx context.Context) error {
	if c.vault == nil {
		return nil
	}
	c.keeping.Lock()
	defer c.keeping.Unlock()
	for hash, err := range c.vault.All(ctx) {
		if err != nil {
			return err
		}
		known := false
		if err := c.store.View(ctx, func(tx store.Tx) (err error) {
			known, err = Contents.Has(tx, hash)
			return err
		}); err != nil {
			return err
		}
		if !known {
			if err := c.vault.Remove(ctx, hash); err != nil {
				return err
			}
		}
	}
	return nil
}

// Open gives the bytes of a file that is here. Errors: ErrNoContent.
func (c *Copier) Open(ctx context.Context, f File) (io.ReadCloser, error) {
	if c.vault == nil || f.Copy != Here {
		return nil, ErrNoContent
	}
	return c.vault.Open(ctx, f.Hash)
}

// holder names an item as one who holds on to bytes.
func holder(id ID) string { return "item/" + string(id) }

const failedKind = "evidence-failed"

// tellFailed tells the owner of an item that a file of it is not here.
func tellFailed(tx store.Tx, i Item, now time.Time) error {
	owner, err := personOf(tx, i.Owner)
	if err != nil {
		return err
	}
	key := failedKind + "/" + string(i.ID)
	if there, err := outbox.Table.Has(tx, key); err != nil || there {
		return errors.Join(err, outbox.Touch(tx, failedKind, string(i.ID)))
	}
	return outbox.Say(tx, outbox.Item{
		Key: key, Kind: failedKind, Record: string(i.ID), Person: string(i.Owner), Place: owner.Direct(i.Workspace),
	}, now)
}
