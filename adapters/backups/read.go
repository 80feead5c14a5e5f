package backups

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// Backup is an open backup.
type Backup struct {
	Manifest
	path string
	file *os.File
	size int64
	zip  *zip.Reader
}

// mostManifest is how large a manifest may be: about a million entries.
const mostManifest = 256 << 20

// Open opens the backup at path and reads its manifest. What it holds is not looked
// at yet; see [Backup.Check]. Errors: ErrNone, ErrCut, ErrNewer and those of the
// file system.
func Open(path string) (_ *Backup, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b := &Backup{path: path, file: file}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: %w", path, ErrNone)
	}
	b.size = info.Size()
	if b.zip, err = zip.NewReader(file, b.size); err != nil {
		if Begins(file) {
			return nil, fmt.Errorf("%s: %w; take another backup, this one holds nothing that can be relied on", path, ErrCut)
		}
		return nil, fmt.Errorf("%s: %w", path, ErrNone)
	}
	return b, b.manifest()
}

// Begins tells whether a file begins as a backup does.
func Begins(r io.ReaderAt) bool {
	head := make([]byte, 30+len(aboutName)) // of a local file header, and the name
	if _, err := r.ReadAt(head, 0); err != nil {
		return false
	}
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) && bytes.HasSuffix(head, []byte(aboutName))
}

func (b *Backup) manifest() error {
	i := slices.IndexFunc(b.zip.File, func(f *zip.File) bool { return f.Name == manifestName })
	if i < 0 {
		return fmt.Errorf("%s: %w", b.path, ErrNone)
	}
	damaged := func(err error) error {
		return fmt.Errorf("%s: its manifest is damaged (%v): take another backup", b.path, err)
	}
	r, err := b.zip.File[i].Open()
	if err != nil {
		return damaged(err)
	}
	text, err := io.ReadAll(io.LimitReader(r, mostManifest))
	if err := errors.Join(err, r.Close()); err != nil {
		return damaged(err)
	}
	if err := json.Unmarshal(text, &b.Manifest); err != nil || b.Format < 1 {
		return damaged(errors.Join(err, errors.New("it cannot be read")))
	}
	if b.Format > Format {
		return fmt.Errorf("%s: %w: it has format %d, this program knows up to %d; run the newer version", b.path, ErrNewer, b.Format, Format)
	}
	return nil
}

// Close lets go of the file.
func (b *Backup) Close() error { return b.file.Close() }

// Fault is a place in a backup that is not as it was made.
type Fault struct{ Place, Said string }

// String says it in a line.
func (f Fault) String() string { return f.Place + ": " + f.Said }

// Check reads all of a backup and gives what is not as it was made; none where every
// byte is. Errors: those of reading, and of ctx.
func (b *Backup) Check(ctx context.Context) ([]Fault, error) {
	var faults []Fault
	sound, err := b.sealed(ctx)
	if err != nil {
		return nil, err
	}
	if !sound {
		faults = append(faults, Fault{filepath.Base(b.path), "its hash is not the one that stands at its end: it was changed, or damaged"})
	}
	err = b.each(ctx, func(e Entry, read func(io.Writer) error) error {
		if err := read(io.Discard); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			faults = append(faults, Fault{e.Name, err.Error()})
		}
		return nil
	})
	var shape shapeError
	if errors.As(err, &shape) {
		return append(faults, Fault{manifestName, string(shape)}), nil
	}
	return faults, err
}

// sealed tells whether the hash at the end is that of all before it.
func (b *Backup) sealed(ctx context.Context) (bool, error) {
	if b.size < sealSize {
		return false, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, patient{ctx, io.NewSectionReader(b.file, 0, b.size-sealSize)}); err != nil {
		return false, err
	}
	seal := make([]byte, sealSize)
	_, err := b.file.ReadAt(seal, b.size-sealSize)
	return string(seal) == hex.EncodeToString(sum.Sum(nil)), err
}

// shapeError is a manifest and a zip that do not belong together.
type shapeError string

// Error says what does not fit.
func (e shapeError) Error() string { return string(e) }

// fits are the names that an entry can have: nothing that leads out of a folder, or
// means something to a system.
var fits = regexp.MustCompile(`^([a-z0-9][a-z0-9_-]*/){0,3}[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)*$`)

// each goes over the entries. read copies one, and fails where it is not what the
// manifest says.
func (b *Backup) each(ctx context.Context, fn func(e Entry, read func(io.Writer) error) error) error {
	if n := len(b.zip.File); n != len(b.Entries)+2 || b.zip.File[0].Name != aboutName || b.zip.File[n-1].Name != manifestName {
		return shapeError("it does not list what is in the backup")
	}
	seen := map[string]bool{}
	for i, e := range b.Entries {
		f := b.zip.File[i+1]
		switch {
		case f.Name != e.Name:
			return shapeError("it does not list what is in the backup")
		case !fits.MatchString(e.Name) || seen[e.Name]:
			return shapeError("it has an entry whose name cannot be, or stands twice")
		}
		seen[e.Name] = true
		read := func(w io.Writer) error {
			r, err := f.Open()
			if err != nil {
				return fmt.Errorf("it is damaged (%w)", err)
			}
			sum := sha256.New()
			n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(patient{ctx, r}, e.Size+1))
			switch err = errors.Join(err, r.Close()); {
			case err != nil:
				return fmt.Errorf("it is damaged (%w)", err)
			case n != e.Size || hex.EncodeToString(sum.Sum(nil)) != e.SHA256:
				return errors.New("it is not what was packed")
			}
			return nil
		}
		if err := fn(e, read); err != nil {
			return err
		}
	}
	return nil
}

// Unpack writes what the backup holds into a folder that is made for it, durably,
// and checks each file on the way. What was lost when the backup was made is left
// out. Where it fails the folder stays, half filled.
func (b *Backup) Unpack(ctx context.Context, folder string) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	folders := map[string]bool{folder: true}
	err := b.each(ctx, func(e Entry, read func(io.Writer) error) error {
		if slices.Contains(b.Lost, e.Name) {
			return nil
		}
		path := filepath.Join(folder, filepath.FromSlash(e.Name))
		for dir := filepath.Dir(path); !folders[dir]; dir = filepath.Dir(dir) {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			folders[dir] = true
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(read(f), f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for dir := range folders {
		if err := SyncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}
