package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/bolt"
	"cohortbot/adapters/files"
	"cohortbot/adapters/openbadges"
	"cohortbot/adapters/web"
	"cohortbot/bot"
	"cohortbot/bot/evidence"
	"cohortbot/bot/privacy"
	"cohortbot/bot/research"
	"cohortbot/bot/store"
)

type restoreCommand struct {
	Config  string `required:"" placeholder:"FILE" help:"The configuration file."`
	Replace bool   `help:"Put the backup in the place of what the data folder holds, which is set aside in a folder beside it."`
	From    string `arg:"" help:"The backup."`
}

// Names in a data folder that is being restored.
const (
	restoringMark   = "restoring"  // while it stands there, what is around it is half old and half new
	unpackingFolder = "unpacking-" // what the names of folders with a backup's contents begin with
	replacedFolder  = "replaced-"  // likewise, of what was there before
)

// halfRestored says what to do about a data folder in which a restore was cut off.
func halfRestored(data string) error {
	if !isThere(filepath.Join(data, restoringMark)) {
		return nil
	}
	return fmt.Errorf("%s is being restored, or a restore was cut off there: its parts may not belong together. Run cohortbot restore --replace again; what was there before is in a folder %s…", data, replacedFolder)
}

// Run puts a backup back. Everything is unpacked beside the data and checked there;
// until all of it is found good, nothing is changed.
func (c *restoreCommand) Run(m *Main) (err error) {
	data, err := dataOf(c.Config)
	if err != nil {
		return err
	}
	if body, err := askProgram(m.ctx, data, http.MethodGet, ""); !errors.Is(err, errNotRunning) {
		if body != nil {
			_ = body.Close() // nothing was asked for
		}
		return errors.New("cohortbot runs on this data folder: stop it first, then restore; nothing was changed")
	}
	b, err := backups.Open(c.From)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := whole(m, b, c.From); err != nil {
		return err
	}
	release, err := c.hold(m, data)
	if err != nil {
		return err
	}
	defer release()
	staged, err := unpack(m, b, data)
	if staged != "" {
		defer os.RemoveAll(staged)
	}
	if err != nil {
		return err
	}
	again, err := eraseAgain(m, data, staged)
	if err != nil {
		return fmt.Errorf("those who were erased since cannot be erased again, and nothing was changed: %w", err)
	}
	if err := notePutBack(m, staged, b.Made); err != nil {
		return fmt.Errorf("that it was put back cannot be noted, and nothing was changed: %w", err)
	}
	aside, err := swap(data, staged, stamp(m.clock.Now()), release)
	if err != nil {
		return fmt.Errorf("the restore was cut off: %w. Put that right, then run it again with --replace", err)
	}
	count, size := contained(b.Manifest)
	fmt.Fprintf(m.out, "Restored what was kept on %s: %s, %s of evidence.\n", b.Made.Format("2 January 2006 at 15:04 MST"), bytesIn(size), counting(count, "file", "files"))
	if aside != "" {
		fmt.Fprintf(m.out, "What was there before is in %s. Remove it when you no longer need it.\n", aside)
	}
	if again > 0 {
		fmt.Fprintf(m.out, "Erased again from it: %s who had asked for that.\n", counting(again, "person", "people"))
	}
	if !b.Keys && !isThere(filepath.Join(data, openbadges.KeyName)) {
		fmt.Fprintf(m.out, "There is no signing key in the backup: put your own %s there before you start, or a new one is made.\n", openbadges.KeyName)
	}
	fmt.Fprintln(m.out, "What happened since then is not in it. Start the program; what fell due meanwhile is done where it is still useful.")
	return tellLost(m, b.Manifest)
}

// whole fails where a backup is not as it was made.
func whole(m *Main, b *backups.Backup, path string) error {
	faults, err := b.Check(m.ctx)
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(m.err, f)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s is not as it was made, and nothing was changed: take another backup", path)
	}
	return nil
}

