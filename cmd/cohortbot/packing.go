package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/bolt"
	"cohortbot/adapters/files"
	"cohortbot/adapters/openbadges"
	"cohortbot/bot/evidence"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// packing is a data folder that backups are made of. The program that has its stores
// open makes them, since nobody else can open them meanwhile.
type packing struct {
	data  string
	store *bolt.Store
	space *bolt.Store // of the local workspace; nil without one
	clock schedules.Clock
	still func() (release func()) // keeps files of evidence where they are
}

// packingFolder is what the names of folders begin with in which a backup is made
// ready. What a crash leaves there is of no use.
const packingFolder = "backing-up-"

// pack writes a backup to w. The stores are first copied to the disk, so that no read
// of theirs lasts as long as w takes.
func (p packing) pack(ctx context.Context, w io.Writer, keys bool) (m backups.Manifest, err error) {
	if p.still != nil {
		defer p.still()()
	}
	folder, err := os.MkdirTemp(p.data, packingFolder)
	if err != nil {
		return m, fmt.Errorf("there is no room to make a backup ready: %w", err)
	}
	defer os.RemoveAll(folder)
	m = backups.Manifest{Made: p.clock.Now().UTC().Round(0), Program: version(), Keys: keys, Versions: map[string]map[string]int{}}
	var contents []backups.Content
	stores := map[string]*bolt.Store{storeFile: p.store}
	if p.space != nil {
		stores[workspaceFile] = p.space
	}
	for _, name := range slices.Sorted(maps.Keys(stores)) {
		path := filepath.Join(folder, name)
		if err := stores[name].Snapshot(ctx, path); err != nil {
			return m, err
		}
		var kept []evidence.Content
		if m.Versions[name], kept, err = inside(ctx, path, name == storeFile); err != nil {
			return m, fmt.Errorf("reading the copy of %s: %w", name, err)
		}
		contents = append(contents, backups.Content{Name: name, Open: opening(path)})
		for _, c := range kept {
			contents = append(contents, p.evidence(c.Hash))
		}
	}
	if erased := filepath.Join(p.data, files.ErasedFile); isThere(erased) {
		contents = append(contents, backups.Content{Name: files.ErasedFile, Open: opening(erased)})
	}
	if keys {
		contents = append(contents, backups.Content{Name: openbadges.KeyName, Open: opening(filepath.Join(p.data, openbadges.KeyName))})
	}
	return backups.Write(ctx, w, m, each(contents))
}

// inside gives the versions of the tables in a copy of a store, and what files of
// evidence its records hold on to.
func inside(ctx context.Context, path string, withFiles bool) (versions map[string]int, kept []evidence.Content, err error) {
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	err = s.View(ctx, func(tx store.Tx) error {
		if versions, err = store.Versions(tx); err != nil || !withFiles {
			return err
		}
		kept, err = evidence.Kept(tx)
		return err
	})
	return versions, kept, errors.Join(err, s.Close())
}

func (p packing) evidence(hash string) backups.Content {
	kept := files.Look(filepath.Join(p.data, filesFolder))
	return backups.Content{
		Name: filesFolder + "/" + hash[:2] + "/" + hash, SHA256: hash, Dense: true,
		Open: func() (io.ReadCloser, error) {
			r, err := kept.Open(context.Background(), hash)
			if errors.Is(err, evidence.ErrNoContent) {
				return nil, fs.ErrNotExist
			}
			return r, err
		},
	}
}

func opening(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}

func each(contents []backups.Content) iter.Seq2[backups.Content, error] {
	return func(yield func(backups.Content, error) bool) {
		for _, c := range contents {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// tidyPacking takes away what a crash left of backups that were being made ready.
func tidyPacking(data string) error {
	left, err := filepath.Glob(filepath.Join(data, packingFolder+"*"))
	for _, folder := range left {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return err
}

func mainStore(data string) string { return filepath.Join(data, storeFile) }

// version is that of the program.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// backupNote is what the program keeps of the last backup that it made.
type backupNote struct {
	At    time.Time `json:"at"`    // when it was whole, in the civil clock
	Bytes int64     `json:"bytes"` // how large it was
}

// operatorTable keeps what is about running the program, by what it is.
var operatorTable = store.NewTable[string, backupNote]("operator", 1)

const lastBackup = "last backup"

// noteBackup keeps that a backup was made.
func noteBackup(ctx context.Context, s store.Store, n backupNote) error {
	return s.Update(ctx, func(tx store.Tx) error { return operatorTable.Put(tx, lastBackup, n) })
}

// latestBackup gives the last backup; the zero one where there was none.
func latestBackup(ctx context.Context, s store.Store) (n backupNote, err error) {
	err = s.View(ctx, func(tx store.Tx) error {
		n, err = operatorTable.Get(tx, lastBackup)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return n, err
}

// counted counts what is written through it.
type counted struct {
	io.Writer
	n int64
}

// Write writes, and counts.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n += int64(n)
	return n, err
}
