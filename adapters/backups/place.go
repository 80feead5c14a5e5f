package backups

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Place writes a file whole or not at all, for its owner alone, and never over
// another. fn writes the bytes. Errors: fs.ErrExist where there is one already,
// and those of fn and the file system.
func Place(path string, fn func(io.Writer) error) (err error) {
	folder := filepath.Dir(path)
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	f, err := os.CreateTemp(folder, Unfinished+"*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = fn(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, does not replace what came there meanwhile.
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return err
	} else if err != nil {
		if err := os.Rename(f.Name(), path); err != nil { // no links on this file system
			return err
		}
	}
	return SyncFolder(folder)
}

// Unfinished is what the name of a file begins with that [Place] has not finished.
const Unfinished = ".cohortbot-backup-"

// SyncFolder makes the names in a folder as durable as the files.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
