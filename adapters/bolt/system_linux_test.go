package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"cohortbot/bot/store"
)

func TestAFolderThatMayNotBeWrittenIsNamed(t *testing.T) {
	folder := t.TempDir()
	made := filepath.Join(folder, "made.db")
	open(t, made, Options{}).Close()
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	asNobody(t, folder, func() {
		wantRefused(t, filepath.Join(folder, "test.db"), os.ErrPermission, "may not write there", "name another file")
		wantRefused(t, made, os.ErrPermission, "may not write there")
	})
}

// asNobody runs fn without root's right to pass every mode.
func asNobody(t *testing.T, folder string, fn func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		fn()
		return
	}
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil { // the test's own, closed to others
		t.Fatal(err)
	}
	runtime.LockOSThread() // the file system's user is the thread's own
	defer runtime.UnlockOSThread()
	const nobody = 65534
	if _, err := unix.SetfsuidRetUid(nobody); err != nil {
		t.Skipf("running as root, whom no mode stops, and that cannot be laid down: %v", err)
	}
	defer func() {
		if _, err := unix.SetfsuidRetUid(0); err != nil {
			t.Error(err)
		}
	}()
	fn()
}

func TestAFullDiskStopsTheDeedAndHarmsNothing(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v); the limit on the size of files is tested instead", err)
	}
	defer func() {
		if err := unix.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	}()
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(disk, "test.db")
	s := open(t, path, Options{})
	kept, err := writeUntilFull(s, 0)
	if err != nil || kept < 10 {
		t.Fatalf("after %d writes: %v", kept, err)
	}
	// Among deeds that fit, the one that does not fails alone.
	release := hold(t, s)
	small, large := make(chan error, 1), make(chan error, 1)
	go func() {
		large <- s.Update(context.Background(), func(tx store.Tx) error {
			for i := range 40 {
				if err := tx.Put(fmt.Appendf(nil, "large %d", i), make([]byte, store.MaxValue)); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	go func() {
		small <- s.Update(context.Background(), func(tx store.Tx) error { return tx.Delete([]byte("write 000000")) })
	}()
	waitQueued(t, s, 2)
	// Room for the small one, which needs a page or two of its own.
	if err := os.Truncate(ballast, 4<<20-64<<10); err != nil {
		t.Fatal(err)
	}
	release()
	if err := <-large; !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "make room") {
		t.Errorf("the large deed: %v, want ErrFull with file and remedy", err)
	}
	if err := <-small; err != nil {
		t.Errorf("the small deed beside it: %v", err)
	}
	if err := wantWrites(s, 1, kept); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, Options{}) // while it is full
	if err := wantWrites(s, 1, kept); err != nil {
		t.Errorf("opened again on the full disk: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := writeRow(s, kept); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := wantWrites(s, 1, kept+1); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("a new file", func(t *testing.T) {
		if err := os.WriteFile(ballast, make([]byte, 64<<20), 0o600); err == nil {
			t.Fatal("the disk is not full")
		}
		wantRefused(t, filepath.Join(disk, "other.db"), store.ErrFull, "make room")
	})
}

func writeRow(s *Store, i int) error {
	return s.Update(context.Background(), func(tx store.Tx) error {
		return tx.Put(fmt.Appendf(nil, "write %06d", i), fmt.Appendf(make([]byte, 10_000), "%d", i))
	})
}

func writeUntilFull(s *Store, from int) (kept int, err error) {
	for kept = from; kept < 5000; kept++ {
		err := writeRow(s, kept)
		if errors.Is(err, store.ErrFull) {
			return kept, nil
		}
		if err != nil {
			return kept, err
		}
	}
	return kept, errors.New("never full")
}

func wantWrites(s *Store, from, to int) error {
	return s.View(context.Background(), func(tx store.Tx) error {
		for i := from; i < to; i++ {
			value, err := tx.Get(fmt.Appendf(nil, "write %06d", i))
			if err != nil || string(value[10_000:]) != fmt.Sprint(i) {
				return fmt.Errorf("acknowledged write %d: %v", i, err)
			}
		}
		if _, err := tx.Get(fmt.Appendf(nil, "write %06d", to)); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("the refused write %d is there: %v", to, err)
		}
		return nil
	})
}

func init() {
	children["limit"] = func(path string) error {
		s, err := Open(path, Options{})
		if err != nil {
			return err
		}
		const before = 10 // by then the file has room for 16 MB
		for i := range before {
			if err := writeRow(s, i); err != nil {
				return err
			}
		}
		limit := unix.Rlimit{Cur: 2 << 20, Max: unix.RLIM_INFINITY}
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		kept, err := writeUntilFull(s, before)
		if err != nil || kept == before {
			return fmt.Errorf("after %d writes: %w", kept, err)
		}
		if err := wantWrites(s, 0, kept); err != nil {
			return err
		}
		limit.Cur = unix.RLIM_INFINITY
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		if err := writeRow(s, kept); err != nil {
			return fmt.Errorf("with room again: %w", err)
		}
		if err := s.Close(); err != nil {
			return err
		}
		if s, err = Open(path, Options{}); err != nil {
			return err
		}
		return errors.Join(wantWrites(s, 0, kept+1), s.Close())
	}
	children["addresses"] = func(path string) error {
		limit := unix.Rlimit{Cur: 8 << 30, Max: unix.RLIM_INFINITY}
		if err := unix.Setrlimit(unix.RLIMIT_AS, &limit); err != nil {
			return err
		}
		s, err := Open(path, Options{})
		if err != nil {
			return err
		}
		return errors.Join(writeRow(s, 0), wantWrites(s, 0, 1), s.Close())
	}
}

func runChild(t *testing.T, name string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = childEnv(name, filepath.Join(t.TempDir(), "test.db"))
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestALimitOnTheFileStopsTheDeedAndHarmsNothing(t *testing.T) { runChild(t, "limit") }

func TestLittleAddressSpaceIsEnough(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector itself takes more address space than the limit; run without -race")
	}
	runChild(t, "addresses")
}
