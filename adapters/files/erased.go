package files

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
)

// ErasedFile is what the file is called that remembers who was erased.
const ErasedFile = "erased.txt"

// ErasedKey is what the file is called with the key of the marks in it. It stands in
// no backup: without it nobody can try out whose account a mark is.
const ErasedKey = "erased-key"

// Ledger is a [privacy.Ledger] in a file of its own: a line a person, with the time,
// the id at random that they had, and a mark of each account, to which only lines are
// ever added. It stands beside the store and is not part of what a backup puts back:
// two of them are merged by adding the lines of one to the other.
type Ledger struct {
	folder string
	mu     gosync.Mutex
	marks  map[string]bool // in the file; nil before it was read
}

var _ privacy.Ledger = (*Ledger)(nil)

// OpenErased opens the ledger of a data folder. It is made when it gets its first
// line, and its key with it.
func OpenErased(folder string) *Ledger {
	return &Ledger{folder: folder}
}

func (l *Ledger) path() string { return filepath.Join(l.folder, ErasedFile) }

// Add adds a line, durably. A person who is in it with all these marks already is left
// as they are.
func (l *Ledger) Add(ctx context.Context, e privacy.Erased) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	there, err := l.read()
	if err != nil {
		return err
	}
	marks := slices.Clone(e.Marks)
	if len(e.Accounts) > 0 {
		key, err := l.key(true)
		if err != nil {
			return err
		}
		for _, u := range e.Accounts {
			marks = append(marks, mark(key, u))
		}
	}
	known := false
	for _, x := range there {
		if x.Person == e.Person {
			known = true
			marks = slices.DeleteFunc(marks, func(m string) bool { return slices.Contains(x.Marks, m) })
		}
	}
	if known && len(marks) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	file, err := os.OpenFile(l.path(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	l.marks = nil
	// A blank line before it parts it from one that a crash cut off.
	_, err = fmt.Fprintf(file, "\n%s\n", strings.Join(append([]string{e.At.UTC().Format(time.RFC3339), string(e.Person)}, marks...), " "))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return sync(l.folder)
}

// All gives every line, the oldest first. What a crash cut off is passed over: it
// was not kept.
func (l *Ledger) All(context.Context) ([]privacy.Erased, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read()
}

// Knows tells whether an account is one that was erased. Without the key, as on a
// machine to which it was not brought, none is known.
func (l *Ledger) Knows(u chat.User) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.marks == nil {
		lines, err := l.read()
		if err != nil {
			return false, err
		}
		l.marks = map[string]bool{}
		for _, x := range lines {
			for _, m := range x.Marks {
				l.marks[m] = true
			}
		}
	}
	if len(l.marks) == 0 {
		return false, nil
	}
	key, err := l.key(false)
	if err != nil || key == nil {
		return false, err
	}
	return l.marks[mark(key, u)], nil
}

func (l *Ledger) read() ([]privacy.Erased, error) {
	data, err := os.ReadFile(l.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("who was erased cannot be read: %w", err)
	}
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	var all []privacy.Erased
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		if when, err := time.Parse(time.RFC3339, words[0]); err == nil {
			all = append(all, privacy.Erased{Person: people.ID(words[1]), At: when, Marks: words[2:]})
		}
	}
	return all, nil
}

const keyBytes = 32

// key gives the key of the marks; nil where there is none and none is to be made.
func (l *Ledger) key(wanted bool) ([]byte, error) {
	path := filepath.Join(l.folder, ErasedKey)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !wanted {
			return nil, nil
		}
		return l.newKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key of %s cannot be read: %w", ErasedFile, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("%s does not hold the key of %s any more: put back a copy, or remove it; then accounts that were erased before are met again when the platform tells of them", path, ErasedFile)
	}
	return key, nil
}

// newKey makes the key, whole or not at all.
func (l *Ledger) newKey(path string) ([]byte, error) {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	temp, err := os.CreateTemp(l.folder, ErasedKey+"-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(temp.Name())
	_, err = fmt.Fprintln(temp, hex.EncodeToString(key))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return nil, err
	}
	return key, errors.Join(os.Rename(temp.Name(), path), sync(l.folder))
}

// mark is what an account is known again by.
func mark(key []byte, u chat.User) string {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%q %q", u.Workspace, u.ID)
	return hex.EncodeToString(h.Sum(nil))
}
