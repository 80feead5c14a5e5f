package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"cohortbot/adapters/files"
	"cohortbot/bot/evidence"
)

func open(t *testing.T) (*files.Folder, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "files")
	f, err := files.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return f, root
}

// onDisk gives every file below a folder.
func onDisk(t *testing.T, root string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSameBytesAreKeptOnceUnderTheirHash(t *testing.T) {
	f, root := open(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			c, err := f.Keep(t.Context(), strings.NewReader("kōrero"), 100)
			if err != nil || c.Size != 7 || !strings.HasPrefix(c.Looks, "text/plain") {
				t.Errorf("kept %+v, %v", c, err)
			}
		})
	}
	wait.Wait()
	c, err := f.Keep(t.Context(), strings.NewReader("kōrero"), 7)
	if err != nil {
		t.Fatal(err)
	}
	if all := onDisk(t, root); len(all) != 1 || filepath.Base(all[0]) != c.Hash {
		t.Errorf("on disk: %v", all)
	}
	again, err := files.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	r, err := again.Open(t.Context(), c.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if data, err := io.ReadAll(r); err != nil || string(data) != "kōrero" {
		t.Errorf("read %q, %v", data, err)
	}
}

func TestNothingStaysOfWhatIsTooLargeOrBreaksOff(t *testing.T) {
	f, root := open(t)
	if _, err := f.Keep(t.Context(), bytes.NewReader(make([]byte, 101)), 100); !errors.Is(err, evidence.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	broken := errors.New("the line went dead")
	if _, err := f.Keep(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 100); !errors.Is(err, broken) {
		t.Errorf("broken off: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := f.Keep(ended, strings.NewReader("x"), 100); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	if all := onDisk(t, root); len(all) != 0 {
		t.Errorf("on disk: %v", all)
	}
}

func TestWhatACrashLeftHalfWrittenIsTakenAway(t *testing.T) {
	f, root := open(t)
	c, err := f.Keep(t.Context(), strings.NewReader("whole"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "new", "half"), []byte("hal"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = files.Open(root); err != nil {
		t.Fatal(err)
	}
	var all []string
	for hash, err := range f.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, hash)
	}
	if len(all) != 1 || all[0] != c.Hash || len(onDisk(t, root)) != 1 {
		t.Errorf("kept %v; on disk %v", all, onDisk(t, root))
	}
	if err := errors.Join(f.Remove(t.Context(), c.Hash), f.Remove(t.Context(), c.Hash)); err != nil {
		t.Error(err)
	}
	if all := onDisk(t, root); len(all) != 0 {
		t.Errorf("on disk after removing: %v", all)
	}
}

func TestNoHashLeadsOutOfTheFolder(t *testing.T) {
	f, root := open(t)
	outside := filepath.Join(filepath.Dir(root), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"../secret", "", "..", "new/../../secret", strings.Repeat("A", 64), strings.Repeat("../", 22)[:64]} {
		if _, err := f.Open(t.Context(), hash); !errors.Is(err, evidence.ErrNoContent) {
			t.Errorf("opened %q: %v", hash, err)
		}
		if err := f.Remove(t.Context(), hash); err != nil {
			t.Errorf("removing %q: %v", hash, err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error("removed what is outside")
	}
}

func TestOnlyItsOwnerCanReadTheFolder(t *testing.T) {
	f, root := open(t)
	if _, err := f.Keep(t.Context(), strings.NewReader("x"), 100); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(onDisk(t, root), root) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", filepath.Base(path), info.Mode())
		}
	}
}

// zeros is a file of many megabytes, and tells how much of it was read.
type zeros struct{ left, read int64 }

func (z *zeros) Read(b []byte) (int, error) {
	n := min(int64(len(b)), z.left)
	clear(b[:n])
	if z.left, z.read = z.left-n, z.read+n; n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

func TestOfTwoHundredMegabytesNoMoreIsReadThanIsKept(t *testing.T) {
	f, root := open(t)
	const most = 25_000_000
	sent := &zeros{left: 200 << 20}
	if _, err := f.Keep(t.Context(), sent, most); !errors.Is(err, evidence.ErrTooLarge) || sent.read > most+1<<20 {
		t.Errorf("%v after %d bytes", err, sent.read)
	}
	if all := onDisk(t, root); len(all) != 0 {
		t.Errorf("on disk: %v", all)
	}
}