// hold makes the data folder where it is missing, and keeps other programs from its
// store, if there is one. It refuses a folder that holds something.
func (c *restoreCommand) hold(m *Main, data string) (release func(), err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	for _, name := range []string{storeFile, workspaceFile, filesFolder, restoringMark} {
		if isThere(filepath.Join(data, name)) && !c.Replace {
			return nil, fmt.Errorf("%s holds data already (%s), and nothing was changed. --replace puts the backup in its place and sets aside what is there", data, name)
		}
	}
	path := filepath.Join(data, storeFile)
	if !isThere(path) {
		return func() {}, nil
	}
	old, err := bolt.Open(path, bolt.Options{})
	switch {
	case errors.Is(err, bolt.ErrLocked):
		return nil, fmt.Errorf("another program has the store open: stop it first; nothing was changed (%w)", err)
	case err != nil:
		return func() {}, nil // damaged, and so the reason to restore: it is set aside as it is
	}
	release = func() { _ = old.Close() } // a second time it is closed already
	if err := rememberErased(m.ctx, old, files.OpenErased(data)); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// rememberErased writes into the ledger who was erased from a store that is to go, as
// far as the program had not come to it.
func rememberErased(ctx context.Context, old store.Store, ledger privacy.Ledger) error {
	var open []privacy.Erased
	err := old.View(ctx, func(tx store.Tx) error {
		open = nil
		for row, err := range privacy.Erasures.All(tx) {
			if err != nil {
				return nil // it is damaged: what can be read is remembered
			}
			if !row.Value.Left {
				open = append(open, privacy.Erased{Person: row.Value.Person, At: row.Value.At, Accounts: row.Value.Accounts})
			}
		}
		return nil
	})
	for _, e := range open {
		err = errors.Join(err, ledger.Add(ctx, e))
	}
	return err
}

// eraseAgain erases from what is staged whoever the ledger of the data folder or that
// of the backup names, so that nothing of them is put back, and gives how many those
// were.
func eraseAgain(m *Main, data, staged string) (again int, err error) {
	ledger := files.OpenErased(data)
	brought, err := files.OpenErased(staged).All(m.ctx)
	for _, e := range brought {
		err = errors.Join(err, ledger.Add(m.ctx, e))
	}
	if err != nil {
		return 0, err
	}
	s, err := bolt.Open(mainStore(staged), bolt.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	kept := files.Look(filepath.Join(staged, filesFolder))
	o := bot.Options{Store: s, Clock: m.clock, Log: slog.New(slog.DiscardHandler), Files: kept}
	b, err := bot.New(m.ctx, o) // readies the store, as a start does
	if err != nil {
		return 0, err
	}
	if err := forgetNotes(m.ctx, s); err != nil {
		return 0, err
	}
	if again, err = b.ReplayFrom(m.ctx, ledger); err != nil || again == 0 {
		return again, err
	}
	var held []evidence.Content
	if err := s.View(m.ctx, func(tx store.Tx) (err error) { held, err = evidence.Kept(tx); return err }); err != nil {
		return again, err
	}
	for hash, err := range kept.All(m.ctx) {
		if errors.Is(err, os.ErrNotExist) {
			break // there are no files
		}
		if err == nil && !slices.ContainsFunc(held, func(c evidence.Content) bool { return c.Hash == hash }) {
			err = kept.Remove(m.ctx, hash)
		}
		if err != nil {
			return again, err
		}
	}
	return again, s.Compact(m.ctx)
}

// notePutBack notes in what is staged of when the backup is, since a release for
// research may have been made after it.
func notePutBack(m *Main, staged string, made time.Time) (err error) {
	s, err := bolt.Open(mainStore(staged), bolt.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Update(m.ctx, func(tx store.Tx) error { return research.PutBack(tx, made, m.clock.Now()) })
}

// unpack puts what a backup holds into a folder in the data folder, and checks all of
// it there, as the program would read it.
func unpack(m *Main, b *backups.Backup, data string) (staged string, err error) {
	left, err := filepath.Glob(filepath.Join(data, unpackingFolder+"*"))
	for _, folder := range left {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	if err != nil {
		return "", err
	}
	staged = filepath.Join(data, unpackingFolder+stamp(m.clock.Now()))
	if err := b.Unpack(m.ctx, staged); err != nil {
		return staged, fmt.Errorf("unpacking %s: %w; nothing was changed", filepath.Base(data), err)
	}
	if !isThere(filepath.Join(staged, storeFile)) {
		return staged, errors.New("there is no store in this backup, and nothing was changed")
	}
	_, faults, err := verifyFolder(m.ctx, staged)
	if err != nil {
		return staged, err
	}
	n := 0
	for _, f := range faults {
		if hash, isFile := strings.CutPrefix(f.Place, "file "); isFile && lost(b.Manifest, hash) {
			continue // the backup says so itself, and so will we
		}
		n++
		fmt.Fprintf(m.err, "%s: %s: %s\n", f.Place, f.Said, f.Remedy)
	}
	if n > 0 {
		return staged, fmt.Errorf("what is in this backup is not fit to go on with (%s), and nothing was changed", counting(n, "fault", "faults"))
	}
	return staged, nil
}

func lost(m backups.Manifest, hash string) bool {
	for _, name := range m.Lost {
		if strings.HasSuffix(name, "/"+hash) {
			return true
		}
	}
	return false
}

// swap puts what is staged in the place of what is there, which goes into a folder of
// its own. A crash in between leaves a mark that the program refuses to start with.
func swap(data, staged, at string, release func()) (aside string, err error) {
	mark := filepath.Join(data, restoringMark)
	if err := os.MkdirAll(mark, 0o700); err != nil {
		return "", err
	}
	if err := backups.SyncFolder(data); err != nil {
		return "", err
	}
	if runtime.GOOS == "windows" {
		release() // an open file cannot be moved there
	}
	names := []string{workspaceFile, filesFolder, storeFile}
	if isThere(filepath.Join(staged, openbadges.KeyName)) {
		names = append(names, openbadges.KeyName)
	}
	for _, name := range names {
		from := filepath.Join(data, name)
		if !isThere(from) {
			continue
		}
		if aside == "" {
			aside = filepath.Join(data, replacedFolder+at)
			if err := os.MkdirAll(aside, 0o700); err != nil {
				return aside, err
			}
		}
		if err := os.Rename(from, filepath.Join(aside, name)); err != nil {
			return aside, err
		}
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(staged, name), filepath.Join(data, name)); err != nil && !os.IsNotExist(err) {
			return aside, err
		}
	}
	if err := backups.SyncFolder(data); err != nil {
		return aside, err
	}
	if err := os.Remove(mark); err != nil {
		return aside, err
	}
	return aside, backups.SyncFolder(data)
}

// verifyFolder checks a data folder that no program has open, and changes nothing.
func verifyFolder(ctx context.Context, data string) (sound bot.Sound, faults []bot.Fault, err error) {
	sound, faults, err = verifyStore(ctx, filepath.Join(data, storeFile), filepath.Join(data, filesFolder))
	if err != nil || !isThere(filepath.Join(data, workspaceFile)) {
		return sound, faults, err
	}
	space, more, err := verifyStore(ctx, filepath.Join(data, workspaceFile), "")
	sound.Records += space.Records
	return sound, append(faults, more...), err
}

// verifyStore checks one store: the file by bbolt's own check, then all that is in
// it, with the files of evidence in a folder where one is named.
func verifyStore(ctx context.Context, path, evidence string) (sound bot.Sound, faults []bot.Fault, err error) {
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrNewer) {
		return sound, []bot.Fault{{Place: path, Said: err.Error(), Remedy: "it was left as it is"}}, nil
	}
	if err != nil {
		return sound, nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Check(ctx); err != nil {
		if ctx.Err() != nil {
			return sound, nil, ctx.Err()
		}
		return sound, []bot.Fault{{Place: path, Said: err.Error(), Remedy: "restore the latest backup that passes cohortbot verify"}}, nil
	}
	if filepath.Base(path) == workspaceFile {
		err = s.View(ctx, func(tx store.Tx) error {
			n, found, err := store.Verify(ctx, tx, append(web.Tables(), demoTable)...)
			for _, f := range found {
				faults = append(faults, bot.Fault{Place: workspaceFile, Said: f.Error(), Remedy: "restore the latest backup that passes cohortbot verify"})
			}
			sound.Records = n
			return err
		})
		return sound, faults, err
	}
	if evidence != "" {
		return bot.Verify(ctx, s, files.Look(evidence), notesTable, operatorTable)
	}
	return bot.Verify(ctx, s, nil, notesTable, operatorTable)
}
