package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/bolt"
	"cohortbot/adapters/openbadges"
)

type backupCommand struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file."`
	Keys   bool   `help:"Put the signing key in, too. Whoever has the backup can then sign as you."`
	To     string `arg:"" help:"The file to write, or a folder to write one into. It must not be there yet."`
}

// backupNames is what backups are called that nobody named: by when they were made.
const (
	backupNames  = "cohortbot-20060102T150405Z.zip"
	backupPrefix = "cohortbot-"
)

// Run writes everything that is kept into one file, whether the program runs or not.
func (c *backupCommand) Run(m *Main) error {
	data, err := dataOf(c.Config)
	if err != nil {
		return err
	}
	to := c.To
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		to = filepath.Join(to, m.clock.Now().UTC().Format(backupNames))
	}
	if err := backups.Place(to, func(w io.Writer) error { return writeBackup(m.ctx, m, data, w, c.Keys) }); err != nil {
		switch {
		case errors.Is(err, fs.ErrExist):
			return fmt.Errorf("%s is there already; name another file, so that no backup is lost for a new one", to)
		case errors.Is(err, fs.ErrNotExist) && !isThere(filepath.Dir(to)):
			return fmt.Errorf("there is no folder %s; make it first", filepath.Dir(to))
		case errors.Is(err, io.ErrUnexpectedEOF):
			return errors.New("the running program broke the backup off; its log says why. Nothing was written")
		}
		return err
	}
	return c.tell(m, to)
}

// writeBackup has the running program write a backup, or where none runs, does so.
func writeBackup(ctx context.Context, m *Main, data string, w io.Writer, keys bool) error {
	order := "backup"
	if keys {
		order += "?keys"
	}
	body, err := askProgram(ctx, data, http.MethodPost, order)
	if err == nil {
		_, err = io.Copy(w, body)
		return errors.Join(err, body.Close())
	}
	if !errors.Is(err, errNotRunning) {
		return err
	}
	if !isThere(filepath.Join(data, storeFile)) {
		return fmt.Errorf("there is nothing to back up: %s holds no store. Look at \"data\" in the configuration", data)
	}
	p := packing{data: data, clock: m.clock}
	if p.store, err = openStore(data, storeFile, nil); err != nil {
		if errors.Is(err, bolt.ErrLocked) {
			return fmt.Errorf("a program has the store open and cannot be asked: it is just starting or stopping, or is another than cohortbot serve. Try again in a moment (%w)", err)
		}
		return err
	}
	defer func() { _ = p.store.Close() }() // it was only read, but for the note
	if isThere(filepath.Join(data, workspaceFile)) {
		if p.space, err = openStore(data, workspaceFile, nil); err != nil {
			return err
		}
		defer func() { _ = p.space.Close() }() // it was only read
	}
	if err := tidyPacking(data); err != nil {
		return err
	}
	to := &counted{Writer: w}
	if _, err := p.pack(ctx, to, keys); err != nil {
		return err
	}
	return noteBackup(ctx, p.store, backupNote{At: m.clock.Now(), Bytes: to.n})
}

// tell reads the backup once more, and says what is in it.
func (c *backupCommand) tell(m *Main, path string) error {
	b, err := backups.Open(path)
	if err != nil {
		return err
	}
	defer b.Close()
	faults, err := b.Check(m.ctx)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s was written and cannot be read back: %s. Look at the disk, and write it somewhere else", path, faults[0])
	}
	count, size := contained(b.Manifest)
	fmt.Fprintf(m.out, "Backed up to %s: %s, %s of evidence. It was read back and is whole.\n", path, bytesIn(size), counting(count, "file", "files"))
	if c.Keys {
		fmt.Fprintf(m.out, "The signing key is in it: whoever has this file can sign as you.\n")
	} else {
		fmt.Fprintf(m.out, "The signing key isn't in it, nor are the configuration and the tokens. Keep a copy of %s, or say --keys.\n", openbadges.KeyName)
	}
	return tellLost(m, b.Manifest)
}

// tellLost says what should have been in a backup.
func tellLost(m *Main, of backups.Manifest) error {
	if len(of.Lost) == 0 {
		return nil
	}
	fmt.Fprintf(m.err, "Not there, or not whole, when it was made: %s. All else is in the backup.\n", strings.Join(of.Lost, ", "))
	return nil
}

// contained gives the number of files of evidence in a backup, and the bytes of all.
func contained(m backups.Manifest) (evidence int, size int64) {
	for _, e := range m.Entries {
		if strings.HasPrefix(e.Name, filesFolder+"/") {
			evidence++
		}
		size += e.Size
	}
	return evidence, size
}

// bytesIn says an amount of data as people do.
func bytesIn(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}} {
		if n >= unit.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(unit.size), unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

func counting(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// stamp makes part of a file's name of a time.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
