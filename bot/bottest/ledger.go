package bottest

import (
	"context"
	"slices"
	"sync"

	"cohortbot/bot/chat"
	"cohortbot/bot/privacy"
)

// Ledger remembers in memory who was erased, and by the accounts themselves.
type Ledger struct {
	mu    sync.Mutex
	lines []privacy.Erased
}

var _ privacy.Ledger = (*Ledger)(nil)

// Add adds a line.
func (l *Ledger) Add(_ context.Context, e privacy.Erased) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, e)
	return nil
}

// All gives every line.
func (l *Ledger) All(context.Context) ([]privacy.Erased, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines), nil
}

// Knows tells whether an account was erased.
func (l *Ledger) Knows(u chat.User) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.lines, func(e privacy.Erased) bool { return slices.Contains(e.Accounts, u) }), nil
}
