package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	gosync "sync"
	"time"

	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
)

// ErasedFile is what the file is called that remembers who was erased.
const ErasedFile = "erased.txt"

// Ledger is a [privacy.Ledger] in a file of its own: a line a person, with the time
// and the id at random that they had, to which only lines are ever added. It stands
// beside the store and is not part of what a backup puts back: two of them are
// merged by adding the lines of one to the other.
type Ledger struct {
	path string
	mu   gosync.Mutex
}

var _ privacy.Ledger = (*Ledger)(nil)

// OpenErased opens the ledger of a data folder. It is made when it gets its first
// line.
func OpenErased(folder string) *Ledger {
	return &Ledger{path: filepath.Join(folder, ErasedFile)}
}

// Add adds a line, durably. A person who is in it already is left as they are.
func (l *Ledger) Add(ctx context.Context, e privacy.Erased) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	there, err := l.read()
	if err != nil {
		return err
	}
	for _, x := range there {
		if x.Person == e.Person {
			return nil
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	// A blank line before it parts it from one that a crash cut off.
	_, err = fmt.Fprintf(file, "\n%s %s\n", e.At.UTC().Format(time.RFC3339), e.Person)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return sync(filepath.Dir(l.path))
}

// All gives every line, the oldest first. What a crash cut off is passed over: it
// was not kept.
func (l *Ledger) All(context.Context) ([]privacy.Erased, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read()
}

func (l *Ledger) read() ([]privacy.Erased, error) {
	data, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("who was erased cannot be read: %w", err)
	}
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	var all []privacy.Erased
	for line := range strings.Lines(string(data)) {
		at, id, ok := strings.Cut(strings.TrimSpace(line), " ")
		when, err := time.Parse(time.RFC3339, at)
		if !ok || err != nil {
			continue
		}
		all = append(all, privacy.Erased{Person: people.ID(id), At: when})
	}
	return all, nil
}
