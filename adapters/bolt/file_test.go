package bolt

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"cohortbot/bot/store"
)

// wantRefused opens the file and checks that it is refused with want, with a
// sentence that names it and says what to do, and is then as it was.
func wantRefused(t *testing.T, path string, want error, words ...string) {
	t.Helper()
	before, _ := os.ReadFile(path)
	s, err := Open(path, Options{})
	if err == nil {
		s.Close()
		t.Fatal("it opened")
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("Open: %v, want %v", err, want)
	}
	for _, word := range append(words, path) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("Open: %q does not say %q", err, word)
		}
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
	if left, _ := filepath.Glob(path + ".new-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// filled makes a store of n rows, some large, some deleted, and returns its path.
func filled(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	s := open(t, path, Options{NoSync: true})
	for i := 0; i < n; i += 100 {
		if err := s.Update(context.Background(), func(tx store.Tx) error {
			for j := i; j < i+100; j++ {
				if err := tx.Put(fmt.Appendf(nil, "%06d", j), bytes.Repeat([]byte("x"), j%100+j%97/96*9000)); err != nil {
					return err
				}
				if j%3 == 0 {
					if err := tx.Delete(fmt.Appendf(nil, "%06d", j/2)); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheFileIsForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	var said bytes.Buffer
	for _, mode := range []os.FileMode{0, 0o644} { // as made, and as someone left it
		if mode != 0 {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		s := open(t, path, Options{Log: slog.New(slog.NewTextHandler(&said, nil))})
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
		}
		if told := strings.Contains(said.String(), path); told != (mode != 0) {
			t.Errorf("mode %v: the log says %q", mode, said.String())
		}
		s.Close()
	}
}

func init() {
	children["hold"] = func(path string) error {
		s, err := Open(path, Options{})
		if err != nil {
			return err
		}
		fmt.Println("open")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until the test closes it
		return s.Close()
	}
}

func TestASecondProcessIsToldThatTheFileIsInUse(t *testing.T) {
	path := filled(t, 100)
	child := exec.Command(os.Args[0])
	child.Env, child.Stderr = childEnv("hold", path), os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	began := time.Now()
	wantRefused(t, path, ErrLocked, "another process", "stop the other cohortbot")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	in.Close()
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path, Options{}).Close(); err != nil { // now it is free
		t.Error(err)
	}
}

func TestWhatIsNotAStoreIsRefused(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	garbage := make([]byte, 64<<10)
	_, _ = random.Read(garbage)
	for name, content := range map[string][]byte{
		"nothing":       {},
		"a short text":  []byte("not a store"),
		"a long text":   bytes.Repeat([]byte("not a store\n"), 5000),
		"zeroes":        make([]byte, 64<<10),
		"random bytes":  garbage,
		"one page of 0": make([]byte, 4096),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, path, store.ErrCorrupt, "restore the latest backup", "left as it is")
		})
	}
	t.Run("a folder", func(t *testing.T) { wantRefused(t, t.TempDir(), nil, "is a folder", "cohortbot.db") })
	t.Run("another program's bbolt file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		db, err := bolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		wantRefused(t, path, nil, "not one of this program", "name another file")
	})
}

func TestAFileOfANewerFormatIsRefused(t *testing.T) {
	path := filled(t, 100)
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bolt.Tx) error { return tx.Bucket(fileBucket).Put(formatKey, []byte("2")) }); err != nil {
		t.Fatal(err)
	}
	db.Close()
	wantRefused(t, path, store.ErrNewer, "format 2", "up to 1", "run the newer version")
}

func TestADamagedFileIsRefused(t *testing.T) {
	whole, err := os.ReadFile(filled(t, 2000))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	damage := func(name string, change func(b []byte) []byte) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			if err := os.WriteFile(path, change(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, path, store.ErrCorrupt, "restore the latest backup", "left as it is")
		})
	}
	for i := range 2 {
		damage(fmt.Sprintf("header page %d flipped", i), func(b []byte) []byte { b[i*page+16+40] ^= 1; return b })
		damage(fmt.Sprintf("header page %d zeroed", i), func(b []byte) []byte { clear(b[i*page : (i+1)*page]); return b })
	}
	damage("both header pages zeroed", func(b []byte) []byte { clear(b[:2*page]); return b })
	for _, keep := range []int{1, 100, page, page + 100, 2 * page, 3 * page, 10*page + 1} {
		damage(fmt.Sprintf("cut off after %d bytes", keep), func(b []byte) []byte { return b[:keep] })
	}
	damage("pages zeroed", func(b []byte) []byte { clear(b[2*page:]); return b })
	damage("pages shifted", func(b []byte) []byte { copy(b[2*page:], b[3*page:]); return b })
}

// Flipped at random, a file is refused or can be read throughout: nothing ends
// the process.
func TestAFlippedByteNeverEndsTheProcess(t *testing.T) {
	whole, err := os.ReadFile(filled(t, 1000))
	if err != nil {
		t.Fatal(err)
	}
	whole = bytes.TrimRight(whole, "\x00") // the room for growth
	whole = append(whole, make([]byte, 2*os.Getpagesize()-len(whole)%os.Getpagesize())...)
	path := filepath.Join(t.TempDir(), "test.db")
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	const flips = 300
	for range flips {
		flipped := bytes.Clone(whole)
		at := random.IntN(len(flipped))
		if random.IntN(2) == 0 { // the head of a page, where the structure is
			at = at/os.Getpagesize()*os.Getpagesize() + random.IntN(64)
		}
		flipped[at] ^= byte(1 << random.IntN(8))
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path, Options{NoSync: true})
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewer) && !strings.Contains(err.Error(), "not one of this program") {
				t.Errorf("byte %d flipped: %v, want a clear refusal", at, err)
			}
			refused++
			continue
		}
		if err := s.View(context.Background(), func(tx store.Tx) error {
			for _, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Errorf("byte %d flipped: reading: %v", at, err)
		}
		if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte("000500"), nil) }); err != nil {
			t.Errorf("byte %d flipped: writing: %v", at, err)
		}
		s.Close()
	}
	if refused < flips/10 || refused == flips {
		t.Errorf("%d of %d were refused: the flips no longer reach the structure, or nothing opens", refused, flips)
	}
}

func FuzzVerify(f *testing.F) {
	whole, err := os.ReadFile(filled(f, 300))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.TrimRight(whole, "\x00"))
	path := filepath.Join(f.TempDir(), "test.db")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = verify(path) // it must only return
	})
}

func TestAFolderThatIsMissingIsNamed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	wantRefused(t, filepath.Join(folder, "test.db"), os.ErrNotExist, "mkdir -p "+folder)
}
