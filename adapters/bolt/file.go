package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"cohortbot/bot/store"
)

// ErrLocked means that another process has the file open.
var ErrLocked = errors.New("in use by another process")

// format is the layout of the file that this program writes, and the newest that
// it reads. It rises when an older program would misread the file.
const format = 1

var (
	rowsBucket = []byte("rows")
	fileBucket = []byte("file")
	formatKey  = []byte("format")
)

// lockWait is how long another process may take to let go of the file, as one
// that is just stopping does.
const lockWait = time.Second

// mapSize is the address space set aside for the file, so that growing it need
// not wait until no View is open. It is not memory and not disk.
var mapSize int64 = 16 << 30

func openFile(path string, o Options) (*bolt.DB, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !o.ReadOnly:
		if err := create(path, o); err != nil {
			return nil, explainFile(path, err)
		}
	case err != nil:
		return nil, explainFile(path, err)
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder: name a file in it, such as %s", path, filepath.Join(path, "cohortbot.db"))
	case info.Size() == 0: // bbolt would take it for a new file, and it may be one that lost everything
		return nil, explainFile(path, damage("the file is empty; if it never held anything, remove it"))
	}
	if err := inspect(path); err != nil {
		return nil, explainFile(path, err)
	}
	db, err := openBolt(path, o)
	if err != nil {
		return nil, explainFile(path, err)
	}
	if o.ReadOnly {
		return db, nil
	}
	// The lock on the file is ours from here on: what stands beside it is left over.
	if err := errors.Join(tighten(path, o), removeLeftOver(path)); err != nil {
		return nil, errors.Join(explainFile(path, err), db.Close())
	}
	return db, nil
}

func openBolt(path string, o Options) (db *bolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil { // bbolt's word for damage that verify did not find
			err = damage("%v", p)
		}
	}()
	options := bolt.Options{
		Timeout:        lockWait,
		NoSync:         o.NoSync,
		ReadOnly:       o.ReadOnly,
		NoFreelistSync: true,
		FreelistType:   bolt.FreelistMapType,
		NoStatistics:   true,
	}
	// Windows grows the file to the size of the map; 32 bits cannot hold it.
	if strconv.IntSize == 64 && runtime.GOOS != "windows" && !o.ReadOnly {
		options.InitialMmapSize = int(mapSize)
	}
	db, err = bolt.Open(path, 0o600, &options)
	if errors.Is(err, syscall.ENOMEM) {
		// The process may not have that much address space (ulimit -v). Then
		// growing waits for open Views, and all else is the same.
		options.InitialMmapSize = 0
		db, err = bolt.Open(path, 0o600, &options)
	}
	return db, err
}

// create makes the file whole under another name and only then gives it its own,
// so that a crash in between leaves no half of one.
func create(path string, o Options) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Close(); err != nil {
		return err
	}
	db, err := openBolt(temp.Name(), o)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucket(rowsBucket); err != nil {
			return err
		}
		file, err := tx.CreateBucket(fileBucket)
		if err != nil {
			return err
		}
		return file.Put(formatKey, []byte(strconv.Itoa(format)))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, does not replace a file that another process made
	// meanwhile; that one is then opened.
	if err := os.Link(temp.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	} else if err != nil {
		if err := os.Rename(temp.Name(), path); err != nil { // no links on this file system
			return err
		}
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the name of a new file as durable as its contents.
func syncFolder(path string) error {
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

// inspect opens the file for reading alone, and returns why it must not be
// opened for writing, if it must not.
func inspect(path string) error {
	db, err := bolt.Open(path, 0, &bolt.Options{Timeout: lockWait, ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := verify(path); err != nil {
		return err
	}
	return db.View(func(tx *bolt.Tx) error {
		file, rows := tx.Bucket(fileBucket), tx.Bucket(rowsBucket)
		if file == nil || rows == nil {
			return errors.New("this is a bbolt file, but not one of this program; name another file")
		}
		kept, err := strconv.Atoi(string(file.Get(formatKey)))
		if err != nil || kept < 1 {
			return fmt.Errorf("%w: its format cannot be read", store.ErrCorrupt)
		}
		if kept > format {
			return fmt.Errorf("%w: the file has format %d, this program knows up to %d; run the newer version, nothing was changed", store.ErrNewer, kept, format)
		}
		return nil
	})
}

// tighten takes from others what they should never have had: what people wrote
// is readable by the program's own account alone.
func tighten(path string, o Options) error {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	if o.Log != nil {
		o.Log.Warn("the store was open to other accounts of this machine; it is now closed to them", "file", path, "mode", info.Mode().Perm().String())
	}
	return nil
}

// explainFile says what is wrong with the file at path and what to do about it.
func explainFile(path string, err error) error {
	folder := filepath.Dir(path)
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%s: %w: stop the other cohortbot that uses it, or name another file", path, ErrLocked)
	case errors.Is(err, fs.ErrNotExist) && exists(folder):
		return fmt.Errorf("%s: there is no such file: %w", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no folder %s: make it first (mkdir -p %s), or name another file: %w", path, folder, folder, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: this account may not write there: give it the file and its folder, or name another file: %w", path, err)
	case isFull(err):
		return fmt.Errorf("%s: %w: make room on it, then start again (%v)", path, store.ErrFull, err)
	case errors.Is(err, store.ErrCorrupt):
		return fmt.Errorf("%s: %w; the file was left as it is: restore the latest backup", path, err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch),
		strings.Contains(err.Error(), "file size too small"): // bbolt has no value for this one
		return fmt.Errorf("%s: %w, or not a store at all (%v); the file was left as it is: restore the latest backup, or name another file", path, store.ErrCorrupt, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// isFull reports whether the disk, a quota or a limit on the file's size said
// no. bbolt keeps only the words of some of these errors.
func isFull(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}
