package storetest

import (
	"context"
	"errors"

	"cohortbot/bot/store"
)

var errOnceMore = errors.New("once more")

// Twice returns s with every Update function run twice: first for nothing, in a
// deed that is then undone, and again for good. What a deed does outside its Tx
// happens twice and shows.
func Twice(s store.Store) store.Store { return twice{s} }

type twice struct{ store.Store }

func (s twice) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errOnceMore
	})
	if !errors.Is(err, errOnceMore) {
		return err
	}
	return s.Store.Update(ctx, fn)
}
