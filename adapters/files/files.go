// Package files keeps the bytes of evidence in a folder, each file under the hash
// of what it holds, so that the same bytes are kept once and a changed byte shows.
// What a file was called is kept elsewhere and never reaches the disk. Start reading
// at [Folder].
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"

	"cohortbot/bot/evidence"
)

// Folder is a [evidence.Vault] on the disk. A hash stands in a folder of its first
// two letters; what is being written stands in "new".
type Folder struct{ root string }

var _ evidence.Vault = (*Folder)(nil)

// writing is the folder of what is not whole yet. Its name is no hash's beginning.
const writing = "new"

// Open opens a folder, makes it where it is missing, and takes away what a crash
// left half written. One process at a time may use it.
func Open(root string) (*Folder, error) {
	if err := os.RemoveAll(filepath.Join(root, writing)); err != nil {
		return nil, fmt.Errorf("the folder for files cannot be readied: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(root, writing), 0o700); err != nil {
		return nil, fmt.Errorf("the folder for files cannot be made: %w", err)
	}
	return &Folder{root: root}, nil
}

// Look gives a folder to be read alone: nothing is made or taken away.
func Look(root string) *Folder { return &Folder{root: root} }

// Keep copies r to the disk: it is whole and durable there when Keep returns. Of a
// file that is too large, or whose reader fails, nothing stays.
func (f *Folder) Keep(ctx context.Context, r io.Reader, most int64) (c evidence.Content, err error) {
	temp, err := os.CreateTemp(filepath.Join(f.root, writing), "")
	if err != nil {
		return c, err
	}
	defer func() {
		_ = temp.Close() // closed already unless something failed
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	sum, head := sha256.New(), &beginning{}
	c.Size, err = io.Copy(io.MultiWriter(temp, sum, head), io.LimitReader(patient{ctx, r}, most+1))
	switch {
	case err != nil:
		return c, err
	case c.Size > most:
		return c, evidence.ErrTooLarge
	}
	c.Hash, c.Looks = hex.EncodeToString(sum.Sum(nil)), http.DetectContentType(head.bytes)
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return c, err
	}
	return c, f.settle(temp.Name(), c.Hash)
}

// settle moves a whole file to its place, and has the disk know of it.
func (f *Folder) settle(temp, hash string) error {
	folder := filepath.Dir(f.path(hash))
	if err := os.Mkdir(folder, 0o700); err == nil {
		if err := sync(f.root); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(temp, f.path(hash)); err != nil {
		return err
	}
	return sync(folder)
}

// Open gives the bytes of a file.
func (f *Folder) Open(_ context.Context, hash string) (io.ReadCloser, error) {
	if !whole.MatchString(hash) {
		return nil, evidence.ErrNoContent
	}
	opened, err := os.Open(f.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, evidence.ErrNoContent
	}
	return opened, err
}

// Remove takes a file away.
func (f *Folder) Remove(_ context.Context, hash string) error {
	if !whole.MatchString(hash) {
		return nil
	}
	if err := os.Remove(f.path(hash)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return sync(filepath.Dir(f.path(hash)))
}

// All gives the hash of every file. What else stands in the folder is left alone.
func (f *Folder) All(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		folders, err := os.ReadDir(f.root)
		if err != nil {
			yield("", err)
			return
		}
		for _, folder := range folders {
			if !folder.IsDir() || folder.Name() == writing {
				continue
			}
			names, err := os.ReadDir(filepath.Join(f.root, folder.Name()))
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield("", err)
				return
			}
			for _, n := range names {
				if whole.MatchString(n.Name()) && !yield(n.Name(), nil) {
					return
				}
			}
		}
	}
}

// whole is what a hash looks like. Nothing else ever becomes part of a path.
var whole = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (f *Folder) path(hash string) string { return filepath.Join(f.root, hash[:2], hash) }

// sync has the disk know of the names in a folder. Windows has nothing of the kind.
func sync(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sniffed is how many bytes tell what a file looks like.
const sniffed = 512

// beginning keeps the first bytes that are written to it.
type beginning struct{ bytes []byte }

// Write never fails.
func (b *beginning) Write(p []byte) (int, error) {
	b.bytes = append(b.bytes, p[:min(len(p), sniffed-len(b.bytes))]...)
	return len(p), nil
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on, unless the context has ended.
func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
