package backups_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/backups"
)

// hello is the SHA-256 of "hello".
const hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func text(name, s string) backups.Content {
	return backups.Content{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }}
}

func all(contents ...backups.Content) iter.Seq2[backups.Content, error] {
	return func(yield func(backups.Content, error) bool) {
		for _, c := range contents {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// packed gives the bytes of a backup.
func packed(t *testing.T, contents ...backups.Content) []byte {
	t.Helper()
	var b bytes.Buffer
	m := backups.Manifest{Made: time.Date(2031, 2, 5, 10, 0, 0, 0, time.UTC), Program: "v1"}
	if _, err := backups.Write(t.Context(), &b, m, all(contents...)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sample(t *testing.T) []byte {
	kept := text("files/2c/"+hello, "hello")
	kept.SHA256, kept.Dense = hello, true
	return packed(t, text("cohortbot.db", strings.Repeat("a store ", 200)), kept)
}

func written(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup.zip")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// faults opens and checks a backup, and gives what is wrong, in words.
func faults(t *testing.T, data []byte) []string {
	t.Helper()
	b, err := backups.Open(written(t, data))
	if err != nil {
		return []string{err.Error()}
	}
	defer b.Close()
	found, err := b.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range found {
		said = append(said, f.String())
	}
	return said
}

func TestWhatWasPackedIsUnpacked(t *testing.T) {
	b, err := backups.Open(written(t, sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if found := faults(t, sample(t)); len(found) > 0 {
		t.Errorf("faults in what nobody touched: %q", found)
	}
	folder := filepath.Join(t.TempDir(), "data")
	if err := b.Unpack(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"cohortbot.db": strings.Repeat("a store ", 200), "files/2c/" + hello: "hello"} {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is open to others: %v, %v", name, info.Mode(), err)
		}
	}
}

// Whatever byte is another, wherever it stands: no backup passes.
func TestAByteChangedAnywhereIsFound(t *testing.T) {
	whole := sample(t)
	for i := range whole {
		data := bytes.Clone(whole)
		data[i] ^= 1 << (i % 8)
		if len(faults(t, data)) == 0 {
			t.Errorf("byte %d of %d was changed, and nothing was found", i, len(whole))
		}
	}
}

func TestAnEndThatIsMissingIsFound(t *testing.T) {
	whole := sample(t)
	for n := range whole {
		found := faults(t, whole[:n])
		if len(found) == 0 {
			t.Fatalf("the first %d of %d bytes pass", n, len(whole))
		}
		if n > 100 && !strings.Contains(found[0], "cut off") {
			t.Errorf("the first %d of %d bytes: %q does not say that it was cut off", n, len(whole), found)
		}
	}
}

func TestAChangedEntryIsNamed(t *testing.T) {
	data := bytes.Replace(sample(t), []byte("hello"), []byte("jello"), 1)
	if found := fmt.Sprint(faults(t, data)); !strings.Contains(found, "files/2c/"+hello) {
		t.Errorf("%s does not name the file", found)
	}
}

func TestWhatIsNotWholeIsLostAndNotUnpacked(t *testing.T) {
	damaged := text("files/2c/"+hello, "jello")
	damaged.SHA256 = hello
	gone := backups.Content{Name: "files/ab/cd", Open: func() (io.ReadCloser, error) { return nil, fs.ErrNotExist }}
	data := packed(t, text("cohortbot.db", "a store"), damaged, gone)
	if found := faults(t, data); len(found) > 0 {
		t.Errorf("the backup itself is whole, and has faults: %q", found)
	}
	b, err := backups.Open(written(t, data))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if fmt.Sprint(b.Lost) != fmt.Sprint([]string{"files/2c/" + hello, "files/ab/cd"}) {
		t.Errorf("lost: %q", b.Lost)
	}
	folder := filepath.Join(t.TempDir(), "data")
	if err := b.Unpack(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "files")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a damaged file was unpacked: %v", err)
	}
}

// What leads out of the folder, or stands twice, is never unpacked.
func TestABackupCannotWriteElsewhere(t *testing.T) {
	for _, names := range [][]string{{"../evil"}, {"/evil"}, {`a\b`}, {"a/../../b"}, {"a//b"}, {"twice", "twice"}, {""}} {
		var contents []backups.Content
		for _, name := range names {
			contents = append(contents, text(name, "x"))
		}
		data := packed(t, contents...)
		if len(faults(t, data)) == 0 {
			t.Errorf("%q passes", names)
		}
		b, err := backups.Open(written(t, data))
		if err != nil {
			continue
		}
		parent := t.TempDir()
		if err := b.Unpack(t.Context(), filepath.Join(parent, "data")); err == nil {
			t.Errorf("%q was unpacked", names)
		}
		if there, _ := os.ReadDir(parent); len(there) != 1 {
			t.Errorf("%q: %d things beside the folder", names, len(there)-1)
		}
		b.Close()
	}
}

func TestOtherFilesAreNoBackups(t *testing.T) {
	for name, data := range map[string][]byte{"nothing": nil, "words": []byte("hello"), "a zip": []byte("PK\x05\x06" + strings.Repeat("\x00", 18))} {
		if _, err := backups.Open(written(t, data)); !errors.Is(err, backups.ErrNone) {
			t.Errorf("%s: %v, want ErrNone", name, err)
		}
	}
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "backup.zip")
	broken := errors.New("the disk is full")
	if err := backups.Place(path, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v, want the cause", err)
	}
	if there, _ := os.ReadDir(folder); len(there) > 0 {
		t.Errorf("left behind: %v", there)
	}
	if err := os.WriteFile(path, []byte("an older one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := backups.Place(path, func(io.Writer) error { return nil }); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v, want ErrExist", err)
	}
}

func TestABackupEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	endless := backups.Content{Name: "endless", Open: func() (io.ReadCloser, error) { return io.NopCloser(reading(cancel)), nil }}
	if _, err := backups.Write(ctx, io.Discard, backups.Manifest{}, all(endless)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want Canceled", err)
	}
}

// reading is a file without an end, which somebody loses patience with.
type reading func()

func (r reading) Read(b []byte) (int, error) {
	r()
	return len(b), nil
}
